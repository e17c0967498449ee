//! A palm at the gate's screen: pictures come one after the other until the office has decided.

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use model::CredentialKind;
use office::Shown;
use palm::PersonId;
use serde_json::json;

use super::entry::refusal;
use crate::pages::cookies;
use crate::pages::demo::{Visitor, come_in};
use crate::pages::error::PageError;
use crate::pages::palm::{HOVER_S, Hover, Lit, Look, Say, guide, locked, say, too_large};
use crate::pages::site::Site;
use crate::pages::speech::Speech;

/// The cookie with the ticket of the hand that is held to the gate.
const COOKIE: &str = "hover";

/// What a picture led to.
enum Found {
    /// What to tell.
    Tell {
        say: &'static str,
        /// How to light the next picture.
        light: Option<&'static str>,
    },
    /// It does not look alive.
    NotLive,
    /// Nobody's who is enrolled.
    Nobody,
    /// Somebody's.
    Somebody(PersonId),
}

/// `POST /kiosk/entry/palm`: one picture of a hand at the gate. It is looked at and dropped.
pub(super) async fn picture(
    State(site): State<Site>,
    speech: Speech,
    visitor: Visitor,
    Query(lit): Query<Lit>,
    headers: HeaderMap,
    picture: Result<Bytes, BytesRejection>,
) -> Result<Response, PageError> {
    site.demo()?;
    let Ok(picture) = picture else {
        return Ok(Json(json!({ "say": too_large(speech) })).into_response());
    };
    let (now, eye) = (site.web.now(), site.palms.eye()?);
    let known = cookies::get(&headers, COOKIE).unwrap_or_default().to_owned();
    let (ticket, cookie) = match site.palms.hovers.find(&known, now) {
        Some(_) => (known, HeaderMap::new()),
        None => {
            let ticket = site.palms.hovers.open(Hover::new(eye.watch()), now);
            let cookie = cookies::header(COOKIE, &ticket, HOVER_S);
            (ticket, cookie)
        }
    };
    let hover = site.palms.hovers.find(&ticket, now).ok_or(PageError::NotFound)?;
    let found = site.office(move |office| {
        let mut hover = locked(&hover);
        let look = hover.look(&picture, now, lit.lamp());
        let light = hover.lamp().map(Lit::word);
        Ok(match look {
            Look::Guide(refusal) => Found::Tell { say: guide(speech, refusal), light },
            Look::More => Found::Tell { say: say(speech, Say::Hold), light },
            Look::NotLive => Found::NotLive,
            Look::Enough(side, seen) => match office.whose_palm(side, &[*seen])? {
                Some(person) => Found::Somebody(person),
                None if hover.missed() => Found::Nobody,
                None => Found::Tell { say: say(speech, Say::Hold), light },
            },
        })
    });
    let found = found.await?;
    if let Found::Tell { say, light } = found {
        return Ok((cookie, Json(json!({ "say": say, "light": light }))).into_response());
    }
    drop(site.palms.hovers.take(&ticket, now));
    let (opens, text) = answer(&site, speech, &visitor, found).await?;
    let title = if opens { speech.say("Welcome", "Willkommen") } else { speech.say("Sorry", "Leider nicht") };
    let told = json!({ "end": true, "opens": opens, "title": title, "text": text });
    Ok((cookies::header(COOKIE, "", 0), Json(told)).into_response())
}

/// What the gate says. The way in without a palm is named with every no.
async fn answer(
    site: &Site,
    speech: Speech,
    visitor: &Visitor,
    found: Found,
) -> Result<(bool, String), PageError> {
    let person = match found {
        Found::Somebody(person) => person,
        Found::NotLive => return Ok((false, other_way(speech, say(speech, Say::NotLive)))),
        Found::Nobody | Found::Tell { .. } => {
            let text = speech.say("We don’t know this palm.", "Diese Handfläche kennen wir nicht.");
            return Ok((false, other_way(speech, text)));
        }
    };
    let shown = Shown::Palm { identity: person.to_string() };
    Ok(match come_in(site, visitor, CredentialKind::Palm, shown, None).await? {
        Ok(_) => {
            let text = speech
                .say("Come in, and take what you like.", "Kommen Sie herein, nehmen Sie, was Sie möchten.");
            (true, text.to_owned())
        }
        Err(reason) => (false, refusal(speech, &reason)),
    })
}

fn other_way(speech: Speech, text: &str) -> String {
    format!(
        "{text} {}",
        speech.say("Card or code will do just as well.", "Karte oder Code gehen genauso gut.")
    )
}
