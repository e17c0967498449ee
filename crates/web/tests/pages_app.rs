//! The shopper's pages: the app, the vault, kiosks and the look-up.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests")]

mod common;

use std::fs;
use std::process::Command;

use common::{Answer, Served};
use model::{DVec3, Event, EventKind, Evidence, EvidenceSource, Handled};
use office::{Owner, TripState, Visitor};
use serde_json::{Value, json};

/// The token that a page's forms have.
fn csrf(page: &Answer) -> String {
    let (_, rest) = page.body.split_once("name=\"csrf\" value=\"").unwrap_or_else(|| panic!("{page:?}"));
    rest.split('"').next().unwrap().to_owned()
}

/// The cookie that an answer sets.
fn cookie_of(answer: &Answer) -> String {
    answer.headers["set-cookie"].split(';').next().unwrap().to_owned()
}

/// The token of the newest mailed link.
fn mailed_token(store: &Served) -> String {
    let mails = fs::read_dir(store.folder().join("outbox")).unwrap();
    let newest =
        mails.map(|mail| mail.unwrap()).max_by_key(|mail| mail.metadata().unwrap().modified().unwrap());
    let text = fs::read_to_string(newest.unwrap().path()).unwrap().replace("=\r\n", "");
    let (_, rest) = text.split_once("/app/link?token=3D").or(text.split_once("/app/link?token=")).unwrap();
    rest.chars().take(43).collect()
}

#[test]
fn a_mailed_link_signs_in_whoever_reads_it_new_or_known() {
    let store = Served::with_floor();
    let ask = |email: &str| store.form("/app/sign-in", "", &[("email", email)]);
    let asked = ask("ann@example.org");
    assert_eq!(asked.status, 200, "{asked:?}");
    let token = mailed_token(&store);
    let opened = store.page(&format!("/app/link?token={token}"), "");
    assert!(
        opened.status == 200 && !opened.headers.contains_key("set-cookie"),
        "a program that looks is not let in"
    );
    let signed_in = store.form("/app/link", "", &[("token", &token)]);
    assert_eq!((signed_in.status, signed_in.headers["location"].as_str()), (303, "/app"));
    assert!(signed_in.headers["set-cookie"].contains("HttpOnly; SameSite=Lax"), "{signed_in:?}");
    assert_eq!(store.page("/app", &cookie_of(&signed_in)).status, 200);
    assert_eq!(store.form("/app/link", "", &[("token", &token)]).status, 410, "once");
    assert_eq!(ask("ann@example.org").body, asked.body, "the same is said of a known address");
    assert_eq!(ask("nonsense").status, 400);
    for _ in 0..4 {
        assert_eq!(ask("ann@example.org").status, 200);
    }
    assert_eq!(ask("ann@example.org").status, 429, "five to an address");
    let answers: Vec<u16> = (0..16).map(|number| ask(&format!("a{number}@example.org")).status).collect();
    assert_eq!((answers[0], answers[15]), (200, 429), "twenty from a client");
}

#[test]
fn pages_are_for_who_is_signed_in_and_small() {
    let store = Served::with_floor();
    let (_, cookie) = store.shopper("tok_visa_ok/ann");
    let trip = store.paid("tok_visa_ok/ann");
    let pages = [
        "",
        "/cart",
        "/receipts",
        &format!("/receipts/{trip}"),
        &format!("/receipts/{trip}/lines/0"),
        "/cards",
        "/privacy",
        "/privacy/delete",
    ];
    for path in pages.map(|path| format!("/app{path}")) {
        let stranger = store.page(&path, "");
        assert_eq!((stranger.status, stranger.headers["location"].as_str()), (303, "/app/sign-in"), "{path}");
        let page = store.page(&path, &cookie);
        assert_eq!(page.status, 200, "{path}: {page:?}");
        assert!(page.body.len() < 100_000, "{path}");
        assert!(!page.body.contains("style=") && !page.body.contains("<script>"), "{path}: inline");
        let german = store.ask("GET", &path, &[("cookie", &format!("{cookie}; language=de"))], b"");
        assert!(german.body.contains("lang=\"de\"") && german.body.contains("Quittungen"), "{path}");
    }
    let pdf = store.page(&format!("/app/receipts/{trip}/print"), &cookie);
    assert!(pdf.status == 200 && pdf.headers["content-security-policy"].contains("unsafe-inline"));
    assert_eq!(store.page("/app/sw.js", "").headers["content-type"], "text/javascript; charset=utf-8");
}

#[test]
fn others_receipts_are_not_there() {
    let store = Served::with_floor();
    let (_, own) = store.shopper("tok_visa_ok/ann");
    let (_, other) = store.shopper("tok_visa_ok/bob");
    let trip = store.paid("tok_visa_ok/ann");
    for end in ["", ".pdf", "/print", "/lines/0"] {
        let path = format!("/app/receipts/{trip}{end}");
        assert_eq!(store.page(&path, &other).status, 404, "{path}");
    }
    let token = csrf(&store.page("/app/privacy", &other));
    let fields = [("csrf", token.as_str()), ("wrong", "not_taken"), ("amount", "1")];
    assert_eq!(store.form(&format!("/app/receipts/{trip}/lines/0"), &other, &fields).status, 404);
    assert!(!store.page("/app/receipts", &other).body.contains(&trip));
    assert!(store.page("/app/receipts", &own).body.contains(&trip));
    assert_eq!(store.page("/app/receipts/nonsense", &own).status, 404);
}

#[test]
fn forms_of_nobody_change_nothing() {
    let store = Served::with_floor();
    let (account, cookie) = store.shopper("tok_visa_ok/ann");
    let (_, other) = store.shopper("tok_visa_ok/bob");
    let foreign = csrf(&store.page("/app/privacy", &other));
    let card = store.office.account(account).unwrap().cards[0].key.to_string();
    let forms: [(&str, &[(&str, &str)]); 6] = [
        ("/app/cards/remove", &[("card", &card)]),
        ("/app/privacy/delete", &[]),
        ("/app/privacy/export.json", &[]),
        ("/app/privacy/consent", &[("purpose", "offers"), ("given", "true")]),
        ("/app/sign-out", &[]),
        ("/app/pass", &[("device", "x")]),
    ];
    for (path, fields) in forms {
        assert_eq!(store.form(path, &cookie, fields).status, 403, "{path}");
        let with_foreign: Vec<_> = fields.iter().copied().chain([("csrf", foreign.as_str())]).collect();
        assert_eq!(store.form(path, &cookie, &with_foreign).status, 403, "{path}");
    }
    let elsewhere = [("cookie", cookie.as_str()), ("sec-fetch-site", "cross-site")];
    assert_eq!(store.ask("POST", "/app/sign-in", &elsewhere, b"email=a@example.org").status, 403);
    assert_eq!(store.office.account(account).unwrap().cards.len(), 1);
    assert_eq!(store.page("/app", &cookie).status, 200, "still signed in");
}

#[test]
fn a_line_that_is_wrong_is_given_back_or_looked_at() {
    let store = Served::with_floor();
    let (_, cookie) = store.shopper("tok_visa_ok/ann");
    let trip = store.paid("tok_visa_ok/ann");
    let receipt = format!("/app/receipts/{trip}");
    let form = store.page(&format!("{receipt}/lines/1"), &cookie);
    let said =
        [("csrf", &*csrf(&form)), ("wrong", "other_product"), ("amount", "9"), ("words", "It was juice.")];
    let sent = store.form(&format!("{receipt}/lines/1"), &cookie, &said);
    assert_eq!((sent.status, sent.headers["location"].clone()), (303, format!("{receipt}#line-1")));
    store.run();
    let page = store.page(&receipt, &cookie).body;
    assert!(page.contains("Given back") && page.contains("−€1.78"), "{page}");
    let key = trip.parse().unwrap();
    assert_eq!(store.office.words(key, 0).unwrap().unwrap(), "I took another product. It was juice.");
    assert_eq!(store.page(&format!("{receipt}/lines/1"), &cookie).status, 404, "nothing is left of it");
}

/// Something is taken by the party of a trip.
fn takes(store: &Served, trip: &str) {
    let live = store.live.as_ref().unwrap();
    let (engine_trip, track) = (model::TripId(1), model::TrackId(1));
    let event = |kind| Event { sequence: 1, time: store.now(), kind };
    let entered = EventKind::Entered {
        trip: engine_trip,
        track,
        gate: "gate-in".into(),
        entered: store.now(),
        credential: None,
        token: Some(trip.to_owned()),
    };
    live.hear(&event(entered));
    let product = model::Store::from_toml(include_str!("../../../examples/stores/corner.toml")).unwrap();
    let evidence = Evidence {
        change: model::ChangeId(1),
        start: store.now(),
        moment: store.now(),
        end: store.now(),
        grams: -100.0,
        grams_sd: 1.0,
        source: EvidenceSource::Weight,
        place: DVec3::ZERO,
        plates: Vec::new(),
        hands: Vec::new(),
        alternatives: Vec::new(),
        curve: model::Curve::default(),
    };
    live.hear(&event(EventKind::Took(Handled {
        trip: engine_trip,
        product: product.products()[0].id.clone(),
        quantity: 2,
        probability: 0.99,
        evidence: Box::new(evidence),
    })));
}

#[test]
fn the_cart_shows_what_is_in_it_and_what_is_not_theirs() {
    let store = Served::with_floor();
    let (_, cookie) = store.shopper("tok_visa_ok/ann");
    assert!(store.page("/app/cart", &cookie).body.contains("You are not in the store now"));
    let trip = store.come_in("tok_visa_ok/ann");
    takes(&store, &trip);
    let cart = store.page("/app/cart", &cookie);
    assert!(cart.body.contains("2\u{a0}× ") && cart.body.contains(">sure<"), "{}", cart.body);
    let (_, rest) = cart.body.split_once("name=\"product\" value=\"").unwrap();
    let product = rest.split('"').next().unwrap().to_owned();
    let token = csrf(&cart);
    let say = |mine: &str| {
        let fields = [("csrf", token.as_str()), ("product", product.as_str()), ("mine", mine)];
        assert_eq!(store.form("/app/cart/flag", &cookie, &fields).status, 303);
        store.page("/app/cart", &cookie).body
    };
    assert!(say("false").contains("We look at it before it is charged"));
    assert!(!say("true").contains("We look at it before it is charged"));
}

#[test]
fn phones_get_passes_and_debts_are_paid() {
    let store = Served::with_floor();
    let (account, cookie) = store.shopper("tok_debt/ann");
    let home = store.page("/app", &cookie);
    let (_, rest) = home.body.split_once("data-csrf=\"").unwrap();
    let token = rest.split('"').next().unwrap();
    // The public key of RFC 8032, 7.1, test 1.
    let fields = [("csrf", token), ("device", "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")];
    let pass = store.form("/app/pass", &cookie, &fields);
    assert_eq!((pass.status, pass.body.len()), (200, 159), "{pass:?}");
    assert!(pass.headers.contains_key("date"), "the phone's clock is set by it");
    assert!(store.page("/app/privacy", &cookie).body.contains("/app/privacy/phone"));
    let trip = store.come_in("tok_debt/ann");
    let cart = common::cart_of(&[common::line("wine", 9, "4.99")], &[]);
    assert_eq!(store.post(&format!("/trips/{trip}/cart"), &cart).status, 200);
    store.run();
    for _ in 0..3 {
        if !store.office.debts_of(account).unwrap().is_empty() {
            let home = store.page("/app", &cookie);
            assert!(home.body.contains("could not be taken from your card"), "{}", home.body);
            let paid = store.form(&format!("/app/debts/{trip}"), &cookie, &[("csrf", &csrf(&home))]);
            assert_eq!(paid.status, 303, "{paid:?}");
            store.run();
        }
    }
    assert_eq!(store.office.debts_of(account).unwrap(), []);
    assert!(!store.page("/app", &cookie).body.contains("could not be taken"));
}

/// A visit that still owes something, on a card that is in no account, and the cookie of whoever had its receipt mailed.
fn owing(store: &Served) -> (String, String) {
    let trip = store.come_in("tok_debt/eve");
    let cart = common::cart_of(&[common::line("wine", 9, "4.99")], &[]);
    assert_eq!(store.post(&format!("/trips/{trip}/cart"), &cart).status, 200);
    store.run();
    let token = "tok_debt/eve".to_owned().try_into().unwrap();
    let card = store.bank.acquirer().card(&token).unwrap();
    let agreed = office::ConsentText { version: "1", language: "en", words: "Mail it." };
    let address = || receipts::MailAddress::parse("eve@example.org").unwrap();
    store.office.link_email(office::Shown::Card(card), address(), &agreed, store.now()).unwrap();
    store.run();
    let link = store.office.ask_in(address(), store.now()).unwrap();
    (trip, cookie_of(&store.form("/app/link", "", &[("token", &link.token)])))
}

#[test]
fn a_receipt_that_was_mailed_says_how_to_pay_and_takes_any_card() {
    let store = Served::with_floor();
    let (trip, eve) = owing(&store);
    let receipt = format!("/app/receipts/{trip}");
    let pay = format!("/app/debts/{trip}");
    let page = store.page(&receipt, &eve).body;
    assert!(page.contains("is still to be paid") && page.contains("at the receipt kiosk"), "{page}");
    assert!(!page.contains(&pay), "there is no card to pay with");
    let token = csrf(&store.page("/app/privacy", &eve));
    assert_eq!(store.form(&pay, &eve, &[("csrf", &token)]).status, 409);
    let (_, bob) = store.shopper("tok_visa_ok/bob");
    let foreign = csrf(&store.page("/app/privacy", &bob));
    assert_eq!(store.form(&pay, &bob, &[("csrf", &foreign)]).status, 404, "not shown to him");

    let secret = office::SessionToken::parse(eve.split_once('=').unwrap().1).unwrap();
    let session = store.office.session(&secret, store.now()).unwrap().unwrap();
    let Visitor::Shopper(account) = session.visitor() else { panic!("a shopper signed in") };
    let card = store.bank.acquirer().card(&"tok_visa_ok/eve".to_owned().try_into().unwrap()).unwrap();
    store.office.add_card(account, card, store.now()).unwrap();
    let page = store.page(&receipt, &eve);
    assert!(page.body.contains(&pay) && page.body.contains("Pay with "), "{}", page.body);
    let paid = store.form(&pay, &eve, &[("csrf", &csrf(&page))]);
    assert_eq!((paid.status, &paid.headers["location"]), (303, &receipt));
    let page = store.page(&receipt, &eve).body;
    assert!(page.contains("on its way") && !page.contains(&pay), "it is paid once: {page}");
    store.run();
    assert!(!store.page(&receipt, &eve).body.contains("still to be paid"));
    assert_eq!(store.get(&format!("/trips/{trip}")).json()["state"], "paid");

    let demo = Served::demo();
    let (trip, eve) = owing(&demo);
    let page = demo.page(&format!("/app/receipts/{trip}"), &eve).body;
    assert!(page.contains("href=\"/app/cards\">Add a card"), "{page}");
}

#[test]
fn data_is_taken_along_and_deleted() {
    let store = Served::with_floor();
    let (account, cookie) = store.shopper("tok_visa_ok/ann");
    let page = store.page("/app/privacy", &cookie);
    let token = csrf(&page);
    let export = store.form("/app/privacy/export.json", &cookie, &[("csrf", &token)]);
    assert_eq!(export.json()["account"]["account"], json!(account));
    assert!(export.headers["content-disposition"].starts_with("attachment"));
    let agree = [("csrf", token.as_str()), ("purpose", "offers"), ("given", "true")];
    assert_eq!(store.form("/app/privacy/consent", &cookie, &agree).status, 303);
    assert!(store.office.agrees(Owner::Account(account), office::Purpose::Offers).unwrap());
    let trip = store.come_in("tok_visa_ok/ann");
    let deferred = store.form("/app/privacy/delete", &cookie, &[("csrf", &token)]);
    assert!(deferred.body.contains("A visit is still open"), "{deferred:?}");
    assert_eq!(store.post(&format!("/trips/{trip}/cancel"), &json!({ "reason": "Closed." })).status, 200);
    store.run();
    let deleted = store.form("/app/privacy/delete", &cookie, &[("csrf", &token)]);
    assert!(deleted.body.contains("Your account is deleted"), "{deferred:?}");
    assert_eq!(deleted.headers["clear-site-data"], "\"storage\"");
    assert_eq!(store.page("/app", &cookie).status, 303);
}

#[test]
fn a_look_up_shows_little_and_not_often() {
    let store = Served::with_floor();
    let trip = store.paid("tok_visa_ok/ann");
    let four = store.entry("tok_visa_ok/ann")["credential"]["card"]["last_four"].as_str().unwrap().to_owned();
    let ask = |total: &str| {
        store.form("/look-up", "", &[("date", "2027-01-15"), ("last_four", &four), ("total", total)])
    };
    assert_eq!(store.page("/look-up", "").status, 200);
    let found = ask("6,77 €");
    assert_eq!(found.status, 200, "{found:?}");
    assert!(!found.body.contains("coffee") && !found.body.contains(&trip), "{}", found.body);
    assert_eq!(ask("many").status, 400);
    for _ in 0..10 {
        assert_eq!(ask("6.78").status, 404);
    }
    let shut = ask("6.77");
    assert!(shut.status == 429 && shut.body.contains("Please try again after"), "{shut:?}");
}

#[test]
fn the_vault_forgets_the_number() {
    let store = Served::demo();
    let (account, cookie) = store.shopper("tok_visa_ok/ann");
    let vault = store.page("/vault", "");
    let both = format!("{cookie}; {}", cookie_of(&vault));
    let number = "4242".repeat(4);
    let ask = |number: &str| {
        let headers = [
            ("cookie", both.as_str()),
            ("content-type", "application/json"),
            ("sec-fetch-site", "same-origin"),
        ];
        store.ask("POST", "/vault/tokens", &headers, json!({ "number": number }).to_string().as_bytes())
    };
    let told = ask(&number);
    assert_eq!((told.status, &told.json()["last_four"]), (200, &json!("4242")));
    assert!(!told.body.contains(&number));
    assert_eq!(ask(&format!("4{}", "1".repeat(15))).status, 422, "no number but those for tests");
    let token = told.json()["token"].as_str().unwrap().to_owned();
    let page = store.page("/app/cards", &both);
    let add = |token: &str| store.form("/app/cards", &both, &[("csrf", &csrf(&page)), ("token", token)]);
    assert_eq!(add("tok_visa_ok/somebody-else").status, 404, "the browser can't name another's card");
    assert_eq!(add(&token).status, 303);
    let cards = store.office.account(account).unwrap().cards;
    let added = cards.iter().find(|card| card.last_four == "4242").unwrap();
    let fields = [("csrf", &*csrf(&page)), ("card", &*added.key.to_string())];
    assert_eq!(store.form("/app/cards/default", &both, &fields).status, 303);
    let cards = store.office.account(account).unwrap().cards;
    assert!(cards.iter().all(|card| card.is_default == (card.last_four == "4242")));
    // Nothing on the disk has it: tables, write-ahead log, mails.
    for file in
        fs::read_dir(store.folder()).unwrap().map(|file| file.unwrap().path()).filter(|path| path.is_file())
    {
        let bytes = fs::read(&file).unwrap();
        assert!(!bytes.windows(number.len()).any(|part| part == number.as_bytes()), "{}", file.display());
    }
    assert_eq!(Served::with_floor().page("/vault", "").status, 404, "only where the store is simulated");
}

#[test]
fn kiosks_answer_in_words() {
    let store = Served::demo();
    let chooser = store.page("/kiosk", "");
    let visitor = cookie_of(&chooser);
    for path in ["/kiosk", "/kiosk/entry", "/kiosk/palm", "/kiosk/receipt"] {
        let page = store.page(path, &visitor);
        assert!(page.status == 200 && page.body.len() < 100_000, "{path}");
        assert_eq!(Served::with_floor().page(path, "").status, 404, "{path} of a real store");
    }
    let show = |fields: &[(&str, &str)]| store.form("/kiosk/entry", &visitor, fields).body;
    assert!(show(&[("card", "good")]).contains("Come in"));
    assert!(show(&[("card", "declined")]).contains("Your bank declined this card"));
    assert!(show(&[("code", "nonsense")]).contains("This code is not valid here"));

    let trip = store.office.trips(Some(TripState::Entered), None, 10).unwrap()[0].trip.to_string();
    assert_eq!(store.post(&format!("/trips/{trip}/cart"), &common::cart()).status, 200);
    store.run();
    let list = store.form("/kiosk/receipt", &visitor, &[("card", "good")]);
    assert!(list.body.contains("€6.77"), "{}", list.body);
    let mail = |agreed: &str| {
        let fields = [("card", "good"), ("email", "ann@example.org"), ("agreed", agreed)];
        store.form("/kiosk/receipt/mail", &visitor, &fields).body
    };
    assert!(mail("").contains("agree below it"));
    assert!(mail("yes").contains("on its way"));
    store.run();
    assert!(fs::read_dir(store.folder().join("outbox")).unwrap().count() == 1, "the receipt was mailed");
}

/// Runs a script with the app's modules under node; `None` where there is none.
fn node(script: &str) -> Option<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/pages/assets");
    let ran = Command::new("node").args(["--input-type=module", "-e", script]).current_dir(folder).output();
    let Ok(ran) = ran else {
        println!("node is not installed: the app's scripts are not tested");
        return None;
    };
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    Some(String::from_utf8(ran.stdout).unwrap())
}

#[test]
fn pictures_of_codes_are_read_by_a_foreign_reader() {
    let vectors: Value = serde_json::from_str(include_str!("../../../docs/entry-code-vectors.json")).unwrap();
    let codes =
        vectors["codes"].as_array().unwrap().iter().map(|code| code["code"].as_str().unwrap().to_owned());
    let texts: Vec<String> =
        codes.chain(["".to_owned(), "a".to_owned(), "x".repeat(250), "-_9Az".repeat(50)]).collect();
    let script = format!(
        "import {{ modules }} from './qr.js'; for (const text of {}) console.log(modules(text).map((row) => row.join('')).join('/'));",
        json!(texts)
    );
    let Some(pictures) = node(&script) else { return };
    for (text, picture) in texts.iter().zip(pictures.lines()) {
        let rows: Vec<&[u8]> = picture.split('/').map(str::as_bytes).collect();
        assert_eq!((rows.len(), rows[0].len()), (61, 61));
        let grid = rqrr::SimpleGrid::from_func(61, |x, y| rows[y][x] == b'1');
        let (meta, read) = rqrr::Grid::new(grid).decode().unwrap();
        assert_eq!((&read, meta.version.0, meta.ecc_level), (text, 11, 0), "level M is 0");
    }
}

#[test]
fn the_app_makes_the_published_codes() {
    let script = "
        import { readFileSync } from 'node:fs';
        import { makeCode } from './code.js';
        const vectors = JSON.parse(readFileSync('../../../../../docs/entry-code-vectors.json', 'utf8'));
        const bytes = (hex) => Uint8Array.from(hex.match(/../g), (byte) => parseInt(byte, 16));
        const secret = Uint8Array.from([...bytes('302e020100300506032b657004220420'), ...bytes(vectors.device_secret_hex)]);
        const key = await crypto.subtle.importKey('pkcs8', secret, 'Ed25519', false, ['sign']);
        const sign = async (text) => new Uint8Array(await crypto.subtle.sign('Ed25519', key, text));
        for (const { what, pass, slot, guest, code } of vectors.codes) {
          if ((await makeCode(pass, slot, guest, sign)) !== code) throw new Error(what);
        }
        console.log(vectors.codes.length);";
    if let Some(alike) = node(script) {
        assert!(alike.trim().parse::<usize>().unwrap() > 3, "{alike}");
    }
}
