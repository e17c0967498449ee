//! Suites of simulated scenes, small ones.

#![allow(clippy::unwrap_used, reason = "a test")]

use std::collections::BTreeMap;

use evaluation::{
    Cost, Figures, Measured, Reason, ReportLinks, ScenarioFigures, Suite, Sums, Verdict, WrongLine,
    WrongReceipt, report, run,
};
use model::Currency;
use simulator::scenarios::Level;

#[test]
fn the_figures_are_the_same_on_any_number_of_threads() {
    let suite = Suite::named("solo,two-reach", 7, 3, Level::Tracker).unwrap();
    let mut heard = Vec::new();
    let one = run(&suite, 1, |done| heard.push(done)).unwrap();
    let three = run(&suite, 3, |_| {}).unwrap();
    assert_eq!(one.scenarios, three.scenarios);
    assert_eq!(one.cost.store_s, three.cost.store_s);
    assert_eq!(heard, [1, 2, 3, 4, 5, 6]);
    let Sums { ours, naive, takes, .. } = one.sum(|_| true);
    assert!(ours.visits >= 6 && ours.visits == naive.visits, "{ours:?}");
    assert!(ours.lines_kept > 0 && takes.measured() > 0, "{ours:?}");
}

#[test]
fn a_scenario_that_is_not_there_is_named_with_those_that_are() {
    let error = Suite::named("solo,sole", 0, 1, Level::Tracker).unwrap_err().to_string();
    assert!(error.contains("\"sole\"") && error.contains("two-reach"), "{error}");
    assert!(Suite::named("all", 0, 1, Level::Tracker).unwrap().len() > 20);
}

/// A scenario with one wrong receipt among ten.
fn measured() -> Measured {
    let ours = Figures {
        visits: 10,
        exact: 9,
        exact_or_reviewed: 9,
        unreviewed_exact: 9,
        lines_charged: 30,
        lines_charged_wrongly: 1,
        lines_kept: 30,
        overcharged_minor: BTreeMap::from([(Reason::NeverKept, 250)]),
        ..Figures::default()
    };
    let line = WrongLine {
        product: "tea".into(),
        name: "Tea <black>".into(),
        expected: 0,
        charged: 1,
        in_review: 0,
        reason: Reason::NeverKept,
    };
    let wrong = WrongReceipt { scene: 4, trip: "Trip 2".into(), verdict: Verdict::Wrong, lines: vec![line] };
    let solo = ScenarioFigures {
        name: "solo",
        description: "One shopper shops.",
        faulty: false,
        sums: Sums { ours, ..Sums::default() },
        wrong: vec![wrong],
        wrong_count: 1,
    };
    Measured {
        seed: 7,
        by_cameras: false,
        scenes: 10,
        currencies: vec![Currency::EUR],
        scenarios: vec![solo],
        cost: Cost::default(),
    }
}

#[test]
fn what_is_asked_is_met_or_not_or_was_not_measured() {
    let bars: BTreeMap<&str, Option<bool>> =
        measured().bars().into_iter().map(|bar| (bar.what, bar.met)).collect();
    assert_eq!(bars["Exact receipts, solo"], Some(false));
    assert_eq!(bars["Visits in review, without faults"], Some(true));
    assert_eq!(bars["Exact receipts, with faults"], None);
}

#[test]
fn the_page_links_every_wrong_receipt_and_tells_how_to_replay_it() {
    let links = ReportLinks {
        command: "saunter evaluate --suite solo",
        folder_of_page: "my out-recordings",
        folder_of_reader: "pages/my out-recordings",
    };
    let page = report(&measured(), &links);
    for part in [
        r#"href="my%20out-recordings/solo-7-4.mcap""#,
        r#"href="my%20out-recordings/solo-7-4.truth.toml""#,
        "saunter replay 'pages/my out-recordings/solo-7-4.mcap' --explain",
        "Tea &lt;black&gt;",
        "nobody kept it",
        "<title>How often the receipts are right</title>",
    ] {
        assert!(page.contains(part), "{part} is not on the page");
    }
    assert!(!page.contains("http"), "the page must need nothing else");
}
