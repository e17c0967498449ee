//! Where everybody really was, to measure against.

use glam::DVec3;
use model::{Joint, Time};
use tracking::{TracksFrame, TracksPerson};

/// Everybody who can be seen at a moment, as they really stand.
#[derive(Clone, Debug, PartialEq)]
pub struct Bodies {
    /// When.
    pub time: Time,
    /// Who.
    pub people: Vec<TrueBody>,
}

/// Somebody as they really stand.
#[derive(Clone, Debug, PartialEq)]
pub struct TrueBody {
    /// Who: a number that is theirs alone, however often they are lost.
    pub person: usize,
    /// Where each joint is by its number, store coordinates, metres.
    pub joints: [DVec3; Joint::ALL.len()],
}

impl TrueBody {
    /// Where a joint is, store coordinates, metres.
    pub fn joint(&self, joint: Joint) -> DVec3 {
        self.joints[joint as usize]
    }
}

impl From<&Bodies> for TracksFrame {
    fn from(bodies: &Bodies) -> Self {
        let people = bodies.people.iter().map(|body| {
            let joints = Joint::ALL.into_iter().map(|joint| (joint, body.joint(joint)));
            TracksPerson::new(body.person as u64, joints)
        });
        Self { time: bodies.time, people: people.collect() }
    }
}
