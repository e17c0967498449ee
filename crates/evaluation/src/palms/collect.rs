//! Pictures of a population, read one by one.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use palm::{Embedding, NetworkError, Picture, Protection, ReadError, Reader, Refusal, Template};
use simulator::Rng;
use simulator::palms::{Camera, Capture, Conditions, Hand, render};

use super::in_parallel;

/// Pixels along a side of the pictures: the middle of what a kiosk's camera of 640 x 480 sees.
const PICTURE_PX: usize = 480;
/// That camera.
const KIOSK: Camera = Camera::kiosk(640, 480);
/// How often a palm that is refused is shown again before the next one is.
const SHOWN_MOST: u64 = 12;

/// Which hands people show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hands {
    /// Every other person the left, the others the right.
    Alternate,
    /// Everybody the left.
    Left,
    /// Everybody the right.
    Right,
}

/// A population and how it shows its palms.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Where the population grows from. Networks are trained on others.
    pub seed: u64,
    /// How many people.
    pub people: u64,
    /// Which hand each of them shows.
    pub hands: Hands,
    /// Looks that are read of each palm.
    pub looks: usize,
    /// How differently a palm is shown each time.
    pub conditions: Conditions,
    /// Threads to work with.
    pub threads: usize,
}

/// One palm and what was read of it.
#[derive(Debug)]
pub struct Person {
    /// The skin's step on the Monk scale, 1 to 10.
    pub tone: u8,
    /// The palm's width, mm.
    pub width_mm: f32,
    /// Pictures of it that were shown.
    pub shown: u64,
    /// Those of them that were refused.
    pub refused: u64,
    /// An embedding a look, in order. Fewer than asked for if the palm was refused again and again.
    pub looks: Vec<Embedding>,
}

impl Person {
    /// What a store keeps of them when they enrol: the mean of their first `enrol` looks, protected. `None` if there are fewer.
    pub(super) fn enrolled(&self, enrol: usize, protection: &Protection) -> Option<Template> {
        Embedding::mean(self.looks.get(..enrol)?).map(|mean| protection.protect(&mean))
    }
}

/// A population that was read.
#[derive(Debug, Default)]
pub struct Collected {
    /// Everybody, in order.
    pub people: Vec<Person>,
    /// Pictures shown.
    pub shown: u64,
    /// Pictures refused, by what was said.
    pub refused: BTreeMap<String, u64>,
    /// Pictures read as the wrong hand, which are not compared.
    pub wrong_hand: u64,
}

/// Shows and reads everybody's palms. `progress` is told how many people are done, now and then.
///
/// # Errors
/// If the networks fail.
pub fn collect(options: &Options, progress: &(dyn Fn(u64) + Sync)) -> Result<Collected, NetworkError> {
    let reader = Reader::new()?;
    let done = AtomicU64::new(0);
    let each = options.people.div_ceil(options.threads.max(1) as u64);
    let parts = in_parallel(options.threads, |worker| {
        let first = worker as u64 * each;
        let mut part = Collected::default();
        for number in first..(first + each).min(options.people) {
            let person = show(&reader, options, number, &mut part)?;
            part.people.push(person);
            progress(done.fetch_add(1, Ordering::Relaxed) + 1);
        }
        Ok(part)
    });
    let parts: Result<Vec<Collected>, NetworkError> = parts.into_iter().collect();
    Ok(parts?.into_iter().fold(Collected::default(), together))
}

fn together(mut all: Collected, part: Collected) -> Collected {
    all.people.extend(part.people);
    all.shown += part.shown;
    all.wrong_hand += part.wrong_hand;
    for (reason, count) in part.refused {
        *all.refused.entry(reason).or_default() += count;
    }
    all
}

fn show(
    reader: &Reader,
    options: &Options,
    number: u64,
    tally: &mut Collected,
) -> Result<Person, NetworkError> {
    // Person n has the hands 2n, a left one, and 2n + 1, a right one.
    let is_right = match options.hands {
        Hands::Alternate => number % 2,
        Hands::Left => 0,
        Hands::Right => 1,
    };
    let hand = Hand::new(options.seed, 2 * number + is_right);
    let mut rng = Rng::new(options.seed ^ (2 * number + is_right), "evaluation: palms");
    let mut looks = Vec::with_capacity(options.looks);
    let (mut shown, mut refused) = (0, 0);
    while looks.len() < options.looks && shown < SHOWN_MOST * options.looks as u64 {
        shown += 1;
        let picture = picture(&hand, &Capture::draw(&mut rng, &options.conditions));
        match picture.map_err(ReadError::from).and_then(|picture| reader.look(&picture)) {
            Ok(look) if (look.side == palm::Side::Left) != hand.is_left() => tally.wrong_hand += 1,
            Ok(look) => looks.push(look.embedding),
            Err(ReadError::Refused(refusal)) => {
                refused += 1;
                *tally.refused.entry(refusal.guidance()).or_default() += 1;
            }
            Err(ReadError::Network(error)) => return Err(error),
        }
    }
    tally.shown += shown;
    Ok(Person { tone: hand.tone().step(), width_mm: hand.width_mm(), shown, refused, looks })
}

fn picture(hand: &Hand, capture: &Capture) -> Result<Picture, Refusal> {
    let camera = Camera { width: PICTURE_PX, height: PICTURE_PX, focal_px: KIOSK.focal_px };
    let frame = render(hand, capture, &capture.plane(&camera), (PICTURE_PX, PICTURE_PX), 4.0 / 3.0);
    Picture::from_rgb(frame.width, frame.height, frame.rgb)
}
