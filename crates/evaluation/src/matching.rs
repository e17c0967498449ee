//! Which receipt tells of which true trip.

use model::{Receipt, TruthTrip};

/// How surely a receipt and a true trip are the same visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kinship {
    /// The same token and a track in common.
    TokenAndTrack,
    /// The same token.
    Token,
    /// A track in common, where one of them has no token.
    Track,
}

/// For each receipt, the place of its true trip, if it has one.
///
/// The surest kinship goes first, so that a token used for two visits goes to the visit with the same
/// tracks; within one kinship the earlier visit goes first. Each trip is given at most once.
pub(crate) fn match_trips(receipts: &[Receipt], trips: &[TruthTrip]) -> Vec<Option<usize>> {
    let mut in_order_of_entry: Vec<usize> = (0..receipts.len()).collect();
    in_order_of_entry.sort_by_key(|place| (receipts[*place].entered, receipts[*place].trip));
    let mut matched = vec![None; receipts.len()];
    let mut taken = vec![false; trips.len()];
    for wanted in [Kinship::TokenAndTrack, Kinship::Token, Kinship::Track] {
        for &receipt in &in_order_of_entry {
            if matched[receipt].is_some() {
                continue;
            }
            let found = (0..trips.len())
                .find(|trip| !taken[*trip] && kinship(&receipts[receipt], &trips[*trip]) == Some(wanted));
            if let Some(trip) = found {
                taken[trip] = true;
                matched[receipt] = found;
            }
        }
    }
    matched
}

fn kinship(receipt: &Receipt, trip: &TruthTrip) -> Option<Kinship> {
    let token = receipt.credential.as_ref().map(|(_, token)| token);
    let common_track = receipt.tracks.iter().any(|track| trip.tracks.contains(track));
    match (token, &trip.token) {
        (Some(shown), Some(true_token)) if shown != true_token => None,
        (Some(_), Some(_)) if common_track => Some(Kinship::TokenAndTrack),
        (Some(_), Some(_)) => Some(Kinship::Token),
        _ => common_track.then_some(Kinship::Track),
    }
}

#[cfg(test)]
mod tests {
    use model::{CredentialKind, Currency, Departure, Money, Time, TrackId, TripId};

    use super::*;

    fn receipt(trip: u32, token: Option<&str>, tracks: &[u64]) -> Receipt {
        Receipt {
            trip: TripId(trip),
            tracks: tracks.iter().copied().map(TrackId).collect(),
            credential: token.map(|token| (CredentialKind::Card, token.to_owned())),
            entered: Time::from_nanos(i64::from(trip)),
            left: Time::from_nanos(100),
            departure: Departure::Gate,
            lines: Vec::new(),
            review: Vec::new(),
            total: Money::new(0, Currency::EUR),
            currency: Currency::EUR,
        }
    }

    fn trip(token: Option<&str>, tracks: &[u64]) -> TruthTrip {
        TruthTrip {
            token: token.map(str::to_owned),
            tracks: tracks.iter().copied().map(TrackId).collect(),
            ..TruthTrip::default()
        }
    }

    #[test]
    fn tokens_decide_where_both_have_one() {
        let receipts = [receipt(1, Some("a"), &[1]), receipt(2, Some("b"), &[2])];
        let trips = [trip(Some("b"), &[1]), trip(Some("a"), &[])];
        assert_eq!(match_trips(&receipts, &trips), [Some(1), Some(0)]);
    }

    #[test]
    fn tracks_decide_where_one_has_no_token() {
        let receipts = [receipt(1, None, &[1, 5]), receipt(2, Some("b"), &[2]), receipt(3, None, &[9])];
        let trips = [trip(None, &[2]), trip(Some("x"), &[5])];
        assert_eq!(match_trips(&receipts, &trips), [Some(1), Some(0), None]);
    }

    #[test]
    fn a_token_that_came_twice_goes_by_track_and_then_by_entry() {
        let receipts =
            [receipt(3, Some("a"), &[3]), receipt(2, Some("a"), &[8]), receipt(1, Some("a"), &[7])];
        let trips = [trip(Some("a"), &[3]), trip(Some("a"), &[]), trip(Some("a"), &[])];
        assert_eq!(match_trips(&receipts, &trips), [Some(0), Some(2), Some(1)]);
    }
}
