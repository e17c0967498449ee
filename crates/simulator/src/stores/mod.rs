//! Whole stores, made by rule and chance: always the same, with made-up goods that sound like real ones.
//!
//! `cargo run -p simulator --example stores` writes them to `examples/stores/`.

mod catalogue;
mod goods;
mod hang;
mod planogram;

use model::{Currency, GateFile, GondolaFile, Policy, ProductFile, STORE_SCHEMA, StoreFile};

use goods::RANGES;
pub use hang::hang_cameras;
pub(crate) use hang::hang_few_cameras;
use planogram::Site;

use crate::Rng;

/// Six shelves as in the recorded nanostore, five as in most shops, four as in coolers: the lowest, and from each to
/// the next, metres.
const SIX_SHELVES_M: (f64, f64) = (0.33, 0.27);
const FIVE_SHELVES_M: (f64, f64) = (0.20, 0.34);
const FOUR_SHELVES_M: (f64, f64) = (0.35, 0.37);

/// A store of the size of the recorded nanostore: 5 gondolas, 280 plates, 108 products, 12 m², 8 cameras.
pub fn nanostore_like() -> StoreFile {
    with_cameras(bare_nanostore_like(), 8)
}

/// The same without cameras.
pub(crate) fn bare_nanostore_like() -> StoreFile {
    const WIDE: &[u16] = &[12, 12, 12, 12, 12, 12];
    const NARROW: &[u16] = &[9, 9, 9, 9, 9, 9];
    const SMALL: &[u16] = &[7, 7, 7, 7];
    let wall = |x_m: f64, plates: &'static [u16], width_m: f64| Site {
        origin_m: [x_m, 0.49],
        quarter_turns: 0,
        width_m,
        plates,
        heights_m: SIX_SHELVES_M,
    };
    let side = Site {
        origin_m: [4.91, -0.3],
        quarter_turns: -1,
        width_m: 0.714,
        plates: SMALL,
        heights_m: FOUR_SHELVES_M,
    };
    let sites = [
        wall(0.03, WIDE, 1.224),
        wall(1.26, NARROW, 0.918),
        wall(2.19, WIDE, 1.224),
        wall(3.42, NARROW, 0.918),
        side,
    ];
    let ranges = [1, 2, 3, 5, 8, 19, 20, 21, 22, 26, 27, 28, 30];
    let gates = [("gate-in", [0.8, -2.6]), ("gate-out", [2.0, -2.6])];
    store("Nano Store", Currency::EUR, &sites, &gates, 108, &ranges)
}

/// A corner shop: 40 m², 8 gondolas, 600 plates, 400 products, 12 cameras.
pub fn corner_shop() -> StoreFile {
    with_cameras(bare_corner_shop(), 12)
}

/// The same without cameras.
pub(crate) fn bare_corner_shop() -> StoreFile {
    const EVEN: &[u16] = &[12, 15, 15, 15, 18];
    const MIXED: &[u16] = &[9, 15, 15, 18, 18];
    let site = |x_m: f64, y_m: f64, quarter_turns: i32, plates: &'static [u16]| Site {
        origin_m: [x_m, y_m],
        quarter_turns,
        width_m: 1.8,
        plates,
        heights_m: FIVE_SHELVES_M,
    };
    let sites = [
        site(0.4, 5.0, 0, EVEN),
        site(2.2, 5.0, 0, MIXED),
        site(4.0, 5.0, 0, EVEN),
        site(5.8, 5.0, 0, MIXED),
        site(8.0, 4.4, -1, EVEN),
        site(8.0, 2.6, -1, MIXED),
        site(3.0, 2.3, 0, MIXED),
        site(4.8, 2.3, 2, EVEN),
    ];
    let ranges: Vec<usize> = (0..RANGES.len()).filter(|range| *range != 25).collect();
    let gates = [("gate-in", [1.0, 0.0]), ("gate-out", [2.2, 0.0])];
    store("Shop at the Corner", Currency::EUR, &sites, &gates, 400, &ranges)
}

/// A stand in a stadium: 30 m², 5 gondolas, 200 wide plates, 24 products, many facings of each, 8 cameras.
pub fn stadium() -> StoreFile {
    with_cameras(bare_stadium(), 8)
}

/// The same without cameras.
pub(crate) fn bare_stadium() -> StoreFile {
    const COOLER: &[u16] = &[10, 10, 10, 10];
    let site = |x_m: f64, y_m: f64, quarter_turns: i32| Site {
        origin_m: [x_m, y_m],
        quarter_turns,
        width_m: 2.0,
        plates: COOLER,
        heights_m: FOUR_SHELVES_M,
    };
    let sites =
        [site(0.75, 4.0, 0), site(2.75, 4.0, 0), site(4.75, 4.0, 0), site(7.5, 3.2, -1), site(0.0, 1.2, 1)];
    let gates = [
        ("gate-in-1", [1.4, 0.0]),
        ("gate-in-2", [2.6, 0.0]),
        ("gate-out-1", [4.9, 0.0]),
        ("gate-out-2", [6.1, 0.0]),
    ];
    store("Stadium Stand", Currency::EUR, &sites, &gates, 24, &[0, 1, 2, 8, 19, 21])
}

/// A grocery: 300 m², 74 gondolas, 5,000 plates, 3,000 products, 48 cameras.
pub fn grocery() -> StoreFile {
    with_cameras(bare_grocery(), 48)
}

/// The same without cameras.
pub(crate) fn bare_grocery() -> StoreFile {
    const SEVENTY: &[u16] = &[10, 13, 15, 16, 16];
    const SIXTY_FIVE: &[u16] = &[10, 12, 13, 15, 15];
    let mut sites: Vec<Site> = Vec::new();
    let mut add = |x_m: f64, y_m: f64, quarter_turns: i32| {
        // Every second one, and one more: 38 of 70 and 36 of 65 make 5,000.
        let plates = if sites.len().is_multiple_of(2) || sites.len() == 1 { SEVENTY } else { SIXTY_FIVE };
        sites.push(Site {
            origin_m: [x_m, y_m],
            quarter_turns,
            width_m: 2.0,
            plates,
            heights_m: FIVE_SHELVES_M,
        });
    };
    for row in 0..4 {
        let back_m = 2.7 + 2.9 * f64::from(row);
        (0..7).for_each(|place| add(3.0 + 2.0 * f64::from(place), back_m, 0));
        (0..7).for_each(|place| add(5.0 + 2.0 * f64::from(place), back_m, 2));
    }
    (0..8).for_each(|place| add(2.0 + 2.0 * f64::from(place), 15.0, 0));
    (0..5).for_each(|place| add(20.0, 12.5 - 2.0 * f64::from(place), -1));
    (0..5).for_each(|place| add(0.0, 2.5 + 2.0 * f64::from(place), 1));
    let ranges: Vec<usize> = (0..RANGES.len()).collect();
    let gates = [
        ("gate-in-1", [3.0, 0.0]),
        ("gate-in-2", [4.2, 0.0]),
        ("gate-in-3", [5.4, 0.0]),
        ("gate-out-1", [13.0, 0.0]),
        ("gate-out-2", [14.2, 0.0]),
        ("gate-out-3", [15.4, 0.0]),
    ];
    store("Grocery by the Park", Currency::EUR, &sites, &gates, 3000, &ranges)
}

/// A hall to try many cameras in: 100 m², 16 gondolas, 28 cameras.
pub fn hall() -> StoreFile {
    const FEW: &[u16] = &[8, 10, 12, 12];
    let mut sites = Vec::new();
    for row in 0..2 {
        let back_m = 3.0 + 2.8 * f64::from(row);
        for place in 0..4 {
            for (origin_m, quarter_turns) in
                [([2.5 + 2.0 * f64::from(place), back_m], 0), ([4.5 + 2.0 * f64::from(place), back_m], 2)]
            {
                let heights_m = FIVE_SHELVES_M;
                sites.push(Site { origin_m, quarter_turns, width_m: 2.0, plates: FEW, heights_m });
            }
        }
    }
    let gates = [
        ("gate-in-1", [2.0, 0.0]),
        ("gate-in-2", [3.2, 0.0]),
        ("gate-out-1", [8.8, 0.0]),
        ("gate-out-2", [10.0, 0.0]),
    ];
    let ranges: Vec<usize> = (0..RANGES.len()).collect();
    with_cameras(store("Test Hall", Currency::EUR, &sites, &gates, 300, &ranges), 28)
}

/// Gum, spices, batteries and other small things, with GTINs that no store above uses.
pub(crate) fn light_goods(count: usize, rng: &mut Rng) -> Vec<ProductFile> {
    let mut goods = catalogue::draw(count, &[22, 23, 30], 500_000, rng);
    goods.sort_by(|one, other| one.file.name.cmp(&other.file.name));
    goods.into_iter().map(|good| good.file).collect()
}

fn with_cameras(mut file: StoreFile, count: usize) -> StoreFile {
    hang_cameras(&mut file, count);
    file
}

fn store(
    name: &str,
    currency: Currency,
    sites: &[Site],
    gates: &[(&str, [f64; 2])],
    products: usize,
    ranges: &[usize],
) -> StoreFile {
    let mut rng = Rng::new(1, name);
    let gondolas: Vec<GondolaFile> = (1..).zip(sites).map(|(id, site)| site.build(id)).collect();
    let goods = catalogue::draw(products, ranges, 1, &mut rng);
    let facings = planogram::lay_out(&gondolas, &goods, &mut rng);
    let gate =
        |(id, [x, y]): &(&str, [f64; 2])| GateFile { id: (*id).into(), position_m: Some([*x, *y, 0.0]) };
    StoreFile {
        schema: STORE_SCHEMA.to_owned(),
        name: name.to_owned(),
        currency,
        policy: Policy::default(),
        gates: gates.iter().map(gate).collect(),
        gondolas,
        facings,
        products: goods.into_iter().map(|good| good.file).collect(),
        cameras: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use model::Store;

    use super::*;

    #[test]
    fn the_store_files_are_as_they_are_made() {
        for (name, file) in [
            ("nanostore-like", nanostore_like()),
            ("corner-shop", corner_shop()),
            ("stadium", stadium()),
            ("grocery", grocery()),
        ] {
            let path = format!("{}/../../examples/stores/{name}.toml", env!("CARGO_MANIFEST_DIR"));
            let written: StoreFile = toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
            assert!(written == file, "{name}: run `cargo run -p simulator --example stores`");
        }
    }

    #[test]
    fn the_stores_have_the_sizes_they_are_known_for() {
        for (file, gondolas, plates, products) in [
            (nanostore_like(), 5, 280, 108),
            (corner_shop(), 8, 600, 400),
            (stadium(), 5, 200, 24),
            (grocery(), 74, 5000, 3000),
            (hall(), 16, 672, 300),
        ] {
            let name = file.name.clone();
            let store = Store::new(file).unwrap();
            let found = (store.file().gondolas.len(), store.plates().len(), store.products().len());
            assert_eq!(found, (gondolas, plates, products), "{name}");
            let laid: BTreeSet<_> = store.facings().iter().map(|facing| facing.product).collect();
            assert_eq!(laid.len(), products, "{name}: every product lies somewhere");
            assert!(
                store.plates().iter().all(|plate| plate.products.len() == 1),
                "{name}: every plate bears one"
            );
        }
    }
}
