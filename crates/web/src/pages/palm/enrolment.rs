//! Somebody at a palm kiosk, from their consent until they are done. Kept in memory alone: whoever walks away has left
//! nothing but the record that they were asked.

use model::Time;
use office::{Hand, PalmConsent};
use palm::liveness::{LOOKS, Lamp, Verdict};
use palm::{Embedding, Refusal, Side};
use payments::Card;

use super::eye::{Eye, Seen, Watch};

/// Living hands that an enrolment is made of, each by several pictures: more of them average noise away, and take longer.
const VERDICTS: usize = 2;

/// What to tell somebody whose hand is being measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Say {
    /// How to hold it.
    Guide(Refusal),
    /// It is the other hand that is asked for.
    OtherHand,
    /// It is good so.
    Hold,
    /// It does not look alive.
    NotLive,
    /// This hand is done; now the other.
    NextHand,
    /// All hands are done.
    Done,
}

/// Somebody at a palm kiosk.
pub(crate) struct Enrolment {
    consent: PalmConsent,
    card: Option<Card>,
    /// The hands that are done.
    hands: Vec<Hand>,
    /// Which hand is asked for; `None` once both were.
    asked: Option<Side>,
    /// What was seen of it by each verdict.
    looks: Vec<Embedding>,
    /// Pictures since the last verdict.
    since: usize,
    watch: Watch,
}

impl Enrolment {
    /// Somebody has agreed.
    pub(crate) fn new(consent: PalmConsent, eye: &Eye) -> Self {
        let (hands, looks) = (Vec::new(), Vec::new());
        Self { consent, card: None, hands, asked: Some(Side::Left), looks, since: 0, watch: eye.watch() }
    }

    /// The card that pays.
    pub(crate) fn set_card(&mut self, card: Card) {
        self.card = Some(card);
    }

    /// Whether there is a card: without one, no hand is measured.
    pub(crate) fn has_card(&self) -> bool {
        self.card.is_some()
    }

    /// Which hand is asked for.
    pub(crate) fn asked(&self) -> Option<Side> {
        self.asked
    }

    /// How much of the hand that is asked for is done, 0 to 1.
    pub(crate) fn part(&self) -> f64 {
        let begun = self.since.min(LOOKS) as f64 / LOOKS as f64;
        (self.looks.len() as f64 + begun) / VERDICTS as f64
    }

    /// The hand that is asked for is left out.
    pub(crate) fn skip(&mut self, eye: &Eye) {
        self.looks.clear();
        self.go_on(eye);
    }

    /// How the kiosk's screen must light the next picture, where it lights hands.
    pub(crate) fn lamp(&self) -> Option<Lamp> {
        self.watch.lamp()
    }

    /// Looks at a picture that was lit so, and says what to tell. One that comes before the card or after the last hand is not looked at.
    pub(crate) fn look(&mut self, picture: &[u8], at: Time, lit: Option<Lamp>, eye: &Eye) -> Say {
        let Some(asked) = self.asked.filter(|_| self.card.is_some()) else { return Say::Done };
        let Seen { side, embedding, verdict } = match self.watch.look(at, picture, lit) {
            Some(Ok(seen)) => seen,
            Some(Err(refusal)) => return Say::Guide(refusal),
            None => return Say::Hold,
        };
        if side != asked {
            return Say::OtherHand;
        }
        self.since += 1;
        if verdict == Verdict::More {
            return Say::Hold;
        }
        self.since = 0;
        if matches!(verdict, Verdict::Attack { .. }) {
            self.looks.clear();
            return Say::NotLive;
        }
        self.looks.push(embedding);
        if self.looks.len() < VERDICTS {
            return Say::Hold;
        }
        self.hands.push((asked, std::mem::take(&mut self.looks)));
        self.go_on(eye);
        if self.asked.is_some() { Say::NextHand } else { Say::Done }
    }

    /// To the other hand, or to the end.
    fn go_on(&mut self, eye: &Eye) {
        self.asked = match self.asked {
            Some(Side::Left) => Some(Side::Right),
            Some(Side::Right) | None => None,
        };
        self.watch = eye.watch();
        self.since = 0;
    }

    /// What is to be enrolled; `None` if no card was shown or no hand is done.
    pub(crate) fn finish(self) -> Option<(PalmConsent, Card, Vec<Hand>)> {
        let card = self.card?;
        (!self.hands.is_empty()).then_some((self.consent, card, self.hands))
    }
}
