//! What comes in. Forms are checked while they are read; values by `checked`, which names everything that is wrong.

use std::fmt;

use model::{Currency, SensorId, Time};
use office::{Cart, DisputeKind, Doubtful, Shown};
use payments::{Card, CardError, CardToken, Fingerprint, LastFour};
use pricing::{Item, Quantity};
use serde::de::{self, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

use super::amount;
use super::problem::{Fault, Kind, Problem};

/// Most lines of a cart, a dispute or a refund.
const LINES: usize = 1000;
/// Most characters of a name.
const NAME: usize = 100;
/// Most characters of a palm's or a badge's name.
pub(crate) const IDENTITY: usize = 255;
/// Most characters of a code; ours have 251.
const CODE: usize = 1000;
/// Most characters of a reason.
const REASON: usize = 500;
/// Most units or grams of a line.
pub(crate) const QUANTITY: u32 = 1_000_000;
/// Most people of a party.
const PEOPLE: u32 = 1000;
/// A moment may lie so far ahead of our clock, seconds: clocks differ.
const AHEAD_S: f64 = 300.0;

/// Somebody shows a credential at a gate.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EntryRequest {
    /// Which gate.
    #[schema(min_length = 1, max_length = 100, example = "gate-1")]
    pub(crate) gate: String,
    /// What is shown.
    pub(crate) credential: Credential,
}

/// What is shown at a gate. More kinds may come.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Credential {
    /// A card, as the reader tells it.
    Card(CardShown),
    /// A code on a phone.
    Code(CodeShown),
    /// A palm that its own system knew.
    Palm(PalmShown),
    /// A badge of somebody at work: no hold, nothing is charged.
    Badge(BadgeShown),
}

/// A card, as the reader tells it: never its number.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CardShown {
    /// What the payment processor charges.
    #[schema(min_length = 1, max_length = 255, example = "pm_1QXyz")]
    token: String,
    /// The same at every visit with this card.
    #[schema(min_length = 1, max_length = 255, example = "Xt5EWLLDS7FJjR1c")]
    fingerprint: String,
    /// The brand, such as `visa`.
    #[schema(min_length = 1, max_length = 30, pattern = "^[A-Za-z0-9 _-]+$", example = "visa")]
    brand: String,
    /// Its last four digits.
    #[schema(pattern = "^[0-9]{4}$", example = "4242")]
    last_four: String,
}

/// A code on a phone.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CodeShown {
    /// The text in it, as the scanner reads it.
    #[schema(min_length = 1, max_length = 1000)]
    text: String,
}

/// A palm that its own system knew.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PalmShown {
    /// The opaque name that system has for it.
    #[schema(min_length = 1, max_length = 255)]
    identity: String,
}

/// A staff badge.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BadgeShown {
    /// What the reader says of it; only a hash of it is kept.
    #[schema(min_length = 1, max_length = 255, example = "04a2b1c3d4e5f6")]
    id: String,
}

/// Somebody comes to the people of a trip.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct JoinRequest {
    /// What they show.
    pub(crate) credential: Credential,
}

/// Somebody pays with a card, or has it with them.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CardRequest {
    /// The card.
    pub(crate) card: CardShown,
}

/// The last of a trip's people left.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LeftRequest {
    /// When, by the store's sensors.
    #[schema(format = "date-time", example = "2026-11-24T13:08:16Z")]
    at: String,
}

/// All of a visit.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CartRequest {
    /// When the first of them came in.
    #[schema(format = "date-time", example = "2026-11-24T13:05:02Z")]
    entered: String,
    /// When the last of them left.
    #[schema(format = "date-time", example = "2026-11-24T13:08:16Z")]
    left: String,
    /// How many people.
    #[serde(deserialize_with = "whole")]
    #[schema(minimum = 1, maximum = 1000, example = 1)]
    people: u32,
    /// What they surely have; none: nothing is charged.
    #[schema(max_items = 1000)]
    lines: Vec<CartLine>,
    /// What somebody must look at before it is charged.
    #[serde(default)]
    #[schema(max_items = 1000)]
    doubtful: Vec<DoubtfulLine>,
}

/// A line of a cart, with what the price list said when it was taken.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CartLine {
    /// Your key of the product.
    #[schema(min_length = 1, max_length = 100, example = "4006381333931")]
    product: String,
    /// Its name on the receipt.
    #[schema(min_length = 1, max_length = 100, example = "Coffee 0.3 l")]
    name: String,
    /// How much.
    quantity: QuantityShape,
    /// Price of one unit, or of a kilogram, in the store's currency.
    #[schema(pattern = "^[0-9]{1,9}([.][0-9]{1,4})?$", example = "4.99")]
    unit_price: String,
    /// Tax rate, percent.
    #[schema(pattern = "^[0-9]{1,3}([.][0-9]{1,4})?$", example = "19")]
    tax_percent: String,
    /// Deposit on one unit; none for goods by weight.
    #[serde(default = "nothing")]
    #[schema(pattern = "^[0-9]{1,9}([.][0-9]{1,4})?$", default = "0", example = "0.25")]
    deposit: String,
    /// When it was taken: promotions of that moment count.
    #[schema(format = "date-time", example = "2026-11-24T13:06:40Z")]
    taken: String,
}

/// A line that somebody must look at.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DoubtfulLine {
    /// What it may be.
    line: CartLine,
    /// How probable it is.
    #[schema(minimum = 0.0, maximum = 1.0, example = 0.62)]
    probability: f64,
}

/// How much of something.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum QuantityShape {
    /// Whole units.
    Units(#[serde(deserialize_with = "whole")] u32),
    /// Goods sold by weight, grams.
    Grams(#[serde(deserialize_with = "whole")] u32),
}

/// Somebody looked at a doubtful line.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReviewRequest {
    /// Which, from 0 among the doubtful lines.
    #[serde(deserialize_with = "whole")]
    #[schema(minimum = 0, example = 0)]
    pub(crate) line: u32,
    /// What counts.
    pub(crate) verdict: VerdictShape,
    /// How much is charged; all of the line without it. Not with `drop`.
    #[serde(default)]
    pub(crate) quantity: Option<QuantityShape>,
}

/// What becomes of a doubtful line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum VerdictShape {
    /// It is charged.
    Charge,
    /// Nothing of it is charged.
    Drop,
}

/// A shopper says that lines are not right.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DisputeRequest {
    /// Why.
    pub(crate) kind: DisputeKindShape,
    /// What of which line of the receipt.
    #[schema(min_items = 1, max_items = 1000)]
    pub(crate) lines: Vec<LineQuantity>,
}

/// Why money is asked back.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DisputeKindShape {
    /// "I did not take it."
    NotTaken,
    /// "It cost something else on the shelf."
    WrongPrice,
    /// "It was spoiled or broken."
    Damaged,
    /// "I bring it back."
    Returned,
}

/// Some of a line of the receipt.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LineQuantity {
    /// Which line, from 0.
    #[serde(deserialize_with = "whole")]
    #[schema(minimum = 0, example = 0)]
    line: u32,
    /// How much of it.
    quantity: QuantityShape,
}

/// Somebody decides about a dispute.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DecisionRequest {
    /// What is given back of which line; none: the dispute is rejected.
    #[schema(max_items = 1000)]
    pub(crate) lines: Vec<LineQuantity>,
    /// Why, as the shopper reads it. Names nobody.
    #[schema(min_length = 1, max_length = 500, example = "The camera shows it on the shelf.")]
    pub(crate) reason: String,
}

/// Somebody of the store gives money back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RefundRequest {
    /// What of which line of the receipt.
    #[schema(min_items = 1, max_items = 1000)]
    pub(crate) lines: Vec<LineQuantity>,
    /// Why, as the shopper reads it. Names nobody.
    #[schema(min_length = 1, max_length = 500, example = "The bottle was broken.")]
    pub(crate) reason: String,
}

/// The retailer calls a visit off.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CancelRequest {
    /// Why. Names nobody.
    #[schema(min_length = 1, max_length = 500, example = "Fire alarm.")]
    pub(crate) reason: String,
}

/// A whole number, also as `1.0`: JSON tells no difference, and some writers know only such numbers.
fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    struct Whole;
    impl Visitor<'_> for Whole {
        type Value = u32;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "a whole number from 0 to {}", u32::MAX)
        }

        fn visit_u64<E: de::Error>(self, number: u64) -> Result<u32, E> {
            u32::try_from(number).map_err(|_| E::invalid_value(Unexpected::Unsigned(number), &self))
        }

        fn visit_f64<E: de::Error>(self, number: f64) -> Result<u32, E> {
            let fits = number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number);
            if fits { Ok(number as u32) } else { Err(E::invalid_value(Unexpected::Float(number), &self)) }
        }
    }
    deserializer.deserialize_u32(Whole)
}

fn nothing() -> String {
    "0".to_owned()
}

/// What is wrong with values, so far.
#[derive(Default)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    pub(crate) fn add(&mut self, place: &str, detail: impl Into<String>) {
        self.0.push(Fault::in_body(place, detail));
    }

    /// Notes what is wrong with a value.
    pub(crate) fn take<T, E: Into<String>>(&mut self, place: &str, value: Result<T, E>) -> Option<T> {
        value.map_err(|detail| self.add(place, detail)).ok()
    }

    /// A text of 1 to so many characters, none of them for control.
    pub(crate) fn text(&mut self, place: &str, text: &str, most: usize) {
        let long = text.chars().count() > most;
        if text.trim().is_empty() || long || text.chars().any(char::is_control) {
            self.add(place, format!("a text has 1 to {most} characters, not only blanks, none for control"));
        }
    }

    /// A reason.
    pub(crate) fn reason(&mut self, reason: &str) {
        self.text("/reason", reason, REASON);
    }

    /// Some of each line, by number.
    pub(crate) fn lines(&mut self, lines: &[LineQuantity], least: usize) -> Vec<(usize, Quantity)> {
        if !(least..=LINES).contains(&lines.len()) {
            self.add("/lines", format!("{least} to {LINES} lines can be named"));
        }
        let checked = lines.iter().enumerate().map(|(place, line)| {
            (line.line as usize, self.quantity(&format!("/lines/{place}/quantity"), line.quantity))
        });
        checked.collect()
    }

    /// A quantity that is more than nothing.
    pub(crate) fn quantity(&mut self, place: &str, quantity: QuantityShape) -> Quantity {
        let (quantity, amount) = match quantity {
            QuantityShape::Units(units) => (Quantity::Units(units), units),
            QuantityShape::Grams(grams) => (Quantity::Grams(grams), grams),
        };
        if !(1..=QUANTITY).contains(&amount) {
            self.add(place, format!("a quantity is a whole number from 1 to {QUANTITY}"));
        }
        quantity
    }

    /// A moment since 2000 and not ahead of our clock.
    fn moment(&mut self, place: &str, text: &str, now: Time) -> Time {
        let latest = now.plus_seconds(AHEAD_S);
        let moment = text.parse::<Time>().ok().filter(|time| (EPOCH..=latest).contains(time));
        moment.unwrap_or_else(|| {
            self.add(
                place,
                "a moment is written as 2026-11-24T13:08:16Z (RFC 3339), since 2000 and not in the future",
            );
            now
        })
    }

    /// Nothing, or all that is wrong.
    pub(crate) fn done(self) -> Result<(), Problem> {
        if self.0.is_empty() { Ok(()) } else { Err(Problem::of(Kind::Lines, self.0)) }
    }
}

/// 2000-01-01T00:00:00Z: there were no stores without a checkout before.
const EPOCH: Time = Time::from_nanos(946_684_800_000_000_000);

impl EntryRequest {
    /// The gate and what was shown.
    pub(crate) fn checked(self) -> Result<(SensorId, Shown), Problem> {
        let mut faults = Faults::default();
        faults.text("/gate", &self.gate, NAME);
        let shown = self.credential.checked(faults)?;
        Ok((SensorId::from(self.gate.as_str()), shown))
    }
}

impl Credential {
    /// What was shown, unless something is wrong with it or was before.
    pub(crate) fn checked(self, mut faults: Faults) -> Result<Shown, Problem> {
        let shown = match self {
            Self::Card(card) => return card.checked("/credential/card", faults).map(Shown::Card),
            Self::Code(CodeShown { text }) => {
                faults.text("/credential/code/text", &text, CODE);
                Shown::Code(text)
            }
            Self::Palm(PalmShown { identity }) => {
                faults.text("/credential/palm/identity", &identity, IDENTITY);
                Shown::Palm { identity }
            }
            Self::Badge(BadgeShown { id }) => {
                faults.text("/credential/badge/id", &id, IDENTITY);
                Shown::Badge(id)
            }
        };
        faults.done().map(|()| shown)
    }
}

impl CardShown {
    /// The card, unless something is wrong with it or was before. `place` is where it stands.
    pub(crate) fn checked(self, place: &str, mut faults: Faults) -> Result<Card, Problem> {
        let told = |error: CardError| error.to_string();
        let at = |field: &str| format!("{place}/{field}");
        let token = faults.take(&at("token"), CardToken::try_from(self.token).map_err(told));
        let fingerprint = Fingerprint::try_from(self.fingerprint).map_err(told);
        let fingerprint = faults.take(&at("fingerprint"), fingerprint);
        let last_four = LastFour::try_from(self.last_four).map_err(told);
        let last_four = faults.take(&at("last_four"), last_four);
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b" _-".contains(&byte);
        if !(1..=30).contains(&self.brand.len()) || !self.brand.bytes().all(plain) {
            faults.add(&at("brand"), "a brand has 1 to 30 letters or digits, such as visa");
        }
        faults.done()?;
        let card = token.zip(fingerprint).zip(last_four);
        let ((token, fingerprint), last_four) =
            card.ok_or_else(|| Problem::broken("a card with a fault that was not named"))?;
        Ok(Card { token, fingerprint, brand: self.brand, last_four })
    }
}

impl LeftRequest {
    /// When they left.
    pub(crate) fn checked(self, now: Time) -> Result<Time, Problem> {
        let mut faults = Faults::default();
        let at = faults.moment("/at", &self.at, now);
        faults.done().map(|()| at)
    }
}

impl CartRequest {
    /// The cart, as the office takes it.
    pub(crate) fn checked(self, currency: Currency, now: Time) -> Result<Cart, Problem> {
        let mut faults = Faults::default();
        let entered = faults.moment("/entered", &self.entered, now);
        let left = faults.moment("/left", &self.left, now);
        if left < entered {
            faults.add("/left", "they left before they came: look whether the two are swapped");
        }
        if !(1..=PEOPLE).contains(&self.people) {
            faults.add("/people", format!("a party has 1 to {PEOPLE} people"));
        }
        for (place, lines) in [("/lines", self.lines.len()), ("/doubtful", self.doubtful.len())] {
            if lines > LINES {
                faults.add(place, format!("at most {LINES} lines are taken"));
            }
        }
        let mut sure = Vec::with_capacity(self.lines.len());
        for (place, line) in self.lines.into_iter().enumerate() {
            sure.extend(line.checked(&format!("/lines/{place}"), currency, now, &mut faults));
        }
        let mut doubtful = Vec::with_capacity(self.doubtful.len());
        for (place, DoubtfulLine { line, probability }) in self.doubtful.into_iter().enumerate() {
            if !(0.0..=1.0).contains(&probability) {
                faults.add(&format!("/doubtful/{place}/probability"), "a probability is from 0 to 1");
            }
            let item = line.checked(&format!("/doubtful/{place}/line"), currency, now, &mut faults);
            doubtful.extend(item.map(|item| Doubtful { item, probability, contested: false }));
        }
        faults.done()?;
        Ok(Cart { entered, left, people: self.people, sure, doubtful })
    }
}

impl CartLine {
    fn checked(self, place: &str, currency: Currency, now: Time, faults: &mut Faults) -> Option<Item> {
        let at = |field: &str| format!("{place}/{field}");
        faults.text(&at("product"), &self.product, NAME);
        faults.text(&at("name"), &self.name, NAME);
        let quantity = faults.quantity(&at("quantity"), self.quantity);
        let unit_price = faults.take(&at("unit_price"), amount::minor(&self.unit_price, currency));
        let tax = faults.take(&at("tax_percent"), amount::rate(&self.tax_percent));
        let deposit = faults.take(&at("deposit"), amount::minor(&self.deposit, currency));
        if matches!(quantity, Quantity::Grams(_)) && deposit.is_some_and(|deposit| deposit > 0) {
            faults.add(&at("deposit"), "goods by weight bear no deposit: leave it out");
        }
        let taken = faults.moment(&at("taken"), &self.taken, now);
        Some(Item {
            product: self.product.as_str().into(),
            name: self.name,
            quantity,
            taken,
            unit_price: unit_price?,
            tax: tax?,
            deposit: deposit?,
        })
    }
}

impl DisputeRequest {
    /// The lines, checked.
    pub(crate) fn checked(self) -> Result<(DisputeKind, Vec<(usize, Quantity)>), Problem> {
        let mut faults = Faults::default();
        let lines = faults.lines(&self.lines, 1);
        faults.done()?;
        let kind = match self.kind {
            DisputeKindShape::NotTaken => DisputeKind::NotTaken,
            DisputeKindShape::WrongPrice => DisputeKind::WrongPrice,
            DisputeKindShape::Damaged => DisputeKind::Damaged,
            DisputeKindShape::Returned => DisputeKind::Returned,
        };
        Ok((kind, lines))
    }
}
