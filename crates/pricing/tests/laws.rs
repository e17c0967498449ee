//! What holds for every cart.

#![allow(clippy::unwrap_used, reason = "tests")]

use model::{Currency, ProductId, Time};
use pricing::{
    Deal, Item, LineRefund, PriceBasis, PriceError, PricePolicy, PricedLine, PricedReceipt, Promotion,
    Quantity, RefundError, Rounding, TaxPer, TaxRate, price, refund_part,
};
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use proptest::sample::select;

/// Few products, so that lines meet in promotions.
const PRODUCTS: [&str; 5] = ["beer", "cola", "nuts", "soap", "wine"];

fn policy() -> impl Strategy<Value = PricePolicy> {
    (
        select(vec![PriceBasis::TaxIncluded, PriceBasis::TaxAdded]),
        select(vec![TaxPer::Line, TaxPer::Receipt]),
        select(vec![Rounding::HalfUp, Rounding::HalfEven, Rounding::Down, Rounding::Up]),
    )
        .prop_map(|(basis, tax_per, rounding)| PricePolicy {
            currency: Currency::EUR,
            basis,
            tax_per,
            rounding,
        })
}

fn item(
    prices: impl Strategy<Value = i64>,
    counts: impl Strategy<Value = u32>,
) -> impl Strategy<Value = Item> {
    let tax = select(vec![0, 40_000, 70_000, 88_750, 190_000, 1_500_000]);
    (select(PRODUCTS.to_vec()), any::<bool>(), counts, 0..4_i64, prices, tax, 0..3_i64).prop_map(
        |(product, weighed, count, taken, unit_price, tax, deposit)| Item {
            product: product.into(),
            name: product.to_owned(),
            quantity: if weighed { Quantity::Grams(count * 37) } else { Quantity::Units(count) },
            taken: Time::from_nanos(taken),
            unit_price,
            tax: TaxRate(tax),
            deposit: if weighed { 0 } else { deposit * 25 },
        },
    )
}

fn cart() -> impl Strategy<Value = Vec<Item>> {
    // Often the same price, so that lines tie.
    vec(item(prop_oneof![0..700_i64, select(vec![5_i64, 99])], 0..9_u32), 0..10)
}

fn extreme_cart() -> impl Strategy<Value = Vec<Item>> {
    let prices = prop_oneof![Just(i64::MAX), 0..i64::MAX, 0..1000_i64, Just(-1_i64)];
    vec(item(prices, prop_oneof![0..3_u32, Just(u32::MAX / 37)]), 0..6)
}

fn deal() -> impl Strategy<Value = Deal> {
    prop_oneof![
        (0..4_u32, 1..3_u32).prop_map(|(pay, free)| Deal::CheapestFree { pay, free }),
        (1..5_u32, 0..900_i64).prop_map(|(units, price)| Deal::GroupPrice { units, price }),
        (1..=1_000_000_u32).prop_map(|millionths| Deal::ShareOff { millionths }),
        (1..300_i64).prop_map(|amount| Deal::AmountOff { amount }),
    ]
}

fn promotion() -> impl Strategy<Value = Promotion> {
    (btree_set(select(PRODUCTS.to_vec()), 1..4), 0..3_i64, 1..4_i64, deal()).prop_map(
        |(products, from, long, deal)| Promotion {
            name: format!("{deal:?}"),
            products: products.into_iter().map(ProductId::from).collect(),
            from: Time::from_nanos(from),
            until: Time::from_nanos(from + long),
            deal,
        },
    )
}

fn promotions() -> impl Strategy<Value = Vec<Promotion>> {
    vec(promotion(), 0..5)
}

fn sum(lines: &[PricedLine], amount: fn(&PricedLine) -> i64) -> i64 {
    lines.iter().map(amount).sum()
}

fn discount(line: &PricedLine) -> i64 {
    line.discounts.iter().map(|discount| discount.amount).sum()
}

fn saved(receipt: &PricedReceipt) -> i64 {
    sum(&receipt.lines, discount)
}

/// What tax is found on, and the exact tax as a fraction.
fn exact_tax(rate: TaxRate, net: i64, tax: i64, basis: PriceBasis) -> (i128, i128) {
    let rate = i128::from(rate.0);
    match basis {
        PriceBasis::TaxIncluded => (i128::from(net + tax) * rate, 1_000_000 + rate),
        PriceBasis::TaxAdded => (i128::from(net) * rate, 1_000_000),
    }
}

/// Whether `tax` is less than one minor unit from the exact fraction.
fn within_one(tax: i64, (numerator, denominator): (i128, i128)) -> bool {
    (i128::from(tax) * denominator - numerator).abs() < denominator
}

/// Nothing negative, and every sum right.
fn adds_up(receipt: &PricedReceipt) -> Result<(), TestCaseError> {
    for line in &receipt.lines {
        prop_assert!(line.net >= 0 && line.tax >= 0 && line.deposit >= 0, "negative: {line:?}");
        prop_assert_eq!(line.net + line.tax + line.deposit, line.total);
        prop_assert!(line.discounts.iter().all(|discount| discount.amount > 0), "empty discount: {line:?}");
        prop_assert!(discount(line) <= line.shelf_price(receipt.basis));
    }
    prop_assert_eq!(sum(&receipt.lines, |line| line.net), receipt.net);
    prop_assert_eq!(sum(&receipt.lines, |line| line.tax), receipt.tax);
    prop_assert_eq!(sum(&receipt.lines, |line| line.deposit), receipt.deposit);
    prop_assert_eq!(sum(&receipt.lines, |line| line.total), receipt.total);
    prop_assert_eq!(receipt.taxes.iter().map(|sum| sum.net).sum::<i64>(), receipt.net);
    prop_assert_eq!(receipt.taxes.iter().map(|sum| sum.tax).sum::<i64>(), receipt.tax);
    prop_assert_eq!(receipt.net + receipt.tax + receipt.deposit, receipt.total);
    Ok(())
}

/// Gives back all of a line in the parts the weights say.
fn give_back(line: &PricedLine, cuts: &[u32]) -> Vec<LineRefund> {
    let (of, measure): (u32, fn(u32) -> Quantity) = match line.quantity {
        Quantity::Units(units) => (units, Quantity::Units),
        Quantity::Grams(grams) => (grams, Quantity::Grams),
    };
    let mut already = 0;
    let mut refunds = Vec::new();
    for cut in cuts.iter().map(|cut| cut % (of + 1)).chain([of]) {
        let part = cut.min(of - already);
        refunds.push(refund_part(line, measure(already), measure(part)).unwrap());
        already += part;
    }
    refunds
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1000) })]

    #[test]
    fn everything_adds_up(cart in cart(), policy in policy(), promotions in promotions()) {
        let receipt = price(&cart, &policy, &promotions).unwrap();
        adds_up(&receipt)?;
        let told: Vec<_> = receipt.lines.iter().map(|line| (&line.product, line.quantity)).collect();
        let taken: Vec<_> = cart.iter().map(|item| (&item.product, item.quantity)).collect();
        prop_assert_eq!(told, taken);
    }

    #[test]
    fn rounding_never_drifts(cart in cart(), policy in policy(), promotions in promotions()) {
        let receipt = price(&cart, &policy, &promotions).unwrap();
        for line in &receipt.lines {
            let exact = exact_tax(line.tax_rate, line.net, line.tax, policy.basis);
            prop_assert!(within_one(line.tax, exact), "{line:?}");
        }
        if policy.tax_per == TaxPer::Receipt {
            for sum in &receipt.taxes {
                let exact = exact_tax(sum.rate, sum.net, sum.tax, policy.basis);
                prop_assert!(within_one(sum.tax, exact), "{sum:?}");
            }
        }
    }

    #[test]
    fn the_order_of_the_cart_changes_nothing(
        (cart, shuffled) in cart().prop_flat_map(|cart| (Just(cart.clone()), Just(cart).prop_shuffle())),
        policy in policy(),
        promotions in promotions(),
    ) {
        let one = price(&cart, &policy, &promotions).unwrap();
        let other = price(&shuffled, &policy, &promotions).unwrap();
        prop_assert_eq!((one.total, &one.taxes), (other.total, &other.taxes));
        let sorted = |receipt: PricedReceipt| {
            let mut lines: Vec<String> = receipt.lines.iter().map(|line| format!("{line:?}")).collect();
            lines.sort();
            lines
        };
        prop_assert_eq!(sorted(one), sorted(other));
    }

    #[test]
    fn promotions_together_save_no_less_than_any_alone(
        cart in cart(),
        policy in policy(),
        promotions in promotions(),
    ) {
        let together = saved(&price(&cart, &policy, &promotions).unwrap());
        for alone in &promotions {
            let alone = saved(&price(&cart, &policy, std::slice::from_ref(alone)).unwrap());
            prop_assert!(together >= alone, "together {together}, alone {alone}");
        }
    }

    #[test]
    fn of_a_group_the_shopper_gets_what_counting_unit_by_unit_gives(
        cart in cart(),
        policy in policy(),
        pay in 0..4_u32,
        free in 1..3_u32,
    ) {
        let products = PRODUCTS.into_iter().map(ProductId::from).collect();
        let deal = Deal::CheapestFree { pay, free };
        let promotion =
            Promotion { name: String::new(), products, from: Time::MIN, until: Time::MAX, deal };
        let mut prices = Vec::new();
        for item in &cart {
            if let Quantity::Units(units) = item.quantity {
                prices.extend((0..units).map(|_| item.unit_price));
            }
        }
        prices.sort_by_key(|&price| std::cmp::Reverse(price));
        let groups = prices.chunks_exact((pay + free) as usize);
        let wanted: i64 = groups.flat_map(|group| &group[pay as usize..]).sum();
        prop_assert_eq!(saved(&price(&cart, &policy, &[promotion]).unwrap()), wanted);
    }

    #[test]
    fn refunds_of_all_parts_give_back_what_was_paid(
        cart in cart(),
        policy in policy(),
        promotions in promotions(),
        cuts in vec(0..400_u32, 0..6),
    ) {
        for line in price(&cart, &policy, &promotions).unwrap().lines {
            let refunds = give_back(&line, &cuts);
            for refund in &refunds {
                prop_assert!(refund.net >= 0 && refund.tax >= 0 && refund.deposit >= 0, "{refund:?}");
                prop_assert_eq!(refund.net + refund.tax + refund.deposit, refund.total);
            }
            let all = |amount: fn(&LineRefund) -> i64| refunds.iter().map(amount).sum::<i64>();
            prop_assert_eq!(all(|refund| refund.net), line.net);
            prop_assert_eq!(all(|refund| refund.tax), line.tax);
            prop_assert_eq!(all(|refund| refund.deposit), line.deposit);
            prop_assert_eq!(all(|refund| refund.total), line.total);
        }
    }

    #[test]
    fn a_unit_of_deposit_comes_back_whole(cart in cart(), policy in policy(), before in 0..8_u32) {
        for (item, line) in cart.iter().zip(price(&cart, &policy, &[]).unwrap().lines) {
            if let Quantity::Units(units) = line.quantity && before < units {
                let refund = refund_part(&line, Quantity::Units(before), Quantity::Units(1)).unwrap();
                prop_assert_eq!(refund.deposit, item.deposit);
            }
        }
    }

    #[test]
    fn amounts_too_large_are_refused_and_never_wrap(
        cart in extreme_cart(),
        policy in policy(),
        promotions in promotions(),
    ) {
        let exact = shelf(&cart);
        match price(&cart, &policy, &promotions) {
            Ok(receipt) => {
                adds_up(&receipt)?;
                let shelf: i128 =
                    receipt.lines.iter().map(|line| i128::from(line.shelf_price(policy.basis))).sum();
                // Prices by weight are rounded, each by less than one.
                prop_assert!((shelf - exact).abs() <= cart.len() as i128);
            }
            Err(PriceError::Negative { amount, .. }) => prop_assert!(amount < 0),
            Err(PriceError::TooMuch { .. }) => {
                // 150 % is the highest rate here, 50 the highest deposit.
                let units = i128::from(u32::MAX) * cart.len() as i128;
                prop_assert!(exact * 5 / 2 + units * 50 > i128::from(i64::MAX));
            }
            Err(other) => prop_assert!(false, "{other}"),
        }
    }

    #[test]
    fn a_stored_line_is_refunded_or_refused_and_never_wraps(
        amounts in any::<[i64; 4]>(),
        of in any::<u32>(),
        before in any::<u32>(),
        now in any::<u32>(),
    ) {
        let refund = |[net, tax, deposit, total]: [i64; 4]| {
            refund_part(&stored(net, tax, deposit, total, of), Quantity::Grams(before), Quantity::Grams(now))
        };
        prop_assert_eq!(refund(amounts), Err(RefundError::BrokenLine));
        for amounts in [[i64::MAX, 0, 0, i64::MAX], [0, i64::MAX - 1, 1, i64::MAX]] {
            match refund(amounts) {
                Ok(refund) => prop_assert!(refund.total >= 0),
                Err(error) => {
                    prop_assert!(u64::from(before) + u64::from(now) > u64::from(of));
                    let too_much = matches!(error, RefundError::TooMuch { .. });
                    prop_assert!(too_much, "{}", error);
                }
            }
        }
    }
}

/// A line sold by weight as a database might hold it, sound or not.
fn stored(net: i64, tax: i64, deposit: i64, total: i64, grams: u32) -> PricedLine {
    PricedLine {
        product: "nuts".into(),
        name: "Nuts".to_owned(),
        quantity: Quantity::Grams(grams),
        unit_price: 0,
        discounts: Vec::new(),
        net,
        tax_rate: TaxRate(0),
        tax,
        deposit,
        total,
    }
}

/// Exact shelf price of a cart, in whole minor units rounded down.
fn shelf(cart: &[Item]) -> i128 {
    let thousandths = cart.iter().map(|item| match item.quantity {
        Quantity::Units(units) => i128::from(item.unit_price) * i128::from(units) * 1000,
        Quantity::Grams(grams) => i128::from(item.unit_price) * i128::from(grams),
    });
    thousandths.sum::<i128>() / 1000
}
