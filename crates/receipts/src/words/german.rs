//! German.

use super::Words;

pub(super) static WORDS: Words = Words {
    tag: "de",
    point: ',',
    thousands: '.',
    symbol_first: false,
    before_percent: "\u{a0}",
    day_format: "%d.%m.%Y",

    receipt_from: |store| format!("Ihr Kassenbon von {store}"),
    subject: |store, total| format!("Ihr Kassenbon von {store}: {total}"),
    refund_subject: |store, refunded| format!("Ihre Erstattung von {store}: {refunded}"),
    owed_subject: |store, owed| format!("Ihr Kassenbon von {store}: noch {owed} offen"),

    number: "Bon",
    visit: "Besuch",
    party: "Gruppe",
    people: |count| if count == 1 { "1 Person".into() } else { format!("{count} Personen") },
    items: |count| format!("{count} Artikel"),

    product: "Artikel",
    amount: "Betrag",
    deposit: "Pfand",
    subtotal: "Zwischensumme",
    total: "Summe",
    tax_included: "enthaltene MwSt.",
    tax_added: "Steuer",
    net: "Netto",
    tax: "Steuer",
    gross: "Brutto",

    payment: "Zahlung",
    card: "Karte",
    paid_with: |card| format!("Bezahlt mit {card}"),
    paid_in_parts: |parts| format!("In {parts} Teilen bezahlt"),
    held: "aus der Reservierung am Eingang",
    rest: "nach dem Besuch abgebucht",
    paid_later: "später bezahlt",
    nothing_to_pay: "Nichts zu bezahlen",
    staff: "Von Mitarbeitenden entnommen, nichts berechnet",
    still_to_pay: |amount| format!("Noch {amount} offen"),
    owed: "Noch offen",

    refunds: "Erstattungen",
    refunded_on: |day, reason| format!("{day}: {reason}"),
    refunded_to: |card| format!("auf {card}"),
    refunded: |amount| format!("{amount} erstattet"),
    after_refunds: "Summe nach Erstattungen",
    not_taken: "nicht mitgenommen",
    wrong_product: "falscher Artikel berechnet",
    wrong_price: "falscher Preis",
    damaged: "nicht in gutem Zustand",
    returned: "zurückgebracht",
    goodwill: "aus Kulanz",

    reviewed: |charged, not_charged| {
        let things = |count: u32| {
            if count == 1 { "einen Artikel".into() } else { format!("{count} Artikel") }
        };
        let it = |count: u32| if count == 1 { "ihn" } else { "sie" };
        match (charged, not_charged) {
            (0, 0) => None,
            (0, some) => {
                Some(format!("Wir haben {} geprüft und {} nicht berechnet.", things(some), it(some)))
            }
            (some, 0) => {
                Some(format!("Wir haben {} geprüft, bevor wir {} berechnet haben.", things(some), it(some)))
            }
            (charged, not_charged) => Some(format!(
                "Wir haben {} geprüft: {charged} berechnet, {not_charged} nicht berechnet.",
                things(charged.saturating_add(not_charged))
            )),
        }
    },

    pay_now: "Jetzt bezahlen",
    open_page: "Diesen Bon öffnen",
    not_right: "Stimmt etwas nicht?",
    page_of: |page, pages| format!("Seite {page} von {pages}"),

    bought: "Gekauft",
    hidden: "Was gekauft wurde, sieht nur, wer bezahlt hat: Halten Sie dieselbe Karte an das Lesegerät im Laden, oder \
             lassen Sie sich den Bon an Ihre hinterlegte Adresse schicken.",

    sign_in_subject: |store| format!("App von {store} öffnen"),
    sign_in: "App öffnen",
    sign_in_until: "Dieser Link öffnet die App des Ladens auf dem Gerät, auf dem Sie das lesen. Er gilt einmal, eine Stunde lang.",
    sign_in_not_you: "Haben Sie nicht darum gebeten, hat sich jemand vertippt. Dann müssen Sie nichts tun, und nichts geschieht.",
};
