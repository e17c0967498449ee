//! Who is signed in, and for how long.

use office::{Actor, OfficeError, Owner, Password, PeopleError, Right, Role, SessionToken, Visitor};

use crate::support::{DAY_S, at, each_address, each_database, office, shopper};

const HOUR_S: i64 = 3600;

fn staff(office: &office::Office, role: Role) -> Visitor {
    let words = Password::new("four plain words here".to_owned());
    let key = office.add_staff("ann", &words, role, Actor::Policy, at(0)).unwrap();
    Visitor::Staff(key)
}

#[test]
fn staff_are_signed_out_after_an_idle_hour_and_after_a_working_day() {
    each_database(|storage| {
        let office = office(storage);
        let ann = staff(&office, Role::Reviewer);
        let idle = office.open_session(ann, at(0)).unwrap();
        let busy = office.open_session(ann, at(0)).unwrap();
        let session = office.session(&idle, at(1)).unwrap().unwrap();
        assert_eq!((session.visitor(), session.opened, session.expires), (ann, at(0), at(HOUR_S)));
        assert_eq!(session.actor(), Actor::Staff("ann".into()));
        assert!(session.may(Right::Review) && !session.may(Right::Refund) && session.shopper().is_none());
        for minutes in (0..12 * 60).step_by(30) {
            assert!(office.session(&busy, at(minutes * 60)).unwrap().is_some(), "{minutes}");
        }
        let last = office.session(&busy, at(12 * HOUR_S - 1)).unwrap().unwrap();
        assert_eq!(last.expires, at(12 * HOUR_S));
        assert!(office.session(&busy, at(12 * HOUR_S)).unwrap().is_none());
        assert!(office.session(&idle, at(HOUR_S)).unwrap().is_none());
        assert_eq!(office.sweep(at(12 * HOUR_S)).unwrap().sessions, 2);
    });
}

#[test]
fn shoppers_stay_signed_in_while_they_come_back() {
    each_database(|storage| {
        let office = office(storage);
        let (account, _) = shopper(&office, 1);
        let token = office.open_session(Visitor::Shopper(account), at(0)).unwrap();
        for day in [80, 160, 240] {
            let session = office.session(&token, at(day * DAY_S)).unwrap().unwrap();
            assert_eq!((session.shopper(), session.expires), (Some(account), at((day + 90) * DAY_S)));
            assert!(session.staff().is_none() && !Right::ALL.iter().any(|right| session.may(*right)));
        }
        assert!(office.session(&token, at(330 * DAY_S)).unwrap().is_none());
    });
}

#[test]
fn a_session_ends_when_it_is_told_to() {
    each_database(|storage| {
        let office = office(storage);
        let (account, _) = shopper(&office, 1);
        let visitor = Visitor::Shopper(account);
        let open = || office.open_session(visitor, at(0)).unwrap();
        let (one, two, three) = (open(), open(), open());
        let is_in = |token| office.session(token, at(1)).unwrap().is_some();
        office.end_session(&one).unwrap();
        office.end_session(&one).unwrap();
        assert_eq!([is_in(&one), is_in(&two), is_in(&three)], [false, true, true]);
        assert_eq!(office.end_sessions_of(visitor).unwrap(), 2);
        assert!(!is_in(&two) && !is_in(&three));
        assert!(!is_in(&SessionToken::parse(&"A".repeat(43)).unwrap()));
    });
}

#[test]
fn who_is_deleted_is_signed_out_and_who_asks_is_told() {
    each_database(|storage| {
        let office = office(storage);
        let (account, _) = shopper(&office, 1);
        let token = office.open_session(Visitor::Shopper(account), at(5)).unwrap();
        office.session(&token, at(100)).unwrap();
        let told = office.export(Owner::Account(account), Actor::Shopper, at(200)).unwrap();
        let signed_in = &told["account"]["signed_in"];
        assert_eq!(signed_in.as_array().unwrap().len(), 1);
        assert_eq!(signed_in[0]["last_used"], serde_json::to_value(at(100)).unwrap());
        office.erase(Owner::Account(account), Actor::Shopper, at(300)).unwrap();
        assert!(office.session(&token, at(301)).unwrap().is_none());
        let again = office.open_session(Visitor::Shopper(account), at(302));
        assert!(matches!(again, Err(OfficeError::People(PeopleError::NoAccount))), "{again:?}");
    });
}

#[test]
fn forms_of_another_session_fit_not() {
    each_database(|storage| {
        let office = office(storage);
        let (account, _) = shopper(&office, 1);
        let open = || office.open_session(Visitor::Shopper(account), at(0)).unwrap();
        let session = |token| office.session(token, at(1)).unwrap().unwrap();
        let (token, other) = (open(), open());
        let csrf = session(&token).csrf();
        assert!(session(&token).csrf_fits(&csrf) && !session(&other).csrf_fits(&csrf));
        for text in ["", "x", &csrf[..42], &token.reveal()] {
            assert!(!session(&token).csrf_fits(text), "{text}");
        }
        assert!(!format!("{:?}", session(&token)).contains(&csrf));
    });
}

#[test]
fn looking_at_pages_writes_once_a_minute_and_the_table_has_no_secret() {
    each_address(|address| {
        let storage = office::Storage::open(address).unwrap();
        let office = office(storage.clone());
        let (account, _) = shopper(&office, 1);
        let token = office.open_session(Visitor::Shopper(account), at(0)).unwrap();
        let row = || {
            let rows = storage.read(|database| database.query("SELECT seen_ns, token FROM sessions", &[]));
            let rows = rows.unwrap();
            (rows[0].int(0).unwrap(), rows[0].blob(1).unwrap().to_vec())
        };
        let mut seen = Vec::new();
        for second in [1, 59, 60, 100, 119, 120, 125] {
            office.session(&token, at(second)).unwrap().unwrap();
            seen.push((row().0 - at(0).nanos()) / 1_000_000_000);
        }
        assert_eq!(seen, [0, 0, 60, 60, 60, 120, 120]);
        let kept = row().1;
        assert_eq!(kept.len(), 32);
        assert!(!token.reveal().as_bytes().windows(8).any(|part| kept.windows(8).any(|other| other == part)));
    });
}
