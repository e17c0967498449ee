//! Living hands and pictures of them, from the camera's pictures to the verdict. The figures of whole populations are measured by
//! `cargo run --release -p evaluation --example liveness`.

use model::Time;
use palm::liveness::{Burst, Verdict};
use palm::{Picture, ReadError, Reader};
use simulator::Rng;
use simulator::palms::{Attack, Camera, Conditions, Hand, Lamp, Moment, attack, live};

const CAMERA: Camera = Camera { width: 360, height: 360, focal_px: 0.83 * 480.0 };

/// What a gate would say of pictures, one after another.
fn verdict(reader: &Reader, moments: impl Iterator<Item = Moment>) -> Result<Verdict, ReadError> {
    let mut burst = Burst::new();
    for Moment { after_ns, frame } in moments {
        let picture = Picture::from_rgb(frame.width, frame.height, frame.rgb)?;
        let look = match reader.look(&picture) {
            Ok(look) => look,
            Err(ReadError::Refused(_)) => continue,
            Err(error) => return Err(error),
        };
        let verdict = burst.push(Time::from_nanos(after_ns), &picture, &look, None);
        if verdict != Verdict::More {
            assert!(burst.embedding().is_some());
            return Ok(verdict);
        }
    }
    Ok(Verdict::More)
}

#[test]
fn most_living_hands_pass_and_hardly_any_picture_of_one_does() {
    const HANDS: u64 = 12;
    let reader = Reader::new().unwrap();
    let rng = |number: u64| Rng::new(4243 ^ number, "tests: liveness of a population");
    let (mut living, mut passed) = (0, Vec::new());
    for number in 0..HANDS {
        let hand = Hand::new(4243, number);
        let moments = live(&hand, &mut rng(number), &Conditions::CALM, &CAMERA, &Lamp::off());
        living += usize::from(matches!(verdict(&reader, moments).unwrap(), Verdict::Live { .. }));
        let what = Attack::ALL[number as usize % Attack::ALL.len()];
        let moments = attack(what, &hand, &mut rng(number), &Conditions::CALM, &CAMERA, &Lamp::off());
        if matches!(verdict(&reader, moments).unwrap(), Verdict::Live { .. }) {
            passed.push(what);
        }
    }
    // One in fifty is mistaken for a picture, and one in thirty is held where no burst can be read.
    assert!(living >= 10, "only {living} of {HANDS} living hands passed");
    assert!(passed.is_empty(), "attacks passed: {passed:?}");
}
