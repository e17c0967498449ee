//! `/app/cart`: what the store believes in the cart, while they are inside.

use axum::body::Bytes;
use axum::extract::State;
use axum::response::{Redirect, Response};
use futures_util::stream;
use maud::{Markup, html};
use model::{Money, ProductId};
use office::{Trip, TripState};
use serde::Deserialize;
use tokio::sync::watch;
use tokio::time::{Duration, sleep, timeout};

use super::frame::{Tab, tabbed};
use crate::live::{Live, LiveLine};
use crate::pages::error::PageError;
use crate::pages::session::{Sent, Shopper, token};
use crate::pages::site::Site;
use crate::pages::speech::Speech;
use crate::pages::stream::{KEEP, answer, event, silence};
use crate::pages::words::money;

/// From here on a line is told as sure.
const SURE: f64 = 0.95;

/// A viewer is told of changes at most this often.
const BREATH: Duration = Duration::from_millis(250);

/// `GET /app/cart`
pub(super) async fn cart(
    State(site): State<Site>,
    speech: Speech,
    shopper: Shopper,
) -> Result<Markup, PageError> {
    let visit = visit(&site, &shopper).await?;
    let title = speech.say("Your cart", "Ihr Korb");
    let body = html! {
        h1 { (title) }
        div #cart data-live="/app/live" { (view(&site, speech, &shopper, visit.as_ref())) }
        noscript { p.middle { a.second href="/app/cart" { (speech.say("Refresh", "Aktualisieren")) } } }
    };
    Ok(tabbed(speech, title, Tab::Cart, &["cart.js"], &body))
}

/// `GET /app/live`: the cart again whenever it changes.
pub(super) async fn live(
    State(site): State<Site>,
    speech: Speech,
    shopper: Shopper,
) -> Result<Response, PageError> {
    let carts = site.live()?.carts();
    let viewer = Viewer {
        carts,
        stopping: site.web.stopping(),
        site,
        speech,
        shopper,
        shown: String::new(),
        is_new: true,
    };
    Ok(answer(stream::unfold(viewer, async |mut viewer| viewer.next().await.map(|event| (event, viewer)))))
}

/// Somebody who looks at their cart.
struct Viewer {
    carts: watch::Receiver<u64>,
    stopping: watch::Receiver<bool>,
    site: Site,
    speech: Speech,
    shopper: Shopper,
    shown: String,
    is_new: bool,
}

impl Viewer {
    /// The cart when it looks otherwise than before; `None` when the server stops.
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if !std::mem::take(&mut self.is_new) {
                let changed = tokio::select! {
                    changed = timeout(KEEP, self.carts.changed()) => changed,
                    _ = self.stopping.wait_for(|stopping| *stopping) => return None,
                };
                match changed {
                    Ok(Ok(())) => sleep(BREATH).await,
                    Ok(Err(_)) => return None,
                    // The office may have heard what no sensor says: that the visit is paid.
                    Err(_) if !self.look().await? => return Some(silence()),
                    Err(_) => return Some(event("cart", &self.shown)),
                }
            }
            self.carts.mark_unchanged();
            if self.look().await? {
                return Some(event("cart", &self.shown));
            }
        }
    }

    /// Looks again; whether it looks otherwise. `None` if it can't be seen any more.
    async fn look(&mut self) -> Option<bool> {
        let visit = visit(&self.site, &self.shopper).await.ok()?;
        let view =
            view(&self.site, self.speech, &self.shopper, visit.as_ref()).into_string().replace('\n', " ");
        let differs = view != self.shown;
        self.shown = view;
        Some(differs)
    }
}

/// The visit that the account is on.
async fn visit(site: &Site, shopper: &Shopper) -> Result<Option<Trip>, PageError> {
    let account = shopper.account;
    site.office(move |office| office.visit_of(account)).await
}

/// The part of the page that changes.
fn view(site: &Site, speech: Speech, shopper: &Shopper, visit: Option<&Trip>) -> Markup {
    let Some(trip) = visit else { return outside(speech) };
    if !matches!(trip.state(), TripState::Entered | TripState::Shopping) {
        return html! {
            div.empty-state role="status" {
                h2 { (speech.say("Thank you, goodbye!", "Danke, auf Wiedersehen!")) }
                p { (if trip.state() == TripState::InReview {
                    speech.say("Somebody takes a second look at a part of your cart. The receipt follows then.", "Jemand sieht sich einen Teil Ihres Korbs noch einmal an. Danach folgt die Quittung.")
                } else {
                    speech.say("Your receipt is being made. It will be under “Receipts”.", "Ihre Quittung entsteht gerade. Sie finden sie unter „Quittungen“.")
                }) }
                p { a.button href="/app/receipts" { (speech.say("Receipts", "Quittungen")) } }
            }
        };
    }
    let Some((live, cart)) = site.live.as_ref().and_then(|live| Some((live, live.cart(trip.key)?))) else {
        return html! {
            div.empty-state { p { (speech.say("You are in. Your cart appears here as you take things.", "Sie sind drin. Ihr Korb erscheint hier, sobald Sie etwas nehmen.")) } }
        };
    };
    let lines = cart.lines();
    html! {
        @if lines.is_empty() {
            div.empty-state { p { (speech.say("Nothing in it yet. Take what you like.", "Noch nichts darin. Nehmen Sie, was Sie möchten.")) } }
        } @else {
            ul.lines { @for line in &lines { (row(live, speech, shopper, trip, line)) } }
            p.sum { span { (speech.say("So far", "Bisher")) } strong.number { (money(speech, total(site, live, &lines))) } }
            p.small { (speech.say("Discounts and deposits come on the receipt. Put back what you don’t want, anywhere.", "Rabatte und Pfand stehen auf der Quittung. Was Sie nicht möchten, stellen Sie zurück, egal wo.")) }
        }
    }
}

fn outside(speech: Speech) -> Markup {
    html! {
        div.empty-state {
            h2 { (speech.say("You are not in the store now", "Sie sind gerade nicht im Laden")) }
            p { (speech.say("Once you have walked in, you see here what you take.", "Sobald Sie hineingegangen sind, sehen Sie hier, was Sie nehmen.")) }
            p { a.button href="/app" { (speech.say("Show my code", "Meinen Code zeigen")) } }
        }
    }
}

fn row(live: &Live, speech: Speech, shopper: &Shopper, trip: &Trip, line: &LiveLine) -> Markup {
    let is_flagged = trip.flagged.contains(&line.product);
    let price = price(live, &line.product).and_then(|price| price.times(line.units));
    html! {
        li.line {
            div.what {
                strong { (line.units) "\u{a0}× " (name(live, &line.product)) }
                span.number { @if let Some(price) = price { (money(speech, price)) } @else { "–" } }
            }
            div.how {
                @if is_flagged {
                    span.tag.doubt { (speech.say("We look at it before it is charged", "Wir prüfen es vor dem Abbuchen")) }
                } @else if line.probability >= SURE {
                    span.tag.good { (speech.say("sure", "sicher")) }
                } @else {
                    span.tag { (speech.say("we are still looking", "wir sehen noch hin")) }
                }
                form action="/app/cart/flag" method="post" {
                    (token(&shopper.session))
                    input type="hidden" name="product" value=(line.product);
                    input type="hidden" name="mine" value=(is_flagged);
                    button.quiet { (if is_flagged { speech.say("It is mine", "Ist doch meins") } else { speech.say("That’s not mine", "Das ist nicht meins") })
                        span.unseen { ": " (name(live, &line.product)) } }
                }
            }
        }
    }
}

fn name(live: &Live, product: &ProductId) -> String {
    let store = live.store();
    let known = store.product_index(product).map(|index| store.product(index).name.clone());
    known.unwrap_or_else(|| product.to_string())
}

fn price(live: &Live, product: &ProductId) -> Option<Money> {
    live.store().product(live.store().product_index(product)?).price
}

fn total(site: &Site, live: &Live, lines: &[LiveLine]) -> Money {
    let prices = lines.iter().filter_map(|line| price(live, &line.product)?.times(line.units));
    prices.fold(Money::new(0, site.web.currency()), |sum, price| sum.plus(price).unwrap_or(sum))
}

/// What is said of a line.
#[derive(Deserialize)]
pub(super) struct Flag {
    product: ProductId,
    mine: bool,
}

/// `POST /app/cart/flag`: "That's not mine", or that it is.
pub(super) async fn flag(
    State(site): State<Site>,
    shopper: Shopper,
    sent: Sent<Flag>,
) -> Result<Redirect, PageError> {
    let Flag { product, mine } = sent.of(&shopper.session)?;
    let (account, now) = (shopper.account, site.web.now());
    site.office(move |office| {
        let Some(trip) = office.visit_of(account)?.filter(|trip| trip.state().is_inside()) else {
            return Ok(());
        };
        match mine {
            true => office.unflag(trip.key, product, account, now),
            false => office.flag(trip.key, product, account, now),
        }
        .map(drop)
    })
    .await?;
    Ok(Redirect::to("/app/cart"))
}
