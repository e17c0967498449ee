//! What the visitor does.

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use model::{CredentialKind, PlateId, ProductId};
use office::Shown;
use payments::Card;
use serde::Deserialize;
use serde_json::{Value, json};

use super::account;
use super::command::Command;
use super::gate::come_in;
use super::visitor::{SHOPPERS, Visitor, trip_of};
use crate::pages::error::PageError;
use crate::pages::playing::{GOOD, PlayCard};
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
    /// On a card to play with, by its name.
    Card { kind: String },
    /// On the code that the phone shows.
    Code { text: String },
    /// On the card of a friend who is inside.
    Friend { who: String },
}

/// What can be broken.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case", tag = "what")]
pub(super) enum Spoil {
    Camera { broken: bool },
    Clock { broken: bool },
    Plate { plate: PlateId, broken: bool },
    Crowd { broken: bool },
}

/// How many shoppers come by themselves: as a rule, and when visitors want a crowd.
const CALM: usize = 3;
const CROWD: usize = 15;

/// `GET /demo/me`: the visitor's shoppers with what they really hold, and what is broken.
pub(super) async fn me(State(site): State<Site>, visitor: Visitor) -> Result<Json<Value>, PageError> {
    let truth = site.demo()?.truth();
    let name = |product: &ProductId| product_name(&site, product);
    let shopper = |shopper: &super::TruthShopper| {
        let carries = shopper.carries.iter();
        json!({
            "name": shopper.name,
            "mine": visitor.owns(&shopper.name),
            "trip": trip_of(&shopper.name).map(|trip| trip.to_string()),
            "at": shopper.at.map(|metres| (metres * 100.0).round()),
            "idle": shopper.idle,
            "carries": carries.map(|(product, units)| json!([product, name(product), units])).collect::<Vec<_>>(),
        })
    };
    Ok(Json(json!({
        "shoppers": truth.shoppers.iter().map(shopper).collect::<Vec<_>>(),
        "camera": truth.camera_off,
        "clock": truth.clock_late,
        "crowd": truth.crowd > CALM,
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
    let truth = site.demo()?.truth();
    let inside = visitor.shoppers(&truth);
    if inside.len() >= SHOPPERS {
        return Err(PageError::NotNow(speech.say(
            format!("You can be {SHOPPERS} people at most. Let somebody walk out first."),
            format!("Sie können höchstens {SHOPPERS} Personen sein. Lassen Sie erst jemanden gehen."),
        )));
    }
    let (kind, shown, with) = match comes {
        Comes::Card { kind } => (CredentialKind::Card, Shown::Card(card(&visitor, &kind)?), None),
        Comes::Code { text } => (CredentialKind::Code, Shown::Code(text), None),
        Comes::Friend { who } => {
            let friend = inside.iter().find(|shopper| shopper.name == who).ok_or(PageError::NotFound)?;
            (CredentialKind::Card, Shown::Card(card(&visitor, GOOD)?), Some(friend.name.clone()))
        }
    };
    // So that the phone has the receipt, too.
    account::of(&site, &visitor, speech.tag()).await?;
    match come_in(&site, &visitor, kind, shown, with).await? {
        Ok((name, trip)) => Ok(Json(json!({ "name": name, "trip": trip.to_string() }))),
        Err(reason) => Err(PageError::NotNow(reason.to_string())),
    }
}

/// The visitor's card of a name.
fn card(visitor: &Visitor, name: &str) -> Result<Card, PageError> {
    PlayCard::named(name).ok_or(PageError::NotFound)?.of(visitor.tag())
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
        Spoil::Crowd { broken } => Command::Crowd { people: if broken { CROWD } else { CALM } },
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
