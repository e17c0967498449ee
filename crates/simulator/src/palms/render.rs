//! A hand in light, as pixels.

use super::capture::{Capture, Light};
use super::creases::bell;
use super::frame::{Frame, Plane};
use super::hand::{Finger, Hand};
use super::room::Room;
use super::sensor::{Exposure, develop, stream};

/// Pixels along a side of the tiles that are asked as a whole whether they lie in the hand or beside it.
const TILE: usize = 8;

/// The picture of a hand: `plane` says what each pixel sees of the palm's plane, `scale` how many of its pixels a pixel of a camera
/// 480 wide is, for blur.
pub fn render(hand: &Hand, capture: &Capture, plane: &Plane, size: (usize, usize), scale: f32) -> Frame {
    let mut exposure = Room::new(&mut stream(capture, "palms: room"), size).expose(size);
    paint(&mut exposure, hand, capture, plane);
    develop(exposure, capture, scale)
}

/// Paints a hand over what is there.
pub(super) fn paint(exposure: &mut Exposure, hand: &Hand, capture: &Capture, plane: &Plane) {
    let shape = Shape::new(hand, capture);
    let skin = Skin::new(hand, capture);
    for top in (0..exposure.height).step_by(TILE) {
        for left in (0..exposure.width).step_by(TILE) {
            if let Some(side) = shape.side_of_tile(plane, left, top) {
                paint_tile(exposure, (left, top), side, &shape, &skin, plane);
            }
        }
    }
}

fn paint_tile(
    exposure: &mut Exposure,
    (left, top): (usize, usize),
    side: Side,
    shape: &Shape,
    skin: &Skin<'_>,
    plane: &Plane,
) {
    for row in top..(top + TILE).min(exposure.height) {
        for column in left..(left + TILE).min(exposure.width) {
            let (x, y) = (column as f32 + 0.5, row as f32 + 0.5);
            let place = plane.lift(x, y);
            let cover = if side == Side::Edge { shape.cover(place, plane.lift(x + 1.0, y)) } else { 1.0 };
            if cover > 0.0 {
                let pixel = &mut exposure.light[row * exposure.width + column];
                *pixel = mix(*pixel, skin.at(shape, place, side), cover);
            }
        }
    }
}

/// `part` of one colour over another.
pub(super) fn mix(under: [f32; 3], over: [f32; 3], part: f32) -> [f32; 3] {
    [0, 1, 2].map(|channel| over[channel] * part + under[channel] * (1.0 - part))
}

/// Where a tile that shows something of the hand lies.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    /// All of it in the palm.
    Palm,
    /// All of it in the hand.
    Inside,
    /// Some of it in the hand.
    Edge,
}

/// The outline of a hand, fingers as they are held: millimetres of a right hand.
struct Shape {
    outline: [[f32; 2]; 10],
    fingers: [Limb; 6],
    is_left: bool,
}

/// A tapered limb: from where to where, how thick.
struct Limb {
    start: [f32; 2],
    way: [f32; 2],
    length: f32,
    radius: [f32; 2],
}

impl Limb {
    fn of_finger(finger: &Finger, fan: f32) -> Self {
        let angle = finger.angle + fan;
        Self {
            start: finger.root,
            way: [libm::sinf(angle), libm::cosf(angle)],
            length: finger.length,
            radius: finger.radius,
        }
    }

    /// How far along (0 to 1), how far beside (mm) and how far from the edge (mm, negative inside) a place is.
    fn measure(&self, [x, y]: [f32; 2]) -> [f32; 3] {
        let (dx, dy) = (x - self.start[0], y - self.start[1]);
        let along = (dx * self.way[0] + dy * self.way[1]) / self.length;
        let part = along.clamp(0.0, 1.0);
        let (sx, sy) = (dx - part * self.length * self.way[0], dy - part * self.length * self.way[1]);
        let radius = self.radius[0] + (self.radius[1] - self.radius[0]) * part;
        let beside = dx * self.way[1] - dy * self.way[0];
        [along, beside, (sx * sx + sy * sy).sqrt() - radius]
    }
}

impl Shape {
    fn new(hand: &Hand, capture: &Capture) -> Self {
        let marks = &hand.landmarks;
        let [sx, sy] = hand.size;
        let outline = [
            marks[0],
            [marks[1][0], marks[1][1] - 2.0],
            [marks[2][0], marks[2][1] - 2.0],
            [marks[3][0], marks[3][1] - 2.0],
            marks[4],
            marks[5],
            [40.0 * sx, -28.0 * sy],
            marks[6],
            marks[7],
            [-44.0 * sx, -12.0 * sy],
        ];
        let forearm = Limb {
            start: [0.0, marks[6][1]],
            way: [0.0, -1.0],
            length: 160.0,
            radius: [25.0 * sx, 34.0 * sx],
        };
        let [a, b, c, d, e] = hand.fingers;
        let fan = capture.fan;
        let fingers = [
            Limb::of_finger(&a, fan[0]),
            Limb::of_finger(&b, fan[1]),
            Limb::of_finger(&c, fan[2]),
            Limb::of_finger(&d, fan[3]),
            Limb::of_finger(&e, fan[4]),
            forearm,
        ];
        Self { outline, fingers, is_left: hand.is_left() }
    }

    /// A place on the plane as the same place of a right hand.
    fn own(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        if self.is_left { [-x, y] } else { [x, y] }
    }

    /// Signed distance to the hand's edge, mm, negative inside.
    fn distance(&self, place: [f32; 2]) -> f32 {
        self.fingers.iter().map(|limb| limb.measure(place)[2]).fold(self.palm(place), f32::min)
    }

    fn palm(&self, [x, y]: [f32; 2]) -> f32 {
        let mut nearest = f32::MAX;
        let mut is_inside = false;
        let mut from = self.outline[9];
        for to in self.outline {
            let (ex, ey) = (to[0] - from[0], to[1] - from[1]);
            let (dx, dy) = (x - from[0], y - from[1]);
            let part = ((dx * ex + dy * ey) / (ex * ex + ey * ey)).clamp(0.0, 1.0);
            let (sx, sy) = (dx - part * ex, dy - part * ey);
            nearest = nearest.min(sx * sx + sy * sy);
            if (from[1] > y) != (to[1] > y) && dx < ex * dy / ey {
                is_inside = !is_inside;
            }
            from = to;
        }
        let distance = nearest.sqrt();
        (if is_inside { -distance } else { distance }) - 2.0
    }

    /// How much of the pixel that sees `place`, beside one that sees `beyond`, the hand covers.
    fn cover(&self, place: [f32; 2], beyond: [f32; 2]) -> f32 {
        let step = (beyond[0] - place[0]).abs() + (beyond[1] - place[1]).abs();
        (0.5 - self.distance(self.own(place)) / step.max(0.01)).clamp(0.0, 1.0)
    }

    /// Where a tile lies; `None` beside the hand.
    fn side_of_tile(&self, plane: &Plane, left: usize, top: usize) -> Option<Side> {
        let (left, top) = (left as f32, top as f32);
        let side = TILE as f32;
        let middle = plane.lift(left + side / 2.0, top + side / 2.0);
        let reach = [(0.0, 0.0), (side, 0.0), (0.0, side), (side, side)]
            .map(|(dx, dy)| {
                let corner = plane.lift(left + dx, top + dy);
                let (x, y) = (corner[0] - middle[0], corner[1] - middle[1]);
                (x * x + y * y).sqrt()
            })
            .into_iter()
            .fold(0.0, f32::max);
        let own = self.own(middle);
        if self.palm(own) < -reach {
            return Some(Side::Palm);
        }
        let distance = self.distance(own);
        (distance <= reach).then_some(if distance < -reach { Side::Inside } else { Side::Edge })
    }
}

/// How the skin of a hand looks in the light of a capture.
struct Skin<'a> {
    hand: &'a Hand,
    capture: &'a Capture,
    /// Towards the lamp and half way between lamp and camera, in the hand's own frame (right hand).
    lamp: [f32; 3],
    half: [f32; 3],
    /// Towards the camera, likewise.
    view: [f32; 3],
}

impl<'a> Skin<'a> {
    fn new(hand: &'a Hand, capture: &'a Capture) -> Self {
        let Light { towards, .. } = capture.light;
        let axes = &capture.pose.axes;
        let mirror = if hand.is_left() { -1.0 } else { 1.0 };
        let inward = |v: [f32; 3]| [mirror * dot(v, axes[0]), dot(v, axes[1]), dot(v, axes[2])];
        let lamp = inward(towards);
        let view = inward([0.0, 0.0, -1.0]);
        let sum = [lamp[0] + view[0], lamp[1] + view[1], lamp[2] + view[2]];
        let length = dot(sum, sum).sqrt().max(0.1);
        Self { hand, capture, lamp, half: sum.map(|part| part / length), view }
    }

    /// The light that a place on the palm's plane sends to the camera, linear RGB.
    fn at(&self, shape: &Shape, place: [f32; 2], side: Side) -> [f32; 3] {
        let [x, y] = shape.own(place);
        let (sleeve, cloth) = self.capture.sleeve;
        let [mut crease, lean_x, lean_y] = self.surface(shape, [x, y], side);
        let mut colour = if y < sleeve { cloth } else { self.hand.skin };
        if let Some((cloth, weave)) = self.capture.cover.as_ref().and_then(|cover| cover.at(x, y)) {
            (colour, crease) = (cloth, weave);
        }
        let length = (1.0 + lean_x * lean_x + lean_y * lean_y).sqrt();
        let normal = [-lean_x / length, -lean_y / length, 1.0 / length];
        let light = &self.capture.light;
        let lambert = dot(normal, self.lamp).max(0.0);
        let shine = dot(normal, self.half).max(0.0);
        let shine = shine * shine * shine * shine;
        let shine = shine * shine * shine * shine;
        let lamp = light.lamp_on(lambert, x, y);
        let kiosk = light.kiosk_on(dot(normal, self.view), self.capture.distance_mm());
        let contrast = self.hand.crease_contrast * self.capture.crease;
        let dark = (1.0 - contrast * crease).clamp(0.1, 1.3);
        let gloss = light.gloss * shine * shine * lamp * 0.4;
        [0, 1, 2].map(|channel| {
            // Blood shows in the creases: red falls less.
            let dark = if channel == 0 { 0.5 + 0.5 * dark } else { dark };
            light.tint[channel] * (colour[channel] * dark * (light.ambient + lamp + kiosk) + gloss)
        })
    }

    /// Depth of creases and lean of the skin at a place of the right hand.
    fn surface(&self, shape: &Shape, [x, y]: [f32; 2], side: Side) -> [f32; 3] {
        let (u, v) = (x / 50.0, y / 50.0);
        let powers = [1.0, u, v, u * u, u * v, v * v];
        let shift = self.capture.warp.map(|row| row.iter().zip(powers).map(|(a, b)| a * b).sum::<f32>());
        let [sx, sy] = self.hand.size;
        let mut surface = self.hand.print.at((x + shift[0]) / sx, (y + shift[1]) / sy);
        if side != Side::Palm && shape.palm([x, y]) >= 0.0 {
            finger_surface(shape, [x, y], &mut surface);
        }
        surface
    }
}

/// On fingers: round, and creased at the joints.
fn finger_surface(shape: &Shape, place: [f32; 2], surface: &mut [f32; 3]) {
    let mut deepest = [0.0, 0.0, f32::MAX];
    let mut which = None;
    for (index, limb) in shape.fingers.iter().enumerate() {
        let measure = limb.measure(place);
        if measure[2] < deepest[2] {
            (deepest, which) = (measure, Some((index, limb)));
        }
    }
    let Some((index, limb)) = which else { return };
    let [along, beside, _] = deepest;
    let round = (beside / limb.radius[0]).clamp(-0.95, 0.95) * 0.7;
    surface[1] = 0.3 * surface[1] + round * limb.way[1];
    surface[2] = 0.3 * surface[2] - round * limb.way[0];
    if index < 5 {
        let crease = |at: f32| bell(((along - at) * limb.length) * ((along - at) * limb.length) / 0.8);
        surface[0] = (0.3 * surface[0]).max(0.8 * crease(0.08).max(crease(0.38)).max(crease(0.7)));
    }
}

pub(super) fn dot(a: [f32; 3], b: [f32; 3]) -> f32 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}
