//! What every page of the console has: who looks at it, in which language, by which clock, and the frame around it.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use model::{Money, Time};
use office::{Office, OfficeError, Right, TripKey};
use serde::Deserialize;

use super::me;
use super::moment::Local;
use crate::pages::error::PageError;
use crate::pages::layout::{Frame, page};
use crate::pages::session::{Staff, token};
use crate::pages::site::Site;
use crate::pages::speech::Speech;

/// Somebody of the staff at a page.
pub(super) struct Desk {
    pub(super) site: Site,
    pub(super) staff: Staff,
    pub(super) speech: Speech,
    pub(super) local: Local,
}

impl FromRequestParts<Site> for Desk {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Response> {
        let staff = Staff::from_request_parts(parts, site).await?;
        let Ok(speech) = Speech::from_request_parts(parts, site).await;
        let local = Local::of(site).await.map_err(IntoResponse::into_response)?;
        Ok(Self { site: site.clone(), staff, speech, local })
    }
}

/// A form that only says that it was sent.
#[derive(Deserialize)]
pub(super) struct Nothing {}

/// A page of the console's navigation.
struct Section {
    path: &'static str,
    english: &'static str,
    german: &'static str,
    /// Who sees it; everybody who works here, without one.
    right: Option<Right>,
}

const fn section(
    path: &'static str,
    english: &'static str,
    german: &'static str,
    right: Option<Right>,
) -> Section {
    Section { path, english, german, right }
}

const SECTIONS: [Section; 12] = [
    section("/console", "Overview", "Überblick", None),
    section("/console/floor", "Floor", "Laden", Some(Right::SeeFloor)),
    section("/console/trips", "Trips", "Besuche", Some(Right::SeeTrips)),
    section("/console/reviews", "Reviews", "Prüfungen", Some(Right::Review)),
    section("/console/disputes", "Disputes", "Einsprüche", Some(Right::DecideDisputes)),
    section("/console/debts", "Debts", "Schulden", Some(Right::SeeReceipts)),
    section("/console/devices", "Devices", "Geräte", Some(Right::SeeDevices)),
    section("/console/catalogue", "Catalogue", "Sortiment", Some(Right::SeeCatalogue)),
    section("/console/planogram", "Planogram", "Regalplan", Some(Right::SeeCatalogue)),
    section("/console/figures", "Figures", "Zahlen", Some(Right::SeeFigures)),
    section("/console/staff", "Staff", "Personal", Some(Right::ManageStaff)),
    section("/console/audit", "Audit", "Protokoll", Some(Right::SeeAudit)),
];

impl Desk {
    /// Goes on if whoever looks may do something.
    pub(super) fn must(&self, right: Right) -> Result<(), PageError> {
        self.staff.must(right)
    }

    /// Whether they may.
    pub(super) fn may(&self, right: Right) -> bool {
        self.staff.session.may(right)
    }

    /// The text in their language.
    pub(super) fn say<T>(&self, english: T, german: T) -> T {
        self.speech.say(english, german)
    }

    /// The field that each form must have.
    pub(super) fn token(&self) -> Markup {
        token(&self.staff.session)
    }

    /// Now.
    pub(super) fn now(&self) -> Time {
        self.local.now
    }

    /// An amount with its currency.
    pub(super) fn money(&self, minor: i64) -> String {
        Money::new(minor, self.site.web.currency()).to_string()
    }

    /// Calls the office, which blocks.
    pub(super) async fn office<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Office) -> Result<T, OfficeError> + Send + 'static,
    ) -> Result<T, PageError> {
        self.site.office(work).await
    }

    /// Writes down that they look at a trip. Nothing of it is shown before.
    pub(super) async fn note_seen(&self, trip: TripKey) -> Result<(), PageError> {
        let (by, now) = (self.staff.member.actor(), self.now());
        self.office(move |office| office.note_seen(trip, by, now)).await
    }

    /// A whole page; `here` is its path among [`SECTIONS`].
    pub(super) fn page(&self, title: &str, here: &str, scripts: &[&'static str], body: &Markup) -> Markup {
        let navigation = self.navigation(here);
        page(self.speech, &Frame { title, kind: "console", scripts, navigation: Some(navigation) }, body)
    }

    /// The same, for a page that keeps itself fresh without scripts of its own.
    pub(super) fn fresh_page(&self, title: &str, here: &str, body: &Markup) -> Markup {
        let body = html! {
            div #fresh { (body) }
            p.small #fresh-switch hidden {
                label.plain {
                    input #fresh-on type="checkbox" checked;
                    " " (self.say("This page keeps itself fresh", "Diese Seite hält sich selbst aktuell"))
                }
            }
        };
        self.page(title, here, &["fresh.js"], &body)
    }

    fn navigation(&self, here: &str) -> Markup {
        let seen = SECTIONS.iter().filter(|section| section.right.is_none_or(|right| self.may(right)));
        html! {
            @for section in seen {
                a href=(section.path) aria-current=[(section.path == here).then_some("page")] {
                    (self.say(section.english, section.german))
                }
            }
            form.sign-out action="/console/sign-out" method="post" {
                (self.token())
                a.small href=(me::HERE) aria-current=[(here == me::HERE).then_some("page")] {
                    (self.staff.member.name) span.unseen { ": " (self.say("how you sign in", "wie Sie sich anmelden")) }
                }
                button.quiet { (self.say("Sign out", "Abmelden")) }
            }
        }
    }
}
