//! How the cameras do: which one fell silent, and which one no longer fits what the others see.

use model::{DVec2, NoticeKind, Notices, SensorId, Time};

/// A camera that sent nothing for this long while others did is silent, seconds.
const SILENT_S: f64 = 5.0;
/// How fast the mean of what a camera is off forgets: after this many joints.
const MEMORY_JOINTS: f64 = 3000.0;
/// No joint counts for more than this, radians: it is another one's.
const OFF_MAX_RAD: f64 = 0.06;
/// As many must have been seen before the mean says anything.
const JOINTS_MIN: f64 = 1500.0;
/// A camera that is off by more than this at the mean was moved, radians: two thirds of a degree, 5 cm at 4 m.
const MOVED_RAD: f64 = 0.012;

/// How one camera does.
#[derive(Clone, Debug, Default)]
pub(crate) struct Health {
    last: Option<Time>,
    is_silent: bool,
    /// Mean of how far what it sees is from where the others see it, radians to the right and down.
    off: DVec2,
    /// Joints that went into it.
    joints: f64,
    moved: bool,
}

impl Health {
    /// Takes that a picture came.
    pub(crate) fn hear(&mut self, time: Time) {
        self.last = Some(time);
        self.is_silent = false;
    }

    /// Takes how far off a joint was, radians.
    pub(crate) fn measure(&mut self, off: DVec2) {
        self.joints = (self.joints + 1.0).min(MEMORY_JOINTS);
        self.off += (off.clamp_length_max(OFF_MAX_RAD) - self.off) / self.joints;
    }

    /// Whether what it sees is to be believed.
    pub(crate) fn is_trusted(&self) -> bool {
        !self.moved
    }

    /// Says what is wrong, once when it begins.
    pub(crate) fn check(&mut self, camera: &SensorId, now: Time, notices: &mut Notices) {
        let silent_s = self.last.map_or(0.0, |last| now.seconds_since(last));
        if silent_s > SILENT_S && !self.is_silent {
            self.is_silent = true;
            notices.add(NoticeKind::SilentCamera, camera.as_str(), 1, now);
        }
        let moved =
            self.joints >= JOINTS_MIN && self.off.length() > MOVED_RAD * if self.moved { 0.7 } else { 1.0 };
        if moved && !self.moved {
            notices.add(NoticeKind::MovedCamera, camera.as_str(), 1, now);
        }
        self.moved = moved;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: f64) -> Time {
        Time::from_nanos(0).plus_seconds(seconds)
    }

    #[test]
    fn a_camera_that_falls_silent_is_told_of_once() {
        let (mut health, mut notices) = (Health::default(), Notices::default());
        health.hear(at(0.0));
        for second in 0..60 {
            health.check(&"north".into(), at(second.into()), &mut notices);
        }
        assert_eq!(notices.count(NoticeKind::SilentCamera), 1);
    }

    #[test]
    fn a_camera_that_is_off_by_two_degrees_is_no_longer_trusted_until_it_fits_again() {
        let (mut health, mut notices) = (Health::default(), Notices::default());
        let mut see = |off: f64, joints: usize, health: &mut Health| {
            for joint in 0..joints {
                let noise = 0.01 * libm::sin(joint as f64 * 1.7);
                health.measure(DVec2::new(off + noise, noise));
            }
            health.check(&"north".into(), at(1.0), &mut notices);
            health.is_trusted()
        };
        assert!(see(0.001, 9000, &mut health));
        assert!(!see(0.035, 3000, &mut health));
        assert!(see(0.001, 9000, &mut health));
        assert_eq!(notices.count(NoticeKind::MovedCamera), 1);
    }
}
