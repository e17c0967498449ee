//! Films for the browser's camera: hands made of numbers, hovering as people hold them.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use simulator::Rng;
use simulator::palms::{Camera, Conditions, Frame, Hand, Lamp, live_at};

const SIZE: (usize, usize) = (640, 480);
const CAMERA: Camera = Camera::kiosk(SIZE.0, SIZE.1);
/// Frames in a second, and seconds that each hand is shown: long enough for an enrolment on a busy machine.
const PER_S: i64 = 10;
const HAND_S: i64 = 6;
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
        let times = (0..PER_S * HAND_S).map(|number| number * 1_000_000_000 / PER_S).collect();
        for moment in live_at(&hand, &mut rng, &HELD, &CAMERA, times, &Lamp::off()) {
            film.write_all(b"FRAME\n").unwrap();
            film.write_all(&yuv(&moment.frame)).unwrap();
        }
    }
    film.flush().unwrap();
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
