//! Gondolas seen from the front, as every page of the console draws them: a row a board, a box a plate.

use maud::{Markup, html};
use model::{PlateIndex, Store};

/// The drawing, in its own units.
const WIDTH: f64 = 360.0;
const LABEL: f64 = 24.0;
const ROW: f64 = 30.0;

/// How a plate is drawn.
pub(super) struct Box {
    /// For the style sheet.
    pub(super) class: String,
    /// What a pointer over it tells.
    pub(super) title: String,
    /// What stands in it.
    pub(super) text: String,
}

/// The numbers of the store's gondolas, ascending.
pub(super) fn gondolas(store: &Store) -> Vec<u16> {
    let mut all: Vec<u16> = store.shelves().iter().map(|shelf| shelf.gondola).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// A gondola. `told` is the drawing in words.
pub(super) fn gondola(store: &Store, gondola: u16, told: &str, look: impl Fn(PlateIndex) -> Box) -> Markup {
    let mut boards: Vec<_> = store.shelves().iter().filter(|shelf| shelf.gondola == gondola).collect();
    boards.sort_by_key(|board| std::cmp::Reverse(board.shelf));
    let height = boards.len() as f64 * ROW;
    let width_m = |plate: &PlateIndex| store.plate(*plate).size_m.x.max(0.01);
    html! {
        svg.gondola-front viewBox={ "0 0 " (WIDTH) " " (height) } role="img" aria-label=(told) {
            @for (row, board) in boards.iter().enumerate() {
                @let (y, whole_m) = (row as f64 * ROW, board.plates.iter().map(width_m).sum::<f64>());
                @let scale = (WIDTH - LABEL) / whole_m.max(0.01);
                text.board-number x="4" y=(y + ROW / 2.0 + 4.0) { (board.shelf) }
                @for (place, plate) in board.plates.iter().enumerate() {
                    @let before_m = board.plates.iter().take(place).map(width_m).sum::<f64>();
                    @let (x, width) = (LABEL + before_m * scale, width_m(plate) * scale);
                    @let look = look(*plate);
                    g class={ "box " (look.class) } {
                        title { (look.title) }
                        rect x=(at(x + 1.0)) y=(y + 1.0) width=(at((width - 2.0).max(1.0))) height=(ROW - 3.0) rx="3" {}
                        @if !look.text.is_empty() {
                            text x=(at(x + width / 2.0)) y=(y + ROW / 2.0 + 4.0) text-anchor="middle" { (look.text) }
                        }
                    }
                }
            }
        }
    }
}

/// A coordinate with one decimal.
fn at(coordinate: f64) -> String {
    format!("{coordinate:.1}")
}
