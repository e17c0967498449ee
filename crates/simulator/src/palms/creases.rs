//! The skin of one palm: how deep its creases are, and which way it leans.

use super::hand::{MAP_MM, MAP_SIDE, Palmprint};
use crate::rng::Rng;

/// A cubic Bézier curve on the palm, in millimetres from its middle.
type Curve = [[f32; 2]; 4];

/// A crease: where it runs, how wide (standard deviation of its profile, mm) and how deep (0 to 1) it is.
struct Crease {
    curve: Curve,
    width: f32,
    depth: f32,
}

/// Draws the skin of one palm. The principal lines follow the plan all hands share, the rest is chance.
pub(super) fn draw(rng: &mut Rng) -> Palmprint {
    let mut depth = vec![0.0_f32; MAP_SIDE * MAP_SIDE];
    for crease in principal(rng).into_iter().chain(wrinkles(rng)) {
        stroke(&mut depth, &crease, rng);
    }
    grain(&mut depth, rng);
    let relief = relief(&depth, rng);
    Palmprint::new(&depth, &relief)
}

fn near(rng: &mut Rng, place: [f32; 2], spread: f32) -> [f32; 2] {
    [place[0] + spread * rng.gaussian() as f32, place[1] + spread * rng.gaussian() as f32]
}

/// Heart, head and life line, with the branches and doublings many hands have.
fn principal(rng: &mut Rng) -> Vec<Crease> {
    const PLAN: [Curve; 3] = [
        [[-41.0, 18.0], [-20.0, 14.0], [2.0, 20.0], [18.0, 36.0]],
        [[40.0, 14.0], [20.0, 8.0], [-8.0, 4.0], [-30.0, -12.0]],
        [[41.0, 16.0], [14.0, 14.0], [-4.0, -14.0], [10.0, -50.0]],
    ];
    let mut creases = Vec::new();
    for plan in PLAN {
        let curve = plan.map(|place| near(rng, place, 4.5));
        let width = rng.uniform(0.45, 0.95) as f32;
        let depth = rng.uniform(0.55, 1.0) as f32;
        creases.push(Crease { curve, width, depth });
        while rng.chance(0.45) {
            creases.push(branch(rng, &curve, width, depth));
        }
    }
    if rng.chance(0.5) {
        let curve = [[4.0, -48.0], [0.0, -20.0], [2.0, 5.0], [6.0, 30.0]].map(|place| near(rng, place, 7.0));
        creases.push(Crease {
            curve,
            width: rng.uniform(0.35, 0.7) as f32,
            depth: rng.uniform(0.25, 0.7) as f32,
        });
    }
    creases
}

/// A side line that leaves `curve` somewhere.
fn branch(rng: &mut Rng, curve: &Curve, width: f32, depth: f32) -> Crease {
    let start = at(curve, rng.uniform(0.15, 0.9) as f32);
    let end = near(rng, start, 13.0);
    let bend = |rng: &mut Rng, part: f32| {
        near(rng, [start[0] + part * (end[0] - start[0]), start[1] + part * (end[1] - start[1])], 2.0)
    };
    let curve = [start, bend(rng, 0.33), bend(rng, 0.67), end];
    Crease { curve, width: width * 0.8, depth: depth * rng.uniform(0.35, 0.8) as f32 }
}

/// Secondary lines and wrinkles: many, short, along or across the hand's flexion.
fn wrinkles(rng: &mut Rng) -> Vec<Crease> {
    let count = rng.whole(22, 60);
    (0..count)
        .map(|_| {
            let start = [rng.uniform(-42.0, 42.0) as f32, rng.uniform(-52.0, 46.0) as f32];
            let angle = rng.uniform(0.0, std::f64::consts::PI);
            let length = rng.log_normal(15.0, 0.5).min(60.0);
            let step = [(length * libm::cos(angle)) as f32, (length * libm::sin(angle)) as f32];
            let bent = |rng: &mut Rng, part: f32| {
                near(rng, [start[0] + part * step[0], start[1] + part * step[1]], length as f32 * 0.06)
            };
            let curve = [start, bent(rng, 0.33), bent(rng, 0.67), bent(rng, 1.0)];
            Crease { curve, width: rng.uniform(0.25, 0.6) as f32, depth: 0.08 + 0.5 * rng.skewed(2) as f32 }
        })
        .collect()
}

/// A point of a cubic Bézier curve.
fn at(curve: &Curve, t: f32) -> [f32; 2] {
    let s = 1.0 - t;
    let weights = [s * s * s, 3.0 * s * s * t, 3.0 * s * t * t, t * t * t];
    let mut point = [0.0; 2];
    for (weight, control) in weights.iter().zip(curve) {
        point[0] += weight * control[0];
        point[1] += weight * control[1];
    }
    point
}

/// Lays a crease into the map. Its depth swells and fades along the way, and its ends run out.
fn stroke(depth: &mut [f32], crease: &Crease, rng: &mut Rng) {
    let length: f32 = crease.curve.windows(2).map(|pair| distance(pair[0], pair[1])).sum();
    let steps = (length / (0.6 * MAP_MM)).max(4.0) as usize;
    let phase = rng.uniform(0.0, 6.0) as f32;
    let waves = rng.uniform(2.0, 7.0) as f32;
    let radius = 3.0 * crease.width;
    for step in 0..=steps {
        let t = step as f32 / steps as f32;
        let centre = at(&crease.curve, t);
        let fade = (t.min(1.0 - t) * 8.0).min(1.0);
        let swell = 0.8 + 0.2 * libm::sinf(phase + waves * t);
        let [left, top] = place(centre, -radius);
        let [right, bottom] = place(centre, radius);
        for row in top.max(0)..bottom.min(MAP_SIDE as i32 - 1) + 1 {
            for column in left.max(0)..right.min(MAP_SIDE as i32 - 1) + 1 {
                let x = (column as f32 - MAP_SIDE as f32 / 2.0) * MAP_MM - centre[0];
                let y = (row as f32 - MAP_SIDE as f32 / 2.0) * MAP_MM - centre[1];
                let profile = bell((x * x + y * y) / (crease.width * crease.width));
                let value = crease.depth * fade * swell * profile;
                let cell = &mut depth[row as usize * MAP_SIDE + column as usize];
                *cell = cell.max(value);
            }
        }
    }
}

fn distance(a: [f32; 2], b: [f32; 2]) -> f32 {
    ((a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1])).sqrt()
}

fn place(centre: [f32; 2], offset: f32) -> [i32; 2] {
    centre.map(|value| ((value + offset) / MAP_MM + MAP_SIDE as f32 / 2.0) as i32)
}

/// Near enough to exp(-squares / 2), and zero beyond three deviations.
pub(super) fn bell(squares: f32) -> f32 {
    let part = (1.0 - squares / 9.0).max(0.0);
    part * part * part * part
}

/// The fine texture between the creases: smooth noise of three sizes, part of the person.
fn grain(depth: &mut [f32], rng: &mut Rng) {
    for (cells, amplitude) in [(12_usize, 0.05_f32), (40, 0.06), (100, 0.06)] {
        let side = cells + 2;
        let lattice: Vec<f32> = (0..side * side).map(|_| amplitude * rng.gaussian() as f32).collect();
        let scale = cells as f32 / MAP_SIDE as f32;
        for row in 0..MAP_SIDE {
            let (y, v) = split(row as f32 * scale);
            for column in 0..MAP_SIDE {
                let (x, u) = split(column as f32 * scale);
                let corner = y * side + x;
                let top = lattice[corner] * (1.0 - u) + lattice[corner + 1] * u;
                let low = lattice[corner + side] * (1.0 - u) + lattice[corner + side + 1] * u;
                depth[row * MAP_SIDE + column] += top * (1.0 - v) + low * v;
            }
        }
    }
}

fn split(value: f32) -> (usize, f32) {
    let whole = value as usize;
    (whole, value - whole as f32)
}

/// Which way the skin leans, rise per run: the mounds under thumb, fingers and little finger, and the banks of the creases.
fn relief(depth: &[f32], rng: &mut Rng) -> Vec<[f32; 2]> {
    const MOUNDS: [[f32; 3]; 4] =
        [[26.0, -28.0, 20.0], [-28.0, -24.0, 22.0], [-22.0, 32.0, 15.0], [24.0, 34.0, 14.0]];
    let mounds = MOUNDS.map(|[x, y, radius]| {
        let [x, y] = near(rng, [x, y], 3.0);
        [x, y, radius, rng.uniform(3.0, 8.0) as f32]
    });
    let mut relief = vec![[0.0; 2]; MAP_SIDE * MAP_SIDE];
    for row in 1..MAP_SIDE - 1 {
        for column in 1..MAP_SIDE - 1 {
            let cell = row * MAP_SIDE + column;
            let mut lean = [
                -(depth[cell + 1] - depth[cell - 1]) * 0.35 / MAP_MM,
                -(depth[cell + MAP_SIDE] - depth[cell - MAP_SIDE]) * 0.35 / MAP_MM,
            ];
            let x = (column as f32 - MAP_SIDE as f32 / 2.0) * MAP_MM;
            let y = (row as f32 - MAP_SIDE as f32 / 2.0) * MAP_MM;
            for [left, low, radius, height] in mounds {
                let (dx, dy) = ((x - left) / radius, (y - low) / radius);
                let slope = -height / radius * bell(dx * dx + dy * dy);
                lean[0] += slope * dx;
                lean[1] += slope * dy;
            }
            relief[cell] = lean;
        }
    }
    relief
}
