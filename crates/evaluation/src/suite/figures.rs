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

    /// Money for what was kept and is neither charged nor in review, minor units.
    pub fn under_minor(&self) -> i64 {
        let lost = self.undercharged_minor.iter().filter(|(reason, _)| **reason != Reason::InReview);
        lost.map(|(_, minor)| minor).sum()
    }

    /// Money for what was kept and waits in review, minor units.
    pub fn waiting_minor(&self) -> i64 {
        self.undercharged_minor.get(&Reason::InReview).copied().unwrap_or(0)
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
    pub fn of_scene(scores: &Scores, truth: &Truth, prices: &Store) -> Self {
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

#[cfg(test)]
mod tests {
    use model::{CredentialKind, Departure, Line, Money, Receipt, Time, TripId, TruthAct, TruthTrip};

    use super::*;
    use crate::score;

    const SHOP: &str = r#"
        schema = "saunter-store/1"
        name = "Corner"
        currency = "EUR"
        [[product]]
        id = "tea"
        name = "Tea"
        price_minor = 250
        [[product]]
        id = "jam"
        name = "Jam"
        price_minor = 400
    "#;

    /// Who kept, was charged, and has in review so many of what.
    type Visit<'a> = (&'a str, &'a [(&'a str, u32)], &'a [(&'a str, u32)], &'a [(&'a str, u32)]);

    fn line((product, quantity): &(&str, u32)) -> Line {
        Line {
            product: (*product).into(),
            name: (*product).into(),
            quantity: *quantity,
            unit_price: None,
            amount: None,
            probability: 0.97,
            review: None,
            evidence: Vec::new(),
        }
    }

    fn receipt(number: u32, (token, _, charged, in_review): &Visit<'_>) -> Receipt {
        let store = Store::from_toml(SHOP).unwrap();
        Receipt {
            trip: TripId(number),
            tracks: Vec::new(),
            credential: Some((CredentialKind::Card, (*token).to_owned())),
            entered: Time::from_nanos(i64::from(number)),
            left: Time::from_nanos(100),
            departure: Departure::Gate,
            lines: charged.iter().map(line).collect(),
            review: in_review.iter().map(line).collect(),
            total: Money::new(0, store.currency()),
            currency: store.currency(),
        }
    }

    fn true_trip((token, kept, ..): &Visit<'_>) -> TruthTrip {
        TruthTrip {
            token: Some((*token).to_owned()),
            kept: kept.iter().map(|(product, units)| ((*product).into(), *units)).collect(),
            ..TruthTrip::default()
        }
    }

    fn figures(visits: &[Visit<'_>], acts: &[TruthAct]) -> Figures {
        let store = Store::from_toml(SHOP).unwrap();
        let receipts: Vec<Receipt> =
            (1..).zip(visits).map(|(number, visit)| receipt(number, visit)).collect();
        let mut truth = Truth { trips: visits.iter().map(true_trip).collect() };
        truth.trips[0].acts = acts.to_vec();
        Figures::of_scene(&score(&receipts, &truth, &store), &truth, &store)
    }

    fn money(sums: &BTreeMap<Reason, i64>) -> Vec<(Reason, i64)> {
        sums.iter().map(|(reason, minor)| (*reason, *minor)).collect()
    }

    #[test]
    fn review_is_no_mistake_and_what_is_left_must_be_exact() {
        let figures = figures(
            &[
                ("exact", &[("tea", 1)], &[("tea", 1)], &[]),
                ("rightly in review", &[("tea", 2)], &[("tea", 1)], &[("tea", 1)]),
                ("needlessly in review", &[("tea", 1)], &[("tea", 1)], &[("jam", 1)]),
                ("missed", &[("tea", 1)], &[], &[]),
            ],
            &[],
        );
        assert_eq!(
            (figures.visits, figures.exact, figures.exact_or_reviewed, figures.reviewed),
            (4, 2, 3, 2)
        );
        assert_eq!(figures.share_unreviewed_exact(), Some(0.5));
        assert_eq!((figures.lines_charged, figures.lines_charged_wrongly), (3, 0));
        assert_eq!((figures.lines_kept, figures.lines_missed, figures.units_missed), (4, 1, 1));
        assert_eq!((figures.over_minor(), figures.under_minor(), figures.waiting_minor()), (0, 250, 250));
        assert_eq!(Figures::default().share_exact(), None);
    }

    #[test]
    fn a_line_short_of_a_unit_is_missed_and_not_charged_wrongly() {
        let figures = figures(&[("ann", &[("tea", 2)], &[("tea", 1)], &[])], &[]);
        assert_eq!((figures.lines_charged_wrongly, figures.lines_missed), (0, 1));
        assert_eq!(money(&figures.undercharged_minor), [(Reason::WrongQuantity, 250)]);
    }

    #[test]
    fn the_wrong_shopper_the_wrong_product_and_the_missed_put_back_are_told_apart() {
        let swapped = figures(&[("ann", &[("tea", 1)], &[], &[]), ("ben", &[], &[("tea", 1)], &[])], &[]);
        assert_eq!(money(&swapped.overcharged_minor), [(Reason::WrongShopper, 250)]);
        assert_eq!(money(&swapped.undercharged_minor), [(Reason::WrongShopper, 250)]);

        let mistaken = figures(&[("ann", &[("tea", 1)], &[("jam", 1)], &[])], &[]);
        assert_eq!(money(&mistaken.overcharged_minor), [(Reason::WrongProduct, 400)]);
        assert_eq!(money(&mistaken.undercharged_minor), [(Reason::WrongProduct, 250)]);

        let put_back = TruthAct {
            time: Time::from_nanos(5),
            plate: model::PlateId::new(1, 1, 1),
            product: "jam".into(),
            quantity: 1,
        };
        let visit: Visit<'_> = ("ann", &[], &[("jam", 1)], &[]);
        assert_eq!(money(&figures(&[visit], &[put_back]).overcharged_minor), [(Reason::MissedPutBack, 400)]);
        assert_eq!(money(&figures(&[visit], &[]).overcharged_minor), [(Reason::NeverKept, 400)]);
    }

    #[test]
    fn figures_of_scenes_add_up() {
        let one = figures(&[("ann", &[("tea", 1)], &[("jam", 1)], &[])], &[]);
        let mut both = one.clone();
        both.merge(&one);
        let twice: Figures = figures(
            &[("ann", &[("tea", 1)], &[("jam", 1)], &[]), ("ben", &[("tea", 1)], &[("jam", 1)], &[])],
            &[],
        );
        assert_eq!(both, twice);
    }
}
