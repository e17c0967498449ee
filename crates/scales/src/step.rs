//! A settled change of one plate, and what becomes of it when the plate soon moves again.

use model::Time;

/// Least change that is told, grams. The lightest goods sold by the unit weigh about 5 g.
pub(crate) const MIN_CHANGE_G: f64 = 2.5;
/// A change must exceed this many times its own standard deviation.
pub(crate) const CHANGE_SIGMAS: f64 = 5.0;
/// What is less than this many times its standard deviation is doubtful: shaking makes such plateaus.
const DOUBT_SIGMAS: f64 = 10.0;
/// Added weight is kept back for so long, seconds: a hand that rests on goods looks like goods until it goes.
/// The cart of a shopper never waits for a put-back, so this costs nobody anything.
const PUT_PATIENCE_S: f64 = 1.5;
/// Doubtful losses are kept back for so long, seconds, which leaves them within the 2 s that a cart may take.
const DOUBT_PATIENCE_S: f64 = 0.8;
/// A hand that lets go of what it has put down takes at most this part of the weight away.
const LET_GO_RATIO: f64 = 0.2;

/// The weight of a plate at rest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Rest {
    pub(crate) grams: f64,
    /// Standard deviation of `grams`.
    pub(crate) sd: f64,
}

/// A settled change of one plate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Step {
    pub(crate) start: Time,
    pub(crate) moment: Time,
    pub(crate) end: Time,
    pub(crate) from: Rest,
    pub(crate) to: Rest,
}

/// What two steps of a plate are, one soon after the other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Both {
    /// Two changes.
    Apart,
    /// One change: a hand let go of what it had put down.
    One(Step),
    /// No change: the plate weighs what it did before.
    Nothing,
}

impl Step {
    pub(crate) fn grams(&self) -> f64 {
        self.to.grams - self.from.grams
    }

    pub(crate) fn grams_sd(&self) -> f64 {
        self.from.sd.hypot(self.to.sd)
    }

    /// Whether the weights differ by more than noise explains.
    pub(crate) fn is_change(&self) -> bool {
        self.grams().abs() >= MIN_CHANGE_G.max(CHANGE_SIGMAS * self.grams_sd())
    }

    /// How long to wait, seconds, whether the plate takes this step back.
    pub(crate) fn patience_s(&self) -> f64 {
        if self.grams() > 0.0 {
            PUT_PATIENCE_S
        } else if -self.grams() < DOUBT_SIGMAS * self.grams_sd() {
            DOUBT_PATIENCE_S
        } else {
            0.0
        }
    }

    /// What this step and the `next` one of the same plate are, while this one is kept back.
    pub(crate) fn and(&self, next: &Self) -> Both {
        if self.grams() * next.grams() > 0.0 {
            return Both::Apart;
        }
        let both = Self { end: next.end, to: next.to, ..*self };
        if !both.is_change() {
            Both::Nothing
        } else if self.grams() > 0.0 && -next.grams() < LET_GO_RATIO * self.grams() {
            Both::One(both)
        } else {
            Both::Apart
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(from: f64, to: f64, at_s: f64) -> Step {
        let time = |since_s: f64| Time::default().plus_seconds(at_s + since_s);
        let rest = |grams| Rest { grams, sd: 0.5 };
        Step { start: time(0.0), moment: time(0.1), end: time(0.2), from: rest(from), to: rest(to) }
    }

    #[test]
    fn only_what_may_come_back_is_waited_for() {
        assert!(step(0.0, 40.0, 0.0).patience_s() > step(6.0, 0.0, 0.0).patience_s());
        assert!(step(6.0, 0.0, 0.0).patience_s() > 0.0);
        assert_eq!(step(40.0, 0.0, 0.0).patience_s(), 0.0);
    }

    #[test]
    fn a_step_back_leaves_nothing_and_a_press_belongs_to_what_was_put() {
        let put = step(0.0, 350.0, 0.0);
        assert_eq!(put.and(&step(350.0, 0.5, 1.0)), Both::Nothing);
        assert_eq!(put.and(&step(350.0, 60.0, 1.0)), Both::Apart);
        assert_eq!(put.and(&step(350.0, 700.0, 1.0)), Both::Apart);
        let Both::One(one) = put.and(&step(350.0, 325.0, 1.0)) else { panic!("a press is no change") };
        assert_eq!((one.grams(), one.moment, one.end), (325.0, put.moment, step(0.0, 0.0, 1.0).end));
    }

    #[test]
    fn a_sum_is_as_sure_as_its_ends() {
        let put = Step { to: Rest { grams: 350.0, sd: 9.0 }, ..step(0.0, 350.0, 0.0) };
        let Both::One(one) = put.and(&step(350.0, 325.0, 1.0)) else { panic!("a press is no change") };
        assert!((one.grams_sd() - 0.5_f64.hypot(0.5)).abs() < 1e-9);
    }
}
