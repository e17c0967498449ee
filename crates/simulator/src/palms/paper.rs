//! A photograph printed on paper.

use std::f32::consts::{PI, TAU};

use super::capture::{Capture, Light};
use super::photo::{Photo, tone};
use super::render::dot;
use crate::rng::Rng;

/// How far above the palm's middle a sheet's middle is, mm.
const RISE_MM: f32 = 30.0;

/// What is printed on and done with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Plain paper, from a poor office printer's to a good one's, nearly flat.
    Matte,
    /// Photo paper, well printed, nearly flat.
    Glossy,
    /// Any of these, cut out or not, bent to a radius of a hand's span and flexed.
    Bent,
    /// Any of these, cut out, flat or a little bent.
    CutOut,
}

/// A print and how it is held.
pub(super) struct Paper {
    photo: Photo,
    is_cut_out: bool,
    /// Half its width and height, mm, around a point above the palm, so that the fingers are on it.
    half: [f32; 2],
    /// How much larger than the hand it shows it.
    size: f32,
    /// How much light the darkest ink and bare paper send back.
    range: [f32; 2],
    gloss: f32,
    shininess: f32,
    /// Halftone dots a millimetre, and how deep they look before the lens.
    dots: [f32; 2],
    /// Across which direction it is bent, how much (1/mm), and how much more each second.
    across: [f32; 2],
    bend: [f32; 2],
}

impl Paper {
    /// Prints a photograph: from what a poor office printer makes of it to a good one on photo paper, its colours corrected.
    pub(super) fn print(rng: &mut Rng, photo: Photo, kind: Kind) -> Self {
        let is_glossy = match kind {
            Kind::Matte => false,
            Kind::Glossy => true,
            Kind::Bent | Kind::CutOut => rng.chance(0.5),
        };
        let is_cut_out = kind == Kind::CutOut || (kind == Kind::Bent && rng.chance(0.5));
        let poor = rng.skewed(2) * if is_glossy { 0.4 } else { 1.0 };
        let gamma = 1.0 + (0.05 + 0.2 * poor) * rng.gaussian().clamp(-1.5, 1.5);
        let gain = rng.uniform(0.85, 1.15) as f32;
        let grey = (0.25 * poor) as f32;
        let grain = 0.004 + 0.03 * poor;
        let curve = tone(gamma);
        let photo = photo.changed(|light| {
            let light = light.map(&curve);
            let luma = 0.25 * light[0] + 0.5 * light[1] + 0.25 * light[2];
            let ink = gain * (1.0 + grain * rng.noise()) as f32;
            light.map(|part| ink * (part + grey * (luma - part)))
        });
        let angle = rng.uniform(0.0, std::f64::consts::PI);
        // How far (1/mm) and how fast (1/mm a second) it is bent: deliberately, in the hand that holds it, or stiffly.
        let bend = match kind {
            Kind::Bent => [rng.uniform(0.003, 0.008), 0.004 * rng.gaussian()],
            _ if rng.chance(0.5) => [0.003 * rng.gaussian(), 0.002 * rng.gaussian()],
            _ => [0.0003 * rng.gaussian(), 0.0002 * rng.gaussian()],
        };
        let (gloss, shininess) = if is_glossy {
            (rng.uniform(0.08, 0.4), rng.log_normal(60.0, 0.7))
        } else {
            (0.06 * rng.skewed(1), rng.log_normal(12.0, 0.5))
        };
        Self {
            photo,
            is_cut_out,
            half: if rng.chance(0.5) { [105.0, 148.0] } else { [75.0, 105.0] },
            size: rng.uniform(0.92, 1.08) as f32,
            range: [(0.015 + 0.04 * rng.uniform(0.0, 1.0)) as f32, rng.uniform(0.8, 0.95) as f32],
            gloss: gloss as f32,
            shininess: shininess as f32,
            dots: [rng.uniform(3.0, 8.0) as f32, (0.1 + 0.4 * poor) as f32],
            across: [libm::cos(angle) as f32, libm::sin(angle) as f32],
            bend: bend.map(|part| part as f32),
        }
    }

    /// The paper in a capture's light.
    pub(super) fn held<'a>(&'a self, capture: &'a Capture, seconds: f32, focal_px: f32) -> Held<'a> {
        let axes = &capture.pose.axes;
        let inward = |v: [f32; 3]| axes.map(|axis| dot(v, axis));
        let pixel_mm = capture.distance_mm() / focal_px;
        let seen = self.dots[0] * pixel_mm;
        // A pixel gathers light over its own square, behind a lens that blurs by a third of it.
        let square = libm::sinf(PI * seen) / (PI * seen);
        let dots = self.dots[1] * square * libm::expf(-2.0 * PI * PI * 0.11 * seen * seen);
        Held {
            paper: self,
            light: &capture.light,
            lamp: inward(capture.light.towards),
            place: inward(capture.pose.place),
            view: inward([0.0, 0.0, -1.0]),
            distance_mm: capture.distance_mm(),
            bend: self.bend[0] + self.bend[1] * seconds,
            dots: if dots.abs() > 1e-3 { dots } else { 0.0 },
        }
    }
}

/// Paper as it is held for one picture.
pub(super) struct Held<'a> {
    paper: &'a Paper,
    light: &'a Light,
    /// Towards the lamp, and from the camera to the paper's middle, in the paper's frame.
    lamp: [f32; 3],
    place: [f32; 3],
    /// Towards the camera, in the paper's frame, and how far it is, mm.
    view: [f32; 3],
    distance_mm: f32,
    bend: f32,
    dots: f32,
}

impl Held<'_> {
    /// The light that a place of the flat sheet's plane sends to the camera; `None` beyond the paper.
    pub(super) fn at(&self, [x, y]: [f32; 2]) -> Option<[f32; 3]> {
        let paper = self.paper;
        let far = (x * paper.across[0] + y * paper.across[1]).clamp(-150.0, 150.0);
        let ray = [self.place[0] + x, self.place[1] + y, self.place[2]];
        // A bent sheet lies behind its plane: the ray meets it a little farther on.
        let depth = 0.5 * self.bend * far * far;
        let (x, y) = (x - depth * ray[0] / ray[2], y - depth * ray[1] / ray[2]);
        if !paper.is_cut_out && (x.abs() > paper.half[0] || (y - RISE_MM).abs() > paper.half[1]) {
            return None;
        }
        let (ink, is_hand) = match paper.photo.at([x / paper.size, y / paper.size]) {
            Some(found) => found,
            None if paper.is_cut_out => return None,
            None => ([1.0; 3], false),
        };
        if paper.is_cut_out && !is_hand {
            return None;
        }
        let lean = [self.bend * far * paper.across[0], self.bend * far * paper.across[1]];
        let length = (1.0 + lean[0] * lean[0] + lean[1] * lean[1]).sqrt();
        let normal = [lean[0] / length, lean[1] / length, 1.0 / length];
        let lamp = self.light.lamp_on(dot(normal, self.lamp).max(0.0), x, y);
        let kiosk = self.light.kiosk_on(dot(normal, self.view), self.distance_mm);
        let gloss = paper.gloss * lamp * shine(normal, self.lamp, ray, paper.shininess);
        let mut colour = [0.0; 3];
        for (channel, part) in colour.iter_mut().enumerate() {
            let [black, white] = paper.range;
            let ink = ink[channel].clamp(0.0, 1.0);
            let ink = (ink + self.screened(channel, ink, [x, y])).clamp(black, white);
            *part = self.light.tint[channel] * (ink * (self.light.ambient + lamp + kiosk) + gloss);
        }
        Some(colour)
    }

    /// What is left of the halftone dots of an ink, each colour's turned by an angle of its own.
    fn screened(&self, channel: usize, ink: f32, [x, y]: [f32; 2]) -> f32 {
        if self.dots == 0.0 {
            return 0.0;
        }
        let (sin, cos) = [(0.259, 0.966), (0.966, 0.259), (0.0, 1.0)][channel];
        let turns = TAU * self.paper.dots[0];
        let waves = libm::cosf(turns * (x * cos + y * sin)) + libm::cosf(turns * (y * cos - x * sin));
        self.dots * ink * (1.0 - ink) * 2.0 * waves
    }
}

/// How much of a lamp a surface mirrors to the camera (Blinn 1977): `ray` leads from the camera to the place.
pub(super) fn shine(normal: [f32; 3], lamp: [f32; 3], ray: [f32; 3], shininess: f32) -> f32 {
    let away = dot(ray, ray).sqrt().max(1.0);
    let half = [0, 1, 2].map(|axis| lamp[axis] - ray[axis] / away);
    let length = dot(half, half).sqrt().max(0.01);
    let part = dot(normal, half).max(0.0) / length;
    if part > 0.5 { libm::expf(shininess * libm::logf(part)) } else { 0.0 }
}
