//! The words of the office in the visitor's language.

use maud::{Markup, html};
use office::{Actor, DisputeKind, Role, TripState};
use pricing::Quantity;

use crate::pages::speech::Speech;

/// Where a trip stands, as a tag.
pub(super) fn state(speech: Speech, state: TripState) -> Markup {
    let kind = match state {
        TripState::Paid => "good",
        TripState::InReview | TripState::Opened | TripState::Exited => "doubt",
        TripState::Owed | TripState::Declined => "bad",
        _ => "",
    };
    html! { span class={ "tag " (kind) } { (state_word(speech, state)) } }
}

/// Where a trip stands, in a word.
pub(super) fn state_word(speech: Speech, state: TripState) -> &'static str {
    match state {
        TripState::Opened => speech.say("at the gate", "am Tor"),
        TripState::Entered => speech.say("entered", "eingelassen"),
        TripState::Shopping => speech.say("shopping", "im Laden"),
        TripState::Exited => speech.say("left", "gegangen"),
        TripState::InReview => speech.say("in review", "in Prüfung"),
        TripState::Settled => speech.say("settled", "abgerechnet"),
        TripState::Paid => speech.say("paid", "bezahlt"),
        TripState::Empty => speech.say("nothing taken", "nichts genommen"),
        TripState::Declined => speech.say("not let in", "nicht eingelassen"),
        TripState::Owed => speech.say("owed", "offen"),
        TripState::Refunded => speech.say("given back", "erstattet"),
    }
}

/// Where a trip stands, from the table's word.
pub(super) fn state_of(word: &str) -> Option<TripState> {
    TripState::ALL.into_iter().find(|state| state.as_str() == word)
}

/// Who did something.
pub(super) fn actor(speech: Speech, actor: &Actor) -> String {
    match actor {
        Actor::Policy => speech.say("the store's rules", "die Regeln des Ladens").to_owned(),
        Actor::Staff(name) => name.clone(),
        Actor::Shopper => speech.say("the shopper", "der Kunde").to_owned(),
        Actor::System(name) => format!("{} {name}", speech.say("system", "System")),
    }
}

/// What somebody does here.
pub(super) fn role(speech: Speech, role: Role) -> &'static str {
    match role {
        Role::Owner => speech.say("owner", "Inhaber"),
        Role::Operator => speech.say("operator", "Betrieb"),
        Role::Reviewer => speech.say("reviewer", "Prüfer"),
        Role::Support => speech.say("support", "Kundendienst"),
        Role::Viewer => speech.say("viewer", "Zuschauer"),
    }
}

/// Why money is asked back.
pub(super) fn dispute(speech: Speech, kind: DisputeKind) -> &'static str {
    match kind {
        DisputeKind::NotTaken => speech.say("not taken", "nicht genommen"),
        DisputeKind::WrongPrice => speech.say("wrong price", "falscher Preis"),
        DisputeKind::Damaged => speech.say("damaged", "beschädigt"),
        DisputeKind::Returned => speech.say("brought back", "zurückgebracht"),
    }
}

/// How much of something, with its unit.
pub(super) fn quantity(quantity: Quantity) -> String {
    match quantity {
        Quantity::Units(units) => format!("{units} ×"),
        Quantity::Grams(grams) => format!("{grams} g"),
    }
}

/// A probability.
pub(super) fn percent(probability: f64) -> String {
    format!("{:.1} %", probability * 100.0)
}

/// A share of a whole, if there is one.
pub(super) fn share(part: u64, whole: u64) -> String {
    if whole == 0 { "–".to_owned() } else { percent(part as f64 / whole as f64) }
}
