//! Scores of whole blocks by the high halves of their levels, as fast as the processor can.

use std::fmt;

use super::chunk::{HighBlock, LANES, STEPS};
#[cfg(target_arch = "x86_64")]
use super::x86;
use crate::template::{DIMENSIONS, Template};

/// A probe as the kernels take it.
pub(super) struct Query {
    /// Its levels.
    pub(super) levels: [i8; DIMENSIONS],
    /// Sum of its levels' squares.
    pub(super) square: u32,
    /// Sum of its levels.
    pub(super) sum: i32,
    /// Per step of a block, the four levels that meet the lower halves of the bytes, as one word.
    pub(super) lower: [i32; STEPS],
    /// Per step of a block, the four levels that meet the upper halves.
    pub(super) upper: [i32; STEPS],
}

impl Query {
    pub(super) fn new(probe: &Template) -> Self {
        let levels = *probe.levels();
        let word = |first: usize| {
            i32::from_le_bytes(std::array::from_fn(|place| levels[first + place].cast_unsigned()))
        };
        Self {
            levels,
            square: probe.square(),
            sum: levels.iter().map(|level| i32::from(*level)).sum(),
            lower: std::array::from_fn(|step| word(step * 8)),
            upper: std::array::from_fn(|step| word(step * 8 + 4)),
        }
    }
}

/// A palm whose high halves reach the cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hit {
    /// Its place, from the first of the blocks that were scanned.
    pub(super) place: usize,
    /// 16 times the dot product of the probe's levels with the palm's high halves (0 to 15).
    pub(super) high: i32,
}

/// How blocks are scanned. All kernels give the same hits: they calculate with integers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Kernel(Instructions);

// What can't be made on a machine without the instructions: [`Kernel`] holds it in private.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Instructions {
    /// Plain Rust.
    Portable,
    /// AVX2.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// AVX-512 with its instructions for neural networks (VNNI).
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

impl Kernel {
    /// The kernels that this machine can run, slowest first.
    pub fn available() -> Vec<Self> {
        let mut kernels = vec![Self(Instructions::Portable)];
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx2") {
                kernels.push(Self(Instructions::Avx2));
            }
            if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512vnni") {
                kernels.push(Self(Instructions::Avx512));
            }
        }
        kernels
    }

    /// The fastest kernel that this machine can run.
    pub fn fastest() -> Self {
        Self::available().pop().unwrap_or(Self(Instructions::Portable))
    }

    /// Appends the palms of `blocks` whose score by high halves is at least their block's cut.
    #[allow(unsafe_code, reason = "instructions that not every machine has")]
    pub(super) fn scan(self, blocks: &[HighBlock], cuts: &[i32], query: &Query, hits: &mut Vec<Hit>) {
        match self.0 {
            Instructions::Portable => scan(blocks, cuts, query, hits),
            // SAFETY: `available` is the only place that makes this kernel, after it found AVX2.
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx2 => unsafe { x86::scan_avx2(blocks, cuts, query, hits) },
            // SAFETY: `available` is the only place that makes this kernel, after it found AVX-512 F and VNNI.
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx512 => unsafe { x86::scan_avx512(blocks, cuts, query, hits) },
        }
    }
}

impl fmt::Debug for Kernel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The portable kernel.
fn scan(blocks: &[HighBlock], cuts: &[i32], query: &Query, hits: &mut Vec<Hit>) {
    for (number, (block, cut)) in blocks.iter().zip(cuts).enumerate() {
        let mut sums = [0; LANES];
        for (step, bytes) in block.0.iter().enumerate() {
            for (sum, four) in sums.iter_mut().zip(bytes.as_chunks::<4>().0) {
                for (place, byte) in four.iter().enumerate() {
                    let lower = i32::from(query.levels[step * 8 + place]) * i32::from(byte & 0x0f);
                    let upper = i32::from(query.levels[step * 8 + 4 + place]) * i32::from(byte >> 4);
                    *sum += 16 * (lower + upper);
                }
            }
        }
        push_hits(number, &sums, *cut, hits);
    }
}

/// Appends the lanes of block `number` that reach the cut.
pub(super) fn push_hits(number: usize, sums: &[i32; LANES], cut: i32, hits: &mut Vec<Hit>) {
    let lanes = sums.iter().enumerate().filter(|(_, sum)| **sum >= cut);
    hits.extend(lanes.map(|(lane, sum)| Hit { place: number * LANES + lane, high: *sum }));
}
