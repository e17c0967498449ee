//! What the office does, over HTTP.
//!
//! **Its one job:** to take requests apart, call the [`office::Office`], and put its answers together.
//!
//! **The way in:** [`serve()`]. The API stands in `api`, with a description of itself ([`openapi()`],
//! `openapi.json`) and a guide for whoever connects to it (`docs/api.md`). The pages stand in `pages`; `live` knows what
//! goes on in the store at this moment, by records and events that it is given.
//!
//! **What it never does:** hold a rule of the business; keep anything; log what a request or an answer holds.

pub mod api;
mod config;
mod live;
mod pages;
mod serve;

pub use api::openapi;
pub use config::{ApiKey, Config, KeyHash, Limits, Scope};
pub use live::Live;
pub use pages::{Command, Demo, Eye, Gaze, Order, Seen, Truth, TruthShopper};
pub use serve::{Pages, serve};
