//! How the palm of a found hand lies in the picture.

use crate::homography::Homography;
use crate::id::Side;
use crate::patch::MEAN_HAND_MM;

/// How far a landmark may lie beside its place on the mean hand, mm, before it is taken for a wrong one: three deviations of what
/// hands differ by and of what the network errs.
const OFF_MM: f32 = 5.0;
/// What speaks for a flat palm: landmarks err by 0.03 of their spread (1.4 of 46 mm), and a palm tilted by 20 degrees 200 mm before the
/// lens is nearer or farther by 0.08 of its distance there.
const FLATNESS: f64 = (0.03 / 0.08) * (0.03 / 0.08);
/// The fewest landmarks that must agree: a plane always fits four.
const AGREED_LEAST: usize = 5;

/// A hand's landmarks, in the order of [`MEAN_HAND_MM`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Landmarks {
    /// Where they are, pixels of the picture.
    pub places: [[f32; 2]; 8],
    /// The part of a landmark's map that does not lie around its peak, 0 to 1.
    pub doubts: [f32; 8],
}

impl Landmarks {
    /// How much a landmark counts, 0 to 1. Those without doubt err by 1.3 mm, with 0.02 by 1.9, with 0.06 by 3.6 and with 0.15 by 7
    /// (root mean square, 60 people of the seed 77001).
    fn weight(&self, mark: usize) -> f32 {
        let doubt = self.doubts[mark] / 0.024;
        1.0 / (1.0 + doubt * doubt)
    }

    /// The doubts of all landmarks together, 0 to 8.
    pub(crate) fn doubt(&self) -> f32 {
        self.doubts.iter().sum()
    }
}

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
    pub(crate) fn through(side: Side, landmarks: &Landmarks) -> Option<Self> {
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
        let off = best.1.off_mm(&landmarks.places);
        let agreed = off.iter().filter(|off| **off < OFF_MM).count();
        if agreed < AGREED_LEAST {
            return None;
        }
        Self::through_some(side, landmarks, |mark| off[mark] < OFF_MM)
    }

    /// The plane nearest to all of a hand's landmarks (pixels), each trusted alike.
    pub(crate) fn of_all(side: Side, landmarks: &[[f32; 2]; 8]) -> Option<Self> {
        let to_picture = Homography::fit(&MEAN_HAND_MM.map(|mark| own(side, mark)), landmarks)?;
        Some(Self { side, to_picture })
    }

    fn through_some(side: Side, landmarks: &Landmarks, is_in: impl Fn(usize) -> bool) -> Option<Self> {
        let chosen = || (0..8).filter(|&mark| is_in(mark));
        let from: Vec<_> = chosen().map(|mark| own(side, MEAN_HAND_MM[mark])).collect();
        let to: Vec<_> = chosen().map(|mark| landmarks.places[mark]).collect();
        let weights: Vec<_> = chosen().map(|mark| landmarks.weight(mark)).collect();
        let to_picture = Homography::fit_weighted(&from, &to, &weights, FLATNESS)?;
        Some(Self { side, to_picture })
    }

    /// Where a place of the mean right hand lies in the picture.
    pub(crate) fn place(&self, place: [f32; 2]) -> [f32; 2] {
        self.to_picture.apply(own(self.side, place))
    }

    /// Where the mean hand's landmarks lie in the picture.
    pub(crate) fn landmarks(&self) -> [[f32; 2]; 8] {
        MEAN_HAND_MM.map(|mark| self.place(mark))
    }

    /// How far landmarks lie beside those of the mean hand: root mean square, each at most `OFF_MM`, mm.
    pub(crate) fn misfit_mm(&self, landmarks: &Landmarks) -> f32 {
        root_mean_square(self.off_mm(&landmarks.places).map(|off| off.min(OFF_MM)))
    }

    /// How far the mean hand's landmarks lie beside others (pixels): root mean square, mm.
    pub(crate) fn apart_mm(&self, landmarks: &[[f32; 2]; 8]) -> f32 {
        root_mean_square(self.off_mm(landmarks))
    }

    fn cost(&self, landmarks: &Landmarks) -> f32 {
        let off = self.off_mm(&landmarks.places).map(|off| off.min(OFF_MM));
        (0..8).map(|mark| landmarks.weight(mark) * off[mark] * off[mark]).sum()
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

fn root_mean_square(off: [f32; 8]) -> f32 {
    (off.iter().map(|off| off * off).sum::<f32>() / 8.0).sqrt()
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

    fn sure(places: [[f32; 2]; 8]) -> Landmarks {
        Landmarks { places, doubts: [0.0; 8] }
    }

    #[test]
    fn two_wrong_landmarks_move_no_palm() {
        for side in [Side::Left, Side::Right] {
            let truth = seen(side);
            let mut wrong = truth;
            wrong[1] = truth[2];
            wrong[6] = [truth[6][0] + 50.0, truth[6][1] - 30.0];
            let plane = Plane::through(side, &sure(wrong)).unwrap();
            for (found, truth) in plane.landmarks().iter().zip(truth) {
                let off = (found[0] - truth[0]).hypot(found[1] - truth[1]);
                assert!(off < 2.0, "a landmark was moved by a millimetre: {off} pixels");
            }
        }
    }

    #[test]
    fn doubtful_landmarks_count_for_little() {
        let truth = seen(Side::Right);
        let mut marks = sure(truth);
        marks.places[6][1] += 8.0;
        let moved = |marks: &Landmarks| {
            let wrist = Plane::through(Side::Right, marks).unwrap().landmarks()[6];
            wrist[1] - truth[6][1]
        };
        let trusted = moved(&marks);
        marks.doubts[6] = 0.2;
        assert!(moved(&marks) < 0.5 * trusted, "{} of {trusted}", moved(&marks));
    }

    #[test]
    fn landmarks_in_no_order_are_no_hand() {
        let mut marks = seen(Side::Right);
        marks.swap(0, 6);
        marks.swap(2, 7);
        marks.swap(4, 5);
        assert!(Plane::through(Side::Right, &sure(marks)).is_none());
        assert!(Plane::through(Side::Right, &sure([[10.0, 10.0]; 8])).is_none());
        assert!(Plane::through(Side::Right, &sure([[f32::NAN; 2]; 8])).is_none());
    }
}
