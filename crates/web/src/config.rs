//! Who may do what, and how much of it.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use office::Clock;
use payments::Secret;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// How the API is served.
#[derive(Clone)]
pub struct Config {
    /// Who may do what.
    pub keys: Vec<ApiKey>,
    /// What the payment processor signs its webhooks with; several while one replaces another. None: no webhooks.
    pub webhook_secrets: Vec<Secret>,
    /// Tells the time.
    pub clock: Clock,
    /// How much of it.
    pub limits: Limits,
}

/// A key of a system that connects. The key itself is kept nowhere.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApiKey {
    /// Whose it is, such as `till` or `gate-1`: stands in the journal beside what was done with it.
    pub name: String,
    /// SHA-256 of the key, 64 hexadecimal digits.
    pub sha256: KeyHash,
    /// What it may do.
    pub scopes: BTreeSet<Scope>,
}

/// SHA-256 of a key. Keys are long and random, so nothing slower is needed.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct KeyHash([u8; 32]);

impl KeyHash {
    /// The hash of a key.
    pub fn of(key: &str) -> Self {
        Self(Sha256::digest(key.as_bytes()).into())
    }

    /// Compares in constant time.
    pub(crate) fn fits(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl TryFrom<String> for KeyHash {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let digits: Option<Vec<u8>> = text.chars().map(|c| c.to_digit(16).map(|digit| digit as u8)).collect();
        let bytes: Option<Vec<u8>> = digits
            .map(|digits| digits.chunks(2).map(|pair| pair.iter().fold(0, |sum, d| sum << 4 | d)).collect());
        bytes.filter(|_| text.len() == 64).and_then(|bytes| bytes.try_into().ok()).map(Self).ok_or_else(
            || "sha256 is not 64 hexadecimal digits: write `printf %s KEY | sha256sum`".to_owned(),
        )
    }
}

impl fmt::Debug for KeyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyHash(…)")
    }
}

/// What a key may do: no more than its system needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Gates: entries, and who was seen inside or leaving.
    Gate,
    /// Hand over carts.
    Carts,
    /// Look at trips.
    Trips,
    /// Decide about doubtful lines.
    Reviews,
    /// Say for shoppers that lines are wrong.
    Disputes,
    /// Give money back: decide disputes, refund lines, call visits off.
    Refunds,
    /// Look at receipts.
    Receipts,
    /// Read all that happens.
    Events,
    /// Look at counts and sums.
    Figures,
    /// Look at the journal's chain.
    Audit,
    /// Send the catalogue, and look at it.
    Catalogue,
    /// Read what was sold and brought back, for partners' systems.
    Epcis,
    /// Stand between shoppers without an account and the office: look receipts up, link an address to a card, pay debts.
    Kiosk,
    /// Stand between shoppers and their accounts, as the server of an app does.
    People,
    /// Give badges to staff, and take them back.
    Staff,
}

impl Scope {
    /// The word, as configuration and documents have it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Gate => "gate",
            Self::Carts => "carts",
            Self::Trips => "trips",
            Self::Reviews => "reviews",
            Self::Disputes => "disputes",
            Self::Refunds => "refunds",
            Self::Receipts => "receipts",
            Self::Events => "events",
            Self::Figures => "figures",
            Self::Audit => "audit",
            Self::Catalogue => "catalogue",
            Self::Epcis => "epcis",
            Self::Kiosk => "kiosk",
            Self::People => "people",
            Self::Staff => "staff",
        }
    }
}

/// How much is taken in, and how long it may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a request's body.
    pub body_bytes: usize,
    /// Bytes of a catalogue: 10,000 products of a Shopify export, pictures and descriptions with them.
    pub catalogue_bytes: usize,
    /// How long a body may take to come.
    pub body_within: Duration,
    /// How long an answer may take; a gate waits for the bank half a minute at most.
    pub answer_within: Duration,
    /// Requests that are worked on at once; others are told to come again.
    pub at_once: usize,
    /// Requests that wait for events at once.
    pub waiting: usize,
    /// Connections that are open at once; others wait to be accepted.
    pub connections: usize,
    /// Requests of one key in a second, on average.
    pub per_second: u32,
    /// Requests of one key at once after a silence.
    pub burst: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 1 << 20,
            catalogue_bytes: 32 << 20,
            body_within: Duration::from_secs(15),
            answer_within: Duration::from_secs(60),
            at_once: 128,
            waiting: 64,
            connections: 1024,
            per_second: 100,
            burst: 200,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_read_and_never_shown() {
        let text = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae";
        let hash = KeyHash::try_from(text.to_owned()).unwrap();
        assert!(hash.fits(&KeyHash::of("foo")) && !hash.fits(&KeyHash::of("fo")));
        assert_eq!(format!("{hash:?}"), "KeyHash(…)");
        for wrong in ["", "2c", &text.replace('2', "g"), &format!("{text}00"), &"é".repeat(32)] {
            assert!(KeyHash::try_from(wrong.to_owned()).is_err(), "{wrong}");
        }
    }
}
