//! Receipts worked out by hand, from law, documents and shop windows.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use model::{Currency, Time};
use pricing::{
    Deal, Item, PriceBasis, PriceError, PricePolicy, PricedLine, PricedReceipt, Promotion, Quantity,
    Rounding, TaxPer, TaxRate, price,
};

const EURO: PricePolicy = PricePolicy {
    currency: Currency::EUR,
    basis: PriceBasis::TaxIncluded,
    tax_per: TaxPer::Line,
    rounding: Rounding::HalfUp,
};

const DOLLAR: PricePolicy =
    PricePolicy { currency: Currency::USD, basis: PriceBasis::TaxAdded, tax_per: TaxPer::Line, ..EURO };

fn per_receipt(policy: PricePolicy) -> PricePolicy {
    PricePolicy { tax_per: TaxPer::Receipt, ..policy }
}

/// Units of a product at a price and a tax in percent, taken at 100 ns.
fn units(product: &str, count: u32, unit_price: i64, percent: u32) -> Item {
    Item {
        product: product.into(),
        name: product.to_owned(),
        quantity: Quantity::Units(count),
        taken: Time::from_nanos(100),
        unit_price,
        tax: TaxRate(percent * 10_000),
        deposit: 0,
    }
}

fn grams(product: &str, grams: u32, price_per_kilogram: i64, percent: u32) -> Item {
    Item { quantity: Quantity::Grams(grams), ..units(product, 0, price_per_kilogram, percent) }
}

fn promotion(name: &str, products: &[&str], deal: Deal) -> Promotion {
    Promotion {
        name: name.to_owned(),
        products: products.iter().map(|&product| product.into()).collect(),
        from: Time::from_nanos(0),
        until: Time::from_nanos(1000),
        deal,
    }
}

fn priced(items: &[Item], policy: PricePolicy, promotions: &[Promotion]) -> PricedReceipt {
    price(items, &policy, promotions).unwrap()
}

fn net_and_tax(line: &PricedLine) -> (i64, i64) {
    (line.net, line.tax)
}

/// The discounts of a line as "name amount".
fn discounts(line: &PricedLine) -> Vec<String> {
    line.discounts.iter().map(|discount| format!("{} {}", discount.name, discount.amount)).collect()
}

#[test]
fn the_tax_in_a_price_is_rounded_and_the_rest_is_net() {
    // 2.99 with 4 % in it: 0.115 is tax. Rounding the tax gives 0.12, rounding the net would give 0.11.
    let tax = |rounding| {
        let policy = PricePolicy { rounding, ..EURO };
        net_and_tax(&priced(&[units("bread", 1, 299, 4)], policy, &[]).lines[0])
    };
    assert_eq!(tax(Rounding::HalfUp), (287, 12));
    assert_eq!(tax(Rounding::HalfEven), (287, 12));
    assert_eq!(tax(Rounding::Down), (288, 11));
    assert_eq!(tax(Rounding::Up), (287, 12));
}

#[test]
fn tax_on_top_follows_the_streamlined_sales_tax_rule() {
    // Section 324 A: up whenever the third decimal place is greater than four.
    for (price, tax) in [(1_00, 8), (55, 4), (56, 4), (57, 5), (10_06, 80), (10_07, 81)] {
        let line = &priced(&[units("pen", 1, price, 8)], DOLLAR, &[]).lines[0];
        assert_eq!(net_and_tax(line), (price, tax), "8 % on {price}");
    }
    // New York City's 8.875 % on 9.99 is 0.8866.
    let item = Item { tax: TaxRate(88_750), ..units("book", 1, 9_99, 0) };
    assert_eq!(priced(&[item], DOLLAR, &[]).total().to_string(), "10.88 USD");
}

#[test]
fn tax_by_item_and_by_invoice_differ_as_the_law_lets_them() {
    // Section 324 B. Ten pens of 0.07 on ten lines with 8 %: 0.0056 each is 0.1, 0.056 together is 0.06.
    let pens = vec![units("pen", 1, 7, 8); 10];
    assert_eq!(priced(&pens, DOLLAR, &[]).tax, 10);
    let receipt = priced(&pens, per_receipt(DOLLAR), &[]);
    assert_eq!(receipt.tax, 6);
    let taxes: Vec<i64> = receipt.lines.iter().map(|line| line.tax).collect();
    assert_eq!(taxes, [1, 1, 1, 1, 1, 1, 0, 0, 0, 0]);
}

#[test]
fn each_rate_is_summed_by_itself_lowest_first() {
    let cart = [units("wine", 1, 7_99, 19), units("milk", 2, 1_19, 7), units("stamp", 1, 95, 0)];
    for policy in [EURO, per_receipt(EURO)] {
        let receipt = priced(&cart, policy, &[]);
        // 7.99 · 19/119 = 1.2757; 2.38 · 7/107 = 0.1557.
        let sums: Vec<_> = receipt.taxes.iter().map(|sum| (sum.rate.to_string(), sum.net, sum.tax)).collect();
        let wanted = [("0 %", 95, 0), ("7 %", 222, 16), ("19 %", 671, 128)];
        assert_eq!(sums, wanted.map(|(rate, net, tax)| (rate.to_owned(), net, tax)));
        assert_eq!((receipt.net, receipt.tax, receipt.total), (988, 144, 1132));
    }
}

#[test]
fn a_weighed_thing_costs_its_grams_of_a_kilogram() {
    // 0.250 kg × 2.99 is 0.7475; 0.5 g of a cent goes where the rule says: 0.125 kg × 0.20 is 0.025.
    assert_eq!(priced(&[grams("apples", 250, 2_99, 0)], EURO, &[]).total, 75);
    let half = |rounding| priced(&[grams("salt", 125, 20, 0)], PricePolicy { rounding, ..EURO }, &[]).total;
    assert_eq!(half(Rounding::HalfUp), 3);
    assert_eq!(half(Rounding::HalfEven), 2);
    assert_eq!(half(Rounding::Down), 2);
    assert_eq!(half(Rounding::Up), 3);
}

#[test]
fn a_deposit_is_neither_taxed_nor_discounted() {
    let cola = Item { deposit: 25, ..units("cola", 2, 1_19, 19) };
    let half = promotion("Half price", &["cola"], Deal::ShareOff { millionths: 500_000 });
    let line = &priced(&[cola], EURO, &[half]).lines[0];
    // 2.38 halved is 1.19, of which 0.19 is tax; and twice 0.25.
    assert_eq!((line.net, line.tax, line.deposit, line.total), (100, 19, 50, 169));
    assert_eq!(line.shelf_price(PriceBasis::TaxIncluded), 238);
}

#[test]
fn an_empty_cart_costs_nothing() {
    let receipt = priced(&[], EURO, &[]);
    assert_eq!((receipt.lines.len(), receipt.taxes.len(), receipt.total), (0, 0, 0));
    let receipt = priced(&[units("cola", 0, 99, 19), grams("apples", 0, 299, 7)], per_receipt(EURO), &[]);
    assert_eq!((receipt.lines.len(), receipt.total), (2, 0));
}

#[test]
fn of_three_the_cheapest_is_free_and_dear_ones_go_together() {
    let three_for_two =
        promotion("3 for 2", &["beer", "wine", "water"], Deal::CheapestFree { pay: 2, free: 1 });
    let saved = |cart: &[Item]| {
        let receipt = priced(cart, EURO, std::slice::from_ref(&three_for_two));
        cart.iter().map(|item| item.unit_price * units_of(item)).sum::<i64>() - receipt.total
    };
    assert_eq!(saved(&[units("beer", 2, 1_00, 0)]), 0);
    assert_eq!(saved(&[units("beer", 3, 1_00, 0)]), 1_00);
    assert_eq!(saved(&[units("beer", 8, 1_00, 0)]), 2_00);
    assert_eq!(saved(&[units("beer", 1, 1_00, 0), units("wine", 1, 5_00, 0), units("water", 1, 40, 0)]), 40);
    // Three wines (5.00 free), then a beer, a beer and a water (0.40 free).
    assert_eq!(
        saved(&[units("water", 1, 40, 0), units("wine", 3, 5_00, 0), units("beer", 2, 1_00, 0)]),
        5_40
    );
    // Others do not count.
    assert_eq!(saved(&[units("beer", 2, 1_00, 0), units("bread", 1, 1_00, 0)]), 0);
}

fn units_of(item: &Item) -> i64 {
    match item.quantity {
        Quantity::Units(units) => units.into(),
        Quantity::Grams(_) => panic!("only units here"),
    }
}

#[test]
fn a_discount_on_several_lines_is_split_by_their_prices() {
    let three_for_two = promotion("3 for 2", &["beer", "wine"], Deal::CheapestFree { pay: 2, free: 1 });
    let receipt = priced(&[units("wine", 1, 5_00, 20), units("beer", 2, 1_00, 10)], EURO, &[three_for_two]);
    // 1.00 off 7.00: 0.714 of it off the wine, 0.286 off the beers.
    assert_eq!(discounts(&receipt.lines[0]), ["3 for 2 71"]);
    assert_eq!(discounts(&receipt.lines[1]), ["3 for 2 29"]);
    assert_eq!(receipt.total, 6_00);
}

#[test]
fn a_group_price_holds_only_where_it_is_cheaper() {
    let three = promotion("3 for 5.00", &["soap", "sponge"], Deal::GroupPrice { units: 3, price: 5_00 });
    let total = |cart: &[Item]| priced(cart, EURO, std::slice::from_ref(&three)).total;
    assert_eq!(total(&[units("soap", 3, 1_99, 0)]), 5_00);
    assert_eq!(total(&[units("soap", 7, 1_99, 0)]), 11_99);
    assert_eq!(total(&[units("sponge", 3, 99, 0)]), 2_97);
    // The dear ones together: 1.99 + 1.99 + 1.49 for 5.00, and a sponge of 1.49 alone.
    assert_eq!(total(&[units("sponge", 2, 1_49, 0), units("soap", 2, 1_99, 0)]), 6_49);
}

#[test]
fn an_amount_off_is_for_each_unit_or_kilogram_and_stops_at_nothing() {
    let off = promotion("0.50 off", &["tea", "gum", "nuts"], Deal::AmountOff { amount: 50 });
    let cart = [units("tea", 2, 2_00, 0), units("gum", 2, 30, 0), grams("nuts", 300, 9_99, 0)];
    let receipt = priced(&cart, EURO, &[off]);
    let totals: Vec<i64> = receipt.lines.iter().map(|line| line.total).collect();
    assert_eq!(totals, [3_00, 0, 2_85]);
}

#[test]
fn weighed_goods_take_no_part_in_groups() {
    let deal = Deal::CheapestFree { pay: 1, free: 1 };
    let receipt =
        priced(&vec![grams("nuts", 300, 10_00, 0); 2], EURO, &[promotion("2 for 1", &["nuts"], deal)]);
    assert_eq!(receipt.total, 6_00);
}

#[test]
fn the_moment_of_taking_decides() {
    let happy_hour = promotion("Happy hour", &["beer"], Deal::ShareOff { millionths: 200_000 });
    let at = |nanos| Item { taken: Time::from_nanos(nanos), ..units("beer", 1, 1_00, 0) };
    let receipt = priced(&[at(-1), at(0), at(999), at(1000)], EURO, &[happy_hour]);
    let totals: Vec<i64> = receipt.lines.iter().map(|line| line.total).collect();
    assert_eq!(totals, [1_00, 80, 80, 1_00]);
}

#[test]
fn each_unit_goes_to_the_promotion_that_saves_it_most() {
    let tenth = promotion("10 % off", &["beer", "wine"], Deal::ShareOff { millionths: 100_000 });
    let three_for_two = promotion("3 for 2", &["beer"], Deal::CheapestFree { pay: 2, free: 1 });
    let receipt =
        priced(&[units("beer", 4, 1_00, 0), units("wine", 9, 5_00, 0)], EURO, &[tenth, three_for_two]);
    // Three beers save 0.33 each by the second; the fourth only 0.10 by the first.
    assert_eq!(discounts(&receipt.lines[0]), ["10 % off 10", "3 for 2 100"]);
    assert_eq!(discounts(&receipt.lines[1]), ["10 % off 450"]);
}

#[test]
fn of_promotions_that_save_the_same_the_first_in_the_list_goes() {
    let half = promotion("Half price", &["beer"], Deal::ShareOff { millionths: 500_000 });
    let off = promotion("0.50 off", &["beer"], Deal::AmountOff { amount: 50 });
    let name = |promotions: &[Promotion]| {
        priced(&[units("beer", 2, 1_00, 0)], EURO, promotions).lines[0].discounts[0].name.clone()
    };
    assert_eq!(name(&[half.clone(), off.clone()]), "Half price");
    assert_eq!(name(&[off, half]), "0.50 off");
}

#[test]
fn a_promotion_that_would_starve_a_better_one_stands_back() {
    // Half price saves 2.00 on the soap, more a unit than the third free does; but without the soap there
    // is no third.
    let half = promotion("Half price", &["soap"], Deal::ShareOff { millionths: 500_000 });
    let any = promotion("3 for 2", &["soap", "balm", "cream"], Deal::CheapestFree { pay: 2, free: 1 });
    let cart = ["soap", "balm", "cream"].map(|product| units(product, 1, 4_00, 0));
    assert_eq!(priced(&cart, EURO, &[half, any]).total, 8_00);
}

#[test]
fn a_promotion_is_weighed_by_what_it_saves_on_a_unit() {
    // A group saves 1.00 at once, but 0.33 a unit; 40 % off saves 0.40 a unit. The same twice over, so that
    // trying one promotion first is not enough.
    let share = Deal::ShareOff { millionths: 400_000 };
    let group = Deal::CheapestFree { pay: 2, free: 1 };
    let (hot, cold) = (["tea", "mate", "cocoa"], ["cola", "juice", "water"]);
    let promotions = [
        promotion("3 for 2, hot", &hot, group),
        promotion("3 for 2, cold", &cold, group),
        promotion("40 % off hot", &hot, share),
        promotion("40 % off cold", &cold, share),
    ];
    let cart: Vec<Item> = hot.into_iter().chain(cold).map(|product| units(product, 1, 1_00, 0)).collect();
    assert_eq!(priced(&cart, EURO, &promotions).total, 3_60);
}

#[test]
fn four_billion_units_are_priced_at_once() {
    let three_for_two = promotion("3 for 2", &["screw"], Deal::CheapestFree { pay: 2, free: 1 });
    let receipt = priced(&[units("screw", u32::MAX, 1, 0)], EURO, &[three_for_two]);
    assert_eq!(receipt.total, i64::from(u32::MAX / 3 * 2));
}

#[test]
fn an_odd_cent_goes_to_the_same_line_in_any_order() {
    let pair = promotion("2 for 1", &["gum"], Deal::CheapestFree { pay: 1, free: 1 });
    let cart = [units("gum", 1, 5, 0), units("gum", 1, 5, 100)];
    let reversed = [cart[1].clone(), cart[0].clone()];
    let taxes = |cart: &[Item]| priced(cart, EURO, std::slice::from_ref(&pair)).taxes;
    assert_eq!(taxes(&cart), taxes(&reversed));
}

#[test]
fn lines_come_in_the_order_of_the_cart() {
    let cart = ["water", "beer", "wine"].map(|product| units(product, 1, 1_00, 0));
    let names: Vec<String> = priced(&cart, EURO, &[]).lines.into_iter().map(|line| line.name).collect();
    assert_eq!(names, ["water", "beer", "wine"]);
}

#[test]
fn a_cart_that_cannot_be_priced_says_whose_fault_it_is() {
    let told = |item: Item| price(&[units("water", 1, 99, 0), item], &EURO, &[]).unwrap_err().to_string();
    assert!(told(units("cola", 1, -99, 0)).starts_with("cola has a price of -99 minor units: set it"));
    assert!(told(Item { deposit: -25, ..units("cola", 1, 99, 0) }).starts_with("cola has a deposit of -25"));
    assert!(told(Item { deposit: 25, ..grams("nuts", 100, 99, 0) }).contains("nuts is sold by weight"));
    assert!(told(units("gold", 2, i64::MAX, 0)).contains("of which gold costs most"));
    let never = promotion("Never", &[], Deal::AmountOff { amount: 1 });
    assert!(matches!(price(&[], &EURO, &[never]), Err(PriceError::Promotion(_))));
}

#[test]
fn the_largest_amount_is_priced_and_the_next_refused() {
    let cart = |units_price, deposit, percent| {
        [Item { deposit, ..units("gold", 1, units_price, percent) }, units("air", u32::MAX, 0, 19)]
    };
    assert_eq!(priced(&cart(i64::MAX, 0, 19), EURO, &[]).total, i64::MAX);
    assert_eq!(priced(&cart(i64::MAX - 1, 1, 19), per_receipt(EURO), &[]).total, i64::MAX);
    for (cart, policy) in [(cart(i64::MAX, 1, 0), EURO), (cart(i64::MAX, 0, 1), DOLLAR)] {
        assert!(matches!(price(&cart, &policy, &[]), Err(PriceError::TooMuch { .. })));
    }
    let bottle = Item { deposit: 1, ..units("water", 1, 0, 0) };
    assert!(
        price(&[units("gold", 1, i64::MAX, 0), bottle], &EURO, &[]).is_err(),
        "each line fits, both do not"
    );
    let deal = Deal::CheapestFree { pay: u32::MAX, free: u32::MAX };
    let all = promotion("All", &["gold", "air"], deal);
    assert_eq!(priced(&cart(i64::MAX, 0, 19), EURO, &[all]).total, i64::MAX);
}
