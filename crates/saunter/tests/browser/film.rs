//! Films for the browser's camera: hands made of numbers, hovering as people hold them.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use simulator::Rng;
use simulator::palms::{Camera, Capture, Conditions, Frame, Hand, render};

const SIZE: (usize, usize) = (640, 480);
const CAMERA: Camera = Camera::kiosk(SIZE.0, SIZE.1);
/// Pixels of the film to one of a camera 480 wide.
const SCALE: f32 = SIZE.0 as f32 / 480.0;
/// Frames in a second, and seconds that each hand is shown: long enough for an enrolment on a busy machine.
const PER_S: usize = 10;
const HAND_S: usize = 6;
/// How far a hand sways to each side, pixels.
const SWAY_PX: f32 = 6.0;

/// A hand held as the kiosk asks for it.
const HELD: Conditions = Conditions {
    tilt_deg: 2.0,
    roll_deg: 3.0,
    distance_mm: [200.0, 215.0],
    offset_mm: 3.0,
    ..Conditions::CALM
};

/// Writes a film of somebody's left hand and then of their right one. The browser plays it again and again.
pub(crate) fn both_hands(path: &Path) {
    let mut film = BufWriter::new(File::create(path).unwrap());
    // https://wiki.multimedia.cx/index.php/YUV4MPEG2
    writeln!(film, "YUV4MPEG2 W{} H{} F{PER_S}:1 Ip A1:1 C420", SIZE.0, SIZE.1).unwrap();
    let mut rng = Rng::new(5, "test: film");
    for hand in [0, 1].map(|number| Hand::new(2026, number)) {
        let capture = Capture::draw(&mut rng, &HELD);
        for number in 0..PER_S * HAND_S {
            film.write_all(b"FRAME\n").unwrap();
            film.write_all(&yuv(&hovering(&hand, &capture, number as f32 / PER_S as f32))).unwrap();
        }
    }
    film.flush().unwrap();
}

/// The hand after so many seconds.
fn hovering(hand: &Hand, capture: &Capture, seconds: f32) -> Frame {
    let (x, y) = (SWAY_PX * (2.1 * seconds).sin(), SWAY_PX * (1.3 * seconds).cos());
    let plane = capture.plane(&CAMERA).seen_through(&[1.0, 0.0, x, 0.0, 1.0, y, 0.0, 0.0, 1.0]).unwrap();
    render(hand, capture, &plane, SIZE, SCALE)
}

/// The frame's brightness and, at half its size, its two colours (ITU-R BT.601).
fn yuv(frame: &Frame) -> Vec<u8> {
    let (width, height) = SIZE;
    let part = |place: usize, [red, green, blue]: [f32; 3], zero: f32| {
        let pixel = &frame.rgb[3 * place..3 * place + 3];
        let sum = red * f32::from(pixel[0]) + green * f32::from(pixel[1]) + blue * f32::from(pixel[2]);
        (zero + sum / 255.0).round() as u8
    };
    let mut planes: Vec<u8> =
        (0..width * height).map(|place| part(place, [65.481, 128.553, 24.966], 16.0)).collect();
    for colour in [[-37.797, -74.203, 112.0], [112.0, -93.786, -18.214]] {
        for row in (0..height).step_by(2) {
            planes.extend((0..width).step_by(2).map(|column| part(row * width + column, colour, 128.0)));
        }
    }
    planes
}
