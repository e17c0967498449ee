//! A visitor of a simulated store before its kiosk for palms.

use super::{Answer, Served};

/// Milliseconds between two pictures.
pub const PICTURE_MS: i64 = 130;

/// Somebody with a browser.
pub struct Kiosk {
    pub store: Served,
    cookie: String,
}

impl Kiosk {
    pub fn new() -> Self {
        Self::before(Served::demo())
    }

    pub fn before(store: Served) -> Self {
        let cookie = cookies(&store.page("/kiosk", ""));
        Self { store, cookie }
    }

    pub fn get(&self, path: &str) -> Answer {
        self.store.page(path, &self.cookie)
    }

    /// A form; cookies that come with the answer are kept.
    pub fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let answer = self.store.form(path, &self.cookie, fields);
        self.keep(&answer);
        answer
    }

    /// A picture from the camera, as long after the one before as pages send them.
    pub fn picture(&mut self, path: &str, picture: &[u8]) -> Answer {
        self.store.pass_ms(PICTURE_MS);
        let headers = [
            ("cookie", self.cookie.as_str()),
            ("content-type", "image/jpeg"),
            ("sec-fetch-site", "same-origin"),
        ];
        let answer = self.store.ask("POST", path, &headers, picture);
        self.keep(&answer);
        answer
    }

    fn keep(&mut self, answer: &Answer) {
        let new = cookies(answer);
        let name = |pair: &str| pair.split('=').next().unwrap_or_default().to_owned();
        if !new.is_empty() {
            let old = self.cookie.split("; ").filter(|pair| name(pair) != name(&new));
            self.cookie = old.chain([new.as_str()]).collect::<Vec<_>>().join("; ");
        }
    }

    /// One person enrols: consent, card, and each hand twice.
    pub fn enrol(&mut self, card: &str, person: &str) -> Answer {
        assert_eq!(self.post("/kiosk/palm", &[("agreed", "palm-2")]).headers["location"], "/kiosk/palm/card");
        assert_eq!(self.post("/kiosk/palm/card", &[("card", card)]).headers["location"], "/kiosk/palm/hands");
        for side in ["left", "right"] {
            for _ in 0..2 {
                self.picture("/kiosk/palm/picture", format!("{side} {person}").as_bytes());
            }
        }
        self.post("/kiosk/palm/finish", &[])
    }

    /// A hand at the gate until there is an answer.
    pub fn hover(&mut self, picture: &str) -> serde_json::Value {
        self.hover_with(|| picture.as_bytes().to_vec())
    }

    /// The same, each look with a picture of its own.
    pub fn hover_with(&mut self, mut look: impl FnMut() -> Vec<u8>) -> serde_json::Value {
        for _ in 0..60 {
            let told = self.picture("/kiosk/entry/palm", &look()).json();
            if told["end"] == true {
                return told;
            }
        }
        panic!("the gate says nothing");
    }
}

fn cookies(answer: &Answer) -> String {
    let set = answer.headers.get("set-cookie").map(String::as_str).unwrap_or_default();
    set.lines().next().unwrap_or_default().split(';').next().unwrap_or_default().to_owned()
}
