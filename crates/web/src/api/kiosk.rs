//! Receipts for whoever stands before a kiosk, or types on a page, and has no account.

use axum::extract::State;
use axum::http::header::ACCEPT_LANGUAGE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::{Extension, Json};
use model::Currency;
use office::{ConsentText, LinkedEmail, Office, OfficeError, Page, PeopleError, ReceiptQuery, ReceiptRow};
use payments::LastFour;
use receipts::{Language, MailAddress, Redacted, redacted};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::amount::{self, decimal};
use super::guard::Caller;
use super::input::{Body, header_values, trip_key};
use super::once::{self, RequestKey};
use super::problem::{Fault, Kind, Problem};
use super::shapes::{CardShown, Credential, Faults, IDENTITY};
use super::state::Web;

/// Most characters of a text that somebody agrees to.
const WORDS: usize = 20_000;
/// Receipts of a page, if nothing is said; the most are as many.
pub(crate) const PAGE: u32 = 100;

/// What stands on a receipt, or on the card's statement.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LookUpRequest {
    /// The day of the visit, where the store stands.
    #[schema(format = "date", example = "2026-11-24")]
    date: String,
    /// The card's last four digits.
    #[schema(pattern = "^[0-9]{4}$", example = "4242")]
    last_four: String,
    /// What was paid, exactly.
    #[schema(pattern = "^[0-9]{1,9}([.][0-9]{1,4})?$", example = "14.27")]
    total: String,
    /// Who asks, such as the network address that the page was asked from: misses are counted for each. Only its
    /// hash is kept, for a day.
    #[schema(min_length = 1, max_length = 255, example = "203.0.113.7")]
    asker: String,
}

/// What may be told of a receipt to whoever knows what stands on the card's statement.
#[derive(Serialize, ToSchema)]
pub(crate) struct RedactedView {
    /// The store's name.
    store: String,
    /// The day of the visit, as the language writes it.
    day: String,
    /// What was paid, as the language writes it.
    total: String,
    /// The cards, as far as they may be shown.
    cards: Vec<String>,
    /// How many things were bought.
    items: u32,
}

/// Somebody holds their card to a reader to see their receipts.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OfCardRequest {
    /// The card.
    card: CardShown,
    /// `next` of the page before; none for the newest.
    #[serde(default)]
    #[schema(format = "uuid")]
    before: Option<String>,
}

/// Receipts, the newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReceiptsView {
    /// The receipts.
    receipts: Vec<ReceiptInList>,
    /// Give this as `before` for the next page; none on the last.
    #[schema(format = "uuid")]
    next: Option<String>,
}

/// A receipt in a list.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReceiptInList {
    /// Its trip.
    #[schema(format = "uuid")]
    trip: String,
    /// The store's short name.
    store: String,
    /// Its number.
    #[schema(example = "000042")]
    number: String,
    /// The day of the visit, where the store stands.
    #[schema(format = "date")]
    date: String,
    /// What was paid.
    #[schema(example = "14.27")]
    total: String,
}

/// Somebody wants their receipts by mail.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LinkRequest {
    /// What they show: their card, palm or code.
    credential: Credential,
    /// Where the receipts go.
    #[schema(format = "email", max_length = 254, example = "anna@example.org")]
    address: String,
    /// What they agreed to; mails are in its language.
    consent: TextRead,
}

/// A text that somebody read.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TextRead {
    /// Its version, as the store counts them.
    #[schema(min_length = 1, max_length = 100, example = "2026-11")]
    version: String,
    /// Its language, BCP 47.
    #[schema(pattern = "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$", max_length = 35, example = "de")]
    language: String,
    /// The words. Only their hash is kept.
    #[schema(min_length = 1, max_length = 20000)]
    words: String,
}

/// What came of an address.
#[derive(Serialize, ToSchema)]
pub(crate) struct LinkView {
    /// Whether receipts go there from now on.
    linked: bool,
    /// The trip whose receipt was mailed just now, if there was one lately.
    #[schema(format = "uuid")]
    mailed: Option<String>,
    /// What the person reads.
    text: String,
}

/// A receipt is looked up by what stands on the card's statement
///
/// What is found is told without anything that only its shopper may know. Every miss is answered alike, whatever was
/// wrong, and counted for whoever asks and for the day and card: after ten, nothing is answered for a while.
#[utoipa::path(
    post, path = "/receipts/look-up", operation_id = "look_up", tag = "receipts",
    params(("Accept-Language" = Option<String>, Header, description = "The language of day, total and card.")),
    request_body = LookUpRequest,
    responses((status = 200, description = "The receipt is there.", body = RedactedView)),
)]
pub(crate) async fn look_up(
    State(web): State<Web>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    body: Body<LookUpRequest>,
) -> Result<Json<RedactedView>, Problem> {
    let (query, asker) = body.value.checked(web.currency())?;
    let asker = format!("{} {asker}", caller.0);
    let language = Language::from_tag(&header_values(&headers, ACCEPT_LANGUAGE));
    let now = web.now();
    let found = web.blocking(move |office| {
        let found = office.look_up(&asker, &query, now).map_err(|error| match error {
            OfficeError::People(PeopleError::TooOften { again }) => Problem {
                again_after_s: again.nanos_since(now) / 1_000_000_000 + 1,
                ..Problem::new(
                    Kind::Misses,
                    "Too much was guessed. Wait as long as Retry-After says, or show the card.",
                )
            },
            error => error.into(),
        })?;
        let paper = found.map(|found| office.paper(found.trip, language)).transpose()?;
        Ok(paper.flatten().map(|paper| redacted(&paper)))
    });
    let none = || Problem::new(Kind::ReceiptUnknown, "No receipt was found for this day, card and total.");
    found.await?.map(|found| Json(RedactedView::from(found))).ok_or_else(none)
}

/// The receipts of a card that somebody has with them
#[utoipa::path(
    post, path = "/receipts/of-card", operation_id = "receipts_of_card", tag = "receipts",
    request_body = OfCardRequest,
    responses((status = 200, description = "A page of receipts; empty where the card was never here.", body = ReceiptsView)),
)]
pub(crate) async fn of_card(
    State(web): State<Web>,
    body: Body<OfCardRequest>,
) -> Result<Json<ReceiptsView>, Problem> {
    let OfCardRequest { card, before } = body.value;
    let card = card.checked("/card", Faults::default())?;
    let unnamed = |_| Problem::of(Kind::Lines, vec![Fault::in_body("/before", "a trip is named by a UUID")]);
    let before = before.map(|before| trip_key("before", &before).map_err(unnamed)).transpose()?;
    let page = web.office(move |office| office.receipts_of_card(&card, before, PAGE as usize)).await?;
    Ok(Json(ReceiptsView::new(page, web.currency())))
}

/// The receipt kiosk: an address is typed once
///
/// This receipt and every later one of the card, palm or account that was shown goes there. That its owner agreed is
/// kept with it.
#[utoipa::path(
    post, path = "/receipts/kiosk", operation_id = "link", tag = "receipts",
    params(("Idempotency-Key" = Option<String>, Header, description = "Your name of this request, best a UUID. Without one, a request that is sent twice mails twice.", min_length = 1, max_length = 255, pattern = "^[!-~]+$")),
    request_body = LinkRequest,
    responses((status = 200, description = "What came of it.", body = LinkView)),
)]
pub(crate) async fn link(
    State(web): State<Web>,
    Extension(caller): Extension<Caller>,
    key: RequestKey,
    body: Body<LinkRequest>,
) -> Result<Response, Problem> {
    let request = key.request(&caller, body.hash);
    let LinkRequest { credential, address, consent } = body.value;
    let mut faults = Faults::default();
    consent.check("/consent", &mut faults);
    let address = faults.take("/address", MailAddress::parse(&address).map_err(|error| error.to_string()));
    let shown = credential.checked(faults)?;
    let address = address.ok_or_else(|| Problem::broken("an address with a fault that was not named"))?;
    let now = web.now();
    let work = move |office: &Office| {
        let linked = office.link_email(shown, address, &consent.as_text(), now)?;
        once::text(&LinkView::from(linked))
    };
    let answer = once::outside(&web, request, now, work).await?;
    once::answer(StatusCode::OK, answer)
}

impl LookUpRequest {
    fn checked(self, currency: Currency) -> Result<(ReceiptQuery, String), Problem> {
        let mut faults = Faults::default();
        faults.text("/asker", &self.asker, IDENTITY);
        let last_four = LastFour::try_from(self.last_four).map_err(|error| error.to_string());
        let last_four = faults.take("/last_four", last_four);
        let total_minor = faults.take("/total", amount::minor(&self.total, currency));
        let written = self.date.len() == 10 && self.date.is_ascii() && self.date.as_bytes()[4] == b'-';
        let date = self.date.parse().ok().filter(|_| written);
        let date = faults.take("/date", date.ok_or("a day is written as 2026-11-24"));
        faults.done()?;
        let query = date.zip(last_four).zip(total_minor);
        let ((date, last_four), total_minor) =
            query.ok_or_else(|| Problem::broken("a question with a fault that was not named"))?;
        Ok((ReceiptQuery { date, last_four, total_minor }, self.asker))
    }
}

impl TextRead {
    /// Notes what is wrong with it. `place` is where it stands.
    pub(crate) fn check(&self, place: &str, faults: &mut Faults) {
        faults.text(&format!("{place}/version"), &self.version, 100);
        let words = self.words.chars().count();
        if self.words.trim().is_empty() || words > WORDS {
            faults.add(
                &format!("{place}/words"),
                format!("a text has 1 to {WORDS} characters, not only blanks"),
            );
        }
    }

    pub(crate) fn as_text(&self) -> ConsentText<'_> {
        ConsentText { version: &self.version, language: &self.language, words: &self.words }
    }
}

impl From<Redacted> for RedactedView {
    fn from(redacted: Redacted) -> Self {
        let Redacted { store, day, total, cards, items, .. } = redacted;
        Self { store, day, total, cards, items }
    }
}

impl From<LinkedEmail> for LinkView {
    fn from(linked: LinkedEmail) -> Self {
        match linked {
            LinkedEmail::Linked(_, mailed) => Self {
                linked: true,
                mailed: mailed.map(|trip| trip.to_string()),
                text: "Your receipts come by mail from now on.".to_owned(),
            },
            LinkedEmail::Unknown(reason) => Self { linked: false, mailed: None, text: reason.to_string() },
        }
    }
}

impl ReceiptsView {
    pub(crate) fn new(page: Page, currency: Currency) -> Self {
        let receipt = |row: ReceiptRow| ReceiptInList {
            trip: row.trip.to_string(),
            store: row.store,
            number: row.number,
            date: row.date,
            total: decimal(row.total_minor, currency),
        };
        Self {
            receipts: page.rows.into_iter().map(receipt).collect(),
            next: page.before.map(|trip| trip.to_string()),
        }
    }
}
