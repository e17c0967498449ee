//! A row of plates: changes of neighbours at one moment are one change of the shelf.

use model::{DVec3, PlateIndex, PlatePart, Store, Time};

use crate::plate::PlateScale;
use crate::stage::stages;
use crate::step::{Both, Step};
use crate::{Disturbance, DisturbanceKind, MassChange, ScaleEvent};

/// Changes of neighbouring plates whose moments lie this close are one, seconds.
const TOGETHER_S: f64 = 0.5;
/// Changes of a shelf whose moments lie this close have one cause, seconds: an echo comes at once.
const AT_ONCE_S: f64 = 0.25;
/// A plate beside a change that felt less than is told alone has a part of it beyond so many standard deviations.
const FAINT_SIGMAS: f64 = 3.0;
/// … up to this, grams.
const FAINT_G: f64 = 4.0;
/// How long after it settled a change waits for another plate that still moves, seconds.
const MAX_WAIT_S: f64 = 1.0;
/// How long a told change is remembered, seconds: the echo of a small one settles late on a ringing plate.
const REMEMBERED_S: f64 = 6.0;
/// A hand rests on a shelf for no longer than this, seconds: what its plates do meanwhile may be its doing.
const LATELY_S: f64 = 10.0;
/// A change this small beside another one on the shelf is its echo: up to 1.7 % passes through the frame
/// in the nanostore recording (plate 1/5/9 at the take from 1/5/11), and shelves bend more under a press.
const KNOCK_ON_RATIO: f64 = 0.03;
/// The same for several changes around it.
const PASSED_ON_RATIO: f64 = 0.02;

/// The plates of one shelf and their changes that still wait for one another.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    plates: Vec<PlateIndex>,
    waiting: Vec<Waiting>,
    /// The parts of the changes told in the last [`REMEMBERED_S`].
    told: Vec<Waiting>,
    /// What each plate did last.
    last: Vec<Option<Last>>,
}

/// The last step of a plate, and whether it was told as a change: else it was an echo, or one that was nearly taken back.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Last {
    step: Step,
    is_change: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Waiting {
    seat: usize,
    step: Step,
    /// Until then the plate may take it back.
    until: Time,
    /// Whether the plate has made no step since.
    is_last: bool,
}

impl Waiting {
    /// Whether the plate may still take the step back.
    fn is_kept(&self) -> bool {
        self.is_last && self.until > self.step.end
    }
}

impl Row {
    pub(crate) fn new(plates: Vec<PlateIndex>) -> Self {
        let last = vec![None; plates.len()];
        Self { plates, waiting: Vec::new(), told: Vec::new(), last }
    }

    /// Adds a step of a plate; gives the movement that it ends if it takes back the one before.
    pub(crate) fn add(&mut self, plate: PlateIndex, step: Step) -> Option<Disturbance> {
        // A plate is in its own row: rows are made of the same store.
        let seat = self.plates.iter().position(|other| *other == plate)?;
        let waiting = Waiting { seat, step, until: step.end.plus_seconds(step.patience_s()), is_last: true };
        let before = self.waiting.iter().position(|other| other.seat == seat && other.is_last);
        let Some(before) = before else {
            self.waiting.push(waiting);
            return None;
        };
        let first = self.waiting[before].step;
        let both = if self.waiting[before].is_kept() { first.and(&step) } else { Both::Apart };
        match both {
            Both::One(step) => self.waiting[before].step = step,
            Both::Nothing => {
                self.waiting.remove(before);
                let both = Step { end: step.end, to: step.to, ..first };
                self.remember(seat, both, false);
                return Some(taken_back(plate, &first, step.end));
            }
            Both::Apart => {
                self.waiting[before].is_last = false;
                self.waiting.push(waiting);
            }
        }
        None
    }

    pub(crate) fn is_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Tells the changes that need not wait any longer.
    pub(crate) fn release(
        &mut self,
        now: Time,
        store: &Store,
        scales: &[PlateScale],
        events: &mut Vec<ScaleEvent>,
    ) {
        self.look_again(now, scales, events);
        self.waiting.sort_by_key(|waiting| (waiting.step.moment, waiting.seat));
        while let Some(group) = self.ready_group(now, scales) {
            self.waiting.retain(|waiting| !group.contains(waiting));
            self.told.retain(|told| now.seconds_since(told.step.moment) < REMEMBERED_S);
            let is_echo = group.iter().all(|member| self.is_echo(member));
            if is_echo {
                let echoes = group.iter().map(|member| self.echo(member));
                events.extend(echoes.map(ScaleEvent::Disturbance));
            } else {
                let faint = self.faint_neighbours(&group, scales);
                let whole: Vec<Waiting> = group.iter().copied().chain(faint).collect();
                events.push(ScaleEvent::Change(self.change(&whole, store, scales)));
                self.told.extend(&group);
            }
            for member in &group {
                self.remember(member.seat, member.step, !is_echo);
            }
        }
    }

    fn remember(&mut self, seat: usize, step: Step, is_change: bool) {
        if self.last[seat].is_none_or(|last| last.step.end < step.end) {
            self.last[seat] = Some(Last { step, is_change });
        }
    }

    /// What a plate did last before a step, if that was lately.
    fn lately(&self, member: &Waiting) -> Option<Last> {
        self.last[member.seat]
            .filter(|last| (0.0..LATELY_S).contains(&member.step.start.seconds_since(last.step.end)))
    }

    /// By how much a plate's weight crept since what it did last before a step, grams; nought if that is long ago.
    fn crept_g(&self, member: &Waiting) -> f64 {
        self.lately(member).map_or(0.0, |last| member.step.from.grams - last.step.to.grams)
    }

    /// Weighs again what was kept back, now that its plate has rested for longer, and drops what is none.
    fn look_again(&mut self, now: Time, scales: &[PlateScale], events: &mut Vec<ScaleEvent>) {
        self.waiting.retain_mut(|waiting| {
            let plate = self.plates[waiting.seat];
            let scale = &scales[plate.0 as usize];
            if !waiting.is_kept() || scale.movement().is_some() {
                return true;
            }
            waiting.step.to = scale.rest();
            let stays = waiting.step.is_change() || now < waiting.until;
            if !stays {
                events.push(ScaleEvent::Disturbance(taken_back(plate, &waiting.step, now)));
            }
            stays
        });
    }

    /// The first group of neighbours that need not wait any longer.
    fn ready_group(&self, now: Time, scales: &[PlateScale]) -> Option<Vec<Waiting>> {
        self.waiting.iter().map(|first| self.group_of(*first)).find(|group| self.is_ready(group, now, scales))
    }

    /// All that belongs together with a change.
    fn group_of(&self, first: Waiting) -> Vec<Waiting> {
        let mut group = vec![first];
        // One pass to either side finds all: a chain of neighbours has no holes.
        while let Some(next) = self.waiting.iter().find(|waiting| {
            !group.iter().any(|member| member.seat == waiting.seat)
                && group.iter().any(|member| belong_together(member, waiting))
        }) {
            group.push(*next);
        }
        group
    }

    fn is_ready(&self, group: &[Waiting], now: Time, scales: &[PlateScale]) -> bool {
        let kept = group.iter().any(|member| self.is_kept_back(member, now, scales));
        let settled = group.iter().map(|member| member.step.end).min().unwrap_or(now);
        let overdue = now.seconds_since(settled) > MAX_WAIT_S;
        !kept && (overdue || !group.iter().any(|member| self.must_wait(member, scales)))
    }

    /// Whether the plate may still take a step back: its time is not over, or it moved before that and still
    /// does.
    fn is_kept_back(&self, member: &Waiting, now: Time, scales: &[PlateScale]) -> bool {
        let movement = scales[self.plates[member.seat].0 as usize].movement();
        let moves = movement.is_some_and(|(since, _)| since <= member.until);
        let until = if moves { member.until.plus_seconds(MAX_WAIT_S) } else { member.until };
        member.is_kept() && now < until
    }

    /// Whether a plate still moves whose movement may turn out to be a part of this change (a neighbour
    /// that moves enough) or its cause (any plate of the shelf that moves far more).
    fn must_wait(&self, member: &Waiting, scales: &[PlateScale]) -> bool {
        let grams = member.step.grams().abs();
        self.plates.iter().enumerate().any(|(seat, plate)| {
            let enough = match seat.abs_diff(member.seat) {
                0 => return false,
                1 => grams * KNOCK_ON_RATIO,
                _ => grams / KNOCK_ON_RATIO,
            };
            let movement = scales[plate.0 as usize].movement();
            movement.is_some_and(|(since, peak)| since <= member.step.end && peak > enough)
        })
    }

    /// Whether a step is the echo of another one on this shelf, or the end of one, or the rest of one that was nearly taken back.
    fn is_echo(&self, one: &Waiting) -> bool {
        let ends = |last: Last| !last.is_change && last.step.and(&one.step) == Both::Nothing;
        if self.lately(one).is_some_and(ends) {
            return true;
        }
        let mut causes = self.told.iter().chain(&self.waiting);
        causes.any(|loud| {
            loud.seat != one.seat
                && loud.step.moment.seconds_since(one.step.moment).abs() <= AT_ONCE_S
                && one.step.grams().abs() < KNOCK_ON_RATIO * loud.step.grams().abs()
        })
    }

    fn echo(&self, one: &Waiting) -> Disturbance {
        Disturbance {
            plate: self.plates[one.seat],
            start: one.step.start,
            end: one.step.end,
            peak_grams: one.step.grams(),
            kind: DisturbanceKind::KnockOn,
        }
    }

    /// What the plates beside a light change felt of it: too little to be told alone, too much for an echo.
    fn faint_neighbours(&self, group: &[Waiting], scales: &[PlateScale]) -> Vec<Waiting> {
        let (Some(first), Some(last)) =
            (group.iter().min_by_key(|member| member.seat), group.iter().max_by_key(|member| member.seat))
        else {
            return Vec::new();
        };
        let all_g: f64 = group.iter().map(|member| member.step.grams()).sum();
        let beside = [(first, first.seat.checked_sub(1)), (last, Some(last.seat + 1))];
        let faint = beside.into_iter().filter_map(|(member, seat)| {
            let scale = &scales[self.plates.get(seat?)?.0 as usize];
            let [from, to] = scale.compare(member.step.start, member.step.end)?;
            let step = Step { from, to, ..member.step };
            let grams = step.grams();
            let is_part = grams * all_g > 0.0
                && grams.abs() > (KNOCK_ON_RATIO * all_g.abs()).max(FAINT_SIGMAS * step.grams_sd())
                && !step.is_change()
                && grams.abs() < FAINT_G;
            is_part.then_some(Waiting { seat: seat?, step, ..*member })
        });
        faint.collect()
    }

    fn change(&self, group: &[Waiting], store: &Store, scales: &[PlateScale]) -> MassChange {
        let most_g = group.iter().map(|member| member.step.grams().abs()).fold(0.0, f64::max);
        let all_g: f64 = group.iter().map(|member| member.step.grams().abs()).sum();
        let mut parts: Vec<(PlateIndex, PlatePart, Step)> = group
            .iter()
            .map(|&Waiting { seat, step, .. }| {
                let plate = self.plates[seat];
                let part = PlatePart {
                    plate: store.plate(plate).id,
                    grams: step.grams(),
                    grams_sd: step.grams_sd(),
                    knock_on: step.grams().abs()
                        < (KNOCK_ON_RATIO * most_g).max(PASSED_ON_RATIO * (all_g - step.grams().abs())),
                };
                (plate, part, step)
            })
            .collect();
        parts.sort_by(|(_, a, _), (_, b, _)| {
            b.grams.abs().total_cmp(&a.grams.abs()).then(a.plate.cmp(&b.plate))
        });
        let counted = || parts.iter().filter(|(_, part, _)| !part.knock_on);
        let weight: f64 = counted().map(|(_, part, _)| part.grams.abs()).sum();
        let place: DVec3 =
            counted().map(|(plate, part, _)| store.plate(*plate).centre() * part.grams.abs()).sum();
        let crept = group.iter().map(|member| (self.plates[member.seat], self.crept_g(member))).collect();
        let (loudest, _, step) = parts[0];
        let curve = scales[loudest.0 as usize].curve();
        MassChange {
            start: group.iter().map(|member| member.step.start).min().unwrap_or_default(),
            moment: step.moment,
            end: group.iter().map(|member| member.step.end).max().unwrap_or_default(),
            grams: counted().map(|(_, part, _)| part.grams).sum(),
            grams_sd: counted().map(|(_, part, _)| part.grams_sd * part.grams_sd).sum::<f64>().sqrt(),
            place: place / weight,
            stages: stages(&curve, &step),
            curve,
            parts: parts.into_iter().map(|(plate, part, _)| (plate, part)).collect(),
            crept,
        }
    }
}

/// A step that was taken back.
fn taken_back(plate: PlateIndex, first: &Step, end: Time) -> Disturbance {
    let kind = if first.grams() > 0.0 { DisturbanceKind::Lean } else { DisturbanceKind::Bump };
    Disturbance { plate, start: first.start, end, peak_grams: first.grams(), kind }
}

fn belong_together(one: &Waiting, other: &Waiting) -> bool {
    one.seat.abs_diff(other.seat) == 1 && one.step.moment.seconds_since(other.step.moment).abs() <= TOGETHER_S
}
