//! Receipts as shoppers get them, one for each thing that can be on one. Their sums are made here, not looked up.

#![allow(dead_code, unreachable_pub, clippy::unwrap_used, reason = "shared by several tests and an example")]

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use model::{Currency, ProductId, Time};
use payments::LastFour;
use pricing::{Discount, PriceBasis, PricedLine, PricedReceipt, Quantity, TaxRate, TaxSum};
use receipts::{
    CardMark, Charge, ChargeKind, Language, Link, Parts, Payment, ReceiptDocument, ReceiptNumber, RefundLine,
    RefundNote, RefundReason, ReviewOutcome, StoreDetails, Visit, Zone,
};

/// 24 November 2026, 13:05 UTC.
pub const ENTERED: Time = Time::from_nanos(1_795_525_500_000_000_000);
const REDUCED: TaxRate = TaxRate(70_000);
const FULL: TaxRate = TaxRate(190_000);

/// A line's shelf price, before its parts are known.
pub struct Bought {
    pub name: &'static str,
    pub product: &'static str,
    pub quantity: Quantity,
    pub unit_price: i64,
    pub off: Vec<(&'static str, i64)>,
    pub rate: TaxRate,
    pub deposit: i64,
}

pub fn bought(name: &'static str, units: u32, unit_price: i64, rate: TaxRate) -> Bought {
    let quantity = Quantity::Units(units);
    Bought { name, product: "4006381333931", quantity, unit_price, off: Vec::new(), rate, deposit: 0 }
}

impl Bought {
    fn line(self, basis: PriceBasis) -> PricedLine {
        let shelf = match self.quantity {
            Quantity::Units(units) => i64::from(units) * self.unit_price,
            Quantity::Grams(grams) => (i64::from(grams) * self.unit_price + 500) / 1000,
        };
        let price = shelf - self.off.iter().map(|(_, amount)| amount).sum::<i64>();
        let rate = i64::from(self.rate.0);
        let (net, tax) = match basis {
            PriceBasis::TaxIncluded => {
                let net = (price * 1_000_000 + (1_000_000 + rate) / 2) / (1_000_000 + rate);
                (net, price - net)
            }
            PriceBasis::TaxAdded => (price, (price * rate + 500_000) / 1_000_000),
        };
        PricedLine {
            product: ProductId::from(self.product),
            name: self.name.to_owned(),
            quantity: self.quantity,
            unit_price: self.unit_price,
            discounts: self
                .off
                .into_iter()
                .map(|(name, amount)| Discount { name: name.to_owned(), amount })
                .collect(),
            net,
            tax_rate: self.rate,
            tax,
            deposit: self.deposit,
            total: net + tax + self.deposit,
        }
    }
}

pub fn priced(currency: Currency, basis: PriceBasis, cart: Vec<Bought>) -> PricedReceipt {
    let lines: Vec<_> = cart.into_iter().map(|bought| bought.line(basis)).collect();
    let mut taxes = BTreeMap::<TaxRate, TaxSum>::new();
    for line in &lines {
        let sum = taxes.entry(line.tax_rate).or_insert(TaxSum { rate: line.tax_rate, net: 0, tax: 0 });
        sum.net += line.net;
        sum.tax += line.tax;
    }
    let sum = |of: fn(&PricedLine) -> i64| lines.iter().map(of).sum();
    PricedReceipt {
        currency,
        basis,
        taxes: taxes.into_values().collect(),
        net: sum(|line| line.net),
        tax: sum(|line| line.tax),
        deposit: sum(|line| line.deposit),
        total: sum(|line| line.total),
        lines,
    }
}

pub fn card() -> CardMark {
    CardMark::new("visa", LastFour::try_from("4242".to_owned()).unwrap())
}

fn link(path: &str) -> Link {
    Link::new(format!("https://receipts.corner.example/{path}")).unwrap()
}

/// Parts for a cart, wholly paid with one card.
pub fn parts(priced: PricedReceipt) -> Parts {
    let charge = Charge { card: card(), amount: priced.total, kind: ChargeKind::Held };
    Parts {
        store: StoreDetails {
            name: "Corner Market".to_owned(),
            address: vec!["12 Harbour Street".to_owned(), "Dublin D02 X285".to_owned()],
            tax_number: Some("VAT IE6388047V".to_owned()),
        },
        number: ReceiptNumber::new("CM-2026-004711").unwrap(),
        visit: Visit {
            entered: ENTERED,
            left: ENTERED.plus_seconds(412.0),
            zone: Zone::named("Europe/Dublin").unwrap(),
            people: NonZeroU32::MIN,
        },
        payment: Payment::Paid(if priced.total > 0 { vec![charge] } else { Vec::new() }),
        priced,
        review: ReviewOutcome::default(),
        refunds: Vec::new(),
        page: link("r/7hQ2mXw9"),
        dispute: link("r/7hQ2mXw9/help"),
        language: Language::English,
    }
}

fn groceries() -> Vec<Bought> {
    vec![
        bought("Whole milk 1 l", 2, 129, REDUCED),
        bought("Sourdough bread", 1, 389, REDUCED),
        bought("Bananas, bunch of five", 1, 175, REDUCED),
        bought("Oat drink barista 1 l", 1, 249, REDUCED),
    ]
}

fn euros(cart: Vec<Bought>) -> Parts {
    parts(priced(Currency::EUR, PriceBasis::TaxIncluded, cart))
}

fn drinks() -> Vec<Bought> {
    let mut cart = groceries();
    cart.push(Bought { deposit: 75, ..bought("Mineral water 1.5 l", 3, 89, FULL) });
    cart.push(Bought {
        off: vec![("3 for 2", 250), ("Member’s price", 50)],
        ..bought("Dark chocolate 70 %", 3, 250, REDUCED)
    });
    cart
}

fn added() -> Parts {
    let cart = vec![
        bought("Sparkling water 12 oz", 4, 125, TaxRate(88_750)),
        bought("Turkey sandwich", 2, 799, TaxRate(0)),
        bought("Dish soap", 1, 449, TaxRate(88_750)),
    ];
    let mut parts = parts(priced(Currency::USD, PriceBasis::TaxAdded, cart));
    parts.store.address = vec!["200 Pine Street".into(), "Albany, NY 12207".into()];
    parts.store.tax_number = None;
    parts.visit.zone = Zone::named("America/New_York").unwrap();
    parts
}

fn party() -> Parts {
    let mut parts = euros(drinks());
    parts.visit.people = NonZeroU32::new(3).unwrap();
    let rest = Charge { card: card(), amount: parts.priced.total - 1000, kind: ChargeKind::Rest };
    parts.payment = Payment::Paid(vec![Charge { amount: 1000, kind: ChargeKind::Held, ..rest }, rest]);
    parts.review = ReviewOutcome { charged: 0, not_charged: 1 };
    parts
}

fn refunded() -> Parts {
    let mut parts = euros(drinks());
    let line = RefundLine { name: "Whole milk 1 l".into(), quantity: Quantity::Units(1), amount: 129 };
    let bread = RefundLine { name: "Sourdough bread".into(), quantity: Quantity::Units(1), amount: 389 };
    let day = |days: f64| ENTERED.plus_seconds(days * 86_400.0);
    parts.refunds = vec![
        RefundNote {
            at: day(1.0),
            reason: RefundReason::NotTaken,
            lines: vec![line],
            amount: 129,
            card: Some(card()),
        },
        RefundNote {
            at: day(2.0),
            reason: RefundReason::Damaged,
            lines: vec![bread],
            amount: 389,
            card: Some(card()),
        },
    ];
    parts.review = ReviewOutcome { charged: 2, not_charged: 1 };
    parts
}

fn owed() -> Parts {
    let mut parts = euros(drinks());
    parts.payment = Payment::Owed {
        paid: vec![Charge { card: card(), amount: 1000, kind: ChargeKind::Held }],
        owed: parts.priced.total - 1000,
        link: link("pay/Kd83nsP1"),
    };
    parts
}

fn weighed() -> Parts {
    euros(vec![
        Bought { quantity: Quantity::Grams(512), ..bought("Vine tomatoes", 1, 399, REDUCED) },
        Bought { quantity: Quantity::Grams(1_204), ..bought("Potatoes, waxy", 1, 149, REDUCED) },
        bought("Parsley, pot", 1, 199, REDUCED),
    ])
}

fn german() -> Parts {
    let mut cart = vec![
        bought("Vollmilch 3,5 % 1 l", 2, 129, REDUCED),
        Bought { quantity: Quantity::Grams(734), ..bought("Äpfel Elstar", 1, 299, REDUCED) },
        bought("Spülmittel Zitrone", 1, 149, FULL),
    ];
    cart.push(Bought { deposit: 150, ..bought("Weißbier 0,5 l", 6, 109, FULL) });
    let mut parts = euros(cart);
    parts.store = StoreDetails {
        name: "Eckladen Süd".into(),
        address: vec!["Lindenstraße 4".into(), "80469 München".into()],
        tax_number: Some("USt-IdNr. DE136695976".into()),
    };
    parts.visit.zone = Zone::named("Europe/Berlin").unwrap();
    parts.visit.people = NonZeroU32::new(2).unwrap();
    parts.review = ReviewOutcome { charged: 0, not_charged: 1 };
    parts.language = Language::German;
    parts
}

fn long_names() -> Parts {
    let long = "Extra virgin olive oil from hand-picked Koroneiki olives of the southern Peloponnese, first cold \
                pressing, unfiltered, in a dark glass bottle with a pouring cork, 750 ml";
    euros(vec![
        bought(long, 2, 1_499, REDUCED),
        bought(
            "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaftskaffee",
            1,
            899,
            REDUCED,
        ),
        bought("Tea", 1, 349, REDUCED),
    ])
}

fn right_to_left() -> Parts {
    euros(vec![
        bought("חלב 3% 1 ליטר", 2, 129, REDUCED),
        bought("خبز عربي 500 غ", 1, 225, REDUCED),
        bought("Hummus חומוס 400 g", 1, 319, REDUCED),
        Bought { product: "4901234567894", ..bought("牛乳 1 l", 1, 219, REDUCED) },
        bought("Σοκολάτα / Шоколад", 1, 199, REDUCED),
    ])
}

fn staff() -> Parts {
    Parts { payment: Payment::Staff, ..euros(groceries()) }
}

fn long() -> Parts {
    euros(
        drinks()
            .into_iter()
            .chain((0..60).map(|at| bought("Yoghurt, plain 500 g", 1 + at % 3, 139, REDUCED)))
            .collect(),
    )
}

/// Every kind of receipt, by what is special about it.
pub fn all() -> Vec<(&'static str, ReceiptDocument)> {
    let deposits = euros(drinks());
    [
        ("ordinary", euros(groceries())),
        ("tax_added", added()),
        ("deposits_and_discounts", deposits),
        ("party", party()),
        ("refunded", refunded()),
        ("owed", owed()),
        ("weighed", weighed()),
        ("german", german()),
        ("long_names", long_names()),
        ("right_to_left", right_to_left()),
        ("staff", staff()),
        ("long", long()),
    ]
    .map(|(name, parts)| (name, ReceiptDocument::new(parts).unwrap()))
    .into()
}

pub fn named(name: &str) -> ReceiptDocument {
    all().into_iter().find(|(found, _)| *found == name).unwrap().1
}
