//! What of whom a camera could see: where joints are in its picture, and what hides them.

use glam::{DMat3, DVec2, DVec3};
use model::Joint;
use tracking::Camera;

use super::solids::{Flesh, Shelving};
use crate::skeleton::Skeleton;
use crate::world::World;

/// The joints that common networks give: the 17 of the COCO keypoint challenge, in its order.
pub(crate) const COCO: [Joint; 17] = [
    Joint::Nose,
    Joint::LeftEye,
    Joint::RightEye,
    Joint::LeftEar,
    Joint::RightEar,
    Joint::LeftShoulder,
    Joint::RightShoulder,
    Joint::LeftElbow,
    Joint::RightElbow,
    Joint::LeftWrist,
    Joint::RightWrist,
    Joint::LeftHip,
    Joint::RightHip,
    Joint::LeftKnee,
    Joint::RightKnee,
    Joint::LeftAnkle,
    Joint::RightAnkle,
];

/// Where the chest is, and no joint is further from it, as parts of the stature.
const CHEST_RATIO: f64 = 0.6;
const SPAN_RATIO: f64 = 0.75;

/// Somebody as they stand before a camera.
pub(crate) struct Figure {
    /// Place among the people of the world.
    pub(crate) who: usize,
    /// Each of [`COCO`] in the picture, pixels; nothing if it is behind the camera.
    pub(crate) pixels: [Option<DVec2>; COCO.len()],
    /// What is before each.
    pub(crate) hidden: [Hidden; COCO.len()],
    /// How tall somebody upright would be in the picture, pixels.
    pub(crate) size_px: f64,
    /// How much they face the camera: the cosine, −1 for one who is seen from behind.
    pub(crate) facing: f64,
}

/// What is before a joint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hidden {
    /// Nothing.
    No,
    /// The body itself.
    ByItself,
    /// A shelf or somebody else.
    ByOthers,
}

/// A body in the store.
struct Body {
    who: usize,
    joints: Skeleton,
    height_m: f64,
    flesh: Flesh,
    chest: DVec3,
    facing: DVec3,
}

/// A camera with what its lens can see.
#[derive(Debug)]
pub(crate) struct Lens {
    camera: Camera,
    /// Nothing that is further than this from the middle of the ideal picture is in the real one: without this bound,
    /// a lens that folds beyond the corners would bring in what is far outside.
    reach: f64,
}

impl Lens {
    /// The lens of a camera.
    pub(crate) fn new(camera: Camera) -> Self {
        let size = camera.picture_px();
        let corners = [DVec2::ZERO, size.with_x(0.0), size.with_y(0.0), size];
        let ideal = corners.into_iter().filter_map(|corner| camera.ideal(corner));
        let reach = ideal.map(DVec2::length).fold(0.0, f64::max);
        Self { camera, reach }
    }

    /// The camera.
    pub(crate) fn camera(&self) -> &Camera {
        &self.camera
    }

    /// The same after a turn, given as seen by the camera.
    pub(crate) fn turned(&self, turn: DMat3) -> Self {
        let camera = self.camera.moved(turn * self.camera.rotation(), self.camera.position());
        Self { camera, reach: self.reach }
    }

    /// Where a point is in the picture, or a little outside; nothing if it is far from it.
    fn project(&self, point: DVec3) -> Option<DVec2> {
        let seen = self.camera.see(point)?;
        self.camera.project(point).filter(|_| seen.at.length() <= self.reach)
    }

    /// Everybody who may be in the picture, `later_s` after the present step of the world.
    pub(crate) fn figures(&self, shelving: &[Shelving], world: &World, later_s: f64) -> Vec<Figure> {
        let near = world.visible().filter(|(_, person)| {
            let chest = person.stance.at + DVec3::Z * (CHEST_RATIO * person.body.height_m);
            self.is_near(chest, SPAN_RATIO * person.body.height_m)
        });
        let bodies: Vec<Body> = near
            .map(|(who, person)| {
                let (joints, height_m) = (person.skeleton(world.now_s, later_s), person.body.height_m);
                let chest = (joints[Joint::Neck as usize] + joints[Joint::MiddleHip as usize]) / 2.0;
                let flesh = Flesh::new(&joints, height_m);
                Body { who, joints, height_m, flesh, chest, facing: person.stance.facing }
            })
            .collect();
        bodies.iter().filter_map(|body| self.figure(shelving, &bodies, body)).collect()
    }

    /// Whether something of this radius may be seen: it lies in the cone around the picture.
    fn is_near(&self, middle: DVec3, radius_m: f64) -> bool {
        let local = self.camera.rotation() * (middle - self.camera.position());
        // The distance from the cone's mantle.
        let slope = (1.0 + self.reach * self.reach).sqrt();
        (local.truncate().length() - self.reach * local.z) / slope < radius_m && local.z > -radius_m
    }

    fn figure(&self, shelving: &[Shelving], bodies: &[Body], body: &Body) -> Option<Figure> {
        let eye = self.camera.position();
        let pixels = COCO.map(|joint| self.project(body.joints[joint as usize]));
        let in_picture = |pixel: &Option<DVec2>| pixel.is_some_and(|pixel| self.camera.holds(pixel));
        if !pixels.iter().any(in_picture) {
            return None;
        }
        let span_m = SPAN_RATIO * body.height_m;
        let shelving: Vec<&Shelving> =
            shelving.iter().filter(|gondola| gondola.is_between(eye, body.chest, span_m)).collect();
        let others: Vec<&Body> = bodies.iter().filter(|other| may_hide(eye, other, body)).collect();
        let hidden = |place: usize| {
            let at = body.joints[COCO[place] as usize];
            let by_others = || {
                others.iter().any(|other| other.flesh.hides(eye, at))
                    || shelving.iter().any(|gondola| gondola.hides(eye, at))
            };
            match in_picture(&pixels[place]) {
                true if by_others() => Hidden::ByOthers,
                true if body.flesh.hides_own(COCO[place], eye, at) => Hidden::ByItself,
                _ => Hidden::No,
            }
        };
        let depth_m = self.camera.see(body.chest).map_or(f64::MAX, |seen| seen.depth_m);
        let to_camera = (eye - body.chest).with_z(0.0).normalize_or_zero();
        Some(Figure {
            who: body.who,
            hidden: std::array::from_fn(hidden),
            pixels,
            size_px: self.camera.focal_px().y * body.height_m / depth_m,
            facing: body.facing.dot(to_camera),
        })
    }
}

/// Whether somebody may stand in the way to somebody else: the cones around the two meet.
fn may_hide(eye: DVec3, other: &Body, body: &Body) -> bool {
    if other.who == body.who {
        return false;
    }
    let (to, to_other) = (body.chest - eye, other.chest - eye);
    let (far_m, other_far_m) = (to.length(), to_other.length());
    let [span_m, other_span_m] = [body, other].map(|body| SPAN_RATIO * body.height_m);
    if other_far_m > far_m + span_m + other_span_m {
        return false;
    }
    // For small angles the sine is the angle; for wide ones nobody is left out.
    let width = span_m / far_m + other_span_m / other_far_m;
    width > 0.7 || to.cross(to_other).length() < width * far_m * other_far_m || to.dot(to_other) < 0.0
}
