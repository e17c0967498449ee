//! What is printed, as plain data that can't contradict itself.

use std::fmt;
use std::num::NonZeroU32;

use jiff::tz::TimeZone;
use model::{Money, Time};
use payments::LastFour;
use pricing::{PricedReceipt, Quantity};

/// The longest receipt number.
const NUMBER_LENGTH_MAX: usize = 32;
/// Digits in a row from which on a number could be a card's (the shortest card numbers have 12).
const CARD_DIGITS_MIN: usize = 12;
/// The longest link: what old browsers and mail programs take.
const LINK_LENGTH_MAX: usize = 2000;

/// A language a receipt can be written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// German.
    German,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::English, Self::German];

    /// Its BCP 47 tag.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    /// The best language for a tag such as `de-AT`; English where there is none.
    pub fn from_tag(tag: &str) -> Self {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|known| known.tag().eq_ignore_ascii_case(primary)).unwrap_or_default()
    }
}

/// Where the store's clocks hang.
#[derive(Clone, Debug, PartialEq)]
pub struct Zone(pub(crate) TimeZone);

impl Zone {
    /// A zone by its IANA name, such as `Europe/Berlin`; the names are built in, not read from the system.
    ///
    /// # Errors
    /// If there is no such name.
    pub fn named(name: &str) -> Result<Self, PrintError> {
        TimeZone::get(name).map(Self).map_err(|_| PrintError::Zone { name: name.to_owned() })
    }
}

/// Who sells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreDetails {
    /// Its name, as over the door.
    pub name: String,
    /// Its address, one line each.
    pub address: Vec<String>,
    /// The number the tax office knows it by, with what it is called there: `USt-IdNr. DE123456789`.
    pub tax_number: Option<String>,
}

/// What a receipt is called: letters, digits and dashes, unique among all mails of one sender's domain.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ReceiptNumber(String);

impl ReceiptNumber {
    /// Checks a number.
    ///
    /// # Errors
    /// If it has anything but ASCII letters, digits and dashes, is empty or too long, or has so many digits
    /// in a row that it could be a card number.
    pub fn new(number: impl Into<String>) -> Result<Self, PrintError> {
        let number = number.into();
        let known = number.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        let longest = number.split(|c: char| !c.is_ascii_digit()).map(str::len).max().unwrap_or(0);
        let length = (1..=NUMBER_LENGTH_MAX).contains(&number.len());
        if known && length && longest < CARD_DIGITS_MIN { Ok(Self(number)) } else { Err(PrintError::Number) }
    }

    /// The number as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A web address, `https:` or (in a store's own network) `http:`. It may let its reader act, so `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct Link(String);

impl Link {
    /// Checks a web address.
    ///
    /// # Errors
    /// If it is not http(s), too long, or has characters that must be percent-encoded.
    pub fn new(address: impl Into<String>) -> Result<Self, PrintError> {
        let address = address.into();
        let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
        let host = rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '['));
        let plain = address.bytes().all(|b| b.is_ascii_graphic() && !b"\"'<>\\^`{|}".contains(&b));
        if host && plain && address.len() <= LINK_LENGTH_MAX {
            Ok(Self(address))
        } else {
            Err(PrintError::Link)
        }
    }

    /// The address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Link(…)")
    }
}

/// What may be printed of a card: brand and last four digits, nothing else (15 USC 1681c(g) forbids more than
/// five digits, and the expiry date).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CardMark {
    brand: Option<&'static str>,
    last_four: LastFour,
}

/// Brands as processors write them, and as shoppers know them.
const BRANDS: [(&str, &str); 12] = [
    ("amex", "American Express"),
    ("american_express", "American Express"),
    ("cartes_bancaires", "CB"),
    ("diners", "Diners Club"),
    ("discover", "Discover"),
    ("eftpos_au", "eftpos"),
    ("girocard", "girocard"),
    ("interac", "Interac"),
    ("jcb", "JCB"),
    ("mastercard", "Mastercard"),
    ("unionpay", "UnionPay"),
    ("visa", "Visa"),
];

impl CardMark {
    /// A card by the processor's word for its brand; a brand that is not known is printed as "Card", because
    /// free text could carry a number.
    pub fn new(brand: &str, last_four: LastFour) -> Self {
        let brand = BRANDS.iter().find(|(word, _)| word.eq_ignore_ascii_case(brand)).map(|(_, shown)| *shown);
        Self { brand, last_four }
    }

    /// The brand, if it is a known one.
    pub fn brand(&self) -> Option<&'static str> {
        self.brand
    }

    /// The last four digits.
    pub fn last_four(&self) -> LastFour {
        self.last_four
    }
}

/// How a part of the money was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChargeKind {
    /// Captured from what was held at entry.
    Held,
    /// Charged after the visit, because the hold did not reach.
    Rest,
    /// Paid later by the shopper, through a payment link or at the next visit.
    PaidLater,
}

/// One part of the money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Charge {
    /// The card.
    pub card: CardMark,
    /// How much, minor units.
    pub amount: i64,
    /// How.
    pub kind: ChargeKind,
}

/// How a receipt was paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payment {
    /// Wholly; the charges add up to the total. No charge at all where the total is nothing.
    Paid(Vec<Charge>),
    /// Not wholly: the charges and what is owed add up to the total.
    Owed {
        /// What was paid so far.
        paid: Vec<Charge>,
        /// What is still to be paid, minor units.
        owed: i64,
        /// Where it can be paid.
        link: Link,
    },
    /// One of the staff took it: nothing is charged.
    Staff,
}

impl Payment {
    /// The charges, none for staff.
    pub fn charges(&self) -> &[Charge] {
        match self {
            Self::Paid(charges) | Self::Owed { paid: charges, .. } => charges,
            Self::Staff => &[],
        }
    }

    /// What is still to be paid, minor units.
    pub fn owed(&self) -> i64 {
        if let Self::Owed { owed, .. } = self { *owed } else { 0 }
    }
}

/// Why money was given back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RefundReason {
    /// The shopper did not take it.
    NotTaken,
    /// Something else was taken than charged.
    WrongProduct,
    /// The price was wrong.
    WrongPrice,
    /// It was damaged or spoilt.
    Damaged,
    /// It was brought back.
    Returned,
    /// As a courtesy.
    Goodwill,
    /// As written by the store.
    Other(String),
}

/// A part of a refund.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundLine {
    /// The product's name, as on the receipt.
    pub name: String,
    /// How much of it.
    pub quantity: Quantity,
    /// What was given back for it, minor units, positive.
    pub amount: i64,
}

/// Money given back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundNote {
    /// When.
    pub at: Time,
    /// Why.
    pub reason: RefundReason,
    /// For what; may be empty, if for nothing in particular.
    pub lines: Vec<RefundLine>,
    /// How much in all, minor units, positive.
    pub amount: i64,
    /// To which card, where it is known.
    pub card: Option<CardMark>,
}

/// What came of the things that somebody looked at before the receipt was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReviewOutcome {
    /// Things looked at and charged.
    pub charged: u32,
    /// Things looked at and not charged.
    pub not_charged: u32,
}

/// When the shopper was in the store.
#[derive(Clone, Debug, PartialEq)]
pub struct Visit {
    /// Went in.
    pub entered: Time,
    /// Went out.
    pub left: Time,
    /// The store's time zone.
    pub zone: Zone,
    /// People under one payer.
    pub people: NonZeroU32,
}

/// What a receipt is made of, before [`ReceiptDocument::new`] has checked it.
#[derive(Clone, Debug, PartialEq)]
pub struct Parts {
    /// Who sells.
    pub store: StoreDetails,
    /// What the receipt is called.
    pub number: ReceiptNumber,
    /// When the shopper was there.
    pub visit: Visit,
    /// What was bought, and what it costs.
    pub priced: PricedReceipt,
    /// How it was paid.
    pub payment: Payment,
    /// What came of things that somebody looked at.
    pub review: ReviewOutcome,
    /// Refunds so far, oldest first.
    pub refunds: Vec<RefundNote>,
    /// The receipt's own page.
    pub page: Link,
    /// Where to say that something is not right.
    pub dispute: Link,
    /// The language it is written in.
    pub language: Language,
}

/// Everything that is printed. An empty trip has none, and what is in one adds up.
#[derive(Clone, Debug, PartialEq)]
pub struct ReceiptDocument(Parts);

/// What can't be printed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PrintError {
    /// The trip is empty.
    #[error("nothing was bought: an empty trip gets no receipt")]
    NothingBought,
    /// The visit ends before it begins.
    #[error("the visit ends before it begins: check the times of the trip")]
    Times,
    /// Lines and sums differ.
    #[error("the receipt's {what} does not add up: price the trip again")]
    Sums {
        /// Which sum.
        what: &'static str,
    },
    /// The payment is not the total.
    #[error("the charges and what is owed must be positive and add up to the total of {total}")]
    Payment {
        /// The receipt's total.
        total: Money,
    },
    /// More was given back than was paid.
    #[error("the refunds must be positive, be as much as their lines say, and not exceed what was paid")]
    Refunds,
    /// Not a receipt number.
    #[error(
        "a receipt number has 1 to 32 letters, digits and dashes, and fewer than 12 digits in a row (it could be \
         a card number)"
    )]
    Number,
    /// Not a link.
    #[error("a link begins with https:// or http://, and everything unusual in it is percent-encoded")]
    Link,
    /// Not a time zone.
    #[error("there is no time zone \"{name}\": write an IANA name such as Europe/Berlin")]
    Zone {
        /// What was read.
        name: String,
    },
}

impl ReceiptDocument {
    /// Checks that what is to be printed adds up.
    ///
    /// # Errors
    /// If nothing was bought, or times, sums, payment or refunds contradict one another.
    pub fn new(parts: Parts) -> Result<Self, PrintError> {
        if parts.priced.lines.is_empty() {
            return Err(PrintError::NothingBought);
        }
        if parts.visit.left < parts.visit.entered {
            return Err(PrintError::Times);
        }
        check_sums(&parts.priced)?;
        check_payment(&parts.payment, &parts.refunds, parts.priced.total())?;
        check_refunds(&parts.refunds, parts.priced.total())?;
        Ok(Self(parts))
    }

    /// What it is made of.
    pub fn parts(&self) -> &Parts {
        &self.0
    }

    /// What the shopper pays.
    pub fn total(&self) -> Money {
        self.0.priced.total()
    }
}

/// The sum, if none of them is negative and it does not overflow.
fn sum(mut amounts: impl Iterator<Item = i64>) -> Option<i64> {
    amounts.try_fold(0_i64, |sum, amount| if amount < 0 { None } else { sum.checked_add(amount) })
}

fn check_sums(priced: &PricedReceipt) -> Result<(), PrintError> {
    let lines = &priced.lines;
    let checks = [
        ("net", sum(lines.iter().map(|line| line.net)), priced.net),
        ("tax", sum(lines.iter().map(|line| line.tax)), priced.tax),
        ("tax by rate", sum(priced.taxes.iter().map(|sum| sum.tax)), priced.tax),
        ("deposit", sum(lines.iter().map(|line| line.deposit)), priced.deposit),
        ("total of lines", sum(lines.iter().map(|line| line.total)), priced.total),
        ("total", sum([priced.net, priced.tax, priced.deposit].into_iter()), priced.total),
    ];
    for (what, found, told) in checks {
        if found != Some(told) {
            return Err(PrintError::Sums { what });
        }
    }
    for line in lines {
        let parts = sum([line.net, line.tax, line.deposit].into_iter());
        let shelf = sum(line.discounts.iter().map(|discount| discount.amount).chain([line.net, line.tax]));
        if parts != Some(line.total) || shelf.is_none() {
            return Err(PrintError::Sums { what: "line" });
        }
    }
    Ok(())
}

fn check_payment(payment: &Payment, refunds: &[RefundNote], total: Money) -> Result<(), PrintError> {
    let positive = payment.charges().iter().all(|charge| charge.amount > 0);
    let owed = if let Payment::Owed { owed, .. } = payment { *owed > 0 } else { true };
    let paid = payment.charges().iter().map(|charge| charge.amount).chain([payment.owed()]);
    let forgiven = sum(refunds.iter().map(|refund| refund.amount)).unwrap_or(0);
    // What was refunded before it was paid was never taken.
    let whole = sum(paid).is_some_and(|paid| paid <= total.minor && total.minor - paid <= forgiven);
    let whole = matches!(payment, Payment::Staff) || whole;
    if positive && owed && whole { Ok(()) } else { Err(PrintError::Payment { total }) }
}

fn check_refunds(refunds: &[RefundNote], total: Money) -> Result<(), PrintError> {
    let agrees = |refund: &RefundNote| {
        let lines = sum(refund.lines.iter().map(|line| line.amount));
        refund.amount > 0 && (refund.lines.is_empty() || lines == Some(refund.amount))
    };
    let back = sum(refunds.iter().map(|refund| refund.amount));
    let covered = back.is_some_and(|back| back <= total.minor);
    if covered && refunds.iter().all(agrees) { Ok(()) } else { Err(PrintError::Refunds) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_could_be_a_card_is_no_receipt_number() {
        assert!(ReceiptNumber::new("R-2026-000123").is_ok());
        assert_eq!(ReceiptNumber::new("4242".repeat(4)), Err(PrintError::Number));
        for bad in ["", "a b", "x\r\nBcc: y", "ü", &"x".repeat(33)] {
            assert_eq!(ReceiptNumber::new(bad), Err(PrintError::Number), "{bad:?}");
        }
    }

    #[test]
    fn a_link_leads_to_the_web_and_nowhere_else() {
        assert!(Link::new("https://shop.example/r/abc?x=1&y=%20").is_ok());
        assert!(Link::new("http://[::1]:8080/r").is_ok());
        for bad in ["javascript:alert(1)", "https://", "https://a b", "https://a\"b", "mailto:a@b", "//a", ""]
        {
            assert_eq!(Link::new(bad), Err(PrintError::Link), "{bad:?}");
        }
    }

    #[test]
    fn a_brand_that_nobody_knows_is_not_printed() {
        let four = LastFour::try_from("4242".to_owned()).unwrap();
        assert_eq!(CardMark::new("VISA", four).brand(), Some("Visa"));
        assert_eq!(CardMark::new(&"4242".repeat(4), four).brand(), None);
    }

    #[test]
    fn languages_are_found_by_their_tags() {
        assert_eq!(Language::from_tag("de-AT"), Language::German);
        assert_eq!(Language::from_tag("EN_us"), Language::English);
        assert_eq!(Language::from_tag("fr"), Language::English);
    }

    #[test]
    fn a_zone_needs_its_name() {
        assert!(Zone::named("Europe/Berlin").is_ok());
        assert!(Zone::named("Berlin").unwrap_err().to_string().contains("\"Berlin\""));
    }
}
