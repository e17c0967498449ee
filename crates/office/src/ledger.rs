//! Double-entry books: every movement takes from one account what it gives to another, so they always balance.
//! What a trip's shopper still owes, or is owed, is the balance of the trip's `shopper` account.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ids::TripKey;
use crate::storage::{Database, StorageError};
use crate::trip::{Payer, Trip, TripEvent};

/// An account in the books.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Account {
    /// What the trip's shopper owes for what was bought.
    Shopper,
    /// What the payment processor has of ours.
    Processor,
    /// Goods sold, without tax.
    Sales,
    /// Tax, owed to the state.
    Tax,
    /// Deposits, owed to whoever brings the empties.
    Deposits,
}

impl Account {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Shopper, Self::Processor, Self::Sales, Self::Tax, Self::Deposits];

    /// The name, as the table has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Shopper => "shopper",
            Self::Processor => "processor",
            Self::Sales => "sales",
            Self::Tax => "tax",
            Self::Deposits => "deposits",
        }
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// An amount that moves from one account to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// The account that is debited.
    pub debit: Account,
    /// The account that is credited.
    pub credit: Account,
    /// How much, more than 0 minor units.
    pub minor: i64,
}

/// What an event moves.
pub fn transfers(trip: &Trip, event: &TripEvent) -> Vec<Transfer> {
    let moved = match event {
        TripEvent::Settled { receipt, .. } if trip.payer != Payer::Staff => vec![
            (Account::Shopper, Account::Sales, receipt.net),
            (Account::Shopper, Account::Tax, receipt.tax),
            (Account::Shopper, Account::Deposits, receipt.deposit),
        ],
        TripEvent::Captured(captured) => vec![(Account::Processor, Account::Shopper, captured.amount.minor)],
        TripEvent::RefundDecided(refund) => {
            let sum = |part: fn(&crate::trip::RefundPart) -> i64| refund.parts.iter().map(part).sum();
            vec![
                (Account::Sales, Account::Shopper, sum(|part| part.net)),
                (Account::Tax, Account::Shopper, sum(|part| part.tax)),
                (Account::Deposits, Account::Shopper, sum(|part| part.deposit)),
            ]
        }
        TripEvent::Refunded { amount, .. } => vec![(Account::Shopper, Account::Processor, amount.minor)],
        _ => Vec::new(),
    };
    moved
        .into_iter()
        .filter(|(_, _, minor)| *minor > 0)
        .map(|(debit, credit, minor)| Transfer { debit, credit, minor })
        .collect()
}

/// Writes a movement down; `sequence` is of the journal entry that moved it, `part` counts within it.
pub(crate) fn write(
    database: &mut dyn Database,
    store: &str,
    sequence: i64,
    part: usize,
    trip: TripKey,
    transfer: &Transfer,
    currency: &str,
) -> Result<(), StorageError> {
    database.execute(
        "INSERT INTO ledger (store, sequence, part, trip, debit, credit, minor, currency) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            store.into(),
            sequence.into(),
            (part as i64).into(),
            (&trip).into(),
            transfer.debit.as_str().into(),
            transfer.credit.as_str().into(),
            transfer.minor.into(),
            currency.into(),
        ],
    )?;
    Ok(())
}

/// The balance of an account of a store, debits less credits, minor units.
pub fn balance(database: &mut dyn Database, store: &str, account: Account) -> Result<i64, StorageError> {
    sum(database.query_one(
        "SELECT CAST(COALESCE(SUM(CASE WHEN debit = $2 THEN minor ELSE 0 END) \
         - SUM(CASE WHEN credit = $2 THEN minor ELSE 0 END), 0) AS BIGINT) FROM ledger WHERE store = $1",
        &[store.into(), account.as_str().into()],
    )?)
}

/// What the trip's shopper owes by the books, minor units; negative: is owed.
pub(crate) fn shopper_balance(database: &mut dyn Database, trip: TripKey) -> Result<i64, StorageError> {
    sum(database.query_one(
        "SELECT CAST(COALESCE(SUM(CASE WHEN debit = 'shopper' THEN minor ELSE 0 END) \
         - SUM(CASE WHEN credit = 'shopper' THEN minor ELSE 0 END), 0) AS BIGINT) FROM ledger WHERE trip = $1",
        &[(&trip).into()],
    )?)
}

/// The one number of an answer.
fn sum(row: Option<crate::storage::Row>) -> Result<i64, StorageError> {
    row.map_or(Ok(0), |row| row.int(0))
}
