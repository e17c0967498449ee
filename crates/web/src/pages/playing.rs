//! Cards to play with, in a store that is simulated. There is no other way for a card's number into this program, and
//! none but the numbers that processors publish for tests is taken.

use axum::http::HeaderMap;
use payments::{Card, CardError};
use uuid::Uuid;

use super::cookies;
use super::error::PageError;

/// The cookie that a visitor of a demo is known by.
const VISITOR: &str = "visitor";

/// The name of the card that the bank always takes.
pub(crate) const GOOD: &str = "good";

/// A card to play with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PlayCard {
    /// What it is called in forms.
    pub(crate) name: &'static str,
    /// What the simulated bank reads out of its token.
    fate: &'static str,
    /// Brand.
    pub(crate) brand: &'static str,
    /// Last four digits.
    pub(crate) last_four: &'static str,
}

/// All of them. The digits are those of the numbers that Stripe documents for the same answers.
pub(crate) const CARDS: [PlayCard; 4] = [
    PlayCard { name: GOOD, fate: "tok_visa_ok", brand: "visa", last_four: "4242" },
    PlayCard { name: "other", fate: "tok_mastercard_ok", brand: "mastercard", last_four: "4444" },
    PlayCard { name: "declined", fate: "tok_insufficient_funds", brand: "visa", last_four: "9995" },
    PlayCard { name: "debt", fate: "tok_debt", brand: "visa", last_four: "0341" },
];

impl PlayCard {
    /// The card of a name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        CARDS.into_iter().find(|card| card.name == name)
    }

    /// The card of a number. Made from the last four digits, so that no number stands in the program.
    pub(crate) fn numbered(number: &str) -> Option<Self> {
        CARDS.into_iter().find(|card| match card.name {
            GOOD => number == card.last_four.repeat(4),
            "other" => number == format!("{}{}", "5".repeat(12), card.last_four),
            _ => number == format!("4{}{}", "0".repeat(11), card.last_four),
        })
    }

    /// The card in a visitor's hand. What names it has nothing of its number but the last four digits.
    pub(crate) fn of(self, visitor: &str) -> Result<Card, PageError> {
        let made = || {
            Ok::<_, CardError>(Card {
                token: self.token(visitor).try_into()?,
                fingerprint: format!("demo-{}-{visitor}", self.fate).try_into()?,
                brand: self.brand.to_owned(),
                last_four: self.last_four.to_owned().try_into()?,
            })
        };
        made().map_err(|error| PageError::Broken(error.to_string()))
    }

    /// What the bank knows it by.
    pub(crate) fn token(self, visitor: &str) -> String {
        format!("{}/{visitor}", self.fate)
    }
}

/// The cookie for a browser that has none yet; nothing for others.
pub(crate) fn welcome(headers: &HeaderMap) -> HeaderMap {
    if visitor(headers).is_ok() {
        return HeaderMap::new();
    }
    cookies::header(VISITOR, &Uuid::now_v7().simple().to_string(), cookies::YEAR_S)
}

/// The visitor's part in the names of what is theirs.
pub(crate) fn visitor(headers: &HeaderMap) -> Result<String, PageError> {
    let id = cookies::get(headers, VISITOR).unwrap_or_default();
    let plain = id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    plain.then(|| id[20..].to_owned()).ok_or(PageError::NoVisitor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_published_numbers_are_cards() {
        let good = PlayCard::numbered(&"4242".repeat(4)).unwrap();
        let card = good.of("0123456789ab").unwrap();
        assert_eq!((card.brand.as_str(), card.last_four.to_string().as_str()), ("visa", "4242"));
        assert!(!format!("{card:?}{}", card.token.reveal()).contains(&"4242".repeat(2)));
        assert_eq!(PlayCard::numbered(&format!("4{}0341", "0".repeat(11))).unwrap().name, "debt");
        assert_eq!(PlayCard::numbered(&format!("4{}", "1".repeat(15))), None);
        assert_eq!(PlayCard::numbered(""), None);
    }
}
