//! What hands do at a shelf, and when.
//!
//! "Recorded" means the shopper of the nanostore recording: the hand sets out at t 11.1 s, is there at 12.0 s, has
//! the unit off the plate at 12.55 s, sets out on its way back at 12.9 s and hangs again at 13.8 s.

use glam::DVec3;
use model::{PlateIndex, ProductId, ProductIndex};

use crate::errand::{BESIDE_M, facing};
use crate::hand::{Anchor, Side};
use crate::layout::{Front, floor};
use crate::person::{GIVES_FROM_HAND_RATIO, Person, Phase, Shift};
use crate::stock::{Placed, Unit, make};
use crate::world::{Progress, World};
use crate::{ScriptError, What, Work};

const REACH_S: f64 = 0.9;
const GRASP_S: f64 = 0.5;
const HOLD_S: f64 = 0.35;
/// What is lower than this takes longer to reach, as the body has to go down: this much longer on the floor. Assumed.
const LOW_M: f64 = 0.9;
const LOW_SLOWNESS: f64 = 0.9;
/// People turn away from a shelf when this part of the hand's way back is done.
const UPRIGHT_RATIO: f64 = 0.4;
/// What is further on the other side of the body than this is taken with the other hand, metres. Assumed.
const ACROSS_M: f64 = 0.25;
/// Strangers do not work at spots nearer to each other than this, metres: the second one waits. Assumed.
const ELBOW_M: f64 = 0.42;
/// What one hand does within this time is one grab, seconds.
const GRAB_S: f64 = 0.3;
/// From the wrist to what the hand holds, as a part of the stature (0.12 m of 1.7; Winter, as in `body`). It makes
/// the wrist stay 0.10–0.13 m before the front of a plate, as recorded.
const HAND_RATIO: f64 = 0.07;
/// How deep in the shelf goods are grasped, metres: recorded once, at the front. That some stand further back is
/// assumed.
const FRONT_M: (f64, f64) = (0.0, 0.06);
const BACK_M: (f64, f64) = (0.06, 0.22);
const BACK_RATIO: f64 = 0.25;
/// How high above the plate goods are grasped, metres: recorded, the wrist is 0.10–0.14 m above.
const ABOVE_M: (f64, f64) = (0.06, 0.15);
/// How much of the plate's width goods stand off its middle.
const ASIDE_RATIO: f64 = 0.22;
/// A hand that takes goods holds them up to look at them, or puts them into the bag on the other side, this often.
const LOOKS_RATIO: f64 = 0.3;
const BAGS_RATIO: f64 = 0.3;

impl World {
    /// Works with the hands at a shelf.
    pub(crate) fn handle(&mut self, who: usize, works: &[Work], at_s: f64) -> Result<Progress, ScriptError> {
        if works.is_empty() {
            return Ok(Progress::Done);
        }
        let Phase::Working(shift) = self.people[who].phase.clone() else {
            self.walk_to_work(who, works, at_s)?;
            return Ok(Progress::Busy);
        };
        let shift = self.work(who, works, shift, at_s)?;
        let is_done = shift.begun.iter().all(|begun| *begun) && self.now_s >= shift.leaves_s;
        let person = &mut self.people[who];
        person.is_posted &= !is_done;
        person.phase = Phase::Working(shift);
        Ok(if is_done { Progress::Done } else { Progress::Busy })
    }

    fn walk_to_work(&mut self, who: usize, works: &[Work], at_s: f64) -> Result<(), ScriptError> {
        let mut fronts = Vec::with_capacity(works.len());
        for work in works {
            fronts.push(self.layout.front(self.plate(work.plate)?));
        }
        let is_swapped = self.arms_cross(who, works, &fronts);
        let person = &self.people[who];
        let tempo = person.body.tempo;
        let lead_s = |(work, front): (&Work, &Front)| Lead::new(front, work, tempo).seconds() - work.after_s;
        let lead_s = works.iter().zip(&fronts).map(lead_s).fold(0.0, f64::max);
        let side = |work: &Work| person.side(work.other_hand != is_swapped);
        let reaches: Vec<(Front, Side)> = fronts.iter().copied().zip(works.iter().map(side)).collect();
        let post = self.post(who, &reaches);
        let is_handy =
            person.phase == Phase::Fresh && person.has_arrived() && self.is_within_reach(who, &post);
        let spot = floor(fronts[0].edge);
        let is_there = is_handy || self.walk_up(who, post, &BESIDE_M, at_s - lead_s);
        if is_there && self.has_elbow_room(who, spot) {
            let base_s = (self.now_s + lead_s).max(at_s);
            let is_swapped = is_swapped || self.is_far_across(who, works, &fronts);
            let (begun, leaves_s) = (vec![false; works.len()], self.now_s);
            self.people[who].face(-fronts[0].outward);
            self.people[who].phase = Phase::Working(Shift { base_s, is_swapped, spot, begun, leaves_s });
        }
        Ok(())
    }

    /// Whether nobody else is at work in the same spot, unless somebody was told to work beside them.
    fn has_elbow_room(&self, who: usize, spot: DVec3) -> bool {
        let is_elsewhere = |person: &Person| match &person.phase {
            Phase::Working(shift) => shift.spot.distance(spot) > ELBOW_M,
            _ => true,
        };
        self.people[who].is_posted
            || self.visible().all(|(other, person)| other == who || is_elsewhere(person))
    }

    /// Whether the left hand would work to the right of the right one.
    fn arms_cross(&self, who: usize, works: &[Work], fronts: &[Front]) -> bool {
        let place_m = |other_hand: bool| {
            let mine = works.iter().zip(fronts).filter(|(work, _)| work.other_hand == other_hand);
            let places_m: Vec<f64> = mine.map(|(_, front)| front.edge.dot(fronts[0].right())).collect();
            (!places_m.is_empty()).then(|| places_m.iter().sum::<f64>() / places_m.len() as f64)
        };
        let sign = self.people[who].side(false).sign();
        place_m(false).zip(place_m(true)).is_some_and(|(usual_m, other_m)| (usual_m - other_m) * sign < -0.02)
    }

    /// Whether one hand would have to reach far across the body.
    fn is_far_across(&self, who: usize, works: &[Work], fronts: &[Front]) -> bool {
        let person = &self.people[who];
        let is_one_hand = works.iter().all(|work| work.other_hand == works[0].other_hand);
        let aside_m = (fronts[0].edge - person.stance.at).dot(fronts[0].right());
        is_one_hand && aside_m * person.side(works[0].other_hand).sign() < -ACROSS_M
    }

    /// Begins what is due.
    fn work(
        &mut self,
        who: usize,
        works: &[Work],
        mut shift: Shift,
        at_s: f64,
    ) -> Result<Shift, ScriptError> {
        for other_hand in [false, true] {
            let mine = (0..works.len()).filter(|index| works[*index].other_hand == other_hand);
            let mut waiting = mine.filter(|index| !shift.begun[*index]).collect::<Vec<_>>().into_iter();
            let Some(first) = waiting.next() else { continue };
            let Some(reach) = self.reach(who, &works[first], &shift)? else { continue };
            shift.begun[first] = true;
            let mut leaves_s = self.act(who, &works[first], reach.moment_s, at_s)?;
            for next in waiting {
                let later_s = works[next].after_s - works[first].after_s;
                if !(0.0..GRAB_S).contains(&later_s) {
                    break;
                }
                shift.begun[next] = true;
                leaves_s = leaves_s.max(self.act(who, &works[next], reach.moment_s + later_s, at_s)?);
            }
            self.take_back(who, reach, leaves_s, &works[first].what);
            // People turn away before the hand hangs again, but not before they stand upright.
            let upright_s = (UPRIGHT_RATIO + (1.0 - UPRIGHT_RATIO) * reach.lead.low) * reach.lead.reach_s;
            shift.leaves_s = shift.leaves_s.max(leaves_s + upright_s);
        }
        Ok(shift)
    }

    /// Sends a hand out to a work if that is due.
    fn reach(&mut self, who: usize, work: &Work, shift: &Shift) -> Result<Option<Reach>, ScriptError> {
        let person = &self.people[who];
        let side = person.side(work.other_hand != shift.is_swapped);
        let plate = self.plate(work.plate)?;
        let lead = Lead::new(&self.layout.front(plate), work, person.body.tempo);
        let lead_s = lead.seconds();
        let start_s = (shift.base_s + work.after_s - lead_s).max(person.hands[side as usize].free_s());
        if start_s > self.now_s {
            return Ok(None);
        }
        let wrist = self.wrist(who, side, plate, work);
        let hand = &mut self.people[who].hands[side as usize];
        hand.let_go(self.now_s);
        hand.go(self.now_s, self.now_s + lead.reach_s, Anchor::At(wrist));
        Ok(Some(Reach { side, moment_s: self.now_s + lead_s, lead }))
    }

    /// Takes a hand back when it has done its work.
    fn take_back(&mut self, who: usize, reach: Reach, leaves_s: f64, what: &What) {
        let grams = self.grams(what);
        let took = matches!(what, What::Take { .. });
        let person = &mut self.people[who];
        let keeps_all = person.is_about_to_give() && person.grips.chance(GIVES_FROM_HAND_RATIO);
        let (side, back_s) = (reach.side, reach.lead.reach_s);
        let draw = person.rng.uniform(0.0, 1.0);
        let by_way_of = match draw {
            _ if !took => None,
            _ if draw < LOOKS_RATIO => Some((Anchor::Look, person.rng.uniform(0.3, 1.2))),
            _ if draw < LOOKS_RATIO + BAGS_RATIO => Some((Anchor::Bag, person.rng.uniform(0.2, 0.6))),
            _ => None,
        };
        let rest = person.body.rest[side as usize];
        let hand = &mut person.hands[side as usize];
        let mut away_s = leaves_s;
        if let Some((anchor, stays_s)) = by_way_of {
            hand.go(away_s, away_s + 0.8 * back_s, anchor);
            away_s += 0.8 * back_s + stays_s;
        }
        hand.go(away_s, away_s + back_s, rest);
        let (from_s, to_s) = match (what, by_way_of) {
            (What::Take { .. }, _) if keeps_all => (reach.moment_s, f64::INFINITY),
            (What::Take { .. }, Some((Anchor::Bag, _))) => (reach.moment_s, away_s),
            (What::Take { .. }, _) => (reach.moment_s, person.keeps_s(away_s + back_s)),
            (What::Put { .. } | What::Fill { .. }, _) => (self.now_s, reach.moment_s),
            _ => return,
        };
        person.hands[side as usize].hold(from_s, to_s, grams);
    }

    /// What a hand holds in a work, grams.
    fn grams(&self, what: &What) -> f64 {
        let (product, units) = match what {
            What::Take { product, units } | What::Fill { product, units } => (product, *units),
            What::Put { product } => (product, 1),
            _ => return 0.0,
        };
        let product = self.store.product_index(product).map(|index| self.store.product(index));
        f64::from(units) * product.and_then(|product| product.mass_g).map_or(0.0, |(mass, _)| mass)
    }

    /// Does a work of which the moment is `moment_s`; returns when the hand leaves the shelf.
    fn act(&mut self, who: usize, work: &Work, moment_s: f64, at_s: f64) -> Result<f64, ScriptError> {
        let plate = self.plate(work.plate)?;
        let leaves_s = moment_s + HOLD_S * self.people[who].body.tempo;
        match &work.what {
            What::Take { product, units } => {
                let product = self.product(product)?;
                let taken = self.take(plate, product, *units as usize, at_s)?;
                self.handling.lift(&self.layout, plate, &taken, moment_s);
                self.note(who, plate, product, -(taken.len() as i32), leaves_s);
                self.people[who].carried.extend(taken.iter().map(|placed| placed.unit));
            }
            What::Put { product } => {
                let unit = self.carried(who, product, at_s)?;
                self.put(who, plate, &[unit], moment_s, leaves_s);
            }
            What::Fill { product, units } => {
                let product = self.product(product)?;
                let new = |_| make(&self.store, product, &mut self.rng);
                let new: Vec<Unit> = (0..*units).filter_map(new).collect();
                self.put(who, plate, &new, moment_s, leaves_s);
            }
            What::Touch { grams, seconds } => {
                self.handling.touch(plate, *grams, moment_s, *seconds);
                return Ok(leaves_s + seconds);
            }
            What::Rest { grams, seconds } => {
                self.handling.lean(&self.layout, plate, *grams, moment_s, *seconds);
                return Ok(leaves_s + seconds);
            }
            What::Shake { times } => {
                let end_s = self.handling.shake(&self.layout, plate, moment_s, *times);
                return Ok(leaves_s.max(end_s));
            }
        }
        Ok(leaves_s)
    }

    /// Takes the foremost units from a plate: all that are there, if the script bears that they are too few.
    fn take(
        &mut self,
        plate: PlateIndex,
        product: ProductIndex,
        units: usize,
        at_s: f64,
    ) -> Result<Vec<Placed>, ScriptError> {
        let there = self.stock.count(plate, product);
        if there < units {
            let (plate, product) = (self.store.plate(plate).id, self.store.product(product).id.clone());
            self.give_up(ScriptError::OutOfStock { at_s, plate, product, units: there });
        }
        Ok((0..units).filter_map(|_| self.stock.take(plate, product)).collect())
    }

    /// The last unit of a product that somebody carries.
    pub(crate) fn carried(
        &mut self,
        who: usize,
        product: &ProductId,
        at_s: f64,
    ) -> Result<Unit, ScriptError> {
        let index = self.product(product)?;
        let person = &mut self.people[who];
        let place = person.carried.iter().rposition(|unit| unit.product == index);
        let missing =
            || ScriptError::NotCarried { at_s, shopper: person.name.clone(), product: product.clone() };
        let place = place.ok_or_else(missing)?;
        Ok(person.carried.remove(place))
    }

    fn put(&mut self, who: usize, plate: PlateIndex, units: &[Unit], moment_s: f64, leaves_s: f64) {
        let Some(first) = units.first() else { return };
        let grams: f64 = units.iter().map(|unit| unit.grams).sum();
        self.handling.put_down(&self.layout, plate, grams, moment_s);
        let placed = |unit: &Unit| (moment_s, plate, Placed { unit: *unit, straddles: None });
        self.falling.extend(units.iter().map(placed));
        self.note(who, plate, first.product, units.len() as i32, leaves_s);
    }

    /// Where the wrist goes for a work.
    fn wrist(&mut self, who: usize, side: Side, plate: PlateIndex, work: &Work) -> DVec3 {
        let front = self.layout.front(plate);
        let grasp = match &work.what {
            What::Take { product, .. } => self.foremost(plate, product),
            _ => None,
        };
        let person = &mut self.people[who];
        let rng = &mut person.rng;
        let depth_m = if rng.chance(BACK_RATIO) { BACK_M } else { FRONT_M };
        let is_resting = matches!(work.what, What::Rest { .. } | What::Shake { .. });
        let above_m = if is_resting { 0.04 } else { rng.uniform(ABOVE_M.0, ABOVE_M.1) };
        let off_m = front.width_m * ASIDE_RATIO * rng.uniform(-1.0, 1.0);
        let goods = grasp.unwrap_or(front.edge + front.right() * off_m)
            - front.outward * rng.uniform(depth_m.0, depth_m.1)
            + DVec3::Z * above_m.min(0.8 * front.height_m);
        let shoulder = person.body.shoulder(&facing(&person.stance, &front), side);
        // The hand points from the shoulder to the goods, less steeply than the arm.
        let arm = (goods - shoulder) * DVec3::new(1.0, 1.0, 0.4);
        goods - arm.normalize_or(-front.outward) * (HAND_RATIO * person.body.height_m)
    }

    /// Where the foremost unit of a product stands off the middle of its plate because it straddles, if it does.
    fn foremost(&self, plate: PlateIndex, product: &ProductId) -> Option<DVec3> {
        let product = self.store.product_index(product)?;
        let (beside, _) = self.stock.foremost(plate, product)?.straddles?;
        let (front, beside) = (self.layout.front(plate), self.layout.front(beside));
        Some(front.edge + (beside.edge - front.edge).normalize_or_zero() * (front.width_m / 2.0))
    }
}

/// A hand that has set out.
#[derive(Clone, Copy, Debug)]
struct Reach {
    side: Side,
    /// When it does its work, seconds.
    moment_s: f64,
    lead: Lead,
}

/// What comes before a hand does its work.
#[derive(Clone, Copy, Debug)]
struct Lead {
    /// How long the hand is on its way, seconds.
    reach_s: f64,
    /// How long it then takes to get hold, seconds.
    grasp_s: f64,
    /// How low it goes: 0 for breast height, 1 for the floor.
    low: f64,
}

impl Lead {
    fn new(front: &Front, work: &Work, tempo: f64) -> Self {
        let low = ((LOW_M - front.edge.z) / LOW_M).clamp(0.0, 1.0);
        let reach_s = REACH_S * tempo * (1.0 + low * LOW_SLOWNESS);
        Self { reach_s, grasp_s: GRASP_S * tempo + work.hesitate_s, low }
    }

    fn seconds(&self) -> f64 {
        self.reach_s + self.grasp_s
    }
}
