//! `saunter track`

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use model::{Notices, People, Record, SensorId, TrackId};
use recording::RecordingWriter;
use tracking::{Tracker, TracksFrame, write_tracks};

use super::refuse_to_overwrite;
use crate::drive::Totals;
use crate::feed::{Feed, Input};
use crate::render::table::{Column, Row, table};
use crate::render::{BOLD, notices, text};
use crate::screen::Screen;

/// Records between two moves of the bar.
const RECORDS_PER_MOVE: u64 = 64;

/// Follow people through what the cameras of a recording saw
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    input: Input,
    /// Where to write tracks: a .jsonl file (a line a moment), or an .mcap file (the recording with tracks in it,
    /// for viewers)
    #[arg(long)]
    out: Option<PathBuf>,
    /// Replace --out if it is there
    #[arg(long)]
    force: bool,
}

/// What came of it.
#[derive(Debug, Default)]
struct Followed {
    /// By camera: pictures, and people in them.
    cameras: BTreeMap<SensorId, (u64, u64)>,
    moments: u64,
    tracks: BTreeMap<TrackId, u64>,
    /// How long the tracker took, seconds.
    seconds: f64,
}

/// Where tracks go.
enum Out {
    Nowhere,
    Lines(Vec<TracksFrame>, PathBuf),
    Recording(Box<RecordingWriter>),
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let mut feed = Feed::open(&arguments.input)?;
    let mut out = open(arguments, &feed)?;
    let mut tracker = Tracker::of(feed.store());
    let (mut screen, mut followed, mut passed) = (Screen::new(), Followed::default(), Vec::new());
    screen.start_bar(feed.length_bytes());
    let mut count = 0_u64;
    while let Some(record) = feed.next() {
        let record = record?;
        followed.look(&record);
        let start = Instant::now();
        tracker.pass(record.clone(), &mut passed);
        followed.seconds += start.elapsed().as_secs_f64();
        if matches!(record, Record::View(_)) {
            out.record(record)?;
        }
        passed.drain(..).try_for_each(|record| followed.take(record, &mut out))?;
        count += 1;
        if count.is_multiple_of(RECORDS_PER_MOVE) {
            screen.move_bar(feed.read_bytes());
        }
    }
    tracker.finish(&mut passed);
    passed.drain(..).try_for_each(|record| followed.take(record, &mut out))?;
    screen.clear_bar();
    if followed.cameras.is_empty() {
        bail!(
            "{}: holds no views of cameras: record them (docs/recording-format.md), or simulate with --eyes cameras",
            arguments.input.file.display()
        );
    }
    out.finish()?;
    let mut all = feed.into_reader()?.notices().clone();
    all.merge(tracker.notices());
    screen.print(&page(&followed, &all, &screen))?;
    screen.finish()?;
    Ok(ExitCode::SUCCESS)
}

fn open(arguments: &Arguments, feed: &Feed) -> Result<Out> {
    let Some(path) = &arguments.out else { return Ok(Out::Nowhere) };
    refuse_to_overwrite(path, arguments.force)?;
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("jsonl") => Ok(Out::Lines(Vec::new(), path.clone())),
        Some("mcap") => {
            let writer = RecordingWriter::create(path, &Arc::clone(feed.store()))?;
            Ok(Out::Recording(Box::new(writer)))
        }
        _ => bail!("{}: give --out a name that ends in .jsonl or .mcap", path.display()),
    }
}

impl Out {
    fn record(&mut self, record: Record) -> Result<()> {
        match self {
            Self::Recording(writer) => Ok(writer.write(&record)?),
            Self::Nowhere | Self::Lines(..) => Ok(()),
        }
    }

    fn people(&mut self, people: People) -> Result<()> {
        match self {
            Self::Nowhere => Ok(()),
            Self::Lines(frames, _) => {
                frames.push(TracksFrame::from(&people));
                Ok(())
            }
            Self::Recording(writer) => {
                writer.draw(&people)?;
                Ok(writer.write(&Record::People(people))?)
            }
        }
    }

    fn finish(self) -> Result<()> {
        match self {
            Self::Nowhere => Ok(()),
            Self::Lines(frames, path) => {
                let text = write_tracks(&frames)?;
                let mut file = std::fs::File::create(&path)
                    .with_context(|| format!("{}: can't be written", path.display()))?;
                file.write_all(text.as_bytes())
                    .with_context(|| format!("{}: can't be written", path.display()))
            }
            Self::Recording(writer) => Ok(writer.finish()?),
        }
    }
}

impl Followed {
    fn look(&mut self, record: &Record) {
        if let Record::View(view) = record {
            let (pictures, people) = self.cameras.entry(view.camera.clone()).or_default();
            *pictures += 1;
            *people += view.people.len() as u64;
        }
    }

    /// Takes what came out of the tracker: people to be counted, and whatever else the recording holds.
    fn take(&mut self, record: Record, out: &mut Out) -> Result<()> {
        let Record::People(people) = record else { return out.record(record) };
        self.moments += 1;
        for person in &people.people {
            *self.tracks.entry(person.track).or_default() += 1;
        }
        out.people(people)
    }
}

fn page(followed: &Followed, all: &Notices, screen: &Screen) -> String {
    let look = screen.look();
    let columns = [Column::Text("camera"), Column::Number("pictures"), Column::Number("people a picture")];
    let rows: Vec<Row> = followed
        .cameras
        .iter()
        .map(|(camera, (pictures, people))| {
            let mean = *people as f64 / *pictures as f64;
            Row::plain(vec![text::plain(camera.as_str()), pictures.to_string(), format!("{mean:.1}")])
        })
        .collect();
    let ids: BTreeSet<_> = followed.tracks.keys().collect();
    let each_us = followed.seconds * 1e6 / followed.moments.max(1) as f64;
    let title =
        format!("{} in {}", text::count(ids.len() as u64, "track"), text::count(followed.moments, "moment"));
    format!(
        "{}\n{}{:.0} µs a moment\n{}",
        look.paint(BOLD, &title),
        table(look, &columns, &rows, 0),
        each_us,
        notices::notices(&Totals { notices: all.clone(), ..Totals::default() }, look),
    )
}
