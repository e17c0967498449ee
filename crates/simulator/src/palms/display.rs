//! A photograph or a film on a screen.

use std::f32::consts::TAU;

use super::capture::{Capture, Light};
use super::paper::shine;
use super::photo::{Photo, tone};
use super::render::dot;
use crate::rng::Rng;

/// How much larger than the hand a screen shows it: telephones and tablets are narrower than a hand's picture.
const SIZE: [f64; 2] = [0.72, 0.95];
/// The frame around the picture, mm.
const FRAME_MM: f32 = 8.0;

/// How much brighter a kiosk's screen is than paper in its light: it spans a steradian or so, seen from a hand before it.
const KIOSK_MIRRORED: f32 = 3.0;

/// How far above the palm's middle the screen's middle is, mm.
const RISE_MM: f32 = 25.0;

/// A screen, and how the camera sees its beat.
pub(super) struct Display {
    /// Half of what is lit, mm.
    half: [f32; 2],
    pub size: f32,
    /// Its white, linear RGB, and its black.
    white: [f32; 3],
    black: f32,
    gamma: f64,
    /// How much of the room's light the glass sends back, and of a lamp that it mirrors.
    veil: f32,
    mirror: f32,
    /// Bands that a rolling shutter sees of the refresh: to a picture's height, how deep, turns a second and at the start.
    bands: [f32; 4],
    /// What is left of the pixel grid against the camera's: cycles a pixel across and down, and how deep.
    grid: [f32; 3],
}

impl Display {
    /// A screen as attackers may have: from an old tablet with a beat to the eye to one without that can be seen.
    pub(super) fn draw(rng: &mut Rng) -> Self {
        let log_uniform = |rng: &mut Rng, low: f64, high: f64| {
            libm::exp(rng.uniform(libm::log(low), libm::log(high))) as f32
        };
        // White between 5500 and 9000 K while the kiosk's camera is set to its lamp; a third are warmed to match.
        let cold = if rng.chance(0.33) { rng.uniform(0.0, 0.04) } else { rng.uniform(0.06, 0.2) } as f32;
        let level = rng.uniform(0.85, 1.3) as f32;
        let angle = rng.uniform(0.0, std::f64::consts::TAU);
        let beat = rng.uniform(0.02, 0.45);
        Self {
            half: if rng.chance(0.5) { [72.0, 110.0] } else { [98.0, 130.0] },
            size: rng.uniform(SIZE[0], SIZE[1]) as f32,
            white: [level * (1.0 - cold), level, level * (1.0 + 0.8 * cold)],
            black: (0.002 + 0.02 * rng.skewed(2)) as f32,
            gamma: 1.0 + 0.1 * rng.gaussian(),
            veil: log_uniform(rng, 0.004, 0.05),
            mirror: log_uniform(rng, 0.005, 0.05),
            bands: [
                rng.uniform(2.0, 20.0) as f32,
                log_uniform(rng, 0.002, 0.06),
                rng.uniform(-4.0, 4.0) as f32,
                rng.uniform(0.0, 1.0) as f32,
            ],
            grid: [
                (beat * libm::cos(angle)) as f32,
                (beat * libm::sin(angle)) as f32,
                log_uniform(rng, 0.0005, 0.02),
            ],
        }
    }

    /// A photograph as the screen gives it out.
    pub(super) fn emit(&self, photo: Photo) -> Photo {
        let curve = tone(self.gamma);
        photo.changed(|light| {
            [0, 1, 2].map(|channel| {
                self.white[channel] * (self.black + (1.0 - self.black) * curve(light[channel]))
            })
        })
    }

    /// The screen in a capture's light; `seconds` after the first picture, `height` of the picture in pixels.
    pub(super) fn held<'a>(
        &'a self,
        photo: &'a Photo,
        capture: &'a Capture,
        seconds: f32,
        height: usize,
    ) -> Lit<'a> {
        let axes = &capture.pose.axes;
        let inward = |v: [f32; 3]| axes.map(|axis| dot(v, axis));
        let place = inward(capture.pose.place);
        Lit {
            display: self,
            photo,
            light: &capture.light,
            lamp: inward(capture.light.towards),
            place,
            facing: inward([0.0, 0.0, -1.0])[2],
            distance_mm: capture.distance_mm(),
            band: [self.bands[0] / height as f32, self.bands[3] + self.bands[2] * seconds],
            // A tenth of a millimetre is a pixel of the screen: each movement turns the beat anew.
            beat: [10.0 * place[0], 10.0 * place[1], 3.0 * place[2]],
        }
    }
}

/// A screen as it is held for one picture.
pub(super) struct Lit<'a> {
    display: &'a Display,
    photo: &'a Photo,
    light: &'a Light,
    lamp: [f32; 3],
    place: [f32; 3],
    /// How far it faces the camera (the cosine), and how far away it is, mm.
    facing: f32,
    distance_mm: f32,
    /// Bands to a pixel, and turns at the first row.
    band: [f32; 2],
    /// Turns of the grid's beat, a colour each.
    beat: [f32; 3],
}

impl Lit<'_> {
    /// The light that a place of the screen sends to the camera's pixel `column`, `row`; `None` beyond the screen.
    pub(super) fn at(&self, [x, y]: [f32; 2], [column, row]: [f32; 2]) -> Option<[f32; 3]> {
        let display = self.display;
        let beyond = (x.abs() - display.half[0]).max((y - RISE_MM).abs() - display.half[1]);
        if beyond > FRAME_MM {
            return None;
        }
        let ray = [self.place[0] + x, self.place[1] + y, self.place[2]];
        let lamp = self.light.lamp_on(self.lamp[2].max(0.0), x, y);
        let mirrored = display.mirror * lamp * 4.0 * shine([0.0, 0.0, 1.0], self.lamp, ray, 300.0);
        // The kiosk's screen is large and right before the glass: it is mirrored nearly everywhere.
        let kiosk = self.light.kiosk_on(self.facing, self.distance_mm);
        let mirrored = mirrored + KIOSK_MIRRORED * display.mirror * kiosk;
        let veil = display.veil * (self.light.ambient + 0.3 * lamp + kiosk) + mirrored;
        let lit = if beyond > 0.0 {
            [0.0; 3]
        } else {
            self.photo.at([x / display.size, y / display.size]).map_or([0.0; 3], |(light, _)| light)
        };
        let band = 1.0 + display.bands[1] * libm::sinf(TAU * (self.band[0] * row + self.band[1]));
        let turn = display.grid[0] * column + display.grid[1] * row;
        let mut colour = [0.0; 3];
        for (channel, part) in colour.iter_mut().enumerate() {
            let grid = 1.0 + display.grid[2] * libm::sinf(TAU * (turn + self.beat[channel]));
            *part = lit[channel] * band * grid + self.light.tint[channel] * veil;
        }
        Some(colour)
    }
}
