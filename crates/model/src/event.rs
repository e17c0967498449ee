//! What the store concluded, and why.

use serde::{Deserialize, Serialize};

use crate::{
    ChangeId, CredentialKind, Currency, DVec3, Money, Notice, PlateId, Product, ProductId, SensorId, Time,
    TrackId, TripId,
};

/// Something the store concluded.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Event {
    /// Number of the event, from 1, without gaps.
    pub sequence: u64,
    /// The store's time when it was concluded: what it is about lies before.
    pub time: Time,
    /// What.
    #[serde(flatten)]
    pub kind: EventKind,
}

/// What the store concluded.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum EventKind {
    /// Somebody came in. A second person of a party comes in on the same trip.
    Entered {
        /// The visit.
        trip: TripId,
        /// Who, to the tracker.
        track: TrackId,
        /// Where.
        gate: SensorId,
        /// When they went through.
        entered: Time,
        /// On what, if a credential was shown.
        credential: Option<CredentialKind>,
        /// The reader's token of it: opaque, and what whoever let them in knows them by.
        token: Option<String>,
    },
    /// Something was taken.
    Took(Handled),
    /// Something was put back.
    PutBack(Handled),
    /// One party gave something to another.
    HandedOver {
        /// What, how probably and why; `trip` is the party that gave it.
        given: Handled,
        /// The party that has it now.
        to: TripId,
    },
    /// Later evidence changed the mind: what was concluded of this change no longer holds. What holds
    /// instead follows.
    Withdrawn {
        /// The mass change.
        change: ChangeId,
        /// The visit that it was given to; `None` if it was given to nobody.
        trip: Option<TripId>,
    },
    /// A shelf's mass changed and nobody can be given it with certainty.
    Unattributed {
        /// Why: the mass change and what was considered.
        evidence: Box<Evidence>,
    },
    /// Somebody left.
    Left {
        /// The visit.
        trip: TripId,
        /// Who, to the tracker.
        track: TrackId,
        /// When they were last seen or went through the gate.
        left: Time,
        /// How.
        how: Departure,
    },
    /// All of the visit is known; nothing will change any more.
    Settled(Box<Receipt>),
    /// Something is wrong with a device or its records.
    Noticed(Notice),
}

/// One product taken or put back.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Handled {
    /// By whose party.
    pub trip: TripId,
    /// What.
    pub product: ProductId,
    /// How many units.
    pub quantity: u32,
    /// How probable it is that this trip handled at least this many of this product here.
    pub probability: f64,
    /// Why.
    pub evidence: Box<Evidence>,
}

/// Why something is held to have happened.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Evidence {
    /// The mass change.
    pub change: ChangeId,
    /// When the mass began to change.
    pub start: Time,
    /// When most of it changed: the moment of the lift or the drop.
    pub moment: Time,
    /// When the new mass had settled.
    pub end: Time,
    /// The change, grams: negative for a take.
    pub grams: f64,
    /// Standard deviation of `grams`.
    pub grams_sd: f64,
    /// What speaks for it.
    pub source: EvidenceSource,
    /// Where on the shelf it happened, in store coordinates, metres.
    pub place: DVec3,
    /// The plates that changed, most first.
    pub plates: Vec<PlatePart>,
    /// The hands near it, nearest first.
    pub hands: Vec<HandSeen>,
    /// What was considered, most probable first.
    pub alternatives: Vec<Alternative>,
    /// The weight around the change, of the plate that changed most.
    pub curve: Curve,
}

/// What speaks for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EvidenceSource {
    /// A mass change.
    Weight,
    /// A hand at a plate that could not be weighed with; `grams` is 0 and says nothing.
    Hand,
    /// Hands of two parties that met; there are no plates and no grams.
    Meeting,
}

/// One plate's part of a mass change.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlatePart {
    /// The plate.
    pub plate: PlateId,
    /// Its change, grams.
    pub grams: f64,
    /// Standard deviation of `grams`.
    pub grams_sd: f64,
    /// Whether this is only a knock-on from a neighbour, which does not count to the sum.
    pub knock_on: bool,
}

/// How near a person's hand came to the change.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct HandSeen {
    /// Whose.
    pub track: TrackId,
    /// On which visit, if bound to one.
    pub trip: Option<TripId>,
    /// Which hand, if it was seen.
    pub side: Option<Side>,
    /// The least distance from a wrist to the space above the plate, metres.
    pub distance_m: f64,
    /// When it was there.
    pub time: Time,
    /// Where the left and the right wrist were in the look nearest to the change's moment, in store coordinates,
    /// metres; none for a wrist that was not seen about then.
    pub wrists: [Option<DVec3>; 2],
    /// Logarithm of the likelihood that this hand made the change, against a hand right at it.
    pub log_likelihood: f64,
}

/// A side of the body, the person's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Left.
    Left,
    /// Right.
    Right,
}

/// Who may have made a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case", tag = "who", content = "id")]
pub enum Who {
    /// A party on a visit.
    Trip(TripId),
    /// A person without a visit.
    Track(TrackId),
    /// Nobody that was seen.
    Nobody,
}

/// One way to explain a change.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Alternative {
    /// Who.
    #[serde(flatten)]
    pub who: Who,
    /// What, with signed quantities: negative for units that left the shelf. Empty: no product moved.
    pub items: Vec<(ProductId, i32)>,
    /// How probable.
    pub probability: f64,
    /// The mass that this would have changed, grams; none where no product is named.
    pub expected_grams: Option<f64>,
}

/// A plate's weight over time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// The time of the first value.
    pub start: Time,
    /// Seconds from one value to the next.
    pub step_s: f64,
    /// Mean weight of each step, grams, as the plate gives it (not zeroed).
    pub grams: Vec<f32>,
}

/// How a person left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Departure {
    /// Through a gate.
    Gate,
    /// Not seen any more for long.
    Vanished,
    /// Still inside when the records ended.
    RecordsEnded,
}

/// What a party pays for a visit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Receipt {
    /// The visit.
    pub trip: TripId,
    /// The people on it.
    pub tracks: Vec<TrackId>,
    /// The credential shown: its kind and the reader's token.
    pub credential: Option<(CredentialKind, String)>,
    /// When the first of them came in.
    pub entered: Time,
    /// When the last of them left.
    pub left: Time,
    /// How the last of them left.
    pub departure: Departure,
    /// What is charged.
    pub lines: Vec<Line>,
    /// What is not charged until somebody has looked.
    pub review: Vec<Line>,
    /// Sum of `lines`.
    pub total: Money,
    /// The currency of the store.
    pub currency: Currency,
}

/// One product on a receipt.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Line {
    /// What.
    pub product: ProductId,
    /// Its name in the catalogue.
    pub name: String,
    /// How many units.
    pub quantity: u32,
    /// Price of one unit at the time of taking, if the catalogue has one.
    pub unit_price: Option<Money>,
    /// Price of the line.
    pub amount: Option<Money>,
    /// How probable it is that the party has at least this many (with those charged, in review).
    pub probability: f64,
    /// Why it is in review, for lines that are.
    pub review: Option<ReviewReason>,
    /// The mass changes that speak for it, oldest first.
    pub evidence: Vec<Evidence>,
}

impl Line {
    /// A line for so many units of a product, at its price.
    pub fn new(
        product: &Product,
        quantity: u32,
        probability: f64,
        review: Option<ReviewReason>,
        evidence: Vec<Evidence>,
    ) -> Self {
        Self {
            product: product.id.clone(),
            name: product.name.clone(),
            quantity,
            unit_price: product.price,
            amount: product.price.and_then(|price| price.times(quantity)),
            probability,
            review,
            evidence,
        }
    }
}

/// Why a line is not charged at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReviewReason {
    /// Its probability does not clear the store's threshold.
    Doubt,
    /// The catalogue has no price for it.
    NoPrice,
}
