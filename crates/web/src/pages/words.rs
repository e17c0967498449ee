//! Amounts, days and cards, as pages write them.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use model::{Money, Time};
use office::{PeopleError, Policy};
use pricing::Quantity;

use super::speech::Speech;

/// An amount.
pub(crate) fn money(speech: Speech, amount: Money) -> String {
    receipts::money(amount, speech.0)
}

/// A day of the tables (`2026-11-24`), as people write it.
pub(crate) fn day(speech: Speech, iso: &str) -> String {
    let date = iso.parse::<jiff::civil::Date>();
    date.map_or_else(
        |_| iso.to_owned(),
        |date| date.strftime(speech.say("%-d %b %Y", "%d.%m.%Y")).to_string(),
    )
}

/// A moment where the store stands.
pub(crate) fn moment(speech: Speech, policy: &Policy, at: Time) -> String {
    let zone = TimeZone::get(&policy.time_zone).unwrap_or(TimeZone::UTC);
    let at = Timestamp::from_nanosecond(i128::from(at.nanos())).unwrap_or_default().to_zoned_datetime(zone);
    at.strftime(speech.say("%-d %b %Y, %H:%M", "%d.%m.%Y, %H:%M")).to_string()
}

/// How much of something: `2 ×`, `512 g`.
pub(crate) fn quantity(quantity: Quantity) -> String {
    match quantity {
        Quantity::Units(units) => format!("{units}\u{a0}×"),
        Quantity::Grams(grams) => format!("{grams}\u{a0}g"),
    }
}

/// A card as shoppers know it: `Visa •••• 4242`. Screen readers say that it ends so.
pub(crate) fn card(speech: Speech, brand: &str, last_four: &str) -> Markup {
    let mut letters = brand.chars();
    let brand: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    html! {
        span.cardmark aria-label=(format!("{brand}, {} {last_four}", speech.say("ending in", "endet auf"))) {
            (brand) " ••••\u{a0}" (last_four)
        }
    }
}

/// What is not possible with what is known of people, in the visitor's language.
pub(crate) fn people_error(speech: Speech, error: &PeopleError) -> String {
    let text = match error {
        PeopleError::CardTaken => speech.say(
            "This card is in another account. Remove it there first.",
            "Diese Karte gehört zu einem anderen Konto. Entfernen Sie sie dort zuerst.",
        ),
        PeopleError::NoCard => speech.say("There is no such card here.", "Diese Karte gibt es hier nicht."),
        PeopleError::AddressProven => speech.say(
            "The receipts of this account go to an address that was confirmed. Change it in the app.",
            "Die Quittungen dieses Kontos gehen an eine bestätigte Adresse. Ändern Sie sie in der App.",
        ),
        PeopleError::AddressTaken => speech.say(
            "This address belongs to another account. Sign in with it instead.",
            "Diese Adresse gehört zu einem anderen Konto. Melden Sie sich damit an.",
        ),
        PeopleError::TooManyMails(_) => speech.say(
            "Several mails with a link went to this address within the hour. Use one of them, or wait.",
            "An diese Adresse gingen in der letzten Stunde schon mehrere Links. Nutzen Sie einen davon, oder warten Sie.",
        ),
        PeopleError::BadToken => speech.say(
            "This link was used, or has run out. Ask for a new one.",
            "Dieser Link wurde schon benutzt oder ist abgelaufen. Fordern Sie einen neuen an.",
        ),
        PeopleError::PalmTaken => speech.say(
            "This palm is known with another card. Delete it first: here with that card, in the app, or with our staff.",
            "Diese Handfläche ist mit einer anderen Karte bekannt. Löschen Sie sie zuerst: hier mit jener Karte, in der App oder bei unserem Personal.",
        ),
        PeopleError::NoConsent => speech.say(
            "That took too long. Please begin anew.",
            "Das hat zu lange gedauert. Bitte beginnen Sie neu.",
        ),
        PeopleError::NoPalm => speech.say(
            "There is no palm here, or it was deleted.",
            "Hier ist keine Handfläche, oder sie wurde gelöscht.",
        ),
        PeopleError::TooLong(_) => speech.say("This text is too long.", "Dieser Text ist zu lang."),
        other => return other.to_string(),
    };
    text.to_owned()
}
