//! Parties whose people were lost at once and found again, nobody knows who as whom: what they took since then is looked at, and charged
//! to nobody.

use model::{Line, Receipt, ReviewReason, Time, TripId};

use crate::receipt::total;

/// Two parties that may have been mistaken for one another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Mixed {
    pub(crate) trips: [TripId; 2],
    /// From when on.
    pub(crate) since: Time,
}

/// How probable it is that what either of two took is its own.
const EVEN: f64 = 0.5;

/// Moves to review what parties took since they may have been mistaken for one another, on the receipts of both.
pub(crate) fn part(receipts: &mut [Receipt], mixed: &[Mixed]) {
    for Mixed { trips, since } in mixed {
        let place = |trip: TripId| receipts.iter().position(|receipt| receipt.trip == trip);
        let (Some(one), Some(other)) = (place(trips[0]), place(trips[1])) else { continue };
        let taken: Vec<Line> =
            [one, other].iter().flat_map(|place| since_then(&mut receipts[*place], *since)).collect();
        for place in [one, other] {
            taken.iter().for_each(|line| may_be_its(&mut receipts[place], line));
        }
    }
}

/// Takes off a receipt what speaks of something done since then.
fn since_then(receipt: &mut Receipt, since: Time) -> Vec<Line> {
    let is_since = |line: &mut Line| line.evidence.iter().any(|evidence| evidence.moment > since);
    let mut taken: Vec<Line> = receipt.lines.extract_if(.., is_since).collect();
    taken.extend(receipt.review.extract_if(.., is_since));
    receipt.total = total(&receipt.lines, receipt.currency);
    taken
}

/// Puts a line to review that may be this receipt's: of one product as many units as any line says.
fn may_be_its(receipt: &mut Receipt, line: &Line) {
    match receipt.review.iter_mut().find(|other| other.product == line.product) {
        Some(other) if other.quantity >= line.quantity => {}
        Some(other) => *other = doubtful(line),
        None => receipt.review.push(doubtful(line)),
    }
}

fn doubtful(line: &Line) -> Line {
    Line {
        probability: EVEN * line.probability,
        review: line.review.or(Some(ReviewReason::Doubt)),
        ..line.clone()
    }
}
