//! Scenes about people: alone, side by side, in parties, in crowds.

use model::Store;

use super::draft::{Draft, Pick, Shopper, aside_m};
use crate::{Action, Age, What, Work};

/// When the first one comes in, seconds.
const FIRST_S: f64 = 4.0;
/// How far apart the spines of two people are who stand side by side, metres.
const SIDE_BY_SIDE_M: (f64, f64) = (0.46, 0.8);
/// How often one of two who stand side by side reaches in front of the other one, and how far apart products are at
/// most for which both do, metres.
const CROSSING_RATIO: f64 = 0.3;
const CROSSING_M: f64 = 0.45;
const CROSSING_APART_M: f64 = 0.6;
/// What is lower than this is low enough for a child, metres.
const LOW_M: f64 = 0.95;

/// One shopper with all habits.
pub(crate) fn solo(draft: &mut Draft) {
    draft.visit(FIRST_S, 1, 6);
}

/// Two side by side who reach within a second, once or twice.
pub(crate) fn two_reach(draft: &mut Draft) {
    let (mut one, mut other) = two_enter(draft);
    let often = draft.rng.whole(1, 2);
    for number in 0..often {
        let apart_m = draft.rng.uniform(SIDE_BY_SIDE_M.0, SIDE_BY_SIDE_M.1);
        let Some((left, right)) = pair(draft, apart_m) else { break };
        stand(draft, [&one, &other], &left, apart_m, number + 1);
        let (ones, others) = match draft.rng.uniform(0.0, 1.0) {
            // Across each other, which only works for what is near the middle.
            _ if apart_m > CROSSING_APART_M => (&left, &right),
            draw if draw < CROSSING_RATIO && is_near(draft, &left, &right) => (&right, &left),
            draw if draw < 1.5 * CROSSING_RATIO => (&right, &right),
            _ => (&left, &right),
        };
        reach(draft, &mut one, ones);
        draft.wait(&other, 0.0, 0.9);
        reach(draft, &mut other, others);
    }
    part(draft, one, other);
}

/// Two at one shelf who change places between their takes.
pub(crate) fn swap_places(draft: &mut Draft) {
    let (mut one, mut other) = two_enter(draft);
    let apart_m = draft.rng.uniform(0.5, SIDE_BY_SIDE_M.1);
    let Some((left, right)) = pair(draft, apart_m) else { return part(draft, one, other) };
    let often = draft.rng.whole(1, 2);
    for number in 0..=often {
        // Who stands on the left takes there; after each round the two change places.
        let is_swapped = number % 2 == 1;
        let places = if is_swapped { [&other, &one] } else { [&one, &other] };
        stand(draft, places, &left, apart_m, number + 1);
        let (ones, others) = if is_swapped { (&right, &left) } else { (&left, &right) };
        reach(draft, &mut one, ones);
        draft.wait(&other, 0.0, 2.0);
        reach(draft, &mut other, others);
    }
    part(draft, one, other);
}

/// A party or two strangers: one gives the other a thing.
pub(crate) fn hand_over(draft: &mut Draft) {
    let mut giver = draft.enter(FIRST_S);
    let mut taker =
        if draft.rng.chance(0.5) { draft.enter_with(&giver, Age::Adult) } else { draft.enter(FIRST_S + 3.5) };
    let before = draft.rng.whole(0, 1);
    draft.stops(&mut giver, before);
    let pick = draft.pick();
    draft.take(&mut giver, &pick, 1);
    draft.wait(&giver, 0.2, 1.5);
    let stops = draft.rng.whole(0, 2);
    draft.stops(&mut taker, stops);
    give(draft, &mut giver, &mut taker);
    for shopper in [&mut giver, &mut taker] {
        let stops = draft.rng.whole(0, 1);
        draft.stops(shopper, stops);
        draft.finish(shopper);
    }
}

/// Two to four on one card, each for themselves.
pub(crate) fn party(draft: &mut Draft) {
    let payer = draft.enter(FIRST_S);
    let mut members = vec![payer];
    for _ in 0..draft.rng.whole(1, 3) {
        let member = draft.enter_with(&members[0], Age::Adult);
        members.push(member);
    }
    for mut member in members {
        let stops = draft.rng.whole(1, 3);
        draft.stops(&mut member, stops);
        draft.wait(&member, 0.0, 6.0);
        draft.finish(&mut member);
    }
}

/// An adult with a child who plays.
pub(crate) fn child(draft: &mut Draft) {
    let mut adult = draft.enter(FIRST_S);
    let mut child = draft.enter_with(&adult, Age::Child);
    let stops = draft.rng.whole(1, 4);
    draft.stops(&mut adult, stops);
    for _ in 0..draft.rng.whole(1, 3) {
        play(draft, &mut child);
        draft.wait(&child, 0.3, 2.0);
    }
    if !child.cart.is_empty() && draft.rng.chance(0.3) {
        give(draft, &mut child, &mut adult);
    }
    // They leave together.
    for shopper in [&adult, &child] {
        draft.meet(shopper, 9, 2);
    }
    draft.finish(&mut adult);
    draft.wait(&child, 0.5, 1.0);
    draft.leave(&child);
}

/// Many at once.
pub(crate) fn crowd(draft: &mut Draft) {
    let mut enter_s = FIRST_S;
    for _ in 0..draft.rng.whole(10, 15) {
        draft.visit(enter_s, 2, 4);
        enter_s += draft.rng.uniform(1.5, 4.0);
    }
}

/// Two strangers come in one after the other, and each may stop somewhere.
pub(crate) fn two_enter(draft: &mut Draft) -> (Shopper, Shopper) {
    let mut one = draft.enter(FIRST_S);
    let mut other = draft.enter(FIRST_S + 3.5);
    for shopper in [&mut one, &mut other] {
        let stops = draft.rng.whole(0, 1);
        draft.stops(shopper, stops);
    }
    (one, other)
}

/// Two products on one gondola, about this far apart sideways, the left one first, with room to stand before them.
fn pair(draft: &mut Draft, apart_m: f64) -> Option<(Pick, Pick)> {
    (0..60).find_map(|_| {
        let left = draft.pick();
        let is_beside = |store: &Store, pick: &Pick| {
            aside_m(store, &left, pick).is_some_and(|aside_m| (aside_m - apart_m).abs() < 0.25)
        };
        let right = draft.pick_where(is_beside);
        let has_room = draft.can_stand(&left, 0.0) && draft.can_stand(&left, apart_m);
        (has_room && is_beside(&draft.store, &right)).then_some((left, right))
    })
}

/// Whether two products are so near that two people can reach across each other for them.
fn is_near(draft: &Draft, left: &Pick, right: &Pick) -> bool {
    aside_m(&draft.store, left, right).is_some_and(|aside_m| aside_m < CROSSING_M)
}

/// Two wait for each other, take their places side by side, the first before a plate, and wait again.
fn stand(draft: &mut Draft, [left, right]: [&Shopper; 2], pick: &Pick, apart_m: f64, number: u32) {
    let plate = pick.plate;
    for shopper in [left, right] {
        draft.meet(shopper, 100 + number, 2);
    }
    draft.step(left, Action::Approach { plate, aside_m: Some(0.0) });
    draft.step(right, Action::Approach { plate, aside_m: Some(apart_m) });
    draft.meet(left, number, 2);
    draft.meet(right, number, 2);
}

/// Takes from where one stands, or only looks now and then.
fn reach(draft: &mut Draft, shopper: &mut Shopper, pick: &Pick) {
    if draft.rng.chance(0.15) {
        let seconds = draft.rng.uniform(0.2, 1.0);
        draft.handle(shopper, vec![Work::new(pick.plate, What::Touch { grams: 0.0, seconds })]);
    } else {
        let units = draft.units(pick);
        draft.take(shopper, pick, units);
    }
}

/// Both may go on shopping, and leave.
pub(crate) fn part(draft: &mut Draft, one: Shopper, other: Shopper) {
    for mut shopper in [one, other] {
        let stops = draft.rng.whole(0, 1);
        draft.stops(&mut shopper, stops);
        draft.finish(&mut shopper);
    }
}

/// One gives the last thing taken to the other.
fn give(draft: &mut Draft, giver: &mut Shopper, taker: &mut Shopper) {
    if let Some(pick) = giver.cart.pop() {
        draft.step(giver, Action::Give { to: taker.name.clone(), product: pick.product.clone() });
        draft.step(taker, Action::Receive { from: giver.name.clone() });
        taker.cart.push(pick);
    }
}

/// A child takes low things, puts most of them back, and shakes the shelf.
fn play(draft: &mut Draft, child: &mut Shopper) {
    let pick = draft.pick_where(|store, pick| {
        let plate = store.plate_index(pick.plate).map(|plate| store.plate(plate).centre().z);
        pick.grams < 800.0 && plate.is_some_and(|height_m| height_m < LOW_M)
    });
    let mut works = Vec::new();
    let mut after_s = 0.0;
    for _ in 0..draft.rng.whole(0, 2) {
        works.push(draft.taking(&pick, 1).after(after_s));
        after_s += draft.rng.uniform(2.0, 4.0);
        works.push(Work::put(pick.plate, pick.product.clone()).after(after_s));
        after_s += draft.rng.uniform(1.0, 3.0);
    }
    if draft.rng.chance(0.5) {
        let times = draft.rng.whole(2, 6);
        works.push(Work::new(pick.plate, What::Shake { times }).after(after_s));
    }
    if works.is_empty() || draft.rng.chance(0.4) {
        works.push(draft.taking(&pick, 1).after(after_s + 2.0));
        child.cart.push(pick);
    }
    draft.handle(child, works);
}
