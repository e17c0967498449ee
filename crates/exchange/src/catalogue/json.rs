//! Reads the JSON list of items: field by field, so that all that is wrong is told at once.

use model::{Currency, Time};
use pricing::SoldBy;
use serde_json::{Map, Value};

use super::desk::Desk;
use super::gather::{Gathering, Shared};
use super::{Catalogue, CatalogueError, CatalogueItem, Fault, MAX_ITEMS, Place, Price};
use crate::{Barcode, BarcodeKind};

/// Reads a JSON list of items. Prices without a `from` hold from `from` on.
pub(super) fn read(bytes: &[u8], currency: Currency, from: Time) -> Result<Catalogue, CatalogueError> {
    let list: Value = serde_json::from_slice(bytes).map_err(|error| CatalogueError::Text {
        line: error.line() as u64,
        column: error.column() as u64,
        what: format!("not JSON: {error}"),
    })?;
    let Value::Array(list) = list else {
        let what = format!("is {} and should be a list of items: write [ … ] around them", shown(&list));
        return Err(CatalogueError::Text { line: 1, column: 1, what });
    };
    if list.len() > MAX_ITEMS {
        return Err(CatalogueError::TooMany { most: MAX_ITEMS });
    }
    let mut gathering = Gathering::new(currency, Shared::default());
    for (place, value) in list.iter().enumerate() {
        let place = Place::Item(place);
        if let Some(item) = item(&mut gathering.desk(place), value, from) {
            gathering.add(place, item);
        }
    }
    gathering.finish()
}

/// One item, or nothing where something that it can't be without is wrong.
fn item(desk: &mut Desk<'_>, value: &Value, from: Time) -> Option<CatalogueItem> {
    let mut fields = Fields::of(desk, String::new(), value)?;
    let sku = fields.needed_text(desk, "sku").map(|text| {
        desk.of(text);
        desk.sku("sku", text)
    });
    let name = fields.needed_text(desk, "name").map(|text| desk.name("name", text));
    let item = CatalogueItem {
        barcodes: fields.list(desk, "barcodes", barcode),
        sold_by: sold_by(desk, &mut fields),
        prices: fields.list(desk, "prices", |desk, path, value| price(desk, path, value, from)),
        mass: mass(desk, &mut fields),
        age_limit: fields
            .whole_number(desk, "age_limit")
            .and_then(|years| desk.age_limit("age_limit", years)),
        sku: sku.flatten()?,
        name: name.flatten().unwrap_or_default(),
    };
    if fields.lacks("prices") {
        desk.no_price();
    }
    fields.nothing_else(desk);
    Some(item)
}

fn sold_by(desk: &mut Desk<'_>, fields: &mut Fields<'_>) -> SoldBy {
    match fields.text(desk, "sold_by") {
        None | Some("unit") => SoldBy::Unit,
        Some("kilogram") => SoldBy::Kilogram,
        Some(other) => {
            desk.problem(
                "sold_by",
                Fault::new(format!("is {other:?}"), "write \"unit\" or \"kilogram\", or leave it out"),
            );
            SoldBy::Unit
        }
    }
}

fn mass(desk: &mut Desk<'_>, fields: &mut Fields<'_>) -> Option<super::Mass> {
    let mean_g = fields.number(desk, "mass_g");
    let sd_g = fields.number(desk, "mass_sd_g");
    if mean_g.is_none() && sd_g.is_some() {
        desk.problem("mass_sd_g", Fault::new("is a spread without a mass", "give mass_g too"));
    }
    desk.mass("mass_g", mean_g?, sd_g.map(|sd_g| ("mass_sd_g", sd_g)))
}

fn barcode(desk: &mut Desk<'_>, path: String, value: &Value) -> Option<Barcode> {
    let mut fields = Fields::of(desk, path, value)?;
    let kind = fields.needed_text(desk, "type").map(|name| {
        let kind = BarcodeKind::ALL.into_iter().find(|kind| kind.as_str() == name);
        if kind.is_none() {
            let names = BarcodeKind::ALL.map(BarcodeKind::as_str).join(", ");
            desk.problem(
                fields.path("type"),
                Fault::new(format!("is {name:?}"), format!("write one of {names}")),
            );
        }
        kind
    });
    let code = fields.needed_text(desk, "code");
    fields.nothing_else(desk);
    desk.barcode(&fields.path("code"), Some(kind??), code?)
}

fn price(desk: &mut Desk<'_>, path: String, value: &Value, from: Time) -> Option<Price> {
    let mut fields = Fields::of(desk, path, value)?;
    let from = match fields.text(desk, "from").map(|text| (text, text.parse::<Time>())) {
        None => Some(from),
        Some((_, Ok(from))) => Some(from),
        Some((text, Err(_))) => {
            desk.problem(
                fields.path("from"),
                Fault::new(
                    format!("is {text:?}, which is no moment"),
                    "write a moment with its offset, such as 2026-11-24T06:00:00+01:00",
                ),
            );
            None
        }
    };
    let minor = fields.needed_text(desk, "price").map(|text| desk.amount(&fields.path("price"), text));
    let tax = fields.needed_text(desk, "tax_percent").map(|text| desk.tax(&fields.path("tax_percent"), text));
    let deposit = match fields.text(desk, "deposit") {
        None => Some(0),
        Some(text) => desk.amount(&fields.path("deposit"), text),
    };
    fields.nothing_else(desk);
    Some(Price { from: from?, minor: minor??, tax: tax??, deposit: deposit? })
}

/// The fields of a JSON object, each asked for once.
struct Fields<'a> {
    path: String,
    map: &'a Map<String, Value>,
    asked: Vec<&'static str>,
}

impl<'a> Fields<'a> {
    /// The fields of what should be an object.
    fn of(desk: &mut Desk<'_>, path: String, value: &'a Value) -> Option<Self> {
        match value {
            Value::Object(map) => Some(Self { path, map, asked: Vec::new() }),
            other => {
                let fault = Fault::new(format!("is {}", shown(other)), "write an object: { … }");
                desk.problem(path, fault);
                None
            }
        }
    }

    /// Where a field stands, from the item on.
    fn path(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    /// A field's value; null is no value.
    fn value(&mut self, name: &'static str) -> Option<&'a Value> {
        self.asked.push(name);
        self.map.get(name).filter(|value| !value.is_null())
    }

    fn text(&mut self, desk: &mut Desk<'_>, name: &'static str) -> Option<&'a str> {
        let value = self.value(name)?;
        let text = value.as_str();
        if text.is_none() {
            let mend = match value {
                Value::Number(number) => {
                    format!("write it as text, \"{number}\": no digit of it is lost then")
                }
                _ => "write a text".to_owned(),
            };
            desk.problem(self.path(name), Fault::new(format!("is {}", shown(value)), mend));
        }
        text
    }

    fn needed_text(&mut self, desk: &mut Desk<'_>, name: &'static str) -> Option<&'a str> {
        if self.lacks(name) {
            desk.problem(self.path(name), Fault::new("is missing", "give it"));
        }
        self.text(desk, name)
    }

    /// Whether a field is missing, null or an empty list.
    fn lacks(&self, name: &str) -> bool {
        match self.map.get(name) {
            None | Some(Value::Null) => true,
            Some(Value::Array(list)) => list.is_empty(),
            Some(_) => false,
        }
    }

    fn number(&mut self, desk: &mut Desk<'_>, name: &'static str) -> Option<f64> {
        let value = self.value(name)?;
        self.or_problem(desk, name, value, value.as_f64(), "write a number, in grams")
    }

    fn whole_number(&mut self, desk: &mut Desk<'_>, name: &'static str) -> Option<u64> {
        let value = self.value(name)?;
        self.or_problem(desk, name, value, value.as_u64(), "write a whole number")
    }

    fn or_problem<T>(
        &self,
        desk: &mut Desk<'_>,
        name: &str,
        value: &Value,
        read: Option<T>,
        mend: &str,
    ) -> Option<T> {
        if read.is_none() {
            desk.problem(self.path(name), Fault::new(format!("is {}", shown(value)), mend));
        }
        read
    }

    /// A list, read one by one; what can't be read is missing in it and told.
    fn list<T>(
        &mut self,
        desk: &mut Desk<'_>,
        name: &'static str,
        read: impl Fn(&mut Desk<'_>, String, &Value) -> Option<T>,
    ) -> Vec<T> {
        let path = self.path(name);
        match self.value(name) {
            None => Vec::new(),
            Some(Value::Array(list)) => {
                let places = list.iter().enumerate();
                places.filter_map(|(place, value)| read(desk, format!("{path}[{place}]"), value)).collect()
            }
            Some(other) => {
                desk.problem(path, Fault::new(format!("is {}", shown(other)), "write a list: [ … ]"));
                Vec::new()
            }
        }
    }

    /// Names fields that nobody asked for: a mistyped field would do nothing otherwise.
    fn nothing_else(&self, desk: &mut Desk<'_>) {
        for name in self.map.keys().filter(|name| !self.asked.contains(&name.as_str())) {
            let mend = format!("take it out, or write one of {}", self.asked.join(", "));
            desk.problem(self.path(name), Fault::new("is no field of this", mend));
        }
    }
}

/// What a value is, for people.
fn shown(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => format!("the number {number}"),
        Value::String(text) => format!("the text {text:?}"),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}
