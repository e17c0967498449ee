//! The store file: one readable text that says what the store looks like.
//!
//! These types mirror the TOML text; [`crate::Store`] is what they become once checked.

use iso_currency::Currency;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Gtin, PlateId, ProductId, SensorId};

/// The schema that this version reads and writes.
pub const STORE_SCHEMA: &str = "saunter-store/1";

/// A whole store: what stands where, what lies on it, what it weighs and costs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StoreFile {
    /// Always `saunter-store/1`.
    pub schema: String,
    /// The store's name, as on its receipts.
    pub name: String,
    /// ISO 4217 code of the currency of all prices, such as `EUR`.
    #[schemars(with = "String")]
    pub currency: Currency,
    /// What the store decides for itself.
    #[serde(default)]
    pub policy: Policy,
    /// Gates and card readers at the doors.
    #[serde(default, rename = "gate", skip_serializing_if = "Vec::is_empty")]
    pub gates: Vec<GateFile>,
    /// Gondolas with their shelves and plates.
    #[serde(default, rename = "gondola")]
    pub gondolas: Vec<GondolaFile>,
    /// The planogram: which product lies on which plates.
    #[serde(default, rename = "facing")]
    pub facings: Vec<FacingFile>,
    /// The catalogue.
    #[serde(default, rename = "product")]
    pub products: Vec<ProductFile>,
    /// Cameras and their calibration.
    #[serde(default, rename = "camera", skip_serializing_if = "Vec::is_empty")]
    pub cameras: Vec<CameraFile>,
}

/// What the store decides for itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// A line is charged only if its probability is at least this; the rest goes to review. 0.5 to 1.
    pub charge_probability: f64,
    /// How late a record may come, seconds, and still count. Everything waits this long.
    pub watermark_s: f64,
    /// How long after the exit a trip waits for the shelves to settle, seconds.
    pub settle_after_exit_s: f64,
    /// A shopper not seen for this long is held to have left, seconds.
    pub vanished_after_s: f64,
    /// How long after a credential people may follow through the gate on it, seconds.
    pub admit_for_s: f64,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            charge_probability: 0.95,
            watermark_s: 0.5,
            settle_after_exit_s: 2.0,
            vanished_after_s: 30.0,
            admit_for_s: 10.0,
        }
    }
}

/// A gate or an open doorway.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GateFile {
    /// Its name, as its records give it.
    pub id: SensorId,
    /// The middle of the passage on the floor in store coordinates, metres. Without it, passages must name the track.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position_m: Option<[f64; 3]>,
}

/// A gondola: a piece of shelving that stands somewhere.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GondolaFile {
    /// Its number, unique in the store.
    pub id: u16,
    /// Its origin in store coordinates, metres.
    pub origin_m: [f64; 3],
    /// Its rotation in the store: a Rodrigues vector, radians.
    #[serde(default)]
    pub rotation_rad: [f64; 3],
    /// Its shelves.
    #[serde(default, rename = "shelf")]
    pub shelves: Vec<ShelfFile>,
}

/// A shelf of a gondola.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ShelfFile {
    /// Its number, unique on the gondola; 1 is the lowest.
    pub id: u16,
    /// Its origin in the gondola's frame, metres.
    pub origin_m: [f64; 3],
    /// Width, depth and free height above it, metres.
    pub size_m: [f64; 3],
    /// Its plates.
    #[serde(default)]
    pub plates: Vec<PlateFile>,
}

/// A plate (one load cell) of a shelf.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlateFile {
    /// Its number, unique on the shelf.
    pub id: u16,
    /// Its corner in the shelf's frame, metres.
    pub origin_m: [f64; 2],
    /// Width and depth, metres.
    pub size_m: [f64; 2],
}

/// A facing: a product and the plates it lies on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FacingFile {
    /// The product.
    pub product: ProductId,
    /// The plates, as `gondola/shelf/plate`.
    pub plates: Vec<PlateId>,
}

/// A product of the catalogue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProductFile {
    /// The retailer's key.
    pub id: ProductId,
    /// Its name, as on receipts.
    pub name: String,
    /// Its GTIN, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gtin: Option<Gtin>,
    /// Price of a unit in minor units of the store's currency. Without one, its lines go to review.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price_minor: Option<i64>,
    /// Mass of a unit, grams. Without one, scales can't recognise it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mass_g: Option<f64>,
    /// Standard deviation of the mass from unit to unit, grams; 1.5 % of the mass and at least 1 g if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mass_sd_g: Option<f64>,
}

/// A calibrated camera.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CameraFile {
    /// Its name, as its records give it.
    pub id: SensorId,
    /// Focal lengths and principal point `[fx, fy, cx, cy]`, as fractions of image width (x) and height (y).
    pub intrinsics: [f64; 4],
    /// Camera to store: rotation, row by row, of unit length. Looks along +z, x right, y down.
    pub rotation: [[f64; 3]; 3],
    /// The camera's place in store coordinates, metres.
    pub position_m: [f64; 3],
    /// Brown–Conrady distortion `[k1, k2, p1, p2, k3]`.
    #[serde(default)]
    pub distortion: [f64; 5],
    /// Width and height of its pictures, pixels: what the keypoints it sends are measured in.
    #[serde(default = "full_hd")]
    pub picture_px: [u32; 2],
}

fn full_hd() -> [u32; 2] {
    [1920, 1080]
}
