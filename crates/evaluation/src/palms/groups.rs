//! Whether some people are told worse than others.

use palm::Template;

use super::collect::Person;

/// People of one kind and how often their looks are turned away.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// What they share.
    pub name: &'static str,
    /// How many they are.
    pub people: usize,
    /// Pictures of their palms that were shown.
    pub shown: u64,
    /// Those of them that were refused.
    pub refused: u64,
    /// Comparisons of two looks at one palm.
    pub compared: u64,
    /// Those below the threshold.
    pub turned_away: u64,
    /// Whose they are: one look that is like no other of its palm makes as many as there are others.
    pub people_turned_away: u64,
    /// Those below the stricter threshold.
    pub below_strict: u64,
}

/// The scores that looks are turned away below.
#[derive(Debug, Clone, Copy)]
pub struct Thresholds {
    /// That of the figures asked for.
    pub asked: f64,
    /// One that turns so many away that groups can be told apart.
    pub strict: f64,
}

impl Group {
    /// The share of genuine looks turned away.
    pub fn fnmr(&self) -> f64 {
        self.turned_away as f64 / self.compared.max(1) as f64
    }

    /// The share of genuine looks below the stricter threshold.
    pub fn strict_fnmr(&self) -> f64 {
        self.below_strict as f64 / self.compared.max(1) as f64
    }

    /// The share of pictures refused.
    pub fn refused_share(&self) -> f64 {
        self.refused as f64 / self.shown.max(1) as f64
    }
}

/// Tones of skin that are told apart: steps 1–3, 4–7 and 8–10 of the Monk scale.
pub(super) const TONES: [&str; 3] = ["skin 1–3 (light)", "skin 4–7", "skin 8–10 (dark)"];
/// Widths of the palm that are told apart: below 78 mm, to 90 mm, and above.
pub(super) const SIZES: [&str; 3] = ["palm below 78 mm", "palm 78–90 mm", "palm above 90 mm"];

/// Which of [`TONES`] a step of the Monk scale belongs to.
pub(super) fn tone_group(step: u8) -> usize {
    match step {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    }
}

/// Which of [`SIZES`] a width belongs to, mm.
pub(super) fn size_group(width_mm: f32) -> usize {
    match width_mm {
        width if width < 78.0 => 0,
        width if width < 90.0 => 1,
        _ => 2,
    }
}

/// By tone of skin: light, middle and dark.
pub fn by_tone(people: &[Person], templates: &[Vec<Template>], thresholds: Thresholds) -> [Group; 3] {
    groups(TONES, people, templates, thresholds, |person| tone_group(person.tone))
}

/// By width of the palm.
pub fn by_size(people: &[Person], templates: &[Vec<Template>], thresholds: Thresholds) -> [Group; 3] {
    groups(SIZES, people, templates, thresholds, |person| size_group(person.width_mm))
}

fn groups(
    names: [&'static str; 3],
    people: &[Person],
    templates: &[Vec<Template>],
    thresholds: Thresholds,
    kind: impl Fn(&Person) -> usize,
) -> [Group; 3] {
    let mut groups = names.map(|name| Group {
        name,
        people: 0,
        shown: 0,
        refused: 0,
        compared: 0,
        turned_away: 0,
        people_turned_away: 0,
        below_strict: 0,
    });
    for (person, looks) in people.iter().zip(templates) {
        let group = &mut groups[kind(person)];
        group.people += 1;
        group.shown += person.shown;
        group.refused += person.refused;
        let before = group.turned_away;
        for (index, one) in looks.iter().enumerate() {
            for other in &looks[index + 1..] {
                let score = one.similarity(other);
                group.compared += 1;
                group.turned_away += u64::from(score < thresholds.asked);
                group.below_strict += u64::from(score < thresholds.strict);
            }
        }
        group.people_turned_away += u64::from(group.turned_away > before);
    }
    groups
}
