//! How long a gate takes from a picture to a name: `cargo bench -p palm --bench gate`.
//!
//! One thread, a picture of 640 x 480 pixels, 100,000 people enrolled with a palm of each side. Prints the median and the 99th of a
//! hundred decisions of the whole, and of its parts.
#![expect(clippy::print_stdout, reason = "it is a program")]

use std::time::{Duration, Instant};

use palm::search::Wanted;
use palm::{Embedding, Gallery, PersonId, Picture, Protection, Reader, SecretKey, Side};
use simulator::Rng;
use simulator::palms::{Camera, Capture, Conditions, Hand, render};

const PEOPLE: u64 = 100_000;
const DECISIONS: u64 = 500;
const CAMERA: Camera = Camera::kiosk(640, 480);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let reader = Reader::new()?;
    let secret = SecretKey::from_bytes([3; 32]);
    let protections = [Side::Left, Side::Right].map(|side| Protection::new(&secret, "bench", side, 1));
    let galleries = protections.each_ref().map(enrolled);
    let mut rng = Rng::new(1, "bench: gate");
    let (mut looks, mut searches, mut wholes) = (Vec::new(), Vec::new(), Vec::new());
    for number in 0..DECISIONS {
        let hand = Hand::new(31, number);
        let capture = Capture::draw(&mut rng, &Conditions::CALM);
        let frame = render(&hand, &capture, &capture.plane(&CAMERA), (640, 480), 4.0 / 3.0);
        let start = Instant::now();
        let picture = Picture::from_rgb(frame.width, frame.height, frame.rgb)?;
        let Ok(look) = reader.look(&picture) else { continue };
        let looked = Instant::now();
        let side = usize::from(look.side == Side::Right);
        let probe = protections[side].protect(&look.embedding);
        std::hint::black_box(galleries[side].search(&probe, Wanted { count: 2, similarity_min: -1.0 }));
        looks.push(looked - start);
        searches.push(looked.elapsed());
        wholes.push(start.elapsed());
    }
    println!("{} of {DECISIONS} pictures were read, {PEOPLE} people enrolled", wholes.len());
    tell("picture to embedding", looks);
    tell("embedding to name", searches);
    tell("picture to name", wholes);
    Ok(())
}

fn enrolled(protection: &Protection) -> Gallery {
    let mut rng = Rng::new(2, "bench: enrolled");
    let mut gallery = Gallery::new();
    for person in 0..PEOPLE {
        if let Ok(embedding) = Embedding::new([0.0; 128].map(|_: f32| rng.gaussian() as f32)) {
            gallery.insert(PersonId(person), &protection.protect(&embedding));
        }
    }
    gallery
}

fn tell(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |share: usize| times.get(times.len() * share / 100).map_or(0.0, |time| time.as_secs_f64() * 1e3);
    println!("{what:<22} median {:>6.2} ms, 99 of 100 within {:>6.2} ms", at(50), at(99));
}
