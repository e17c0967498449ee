//! Writes patches for the network that tells palms apart, for ever:
//! `cargo run --release -p palm --example patches -- SEED HANDS STREAM [LOOKS]`.
//!
//! Each record is the number of the hand (little-endian u32) and 112 x 112 bytes, 128 for level skin. Looks at one hand come in
//! pairs; with LOOKS, so many of each hand come in order, and then it ends. `training/palm/print.py` reads them.

use std::io::{BufWriter, Write};

use palm::Homography;
use palm::patch::{MEAN_HAND_MM, Patch, SIDE, place_mm};
use simulator::Rng;
use simulator::palms::{Camera, Capture, Conditions, Hand, Plane, render};

/// How far landmarks are found beside where they are (standard deviation, mm), at least and at most: at most a little more than what
/// the network that finds hands was measured at, since it is the wrong landmarks that turn people away.
const WRONG_MM: [f64; 2] = [0.4, 2.0];
/// Noise of a patch's pixel to that of a camera's: a reader takes the mean of several.
const NOISE_PART: f64 = 0.6;
/// Hands narrower than this (mm) are drawn twice as often: a camera gives them fewer pixels, so they are told apart less well.
const SMALL_MM: f32 = 78.0;
/// The share of looks that are as calm as a kiosk asks for.
const CALM: f64 = 0.2;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<u64> = std::env::args().skip(1).map(|text| text.parse()).collect::<Result<_, _>>()?;
    let &[seed, hands, stream, ref rest @ ..] = arguments.as_slice() else {
        return Err("say a seed, how many hands, and which stream".into());
    };
    let mut rng = Rng::new(seed ^ (stream << 32), "palm: patches");
    let mut out = BufWriter::with_capacity(1 << 20, std::io::stdout().lock());
    let mut write = |number: u64, hand: &Hand, rng: &mut Rng, calm: f64| {
        let patch =
            look(hand, rng, calm).ok_or_else(|| std::io::Error::other("a pose without an inverse"))?;
        let bytes: Vec<u8> = patch.pixels().iter().map(|value| (value * 127.0 + 128.0) as u8).collect();
        out.write_all(&(number as u32).to_le_bytes())?;
        out.write_all(&bytes)
    };
    if let Some(&looks) = rest.first() {
        for number in 0..hands {
            let hand = Hand::new(seed, number);
            for _ in 0..looks {
                write(number, &hand, &mut rng, 0.0)?;
            }
        }
        return Ok(());
    }
    let all: Vec<Hand> = (0..hands).map(|number| Hand::new(seed, number)).collect();
    let times = |hand: &Hand| if hand.width_mm() < SMALL_MM { 2 } else { 1 };
    let drawn: Vec<usize> =
        all.iter().enumerate().flat_map(|(number, hand)| std::iter::repeat_n(number, times(hand))).collect();
    loop {
        let number = drawn[(rng.draw() % drawn.len() as u64) as usize];
        for _ in 0..2 {
            write(number as u64, &all[number], &mut rng, CALM)?;
        }
    }
}

/// A patch as the reader would cut it out, had it found the landmarks a little beside where they are.
fn look(hand: &Hand, rng: &mut Rng, calm: f64) -> Option<Patch> {
    let conditions = if rng.chance(calm) { Conditions::CALM } else { Conditions::STRONG };
    let conditions = Conditions { noise: NOISE_PART * conditions.noise, ..conditions };
    let capture = Capture::draw(rng, &conditions);
    let mirror = if hand.is_left() { -1.0 } else { 1.0 };
    let wrong = rng.uniform(WRONG_MM[0], WRONG_MM[1]);
    let common = [0; 2].map(|_: i32| 0.5 * wrong * rng.gaussian());
    let marks = hand
        .landmarks_mm()
        .map(|mark| [0, 1].map(|axis| mark[axis] + (common[axis] + wrong * rng.gaussian()) as f32));
    let found = Homography::fit(&MEAN_HAND_MM.map(|[x, y]| [mirror * x, y]), &marks)?;
    let side = SIDE as f32;
    let corners = [[0.0, 0.0], [side, 0.0], [side, side], [0.0, side]];
    let places = corners.map(|[column, row]| {
        let [x, y] = place_mm(column, row);
        found.apply([mirror * x, y])
    });
    let plane = Plane::new(Homography::fit(&places, &corners)?.numbers())?;
    // Pixels of a patch to a pixel of the camera: a patch's are 0.82 mm.
    let scale = capture.distance_mm() / Camera::kiosk(480, 360).focal_px / 0.82;
    let frame = render(hand, &capture, &plane, (SIDE, SIDE), scale);
    let brightness: Vec<f32> = frame
        .rgb
        .chunks_exact(3)
        .map(|pixel| (f32::from(pixel[0]) + 2.0 * f32::from(pixel[1]) + f32::from(pixel[2])) / 4.0)
        .collect();
    Some(Patch::even(&brightness))
}
