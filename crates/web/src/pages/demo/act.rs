//! What the visitor does.

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use model::{PlateId, ProductId, SensorId};
use office::{Entry, Shown};
use payments::Card;
use serde::Deserialize;
use serde_json::{Value, json};

use super::account;
use super::command::Command;
use super::visitor::{SHOPPERS, Visitor};
use crate::pages::error::PageError;
use crate::pages::site::Site;
use crate::pages::speech::Speech;

/// What a visitor sends.
#[derive(Deserialize)]
pub(super) struct Act {
    /// Which of their shoppers.
    #[serde(default)]
    who: String,
    #[serde(default)]
    to: String,
    #[serde(default)]
    plate: Option<PlateId>,
    #[serde(default)]
    product: Option<ProductId>,
}

/// How a shopper of the visitor comes in.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case", tag = "on")]
pub(super) enum Comes {
    /// On a card; `kind` is what the bank says to it.
    Card { kind: CardKind },
    /// On the card of a friend who is inside.
    Friend { who: String },
}

/// Cards to play with.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum CardKind {
    Good,
    Declined,
    Debt,
}

/// What can be broken.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case", tag = "what")]
pub(super) enum Spoil {
    Camera { broken: bool },
    Clock { broken: bool },
    Plate { plate: PlateId, broken: bool },
    Crowd { people: u32 },
}

/// `GET /demo/me`: the visitor's shoppers with what they really hold, and what is broken.
pub(super) async fn me(State(site): State<Site>, visitor: Visitor) -> Result<Json<Value>, PageError> {
    let truth = site.demo()?.truth();
    let name = |product: &ProductId| product_name(&site, product);
    let shopper = |shopper: &super::TruthShopper| {
        let carries = shopper.carries.iter();
        json!({
            "name": shopper.name,
            "mine": visitor.owns(&shopper.name),
            "trip": shopper.trip.map(|trip| trip.to_string()),
            "at": shopper.at.map(|metres| (metres * 100.0).round()),
            "idle": shopper.idle,
            "carries": carries.map(|(product, units)| json!([product, name(product), units])).collect::<Vec<_>>(),
        })
    };
    Ok(Json(json!({
        "shoppers": truth.shoppers.iter().map(shopper).collect::<Vec<_>>(),
        "camera": truth.camera_off,
        "clock": truth.clock_late,
        "plates": truth.dead_plates.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })))
}

fn product_name(site: &Site, product: &ProductId) -> String {
    let store = site.live.as_ref().map(crate::live::Live::store);
    let found = store.and_then(|store| store.product_index(product).map(|index| store.product(index)));
    found.map_or_else(|| product.to_string(), |product| product.name.clone())
}

/// `POST /demo/enter`: holds a card to the gate, and comes in if it opens.
pub(super) async fn enter(
    State(site): State<Site>,
    visitor: Visitor,
    speech: Speech,
    Json(comes): Json<Comes>,
) -> Result<impl IntoResponse, PageError> {
    let demo = site.demo()?;
    let truth = demo.truth();
    let inside = visitor.shoppers(&truth);
    if inside.len() >= SHOPPERS {
        return Err(PageError::NotNow(speech.say(
            format!("You can be {SHOPPERS} people at most. Let somebody walk out first."),
            format!("Sie können höchstens {SHOPPERS} Personen sein. Lassen Sie erst jemanden gehen."),
        )));
    }
    let (kind, with) = match comes {
        Comes::Card { kind } => (kind, None),
        Comes::Friend { who } => {
            let friend = inside.iter().find(|shopper| shopper.name == who).ok_or(PageError::NotFound)?;
            (CardKind::Good, Some(friend.name.clone()))
        }
    };
    // So that the phone has the receipt, too.
    account::of(&site, &visitor, card(&visitor, CardKind::Good)?, speech.tag()).await?;
    let gate = gate_in(&site)?;
    let (shown, now) = (Shown::Card(card(&visitor, kind)?), site.web.now());
    match site.office(move |office| office.enter(gate, shown, now)).await? {
        Entry::Admitted(trip) | Entry::Joined(trip) => {
            let name = visitor.name();
            demo.order(Command::Enter { name: name.clone(), trip, with }).await?;
            Ok(Json(json!({ "name": name, "trip": trip.to_string() })))
        }
        Entry::Refused(_, reason) | Entry::TurnedAway(reason) => Err(PageError::NotNow(reason.to_string())),
    }
}

/// The gate that visitors come in by.
fn gate_in(site: &Site) -> Result<SensorId, PageError> {
    let gates = site.live()?.store().gates();
    let gate = gates.iter().find(|gate| gate.id.as_str().contains("in")).or(gates.first());
    gate.map(|gate| gate.id.clone()).ok_or(PageError::NotFound)
}

/// A simulated card of the visitor's own, the same at each visit.
pub(super) fn card(visitor: &Visitor, kind: CardKind) -> Result<Card, PageError> {
    let (fate, last_four) = match kind {
        CardKind::Good => ("tok_visa_ok", "4242"),
        CardKind::Declined => ("tok_insufficient_funds", "9995"),
        CardKind::Debt => ("tok_debt", "0341"),
    };
    let made = || {
        Ok::<_, payments::CardError>(Card {
            token: format!("{fate}/{}", visitor.tag()).try_into()?,
            fingerprint: format!("demo-{fate}-{}", visitor.tag()).try_into()?,
            brand: "visa".to_owned(),
            last_four: last_four.to_owned().try_into()?,
        })
    };
    made().map_err(|error| PageError::Broken(error.to_string()))
}

/// `POST /demo/take`
pub(super) async fn take(
    State(site): State<Site>,
    visitor: Visitor,
    Json(act): Json<Act>,
) -> Result<Json<Value>, PageError> {
    let name = theirs(&visitor, act.who)?;
    let (plate, product) = (act.plate.ok_or(PageError::NotFound)?, act.product.ok_or(PageError::NotFound)?);
    order(&site, Command::Take { name, plate, product }).await
}

/// `POST /demo/put-back`
pub(super) async fn put_back(
    State(site): State<Site>,
    visitor: Visitor,
    Json(act): Json<Act>,
) -> Result<Json<Value>, PageError> {
    let name = theirs(&visitor, act.who)?;
    let product = act.product.ok_or(PageError::NotFound)?;
    // Where it belongs, unless the visitor points somewhere else.
    let plate = act.plate.or_else(|| home(&site, &product)).ok_or(PageError::NotFound)?;
    order(&site, Command::PutBack { name, plate, product }).await
}

/// The first plate of a product by the planogram.
fn home(site: &Site, product: &ProductId) -> Option<PlateId> {
    let store = site.live.as_ref()?.store();
    let product = store.product_index(product)?;
    let facing = store.facings().iter().find(|facing| facing.product == product)?;
    facing.plates.first().map(|plate| store.plate(*plate).id)
}

/// `POST /demo/give`
pub(super) async fn give(
    State(site): State<Site>,
    visitor: Visitor,
    Json(act): Json<Act>,
) -> Result<Json<Value>, PageError> {
    let from = theirs(&visitor, act.who)?;
    let (to, product) = (theirs(&visitor, act.to)?, act.product.ok_or(PageError::NotFound)?);
    order(&site, Command::Give { from, to, product }).await
}

/// `POST /demo/leave`
pub(super) async fn leave(
    State(site): State<Site>,
    visitor: Visitor,
    Json(act): Json<Act>,
) -> Result<Json<Value>, PageError> {
    let name = theirs(&visitor, act.who)?;
    order(&site, Command::Leave { name }).await
}

/// `POST /demo/break`
pub(super) async fn spoil(
    State(site): State<Site>,
    _visitor: Visitor,
    Json(spoil): Json<Spoil>,
) -> Result<Json<Value>, PageError> {
    let command = match spoil {
        Spoil::Camera { broken } => Command::Camera { on: !broken },
        Spoil::Clock { broken } => Command::Clock { late: broken },
        Spoil::Plate { plate, broken } => Command::Plate { plate, dead: broken },
        Spoil::Crowd { people } => Command::Crowd { people: people.min(20) },
    };
    order(&site, command).await
}

/// Nobody moves a shopper of somebody else.
fn theirs(visitor: &Visitor, name: String) -> Result<String, PageError> {
    if visitor.owns(&name) { Ok(name) } else { Err(PageError::NotFound) }
}

async fn order(site: &Site, command: Command) -> Result<Json<Value>, PageError> {
    site.demo()?.order(command).await?;
    Ok(Json(json!({})))
}
