//! The kernels for processors of the x86-64 family.

#![allow(unsafe_code, reason = "loads and stores of vectors: what the bench of kernels compares")]

use std::arch::x86_64::*;

use super::chunk::{HighBlock, LANES};
use super::kernel::{Hit, Query, push_hits};

/// AVX-512 with VNNI: a register holds one step of a block, a lane one palm; `vpdpbusd` adds four products to it.
#[target_feature(enable = "avx512f,avx512vnni")]
pub(super) fn scan_avx512(blocks: &[HighBlock], cuts: &[i32], query: &Query, hits: &mut Vec<Hit>) {
    let (lower_half, upper_half) =
        (_mm512_set1_epi32(0x0f0f_0f0f), _mm512_set1_epi32(0xf0f0_f0f0_u32.cast_signed()));
    for (number, (block, cut)) in blocks.iter().zip(cuts).enumerate() {
        let (mut lower, mut upper) = (_mm512_setzero_si512(), _mm512_setzero_si512());
        for (bytes, (low, high)) in block.0.iter().zip(query.lower.iter().zip(&query.upper)) {
            // SAFETY: reads the 64 bytes of an array of 64; the load needs no alignment.
            let bytes = unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) };
            lower = _mm512_dpbusd_epi32(lower, _mm512_and_si512(bytes, lower_half), _mm512_set1_epi32(*low));
            // The upper half stays where it is, so its products come times 16.
            upper = _mm512_dpbusd_epi32(upper, _mm512_and_si512(bytes, upper_half), _mm512_set1_epi32(*high));
        }
        let sums = _mm512_add_epi32(_mm512_slli_epi32::<4>(lower), upper);
        if _mm512_cmpge_epi32_mask(sums, _mm512_set1_epi32(*cut)) != 0 {
            let mut lanes = [0; LANES];
            // SAFETY: writes the 64 bytes of 16 words; the store needs no alignment.
            unsafe { _mm512_storeu_si512(lanes.as_mut_ptr().cast(), sums) };
            push_hits(number, &lanes, *cut, hits);
        }
    }
}

/// AVX2: two registers hold one step of a block. Pairs of products are added in 16 bits first.
#[target_feature(enable = "avx2")]
pub(super) fn scan_avx2(blocks: &[HighBlock], cuts: &[i32], query: &Query, hits: &mut Vec<Hit>) {
    for (number, (block, cut)) in blocks.iter().zip(cuts).enumerate() {
        let mut lanes = [0; LANES];
        for (half, lanes) in lanes.as_chunks_mut::<8>().0.iter_mut().enumerate() {
            let sums = half_block_avx2(block, half, query);
            // SAFETY: writes the 32 bytes of 8 words; the store needs no alignment.
            unsafe { _mm256_storeu_si256(lanes.as_mut_ptr().cast(), sums) };
        }
        if lanes.iter().any(|sum| sum >= cut) {
            push_hits(number, &lanes, *cut, hits);
        }
    }
}

/// The scores of the first (`half` 0) or last (1) 8 palms of a block.
#[target_feature(enable = "avx2")]
fn half_block_avx2(block: &HighBlock, half: usize, query: &Query) -> __m256i {
    let (nibble, ones) = (_mm256_set1_epi8(0x0f), _mm256_set1_epi16(1));
    let mut sums = _mm256_setzero_si256();
    // Four steps have eight pairs of products of at most 2 · 15 · 127: their sum, 30480, fits 16 bits.
    for (steps, words) in block.0.as_chunks::<4>().0.iter().zip((0..).step_by(4)) {
        let mut pairs = _mm256_setzero_si256();
        for (bytes, step) in steps.iter().zip(words..) {
            let bytes = &bytes.as_chunks::<32>().0[half];
            // SAFETY: reads the 32 bytes of an array of 32; the load needs no alignment.
            let bytes = unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) };
            let lower = _mm256_and_si256(bytes, nibble);
            let upper = _mm256_and_si256(_mm256_srli_epi16::<4>(bytes), nibble);
            let step: usize = step;
            pairs =
                _mm256_add_epi16(pairs, _mm256_maddubs_epi16(lower, _mm256_set1_epi32(query.lower[step])));
            pairs =
                _mm256_add_epi16(pairs, _mm256_maddubs_epi16(upper, _mm256_set1_epi32(query.upper[step])));
        }
        sums = _mm256_add_epi32(sums, _mm256_madd_epi16(pairs, ones));
    }
    _mm256_slli_epi32::<4>(sums)
}
