//! The fast search as `benches/compare_faiss.py` drives it, so that both search the same vectors in one run.
//!
//! `compare <folder> <palms> <probes>` writes `palms.f32`, `probes.f32` (128 little-endian numbers each), `palms.i8` and
//! `probes.i8` (their templates) to the folder, and then answers each line of its input:
//! - `one <probe>`: searches for one probe; answers nanoseconds and the best palm.
//! - `many <first> <count>`: searches for probes together on one thread; answers nanoseconds and the best of each.
//! - `naive <probe>`: compares every template; answers the best palm.
//! - `people <number>`: searches the left and the right palms of so many people, for every probe; answers the 50th and
//!   99th percentile of a person's search in nanoseconds.
//! - `memory`: answers the bytes of the gallery.
//!
//! Nanoseconds are those of the processor in this thread, so that other programs on the machine don't count.

#![allow(clippy::panic, clippy::unwrap_used, clippy::print_stdout, reason = "an example")]

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use cpu_time::ThreadTime;
use palm::search::{Wanted, naive};
use palm::{Candidate, Embedding, Gallery, PersonId, Protection, SecretKey, Side, Template};

#[path = "../tests/synthetic/mod.rs"]
mod synthetic;
use synthetic::Palms;

const BEST: Wanted = Wanted { count: 1, similarity_min: -1.0 };

/// Writes embeddings and their templates side by side.
struct Files {
    embeddings: BufWriter<File>,
    templates: BufWriter<File>,
}

impl Files {
    fn create(folder: &Path, name: &str) -> Self {
        let create =
            |kind: &str| BufWriter::new(File::create(folder.join(format!("{name}.{kind}"))).unwrap());
        Self { embeddings: create("f32"), templates: create("i8") }
    }

    fn write(&mut self, embedding: &Embedding, template: &Template) {
        embedding.values().iter().for_each(|value| self.embeddings.write_all(&value.to_le_bytes()).unwrap());
        self.templates.write_all(&template.levels().map(i8::cast_unsigned)).unwrap();
    }
}

struct Bench {
    enrolled: Vec<(PersonId, Template)>,
    gallery: Gallery,
    probes: Vec<Template>,
}

impl Bench {
    /// A gallery, and probes of three kinds: two fifths at a cosine of about 0.8 from an enrolled palm, two
    /// fifths at about 0.5, one fifth of strangers.
    fn make(folder: &Path, palms: usize, probes: usize) -> Self {
        let protection = Protection::new(&SecretKey::from_bytes([1; 32]), "bench", Side::Left, 1);
        let (mut palm_files, mut probe_files) =
            (Files::create(folder, "palms"), Files::create(folder, "probes"));
        let (mut chance, mut bench) =
            (Palms::new(1), Self { enrolled: vec![], gallery: Gallery::new(), probes: vec![] });
        let mut probe = |bench: &mut Self, probe: &Embedding| {
            let template = protection.protect(probe);
            probe_files.write(probe, &template);
            bench.probes.push(template);
        };
        let mated = probes / 5 * 4;
        for person in 0..palms {
            let palm = chance.stranger();
            let template = protection.protect(&palm);
            palm_files.write(&palm, &template);
            bench.gallery.insert(PersonId(person as u64), &template);
            bench.enrolled.push((PersonId(person as u64), template));
            // Spread over the gallery, the kinds in turn.
            if (person + 1) * mated / palms > bench.probes.len() {
                let cosine = if bench.probes.len() % 2 == 0 { 0.8 } else { 0.5 };
                probe(&mut bench, &chance.mate(&palm, cosine));
            }
        }
        while bench.probes.len() < probes {
            probe(&mut bench, &chance.stranger());
        }
        bench
    }

    fn answer(&self, line: &str) -> String {
        let words: Vec<&str> = line.split_whitespace().collect();
        let number = |place: usize| words[place].parse::<usize>().unwrap();
        let start = ThreadTime::now();
        match words[0] {
            "one" => {
                let best = self.gallery.search(&self.probes[number(1)], BEST);
                format!("{} {}", start.elapsed().as_nanos(), best[0].person.0)
            }
            "many" => {
                let best = self.gallery.search_many(&self.probes[number(1)..][..number(2)], BEST, 1);
                let best: Vec<String> =
                    best.iter().map(|best: &Vec<Candidate>| best[0].person.0.to_string()).collect();
                format!("{} {}", start.elapsed().as_nanos(), best.join(" "))
            }
            "naive" => naive::search(&self.enrolled, &self.probes[number(1)], BEST)[0].person.0.to_string(),
            "people" => self.people(number(1)),
            "memory" => self.gallery.bytes().to_string(),
            other => panic!("no question: {other}"),
        }
    }

    fn people(&self, people: usize) -> String {
        let [left, right] = [0, people].map(|first| {
            let mut gallery = Gallery::new();
            self.enrolled[first..][..people]
                .iter()
                .for_each(|(person, template)| _ = gallery.insert(*person, template));
            gallery
        });
        let mut nanos: Vec<u128> = self
            .probes
            .iter()
            .map(|probe| {
                let start = ThreadTime::now();
                std::hint::black_box((left.search(probe, BEST), right.search(probe, BEST)));
                start.elapsed().as_nanos()
            })
            .collect();
        nanos.sort_unstable();
        format!("{} {}", nanos[nanos.len() / 2], nanos[nanos.len() * 99 / 100])
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, folder, palms, probes] = arguments.as_slice() else {
        panic!("compare <folder> <palms> <probes>")
    };
    let bench = Bench::make(Path::new(folder), palms.parse().unwrap(), probes.parse().unwrap());
    println!("ready");
    for line in std::io::stdin().lines() {
        println!("{}", bench.answer(&line.unwrap()));
    }
}
