//! The figures of suites: what is asked, and a row a scenario.

use evaluation::words::{high_percent, low_percent, names_of, per_hundred, seconds};
use evaluation::{Bar, Measured, ScenarioFigures, Sums};
use model::Currency;

use super::{BAD, BOLD, DIM, GOOD, Look, WARN, text};

/// Heads of the columns, two lines each.
const HEADS: [[&str; 2]; 11] = [
    ["", "Scenario"],
    ["", "Visits"],
    ["Exact", "%"],
    ["Rev.", "%"],
    ["Sure", "exact %"],
    ["Wrong", "%"],
    ["Missed", "%"],
    ["Over", "/100"],
    ["Under", "/100"],
    ["In cart", "after s"],
    ["Naive", "%"],
];

const LEGEND: &str = "Exact: every line right, or rightly in review. Rev.: visits with something in review; sure \
    exact: of the others. Wrong: lines charged and not kept. Missed: lines kept, neither charged nor in review. \
    In cart after: from the hand leaving the shelf, median and 99 of 100. Naive: exact receipts of the nearest \
    hand and the nearest weight. Over, under: money charged and not kept, kept and lost, per 100 visits in ";

/// Renders what was asked and what was measured; ends with a line break.
pub(crate) fn suite(measured: &Measured, look: Look) -> String {
    let mut rows: Vec<(bool, Vec<String>)> = measured
        .scenarios
        .iter()
        .map(|scenario| (false, row(scenario.name, &scenario.sums, &measured.currencies)))
        .collect();
    for (name, faulty) in [("Without faults", false), ("With faults", true)] {
        if measured.scenarios.iter().any(|scenario| scenario.faulty == faulty) {
            let sums = measured.sum(|scenario| scenario.faulty == faulty);
            rows.push((true, row(name, &sums, &measured.currencies)));
        }
    }
    let legend = format!("{LEGEND}{}.", names_of(&measured.currencies));
    let legend = look.paint(DIM, &text::wrapped(&legend, look.width, 0));
    let parts = [
        columns(&rows, look) + &legend + "\n",
        bars(&measured.bars(), look),
        wrong(measured, look),
        cost(measured),
    ];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
}

fn row(name: &str, sums: &Sums, currencies: &[Currency]) -> Vec<String> {
    let (ours, visits) = (&sums.ours, sums.ours.visits);
    let after = |share| seconds(sums.takes.quantile_s(share));
    vec![
        name.to_owned(),
        visits.to_string(),
        high_percent(ours.share_exact()),
        low_percent(ours.share_reviewed()),
        high_percent(ours.share_unreviewed_exact()),
        low_percent(ours.share_charged_wrongly()),
        low_percent(ours.share_missed()),
        per_hundred(ours.over_minor(), visits, currencies),
        per_hundred(ours.under_minor(), visits, currencies),
        format!("{} {}", after(0.5), after(0.99)),
        high_percent(sums.naive.share_exact()),
    ]
}

/// Lines up columns: the first at the left, the others at the right; a rule goes before the first row that
/// is a sum.
fn columns(rows: &[(bool, Vec<String>)], look: Look) -> String {
    let width = |column: usize| {
        let heads = HEADS[column].iter().map(|head| head.chars().count());
        heads.chain(rows.iter().map(|(_, cells)| cells[column].chars().count())).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..HEADS.len()).map(width).collect();
    let line = |cells: &[&str]| {
        let aligned = cells.iter().zip(&widths).enumerate().map(|(column, (cell, &width))| {
            if column == 0 { format!("{cell:width$}") } else { format!("  {cell:>width$}") }
        });
        aligned.collect::<String>()
    };
    let rule = look.paint(DIM, &"─".repeat(widths.iter().sum::<usize>() + 2 * (widths.len() - 1))) + "\n";
    let head = |number: usize| line(&HEADS.map(|head| head[number]));
    let mut page = format!("{}\n{}\n{rule}", look.paint(BOLD, &head(0)), look.paint(BOLD, &head(1)));
    let mut was_sum = false;
    for (is_sum, cells) in rows {
        if *is_sum && !was_sum {
            page += &rule;
        }
        was_sum = *is_sum;
        let text = line(&cells.iter().map(String::as_str).collect::<Vec<_>>());
        page += &(if *is_sum { look.paint(BOLD, &text) } else { text } + "\n");
    }
    page + &rule
}

/// What is asked, one a line.
fn bars(bars: &[Bar], look: Look) -> String {
    let line = |bar: &Bar| {
        let (style, sign) = match bar.met {
            Some(true) => (GOOD, "✓ met"),
            Some(false) => (BAD, "✗ not met"),
            None => (WARN, "– not measured"),
        };
        let (what, asked, measured) = (bar.what, bar.asked, bar.measured_words());
        format!("{what:42}{asked:>9}{measured:>11}  {}\n", look.paint(style, sign))
    };
    let head = look.paint(BOLD, &format!("{:42}{:>9}{:>11}", "Asked", "", "measured"));
    format!("{head}\n{}", bars.iter().map(line).collect::<String>())
}

/// The scenes with wrong receipts, a line a scenario; empty if there are none, else ends with a line break.
fn wrong(measured: &Measured, look: Look) -> String {
    let line = |scenario: &ScenarioFigures| {
        let mut scenes: Vec<String> = scenario.wrong.iter().map(|wrong| wrong.scene.to_string()).collect();
        scenes.dedup();
        if scenario.wrong_count > scenario.wrong.len() as u64 {
            scenes.push("…".to_owned());
        }
        let scenes = text::wrapped(&scenes.join(" "), look.width, 32);
        format!("{:22} {:>7}  {scenes}\n", scenario.name, scenario.wrong_count)
    };
    let with_wrong = measured.scenarios.iter().filter(|scenario| scenario.wrong_count > 0);
    let lines: String = with_wrong.map(line).collect();
    if lines.is_empty() {
        return lines;
    }
    format!(
        "{}\n{lines}",
        look.paint(BOLD, "Wrong receipts          number  in scenes (--report writes them)")
    )
}

/// How fast the engine was.
fn cost(measured: &Measured) -> String {
    let speed = measured.cost.speed().map_or("–".to_owned(), |speed| format!("{speed:.0} times"));
    let scenes = measured.scenes * measured.scenarios.len() as u64;
    format!(
        "Seed {} · {scenes} scenes{} · {} of store time, {} on one core {speed} as fast\n",
        measured.seed,
        if measured.by_cameras { " as cameras see them" } else { "" },
        text::duration(measured.cost.store_s),
        if measured.by_cameras { "tracker and engine" } else { "engine alone" },
    )
}

#[cfg(test)]
mod tests {
    use evaluation::{Cost, Figures, Verdict, WrongReceipt};

    use super::*;

    const LOOK: Look = Look { width: 90, colour: false };

    fn scenario(name: &'static str, faulty: bool, exact: u64) -> ScenarioFigures {
        let ours = Figures {
            visits: 1000,
            exact: exact - 5,
            exact_or_reviewed: exact,
            reviewed: 12,
            unreviewed_exact: exact - 12,
            lines_charged: 3000,
            lines_charged_wrongly: 2,
            lines_kept: 3010,
            lines_missed: 4,
            overcharged_minor: [(evaluation::Reason::NeverKept, 1250)].into(),
            ..Figures::default()
        };
        let naive = Figures { visits: 1000, exact_or_reviewed: 612, ..Figures::default() };
        let mut sums = Sums { ours, naive, ..Sums::default() };
        (1..=200).for_each(|step| sums.takes.add(0.6 + f64::from(step) / 400.0));
        (0..40).for_each(|number| sums.calibration.add(0.92, number % 20 != 0));
        let wrong_count = 1000 - exact;
        let receipt = |scene| WrongReceipt {
            scene: 17 * scene,
            trip: "Trip 1".to_owned(),
            verdict: Verdict::Wrong,
            lines: Vec::new(),
        };
        let wrong = (0..wrong_count.min(20)).map(receipt).collect();
        ScenarioFigures { name, description: "", faulty, sums, wrong, wrong_count }
    }

    #[test]
    fn every_scenario_is_a_row_and_what_is_asked_stands_below() {
        let measured = Measured {
            seed: 1000,
            by_cameras: false,
            scenes: 1000,
            currencies: vec![Currency::EUR],
            scenarios: vec![
                scenario("solo", false, 1000),
                scenario("same-weight-neighbours", false, 987),
                scenario("dead-plate", true, 949),
            ],
            cost: Cost { engine_cpu_s: 10.0, store_s: 90_000.0 },
        };
        insta::assert_snapshot!(suite(&measured, LOOK));
    }
}
