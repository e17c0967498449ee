//! A trip's journal in words.

use maud::{Markup, html};
use model::{CredentialKind, Money, Time};
use office::{Paper, Right, TripEvent, Verdict, Wish};

use super::desk::Desk;
use super::words::{actor, dispute, quantity};

/// All that happened to a trip that the role may see, oldest first.
pub(super) fn timeline(desk: &Desk, history: &[(Time, TripEvent)]) -> Markup {
    let sees_money = desk.may(Right::SeeReceipts);
    let seen = history.iter().filter(|(_, event)| sees_money || !is_about_money(event));
    html! {
        ol.timeline {
            @for (at, event) in seen { li { (desk.local.show(*at)) " " span { (words(desk, event)) } } }
        }
    }
}

fn is_about_money(event: &TripEvent) -> bool {
    matches!(
        event,
        TripEvent::Wanted(_)
            | TripEvent::Held(_)
            | TripEvent::Captured(_)
            | TripEvent::Voided { .. }
            | TripEvent::Declined { .. }
            | TripEvent::Owed { .. }
            | TripEvent::PayBy { .. }
            | TripEvent::RefundDecided(_)
            | TripEvent::Refunded { .. }
            | TripEvent::MailWanted { .. }
            | TripEvent::Mailed { .. }
            | TripEvent::MailFailed { .. }
    )
}

fn words(desk: &Desk, event: &TripEvent) -> String {
    let say = |english: String, german: String| desk.say(english, german);
    let by = |who| actor(desk.speech, who);
    match event {
        TripEvent::Opened { gate, credential: shown, .. } => {
            let shown = credential(desk, *shown);
            say(format!("{shown} shown at gate {gate}"), format!("{shown} am Tor {gate} gezeigt"))
        }
        TripEvent::Refused { reason } => {
            say(format!("the gate stayed shut: {reason}"), format!("das Tor blieb zu: {reason}"))
        }
        TripEvent::Admitted => desk.say("the gate opened", "das Tor ging auf").to_owned(),
        TripEvent::Joined { credential: shown, .. } => {
            let shown = credential(desk, *shown);
            say(format!("somebody joined with {shown}"), format!("jemand kam dazu mit {shown}"))
        }
        TripEvent::WalkedIn => desk.say("seen inside", "im Laden gesehen").to_owned(),
        TripEvent::Flagged { product } => say(
            format!("the shopper says “{product}” is not theirs"),
            format!("der Kunde sagt, „{product}“ sei nicht seins"),
        ),
        TripEvent::Unflagged { product } => say(
            format!("the shopper takes that back for “{product}”"),
            format!("der Kunde nimmt das für „{product}“ zurück"),
        ),
        TripEvent::Left { .. } => desk.say("the last of them left", "der letzte ging hinaus").to_owned(),
        TripEvent::CartClosed(cart) => {
            let (sure, doubtful) = (cart.sure.len(), cart.doubtful.len());
            say(
                format!("the cart is known: {sure} sure lines, {doubtful} doubtful"),
                format!("der Korb steht fest: {sure} sichere Zeilen, {doubtful} zweifelhafte"),
            )
        }
        TripEvent::Reviewed { line, verdict, by: who } => {
            let (line, who) = (line + 1, by(who));
            match verdict {
                Verdict::Charge(some) => {
                    let some = quantity(*some);
                    say(
                        format!("{who}: charge {some} of doubtful line {line}"),
                        format!("{who}: {some} von zweifelhafter Zeile {line} berechnen"),
                    )
                }
                Verdict::Drop => say(
                    format!("{who}: doubtful line {line} is not charged"),
                    format!("{who}: zweifelhafte Zeile {line} wird nicht berechnet"),
                ),
            }
        }
        TripEvent::Cancelled { reason, by: who } => {
            let who = by(who);
            say(format!("called off by {who}: {reason}"), format!("abgebrochen von {who}: {reason}"))
        }
        TripEvent::Settled { number, receipt } => {
            if desk.may(Right::SeeReceipts) {
                let total = receipt.total();
                say(
                    format!("the amount is final: {total}, receipt {number}"),
                    format!("der Betrag steht fest: {total}, Quittung {number}"),
                )
            } else {
                desk.say("the amount is final", "der Betrag steht fest").to_owned()
            }
        }
        TripEvent::Disputed(said) => {
            let (kind, lines) = (dispute(desk.speech, said.kind), said.lines.len());
            say(
                format!("the shopper disputes {lines} lines: {kind}"),
                format!("der Kunde beanstandet {lines} Zeilen: {kind}"),
            )
        }
        TripEvent::DisputeDecided { granted, reason, by: who, .. } => {
            let who = by(who);
            let came =
                if *granted { desk.say("granted", "anerkannt") } else { desk.say("rejected", "abgelehnt") };
            say(format!("dispute {came} by {who}: {reason}"), format!("Einspruch {came} von {who}: {reason}"))
        }
        money => money_words(desk, money),
    }
}

fn money_words(desk: &Desk, event: &TripEvent) -> String {
    let say = |english: String, german: String| desk.say(english, german);
    match event {
        TripEvent::Wanted(wish) => wished(desk, wish),
        TripEvent::Held(held) => {
            say(format!("{} is held", held.amount), format!("{} ist reserviert", held.amount))
        }
        TripEvent::Captured(captured) => {
            say(format!("{} was taken", captured.amount), format!("{} wurde eingezogen", captured.amount))
        }
        TripEvent::Voided { .. } => {
            desk.say("the hold was given back", "die Reservierung wurde aufgehoben").to_owned()
        }
        TripEvent::Declined { code, .. } => {
            say(format!("the bank said no: {code}"), format!("die Bank lehnte ab: {code}"))
        }
        TripEvent::Owed { amount } => say(format!("{amount} is owed"), format!("{amount} ist offen")),
        TripEvent::PayBy { .. } => {
            desk.say("another card is to pay it", "eine andere Karte soll zahlen").to_owned()
        }
        TripEvent::RefundDecided(refund) => {
            let minor = refund.parts.iter().map(office::RefundPart::total).sum();
            let (amount, who) = (Money::new(minor, desk.site.web.currency()), actor(desk.speech, &refund.by));
            let reason = &refund.reason;
            say(format!("{who} gives {amount} back: {reason}"), format!("{who} erstattet {amount}: {reason}"))
        }
        TripEvent::Refunded { amount, .. } => {
            say(format!("{amount} was given back"), format!("{amount} wurde erstattet"))
        }
        TripEvent::MailWanted { paper: which } => {
            let paper = paper(desk, *which);
            say(format!("{paper} is to be mailed"), format!("{paper} soll versandt werden"))
        }
        TripEvent::Mailed { paper: which } => {
            let paper = paper(desk, *which);
            say(format!("{paper} was mailed"), format!("{paper} wurde versandt"))
        }
        TripEvent::MailFailed { paper: which, why } => {
            let paper = paper(desk, *which);
            say(
                format!("{paper} can't be mailed: {why}"),
                format!("{paper} kann nicht versandt werden: {why}"),
            )
        }
        // Everything else is told by `words`.
        _ => String::new(),
    }
}

fn wished(desk: &Desk, wish: &Wish) -> String {
    let say = |english: String, german: String| desk.say(english, german);
    match wish {
        Wish::Hold { amount, .. } => {
            say(format!("the bank is asked to hold {amount}"), format!("die Bank soll {amount} reservieren"))
        }
        Wish::Raise { amount, .. } => say(
            format!("the hold is to be raised to {amount}"),
            format!("die Reservierung soll auf {amount} steigen"),
        ),
        Wish::Capture { amount, .. } => say(
            format!("{amount} is to be taken out of the hold"),
            format!("{amount} soll eingezogen werden"),
        ),
        Wish::Void { .. } => {
            desk.say("the hold is to be given back", "die Reservierung soll aufgehoben werden").to_owned()
        }
        Wish::Charge { amount, .. } => say(
            format!("the card is to be charged {amount}"),
            format!("die Karte soll mit {amount} belastet werden"),
        ),
        Wish::Refund { amount, .. } => {
            say(format!("{amount} is to be given back"), format!("{amount} soll erstattet werden"))
        }
    }
}

fn credential(desk: &Desk, kind: CredentialKind) -> &'static str {
    match kind {
        CredentialKind::Card => desk.say("card", "Karte"),
        CredentialKind::Palm => desk.say("palm", "Hand"),
        CredentialKind::Code => desk.say("code", "Code"),
        CredentialKind::Staff => desk.say("badge", "Ausweis"),
    }
}

fn paper(desk: &Desk, paper: Paper) -> &'static str {
    match paper {
        Paper::Receipt => desk.say("the receipt", "die Quittung"),
        Paper::Refund(_) => desk.say("the receipt with refunds", "die Quittung mit Erstattungen"),
        Paper::Debt => desk.say("what is owed", "die offene Forderung"),
        Paper::Dispute(_) => desk.say("the answer to the dispute", "die Antwort auf den Einspruch"),
    }
}
