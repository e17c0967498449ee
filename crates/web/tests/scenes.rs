//! What may be held to a palm camera, as pictures: hands are enrolled and known, everything else is refused with its reason and
//! nothing of it is kept.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod common;

use std::collections::BTreeSet;

use common::Served;
use common::kiosk::{Kiosk, PICTURE_MS};
use office::{Storage, StorageError};
use palm::Reader;
use simulator::Rng;
use simulator::palms::{
    Attack, Camera, Capture, Conditions, Frame, Hand, Lamp, Scene, attack, live_at, scene,
};
use web::Eye;

const CAMERA: Camera = Camera::kiosk(640, 480);
const SIZE: (usize, usize) = (640, 480);

/// How a kiosk asks for a hand.
const HELD: Conditions = Conditions {
    tilt_deg: 2.0,
    roll_deg: 3.0,
    distance_mm: [200.0, 215.0],
    offset_mm: 3.0,
    ..Conditions::CALM
};

fn kiosk() -> Kiosk {
    Kiosk::before(Served::demo_with(Eye::of(Reader::new().unwrap())))
}

/// A kiosk whose screen lights hands.
fn shining_kiosk() -> Kiosk {
    Kiosk::before(Served::demo_with(Eye::of(Reader::new().unwrap()).that_lights_hands()))
}

/// A picture of what hand `number` shows the `look`th time, moved in the picture by so many pixels.
fn picture(what: Scene, number: u64, look: u64, moved: [f32; 2]) -> Vec<u8> {
    let capture = Capture::draw(&mut Rng::new(1000 * number + look, "test: scenes"), &HELD);
    let moved = [1.0, 0.0, moved[0], 0.0, 1.0, moved[1], 0.0, 0.0, 1.0];
    let plane = capture.plane(&CAMERA).seen_through(&moved).unwrap();
    png(&scene(what, (&Hand::new(77, number), &capture), &plane, SIZE, 4.0 / 3.0))
}

/// Pictures that a hand is held out for.
const HELD_FOR: usize = 60;

/// A living hand before the camera, a picture at a time.
fn hovering(hand: &Hand, seed: u64) -> impl Iterator<Item = Vec<u8>> {
    hovering_in(hand, seed, &Lamp::off())
}

/// The same in a light.
fn hovering_in<'a>(hand: &'a Hand, seed: u64, lamp: &Lamp) -> impl Iterator<Item = Vec<u8>> + use<'a> {
    let times = (0..HELD_FOR as i64).map(|picture| picture * PICTURE_MS * 1_000_000).collect();
    let mut rng = Rng::new(seed, "test: hovering");
    live_at(hand, &mut rng, &HELD, &CAMERA, times, lamp).map(|moment| png(&moment.frame))
}

/// Holds a hand to a kiosk that asks for it, lit as the kiosk asks or, on purpose, otherwise; the last answer.
fn hold_out(kiosk: &mut Kiosk, hand: &Hand, lit_as_asked: bool) -> serde_json::Value {
    let [dim, bright] =
        [false, true].map(|bright| hovering_in(hand, 1, &Lamp::new(0.3, vec![bright; HELD_FOR])));
    let mut told = serde_json::Value::Null;
    for (dim, bright) in dim.zip(bright) {
        let light = told["light"].as_str().map(str::to_owned);
        let path = light
            .as_ref()
            .map_or("/kiosk/palm/picture".to_owned(), |light| format!("/kiosk/palm/picture?light={light}"));
        let is_bright = light.as_deref() == Some("bright") && lit_as_asked;
        told = kiosk.picture(&path, if is_bright { &bright } else { &dim }).json();
        assert!(["dim", "bright"].contains(&told["light"].as_str().unwrap()), "{told}");
        if told["hand"] != "Your left hand"
            || told["say"].as_str().is_some_and(|say| say.contains("your own hand"))
        {
            break;
        }
    }
    told
}

/// Somebody who is asked for their left hand.
fn asked(kiosk: &mut Kiosk) {
    kiosk.post("/kiosk/palm", &[("agreed", "palm-2")]);
    kiosk.post("/kiosk/palm/card", &[("card", "good")]);
}

/// What there is of palms in the tables: people, keys, templates.
fn kept(kiosk: &Kiosk) -> [i64; 3] {
    let tables = kiosk.store.folder().join("office.db");
    let storage = Storage::open(tables.to_str().unwrap()).unwrap();
    let counts =
        ["SELECT count(*) FROM palm_people", "SELECT count(*) FROM palm_keys", "SELECT count(*) FROM palms"];
    counts.map(|count| {
        let rows: Result<i64, StorageError> =
            storage.read(|database| database.query_one(count, &[])?.unwrap().int(0));
        rows.unwrap()
    })
}

#[test]
fn hands_are_enrolled_known_at_the_gate_and_told_from_others() {
    let mut kiosk = kiosk();
    asked(&mut kiosk);
    let hands: Vec<Hand> = (0..4).map(|number| Hand::new(77, number)).collect();
    let mut films = [hovering(&hands[0], 1), hovering(&hands[1], 2)];
    let mut told = serde_json::Value::Null;
    while told["end"] != true {
        let sent = films[usize::from(told["hand"] == "Your right hand")].next().expect("sixty are enough");
        told = kiosk.picture("/kiosk/palm/picture", &sent).json();
    }
    assert_eq!(told["end"], true, "{told}");
    assert!(kiosk.post("/kiosk/palm/finish", &[]).body.contains("From now on your palm opens the gate"));
    assert_eq!(kept(&kiosk), [1, 1, 2]);
    for (number, opens) in [(0, true), (1, true), (2, false), (3, false)] {
        let mut film = hovering(&hands[number], 3);
        let told = kiosk.hover_with(|| film.next().expect("sixty are enough"));
        assert_eq!(told["opens"], opens, "hand {number}: {told}");
    }
}

#[test]
fn a_print_of_an_enrolled_hand_opens_no_gate() {
    let mut kiosk = kiosk();
    asked(&mut kiosk);
    let hand = Hand::new(77, 0);
    let mut film = hovering(&hand, 1);
    while kiosk.picture("/kiosk/palm/picture", &film.next().expect("sixty are enough")).json()["hand"]
        == "Your left hand"
    {}
    assert!(kiosk.post("/kiosk/palm/finish", &[]).body.contains("From now on your palm opens the gate"));
    let mut rng = Rng::new(4, "test: print");
    let mut print: Vec<Frame> = Vec::new();
    let told = kiosk.hover_with(|| {
        if print.is_empty() {
            print = attack(Attack::Sheet, &hand, &mut rng, &HELD, &CAMERA, &Lamp::off())
                .map(|moment| moment.frame)
                .collect();
        }
        png(&print.remove(0))
    });
    assert_eq!(told["opens"], false, "{told}");
    assert!(told["text"].as_str().is_some_and(|text| text.contains("your own hand")), "{told}");
}

#[test]
fn a_hand_that_follows_the_screens_light_is_enrolled_and_what_does_not_is_a_film() {
    let mut kiosk = shining_kiosk();
    asked(&mut kiosk);
    let hand = Hand::new(77, 0);
    let told = hold_out(&mut kiosk, &hand, false);
    assert!(told["say"].as_str().unwrap().contains("your own hand"), "{told}");
    let told = hold_out(&mut kiosk, &hand, true);
    assert_eq!(told["hand"], "Your right hand", "{told}");
}

#[test]
fn what_is_no_bare_palm_is_refused_with_its_reason_and_nothing_is_kept() {
    let mut kiosk = kiosk();
    asked(&mut kiosk);
    let hand = picture(Scene::Hand, 0, 0, [0.0; 2]);
    let scene = |what| picture(what, 0, 0, [0.0; 2]);
    for (what, sent, reason) in [
        ("no hand", scene(Scene::Empty), "Hold your open palm before the camera"),
        ("a face", scene(Scene::Face), "Hold your open palm before the camera"),
        ("two hands", scene(Scene::TwoHands), "One hand only, please"),
        ("a glove", scene(Scene::Glove), "Without a glove or plaster, please"),
        ("a bandage", scene(Scene::Bandage), "Without a glove or plaster, please"),
        ("one pixel", png(&Frame { width: 1, height: 1, rgb: vec![128; 3] }), "This picture is too small"),
        ("50 megapixels", header(8000, 6250), "This picture is too large"),
        ("more than a megabyte", vec![0; 3 << 19], "This picture is too large"),
        ("half a file", hand[..hand.len() / 2].to_vec(), "This picture can\u{2019}t be used"),
        ("no file", Vec::new(), "This picture can\u{2019}t be used"),
        ("a text", b"left 1".to_vec(), "This picture can\u{2019}t be used"),
    ] {
        for path in ["/kiosk/palm/picture", "/kiosk/entry/palm"] {
            let answer = kiosk.picture(path, &sent);
            assert_eq!(
                (answer.status, answer.json()["say"].as_str()),
                (200, Some(reason)),
                "{what}: {answer:?}"
            );
            assert_eq!(answer.json()["part"].as_f64().unwrap_or(0.0), 0.0, "{what}");
        }
    }
    // Whoever wants to finish with that begins anew.
    assert_eq!(kiosk.post("/kiosk/palm/finish", &[]).headers["location"], "/kiosk/palm");
    assert_eq!(kept(&kiosk), [0; 3]);
}

#[test]
fn a_hand_on_its_way_out_of_the_picture_is_guided_back() {
    let mut kiosk = kiosk();
    asked(&mut kiosk);
    let asides = ["A little to the left", "A little to the right", "A little lower", "A little higher"];
    for (way, expected) in [(-1.0, "A little lower"), (1.0, "A little higher")] {
        let said: BTreeSet<String> = (180..300)
            .step_by(8)
            .map(|px| picture(Scene::Hand, 0, 0, [0.0, way * px as f32]))
            .map(|sent| {
                kiosk.picture("/kiosk/palm/picture", &sent).json()["say"].as_str().unwrap().to_owned()
            })
            .filter(|said| asides.contains(&said.as_str()))
            .collect();
        assert_eq!(said, BTreeSet::from([expected.to_owned()]));
    }
}

/// A frame as a PNG whose pixels are packed and not compressed (RFC 1950 and 1951).
fn png(frame: &Frame) -> Vec<u8> {
    let rows = frame.rgb.chunks_exact(3 * frame.width);
    let rows: Vec<u8> = rows.flat_map(|row| [&[0], row].concat()).collect();
    let mut packed = vec![0x78, 0x01];
    let mut blocks = rows.chunks(0xFFFF).peekable();
    while let Some(block) = blocks.next() {
        let length = block.len() as u16;
        packed.push(u8::from(blocks.peek().is_none()));
        packed.extend(length.to_le_bytes());
        packed.extend((!length).to_le_bytes());
        packed.extend(block);
    }
    packed.extend(adler(&rows).to_be_bytes());
    let mut file = header(frame.width as u32, frame.height as u32);
    chunk(&mut file, b"IDAT", &packed);
    chunk(&mut file, b"IEND", &[]);
    file
}

/// A PNG's signature and header.
fn header(width: u32, height: u32) -> Vec<u8> {
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    let size = [width.to_be_bytes(), height.to_be_bytes()].concat();
    chunk(&mut file, b"IHDR", &[size.as_slice(), &[8, 2, 0, 0, 0]].concat());
    file
}

fn chunk(file: &mut Vec<u8>, kind: &[u8; 4], bytes: &[u8]) {
    file.extend((bytes.len() as u32).to_be_bytes());
    let named = [kind.as_slice(), bytes].concat();
    file.extend(&named);
    file.extend(crc(&named).to_be_bytes());
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

/// The checksum of packed bytes (RFC 1950, 8.2).
fn adler(bytes: &[u8]) -> u32 {
    let (low, high) = bytes.iter().fold((1, 0), |(low, high), byte| {
        let low = (low + u32::from(*byte)) % 65_521;
        (low, (high + low) % 65_521)
    });
    high << 16 | low
}
