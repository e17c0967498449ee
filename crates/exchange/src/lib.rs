//! What retailers' other systems speak: catalogues come in, events of sales go out.
//!
//! **Its one job:** to turn the formats of others into types and back.
//!
//! **The way in:** [`Form::read`] reads a catalogue (JSON, a Shopify product CSV, the store file's products)
//! into a [`Catalogue`], from which the price list and the products follow; [`epcis::document`] writes sales
//! and returns as an EPCIS 2.0 document.
//!
//! **What it never does:** I/O, reading a clock, floating point with money, skipping anything in silence: what
//! is refused or left out is named.

mod amount;
mod barcode;
mod catalogue;
pub mod epcis;

pub use barcode::{Barcode, BarcodeKind};
pub use catalogue::{
    Catalogue, CatalogueError, CatalogueItem, CatalogueRead, Fault, Form, LeftOut, MAX_BARCODES, MAX_ITEMS,
    Mass, Place, Price, Problem,
};
