//! A receipt, as a retailer likes to read it.

use model::{CredentialKind, Departure, Line, Money, Receipt, ReviewReason, Store};

use super::table::{Column, Row, table};
use super::{BOLD, DIM, Look, WARN, evidence, text};

/// Columns of a table without those of the product's name; widths of ordinary prices.
const OTHER_COLUMNS_WIDTH: usize = 55;
/// Columns of a token that are shown.
const TOKEN_WIDTH: usize = 24;

/// Renders a receipt, with the evidence of each line if `explain`; ends with a line break.
pub(crate) fn receipt(receipt: &Receipt, store: &Store, explain: bool, look: Look) -> String {
    let mut page = head(receipt, look);
    if receipt.lines.is_empty() && receipt.review.is_empty() {
        page += match receipt.credential {
            Some((CredentialKind::Staff, _)) => "Staff: nothing to pay.\n",
            _ => "Nobody took anything: nothing to pay.\n",
        };
    } else {
        page += &goods(receipt, store, look);
    }
    if explain {
        for line in receipt.lines.iter().chain(&receipt.review) {
            page += &evidence::line(line, store, look);
        }
    }
    page
}

/// `Trip 1  2020-04-22 05:06:48 to 05:07:05 UTC, 17 s`, and how they came and went.
fn head(receipt: &Receipt, look: Look) -> String {
    let title = format!("Trip {}", receipt.trip);
    let seconds = receipt.left.seconds_since(receipt.entered);
    let when = format!("{} UTC, {}", text::span(receipt.entered, receipt.left), text::duration(seconds));
    format!("{}  {when}\n{}\n", look.paint(BOLD, &title), look.paint(DIM, &story(receipt)))
}

/// `One shopper came in with a card (tok_4f3c) and left through a gate.`
fn story(receipt: &Receipt) -> String {
    let (kind, token) = match &receipt.credential {
        Some((kind, token)) => (Some(*kind), format!(" ({})", short_token(token))),
        None => (None, String::new()),
    };
    let who = match receipt.tracks.len() {
        0 | 1 => "One shopper".to_owned(),
        number => format!("{number} shoppers"),
    };
    let departure = match receipt.departure {
        Departure::RecordsEnded => "did not leave before the records ended",
        how => text::departure(how),
    };
    format!("{who} came in {}{token} and {departure}.", text::credential(kind))
}

/// The reader's token, cut where it is long.
fn short_token(token: &str) -> String {
    console::truncate_str(&text::plain(token), TOKEN_WIDTH, "…").into_owned()
}

/// What is charged, its total, and what stands in review.
fn goods(receipt: &Receipt, store: &Store, look: Look) -> String {
    let columns = [
        Column::Text("Product"),
        Column::Number("Qty"),
        Column::Number("Each"),
        Column::Number("Amount"),
        Column::Number("Sure"),
    ];
    let units: u64 = receipt.lines.iter().map(|line| u64::from(line.quantity)).sum();
    let total =
        vec!["Total".to_owned(), units.to_string(), String::new(), receipt.total.to_string(), String::new()];
    let mut rows: Vec<Row> =
        receipt.lines.iter().map(|line| Row::plain(cells(line, text::plain(&line.name)))).collect();
    if let Some(last) = rows.last_mut() {
        last.ruled = true;
    }
    rows.push(Row { style: BOLD, cells: total, ruled: true });
    if !receipt.review.is_empty() {
        let title = vec!["In review, not charged".to_owned()];
        rows.push(Row { style: WARN, cells: title, ruled: false });
    }
    rows.extend(receipt.review.iter().map(|line| {
        Row::plain(cells(line, format!("{}\n{}", text::plain(&line.name), reason(line, store))))
    }));
    table(look, &columns, &rows, look.width.saturating_sub(OTHER_COLUMNS_WIDTH))
}

fn cells(line: &Line, name: String) -> Vec<String> {
    let money = |money: Option<Money>| money.map_or_else(|| "no price".to_owned(), |money| money.to_string());
    vec![
        name,
        line.quantity.to_string(),
        money(line.unit_price),
        money(line.amount),
        text::percent(line.probability),
    ]
}

fn reason(line: &Line, store: &Store) -> String {
    match line.review {
        Some(ReviewReason::Doubt) => {
            format!("  below {}", text::percent(store.policy().charge_probability))
        }
        Some(ReviewReason::NoPrice) => "  no price".to_owned(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    const LOOK: Look = Look { width: 90, colour: false };

    #[test]
    fn a_receipt_with_lines_and_review() {
        insta::assert_snapshot!(receipt(&samples::receipt(), &samples::store(), false, LOOK));
    }

    #[test]
    fn a_narrow_screen_wraps_names_only() {
        let page = receipt(&samples::receipt(), &samples::store(), false, Look { width: 64, colour: false });
        assert!(page.lines().skip(2).all(|line| line.chars().count() <= 64), "{page}");
        insta::assert_snapshot!(page);
    }

    #[test]
    fn a_visit_without_goods() {
        let mut empty = samples::receipt();
        empty.lines.clear();
        empty.review.clear();
        empty.credential = None;
        empty.departure = Departure::RecordsEnded;
        empty.tracks.push(model::TrackId(8));
        empty.total = Money::new(0, empty.currency);
        insta::assert_snapshot!(receipt(&empty, &samples::store(), true, LOOK));
    }

    #[test]
    fn staff_pays_nothing() {
        let mut staff = samples::receipt();
        staff.lines.clear();
        staff.review.clear();
        staff.credential = Some((CredentialKind::Staff, "badge-7".into()));
        let page = receipt(&staff, &samples::store(), false, LOOK);
        assert!(
            page.ends_with("with a staff badge (badge-7) and left through a gate.\nStaff: nothing to pay.\n")
        );
    }

    #[test]
    fn a_visit_whose_goods_are_all_in_doubt() {
        let mut doubtful = samples::receipt();
        doubtful.lines.clear();
        doubtful.total = Money::new(0, doubtful.currency);
        insta::assert_snapshot!(receipt(&doubtful, &samples::store(), false, LOOK));
    }

    #[test]
    fn every_line_explains_itself() {
        insta::assert_snapshot!(receipt(&samples::receipt(), &samples::store(), true, LOOK));
    }
}
