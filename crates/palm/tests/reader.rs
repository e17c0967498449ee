//! What a reader says of pictures, drawn by the simulator.
#![allow(clippy::expect_used, clippy::panic, reason = "tests")]

use palm::{Aside, Embedding, Look, Picture, ReadError, Reader, Refusal, Side};
use simulator::Rng;
use simulator::palms::{Camera, Capture, Conditions, Frame, Hand, Scene, render, scene};

const CAMERA: Camera = Camera::kiosk(640, 480);
const SIZE: (usize, usize) = (640, 480);
/// Pixels of a picture 640 wide to one of a picture 480 wide.
const SCALE: f32 = 640.0 / 480.0;

fn picture(frame: Frame) -> Picture {
    Picture::from_rgb(frame.width, frame.height, frame.rgb).expect("the camera's pictures have a good size")
}

fn shown(hand: &Hand, capture: &Capture) -> Picture {
    picture(render(hand, capture, &capture.plane(&CAMERA), SIZE, SCALE))
}

fn read(reader: &Reader, picture: &Picture) -> Result<Look, Refusal> {
    match reader.look(picture) {
        Ok(look) => Ok(look),
        Err(ReadError::Refused(refusal)) => Err(refusal),
        Err(ReadError::Network(error)) => panic!("{error}"),
    }
}

/// Looks at a hand held as the kiosk asks for it, which asks again where a picture is refused.
fn calm_looks(reader: &Reader, hand: &Hand, count: usize) -> Vec<Embedding> {
    let mut rng = Rng::new(hand.width_mm().to_bits().into(), "test: calm");
    (0..30)
        .filter_map(|_| read(reader, &shown(hand, &Capture::draw(&mut rng, &Conditions::CALM))).ok())
        .map(|look| look.embedding)
        .take(count)
        .collect()
}

#[test]
fn looks_at_one_palm_are_nearer_to_one_another_than_to_any_other() {
    let reader = Reader::new().expect("the networks come with the crate");
    let people: Vec<Vec<Embedding>> =
        (0..12).map(|number| calm_looks(&reader, &Hand::new(4242, number), 3)).collect();
    for (number, looks) in people.iter().enumerate() {
        assert!(looks.len() >= 2, "hand {number} was refused again and again");
        let own = looks[0].similarity(&looks[1]);
        let strangers =
            people.iter().enumerate().filter(|(other, _)| *other != number).flat_map(|(_, looks)| looks);
        let nearest = strangers.map(|look| look.similarity(&looks[0])).fold(-1.0, f64::max);
        assert!(own > nearest, "hand {number}: {own:.3} to itself, {nearest:.3} to somebody else");
    }
}

#[test]
fn left_and_right_hands_are_told_and_landmarks_are_found() {
    let reader = Reader::new().expect("the networks come with the crate");
    let mut rng = Rng::new(8, "test: sides");
    let mut off = Vec::new();
    for number in 0..20 {
        let hand = Hand::new(777, number);
        let capture = Capture::draw(&mut rng, &Conditions::CALM);
        let Ok(look) = read(&reader, &shown(&hand, &capture)) else { continue };
        assert_eq!(look.side == Side::Left, hand.is_left(), "hand {number}");
        let plane = capture.plane(&CAMERA);
        for (found, [x, y]) in look.landmarks.iter().zip(hand.landmarks_mm()) {
            let [left, top] = plane.lift(found[0], found[1]);
            off.push(((left - x) * (left - x) + (top - y) * (top - y)).sqrt());
        }
    }
    assert!(off.len() >= 8 * 15, "most calm hands are read");
    off.sort_by(f32::total_cmp);
    assert!(off[off.len() / 2] < 2.0, "half of the landmarks are within 2 mm, not {} mm", off[off.len() / 2]);
}

/// What is said of twenty pictures of a scene.
fn answers(reader: &Reader, what: Scene) -> Vec<Result<Side, Refusal>> {
    let mut rng = Rng::new(31, "test: scenes");
    (0..20)
        .map(|number| {
            let hand = Hand::new(555, number);
            let capture = Capture::draw(&mut rng, &Conditions::CALM);
            let frame = scene(what, (&hand, &capture), &capture.plane(&CAMERA), SIZE, SCALE);
            read(reader, &picture(frame)).map(|look| look.side)
        })
        .collect()
}

#[test]
fn what_is_no_bare_palm_is_refused_with_its_reason() {
    let reader = Reader::new().expect("the networks come with the crate");
    for (what, reason) in [
        (Scene::Empty, Refusal::NoHand),
        (Scene::Face, Refusal::NoHand),
        (Scene::TwoHands, Refusal::TwoHands),
        (Scene::Glove, Refusal::Covered),
        (Scene::Bandage, Refusal::Covered),
    ] {
        let answers = answers(&reader, what);
        let right = answers.iter().filter(|answer| **answer == Err(reason)).count();
        let read = answers.iter().filter(|answer| answer.is_ok()).count();
        assert!(right >= 15, "{what:?}: {right} of 20 are {reason:?}: {answers:?}");
        assert!(read <= 1, "{what:?}: {read} of 20 were read as a palm: {answers:?}");
    }
    let read = answers(&reader, Scene::Hand).iter().filter(|answer| answer.is_ok()).count();
    assert!(read >= 17, "{read} of 20 calm hands were read");
}

#[test]
fn files_that_are_no_pictures_or_of_a_wrong_size_are_refused() {
    let refused = |bytes: &[u8]| Picture::decode(bytes).expect_err("must be refused");
    assert_eq!(refused(b""), Refusal::Corrupt);
    assert_eq!(refused(b"GIF89a, not ours"), Refusal::Corrupt);
    assert_eq!(refused(&png(1, 1)), Refusal::TooSmall { width: 1, height: 1 });
    // Only the header is there: the size is refused before any pixel is asked for.
    assert_eq!(refused(&png(8000, 6250)), Refusal::TooLarge { width: 8000, height: 6250 });
    assert_eq!(refused(&png(640, 480)), Refusal::Corrupt);
    assert_eq!(refused(&jpeg_header(8000, 6250)), Refusal::TooLarge { width: 8000, height: 6250 });
    assert_eq!(refused(&jpeg_header(640, 480)), Refusal::Corrupt);
    let short = Picture::from_rgb(640, 480, vec![0; 12]).expect_err("bytes are missing");
    assert_eq!(short, Refusal::Corrupt);
}

#[test]
fn every_refusal_says_what_to_do() {
    let all = [
        Refusal::Corrupt,
        Refusal::TooSmall { width: 1, height: 1 },
        Refusal::TooLarge { width: 8000, height: 6250 },
        Refusal::NoHand,
        Refusal::TwoHands,
        Refusal::Covered,
        Refusal::Unclear,
        Refusal::Partial(Aside::Higher),
        Refusal::TooFar,
        Refusal::TooNear,
        Refusal::Tilted,
        Refusal::TooDark,
        Refusal::TooBright,
        Refusal::Blurred,
    ];
    let lines: Vec<String> =
        all.iter().map(|refusal| format!("{} | {refusal}", refusal.guidance())).collect();
    insta::assert_snapshot!(lines.join("\n"));
}

/// A PNG's signature and header, without pixels.
fn png(width: u32, height: u32) -> Vec<u8> {
    let mut header = b"IHDR".to_vec();
    header.extend(width.to_be_bytes());
    header.extend(height.to_be_bytes());
    header.extend([8, 2, 0, 0, 0]);
    let mut file = b"\x89PNG\r\n\x1a\n\0\0\0\x0d".to_vec();
    file.extend(&header);
    file.extend(crc(&header).to_be_bytes());
    file
}

/// The checksum of a PNG's chunk (ISO 3309).
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |mut crc, byte| {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 };
        }
        crc
    })
}

/// A JPEG's start and frame header, without pixels.
fn jpeg_header(width: u16, height: u16) -> Vec<u8> {
    let mut file = vec![0xFF, 0xD8, 0xFF, 0xC0, 0, 17, 8];
    file.extend(height.to_be_bytes());
    file.extend(width.to_be_bytes());
    file.extend([3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0]);
    file
}

#[test]
fn the_readers_mean_hand_is_the_one_it_learned_from() {
    assert_eq!(palm::patch::MEAN_HAND_MM, simulator::palms::MEAN_LANDMARKS_MM);
}
