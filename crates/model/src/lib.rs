//! The words of a checkout-free store as types: what the store looks like, what its sensors say,
//! and what is concluded from it.
//!
//! **Its one job:** to be the language that every other crate speaks. A [`Store`] says what stands
//! where and what it weighs and costs; a [`Record`] is what a sensor said; an [`Event`] is what the
//! store concluded; a [`Receipt`] is what the shopper pays, each line with its [`Evidence`].
//!
//! **The way in:** [`Store::from_toml`] reads and checks a store file; everything else is plain data.
//!
//! **What it never does:** I/O, reading a clock, deciding anything. It knows no other crate.
//!
//! Units are metres, grams and seconds; times are UTC nanoseconds ([`Time`]); money is integer minor
//! units ([`Money`]); store coordinates are right-handed with z up.

mod event;
mod id;
mod money;
mod notice;
mod record;
mod store;
mod store_file;
mod time;
mod truth;

pub use event::{
    Alternative, Curve, Departure, Event, EventKind, Evidence, EvidenceSource, HandSeen, Handled, Line,
    PlatePart, Receipt, ReviewReason, Side, Who,
};
pub use glam::{DMat3, DVec2, DVec3};
pub use id::{ChangeId, Gtin, ParseIdError, PlateId, ProductId, SensorId, TrackId, TripId};
pub use iso_currency::Currency;
pub use money::Money;
pub use notice::{Notice, NoticeKind, Notices};
pub use record::{
    Credential, CredentialKind, Direction, Holding, Joint, Keypoint, Passage, People, Person, PlateBatch,
    Record, RecordError, View, ViewKeypoint, ViewPerson,
};
pub use store::{Facing, Plate, PlateIndex, Product, ProductIndex, Shelf, Store, StoreError, StoreProblem};
pub use store_file::{
    CameraFile, FacingFile, GateFile, GondolaFile, PlateFile, Policy, ProductFile, STORE_SCHEMA, ShelfFile,
    StoreFile,
};
pub use time::Time;
pub use truth::{Truth, TruthAct, TruthTrip};
