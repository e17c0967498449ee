//! Why a line stands in a cart: what the engine said of it, read from what the office keeps.

use model::{DVec3, EvidenceSource, PlatePart, ProductId, Side, Time, TrackId, TripId};
use office::{Evidence, LineKind, TripKey};
use serde::Deserialize;

use super::desk::Desk;
use crate::pages::error::PageError;

/// One change of a shelf, as the engine's `Evidence` has it. What is no finite number is null in JSON.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Change {
    pub(super) start: Time,
    pub(super) moment: Time,
    pub(super) end: Time,
    pub(super) grams: Option<f64>,
    pub(super) grams_sd: Option<f64>,
    pub(super) source: EvidenceSource,
    pub(super) place: DVec3,
    pub(super) plates: Vec<PlatePart>,
    pub(super) hands: Vec<Hand>,
    pub(super) alternatives: Vec<Alternative>,
    pub(super) curve: Curve,
}

/// A hand near a change.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Hand {
    pub(super) track: TrackId,
    pub(super) trip: Option<TripId>,
    pub(super) side: Option<Side>,
    pub(super) distance_m: Option<f64>,
    pub(super) time: Time,
    /// Of the left and the right hand, at the moment of the change; of older evidence none is known.
    #[serde(default)]
    pub(super) wrists: [Option<DVec3>; 2],
    pub(super) log_likelihood: Option<f64>,
}

/// One way to explain a change.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Alternative {
    /// `trip`, `track` or `nobody`.
    pub(super) who: String,
    /// Of the trip or the track.
    pub(super) id: Option<String>,
    pub(super) items: Vec<(ProductId, i32)>,
    pub(super) probability: f64,
    pub(super) expected_grams: Option<f64>,
}

/// A plate's weight over time.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Curve {
    pub(super) start: Time,
    pub(super) step_s: f64,
    pub(super) grams: Vec<Option<f32>>,
}

/// What is known of a line; none where nothing is, or no more.
pub(super) fn changes(evidence: &[Evidence], kind: LineKind, line: usize) -> Result<Vec<Change>, PageError> {
    let Some(of_line) = evidence.iter().find(|one| one.kind == kind && one.line == line) else {
        return Ok(Vec::new());
    };
    let broken = |error: serde_json::Error| PageError::Broken(format!("evidence can't be read: {error}"));
    Vec::<Change>::deserialize(&of_line.body).map_err(broken)
}

/// What is known of a trip's line.
pub(super) async fn of_line(
    desk: &Desk,
    trip: TripKey,
    kind: LineKind,
    line: usize,
) -> Result<Vec<Change>, PageError> {
    let evidence = desk.office(move |office| office.evidence(trip)).await?;
    changes(&evidence, kind, line)
}

#[cfg(test)]
mod tests {
    use model::{Alternative, ChangeId, HandSeen, PlateId, Who};
    use serde_json::json;

    use super::*;

    #[test]
    fn what_the_engine_says_is_read_even_where_a_number_is_none() {
        let time = Time::from_nanos(1_800_000_000_000_000_000);
        let hand = HandSeen {
            track: TrackId(7),
            trip: None,
            side: Some(Side::Left),
            distance_m: 0.12,
            time,
            wrists: [None, Some(DVec3::new(1.0, 0.5, 1.25))],
            log_likelihood: f64::NEG_INFINITY,
        };
        let by = |who, probability| Alternative {
            who,
            items: vec![("cola".into(), -1)],
            probability,
            expected_grams: None,
        };
        let said = model::Evidence {
            change: ChangeId(3),
            start: time,
            moment: time,
            end: time,
            grams: -330.0,
            grams_sd: f64::NAN,
            source: EvidenceSource::Weight,
            place: DVec3::ZERO,
            plates: vec![PlatePart {
                plate: PlateId::new(1, 2, 3),
                grams: -330.0,
                grams_sd: 2.0,
                knock_on: false,
            }],
            hands: vec![hand],
            alternatives: vec![by(Who::Trip(TripId(5)), 0.7), by(Who::Nobody, 0.3)],
            curve: model::Curve { start: time, step_s: 0.1, grams: vec![900.0, f32::NAN, 570.0] },
        };
        let body = json!([said]);
        let evidence = [Evidence { kind: LineKind::Doubtful, line: 1, body }];
        let read = changes(&evidence, LineKind::Doubtful, 1).unwrap();
        assert_eq!(read.len(), 1);
        assert_eq!((read[0].grams, read[0].grams_sd), (Some(-330.0), None));
        assert_eq!(read[0].hands[0].wrists, hand.wrists);
        assert_eq!(read[0].curve.grams, [Some(900.0), None, Some(570.0)]);
        let who: Vec<_> =
            read[0].alternatives.iter().map(|one| (one.who.as_str(), one.id.as_deref())).collect();
        assert_eq!(who, [("trip", Some("5")), ("nobody", None)]);
        assert!(changes(&evidence, LineKind::Sure, 1).unwrap().is_empty());
    }
}
