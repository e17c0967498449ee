//! Which products are hard to tell: each coloured by how often somebody had to look, and the same as a table.

use maud::{Markup, html};
use office::{ProductTally, Tally};

use super::desk::Desk;
use super::heat::{Counts, key};
use super::words::share;

/// Products of the map.
const BOXES: usize = 60;
/// Rows of the table.
const ROWS: usize = 20;

/// The map, with the same as a table.
pub(super) fn by_product(desk: &Desk, tally: &Tally) -> Markup {
    let products = hottest(tally);
    html! {
        section.card {
            h2 { (desk.say("Doubts by product", "Zweifel je Produkt")) }
            @if products.is_empty() { p.empty-state { (desk.say("Nothing is known yet.", "Noch ist nichts bekannt.")) } } @else {
                ul.heats {
                    @for product in products.iter().take(BOXES) {
                        @let counts = counts(product);
                        li class={ "h" (counts.level()) } { (product.name) span.number { (counts) } }
                    }
                }
                @if products.len() > BOXES {
                    p.small { (products.len() - BOXES) " " (desk.say("more products with fewer doubts", "weitere Produkte mit weniger Zweifeln")) }
                }
                (key())
                details {
                    summary { (desk.say("As a table", "Als Tabelle")) }
                    (table(desk, &products))
                }
                p.small { (desk.say("Lines that somebody had to look at, of all lines of carts.", "Zeilen, die jemand ansehen musste, von allen Zeilen der Körbe.")) }
            }
        }
    }
}

/// What was in a cart, the most doubts first.
fn hottest(tally: &Tally) -> Vec<&ProductTally> {
    let mut products: Vec<&ProductTally> =
        tally.products.values().filter(|product| product.lines > 0).collect();
    products.sort_by(|one, other| {
        // Of as many doubts, those of fewer lines say more.
        let hot = other.doubtful.cmp(&one.doubtful).then(one.lines.cmp(&other.lines));
        hot.then_with(|| one.name.cmp(&other.name))
    });
    products
}

fn counts(product: &ProductTally) -> Counts {
    Counts { all: product.lines, doubtful: product.doubtful }
}

fn table(desk: &Desk, products: &[&ProductTally]) -> Markup {
    let doubted: Vec<_> = products.iter().filter(|product| product.doubtful + product.refunded > 0).collect();
    html! {
        @if doubted.is_empty() { p.empty-state { (desk.say("No doubts, no refunds.", "Keine Zweifel, keine Erstattungen.")) } } @else {
            div.wide { table {
                thead { tr {
                    th scope="col" { (desk.say("Product", "Produkt")) }
                    th.number scope="col" { (desk.say("Lines", "Zeilen")) }
                    th.number scope="col" { (desk.say("In doubt", "Im Zweifel")) }
                    th.number scope="col" { (desk.say("Given back", "Erstattet")) }
                } }
                tbody { @for product in doubted.iter().take(ROWS) { tr {
                    td { (product.name) }
                    td.number { (product.lines) }
                    td.number { (product.doubtful) " = " (share(product.doubtful, product.lines)) }
                    td.number { (product.refunded) }
                } } }
            } }
            @if doubted.len() > ROWS { p.small { (doubted.len() - ROWS) " " (desk.say("more products", "weitere Produkte")) } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_doubted_most_stands_first_and_what_was_in_no_cart_nowhere() {
        let product = |name: &str, doubtful, lines| {
            let name = name.to_owned();
            (name.as_str().into(), ProductTally { name, doubtful, lines, ..ProductTally::default() })
        };
        let all =
            [product("cola", 1, 9), product("wine", 3, 30), product("beer", 0, 4), product("jam", 1, 2)];
        let refunded = product("soap", 0, 0);
        let tally = Tally { products: all.into_iter().chain([refunded]).collect(), ..Tally::default() };
        let names: Vec<&str> = hottest(&tally).iter().map(|product| product.name.as_str()).collect();
        assert_eq!(names, ["wine", "jam", "cola", "beer"]);
    }
}
