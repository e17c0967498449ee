//! Sales and returns as an EPCIS 2.0 document (GS1's Electronic Product Code Information Services, JSON-LD),
//! for the systems of manufacturers and chains that follow where goods are.
//!
//! What the events say, and how fields map, stands in `docs/epcis.md`.

mod gln;
mod names;
mod offset;

use std::collections::BTreeMap;

use model::{Gtin, Time};
use pricing::Quantity;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

pub use gln::{Gln, GlnError};
pub use names::{CompanyPrefix, Names, PrefixError};
pub use offset::{Offset, OffsetError};

/// The JSON-LD context of EPCIS 2.0.
const CONTEXT: &str = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld";

/// Kilograms, by UN/CEFACT Recommendation 20. Units have no code: EPCIS then counts.
const KILOGRAM: &str = "KGM";

/// The store, as its partners' systems know it: part of its configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Site {
    /// The store's Global Location Number.
    pub gln: Gln,
    /// Where in the store goods are seen to leave: the extension of its GLN, such as `exit`, if it has one.
    #[serde(default)]
    pub read_point: Option<Extension>,
    /// How things and places are named.
    #[serde(default)]
    pub names: Names,
}

/// The extension of a GLN (application identifier 254): 1 to 20 letters, digits, dashes and full stops. The
/// standard allows more characters, which would have to be written otherwise in each kind of URI.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Extension(String);

/// A text that is no extension of a GLN.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no extension of a GLN: write 1 to 20 letters, digits, dashes or full stops")]
pub struct ExtensionError(String);

impl Extension {
    /// Its characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Extension {
    type Error = ExtensionError;

    fn try_from(text: String) -> Result<Self, ExtensionError> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
        if (1..=20).contains(&text.len()) && text.bytes().all(allowed) {
            Ok(Self(text))
        } else {
            Err(ExtensionError(text))
        }
    }
}

impl From<Extension> for String {
    fn from(extension: Extension) -> Self {
        extension.0
    }
}

/// Which way goods went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// Out: a shopper left with them.
    Sold,
    /// Back in: a shopper brought them.
    Returned {
        /// The number of the return, unique for its receipt.
        number: String,
    },
}

/// A sale, or a return, as it stands on a receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Movement {
    /// Which way.
    pub way: Way,
    /// The number of the receipt.
    pub receipt: String,
    /// When the goods left or came back.
    pub time: Time,
    /// The store's offset from UTC at that time.
    pub offset: Offset,
    /// What.
    pub lines: Vec<MovedLine>,
}

/// A line of a receipt, as far as others need to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MovedLine {
    /// What, if it has a number that others know.
    pub gtin: Option<Gtin>,
    /// How much.
    pub quantity: Quantity,
}

/// What could not be told to others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Untold {
    /// Lines of products without a GTIN.
    pub without_gtin: u64,
    /// Lines of products whose GTIN means something in one store or chain only (restricted circulation).
    pub store_numbers: u64,
    /// Sales and returns of which no line was left.
    pub whole_movements: u64,
}

/// An EPCIS document and what is missing from it.
#[derive(Clone, Debug, PartialEq)]
pub struct Export {
    /// The document, JSON-LD.
    pub document: Value,
    /// What is missing.
    pub untold: Untold,
}

/// An EPCIS 2.0 document of sales and returns, made at `created`. The same movements give the same events with
/// the same ids, so sending them again does no harm.
pub fn document(site: &Site, movements: &[Movement], created: Time) -> Export {
    let mut untold = Untold::default();
    let events: Vec<Value> =
        movements.iter().filter_map(|movement| event(site, movement, &mut untold)).collect();
    let document = json!({
        "@context": [CONTEXT],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": created.to_string(),
        "epcisBody": { "eventList": events },
    });
    Export { document, untold }
}

/// The event of a movement, unless none of its lines can be told.
fn event(site: &Site, movement: &Movement, untold: &mut Untold) -> Option<Value> {
    let quantities = quantities(&site.names, &movement.lines, untold);
    if quantities.is_empty() {
        untold.whole_movements += 1;
        return None;
    }
    let (action, step, disposition) = match movement.way {
        Way::Sold => ("DELETE", "retail_selling", "retail_sold"),
        Way::Returned { .. } => ("OBSERVE", "receiving", "returned"),
    };
    let mut event = json!({
        "type": "ObjectEvent",
        "eventID": event_id(site, movement),
        "eventTime": movement.time.to_string(),
        "eventTimeZoneOffset": movement.offset.to_string(),
        "action": action,
        "bizStep": step,
        "disposition": disposition,
        "readPoint": { "id": site.names.location(&site.gln, site.read_point.as_ref()) },
        "quantityList": quantities,
        "bizTransactionList": transactions(&site.gln, movement),
    });
    // Where goods are from then on: unknown once they were sold.
    if let Way::Returned { .. } = movement.way {
        event["bizLocation"] = json!({ "id": site.names.location(&site.gln, None) });
    }
    Some(event)
}

/// The quantities of a movement, one a product and measure.
fn quantities(names: &Names, lines: &[MovedLine], untold: &mut Untold) -> Vec<Value> {
    let mut sums: BTreeMap<(String, bool), u64> = BTreeMap::new();
    for line in lines {
        let (amount, weighed) = match line.quantity {
            Quantity::Units(units) => (units, false),
            Quantity::Grams(grams) => (grams, true),
        };
        match &line.gtin {
            _ if amount == 0 => {}
            None => untold.without_gtin += 1,
            Some(gtin) if is_restricted(gtin) => untold.store_numbers += 1,
            Some(gtin) => *sums.entry((names.class(gtin), weighed)).or_default() += u64::from(amount),
        }
    }
    sums.into_iter().map(|((class, weighed), amount)| quantity(&class, weighed, amount)).collect()
}

/// One quantity. A division by 1000 gives the double next to the decimal number, and JSON writes that decimal.
fn quantity(class: &str, weighed: bool, amount: u64) -> Value {
    if weighed {
        json!({ "epcClass": class, "quantity": amount as f64 / 1000.0, "uom": KILOGRAM })
    } else {
        json!({ "epcClass": class, "quantity": amount })
    }
}

/// Whether a number may mean other things elsewhere: GS1 General Specifications, section 1.4.
/// Prefixes 02, 04 and 20 to 29 are for use within a region or a company; so are EAN-8 that begin with 0 or 2.
fn is_restricted(gtin: &Gtin) -> bool {
    let digits = gtin.as_str();
    if digits.len() == 8 {
        return digits.starts_with(['0', '2']);
    }
    let padded = format!("{digits:0>14}");
    ["02", "04", "2"].iter().any(|prefix| padded[1..].starts_with(prefix))
}

/// The receipt, and the return if it is one, named under the store's GLN (Core Business Vocabulary 2.0,
/// section 8.5.3).
fn transactions(gln: &Gln, movement: &Movement) -> Vec<Value> {
    let name = |id: &str| format!("urn:epcglobal:cbv:bt:{gln}:{}", names::escaped(id));
    let receipt = json!({ "bizTransaction": name(&movement.receipt) });
    match &movement.way {
        Way::Sold => vec![receipt],
        Way::Returned { number } => {
            let id = format!("{}-{number}", movement.receipt);
            vec![receipt, json!({ "type": "rma", "bizTransaction": name(&id) })]
        }
    }
}

/// An id that follows from store, receipt and return alone (UUID version 8, RFC 9562, of their SHA-256).
fn event_id(site: &Site, movement: &Movement) -> String {
    let number = match &movement.way {
        Way::Sold => "",
        Way::Returned { number } => number.as_str(),
    };
    // A return without a number must not be taken for the sale.
    let way = matches!(movement.way, Way::Returned { .. }).to_string();
    let mut hash = Sha256::new();
    for part in ["saunter movement", site.gln.as_str(), &movement.receipt, &way, number] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.finalize()[..16]);
    Uuid::new_v8(bytes).urn().to_string()
}

#[cfg(test)]
mod tests;
