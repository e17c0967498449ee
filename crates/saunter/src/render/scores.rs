//! The figures of an evaluation.

use evaluation::{Agreement, Scores, TripScore, Verdict};
use model::{Money, Store};

use super::table::{Column, Row, table};
use super::{BAD, BOLD, GOOD, Look, WARN, text};

/// Renders the figures and the visits that are not exact; ends with a line break.
pub(crate) fn scores(scores: &Scores, store: &Store, look: Look) -> String {
    let mut page = visits(scores, look) + &agreements(scores, look);
    if !scores.unknown_products.is_empty() {
        let names: Vec<String> =
            scores.unknown_products.iter().map(|product| text::plain(product.as_str())).collect();
        let warning = format!("The catalogue lacks what the truth names: {}", names.join(", "));
        page += &format!("{}\n", look.paint(WARN, &warning));
    }
    page + &wrong_trips(&scores.per_trip, store, look)
}

/// The figures of whole visits and of money.
fn visits(scores: &Scores, look: Look) -> String {
    let of = |part: u64| format!("{part} of {}", scores.per_trip.len());
    let money = |minor: i64, units_without_price: u64| {
        let money = Money::new(minor, scores.money.currency);
        match units_without_price {
            0 => money.to_string(),
            units => format!("{money} and {} without price", text::count(units, "unit")),
        }
    };
    let row = |name: &str, value: String| Row::plain(vec![name.to_owned(), value]);
    let figures = [
        row("Exact receipts", of(scores.receipts.exact)),
        row("Exact, or the rest in review", of(scores.receipts.exact_or_reviewed)),
        row("With something in review", of(scores.receipts.with_review)),
        row("Visits without a receipt", of(scores.trips.missing)),
        row("Receipts without a visit", of(scores.trips.extra)),
        row(
            "Overcharged",
            money(scores.money.overcharged_minor, scores.money.overcharged_units_without_price),
        ),
        row(
            "Undercharged",
            money(scores.money.undercharged_minor, scores.money.undercharged_units_without_price),
        ),
    ];
    let columns = [Column::Text("Receipts against the truth"), Column::Number("")];
    table(look, &columns, &figures, 0)
}

/// The figures of lines and units.
fn agreements(scores: &Scores, look: Look) -> String {
    let row = |name: &str, figures: Agreement| {
        let Agreement { right, wrong, missed, precision, recall, f1 } = figures;
        let counts = [right, wrong, missed].map(|count| count.to_string());
        let shares = [precision, recall, f1].map(|share| format!("{share:.4}"));
        Row::plain(std::iter::once(name.to_owned()).chain(counts).chain(shares).collect())
    };
    let columns = [
        Column::Text(""),
        Column::Number("Right"),
        Column::Number("Wrong"),
        Column::Number("Missed"),
        Column::Number("Precision"),
        Column::Number("Recall"),
        Column::Number("F1"),
    ];
    let rows = [row("Lines", scores.lines), row("Units", scores.units)];
    table(look, &columns, &rows, 0)
}

/// A table of what is not exact, product by product.
fn wrong_trips(trips: &[TripScore], store: &Store, look: Look) -> String {
    let rows: Vec<Row> = trips
        .iter()
        .filter(|trip| trip.verdict != Verdict::Exact)
        .flat_map(|trip| trip_rows(trip, store))
        .collect();
    if rows.is_empty() {
        return format!("{}\n", look.paint(GOOD, "Every receipt is exact."));
    }
    let columns = [
        Column::Text("Visit"),
        Column::Text("Product"),
        Column::Number("Expected"),
        Column::Number("Charged"),
        Column::Number("In review"),
    ];
    let any_wrong = trips.iter().any(|trip| !matches!(trip.verdict, Verdict::Exact | Verdict::Reviewed));
    let style = if any_wrong { BAD } else { BOLD };
    format!("{}\n{}", look.paint(style, "Not exact"), table(look, &columns, &rows, 0))
}

fn trip_rows(trip: &TripScore, store: &Store) -> Vec<Row> {
    let wrong = trip.products.iter().filter(|product| !product.is_exact()).map(|product| {
        let counts = [product.expected, product.charged, product.in_review].map(|count| count.to_string());
        let name = text::product_name(store, &product.product);
        [visit(trip), name].into_iter().chain(counts).collect()
    });
    let mut rows: Vec<Row> = wrong.map(Row::plain).collect();
    if rows.is_empty() {
        rows.push(Row::plain(vec![visit(trip), "no goods".to_owned()]));
    }
    if let Some(last) = rows.last_mut() {
        last.ruled = true;
    }
    rows
}

/// `Trip 3: wrong`, or by the number in the truth where there is no receipt.
fn visit(trip: &TripScore) -> String {
    let name = match (trip.trip, trip.truth) {
        (Some(trip), _) => format!("Trip {trip}"),
        (None, Some(number)) => format!("True trip {number}"),
        (None, None) => "Visit".to_owned(),
    };
    let verdict = match trip.verdict {
        Verdict::Exact => "exact",
        Verdict::Reviewed => "in review",
        Verdict::Wrong => "wrong",
        Verdict::Missing => "no receipt",
        Verdict::Extra => "never was",
    };
    format!("{name}: {verdict}")
}

#[cfg(test)]
mod tests {
    use evaluation::score;
    use model::{Receipt, Truth, TruthTrip};

    use super::super::samples;
    use super::*;

    const LOOK: Look = Look { width: 90, colour: false };

    fn page(receipts: &[Receipt], trips: Vec<TruthTrip>) -> String {
        let store = samples::store();
        scores(&score(receipts, &Truth { trips }, &store), &store, LOOK)
    }

    fn trip(token: &str, kept: &[(&str, u32)]) -> TruthTrip {
        TruthTrip {
            token: Some(token.into()),
            kept: kept.iter().map(|(product, units)| ((*product).into(), *units)).collect(),
            ..TruthTrip::default()
        }
    }

    #[test]
    fn full_marks() {
        let mut exact = samples::receipt();
        exact.review.clear();
        insta::assert_snapshot!(page(&[exact], vec![trip("tok_4f3c", &[("tea", 1)])]));
    }

    #[test]
    fn what_went_wrong_is_listed() {
        let trips =
            vec![trip("tok_4f3c", &[("tea", 2), ("gift", 1)]), trip("other", &[("soap", 1), ("lamp", 1)])];
        let mut extra = samples::receipt();
        extra.trip = model::TripId(2);
        extra.credential = None;
        extra.lines.clear();
        extra.review.clear();
        insta::assert_snapshot!(page(&[samples::receipt(), extra], trips));
    }
}
