//! What goes out.

use model::{Currency, Time};
use office::{
    Dispute, DisputeKind, Entry, FeedEntry, OfficeError, Payer, Refund, StorageError, Trip, TripRow, Verdict,
};
use pricing::{PriceBasis, PricedLine, PricedReceipt, Quantity};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::amount::{decimal, percent};

/// What the gate does.
#[derive(Serialize, ToSchema)]
pub(crate) struct EntryView {
    /// Opens, or stays shut.
    decision: DecisionView,
    /// The trip; none where nobody is known who could pay. A refusal by the bank has one: it tells what was asked.
    #[schema(format = "uuid")]
    trip: Option<String>,
    /// What the person at the gate reads.
    text: String,
}

/// What a gate does.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DecisionView {
    /// Opens, for a new trip.
    Admitted,
    /// Opens, for somebody of a party that came in a moment before.
    Joined,
    /// Stays shut.
    Refused,
}

impl From<Entry> for EntryView {
    fn from(entry: Entry) -> Self {
        let (decision, trip, text) = match entry {
            Entry::Admitted(trip) => (DecisionView::Admitted, Some(trip), "Welcome.".to_owned()),
            Entry::Joined(trip) => {
                let text = "Welcome. You shop with whoever came in before you.";
                (DecisionView::Joined, Some(trip), text.to_owned())
            }
            Entry::Refused(trip, reason) => (DecisionView::Refused, Some(trip), reason.to_string()),
            Entry::TurnedAway(reason) => (DecisionView::Refused, None, reason.to_string()),
        };
        Self { decision, trip: trip.map(|trip| trip.to_string()), text }
    }
}

/// A cart was taken in. The same trip and cart give the same answer, whenever they are sent.
#[derive(Serialize, ToSchema)]
pub(crate) struct CartView {
    /// The trip.
    #[schema(format = "uuid")]
    pub(crate) trip: String,
    /// When its cart was taken in.
    #[schema(format = "date-time")]
    pub(crate) closed: String,
    /// Lines that are charged.
    pub(crate) lines: usize,
    /// Lines that somebody must look at first.
    pub(crate) doubtful: usize,
}

/// A trip in a list.
#[derive(Serialize, ToSchema)]
pub(crate) struct TripInList {
    /// Which.
    #[schema(format = "uuid")]
    trip: String,
    /// Where it stands.
    #[schema(inline)]
    state: String,
    /// When it began.
    #[schema(format = "date-time")]
    opened: String,
    /// When something happened to it last.
    #[schema(format = "date-time")]
    changed: String,
    /// What is owed.
    #[schema(example = "0.00")]
    owed: String,
}

impl TripInList {
    pub(crate) fn new(row: TripRow, currency: Currency) -> Self {
        Self {
            trip: row.trip.to_string(),
            state: row.state,
            opened: row.opened.to_string(),
            changed: row.changed.to_string(),
            owed: decimal(row.owed_minor, currency),
        }
    }
}

/// A page of trips.
#[derive(Serialize, ToSchema)]
pub(crate) struct TripsView {
    /// The trips, the oldest first.
    pub(crate) trips: Vec<TripInList>,
    /// Give this as `after` for the next page; none on the last.
    #[schema(format = "uuid")]
    pub(crate) next: Option<String>,
}

/// How a trip stands. Amounts are decimals in `currency`.
#[derive(Serialize, ToSchema)]
pub(crate) struct TripView {
    /// Its name.
    #[schema(format = "uuid")]
    trip: String,
    /// Where it stands: opened, entered, shopping, exited, in_review, settled, paid, empty, declined, owed or
    /// refunded.
    state: String,
    /// When it began.
    #[schema(format = "date-time")]
    opened: String,
    /// At which gate.
    gate: String,
    /// Whether nothing is charged because staff were at work.
    staff: bool,
    /// Why the gate stayed shut, if it did.
    refused: Option<String>,
    /// Whether the retailer called it off.
    cancelled: bool,
    /// When the last of them left.
    #[schema(format = "date-time")]
    left: Option<String>,
    /// The store's currency, ISO 4217.
    #[schema(example = "EUR")]
    currency: String,
    /// Where its money is.
    money: MoneyView,
    /// Its final receipt.
    receipt: Option<ReceiptView>,
    /// Doubtful lines and what became of them.
    review: Vec<ReviewLineView>,
    /// Disputes, in the order of their numbers from 0.
    disputes: Vec<DisputeView>,
    /// Money that was decided to be given back.
    refunds: Vec<RefundView>,
    /// All that happened to it, the oldest first; only where the trip itself was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    history: Option<Vec<HappeningView>>,
}

/// Where a trip's money is.
#[derive(Serialize, ToSchema)]
pub(crate) struct MoneyView {
    /// What is held on the card.
    held: String,
    /// What was taken.
    taken: String,
    /// What could not be taken and is owed.
    owed: String,
    /// What was decided to be given back.
    refunds_decided: String,
    /// What of it the payment processor confirmed.
    refunded: String,
    /// Whether the payment processor was asked for something and has not answered yet.
    under_way: bool,
}

/// A receipt.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReceiptView {
    /// Its number.
    #[schema(example = "000042")]
    number: String,
    /// ISO 4217.
    #[schema(example = "EUR")]
    currency: String,
    /// Whether unit prices include tax.
    tax_included: bool,
    /// What was bought.
    lines: Vec<LineView>,
    /// Tax by rate.
    taxes: Vec<TaxView>,
    /// Without tax and deposits.
    net: String,
    /// Tax.
    tax: String,
    /// Deposits.
    deposit: String,
    /// What the shopper pays: net, tax and deposits.
    #[schema(example = "6.77")]
    total: String,
}

/// A line of a receipt.
#[derive(Serialize, ToSchema)]
pub(crate) struct LineView {
    /// Your key of the product.
    product: String,
    /// Its name.
    name: String,
    /// How much.
    quantity: QuantityView,
    /// Price of one unit, or of a kilogram, as on the shelf.
    unit_price: String,
    /// What was taken off.
    discounts: Vec<DiscountView>,
    /// Without tax and deposit.
    net: String,
    /// Tax rate, percent.
    tax_percent: String,
    /// Tax.
    tax: String,
    /// Deposit.
    deposit: String,
    /// What the shopper pays for it.
    total: String,
}

/// How much of something.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum QuantityView {
    /// Whole units.
    Units(u32),
    /// Grams.
    Grams(u32),
}

impl From<Quantity> for QuantityView {
    fn from(quantity: Quantity) -> Self {
        match quantity {
            Quantity::Units(units) => Self::Units(units),
            Quantity::Grams(grams) => Self::Grams(grams),
        }
    }
}

/// Something taken off a line's price.
#[derive(Serialize, ToSchema)]
pub(crate) struct DiscountView {
    /// The promotion.
    name: String,
    /// How much.
    amount: String,
}

/// Tax of one rate.
#[derive(Serialize, ToSchema)]
pub(crate) struct TaxView {
    /// The rate, percent.
    percent: String,
    /// What it is on.
    net: String,
    /// How much it is.
    tax: String,
}

/// A doubtful line.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReviewLineView {
    /// Its number, from 0.
    line: usize,
    /// Your key of the product.
    product: String,
    /// Its name.
    name: String,
    /// How much it may be.
    quantity: QuantityView,
    /// How probable it is.
    probability: f64,
    /// What became of it: `open`, `charge` or `drop`.
    verdict: String,
    /// How much of it is charged, once that is decided.
    charged: Option<QuantityView>,
}

/// Some of a line of the receipt.
#[derive(Serialize, ToSchema)]
pub(crate) struct LineQuantityView {
    /// Which line, from 0.
    line: usize,
    /// How much of it.
    quantity: QuantityView,
}

/// A dispute.
#[derive(Serialize, ToSchema)]
pub(crate) struct DisputeView {
    /// Its number, from 0.
    dispute: usize,
    /// Why: not_taken, wrong_price, damaged or returned.
    kind: String,
    /// What of which line.
    lines: Vec<LineQuantityView>,
    /// Whether money is given back; none while nobody decided.
    granted: Option<bool>,
    /// Why, as the shopper reads it.
    reason: Option<String>,
}

/// Money that was decided to be given back.
#[derive(Serialize, ToSchema)]
pub(crate) struct RefundView {
    /// When.
    #[schema(format = "date-time")]
    at: String,
    /// What of which line.
    lines: Vec<LineQuantityView>,
    /// How much in all.
    amount: String,
    /// Why, as the shopper reads it.
    reason: String,
}

/// Something that happened to a trip.
#[derive(Serialize, ToSchema)]
pub(crate) struct HappeningView {
    /// When it was written down.
    #[schema(format = "date-time")]
    at: String,
    /// What, as the journal has it: `event` names it. More fields and more events may come.
    #[schema(value_type = Object)]
    event: Value,
}

/// An entry of the store's journal.
#[derive(Serialize, ToSchema)]
pub(crate) struct EventView {
    /// Its number, from 1 without gaps.
    pub(crate) sequence: i64,
    /// Which trip.
    #[schema(format = "uuid")]
    trip: String,
    /// When it was written down.
    #[schema(format = "date-time")]
    at: String,
    /// What happened, as the journal has it: `event` names it. More fields and more events may come.
    #[schema(value_type = Object)]
    event: Value,
}

/// Entries of the store's journal.
#[derive(Serialize, ToSchema)]
pub(crate) struct EventsView {
    /// In order.
    pub(crate) events: Vec<EventView>,
    /// Give this as `after` next time.
    pub(crate) next: i64,
}

/// A trip's receipt and how it is paid.
#[derive(Serialize, ToSchema)]
pub(crate) struct PaidReceiptView {
    /// The trip.
    #[schema(format = "uuid")]
    trip: String,
    /// The store's name.
    store: String,
    /// When the visit was over.
    #[schema(format = "date-time")]
    left: Option<String>,
    /// The receipt, as it was made.
    receipt: ReceiptView,
    /// How it is paid.
    money: MoneyView,
    /// What was given back since.
    refunds: Vec<RefundView>,
}

/// A dispute or a refund was taken in.
#[derive(Serialize, ToSchema)]
pub(crate) struct UndoneView {
    /// Its number, from 0 among the trip's.
    pub(crate) number: usize,
    /// Whether money is given back; none while nobody decided.
    pub(crate) granted: Option<bool>,
    /// The trip as it stands now.
    pub(crate) trip: TripView,
}

fn event_json(event: &office::TripEvent) -> Result<Value, OfficeError> {
    serde_json::to_value(event).map_err(|error| StorageError::Damaged(error.to_string()).into())
}

impl EventView {
    pub(crate) fn new(entry: &FeedEntry) -> Result<Self, OfficeError> {
        let event = event_json(&entry.event)?;
        Ok(Self { sequence: entry.sequence, trip: entry.trip.to_string(), at: entry.at.to_string(), event })
    }
}

impl TripView {
    pub(crate) fn new(trip: &Trip, currency: Currency) -> Self {
        Self {
            trip: trip.key.to_string(),
            state: trip.state().to_string(),
            opened: trip.opened.to_string(),
            gate: trip.gate.to_string(),
            staff: trip.payer == Payer::Staff,
            refused: trip.refused.as_ref().map(ToString::to_string),
            cancelled: trip.cancelled,
            left: trip.left.as_ref().map(ToString::to_string),
            currency: currency.code().to_owned(),
            money: MoneyView::new(trip, currency),
            receipt: trip.receipt.as_ref().map(|(number, receipt)| ReceiptView::new(number, receipt)),
            review: review_lines(trip),
            disputes: disputes(trip),
            refunds: refunds(trip, currency),
            history: None,
        }
    }

    /// With all that happened to it.
    pub(crate) fn with_history(self, history: &[(Time, office::TripEvent)]) -> Result<Self, OfficeError> {
        let history = history.iter().map(|(at, event)| {
            Ok::<_, OfficeError>(HappeningView { at: at.to_string(), event: event_json(event)? })
        });
        Ok(Self { history: Some(history.collect::<Result<_, _>>()?), ..self })
    }
}

impl MoneyView {
    fn new(trip: &Trip, currency: Currency) -> Self {
        Self {
            held: decimal(trip.held.as_ref().map_or(0, |held| held.amount.minor), currency),
            taken: decimal(trip.taken_minor(), currency),
            owed: decimal(trip.owed_minor, currency),
            refunds_decided: decimal(trip.refund_decided_minor(), currency),
            refunded: decimal(trip.refunded_minor, currency),
            under_way: !trip.open_wishes.is_empty(),
        }
    }
}

impl ReceiptView {
    fn new(number: &str, receipt: &PricedReceipt) -> Self {
        let amount = |minor| decimal(minor, receipt.currency);
        let tax = |sum: &pricing::TaxSum| TaxView {
            percent: percent(sum.rate),
            net: amount(sum.net),
            tax: amount(sum.tax),
        };
        Self {
            number: number.to_owned(),
            currency: receipt.currency.code().to_owned(),
            tax_included: receipt.basis == PriceBasis::TaxIncluded,
            lines: receipt.lines.iter().map(|line| LineView::new(line, receipt.currency)).collect(),
            taxes: receipt.taxes.iter().map(tax).collect(),
            net: amount(receipt.net),
            tax: amount(receipt.tax),
            deposit: amount(receipt.deposit),
            total: amount(receipt.total),
        }
    }
}

impl LineView {
    fn new(line: &PricedLine, currency: Currency) -> Self {
        let amount = |minor| decimal(minor, currency);
        let discount = |discount: &pricing::Discount| DiscountView {
            name: discount.name.clone(),
            amount: amount(discount.amount),
        };
        Self {
            product: line.product.to_string(),
            name: line.name.clone(),
            quantity: line.quantity.into(),
            unit_price: amount(line.unit_price),
            discounts: line.discounts.iter().map(discount).collect(),
            net: amount(line.net),
            tax_percent: percent(line.tax_rate),
            tax: amount(line.tax),
            deposit: amount(line.deposit),
            total: amount(line.total),
        }
    }
}

impl PaidReceiptView {
    /// `None` while there is no receipt.
    pub(crate) fn new(trip: &Trip, store: &str) -> Option<Self> {
        let (number, receipt) = trip.receipt.as_ref()?;
        Some(Self {
            trip: trip.key.to_string(),
            store: store.to_owned(),
            left: trip.left.as_ref().map(ToString::to_string),
            receipt: ReceiptView::new(number, receipt),
            money: MoneyView::new(trip, receipt.currency),
            refunds: refunds(trip, receipt.currency),
        })
    }
}

fn review_lines(trip: &Trip) -> Vec<ReviewLineView> {
    let doubtful = trip.cart.iter().flat_map(|(_, cart)| &cart.doubtful).enumerate();
    let view = |(line, doubtful): (usize, &office::Doubtful)| {
        let (verdict, charged) = match trip.verdicts.get(&line) {
            None => ("open", None),
            Some(Verdict::Charge(quantity)) => ("charge", Some((*quantity).into())),
            Some(Verdict::Drop) => ("drop", None),
        };
        ReviewLineView {
            line,
            product: doubtful.item.product.to_string(),
            name: doubtful.item.name.clone(),
            quantity: doubtful.item.quantity.into(),
            probability: doubtful.probability,
            verdict: verdict.to_owned(),
            charged,
        }
    };
    doubtful.map(view).collect()
}

fn disputes(trip: &Trip) -> Vec<DisputeView> {
    let disputes = trip.disputes.iter().enumerate();
    disputes.map(|(number, (wrong, decided))| dispute(number, wrong, decided.as_ref())).collect()
}

fn dispute(number: usize, dispute: &Dispute, decided: Option<&(bool, String)>) -> DisputeView {
    let kind = match dispute.kind {
        DisputeKind::NotTaken => "not_taken",
        DisputeKind::WrongPrice => "wrong_price",
        DisputeKind::Damaged => "damaged",
        DisputeKind::Returned => "returned",
    };
    let line =
        |(line, quantity): &(usize, Quantity)| LineQuantityView { line: *line, quantity: (*quantity).into() };
    DisputeView {
        dispute: number,
        kind: kind.to_owned(),
        lines: dispute.lines.iter().map(line).collect(),
        granted: decided.map(|(granted, _)| *granted),
        reason: decided.map(|(_, reason)| reason.clone()),
    }
}

fn refunds(trip: &Trip, currency: Currency) -> Vec<RefundView> {
    let view = |(at, refund): &(Time, Refund)| RefundView {
        at: at.to_string(),
        lines: refund
            .parts
            .iter()
            .map(|part| LineQuantityView { line: part.line, quantity: part.quantity.into() })
            .collect(),
        amount: decimal(refund.parts.iter().map(office::RefundPart::total).sum(), currency),
        reason: refund.reason.clone(),
    };
    trip.refunds.iter().map(view).collect()
}
