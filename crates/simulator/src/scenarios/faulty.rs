//! Scenes in which a device or the planogram fails.

use model::{PlateId, ProductId};

use super::draft::{Draft, Pick};
use super::people;
use crate::faults::PlateFault;
use crate::{Loss, Warming};

const FIRST_S: f64 = 4.0;
/// While shoppers are at the shelves in all scenes, however short, seconds.
const MIDST_S: (f64, f64) = (7.0, 17.0);
/// How long all messages of a scale controller are lost: a switch or an access point that starts anew, seconds.
/// Assumed.
const BURST_S: (f64, f64) = (0.5, 3.0);
/// Messages of a scale are lost as well in this part of the scenes without a tracker.
const BURST_RATIO: f64 = 0.3;
/// The planogram lies mostly about products whose masses differ by more than this.
const DIFFERENT_RATIO: f64 = 0.15;

/// One shopper, or two who come one after the other.
fn few(draft: &mut Draft) {
    draft.visit(FIRST_S, 2, 5);
    if draft.rng.chance(0.4) {
        draft.visit(FIRST_S + 3.5, 1, 4);
    }
}

/// Nothing comes from the tracker for a while, one person is lost for another while, and now and then the messages of
/// a scale.
pub(crate) fn camera_loss(draft: &mut Draft) {
    let one = draft.visit(FIRST_S, 2, 5);
    if draft.rng.chance(0.5) {
        draft.visit(FIRST_S + 3.5, 1, 4);
        draft.script.tracker.hidden_ratio = 0.7;
    }
    black_out(draft);
    if draft.rng.chance(0.4) {
        let from_s = draft.rng.uniform(MIDST_S.0, MIDST_S.1);
        let (to_s, reborn) = (from_s + draft.rng.uniform(1.0, 4.0), draft.rng.chance(0.4));
        draft.script.tracker.losses.push(Loss { shopper: one.name, from_s, to_s, reborn });
    }
    // Drawn last, so that it changes nothing else.
    if draft.rng.chance(BURST_RATIO) {
        let plate = draft.pick().plate;
        lose_messages(draft, plate);
    }
}

/// Nothing comes from the tracker for a while.
pub(super) fn black_out(draft: &mut Draft) {
    let from_s = draft.rng.uniform(MIDST_S.0, MIDST_S.1);
    draft.script.tracker.blackouts.push((from_s, from_s + draft.rng.uniform(4.0, 10.0)));
}

/// All messages of the controller that this plate is on are lost for a while.
pub(super) fn lose_messages(draft: &mut Draft, plate: PlateId) {
    let from_s = draft.rng.uniform(MIDST_S.0, MIDST_S.1);
    let to_s = from_s + draft.rng.uniform(BURST_S.0, BURST_S.1);
    draft.lost.push((plate.gondola, from_s, to_s));
}

/// One or two of the plates that are used fail, from the beginning or in the midst of it.
pub(crate) fn dead_plate(draft: &mut Draft) {
    let mut shopper = draft.enter(FIRST_S);
    let picks: Vec<Pick> = (0..draft.rng.whole(2, 4)).map(|_| draft.pick()).collect();
    for _ in 0..draft.rng.whole(1, 2) {
        let pick = &picks[draft.rng.whole(0, picks.len() as u32 - 1) as usize];
        break_plate(draft, pick.plate);
    }
    for pick in &picks {
        draft.stop(&mut shopper, pick);
    }
    draft.finish(&mut shopper);
}

/// A plate fails, from the beginning or in the midst of it.
pub(super) fn break_plate(draft: &mut Draft, plate: PlateId) {
    let from_s = if draft.rng.chance(0.5) { 0.0 } else { draft.rng.uniform(MIDST_S.0, MIDST_S.1) };
    let fault = if draft.rng.chance(0.5) { PlateFault::NotANumber } else { PlateFault::Stuck };
    draft.broken.push((plate, from_s, fault));
}

/// The load cells drift.
pub(crate) fn drift(draft: &mut Draft) {
    few(draft);
    let_cells_drift(draft);
}

/// Most cells drift, and the temperature changes once.
pub(super) fn let_cells_drift(draft: &mut Draft) {
    let plates: Vec<PlateId> = draft.store.plates().iter().map(|plate| plate.id).collect();
    for plate in plates {
        let sign = if draft.rng.chance(0.5) { 1.0 } else { -1.0 };
        let g_per_min = sign * draft.rng.uniform(1.0, 10.0);
        if draft.rng.chance(0.8) {
            draft.script.scales.drifts.push((plate, g_per_min));
        }
    }
    let at_s = draft.rng.uniform(MIDST_S.0, MIDST_S.1);
    let (time_constant_s, grams_sd) = (draft.rng.uniform(4.0, 15.0), draft.rng.uniform(2.0, 8.0));
    draft.script.scales.warmings.push(Warming { at_s, time_constant_s, grams_sd });
}

/// The tracker's clock is fast or slow.
pub(crate) fn clock_skew(draft: &mut Draft) {
    few(draft);
    skew_clock(draft);
}

/// Sets the tracker's clock fast or slow.
pub(super) fn skew_clock(draft: &mut Draft) {
    let sign = if draft.rng.chance(0.5) { 1.0 } else { -1.0 };
    draft.skew_s = sign * draft.rng.uniform(0.05, 0.3);
}

/// The engine is told that two products lie where the other one does, or that one lies where another one does.
pub(crate) fn wrong_planogram(draft: &mut Draft) {
    let is_different = draft.rng.chance(0.8);
    let one = draft.pick();
    let beside = one.clone();
    let other = draft.pick_where(move |_, pick| {
        let differs = (pick.grams - beside.grams).abs() > DIFFERENT_RATIO * beside.grams;
        pick.product != beside.product && (differs || !is_different)
    });
    let is_swap = draft.rng.chance(0.7);
    misplace(draft, &one.product, &other.product, is_swap);
    let mut shopper = draft.enter(FIRST_S);
    for _ in 0..draft.rng.whole(1, 4) {
        let amiss = if draft.rng.chance(0.5) { &one } else { &other };
        let pick = if draft.rng.chance(0.6) { amiss.clone() } else { draft.pick() };
        draft.stop(&mut shopper, &pick);
    }
    draft.finish(&mut shopper);
}

/// Tells that one product lies where another one does, and that one where this does if they are swapped.
pub(super) fn misplace(draft: &mut Draft, one: &ProductId, other: &ProductId, is_swap: bool) {
    let mut told = draft.store.file().clone();
    for facing in &mut told.facings {
        if facing.product == *one {
            facing.product = other.clone();
        } else if facing.product == *other && is_swap {
            facing.product = one.clone();
        }
    }
    draft.told = Some(told);
}

/// Two come close, and the tracker takes one for the other or for somebody new.
pub(crate) fn id_switch(draft: &mut Draft) {
    draft.script.tracker.mistaken_ratio = 0.8;
    if draft.rng.chance(0.5) { people::swap_places(draft) } else { people::two_reach(draft) }
}
