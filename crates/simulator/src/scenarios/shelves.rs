//! Scenes about what hands do at shelves.

use model::PlateId;

use super::draft::{Draft, Pick, Shopper, aside_m};
use super::people::two_enter;
use crate::{What, Work};

const FIRST_S: f64 = 4.0;
/// Two hands work within this time, seconds.
const AT_ONCE_S: f64 = 0.3;
/// How far sideways two hands can reach at once, metres.
const SPAN_M: (f64, f64) = (0.08, 0.7);
/// Nobody carries a thing over in the wrong hand that is heavier than this, grams.
const EASY_G: f64 = 1500.0;
/// How hard a forearm or a hand rests, grams, and how long, seconds. Assumed.
const REST_G: (f64, f64) = (200.0, 2500.0);
const REST_S: (f64, f64) = (1.0, 6.0);

/// Two hands, two products in one grab, or several units, among other stops.
pub(crate) fn two_at_once(draft: &mut Draft) {
    let mut shopper = draft.enter(FIRST_S);
    for _ in 0..draft.rng.whole(1, 3) {
        match draft.rng.whole(0, 2) {
            0 => with_two_hands(draft, &mut shopper),
            1 => in_one_grab(draft, &mut shopper),
            _ => several(draft, &mut shopper),
        }
        draft.wait(&shopper, 0.3, 2.0);
        let stops = draft.rng.whole(0, 1);
        draft.stops(&mut shopper, stops);
    }
    draft.finish(&mut shopper);
}

fn with_two_hands(draft: &mut Draft, shopper: &mut Shopper) {
    let one = draft.pick_where(|_, pick| pick.grams < EASY_G);
    let beside = one.clone();
    let other = draft.pick_where(move |store, pick| {
        let is_in_span = aside_m(store, &beside, pick)
            .is_some_and(|aside_m| (SPAN_M.0..SPAN_M.1).contains(&aside_m.abs()));
        pick.grams < EASY_G && is_in_span
    });
    if aside_m(&draft.store, &one, &other).is_none() {
        return several(draft, shopper);
    }
    let after_s = draft.rng.uniform(0.0, AT_ONCE_S);
    let works = vec![
        Work::take(one.plate, one.product.clone(), 1),
        Work::take(other.plate, other.product.clone(), 1).by_other_hand().after(after_s),
    ];
    draft.handle(shopper, works);
    shopper.cart.extend([one, other]);
}

/// Two products that stand side by side.
fn in_one_grab(draft: &mut Draft, shopper: &mut Shopper) {
    let one = draft.pick_where(|_, pick| pick.grams < 400.0);
    let beside = one.clone();
    let is_beside = move |pick: &Pick| {
        let is_next = pick.plate.plate.abs_diff(beside.plate.plate) == 1;
        let is_same_shelf =
            (pick.plate.gondola, pick.plate.shelf) == (beside.plate.gondola, beside.plate.shelf);
        is_next && is_same_shelf && pick.product != beside.product
    };
    let is_near = is_beside.clone();
    let other = draft.pick_where(move |_, pick| is_near(pick) && pick.grams < 400.0);
    if !is_beside(&other) {
        return several(draft, shopper);
    }
    let after_s = draft.rng.uniform(0.03, 0.25);
    let works = vec![
        Work::take(one.plate, one.product.clone(), 1),
        Work::take(other.plate, other.product.clone(), 1).after(after_s),
    ];
    draft.handle(shopper, works);
    shopper.cart.extend([one, other]);
}

/// Two or three units of one product, in one hand or one after the other within a moment.
fn several(draft: &mut Draft, shopper: &mut Shopper) {
    let pick = draft.pick_where(|_, pick| pick.grams < 500.0);
    let units = draft.rng.whole(2, 3);
    if draft.rng.chance(0.6) {
        return draft.take(shopper, &pick, units);
    }
    let work = |count: u32| Work::take(pick.plate, pick.product.clone(), 1).after(0.14 * f64::from(count));
    let works = (0..units).map(work).collect();
    draft.handle(shopper, works);
    shopper.cart.extend((0..units).map(|_| pick.clone()));
}

/// A thing is put down in another place, and sometimes taken again.
pub(crate) fn put_back_elsewhere(draft: &mut Draft) {
    let mut shopper = draft.enter(FIRST_S);
    for _ in 0..draft.rng.whole(1, 2) {
        let pick = draft.pick_where(|_, pick| pick.grams < EASY_G);
        draft.take(&mut shopper, &pick, 1);
        draft.wait(&shopper, 0.5, 3.0);
        let stops = draft.rng.whole(0, 1);
        draft.stops(&mut shopper, stops);
        let place = elsewhere(draft, &pick);
        shopper.cart.retain(|carried| *carried != pick);
        draft.handle(&mut shopper, vec![Work::put(place, pick.product.clone())]);
        draft.wait(&shopper, 0.5, 3.0);
        if draft.rng.chance(0.4) {
            let again = Pick { plate: place, ..pick };
            draft.take(&mut shopper, &again, 1);
        }
    }
    let stops = draft.rng.whole(0, 2);
    draft.stops(&mut shopper, stops);
    draft.leave(&shopper);
}

/// One leaves a thing in the wrong place, another one takes it and keeps it or brings it home.
pub(crate) fn put_back_by_another(draft: &mut Draft) {
    let (mut one, mut other) = two_enter(draft);
    let pick = draft.pick_where(|_, pick| pick.grams < EASY_G);
    let place = elsewhere(draft, &pick);
    draft.take(&mut one, &pick, 1);
    draft.wait(&one, 0.5, 2.0);
    draft.handle(&mut one, vec![Work::put(place, pick.product.clone())]);
    one.cart.retain(|carried| *carried != pick);
    draft.meet(&one, 1, 2);
    draft.meet(&other, 1, 2);
    draft.wait(&other, 0.2, 3.0);
    draft.handle(&mut other, vec![Work::take(place, pick.product.clone(), 1)]);
    draft.wait(&other, 0.5, 2.0);
    if draft.rng.chance(0.5) {
        draft.handle(&mut other, vec![Work::put(pick.plate, pick.product)]);
    }
    for mut shopper in [one, other] {
        let stops = draft.rng.whole(0, 1);
        draft.stops(&mut shopper, stops);
        draft.leave(&shopper);
    }
}

/// Mostly light things.
pub(crate) fn light_items(draft: &mut Draft) {
    let mut shopper = draft.enter(FIRST_S);
    for _ in 0..draft.rng.whole(1, 5) {
        let is_light = draft.rng.chance(0.85);
        let pick = draft.pick_where(|_, pick| (pick.grams <= 20.0) == is_light);
        draft.stop(&mut shopper, &pick);
    }
    draft.finish(&mut shopper);
}

/// Hands and forearms rest on plates before and while the other hand takes, or for no reason.
pub(crate) fn lean(draft: &mut Draft) {
    let mut shopper = draft.enter(FIRST_S);
    for _ in 0..draft.rng.whole(1, 3) {
        let (grams, seconds) = (draft.rng.uniform(REST_G.0, REST_G.1), draft.rng.uniform(REST_S.0, REST_S.1));
        let pick = draft.pick();
        let rest = if draft.rng.chance(0.2) { pick.plate } else { support(draft, &pick) };
        let mut works = vec![Work::rest(rest, grams, seconds).by_other_hand()];
        if draft.rng.chance(0.75) {
            // The hand takes while the other one rests, or just after.
            let after_s = draft.rng.uniform(0.3, seconds + 1.0);
            let units = draft.units(&pick);
            works.push(draft.taking(&pick, units).after(after_s));
            shopper.cart.extend((0..units).map(|_| pick.clone()));
        }
        draft.handle(&mut shopper, works);
        draft.wait(&shopper, 0.3, 2.0);
        let stops = draft.rng.whole(0, 1);
        draft.stops(&mut shopper, stops);
    }
    draft.finish(&mut shopper);
}

/// Staff fill up and clear out while one or two shop.
pub(crate) fn restock(draft: &mut Draft) {
    let mut staff = draft.enter_staff(FIRST_S);
    for _ in 0..draft.rng.whole(2, 4) {
        let pick = draft.pick();
        if draft.rng.chance(0.25) {
            draft.handle(&mut staff, vec![Work::take(pick.plate, pick.product.clone(), 1)]);
        } else {
            let handful = ((1000.0 / pick.grams) as u32).clamp(1, 2);
            let fill = |units| What::Fill { product: pick.product.clone(), units };
            let works = (0..draft.rng.whole(2, 4)).map(|count| {
                Work::new(pick.plate, fill(draft.rng.whole(1, handful))).after(f64::from(count))
            });
            let works = works.collect();
            draft.handle(&mut staff, works);
        }
        draft.wait(&staff, 0.5, 2.0);
    }
    draft.leave(&staff);
    for place in 0..draft.rng.whole(1, 2) {
        let enter_s = FIRST_S + 4.0 + 4.0 * f64::from(place);
        draft.visit(enter_s, 1, 4);
    }
}

/// A plate on which the product of a pick does not belong, mostly of the same gondola.
fn elsewhere(draft: &mut Draft, pick: &Pick) -> PlateId {
    let same_gondola = draft.rng.chance(0.6);
    let home = pick.clone();
    let other = draft.pick_where(move |_, other| {
        other.product != home.product && (other.plate.gondola == home.plate.gondola || !same_gondola)
    });
    other.plate
}

/// A plate beside or below, on which the other hand can rest.
fn support(draft: &mut Draft, pick: &Pick) -> PlateId {
    let at = pick.clone();
    let other = draft.pick_where(move |store, other| {
        let height_m = store.plate_index(other.plate).map_or(0.0, |plate| store.plate(plate).centre().z);
        let is_near = aside_m(store, &at, other).is_some_and(|aside_m| (0.05..0.5).contains(&aside_m.abs()));
        is_near && (0.6..1.35).contains(&height_m)
    });
    if aside_m(&draft.store, pick, &other).is_some_and(|aside_m| aside_m.abs() < 0.6) {
        other.plate
    } else {
        pick.plate
    }
}
