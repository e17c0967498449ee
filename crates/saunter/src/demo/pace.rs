//! How the world keeps up with the clock on the wall.

use std::time::Duration;

/// What the world catches up with after a stall, seconds; what is more is lost.
const CATCH_UP_S: f64 = 1.0;

/// How far the world's time has fallen behind.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pace {
    lost_s: f64,
}

impl Pace {
    /// Until when the world, which has come to `now_s`, is to go on when so much time has passed.
    pub(super) fn due_s(&mut self, passed: Duration, now_s: f64) -> f64 {
        let due_s = passed.as_secs_f64() - self.lost_s;
        self.lost_s += (due_s - now_s - CATCH_UP_S).max(0.0);
        passed.as_secs_f64() - self.lost_s
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stall_is_caught_up_with_by_one_second() {
        let mut pace = Pace::default();
        let mut due_s = |passed_s, now_s| pace.due_s(Duration::from_secs_f64(passed_s), now_s);
        assert_eq!(due_s(0.5, 0.4), 0.5);
        assert_eq!(due_s(1.4, 0.5), 1.4);
        assert!((due_s(60.0, 1.4) - 2.4).abs() < 1e-9);
        assert!((due_s(60.1, 2.4) - 2.5).abs() < 1e-9, "the rest of the stall is lost");
    }
}
