//! The tax of each line.

use std::collections::{BTreeMap, BTreeSet};

use crate::{PriceBasis, PricePolicy, PricedLine, TaxPer, TaxRate, TaxSum, share};

/// The whole, in millionths.
const WHOLE: i128 = 1_000_000;

/// The tax of each line in minor units, from its rate and its price after discounts.
///
/// The tax is what is rounded, and the rest of an inclusive price is net: of 2.99 with 4 % in it, 0.115 is
/// tax, so half up gives 0.12 (and 2.87 net), where rounding the net 2.875 up would leave 0.11.
pub(crate) fn of_lines(lines: &[(TaxRate, i128)], policy: &PricePolicy) -> Vec<i128> {
    match policy.tax_per {
        TaxPer::Line => lines.iter().map(|&(rate, price)| rounded(rate, price, policy)).collect(),
        TaxPer::Receipt => of_receipt(lines, policy),
    }
}

/// Rounds the tax of each rate once, and splits it over the lines of that rate.
fn of_receipt(lines: &[(TaxRate, i128)], policy: &PricePolicy) -> Vec<i128> {
    let mut taxes = vec![0; lines.len()];
    let rates: BTreeSet<TaxRate> = lines.iter().map(|&(rate, _)| rate).collect();
    for rate in rates {
        let at_rate: Vec<usize> = (0..lines.len()).filter(|&line| lines[line].0 == rate).collect();
        let sum = at_rate.iter().map(|&line| lines[line].1).sum();
        let (share, whole) = fraction(rate, policy.basis);
        let exact: Vec<i128> = at_rate.iter().map(|&line| lines[line].1 * share).collect();
        let parts = share::split(rounded(rate, sum, policy), &exact, whole);
        for (line, part) in at_rate.into_iter().zip(parts) {
            taxes[line] = part;
        }
    }
    taxes
}

/// The tax in, or on, a price.
fn rounded(rate: TaxRate, price: i128, policy: &PricePolicy) -> i128 {
    let (share, whole) = fraction(rate, policy.basis);
    policy.rounding.divide(price * share, whole)
}

/// Which fraction of a price its tax is.
fn fraction(rate: TaxRate, basis: PriceBasis) -> (i128, i128) {
    let rate = i128::from(rate.0);
    match basis {
        PriceBasis::TaxIncluded => (rate, WHOLE + rate),
        PriceBasis::TaxAdded => (rate, WHOLE),
    }
}

/// The tax of a receipt by rate, lowest rate first.
pub(crate) fn sums(lines: &[PricedLine]) -> Vec<TaxSum> {
    let mut sums = BTreeMap::<TaxRate, TaxSum>::new();
    for line in lines {
        let sum = sums.entry(line.tax_rate).or_insert(TaxSum { rate: line.tax_rate, net: 0, tax: 0 });
        sum.net += line.net;
        sum.tax += line.tax;
    }
    sums.into_values().collect()
}
