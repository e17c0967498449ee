//! What is kept of a card: never its number.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::scrub::has_card_number;

/// What a reader or a processor's form tells of a card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// What the processor charges.
    pub token: CardToken,
    /// The same for every visit with this card.
    pub fingerprint: Fingerprint,
    /// Brand, such as `visa`.
    pub brand: String,
    /// Its last four digits.
    pub last_four: LastFour,
}

/// The processor's name of a card. Not shown by `Debug`, so that it gets into no log.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CardToken(String);

/// Names a card across visits and tokens, by the reader's or processor's word; not reversible.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Fingerprint(String);

/// The last four digits of a card, all that may be kept or shown (15 USC 1681c(g) allows five).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LastFour([u8; 4]);

/// What is wrong with what should tell of a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CardError {
    /// It has the form of a card number.
    #[error("this looks like a card number, which must never come here: send the processor's token")]
    CardNumber,
    /// It is empty or too long.
    #[error("a card's token and fingerprint have 1 to 255 printable characters")]
    Form,
    /// It is not four digits.
    #[error("the last four digits of a card are four digits")]
    LastFour,
}

/// A text that may stand for a card: printable, not too long, no card number.
fn checked(text: String) -> Result<String, CardError> {
    if has_card_number(&text) {
        return Err(CardError::CardNumber);
    }
    let printable = text.chars().all(|c| !c.is_control());
    if text.is_empty() || text.len() > 255 || !printable { Err(CardError::Form) } else { Ok(text) }
}

impl CardToken {
    /// The token in the clear, for the processor only.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for CardToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CardToken(…)")
    }
}

impl TryFrom<String> for CardToken {
    type Error = CardError;

    fn try_from(text: String) -> Result<Self, CardError> {
        checked(text).map(Self)
    }
}

impl From<CardToken> for String {
    fn from(token: CardToken) -> Self {
        token.0
    }
}

impl Fingerprint {
    /// The fingerprint as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Fingerprint {
    type Error = CardError;

    fn try_from(text: String) -> Result<Self, CardError> {
        checked(text).map(Self)
    }
}

impl From<Fingerprint> for String {
    fn from(fingerprint: Fingerprint) -> Self {
        fingerprint.0
    }
}

impl TryFrom<String> for LastFour {
    type Error = CardError;

    fn try_from(text: String) -> Result<Self, CardError> {
        let digits: [u8; 4] = text.as_bytes().try_into().map_err(|_| CardError::LastFour)?;
        if digits.iter().all(u8::is_ascii_digit) { Ok(Self(digits)) } else { Err(CardError::LastFour) }
    }
}

impl From<LastFour> for String {
    fn from(last_four: LastFour) -> Self {
        last_four.to_string()
    }
}

impl fmt::Display for LastFour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|digit| write!(f, "{}", char::from(*digit)))
    }
}
