//! What people can know of what is known of them, and how it is forgotten.

use std::sync::atomic::Ordering;

use office::{
    Actor, ConsentText, Erasure, Evidence, InstrumentKey, LineKind, LogEvent, Office, OfficeError, Owner,
    Payer, PeopleError, Purpose, Refusal, SweepReport, WhyNot,
};
use receipts::MailAddress;
use serde_json::json;

use crate::support::{
    DAY_S, at, buy, card, come_in, each_database, enrol, office, office_and_bank, run_errands, shopper, tap,
    visit,
};

const TEXT: ConsentText<'_> =
    ConsentText { version: "2026-1", language: "de", words: "Wir messen Ihre Hand." };

#[test]
fn consents_are_only_added_to_and_the_latest_counts() {
    each_database(|storage| {
        let office = office(storage);
        let (account, _) = shopper(&office, 1);
        let owner = Owner::Account(account);
        assert!(!office.agrees(owner, Purpose::Palm).unwrap());
        office.record_consent(owner, Purpose::Palm, true, &TEXT, at(1)).unwrap();
        office.record_consent(owner, Purpose::Offers, true, &TEXT, at(2)).unwrap();
        assert!(office.agrees(owner, Purpose::Palm).unwrap());
        office.record_consent(owner, Purpose::Palm, false, &TEXT, at(3)).unwrap();
        assert!(!office.agrees(owner, Purpose::Palm).unwrap());
        assert!(office.agrees(owner, Purpose::Offers).unwrap());
        let all = office.consents(owner).unwrap();
        assert_eq!(
            all.iter().map(|one| (one.given, one.at)).collect::<Vec<_>>(),
            [(true, at(1)), (true, at(2)), (false, at(3))]
        );
        assert_eq!(all[0].text_hash, all[2].text_hash);
    });
}

#[test]
fn the_log_says_what_was_done_and_by_whom() {
    each_database(|storage| {
        let office = office(storage);
        let (account, phone) = shopper(&office, 1);
        office.remove_device(account, phone.device(), at(5)).unwrap();
        let log = office.log_of(Owner::Account(account)).unwrap();
        assert_eq!(
            log.iter().map(|entry| entry.event).collect::<Vec<_>>(),
            [LogEvent::AccountCreated, LogEvent::CardAdded, LogEvent::DeviceAdded, LogEvent::DeviceRemoved]
        );
        let trip = visit(&office, tap(1), 500, at(10));
        office.note_seen(trip, Actor::Staff("mia".into()), at(20)).unwrap();
        assert_eq!(office.seen_by(trip).unwrap()[0].by, Actor::Staff("mia".into()));
    });
}

#[test]
fn evidence_and_words_are_kept_beside_a_trip() {
    each_database(|storage| {
        let office = office(storage);
        let trip = visit(&office, tap(1), 500, at(10));
        let of =
            |kind, line, grams| Evidence { kind, line, body: json!({ "grams": grams, "hands": [0.1, 0.9] }) };
        let all = vec![of(LineKind::Sure, 0, 1), of(LineKind::Sure, 1, 2), of(LineKind::Doubtful, 0, 3)];
        office.put_evidence(trip, all.clone(), at(20)).unwrap();
        office.put_evidence(trip, all.clone(), at(21)).unwrap();
        assert_eq!(office.evidence(trip).unwrap(), all);
        office.put_words(trip, 0, &format!("My card {} was …", "4242".repeat(4)), at(30)).unwrap();
        assert_eq!(office.words(trip, 0).unwrap().unwrap(), format!("My card {} was …", payments::SCRUBBED));
        assert_eq!(office.words(trip, 1).unwrap(), None);
        assert!(office.put_words(trip, 0, &"x".repeat(2001), at(31)).is_err());
    });
}

/// An account with everything that can be known of somebody, and its latest trip.
fn well_known(office: &Office) -> (Owner, office::TripKey, office::code::DeviceKey) {
    let (account, phone) = shopper(office, 1);
    let owner = Owner::Account(account);
    let link = office.ask_address(account, MailAddress::parse("anna@example.org").unwrap(), at(0)).unwrap();
    office.prove_address(&link.token, at(1)).unwrap();
    office.ask_sign_in(MailAddress::parse("anna@example.org").unwrap(), at(2)).unwrap();
    enrol(office, 1, 7, at(3));
    office.record_consent(owner, Purpose::Offers, true, &TEXT, at(4)).unwrap();
    let trip = visit(office, phone.code(at(60)), 500, at(60));
    let evidence = Evidence { kind: LineKind::Sure, line: 0, body: json!({ "grams": 312 }) };
    office.put_evidence(trip, vec![evidence], at(60)).unwrap();
    office.put_words(trip, 0, "Ich war krank", at(61)).unwrap();
    (owner, trip, phone.device())
}

#[test]
fn an_export_has_everything_but_what_could_be_charged_with() {
    each_database(|storage| {
        let office = office(storage);
        let (owner, trip, device) = well_known(&office);
        let told = office.export(owner, Actor::Shopper, at(100)).unwrap();
        let text = told.to_string();
        for part in
            ["anna@example.org", "\"left\"", "Ich war krank", "312", "fp-1", "visa", "0001", "2026-1", "Wine"]
        {
            assert!(text.contains(part), "{part} is missing");
        }
        assert!(text.contains(&device.to_string()));
        assert!(!text.contains("tok-1"), "a token was told");
        assert_eq!(told["visits"]["paid"][0]["visit"], json!(trip));
        assert_eq!(told["account"]["language"], "de");
        // A card without an account, too.
        let other = visit(&office, tap(2), 700, at(100));
        let key = payer(&office, other);
        let told = office.export(Owner::Instrument(key), Actor::Shopper, at(200)).unwrap();
        assert_eq!(told["account"], json!(null));
        assert_eq!(told["cards"][0]["last_four"], "0002");
        let nobody = office.export(Owner::Instrument(InstrumentKey::new(at(0))), Actor::Shopper, at(200));
        assert!(matches!(nobody, Err(OfficeError::People(PeopleError::NoPerson))));
    });
}

#[test]
fn who_is_deleted_is_gone_but_for_the_receipt() {
    each_database(|storage| {
        let office = office(storage);
        let (owner, trip, device) = well_known(&office);
        let receipts = office.receipts_of(owner, None, 10).unwrap();
        let outcome = office.erase(owner, Actor::Shopper, at(100)).unwrap();
        let Erasure::Done(erased) = outcome else { panic!("{outcome:?}") };
        let counts: Vec<_> = erased.deleted.iter().map(|(what, rows)| (what.as_str(), *rows)).collect();
        assert_eq!(
            counts,
            [
                ("accounts", 1),
                ("cards", 1),
                ("contacts", 1),
                ("dispute_texts", 1),
                ("evidence", 1),
                ("mail_proofs", 1),
                ("palms", 2),
                ("phones", 1),
                ("sessions", 0)
            ]
        );
        assert_eq!(office.erasure(erased.erasure).unwrap(), Some(erased.clone()));
        assert_eq!(office.erasures_of(owner).unwrap(), [erased]);
        // Nothing leads to the person any more, and nothing that they had opens a door.
        assert_eq!(office.address_for(trip).unwrap(), None);
        assert_eq!(office.evidence(trip).unwrap(), []);
        assert_eq!(office.words(trip, 0).unwrap(), None);
        assert_eq!(office.receipts_of_card(&card(1), None, 10).unwrap().rows, []);
        assert_eq!(office.removed_devices(at(100)).unwrap(), [device]);
        assert!(!office.agrees(owner, Purpose::Offers).unwrap());
        for again in [
            office.export(owner, Actor::Shopper, at(101)).map(drop),
            office.erase(owner, Actor::Shopper, at(101)).map(drop),
        ] {
            assert!(matches!(again, Err(OfficeError::People(PeopleError::NoPerson))));
        }
        // The books and the receipt stay, with the last four digits.
        assert_eq!(office.receipts_of(owner, None, 10).unwrap(), receipts);
        assert_eq!(office.audit().unwrap().unwrap().trips, 1);
        // The same card comes again as a stranger.
        let fresh = visit(&office, tap(1), 500, at(200));
        assert_eq!(office.trip(fresh).unwrap().account, None);
        assert_ne!(payer(&office, fresh), payer(&office, trip));
    });
}

#[test]
fn nothing_of_a_deleted_person_can_be_read_from_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("office.db");
    let office = office(office::Storage::open(path.to_str().unwrap()).unwrap());
    let (owner, ..) = well_known(&office);
    let read = |part: &str| {
        let bytes = std::fs::read(&path).unwrap();
        bytes.windows(part.len()).any(|window| window == part.as_bytes())
    };
    let parts = ["anna@example.org", "Ich war krank", "tok-1", "fp-1"];
    let checkpoint = || {
        let side = rusqlite::Connection::open(&path).unwrap();
        side.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0)).unwrap()
    };
    checkpoint();
    assert!(parts.iter().all(|part| read(part)), "the test finds what is there");
    office.erase(owner, Actor::Shopper, at(100)).unwrap();
    checkpoint();
    assert_eq!(parts.iter().filter(|part| read(part)).count(), 0);
}

#[test]
fn nothing_personal_gets_into_what_is_only_added_to() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("office.db");
    let office = office(office::Storage::open(path.to_str().unwrap()).unwrap());
    let (owner, ..) = well_known(&office);
    office.export(owner, Actor::Shopper, at(90)).unwrap();
    office.erase(owner, Actor::Shopper, at(100)).unwrap();
    let side = rusqlite::Connection::open(&path).unwrap();
    let mut kept = String::new();
    for (table, columns) in [
        ("journal", "event"),
        ("people_log", "event || actor"),
        ("receipts", "number || last_four || receipt"),
        ("erasures", "kind || deleted"),
        ("consents", "purpose || version || language"),
    ] {
        let mut rows = side.prepare(&format!("SELECT {columns} FROM {table}")).unwrap();
        let rows = rows.query_map([], |row| row.get::<_, String>(0)).unwrap();
        let before = kept.len();
        rows.for_each(|row| kept.push_str(&row.unwrap()));
        assert!(kept.len() > before, "{table} is empty");
    }
    for part in ["anna", "krank", "tok-1", "fp-1"] {
        assert!(!kept.contains(part), "{part} is kept");
    }
}

#[test]
fn who_is_inside_or_owes_is_deleted_as_soon_as_that_is_over() {
    each_database(|storage| {
        let (office, bank) = office_and_bank(storage);
        let (account, phone) = shopper(&office, 1);
        let owner = Owner::Account(account);
        let trip = come_in(&office, phone.code(at(60)), at(60));
        let erase = |now| office.erase(owner, Actor::Shopper, now).unwrap();
        assert_eq!(erase(at(70)), Erasure::Deferred(WhyNot::Open { trip }));
        bank.broke.store(true, Ordering::Relaxed);
        buy(&office, trip, 5000, at(100));
        assert_eq!(erase(at(110)), Erasure::Deferred(WhyNot::Owed { trip }));
        let report = office.sweep(at(120)).unwrap();
        assert_eq!((report.people, report.deferred), (0, 1));
        assert!(office.account(account).is_ok());
        // The card pays the next day, and the sweep remembers.
        bank.broke.store(false, Ordering::Relaxed);
        run_errands(&office, at(DAY_S + 200));
        let report = office.sweep(at(DAY_S + 300)).unwrap();
        assert_eq!((report.people, report.deferred), (1, 0));
        assert!(office.account(account).is_err());
        assert_eq!(office.sweep(at(DAY_S + 400)).unwrap().people, 0);
    });
}

#[test]
fn a_card_is_deleted_without_its_account() {
    each_database(|storage| {
        let office = office(storage);
        let (account, phone) = shopper(&office, 1);
        let second = office.add_card(account, card(2), at(1)).unwrap();
        let first = office.account(account).unwrap().cards[0].key;
        office.erase(Owner::Instrument(first), Actor::Shopper, at(2)).unwrap();
        let left = office.account(account).unwrap().cards;
        assert_eq!(left.iter().map(|one| (one.key, one.is_default)).collect::<Vec<_>>(), [(second, true)]);
        office.erase(Owner::Instrument(second), Actor::Shopper, at(3)).unwrap();
        let entry = office.enter("door".into(), phone.code(at(60)), at(60)).unwrap();
        assert_eq!(entry, office::Entry::TurnedAway(Refusal::NoCard));
    });
}

#[test]
fn a_sweep_drops_what_the_rules_keep_no_longer() {
    each_database(|storage| {
        let office = office(storage);
        let (owner, trip, device) = well_known(&office);
        visit(&office, tap(2), 700, at(100));
        let asked = office::ReceiptQuery {
            date: "2026-11-24".parse().unwrap(),
            last_four: "0009".to_owned().try_into().unwrap(),
            total_minor: 1,
        };
        office.look_up("client", &asked, at(100)).unwrap();
        let Owner::Account(account) = owner else { panic!() };
        office.remove_device(account, device, at(100)).unwrap();
        assert_eq!(office.sweep(at(200)).unwrap(), SweepReport::default(), "nothing is old");
        let day = office.sweep(at(DAY_S + 200)).unwrap();
        assert_eq!(day, SweepReport { used_codes: 1, mail_proofs: 1, misses: 2, ..SweepReport::default() });
        let month = office.sweep(at(31 * DAY_S)).unwrap();
        assert_eq!(month, SweepReport { removed_devices: 1, ..SweepReport::default() });
        let season = office.sweep(at(91 * DAY_S)).unwrap();
        assert_eq!(season, SweepReport { evidence: 1, dispute_texts: 1, ..SweepReport::default() });
        assert_eq!(office.evidence(trip).unwrap(), []);
        // One of the two comes again in the second year; the other is forgotten in the third.
        visit(&office, tap(1), 500, at(700 * DAY_S));
        let years = office.sweep(at(1097 * DAY_S)).unwrap();
        assert_eq!(years, SweepReport { people: 1, palms: 1, ..SweepReport::default() });
        assert!(office.account(account).is_ok());
        let more = office.sweep(at(1797 * DAY_S)).unwrap();
        assert_eq!(more.people, 1);
        assert!(office.account(account).is_err());
    });
}

fn payer(office: &Office, trip: office::TripKey) -> InstrumentKey {
    match office.trip(trip).unwrap().payer {
        Payer::Instrument(key) => key,
        Payer::Staff => panic!("staff"),
    }
}
