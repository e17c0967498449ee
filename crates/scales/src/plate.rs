//! One plate: level and noise while quiet, change or disturbance once a movement has settled.

use model::{Curve, NoticeKind, PlateIndex, Time};

use crate::feed::Block;
use crate::step::{CHANGE_SIGMAS, MIN_CHANGE_G, Rest, Step};
use crate::sway::Sway;
use crate::{BLOCK_S, Disturbance, DisturbanceKind};

/// Block means kept of each plate: 6.4 s, the weight curve of the evidence.
const KEPT: usize = 64;
/// Blocks from which a plate's first level and noise are learned: 1 s.
const LEARN_BLOCKS: u32 = 10;
/// Least noise of a block mean, grams: the step of the converters in the nanostore recording is 0.24 g.
const NOISE_FLOOR_G: f64 = 0.15;
/// A block mean farther from the level than this many times the noise is a movement.
const BAND_SIGMAS: f64 = 4.0;
/// Blocks of a settled window may lie this many times the noise from their mean.
const SETTLED_SIGMAS: f64 = 3.0;
/// What is less than this many times its standard deviation is no change.
const RETURN_SIGMAS: f64 = 2.5;
/// Weight of the newest block in the agitation, and how far one block can raise it.
const AGITATION_RATE: f64 = 0.1;
const AGITATION_CLIP: f64 = 4.0;
/// The level forgets within about 50 blocks, 5 s: fast enough for drift and creep, slow against noise.
const LEVEL_MEMORY: u32 = 50;
/// Blocks that are compared from before and after a hand was at a plate, at most and at least.
const COMPARED_BLOCKS: usize = 14;
const LEAST_COMPARED: usize = 3;
/// Weight of the newest block in the noise while quiet.
const NOISE_RATE: f64 = 0.05;
/// A movement to one side that lasted longer than this was a lean, seconds.
const LEAN_S: f64 = 0.5;
/// Without a number for this many blocks (1 s), a plate is dead.
const DEAD_BLOCKS: u32 = 10;
/// After this many blocks without a number (60 s), the old level says nothing any more.
const FORGET_BLOCKS: u32 = 600;
/// The very same mean for this many blocks: stuck. A live load cell moves in its last digit, so 1 s is
/// enough for one that was seen to (in the nanostore recording, no mean of a live plate ever came twice
/// in a row more than thrice); one with coarse steps gets 60 s.
const STUCK_BLOCKS: u32 = 10;
const STUCK_COARSE_BLOCKS: u32 = 600;
/// A lively plate whose last mean came this many times more may be stuck, and has not settled.
const REPEATED_BLOCKS: u32 = 3;
/// A plate is lively once this many means in a row differed from the one before.
const LIVELY_BLOCKS: u32 = 15;
/// Beyond this a plate is held to be overloaded, grams: plates take 20 kg, and zero may lie 6 kg off.
const OVERLOAD_G: f32 = 26_000.0;

/// Windows in which a movement can be found to have settled: blocks, and how much of the recent
/// agitation is allowed on top of the plate's own noise. A quiet plate is believed after 0.4 s, a ringing
/// shelf only after a second or two.
const WINDOWS: [(usize, f64); 4] = [(4, 0.0), (8, 0.7), (16, 1.0), (LONGEST, 1.0)];
const LONGEST: usize = 32;
/// Blocks over which a small change is looked for that no single block shows.
const DRIFT_BLOCKS: usize = 8;

/// A movement that came back.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Return {
    start: Time,
    end: Time,
    peak_grams: f64,
    kind: DisturbanceKind,
}

impl Return {
    pub(crate) fn of(self, plate: PlateIndex) -> Disturbance {
        let Self { start, end, peak_grams, kind } = self;
        Disturbance { plate, start, end, peak_grams, kind }
    }
}

/// What a block told.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Outcome {
    Step(Step),
    Returned(Return),
    Ill(NoticeKind),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    /// Level and noise are not known yet.
    Learning,
    /// At its level.
    Quiet,
    /// Away from its level since then; `blocks` blocks so far.
    Moving { start: Time, blocks: u32, peak: f64, one_side: bool },
}

/// The state of one plate.
#[derive(Clone, Debug)]
pub(crate) struct PlateScale {
    state: State,
    /// Weight while quiet, and from how many blocks it is known (up to [`LEVEL_MEMORY`]).
    level: f64,
    level_blocks: u32,
    /// Blocks since the last movement.
    quiet_blocks: u32,
    /// Standard deviation of a block mean while quiet, grams.
    noise: f64,
    /// Recent root mean square difference of neighbouring block means, grams, outliers clipped.
    agitation: f64,
    sway: Sway,
    /// The last block mean as it came, with the sway.
    newest: Option<f32>,
    /// The last block means without the sway.
    recent: Recent,
    bad_blocks: u32,
    same_blocks: u32,
    /// How many means in a row differed from the one before, up to [`LIVELY_BLOCKS`], which it then keeps.
    lively_blocks: u32,
    overloaded: bool,
}

impl Default for PlateScale {
    fn default() -> Self {
        Self {
            state: State::Learning,
            level: 0.0,
            level_blocks: 0,
            quiet_blocks: 0,
            noise: NOISE_FLOOR_G,
            agitation: NOISE_FLOOR_G,
            sway: Sway::default(),
            newest: None,
            recent: Recent::default(),
            bad_blocks: 0,
            same_blocks: 0,
            lively_blocks: 0,
            overloaded: false,
        }
    }
}

impl PlateScale {
    pub(crate) fn curve(&self) -> Curve {
        self.recent.curve()
    }

    /// When the running movement began and how far it went, grams, if the plate is moving.
    pub(crate) fn movement(&self) -> Option<(Time, f64)> {
        match self.state {
            State::Moving { start, peak, .. } => Some((start, peak.abs())),
            State::Learning | State::Quiet => None,
        }
    }

    /// Whether the plate can't be weighed with: it gives no numbers, or always the same one.
    pub(crate) fn is_blind(&self) -> bool {
        self.bad_blocks >= DEAD_BLOCKS || self.same_blocks >= self.stuck_after()
    }

    /// For how many blocks it has given no number, or the same one.
    pub(crate) fn blind_blocks(&self) -> u32 {
        self.bad_blocks.max(self.same_blocks)
    }

    fn stuck_after(&self) -> u32 {
        if self.is_lively() { STUCK_BLOCKS } else { STUCK_COARSE_BLOCKS }
    }

    fn is_lively(&self) -> bool {
        self.lively_blocks == LIVELY_BLOCKS
    }

    fn may_be_stuck(&self) -> bool {
        self.is_lively() && self.same_blocks >= REPEATED_BLOCKS
    }

    /// Recent root mean square difference of neighbouring block means, grams.
    pub(crate) fn agitation_g(&self) -> f64 {
        self.agitation
    }

    /// Takes the next block mean, grams; `ringing` is the agitation of the calmer plate beside this one.
    pub(crate) fn take_block(&mut self, mean: f32, block: Block, ringing: f64) -> Option<Outcome> {
        if !mean.is_finite() {
            return self.take_bad_block();
        }
        if self.bad_blocks >= FORGET_BLOCKS {
            *self = Self::default();
        }
        self.bad_blocks = 0;
        let ill = self.look_for_illness(mean, self.newest);
        self.newest = Some(mean);
        let previous = self.recent.newest();
        let since_s = if previous.is_some() { block.end.seconds_since(self.recent.end) } else { 0.0 };
        let mean = f64::from(mean) - self.sway.advance(since_s / BLOCK_S);
        self.recent.push(mean as f32, block.end);
        if let Some(previous) = previous {
            self.feel_agitation(mean - f64::from(previous));
        }
        let outcome = match self.state {
            State::Learning => {
                self.learn();
                None
            }
            State::Quiet => {
                self.stay_or_start_moving(mean, block);
                None
            }
            State::Moving { start, blocks, peak, one_side } => {
                let away = mean - self.level;
                let farther = if away.abs() > peak.abs() { away } else { peak };
                let one_side = one_side && (away * peak >= 0.0 || away.abs() <= self.band());
                self.state = State::Moving { start, blocks: blocks + 1, peak: farther, one_side };
                if self.may_be_stuck() { None } else { self.try_to_settle(block, ringing) }
            }
        };
        outcome.or(ill)
    }

    fn take_bad_block(&mut self) -> Option<Outcome> {
        self.bad_blocks = self.bad_blocks.saturating_add(1);
        (self.bad_blocks == DEAD_BLOCKS).then_some(Outcome::Ill(NoticeKind::DeadPlate))
    }

    fn look_for_illness(&mut self, mean: f32, previous: Option<f32>) -> Option<Outcome> {
        self.same_blocks = if previous == Some(mean) { self.same_blocks.saturating_add(1) } else { 0 };
        if self.lively_blocks < LIVELY_BLOCKS {
            self.lively_blocks = if self.same_blocks == 0 { self.lively_blocks + 1 } else { 0 };
        }
        let overloaded = mean.abs() > OVERLOAD_G;
        let newly_overloaded = overloaded && !self.overloaded;
        self.overloaded = overloaded;
        if newly_overloaded {
            Some(Outcome::Ill(NoticeKind::Overload))
        } else {
            (self.same_blocks == self.stuck_after()).then_some(Outcome::Ill(NoticeKind::StuckPlate))
        }
    }

    /// A single jump must not pass for agitation, so that a clean step settles at once.
    fn feel_agitation(&mut self, difference: f64) {
        let clipped = difference.abs().min(AGITATION_CLIP * self.agitation);
        let square = self.agitation * self.agitation;
        self.agitation = (square + AGITATION_RATE * (clipped * clipped - square))
            .max(NOISE_FLOOR_G * NOISE_FLOOR_G)
            .sqrt();
    }

    fn learn(&mut self) {
        self.level_blocks += 1;
        if self.level_blocks < LEARN_BLOCKS {
            return;
        }
        let window = self.recent.window(LEARN_BLOCKS as usize);
        self.level = window.mean;
        self.noise = window.sd.max(NOISE_FLOOR_G);
        self.agitation = self.noise.max(NOISE_FLOOR_G);
        self.state = State::Quiet;
    }

    fn band(&self) -> f64 {
        (BAND_SIGMAS * self.noise).max(MIN_CHANGE_G * 0.6)
    }

    fn stay_or_start_moving(&mut self, mean: f64, block: Block) {
        let away = mean - self.level;
        // A small change drowns in the noise of one block, not in that of many.
        let crept = self.level_blocks as usize > 2 * DRIFT_BLOCKS
            && (self.recent.lately() - self.level).abs() > (self.band() / 2.0).max(MIN_CHANGE_G * 0.6);
        if away.abs() > self.band() || crept {
            let since_s = if crept { BLOCK_S * (DRIFT_BLOCKS - 1) as f64 } else { 0.0 };
            let start = block.start.plus_seconds(-since_s);
            self.state = State::Moving { start, blocks: 1, peak: away, one_side: true };
            return;
        }
        self.quiet_blocks = self.quiet_blocks.saturating_add(1);
        self.level_blocks = (self.level_blocks + 1).min(LEVEL_MEMORY);
        self.level += away / f64::from(self.level_blocks);
        self.sway.learn(away);
        // Half off the level, half off its neighbours: drift counts as noise, a small step hardly does before it is found.
        let is_steady = self.quiet_blocks as usize >= DRIFT_BLOCKS;
        let off = if is_steady { away - (self.recent.lately() - self.level) / 2.0 } else { away };
        let square = self.noise * self.noise;
        self.noise = (square + NOISE_RATE * (off * off - square)).sqrt().max(NOISE_FLOOR_G);
    }

    fn try_to_settle(&mut self, block: Block, ringing: f64) -> Option<Outcome> {
        let State::Moving { start, blocks, peak, one_side } = self.state else { return None };
        let (to, length) = WINDOWS.iter().find_map(|&(length, share)| {
            // The block in which the movement began belongs to no settled window.
            let window = (blocks as usize > length).then(|| self.recent.window(length))?;
            // A hand that rests on a plate trembles there alone, and it can't pull: added weight must be as
            // steady as the shelf beside it.
            let added = window.mean > self.level + self.band();
            let agitation = if added { self.agitation.min(ringing) } else { self.agitation };
            let allowed = SETTLED_SIGMAS * self.noise.max(share * agitation);
            let rest = Rest { grams: window.mean, sd: self.rest_sd(window.sd, length) };
            let doubt = (rest.grams - self.level).abs() / rest.sd.hypot(self.level_sd());
            // What is neither a change nor none is looked at for longer.
            let decided = !(RETURN_SIGMAS..CHANGE_SIGMAS).contains(&doubt) || length == LONGEST;
            (window.agrees_within(allowed) && decided).then_some((rest, length))
        })?;
        let end = block.start.plus_seconds(-BLOCK_S * (length - 1) as f64).max(start);
        let half_way = (self.level + to.grams) / 2.0;
        let moment = self.recent.last_crossing(half_way, length).clamp(start, end);
        let step = Step { start, moment, end, from: self.rest(), to };
        self.state = State::Quiet;
        self.quiet_blocks = length as u32;
        if !step.is_change() {
            self.level += step.grams() / 2.0;
            // It went farther than to where it is now, which a drift does not.
            let came_back = peak.abs() - step.grams().abs() > self.band();
            return came_back.then(|| returned(start, end, peak, one_side));
        }
        self.level = to.grams;
        self.level_blocks = length as u32;
        Some(Outcome::Step(step))
    }

    /// What the plate weighed up to one time and since another; nothing if there are too few block means of either.
    pub(crate) fn compare(&self, before: Time, after: Time) -> Option<[Rest; 2]> {
        let (before, after) = self.recent.mean_until(before).zip(self.recent.mean_since(after))?;
        let rest = |(window, blocks): (Window, usize)| Rest {
            grams: window.mean,
            sd: self.rest_sd(window.sd, blocks),
        };
        Some([rest(before), rest(after)])
    }

    /// The weight of the plate while it is at rest.
    pub(crate) fn rest(&self) -> Rest {
        Rest { grams: self.level, sd: self.level_sd() }
    }

    fn level_sd(&self) -> f64 {
        sd_of_mean(self.noise, f64::from(self.level_blocks))
    }

    /// Standard deviation of the mean of a window.
    fn rest_sd(&self, window_sd: f64, length: usize) -> f64 {
        sd_of_mean(self.noise.max(window_sd), length as f64)
    }
}

fn returned(start: Time, end: Time, peak_grams: f64, one_side: bool) -> Outcome {
    let is_lean = one_side && end.seconds_since(start) > LEAN_S;
    let kind = if is_lean { DisturbanceKind::Lean } else { DisturbanceKind::Bump };
    Outcome::Returned(Return { start, end, peak_grams, kind })
}

/// Blocks of a ringing shelf are not independent, so only about every second one counts.
fn sd_of_mean(block_sd: f64, blocks: f64) -> f64 {
    block_sd / (blocks / 2.0).max(1.0).sqrt()
}

/// What a window of block means says.
#[derive(Clone, Copy, Debug)]
struct Window {
    mean: f64,
    /// Standard deviation of the block means.
    sd: f64,
    /// The farthest block mean from `mean`.
    spread: f64,
    /// Mean of the later half less that of the earlier half.
    slope: f64,
}

impl Window {
    /// Whether all blocks lie within `allowed` of the mean, and the halves show no trend.
    fn agrees_within(self, allowed: f64) -> bool {
        self.spread <= allowed && self.slope.abs() <= allowed * 0.67
    }
}

/// The most recent block means.
#[derive(Clone, Debug)]
struct Recent {
    grams: [f32; KEPT],
    /// Where the next one goes, and how many there are.
    next: usize,
    count: usize,
    /// Sum of the newest [`DRIFT_BLOCKS`] means.
    lately: f64,
    end: Time,
}

impl Default for Recent {
    fn default() -> Self {
        Self { grams: [0.0; KEPT], next: 0, count: 0, lately: 0.0, end: Time::default() }
    }
}

impl Recent {
    fn push(&mut self, grams: f32, end: Time) {
        if self.count >= DRIFT_BLOCKS {
            self.lately += f64::from(grams) - f64::from(self.back(DRIFT_BLOCKS - 1));
        }
        // After a gap, the old means no longer stand where their number says.
        if self.count > 0 && end.seconds_since(self.end) > 5.0 * BLOCK_S {
            self.count = 0;
        }
        self.grams[self.next] = grams;
        self.next = (self.next + 1) % KEPT;
        self.count = (self.count + 1).min(KEPT);
        self.end = end;
        // A running sum drifts by rounding: now and then, and at the start, it is made anew.
        if self.count <= DRIFT_BLOCKS || self.next == 0 {
            self.lately = (0..DRIFT_BLOCKS.min(self.count)).map(|back| f64::from(self.back(back))).sum();
        }
    }

    /// The mean of the newest [`DRIFT_BLOCKS`] blocks, at most as many as there are.
    fn lately(&self) -> f64 {
        self.lately / self.count.clamp(1, DRIFT_BLOCKS) as f64
    }

    /// The mean `back` blocks before the newest.
    fn back(&self, back: usize) -> f32 {
        self.grams[(self.next + KEPT - 1 - back) % KEPT]
    }

    fn newest(&self) -> Option<f32> {
        (self.count > 0).then(|| self.back(0))
    }

    /// The `length` newest block means, at most as many as there are.
    fn window(&self, length: usize) -> Window {
        self.window_at(0, length.min(self.count).max(1))
    }

    /// The `length` block means of which the newest is `newest` back; so many there must be.
    fn window_at(&self, newest: usize, length: usize) -> Window {
        let values = || (newest..newest + length).map(|back| f64::from(self.back(back)));
        let mean = values().sum::<f64>() / length as f64;
        let half = length / 2;
        let later = values().take(half).sum::<f64>() / half.max(1) as f64;
        let earlier = values().skip(length - half).sum::<f64>() / half.max(1) as f64;
        let squares: f64 = values().map(|value| (value - mean) * (value - mean)).sum();
        Window {
            mean,
            sd: (squares / (length - 1).max(1) as f64).sqrt(),
            spread: values().map(|value| (value - mean).abs()).fold(0.0, f64::max),
            slope: if half > 0 { later - earlier } else { 0.0 },
        }
    }

    /// What the blocks up to a time say, and how many they are, up to [`COMPARED_BLOCKS`].
    fn mean_until(&self, time: Time) -> Option<(Window, usize)> {
        let newest = (self.end.seconds_since(time) / BLOCK_S).ceil().max(0.0) as usize;
        self.compare(newest, COMPARED_BLOCKS)
    }

    /// What the blocks since a time say, and how many they are.
    fn mean_since(&self, time: Time) -> Option<(Window, usize)> {
        let blocks = (self.end.seconds_since(time) / BLOCK_S).round().max(0.0) as usize;
        self.compare(blocks.saturating_sub(COMPARED_BLOCKS), blocks.min(COMPARED_BLOCKS))
    }

    /// What up to so many blocks say, of which the newest is so far back, if they are enough.
    fn compare(&self, newest: usize, most: usize) -> Option<(Window, usize)> {
        let blocks = self.count.saturating_sub(newest).min(most);
        (blocks >= LEAST_COMPARED).then(|| (self.window_at(newest, blocks), blocks))
    }

    /// The newest time at which the weight crossed `grams`, before the `settled` newest blocks.
    fn last_crossing(&self, grams: f64, settled: usize) -> Time {
        let after = f64::from(self.back(0)) > grams;
        let crossed = (settled..self.count).find(|back| (f64::from(self.back(*back)) > grams) != after);
        // The crossing lies in the block before the settled ones if none before lies on the other side.
        let back = crossed.unwrap_or(settled);
        self.end.plus_seconds(-BLOCK_S * back as f64)
    }

    fn curve(&self) -> Curve {
        let count = self.count;
        Curve {
            start: self.end.plus_seconds(-BLOCK_S * count.saturating_sub(1) as f64),
            step_s: BLOCK_S,
            grams: (0..count).rev().map(|back| self.back(back)).collect(),
        }
    }
}
