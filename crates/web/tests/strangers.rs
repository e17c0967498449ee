//! Strangers get nothing: every page and every form is tried without a session, with other people's, and with each
//! role; and every answer says what a browser may do with it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use common::{Answer, PHONE, Served};
use office::{Actor, Password, Right, Role, SessionToken, TripKey, Visitor};

const PASSWORD: &str = "four plain words here";
const FORM: &str = "application/x-www-form-urlencoded";

/// Who may.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Who {
    /// Everybody.
    All,
    /// Everybody, where the store is simulated; nobody else.
    Demo,
    /// A shopper with an account.
    Shopper,
    /// Somebody who works here.
    Works,
    /// Staff whose role has the right.
    May(Right),
    /// The same; where the store is simulated, everybody.
    Floor,
}
use Who::{All, Demo, Floor, May, Works};

/// All pages and forms: method, path, who may, and a form or JSON that is well-formed.
const ROUTES: &[(&str, &str, Who, &str)] = &[
    ("GET", "/", All, ""),
    ("POST", "/language", All, "language=de"),
    ("GET", "/floor/plan.json", Floor, ""),
    ("GET", "/floor/live", Floor, ""),
    ("GET", "/look-up", All, ""),
    ("POST", "/look-up", All, "date=2027-01-15&last_four=0000&total=5.55"),
    ("GET", "/r/{trip}", All, ""),
    ("GET", "/r/{trip}/pay", All, ""),
    ("GET", "/vault", Demo, ""),
    ("POST", "/vault/tokens", Demo, r#"{"number":"1"}"#),
    ("GET", "/console", Works, ""),
    ("GET", "/console/sign-in", All, ""),
    ("POST", "/console/sign-in", All, "name=nobody&password=wrong"),
    ("POST", "/console/sign-out", Works, ""),
    ("POST", "/console/demo-sign-in", Demo, "role=owner"),
    ("GET", "/console/floor", May(Right::SeeFloor), ""),
    ("GET", "/console/trips", May(Right::SeeTrips), ""),
    ("GET", "/console/trips/{trip}", May(Right::SeeTrips), ""),
    ("GET", "/console/trips/{trip}/receipt", May(Right::SeeReceipts), ""),
    ("POST", "/console/trips/{trip}/refund", May(Right::Refund), "line0=1&reason=Cold"),
    ("POST", "/console/trips/{trip}/cancel", May(Right::CallOff), "reason=Fire"),
    ("POST", "/console/trips/{trip}/palms/{person}/age", May(Right::SeePeople), "over=18"),
    ("POST", "/console/trips/{trip}/palms/{person}/delete", May(Right::SeePeople), ""),
    ("GET", "/console/trips/{trip}/{kind}/{line}", May(Right::SeeEvidence), ""),
    ("GET", "/console/reviews", May(Right::Review), ""),
    ("GET", "/console/reviews/{trip}", May(Right::Review), ""),
    ("POST", "/console/reviews/{trip}/{line}", May(Right::Review), "verdict=drop"),
    ("GET", "/console/disputes", May(Right::DecideDisputes), ""),
    ("GET", "/console/disputes/{trip}/{number}", May(Right::DecideDisputes), ""),
    ("POST", "/console/disputes/{trip}/{number}", May(Right::DecideDisputes), "decision=reject&reason=Seen"),
    ("GET", "/console/debts", May(Right::SeeReceipts), ""),
    ("GET", "/console/devices", May(Right::SeeDevices), ""),
    ("GET", "/console/catalogue", May(Right::SeeCatalogue), ""),
    ("POST", "/console/catalogue", May(Right::ChangeCatalogue), "id=a&form=json&tax=19&text=[]"),
    ("GET", "/console/planogram", May(Right::SeeCatalogue), ""),
    ("GET", "/console/figures", May(Right::SeeFigures), ""),
    ("GET", "/console/staff", May(Right::ManageStaff), ""),
    (
        "POST",
        "/console/staff",
        May(Right::ManageStaff),
        "name=eve&role=owner&password=four+plain+words+there",
    ),
    ("GET", "/console/staff/{key}", May(Right::ManageStaff), ""),
    ("POST", "/console/staff/{key}/role", May(Right::ManageStaff), "role=viewer"),
    ("POST", "/console/staff/{key}/password", May(Right::ManageStaff), "password=four+plain+words+there"),
    ("POST", "/console/staff/{key}/disable", May(Right::ManageStaff), ""),
    ("GET", "/console/audit", May(Right::SeeAudit), ""),
    ("GET", "/console/me", Works, ""),
    ("POST", "/console/me/password", Works, "present=wrong&password=four+plain+words+there"),
    ("POST", "/console/passkeys", Works, "client_data=AA&authenticator_data=AA&label=Key"),
    ("POST", "/console/passkeys/challenge", Works, ""),
    ("POST", "/console/passkeys/remove", Works, "credential=AA"),
    (
        "POST",
        "/console/passkeys/sign-in",
        All,
        "credential=AA&client_data=AA&authenticator_data=AA&signature=AA",
    ),
    ("POST", "/console/passkeys/sign-in/challenge", All, ""),
    ("GET", "/app", Who::Shopper, ""),
    ("GET", "/app/sw.js", All, ""),
    ("POST", "/app/pass", Who::Shopper, "device=PHONE"),
    ("POST", "/app/debts/{trip}", Who::Shopper, ""),
    ("GET", "/app/sign-in", All, ""),
    ("POST", "/app/sign-in", All, "email=stranger@example.org"),
    ("GET", "/app/link", All, ""),
    ("POST", "/app/link", All, "token=AAAA"),
    ("GET", "/app/cart", Who::Shopper, ""),
    ("POST", "/app/cart/flag", Who::Shopper, "product=coffee&mine=false"),
    ("GET", "/app/live", Who::Shopper, ""),
    ("GET", "/app/receipts", Who::Shopper, ""),
    ("GET", "/app/receipts/{trip}", Who::Shopper, ""),
    ("GET", "/app/receipts/{trip}/print", Who::Shopper, ""),
    ("GET", "/app/receipts/{trip}/lines/{line}", Who::Shopper, ""),
    ("POST", "/app/receipts/{trip}/lines/{line}", Who::Shopper, "wrong=not_taken&amount=1"),
    ("GET", "/app/cards", Who::Shopper, ""),
    ("POST", "/app/cards", Who::Shopper, "token=tok_visa_ok"),
    ("POST", "/app/cards/default", Who::Shopper, "card=0190a5c0-0000-7000-8000-000000000000"),
    ("POST", "/app/cards/remove", Who::Shopper, "card=0190a5c0-0000-7000-8000-000000000000"),
    ("GET", "/app/palm", Who::Shopper, ""),
    ("POST", "/app/palm/delete", Who::Shopper, "person=0000000000c0ffee"),
    ("GET", "/app/privacy", Who::Shopper, ""),
    ("POST", "/app/privacy/language", Who::Shopper, "language=de"),
    ("POST", "/app/privacy/consent", Who::Shopper, "purpose=offers&given=true"),
    ("POST", "/app/privacy/phone", Who::Shopper, "device=PHONE"),
    ("POST", "/app/privacy/export.json", Who::Shopper, ""),
    ("GET", "/app/privacy/delete", Who::Shopper, ""),
    ("POST", "/app/privacy/delete", Who::Shopper, ""),
    ("POST", "/app/sign-out", Who::Shopper, ""),
    ("GET", "/kiosk", Demo, ""),
    ("GET", "/kiosk/entry", Demo, ""),
    ("POST", "/kiosk/entry", Demo, "card=good"),
    ("GET", "/kiosk/palm", Demo, ""),
    ("POST", "/kiosk/palm", Demo, "agreed=yes"),
    ("GET", "/kiosk/palm/card", Demo, ""),
    ("POST", "/kiosk/palm/card", Demo, "card=good"),
    ("GET", "/kiosk/palm/hands", Demo, ""),
    ("POST", "/kiosk/palm/picture", Demo, "left 1"),
    ("POST", "/kiosk/palm/skip", Demo, ""),
    ("POST", "/kiosk/palm/finish", Demo, ""),
    ("POST", "/kiosk/palm/stop", Demo, ""),
    ("GET", "/kiosk/palm/forget", Demo, ""),
    ("POST", "/kiosk/palm/forget", Demo, "card=good"),
    ("POST", "/kiosk/entry/palm", Demo, "left 1"),
    ("GET", "/kiosk/receipt", Demo, ""),
    ("POST", "/kiosk/receipt", Demo, "card=good"),
    ("POST", "/kiosk/receipt/mail", Demo, "card=good&email=ann@example.org&agreed="),
    ("GET", "/palm", All, ""),
    ("GET", "/palm/receipt", All, ""),
    ("POST", "/palm/receipt", All, "receipt=none"),
    ("GET", "/palm/receipts/{person}", All, ""),
    ("GET", "/demo", Demo, ""),
    ("GET", "/demo/shelf/{gondola}", Demo, ""),
    ("GET", "/demo/phone", Demo, ""),
    ("GET", "/demo/mail", Demo, ""),
    ("GET", "/demo/mail/{file}", Demo, ""),
    ("GET", "/demo/me", Demo, ""),
    ("POST", "/demo/enter", Demo, r#"{"on":"card","kind":"good"}"#),
    ("POST", "/demo/take", Demo, r#"{"who":"eve"}"#),
    ("POST", "/demo/put-back", Demo, r#"{"who":"eve"}"#),
    ("POST", "/demo/give", Demo, r#"{"who":"eve","to":"eve"}"#),
    ("POST", "/demo/leave", Demo, r#"{"who":"eve"}"#),
    ("POST", "/demo/break", Demo, r#"{"what":"camera","broken":false}"#),
];

/// Papers: mails that are shown as pages. Their style stands inline, and what mail programs read of them.
const PAPERS: [&str; 3] =
    ["/console/trips/{trip}/receipt", "/app/receipts/{trip}/print", "/demo/mail/{file}"];

/// Who comes.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Guest {
    Nobody,
    /// The shopper of the trip.
    Ann,
    /// Another shopper.
    Bob,
    Staff(Role),
}

impl Guest {
    fn all() -> Vec<Self> {
        [Self::Nobody, Self::Ann, Self::Bob].into_iter().chain(Role::ALL.map(Self::Staff)).collect()
    }

    fn may(self, who: Who) -> bool {
        match (who, self) {
            (All, _) | (Who::Shopper, Self::Ann | Self::Bob) | (Works, Self::Staff(_)) => true,
            (May(right), Self::Staff(role)) => role.may(right),
            (Floor, Self::Staff(role)) => role.may(Right::SeeFloor),
            _ => false,
        }
    }

    /// Whether it is somebody of the kind that a page is for, who may then be told that it is not theirs.
    fn is_known(self, who: Who) -> bool {
        match who {
            Who::Shopper => matches!(self, Self::Ann | Self::Bob),
            Works | May(_) | Floor => matches!(self, Self::Staff(_)),
            All | Demo => true,
        }
    }
}

/// A store with one of each, and what they have.
struct House {
    store: Served,
    cookies: Vec<(Guest, String)>,
    /// Ann's, paid, with a dispute.
    trip: TripKey,
    in_review: TripKey,
    /// Whose palms were deleted.
    person: String,
    /// What only Ann and staff may read.
    secrets: Vec<String>,
}

impl House {
    fn new(store: Served) -> Self {
        let (account, ann) = store.shopper("tok_visa_ok/ann");
        let (_, bob) = store.shopper("tok_visa_ok/bob");
        let mut cookies = vec![(Guest::Nobody, String::new()), (Guest::Ann, ann), (Guest::Bob, bob)];
        for role in Role::ALL {
            let (password, by) = (Password::new(PASSWORD.to_owned()), Actor::System("setup".to_owned()));
            let key = store.office.add_staff(role.as_str(), &password, role, by, store.now()).unwrap();
            let token = store.office.open_session(Visitor::Staff(key), store.now()).unwrap();
            cookies.push((Guest::Staff(role), format!("staff={}", token.reveal())));
        }
        let in_review: TripKey = store.come_in("tok_amex_ok").parse().unwrap();
        let cart = common::cart_of(&[], &[common::line("wine", 2, "7.50")]);
        assert_eq!(store.post(&format!("/trips/{in_review}/cart"), &cart).status, 200);
        let trip: TripKey = store.paid("tok_visa_ok/ann").parse().unwrap();
        let lines = vec![(0, pricing::Quantity::Units(1))];
        let dispute = office::Dispute { lines, kind: office::DisputeKind::NotTaken };
        store.office.dispute(trip, dispute, store.now()).unwrap();
        let secrets = vec![trip.to_string(), account.to_string(), "coffee".to_owned(), "6.77".to_owned()];
        let person = store.enrol("tok_visa_ok/eve", "left 99");
        let now = store.now();
        store.office.delete_palms(person, Actor::Shopper, office::Channel::App, now).unwrap();
        Self { person: person.to_string(), store, cookies, trip, in_review, secrets }
    }

    fn cookie(&self, guest: Guest) -> &str {
        self.cookies.iter().find(|(this, _)| *this == guest).map(|(_, cookie)| cookie.as_str()).unwrap()
    }

    /// The token that the forms of a guest's session have.
    fn csrf(&self, guest: Guest) -> String {
        let token = self.cookie(guest).split_once('=').and_then(|(_, token)| SessionToken::parse(token));
        let session = token.and_then(|token| self.store.office.session(&token, self.store.now()).unwrap());
        session.map(|session| session.csrf()).unwrap_or_default()
    }

    /// An address of the table, with things that there are.
    fn address(&self, path: &str) -> String {
        let trip = if path.starts_with("/console/reviews/") || path.ends_with("/cancel") {
            self.in_review
        } else {
            self.trip
        };
        let outbox = fs::read_dir(self.store.folder().join("outbox")).into_iter().flatten().flatten();
        let mail = outbox.map(|file| file.file_name().into_string().unwrap()).max();
        path.replace("{trip}", &trip.to_string())
            .replace("{kind}", "sure")
            .replace("{line}", "0")
            .replace("{number}", "0")
            .replace("{person}", &self.person)
            .replace("{gondola}", "1")
            .replace("{key}", &self.store.office.staff().unwrap()[0].key.to_string())
            .replace("{file}", &mail.unwrap_or_else(|| "none.eml".to_owned()))
    }

    fn send(&self, method: &str, path: &str, cookie: &str, body: &str, more: &[(&str, &str)]) -> Answer {
        let body = body.replace("PHONE", PHONE);
        let kind = if body.starts_with('{') { "application/json" } else { FORM };
        let mut headers = vec![("cookie", cookie), ("accept", "text/html,*/*")];
        if method != "GET" {
            headers.push(("content-type", kind));
        }
        headers.extend(more);
        self.store.ask(method, &self.address(path), &headers, body.as_bytes())
    }
}

/// A store that is no demo, and in which disputes are decided by people.
fn real() -> Served {
    let pages = web::Pages { live: Some(common::live()), ..web::Pages::default() };
    Served::with_pages(pages, |policy, _| policy.refund.at_once_minor = 0)
}

/// A form with a token of a session.
fn with_token(form: &str, token: &str) -> String {
    format!("csrf={token}&{form}")
}

/// What every answer must say and must not have.
fn assert_guarded(path: &str, answer: &Answer) {
    let header = |name: &str| answer.headers.get(name).map(String::as_str).unwrap_or_default();
    let policy = header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; "), "{path}: {answer:?}");
    assert!(policy.contains("frame-ancestors 'self'") && policy.contains("base-uri 'none'"), "{path}");
    let is_paper = PAPERS.contains(&path) && answer.status == 200;
    let allowed = if is_paper { "style-src 'unsafe-inline'" } else { "" };
    assert!(!policy.replace(allowed, "").contains("unsafe"), "{path}: {policy}");
    assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
    assert_eq!(header("x-frame-options"), "SAMEORIGIN", "{path}");
    assert_eq!(header("referrer-policy"), "same-origin", "{path}");
    let kept = if path == "/app/sw.js" && answer.status == 200 { "no-cache" } else { "no-store" };
    assert_eq!(header("cache-control"), kept, "{path}");
    for cookie in header("set-cookie").lines() {
        assert!(cookie.ends_with("; HttpOnly; SameSite=Lax") && cookie.contains("; Path=/; "), "{cookie}");
    }
    if header("content-type").starts_with("text/html") {
        assert!(answer.body.len() < 100_000, "{path} has {} bytes", answer.body.len());
        assert_nothing_inline(path, &answer.body, is_paper);
    }
}

/// Finds scripts with content, handlers and styles among the tags.
fn assert_nothing_inline(path: &str, html: &str, is_paper: bool) {
    for part in html.split('<').skip(1) {
        let (tag, content) = part.split_once('>').unwrap_or((part, ""));
        if tag.starts_with("script") {
            let is_data = is_paper && tag == "script type=\"application/ld+json\"";
            assert!(is_data || tag.contains(" src=\"/assets/") && content.is_empty(), "{path}: <{part}");
        }
        // Outside of what is quoted.
        let names: String = tag.split('"').step_by(2).collect();
        for name in names.split_whitespace().skip(1).map(str::to_ascii_lowercase) {
            assert!(!name.starts_with("on"), "{path}: <{tag}>");
            assert!(is_paper || !name.starts_with("style"), "{path}: <{tag}>");
        }
        assert!(is_paper || !tag.starts_with("style"), "{path}: <{tag}>");
        assert!(!tag.to_ascii_lowercase().contains("javascript:"), "{path}: <{tag}>");
    }
}

/// The sources of the pages.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let each = entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] });
    each.filter(|path| path.extension().is_some_and(|kind| kind == "rs")).collect()
}

/// What stands in quotes after each of a router's calls.
fn quoted<'a>(text: &'a str, call: &str) -> Vec<&'a str> {
    let calls = text.split(call).skip(1).filter_map(|rest| rest.trim_start().strip_prefix('"'));
    calls.map(|rest| rest.split('"').next().unwrap()).collect()
}

#[test]
fn every_route_stands_in_the_table() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/pages");
    let top = fs::read_to_string(folder.join("mod.rs")).unwrap();
    let prefixes = quoted(&top, ".nest(");
    let mut routes = BTreeSet::new();
    for file in sources(&folder) {
        let text = fs::read_to_string(&file).unwrap();
        let module = file.strip_prefix(&folder).unwrap().parent().unwrap().to_str().unwrap();
        let found = quoted(&text, ".route(");
        if found.is_empty() {
            continue;
        }
        let prefix = if module.is_empty() { String::new() } else { format!("/{module}") };
        assert!(prefix.is_empty() || prefixes.contains(&&*prefix), "{} is nested elsewhere", file.display());
        for path in found {
            let whole = format!("{prefix}{path}");
            routes
                .insert(whole.strip_suffix('/').filter(|path| !path.is_empty()).unwrap_or(&whole).to_owned());
        }
    }
    let table: BTreeSet<String> = ROUTES.iter().map(|(_, path, ..)| (*path).to_owned()).collect();
    assert_eq!(routes, table);
    assert!(routes.len() > 60, "the sources were read");
    let house = House::new(real());
    for path in &table {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            if !ROUTES.iter().any(|(other, this, ..)| (*other, *this) == (method, path.as_str())) {
                let answer = house.send(method, path, "", "", &[]);
                assert_eq!(answer.status, 405, "{method} {path} does not stand in the table");
                assert_guarded(path, &answer);
            }
        }
    }
}

#[test]
fn each_page_is_for_whom_it_is_for() {
    let house = House::new(real());
    for (_, path, who, _) in ROUTES.iter().filter(|(method, ..)| *method == "GET") {
        for guest in Guest::all() {
            let answer = house.send("GET", path, house.cookie(guest), "", &[]);
            let at = format!("{guest:?} at {path}: {answer:?}");
            assert_guarded(path, &answer);
            if *who == Demo {
                assert!((400..500).contains(&answer.status), "{at}");
            } else if !guest.is_known(*who) {
                let sign_in = if *who == Who::Shopper { "/app/sign-in" } else { "/console/sign-in" };
                assert_eq!((answer.status, answer.headers["location"].as_str()), (303, sign_in), "{at}");
            } else if !guest.may(*who) {
                assert_eq!(answer.status, 403, "{at}");
            } else if guest == Guest::Bob && *who == Who::Shopper && path.contains("{trip}") {
                assert_eq!(answer.status, 404, "{at}");
            } else {
                let leads_on = path.starts_with("/r/");
                assert_eq!(answer.status, if leads_on { 303 } else { 200 }, "{at}");
            }
            if guest != Guest::Ann && !matches!(guest, Guest::Staff(_)) {
                let told = house.secrets.iter().find(|secret| answer.body.contains(&**secret));
                assert_eq!(told, None, "{at}");
            }
        }
    }
}

#[test]
fn forms_are_taken_from_their_own_session_only() {
    let house = House::new(real());
    let before = house.store.entries();
    for (_, path, who, form) in ROUTES.iter().filter(|(method, ..)| *method == "POST") {
        for guest in Guest::all() {
            let other = if guest == Guest::Bob { Guest::Ann } else { Guest::Bob };
            for token in [String::new(), house.csrf(other), "AAAA".to_owned()] {
                let body = if form.starts_with('{') { (*form).to_owned() } else { with_token(form, &token) };
                let answer = house.send("POST", path, house.cookie(guest), &body, &[]);
                let at = format!("{guest:?} at {path}: {answer:?}");
                assert_guarded(path, &answer);
                match who {
                    All => assert!(answer.status < 500, "{at}"),
                    Demo => assert!((400..500).contains(&answer.status), "{at}"),
                    // Cards are typed into the processor's form; the simulated one is a demo's.
                    Who::Shopper if *path == "/app/cards" && guest.is_known(*who) => {
                        assert_eq!(answer.status, 404, "{at}");
                    }
                    _ if guest.is_known(*who) => assert_eq!(answer.status, 403, "{at}"),
                    Who::Shopper => assert_eq!(answer.headers["location"], "/app/sign-in", "{at}"),
                    _ => assert_eq!(answer.headers["location"], "/console/sign-in", "{at}"),
                }
                let told = house.secrets.iter().find(|secret| answer.body.contains(&**secret));
                assert!(told.is_none() || guest == Guest::Ann, "{at}");
            }
            if guest.is_known(*who) && !guest.may(*who) && *who != Demo {
                let body = with_token(form, &house.csrf(guest));
                let answer = house.send("POST", path, house.cookie(guest), &body, &[]);
                assert_eq!(answer.status, 403, "{guest:?} at {path} with their own token: {answer:?}");
            }
        }
    }
    assert_eq!(house.store.entries(), before, "nothing came of all that");
}

#[test]
fn what_another_site_makes_a_browser_send_is_refused() {
    let house = House::new(real());
    let before = house.store.entries();
    let elsewhere = [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
    ];
    for (_, path, _, form) in ROUTES.iter().filter(|(method, ..)| *method == "POST") {
        for guest in [Guest::Ann, Guest::Staff(Role::Owner)] {
            for header in elsewhere {
                let body = with_token(form, &house.csrf(guest));
                let answer = house.send("POST", path, house.cookie(guest), &body, &[header]);
                assert_eq!(answer.status, 403, "{guest:?} at {path} with {header:?}: {answer:?}");
                assert!(!answer.headers.contains_key("set-cookie"), "{path}");
                assert_guarded(path, &answer);
            }
        }
    }
    assert_eq!(house.store.entries(), before);
    assert_eq!(house.store.page("/app", house.cookie(Guest::Ann)).status, 200, "still signed in");
    assert_eq!(house.store.page("/console", house.cookie(Guest::Staff(Role::Owner))).status, 200);
}

#[test]
fn a_demos_pages_are_guarded_too() {
    let house = House::new(Served::demo());
    assert_eq!(house.send("POST", "/app/sign-in", "", "email=ann@example.org", &[]).status, 200);
    let welcome = house.send("GET", "/demo", "", "", &[]);
    let visitor = welcome.headers["set-cookie"].split(';').next().unwrap().to_owned();
    for (method, path, who, form) in ROUTES.iter().filter(|(_, _, who, _)| matches!(who, Demo | Floor | All))
    {
        for cookie in ["", &visitor] {
            let answer = house.send(method, path, cookie, form, &[]);
            assert!(answer.status < 500, "{method} {path}: {answer:?}");
            assert_guarded(path, &answer);
            if *method == "GET" && *who != All && (!cookie.is_empty() || *who == Floor) {
                let enters = *path == "/demo/phone";
                assert_eq!(answer.status, if enters { 303 } else { 200 }, "{path}: {answer:?}");
            }
            // What is sold is for all to see, and in a demo mails are.
            if !["/floor/plan.json", "/demo/shelf/{gondola}", "/demo/mail/{file}"].contains(path) {
                let told = house.secrets.iter().find(|secret| answer.body.contains(&**secret));
                assert_eq!(told, None, "{path}");
            }
        }
    }
}

#[test]
fn what_is_wrong_is_said_in_the_visitors_language() {
    let house = House::new(Served::demo());
    let german = [("accept-language", "de-AT,de;q=0.9")];
    let viewer = house.cookie(Guest::Staff(Role::Viewer));
    for (path, cookie, status, english, told) in [
        ("/nowhere", "", 404, "There is nothing here", "Hier ist nichts"),
        ("/kiosk/nowhere", "", 404, "There is nothing here", "Hier ist nichts"),
        ("/demo/shelf/99", "", 404, "There is nothing here", "Hier ist nichts"),
        ("/console/audit", viewer, 403, "Your role does not include it", "Ihre Rolle umfasst es nicht"),
        ("/demo/me", "", 409, "open the demo's page first", "zuerst die Seite der Demo"),
    ] {
        for (more, lang, text) in [(&german[..0], "en", english), (&german[..], "de", told)] {
            let answer = house.send("GET", path, cookie, "", more);
            assert_eq!(answer.status, status, "{path}: {answer:?}");
            assert_guarded(path, &answer);
            assert!(answer.body.contains(&format!("<html lang=\"{lang}\"")), "{path}: {}", answer.body);
            assert!(answer.body.contains(text), "{path}: {}", answer.body);
        }
    }
    let page = house.send("POST", "/app/sign-out", house.cookie(Guest::Ann), "", &german);
    assert!(page.body.contains("<p>Die Seite war zu lange offen"), "the first paragraph says what is wrong");
    let gone = house.store.send("GET", "/nowhere", &[("accept", "application/json")], b"");
    assert_eq!(gone.problem(), "unknown-path", "programs are told as before");
}

#[test]
fn sessions_end() {
    let house = House::new(real());
    let (ann, owner) = (house.cookie(Guest::Ann), house.cookie(Guest::Staff(Role::Owner)));
    for (guest, path, sign_out) in
        [(Guest::Bob, "/app", "/app/sign-out"), (Guest::Staff(Role::Viewer), "/console", "/console/sign-out")]
    {
        let cookie = house.cookie(guest);
        let out = house.send("POST", sign_out, cookie, &with_token("", &house.csrf(guest)), &[]);
        assert_eq!(out.status, 303, "{out:?}");
        assert!(out.headers["set-cookie"].contains("=; Path=/; Max-Age=0"), "{out:?}");
        assert_eq!(house.store.page(path, cookie).status, 303, "the cookie opens nothing more");
    }
    // Staff are signed out after an hour without a request, and after twelve in any case.
    assert_eq!(house.store.page("/console", owner).status, 200);
    for _ in 0..13 {
        house.store.wait(55 * 60);
        assert_eq!(house.store.page("/console", owner).status, 200);
    }
    house.store.wait(10 * 60);
    assert_eq!(house.store.page("/console", owner).status, 303, "twelve hours");
    // What a page asks by itself is no use of the session.
    let member =
        house.store.office.staff().unwrap().into_iter().find(|one| one.role == Role::Reviewer).unwrap();
    let token = house.store.office.open_session(Visitor::Staff(member.key), house.store.now()).unwrap();
    let cookie = format!("staff={}", token.reveal());
    let asks = || house.store.ask("GET", "/console", &[("cookie", &cookie), ("x-by-itself", "1")], b"");
    for _ in 0..2 {
        house.store.wait(29 * 60);
        assert_eq!(asks().status, 200);
    }
    house.store.wait(3 * 60);
    assert_eq!(asks().status, 303, "an hour after it was opened");
    let idle = house.cookie(Guest::Staff(Role::Operator));
    assert_eq!(house.store.page("/console", idle).status, 303, "idle for more than an hour");
    // Shoppers after 90 days without one.
    house.store.wait(80 * 86_400);
    assert_eq!(house.store.page("/app", ann).status, 200);
    house.store.wait(91 * 86_400);
    assert_eq!(house.store.page("/app", ann).status, 303);
}

#[test]
fn guesses_of_passwords_are_few() {
    let house = House::new(real());
    let sign_in = |name: &str, password: &str| {
        let form = format!("name={name}&password={}", password.replace(' ', "+"));
        house.send("POST", "/console/sign-in", "", &form, &[])
    };
    for _ in 0..40 {
        assert_eq!(sign_in("owner", PASSWORD).status, 303, "those that succeed don't count");
    }
    for _ in 0..5 {
        assert_eq!(sign_in("viewer", "wrong").status, 401);
    }
    let waits = sign_in("viewer", PASSWORD);
    assert_eq!(waits.status, 429, "a name waits");
    assert_eq!(sign_in("owner", PASSWORD).status, 303, "others don't");
    for number in 6..30 {
        assert_eq!(sign_in(&format!("name{number}"), "wrong").status, 401, "{number}");
    }
    let shut = sign_in("owner", PASSWORD);
    assert_eq!(shut.status, 429, "an address waits");
    assert!(shut.body.contains("until the next hour") && !shut.headers.contains_key("set-cookie"));
    assert_guarded("/console/sign-in", &shut);
    house.store.wait(3600);
    assert_eq!(sign_in("owner", PASSWORD).status, 303);
}

#[test]
fn look_ups_that_miss_are_few() {
    let house = House::new(real());
    let form = "date=2027-01-15&last_four=0000&total=6.77";
    let look = || house.send("POST", "/look-up", "", form, &[]);
    for _ in 0..10 {
        assert_eq!(look().status, 404);
    }
    let shut = look();
    assert_eq!(shut.status, 429);
    assert_guarded("/look-up", &shut);
}

#[test]
fn addresses_on_receipts_lead_to_them_through_the_sign_in() {
    let house = House::new(real());
    let (store, trip) = (&house.store, house.trip);
    let receipt = format!("/app/receipts/{trip}");
    let leads = |path: &str| {
        let answer = store.page(path, "");
        (answer.status, answer.headers.get("location").cloned())
    };
    assert_eq!(leads(&format!("/r/{trip}")), (303, Some(receipt.clone())));
    assert_eq!(leads(&format!("/r/{trip}/pay")), (303, Some("/app".to_owned())));
    assert_eq!(leads("/r/nonsense").0, 404);

    let cookie = |answer: &Answer| answer.headers["set-cookie"].split(';').next().unwrap().to_owned();
    let asked = store.ask("GET", &receipt, &[("accept", "text/html")], b"");
    let next = cookie(&asked);
    assert_eq!(next, format!("next={receipt}"));
    for (path, accept) in [("/app", "text/html"), ("/app/live", "text/event-stream"), (&*receipt, "*/*")] {
        let answer = store.ask("GET", path, &[("accept", accept)], b"");
        assert!(!answer.headers.contains_key("set-cookie"), "{path} is no page to come back to");
    }
    let open = |next: &str| {
        let address = receipts::MailAddress::parse("ann@example.org").unwrap();
        let link = store.office.ask_in(address, store.now()).unwrap();
        store.form("/app/link", next, &[("token", &link.token)])
    };
    let opened = open(&next);
    assert_eq!((opened.status, &opened.headers["location"]), (303, &receipt));
    assert!(opened.headers["set-cookie"].contains("\nnext=; Path=/; Max-Age=0"), "{opened:?}");
    assert_eq!(store.page(&receipt, &cookie(&opened)).status, 404, "of others there still is none");
    for evil in ["next=//evil.example", "next=https://evil.example/app", "next=/console", "next=/app/..//x"] {
        assert_eq!(open(evil).headers["location"], "/app", "{evil}");
    }
}

#[test]
fn whom_a_receipt_was_mailed_to_sees_that_one_only() {
    let house = House::new(real());
    let store = &house.store;
    let token = "tok_visa_ok/eve";
    let earlier = store.paid(token);
    let card = || store.bank.acquirer().card(&token.to_owned().try_into().unwrap()).unwrap();
    let link = |address: &str| {
        let agreed = office::ConsentText { version: "1", language: "en", words: "Mail it." };
        let address = receipts::MailAddress::parse(address).unwrap();
        store.office.link_email(office::Shown::Card(card()), address, &agreed, store.now()).unwrap();
        store.run();
    };
    // By mail, as anybody signs in; there is no card in the account.
    let sign_in = |address: &str| {
        let address = receipts::MailAddress::parse(address).unwrap();
        let link = store.office.ask_in(address, store.now()).unwrap();
        let opened = store.form("/app/link", "", &[("token", &link.token)]);
        opened.headers["set-cookie"].split(';').next().unwrap().to_owned()
    };
    store.wait(2 * 86_400);
    let mailed = store.paid(token);
    link("Eve@Example.org");
    store.wait(60);
    let eve = sign_in("eve@example.org");
    for path in ["", ".pdf", "/print", "/lines/0"] {
        let address = format!("/app/receipts/{mailed}{path}");
        assert_eq!(store.page(&address, &eve).status, 200, "{path}");
        let strangers = [sign_in("mallory@example.org"), house.cookie(Guest::Bob).to_owned()];
        for stranger in strangers {
            assert_eq!(store.page(&address, &stranger).status, 404, "{path}");
        }
        let other = format!("/app/receipts/{earlier}{path}");
        assert_eq!(store.page(&other, &eve).status, 404, "{path}: it was not mailed to her");
    }
    assert!(!store.page("/app/receipts", &eve).body.contains(&mailed), "the list is the account's own");

    // Nor does she see the card's cart, or say what is in it.
    let inside: TripKey = store.come_in(token).parse().unwrap();
    store.office.walked_in(inside, store.now()).unwrap();
    assert!(!store.page("/app/cart", &eve).body.contains(&inside.to_string()));
    let session = SessionToken::parse(eve.split_once('=').unwrap().1).unwrap();
    let session = store.office.session(&session, store.now()).unwrap().unwrap();
    let fields = [("csrf", session.csrf()), ("product", "coffee".to_owned()), ("mine", "false".to_owned())];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    store.form("/app/cart/flag", &eve, &fields);
    assert!(store.office.trip(inside).unwrap().flagged.is_empty());

    // When the card's receipts go elsewhere, the newest one goes there, too, and is no more for who had it before.
    link("mallory@example.org");
    let mallory = sign_in("mallory@example.org");
    let sees = |trip: &str, cookie: &str| store.page(&format!("/app/receipts/{trip}"), cookie).status;
    assert_eq!((sees(&mailed, &eve), sees(&mailed, &mallory)), (404, 200));
    assert_eq!((sees(&earlier, &eve), sees(&earlier, &mallory)), (404, 404));
}
