//! The way in: one party after the other, so that whoever comes with somebody follows nobody else.

use std::collections::VecDeque;

use simulator::{Action, Age, Entry, Live};

/// Somebody whom a gate has let in.
#[derive(Debug)]
pub(super) struct Arrival {
    pub(super) name: String,
    pub(super) entry: Entry,
    /// What they do once they are inside.
    pub(super) actions: Vec<Action>,
}

/// Those who wait in the street.
#[derive(Debug, Default)]
pub(super) struct Door {
    waiting: VecDeque<Arrival>,
}

impl Door {
    /// Somebody joins the queue: behind their party, if they come with somebody.
    pub(super) fn join(&mut self, arrival: Arrival) {
        let place = match &arrival.entry {
            Entry::Shows(..) => self.waiting.len(),
            // Whose payer does not wait any more comes next.
            Entry::With(payer) => {
                let is_party = |other: &Arrival| {
                    other.name == *payer || matches!(&other.entry, Entry::With(with) if with == payer)
                };
                self.waiting.iter().rposition(is_party).map_or(0, |last| last + 1)
            }
        };
        self.waiting.insert(place, arrival);
    }

    /// Whether somebody of that name waits.
    pub(super) fn holds(&self, name: &str) -> bool {
        self.waiting.iter().any(|arrival| arrival.name == name)
    }

    /// Somebody who waits has one more thing to do; `false` if they don't wait.
    pub(super) fn tell(&mut self, name: &str, action: &Action) -> bool {
        let waiting = self.waiting.iter_mut().find(|arrival| arrival.name == name);
        waiting.map(|arrival| arrival.actions.push(action.clone())).is_some()
    }

    /// Lets the next party come to the gate if nobody is at it.
    pub(super) fn let_in(&mut self, live: &mut Live) {
        let mut is_free = live.people().iter().all(|person| person.is_inside);
        while let Some(arrival) =
            self.waiting.pop_front_if(|arrival| is_free || matches!(arrival.entry, Entry::With(_)))
        {
            is_free = false;
            let Arrival { name, entry, actions } = arrival;
            let done = live
                .enter(&name, entry, Age::Adult)
                .and_then(|()| actions.into_iter().try_for_each(|action| live.tell(&name, action)));
            if let Err(error) = done {
                tracing::warn!(%error, "somebody does not do all that they wanted");
            }
        }
    }
}
