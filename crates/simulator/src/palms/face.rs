//! A face before the camera, as far as a palm reader is concerned: a round of skin with hair, eyes, nose and mouth.

use super::render::mix;
use super::sensor::Exposure;
use crate::rng::Rng;

/// An ellipse of one colour.
struct Spot {
    middle: [f32; 2],
    half: [f32; 2],
    colour: [f32; 3],
}

/// Paints somebody's head and shoulders.
pub(super) fn paint(exposure: &mut Exposure, rng: &mut Rng) {
    let (width, height) = (exposure.width as f32, exposure.height as f32);
    let size = height * rng.uniform(0.18, 0.42) as f32;
    let middle = [width * rng.uniform(0.25, 0.75) as f32, height * rng.uniform(0.3, 0.6) as f32];
    let dark = rng.uniform(0.0, 1.0) as f32;
    let skin = [0.74 - 0.4 * dark, 0.52 - 0.32 * dark, 0.43 - 0.29 * dark];
    let hair = [0; 3].map(|_: i32| 0.3 * rng.skewed(2) as f32);
    let cloth = [0; 3].map(|_: i32| rng.uniform(0.0, 0.8) as f32);
    let lit = rng.uniform(-0.5, 0.5) as f32;
    let spot = |x: f32, y: f32, w: f32, h: f32, colour: [f32; 3]| Spot {
        middle: [middle[0] + x * size, middle[1] + y * size],
        half: [w * size, h * size],
        colour,
    };
    let lips = [skin[0] * 0.8, skin[1] * 0.5, skin[2] * 0.5];
    let spots = [
        spot(0.0, 2.2, 1.6, 1.1, cloth),
        spot(0.0, 1.2, 0.4, 0.6, skin.map(|part| part * 0.8)),
        spot(0.0, -0.25, 0.88, 1.1, hair),
        spot(0.0, 0.1, 0.75, 1.0, skin),
        spot(-0.3, -0.1, 0.16, 0.08, [0.8; 3]),
        spot(0.3, -0.1, 0.16, 0.08, [0.8; 3]),
        spot(-0.3, -0.1, 0.07, 0.07, [0.05; 3]),
        spot(0.3, -0.1, 0.07, 0.07, [0.05; 3]),
        spot(-0.3, -0.28, 0.2, 0.04, hair),
        spot(0.3, -0.28, 0.2, 0.04, hair),
        spot(0.0, 0.25, 0.1, 0.16, skin.map(|part| part * 0.85)),
        spot(0.0, 0.58, 0.25, 0.07, lips),
    ];
    for row in 0..exposure.height {
        for column in 0..exposure.width {
            let (x, y) = (column as f32, row as f32);
            let pixel = &mut exposure.light[row * exposure.width + column];
            for spot in &spots {
                let (u, v) = ((x - spot.middle[0]) / spot.half[0], (y - spot.middle[1]) / spot.half[1]);
                let cover = ((1.0 - u * u - v * v) * 12.0).clamp(0.0, 1.0);
                if cover > 0.0 {
                    let shade = 1.0 - 0.25 * (u * u + v * v) + lit * u * 0.5;
                    *pixel = mix(*pixel, spot.colour.map(|part| part * shade), cover);
                }
            }
        }
    }
}
