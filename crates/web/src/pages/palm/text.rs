//! The words about palms: what is agreed to, and how to hold a hand.

use office::Policy;
use palm::{Aside, Refusal, Side};

use super::enrolment::Say;
use crate::pages::speech::Speech;

/// The version of [`consent`]: a new one with every change of its words.
pub(crate) const VERSION: &str = "palm-2";

/// What is agreed to, paragraph by paragraph, as it is shown and kept.
pub(crate) fn consent(speech: Speech, policy: &Policy) -> Vec<String> {
    let (store, days) = (&policy.name, policy.palm.days());
    speech.say(
        vec![
            format!("{store} asks for your consent to recognise you by your palm. You decide freely: card and code work just as well, at every gate and at any time."),
            "What happens: a camera takes pictures of your palm for a few seconds, here and whenever you hold it to the gate. From its lines a list of numbers is computed, the template. The pictures are dropped at once; none is ever kept or sent on.".to_owned(),
            "What for: to let you in and to charge the card that you show next. For nothing else.".to_owned(),
            "Where: in this store’s own computer, turned by a secret that only this store has, and encrypted under a key of your own. Nobody else gets it.".to_owned(),
            format!("How long: until you take this back, or delete your card or account here, or do not come for {days} days. Then your key is destroyed and the template with it, and a signed receipt says so."),
            "Your rights: take it back in one step, at this kiosk, in the app, or with our staff, without giving a reason; what happened before stays lawful. You may see what is kept of you, have it corrected, and complain to the data protection authority.".to_owned(),
        ],
        vec![
            format!("{store} bittet um Ihre Einwilligung, Sie an Ihrer Handfläche zu erkennen. Sie entscheiden frei: Karte und Code gehen genauso gut, an jedem Tor und jederzeit."),
            "Was geschieht: Eine Kamera nimmt einige Sekunden lang Bilder Ihrer Handfläche auf, hier und immer, wenn Sie sie an das Tor halten. Aus ihren Linien wird eine Liste von Zahlen berechnet, die Vorlage. Die Bilder werden sofort verworfen; keines wird aufbewahrt oder weitergegeben.".to_owned(),
            "Wozu: um Sie einzulassen und die Karte zu belasten, die Sie als Nächstes zeigen. Zu nichts sonst.".to_owned(),
            "Wo: im eigenen Rechner dieses Ladens, mit einem Geheimnis verdreht, das nur dieser Laden hat, und mit einem eigenen Schlüssel für Sie verschlüsselt. Niemand sonst bekommt sie.".to_owned(),
            format!("Wie lange: bis Sie dies zurücknehmen, Ihre Karte oder Ihr Konto hier löschen oder {days} Tage lang nicht kommen. Dann wird Ihr Schlüssel vernichtet und mit ihm die Vorlage; eine unterschriebene Quittung sagt es Ihnen."),
            "Ihre Rechte: Nehmen Sie es in einem Schritt zurück, an diesem Kiosk, in der App oder bei unserem Personal, ohne Grund; was vorher geschah, bleibt rechtmäßig. Sie dürfen sehen, was über Sie aufbewahrt wird, es berichtigen lassen und sich bei der Datenschutzbehörde beschweren.".to_owned(),
        ],
    )
}

/// What to tell somebody whose hand is measured.
pub(crate) fn say(speech: Speech, said: Say) -> &'static str {
    match said {
        Say::Guide(refusal) => guide(speech, refusal),
        Say::OtherHand => speech.say("The other hand, please", "Bitte die andere Hand"),
        Say::Hold => speech.say("Good, hold still", "Gut, bitte stillhalten"),
        Say::NotLive => speech.say(
            "Please show your own hand, and move it a little",
            "Bitte die eigene Hand, und etwas bewegen",
        ),
        Say::NextHand => speech.say("Done. Now the other hand", "Fertig. Nun die andere Hand"),
        Say::Done => speech.say("Done", "Fertig"),
    }
}

/// How to hold a hand so that it can be seen.
pub(crate) fn guide(speech: Speech, refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::NoHand => {
            speech.say("Hold your open palm before the camera", "Halten Sie die offene Hand vor die Kamera")
        }
        Refusal::TwoHands => speech.say("One hand only, please", "Bitte nur eine Hand"),
        Refusal::Unclear => speech.say("Spread your fingers", "Bitte die Finger spreizen"),
        Refusal::Partial(aside) => move_it(speech, aside),
        Refusal::TooFar => speech.say("A little closer", "Etwas näher"),
        Refusal::TooNear => speech.say("A little farther away", "Etwas weiter weg"),
        Refusal::TooDark => speech.say("More light, please", "Bitte mehr Licht"),
        Refusal::TooBright => speech.say("Less light, please", "Bitte weniger Licht"),
        Refusal::Blurred => speech.say("Hold still", "Bitte stillhalten"),
        Refusal::Tilted => speech.say("Hold it flat", "Bitte flach halten"),
        Refusal::Covered => {
            speech.say("Without a glove or plaster, please", "Bitte ohne Handschuh oder Pflaster")
        }
        Refusal::TooSmall { .. } => speech.say("This picture is too small", "Dieses Bild ist zu klein"),
        Refusal::TooLarge { .. } => too_large(speech),
        Refusal::Corrupt => speech.say("This picture can’t be used", "Dieses Bild ist nicht zu gebrauchen"),
    }
}

/// More pixels than are looked at, or more bytes than are taken in.
pub(crate) fn too_large(speech: Speech) -> &'static str {
    speech.say("This picture is too large", "Dieses Bild ist zu groß")
}

/// Where to move a hand. The view is shown as in a mirror, so left and right of the picture change places.
fn move_it(speech: Speech, aside: Aside) -> &'static str {
    match aside {
        Aside::Higher => speech.say("A little higher", "Etwas höher"),
        Aside::Lower => speech.say("A little lower", "Etwas tiefer"),
        Aside::Left => speech.say("A little to the right", "Etwas nach rechts"),
        Aside::Right => speech.say("A little to the left", "Etwas nach links"),
    }
}

/// Whose turn it is.
pub(crate) fn side(speech: Speech, side: Side) -> &'static str {
    match side {
        Side::Left => speech.say("Your left hand", "Ihre linke Hand"),
        Side::Right => speech.say("Your right hand", "Ihre rechte Hand"),
    }
}

#[cfg(test)]
mod tests {
    use receipts::Language;

    use super::*;

    /// The camera sees people as others do: what is at the left of its picture is at their right, and at the right of the mirror.
    #[test]
    fn hands_are_guided_as_in_a_mirror() {
        let said = [Aside::Left, Aside::Right, Aside::Higher, Aside::Lower]
            .map(|aside| guide(Speech(Language::English), Refusal::Partial(aside)));
        assert_eq!(
            said,
            ["A little to the right", "A little to the left", "A little higher", "A little lower"]
        );
    }
}
