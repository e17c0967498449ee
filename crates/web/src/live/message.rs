//! What viewers are told, ready to be sent: written once for all of them.

use serde_json::Value;

/// One message: its kind and its JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Message {
    /// `whole`, `places`, `trip`, `gone` or `happened`.
    pub(crate) kind: &'static str,
    /// JSON on one line.
    pub(crate) text: String,
}

impl Message {
    pub(crate) fn new(kind: &'static str, value: &Value) -> Self {
        Self { kind, text: value.to_string() }
    }

    /// Whether a trip changed, or is over.
    pub(super) fn is_about_a_cart(&self) -> bool {
        matches!(self.kind, "trip" | "gone")
    }
}
