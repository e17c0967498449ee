//! Where doubts arise: the store's boards, each coloured by how often somebody had to look.

use std::collections::BTreeMap;
use std::fmt;

use maud::{Markup, html};
use model::PlatePart;
use office::LineKind;
use serde::Deserialize;

use super::desk::Desk;
use super::words::share;

/// Lines of carts that are looked at, the newest.
pub(super) const LINES: u32 = 2000;
/// The drawing, in its own units.
const BOX: (f64, f64) = (70.0, 34.0);
/// The picture is at least this wide, so that its letters stay small.
const LEAST_WIDTH: f64 = 640.0;
const LEFT: f64 = 70.0;
const ABOVE: f64 = 24.0;

/// What of a change is needed here.
#[derive(Deserialize)]
struct Where {
    plates: Vec<PlatePart>,
}

/// All of something, and those in doubt.
#[derive(Clone, Copy, Default)]
pub(super) struct Counts {
    pub(super) all: u64,
    pub(super) doubtful: u64,
}

impl fmt::Display for Counts {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.doubtful, self.all)
    }
}

impl Counts {
    /// How hot it is, 0 to 5: by the bounds that [`key`] tells.
    pub(super) fn level(self) -> u8 {
        let part = self.doubtful as f64 / self.all.max(1) as f64;
        match part {
            part if part <= 0.0 => 0,
            part if part <= 0.02 => 1,
            part if part <= 0.05 => 2,
            part if part <= 0.1 => 3,
            part if part <= 0.2 => 4,
            _ => 5,
        }
    }
}

/// What the colours mean.
pub(super) fn key() -> Markup {
    html! {
        ul.legend.heat-key {
            @for level in 0..=5 { li { span class={ "key h" (level) } {} (legend(level)) } }
        }
    }
}

/// The map, with the same as a table.
pub(super) fn map(desk: &Desk, said: &[(LineKind, String)]) -> Markup {
    let boards = boards(said);
    html! {
        section.card {
            h2 { (desk.say("Doubts by shelf", "Zweifel je Regal")) }
            @if boards.is_empty() { p.empty-state { (desk.say("Nothing is known yet.", "Noch ist nichts bekannt.")) } } @else {
                div.wide { (drawn(desk, &boards)) }
                (key())
                details {
                    summary { (desk.say("As a table", "Als Tabelle")) }
                    (table(desk, &boards))
                }
                p.small {
                    (desk.say("Share of changes whose line somebody had to look at, over the last ", "Anteil der Änderungen, deren Zeile jemand ansehen musste, über die letzten "))
                    (said.len()) " " (desk.say("lines.", "Zeilen."))
                }
            }
        }
    }
}

/// Changes by gondola and board. Each counts where most of it happened.
fn boards(said: &[(LineKind, String)]) -> BTreeMap<(u16, u16), Counts> {
    let mut boards = BTreeMap::<_, Counts>::new();
    for (kind, text) in said {
        // What can't be read here can't be read where it is shown, and is told there.
        let changes: Vec<Where> = serde_json::from_str(text).unwrap_or_default();
        for part in changes.iter().filter_map(|change| change.plates.iter().find(|part| !part.knock_on)) {
            let board = boards.entry((part.plate.gondola, part.plate.shelf)).or_default();
            board.all += 1;
            board.doubtful += u64::from(*kind == LineKind::Doubtful);
        }
    }
    boards
}

fn drawn(desk: &Desk, boards: &BTreeMap<(u16, u16), Counts>) -> Markup {
    let mut gondolas: Vec<u16> = boards.keys().map(|(gondola, _)| *gondola).collect();
    gondolas.dedup();
    let highest = boards.keys().map(|(_, board)| *board).max().unwrap_or(1);
    // Few gondolas are drawn no larger than many.
    let width = (LEFT + gondolas.len() as f64 * BOX.0).max(LEAST_WIDTH);
    let height = ABOVE + f64::from(highest) * BOX.1;
    html! {
        svg.heat viewBox={ "0 0 " (width) " " (height) } role="img" aria-label=(desk.say("Doubts by gondola and board; the table below says the same", "Zweifel je Gondel und Brett; die Tabelle darunter sagt dasselbe")) {
            @for (column, gondola) in gondolas.iter().enumerate() {
                text x=(LEFT + (column as f64 + 0.5) * BOX.0) y="16" text-anchor="middle" { (desk.say("Gondola", "Gondel")) " " (gondola) }
            }
            @for board in 1..=highest {
                text x="4" y=(ABOVE + (f64::from(highest - board) + 0.5) * BOX.1 + 5.0) { (desk.say("Board", "Brett")) " " (board) }
            }
            @for ((gondola, board), counts) in boards {
                @let column = gondolas.iter().position(|one| one == gondola).unwrap_or(0) as f64;
                @let (x, y) = (LEFT + column * BOX.0, ABOVE + f64::from(highest - board) * BOX.1);
                g class={ "h" (counts.level()) } {
                    rect x=(x + 2.0) y=(y + 2.0) width=(BOX.0 - 4.0) height=(BOX.1 - 4.0) rx="4" {}
                    text x=(x + BOX.0 / 2.0) y=(y + BOX.1 / 2.0 + 4.0) text-anchor="middle" { (counts) }
                }
            }
        }
    }
}

fn legend(level: u8) -> &'static str {
    match level {
        0 => "0 %",
        1 => "≤ 2 %",
        2 => "≤ 5 %",
        3 => "≤ 10 %",
        4 => "≤ 20 %",
        _ => "> 20 %",
    }
}

fn table(desk: &Desk, boards: &BTreeMap<(u16, u16), Counts>) -> Markup {
    html! {
        div.wide { table {
            thead { tr {
                th scope="col" { (desk.say("Gondola", "Gondel")) }
                th scope="col" { (desk.say("Board", "Brett")) }
                th.number scope="col" { (desk.say("Changes", "Änderungen")) }
                th.number scope="col" { (desk.say("In doubt", "Im Zweifel")) }
            } }
            tbody { @for ((gondola, board), counts) in boards.iter().take(300) { tr {
                td { (gondola) } td { (board) }
                td.number { (counts.all) }
                td.number { (counts.doubtful) " = " (share(counts.doubtful, counts.all)) }
            } } }
        } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_counts_at_the_board_where_most_of_it_happened() {
        let part = |plate: &str, knock_on: bool| serde_json::json!({ "plate": plate, "grams": -1.0, "grams_sd": 1.0, "knock_on": knock_on });
        let body = |parts: Vec<serde_json::Value>| serde_json::json!([{ "plates": parts }]).to_string();
        let said = [
            (LineKind::Sure, body(vec![part("1/2/3", false), part("1/3/3", false)])),
            (LineKind::Doubtful, body(vec![part("1/3/3", true), part("1/2/4", false)])),
            (LineKind::Doubtful, body(Vec::new())),
            (LineKind::Sure, "no list".to_owned()),
        ];
        let boards = boards(&said);
        assert_eq!(boards.len(), 1);
        let board = boards[&(1, 2)];
        assert_eq!((board.all, board.doubtful, board.level()), (2, 1, 5));
    }
}
