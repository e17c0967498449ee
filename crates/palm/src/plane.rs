//! How the palm of a found hand lies in the picture.

use crate::homography::Homography;
use crate::id::Side;
use crate::patch::MEAN_HAND_MM;

/// How far a landmark may lie beside its place on the mean hand, mm, before it is taken for a wrong one: three deviations of what
/// hands differ by and of what the network errs.
const OFF_MM: f32 = 5.0;
/// The fewest landmarks that must agree: a plane always fits four.
const AGREED_LEAST: usize = 5;

/// From millimetres of the mean hand to pixels of the picture.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plane {
    side: Side,
    to_picture: Homography,
}

impl Plane {
    /// The plane that a hand's landmarks (pixels) lie in, though a few of them may be far off: every choice of six of the eight is
    /// tried, the one that explains them all best, each taken for at most `OFF_MM` wrong, is fitted anew to those it explains
    /// (MSAC, Torr and Zisserman 2000, without its dice: there are only 28 choices). `None` if too few agree.
    pub(crate) fn through(side: Side, landmarks: &[[f32; 2]; 8]) -> Option<Self> {
        let all = Self::through_some(side, landmarks, |_| true)?;
        let mut best = (all.cost(landmarks), all);
        for one in 0..8 {
            for other in 0..one {
                let few = Self::through_some(side, landmarks, |mark| mark != one && mark != other);
                let Some(few) = few else { continue };
                let cost = few.cost(landmarks);
                if cost < best.0 {
                    best = (cost, few);
                }
            }
        }
        let off = best.1.off_mm(landmarks);
        let agreed = off.iter().filter(|off| **off < OFF_MM).count();
        if agreed < AGREED_LEAST {
            return None;
        }
        Self::through_some(side, landmarks, |mark| off[mark] < OFF_MM)
    }

    fn through_some(side: Side, landmarks: &[[f32; 2]; 8], is_in: impl Fn(usize) -> bool) -> Option<Self> {
        let (from, to): (Vec<_>, Vec<_>) = (0..8)
            .filter(|&mark| is_in(mark))
            .map(|mark| (own(side, MEAN_HAND_MM[mark]), landmarks[mark]))
            .unzip();
        Homography::fit(&from, &to).map(|to_picture| Self { side, to_picture })
    }

    /// Where a place of the mean right hand lies in the picture.
    pub(crate) fn place(&self, place: [f32; 2]) -> [f32; 2] {
        self.to_picture.apply(own(self.side, place))
    }

    /// Where the mean hand's landmarks lie in the picture.
    pub(crate) fn landmarks(&self) -> [[f32; 2]; 8] {
        MEAN_HAND_MM.map(|mark| self.place(mark))
    }

    fn cost(&self, landmarks: &[[f32; 2]; 8]) -> f32 {
        self.off_mm(landmarks).iter().map(|off| off.min(OFF_MM)).map(|off| off * off).sum()
    }

    /// How far each landmark lies beside that of the mean hand, about in millimetres of it.
    fn off_mm(&self, landmarks: &[[f32; 2]; 8]) -> [f32; 8] {
        let [middle, right, up] = [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]].map(|place| self.place(place));
        let area =
            (right[0] - middle[0]) * (up[1] - middle[1]) - (right[1] - middle[1]) * (up[0] - middle[0]);
        let px_per_mm = area.abs().sqrt().max(f32::MIN_POSITIVE);
        let mut off = [f32::MAX; 8];
        for ((off, there), here) in off.iter_mut().zip(self.landmarks()).zip(landmarks) {
            let (dx, dy) = (there[0] - here[0], there[1] - here[1]);
            let distance = (dx * dx + dy * dy).sqrt() / px_per_mm;
            if distance.is_finite() {
                *off = distance;
            }
        }
        off
    }
}

/// A place of the mean right hand as one of the hand of a side.
fn own(side: Side, [x, y]: [f32; 2]) -> [f32; 2] {
    if side == Side::Left { [-x, y] } else { [x, y] }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at once")]

    use super::*;

    /// A hand held askew, two pixels a millimetre.
    fn seen(side: Side) -> [[f32; 2]; 8] {
        MEAN_HAND_MM.map(|mark| {
            let [x, y] = own(side, mark);
            let depth = 1.0 + 0.0015 * x - 0.001 * y;
            [200.0 + (1.8 * x + 0.4 * y) / depth, 220.0 + (0.3 * x - 2.0 * y) / depth]
        })
    }

    #[test]
    fn two_wrong_landmarks_move_no_palm() {
        for side in [Side::Left, Side::Right] {
            let truth = seen(side);
            let mut wrong = truth;
            wrong[1] = truth[2];
            wrong[6] = [truth[6][0] + 50.0, truth[6][1] - 30.0];
            let plane = Plane::through(side, &wrong).unwrap();
            for (found, truth) in plane.landmarks().iter().zip(truth) {
                assert!((found[0] - truth[0]).abs() < 0.1 && (found[1] - truth[1]).abs() < 0.1);
            }
        }
    }

    #[test]
    fn landmarks_in_no_order_are_no_hand() {
        let mut marks = seen(Side::Right);
        marks.swap(0, 6);
        marks.swap(2, 7);
        marks.swap(4, 5);
        assert!(Plane::through(Side::Right, &marks).is_none());
        assert!(Plane::through(Side::Right, &[[10.0, 10.0]; 8]).is_none());
        assert!(Plane::through(Side::Right, &[[f32::NAN; 2]; 8]).is_none());
    }
}
