//! Catalogues: as many products as a store needs, drawn from the ranges of `goods`.

use std::collections::BTreeSet;

use model::{Gtin, ProductFile};

use super::goods::{Pack, RANGES, Range};
use crate::Rng;

/// A product with the range that it stands in.
pub(crate) struct Good {
    /// Place among the ranges.
    pub(crate) range: usize,
    /// The product.
    pub(crate) file: ProductFile,
}

/// Draws this many products of the ranges with these places, as evenly as they go, in the order of the ranges.
pub(crate) fn draw(count: usize, ranges: &[usize], first_gtin: u32, rng: &mut Rng) -> Vec<Good> {
    let mut names = BTreeSet::new();
    let mut goods = Vec::with_capacity(count);
    // Each round gives every range one more product, until there are enough.
    for round in 0.. {
        let before = goods.len();
        for range in ranges {
            if goods.len() < count
                && let Some(file) = new(&RANGES[*range], first_gtin + goods.len() as u32, &mut names, rng)
            {
                goods.push(Good { range: *range, file });
            }
        }
        if goods.len() == count || (goods.len() == before && round > 100) {
            break;
        }
    }
    goods.sort_by_key(|good| good.range);
    goods
}

/// A product of a range that has no name yet; none if a few draws give only names that stand already.
fn new(range: &Range, number: u32, names: &mut BTreeSet<String>, rng: &mut Rng) -> Option<ProductFile> {
    for _ in 0..20 {
        let (good, price) = *pick(range.goods, rng);
        let (brand, kind, size) =
            (*pick(range.brands, rng), *pick(range.kinds, rng), *pick(range.sizes, rng));
        let name = [brand, good, kind, &label(size, range.pack.unit)].join(" ").replace("  ", " ");
        let id = slug(&name);
        if names.insert(id.clone()) {
            return Some(product(&id, name, number, f64::from(size), f64::from(price), range.pack, rng));
        }
    }
    None
}

fn product(
    id: &str,
    name: String,
    number: u32,
    net: f64,
    price: f64,
    pack: Pack,
    rng: &mut Rng,
) -> ProductFile {
    let mass_g = net + (net * pack.ratio).max(pack.least_g) * rng.uniform(0.85, 1.15);
    // Large packs are cheaper by the gram, and prices end in 9.
    let price = net / 100.0 * price * libm::pow(net / 250.0, -0.12) * rng.uniform(0.85, 1.2);
    ProductFile {
        id: id.into(),
        name,
        gtin: gtin(number),
        price_minor: Some(((price / 10.0).round() as i64).max(3) * 10 - 1),
        mass_g: Some((mass_g * 10.0).round() / 10.0),
        mass_sd_g: Some(((mass_g * pack.spread).max(0.15) * 100.0).round() / 100.0),
    }
}

fn pick<'a, T>(choices: &'a [T], rng: &mut Rng) -> &'a T {
    &choices[rng.whole(0, choices.len() as u32 - 1) as usize]
}

fn label(size: u32, unit: &str) -> String {
    let (large, many) = if unit == "ml" { ("l", 1000) } else { ("kg", 1000) };
    match size {
        _ if size >= many && size.is_multiple_of(many) => format!("{} {large}", size / many),
        _ if size >= many => format!("{:.1} {large}", f64::from(size) / f64::from(many)),
        _ => format!("{size} {unit}"),
    }
}

/// The name in small ASCII letters, digits and hyphens.
fn slug(name: &str) -> String {
    let letters = name.chars().flat_map(char::to_lowercase).map(|letter| match letter {
        'ä' => 'a',
        'é' => 'e',
        letter if letter.is_ascii_alphanumeric() => letter,
        _ => '-',
    });
    let text: String = letters.collect();
    text.split('-').filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-")
}

/// A GTIN-13 with the prefix 952, which GS1 keeps for demonstrations.
pub(crate) fn gtin(number: u32) -> Option<Gtin> {
    let digits = format!("952{number:09}");
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, byte)| u32::from(byte - b'0') * if place % 2 == 0 { 3 } else { 1 })
        .sum();
    format!("{digits}{}", (10 - sum % 10) % 10).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_enough_products_with_names_masses_and_prices_of_their_own() {
        let all: Vec<usize> = (0..RANGES.len()).collect();
        let goods = draw(3000, &all, 1, &mut Rng::new(1, "test"));
        assert_eq!(goods.len(), 3000);
        let ids: BTreeSet<_> = goods.iter().map(|good| good.file.id.clone()).collect();
        assert_eq!(ids.len(), 3000);
        let masses: Vec<f64> = goods.iter().filter_map(|good| good.file.mass_g).collect();
        assert!(masses.iter().any(|mass_g| *mass_g < 8.0) && masses.iter().any(|mass_g| *mass_g > 2500.0));
        assert!(goods.iter().all(|good| good.file.gtin.is_some() && good.file.price_minor > Some(20)));
    }

    #[test]
    fn ids_are_plain() {
        assert_eq!(slug("Hafenbräu Rosé 0.5 l"), "hafenbrau-rose-0-5-l");
    }
}
