//! What is wrong with a catalogue, so told that whoever keeps it can mend it.

use std::fmt;

use model::ProductId;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What is wrong with one value and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{what}: {mend}")]
pub struct Fault {
    /// What is wrong.
    pub what: String,
    /// How to mend it.
    pub mend: String,
}

impl Fault {
    pub(crate) fn new(what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { what: what.into(), mend: mend.into() }
    }
}

/// Where in an upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// The item of a list, counted from 0.
    Item(usize),
    /// The line of a text, counted from 1.
    Line(u64),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Item(item) => write!(f, "item {item}"),
            Self::Line(line) => write!(f, "line {line}"),
        }
    }
}

/// One thing that is wrong with an upload. As JSON it is an entry of a problem's `errors` (RFC 9457):
/// `{"item": 3, "sku": "cola", "field": "prices[0].price", "what": …, "mend": …}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Where.
    #[serde(flatten)]
    pub place: Place,
    /// Of which product, where that can be told.
    pub sku: Option<String>,
    /// Which field, in the upload's own words; empty for the whole item.
    pub field: String,
    /// What is wrong.
    pub what: String,
    /// How to mend it.
    pub mend: String,
}

/// `item 3 (cola), prices[0].price: is the number 1.99: write it as text, "1.99"`.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.place)?;
        if let Some(sku) = &self.sku {
            write!(f, " ({sku})")?;
        }
        if !self.field.is_empty() {
            write!(f, ", {}", self.field)?;
        }
        write!(f, ": {}: {}", self.what, self.mend)
    }
}

/// Why an upload is refused. Nothing of a refused upload counts.
#[derive(Clone, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "why")]
pub enum CatalogueError {
    /// It is not in the format that it should be in.
    #[error("line {line}, column {column}: {what}")]
    Text {
        /// Line, from 1.
        line: u64,
        /// Column, from 1.
        column: u64,
        /// What is wrong and how to mend it.
        what: String,
    },
    /// It has no items.
    #[error("there is nothing to sell in it: give at least one item with a price")]
    Empty,
    /// It has too many items.
    #[error("it has more than {most} items: send it in parts")]
    TooMany {
        /// How many it may have.
        most: usize,
    },
    /// Items are wrong; tells all that is.
    #[error("{}", join(problems))]
    Problems {
        /// All of it, in the order of the upload.
        problems: Vec<Problem>,
    },
}

fn join(problems: &[Problem]) -> String {
    let lines: Vec<String> = problems.iter().map(|problem| format!("\n  - {problem}")).collect();
    format!("{} to mend:{}", problems.len(), lines.concat())
}

/// Something that was in the upload and is no part of the catalogue, rightly so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// What, by its key.
    pub sku: ProductId,
    /// Why.
    pub why: String,
}
