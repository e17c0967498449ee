//! Who asks, and whether they may.

use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::middleware::Next;
use axum::response::Response;
use office::Actor;

use super::problem::{Kind, Problem};
use super::state::Web;
use crate::config::{ApiKey, KeyHash, Scope};

/// What a route needs.
#[derive(Clone)]
pub(crate) struct Guard {
    pub(crate) web: Web,
    pub(crate) scope: Scope,
}

/// Who asks: the name of their key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Caller(pub(crate) String);

impl Caller {
    /// As the journal names them.
    pub(crate) fn actor(&self) -> Actor {
        Actor::System(self.0.clone())
    }
}

/// Whose bucket requests without a valid key are taken from. No key has this name: names are not empty.
const NOBODY: &str = "";

/// Lets in who has a key with the route's scope.
pub(crate) async fn keyed(
    State(Guard { web, scope }): State<Guard>,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let Some(key) = key_of(&web.config().keys, request.headers()) else {
        ask(&web, NOBODY)?;
        return Err(Problem::new(
            Kind::Unauthorized,
            "Send `Authorization: Bearer KEY` with a key whose hash is in the store's configuration.",
        ));
    };
    ask(&web, &key.name)?;
    if !key.scopes.contains(&scope) {
        let detail = format!("The key \"{}\" needs the scope \"{}\" for this.", key.name, scope.as_str());
        return Err(Problem::new(Kind::Forbidden, detail));
    }
    let caller = Caller(key.name.clone());
    request.extensions_mut().insert(caller.clone());
    let mut response = next.run(request).await;
    response.extensions_mut().insert(caller);
    Ok(response)
}

/// Lets everybody in, so often.
pub(crate) async fn keyless(web: Web, request: Request, next: Next) -> Result<Response, Problem> {
    ask(&web, NOBODY)?;
    Ok(next.run(request).await)
}

/// Counts a request of a sender.
fn ask(web: &Web, sender: &str) -> Result<(), Problem> {
    if web.may_ask(sender) {
        return Ok(());
    }
    let often = web.config().limits.per_second;
    Err(Problem::new(Kind::TooMany, format!("At most {often} requests a second are taken; wait a second.")))
}

/// The key that was sent. All are compared, so that the time it takes tells nothing.
fn key_of<'a>(keys: &'a [ApiKey], headers: &HeaderMap) -> Option<&'a ApiKey> {
    let sent = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, key) = sent.split_once(' ')?;
    let hash = KeyHash::of(key.trim());
    let fits = scheme.eq_ignore_ascii_case("bearer");
    keys.iter().fold(None, |found, key| if key.sha256.fits(&hash) && fits { Some(key) } else { found })
}
