//! The pages that a visitor of a demo can open, after a visit and signed in as its owner.

use crate::browser::Browser;

/// A name for the picture of each, its address, and an element that must be there.
const PAGES: &[(&str, &str, &str)] = &[
    ("demo", "/demo", "#floor .plate"),
    ("mailbox", "/demo/mail", "main h1"),
    ("look-up", "/look-up", "form"),
    ("app-sign-in", "/app/sign-in", "form"),
    ("app", "/app", "#qr svg"),
    ("app-cart", "/app/cart", "main h1"),
    ("app-receipts", "/app/receipts", "main h1"),
    ("app-cards", "/app/cards", "main h1"),
    ("app-privacy", "/app/privacy", "main h1"),
    ("app-delete", "/app/privacy/delete", "main h1"),
    ("vault", "/vault", "form"),
    ("kiosk", "/kiosk", "main h1"),
    ("kiosk-entry", "/kiosk/entry", "form"),
    ("kiosk-palm", "/kiosk/palm", "main h1"),
    ("kiosk-palm-forget", "/kiosk/palm/forget", "form"),
    ("palm", "/palm", "main h1"),
    ("palm-receipt", "/palm/receipt", "form"),
    ("app-palm", "/app/palm", "main h1"),
    ("kiosk-receipt", "/kiosk/receipt", "form"),
    ("console-sign-in", "/console/sign-in", "form"),
    ("console", "/console", "main h1"),
    ("console-floor", "/console/floor", "#floor .plate"),
    ("console-trips", "/console/trips", "main h1"),
    ("console-reviews", "/console/reviews", "main h1"),
    ("console-disputes", "/console/disputes", "main h1"),
    ("console-debts", "/console/debts", "main h1"),
    ("console-devices", "/console/devices", "main h1"),
    ("console-catalogue", "/console/catalogue", "main h1"),
    ("console-planogram", "/console/planogram", "main h1"),
    ("console-figures", "/console/figures", "main h1"),
    ("console-staff", "/console/staff", "main h1"),
    ("console-me", "/console/me", "main h1"),
    ("console-audit", "/console/audit", "main h1"),
];

/// Pages that are about something that happened: a name, the page that leads there (an address, or a name above), the
/// link on it, and an element that must be there.
const LINKED: &[(&str, &str, &str, &str)] = &[
    ("app-receipt", "/app/receipts", "a.row", ".receipt"),
    ("app-receipt-print", "app-receipt", "a[href$='/print']", "table"),
    ("app-wrong", "app-receipt", ".line a", "main form fieldset"),
    ("console-trip", "/console/trips?state=paid", "main td a", ".timeline"),
    ("console-evidence", "console-trip", "a[href*='/sure/']", ".curve"),
    ("console-receipt", "console-trip", "a[href$='/receipt']", "table"),
    ("console-review", "/console/reviews", "main td a.second", "#decide"),
    ("console-member", "/console/staff", "main a[href^='/console/staff/']", "main h1"),
    ("mail", "/demo/mail", ".mails a", "table"),
];

impl Browser {
    /// All pages: a name, the address, and an element that must be there. Links are read and not clicked, because
    /// nothing tells when a browser has left the page with the link.
    pub(crate) async fn all_pages(&self) -> Vec<(&'static str, String, &'static str)> {
        let mut all: Vec<_> =
            PAGES.iter().map(|(name, path, element)| (*name, (*path).to_owned(), *element)).collect();
        for (name, from, link, element) in LINKED {
            let above = all.iter().find(|(above, ..)| above == from).map(|(_, path, _)| path.clone());
            self.open(above.as_deref().unwrap_or(from)).await;
            let href = self.find(link).await.attr("href").await.unwrap();
            all.push((name, href.unwrap(), element));
        }
        all
    }
}
