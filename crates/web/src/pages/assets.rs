//! What pages load: one style sheet, a few scripts, a mark. All are part of the program.

use std::sync::LazyLock;

use axum::Router;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sha2::{Digest, Sha256};

use super::site::Site;

/// A file that pages load.
struct Asset {
    name: &'static str,
    kind: &'static str,
    text: &'static str,
}

/// Declares the files by their names in `assets/`.
macro_rules! assets {
    ($($name:literal: $kind:literal),* $(,)?) => {
        const ASSETS: &[Asset] =
            &[$(Asset { name: $name, kind: $kind, text: include_str!(concat!("assets/", $name)) }),*];
    };
}

assets! {
    "style.css": "text/css",
    "icon.svg": "image/svg+xml",
    "app.js": "text/javascript",
    "app.webmanifest": "application/manifest+json",
    "cards.js": "text/javascript",
    "cart.js": "text/javascript",
    "code.js": "text/javascript",
    "console.js": "text/javascript",
    "demo.js": "text/javascript",
    "floor.js": "text/javascript",
    "fresh.js": "text/javascript",
    "kiosk.js": "text/javascript",
    "palm.js": "text/javascript",
    "passkey.js": "text/javascript",
    "qr.js": "text/javascript",
    "review.js": "text/javascript",
    "scan.js": "text/javascript",
    "upload.js": "text/javascript",
    "vault.js": "text/javascript",
}

/// Changes with every change of any file, so that browsers may keep them for good.
static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut digest = Sha256::new();
    ASSETS.iter().for_each(|asset| digest.update(asset.text));
    digest.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect()
});

/// Where a file is. Scripts load one another by relative addresses, so they stay within one version.
pub(crate) fn address(name: &str) -> String {
    format!("/assets/{}/{name}", *VERSION)
}

/// The files.
pub(crate) fn routes() -> Router<Site> {
    ASSETS
        .iter()
        .fold(Router::new(), |router, asset| router.route(&address(asset.name), get(async || file(asset))))
}

fn file(asset: &'static Asset) -> Response {
    let kind = format!("{}; charset=utf-8", asset.kind);
    let kind = HeaderValue::try_from(kind).unwrap_or(HeaderValue::from_static("text/plain"));
    let keep = HeaderValue::from_static("public, max-age=31536000, immutable");
    ([(CONTENT_TYPE, kind), (CACHE_CONTROL, keep)], asset.text).into_response()
}
