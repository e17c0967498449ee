//! What really happened, as a person who watched (or a simulator) tells it: only for measuring.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{PlateId, ProductId, Time, TrackId};

/// What really happened in a recording. Kept in a file of its own, which the engine never sees.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Truth {
    /// The visits, in the order of entry.
    #[serde(default, rename = "trip")]
    pub trips: Vec<TruthTrip>,
}

/// One visit under one payer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TruthTrip {
    /// The token of the credential shown at the entry, if one was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// The tracks that the tracker gave its people.
    #[serde(default)]
    pub tracks: Vec<TrackId>,
    /// What they carried out: product and units.
    #[serde(default)]
    pub kept: BTreeMap<ProductId, u32>,
    /// What they did at the shelves, in order of time, if it was noted.
    #[serde(default, rename = "act", skip_serializing_if = "Vec::is_empty")]
    pub acts: Vec<TruthAct>,
}

/// A take or put-back as it really was.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TruthAct {
    /// When the hand left the shelf.
    pub time: Time,
    /// Where.
    pub plate: PlateId,
    /// What.
    pub product: ProductId,
    /// Units that went to the shelf; negative for a take.
    pub quantity: i32,
}
