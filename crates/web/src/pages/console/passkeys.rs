//! Passkeys: what `assets/passkey.js` asks for and sends, to add one and to sign in with one.
//!
//! Forms carry bytes as base64url; answers are JSON: what a challenge needs, where to go `next`, or `why` not.

use axum::Json;
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use office::{NewPasskey, PasskeyProof, SignIn, Visitor};
use serde::Deserialize;
use serde_json::{Value, json};

use super::desk::{Desk, Nothing};
use super::me;
use crate::pages::client::Client;
use crate::pages::error::PageError;
use crate::pages::session::{Sent, begin_staff};
use crate::pages::site::Site;
use crate::pages::speech::Speech;

/// Bytes in a form.
#[derive(Deserialize)]
#[serde(try_from = "String")]
struct Binary(Vec<u8>);

impl TryFrom<String> for Binary {
    type Error = base64::DecodeError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        URL_SAFE_NO_PAD.decode(text).map(Self)
    }
}

/// Bytes as forms and scripts have them.
pub(super) fn binary(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The host that passkeys are bound to; none where browsers would take none, as an IP address.
pub(super) async fn host(site: &Site) -> Result<Option<String>, PageError> {
    let host = site.office(|office| Ok(office.passkey_host().ok())).await?;
    let is_name = |host: &String| !host.contains(['[', ']']) && host.parse::<std::net::IpAddr>().is_err();
    Ok(host.filter(is_name))
}

fn refused(status: StatusCode, why: &str) -> Response {
    (status, Json(json!({ "why": why }))).into_response()
}

/// `POST /console/passkeys/challenge`: what a browser needs to make a passkey for whoever is signed in.
pub(super) async fn challenge(desk: Desk, sent: Sent<Nothing>) -> Result<Json<Value>, PageError> {
    sent.of(&desk.staff.session)?;
    let (key, now) = (desk.staff.member.key, desk.now());
    let (host, challenge, known) = desk
        .office(move |office| {
            Ok((office.passkey_host()?, office.passkey_challenge(Some(key), now)?, office.passkeys(key)?))
        })
        .await?;
    let known: Vec<String> = known.iter().map(|passkey| binary(&passkey.credential)).collect();
    Ok(Json(json!({
        "challenge": challenge,
        "host": host,
        "store": desk.site.web.store_name(),
        "user": binary(key.as_bytes()),
        "name": desk.staff.member.name,
        "known": known,
    })))
}

/// A passkey that a browser made.
#[derive(Deserialize)]
pub(super) struct New {
    client_data: Binary,
    authenticator_data: Binary,
    label: String,
}

/// `POST /console/passkeys`: whoever is signed in may sign in with it from now on.
pub(super) async fn add(desk: Desk, sent: Sent<New>) -> Result<Response, PageError> {
    let new = sent.of(&desk.staff.session)?;
    let (key, now) = (desk.staff.member.key, desk.now());
    let passkey = NewPasskey {
        client_data: new.client_data.0,
        authenticator_data: new.authenticator_data.0,
        label: new.label,
    };
    match desk.office(move |office| office.register_passkey(key, passkey, now)).await {
        Ok(()) => Ok(Json(json!({ "next": me::HERE })).into_response()),
        Err(PageError::NotNow(why)) => Ok(refused(StatusCode::CONFLICT, &why)),
        Err(other) => Err(other),
    }
}

/// Which passkey.
#[derive(Deserialize)]
pub(super) struct Which {
    credential: Binary,
}

/// `POST /console/passkeys/remove`: a passkey of whoever is signed in counts no more. All their sessions end with
/// it, so this browser gets a new one.
pub(super) async fn remove(desk: Desk, sent: Sent<Which>) -> Result<Response, PageError> {
    let Which { credential } = sent.of(&desk.staff.session)?;
    let (key, by, now) = (desk.staff.member.key, desk.staff.member.actor(), desk.now());
    let token = desk
        .office(move |office| {
            let gone = office.remove_passkey(key, &credential.0, by, now)?;
            gone.then(|| office.open_session(Visitor::Staff(key), now)).transpose()
        })
        .await?;
    let token = token.ok_or(PageError::NotFound)?;
    Ok((begin_staff(&token), Redirect::to(me::HERE)).into_response())
}

/// `POST /console/passkeys/sign-in/challenge`: what a browser needs to sign in with a passkey. Each is kept for some
/// minutes, so a client may ask for so many only.
pub(super) async fn sign_in_challenge(
    State(site): State<Site>,
    speech: Speech,
    client: Client,
) -> Result<Response, PageError> {
    let now = site.web.now();
    if !site.challenges.may(&client, now) {
        let why = speech
            .say("Too many tries. Please wait an hour.", "Zu viele Versuche. Bitte warten Sie eine Stunde.");
        return Ok(refused(StatusCode::TOO_MANY_REQUESTS, why));
    }
    let (host, challenge) =
        site.office(move |office| Ok((office.passkey_host()?, office.passkey_challenge(None, now)?))).await?;
    Ok(Json(json!({ "challenge": challenge, "host": host })).into_response())
}

/// What a browser says to sign in.
#[derive(Deserialize)]
pub(super) struct Proof {
    credential: Binary,
    client_data: Binary,
    authenticator_data: Binary,
    signature: Binary,
}

/// `POST /console/passkeys/sign-in`. Whatever is wrong, the answer is the same.
pub(super) async fn sign_in(
    State(site): State<Site>,
    speech: Speech,
    Form(proof): Form<Proof>,
) -> Result<Response, PageError> {
    let now = site.web.now();
    let proof = PasskeyProof {
        credential: proof.credential.0,
        client_data: proof.client_data.0,
        authenticator_data: proof.authenticator_data.0,
        signature: proof.signature.0,
    };
    Ok(match site.office(move |office| office.sign_in_passkey(proof, now)).await? {
        SignIn::Welcome(token, _) => {
            (begin_staff(&token), Json(json!({ "next": "/console" }))).into_response()
        }
        SignIn::Wrong | SignIn::Wait { .. } => {
            let why = speech.say(
                "This passkey does not count here, or it took too long. Try again, or sign in with your password.",
                "Dieser Passkey gilt hier nicht, oder es dauerte zu lange. Versuchen Sie es noch einmal, oder melden Sie sich mit Passwort an.",
            );
            refused(StatusCode::UNAUTHORIZED, why)
        }
    })
}
