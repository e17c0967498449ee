//! The console: who gets to which page, what forms do, and that every look at a trip is written down.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod common;

use std::sync::Arc;

use common::{Answer, Served, cart_of, line};
use model::Store;
use office::{
    Actor, Dispute, DisputeKind, LineKind, Password, Right, Role, TripKey, TripState, Verdict, Visitor,
};
use pricing::Quantity;
use serde_json::{Value, json};
use web::{Live, Pages};

const PASSWORD: &str = "four plain words here";

/// A page that is looked at with a browser: its store, and who looks.
struct Console {
    store: Served,
    /// A cookie for each of [`Role::ALL`].
    cookies: Vec<(Role, String)>,
    in_review: TripKey,
    paid: TripKey,
}

fn live() -> Live {
    let text =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/stores/corner.toml"));
    Live::new(Arc::new(Store::from_toml(&text.unwrap()).unwrap()))
}

impl Console {
    fn new() -> Self {
        let pages = Pages { live: Some(live()), ..Pages::default() };
        let store = Served::with_pages(pages, |policy, _| policy.refund.at_once_minor = 0);
        let setup = || Actor::System("setup".into());
        let cookies = Role::ALL.map(|role| {
            let password = Password::new(PASSWORD.to_owned());
            let key = store.office.add_staff(role.as_str(), &password, role, setup(), store.now()).unwrap();
            let token = store.office.open_session(Visitor::Staff(key), store.now()).unwrap();
            (role, format!("staff={}", token.reveal()))
        });
        let in_review: TripKey = store.come_in("tok_amex_ok").parse().unwrap();
        let doubtful = [line("wine", 2, "7.50"), line("beer", 1, "1.20")];
        let cart = cart_of(&[line("coffee", 1, "4.99")], &doubtful);
        assert_eq!(store.post(&format!("/trips/{in_review}/cart"), &cart).status, 200);
        let said = office::Evidence { kind: LineKind::Doubtful, line: 0, body: evidence() };
        store.office.put_evidence(in_review, vec![said], store.now()).unwrap();
        let paid: TripKey = store.paid("tok_visa_ok").parse().unwrap();
        let not_taken = Dispute { lines: vec![(0, Quantity::Units(1))], kind: DisputeKind::NotTaken };
        store.office.dispute(paid, not_taken, store.now()).unwrap();
        Self { store, cookies: cookies.to_vec(), in_review, paid }
    }

    fn send(&self, role: Option<Role>, method: &str, path: &str, form: &str) -> Answer {
        let cookie = role.map(|role| self.cookie(role)).unwrap_or_default();
        let headers = [("cookie", cookie), ("content-type", "application/x-www-form-urlencoded")];
        let agent =
            ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build().new_agent();
        let mut request = ureq::http::Request::builder().method(method).uri(self.store.url(path));
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let mut response = agent.run(request.body(form.to_owned()).unwrap()).unwrap();
        let headers = response.headers().iter();
        let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
        Answer {
            status: response.status().as_u16(),
            headers: headers.collect(),
            body: response.body_mut().read_to_string().unwrap(),
        }
    }

    fn cookie(&self, role: Role) -> &str {
        let found = self.cookies.iter().find(|(this, _)| *this == role);
        found.map(|(_, cookie)| cookie.as_str()).unwrap()
    }

    fn get(&self, role: Role, path: &str) -> Answer {
        self.send(Some(role), "GET", path, "")
    }

    /// Sends a form as a page of the role's session would.
    fn post(&self, role: Role, path: &str, form: &str) -> Answer {
        let token = office::SessionToken::parse(self.cookie(role).strip_prefix("staff=").unwrap()).unwrap();
        let session = self.store.office.session(&token, self.store.now()).unwrap();
        let csrf = session.map(|session| session.csrf()).unwrap_or_default();
        self.send(Some(role), "POST", path, &format!("csrf={csrf}&{form}"))
    }

    /// The addresses of all pages, and the right each needs.
    fn pages(&self) -> Vec<(String, Option<Right>)> {
        let (review, paid) = (self.in_review, self.paid);
        let page = |path: &str, right| (path.to_owned(), right);
        vec![
            page("/console", None),
            page("/console/me", None),
            page("/console/floor", Some(Right::SeeFloor)),
            page("/console/trips", Some(Right::SeeTrips)),
            page(&format!("/console/trips/{review}"), Some(Right::SeeTrips)),
            page(&format!("/console/trips/{paid}"), Some(Right::SeeTrips)),
            page(&format!("/console/trips/{paid}/receipt"), Some(Right::SeeReceipts)),
            page(&format!("/console/trips/{paid}/sure/0"), Some(Right::SeeEvidence)),
            page(&format!("/console/trips/{review}/doubtful/0"), Some(Right::SeeEvidence)),
            page("/console/reviews", Some(Right::Review)),
            page(&format!("/console/reviews/{review}"), Some(Right::Review)),
            page("/console/disputes", Some(Right::DecideDisputes)),
            page(&format!("/console/disputes/{paid}/0"), Some(Right::DecideDisputes)),
            page("/console/debts", Some(Right::SeeReceipts)),
            page("/console/devices", Some(Right::SeeDevices)),
            page("/console/catalogue", Some(Right::SeeCatalogue)),
            page("/console/planogram", Some(Right::SeeCatalogue)),
            page("/console/figures", Some(Right::SeeFigures)),
            page("/console/staff", Some(Right::ManageStaff)),
            page(
                &format!("/console/staff/{}", self.store.office.staff().unwrap()[0].key),
                Some(Right::ManageStaff),
            ),
            page("/console/audit", Some(Right::SeeAudit)),
            page("/floor/plan.json", Some(Right::SeeFloor)),
        ]
    }

    /// The addresses that forms are sent to, a form that each takes, and the right each needs.
    fn forms(&self) -> Vec<(String, &'static str, Right)> {
        let (review, paid, key) = (self.in_review, self.paid, "0190a5c0-0000-7000-8000-000000000000");
        vec![
            (format!("/console/trips/{paid}/refund"), "line0=1&reason=Cold", Right::Refund),
            (format!("/console/trips/{review}/cancel"), "reason=Fire", Right::CallOff),
            (format!("/console/reviews/{review}/0"), "verdict=drop", Right::Review),
            (format!("/console/disputes/{paid}/0"), "decision=reject&reason=Seen", Right::DecideDisputes),
            ("/console/catalogue".to_owned(), "id=a&form=json&tax=19&text=[]", Right::ChangeCatalogue),
            (
                "/console/staff".to_owned(),
                "name=eve&role=viewer&password=four+plain+words+there",
                Right::ManageStaff,
            ),
            (format!("/console/staff/{key}/role"), "role=viewer", Right::ManageStaff),
            (format!("/console/staff/{key}/password"), "password=four+plain+words+there", Right::ManageStaff),
            (format!("/console/staff/{key}/disable"), "", Right::ManageStaff),
        ]
    }
}

/// What the engine says of a take, with everything in it.
fn evidence() -> Value {
    let at = |seconds: &str| format!("2027-01-15T07:59:{seconds}Z");
    let grams: Vec<f64> = (0..60).map(|step| if step < 30 { 1500.0 } else { 750.0 }).collect();
    json!([{
        "change": "3", "start": at("00.0"), "moment": at("00.4"), "end": at("01.0"), "grams": -750.0, "grams_sd": 2.0,
        "source": "weight", "place": [1.0, 2.0, 0.8],
        "plates": [{ "plate": "1/1/1", "grams": -750.0, "grams_sd": 2.0, "knock_on": false }],
        "hands": [{ "track": "7", "trip": "1", "side": "left", "distance_m": 0.12, "time": at("00.3"), "log_likelihood": null }],
        "alternatives": [
            { "who": "trip", "id": "1", "items": [["wine", -1]], "probability": 0.6, "expected_grams": -748.0 },
            { "who": "nobody", "items": [], "probability": 0.4, "expected_grams": null },
        ],
        "curve": { "start": at("57.4").replace("07:59", "07:58"), "step_s": 0.1, "grams": grams },
    }])
}

#[test]
fn each_role_gets_to_its_pages_and_strangers_to_none() {
    let console = Console::new();
    for (path, right) in console.pages() {
        let stranger = console.send(None, "GET", &path, "");
        assert_eq!(
            (stranger.status, stranger.headers["location"].as_str()),
            (303, "/console/sign-in"),
            "{path}"
        );
        for role in Role::ALL {
            let may = right.is_none_or(|right| role.may(right));
            let answer = console.get(role, &path);
            assert_eq!(answer.status, if may { 200 } else { 403 }, "{role} at {path}: {}", answer.body);
            assert!(answer.body.len() < 100_000, "{path} has {} bytes", answer.body.len());
            assert!(
                !answer.body.contains(" style=") || path.ends_with("/receipt"),
                "{path} has inline style"
            );
        }
    }
    for role in Role::ALL {
        let overview = console.get(role, "/console").body;
        for (path, right) in console.pages().into_iter().filter(|(path, _)| path.matches('/').count() == 2) {
            let linked = overview.contains(&format!("href=\"{path}\""));
            assert_eq!(
                linked,
                right.is_none_or(|right| role.may(right)) && path.starts_with("/console"),
                "{role}: {path}"
            );
        }
    }
}

#[test]
fn forms_are_taken_from_their_own_session_and_role_only() {
    let console = Console::new();
    for (path, form, right) in console.forms() {
        let stranger = console.send(None, "POST", &path, form);
        assert_eq!(
            (stranger.status, stranger.headers["location"].as_str()),
            (303, "/console/sign-in"),
            "{path}"
        );
        for role in Role::ALL {
            let forged = console.send(Some(role), "POST", &path, form);
            assert_eq!(forged.status, 403, "{role} at {path} without a token");
            let other = console.send(Some(role), "POST", &path, &format!("csrf=AAAA&{form}"));
            assert_eq!(other.status, 403, "{role} at {path} with another token");
            if !role.may(right) {
                assert_eq!(console.post(role, &path, form).status, 403, "{role} at {path}");
            }
        }
    }
    // Nothing of all that counted; from the owner's own page it does.
    assert_eq!(console.store.office.trip(console.in_review).unwrap().state(), TripState::InReview);
    for (path, form, _) in console.forms() {
        let status = console.post(Role::Owner, &path, form).status;
        assert!([200, 303, 409].contains(&status), "{path}: {status}");
    }
    assert_eq!(console.send(Some(Role::Owner), "POST", "/console/sign-out", "").status, 403);
    assert_eq!(console.post(Role::Owner, "/console/sign-out", "").status, 303);
    assert_eq!(console.get(Role::Owner, "/console").status, 303, "signed out");
}

#[test]
fn a_review_is_decided_and_the_next_one_comes() {
    let console = Console::new();
    let (store, trip) = (&console.store, console.in_review);
    let page = console.get(Role::Reviewer, &format!("/console/reviews/{trip}")).body;
    for part in ["wine", "60.0 %", "1/1/1", "-750 g", "12 cm", "<meter", "data-key=\"c\"", "aria-label"] {
        assert!(page.contains(part), "{part} is not on the page");
    }
    let next = format!("/console/reviews/{trip}?line=1");
    assert!(page.contains(&next), "the other line comes next");
    let form = format!("verdict=charge&amount=1&next={next}");
    let decided = console.post(Role::Reviewer, &format!("/console/reviews/{trip}/0"), &form);
    assert_eq!(
        (decided.status, decided.headers["location"].as_str()),
        (303, next.as_str()),
        "{}",
        decided.body
    );
    assert_eq!(store.office.trip(trip).unwrap().verdicts[&0], Verdict::Charge(Quantity::Units(1)));

    let away = "verdict=drop&next=https://example.com/";
    let decided = console.post(Role::Reviewer, &format!("/console/reviews/{trip}/1"), away);
    assert_eq!(decided.headers["location"], "/console/reviews", "nobody is sent elsewhere");
    store.run();
    let trip = store.office.trip(trip).unwrap();
    assert_eq!((trip.state(), trip.taken_minor()), (TripState::Paid, 499 + 750));
    let again = console.post(Role::Reviewer, &format!("/console/reviews/{}/1", trip.key), "verdict=drop");
    assert_eq!(again.status, 409);
    assert!(console.get(Role::Reviewer, "/console/reviews").body.contains("empty-state"));
}

#[test]
fn a_dispute_is_decided_and_money_given_back() {
    let console = Console::new();
    let (store, paid) = (&console.store, console.paid);
    store.office.put_words(paid, 0, "I put it <back>.", store.now()).unwrap();
    let path = format!("/console/disputes/{paid}/0");
    let page = console.get(Role::Support, &path).body;
    assert!(page.contains("I put it &lt;back&gt;.") && page.contains("coffee"));
    assert_eq!(console.post(Role::Support, &path, "decision=grant&line0=1&reason=").status, 400, "no reason");
    assert_eq!(console.post(Role::Support, &path, "decision=grant&line0=0&reason=x").status, 400, "no line");
    assert_eq!(console.post(Role::Support, &path, "decision=grant&line0=9&reason=x").status, 409, "too much");
    assert_eq!(
        console.post(Role::Support, &path, "decision=grant&line0=1&reason=You+are+right.").status,
        303
    );
    store.run();
    assert_eq!(store.office.trip(paid).unwrap().refunded_minor, 499);
    let refund = format!("/console/trips/{paid}/refund");
    assert_eq!(console.post(Role::Support, &refund, "line1=1&reason=Warm+water.").status, 303);
    store.run();
    let trip = store.office.trip(paid).unwrap();
    assert_eq!(trip.refunded_minor, 499 + 89);
    assert_eq!(trip.refunds[1].1.by, Actor::Staff("support".into()));
    let page = console.get(Role::Support, &format!("/console/trips/{paid}")).body;
    assert!(page.contains("You are right.") && page.contains("Warm water."));
}

#[test]
fn every_look_at_a_trip_is_written_down() {
    let console = Console::new();
    let (review, paid) = (console.in_review, console.paid);
    let looks = [
        (Role::Reviewer, format!("/console/trips/{review}"), review),
        (Role::Reviewer, format!("/console/trips/{review}/doubtful/0"), review),
        (Role::Reviewer, format!("/console/reviews/{review}"), review),
        (Role::Support, format!("/console/disputes/{paid}/0"), paid),
        (Role::Support, format!("/console/trips/{paid}/receipt"), paid),
    ];
    for (role, path, trip) in looks {
        let count = || console.store.office.seen_by(trip).unwrap().len();
        let before = count();
        assert_eq!(console.get(role, &path).status, 200, "{path}");
        assert_eq!(count(), before + 1, "{path}");
    }
    let before = console.store.office.views(100, None).unwrap().len();
    assert_eq!(console.get(Role::Viewer, &format!("/console/trips/{review}")).status, 403);
    assert_eq!(
        console.store.office.views(100, None).unwrap().len(),
        before,
        "nothing was shown, nothing is noted"
    );
    let audit = console.get(Role::Owner, "/console/audit").body;
    assert!(audit.contains("reviewer") && audit.contains(&review.to_string()));
}

#[test]
fn a_reviewer_sees_no_money_and_no_account() {
    let console = Console::new();
    let page = console.get(Role::Reviewer, &format!("/console/trips/{}", console.paid)).body;
    assert!(page.contains("coffee"));
    for part in ["6.77", "held", "Account", "/receipt", "Who has looked"] {
        assert!(!page.contains(part), "a reviewer sees {part}");
    }
    let page = console.get(Role::Owner, &format!("/console/trips/{}", console.paid)).body;
    assert!(page.contains("6.77 EUR") && page.contains("/receipt") && page.contains("Account"));
}

#[test]
fn signing_in_needs_the_password_and_waits_after_guesses() {
    let console = Console::new();
    let sign_in = |name: &str, password: &str| {
        console.send(None, "POST", "/console/sign-in", &format!("name={name}&password={password}"))
    };
    let right = PASSWORD.replace(' ', "+");
    let welcome = sign_in("Owner", &right);
    assert_eq!((welcome.status, welcome.headers["location"].as_str()), (303, "/console"));
    assert!(welcome.headers["set-cookie"].contains("HttpOnly"));
    let (wrong, nobody) = (sign_in("owner", "wrong"), sign_in("nobody", &right));
    assert_eq!((wrong.status, nobody.status), (401, 401));
    assert_eq!(wrong.body, nobody.body, "nothing tells which was wrong");
    for _ in 0..5 {
        sign_in("viewer", "wrong");
    }
    let waits = sign_in("viewer", &right);
    assert_eq!(waits.status, 429);
    assert!(waits.body.contains("31 s"), "{}", waits.body);
    assert_eq!(console.send(None, "POST", "/console/demo-sign-in", "role=owner").status, 404, "no demo here");
    console.cookies.iter().for_each(|(role, _)| assert!(!wrong.body.contains(&format!("value=\"{role}\""))));
}

#[test]
fn before_anybody_works_here_the_page_tells_how_to_begin() {
    let store = Served::new();
    let mut page = ureq::get(store.url("/console/sign-in")).call().unwrap();
    let page = page.body_mut().read_to_string().unwrap();
    assert!(page.contains("saunter staff add NAME --role owner --office office.toml"));
    assert!(!page.contains("type=\"password\""));
}

#[test]
fn trips_are_found_by_id_and_receipt_number() {
    let console = Console::new();
    let (review, paid) = (console.in_review, console.paid);
    for (find, trip) in [(review.to_string(), review), ("000001".to_owned(), paid)] {
        let found = console.get(Role::Operator, &format!("/console/trips?find={find}"));
        assert_eq!(found.headers["location"], format!("/console/trips/{trip}"));
    }
    let missed = console.get(Role::Operator, "/console/trips?find=%3Cb%3E");
    assert!(missed.status == 200 && missed.body.contains("&lt;b&gt;"));
    let listed = console.get(Role::Operator, "/console/trips?state=in_review").body;
    assert!(listed.contains(&review.to_string()) && !listed.contains(&paid.to_string()));
    assert_eq!(console.get(Role::Operator, "/console/trips/no-trip").status, 404);
}

#[test]
fn a_catalogue_is_taken_in_and_its_faults_are_told() {
    let console = Console::new();
    let upload = |form: &str| console.post(Role::Operator, "/console/catalogue", form);
    let item = "[{\"sku\":\"tea\",\"name\":\"Green tea\",\"barcodes\":[],\"prices\":[{\"price\":\"2.50\",\"tax_percent\":\"19\"}]}]";
    let taken = upload(&format!("id=one&form=json&tax=19&text={}", encoded(item)));
    let report = taken.body;
    let listed = console.get(Role::Viewer, "/console/catalogue?find=TEA").body;
    assert!(listed.contains("Green tea") && listed.contains("2.50 EUR"), "{report}");
    let refused = upload("id=two&form=json&tax=19&text=%5B%5D");
    assert!(refused.body.contains("role=\"alert\""), "{}", refused.body);
    assert_eq!(upload("id=three&form=shopify&tax=x&text=a").status, 400);
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[test]
fn staff_are_added_and_changed_by_owners() {
    let console = Console::new();
    let form = "name=Eve&role=reviewer&password=a+few+words+of+hers";
    assert_eq!(console.post(Role::Owner, "/console/staff", form).status, 303);
    assert_eq!(console.post(Role::Owner, "/console/staff", form).status, 409, "the name is taken");
    let staff = console.store.office.staff().unwrap();
    let eve = staff.iter().find(|one| one.name == "Eve").unwrap();
    let to = |what: &str| format!("/console/staff/{}/{what}", eve.key);
    assert_eq!(console.post(Role::Owner, &to("role"), "role=viewer").status, 303);
    assert_eq!(console.post(Role::Owner, &to("password"), "password=short").status, 409);
    assert_eq!(console.post(Role::Owner, &to("disable"), "").status, 303);
    let staff = console.store.office.staff().unwrap();
    let eve = staff.iter().find(|one| one.name == "Eve").unwrap();
    assert!(eve.role == Role::Viewer && eve.disabled.is_some());
    let owner = staff.iter().find(|one| one.name == "owner").unwrap();
    let last = console.post(Role::Owner, &format!("/console/staff/{}/disable", owner.key), "");
    assert_eq!(last.status, 409, "the last owner stays");
}

#[test]
fn figures_show_where_doubts_arise_by_product_and_by_shelf() {
    let console = Console::new();
    let page = console.send(Some(Role::Viewer), "GET", "/console/figures", "").body;
    let hot =
        |name: &str| page.contains(&format!("<li class=\"h5\">{name}<span class=\"number\">1/1</span>"));
    assert!(hot("wine") && hot("beer") && page.contains("<li class=\"h0\">coffee"), "{page}");
    assert!(page.contains("<g class=\"h5\">"), "the board of the evidence: {page}");

    let Served { office, .. } = &console.store;
    console.store.wait(40 * 86_400);
    let viewer = office.staff().unwrap().into_iter().find(|member| member.role == Role::Viewer).unwrap();
    let token = office.open_session(Visitor::Staff(viewer.key), console.store.now()).unwrap();
    let later = console.store.page("/console/figures", &format!("staff={}", token.reveal()));
    assert_eq!(later.body.matches("Nothing is known yet.").count(), 2, "{later:?}");
}
