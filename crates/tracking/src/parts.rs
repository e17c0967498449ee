//! Grouping of part candidates into people: what bottom-up networks give are joints and how well they belong together.

use model::{ViewKeypoint, ViewPerson};

/// Limbs less sure than this join nothing.
const AFFINITY_MIN: f32 = 0.1;

/// The joints that a network found in one picture, and how well each two belong to one person.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parts {
    /// Candidates; several may be of one joint.
    pub candidates: Vec<ViewKeypoint>,
    /// Limbs: two places in `candidates` and the affinity of the two, the higher the surer.
    pub limbs: Vec<Limb>,
}

/// How well two candidates belong to one person.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limb {
    /// Places in [`Parts::candidates`].
    pub ends: [u16; 2],
    /// The mean of the network's affinity field along the limb; about 0 to 1.
    pub affinity: f32,
}

impl Parts {
    /// The people: limbs join candidates in the order of their affinity, unless somebody got two joints of one kind.
    /// Candidates that no limb joins are a person of one joint each.
    pub fn people(&self) -> Vec<ViewPerson> {
        let mut limbs: Vec<&Limb> = self.limbs.iter().filter(|limb| limb.affinity >= AFFINITY_MIN).collect();
        limbs.sort_by(|one, other| other.affinity.total_cmp(&one.affinity).then(one.ends.cmp(&other.ends)));
        let mut groups = Groups::new(&self.candidates);
        for limb in limbs {
            groups.join(limb.ends[0].into(), limb.ends[1].into());
        }
        groups.people(&self.candidates)
    }
}

/// Who belongs to whom so far.
struct Groups {
    /// The group of each candidate; groups bear the number of one of their candidates.
    group: Vec<usize>,
    /// The joints that each group holds, one bit each.
    joints: Vec<u32>,
}

impl Groups {
    fn new(candidates: &[ViewKeypoint]) -> Self {
        let joints = candidates.iter().map(|candidate| 1 << candidate.joint as u32).collect();
        Self { group: (0..candidates.len()).collect(), joints }
    }

    fn join(&mut self, one: usize, other: usize) {
        let (Some(&one), Some(&other)) = (self.group.get(one), self.group.get(other)) else { return };
        if self.joints[one] & self.joints[other] != 0 {
            return;
        }
        self.joints[one] |= self.joints[other];
        self.group.iter_mut().filter(|group| **group == other).for_each(|group| *group = one);
    }

    fn people(&self, candidates: &[ViewKeypoint]) -> Vec<ViewPerson> {
        let mut people = vec![ViewPerson::default(); candidates.len()];
        for (candidate, group) in candidates.iter().zip(&self.group) {
            people[*group].keypoints.push(*candidate);
        }
        people.retain(|person| !person.keypoints.is_empty());
        people
    }
}

#[cfg(test)]
mod tests {
    use model::Joint;

    use super::*;

    fn candidate(joint: Joint, x_px: f32) -> ViewKeypoint {
        ViewKeypoint { joint, x_px, y_px: 0.0, score: 0.9 }
    }

    fn limb(one: u16, other: u16, affinity: f32) -> Limb {
        Limb { ends: [one, other], affinity }
    }

    #[test]
    fn the_surest_limbs_win_and_nobody_gets_two_necks() {
        let candidates = vec![
            candidate(Joint::Neck, 0.0),
            candidate(Joint::Neck, 100.0),
            candidate(Joint::LeftShoulder, 10.0),
            candidate(Joint::LeftElbow, 20.0),
            candidate(Joint::Nose, 900.0),
        ];
        let limbs = vec![limb(0, 2, 0.6), limb(1, 2, 0.9), limb(2, 3, 0.5), limb(0, 4, 0.05)];
        let people = Parts { candidates: candidates.clone(), limbs }.people();
        let sizes: Vec<usize> = people.iter().map(|person| person.keypoints.len()).collect();
        assert_eq!(sizes, [1, 3, 1]);
        assert_eq!(people[1].keypoints, [candidates[1], candidates[2], candidates[3]]);
    }

    #[test]
    fn limbs_that_lead_nowhere_are_passed_over() {
        let parts = Parts { candidates: vec![candidate(Joint::Nose, 1.0)], limbs: vec![limb(0, 7, 0.9)] };
        assert_eq!(parts.people().len(), 1);
    }
}
