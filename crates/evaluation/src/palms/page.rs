//! What was measured, as text and as a page that needs nothing else.

use maud::{Markup, html};
use palm::fuse::Normal;

use super::collect::Collected;
use super::det::{Curve, det};
use super::fusion::Fusion;
use super::groups::Group;
use super::identify::Identification;
use super::rates::Rates;
use crate::report::{figures, page as whole_page};

/// The share of comparisons of looks at one palm that groups are compared by besides: at one stranger in a million so few are turned
/// away that a single look decides which group is the worst.
pub const STRICT: f64 = 0.005;
/// What people are enrolled with.
const ENROLLED: &str = "three looks";

/// All that was measured of a population.
pub struct Measures {
    /// Pictures shown and refused.
    pub collected: Collected,
    /// Two looks, embeddings as the network gives them.
    pub bare: Rates,
    /// Two looks, templates as they are kept.
    pub kept: Rates,
    /// A search among all who are enrolled with one look, and with a hover of two, templates as they are kept.
    pub searches: [Identification; 2],
    /// Looks turned away at the threshold of one stranger in a million, by tone and size.
    pub groups: Vec<Group>,
    /// What a second look and a second hand are worth, if enough people showed both hands.
    pub fusion: Option<Fusion>,
}

impl Measures {
    /// The figures, one a row: what, how much, and what is asked.
    pub fn rows(&self) -> Vec<[String; 3]> {
        let mut rows = Vec::new();
        let mut row =
            |name: &str, value: String, asked: &str| rows.push([name.to_owned(), value, asked.to_owned()]);
        let percent = |share: f64| format!("{:.3} %", 100.0 * share);
        for (name, rates, asked) in
            [("embeddings", &self.bare, ""), ("protected templates", &self.kept, "99.9 %")]
        {
            for rate in [1e-4, 1e-5, 1e-6] {
                let (threshold, accepted) = rates.at_false_matches(rate);
                let asked = if rate < 2e-6 { asked } else { "" };
                row(
                    &format!("TAR at FAR {rate:.0e}, {name}"),
                    format!("{} (at {threshold:.3})", percent(accepted)),
                    asked,
                );
            }
        }
        for (search, hover) in self.searches.iter().zip(["one look", "two looks"]) {
            let asked = |asked: &'static str| if hover == "one look" { asked } else { "" };
            row(
                &format!("rank 1 among {}, {hover}", search.enrolled),
                percent(search.rank_one()),
                asked("99.9 %"),
            );
            let (threshold, missed) = search.at_false_positives(1e-3);
            row(
                &format!("FNIR at FPIR 1e-3, {hover}"),
                format!("{} (at {threshold:.3})", percent(missed)),
                asked("0.5 %"),
            );
        }
        if let Some(Fusion { scores, .. }) = &self.fusion {
            let spread = |Normal { mean, sd }: Normal| format!("{mean:.4} ± {sd:.4}");
            row(&format!("scores of a look at a palm with {ENROLLED}"), spread(scores.genuine), "");
            row(&format!("scores of a look at a stranger's with {ENROLLED}"), spread(scores.impostor), "");
        }
        for way in self.fusion.iter().flat_map(|fusion| &fusion.ways) {
            for rate in [1e-4, 1e-6] {
                let (_, accepted) = way.rates.at_false_matches(rate);
                row(
                    &format!("TAR at FAR {rate:.0e} against {ENROLLED}: {}", way.name),
                    percent(accepted),
                    "",
                );
            }
        }
        let refused: u64 = self.collected.refused.values().sum();
        row("pictures refused", percent(refused as f64 / self.collected.shown.max(1) as f64), "");
        row(
            "read as the other hand",
            percent(self.collected.wrong_hand as f64 / self.collected.shown.max(1) as f64),
            "",
        );
        for group in &self.groups {
            let name = format!("turned away at FAR 1e-6: {} ({} people)", group.name, group.people);
            let times = self.times_the_best(group, Group::fnmr);
            let whose = format!(" (looks of {})", group.people_turned_away);
            row(&name, format!("{}{whose}{times}", percent(group.fnmr())), "2 times");
        }
        for group in &self.groups {
            let name = format!("among the {} of looks least alike: {}", percent(STRICT), group.name);
            let times = self.times_the_best(group, Group::strict_fnmr);
            row(&name, format!("{}{times}", percent(group.strict_fnmr())), "");
        }
        for group in &self.groups {
            row(&format!("pictures refused: {}", group.name), percent(group.refused_share()), "");
        }
        rows
    }

    /// By how much a rate of a group is above the best group's.
    fn times_the_best(&self, group: &Group, rate: impl Fn(&Group) -> f64) -> String {
        let times = rate(group) / self.groups.iter().map(&rate).fold(f64::MAX, f64::min);
        if times.is_finite() { format!(", {times:.1} times the best") } else { String::new() }
    }

    /// How many comparisons the figures stand on.
    pub fn basis(&self) -> String {
        format!(
            "{} people, {} pictures shown, {} genuine and {} impostor comparisons; {} searches for enrolled palms, {} for strangers",
            self.collected.people.len(),
            self.collected.shown,
            self.kept.genuine.total(),
            self.kept.impostor.total(),
            self.searches[0].probes,
            self.searches[0].strangers
        )
    }

    /// The curves of errors.
    pub fn curves(&self) -> Vec<Curve> {
        let looks = [("two looks, embeddings", &self.bare), ("two looks, protected templates", &self.kept)];
        let ways = self.fusion.iter().flat_map(|fusion| &fusion.ways);
        let ways = ways.filter(|way| way.name != "two looks at one palm");
        let curve = |name: String, rates: &Rates| Curve { name, points: rates.curve() };
        let ways = ways.map(|way| curve(format!("{ENROLLED} enrolled, {}", way.name), &way.rates));
        looks.iter().map(|(name, rates)| curve((*name).to_owned(), rates)).chain(ways).collect()
    }
}

/// Writes the page; `command` makes it anew.
pub fn page(measures: &Measures, command: &str) -> String {
    let body = html! {
        h1 { "Whose palm is it?" }
        p.soft { (measures.basis()) ". Palms made of numbers, none of them seen in training." }
        (table("Figures", ["", "measured", "asked"], measures.rows()))
        h2 { "Errors against one another" }
        p.soft { "Each point is a threshold. Left is strict, right is lenient; lower is better." }
        figure.card { (det(&measures.curves())) }
        h2 { "Pictures refused" }
        (table("Refusals", ["said", "pictures", ""], refusals(&measures.collected)))
        p.soft { "Made by " code { (command) } }
    };
    whole_page("Whose palm is it?", &body)
}

fn refusals(collected: &Collected) -> Vec<[String; 3]> {
    let share = |count: u64| format!("{:.2} %", 100.0 * count as f64 / collected.shown.max(1) as f64);
    collected.refused.iter().map(|(said, count)| [said.clone(), count.to_string(), share(*count)]).collect()
}

fn table(label: &str, heads: [&str; 3], rows: Vec<[String; 3]>) -> Markup {
    figures(label, &heads.map(str::to_owned), rows.into_iter().map(Vec::from).collect())
}
