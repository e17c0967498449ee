//! The frame of the app's pages: the content, and the bar at the bottom.

use maud::{Markup, html};

use crate::pages::layout::{Frame, page};
use crate::pages::speech::Speech;

/// The places of the app.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Tab {
    Code,
    Cart,
    Receipts,
    Cards,
    Me,
}

impl Tab {
    const ALL: [Self; 5] = [Self::Code, Self::Cart, Self::Receipts, Self::Cards, Self::Me];

    fn address(self) -> &'static str {
        match self {
            Self::Code => "/app",
            Self::Cart => "/app/cart",
            Self::Receipts => "/app/receipts",
            Self::Cards => "/app/cards",
            Self::Me => "/app/privacy",
        }
    }

    fn name(self, speech: Speech) -> &'static str {
        match self {
            Self::Code => "Code",
            Self::Cart => speech.say("Cart", "Korb"),
            Self::Receipts => speech.say("Receipts", "Quittungen"),
            Self::Cards => speech.say("Cards", "Karten"),
            Self::Me => speech.say("You", "Sie"),
        }
    }

    /// Its picture, drawn with lines in a square of 24.
    fn picture(self) -> &'static str {
        match self {
            Self::Code => "M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2v2h-2zM18 18h2v2h-2zM18 14h2M14 18v2",
            Self::Cart => "M3 5h2l2.5 10h9L19 8H6.5M9 19.5h.01M16 19.5h.01",
            Self::Receipts => "M6 3h12v18l-3-2-3 2-3-2-3 2zM9 8h6M9 12h6",
            Self::Cards => "M3 6h18v12H3zM3 10h18M6 15h4",
            Self::Me => "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21c1-5 4-6.500 8-6.500s7 1.500 8 6.500",
        }
    }
}

/// A page of somebody who is signed in.
pub(super) fn tabbed(
    speech: Speech,
    title: &str,
    tab: Tab,
    scripts: &[&'static str],
    body: &Markup,
) -> Markup {
    let body = html! {
        div.screen { (body) }
        nav.tabs aria-label=(speech.say("App", "App")) {
            @for other in Tab::ALL {
                a href=(other.address()) aria-current=[(other == tab).then_some("page")] {
                    svg viewBox="0 0 24 24" aria-hidden="true" { path d=(other.picture()) {} }
                    span { (other.name(speech)) }
                }
            }
        }
    };
    page(speech, &Frame { title, kind: "app", scripts, navigation: None }, &body)
}

/// A page of somebody who is not.
pub(super) fn outside(speech: Speech, title: &str, body: &Markup) -> Markup {
    let body = html! { div.screen.outside { (body) } };
    page(speech, &Frame { title, kind: "app", scripts: &[], navigation: None }, &body)
}
