//! Who is where: pictures in, people out.

use model::{DVec3, Joint, NoticeKind, Notices, People, Record, SensorId, Store, Time, TrackId, View};

use crate::asleep::{Asleep, Known};
use crate::associate::{NONE, Picks};
use crate::birth::births;
use crate::camera::Camera;
use crate::gather::Gather;
use crate::hands;
use crate::health::Health;
use crate::look::Look;
use crate::people::person;
use crate::shelving::Shelving;
use crate::sight::SIGHTS_MAX;
use crate::skeleton::JOINTS;
use crate::track::Track;

/// Somebody is there if at least this share of the cameras that should show them does.
const BIRTH_SUPPORT_MIN: f64 = 0.35;
/// Who was not seen for this long outside is gone, seconds.
const GONE_S: f64 = 0.2;
/// After all cameras were silent for this long, seconds, people may be anywhere.
const SILENCE_S: f64 = 2.0;
/// The tracker's name in its records.
const SENSOR: &str = "tracking";

/// Follows people through the pictures of many cameras.
#[derive(Clone, Debug)]
pub struct Tracker {
    sensor: SensorId,
    eyes: Vec<Eye>,
    /// What hides people from cameras.
    shelving: Vec<Shelving>,
    gather: Gather,
    tracks: Vec<Track>,
    asleep: Asleep,
    next_track: u64,
    now: Option<Time>,
    /// Who is who in each picture of a set; kept for its memory.
    picks: Vec<Picks>,
    notices: Notices,
}

/// A camera and how it does.
#[derive(Clone, Debug)]
struct Eye {
    camera: Camera,
    health: Health,
}

impl Eye {
    /// Whether a point lies in the picture, and no shelf before it.
    fn shows(&self, point: DVec3, shelving: &[Shelving]) -> bool {
        let eye = self.camera.position();
        self.camera.shows(point) && !shelving.iter().any(|gondola| gondola.hides(eye, point))
    }
}

impl Tracker {
    /// A tracker that has seen nobody yet, anywhere: it knows of no gates.
    pub fn new(cameras: Vec<Camera>) -> Self {
        let eyes = cameras.into_iter().map(|camera| Eye { camera, health: Health::default() }).collect();
        Self {
            sensor: SENSOR.into(),
            eyes,
            shelving: Vec::new(),
            gather: Gather::default(),
            tracks: Vec::new(),
            asleep: Asleep::default(),
            next_track: 1,
            now: None,
            picks: Vec::new(),
            notices: Notices::default(),
        }
    }

    /// A tracker with the cameras of a store whose calibration can be used, its gates and its shelves; what other cameras see
    /// is counted and left out.
    pub fn of(store: &Store) -> Self {
        let cameras = store.cameras().iter().filter_map(|file| Camera::new(file).ok()).collect();
        let doors = store.gates().iter().filter_map(|gate| gate.position_m.map(DVec3::from_array)).collect();
        let tracker = Self::new(cameras);
        let count = tracker.eyes.len().max(1) as f64;
        let inside = tracker.eyes.iter().map(|eye| eye.camera.position()).sum::<DVec3>() / count;
        Self { asleep: Asleep::with_doors(doors, inside), shelving: Shelving::all(store), ..tracker }
    }

    /// Takes any record as it arrives: views become people once no picture of their time is missing, all else passes.
    /// People of this tracker that were recorded beside the views are left out: they are told again.
    pub fn pass(&mut self, record: Record, out: &mut Vec<Record>) {
        match record {
            Record::View(view) => {
                self.gather.insert(view, &mut self.notices);
                self.work(false, out);
            }
            Record::Passage(passage) => {
                self.asleep.pass(&passage);
                out.push(Record::Passage(passage));
            }
            Record::People(people) if people.sensor == self.sensor && self.gather.has_begun() => {}
            other => out.push(other),
        }
    }

    /// Takes that no picture comes any more.
    pub fn finish(&mut self, out: &mut Vec<Record>) {
        self.work(true, out);
    }

    /// What was wrong with the pictures so far.
    pub fn notices(&self) -> &Notices {
        &self.notices
    }

    fn work(&mut self, all: bool, out: &mut Vec<Record>) {
        while let Some(set) = self.gather.next_set(all) {
            if let Some(people) = self.step(&set) {
                out.push(Record::People(people));
            }
        }
    }

    /// Takes pictures that were taken at about the same time, in order of time, at most one of a camera; they must come
    /// after those of the last call. Nothing if there are none of known cameras.
    pub fn step(&mut self, views: &[View]) -> Option<People> {
        let time = views.last()?.time;
        let (eyes, looks) = self.look(views, time);
        if looks.is_empty() {
            return None;
        }
        let step_s = self.now.map_or(0.0, |now| time.seconds_since(now));
        self.now = Some(time);
        self.tracks.iter_mut().for_each(|track| track.advance(step_s));
        if step_s > SILENCE_S {
            // Nobody is where they were: who is there now is found out anew.
            self.leave(time);
        }
        self.picks.resize_with(looks.len(), Picks::default);
        self.pick(&looks);
        self.update(&looks);
        self.look_at_hands(&looks);
        self.confirm(step_s, &eyes, &looks);
        self.check(time, &eyes, &looks);
        self.bear(&eyes, &looks);
        self.leave(time);
        self.wake(time);
        let people = self.tracks.iter().filter(|track| track.is_known).filter_map(person).collect();
        Some(People { sensor: self.sensor.clone(), time, people })
    }

    /// The pictures of known cameras, and whose they are.
    fn look(&mut self, views: &[View], time: Time) -> (Vec<usize>, Vec<Look>) {
        let mut looks = (Vec::with_capacity(views.len()), Vec::with_capacity(views.len()));
        for view in views {
            let Some(number) = self.eyes.iter().position(|eye| *eye.camera.id() == view.camera) else {
                self.notices.add(NoticeKind::UnknownCamera, view.camera.as_str(), 1, view.time);
                continue;
            };
            let eye = &mut self.eyes[number];
            eye.health.hear(view.time);
            let (look, bad) =
                Look::new(&eye.camera, view, view.time.seconds_since(time), eye.health.is_trusted());
            if bad > 0 {
                self.notices.add(NoticeKind::BadKeypoint, view.camera.as_str(), bad, view.time);
            }
            looks.0.push(number);
            looks.1.push(look);
        }
        looks
    }

    /// Finds out who is who in the pictures: whom none of them shows is not put together from joints of several others.
    fn pick(&mut self, looks: &[Look]) {
        let mut shown = vec![false; self.tracks.len()];
        for (look, picks) in looks.iter().zip(&mut self.picks) {
            picks.own(&self.tracks, look);
            picks.owner.iter().flatten().for_each(|track| shown[usize::from(*track)] |= look.is_trusted);
        }
        for (look, picks) in looks.iter().zip(&mut self.picks) {
            picks.find(&self.tracks, &shown, look);
        }
    }

    fn update(&mut self, looks: &[Look]) {
        let picks = &self.picks;
        for (number, track) in self.tracks.iter_mut().enumerate() {
            track.see(looks.len(), |joint, velocity, sights, from| {
                for (picture, (look, picks)) in looks.iter().zip(picks).enumerate() {
                    let picked = picks.candidate[number * JOINTS + joint];
                    if picked != NONE && look.is_trusted && sights.len() < SIGHTS_MAX {
                        sights.push(
                            look.candidates[usize::from(picked)].sight.shifted(velocity * look.later_s),
                        );
                        from.push(picture);
                    }
                }
            });
        }
    }

    /// Hears what the pictures say of hands.
    fn look_at_hands(&mut self, looks: &[Look]) {
        for (number, track) in self.tracks.iter_mut().enumerate() {
            track.holding = [Joint::LeftWrist, Joint::RightWrist].map(|wrist| {
                let said = looks.iter().zip(&self.picks).filter_map(|(look, picks)| {
                    let picked = picks.candidate[number * JOINTS + wrist as usize];
                    let candidate = look.candidates.get(usize::from(picked)).filter(|_| picked != NONE)?;
                    candidate.holding.filter(|_| look.is_trusted)
                });
                hands::together(said)
            });
        }
    }

    /// Counts for each of those followed how many cameras should see them, and how many do.
    fn confirm(&mut self, step_s: f64, eyes: &[usize], looks: &[Look]) {
        let (cameras, shelving) = (&self.eyes, &self.shelving);
        let shows = |eye: usize, middle: DVec3| cameras[eye].shows(middle, shelving);
        for (number, track) in self.tracks.iter_mut().enumerate() {
            let Some(middle) = track.middle() else { continue };
            let (mut expected, mut seen) = (0, 0);
            for (picture, ((eye, look), picks)) in eyes.iter().zip(looks).zip(&self.picks).enumerate() {
                if !look.is_trusted {
                    continue;
                }
                let is_seen = picks.owner.contains(&Some(number as u16)) && track.agrees(picture);
                expected += usize::from(is_seen || shows(*eye, middle));
                seen += usize::from(is_seen);
            }
            track.confirm(expected, seen, step_s);
        }
    }

    /// Compares each camera with what is believed of those who were seen well.
    fn check(&mut self, time: Time, eyes: &[usize], looks: &[Look]) {
        for ((eye, look), picks) in eyes.iter().zip(looks).zip(&self.picks) {
            let health = &mut self.eyes[*eye].health;
            for (number, track) in self.tracks.iter().enumerate() {
                for joint in 0..JOINTS {
                    let picked = picks.candidate[number * JOINTS + joint];
                    if picked == NONE || track.views[joint] < 3 {
                        continue;
                    }
                    let Some(state) = &track.joints[joint] else { continue };
                    let candidate = &look.candidates[usize::from(picked)];
                    let place = state.place + state.velocity * look.later_s;
                    health.measure(candidate.sight.off_rad(place));
                }
            }
        }
        for eye in &mut self.eyes {
            eye.health.check(eye.camera.id(), time, &mut self.notices);
        }
    }

    /// Follows whoever is seen and not followed yet.
    fn bear(&mut self, eyes: &[usize], looks: &[Look]) {
        let free = |(picture, (look, picks)): (usize, (&Look, &Picks))| match look.is_trusted {
            true => picks.free(look, |track| self.tracks[track].agrees(picture)),
            false => vec![false; look.people],
        };
        let free: Vec<Vec<bool>> = looks.iter().zip(&self.picks).enumerate().map(free).collect();
        let confirms = |middle: DVec3, seen: usize| {
            let sees = |eye: &&usize| self.eyes[**eye].shows(middle, &self.shelving);
            seen as f64 >= BIRTH_SUPPORT_MIN * eyes.iter().filter(sees).count() as f64
        };
        for fits in births(looks, |look, person| free[look][usize::from(person)], confirms) {
            self.tracks.push(Track::new(TrackId(self.next_track), &fits));
            self.next_track += 1;
        }
    }

    /// Whether somebody went out: those who are out of sight beyond a gate do not come back as the same.
    fn is_gone(&self, track: &Track) -> bool {
        track.unseen_s > GONE_S && track.seen_at.is_some_and(|place| self.asleep.is_outside(place))
    }

    /// Gives up who was not seen for long, and the younger one of two who are one.
    fn leave(&mut self, time: Time) {
        let mut place = 0;
        while place < self.tracks.len() {
            let track = &self.tracks[place];
            let is_double = self.tracks[..place].iter().any(|older| older.is_same(track));
            if is_double {
                self.tracks.remove(place);
            } else if track.is_lost() || self.is_gone(track) {
                let track = self.tracks.remove(place);
                self.asleep.lay(time, track);
            } else {
                place += 1;
            }
        }
    }

    /// Takes up again who was lost near where somebody is found: after all who are lost were given up, since all cameras may have
    /// been silent until this very set.
    fn wake(&mut self, time: Time) {
        self.tracks.iter_mut().for_each(Track::grow_sure);
        let is_found = |track: &&Track| track.is_sure() && !track.is_known;
        let found: Vec<&Track> = self.tracks.iter().filter(is_found).collect();
        if found.is_empty() {
            return;
        }
        let known = self.asleep.wake(time, &found);
        for (track, known) in self.tracks.iter_mut().filter(|track| is_found(&&**track)).zip(known) {
            track.is_known = !matches!(known, Known::Wait);
            if let Known::Old(old) = known {
                track.take_up(*old);
            }
        }
    }
}
