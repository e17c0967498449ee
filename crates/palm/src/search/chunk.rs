//! A piece of a gallery: how templates lie in memory, and how they are looked through.
//!
//! A level *x* is 16 · (*h* - 8) + *l* with *h* and *l* from 0 to 15. The *h* of 16 palms lie together in a block, the *l*
//! of each palm in a row of its own. Chunks are taken from the allocator once and never grow, so no copy of a template
//! is left behind in freed memory; they are overwritten when dropped.

use zeroize::Zeroize;

use super::best::{Best, Candidate};
use super::kernel::{Hit, Kernel, Query};
use crate::id::PersonId;
use crate::template::{DIMENSIONS, Template, cosine};

/// Palms of a block.
pub(super) const LANES: usize = 16;
/// Steps of a block: each holds eight dimensions of all its palms.
pub(super) const STEPS: usize = DIMENSIONS / 8;
/// Blocks of a chunk. Their high halves, 256 KiB, fit a core's second-level cache.
const BLOCKS: usize = 256;
/// Palms of a chunk.
pub(super) const CHUNK_PALMS: usize = BLOCKS * LANES;
/// Blocks that are scanned between two looks at the best candidates so far.
const RUN: usize = 32;

/// The high halves of 16 palms' levels. Byte `4 p + d` of step `s` has, for palm `p`, dimension `8 s + d` in
/// its lower half and `8 s + 4 + d` in its upper half.
#[derive(Clone)]
#[repr(align(64))]
pub(super) struct HighBlock(pub(super) [[u8; LANES * 4]; STEPS]);

/// The low halves of one palm's levels: byte `d` has dimension `d` in its lower half, `64 + d` in its upper half.
#[derive(Clone)]
#[repr(align(64))]
struct LowRow([u8; DIMENSIONS / 2]);

/// What bounds the scores of a block's palms.
#[derive(Clone, Copy)]
struct Bound {
    /// The least length of a template.
    length_min: f32,
    /// The greatest length of low halves, taken from their middle (7.5).
    rest_max: f32,
}

impl Bound {
    /// Of no palm.
    const NONE: Self = Self { length_min: f32::MAX, rest_max: 0.0 };

    fn with(self, template: &Template) -> Self {
        let length = f64::from(template.square()).sqrt() as f32;
        let rest = |level: &i8| (f64::from(level & 15) - 7.5) * (f64::from(level & 15) - 7.5);
        let rest = template.levels().iter().map(rest).sum::<f64>().sqrt() as f32;
        Self { length_min: self.length_min.min(length), rest_max: self.rest_max.max(rest) }
    }

    /// The least score by high halves that a palm needs to be as like the query as `bar`.
    ///
    /// The dot product is `high - 120.5 · sum + query · rest`, and the last part at most the product of both lengths. It
    /// must reach `bar` times the product of both templates' lengths. One less makes up for all roundings: those of the
    /// two `f32` and of a similarity come to less than 0.5 with lengths below 1438.
    fn cut(self, query: &Query, bar: f64) -> i32 {
        // With a negative bar, long templates would be the ones that need least: let all pass.
        if bar <= 0.0 {
            return i32::MIN;
        }
        let needed = bar * f64::from(self.length_min) - f64::from(self.rest_max);
        (f64::from(query.square).sqrt() * needed + 120.5 * f64::from(query.sum) - 1.0).ceil() as i32
    }
}

/// Up to [`CHUNK_PALMS`] palms.
pub(super) struct Chunk {
    high: Box<[HighBlock]>,
    low: Box<[LowRow]>,
    squares: Box<[u32]>,
    bounds: Box<[Bound]>,
    /// Never grows beyond what it was made with.
    people: Vec<PersonId>,
}

impl Chunk {
    /// Bytes of memory that a chunk takes.
    pub(super) const BYTES: usize = BLOCKS * (size_of::<HighBlock>() + size_of::<Bound>())
        + CHUNK_PALMS * (size_of::<LowRow>() + size_of::<u32>() + size_of::<PersonId>());

    pub(super) fn new() -> Self {
        Self {
            high: vec![HighBlock([[0; LANES * 4]; STEPS]); BLOCKS].into_boxed_slice(),
            low: vec![LowRow([0; DIMENSIONS / 2]); CHUNK_PALMS].into_boxed_slice(),
            squares: vec![0; CHUNK_PALMS].into_boxed_slice(),
            bounds: vec![Bound::NONE; BLOCKS].into_boxed_slice(),
            people: Vec::with_capacity(CHUNK_PALMS),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.people.len()
    }

    /// Puts a template behind the last. The chunk must not be full.
    pub(super) fn push(&mut self, person: PersonId, template: &Template) {
        let place = self.people.len();
        self.people.push(person);
        self.write(place, template);
        let bound = &mut self.bounds[place / LANES];
        *bound = bound.with(template);
    }

    /// Puts another template at a place.
    pub(super) fn replace(&mut self, place: usize, person: PersonId, template: &Template) {
        self.people[place] = person;
        self.write(place, template);
        self.bound_anew(place / LANES);
    }

    /// Takes out the last template and overwrites it. There must be one.
    pub(super) fn pop(&mut self) -> (PersonId, Template) {
        let place = self.people.len() - 1;
        let last = (self.people[place], self.template(place));
        self.people.pop();
        self.erase(place);
        self.bound_anew(place / LANES);
        last
    }

    /// The template at a place.
    pub(super) fn template(&self, place: usize) -> Template {
        let mut levels = [0; DIMENSIONS];
        let (block, lane, low) = (&self.high[place / LANES], place % LANES, &self.low[place]);
        for (dimension, level) in levels.iter_mut().enumerate() {
            let (step, byte, is_upper) = high_place(lane, dimension);
            let high = half(block.0[step][byte], is_upper);
            let low = half(low.0[dimension % 64], dimension >= 64);
            *level = (16 * high + low).wrapping_sub(128).cast_signed();
        }
        let template = Template::from_levels(&levels, self.squares[place]);
        levels.zeroize();
        template
    }

    /// Offers `best` all palms that may be among the best for a query.
    pub(super) fn search(&self, kernel: Kernel, query: &Query, best: &mut Best, hits: &mut Vec<Hit>) {
        let used = self.people.len().div_ceil(LANES);
        let runs = self.high[..used].chunks(RUN).zip(self.bounds[..used].chunks(RUN));
        for ((blocks, bounds), first) in runs.zip((0..).step_by(RUN * LANES)) {
            let (bar, mut cuts) = (best.bar(), [0; RUN]);
            cuts.iter_mut().zip(bounds).for_each(|(cut, bound)| *cut = bound.cut(query, bar));
            hits.clear();
            kernel.scan(blocks, &cuts[..bounds.len()], query, hits);
            for hit in hits.iter() {
                // Lanes of the last block may be empty.
                if let Some(person) = self.people.get(first + hit.place) {
                    let similarity = self.similarity(first + hit.place, hit.high, query);
                    best.offer(Candidate { person: *person, similarity });
                }
            }
        }
    }

    /// The exact similarity of a palm whose high halves were scored.
    fn similarity(&self, place: usize, high: i32, query: &Query) -> f64 {
        let (first, second) = query.levels.split_at(DIMENSIONS / 2);
        let levels = first.iter().zip(second).zip(&self.low[place].0);
        let part = |((first, second), byte): ((&i8, &i8), &u8)| {
            i32::from(*first) * i32::from(byte & 15) + i32::from(*second) * i32::from(byte >> 4)
        };
        let low: i32 = levels.map(part).sum();
        cosine(high - 128 * query.sum + low, query.square, self.squares[place])
    }

    fn write(&mut self, place: usize, template: &Template) {
        self.erase(place);
        let (block, lane, low) = (&mut self.high[place / LANES], place % LANES, &mut self.low[place]);
        for (dimension, level) in template.levels().iter().enumerate() {
            let shifted = level.cast_unsigned().wrapping_add(128);
            let (step, byte, is_upper) = high_place(lane, dimension);
            block.0[step][byte] |= (shifted >> 4) << (4 * u8::from(is_upper));
            low.0[dimension % 64] |= (shifted & 15) << (4 * u8::from(dimension >= 64));
        }
        self.squares[place] = template.square();
    }

    /// Overwrites a place with zeros.
    fn erase(&mut self, place: usize) {
        let lane = place % LANES * 4;
        self.high[place / LANES].0.iter_mut().for_each(|step| step[lane..lane + 4].zeroize());
        self.low[place].0.zeroize();
        self.squares[place].zeroize();
    }

    fn bound_anew(&mut self, block: usize) {
        let palms = block * LANES..self.people.len().min((block + 1) * LANES);
        self.bounds[block] = palms.fold(Bound::NONE, |bound, place| bound.with(&self.template(place)));
    }

    #[cfg(test)]
    pub(super) fn is_blank_from(&self, place: usize) -> bool {
        let high = self.high.iter().flat_map(|block| block.0.iter().map(|step| step.as_chunks::<4>().0));
        let high = high.enumerate().all(|(step, lanes)| {
            lanes
                .iter()
                .enumerate()
                .all(|(lane, bytes)| step / STEPS * LANES + lane < place || *bytes == [0; 4])
        });
        high && self.low[place..].iter().all(|row| row.0 == [0; 64])
            && self.squares[place..].iter().all(|one| *one == 0)
    }
}

impl Drop for Chunk {
    fn drop(&mut self) {
        self.high.iter_mut().for_each(|block| block.0.zeroize());
        self.low.iter_mut().for_each(|row| row.0.zeroize());
        self.squares.zeroize();
    }
}

/// Step, byte and half of a dimension of the palm in a lane.
fn high_place(lane: usize, dimension: usize) -> (usize, usize, bool) {
    (dimension / 8, lane * 4 + dimension % 4, dimension % 8 >= 4)
}

fn half(byte: u8, is_upper: bool) -> u8 {
    if is_upper { byte >> 4 } else { byte & 15 }
}
