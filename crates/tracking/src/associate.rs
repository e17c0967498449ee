//! Which candidate of a picture is which joint of whom.

use crate::look::Look;
use crate::skeleton::JOINTS;
use crate::track::Track;

/// No candidate.
pub(crate) const NONE: u16 = u16::MAX;
/// A network's person is compared with somebody by joints this near, metres.
const NEAR_M: f64 = 0.4;
/// And is theirs if their joints agree by this much at the mean, of 1.
const LIKE_MIN: f64 = 0.4;
/// A candidate of somebody else's in the picture is a joint of ours if it costs less than this, squared standard deviations.
const GATE: f64 = 16.0;
/// A candidate of the very person is left to the fit up to this, metres: twice the reach of an arm, as a joint that was mistaken
/// may be on the other side. With less, cameras that see it where it is are not heard.
const OWN_M: f64 = 1.2;
/// What it costs to take a candidate whose person is nobody's, or another's, squared standard deviations.
const NOBODYS: f64 = 1.0;
const ANOTHERS: f64 = 6.0;

/// Who is who in one picture.
#[derive(Clone, Debug, Default)]
pub(crate) struct Picks {
    /// By track and joint: the candidate, or [`NONE`].
    pub(crate) candidate: Vec<u16>,
    /// By person of the picture: the track.
    pub(crate) owner: Vec<Option<u16>>,
    likeness: Vec<(f64, u32)>,
    pairs: Vec<Pair>,
}

#[derive(Clone, Copy, Debug)]
struct Pair {
    cost: f64,
    track: u16,
    candidate: u16,
}

impl Picks {
    /// Gives candidates to those of the tracks that are `shown` in any picture.
    pub(crate) fn find(&mut self, tracks: &[Track], shown: &[bool], look: &Look) {
        self.candidate.clear();
        self.candidate.resize(tracks.len() * JOINTS, NONE);
        for joint in 0..JOINTS {
            self.pick(tracks, shown, look, joint);
        }
    }

    /// By person of the picture: whether they are somebody new, that is neither one whom the other pictures confirm nor
    /// mostly made of joints that somebody has. `agrees` tells of a track whether the others confirm this picture.
    pub(crate) fn free(&self, look: &Look, agrees: impl Fn(usize) -> bool) -> Vec<bool> {
        let mut joints = vec![(0, 0); look.people];
        for candidate in &look.candidates {
            joints[usize::from(candidate.person)].1 += 1;
        }
        for picked in self.candidate.iter().filter(|picked| **picked != NONE) {
            joints[usize::from(look.candidates[usize::from(*picked)].person)].0 += 1;
        }
        let is_free = |(owner, (taken, all)): (&Option<u16>, (i32, i32))| match owner {
            Some(track) => !agrees(usize::from(*track)),
            None => 2 * taken <= all,
        };
        self.owner.iter().zip(joints).map(is_free).collect()
    }

    /// Gives the network's people to tracks, the likeliest first.
    pub(crate) fn own(&mut self, tracks: &[Track], look: &Look) {
        self.likeness.clear();
        self.likeness.resize(tracks.len() * look.people, (0.0, 0));
        for joint in 0..JOINTS {
            for (number, track) in tracks.iter().enumerate() {
                let Some(state) = &track.joints[joint] else { continue };
                let place = state.place + state.velocity * look.later_s;
                let reach = NEAR_M * NEAR_M + state.variance[0];
                for candidate in &look.candidates[look.of(joint)] {
                    let (off_m2, depth_m) = candidate.sight.off_m2(place);
                    let (likeness, count) =
                        &mut self.likeness[number * look.people + usize::from(candidate.person)];
                    *count += 1;
                    if depth_m > 0.0 {
                        *likeness += (1.0 - off_m2 / reach).max(0.0);
                    }
                }
            }
        }
        let mut order: Vec<usize> = (0..self.likeness.len())
            .filter(|&pair| {
                let (likeness, count) = self.likeness[pair];
                likeness > 0.0 && likeness > LIKE_MIN * f64::from(count)
            })
            .collect();
        order.sort_by(|one, other| {
            self.likeness[*other].0.total_cmp(&self.likeness[*one].0).then(one.cmp(other))
        });
        self.owner.clear();
        self.owner.resize(look.people, None);
        let mut taken = vec![false; tracks.len()];
        for pair in order {
            let (track, person) = (pair / look.people, pair % look.people);
            if !taken[track] && self.owner[person].is_none() {
                taken[track] = true;
                self.owner[person] = Some(track as u16);
            }
        }
    }

    /// Gives the candidates of one joint to tracks, the nearest first.
    fn pick(&mut self, tracks: &[Track], shown: &[bool], look: &Look, joint: usize) {
        self.pairs.clear();
        let range = look.of(joint);
        for (number, track) in tracks.iter().enumerate().filter(|(number, _)| shown[*number]) {
            let state = track.joints[joint].as_ref();
            for at in range.clone() {
                let candidate = &look.candidates[at];
                let owner = self.owner[usize::from(candidate.person)];
                let is_own = owner == Some(number as u16);
                let strange = match owner {
                    _ if is_own => 0.0,
                    None => NOBODYS,
                    Some(_) => ANOTHERS,
                };
                let cost = match state {
                    Some(state) => {
                        let place = state.place + state.velocity * look.later_s;
                        let (off_m2, depth_m) = candidate.sight.off_m2(place);
                        let sharp = candidate.sight.variance_at(depth_m);
                        let cost = strange + unlikeliness(off_m2, sharp, state.variance[0]);
                        let is_near = if is_own { off_m2 < OWN_M * OWN_M } else { cost < GATE };
                        (depth_m > 0.0 && is_near).then_some(cost)
                    }
                    None => is_own.then_some(GATE),
                };
                if let Some(cost) = cost {
                    self.pairs.push(Pair { cost, track: number as u16, candidate: at as u16 });
                }
            }
        }
        self.pairs.sort_by(|one, other| one.cost.total_cmp(&other.cost));
        let mut used = 0_u64;
        for pair in &self.pairs {
            let bit = 1_u64 << (usize::from(pair.candidate) - range.start).min(63);
            let slot = &mut self.candidate[usize::from(pair.track) * JOINTS + joint];
            if *slot == NONE && used & bit == 0 {
                *slot = pair.candidate;
                used |= bit;
            }
        }
    }
}

/// How unlikely a candidate is so far off, square metres, by its own variance and that of what is believed: twice the negative
/// logarithm of the density in the picture's two directions, against one that is believed for sure. Who may be anywhere
/// is no likelier here than who is here.
fn unlikeliness(off_m2: f64, sharp_m2: f64, believed_m2: f64) -> f64 {
    let variance_m2 = sharp_m2 + believed_m2;
    off_m2 / variance_m2 + 2.0 * libm::log(variance_m2 / sharp_m2)
}
