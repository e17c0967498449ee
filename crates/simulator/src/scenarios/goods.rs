//! Other goods on the shelves than a store has.

use model::{FacingFile, PlateId, ProductFile, StoreFile};

use crate::{Rng, stores};

/// Neighbours weigh the same within this, grams.
const SAME_G: f64 = 1.9;
/// This many products become light ones, of 5 to 20 grams.
const LIGHT_RATIO: f64 = 0.6;
const LIGHT_G: (f64, f64) = (5.0, 20.0);

/// All as it is.
pub(crate) fn as_they_are(_: &mut StoreFile, _: &mut Rng) {}

/// Gives each second product of a shelf the mass of its neighbour, within two grams.
pub(crate) fn same_weights(file: &mut StoreFile, rng: &mut Rng) {
    let facings = file.facings.clone();
    for pair in facings.chunks(2) {
        let [one, other] = pair else { continue };
        let Some((mass_g, sd_g)) =
            product(file, one).and_then(|product| product.mass_g.zip(product.mass_sd_g))
        else {
            continue;
        };
        let off_g = rng.uniform(0.2, SAME_G) * if rng.chance(0.5) { 1.0 } else { -1.0 };
        if let Some(product) = product(file, other).filter(|_| one.product != other.product) {
            product.mass_g = Some(((mass_g + off_g).max(2.0) * 10.0).round() / 10.0);
            product.mass_sd_g = Some(sd_g);
        }
    }
}

/// Puts light goods in the place of most others.
pub(crate) fn light(file: &mut StoreFile, rng: &mut Rng) {
    let mut light = stores::light_goods(200, rng).into_iter();
    let fits =
        |product: &ProductFile| product.mass_g.is_some_and(|grams| (LIGHT_G.0..=LIGHT_G.1).contains(&grams));
    for place in 0..file.products.len() {
        let Some(new) = light.find(fits).filter(|_| rng.chance(LIGHT_RATIO)) else { continue };
        let is_known = file.products.iter().any(|product| product.id == new.id);
        if is_known {
            continue;
        }
        let old = std::mem::replace(&mut file.products[place], new.clone());
        let replaced = file.facings.iter_mut().filter(|facing| facing.product == old.id);
        replaced.for_each(|facing| facing.product = new.id.clone());
    }
}

/// Lets products lie on two to four plates each.
pub(crate) fn wide_facings(file: &mut StoreFile, rng: &mut Rng) {
    let mut products =
        file.facings.iter().map(|facing| facing.product.clone()).collect::<Vec<_>>().into_iter();
    let mut facings = Vec::new();
    for gondola in &file.gondolas {
        for shelf in &gondola.shelves {
            let plate = |plate: &model::PlateFile| PlateId::new(gondola.id, shelf.id, plate.id);
            let mut plates: Vec<PlateId> = shelf.plates.iter().map(plate).collect();
            while !plates.is_empty() {
                let wide = rng.whole(2, 4) as usize;
                // A single plate left over joins the last facing.
                let wide = if plates.len() <= wide + 1 { plates.len() } else { wide };
                let Some(product) = products.next() else { break };
                facings.push(FacingFile { product, plates: plates.drain(..wide).collect() });
            }
        }
    }
    file.facings = facings;
    file.products.retain(|product| file.facings.iter().any(|facing| facing.product == product.id));
}

fn product<'a>(file: &'a mut StoreFile, facing: &FacingFile) -> Option<&'a mut ProductFile> {
    file.products.iter_mut().find(|product| product.id == facing.product)
}
