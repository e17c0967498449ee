//! `saunter repeat`

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use indicatif::{ProgressBar, ProgressStyle};
use model::{PlateBatch, Record, Time, TrackId};
use recording::{RecordingReader, RecordingWriter};

use crate::drive::Totals;
use crate::screen::Screen;

/// Build a long recording by repeating a short one, each time later and with other people
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The recording to repeat
    file: PathBuf,
    /// How many times it happens
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    times: u32,
    /// The recording to write
    #[arg(long)]
    out: PathBuf,
    /// Seconds between the last record of one time and the first of the next
    #[arg(long, default_value_t = 5.0, value_parser = seconds)]
    pause: f64,
    /// Replace --out if it is there
    #[arg(long)]
    force: bool,
}

fn seconds(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(seconds) if (0.0..=86_400.0).contains(&seconds) => Ok(seconds),
        _ => Err("write seconds from 0 to 86400".to_owned()),
    }
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    super::refuse_to_overwrite(&arguments.out, arguments.force)?;
    let (totals, tracks) = survey(&arguments.file)?;
    let Some((first, last)) = totals.span else {
        bail!("{} holds no record to repeat", arguments.file.display());
    };
    let every_nanos = last.plus_seconds(arguments.pause).nanos_since(first);
    every_nanos
        .checked_mul(i64::from(arguments.times))
        .and_then(|nanos| first.nanos().checked_add(nanos))
        .context("the last repetition would lie beyond the year 2262: choose fewer --times")?;
    write(arguments, every_nanos, tracks)?;
    let mut screen = Screen::new();
    let records = totals.records * u64::from(arguments.times);
    screen.print(&format!("{}: {records} records\n", arguments.out.display()))?;
    screen.finish()?;
    Ok(ExitCode::SUCCESS)
}

/// The span of a recording and its tracks.
fn survey(file: &Path) -> Result<(Totals, BTreeSet<TrackId>)> {
    let mut totals = Totals::default();
    let mut tracks = BTreeSet::new();
    for record in RecordingReader::open(file)? {
        let record = record?;
        totals.count(&record);
        for_each_track(&record, |track| {
            tracks.insert(track);
        });
    }
    Ok((totals, tracks))
}

fn write(arguments: &Arguments, every_nanos: i64, tracks: BTreeSet<TrackId>) -> Result<()> {
    let store = Arc::clone(RecordingReader::open(&arguments.file)?.store());
    let mut writer = RecordingWriter::create(&arguments.out, &store)?;
    let mut renamer = Renamer { taken: tracks, next: 1, names: BTreeMap::new() };
    let bar = bar(arguments.times);
    for repetition in 0..arguments.times {
        let nanos = every_nanos * i64::from(repetition);
        for record in RecordingReader::open(&arguments.file)? {
            let later = shifted(record?, nanos, |track| renamer.name(track, repetition > 0));
            writer.write(&later.context("a shifted record no longer holds together")?)?;
        }
        renamer.names.clear();
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(writer.finish()?)
}

fn bar(times: u32) -> ProgressBar {
    let bar = ProgressBar::new(u64::from(times));
    let style = ProgressStyle::with_template("{bar:40.cyan/dim} {pos} of {len} times, {eta} to go");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("━━─"))
}

/// Gives tracks new numbers that no other repetition has; the first repetition keeps its own.
struct Renamer {
    taken: BTreeSet<TrackId>,
    next: u64,
    names: BTreeMap<TrackId, TrackId>,
}

impl Renamer {
    fn name(&mut self, track: TrackId, anew: bool) -> TrackId {
        if !anew {
            return track;
        }
        let Self { taken, next, names } = self;
        *names.entry(track).or_insert_with(|| {
            while taken.contains(&TrackId(*next)) {
                *next += 1;
            }
            *next += 1;
            TrackId(*next - 1)
        })
    }
}

fn for_each_track(record: &Record, mut each: impl FnMut(TrackId)) {
    match record {
        Record::People(people) => people.people.iter().for_each(|person| each(person.track)),
        Record::Passage(passage) => passage.track.into_iter().for_each(each),
        Record::Plates(_) | Record::View(_) | Record::Credential(_) => {}
    }
}

/// The record, later and with other tracks.
fn shifted(
    record: Record,
    nanos: i64,
    mut name: impl FnMut(TrackId) -> TrackId,
) -> Result<Record, model::RecordError> {
    let later = |time: Time| time.plus_nanos(nanos);
    Ok(match record {
        Record::Plates(batch) => Record::Plates(PlateBatch::new(
            batch.sensor().clone(),
            later(batch.first_sample()),
            batch.sample_interval_nanos(),
            Arc::clone(batch.plates()),
            batch.grams().to_vec(),
        )?),
        Record::View(mut view) => {
            view.time = later(view.time);
            Record::View(view)
        }
        Record::People(mut people) => {
            people.time = later(people.time);
            people.people.iter_mut().for_each(|person| person.track = name(person.track));
            Record::People(people)
        }
        Record::Credential(mut credential) => {
            credential.time = later(credential.time);
            Record::Credential(credential)
        }
        Record::Passage(mut passage) => {
            passage.time = later(passage.time);
            passage.track = passage.track.map(name);
            Record::Passage(passage)
        }
    })
}

#[cfg(test)]
mod tests {
    use model::{Direction, Passage, People, Person};

    use super::*;

    #[test]
    fn the_first_time_keeps_its_tracks_and_the_others_never_share_one() {
        let original: BTreeSet<TrackId> = [1, 2, 4].map(TrackId).into();
        let mut renamer = Renamer { taken: original.clone(), next: 1, names: BTreeMap::new() };
        let mut seen = BTreeSet::new();
        for repetition in 0..4 {
            for track in &original {
                let name = renamer.name(*track, repetition > 0);
                assert_eq!(renamer.name(*track, repetition > 0), name);
                assert!(seen.insert(name), "{name} twice");
            }
            renamer.names.clear();
        }
        assert!(seen.is_superset(&original));
    }

    #[test]
    fn a_shifted_record_is_the_same_but_later() {
        let time = Time::from_nanos(1000);
        let other = |track: TrackId| TrackId(track.0 + 100);
        let plates = [model::PlateId::new(1, 1, 1)];
        let batch = PlateBatch::new("scale".into(), time, 5, plates.into(), vec![1.0, f32::NAN]).unwrap();
        let later = shifted(Record::Plates(batch), 7, other).unwrap();
        assert_eq!(later.time(), Time::from_nanos(1012));
        let person = Person { track: TrackId(3), keypoints: Vec::new(), holding: [None; 2] };
        let people = People { sensor: "tracker".into(), time, people: vec![person] };
        let Record::People(people) = shifted(Record::People(people), 7, other).unwrap() else { panic!() };
        assert_eq!((people.time, people.people[0].track), (Time::from_nanos(1007), TrackId(103)));
        let passage =
            Passage { gate: "door".into(), time, direction: Direction::Out, track: Some(TrackId(3)) };
        let Record::Passage(passage) = shifted(Record::Passage(passage), 7, other).unwrap() else { panic!() };
        assert_eq!((passage.time, passage.track), (Time::from_nanos(1007), Some(TrackId(103))));
    }
}
