//! Stripe, and whoever speaks its API's shape.

mod client;
mod reach;
mod units;
mod webhook;
pub(crate) mod wire;

pub use client::{StripeConfig, StripeError, StripeProcessor};
pub(crate) use units::{from_wire, to_wire};
pub(crate) use webhook::sign;
pub use webhook::{TOLERANCE_SECONDS, WebhookError, WebhookEvent, WebhookKind, fold, verify_webhook};
