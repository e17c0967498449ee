//! Palms, page by page: nothing before consent, guidance, enrolment, entry, and being forgotten in one step.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod common;

use common::kiosk::Kiosk;
use common::{Answer, Served};
use office::{Actor, Password, Role, Visitor};

fn may_film(answer: &Answer) -> bool {
    answer.headers["permissions-policy"].contains("camera=(self)")
}

#[test]
fn nothing_can_be_filmed_before_consent_was_written_down() {
    let mut kiosk = Kiosk::new();
    for path in ["/kiosk/palm", "/kiosk/palm/card", "/kiosk/palm/hands", "/kiosk/palm/forget"] {
        let page = kiosk.get(path);
        assert_eq!(page.status, 200);
        assert!(!may_film(&page) && !page.body.contains("palm.js"), "{path}: {page:?}");
    }
    // A picture that comes all the same is not looked at.
    assert_eq!(kiosk.picture("/kiosk/palm/picture", b"left 1").status, 404);
    // Agreeing to another text, or to none, leads back to the text.
    assert_eq!(kiosk.post("/kiosk/palm", &[("agreed", "palm-1")]).headers["location"], "/kiosk/palm");
    assert_eq!(kiosk.picture("/kiosk/palm/picture", b"left 1").status, 404);
    kiosk.post("/kiosk/palm", &[("agreed", "palm-2")]);
    let without_card = kiosk.get("/kiosk/palm/hands");
    assert!(!may_film(&without_card) && !without_card.body.contains("palm.js"));
    kiosk.post("/kiosk/palm/card", &[("card", "good")]);
    let page = kiosk.get("/kiosk/palm/hands");
    assert!(may_film(&page) && page.body.contains("palm.js"), "{page:?}");
    // Who thinks better of it leaves nothing.
    kiosk.post("/kiosk/palm/stop", &[]);
    assert!(!may_film(&kiosk.get("/kiosk/palm/hands")));
    assert_eq!(kiosk.picture("/kiosk/palm/picture", b"left 1").status, 404);
}

#[test]
fn no_other_page_may_use_a_camera() {
    let kiosk = Kiosk::new();
    for path in
        ["/", "/demo", "/kiosk", "/kiosk/receipt", "/palm", "/look-up", "/app/sign-in", "/console/sign-in"]
    {
        let policy = kiosk.get(path).headers["permissions-policy"].clone();
        assert!(policy.starts_with("camera=(), "), "{path}: {policy}");
    }
    assert!(may_film(&kiosk.get("/kiosk/entry")));
}

#[test]
fn who_enrols_comes_in_with_a_palm_and_is_forgotten_in_one_step() {
    let mut kiosk = Kiosk::new();
    let done = kiosk.enrol("good", "7");
    assert!(done.body.contains("From now on your palm opens the gate"), "{done:?}");
    let told = kiosk.hover("left 7");
    assert_eq!((told["opens"].as_bool(), told["title"].as_str()), (Some(true), Some("Welcome")));
    assert_eq!(kiosk.hover("right 7")["opens"], true);
    let gone = kiosk.post("/kiosk/palm/forget", &[("card", "good")]);
    assert!(gone.body.contains("saunter palm deletion receipt 1"), "{gone:?}");
    let told = kiosk.hover("left 7");
    assert_eq!(told["opens"], false);
    assert!(told["text"].as_str().unwrap().contains("Card or code"), "{told}");
    let again = kiosk.post("/kiosk/palm/forget", &[("card", "good")]);
    assert!(again.body.contains("There is no palm with this card"));
}

#[test]
fn a_hand_is_guided_until_it_is_right() {
    let mut kiosk = Kiosk::new();
    kiosk.post("/kiosk/palm", &[("agreed", "palm-2")]);
    kiosk.post("/kiosk/palm/card", &[("card", "good")]);
    let mut say = |picture: &[u8]| {
        let told = kiosk.picture("/kiosk/palm/picture", picture).json();
        (told["say"].as_str().unwrap().to_owned(), told["part"].as_f64().unwrap(), told["hand"].clone())
    };
    assert_eq!(say(b"a face").0, "Hold your open palm before the camera");
    assert_eq!(say(b"\xff\xd8\xff").0, "This picture can\u{2019}t be used");
    assert_eq!(say(b"right 7").0, "The other hand, please");
    let (words, part, hand) = say(b"left 7");
    assert_eq!((words.as_str(), part, hand.as_str()), ("Good, hold still", 0.5, Some("Your left hand")));
    // A print begins the hand anew.
    let (words, part, _) = say(b"print left 7");
    assert_eq!((words.as_str(), part), ("Please show your own hand, and move it a little", 0.0));
    assert_eq!(say(b"left 7").0, "Good, hold still");
    let (words, _, hand) = say(b"left 7");
    assert_eq!((words.as_str(), hand.as_str()), ("Done. Now the other hand", Some("Your right hand")));
}

#[test]
fn one_hand_is_enough_and_none_is_not() {
    let mut kiosk = Kiosk::new();
    kiosk.post("/kiosk/palm", &[("agreed", "palm-2")]);
    kiosk.post("/kiosk/palm/card", &[("card", "good")]);
    kiosk.post("/kiosk/palm/skip", &[]);
    for _ in 0..2 {
        kiosk.picture("/kiosk/palm/picture", b"right 7");
    }
    assert!(kiosk.post("/kiosk/palm/finish", &[]).body.contains("From now on"));
    assert_eq!(kiosk.hover("right 7")["opens"], true);
    kiosk.post("/kiosk/palm", &[("agreed", "palm-2")]);
    kiosk.post("/kiosk/palm/card", &[("card", "other")]);
    kiosk.post("/kiosk/palm/skip", &[]);
    kiosk.post("/kiosk/palm/skip", &[]);
    assert_eq!(kiosk.post("/kiosk/palm/finish", &[]).headers["location"], "/kiosk/palm");
}

#[test]
fn a_palm_of_another_card_is_refused_and_a_print_opens_nothing() {
    let mut kiosk = Kiosk::new();
    kiosk.enrol("good", "7");
    let refused = kiosk.enrol("other", "7");
    assert!(refused.body.contains("This palm is known with another card"), "{refused:?}");
    let told = kiosk.hover("print left 7");
    assert_eq!(told["opens"], false);
    // The bank's no is told as with a card.
    kiosk.post("/kiosk/palm/forget", &[("card", "good")]);
    kiosk.enrol("declined", "8");
    let told = kiosk.hover("left 8");
    assert_eq!(told["opens"], false);
    assert!(told["text"].as_str().unwrap().contains("bank"), "{told}");
}

#[test]
fn a_kiosk_forgets_who_walked_away() {
    let mut kiosk = Kiosk::new();
    kiosk.post("/kiosk/palm", &[("agreed", "palm-2")]);
    kiosk.post("/kiosk/palm/card", &[("card", "good")]);
    kiosk.store.wait(601);
    assert_eq!(kiosk.picture("/kiosk/palm/picture", b"left 7").status, 404);
    assert_eq!(kiosk.post("/kiosk/palm/finish", &[]).headers["location"], "/kiosk/palm");
}

#[test]
fn the_text_is_kept_as_it_was_shown_in_its_language() {
    let mut kiosk = Kiosk::new();
    kiosk.post("/language", &[("language", "de")]);
    let page = kiosk.get("/kiosk/palm").body;
    assert!(page.contains("Ich willige ein") && page.contains("1095 Tage") && page.contains("main-street"));
    kiosk.enrol("good", "7");
    kiosk.hover("left 7");
    let card = kiosk.store.office.log_of(owner(&kiosk)).unwrap();
    assert_eq!(card.last().unwrap().event, office::LogEvent::PalmAdded);
    let person = kiosk.store.office.palms_of(owner(&kiosk)).unwrap()[0].person;
    let consent = &kiosk.store.office.palm_consents(person).unwrap()[0];
    assert_eq!((consent.language.as_str(), consent.version.as_str()), ("de", "palm-2"));
    assert_eq!(consent.how, office::Channel::Kiosk);
    assert!(consent.is_signed(&kiosk.store.office.public_key().unwrap(), &person.0.to_be_bytes()));
}

/// The card of the last visit.
fn owner(kiosk: &Kiosk) -> office::Owner {
    let trip = kiosk.store.office.trips_newest(None, None, 1).unwrap()[0].trip;
    match kiosk.store.office.trip(trip).unwrap().payer {
        office::Payer::Instrument(card) => office::Owner::Instrument(card),
        office::Payer::Staff => panic!("staff"),
    }
}

#[test]
fn the_app_shows_a_palm_and_deletes_it_in_one_step() {
    let store = Served::with_floor();
    let (_, ann) = store.shopper("tok_visa_ok/ann");
    let (_, bob) = store.shopper("tok_visa_ok/bob");
    assert!(store.page("/app/palm", &ann).body.contains("None is known"));
    let person = store.enrol("tok_visa_ok/ann", "left 7").to_string();
    let page = store.page("/app/palm", &ann).body;
    assert!(page.contains("Left hand") && page.contains("15 Jan 2027, 08:00"), "{page}");
    assert!(store.page("/app/palm", &bob).body.contains("None is known"));
    let token = |page: &str| {
        page.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    };
    let csrf = token(&page);
    // Nobody deletes somebody else's.
    let bobs = token(&store.page("/app/privacy", &bob).body);
    assert_eq!(store.form("/app/palm/delete", &bob, &[("csrf", &bobs), ("person", &person)]).status, 404);
    let gone = store.form("/app/palm/delete", &ann, &[("csrf", &csrf), ("person", &person)]);
    assert_eq!(gone.status, 200, "{gone:?}");
    let file = store.page(&format!("/palm/receipts/{person}"), "");
    assert!(file.headers["content-disposition"].contains("attachment"));
    let receipt: palm::DeletionReceipt = file.body.parse().unwrap();
    assert!(receipt.verify(store.office.public_key().unwrap().verifying()).is_ok());
    // Anybody can check it, and no changed one passes.
    let checked = store.form("/palm/receipt", "", &[("receipt", &file.body)]);
    assert!(checked.body.contains("This store signed this receipt"), "{checked:?}");
    let changed = file.body.replace("withdrawn", "unused");
    let checked = store.form("/palm/receipt", "", &[("receipt", &changed)]);
    assert!(checked.body.contains("This is no receipt of this store"), "{checked:?}");
    assert!(store.page("/app/palm", &ann).body.contains("None is known"));
}

#[test]
fn support_sees_that_there_is_a_palm_checks_the_age_and_deletes_it_on_request() {
    let store = Served::with_floor();
    let trip = store.paid("tok_visa_ok/ann");
    let person = store.enrol("tok_visa_ok/ann", "left 7");
    let signed_in = |role: Role| {
        let (password, by) =
            (Password::new("four plain words here".to_owned()), Actor::System("setup".to_owned()));
        let key = store.office.add_staff(role.as_str(), &password, role, by, store.now()).unwrap();
        let token = store.office.open_session(Visitor::Staff(key), store.now()).unwrap();
        let csrf = store.office.session(&token, store.now()).unwrap().unwrap().csrf();
        (format!("staff={}", token.reveal()), csrf)
    };
    let (support, csrf) = signed_in(Role::Support);
    let (reviewer, _) = signed_in(Role::Reviewer);
    let path = format!("/console/trips/{trip}");
    assert!(store.page(&path, &support).body.contains("Paper seen"));
    assert!(!store.page(&path, &reviewer).body.contains("Paper seen"));
    let age = store.form(&format!("{path}/palms/{person}/age"), &support, &[("csrf", &csrf), ("over", "18")]);
    assert_eq!(age.status, 303, "{age:?}");
    assert!(store.page(&path, &support).body.contains("18+, support"));
    let gone = store.form(&format!("{path}/palms/{person}/delete"), &support, &[("csrf", &csrf)]);
    assert!(gone.body.contains("saunter palm deletion receipt 1"), "{gone:?}");
    assert!(!store.page(&path, &support).body.contains("Paper seen"));
    let withdrawn = store.office.palm_consents(person).unwrap().pop().unwrap();
    assert_eq!((withdrawn.given, withdrawn.how), (false, office::Channel::Desk));
}
