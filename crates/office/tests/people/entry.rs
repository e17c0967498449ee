//! Who comes in on what.

use ed25519_dalek::SigningKey;
use office::code::{self, CodeError, DeviceKey, Pass, PassKey, Scope, make, slot, verify};
use office::{Actor, DecideError, Entry, OfficeError, Owner, Refusal, Shown, TripEvent, TripState};
use proptest::prelude::*;

use crate::support::{
    Phone, admitted, at, buy, card, come_in, each_address, each_database, office, office_and_bank, office_of,
    shopper, tap,
};

#[test]
fn a_code_lets_its_account_in_on_the_default_card() {
    each_database(|storage| {
        let office = office(storage);
        let (account, phone) = shopper(&office, 1);
        let trip = office.trip(come_in(&office, phone.code(at(60)), at(60))).unwrap();
        assert_eq!((trip.account, trip.state()), (Some(account), TripState::Shopping));
        let saved = office.account(account).unwrap().cards;
        assert_eq!(trip.payer, office::Payer::Instrument(saved[0].key));
        assert!(saved[0].is_default);
    });
}

#[test]
fn a_code_counts_once_however_many_gates_see_it_at_once() {
    each_database(|storage| {
        let office = office(storage);
        let (_, phone) = shopper(&office, 1);
        let code = phone.code(at(60));
        let entries: Vec<Entry> = std::thread::scope(|threads| {
            let gates: Vec<_> = (0..8)
                .map(|gate| {
                    let (office, code) = (office.clone(), code.clone());
                    threads.spawn(move || office.enter(format!("gate-{gate}").as_str().into(), code, at(60)))
                })
                .collect();
            gates.into_iter().map(|gate| gate.join().unwrap().unwrap()).collect()
        });
        let opened = entries.iter().filter(|entry| matches!(entry, Entry::Admitted(_))).count();
        let used = entries.iter().filter(|entry| **entry == Entry::TurnedAway(Refusal::UsedCode)).count();
        assert_eq!((opened, used), (1, 7));
        // A slot later, within the skew, it still reads as good, and still does not count.
        assert_eq!(office.enter("door".into(), code, at(80)).unwrap(), Entry::TurnedAway(Refusal::UsedCode));
        // The next code does.
        admitted(office.enter("door".into(), phone.code(at(80)), at(80)).unwrap());
    });
}

#[test]
fn a_code_counts_once_in_all_stores_that_share_their_tables() {
    each_address(|address| {
        let stores = ["main-street", "high-street"]
            .map(|store| office_of(store, office::Storage::open(address).unwrap()));
        let (_, phone) = shopper(&stores[0], 1);
        for round in 1..10 {
            let now = at(round * 20);
            let code = phone.code(now);
            let enter = |office: &office::Office| office.enter("door".into(), code.clone(), now).unwrap();
            let entries = std::thread::scope(|threads| {
                let other = threads.spawn(|| enter(&stores[1]));
                [enter(&stores[0]), other.join().unwrap()]
            });
            let opened = entries.iter().filter(|entry| matches!(entry, Entry::Admitted(_))).count();
            assert_eq!(opened, 1, "{entries:?}");
        }
    });
}

#[test]
fn people_are_told_why_their_code_does_not_count() {
    each_database(|storage| {
        let office = office(storage);
        let (account, phone) = shopper(&office, 1);
        let enter = |shown, now| office.enter("door".into(), shown, now).unwrap();
        let turned = |reason| Entry::TurnedAway(reason);
        assert_eq!(enter(phone.code(at(0)), at(40)), turned(Refusal::ExpiredCode));
        assert_eq!(enter(phone.code(at(40)), at(0)), turned(Refusal::ExpiredCode));
        assert_eq!(enter(Shown::Code("https://example.org".into()), at(0)), turned(Refusal::InvalidCode));
        // The pass outlives 30 days without network, not more.
        let day = crate::support::DAY_S;
        admitted(enter(phone.code(at(30 * day)), at(30 * day)));
        assert_eq!(enter(phone.code(at(31 * day)), at(31 * day)), turned(Refusal::InvalidCode));
        // A removed phone, while its pass still reads as good.
        office.remove_device(account, phone.device(), at(60)).unwrap();
        assert_eq!(office.removed_devices(at(60)).unwrap(), vec![phone.device()]);
        assert_eq!(enter(phone.code(at(60)), at(60)), turned(Refusal::InvalidCode));
        assert_eq!(office.removed_devices(at(31 * day)).unwrap(), Vec::new());
        // Its key can't be brought back.
        let again = office.give_pass(account, phone.device(), Scope::Everywhere, at(61));
        assert_eq!(again.unwrap_err().to_string(), office::PeopleError::DeviceTaken.to_string());
    });
}

#[test]
fn an_account_without_a_card_is_asked_for_one() {
    each_database(|storage| {
        let office = office(storage);
        let account = office.create_account("en-GB", at(0)).unwrap();
        let phone = Phone::new(&office, account, 9, at(0));
        let entry = office.enter("door".into(), phone.code(at(1)), at(1)).unwrap();
        assert_eq!(entry, Entry::TurnedAway(Refusal::NoCard));
    });
}

#[test]
fn guests_join_on_codes_of_their_own_as_long_as_the_shopper_is_inside() {
    each_database(|storage| {
        let office = office(storage);
        let (_, phone) = shopper(&office, 1);
        let trip = come_in(&office, phone.code(at(60)), at(60));
        let enter = |guest, now| office.enter("door".into(), phone.guest_code(guest, now), now).unwrap();
        assert_eq!(enter(1, at(60)), Entry::Joined(trip));
        assert_eq!(enter(2, at(300)), Entry::Joined(trip));
        assert_eq!(enter(2, at(301)), Entry::TurnedAway(Refusal::UsedCode));
        buy(&office, trip, 500, at(600));
        let own = admitted(enter(1, at(700)));
        assert_ne!(own, trip);
    });
}

#[test]
fn only_known_badges_open_for_staff() {
    each_database(|storage| {
        let office = office(storage);
        let badge = |text: &str| Shown::Badge(text.into());
        office.add_badge("04:a2:19", "mia", Actor::System("till".into()), at(0)).unwrap();
        let trip = admitted(office.enter("door".into(), badge("04:a2:19"), at(1)).unwrap());
        let (_, opened) = office.history(trip).unwrap().swap_remove(0);
        let TripEvent::Opened { credential, payer, .. } = opened else { panic!("{opened:?}") };
        assert_eq!((credential, payer), (model::CredentialKind::Staff, office::Payer::Staff));
        let unknown = office.enter("door".into(), badge("04:a2:20"), at(1)).unwrap();
        assert_eq!(unknown, Entry::TurnedAway(Refusal::Unknown));
        assert_eq!(office.remove_badges("mia", Actor::Policy, at(2)).unwrap(), 1);
        let gone = office.enter("door".into(), badge("04:a2:19"), at(3)).unwrap();
        assert_eq!(gone, Entry::TurnedAway(Refusal::Unknown));
    });
}

#[test]
fn what_was_shown_gets_into_no_log() {
    let secret = "04:a2:19";
    for shown in [
        Shown::Badge(secret.into()),
        Shown::Code(secret.into()),
        Shown::Palm { identity: secret.into() },
        tap(4219),
    ] {
        let text = format!("{shown:?}");
        assert!(!text.contains(secret) && !text.contains("4219"), "{text}");
    }
    assert_eq!(format!("{:?}", PassKey::from_bytes([1; 32])), "PassKey(…)");
}

#[test]
fn a_second_credential_joins_a_trip_until_its_people_left() {
    each_database(|storage| {
        let office = office(storage);
        let (_, phone) = shopper(&office, 1);
        let trip = come_in(&office, phone.code(at(60)), at(60));
        assert_eq!(office.join(trip, tap(2), at(70)).unwrap(), Entry::Joined(trip));
        let other = office.create_account("de", at(0)).unwrap();
        let other_phone = Phone::new(&office, other, 8, at(0));
        assert_eq!(office.join(trip, other_phone.code(at(70)), at(70)).unwrap(), Entry::Joined(trip));
        assert_eq!(office.join(trip, tap_unknown(), at(70)).unwrap(), Entry::TurnedAway(Refusal::Unknown));
        buy(&office, trip, 500, at(600));
        let late = office.join(trip, tap(3), at(601)).unwrap_err();
        assert!(matches!(late, OfficeError::Decide(DecideError::NotNow { .. })), "{late}");
        // Whoever joined sees the receipt, by card and by account.
        let seen = office.receipts_of_card(&card(2), None, 10).unwrap().rows;
        assert_eq!(seen.iter().map(|row| row.trip).collect::<Vec<_>>(), vec![trip]);
        assert_eq!(office.receipts_of(Owner::Account(other), None, 10).unwrap().rows, seen);
        assert_eq!(office.audit().unwrap().unwrap().trips, 1);
    });
}

#[test]
fn a_debt_on_one_card_keeps_the_account_out_on_another() {
    each_database(|storage| {
        let (office, bank) = office_and_bank(storage);
        let (account, phone) = shopper(&office, 1);
        bank.broke.store(true, std::sync::atomic::Ordering::Relaxed);
        let trip = come_in(&office, phone.code(at(60)), at(60));
        buy(&office, trip, 5000, at(120));
        assert_eq!(office.trip(trip).unwrap().state(), TripState::Owed);
        let second = office.add_card(account, card(2), at(130)).unwrap();
        office.set_default_card(account, second).unwrap();
        let entry = office.enter("door".into(), phone.code(at(180)), at(180)).unwrap();
        assert!(matches!(entry, Entry::Refused(_, Refusal::Debt { .. })), "{entry:?}");
    });
}

fn tap_unknown() -> Shown {
    Shown::Palm { identity: "nobody".into() }
}

// What the pure check says, without any table.

fn pass_and_phone(scope: Scope) -> (String, SigningKey) {
    let phone = SigningKey::from_bytes(&[2; 32]);
    let device = DeviceKey::from_bytes(phone.verifying_key().as_bytes()).unwrap();
    let account = "01934f1e-8f1c-7000-8000-000000000001".parse().unwrap();
    let until_day = u16::try_from(code::day(at(0))).unwrap();
    (Pass { account, device, until_day, scope }.sign(&PassKey::from_bytes([1; 32])), phone)
}

fn code_now(scope: Scope) -> String {
    let (pass, phone) = pass_and_phone(scope);
    make(&pass, &phone, u32::try_from(slot(at(0))).unwrap(), 0).unwrap()
}

#[test]
fn a_code_fits_a_qr_code_of_version_11_and_reads_as_it_was_made() {
    let text = code_now(Scope::Everywhere);
    assert_eq!(text.len(), 251);
    let code = verify(&text, &PassKey::from_bytes([1; 32]).public(), "anywhere", at(0)).unwrap();
    assert_eq!((i64::from(code.slot), code.guest), (slot(at(0)), 0));
}

#[test]
fn a_pass_of_another_office_and_a_code_of_another_phone_are_forged() {
    let public = PassKey::from_bytes([1; 32]).public();
    let check = |text: &str| verify(text, &public, "main-street", at(0)).unwrap_err();
    let (pass, phone) = pass_and_phone(Scope::Everywhere);
    let now = u32::try_from(slot(at(0))).unwrap();
    let thief = SigningKey::from_bytes(&[3; 32]);
    assert_eq!(check(&make(&pass, &thief, now, 0).unwrap()), CodeError::ForgedCode);
    let other = PassKey::from_bytes([4; 32]).public();
    let text = make(&pass, &phone, now, 0).unwrap();
    assert_eq!(verify(&text, &other, "main-street", at(0)).unwrap_err(), CodeError::ForgedPass);
}

#[test]
fn a_pass_for_one_store_counts_in_no_other() {
    let public = PassKey::from_bytes([1; 32]).public();
    let text = code_now(Scope::of_store("main-street"));
    assert!(verify(&text, &public, "main-street", at(0)).is_ok());
    assert_eq!(verify(&text, &public, "high-street", at(0)).unwrap_err(), CodeError::OtherStore);
}

#[test]
fn no_bit_of_a_code_can_be_changed() {
    use base64::Engine as _;
    let base64 = base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let public = PassKey::from_bytes([1; 32]).public();
    let bytes = base64.decode(code_now(Scope::Everywhere)).unwrap();
    for bit in 0..bytes.len() * 8 {
        let mut changed = bytes.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert!(verify(&base64.encode(changed), &public, "main-street", at(0)).is_err(), "bit {bit}");
    }
}

#[test]
fn a_key_with_which_anybody_could_sign_is_no_key() {
    // The neutral element: a signature by it counts for any message in lax implementations.
    let mut neutral = [0; 32];
    neutral[0] = 1;
    assert!(DeviceKey::from_bytes(&neutral).is_err());
    assert!(DeviceKey::from_bytes(&[0; 31]).is_err());
}

#[test]
fn the_offices_key_is_made_once_and_for_its_owner_only() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pass.key");
    let made: Vec<_> = std::thread::scope(|threads| {
        let all: Vec<_> = (0..4).map(|_| threads.spawn(|| PassKey::open(&path).unwrap().public())).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert!(made.iter().all(|key| *key == PassKey::open(&path).unwrap().public()));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no draft is left");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        assert!(PassKey::open(&path).unwrap_err().to_string().contains("chmod 600"));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    std::fs::write(&path, "no key").unwrap();
    assert!(PassKey::open(&path).unwrap_err().to_string().contains("holds no key"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_code_counts_in_its_slot_and_the_two_beside_it(late_ns in -80_000_000_000_i64..80_000_000_000) {
        let public = PassKey::from_bytes([1; 32]).public();
        let text = code_now(Scope::Everywhere);
        let now = at(0).plus_nanos(late_ns);
        let expected = match slot(now) - slot(at(0)) {
            -1..=1 => None,
            2.. => Some(CodeError::Expired),
            _ => Some(CodeError::TooEarly),
        };
        prop_assert_eq!(verify(&text, &public, "main-street", now).err(), expected);
    }

    #[test]
    fn whatever_is_shown_is_no_code(text in "[A-Za-z0-9_-]{0,300}|\\PC{0,300}") {
        let public = PassKey::from_bytes([1; 32]).public();
        prop_assert!(verify(&text, &public, "main-street", at(0)).is_err());
    }
}
