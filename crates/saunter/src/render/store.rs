//! A store file in a few lines: what there is, and what will be missed.

use model::Store;
use tracking::Camera;

use super::{BOLD, Look, WARN, text};

/// Names shown of a list; the others are counted.
const NAMES_MAX: usize = 5;

/// Renders what a store holds, and remarks on what the engine can't do with it; ends with a line break.
pub(crate) fn summary(store: &Store, look: Look) -> String {
    let file = store.file();
    let number = |number: usize| number as u64;
    let lines = [
        format!(
            "{} on {} on {}",
            text::count(number(store.plates().len()), "plate"),
            text::count(number(file.gondolas.iter().map(|gondola| gondola.shelves.len()).sum()), "shelf")
                .replace("shelfs", "shelves"),
            text::count(number(file.gondolas.len()), "gondola"),
        ),
        format!(
            "{}, {}, {}",
            text::count(number(store.products().len()), "product"),
            text::count(number(store.facings().len()), "facing"),
            text::count(number(store.gates().len()), "gate"),
        ),
        format!(
            "charges from {} on; waits {} s for late records and {} s after the exit",
            text::percent(store.policy().charge_probability),
            store.policy().watermark_s,
            store.policy().settle_after_exit_s,
        ),
    ];
    let title = format!("{} ({})", text::plain(store.name()), store.currency().code());
    let mut page = format!("{}\n", look.paint(BOLD, &title));
    page.extend(lines.iter().map(|line| format!("  {line}\n")));
    page.extend(remarks(store).iter().map(|remark| format!("  {} {remark}\n", look.paint(WARN, "!"))));
    page
}

/// What is allowed but will cost: each with the names concerned.
fn remarks(store: &Store) -> Vec<String> {
    let products = |lacks: fn(&model::Product) -> bool| {
        store
            .products()
            .iter()
            .filter(|product| lacks(product))
            .map(|product| text::plain(&product.name))
            .collect()
    };
    let on_no_shelf = store
        .products()
        .iter()
        .enumerate()
        .filter(|(place, _)| !store.facings().iter().any(|facing| facing.product.0 as usize == *place))
        .map(|(_, product)| text::plain(&product.name))
        .collect();
    let empty_plates = store
        .plates()
        .iter()
        .filter(|plate| plate.products.is_empty())
        .map(|plate| plate.id.to_string())
        .collect();
    let unplaced_gates = store
        .gates()
        .iter()
        .filter(|gate| gate.position_m.is_none())
        .map(|gate| text::plain(gate.id.as_str()))
        .collect();
    [
        remark(
            "products without a mass, which scales can't recognise",
            products(|product| product.mass_g.is_none()),
        ),
        remark("products without a price, which go to review", products(|product| product.price.is_none())),
        remark("products that lie on no plate", on_no_shelf),
        remark("plates without a product", empty_plates),
        remark("gates without a position, whose passages must name the track", unplaced_gates),
    ]
    .into_iter()
    .flatten()
    .chain(store.cameras().iter().filter_map(|camera| Some(Camera::new(camera).err()?.to_string())))
    .collect()
}

fn remark(what: &str, names: Vec<String>) -> Option<String> {
    let shown = names.iter().take(NAMES_MAX).cloned().collect::<Vec<_>>().join(", ");
    let rest = if names.len() > NAMES_MAX { ", …" } else { "" };
    (!names.is_empty()).then(|| format!("{what} ({}): {shown}{rest}", names.len()))
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    #[test]
    fn a_store_in_a_few_lines() {
        insta::assert_snapshot!(summary(&samples::store(), Look { width: 90, colour: false }));
    }
}
