//! Where a hand is over time.

use glam::DVec3;

use crate::force::smooth;

/// Which hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// The person's own left.
    Left,
    /// The person's own right.
    Right,
}

impl Side {
    /// −1 for the left, +1 for the right.
    pub(crate) const fn sign(self) -> f64 {
        match self {
            Self::Left => -1.0,
            Self::Right => 1.0,
        }
    }

    /// The other hand.
    pub(crate) const fn other(self) -> Self {
        match self {
            Self::Left => Self::Right,
            Self::Right => Self::Left,
        }
    }
}

/// What a wrist holds to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Anchor {
    /// Hangs beside the hip and swings with the steps.
    Hang,
    /// Holds a basket before the body, elbow bent.
    Carry,
    /// Both hands on a trolley's bar.
    Push,
    /// Holds something before the chest to look at it.
    Look,
    /// Puts something into the bag on the other side.
    Bag,
    /// A place in the store, metres.
    At(DVec3),
}

/// A hand's way from anchor to anchor, and what it holds meanwhile.
#[derive(Clone, Debug)]
pub(crate) struct HandPath {
    /// From when on which anchor is held; between two of them the hand is on its way.
    knots: Vec<(f64, Anchor)>,
    grips: Vec<Grip>,
}

/// Goods in a hand.
#[derive(Clone, Copy, Debug)]
struct Grip {
    from_s: f64,
    to_s: f64,
    grams: f64,
}

/// What a hand holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Held {
    Nothing,
    /// Goods of this mass.
    Goods(f64),
    /// A basket, or the bar of a trolley.
    Handle,
}

impl HandPath {
    /// A hand that has always rested.
    pub(crate) fn new(rest: Anchor) -> Self {
        Self { knots: vec![(f64::NEG_INFINITY, rest)], grips: Vec::new() }
    }

    /// When the last move ends, seconds.
    pub(crate) fn free_s(&self) -> f64 {
        self.knots.last().map_or(f64::NEG_INFINITY, |(time_s, _)| *time_s)
    }

    /// Sets out for an anchor at `start_s` and is there at `end_s`; later if it is not free before.
    pub(crate) fn go(&mut self, start_s: f64, end_s: f64, to: Anchor) {
        let Some((free_s, from)) = self.knots.last().copied() else { return };
        let start_s = start_s.max(free_s);
        self.knots.extend([(start_s, from), (end_s.max(start_s), to)]);
    }

    /// Whether it has come to a place in the store and was not told where to go from there.
    pub(crate) fn is_left_behind(&self, now_s: f64) -> bool {
        matches!(self.knots.last(), Some((since_s, Anchor::At(_))) if *since_s <= now_s)
    }

    /// Holds goods from one moment to another.
    pub(crate) fn hold(&mut self, from_s: f64, to_s: f64, grams: f64) {
        self.grips.push(Grip { from_s, to_s, grams });
    }

    /// Puts away what it holds.
    pub(crate) fn let_go(&mut self, now_s: f64) {
        for grip in &mut self.grips {
            grip.to_s = grip.to_s.min(now_s);
        }
    }

    /// What it holds.
    pub(crate) fn held(&self, time_s: f64) -> Held {
        let goods = self.grips.iter().rev().find(|grip| (grip.from_s..grip.to_s).contains(&time_s));
        let holds = |anchor| matches!(anchor, Anchor::Carry | Anchor::Push);
        let (from, to, _) = self.at(time_s);
        match goods {
            Some(grip) => Held::Goods(grip.grams),
            None if holds(from) && holds(to) => Held::Handle,
            None => Held::Nothing,
        }
    }

    /// Forgets what is over.
    pub(crate) fn forget_before(&mut self, now_s: f64) {
        self.grips.retain(|grip| grip.to_s > now_s);
        let begun = self.knots.partition_point(|(from_s, _)| *from_s <= now_s);
        self.knots.drain(..begun.saturating_sub(1));
    }

    /// The anchor it comes from, the one it goes to, and the part of the way that is done.
    pub(crate) fn at(&self, time_s: f64) -> (Anchor, Anchor, f64) {
        let begun = self.knots.partition_point(|(from_s, _)| *from_s <= time_s).max(1);
        let Some((from_s, from)) = self.knots.get(begun - 1).copied() else {
            return (Anchor::Hang, Anchor::Hang, 0.0);
        };
        match self.knots.get(begun).copied() {
            Some((to_s, to)) if from_s > f64::NEG_INFINITY => {
                (from, to, smooth((time_s - from_s) / (to_s - from_s)))
            }
            _ => (from, from, 0.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hand_goes_stays_and_comes_back_and_is_never_in_two_places() {
        let shelf = Anchor::At(DVec3::ONE);
        let mut hand = HandPath::new(Anchor::Hang);
        hand.go(1.0, 2.0, shelf);
        hand.go(1.5, 3.0, Anchor::Look);
        assert_eq!(hand.at(0.5), (Anchor::Hang, Anchor::Hang, 0.0));
        assert_eq!(hand.at(1.5), (Anchor::Hang, shelf, 0.5));
        assert_eq!(hand.at(2.5), (shelf, Anchor::Look, 0.5));
        assert_eq!((hand.at(9.0).0, hand.free_s()), (Anchor::Look, 3.0));
    }

    #[test]
    fn a_hand_holds_what_it_took_until_it_puts_it_away_and_a_basket_while_it_rests_on_it() {
        let mut hand = HandPath::new(Anchor::Carry);
        hand.go(1.0, 2.0, Anchor::At(DVec3::ONE));
        hand.go(3.0, 4.0, Anchor::Carry);
        hand.hold(2.5, f64::INFINITY, 300.0);
        assert_eq!(
            [0.5, 1.5, 2.6, 9.0].map(|at| hand.held(at)),
            [Held::Handle, Held::Nothing, Held::Goods(300.0), Held::Goods(300.0)]
        );
        hand.let_go(5.0);
        assert_eq!(hand.held(6.0), Held::Handle);
    }
}
