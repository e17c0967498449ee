//! The figures of many receipts.

use std::collections::BTreeMap;

use model::{Store, Truth};
use serde::Serialize;

use super::reason::{self, Reason};
use crate::{ProductScore, Scores, TripScore, Verdict};

/// How right many receipts are. Everything is a count, so that figures of scenes add up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Figures {
    /// True visits, and receipts without one.
    pub visits: u64,
    /// Visits charged exactly what was kept.
    pub exact: u64,
    /// Visits that are exact, or where nothing is charged too much and every missing unit stands in review.
    pub exact_or_reviewed: u64,
    /// Visits with something in review, be it rightly or not.
    pub reviewed: u64,
    /// Exact visits among those with nothing in review; a visit without a receipt is none of them.
    pub unreviewed_exact: u64,
    /// Lines (a product on a visit) charged.
    pub lines_charged: u64,
    /// Lines charged of which at least one unit was not kept.
    pub lines_charged_wrongly: u64,
    /// Products kept, visit by visit.
    pub lines_kept: u64,
    /// Products kept of which at least one unit is neither charged nor in review.
    pub lines_missed: u64,
    /// Units charged that were not kept.
    pub units_charged_wrongly: u64,
    /// Units kept that are neither charged nor in review.
    pub units_missed: u64,
    /// Money charged for what was not kept, minor units, by reason.
    pub overcharged_minor: BTreeMap<Reason, i64>,
    /// Money not charged for what was kept, minor units, by reason.
    pub undercharged_minor: BTreeMap<Reason, i64>,
}

/// A part among a whole; none where there is no whole.
fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

impl Figures {
    /// Share of visits that are exact or rightly sent to review.
    pub fn share_exact(&self) -> Option<f64> {
        share(self.exact_or_reviewed, self.visits)
    }

    /// Share of visits that are exact as charged.
    pub fn share_strictly_exact(&self) -> Option<f64> {
        share(self.exact, self.visits)
    }

    /// Share of visits with something in review.
    pub fn share_reviewed(&self) -> Option<f64> {
        share(self.reviewed, self.visits)
    }

    /// Share of exact ones among the visits with nothing in review.
    pub fn share_unreviewed_exact(&self) -> Option<f64> {
        share(self.unreviewed_exact, self.visits - self.reviewed)
    }

    /// Share of charged lines of which a unit was not kept.
    pub fn share_charged_wrongly(&self) -> Option<f64> {
        share(self.lines_charged_wrongly, self.lines_charged)
    }

    /// Share of kept products of which a unit is neither charged nor in review.
    pub fn share_missed(&self) -> Option<f64> {
        share(self.lines_missed, self.lines_kept)
    }

    /// Money charged for what was not kept, minor units.
    pub fn over_minor(&self) -> i64 {
        self.overcharged_minor.values().sum()
    }

    /// Money not charged for what was kept, minor units; what stands in review is not charged.
    pub fn under_minor(&self) -> i64 {
        self.undercharged_minor.values().sum()
    }

    /// Takes over all that `other` counted.
    pub fn merge(&mut self, other: &Self) {
        self.visits += other.visits;
        self.exact += other.exact;
        self.exact_or_reviewed += other.exact_or_reviewed;
        self.reviewed += other.reviewed;
        self.unreviewed_exact += other.unreviewed_exact;
        self.lines_charged += other.lines_charged;
        self.lines_charged_wrongly += other.lines_charged_wrongly;
        self.lines_kept += other.lines_kept;
        self.lines_missed += other.lines_missed;
        self.units_charged_wrongly += other.units_charged_wrongly;
        self.units_missed += other.units_missed;
        add_money(&mut self.overcharged_minor, &other.overcharged_minor);
        add_money(&mut self.undercharged_minor, &other.undercharged_minor);
    }

    /// The figures of one scene.
    pub(super) fn of_scene(scores: &Scores, truth: &Truth, prices: &Store) -> Self {
        let mut figures = Self::default();
        for trip in &scores.per_trip {
            figures.count_visit(trip);
            for product in &trip.products {
                figures.count_line(product);
                figures.count_money(&scores.per_trip, truth, trip, product, prices);
            }
        }
        figures
    }

    fn count_visit(&mut self, trip: &TripScore) {
        let exact = trip.verdict == Verdict::Exact;
        let reviewed = trip.products.iter().any(|product| product.in_review > 0);
        self.visits += 1;
        self.exact += u64::from(exact);
        self.exact_or_reviewed += u64::from(exact || trip.verdict == Verdict::Reviewed);
        self.reviewed += u64::from(reviewed);
        self.unreviewed_exact += u64::from(exact && !reviewed);
    }

    fn count_line(&mut self, product: &ProductScore) {
        self.lines_charged += u64::from(product.charged > 0);
        self.lines_charged_wrongly += u64::from(product.is_over());
        self.lines_kept += u64::from(product.expected > 0);
        self.lines_missed += u64::from(product.is_short());
        self.units_charged_wrongly += product.units_over();
        self.units_missed += product.units_short();
    }

    fn count_money(
        &mut self,
        trips: &[TripScore],
        truth: &Truth,
        trip: &TripScore,
        product: &ProductScore,
        prices: &Store,
    ) {
        let price = prices.product_index(&product.product).and_then(|index| prices.product(index).price);
        let worth =
            |units: u64| price.map_or(0, |price| price.minor * i64::try_from(units).unwrap_or(i64::MAX));
        let not_charged = product.expected.saturating_sub(product.charged);
        if product.is_over() {
            let reason = reason::of_excess(trips, truth, trip, product);
            *self.overcharged_minor.entry(reason).or_default() += worth(product.units_over());
        }
        if product.is_short() {
            let reason = reason::of_lack(trips, trip, product);
            *self.undercharged_minor.entry(reason).or_default() += worth(product.units_short());
        }
        let waiting = not_charged - product.units_short();
        if waiting > 0 {
            *self.undercharged_minor.entry(Reason::InReview).or_default() += worth(waiting);
        }
    }
}

fn add_money(sums: &mut BTreeMap<Reason, i64>, more: &BTreeMap<Reason, i64>) {
    for (reason, minor) in more {
        *sums.entry(*reason).or_default() += minor;
    }
}
