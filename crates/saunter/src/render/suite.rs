//! The figures of suites: what is asked, and a row a scenario.

use evaluation::words::{high_percent, low_percent, seconds};
use evaluation::{Bar, Measured, Sums};
use model::{Currency, Money};

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
    Over, under: money per 100 visits. In cart after: from the hand leaving the shelf, median and 99 of 100. \
    Naive: exact receipts of the nearest hand and the nearest weight.";

/// Renders what was asked and what was measured; ends with a line break.
pub(crate) fn suite(measured: &Measured, look: Look) -> String {
    let mut rows: Vec<(bool, Vec<String>)> = measured
        .scenarios
        .iter()
        .map(|scenario| (false, row(scenario.name, &scenario.sums, measured.currency)))
        .collect();
    for (name, faulty) in [("Without faults", false), ("With faults", true)] {
        if measured.scenarios.iter().any(|scenario| scenario.faulty == faulty) {
            let sums = measured.sum(|scenario| scenario.faulty == faulty);
            rows.push((true, row(name, &sums, measured.currency)));
        }
    }
    let legend = text::wrapped(LEGEND, look.width, 0);
    format!(
        "{}{}\n\n{}{}\n",
        columns(&rows, look),
        look.paint(DIM, &legend),
        bars(&measured.bars(), look),
        cost(measured)
    )
}

fn row(name: &str, sums: &Sums, currency: Option<Currency>) -> Vec<String> {
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
        per_hundred(ours.over_minor(), visits, currency),
        per_hundred(ours.under_minor(), visits, currency),
        format!("{} {}", after(0.5), after(0.99)),
        high_percent(sums.naive.share_exact()),
    ]
}

/// Money per hundred visits, without its currency.
fn per_hundred(minor: i64, visits: u64, currency: Option<Currency>) -> String {
    let Some(currency) = currency.filter(|_| visits > 0) else { return "–".to_owned() };
    let minor = (minor as f64 * 100.0 / visits as f64).round() as i64;
    let money = Money::new(minor, currency).to_string();
    money.split(' ').next().unwrap_or_default().to_owned()
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

/// How fast the engine was.
fn cost(measured: &Measured) -> String {
    let speed = measured.cost.speed().map_or("–".to_owned(), |speed| format!("{speed:.0} times"));
    let scenes = measured.scenes * measured.scenarios.len() as u64;
    format!(
        "\nSeed {} · {scenes} scenes · {} of store time, engine alone on one core {speed} as fast",
        measured.seed,
        text::duration(measured.cost.store_s),
    )
}
