//! The store, checked: every name resolves, nothing overlaps, every number is one.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use glam::{DQuat, DVec3};
use iso_currency::Currency;
use thiserror::Error;

use crate::{
    CameraFile, GateFile, GondolaFile, Gtin, Money, PlateFile, PlateId, Policy, ProductFile, ProductId,
    STORE_SCHEMA, SensorId, ShelfFile, StoreFile,
};

/// Plates may overlap by this much, metres, before it is held to be a mistake (drawings are rounded).
const OVERLAP_TOLERANCE_M: f64 = 0.002;
/// Spread of unit masses where the catalogue gives none: filled goods keep within about 1.5 % of their label.
const DEFAULT_MASS_SD_RATIO: f64 = 0.015;
/// Least spread of unit masses, grams.
const MIN_MASS_SD_G: f64 = 1.0;

/// Place of a plate in [`Store::plates`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlateIndex(pub u32);

/// Place of a product in [`Store::products`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProductIndex(pub u32);

/// A plate in the store's frame.
#[derive(Clone, Debug, PartialEq)]
pub struct Plate {
    /// Which.
    pub id: PlateId,
    /// Width, depth and the free height above it, metres.
    pub size_m: DVec3,
    /// The products that lie on it by the planogram.
    pub products: Vec<ProductIndex>,
    origin: DVec3,
    rotation: DQuat,
}

impl Plate {
    /// The middle of its surface in store coordinates, metres.
    pub fn centre(&self) -> DVec3 {
        self.origin + self.rotation * DVec3::new(self.size_m.x / 2.0, self.size_m.y / 2.0, 0.0)
    }

    /// A point in store coordinates as the plate sees it, metres: x along the shelf from the plate's
    /// corner, y from its front to its back, z up from its surface.
    pub fn local(&self, point: DVec3) -> DVec3 {
        self.rotation.conjugate() * (point - self.origin)
    }

    /// Distance from a point in store coordinates to the space above the plate, metres; 0 inside.
    pub fn distance_m(&self, point: DVec3) -> f64 {
        let local = self.local(point);
        (local - local.clamp(DVec3::ZERO, self.size_m)).length()
    }
}

/// A shelf: the plates on it, from its origin on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shelf {
    /// Number of the gondola.
    pub gondola: u16,
    /// Number of the shelf on it.
    pub shelf: u16,
    /// The plates in the order in which they lie.
    pub plates: Vec<PlateIndex>,
}

/// A product and the plates it lies on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facing {
    /// The product.
    pub product: ProductIndex,
    /// The plates.
    pub plates: Vec<PlateIndex>,
}

/// A product of the catalogue.
#[derive(Clone, Debug, PartialEq)]
pub struct Product {
    /// The retailer's key.
    pub id: ProductId,
    /// Its name, as on receipts.
    pub name: String,
    /// Its GTIN, if it has one.
    pub gtin: Option<Gtin>,
    /// Price of a unit, if it has one.
    pub price: Option<Money>,
    /// Mean and standard deviation of a unit's mass, grams, if known.
    pub mass_g: Option<(f64, f64)>,
}

/// A checked store.
#[derive(Clone, Debug, PartialEq)]
pub struct Store {
    file: StoreFile,
    plates: Vec<Plate>,
    plate_index: BTreeMap<PlateId, PlateIndex>,
    shelves: Vec<Shelf>,
    facings: Vec<Facing>,
    products: Vec<Product>,
    product_index: BTreeMap<ProductId, ProductIndex>,
}

/// A store file that can't be used.
#[derive(Debug, Error)]
pub enum StoreError {
    /// Not TOML, or not of the schema; tells line and column.
    #[error("not a store file: {0}")]
    Text(Box<toml::de::Error>),
    /// Readable, but wrong in itself; tells all that is wrong.
    #[error("{}", join(.0))]
    Problems(Vec<StoreProblem>),
}

/// One thing that is wrong with a store file: where, what, and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreProblem {
    /// The place, in the file's own words.
    pub place: String,
    /// What is wrong and how to mend it.
    pub what: String,
}

impl fmt::Display for StoreProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}

fn join(problems: &[StoreProblem]) -> String {
    let lines: Vec<String> = problems.iter().map(|problem| format!("\n  - {problem}")).collect();
    format!("{} to mend:{}", problems.len(), lines.concat())
}

impl Store {
    /// Reads and checks a store file.
    ///
    /// # Errors
    /// [`StoreError`], with the line for a text that can't be read, and with every problem at once for
    /// one that can.
    pub fn from_toml(text: &str) -> Result<Self, StoreError> {
        Self::new(toml::from_str(text).map_err(|error| StoreError::Text(Box::new(error)))?)
    }

    /// Checks what a store file says.
    ///
    /// # Errors
    /// [`StoreError::Problems`], all of them.
    pub fn new(file: StoreFile) -> Result<Self, StoreError> {
        let mut checker = Checker::default();
        checker.policy(&file);
        let (plates, shelves) = checker.plates(&file.gondolas);
        let plate_index = index(plates.iter().map(|plate| plate.id), PlateIndex);
        let products = checker.products(&file);
        let product_index = index(products.iter().map(|product| product.id.clone()), ProductIndex);
        let facings = checker.facings(&file, &plate_index, &product_index);
        if !checker.problems.is_empty() {
            return Err(StoreError::Problems(checker.problems));
        }
        let mut store = Self { file, plates, plate_index, shelves, facings, products, product_index };
        for facing in &store.facings {
            for plate in &facing.plates {
                store.plates[plate.0 as usize].products.push(facing.product);
            }
        }
        Ok(store)
    }

    /// The file that the store was made of.
    pub fn file(&self) -> &StoreFile {
        &self.file
    }

    /// The store's name.
    pub fn name(&self) -> &str {
        &self.file.name
    }

    /// The currency of all prices.
    pub fn currency(&self) -> Currency {
        self.file.currency
    }

    /// What the store decides for itself.
    pub fn policy(&self) -> &Policy {
        &self.file.policy
    }

    /// The gates.
    pub fn gates(&self) -> &[GateFile] {
        &self.file.gates
    }

    /// The gate of this name.
    pub fn gate(&self, id: &SensorId) -> Option<&GateFile> {
        self.file.gates.iter().find(|gate| gate.id == *id)
    }

    /// The cameras.
    pub fn cameras(&self) -> &[CameraFile] {
        &self.file.cameras
    }

    /// All plates, by id.
    pub fn plates(&self) -> &[Plate] {
        &self.plates
    }

    /// A plate.
    pub fn plate(&self, index: PlateIndex) -> &Plate {
        &self.plates[index.0 as usize]
    }

    /// Whether two plates lie side by side on one shelf.
    pub fn are_beside(&self, one: PlateIndex, other: PlateIndex) -> bool {
        let shelf = |plate: PlateIndex| {
            let id = self.plates.get(plate.0 as usize)?.id;
            Some((id.gondola, id.shelf))
        };
        one.0.abs_diff(other.0) == 1 && shelf(one) == shelf(other)
    }

    /// Where the plate of this id is.
    pub fn plate_index(&self, id: PlateId) -> Option<PlateIndex> {
        self.plate_index.get(&id).copied()
    }

    /// All shelves that have plates.
    pub fn shelves(&self) -> &[Shelf] {
        &self.shelves
    }

    /// The planogram.
    pub fn facings(&self) -> &[Facing] {
        &self.facings
    }

    /// The catalogue.
    pub fn products(&self) -> &[Product] {
        &self.products
    }

    /// A product.
    pub fn product(&self, index: ProductIndex) -> &Product {
        &self.products[index.0 as usize]
    }

    /// Where the product of this id is.
    pub fn product_index(&self, id: &ProductId) -> Option<ProductIndex> {
        self.product_index.get(id).copied()
    }
}

fn index<K: Ord, I>(keys: impl Iterator<Item = K>, wrap: impl Fn(u32) -> I) -> BTreeMap<K, I> {
    keys.zip(0..).map(|(key, place)| (key, wrap(place))).collect()
}

/// Collects what is wrong while the parts are built.
#[derive(Default)]
struct Checker {
    problems: Vec<StoreProblem>,
}

impl Checker {
    fn problem(&mut self, place: impl Into<String>, what: impl Into<String>) {
        self.problems.push(StoreProblem { place: place.into(), what: what.into() });
    }

    fn policy(&mut self, file: &StoreFile) {
        if file.schema != STORE_SCHEMA {
            self.problem(
                "schema",
                format!("is \"{}\", and this version reads \"{STORE_SCHEMA}\"", file.schema),
            );
        }
        let policy = &file.policy;
        if !(0.5..=1.0).contains(&policy.charge_probability) {
            self.problem("policy.charge_probability", "must lie between 0.5 and 1");
        }
        for (name, seconds) in [
            ("watermark_s", policy.watermark_s),
            ("settle_after_exit_s", policy.settle_after_exit_s),
            ("vanished_after_s", policy.vanished_after_s),
            ("admit_for_s", policy.admit_for_s),
        ] {
            if !(0.0..=3600.0).contains(&seconds) {
                self.problem(format!("policy.{name}"), "must lie between 0 and 3600 seconds");
            }
        }
        let mut gates = BTreeSet::new();
        for gate in &file.gates {
            if !gates.insert(&gate.id) {
                self.problem(format!("gate \"{}\"", gate.id), "stands twice: remove one or rename it");
            }
            if !finite(gate.position_m.as_slice().as_flattened()) {
                self.problem(format!("gate \"{}\"", gate.id), "position_m must be finite numbers");
            }
        }
    }

    fn plates(&mut self, gondolas: &[GondolaFile]) -> (Vec<Plate>, Vec<Shelf>) {
        let mut plates = Vec::new();
        let mut seen = BTreeSet::new();
        for gondola in gondolas {
            if !seen.insert(gondola.id) {
                self.problem(
                    format!("gondola {}", gondola.id),
                    "stands twice: give one of them another number",
                );
                continue;
            }
            let mut shelves = BTreeSet::new();
            for shelf in &gondola.shelves {
                let place = format!("gondola {}, shelf {}", gondola.id, shelf.id);
                if !shelves.insert(shelf.id) {
                    self.problem(place, "stands twice: give one of them another number");
                    continue;
                }
                if self.shelf(&place, gondola, shelf) {
                    plates.extend(shelf.plates.iter().map(|plate| world_plate(gondola, shelf, plate)));
                }
            }
        }
        plates.sort_by_key(|plate| plate.id);
        let shelves = rows(&plates);
        (plates, shelves)
    }

    /// Whether the shelf can be used.
    fn shelf(&mut self, place: &str, gondola: &GondolaFile, shelf: &ShelfFile) -> bool {
        let before = self.problems.len();
        let numbers = [gondola.origin_m, gondola.rotation_rad, shelf.origin_m, shelf.size_m];
        if !finite(numbers.as_flattened()) || shelf.size_m.iter().any(|size| *size <= 0.0) {
            self.problem(place, "origins, rotation and sizes must be finite, and sizes above zero");
        }
        for (position, plate) in shelf.plates.iter().enumerate() {
            if !finite(&plate.origin_m) || !plate.size_m.iter().all(|size| size.is_finite() && *size > 0.0) {
                self.problem(
                    format!("{place}, plate {}", plate.id),
                    "origin and size must be finite, and the size above zero",
                );
            }
            for other in &shelf.plates[..position] {
                if other.id == plate.id {
                    self.problem(
                        format!("{place}, plate {}", plate.id),
                        "stands twice: give one of them another number",
                    );
                } else if overlap_m(plate, other) > OVERLAP_TOLERANCE_M {
                    self.problem(
                        format!("{place}, plates {} and {}", other.id, plate.id),
                        format!(
                            "overlap by {:.0} mm: correct origin_m or size_m of one of them",
                            overlap_m(plate, other) * 1000.0
                        ),
                    );
                }
            }
        }
        self.problems.len() == before
    }

    fn products(&mut self, file: &StoreFile) -> Vec<Product> {
        let mut seen = BTreeSet::new();
        for product in &file.products {
            let place = format!("product \"{}\"", product.id);
            if !seen.insert(&product.id) {
                self.problem(place.clone(), "stands twice: remove one of them");
            }
            if product.price_minor.is_some_and(|price| price < 0) {
                self.problem(place.clone(), "price_minor is negative: give the price of a unit, or none");
            }
            if product.mass_g.is_some_and(|mass| !mass.is_finite() || mass <= 0.0) {
                self.problem(place.clone(), "mass_g must be above zero: give the unit's mass, or none");
            }
            if product.mass_sd_g.is_some_and(|sd| !sd.is_finite() || sd < 0.0) {
                self.problem(place, "mass_sd_g must be zero or above");
            }
        }
        file.products.iter().map(|product| checked_product(product, file.currency)).collect()
    }

    fn facings(
        &mut self,
        file: &StoreFile,
        plates: &BTreeMap<PlateId, PlateIndex>,
        products: &BTreeMap<ProductId, ProductIndex>,
    ) -> Vec<Facing> {
        let mut facings = Vec::new();
        for (number, facing) in (1..).zip(&file.facings) {
            let place = format!("facing {number} (product \"{}\")", facing.product);
            if facing.plates.is_empty() {
                self.problem(place.clone(), "lies on no plate: name its plates, or remove it");
            }
            let mut on = Vec::new();
            for id in &facing.plates {
                match plates.get(id) {
                    Some(plate) if on.contains(plate) => {
                        self.problem(place.clone(), format!("names plate {id} twice: remove one"));
                    }
                    Some(plate) => on.push(*plate),
                    None => self.problem(
                        place.clone(),
                        format!("lies on plate {id}, which no gondola has: correct it or add the plate"),
                    ),
                }
            }
            match products.get(&facing.product) {
                Some(product) => facings.push(Facing { product: *product, plates: on }),
                None => self.problem(place, "the catalogue has no such product: add it or correct its id"),
            }
        }
        facings
    }
}

fn finite(numbers: &[f64]) -> bool {
    numbers.iter().all(|number| number.is_finite())
}

/// By how much two plates overlap in their narrower direction, metres.
fn overlap_m(one: &PlateFile, other: &PlateFile) -> f64 {
    let along = |axis: usize| {
        let end = |plate: &PlateFile| plate.origin_m[axis] + plate.size_m[axis];
        end(one).min(end(other)) - one.origin_m[axis].max(other.origin_m[axis])
    };
    along(0).min(along(1)).max(0.0)
}

fn world_plate(gondola: &GondolaFile, shelf: &ShelfFile, plate: &PlateFile) -> Plate {
    let rotation = DQuat::from_scaled_axis(DVec3::from_array(gondola.rotation_rad));
    let local = DVec3::from_array(shelf.origin_m) + DVec3::new(plate.origin_m[0], plate.origin_m[1], 0.0);
    Plate {
        id: PlateId::new(gondola.id, shelf.id, plate.id),
        size_m: DVec3::new(plate.size_m[0], plate.size_m[1], shelf.size_m[2]),
        products: Vec::new(),
        origin: DVec3::from_array(gondola.origin_m) + rotation * local,
        rotation,
    }
}

/// The plates of each shelf in the order in which they lie, seen along the shelf's own x axis.
fn rows(plates: &[Plate]) -> Vec<Shelf> {
    let mut shelves: Vec<Shelf> = Vec::new();
    for (plate, place) in plates.iter().zip(0..) {
        match shelves.last_mut() {
            Some(row) if (row.gondola, row.shelf) == (plate.id.gondola, plate.id.shelf) => {
                row.plates.push(PlateIndex(place));
            }
            _ => shelves.push(Shelf {
                gondola: plate.id.gondola,
                shelf: plate.id.shelf,
                plates: vec![PlateIndex(place)],
            }),
        }
    }
    let along = |index: &PlateIndex| {
        let plate = &plates[index.0 as usize];
        (plate.rotation.conjugate() * plate.origin).x
    };
    for row in &mut shelves {
        row.plates.sort_by(|a, b| along(a).total_cmp(&along(b)));
    }
    shelves
}

fn checked_product(product: &ProductFile, currency: Currency) -> Product {
    Product {
        id: product.id.clone(),
        name: product.name.clone(),
        gtin: product.gtin.clone(),
        price: product.price_minor.map(|minor| Money::new(minor, currency)),
        mass_g: product.mass_g.map(|mass| {
            (mass, product.mass_sd_g.unwrap_or((mass * DEFAULT_MASS_SD_RATIO).max(MIN_MASS_SD_G)))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHOP: &str = r#"
        schema = "saunter-store/1"
        name = "Corner"
        currency = "EUR"

        [[gondola]]
        id = 1
        origin_m = [4.0, 0.0, 0.0]
        rotation_rad = [0.0, 0.0, 1.5707963267948966]
        [[gondola.shelf]]
        id = 2
        origin_m = [0.0, -0.4, 1.0]
        size_m = [0.4, 0.4, 0.3]
        plates = [
            { id = 1, origin_m = [0.2, 0.0], size_m = [0.2, 0.4] },
            { id = 2, origin_m = [0.0, 0.0], size_m = [0.2, 0.4] },
        ]

        [[facing]]
        product = "tea"
        plates = ["1/2/1"]

        [[product]]
        id = "tea"
        name = "Tea"
        price_minor = 250
        mass_g = 100.0
    "#;

    fn problems(text: &str) -> String {
        Store::from_toml(text).unwrap_err().to_string()
    }

    #[test]
    fn a_store_knows_where_its_plates_are() {
        let store = Store::from_toml(SHOP).unwrap();
        let plate = store.plate(store.plate_index(PlateId::new(1, 2, 1)).unwrap());
        assert!(plate.centre().distance(DVec3::new(4.2, 0.3, 1.0)) < 1e-9, "{}", plate.centre());
        assert_eq!(plate.distance_m(plate.centre() + DVec3::Z * 0.1), 0.0);
        assert!((plate.distance_m(plate.centre() + DVec3::Z * 0.8) - 0.5).abs() < 1e-9);
        assert_eq!(plate.products, [ProductIndex(0)]);
        assert_eq!(store.products()[0].mass_g, Some((100.0, 1.5)));
        let along: Vec<u16> =
            store.shelves()[0].plates.iter().map(|plate| store.plate(*plate).id.plate).collect();
        assert_eq!(along, [2, 1], "plates lie in the order of their place, not of their number");
    }

    #[test]
    fn a_store_file_survives_being_written() {
        let store = Store::from_toml(SHOP).unwrap();
        let text = toml::to_string(store.file()).unwrap();
        assert_eq!(Store::from_toml(&text).unwrap(), store);
    }

    #[test]
    fn overlapping_plates_are_named_with_the_mend() {
        let text = SHOP.replace("origin_m = [0.2, 0.0]", "origin_m = [0.15, 0.0]");
        let message = problems(&text);
        assert!(message.contains("gondola 1, shelf 2, plates 1 and 2: overlap by 50 mm"), "{message}");
    }

    #[test]
    fn a_facing_must_lie_on_plates_that_are_there() {
        assert!(problems(&SHOP.replace("[\"1/2/1\"]", "[]")).contains("lies on no plate"));
        assert!(problems(&SHOP.replace("1/2/1", "1/2/9")).contains("lies on plate 1/2/9"));
        assert!(
            problems(&SHOP.replace("product = \"tea\"", "product = \"coffee\"")).contains("no such product")
        );
    }

    #[test]
    fn all_problems_come_at_once_and_unreadable_text_tells_its_line() {
        let text = SHOP.replace("mass_g = 100.0", "mass_g = nan").replace("1/2/1", "1/2/9");
        assert!(problems(&text).starts_with("2 to mend"));
        assert!(problems(&SHOP.replace("price_minor", "prize")).contains("prize"));
        assert!(problems(&SHOP.replace("price_minor = 250", "price_minor = 2.5")).contains("line"));
    }
}
