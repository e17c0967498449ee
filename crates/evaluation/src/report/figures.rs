//! The table: a row a scenario, both systems.

use maud::{Markup, html};

use crate::words::{high_percent, low_percent, names_of, per_hundred, seconds};
use crate::{Measured, Sums};

pub(super) fn section(measured: &Measured) -> Markup {
    let sums = [("Without faults", false), ("With faults", true)];
    html! {
        h2 { "Scenario by scenario" }
        p.soft {
            "In percent of visits or of lines. Money is per 100 visits: charged and not kept, kept and lost, waiting \
            in review; currencies are added one to one. In the cart: seconds from the hand leaving the shelf until \
            the shopper's cart shows it, at the median and for 99 of 100. The naive system gives each step of a \
            plate to the nearest hand, as the nearest product by weight."
        }
        div.scroll tabindex="0" role="region" aria-label="Figures of every scenario" {
            table.figures {
                (heads(measured))
                tbody {
                    @for scenario in &measured.scenarios {
                        tr {
                            th scope="row" title=(scenario.description) {
                                @if scenario.wrong_count > 0 {
                                    a href={ "#" (scenario.name) } { (scenario.name) }
                                } @else { (scenario.name) }
                            }
                            (cells(&scenario.sums, measured))
                        }
                    }
                    @for (name, faulty) in sums {
                        @if measured.scenarios.iter().any(|scenario| scenario.faulty == faulty) {
                            tr.sum {
                                th scope="row" { (name) }
                                (cells(&measured.sum(|scenario| scenario.faulty == faulty), measured))
                            }
                        }
                    }
                }
            }
        }
    }
}

fn heads(measured: &Measured) -> Markup {
    html! {
        thead {
            tr {
                th.group {} th.group {}
                th.group colspan="2" scope="colgroup" { "Exact" }
                th.group colspan="2" scope="colgroup" { "Review" }
                th.group colspan="2" scope="colgroup" { "Wrong lines" }
                th.group colspan="2" scope="colgroup" { "Missed lines" }
                th.group colspan="3" scope="colgroup" { "Money, " (names_of(&measured.currencies)) }
                th.group colspan="2" scope="colgroup" { "In the cart" }
            }
            tr {
                th scope="col" { "Scenario" } th scope="col" { "Visits" }
                th scope="col" { "ours" } th.naive scope="col" { "naive" }
                th scope="col" { "visits" } th scope="col" { "others ✓" }
                th scope="col" { "ours" } th.naive scope="col" { "naive" }
                th scope="col" { "ours" } th.naive scope="col" { "naive" }
                th scope="col" { "over" } th scope="col" { "under" } th scope="col" { "waits" }
                th scope="col" { "median" } th scope="col" { "99 %" }
            }
        }
    }
}

fn cells(sums: &Sums, measured: &Measured) -> Markup {
    let (ours, naive, takes) = (&sums.ours, &sums.naive, &sums.takes);
    let money = |minor| per_hundred(minor, ours.visits, &measured.currencies);
    html! {
        td { (ours.visits) }
        td { (high_percent(ours.share_exact())) }
        td.naive { (high_percent(naive.share_exact())) }
        td { (low_percent(ours.share_reviewed())) }
        td { (high_percent(ours.share_unreviewed_exact())) }
        td { (low_percent(ours.share_charged_wrongly())) }
        td.naive { (low_percent(naive.share_charged_wrongly())) }
        td { (low_percent(ours.share_missed())) }
        td.naive { (low_percent(naive.share_missed())) }
        td { (money(ours.over_minor())) }
        td { (money(ours.under_minor())) }
        td { (money(ours.waiting_minor())) }
        td { (seconds(takes.quantile_s(0.5))) }
        td { (seconds(takes.quantile_s(0.99))) }
    }
}
