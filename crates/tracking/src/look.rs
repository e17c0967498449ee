//! What one camera saw, ready to be compared: candidates by joint, as lines of sight.

use model::{DVec2, DVec3, Joint, View};

use crate::camera::Camera;
use crate::sight::Sight;
use crate::skeleton::{JOINTS, spread_m};

/// Spread of pixels, whatever the size of the body: networks work on pictures that were made smaller.
const SPREAD_PX: f64 = 1.5;
/// People of one picture that are looked at: what comes beyond is counted as bad, so that no picture takes the time of
/// others.
const PEOPLE_MAX: usize = 64;
/// Candidates less sure than this are left out.
const SCORE_MIN: f32 = 0.05;

/// A joint that a camera saw.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Candidate {
    pub(crate) sight: Sight,
    /// Whose it is in this picture, by the network.
    pub(crate) person: u16,
    /// How probable it is that the hand holds something, of a wrist, if that is told.
    pub(crate) holding: Option<f32>,
}

/// One picture.
#[derive(Clone, Debug)]
pub(crate) struct Look {
    /// How much later than the others it was taken, seconds.
    pub(crate) later_s: f64,
    pub(crate) candidates: Vec<Candidate>,
    /// Where the candidates of each joint begin, and where the last ones end.
    first: [u16; JOINTS + 1],
    /// How many people the network saw.
    pub(crate) people: usize,
    /// Whether what the camera sees is to be believed; if not, it is compared only.
    pub(crate) is_trusted: bool,
}

impl Look {
    /// Turns pixels into lines of sight, and counts keypoints that are not of the picture.
    pub(crate) fn new(camera: &Camera, view: &View, later_s: f64, is_trusted: bool) -> (Self, u64) {
        let (mut bad, eye) = (0, Eye::new(camera));
        let mut order: Vec<(u16, u16, DVec2, f32)> = Vec::with_capacity(view.people.len() * JOINTS);
        for (person, seen) in view.people.iter().enumerate() {
            if person >= PEOPLE_MAX {
                bad += seen.keypoints.len() as u64;
                continue;
            }
            for keypoint in &seen.keypoints {
                let pixel = DVec2::new(keypoint.x_px.into(), keypoint.y_px.into());
                let Some(at) = camera.holds(pixel).then(|| camera.ideal(pixel)).flatten() else {
                    bad += 1;
                    continue;
                };
                if keypoint.score >= SCORE_MIN {
                    order.push((keypoint.joint as u16, person as u16, at, keypoint.score));
                }
            }
        }
        order.sort_by_key(|(joint, person, ..)| (*joint, *person));
        let mut first = [0; JOINTS + 1];
        for (joint, ..) in &order {
            first[usize::from(*joint) + 1] += 1;
        }
        for joint in 0..JOINTS {
            first[joint + 1] += first[joint];
        }
        let candidate = |&(joint, person, at, score): &(u16, u16, DVec2, f32)| Candidate {
            sight: eye.sight(at, Joint::ALL[usize::from(joint)], score),
            person,
            holding: hand(Joint::ALL[usize::from(joint)])
                .and_then(|side| view.people[usize::from(person)].holding[side]),
        };
        let candidates = order.iter().map(candidate).collect();
        (Self { later_s, candidates, first, people: view.people.len().min(PEOPLE_MAX), is_trusted }, bad)
    }

    /// Where the candidates of a joint lie.
    pub(crate) fn of(&self, joint: usize) -> std::ops::Range<usize> {
        self.first[joint].into()..self.first[joint + 1].into()
    }
}

/// The hand of a wrist.
fn hand(joint: Joint) -> Option<usize> {
    match joint {
        Joint::LeftWrist => Some(0),
        Joint::RightWrist => Some(1),
        _ => None,
    }
}

/// A camera's axes and sharpness.
struct Eye {
    origin: DVec3,
    axes: [DVec3; 3],
    variance_rad2: f64,
}

impl Eye {
    fn new(camera: &Camera) -> Self {
        let rotation = camera.rotation();
        let focal = camera.focal_px();
        let spread_rad = SPREAD_PX / (0.5 * (focal.x + focal.y));
        Self {
            origin: camera.position(),
            axes: [rotation.row(0), rotation.row(1), rotation.row(2)],
            variance_rad2: spread_rad * spread_rad,
        }
    }

    fn sight(&self, at: DVec2, joint: Joint, score: f32) -> Sight {
        let [right, down, forward] = self.axes;
        // A network's score falls with its sharpness: half as sure is twice as wide.
        let wide = 1.0 / f64::from(score.max(0.1));
        let spread_m = spread_m(joint);
        let planes = [right - forward * at.x, down - forward * at.y, forward];
        Sight::new(self.origin, planes, [spread_m * spread_m * wide, self.variance_rad2 * wide])
    }
}
