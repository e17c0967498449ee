//! English.

use super::Words;

pub(super) static WORDS: Words = Words {
    tag: "en",
    point: '.',
    thousands: ',',
    symbol_first: true,
    before_percent: "",
    day_format: "%-d %B %Y",

    receipt_from: |store| format!("Your receipt from {store}"),
    subject: |store, total| format!("Your receipt from {store}: {total}"),
    refund_subject: |store, refunded| format!("Your refund from {store}: {refunded}"),
    owed_subject: |store, owed| format!("Your receipt from {store}: {owed} still to pay"),

    number: "Receipt",
    visit: "Visit",
    party: "Group",
    people: |count| if count == 1 { "1 person".into() } else { format!("{count} people") },
    items: |count| if count == 1 { "1 item".into() } else { format!("{count} items") },

    product: "Product",
    amount: "Amount",
    deposit: "Deposit",
    subtotal: "Subtotal",
    total: "Total",
    tax_included: "VAT included",
    tax_added: "Sales tax",
    net: "Net",
    tax: "Tax",
    gross: "Gross",

    payment: "Payment",
    card: "Card",
    paid_with: |card| format!("Paid with {card}"),
    paid_in_parts: |parts| format!("Paid in {parts} parts"),
    held: "from the hold at entry",
    rest: "charged after your visit",
    paid_later: "paid later",
    nothing_to_pay: "Nothing to pay",
    staff: "Taken by staff, nothing was charged",
    still_to_pay: |amount| format!("{amount} still to pay"),
    owed: "Still to pay",

    refunds: "Refunds",
    refunded_on: |day, reason| format!("{day}: {reason}"),
    refunded_to: |card| format!("to {card}"),
    refunded: |amount| format!("{amount} refunded"),
    after_refunds: "Total after refunds",
    not_taken: "you did not take it",
    wrong_product: "another product was charged",
    wrong_price: "the price was wrong",
    damaged: "it was not in good condition",
    returned: "you brought it back",
    goodwill: "as a courtesy",

    reviewed: |charged, not_charged| {
        let things = |count: u32| if count == 1 { "1 thing".into() } else { format!("{count} things") };
        let it = |count: u32| if count == 1 { "it" } else { "them" };
        match (charged, not_charged) {
            (0, 0) => None,
            (0, some) => Some(format!("We looked at {} and did not charge {}.", things(some), it(some))),
            (some, 0) => Some(format!("We looked at {} before charging {}.", things(some), it(some))),
            (charged, not_charged) => Some(format!(
                "We looked at {}: {charged} charged, {not_charged} not charged.",
                things(charged.saturating_add(not_charged))
            )),
        }
    },

    pay_now: "Pay now",
    open_page: "Open this receipt",
    not_right: "Something’s not right?",
    page_of: |page, pages| format!("Page {page} of {pages}"),

    bought: "Bought",
    hidden: "What was bought is shown only to the person who paid: hold the same card to the reader in the store, \
             or have the receipt sent to the address you left.",

    sign_in_subject: |store| format!("Open the app of {store}"),
    sign_in: "Open the app",
    sign_in_until: "This link opens the app of the store on the device you read this on. It works once, within an hour.",
    sign_in_not_you: "If you did not ask for it, somebody mistyped their address. Leave this mail unread and nothing happens.",
};
