//! How people walk among each other: round what stands, past who stands, never through anybody.
//!
//! Each looks a moment ahead and picks, of a few directions and speeds, the one that brings them on best without
//! coming too near to anybody who keeps going as they do now: sampled velocity obstacles (Fiorini and Shiller,
//! 1998). What people would bear is assumed; that nobody is ever nearer than [`BODY_M`] holds by construction.

use glam::DVec3;

use crate::body::Stance;
use crate::floor::Floor;
use crate::force::smooth;

/// No two spines are ever nearer than this, metres: two adults shoulder to shoulder.
pub(crate) const BODY_M: f64 = 0.38;
/// The distance that people keep where they can, metres; who gets nowhere squeezes through, a little closer with
/// every second.
const COMFORT_M: f64 = 0.6;
const SQUEEZE_M_S: f64 = 0.2;
/// How far people look ahead, seconds.
const AHEAD_S: f64 = 1.6;
/// People do not walk nearer to shelves than this if they can help it, metres.
const SHELF_M: f64 = 0.5;
const SHELF_COST: f64 = 3.0;
/// How fast people speed up and turn aside, metres per second squared.
const AGILITY_M_S2: f64 = 3.0;
/// How fast people slow down before the place that they go to, metres per second squared.
const SLOWING_M_S2: f64 = 1.5;
/// Who is nearer to their place than this goes there straight, even between others, metres.
const HOME_M: f64 = 0.3;
/// How fast a body turns, radians a second.
const TURNING_RAD_S: f64 = 5.0;
/// Directions tried, as parts of the speed straight on and to the left: 0, 15, 30, 50, 75 and 105 degrees to either
/// side. Who meets steps to the right, so those come first and cost less.
const DIRECTIONS: [(f64, f64); 11] = [
    (1.0, 0.0),
    (0.965_925_8, -0.258_819_0),
    (0.965_925_8, 0.258_819_0),
    (0.866_025_4, -0.5),
    (0.866_025_4, 0.5),
    (0.642_787_6, -0.766_044_4),
    (0.642_787_6, 0.766_044_4),
    (0.258_819_0, -0.965_925_8),
    (0.258_819_0, 0.965_925_8),
    (-0.258_819_0, -0.965_925_8),
    (-0.258_819_0, 0.965_925_8),
];
const PACES: [f64; 2] = [1.0, 0.5];
const LEFT_COST: f64 = 0.03;
/// People look up and choose anew every this many steps of the world: ten times a second.
const LOOK_STEPS: u32 = 3;

/// Which way somebody has chosen: parts of the way that they would like to go, straight on and to the left.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Heading {
    ahead: f64,
    left: f64,
    /// For how many steps it holds.
    holds: u32,
}

impl Heading {
    /// Straight on, to be thought over at once.
    pub(crate) const STRAIGHT: Self = Self { ahead: 1.0, left: 0.0, holds: 0 };

    fn of(self, wish: DVec3) -> DVec3 {
        wish * self.ahead + DVec3::new(-wish.y, wish.x, 0.0) * self.left
    }
}

/// Where somebody walks to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Course {
    /// The next point.
    pub(crate) to: DVec3,
    /// Whether they stop there.
    pub(crate) is_last: bool,
    /// For how long they have got nowhere, seconds.
    pub(crate) still_s: f64,
}

/// Where somebody else is, and how they move.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Other {
    /// On the floor.
    pub(crate) at: DVec3,
    /// Metres a second.
    pub(crate) velocity: DVec3,
}

/// Moves a walker on by `step_s`.
pub(crate) fn walk(
    stance: &mut Stance,
    heading: &mut Heading,
    speed_m_s: f64,
    course: Course,
    others: &[Other],
    floor: &Floor,
    step_s: f64,
) {
    let way = course.to - stance.at;
    let far_m = way.length();
    let slow_m_s = (2.0 * SLOWING_M_S2 * far_m).sqrt();
    let top_m_s = if course.is_last { speed_m_s.min(slow_m_s) } else { speed_m_s };
    // The last step ends on the place itself.
    let pace_m_s = top_m_s.min(far_m / step_s);
    let wish = way.normalize_or_zero() * pace_m_s;
    let is_home = course.is_last && far_m < HOME_M && may_go(stance.at, wish * step_s, others, floor);
    if is_home {
        *heading = Heading::STRAIGHT;
    } else if heading.holds == 0 {
        let comfort_m = (COMFORT_M - SQUEEZE_M_S * course.still_s).max(BODY_M + 0.02);
        *heading = choose(stance, wish, comfort_m, others, floor, step_s);
    } else {
        heading.holds -= 1;
    }
    let choice = heading.of(wish);
    let change = (choice - stance.velocity).clamp_length_max(AGILITY_M_S2 * step_s);
    let smoothed = stance.velocity + change;
    let velocity = [smoothed, choice]
        .into_iter()
        .find(|velocity| may_go(stance.at, *velocity * step_s, others, floor))
        .unwrap_or(DVec3::ZERO);
    stance.at += velocity * step_s;
    stance.walked_m += velocity.length() * step_s;
    stance.velocity = velocity;
    if velocity.length() > 0.15 {
        turn(stance, velocity.normalize(), step_s);
    }
}

/// Stands still and turns to `facing`.
pub(crate) fn stand(stance: &mut Stance, facing: DVec3, step_s: f64) {
    stance.velocity = DVec3::ZERO;
    turn(stance, facing, step_s);
}

fn turn(stance: &mut Stance, to: DVec3, step_s: f64) {
    let angle = libm::atan2(stance.facing.cross(to).z, stance.facing.dot(to));
    // Slower near the end, so that no head jerks.
    let most = TURNING_RAD_S * step_s * (0.2 + 0.8 * smooth(angle.abs() / 0.6));
    stance.facing = rotated(stance.facing, angle.clamp(-most, most)).normalize_or(DVec3::Y);
}

fn rotated(vector: DVec3, angle: f64) -> DVec3 {
    let (sin, cos) = (libm::sin(angle), libm::cos(angle));
    DVec3::new(vector.x * cos - vector.y * sin, vector.x * sin + vector.y * cos, 0.0)
}

/// The way that costs least.
fn choose(
    stance: &Stance,
    wish: DVec3,
    comfort_m: f64,
    others: &[Other],
    floor: &Floor,
    step_s: f64,
) -> Heading {
    let crowd =
        |velocity| others.iter().map(|other| cost_of(stance.at, velocity, comfort_m, other)).sum::<f64>();
    if crowd(wish) == 0.0 && may_go(stance.at, wish * step_s, others, floor) {
        return Heading { holds: LOOK_STEPS - 1, ..Heading::STRAIGHT };
    }
    // Waiting is no way on, but better than to run into somebody.
    let waiting = Heading { ahead: 0.0, left: 0.0, holds: LOOK_STEPS - 1 };
    let mut best = (wish.length() * 1.1 + crowd(DVec3::ZERO), waiting);
    for (ahead, left) in DIRECTIONS {
        for pace in PACES {
            let heading = Heading { ahead: ahead * pace, left: left * pace, holds: LOOK_STEPS - 1 };
            let velocity = heading.of(wish);
            let is_clear = floor.is_free(stance.at + velocity * 0.3);
            if !is_clear || !may_go(stance.at, velocity * step_s, others, floor) {
                continue;
            }
            let shelf_m = (SHELF_M - floor.clearance_m(stance.at + velocity * 0.4)).max(0.0);
            let aside = if left > 0.0 { LEFT_COST } else { 0.0 };
            let cost = velocity.distance(wish) + aside + crowd(velocity) + SHELF_COST * shelf_m;
            if cost < best.0 {
                best = (cost, heading);
            }
        }
    }
    best.1
}

/// How unpleasantly near somebody gets within the next moment.
fn cost_of(at: DVec3, velocity: DVec3, comfort_m: f64, other: &Other) -> f64 {
    let (from, apart) = (at - other.at, velocity - other.velocity);
    let square = apart.length_squared();
    let when_s = if square < 1e-9 { 0.0 } else { (-from.dot(apart) / square).clamp(0.0, AHEAD_S) };
    let nearest_m = (from + apart * when_s).length();
    let near = (comfort_m - nearest_m).max(0.0) / comfort_m;
    near * 4.0 * (1.0 - when_s / (1.5 * AHEAD_S))
}

/// Whether a step leads neither into a gondola nor into anybody.
fn may_go(at: DVec3, step: DVec3, others: &[Other], floor: &Floor) -> bool {
    let to = at + step;
    let apart = |other: &Other| {
        let distance_m = to.distance(other.at);
        distance_m >= BODY_M || distance_m > at.distance(other.at)
    };
    (floor.is_free(to) || !floor.is_free(at)) && others.iter().all(apart)
}

#[cfg(test)]
mod tests {
    use model::Store;

    use super::*;

    const STEP_S: f64 = 1.0 / 30.0;

    fn empty_floor() -> Floor {
        let text = "schema = \"saunter-store/1\"\nname = \"Hall\"\ncurrency = \"EUR\"";
        Floor::new(&Store::from_toml(text).unwrap())
    }

    fn walker(at: DVec3) -> Stance {
        Stance { at, velocity: DVec3::ZERO, facing: DVec3::Y, walked_m: 0.0 }
    }

    /// Lets people walk to their places for `seconds`; returns the least distance between two of them.
    fn crowd(stances: &mut [Stance], places: &[DVec3], seconds: f64) -> f64 {
        let floor = empty_floor();
        let mut headings = vec![Heading::STRAIGHT; stances.len()];
        let mut least_m = f64::MAX;
        for _ in 0..(seconds / STEP_S) as usize {
            for index in 0..stances.len() {
                let others: Vec<Other> = (0..stances.len())
                    .filter(|other| *other != index)
                    .map(|other| Other { at: stances[other].at, velocity: stances[other].velocity })
                    .collect();
                let course = Course { to: places[index], is_last: true, still_s: 0.0 };
                let (stance, heading) = (&mut stances[index], &mut headings[index]);
                walk(stance, heading, 0.9, course, &others, &floor, STEP_S);
                let near = others.iter().map(|other| other.at.distance(stances[index].at));
                least_m = near.fold(least_m, f64::min);
            }
        }
        least_m
    }

    #[test]
    fn a_walk_ends_on_its_place_at_the_walkers_speed() {
        let mut stances = [walker(DVec3::ZERO)];
        let place = DVec3::new(3.0, 1.0, 0.0);
        crowd(&mut stances, &[place], 2.0);
        assert!((stances[0].velocity.length() - 0.9).abs() < 0.01);
        crowd(&mut stances, &[place], 3.0);
        assert!(stances[0].at.distance(place) < 1e-3);
    }

    #[test]
    fn two_who_meet_pass_each_other() {
        let places = [DVec3::new(3.0, 0.0, 0.0), DVec3::ZERO];
        let mut stances = [walker(places[1]), walker(places[0])];
        let least_m = crowd(&mut stances, &places, 8.0);
        assert!(least_m >= BODY_M, "{least_m}");
        for (stance, place) in stances.iter().zip(places) {
            assert!(stance.at.distance(place) < 0.01);
        }
    }

    #[test]
    fn six_who_cross_in_the_middle_get_through() {
        let around = |turn: f64| rotated(DVec3::X * 2.0, turn.to_radians());
        let from = [0.0, 60.0, 120.0, 180.0, 240.0, 300.0].map(around);
        let places = from.map(|point| -point);
        let mut stances = from.map(walker);
        let least_m = crowd(&mut stances, &places, 20.0);
        assert!(least_m >= BODY_M, "{least_m}");
        for (stance, place) in stances.iter().zip(places) {
            assert!(stance.at.distance(place) < 0.01, "{} is not at {place}", stance.at);
        }
    }
}
