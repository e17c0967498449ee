//! Pictures that were taken at about the same time, one of a camera: what is looked at together.

use std::collections::BTreeMap;

use model::{NoticeKind, Notices, SensorId, Time, View};

/// How late a picture may come, seconds.
const LATE_S: f64 = 0.1;
/// The pictures of a set are taken within this time, seconds: cameras of ten pictures a second have one each.
const SET_S: f64 = 0.1;

/// Pictures that wait for others.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gather {
    waiting: BTreeMap<(Time, SensorId), View>,
    newest: Option<Time>,
    /// Where the last set ended.
    done: Option<Time>,
}

impl Gather {
    /// Takes a picture; what comes too late or twice is counted and left out.
    pub(crate) fn insert(&mut self, view: View, notices: &mut Notices) {
        let time = view.time;
        if self.done.is_some_and(|done| time <= done) {
            return notices.add(NoticeKind::Late, view.camera.as_str(), 1, time);
        }
        let key = (time, view.camera.clone());
        if self.waiting.contains_key(&key) {
            return notices.add(NoticeKind::Duplicate, view.camera.as_str(), 1, time);
        }
        self.newest = Some(self.newest.map_or(time, |newest| newest.max(time)));
        self.waiting.insert(key, view);
    }

    /// Whether any picture came yet.
    pub(crate) fn has_begun(&self) -> bool {
        self.newest.is_some()
    }

    /// The next set that nothing can come to any more; with `all`, though something could.
    pub(crate) fn next_set(&mut self, all: bool) -> Option<Vec<View>> {
        let (first, newest) = (self.waiting.keys().next()?.0, self.newest?);
        let end = self.end(first);
        let is_due = all || newest.seconds_since(end) > LATE_S;
        if !is_due {
            return None;
        }
        let later = self.waiting.split_off(&(end, SensorId::from("")));
        let set: Vec<View> = std::mem::replace(&mut self.waiting, later).into_values().collect();
        self.done = set.last().map(|view| view.time);
        Some(set)
    }

    /// Where the set ends that begins with the first picture: before a camera's second one, or when its time is over.
    fn end(&self, first: Time) -> Time {
        let over = first.plus_seconds(SET_S);
        let mut seen: Vec<&SensorId> = Vec::new();
        for (time, camera) in self.waiting.keys().take_while(|(time, _)| *time < over) {
            if seen.contains(&camera) {
                return *time;
            }
            seen.push(camera);
        }
        over
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(camera: &str, milliseconds: i64) -> View {
        View { camera: camera.into(), time: Time::from_nanos(milliseconds * 1_000_000), people: Vec::new() }
    }

    fn sets(views: &[(&str, i64)]) -> (Vec<Vec<i64>>, Notices) {
        let (mut gather, mut notices, mut sets) = (Gather::default(), Notices::default(), Vec::new());
        let times = |set: Vec<View>| set.iter().map(|view| view.time.nanos() / 1_000_000).collect();
        for (camera, time) in views {
            gather.insert(view(camera, *time), &mut notices);
            sets.extend(std::iter::from_fn(|| gather.next_set(false)).map(times));
        }
        sets.extend(std::iter::from_fn(|| gather.next_set(true)).map(times));
        (sets, notices)
    }

    #[test]
    fn each_camera_gives_one_picture_to_a_set_whatever_the_order_they_come_in() {
        let (sets, notices) =
            sets(&[("a", 0), ("c", 20), ("b", 10), ("a", 66), ("c", 86), ("b", 77), ("a", 132)]);
        assert_eq!(sets, [vec![0, 10, 20], vec![66, 77, 86], vec![132]]);
        assert!(notices.is_empty());
    }

    #[test]
    fn a_lone_camera_has_sets_of_its_own() {
        assert_eq!(sets(&[("a", 0), ("a", 66), ("a", 300)]).0, [vec![0], vec![66], vec![300]]);
    }

    #[test]
    fn what_comes_twice_or_too_late_is_counted() {
        let (sets, notices) = sets(&[("a", 0), ("a", 0), ("b", 500), ("c", 0)]);
        assert_eq!(sets, [vec![0], vec![500]]);
        assert_eq!((notices.count(NoticeKind::Duplicate), notices.count(NoticeKind::Late)), (1, 1));
    }
}
