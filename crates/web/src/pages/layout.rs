//! The frame that every page stands in.

use maud::{DOCTYPE, Markup, html};

use super::assets::address;
use super::speech::Speech;

/// What differs between the frames of pages.
pub(crate) struct Frame<'a> {
    /// Stands in the browser's tab.
    pub(crate) title: &'a str,
    /// What kind of page it is, for the style sheet: `plain`, `demo`, `app`, `vault`, `kiosk` or `console`.
    pub(crate) kind: &'static str,
    /// Scripts by name, such as `floor.js`.
    pub(crate) scripts: &'a [&'static str],
    /// Stands beside the name of the store at the top; nothing at all on kiosks and in the app.
    pub(crate) navigation: Option<Markup>,
}

impl<'a> Frame<'a> {
    /// A page of text.
    pub(crate) fn plain(title: &'a str) -> Self {
        Self { title, kind: "plain", scripts: &[], navigation: Some(html! {}) }
    }
}

/// A whole page.
pub(crate) fn page(speech: Speech, frame: &Frame<'_>, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(speech.tag()) dir="ltr" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                title { (frame.title) " · Saunter" }
                link rel="icon" href=(address("icon.svg")) type="image/svg+xml";
                link rel="stylesheet" href=(address("style.css"));
                @if frame.kind == "app" { link rel="manifest" href=(address("app.webmanifest")); }
                @for script in frame.scripts {
                    script type="module" src=(address(script)) {}
                }
            }
            body class=(frame.kind) {
                a.skip href="#main" { (speech.say("Skip to the content", "Zum Inhalt")) }
                @if let Some(navigation) = &frame.navigation { (header(speech, navigation)) }
                main #main { (body) }
            }
        }
    }
}

fn header(speech: Speech, navigation: &Markup) -> Markup {
    html! {
        header.top {
            a.brand href="/" { (logo()) span { "Saunter" } }
            nav aria-label=(speech.say("Pages", "Seiten")) { (navigation) }
            (language_switch(speech))
        }
    }
}

/// The switch between the two languages.
pub(crate) fn language_switch(speech: Speech) -> Markup {
    let (other, name) = speech.say(("de", "Deutsch"), ("en", "English"));
    html! {
        form.language action="/language" method="post" {
            button.quiet name="language" value=(other) lang=(other) { (name) }
        }
    }
}

/// The mark: a door that stands open.
pub(crate) fn logo() -> Markup {
    html! {
        svg.logo viewBox="0 0 32 32" aria-hidden="true" {
            path d="M5 4h14v24H5z" fill="none" stroke="currentColor" stroke-width="2.5" stroke-linejoin="round" {}
            path d="M19 4l8 4v16l-8 4z" fill="currentColor" {}
            circle cx="15" cy="16" r="1.6" fill="currentColor" {}
        }
    }
}
