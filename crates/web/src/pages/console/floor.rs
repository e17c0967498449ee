//! `GET /console/floor`: the floor, live, and the carts inside.

use maud::{Markup, html};
use model::Store;
use office::Right;

use super::desk::Desk;
use super::words;
use crate::live::LiveCart;
use crate::pages::error::PageError;

/// The page.
pub(super) async fn floor(desk: Desk) -> Result<Markup, PageError> {
    desk.must(Right::SeeFloor)?;
    let title = desk.say("Floor", "Laden");
    let body = match &desk.site.live {
        Some(live) => shown(&desk, live.store(), &live.all_carts()),
        None => html! {
            h1 { (title) }
            p.card.empty-state { (desk.say(
                "No sensors are connected to this office, so there is no floor to see.",
                "Mit diesem Büro sind keine Sensoren verbunden; es gibt keinen Laden zu sehen.",
            )) }
        },
    };
    let scripts: &[&str] = if desk.site.live.is_some() { &["console.js"] } else { &[] };
    Ok(desk.page(title, "/console/floor", scripts, &body))
}

fn shown(desk: &Desk, store: &Store, carts: &[LiveCart]) -> Markup {
    html! {
        h1 { (desk.say("Floor", "Laden")) }
        div.floor-stage {
            section.card aria-label=(desk.say("The store from above", "Der Laden von oben")) {
                div #floor role="img" aria-label=(desk.say("The store from above, live", "Der Laden von oben, live")) {
                    noscript { p { (desk.say("The live picture needs scripts; the carts beside it do not.", "Das Live-Bild braucht Skripte; die Körbe daneben nicht.")) } }
                }
                ul.legend {
                    li { span.key.other {} (desk.say("shoppers", "Kunden")) }
                    li { span.key.unknown {} (desk.say("not yet bound to a visit", "noch keinem Besuch zugeordnet")) }
                    li { span.key.doubt {} (desk.say("doubt in the cart", "Zweifel im Korb")) }
                    li { span.key.full {} span.key.half {} span.key.out {} (desk.say("shelf full to empty", "Regal voll bis leer")) }
                }
            }
            section.card aria-labelledby="carts-title" {
                h2 #carts-title { (desk.say("Carts inside", "Körbe im Laden")) }
                div #carts
                    data-trip=(desk.say("Trip", "Besuch")) data-people=(desk.say("people", "Personen")) data-person=(desk.say("person", "Person"))
                    data-empty=(desk.say("Nobody is inside.", "Niemand ist im Laden.")) data-nothing=(desk.say("nothing yet", "noch nichts"))
                    data-sees-trips=[desk.may(Right::SeeTrips).then_some("")] {
                    @for cart in carts { (cart_card(desk, store, cart)) }
                    @if carts.is_empty() { p.empty-state { (desk.say("Nobody is inside.", "Niemand ist im Laden.")) } }
                }
            }
        }
    }
}

fn cart_card(desk: &Desk, store: &Store, cart: &LiveCart) -> Markup {
    let people = cart.tracks.len();
    let name = html! { (desk.say("Trip", "Besuch")) " " (cart.trip) };
    html! {
        article.cart {
            h3 {
                @match cart.key.filter(|_| desk.may(Right::SeeTrips)) {
                    Some(key) => a href={ "/console/trips/" (key) } { (name) },
                    None => (name),
                }
                " " span.small {
                    (people) " " (desk.say(if people == 1 { "person" } else { "people" }, if people == 1 { "Person" } else { "Personen" }))
                }
            }
            ul.lines {
                @for line in cart.lines() {
                    @let product = store.product_index(&line.product).map(|index| store.product(index).name.as_str());
                    li class=[(line.probability < 0.95).then_some("doubt")] {
                        span { (line.units) " × " (product.unwrap_or(line.product.as_str())) }
                        span.number { (words::percent(line.probability)) }
                    }
                }
                @if cart.lines().is_empty() { li.soft { (desk.say("nothing yet", "noch nichts")) } }
            }
        }
    }
}
