//! Paper that goes out: to the address that the payer gave, if they gave one.

use std::sync::Arc;

use model::Time;
use receipts::{Language, Link, MailKind, Mailer, Outcome, Sender, SignInLink, compose, compose_sign_in};

use crate::error::OfficeError;
use crate::instruments;
use crate::office::Office;
use crate::outbox::{Done, Errand};
use crate::paper::document;
use crate::people::{MailProof, address_for};
use crate::storage::Step;
use crate::trip::{Paper, Trip, TripEvent};

/// Who sends paper, and how.
pub struct Post {
    /// As whom.
    pub sender: Sender,
    /// Over what.
    pub mailer: Mailer,
}

impl Office {
    /// The same office, whose paper goes out by mail. Without it paper is only to be looked at.
    #[must_use]
    pub fn with_post(self, post: Post) -> Self {
        Self { post: Some(Arc::new(post)), ..self }
    }

    /// Mails a link of [`Office::ask_in`], and waits for what comes of it. It leads to `/app/link` of the store's pages.
    ///
    /// # Errors
    /// If the mail can't be written: the store's address on the web makes no link.
    pub fn mail_link(
        &self,
        proof: &MailProof,
        language: Language,
        now: Time,
    ) -> Result<Outcome, OfficeError> {
        let Some(post) = &self.post else {
            return Ok(Outcome::Refused("this store sends no mail".to_owned()));
        };
        let link = SignInLink {
            store: self.policy.name.clone(),
            link: Link::new(format!("{}/app/link?token={}", self.policy.url, proof.token))?,
            language,
        };
        Ok(post.mailer.send(&compose_sign_in(&link, &proof.address, &post.sender, now)?))
    }

    /// Sends paper.
    pub(crate) fn post(&self, errand: &Errand, now: Time) -> Result<Done, OfficeError> {
        let TripEvent::MailWanted { paper } = errand.event else { return Ok(Done::Done) };
        let sent = match &self.post {
            Some(post) => self.send(post, errand, paper)?,
            None => Outcome::Refused("this store sends no mail".to_owned()),
        };
        let event = match sent {
            Outcome::Sent => TripEvent::Mailed { paper },
            Outcome::Refused(why) => TripEvent::MailFailed { paper, why },
            // The same mail has the same id: where it did arrive, mail programs show it once.
            Outcome::Unclear(_) | Outcome::Later(_) => return self.put_off(errand, now),
        };
        self.finish(errand, now, move |_, _, _| Ok(vec![event]))
    }

    /// Writes one mail and hands it over. Composed of the errand's own moment, it is the same mail at each try.
    fn send(&self, post: &Post, errand: &Errand, paper: Paper) -> Result<Outcome, OfficeError> {
        let trip = self.trip(errand.trip)?;
        let (contact, card) = self.storage.read(|database| {
            Ok::<_, OfficeError>((
                address_for(database, trip.key)?,
                instruments::card_of(database, trip.payer)?,
            ))
        })?;
        let Some(contact) = contact else {
            return Ok(Outcome::Refused("no address is known".to_owned()));
        };
        let Some(document) = document(&self.policy, &trip, card, Language::from_tag(&contact.language))?
        else {
            return Ok(Outcome::Refused("there is no receipt".to_owned()));
        };
        let mail = compose(&document, &contact.address, &post.sender, kind(paper, &trip), errand.asked)?;
        self.storage.probe(Step::BeforeMail);
        let outcome = post.mailer.send(&mail);
        self.storage.probe(Step::AfterMail);
        Ok(outcome)
    }
}

/// What sort of mail paper is. With the receipt's number it makes the mail's id.
fn kind(paper: Paper, trip: &Trip) -> MailKind {
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    match paper {
        // What is owed stands on the receipt; when it is paid, another mail says so.
        Paper::Receipt if trip.charges_declined > 0 => MailKind::Paid(1),
        Paper::Receipt | Paper::Debt => MailKind::Receipt,
        Paper::Refund(number) => MailKind::Refund(count(number)),
        Paper::Dispute(number) => MailKind::Copy(count(number) + 1),
    }
}
