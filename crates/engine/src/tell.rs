//! From explanations to events: what is new is told, and what was told and is no longer believed is withdrawn.

use model::{Event, EventKind, EvidenceSource, Handled, NoticeKind, TripId, Who};

use crate::Engine;
use crate::cluster::{Cluster, Considered};
use crate::hypothesis::Move;
use crate::planogram::Lie;
use crate::receipt;

/// A change of mind is told only if the new explanation is this much more probable than the one told.
const CHANGE_OF_MIND: f64 = 0.2;
/// Mass that left a shelf without an explanation is worth a notice from here on, grams.
const NOTICE_G: f64 = 25.0;

impl Engine {
    /// Says which products lie where the planogram names others.
    pub(crate) fn note_lies(&mut self, lies: &[Lie]) {
        for lie in lies {
            let (plate, product) = (self.store.plate(lie.plate).id, &self.store.product(lie.product).id);
            self.notices.add(NoticeKind::WrongPlanogram, &format!("{plate} ({product})"), 1, lie.time);
        }
    }

    /// Tells the best explanation of each change that was not told yet or that is a change of mind.
    pub(crate) fn tell_cluster(&mut self, cluster: &mut Cluster, events: &mut Vec<Event>) {
        let mut news = Vec::new();
        for considered in cluster.changes() {
            let probabilities = cluster.probabilities(considered);
            let Some(best) = (0..probabilities.len())
                .max_by(|a, b| probabilities[*a].total_cmp(&probabilities[*b]).then(b.cmp(a)))
            else {
                continue;
            };
            let is_news = considered.told.is_none_or(|told| {
                told != best && probabilities[best] > probabilities[told] + CHANGE_OF_MIND
            });
            if is_news {
                news.push((considered.id, best));
                self.tell_change(cluster, considered, best, &probabilities, events);
            }
        }
        for considered in cluster.changes_mut() {
            if let Some((_, best)) = news.iter().find(|(id, _)| *id == considered.id) {
                considered.told = Some(*best);
            }
        }
    }

    fn tell_change(
        &mut self,
        cluster: &Cluster,
        considered: &Considered,
        best: usize,
        probabilities: &[f64],
        events: &mut Vec<Event>,
    ) {
        let withdrawn = considered.told.map_or(&[][..], |told| &considered.ways[told]);
        for step in withdrawn {
            let trip = if let Who::Trip(trip) = step.who { Some(trip) } else { None };
            self.tell(EventKind::Withdrawn { change: considered.id, trip }, events);
        }
        let kinds = self.kinds_of(considered, best, probabilities);
        for kind in kinds {
            self.tell(kind, events);
        }
        let unexplained = considered.source == EvidenceSource::Weight && considered.ways[best].is_empty();
        if unexplained && considered.change.grams < -NOTICE_G && cluster.holds_press(&considered.change) {
            let plate = self.store.plate(considered.change.parts[0].0).id;
            self.notices.add(NoticeKind::Unexplained, &plate.to_string(), 1, considered.change.moment);
        }
    }

    /// What the explanation `best` of a change says in events.
    fn kinds_of(&self, considered: &Considered, best: usize, probabilities: &[f64]) -> Vec<EventKind> {
        let evidence = || Box::new(receipt::evidence(&self.store, considered, probabilities));
        let handled = |step: &Move, trip: TripId| Handled {
            trip,
            product: self.store.product(step.product).id.clone(),
            quantity: step.units.unsigned_abs(),
            probability: probability_of(step, considered, probabilities),
            evidence: evidence(),
        };
        let way = &considered.ways[best];
        let trips = way.iter().filter_map(|step| match step.who {
            Who::Trip(trip) => Some((step, trip)),
            Who::Track(_) | Who::Nobody => None,
        });
        if considered.source == EvidenceSource::Meeting {
            let to = trips.clone().find(|(step, _)| step.units < 0).map(|(_, trip)| trip);
            let from = trips.clone().find(|(step, _)| step.units > 0);
            let given = from
                .zip(to)
                .map(|((step, from), to)| EventKind::HandedOver { given: handled(step, from), to });
            return given.into_iter().collect();
        }
        let mut kinds: Vec<EventKind> = trips
            .map(|(step, trip)| match handled(step, trip) {
                took if step.units < 0 => EventKind::Took(took),
                put_back => EventKind::PutBack(put_back),
            })
            .collect();
        if way.iter().any(|step| !matches!(step.who, Who::Trip(_))) {
            kinds.push(EventKind::Unattributed { evidence: evidence() });
        }
        kinds
    }
}

/// The probability that this party moved at least so many units of this product, over all explanations.
fn probability_of(step: &Move, considered: &Considered, probabilities: &[f64]) -> f64 {
    let at_least = |other: &Move| {
        other.who == step.who
            && other.product == step.product
            && other.units.signum() == step.units.signum()
            && other.units.abs() >= step.units.abs()
    };
    considered
        .ways
        .iter()
        .zip(probabilities)
        .filter(|(way, _)| way.iter().any(at_least))
        .map(|(_, probability)| probability)
        .sum()
}
