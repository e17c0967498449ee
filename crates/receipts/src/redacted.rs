//! What somebody sees who looks a receipt up without proof that it is theirs.
//!
//! Store, day, last four digits and total are no secret: they stand on a bank statement, and a flatmate, an
//! employer or a finder knows them. So the view repeats them, says how many things were bought, and no more:
//! - no product, no price of one, no tax by rate: a cart tells of health, faith and habits, and a price alone
//!   may name the product;
//! - no time of day and no number of people: they tell who was where with whom;
//! - no e-mail address, no receipt number, no link: they let their reader act as the shopper.
//!
//! It confirms that the receipt is there, and says how to see it whole.

use maud::{Markup, html as markup};

use crate::clean::clean;
use crate::document::ReceiptDocument;
use crate::html::{facts, page, top};
use crate::sheet::{Pair, card, day, item_count};
use crate::words::{Words, words};

/// A receipt without what only its shopper may know.
pub struct Redacted {
    words: &'static Words,
    /// The store's name.
    pub store: String,
    /// The day of the visit, as the language writes it.
    pub day: String,
    /// The total, as the language writes it.
    pub total: String,
    /// The cards it was paid with, brand and last four digits.
    pub cards: Vec<String>,
    /// How many things were bought.
    pub items: u32,
}

/// The receipt without what only its shopper may know: for a look-up by store, day, last four digits and total.
pub fn redacted(document: &ReceiptDocument) -> Redacted {
    let parts = document.parts();
    let words = words(parts.language);
    let mut cards: Vec<_> = parts.payment.charges().iter().map(|charge| card(words, &charge.card)).collect();
    cards.dedup();
    Redacted {
        words,
        store: clean(&parts.store.name),
        day: day(words, &parts.visit.zone, parts.visit.left),
        total: words.money(parts.priced.total, parts.priced.currency),
        cards,
        items: item_count(&parts.priced.lines),
    }
}

impl Redacted {
    /// It as a page, in the receipt's looks.
    pub fn html(&self) -> String {
        let words = self.words;
        let card = markup! {
            (top(&self.store, &self.total, &Markup::default()))
            (facts(&self.facts()))
            p.soft style="color:#5f6159;font-size:15px;margin:24px 0 30px" { (words.hidden) }
        };
        page(words.tag, &(words.receipt_from)(&self.store), &Markup::default(), &card)
    }

    fn facts(&self) -> Vec<Pair> {
        let words = self.words;
        let fact = |label: &str, value: &str| Pair { label: label.to_owned(), value: value.to_owned() };
        [fact(words.visit, &self.day), fact(words.bought, &(words.items)(self.items))]
            .into_iter()
            .chain(self.cards.iter().map(|card| fact(words.card, card)))
            .collect()
    }
}
