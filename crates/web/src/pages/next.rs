//! Where a shopper wanted to go before they had to sign in. It is kept in a cookie, since the way in leads through a
//! mailbox, and only their own browser comes back with it.

use axum::extract::OriginalUri;
use axum::http::header::ACCEPT;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};

use super::cookies;

/// The cookie's name.
const COOKIE: &str = "next";
/// As long as a mailed link works, seconds.
const KEPT_S: u32 = 3600;
/// The longest path that is kept, bytes.
const LONGEST: usize = 200;

/// The header that keeps the page which somebody asked for; none where it was no page, or the app's first one.
pub(super) fn keep(parts: &Parts) -> HeaderMap {
    let accept = parts.headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_page = parts.method == Method::GET && accept.contains("text/html");
    let path = parts.extensions.get::<OriginalUri>().map_or("", |OriginalUri(uri)| uri.path());
    match own(path) {
        Some(path) if is_page && path != "/app" => cookies::header(COOKIE, path, KEPT_S),
        _ => HeaderMap::new(),
    }
}

/// The page that is kept, if there is one.
pub(super) fn kept(headers: &HeaderMap) -> Option<&str> {
    cookies::get(headers, COOKIE).and_then(own)
}

/// The cookie that takes it away.
pub(super) fn forget() -> String {
    cookies::set(COOKIE, "", 0)
}

/// The path if it is one of the app, and of plain signs only: nobody is sent elsewhere.
fn own(path: &str) -> Option<&str> {
    let rest = path.strip_prefix("/app")?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_.".contains(&byte);
    let is_own = (rest.is_empty() || rest.starts_with('/'))
        && path.len() <= LONGEST
        && path.bytes().all(plain)
        && !path.contains("//")
        && !path.contains("..");
    is_own.then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_elsewhere() {
        for path in ["/app", "/app/receipts/0190a5c0-0000-7000-8000-000000000000.pdf", "/app/cart"] {
            assert_eq!(own(path), Some(path));
        }
        let long = format!("/app/{}", "a".repeat(LONGEST));
        for path in [
            "",
            "/",
            "/console",
            "/apple",
            "//evil.example/app",
            "https://evil.example/app",
            "/app//evil.example",
            "/app/../console",
            "/app/\\evil.example",
            "/app?x=1",
            "/app/a;b",
            "/app/%0d%0a",
            &long,
        ] {
            assert_eq!(own(path), None, "{path}");
        }
    }
}
