//! What a store decides for itself about money and people.

use exchange::epcis::Site;
use model::{Money, Time};
use pricing::{PricePolicy, Promotion};
use serde::{Deserialize, Serialize};

/// A store's rules, as its configuration file has them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// The store's short name in ids and look-ups, such as `main-street`.
    pub store: String,
    /// Its name, as on its receipts.
    pub name: String,
    /// Its address, as on its receipts.
    #[serde(default)]
    pub address: Vec<String>,
    /// Its tax number, as on its receipts.
    #[serde(default)]
    pub tax_number: Option<String>,
    /// Where its pages stand, without a slash at the end; links on paper lead there.
    pub url: String,
    /// Its IANA time zone, such as `Europe/Berlin`: the day on a receipt is a day there.
    pub time_zone: String,
    /// How prices become a receipt.
    pub price: PricePolicy,
    /// What is cheaper, and when.
    #[serde(default)]
    pub promotions: Vec<Promotion>,
    /// Who comes in and for how much.
    #[serde(default)]
    pub entry: EntryPolicy,
    /// When somebody must look, and what comes after.
    #[serde(default)]
    pub review: ReviewPolicy,
    /// When money is given back.
    #[serde(default)]
    pub refund: RefundPolicy,
    /// What happens where money can't be taken.
    #[serde(default)]
    pub debt: DebtPolicy,
    /// How long things are kept.
    #[serde(default)]
    pub keep: KeepPolicy,
    /// How palms are kept.
    #[serde(default)]
    pub palm: PalmPolicy,
    /// The store, as its partners' systems know it; without it, they are told of no sales.
    #[serde(default)]
    pub epcis: Option<Site>,
}

/// Who comes in and for how much.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EntryPolicy {
    /// What is held on a card at the gate, minor units.
    pub hold_minor: i64,
    /// How long after a credential others may follow on it, seconds.
    pub party_s: i64,
    /// How long the gate waits for the bank, seconds; a later yes is given back.
    pub answer_within_s: i64,
    /// How many trips may be inside at once; no limit without it.
    pub trips_inside: Option<u32>,
    /// Whether somebody who owes is let in.
    pub admit_debtors: bool,
    /// How many days a phone shows codes after it last spoke with the office.
    pub pass_days: u16,
}

impl Default for EntryPolicy {
    fn default() -> Self {
        Self {
            hold_minor: 1000,
            party_s: 10,
            answer_within_s: 15,
            trips_inside: None,
            admit_debtors: false,
            pass_days: 30,
        }
    }
}

/// When somebody must look, and what comes after.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReviewPolicy {
    /// After so many seconds what nobody decided is dropped, in the shopper's favour …
    pub within_s: i64,
    /// … but of lines that the store is sure of and the shopper says are not theirs only so many within 30 days. The
    /// others are charged, and can be disputed on the receipt.
    pub contested_dropped_per_30_days: u32,
}

impl Default for ReviewPolicy {
    fn default() -> Self {
        Self { within_s: 4 * HOUR_S, contested_dropped_per_30_days: 3 }
    }
}

/// When money is given back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RefundPolicy {
    /// Until so many days after the visit a line may be disputed.
    pub within_days: i64,
    /// Up to this amount a dispute is granted at once, minor units; 0: never.
    pub at_once_minor: i64,
    /// To whom had fewer than so many granted at once in the last 90 days; the others are looked at.
    pub at_once_per_90_days: u32,
    /// Whether goods may be brought back.
    pub returns: bool,
}

impl Default for RefundPolicy {
    fn default() -> Self {
        Self { within_days: 30, at_once_minor: 1000, at_once_per_90_days: 3, returns: true }
    }
}

/// What happens where money can't be taken.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DebtPolicy {
    /// The card is tried again after so many hours each time.
    pub again_after_h: i64,
    /// So many times.
    pub tries: usize,
}

impl Default for DebtPolicy {
    fn default() -> Self {
        Self { again_after_h: 24, tries: 3 }
    }
}

/// How long things are kept, days.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct KeepPolicy {
    /// Receipts, books and the journal: what tax law asks for.
    pub receipts_days: i64,
    /// Cards and addresses of people who did not come again.
    pub idle_people_days: i64,
    /// Evidence of lines, once nothing can be disputed any more.
    pub evidence_days: i64,
}

impl Default for KeepPolicy {
    fn default() -> Self {
        Self { receipts_days: 3653, idle_people_days: 1096, evidence_days: 90 }
    }
}

/// How palms are kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PalmPolicy {
    /// Palms of people who did not come in with one for so many days are deleted; more than three years count as three.
    pub idle_days: i64,
    /// Which making of the templates counts. Raised by one, the next start makes all of them anew, and those of a stolen
    /// table match nothing any more.
    pub epoch: u32,
}

impl Default for PalmPolicy {
    fn default() -> Self {
        Self { idle_days: PALM_DAYS, epoch: 1 }
    }
}

impl PalmPolicy {
    /// Days without use after which palms are deleted.
    pub fn days(&self) -> i64 {
        self.idle_days.min(PALM_DAYS)
    }
}

/// The longest that an unused palm is kept, days: three years, as the Biometric Information Privacy Act of Illinois has
/// it (740 ILCS 14/15(a)). Texas gives one year after the purpose ended (Bus. & Com. Code § 503.001(c)(3)), which is kept
/// by deleting palms at once with their card or account.
const PALM_DAYS: i64 = 1095;

/// Seconds in an hour.
pub(crate) const HOUR_S: i64 = 3600;

/// Seconds in a day.
pub(crate) const DAY_S: i64 = 24 * HOUR_S;

impl Policy {
    /// Rules to start from: this store, these prices, everything else as usual.
    pub fn example(store: &str, price: PricePolicy) -> Self {
        Self {
            store: store.to_owned(),
            name: store.to_owned(),
            address: Vec::new(),
            tax_number: None,
            url: "http://127.0.0.1:8080".to_owned(),
            time_zone: "UTC".to_owned(),
            price,
            promotions: Vec::new(),
            entry: EntryPolicy::default(),
            review: ReviewPolicy::default(),
            refund: RefundPolicy::default(),
            debt: DebtPolicy::default(),
            keep: KeepPolicy::default(),
            palm: PalmPolicy::default(),
            epcis: None,
        }
    }

    /// What is held on a card at the gate.
    pub(crate) fn hold(&self) -> Money {
        Money::new(self.entry.hold_minor, self.price.currency)
    }
}

/// The moment so many seconds later.
pub(crate) fn later(time: Time, seconds: i64) -> Time {
    time.plus_nanos(seconds.saturating_mul(1_000_000_000))
}
