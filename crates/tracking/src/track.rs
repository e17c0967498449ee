//! One person over time: joints, and bones whose lengths are learned.

use model::{DVec3, Holding, Joint, TrackId};

use crate::joint::JointState;
use crate::sight::{Fit, Prior, Sight, fit};
use crate::skeleton::{BONE_M, BONES, JOINTS, LENGTHS, TRUNK, acceleration_m_s2};

/// A bone's length as seen at one moment, standard deviation in metres.
const BONE_SEEN_M: f64 = 0.04;
/// How well a length is known at best: what is seen at one moment is much like what was seen at the one before.
const BONE_KNOWN_M: f64 = 0.008;
/// It is sure that somebody is there when three cameras agree on this many joints, or two did in so many sets.
const SURE_JOINTS: usize = 6;
const SURE_SETS: u32 = 8;
/// Who was not seen for this long is lost, seconds; and whom no two cameras agreed on, by this many joints, for so long.
const LOST_S: f64 = 2.0;
const SEEN_JOINTS: usize = 3;
const THIN_S: f64 = 5.0;
const THICK_JOINTS: usize = 4;
/// … the times of which are this much shorter while it is not sure that somebody is there.
const UNSURE: f64 = 0.1;
/// Sights that meet by chance are confirmed by few of the cameras that should see somebody there: by fewer than this share.
const SUPPORT_MIN: f64 = 0.3;
/// What is believed of somebody who was just seen first, and how long the mean remembers, seconds.
const SUPPORT_FIRST: f64 = 0.5;
const SUPPORT_S: f64 = 1.0;
/// Two tracks whose joints are this near at the mean are one person, metres.
const SAME_M: f64 = 0.15;
/// And so are two whose trunks stand this near on the floor, metres, while the second one is younger than this, seconds: no
/// body is so thin.
const BODY_M: f64 = 0.3;
const YOUNG_S: f64 = 0.3;
/// A joint that was not seen moves as the trunk does, after about this long, seconds.
const FOLLOWS_TRUNK_S: f64 = 0.15;
/// No joint is believed to be less certain than this: beyond, the body says where it is.
const VARIANCE_MAX_M2: f64 = 0.25;

/// The length of a bone, the same on both sides of a body.
#[derive(Clone, Copy, Debug)]
struct Length {
    metres: f64,
    variance_m2: f64,
}

impl Length {
    /// The logarithm of the likelihood that both are one, up to a constant.
    fn agrees(&self, other: &Self) -> f64 {
        let (off_m, variance_m2) = (self.metres - other.metres, self.variance_m2 + other.variance_m2);
        -0.5 * (off_m * off_m / variance_m2 + libm::log(variance_m2))
    }
}

/// What a picture shows of somebody.
#[derive(Clone, Copy, Debug, Default)]
struct Agreed {
    joints: u16,
    agree: u16,
}

/// A person who is followed.
#[derive(Clone, Debug)]
pub(crate) struct Track {
    pub(crate) id: TrackId,
    pub(crate) joints: [Option<JointState>; JOINTS],
    lengths: [Length; LENGTHS],
    /// How many cameras agreed on each joint in the last set.
    pub(crate) views: [u32; JOINTS],
    /// By picture of the last set: how many of its joints it shows, and of how many of them it agrees.
    agreed: Vec<Agreed>,
    /// What is in the hands, by the last set.
    pub(crate) holding: Holding,
    /// How long nobody saw any of it, seconds.
    pub(crate) unseen_s: f64,
    /// How long no two cameras agreed on a few of its joints, seconds.
    thin_s: f64,
    /// How long it is followed, seconds.
    pub(crate) age_s: f64,
    /// In how many sets two cameras agreed on it.
    sets: u32,
    /// Whether it is somebody, and no chance meeting of sights.
    sure: bool,
    /// Whether it is settled who it is, of those who were lost.
    pub(crate) is_known: bool,
    /// Of the cameras in whose picture it should be, how many see it: the mean of the last second or so.
    support: f64,
    /// The middle of the trunk when it was seen last.
    pub(crate) seen_at: Option<DVec3>,
}

impl Track {
    /// Somebody who was seen first.
    pub(crate) fn new(id: TrackId, fits: &[Option<Fit>; JOINTS]) -> Self {
        let joints = fits.map(|fit| fit.map(|fit| JointState::new(fit.place, fit.variance_m2, DVec3::ZERO)));
        let lengths = BONE_M.map(|(metres, spread, _)| Length { metres, variance_m2: spread * spread });
        let views = std::array::from_fn(|joint| fits[joint].map_or(0, |fit| fit.agree.count_ones()));
        let mut track = Self {
            id,
            joints,
            lengths,
            views,
            agreed: Vec::new(),
            holding: [None; 2],
            unseen_s: 0.0,
            thin_s: 0.0,
            age_s: 0.0,
            sets: 0,
            sure: false,
            is_known: false,
            support: SUPPORT_FIRST,
            seen_at: None,
        };
        track.count();
        track.learn_lengths();
        track.keep_lengths();
        track
    }

    /// Whether it is somebody, and no chance meeting of sights.
    pub(crate) fn is_sure(&self) -> bool {
        self.sure
    }

    /// Makes sure that it is somebody: three cameras agree, or two did for some time.
    pub(crate) fn grow_sure(&mut self) {
        let wide = self.views.iter().filter(|views| **views >= 3).count() >= SURE_JOINTS;
        self.sure |= self.support >= SUPPORT_MIN && (wide || self.sets >= SURE_SETS);
    }

    /// Whether it is to be given up.
    pub(crate) fn is_lost(&self) -> bool {
        let patience = if self.sure { 1.0 } else { UNSURE };
        self.unseen_s > LOST_S * patience || self.thin_s > THIN_S * patience || self.support < SUPPORT_MIN
    }

    /// Whether a younger one is this very person. Of a body that was just seen first there may be no more than the legs, or
    /// left and right may be mistaken, so that only the place on the floor tells.
    pub(crate) fn is_same(&self, younger: &Self) -> bool {
        if younger.age_s < YOUNG_S
            && let (Some(one), Some(other)) = (self.middle(), younger.middle())
            && (one - other).truncate().length() < BODY_M
        {
            return true;
        }
        let (mut sum, mut count) = (0.0, 0.0);
        for (one, other) in self.joints.iter().zip(&younger.joints) {
            if let (Some(one), Some(other)) = (one, other) {
                sum += one.place.distance(other.place);
                count += 1.0;
            }
        }
        count > 0.0 && sum < SAME_M * count
    }

    /// How well its lengths agree with those of somebody else: the logarithm of the likelihood, up to a constant.
    pub(crate) fn built_like(&self, other: &Self) -> f64 {
        self.lengths.iter().zip(&other.lengths).map(|(one, other)| one.agrees(other)).sum()
    }

    /// How well its lengths agree with anybody's.
    pub(crate) fn built_like_anybody(&self) -> f64 {
        let anybodys = BONE_M.map(|(metres, spread, _)| Length { metres, variance_m2: spread * spread });
        self.lengths.iter().zip(&anybodys).map(|(one, other)| one.agrees(other)).sum()
    }

    /// Becomes somebody who was lost, and is found again here.
    pub(crate) fn take_up(&mut self, old: Self) {
        self.id = old.id;
        self.lengths = old.lengths;
        self.age_s += old.age_s;
    }

    /// Goes on in time.
    pub(crate) fn advance(&mut self, step_s: f64) {
        let trunk = self.trunk_velocity();
        let follow = (step_s / FOLLOWS_TRUNK_S).min(1.0);
        for (joint, state) in Joint::ALL.into_iter().zip(&mut self.joints) {
            let Some(state) = state else { continue };
            if state.unseen_s > 0.0 {
                state.velocity += (trunk - state.velocity) * follow;
            }
            state.advance(step_s, acceleration_m_s2(joint));
            let over = state.variance[0] / VARIANCE_MAX_M2;
            if over > 1.0 {
                state.variance = [VARIANCE_MAX_M2, state.variance[1] / over, state.variance[2] / over];
            }
        }
        self.hang_limbs();
        self.unseen_s += step_s;
        self.thin_s += step_s;
        self.age_s += step_s;
    }

    /// Brings a limb's joint back that is less certain than that it hangs on the next one inwards, anywhere around it.
    fn hang_limbs(&mut self) {
        for bone in BONES.iter().filter(|bone| bone.is_of_limb()) {
            let [inner, outer] = bone.ends.map(|joint| joint as usize);
            let (Some(inner), Some(outer)) = (self.joints[inner], &mut self.joints[outer]) else { continue };
            let length_m = self.lengths[bone.length].metres;
            let most = inner.variance[0] + length_m * length_m / 3.0;
            let over = outer.variance[0] / most;
            if over > 1.0 {
                outer.place = inner.place + (outer.place - inner.place) / over;
                outer.variance = [most, outer.variance[1] / over, outer.variance[2] / over];
            }
        }
    }

    /// The mean velocity of the trunk's joints that were just seen.
    fn trunk_velocity(&self) -> DVec3 {
        let (mut sum, mut count) = (DVec3::ZERO, 0.0);
        for state in TRUNK.iter().filter_map(|joint| self.joints[*joint as usize].as_ref()) {
            if state.unseen_s == 0.0 {
                sum += state.velocity;
                count += 1.0;
            }
        }
        if count > 0.0 { sum / count } else { DVec3::ZERO }
    }

    /// Takes the sights of its joints; `sights` fills a list with those of a joint that moves with a velocity, each with
    /// the place of its picture among the `pictures` of the set.
    pub(crate) fn see(
        &mut self,
        pictures: usize,
        mut sights: impl FnMut(usize, DVec3, &mut Vec<Sight>, &mut Vec<usize>),
    ) {
        let (mut list, mut from) = (Vec::with_capacity(8), Vec::with_capacity(8));
        self.views = [0; JOINTS];
        self.agreed.clear();
        self.agreed.resize(pictures, Agreed::default());
        for joint in 0..JOINTS {
            list.clear();
            from.clear();
            let state = self.joints[joint];
            sights(joint, state.map_or(DVec3::ZERO, |state| state.velocity), &mut list, &mut from);
            if list.is_empty() {
                continue;
            }
            if let Some(found) = fit(&list, self.prior(joint)) {
                for (place, picture) in from.iter().enumerate() {
                    self.agreed[*picture].joints += 1;
                    self.agreed[*picture].agree += (found.agree >> place & 1) as u16;
                }
                self.views[joint] = found.agree.count_ones();
                self.settle(joint, &found);
            }
        }
        self.count();
        self.keep_lengths();
        self.learn_lengths();
    }

    /// Whether most of what a picture shows of it in the last set agrees with the other pictures.
    pub(crate) fn agrees(&self, picture: usize) -> bool {
        self.agreed.get(picture).is_some_and(|agreed| 2 * agreed.agree >= agreed.joints)
    }

    /// Counts for how long it is seen, or not.
    fn count(&mut self) {
        if self.views.iter().filter(|views| **views >= 1).count() >= SEEN_JOINTS {
            self.unseen_s = 0.0;
            self.seen_at = self.middle().or(self.seen_at);
        }
        if self.views.iter().filter(|views| **views >= 2).count() >= THICK_JOINTS {
            self.thin_s = 0.0;
            self.sets += 1;
        }
    }

    /// Takes in how many pictures it should be, and in how many it is.
    pub(crate) fn confirm(&mut self, expected: usize, seen: usize, step_s: f64) {
        if expected > 0 {
            let share = seen as f64 / expected as f64;
            self.support += (share - self.support) * (step_s / SUPPORT_S).min(1.0);
        }
    }

    /// The middle of the trunk.
    pub(crate) fn middle(&self) -> Option<DVec3> {
        let places: Vec<DVec3> =
            TRUNK.iter().filter_map(|joint| Some(self.joints[*joint as usize]?.place)).collect();
        (!places.is_empty()).then(|| places.iter().sum::<DVec3>() / places.len() as f64)
    }

    /// What is believed of a joint: of one that was never seen, that it is a bone away from one that was.
    fn prior(&self, joint: usize) -> Option<Prior> {
        if let Some(state) = &self.joints[joint] {
            return Some(state.prior());
        }
        BONES.iter().find_map(|bone| {
            let [inner, outer] = bone.ends.map(|joint| joint as usize);
            let beside = match joint {
                _ if joint == outer => self.joints[inner]?,
                _ if joint == inner => self.joints[outer]?,
                _ => return None,
            };
            let length_m = self.lengths[bone.length].metres;
            Some(Prior { place: beside.place, variance_m2: beside.variance[0] + length_m * length_m / 3.0 })
        })
    }

    fn settle(&mut self, joint: usize, found: &Fit) {
        if found.agree == 0 {
            return;
        }
        match &mut self.joints[joint] {
            Some(state) => {
                state.settle(found.place, found.variance_m2);
                state.unseen_s = 0.0;
            }
            none => *none = Some(JointState::new(found.place, found.variance_m2, DVec3::ZERO)),
        }
    }

    /// Learns the lengths of bones whose ends were seen well.
    fn learn_lengths(&mut self) {
        for bone in BONES {
            let [inner, outer] = bone.ends.map(|joint| joint as usize);
            if self.views[inner] < 2 || self.views[outer] < 2 {
                continue;
            }
            let (Some(one), Some(other)) = (&self.joints[inner], &self.joints[outer]) else { continue };
            let seen_m = one.place.distance(other.place);
            let (usual_m, spread_m, _) = BONE_M[bone.length];
            if (seen_m - usual_m).abs() > 3.0 * spread_m {
                continue;
            }
            let length = &mut self.lengths[bone.length];
            let gain = length.variance_m2 / (length.variance_m2 + BONE_SEEN_M * BONE_SEEN_M);
            length.metres += gain * (seen_m - length.metres);
            length.variance_m2 = (length.variance_m2 * (1.0 - gain)).max(BONE_KNOWN_M * BONE_KNOWN_M);
        }
    }

    /// Pulls the ends of bones to where their length has them, the less certain end more.
    fn keep_lengths(&mut self) {
        for bone in BONES {
            let length = self.lengths[bone.length];
            let [inner, outer] = bone.ends.map(|joint| joint as usize);
            let (Some(one), Some(other)) = (self.joints[inner], self.joints[outer]) else { continue };
            let way = other.place - one.place;
            let far_m = way.length();
            if far_m < 1e-6 {
                continue;
            }
            let variances = [one.variance[0], other.variance[0]];
            let slack_m = BONE_M[bone.length].2;
            let slack = slack_m * slack_m + length.variance_m2;
            let pull = way * ((far_m - length.metres) / far_m / (variances[0] + variances[1] + slack));
            for (joint, shift) in [(inner, pull * variances[0]), (outer, -pull * variances[1])] {
                if let Some(state) = &mut self.joints[joint] {
                    state.place += shift;
                }
            }
        }
    }
}
