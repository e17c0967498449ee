//! People whom nobody followed yet: matched between pictures, and believed when two agree.

use model::DVec3;

use crate::look::{Candidate, Look};
use crate::sight::{Fit, Sight, fit};
use crate::skeleton::{JOINTS, TRUNK};

/// Two pictures show one person if the sights of this many joints pass each other,
const COMMON_MIN: usize = 6;
/// at the mean this near, metres;
const PASS_M: f64 = 0.12;
/// and a third picture agrees if its joints lie this near, metres.
const AGREE_M: f64 = 0.2;
/// A body has its middle between these heights, metres, and reaches no further than this from it.
const HEIGHTS_M: (f64, f64) = (0.2, 2.2);
const BODY_M: f64 = 1.5;

/// One person of one picture, free to be born.
#[derive(Clone, Debug)]
struct Free {
    look: usize,
    joints: [Option<Candidate>; JOINTS],
}

/// Who is there whom nobody follows. `is_free` tells of a picture and its person whether nobody has them; `confirms` of a
/// place and a number of pictures whether these are enough of those that should show somebody there.
pub(crate) fn births(
    looks: &[Look],
    is_free: impl Fn(usize, u16) -> bool,
    confirms: impl Fn(DVec3, usize) -> bool,
) -> Vec<[Option<Fit>; JOINTS]> {
    let free = free_people(looks, is_free);
    let mut born = Vec::new();
    let mut pairs = pairs(&free);
    pairs.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
    let mut used = vec![false; free.len()];
    for (_, [one, other]) in pairs {
        if used[one] || used[other] {
            continue;
        }
        let mut members = vec![one, other];
        let Some((first, _)) = body(&free, &members) else { continue };
        gather(&free, &used, &first, &mut members);
        let Some((fits, middle)) = body(&free, &members) else { continue };
        if confirms(middle, members.len()) {
            members.iter().for_each(|member| used[*member] = true);
            born.push(fits);
        }
    }
    born
}

fn free_people(looks: &[Look], is_free: impl Fn(usize, u16) -> bool) -> Vec<Free> {
    let mut free = Vec::new();
    for (look, picture) in looks.iter().enumerate() {
        for person in (0..picture.people as u16).filter(|person| is_free(look, *person)) {
            let joints: [Option<Candidate>; JOINTS] = std::array::from_fn(|joint| {
                picture.candidates[picture.of(joint)]
                    .iter()
                    .find(|candidate| candidate.person == person)
                    .copied()
            });
            if joints.iter().flatten().count() >= COMMON_MIN {
                free.push(Free { look, joints });
            }
        }
    }
    free
}

/// Pairs of people in different pictures who may be one, with how far their sights pass.
fn pairs(free: &[Free]) -> Vec<(f64, [usize; 2])> {
    let mut pairs = Vec::new();
    for (one, first) in free.iter().enumerate() {
        for (other, second) in free.iter().enumerate().skip(one + 1) {
            if first.look != second.look
                && let Some(pass_m) = pass_m(first, second)
                && pass_m < PASS_M
            {
                pairs.push((pass_m, [one, other]));
            }
        }
    }
    pairs
}

/// How far the sights of two people pass each other at the mean, metres.
fn pass_m(one: &Free, other: &Free) -> Option<f64> {
    let (mut sum, mut count) = (0.0, 0);
    for (first, second) in one.joints.iter().zip(&other.joints) {
        if let (Some(first), Some(second)) = (first, second) {
            sum += gap_m(&first.sight, &second.sight)?;
            count += 1;
        }
    }
    (count >= COMMON_MIN).then(|| sum / count as f64)
}

/// How far two sights pass each other, metres; nothing if they do so behind a camera.
fn gap_m(one: &Sight, other: &Sight) -> Option<f64> {
    let (along, across) = (ray(one), ray(other));
    let way = other.origin - one.origin;
    let (a, b, c) = (along.dot(along), along.dot(across), across.dot(across));
    let (d, e) = (along.dot(way), across.dot(way));
    let spread = a * c - b * b;
    if spread < 1e-6 * a * c {
        return None;
    }
    let (near, far) = ((d * c - b * e) / spread, (b * d - a * e) / spread);
    (near > 0.0 && far > 0.0).then(|| (way + across * far - along * near).length())
}

/// The direction of a sight: square to both its planes.
fn ray(sight: &Sight) -> DVec3 {
    sight.across.cross(sight.down)
}

/// Adds of each other picture who fits best.
fn gather(free: &[Free], used: &[bool], body: &[Option<Fit>; JOINTS], members: &mut Vec<usize>) {
    let mut best: Vec<(f64, usize)> = Vec::new();
    for (number, person) in free.iter().enumerate() {
        if used[number] {
            continue;
        }
        let (mut sum, mut count) = (0.0, 0);
        for (candidate, fit) in person.joints.iter().zip(body) {
            if let (Some(candidate), Some(fit)) = (candidate, fit) {
                let (off_m2, depth_m) = candidate.sight.off_m2(fit.place);
                sum += if depth_m > 0.0 { off_m2.sqrt().min(1.0) } else { 1.0 };
                count += 1;
            }
        }
        if count >= COMMON_MIN && sum < AGREE_M * count as f64 {
            best.push((sum / count as f64, number));
        }
    }
    best.sort_by(|one, other| one.0.total_cmp(&other.0));
    for (_, number) in best {
        if members.iter().all(|member| free[*member].look != free[number].look) {
            members.push(number);
        }
    }
}

/// The joints of who these people of several pictures are, and their middle; nothing if that is no body.
fn body(free: &[Free], members: &[usize]) -> Option<([Option<Fit>; JOINTS], DVec3)> {
    let mut sights = Vec::with_capacity(members.len());
    let fits: [Option<Fit>; JOINTS] = std::array::from_fn(|joint| {
        sights.clear();
        sights.extend(members.iter().filter_map(|member| Some(free[*member].joints[joint]?.sight)));
        fit(&sights, None).filter(|fit| fit.agree.count_ones() >= 2)
    });
    let places: Vec<DVec3> = fits.iter().flatten().map(|fit| fit.place).collect();
    if places.len() < COMMON_MIN {
        return None;
    }
    let middle = places.iter().sum::<DVec3>() / places.len() as f64;
    let has_trunk = TRUNK.iter().filter(|joint| fits[**joint as usize].is_some()).count() >= 2;
    let is_body = has_trunk
        && (HEIGHTS_M.0..HEIGHTS_M.1).contains(&middle.z)
        && places.iter().all(|place| place.distance(middle) < BODY_M);
    is_body.then_some((fits, middle))
}
