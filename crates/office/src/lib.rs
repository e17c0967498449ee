//! What happens at the door and after it: who may come in, who pays, what is charged, what paper they get,
//! how it is undone.
//!
//! **Its one job:** to turn a visit into money and paper, exactly once, whatever is killed whenever.
//!
//! **The way in:** [`Office`]. Its commands append events to a trip's journal ([`TripEvent`]); how a trip
//! stands ([`Trip`]) follows from them, and so do the books, the receipt and what is still to be done outside,
//! all written in the same transaction.
//!
//! **What it never does:** see a camera or a card number; read a clock: the moment comes in with each command.

mod catalogue;
pub mod code;
mod credentials;
mod desk;
mod entry;
mod error;
mod evidence;
mod figures;
mod flags;
mod floor;
mod ids;
mod instruments;
mod journal;
mod key_file;
mod ledger;
mod look_up;
mod news;
mod office;
mod once;
mod outbox;
mod palms;
mod paper;
mod people;
mod policy;
mod post;
mod receipt_rows;
mod sales;
mod sessions;
mod shopper;
mod staff;
mod storage;
mod tally;
mod trip;
mod waiting;
mod worker;

pub use catalogue::{Upload, UploadOutcome};
pub use credentials::Shown;
pub use desk::Desk;
pub use entry::Entry;
pub use error::OfficeError;
pub use evidence::{Evidence, LineKind};
pub use figures::{FeedEntry, Figures, Head, TripRow};
pub use floor::{Floor, Heard};
pub use ids::{AccountKey, ErasureKey, InstrumentKey, StaffKey, TripKey};
pub use journal::{Audit, AuditError};
pub use ledger::{Account, Transfer, balance, transfers};
pub use look_up::{Found, Page, Proof, ReceiptQuery, ReceiptRow};
pub use news::PaymentNews;
pub use office::Office;
pub use once::{Once, Request};
pub use outbox::{Done, Errand};
pub use palms::{AgeCheck, Enrolled, Hand, PalmConsent, PalmKeys, PalmPerson};
pub use people::{
    Channel, Consent, ConsentText, Contact, Device, Erased, Erasure, LinkedEmail, LogEntry, LogEvent,
    MailProof, Owner, PeopleError, Purpose, SavedCard, ShopperAccount, SweepReport, View, WhyNot,
};
pub use policy::{DebtPolicy, EntryPolicy, KeepPolicy, PalmPolicy, Policy, RefundPolicy, ReviewPolicy};
pub use post::Post;
pub use sessions::{Session, SessionToken, SignedIn, Visitor};
pub use staff::{
    NewPasskey, Passkey, PasskeyError, PasskeyProof, Password, Right, Role, SignIn, StaffError, StaffEvent,
    StaffLogEntry, StaffMember,
};
pub use storage::{Database, Param, Probe, Row, Step, Storage, StorageError, Value};
pub use tally::{ProductTally, Sales, Tally};
pub use trip::{
    Actor, Answer, Cart, DecideError, Dispute, DisputeKind, Doubtful, How, NoBeginning, Paper, Payer, Refund,
    RefundPart, Refusal, Taken, Trip, TripEvent, TripState, Verdict, Wish,
};
pub use waiting::WaitingDispute;
pub use worker::{Clock, Complain, Worker};
