use proptest::prelude::*;

use super::*;
use crate::template::DIMENSIONS;

const ALL: Wanted = Wanted { count: usize::MAX, similarity_min: -1.0 };

/// Levels of every size, the greatest more often than chance would have it.
fn template() -> impl Strategy<Value = Template> {
    let level = prop_oneof![8 => -127..=127_i8, 1 => Just(127_i8), 1 => Just(-127_i8), 4 => -3..=3_i8];
    prop::collection::vec(level, DIMENSIONS).prop_filter_map("no level", |levels| from_levels(&levels))
}

fn from_levels(levels: &[i8]) -> Option<Template> {
    let bytes: Vec<u8> = levels.iter().map(|level| level.cast_unsigned()).collect();
    Template::from_bytes(&bytes).ok()
}

/// Templates with few directions, so that many are equally like a probe.
fn coarse() -> impl Strategy<Value = Template> {
    prop::collection::vec(prop_oneof![Just(0_i8), Just(100_i8)], 4)
        .prop_filter_map("no level", |four| from_levels(&four.repeat(DIMENSIONS / 4)))
}

fn enrolled(
    template: impl Strategy<Value = Template>,
    most: usize,
) -> impl Strategy<Value = Vec<(PersonId, Template)>> {
    prop::collection::btree_map(any::<u64>().prop_map(PersonId), template, 0..most)
        .prop_map(|enrolled| enrolled.into_iter().collect::<Vec<_>>())
        .prop_shuffle()
}

fn wanted() -> impl Strategy<Value = Wanted> {
    let similarity_min = prop_oneof![Just(-1.0), Just(0.0), -0.5..1.0_f64];
    (0..12_usize, similarity_min).prop_map(|(count, similarity_min)| Wanted { count, similarity_min })
}

fn gallery(kernel: Kernel, enrolled: &[(PersonId, Template)]) -> Gallery {
    let mut gallery = Gallery::with_kernel(kernel);
    for (person, template) in enrolled {
        assert!(!gallery.insert(*person, template));
    }
    gallery
}

/// Every kernel must find what the reference finds.
fn check(enrolled: &[(PersonId, Template)], probe: &Template, wanted: Wanted) {
    let expected = naive::search(enrolled, probe, wanted);
    for kernel in Kernel::available() {
        assert_eq!(gallery(kernel, enrolled).search(probe, wanted), expected, "{kernel:?}");
    }
}

/// Unit vectors by chance, as templates.
struct Chance(oorandom::Rand64);

impl Chance {
    fn template(&mut self) -> Template {
        let normal: [f64; DIMENSIONS] = std::array::from_fn(|_| {
            let (radius, angle) = (1.0 - self.0.rand_float(), self.0.rand_float());
            (-2.0 * libm::log(radius)).sqrt() * libm::cos(std::f64::consts::TAU * angle)
        });
        let length = normal.iter().map(|value| value * value).sum::<f64>().sqrt();
        Template::quantised(&normal.map(|value| value / length))
    }

    fn enrolled(&mut self, count: u64) -> Vec<(PersonId, Template)> {
        (0..count).map(|person| (PersonId(person * 7919 % 1_000_003), self.template())).collect()
    }
}

proptest! {
    #[test]
    fn every_kernel_finds_what_an_exhaustive_search_finds(
        enrolled in enrolled(template(), 60), probe in template(), wanted in wanted(),
    ) {
        check(&enrolled, &probe, wanted);
    }

    #[test]
    fn ties_go_to_the_lower_id(enrolled in enrolled(coarse(), 60), probe in coarse(), wanted in wanted()) {
        check(&enrolled, &probe, wanted);
    }

    #[test]
    fn whoever_is_enrolled_is_found_and_nobody_who_was_taken_out(
        steps in prop::collection::vec((0..24_u64, prop::option::weighted(0.6, coarse())), 0..120), probe in coarse(),
    ) {
        let mut kept = std::collections::BTreeMap::new();
        let mut gallery = Gallery::new();
        for (person, template) in steps {
            let person = PersonId(person);
            let was_there = kept.contains_key(&person);
            match template {
                Some(template) => {
                    prop_assert_eq!(gallery.insert(person, &template), was_there);
                    kept.insert(person, template);
                }
                None => {
                    prop_assert_eq!(gallery.remove(person), was_there);
                    kept.remove(&person);
                }
            }
        }
        let kept: Vec<_> = kept.into_iter().collect();
        prop_assert_eq!(gallery.search(&probe, ALL), naive::search(&kept, &probe, ALL));
        prop_assert_eq!(gallery.len(), kept.len());
        for (person, template) in &kept {
            prop_assert_eq!(gallery.similarity(*person, &probe), Some(template.similarity(&probe)));
        }
        if let Some(last) = gallery.chunks.last() {
            prop_assert!(last.is_blank_from(last.len()), "a removed template is still in memory");
        }
    }
}

#[test]
fn the_greatest_levels_overflow_no_kernel() {
    let extremes: Vec<(PersonId, Template)> = [(127, 127), (-127, -127), (127, -127), (-127, 127)]
        .iter()
        .zip(0..)
        .map(|((even, odd), person)| (PersonId(person), from_levels(&[*even, *odd].repeat(64)).unwrap()))
        .collect();
    for (_, probe) in &extremes {
        check(&extremes, probe, ALL);
    }
}

#[test]
fn several_chunks_probes_and_threads_give_one_answer() {
    let mut chance = Chance(oorandom::Rand64::new(3));
    let enrolled = chance.enrolled(2 * CHUNK_PALMS as u64 + 100);
    let mut probes: Vec<Template> = (0..5).map(|_| chance.template()).collect();
    probes.push(enrolled[CHUNK_PALMS + 17].1.clone());
    for similarity_min in [-1.0, 0.3] {
        let wanted = Wanted { count: 10, similarity_min };
        let expected: Vec<_> = probes.iter().map(|probe| naive::search(&enrolled, probe, wanted)).collect();
        for kernel in Kernel::available() {
            let gallery = gallery(kernel, &enrolled);
            for threads in [0, 1, 2, 3, 50] {
                assert_eq!(
                    gallery.search_many(&probes, wanted, threads),
                    expected,
                    "{kernel:?}, {threads} threads"
                );
            }
        }
    }
}

#[test]
fn a_gallery_shrinks_again_and_leaves_nothing_behind() {
    let mut chance = Chance(oorandom::Rand64::new(4));
    let enrolled = chance.enrolled(CHUNK_PALMS as u64 + 40);
    let mut gallery = gallery(Kernel::fastest(), &enrolled);
    assert_eq!(gallery.chunks.len(), 2);
    for (person, _) in &enrolled[..60] {
        assert!(gallery.remove(*person));
        assert!(!gallery.remove(*person));
    }
    assert_eq!(gallery.chunks.len(), 1);
    assert!(gallery.chunks[0].is_blank_from(gallery.len()));
    let probe = &enrolled[100].1;
    let best = gallery.search(probe, Wanted { count: 1, similarity_min: 0.5 });
    assert_eq!(best, [Candidate { person: enrolled[100].0, similarity: 1.0 }]);
}

#[test]
fn an_empty_gallery_and_no_probes_give_no_candidates() {
    let probe = Chance(oorandom::Rand64::new(5)).template();
    assert_eq!(Gallery::new().search(&probe, ALL), []);
    assert_eq!(Gallery::new().search_many(&[probe], ALL, 4), [vec![]]);
    assert!(Gallery::new().search_many(&[], ALL, 4).is_empty());
    assert!(!Gallery::new().remove(PersonId(1)));
}
