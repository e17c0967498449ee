//! A settled trip on paper: as a web page, as text, as PDF, and by mail.
//!
//! **Its one job:** print what was bought, what it cost and how it was paid, the same in every form, in the
//! shopper's language; and post it, so that a mail sent again after a crash is the same mail.
//!
//! **The way in:** [`ReceiptDocument::new`] checks what is to be printed; [`html`], [`text`], [`pdf`] and
//! [`json_ld`] print it; [`compose`] makes a mail of it and [`Mailer::send`] sends that.
//!
//! **What it never does:** decide a price or a payment, read a clock, keep anything. It knows no journal, no
//! database and no trip's states. It can't print more of a card than its brand and last four digits, since it
//! is never given more.

mod clean;
mod document;
mod html;
mod json_ld;
mod mail;
mod pdf;
mod redacted;
mod sheet;
mod text;
mod words;

pub use document::{
    CardMark, Charge, ChargeKind, Language, Link, Parts, Payment, PrintError, ReceiptDocument, ReceiptNumber,
    RefundLine, RefundNote, RefundReason, ReviewOutcome, StoreDetails, Visit, Zone,
};
pub use html::html;
pub use json_ld::json_ld;
pub use mail::{
    AddressError, Credentials, DkimError, DkimKey, Mail, MailAddress, MailError, MailKind, Mailer, Outcome,
    Security, Sender, SignInLink, SmtpServer, compose, compose_sign_in,
};
pub use pdf::{PdfError, pdf};
pub use redacted::{Redacted, redacted};
pub use text::text;
pub use words::money;
