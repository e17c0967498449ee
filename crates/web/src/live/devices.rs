//! How the devices do: when each was heard last, which plates give no weight, what the engine noticed.

use std::collections::BTreeMap;

use model::{Notice, NoticeKind, PlateIndex, Record, SensorId, Store, Time};

/// What a device is, by what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum DeviceKind {
    /// It sees people in its picture.
    Camera,
    /// It follows people by what cameras see.
    Tracker,
    /// It weighs plates.
    Scales,
    /// It lets people in.
    Gate,
}

/// A device that was heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Device {
    /// Its name.
    pub(crate) sensor: SensorId,
    /// What it is.
    pub(crate) kind: DeviceKind,
    /// When it spoke last, by its own clock.
    pub(crate) last: Time,
    /// How many records it sent since the start.
    pub(crate) records: u64,
}

/// All that is known of the devices.
#[derive(Clone, Debug)]
pub(crate) struct Devices {
    heard: BTreeMap<(DeviceKind, SensorId), (Time, u64)>,
    /// By plate: when it gave a number last.
    weighed: Vec<Option<Time>>,
    notices: BTreeMap<(NoticeKind, String), Notice>,
    /// The newest time of any record.
    pub(crate) now: Time,
}

impl Devices {
    pub(super) fn new(store: &Store) -> Self {
        Self {
            heard: BTreeMap::new(),
            weighed: vec![None; store.plates().len()],
            notices: BTreeMap::new(),
            now: Time::MIN,
        }
    }

    /// Takes what a sensor said.
    pub(super) fn look(&mut self, store: &Store, record: &Record) {
        let (kind, time) = (kind(record), record.time());
        self.now = self.now.max(time);
        let heard = self.heard.entry((kind, record.sensor().clone())).or_insert((time, 0));
        *heard = (heard.0.max(time), heard.1 + 1);
        let Record::Plates(batch) = record else { return };
        // The last sample tells whether a plate speaks now; columns are in the order of the plates.
        let last = batch.grams().rchunks(batch.plates().len()).next().unwrap_or_default();
        for (id, grams) in batch.plates().iter().zip(last) {
            let plate = store.plate_index(*id).filter(|_| grams.is_finite());
            if let Some(weighed) = plate.and_then(|plate| self.weighed.get_mut(plate.0 as usize)) {
                *weighed = Some(time);
            }
        }
    }

    /// Takes what the engine noticed: the newest of each kind and subject counts.
    pub(super) fn notice(&mut self, notice: &Notice) {
        let kept = self.notices.entry((notice.kind, notice.subject.clone()));
        let kept = kept.or_insert_with(|| notice.clone());
        kept.count = kept.count.max(notice.count);
        kept.last = kept.last.max(notice.last);
    }

    /// Devices that were heard, by kind and name.
    pub(crate) fn heard(&self) -> Vec<Device> {
        let device = |((kind, sensor), (last, records)): (&(DeviceKind, SensorId), &(Time, u64))| Device {
            sensor: sensor.clone(),
            kind: *kind,
            last: *last,
            records: *records,
        };
        self.heard.iter().map(device).collect()
    }

    /// When a plate gave a number last; `None` if it never did.
    pub(crate) fn weighed(&self, plate: PlateIndex) -> Option<Time> {
        self.weighed.get(plate.0 as usize).copied().flatten()
    }

    /// What the engine noticed, the newest first.
    pub(crate) fn notices(&self) -> Vec<&Notice> {
        let mut notices: Vec<&Notice> = self.notices.values().collect();
        notices.sort_by(|one, other| other.last.cmp(&one.last).then(one.subject.cmp(&other.subject)));
        notices
    }
}

fn kind(record: &Record) -> DeviceKind {
    match record {
        Record::Plates(_) => DeviceKind::Scales,
        Record::View(_) => DeviceKind::Camera,
        Record::People(_) => DeviceKind::Tracker,
        Record::Credential(_) | Record::Passage(_) => DeviceKind::Gate,
    }
}
