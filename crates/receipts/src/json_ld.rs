//! The receipt for programs: schema.org's Order, with the fields that Google's Order markup requires.

use jiff::Timestamp;
use pricing::{PricedLine, Quantity};
use serde_json::{Value, json};

use crate::clean::clean;
use crate::document::{Payment, ReceiptDocument};
use crate::words::decimal;

/// The order as JSON-LD (developers.google.com/workspace/gmail/markup/reference/order), safe inside a `script`.
pub fn json_ld(document: &ReceiptDocument) -> String {
    let parts = document.parts();
    let currency = parts.priced.currency;
    let mut order = json!({
        "@context": "http://schema.org",
        "@type": "Order",
        "merchant": { "@type": "Organization", "name": clean(&parts.store.name) },
        "orderNumber": parts.number.as_str(),
        "orderDate": Timestamp::from_nanosecond(i128::from(parts.visit.left.nanos())).map_or_else(|_| String::new(), |at| format!("{at:.0}")),
        "orderStatus": "http://schema.org/OrderDelivered",
        "price": decimal(parts.priced.total, currency),
        "priceCurrency": currency.code(),
        "acceptedOffer": parts.priced.lines.iter().map(|line| offer(line, currency)).collect::<Vec<_>>(),
        "url": parts.page.as_str(),
    });
    if let Payment::Owed { link, .. } = &parts.payment {
        order["orderStatus"] = "http://schema.org/OrderPaymentDue".into();
        order["paymentUrl"] = link.as_str().into();
    }
    // A name such as `</script>` must not end the script it stands in.
    order.to_string().replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

fn offer(line: &PricedLine, currency: model::Currency) -> Value {
    let quantity = match line.quantity {
        Quantity::Units(units) => json!({ "@type": "QuantitativeValue", "value": units }),
        // UN/ECE Recommendation 20: GRM is the gram.
        Quantity::Grams(grams) => json!({ "@type": "QuantitativeValue", "value": grams, "unitCode": "GRM" }),
    };
    json!({
        "@type": "Offer",
        "itemOffered": { "@type": "Product", "name": clean(&line.name), "sku": line.product.to_string() },
        "price": decimal(line.total, currency),
        "priceCurrency": currency.code(),
        "eligibleQuantity": quantity,
    })
}
