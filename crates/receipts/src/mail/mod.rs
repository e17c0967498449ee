//! The receipt as mail, and the ways it goes out.

mod address;
mod dkim;
mod folder;
mod link;
mod smtp;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use lettre::Message;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use model::Time;
use ring::digest::{SHA256, digest};

pub use address::{AddressError, MailAddress};
pub use dkim::{DkimError, DkimKey};
pub use link::{SignInLink, compose_sign_in};
pub use smtp::{Credentials, Security, SmtpServer};

use crate::clean::clean;
use crate::document::{Payment, ReceiptDocument};
use crate::pdf::PdfError;
use crate::sheet::refunded;
use crate::words::words;
use crate::{html, pdf, text};

/// Who sends receipts.
#[derive(Debug)]
pub struct Sender {
    /// The name that shoppers read.
    pub name: String,
    /// The address; its domain is also that of the mails' ids.
    pub from: MailAddress,
    /// Where answers go, if not to `from`.
    pub reply_to: Option<MailAddress>,
    /// Keys that sign, each by a signature of its own: one RSA key, which everybody knows, and perhaps one Ed25519
    /// key. None where the mail server signs.
    pub dkim: Vec<DkimKey>,
}

/// Why a mail is sent. With the receipt's number it says which mail it is: the same twice is the same mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MailKind {
    /// The receipt, after the trip.
    Receipt,
    /// The receipt once more, because somebody asked; counted from 1.
    Copy(u32),
    /// After a refund; counted from 1.
    Refund(u32),
    /// After something that was owed was paid; counted from 1.
    Paid(u32),
}

impl MailKind {
    fn word(self) -> String {
        match self {
            Self::Receipt => "receipt".to_owned(),
            Self::Copy(count) => format!("copy-{count}"),
            Self::Refund(count) => format!("refund-{count}"),
            Self::Paid(count) => format!("paid-{count}"),
        }
    }
}

/// A mail ready to go. `Debug` shows its id and its size only.
#[derive(Clone)]
pub struct Mail {
    message_id: String,
    from: MailAddress,
    to: MailAddress,
    bytes: Arc<[u8]>,
}

impl Mail {
    /// Its id, with angle brackets: `<R-17.receipt@shop.example>`.
    pub fn message_id(&self) -> &str {
        &self.message_id
    }

    /// Who it is from.
    pub fn from(&self) -> &MailAddress {
        &self.from
    }

    /// Who it goes to.
    pub fn to(&self) -> &MailAddress {
        &self.to
    }

    /// The message, headers and all (RFC 5322).
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mail({}, {} bytes)", self.message_id, self.bytes.len())
    }
}

/// Why there is no mail, or no way to send it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MailError {
    /// The PDF failed.
    #[error("the receipt's PDF: {0}")]
    Pdf(#[from] PdfError),
    /// A signature failed.
    #[error("the mail's signature: {0}")]
    Dkim(#[from] DkimError),
    /// A key is another domain's.
    #[error("{key} can't sign for the sender's domain {domain}: use a key of that domain or one above it")]
    Domain {
        /// The key's name in DNS.
        key: String,
        /// The sender's domain.
        domain: String,
    },
    /// The mail can't be put together.
    #[error("the mail can't be put together: {0}")]
    Message(String),
    /// Not a certificate.
    #[error("this is no certificate in PEM: it begins with -----BEGIN CERTIFICATE-----")]
    Certificate,
    /// Mails would travel in the clear.
    #[error("mail to {host} would go in the clear: use STARTTLS or TLS (plain is for this machine only)")]
    Plain {
        /// The server.
        host: String,
    },
}

/// What came of sending. The texts name no address and repeat nothing that the server said.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Outcome {
    /// The mail was taken.
    Sent,
    /// It may have been taken: the connection broke while it was handed over. Sending it again is safe, since
    /// it has the same id; the shopper may see it twice.
    Unclear(String),
    /// The server will not take this mail, now or later.
    Refused(String),
    /// It was not taken; later it may be.
    Later(String),
}

/// A way for mails to go out.
#[derive(Clone, Debug)]
pub enum Mailer {
    /// To a mail server.
    Smtp(SmtpServer),
    /// Into a folder that exists, one `<message-id>.eml` each.
    Folder(PathBuf),
}

impl Mailer {
    /// Sends one mail; waits for what comes of it, at most as long as the server's limit says.
    pub fn send(&self, mail: &Mail) -> Outcome {
        match self {
            Self::Smtp(server) => smtp::send(server, mail),
            Self::Folder(folder) => folder::write(folder, mail),
        }
    }
}

/// The receipt as a mail: text, page and PDF, signed. `at` is the mail's date. The same arguments give the same
/// bytes, so an outbox need not keep the mail, only what it was made from.
///
/// # Errors
/// If a key is not one of the sender's domain; anything else would be a fault of this crate.
pub fn compose(
    document: &ReceiptDocument,
    to: &MailAddress,
    sender: &Sender,
    kind: MailKind,
    at: Time,
) -> Result<Mail, MailError> {
    let id = format!("{}.{}@{}", document.parts().number.as_str(), kind.word(), sender.from.domain());
    enclose(to, sender, &id, subject(document, kind), content(document, &id)?, at)
}

/// A mail of this content. `id` is its own, without angle brackets.
fn enclose(
    to: &MailAddress,
    sender: &Sender,
    id: &str,
    subject: String,
    content: MultiPart,
    at: Time,
) -> Result<Mail, MailError> {
    if let Some(key) = sender.dkim.iter().find(|key| !key.fits(&sender.from)) {
        return Err(MailError::Domain { key: key.dns_record().0, domain: sender.from.domain().to_owned() });
    }
    let message_id = format!("<{id}>");
    let mailbox = |name: Option<String>, address: &MailAddress| Mailbox::new(name, address.address().clone());
    let mut builder = Message::builder()
        .from(mailbox(Some(clean(&sender.name)), &sender.from))
        .to(mailbox(None, to))
        .subject(subject)
        .date(date(at))
        .message_id(Some(message_id.clone()))
        // RFC 3834: keeps holiday answers away.
        .raw_header(HeaderValue::new(
            HeaderName::new_from_ascii_str("Auto-Submitted"),
            "auto-generated".to_owned(),
        ));
    if let Some(reply_to) = &sender.reply_to {
        builder = builder.reply_to(mailbox(None, reply_to));
    }
    let message = builder.multipart(content).map_err(|error| MailError::Message(error.to_string()))?;
    let bytes = signed(message.formatted(), &sender.dkim, at)?;
    Ok(Mail { message_id, from: sender.from.clone(), to: to.clone(), bytes: bytes.into() })
}

fn content(document: &ReceiptDocument, id: &str) -> Result<MultiPart, MailError> {
    let kind =
        ContentType::parse("application/pdf").map_err(|error| MailError::Message(error.to_string()))?;
    let name = format!("receipt-{}.pdf", document.parts().number.as_str());
    let both = MultiPart::alternative()
        .boundary(boundary(id, "both"))
        .singlepart(SinglePart::plain(text(document)))
        .singlepart(SinglePart::html(html(document)));
    let paper = Attachment::new(name).body(pdf(document)?, kind);
    Ok(MultiPart::mixed().boundary(boundary(id, "all")).multipart(both).singlepart(paper))
}

/// A line that stands in no part: `=_` occurs neither in quoted-printable nor in base64 (RFC 2045, 6.7).
fn boundary(id: &str, of: &str) -> String {
    let hash = digest(&SHA256, format!("{of} {id}").as_bytes());
    let hex: String = hash.as_ref().iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    format!("=_{hex}")
}

fn signed(message: Vec<u8>, keys: &[DkimKey], at: Time) -> Result<Vec<u8>, MailError> {
    let message = String::from_utf8(message).map_err(|error| MailError::Message(error.to_string()))?;
    let headers: Vec<String> = keys.iter().map(|key| key.header(&message, at)).collect::<Result<_, _>>()?;
    Ok([headers.concat(), message].concat().into_bytes())
}

fn subject(document: &ReceiptDocument, kind: MailKind) -> String {
    let parts = document.parts();
    let words = words(parts.language);
    let store = clean(&parts.store.name);
    let money = |minor: i64| words.money(minor, parts.priced.currency);
    match (kind, &parts.payment) {
        (MailKind::Refund(_), _) => (words.refund_subject)(&store, &money(refunded(parts))),
        (_, Payment::Owed { owed, .. }) => (words.owed_subject)(&store, &money(*owed)),
        _ => (words.subject)(&store, &money(parts.priced.total)),
    }
}

/// A mail's date; nothing is sent before 1970.
fn date(at: Time) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_nanos(u64::try_from(at.nanos()).unwrap_or(0))
}
