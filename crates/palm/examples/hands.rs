//! Writes pictures for the network that finds hands: `cargo run --release -p palm --example hands -- SEED COUNT > hands.bin`.
//!
//! Each record is the kind of the scene (0 no hand, 1 a hand, 2 two, 3 covered), 1 if it is a left hand, 1 if it is a first look at
//! the whole picture (0 for a close one), a nought, where the eight landmarks are (16 little-endian f32, pixels), and 128 x 128
//! pixels of RGB. `training/palm/hand.py` reads them.

use std::io::{BufWriter, Write};

use simulator::Rng;
use simulator::palms::{Camera, Capture, Conditions, Frame, Hand, Plane, Scene, scene};

/// Pixels along a side.
const SIDE: usize = 128;
/// Root mean square distance of the landmarks from their middle in a close look, pixels.
const CLOSE_SPREAD: f32 = 34.0;
/// Pictures of one hand.
const PICTURES_A_HAND: u64 = 4;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let seed: u64 = arguments.next().ok_or("say a seed")?.parse()?;
    let count: u64 = arguments.next().ok_or("say how many")?.parse()?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut rng = Rng::new(seed, "palm: hands");
    for number in 0..count {
        let hand = Hand::new(seed ^ 0x51, number / PICTURES_A_HAND);
        out.write_all(&record(&hand, &mut rng).ok_or("a pose without an inverse")?)?;
    }
    Ok(())
}

fn record(hand: &Hand, rng: &mut Rng) -> Option<Vec<u8>> {
    let what = if rng.chance(0.7) { Scene::Hand } else { Scene::ALL[rng.whole(0, 5) as usize] };
    let is_first = rng.chance(0.4);
    let mut conditions = Conditions::STRONG;
    if is_first {
        conditions = Conditions {
            distance_mm: [130.0, 420.0],
            offset_mm: 28.0,
            roll_deg: 28.0,
            tilt_deg: 13.0,
            ..conditions
        };
    }
    let capture = Capture::draw(rng, &conditions);
    let camera = Camera {
        width: SIDE,
        height: SIDE,
        focal_px: Camera::kiosk(640, 480).focal_px * SIDE as f32 / 480.0,
    };
    let mut plane = capture.plane(&camera);
    let mut scale = SIDE as f32 / 360.0;
    let mut crop = None;
    if !is_first {
        let (close, zoom) = close_look(hand, &plane, rng);
        plane = plane.seen_through(&close)?;
        scale = (scale * zoom).min(1.5);
        crop = Some(close);
    }
    let mut frame = scene(what, (hand, &capture), &plane, (SIDE, SIDE), scale);
    if let Some(crop) = crop {
        // A 4:3 picture, or the square in its middle.
        let half = if rng.chance(0.5) { 64.0 } else { 64.0 * 4.0 / 3.0 };
        blacken(&mut frame, &Plane::new(crop)?, half);
    }
    let kind = match what {
        Scene::Empty | Scene::Face => 0,
        Scene::Hand => 1,
        Scene::TwoHands => 2,
        Scene::Glove | Scene::Bandage => 3,
    };
    let mut record = vec![kind, u8::from(hand.is_left()), u8::from(is_first), 0];
    for [x, y] in hand.landmarks_mm() {
        record.extend(plane.project(x, y).into_iter().flat_map(f32::to_le_bytes));
    }
    record.extend(frame.rgb);
    Some(record)
}

/// The homography of a close look, as a first look that was somewhat wrong would take it (one in four: quite wrong), and its zoom.
fn close_look(hand: &Hand, plane: &Plane, rng: &mut Rng) -> ([f32; 9], f32) {
    let marks = hand.landmarks_mm().map(|[x, y]| plane.project(x, y));
    let middle = [0, 1].map(|axis| marks.iter().map(|mark| mark[axis]).sum::<f32>() / 8.0);
    let squares: f32 =
        marks.iter().flat_map(|mark| [mark[0] - middle[0], mark[1] - middle[1]]).map(|d| d * d).sum();
    let wrong = if rng.chance(0.25) { 2.5 } else { 1.0 };
    let zoom = CLOSE_SPREAD / (squares / 8.0).sqrt() * rng.log_normal(1.0, 0.06 * wrong) as f32;
    let wrist = [0, 1].map(|axis| (marks[6][axis] + marks[7][axis]) / 2.0);
    let up = [marks[2][0] - wrist[0], marks[2][1] - wrist[1]];
    let angle = libm::atan2(f64::from(up[0]), f64::from(-up[1])) + 0.08 * wrong * rng.gaussian();
    let (sin, cos) = (libm::sin(angle) as f32 * zoom, libm::cos(angle) as f32 * zoom);
    let to = [0; 2].map(|_: i32| SIDE as f32 / 2.0 + (3.5 * wrong * rng.gaussian()) as f32);
    let shift = [to[0] - cos * middle[0] - sin * middle[1], to[1] + sin * middle[0] - cos * middle[1]];
    ([cos, sin, shift[0], -sin, cos, shift[1], 0.0, 0.0, 1.0], zoom)
}

/// Blackens what lies beyond the picture that a close look is cut from.
fn blacken(frame: &mut Frame, crop: &Plane, half_width: f32) {
    for (index, pixel) in frame.rgb.chunks_exact_mut(3).enumerate() {
        let [x, y] = crop.lift((index % SIDE) as f32 + 0.5, (index / SIDE) as f32 + 0.5);
        if (x - 64.0).abs() > half_width || !(0.0..=SIDE as f32).contains(&y) {
            pixel.fill(0);
        }
    }
}
