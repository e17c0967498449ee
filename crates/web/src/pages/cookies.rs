//! Cookies: set for this site alone, and never readable by a script.

use axum::http::HeaderMap;
use axum::http::header::{COOKIE, SET_COOKIE};

/// A year, seconds.
pub(crate) const YEAR_S: u32 = 365 * 24 * 3600;

/// The value of a cookie.
pub(crate) fn get<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers.get_all(COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let mut pairs = all.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(this, _)| *this == name).map(|(_, value)| value)
}

/// A cookie for so many seconds; 0 takes it away. The value must be plain: letters, digits, `-`, `_`, `.`, `/`.
///
/// `Secure` is not set: the server stands behind a proxy that speaks TLS, or on the loopback of a laptop; the proxy's
/// `Strict-Transport-Security` keeps browsers from speaking without.
pub(crate) fn set(name: &str, value: &str, seconds: u32) -> String {
    format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax")
}

/// The header that sets a cookie.
pub(crate) fn header(name: &str, value: &str, seconds: u32) -> HeaderMap {
    let cookie = set(name, value, seconds).parse().ok();
    cookie.map(|cookie| (SET_COOKIE, cookie)).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, "a=1; language=de".parse().unwrap());
        headers.append(COOKIE, "session=x-_Y".parse().unwrap());
        assert_eq!(get(&headers, "language"), Some("de"));
        assert_eq!(get(&headers, "session"), Some("x-_Y"));
        assert_eq!(get(&headers, "lang"), None);
    }
}
