//! `GET /console/planogram`: what lies where, and how full it is.

use axum::extract::Query;
use maud::{Markup, html};
use model::{PlateIndex, Store};
use office::Right;
use serde::Deserialize;

use super::desk::Desk;
use super::shelf::{Box, gondola, gondolas};
use crate::live::Live;
use crate::pages::error::PageError;

/// Which gondola.
#[derive(Deserialize)]
pub(super) struct Which {
    gondola: Option<u16>,
}

/// The page.
pub(super) async fn planogram(desk: Desk, Query(which): Query<Which>) -> Result<Markup, PageError> {
    desk.must(Right::SeeCatalogue)?;
    let title = desk.say("Planogram", "Regalplan");
    let body = html! {
        h1 { (title) }
        @match &desk.site.live {
            Some(live) => (shown(&desk, live, which.gondola)),
            None => p.card.empty-state { (desk.say("No store file is loaded by this office.", "Dieses Büro hat keine Ladendatei geladen.")) },
        }
    };
    Ok(desk.page(title, "/console/planogram", &[], &body))
}

fn shown(desk: &Desk, live: &Live, wanted: Option<u16>) -> Markup {
    let store = live.store();
    let all = gondolas(store);
    let Some(one) = wanted.filter(|one| all.contains(one)).or(all.first().copied()) else {
        return html! { p.card.empty-state { (desk.say("The store has no gondola.", "Der Laden hat keine Gondel.")) } };
    };
    let told = desk.say(format!("Gondola {one} from the front"), format!("Gondel {one} von vorn"));
    let look = |plate| Box {
        class: live.fill(plate).map_or_else(|| "unweighed".to_owned(), |fill| format!("f{}", tenths(fill))),
        title: format!("{} {}: {}", store.plate(plate).id, products(store, plate), fill(live, plate)),
        text: String::new(),
    };
    html! {
        nav.buttons aria-label=(desk.say("Gondolas", "Gondeln")) {
            @for gondola in &all {
                a.second href={ "/console/planogram?gondola=" (gondola) } aria-current=[(*gondola == one).then_some("true")] {
                    (desk.say("Gondola", "Gondel")) " " (gondola)
                }
            }
        }
        section.card {
            h2 { (told) }
            (gondola(store, one, &told, look))
            ul.legend { li { span.key.full {} span.key.half {} span.key.out {} (desk.say("full to empty", "voll bis leer")) } }
        }
        (table(desk, live, one))
    }
}

fn table(desk: &Desk, live: &Live, gondola: u16) -> Markup {
    let store = live.store();
    let plates = (0..).map(PlateIndex).zip(store.plates()).filter(|(_, plate)| plate.id.gondola == gondola);
    html! {
        div.card.wide { table {
            thead { tr {
                th scope="col" { (desk.say("Gondola / board / plate", "Gondel / Brett / Platte")) }
                th scope="col" { (desk.say("Product", "Produkt")) }
                th.number scope="col" { (desk.say("Mass of a unit", "Masse je Stück")) }
                th.number scope="col" { (desk.say("Fill", "Füllung")) }
            } }
            tbody { @for (index, plate) in plates.take(200) { tr {
                td { (plate.id) }
                td { (products(store, index)) }
                td.number { @match plate.products.first().and_then(|product| store.product(*product).mass_g) {
                    Some((mass_g, _)) => (format!("{mass_g:.0} g")),
                    None => "–",
                } }
                td.number { (fill(live, index)) }
            } } }
        } }
    }
}

fn products(store: &Store, plate: PlateIndex) -> String {
    let names = store.plate(plate).products.iter().map(|product| store.product(*product).name.as_str());
    let names: Vec<&str> = names.collect();
    if names.is_empty() { "–".to_owned() } else { names.join(", ") }
}

fn fill(live: &Live, plate: PlateIndex) -> String {
    live.fill(plate).map_or_else(|| "–".to_owned(), |fill| format!("{:.0} %", fill * 100.0))
}

fn tenths(fill: f32) -> u8 {
    (fill * 10.0).ceil() as u8
}
