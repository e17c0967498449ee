//! Palms: nothing without consent, entry as with the card, one step to be forgotten, and a receipt for it.

use office::{
    Actor, Channel, Entry, Erasure, InstrumentKey, LogEvent, Office, OfficeError, Owner, PalmKeys, Payer,
    PeopleError, Policy, Purpose, Refusal, Shown, WhyNot,
};
use palm::{DeletionReceipt, Hash, KeyKeeper, PersonId, Reason, SecretKey, Side};
use proptest::prelude::*;

use crate::support::{
    DAY_S, PALM_TEXT, SCORES, admitted, at, buy, card, come_in, each_address, each_database, enrol, hands,
    knowing_palms, look, office, office_of, policy, shopper, tap, visit,
};

/// Whose left palm a camera sees.
fn seen(office: &Office, palm: u64) -> Option<PersonId> {
    office.whose_palm(Side::Left, &[look(palm, 77), look(palm, 78)]).unwrap()
}

fn shown(person: PersonId) -> Shown {
    Shown::Palm { identity: person.to_string() }
}

fn card_of(office: &Office, trip: office::TripKey) -> InstrumentKey {
    match office.trip(trip).unwrap().payer {
        Payer::Instrument(card) => card,
        Payer::Staff => panic!("staff"),
    }
}

fn why<T: std::fmt::Debug>(outcome: Result<T, OfficeError>) -> PeopleError {
    match outcome {
        Err(OfficeError::People(error)) => error,
        other => panic!("{other:?}"),
    }
}

#[test]
fn who_agreed_and_enrolled_comes_in_with_either_hand_as_with_the_card() {
    each_database(|storage| {
        let office = office(storage);
        let by_card = card_of(&office, visit(&office, tap(1), 500, at(0)));
        let person = enrol(&office, 1, 7, at(10));
        assert_eq!(seen(&office, 7), Some(person));
        assert_eq!(office.whose_palm(Side::Right, &[look(1007, 9)]).unwrap(), Some(person));
        // A right hand is nobody's left hand, and a stranger's is nobody's.
        assert_eq!(seen(&office, 1007), None);
        assert_eq!(seen(&office, 8), None);
        let trip = come_in(&office, shown(person), at(100));
        assert_eq!(card_of(&office, trip), by_card);
        // The party's rule holds: a moment later the same palm lets a friend in, on the same trip.
        assert_eq!(office.enter("door".into(), shown(person), at(105)).unwrap(), Entry::Joined(trip));
        buy(&office, trip, 500, at(200));
        let palms = office.palms_of(Owner::Instrument(by_card)).unwrap();
        assert_eq!((palms[0].sides.as_slice(), palms[0].used), (&[Side::Left, Side::Right][..], at(105)));
        let unknown =
            office.enter("door".into(), Shown::Palm { identity: "palm-c".into() }, at(300)).unwrap();
        assert_eq!(unknown, Entry::TurnedAway(Refusal::Unknown));
    });
}

#[test]
fn a_palm_of_a_cards_account_is_the_accounts() {
    each_database(|storage| {
        let office = office(storage);
        let (account, _) = shopper(&office, 1);
        let person = enrol(&office, 1, 7, at(10));
        let trip = come_in(&office, shown(person), at(100));
        assert_eq!(office.trip(trip).unwrap().account, Some(account));
        assert_eq!(office.palms_of(Owner::Account(account)).unwrap()[0].person, person);
    });
}

#[test]
fn consent_is_written_down_signed_and_good_for_one_enrolment_soon() {
    each_database(|storage| {
        let office = office(storage);
        let consent = office.consent_to_palms(&PALM_TEXT, Channel::Kiosk, at(0)).unwrap();
        let person = consent.person();
        let kept = office.palm_consents(person).unwrap();
        let key = office::code::PassKey::from_bytes([1; 32]).public();
        let bytes = person.0.to_be_bytes();
        assert_eq!((kept.len(), kept[0].purpose, kept[0].given), (1, Purpose::Palm, true));
        assert_eq!((kept[0].how, kept[0].at, kept[0].language.as_str()), (Channel::Kiosk, at(0), "de"));
        assert!(kept[0].is_signed(&key, &bytes));
        assert!(!kept[0].is_signed(&key, &[0; 8]), "of somebody else");
        let changed = office::Consent { given: false, ..kept[0].clone() };
        assert!(!changed.is_signed(&key, &bytes), "changed");
        // Who came back too late is asked again, and nothing was kept of the hands.
        assert_eq!(why(office.enrol_palms(consent, card(1), &hands(7), at(601))), PeopleError::NoConsent);
        assert_eq!(seen(&office, 7), None);
        let other = office.consent_to_palms(&PALM_TEXT, Channel::Kiosk, at(700)).unwrap();
        assert_eq!(why(office.enrol_palms(other, card(1), &[], at(701))), PeopleError::NoHand);
    });
}

#[test]
fn a_hand_is_one_persons_and_a_card_has_two_at_most() {
    each_database(|storage| {
        let office = office(storage);
        let first = enrol(&office, 1, 7, at(0));
        // The same hand with another card is refused, whoever shows it.
        let consent = office.consent_to_palms(&PALM_TEXT, Channel::Kiosk, at(10)).unwrap();
        assert_eq!(why(office.enrol_palms(consent, card(2), &hands(7), at(11))), PeopleError::PalmTaken);
        // One left hand twice is none.
        let consent = office.consent_to_palms(&PALM_TEXT, Channel::Kiosk, at(12)).unwrap();
        let twice: Vec<_> = [&hands(8)[..1], &hands(9)[..1]].concat();
        assert_eq!(why(office.enrol_palms(consent, card(2), &twice, at(13))), PeopleError::NoHand);
        // Who enrols anew with the same card is issued anew, and what was before is gone, with a receipt.
        let consent = office.consent_to_palms(&PALM_TEXT, Channel::Kiosk, at(20)).unwrap();
        let again = office.enrol_palms(consent, card(1), &hands(7)[..1], at(21)).unwrap();
        assert_eq!(again.replaced.len(), 1);
        let (before, receipt) = &again.replaced[0];
        assert_eq!((*before, receipt.reason, receipt.destroyed.len()), (first, Reason::Renewed, 2));
        assert_ne!(again.person, first);
        assert_eq!(seen(&office, 7), Some(again.person));
        assert_eq!(office.whose_palm(Side::Right, &[look(1007, 9)]).unwrap(), None);
        let gone = office.enter("door".into(), shown(first), at(100)).unwrap();
        assert_eq!(gone, Entry::TurnedAway(Refusal::Unknown));
    });
}

#[test]
fn deletion_takes_one_step_and_leaves_a_receipt_that_anybody_can_check() {
    each_database(|storage| {
        let office = office(storage);
        let people: Vec<PersonId> =
            (1..=3).map(|number| enrol(&office, number, u64::from(number) * 10, at(0))).collect();
        let key = office::code::PassKey::from_bytes([1; 32]).public();
        let by = Actor::Staff("mia".into());
        let receipts = [
            office.delete_palms(people[0], Actor::Shopper, Channel::Kiosk, at(50)).unwrap(),
            office.delete_palms(people[1], by, Channel::Desk, at(60)).unwrap(),
        ];
        for (receipt, person) in receipts.iter().zip(&people) {
            let read: DeletionReceipt = receipt.to_string().parse().unwrap();
            assert_eq!(read.verify(key.verifying()), Ok(()));
            assert_eq!((read.reason, read.destroyed.len()), (Reason::Withdrawn, 2));
            assert_eq!(read.person, Hash::of_person("main-street", *person));
            assert_eq!(office.palm_deletion(*person).unwrap().as_ref(), Some(receipt));
            let again = office.delete_palms(*person, Actor::Shopper, Channel::App, at(70));
            assert_eq!(why(again), PeopleError::NoPalm);
            let consents = office.palm_consents(*person).unwrap();
            assert!(consents.iter().all(|one| one.is_signed(&key, &person.0.to_be_bytes())));
            assert_eq!(consents.iter().map(|one| one.given).collect::<Vec<_>>(), [true, false]);
        }
        assert_eq!((seen(&office, 10), seen(&office, 20), seen(&office, 30)), (None, None, Some(people[2])));
        assert_eq!(office.audit_palm_deletions(&key).unwrap(), (2, receipts[1].hash()));
        assert_eq!(office.palm_deletion(people[2]).unwrap(), None);
    });
}

#[test]
fn palms_go_at_once_with_their_account_even_where_the_rest_must_wait() {
    each_database(|storage| {
        let office = office(storage);
        let (account, _) = shopper(&office, 1);
        let person = enrol(&office, 1, 7, at(0));
        let trip = come_in(&office, shown(person), at(10));
        let outcome = office.erase(Owner::Account(account), Actor::Shopper, at(20)).unwrap();
        assert_eq!(outcome, Erasure::Deferred(WhyNot::Open { trip }));
        assert_eq!(seen(&office, 7), None);
        assert_eq!(office.palm_deletion(person).unwrap().unwrap().reason, Reason::AccountDeleted);
        let log = office.log_of(Owner::Instrument(card_of(&office, trip))).unwrap();
        let events: Vec<LogEvent> = log.iter().map(|entry| entry.event).collect();
        assert_eq!(events, [LogEvent::PalmAdded, LogEvent::PalmRemoved]);
    });
}

#[test]
fn unused_palms_are_deleted_by_the_stores_rule_and_never_later_than_the_laws() {
    each_database(|storage| {
        let office = office(storage);
        let (used, unused) = (enrol(&office, 1, 10, at(0)), enrol(&office, 2, 20, at(0)));
        let half = 500 * DAY_S;
        let trip = come_in(&office, shown(used), at(half));
        buy(&office, trip, 500, at(half));
        assert_eq!(office.sweep(at(1095 * DAY_S - 1)).unwrap().palms, 0);
        assert_eq!(office.sweep(at(1095 * DAY_S)).unwrap().palms, 1);
        assert_eq!((seen(&office, 10), seen(&office, 20)), (Some(used), None));
        assert_eq!(office.palm_deletion(unused).unwrap().unwrap().reason, Reason::Unused);
        let withdrawn = office.palm_consents(unused).unwrap().pop().unwrap();
        assert_eq!((withdrawn.given, withdrawn.how), (false, Channel::Rule));
        assert_eq!(office.sweep(at(half + 1095 * DAY_S)).unwrap().palms, 1);
    });
}

#[test]
fn a_store_may_keep_them_for_less_and_not_for_more() {
    let rule = |idle_days| office::PalmPolicy { idle_days, epoch: 1 }.days();
    assert_eq!((rule(90), rule(1095), rule(10_000)), (90, 1095, 1095));
}

#[test]
fn an_age_check_says_how_old_at_least_who_looked_and_when() {
    each_database(|storage| {
        let office = office(storage);
        let person = enrol(&office, 1, 7, at(0));
        let owner = Owner::Instrument(card_of(&office, visit(&office, tap(1), 500, at(1))));
        assert_eq!(office.palms_of(owner).unwrap()[0].age, None);
        assert_eq!(why(office.note_age(person, 0, "mia", at(5))), PeopleError::NoAge(99));
        office.note_age(person, 18, "mia", at(5)).unwrap();
        let age = office.palms_of(owner).unwrap()[0].age.clone().unwrap();
        assert_eq!((age.over, age.by.as_str(), age.at), (18, "mia", at(5)));
        let last = office.log_of(owner).unwrap().pop().unwrap();
        assert_eq!((last.event, last.by), (LogEvent::AgeChecked, Actor::Staff("mia".into())));
        office.delete_palms(person, Actor::Shopper, Channel::App, at(6)).unwrap();
        assert_eq!(why(office.note_age(person, 18, "mia", at(7))), PeopleError::NoPalm);
    });
}

#[test]
fn palms_are_known_again_after_a_restart_and_made_anew_in_a_new_epoch() {
    each_address(|address| {
        let open = |epoch, keeper| {
            let mut policy: Policy = policy();
            policy.palm.epoch = epoch;
            let storage = office::Storage::open(address).unwrap();
            let office = Office::new(storage, policy, std::sync::Arc::new(crate::support::Bank::default()));
            let office = office.unwrap().with_pass_key(office::code::PassKey::from_bytes([1; 32]));
            let key = |byte| SecretKey::from_bytes([byte; 32]);
            office.with_palms(PalmKeys { secret: key(2), keeper: KeyKeeper::new(key(keeper)) }, SCORES)
        };
        let person = enrol(&open(1, 3).unwrap(), 1, 7, at(0));
        assert_eq!(seen(&open(1, 3).unwrap(), 7), Some(person));
        assert_eq!(seen(&open(2, 3).unwrap(), 7), Some(person));
        assert_eq!(seen(&open(2, 3).unwrap(), 7), Some(person));
        let other = open(2, 4).map(drop).unwrap_err();
        assert!(other.to_string().contains("wrapped by key"), "{other}");
    });
}

#[test]
fn another_store_of_the_chain_knows_nobodys_palm() {
    each_address(|address| {
        let open = || office::Storage::open(address).unwrap();
        enrol(&office(open()), 1, 7, at(0));
        assert_eq!(seen(&knowing_palms(office_of("plaza", open())), 7), None);
    });
}

#[test]
fn nothing_of_a_deleted_palm_can_be_read_from_the_file_and_no_template_ever() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("office.db");
    let office = office(office::Storage::open(path.to_str().unwrap()).unwrap());
    let person = enrol(&office, 1, 7, at(0));
    let side = rusqlite::Connection::open(&path).unwrap();
    let blob = |sql: &str| side.query_row(sql, [], |row| row.get::<_, Vec<u8>>(0)).unwrap();
    let parts = [blob("SELECT sealed FROM palms"), blob("SELECT wrapped FROM palm_keys")];
    let file = || {
        side.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0)).unwrap();
        std::fs::read(&path).unwrap()
    };
    let has = |file: &[u8], part: &[u8]| file.windows(part.len()).any(|window| window == part);
    let before = file();
    assert!(parts.iter().all(|part| has(&before, part)), "the test finds what is there");
    // Floats of an embedding never reach the disk; nor do levels, which the seal hides.
    let number = look(7, 0).values()[0].to_le_bytes();
    let next = look(7, 0).values()[1].to_le_bytes();
    assert!(!has(&before, &[number, next].concat()));
    office.delete_palms(person, Actor::Shopper, Channel::App, at(5)).unwrap();
    let after = file();
    assert!(!parts.iter().any(|part| has(&after, part)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever people do in whatever order: who is found is who is enrolled, the tables and the memory agree, and each
    /// deletion has its place in the chain.
    #[test]
    fn who_is_found_is_who_is_enrolled(steps in proptest::collection::vec((0..3_u32, any::<bool>()), 1..12)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("office.db").to_str().unwrap().to_owned();
        let house = office(office::Storage::open(&path).unwrap());
        let mut enrolled: [Option<PersonId>; 3] = [None; 3];
        let mut deletions = 0;
        for (now, (who, comes)) in (0_i64..).zip(steps) {
            let slot = &mut enrolled[who as usize];
            if comes {
                deletions += usize::from(slot.is_some());
                *slot = Some(enrol(&house, who + 1, u64::from(who) * 50, at(now)));
            } else if let Some(person) = slot.take() {
                house.delete_palms(person, Actor::Shopper, Channel::App, at(now)).unwrap();
                deletions += 1;
            }
        }
        let again = office(office::Storage::open(&path).unwrap());
        for (who, person) in (0_u64..).zip(enrolled) {
            prop_assert_eq!(seen(&house, who * 50), person);
            prop_assert_eq!(seen(&again, who * 50), person);
        }
        prop_assert_eq!(house.audit_palm_deletions(&house.public_key().unwrap()).unwrap().0, deletions);
    }
}

#[test]
fn a_palm_that_owes_is_told_so_like_its_card() {
    each_database(|storage| {
        let (office, bank) = crate::support::office_and_bank(storage);
        let person = enrol(&office, 1, 7, at(0));
        let trip = admitted(office.enter("door".into(), shown(person), at(10)).unwrap());
        bank.broke.store(true, std::sync::atomic::Ordering::Relaxed);
        buy(&office, trip, 5000, at(20));
        let refused = office.enter("door".into(), shown(person), at(5000)).unwrap();
        assert!(matches!(refused, Entry::Refused(_, Refusal::Debt { .. })), "{refused:?}");
    });
}
