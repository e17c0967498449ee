//! What of whom a camera could see: where joints are in its picture, and what hides them.

use std::sync::Arc;

use glam::{DMat3, DVec2, DVec3};
use model::Joint;
use tracking::{COCO, Camera, Seen};

use super::solids::{Flesh, Shelving};
use crate::hand::Held;
use crate::skeleton::Skeleton;
use crate::world::World;

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
    /// What each hand holds, if it is not in a shelf.
    pub(crate) held: [Option<Held>; 2],
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
    silhouette: Silhouette,
    chest: DVec3,
    facing: DVec3,
    held: [Option<Held>; 2],
}

/// A camera with what its lens can see.
#[derive(Debug)]
pub(crate) struct Lens {
    camera: Camera,
    /// Nothing that is further than this from the middle of the ideal picture is in the real one: without this bound,
    /// a lens that folds beyond the corners would bring in what is far outside.
    reach: f64,
    shelving: Arc<[Shelving]>,
    /// Of each gondola.
    silhouettes: Vec<Silhouette>,
}

impl Lens {
    /// The lens of a camera among shelves.
    pub(crate) fn new(camera: Camera, shelving: Arc<[Shelving]>) -> Self {
        let size = camera.picture_px();
        let corners = [DVec2::ZERO, size.with_x(0.0), size.with_y(0.0), size];
        let ideal = corners.into_iter().filter_map(|corner| camera.ideal(corner));
        let reach = ideal.map(DVec2::length).fold(0.0, f64::max);
        let silhouette = |gondola: &Shelving| {
            Silhouette::of(&camera, gondola.corners().into_iter().map(|corner| (corner, 0.0)))
        };
        let silhouettes = shelving.iter().map(silhouette).collect();
        Self { camera, reach, shelving, silhouettes }
    }

    /// The camera.
    pub(crate) fn camera(&self) -> &Camera {
        &self.camera
    }

    /// The same after a turn, given as seen by the camera.
    pub(crate) fn turned(&self, turn: DMat3) -> Self {
        let camera = self.camera.moved(turn * self.camera.rotation(), self.camera.position());
        Self::new(camera, self.shelving.clone())
    }

    /// Where a point is in the picture, or a little outside; nothing if it is far from it.
    fn project(&self, point: DVec3) -> Option<DVec2> {
        let seen = self.camera.see(point)?;
        self.camera.project(point).filter(|_| seen.at.length() <= self.reach)
    }

    /// Everybody who may be in the picture, `later_s` after the present step of the world.
    pub(crate) fn figures(&self, world: &World, later_s: f64) -> Vec<Figure> {
        let near = world.visible().filter(|(_, person)| {
            let chest = person.stance.at + DVec3::Z * (CHEST_RATIO * person.body.height_m);
            self.is_near(chest, SPAN_RATIO * person.body.height_m)
        });
        let bodies: Vec<Body> = near
            .map(|(who, person)| {
                let (joints, height_m) = (person.skeleton(world.now_s, later_s), person.body.height_m);
                let chest = (joints[Joint::Neck as usize] + joints[Joint::MiddleHip as usize]) / 2.0;
                let flesh = Flesh::new(&joints, height_m);
                let silhouette = Silhouette::of(&self.camera, flesh.balls());
                let held_at = [Joint::LeftWrist, Joint::RightWrist].map(|wrist| joints[wrist as usize]);
                let held = [0, 1].map(|side: usize| {
                    let held = person.hands[side].held(world.now_s + later_s);
                    (!world.is_over_shelf(held_at[side])).then_some(held)
                });
                let facing = person.stance.facing;
                Body { who, joints, height_m, flesh, silhouette, chest, facing, held }
            })
            .collect();
        bodies.iter().filter_map(|body| self.figure(&bodies, body)).collect()
    }

    /// Whether something of this radius may be seen: it lies in the cone around the picture.
    fn is_near(&self, middle: DVec3, radius_m: f64) -> bool {
        let local = self.camera.rotation() * (middle - self.camera.position());
        // The distance from the cone's mantle.
        let slope = (1.0 + self.reach * self.reach).sqrt();
        (local.truncate().length() - self.reach * local.z) / slope < radius_m && local.z > -radius_m
    }

    fn figure(&self, bodies: &[Body], body: &Body) -> Option<Figure> {
        let eye = self.camera.position();
        let pixels = COCO.map(|joint| self.project(body.joints[joint as usize]));
        let in_picture = |pixel: &Option<DVec2>| pixel.is_some_and(|pixel| self.camera.holds(pixel));
        if !pixels.iter().any(in_picture) {
            return None;
        }
        let whole =
            Silhouette::of(&self.camera, COCO.iter().map(|joint| (body.joints[*joint as usize], 0.0)));
        let gondolas = self.silhouettes.iter().zip(self.shelving.iter());
        let gondolas: Vec<_> = gondolas.filter(|(shape, _)| shape.may_hide_any(&whole)).collect();
        let is_before = |other: &&Body| other.who != body.who && other.silhouette.may_hide_any(&whole);
        let others: Vec<&Body> = bodies.iter().filter(is_before).collect();
        let hidden = |place: usize| {
            let at = body.joints[COCO[place] as usize];
            let Some(seen) = self.camera.see(at).filter(|_| in_picture(&pixels[place])) else {
                return Hidden::No;
            };
            let by_somebody = |other: &&Body| other.silhouette.may_hide(seen) && other.flesh.hides(eye, at);
            let by_shelf =
                |(shape, gondola): &(&Silhouette, &Shelving)| shape.may_hide(seen) && gondola.hides(eye, at);
            if others.iter().any(by_somebody) || gondolas.iter().any(by_shelf) {
                Hidden::ByOthers
            } else if body.flesh.hides_own(COCO[place], eye, at) {
                Hidden::ByItself
            } else {
                Hidden::No
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
            held: body.held,
        })
    }
}

/// The part of the ideal picture that something takes up at most.
#[derive(Clone, Copy, Debug)]
struct Silhouette {
    low: DVec2,
    high: DVec2,
    /// The least and the most distance along the camera's axis, metres.
    near_m: f64,
    far_m: f64,
}

impl Silhouette {
    const NOTHING: Self = Self { low: DVec2::MAX, high: DVec2::MIN, near_m: f64::MAX, far_m: f64::MIN };
    /// Nearer than this to the plane of the lens, a thing may be anywhere in the picture, metres.
    const LENS_M: f64 = 0.1;

    /// That of balls and what is between them.
    fn of(camera: &Camera, balls: impl Iterator<Item = (DVec3, f64)>) -> Self {
        balls.fold(Self::NOTHING, |so_far, (middle, radius_m)| {
            let local = camera.rotation() * (middle - camera.position());
            let [near_m, far_m] = [local.z - radius_m, local.z + radius_m];
            let (near_m, far_m) = (so_far.near_m.min(near_m), so_far.far_m.max(far_m));
            if local.z - radius_m < Self::LENS_M {
                return Self { low: DVec2::MIN, high: DVec2::MAX, near_m, far_m };
            }
            let (low, high) = (local.truncate() - radius_m, local.truncate() + radius_m);
            let scales = [1.0 / (local.z - radius_m), 1.0 / (local.z + radius_m)];
            let low = scales.map(|scale| low * scale).into_iter().fold(so_far.low, DVec2::min);
            let high = scales.map(|scale| high * scale).into_iter().fold(so_far.high, DVec2::max);
            Self { low, high, near_m, far_m }
        })
    }

    /// Whether it may hide a point.
    fn may_hide(&self, seen: Seen) -> bool {
        seen.depth_m > self.near_m && seen.at.cmpge(self.low).all() && seen.at.cmple(self.high).all()
    }

    /// Whether it may hide anything of something else.
    fn may_hide_any(&self, other: &Self) -> bool {
        other.far_m > self.near_m && other.high.cmpge(self.low).all() && other.low.cmple(self.high).all()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rng;
    use crate::stores;

    #[test]
    fn a_silhouette_holds_all_that_is_hidden() {
        let file = stores::corner_shop();
        let shelving = Shelving::all(&file);
        let mut rng = Rng::new(1, "silhouettes");
        let mut hidden = [0, 0];
        for file in &file.cameras {
            let camera = Camera::new(file).unwrap();
            let eye = camera.position();
            let lens = Lens::new(camera, shelving.clone().into());
            for _ in 0..300 {
                let mut point = |size: DVec3| {
                    DVec3::new(rng.uniform(0.0, size.x), rng.uniform(0.0, size.y), rng.uniform(0.0, size.z))
                };
                let (at, near) = (point(DVec3::new(8.0, 5.0, 2.0)), point(DVec3::new(8.0, 5.0, 1.0)));
                let joints: Skeleton = std::array::from_fn(|_| near + point(DVec3::ONE));
                let flesh = Flesh::new(&joints, 1.7);
                let Some(seen) = lens.camera.see(at) else { continue };
                if flesh.hides(eye, at) {
                    hidden[0] += 1;
                    assert!(Silhouette::of(&lens.camera, flesh.balls()).may_hide(seen));
                }
                for (gondola, silhouette) in shelving.iter().zip(&lens.silhouettes) {
                    if gondola.hides(eye, at) {
                        hidden[1] += 1;
                        assert!(silhouette.may_hide(seen));
                    }
                }
            }
        }
        assert!(hidden.iter().all(|count| *count > 30), "{hidden:?}");
    }
}
