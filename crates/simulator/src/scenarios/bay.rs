//! Where scenes play: a gondola or a few, cut out of one of the stores.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use glam::{DQuat, DVec3};
use model::{GateFile, GondolaFile, ProductId, StoreFile};

use crate::{Rng, stores};

/// The stores that bays are cut from, all of one currency, so that money can be summed over scenes; a stadium stand has so few products that it comes up less often.
static STORES: LazyLock<[StoreFile; 4]> = LazyLock::new(|| {
    [
        stores::bare_nanostore_like(),
        stores::bare_corner_shop(),
        stores::bare_grocery(),
        stores::bare_stadium(),
    ]
});
const STADIUM_RATIO: f64 = 0.1;

/// A bay has at least this many plates, so that false alarms can show.
const PLATES_MIN: usize = 45;
/// The gates stand this far before the shelves, and this far beside the middle; metres.
const BEFORE_M: (f64, f64) = (2.2, 3.2);
const BESIDE_M: (f64, f64) = (0.6, 1.0);

/// Cuts a bay of at least this many gondolas that stand together.
pub(crate) fn cut(gondolas: usize, rng: &mut Rng) -> StoreFile {
    let store = if rng.chance(STADIUM_RATIO) { 3 } else { rng.whole(0, 2) as usize };
    let store = &STORES[store];
    let first = &store.gondolas[rng.whole(0, store.gondolas.len() as u32 - 1) as usize];
    let middle = span(first).middle();
    let mut near: Vec<&GondolaFile> = store.gondolas.iter().collect();
    near.sort_by(|one, other| {
        let far_m = |gondola| span(gondola).middle().distance(middle);
        far_m(*one).total_cmp(&far_m(*other))
    });
    let plates =
        |gondola: &GondolaFile| gondola.shelves.iter().map(|shelf| shelf.plates.len()).sum::<usize>();
    let mut chosen: Vec<GondolaFile> = Vec::new();
    for gondola in near {
        let enough = chosen.len() >= gondolas && chosen.iter().map(plates).sum::<usize>() >= PLATES_MIN;
        if !enough {
            chosen.push(gondola.clone());
        }
    }
    with_gondolas(store, chosen, outward(first), rng)
}

/// The store with these gondolas only, what lies on them, and gates before them.
fn with_gondolas(store: &StoreFile, gondolas: Vec<GondolaFile>, outward: DVec3, rng: &mut Rng) -> StoreFile {
    let ids: BTreeSet<u16> = gondolas.iter().map(|gondola| gondola.id).collect();
    let is_here =
        |facing: &&model::FacingFile| facing.plates.iter().all(|plate| ids.contains(&plate.gondola));
    let facings: Vec<_> = store.facings.iter().filter(is_here).cloned().collect();
    let laid: BTreeSet<&ProductId> = facings.iter().map(|facing| &facing.product).collect();
    let products = store.products.iter().filter(|product| laid.contains(&product.id)).cloned().collect();
    let whole = gondolas.iter().map(span).reduce(Span::and).unwrap_or_default();
    let before_m = whole.half_m(outward) + rng.uniform(BEFORE_M.0, BEFORE_M.1);
    let beside = outward.cross(DVec3::Z) * rng.uniform(BESIDE_M.0, BESIDE_M.1);
    let place = whole.middle() + outward * before_m;
    let gate = |id: &str, place: DVec3| GateFile { id: id.into(), position_m: Some(place.to_array()) };
    StoreFile {
        gates: vec![gate("gate-in", place + beside), gate("gate-out", place - beside)],
        facings: facings.clone(),
        products,
        gondolas,
        schema: store.schema.clone(),
        name: store.name.clone(),
        currency: store.currency,
        policy: store.policy.clone(),
        cameras: Vec::new(),
    }
}

/// A rectangle along the walls that holds something, by its corners on the floor.
#[derive(Clone, Copy, Debug, Default)]
struct Span {
    low: DVec3,
    high: DVec3,
}

impl Span {
    fn middle(&self) -> DVec3 {
        (self.low + self.high) / 2.0
    }

    fn and(self, other: Self) -> Self {
        Self { low: self.low.min(other.low), high: self.high.max(other.high) }
    }

    /// From the middle to the side in a direction.
    fn half_m(&self, direction: DVec3) -> f64 {
        ((self.high - self.low) * direction).abs().element_sum() / 2.0
    }
}

fn span(gondola: &GondolaFile) -> Span {
    let rotation = DQuat::from_scaled_axis(gondola.rotation_rad.into());
    let origin = DVec3::from(gondola.origin_m);
    let corners = gondola.shelves.iter().flat_map(|shelf| {
        let near = DVec3::from(shelf.origin_m);
        [near, near + DVec3::from(shelf.size_m)].map(|corner| (origin + rotation * corner).with_z(0.0))
    });
    let spans = corners.map(|corner| Span { low: corner, high: corner });
    spans.reduce(Span::and).unwrap_or_default()
}

/// Where a gondola opens to, rounded to an axis.
fn outward(gondola: &GondolaFile) -> DVec3 {
    (DQuat::from_scaled_axis(gondola.rotation_rad.into()) * DVec3::NEG_Y).round()
}

#[cfg(test)]
mod tests {
    use model::Store;

    use super::*;

    #[test]
    fn every_bay_is_a_store_with_enough_plates() {
        let mut names = BTreeSet::new();
        for seed in 0..100 {
            let file = cut(1 + seed as usize % 4, &mut Rng::new(seed, "bay"));
            names.insert(file.name.clone());
            let store = Store::new(file).unwrap();
            assert!((PLATES_MIN..=300).contains(&store.plates().len()), "{}", store.plates().len());
            assert!(store.file().gondolas.len() > seed as usize % 4);
        }
        assert_eq!(names.len(), 4);
    }
}
