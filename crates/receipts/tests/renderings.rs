//! What shoppers read: every kind of receipt in every form.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test")]

mod samples;

use std::io::Write as _;
use std::process::{Command, Stdio};

use model::{Currency, Time};
use payments::LastFour;
use pricing::{PriceBasis, TaxRate};
use proptest::prelude::*;
use receipts::{
    CardMark, Charge, ChargeKind, Language, Parts, Payment, PrintError, ReceiptDocument, RefundNote,
    RefundReason, html, json_ld, pdf, redacted, text,
};
use samples::{all, bought, named, parts, priced};

/// The page with each element on a line of its own, so that a change shows where it is.
fn lines_of(html: &str) -> String {
    html.replace("><", ">\n<")
}

/// Text without tags, styles and scripts.
fn visible(html: &str) -> String {
    let body = html.split_once("<body").unwrap().1;
    let mut text = String::new();
    let mut is_tag = true;
    for c in body.chars() {
        match c {
            '<' => is_tag = true,
            '>' => {
                is_tag = false;
                text.push(' ');
            }
            c if !is_tag => text.push(c),
            _ => {}
        }
    }
    text
}

#[test]
fn every_kind_reads_well_as_text() {
    for (name, document) in all() {
        insta::assert_snapshot!(format!("text_{name}"), text(&document));
    }
}

#[test]
fn every_kind_is_a_whole_page() {
    for (name, document) in all() {
        if name != "long" {
            insta::assert_snapshot!(format!("html_{name}"), lines_of(&html(&document)));
        }
    }
}

#[test]
fn text_keeps_to_72_columns_unless_a_link_is_longer() {
    use unicode_width::UnicodeWidthStr as _;
    for (name, document) in all() {
        for line in text(&document).lines().filter(|line| !line.contains("https://")) {
            assert!(line.width() <= 72, "{name}: {line:?} is {} columns wide", line.width());
        }
    }
}

#[test]
fn a_page_loads_nothing_and_says_its_language() {
    for (name, document) in all() {
        let page = html(&document);
        for loads in ["<img", "<link", "src=", "@import", "url(", "<iframe"] {
            assert!(!page.contains(loads), "{name} has {loads}");
        }
        assert!(page.contains(&format!("<html lang=\"{}\">", document.parts().language.tag())), "{name}");
        assert_eq!(page.matches("<script").count(), 1, "{name}: only the order for programs");
    }
}

#[test]
fn a_name_can_not_become_markup_or_end_the_script() {
    let cart = vec![bought("</script><script>alert(1)</script> & \"Söhne\"", 1, 100, TaxRate(0))];
    let mut parts = parts(priced(Currency::EUR, PriceBasis::TaxIncluded, cart));
    parts.store.name = "<b>Shop</b>\r\nBcc: x@example.org".to_owned();
    let page = html(&ReceiptDocument::new(parts).unwrap());
    assert_eq!(page.matches("<script").count(), 1);
    assert!(!page.contains("<b>"));
    assert!(page.contains("&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt; &amp;"));
}

#[test]
fn programs_find_an_order() {
    let order: serde_json::Value = serde_json::from_str(&json_ld(&named("weighed"))).unwrap();
    assert_eq!(order["@type"], "Order");
    assert_eq!(order["merchant"]["name"], "Corner Market");
    assert_eq!(order["orderNumber"], "CM-2026-004711");
    assert_eq!(order["priceCurrency"], "EUR");
    assert_eq!(order["price"], "5.82");
    assert_eq!(order["orderStatus"], "http://schema.org/OrderDelivered");
    let offers = order["acceptedOffer"].as_array().unwrap();
    assert_eq!(offers.len(), 3);
    for offer in offers {
        assert_eq!(offer["@type"], "Offer");
        assert_eq!(offer["itemOffered"]["@type"], "Product");
        assert!(offer["itemOffered"]["name"].is_string() && offer["price"].is_string());
        assert!(offer["eligibleQuantity"]["value"].is_u64());
    }
    let owed: serde_json::Value = serde_json::from_str(&json_ld(&named("owed"))).unwrap();
    assert_eq!(owed["orderStatus"], "http://schema.org/OrderPaymentDue");
    assert!(owed["paymentUrl"].as_str().unwrap().starts_with("https://"));
}

#[test]
fn a_pdf_is_the_same_each_time_small_and_in_no_way_failed_by_a_name() {
    for (name, document) in all() {
        let bytes = pdf(&document).unwrap();
        assert_eq!(bytes, pdf(&document).unwrap(), "{name}");
        assert!(bytes.starts_with(b"%PDF-"), "{name}");
        assert!(bytes.len() < 80_000, "{name} has {} bytes", bytes.len());
    }
}

#[test]
fn a_foreign_reader_finds_every_amount_in_the_pdf() {
    let read = |bytes: &[u8]| {
        let mut child = Command::new("pdftotext")
            .args(["-layout", "-", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .ok()?;
        child.stdin.take().unwrap().write_all(bytes).unwrap();
        Some(String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap())
    };
    for (name, document) in all() {
        let Some(found) = read(&pdf(&document).unwrap()) else {
            assert!(
                std::env::var("SAUNTER_SERVICES").as_deref() != Ok("1"),
                "pdftotext (poppler-utils) is missing"
            );
            eprintln!("passed over: pdftotext (poppler-utils) is missing");
            return;
        };
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let found = words(&found);
        for word in words(&text(&document)).iter().filter(|word| word.contains(|c: char| "€$".contains(c)))
        {
            assert!(found.contains(word), "{name}: {word} is not in the PDF");
        }
    }
}

#[test]
fn who_looks_up_without_proof_learns_nothing_new() {
    let seen = redacted(&named("party")).html();
    let shown = visible(&seen);
    for known in ["Corner Market", "€18.63", "4242", "24 November 2026", "11 items"] {
        assert!(shown.contains(known), "{known} is missing: {shown}");
    }
    for secret in ["milk", "€1.29", "13:05", "13:11", "3 people", "CM-2026-004711", "https://", "7%"] {
        assert!(!seen.contains(secret) || !shown.contains(secret), "{secret} is shown");
        assert!(secret == "https://" || !shown.contains(secret), "{secret} is shown");
    }
    assert!(!seen.contains("https://"), "a link is shown");
}

#[test]
fn what_does_not_add_up_is_not_printed() {
    let cart =
        || priced(Currency::EUR, PriceBasis::TaxIncluded, vec![bought("Tea", 1, 349, TaxRate(70_000))]);
    let why = |parts: Parts| ReceiptDocument::new(parts).unwrap_err();
    let empty = priced(Currency::EUR, PriceBasis::TaxIncluded, Vec::new());
    assert_eq!(why(parts(empty)), PrintError::NothingBought);
    let mut wrong = cart();
    wrong.total += 1;
    assert!(matches!(why(parts(wrong)), PrintError::Sums { .. }));
    let mut short = parts(cart());
    short.payment = Payment::Paid(Vec::new());
    assert!(matches!(why(short), PrintError::Payment { .. }));
    let mut early = parts(cart());
    early.visit.left = Time::from_nanos(0);
    assert_eq!(why(early), PrintError::Times);
    let mut generous = parts(cart());
    let refund = RefundNote {
        at: samples::ENTERED,
        reason: RefundReason::Goodwill,
        lines: Vec::new(),
        amount: 350,
        card: None,
    };
    generous.refunds = vec![refund];
    assert_eq!(why(generous), PrintError::Refunds);
}

/// Carts of anything, in any currency's decimals, of any names.
fn documents() -> impl Strategy<Value = (Parts, String)> {
    let line =
        (".{0,60}", 1_u32..40, 0_i64..2_000_000, prop::sample::select(vec![0_u32, 70_000, 88_750, 190_000]));
    let currency =
        prop::sample::select(vec![Currency::EUR, Currency::USD, Currency::JPY, Currency::KWD, Currency::CHF]);
    let basis = prop::sample::select(vec![PriceBasis::TaxIncluded, PriceBasis::TaxAdded]);
    let language = prop::sample::select(Language::ALL.to_vec());
    (prop::collection::vec(line, 1..8), currency, basis, language, "[0-9]{16}").prop_map(
        |(lines, currency, basis, language, number)| {
            let cart = lines.iter().map(|(_, units, price, rate)| bought("", *units, *price, TaxRate(*rate)));
            let mut priced = priced(currency, basis, cart.collect());
            for (line, (name, ..)) in priced.lines.iter_mut().zip(lines) {
                line.name = name.chars().filter(|c| !c.is_ascii_digit()).collect();
            }
            let total = priced.total;
            let mut parts = parts(priced);
            let card = CardMark::new(&number, LastFour::try_from(number[12..].to_owned()).unwrap());
            let charge = Charge { card, amount: total, kind: ChargeKind::Held };
            parts.payment = Payment::Paid(if total > 0 { vec![charge] } else { Vec::new() });
            parts.language = language;
            (parts, number)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn all_forms_tell_the_same_total_and_no_more_of_a_card((parts, number) in documents()) {
        let document = ReceiptDocument::new(parts).unwrap();
        let (page, plain, programs) = (html(&document), text(&document), json_ld(&document));
        let order: serde_json::Value = serde_json::from_str(&programs).unwrap();
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        let total = digits(order["price"].as_str().unwrap());
        let last = plain.lines().find(|line| line.starts_with("TOTAL") || line.starts_with("SUMME")).unwrap();
        prop_assert_eq!(&digits(last), &total);
        let cell = page.split_once("<td class=\"strong\"").unwrap().1;
        let last = cell.split_once('>').unwrap().1.split_once('<').unwrap().0;
        prop_assert_eq!(&digits(last), &total);
        let five = format!("•\u{a0}{}", &number[11..]);
        for form in [visible(&page), plain] {
            prop_assert!(!form.contains(&five) && !form.contains(&number));
            prop_assert!(form.contains(&number[12..]) || document.total().minor == 0);
        }
        prop_assert!(!programs.contains(&number));
    }

    #[test]
    fn no_name_stops_the_pdf((parts, _) in documents()) {
        let document = ReceiptDocument::new(parts).unwrap();
        let bytes = pdf(&document).unwrap();
        prop_assert_eq!(&bytes, &pdf(&document).unwrap());
    }
}
