//! What belongs to whom while they stand before a camera: found by a number that their browser alone has.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use model::Time;
use uuid::Uuid;

/// How many may be open at once: a store has a few kiosks; more are people who walked away.
const OPEN: usize = 64;

/// Things by their tickets, each with the time since when it counts.
type Open<T> = HashMap<String, (Time, Arc<Mutex<T>>)>;

/// Things by their tickets, each for so long.
pub(crate) struct Tickets<T> {
    seconds: i64,
    open: Mutex<Open<T>>,
}

impl<T> Tickets<T> {
    /// Tickets that count so many seconds.
    pub(crate) fn new(seconds: i64) -> Self {
        Self { seconds, open: Mutex::default() }
    }

    /// A ticket for `thing`. Where too many are open, the oldest ends.
    pub(crate) fn open(&self, thing: T, now: Time) -> String {
        let ticket = Uuid::now_v7().simple().to_string();
        let mut open = self.sweep(now);
        if open.len() >= OPEN {
            let oldest = open.iter().min_by_key(|(_, (since, _))| *since).map(|(ticket, _)| ticket.clone());
            oldest.and_then(|oldest| open.remove(&oldest));
        }
        open.insert(ticket.clone(), (now, Arc::new(Mutex::new(thing))));
        ticket
    }

    /// What a ticket stands for.
    pub(crate) fn find(&self, ticket: &str, now: Time) -> Option<Arc<Mutex<T>>> {
        self.sweep(now).get(ticket).map(|(_, thing)| Arc::clone(thing))
    }

    /// Ends a ticket; what it stood for, unless it is in use at this moment.
    pub(crate) fn take(&self, ticket: &str, now: Time) -> Option<T> {
        let (_, thing) = self.sweep(now).remove(ticket)?;
        Arc::into_inner(thing)?.into_inner().ok()
    }

    /// Drops what ran out.
    fn sweep(&self, now: Time) -> MutexGuard<'_, Open<T>> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|_, (since, _)| now.nanos_since(*since) < self.seconds * 1_000_000_000);
        open
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Time {
        Time::from_nanos(seconds * 1_000_000_000)
    }

    #[test]
    fn a_ticket_counts_for_its_time_and_once_when_taken() {
        let tickets = Tickets::new(10);
        let ticket = tickets.open('a', at(0));
        assert!(tickets.find(&ticket, at(9)).is_some() && tickets.find("other", at(9)).is_none());
        assert_eq!(tickets.take(&ticket, at(9)), Some('a'));
        assert_eq!(tickets.take(&ticket, at(9)), None);
        let late = tickets.open('b', at(20));
        assert!(tickets.find(&late, at(30)).is_none());
    }

    #[test]
    fn where_too_many_are_open_the_oldest_ends() {
        let tickets = Tickets::new(1000);
        let all: Vec<String> = (0..=OPEN as i64).map(|number| tickets.open(number, at(number))).collect();
        assert!(tickets.find(&all[0], at(100)).is_none() && tickets.find(&all[1], at(100)).is_some());
    }
}
