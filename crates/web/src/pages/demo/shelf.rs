//! The front of a gondola: its shelves with their goods, to click on.

use axum::extract::{Path, State};
use maud::{Markup, html};
use model::{Plate, PlateIndex, Store};

use crate::live::Live;
use crate::pages::error::PageError;
use crate::pages::site::Site;
use crate::pages::speech::Speech;

/// `GET /demo/shelf/{gondola}`: a part of a page.
pub(super) async fn shelf(
    State(site): State<Site>,
    speech: Speech,
    Path(gondola): Path<u16>,
) -> Result<Markup, PageError> {
    site.demo()?;
    let live = site.live()?;
    let rows = rows(live.store(), gondola);
    if rows.is_empty() {
        return Err(PageError::NotFound);
    }
    Ok(html! {
        h2 { (speech.say("Shelf", "Regal")) " " (gondola) }
        @for (number, facings) in rows {
            ol.board aria-label=(format!("{} {number}", speech.say("Board", "Boden"))) {
                @for facing in facings { (facing_button(live, speech, &facing)) }
            }
        }
    })
}

/// The widest facing that the style sheet knows, tenths of a metre.
const WIDEST: u32 = 8;

/// Neighbouring plates with the same product.
struct Facing {
    plates: Vec<PlateIndex>,
    width_m: f64,
}

/// The shelves of a gondola from the top down, each with its facings as somebody before it sees them, left to right.
fn rows(store: &Store, gondola: u16) -> Vec<(u16, Vec<Facing>)> {
    let mut rows = Vec::new();
    for shelf in store.shelves().iter().filter(|shelf| shelf.gondola == gondola) {
        let mut facings: Vec<Facing> = Vec::new();
        for index in &shelf.plates {
            let plate = store.plate(*index);
            match facings.last_mut() {
                Some(last) if same_goods(store, last, plate) => {
                    last.plates.push(*index);
                    last.width_m += plate.size_m.x;
                }
                _ => facings.push(Facing { plates: vec![*index], width_m: plate.size_m.x }),
            }
        }
        rows.push((shelf.shelf, facings));
    }
    rows.sort_by_key(|(number, _)| std::cmp::Reverse(*number));
    rows
}

fn same_goods(store: &Store, facing: &Facing, plate: &Plate) -> bool {
    facing.plates.last().is_some_and(|last| store.plate(*last).products == plate.products)
}

/// A facing as a button: takes a unit, or puts one there.
fn facing_button(live: &Live, speech: Speech, facing: &Facing) -> Markup {
    let store = live.store();
    // The plate that most is left on.
    let fills = facing.plates.iter().map(|plate| (live.fill(*plate).unwrap_or(1.0), *plate));
    let Some((fill, index)) = fills.reduce(|best, other| if other.0 > best.0 { other } else { best }) else {
        return html! {};
    };
    let plate = store.plate(index);
    let columns = ((facing.width_m * 10.0).round() as u32).clamp(1, WIDEST);
    let level = (fill * 10.0).ceil() as u32;
    let Some(product) = plate.products.first().map(|product| store.product(*product)) else {
        return html! { li.empty class=(format!("w{columns}")) { span { (speech.say("empty", "leer")) } } };
    };
    let price = product.price.map(|price| price.to_string()).unwrap_or_default();
    html! {
        li class=(format!("w{columns}")) {
            button.facing type="button" data-plate=(plate.id) data-product=(product.id) class=(format!("fill{level}")) {
                span.name { (product.name) }
                span.price { (price) }
            }
        }
    }
}
