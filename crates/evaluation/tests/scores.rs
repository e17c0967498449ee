//! The figures for visits whose truth is known.

#![allow(clippy::unwrap_used, reason = "a test may")]

use evaluation::{Agreement, ProductScore, Scores, Verdict, score};
use model::{
    CredentialKind, Currency, Departure, Line, Money, ProductId, Receipt, ReviewReason, Store, Time, TrackId,
    TripId, Truth, TruthTrip,
};
use proptest::prelude::*;

const STORE: &str = r#"
    schema = "saunter-store/1"
    name = "Corner"
    currency = "EUR"
    product = [
        { id = "tea", name = "Tea", price_minor = 250 },
        { id = "soap", name = "Soap", price_minor = 100 },
        { id = "gift", name = "Gift" },
    ]
"#;

type Units<'a> = &'a [(&'a str, u32)];

fn lines(units: Units) -> Vec<Line> {
    let line = |(product, quantity): &(&str, u32)| Line {
        product: ProductId::from(*product),
        name: (*product).to_owned(),
        quantity: *quantity,
        unit_price: None,
        amount: None,
        probability: 1.0,
        review: None,
        evidence: Vec::new(),
    };
    units.iter().map(line).collect()
}

fn receipt(trip: u32, charged: Units, in_review: Units) -> Receipt {
    let mut review = lines(in_review);
    review.iter_mut().for_each(|line| line.review = Some(ReviewReason::Doubt));
    Receipt {
        trip: TripId(trip),
        tracks: vec![TrackId(u64::from(trip))],
        credential: Some((CredentialKind::Card, format!("token-{trip}"))),
        entered: Time::from_nanos(i64::from(trip)),
        left: Time::from_nanos(100),
        departure: Departure::Gate,
        lines: lines(charged),
        review,
        total: Money::new(0, Currency::EUR),
        currency: Currency::EUR,
    }
}

fn trip(number: u32, kept: Units) -> TruthTrip {
    TruthTrip {
        token: Some(format!("token-{number}")),
        tracks: vec![TrackId(u64::from(number))],
        kept: kept.iter().map(|(product, units)| (ProductId::from(*product), *units)).collect(),
        acts: Vec::new(),
    }
}

fn scored(receipts: &[Receipt], trips: Vec<TruthTrip>) -> Scores {
    score(receipts, &Truth { trips }, &Store::from_toml(STORE).unwrap())
}

fn counts(agreement: Agreement) -> (u64, u64, u64) {
    (agreement.right, agreement.wrong, agreement.missed)
}

fn verdict(charged: Units, in_review: Units, kept: Units) -> Verdict {
    scored(&[receipt(1, charged, in_review)], vec![trip(1, kept)]).per_trip[0].verdict
}

#[test]
fn an_exact_receipt_scores_full_marks() {
    let scores =
        scored(&[receipt(1, &[("tea", 2), ("soap", 1)], &[])], vec![trip(1, &[("tea", 2), ("soap", 1)])]);
    assert_eq!(counts(scores.lines), (2, 0, 0));
    assert_eq!(counts(scores.units), (3, 0, 0));
    assert_eq!((scores.lines.precision, scores.lines.recall, scores.lines.f1), (1.0, 1.0, 1.0));
    assert_eq!((scores.receipts.exact, scores.receipts.exact_or_reviewed), (1, 1));
    assert_eq!((scores.money.overcharged_minor, scores.money.undercharged_minor), (0, 0));
}

#[test]
fn a_wrong_quantity_makes_the_line_wrong_and_missed_but_only_one_unit() {
    let scores =
        scored(&[receipt(1, &[("tea", 3), ("soap", 1)], &[])], vec![trip(1, &[("tea", 2), ("soap", 1)])]);
    assert_eq!(counts(scores.lines), (1, 1, 1));
    assert_eq!(counts(scores.units), (3, 1, 0));
    assert_eq!((scores.units.precision, scores.units.recall), (0.75, 1.0));
    assert_eq!((scores.lines.precision, scores.lines.recall, scores.lines.f1), (0.5, 0.5, 0.5));
    assert_eq!((scores.money.overcharged_minor, scores.money.undercharged_minor), (250, 0));
}

#[test]
fn a_mistaken_product_is_overcharged_and_undercharged() {
    let scores = scored(&[receipt(1, &[("soap", 1)], &[])], vec![trip(1, &[("tea", 1)])]);
    assert_eq!(counts(scores.lines), (0, 1, 1));
    assert_eq!(scores.lines.f1, 0.0);
    assert_eq!((scores.money.overcharged_minor, scores.money.undercharged_minor), (100, 250));
    assert_eq!(
        scores.per_trip[0].products,
        [
            ProductScore { product: "soap".into(), expected: 0, charged: 1, in_review: 0 },
            ProductScore { product: "tea".into(), expected: 1, charged: 0, in_review: 0 },
        ]
    );
}

#[test]
fn a_receipt_is_reviewed_only_if_it_never_charges_too_much_and_misses_nothing_unseen() {
    assert_eq!(verdict(&[("tea", 1)], &[], &[("tea", 1)]), Verdict::Exact);
    assert_eq!(verdict(&[("tea", 1)], &[("soap", 1)], &[("tea", 1)]), Verdict::Exact);
    assert_eq!(verdict(&[("tea", 1)], &[("tea", 1)], &[("tea", 2)]), Verdict::Reviewed);
    assert_eq!(verdict(&[], &[("tea", 3)], &[("tea", 2)]), Verdict::Reviewed);
    assert_eq!(verdict(&[], &[("tea", 1)], &[("tea", 2)]), Verdict::Wrong);
    assert_eq!(verdict(&[("soap", 1)], &[("tea", 1)], &[("tea", 1)]), Verdict::Wrong);
    assert_eq!(verdict(&[], &[], &[]), Verdict::Exact);
}

#[test]
fn review_is_not_charged_and_its_receipts_are_counted() {
    let scores = scored(
        &[receipt(1, &[], &[("tea", 1)]), receipt(2, &[("soap", 1)], &[])],
        vec![trip(1, &[("tea", 1)]), trip(2, &[("soap", 1)])],
    );
    assert_eq!(counts(scores.lines), (1, 0, 1));
    assert_eq!(scores.money.undercharged_minor, 250);
    assert_eq!(
        (scores.receipts.exact, scores.receipts.exact_or_reviewed, scores.receipts.with_review),
        (1, 2, 1)
    );
}

#[test]
fn a_missing_trip_is_missed_and_an_extra_receipt_is_wrong() {
    let scores = scored(
        &[receipt(7, &[("soap", 2)], &[]), receipt(1, &[], &[])],
        vec![trip(1, &[]), trip(2, &[("tea", 1)])],
    );
    assert_eq!((scores.trips.matched, scores.trips.missing, scores.trips.extra), (1, 1, 1));
    assert_eq!((scores.money.overcharged_minor, scores.money.undercharged_minor), (200, 250));
    let verdicts: Vec<Verdict> = scores.per_trip.iter().map(|trip| trip.verdict).collect();
    assert_eq!(verdicts, [Verdict::Exact, Verdict::Missing, Verdict::Extra]);
    assert_eq!((scores.per_trip[2].trip, scores.per_trip[2].truth), (Some(TripId(7)), None));
    assert_eq!((scores.per_trip[1].trip, scores.per_trip[1].truth), (None, Some(2)));
}

#[test]
fn nothing_at_all_is_right_and_never_a_quotient_of_zero() {
    let scores = scored(&[], Vec::new());
    assert_eq!((scores.lines.precision, scores.lines.recall, scores.lines.f1), (1.0, 1.0, 1.0));
    let no_receipts = scored(&[], vec![trip(1, &[("tea", 1)])]);
    assert_eq!(
        (no_receipts.lines.precision, no_receipts.lines.recall, no_receipts.lines.f1),
        (1.0, 0.0, 0.0)
    );
    let no_truth = scored(&[receipt(1, &[("tea", 1)], &[])], Vec::new());
    assert_eq!((no_truth.lines.precision, no_truth.lines.recall, no_truth.lines.f1), (0.0, 1.0, 0.0));
}

#[test]
fn units_without_a_price_are_counted_apart_and_unknown_products_are_named() {
    let scores =
        scored(&[receipt(1, &[("gift", 3)], &[])], vec![trip(1, &[("gift", 1), ("lamp", 2), ("none", 0)])]);
    assert_eq!(scores.money.overcharged_units_without_price, 2);
    assert_eq!(scores.money.undercharged_units_without_price, 2);
    assert_eq!((scores.money.overcharged_minor, scores.money.undercharged_minor), (0, 0));
    assert_eq!(scores.unknown_products, ["lamp".into(), "none".into()]);
    assert_eq!(scores.per_trip[0].products.len(), 2, "a product of zero units is none");
}

#[test]
fn several_lines_of_one_product_are_one_line() {
    let scores = scored(&[receipt(1, &[("tea", 1), ("tea", 1)], &[])], vec![trip(1, &[("tea", 2)])]);
    assert_eq!(counts(scores.lines), (1, 0, 0));
}

#[test]
fn scores_are_plain_data_for_programs() {
    let scores = scored(&[receipt(1, &[("tea", 1)], &[])], vec![trip(1, &[("tea", 2)])]);
    let json = serde_json::to_value(&scores).unwrap();
    assert_eq!(json["per_trip"][0]["verdict"], "wrong");
    assert_eq!(json["money"]["undercharged_minor"], 250);
    assert_eq!(json["money"]["currency"], "EUR");
}

proptest! {
    /// Every unit charged is right or wrong, every unit kept is right or missed, and no figure leaves 0 to 1.
    #[test]
    fn every_unit_is_counted_once(
        charged in prop::collection::vec((0..3_usize, 0..4_u32), 0..5),
        kept in prop::collection::btree_map(0..3_usize, 0..4_u32, 0..4),
        same_visit in any::<bool>(),
    ) {
        let names = ["tea", "soap", "gift"];
        let charged: Vec<(&str, u32)> = charged.into_iter().map(|(name, units)| (names[name], units)).collect();
        let kept: Vec<(&str, u32)> = kept.into_iter().map(|(name, units)| (names[name], units)).collect();
        let scores = scored(&[receipt(if same_visit { 1 } else { 2 }, &charged, &[])], vec![trip(1, &kept)]);
        let sum = |units: &[(&str, u32)]| units.iter().map(|(_, units)| u64::from(*units)).sum::<u64>();
        prop_assert_eq!(scores.units.right + scores.units.wrong, sum(&charged));
        prop_assert_eq!(scores.units.right + scores.units.missed, sum(&kept));
        for agreement in [scores.lines, scores.units] {
            for figure in [agreement.precision, agreement.recall, agreement.f1] {
                prop_assert!((0.0..=1.0).contains(&figure));
            }
        }
        let exact = scores.per_trip.iter().all(|trip| trip.verdict == Verdict::Exact);
        prop_assert_eq!(exact, same_visit && scores.lines.wrong + scores.lines.missed == 0);
    }
}
