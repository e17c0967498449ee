//! What was measured, as text and as a page that needs nothing else.

use maud::{Markup, html};

use super::collect::Collected;
use super::det::{Curve, det};
use super::groups::Group;
use super::identify::Identification;
use super::rates::Rates;
use crate::report::page as whole_page;

/// All that was measured of a population.
pub struct Measures {
    /// Pictures shown and refused.
    pub collected: Collected,
    /// Two looks, embeddings as the network gives them.
    pub bare: Rates,
    /// Two looks, templates as they are kept.
    pub kept: Rates,
    /// A search among all who are enrolled, templates as they are kept.
    pub search: Identification,
    /// Looks turned away at the threshold of one stranger in a million, by tone and size.
    pub groups: Vec<Group>,
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
        let search = &self.search;
        row(&format!("rank 1 among {}", search.enrolled), percent(search.rank_one()), "99.9 %");
        for rate in [1e-2, 1e-3] {
            let (threshold, missed) = search.at_false_positives(rate);
            let asked = if rate < 2e-3 { "0.5 %" } else { "" };
            row(
                &format!("FNIR at FPIR {rate:.0e}"),
                format!("{} (at {threshold:.3})", percent(missed)),
                asked,
            );
        }
        let refused: u64 = self.collected.refused.values().sum();
        row("pictures refused", percent(refused as f64 / self.collected.shown.max(1) as f64), "");
        row(
            "read as the other hand",
            percent(self.collected.wrong_hand as f64 / self.collected.shown.max(1) as f64),
            "",
        );
        let best = self.groups.iter().map(Group::fnmr).fold(f64::MAX, f64::min);
        for group in &self.groups {
            let times = group.fnmr() / best;
            let times =
                if times.is_finite() { format!(", {times:.1} times the best") } else { String::new() };
            let name = format!("turned away at FAR 1e-6: {} ({} people)", group.name, group.people);
            row(&name, format!("{}{times}", percent(group.fnmr())), "2 times");
        }
        rows
    }

    /// How many comparisons the figures stand on.
    pub fn basis(&self) -> String {
        format!(
            "{} people, {} pictures shown, {} genuine and {} impostor comparisons; {} searches for enrolled palms, {} for strangers",
            self.collected.people.len(),
            self.collected.shown,
            self.kept.genuine.total(),
            self.kept.impostor.total(),
            self.search.probes,
            self.search.strangers
        )
    }

    /// The curves of errors.
    pub fn curves(&self) -> [Curve; 2] {
        [("embeddings", &self.bare), ("protected templates", &self.kept)]
            .map(|(name, rates)| Curve { name: name.to_owned(), points: rates.curve() })
    }
}

/// Writes the page; `command` makes it anew.
pub fn page(measures: &Measures, command: &str) -> String {
    let body = html! {
        h1 { "Whose palm is it?" }
        p.soft { (measures.basis()) ". Palms made of numbers, none of them seen in training." }
        (table("Figures", &["", "measured", "asked"], &measures.rows()))
        h2 { "Errors against one another" }
        p.soft { "Each point is a threshold. Left is strict, right is lenient; lower is better." }
        figure.card { (det(&measures.curves())) }
        h2 { "Pictures refused" }
        (table("Refusals", &["said", "pictures", ""], &refusals(&measures.collected)))
        p.soft { "Made by " code { (command) } }
    };
    whole_page("Whose palm is it?", &body)
}

fn refusals(collected: &Collected) -> Vec<[String; 3]> {
    let share = |count: u64| format!("{:.2} %", 100.0 * count as f64 / collected.shown.max(1) as f64);
    collected.refused.iter().map(|(said, count)| [said.clone(), count.to_string(), share(*count)]).collect()
}

fn table(label: &str, heads: &[&str; 3], rows: &[[String; 3]]) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(label) {
            table.figures {
                thead { tr { @for head in heads { th scope="col" { (head) } } } }
                tbody {
                    @for [name, value, asked] in rows {
                        tr { th scope="row" { (name) } td { (value) } td { (asked) } }
                    }
                }
            }
        }
    }
}
