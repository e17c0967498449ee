//! Those who work for the store: who they are, how they sign in, what is written down of it.

use model::Time;
use office::{Actor, Office, OfficeError, Password, Role, SignIn, StaffError, StaffEvent, Visitor};

use crate::support::{DAY_S, at, come_in, each_database, office, office_of, shopper, tap};

const WORDS: &str = "four plain words here";

fn password(text: &str) -> Password {
    Password::new(text.to_owned())
}

fn boss() -> Actor {
    Actor::System("setup".into())
}

fn sign_in(office: &Office, name: &str, words: &str, now: Time) -> SignIn {
    office.sign_in_staff(name, &password(words), now).unwrap()
}

fn is_wrong(office: &Office, name: &str, words: &str, now: Time) -> bool {
    matches!(sign_in(office, name, words, now), SignIn::Wrong)
}

fn why<T: std::fmt::Debug>(result: Result<T, OfficeError>) -> StaffError {
    match result {
        Err(OfficeError::Staff(error)) => error,
        other => panic!("{other:?}"),
    }
}

#[test]
fn staff_are_added_once_and_listed() {
    each_database(|storage| {
        let office = office(storage.clone());
        assert!(!office.has_staff().unwrap());
        let add =
            |name: &str, words: &str, role| office.add_staff(name, &password(words), role, boss(), at(0));
        let ann = add("Ann", WORDS, Role::Owner).unwrap();
        add("bob", WORDS, Role::Viewer).unwrap();
        assert!(office.has_staff().unwrap());
        assert_eq!(why(add("aNN", WORDS, Role::Viewer)), StaffError::NameTaken);
        assert_eq!(why(add("", WORDS, Role::Viewer)), StaffError::Name { most: 64 });
        assert_eq!(
            why(add("eve", "too short", Role::Viewer)),
            StaffError::PasswordLength { least: 12, most: 200 }
        );
        assert_eq!(why(add("Eve the Great", "eve the great", Role::Viewer)), StaffError::PasswordIsName);
        let all = office.staff().unwrap();
        let told: Vec<_> = all.iter().map(|one| (one.name.as_str(), one.role, one.disabled)).collect();
        assert_eq!(told, [("Ann", Role::Owner, None), ("bob", Role::Viewer, None)]);

        // Another store of the chain has staff of its own, and knows nothing of these.
        let other = office_of("side-street", storage);
        assert!(!other.has_staff().unwrap() && other.staff().unwrap().is_empty());
        assert!(is_wrong(&other, "Ann", WORDS, at(1)));
        assert_eq!(why(other.set_role(ann, Role::Viewer, boss(), at(1))), StaffError::NoStaff);
        other.add_staff("Ann", &password(WORDS), Role::Viewer, boss(), at(1)).unwrap();
    });
}

#[test]
fn the_last_owner_stays_one() {
    each_database(|storage| {
        let office = office(storage);
        let add = |name: &str, role| office.add_staff(name, &password(WORDS), role, boss(), at(0)).unwrap();
        let (ann, bob) = (add("ann", Role::Owner), add("bob", Role::Viewer));
        assert_eq!(why(office.disable_staff(ann, boss(), at(1))), StaffError::LastOwner);
        assert_eq!(why(office.set_role(ann, Role::Support, boss(), at(1))), StaffError::LastOwner);
        office.set_role(ann, Role::Owner, boss(), at(1)).unwrap();
        office.set_role(bob, Role::Owner, boss(), at(2)).unwrap();
        office.disable_staff(ann, boss(), at(3)).unwrap();
        assert_eq!(why(office.set_role(bob, Role::Viewer, boss(), at(4))), StaffError::LastOwner);
        assert_eq!(why(office.set_role(ann, Role::Owner, boss(), at(4))), StaffError::NoStaff);
        assert_eq!(office.staff().unwrap()[0].disabled, Some(at(3)));
    });
}

#[test]
fn who_signs_in_is_welcome_until_something_changes() {
    each_database(|storage| {
        let office = office(storage);
        office.add_staff("ann", &password(WORDS), Role::Owner, boss(), at(0)).unwrap();
        let bob = office.add_staff("Bob", &password(WORDS), Role::Support, boss(), at(0)).unwrap();
        let welcome = |words: &str, now| match sign_in(&office, "bOB", words, now) {
            SignIn::Welcome(token, member) => {
                assert_eq!((member.key, member.name.as_str()), (bob, "Bob"));
                token
            }
            other => panic!("{other:?}"),
        };
        let role = |token, now| Some(office.session(token, now).unwrap()?.staff()?.role);

        let token = welcome(WORDS, at(1));
        assert_eq!(role(&token, at(2)), Some(Role::Support));
        office.set_role(bob, Role::Reviewer, boss(), at(3)).unwrap();
        assert_eq!(role(&token, at(4)), None);

        let token = welcome(WORDS, at(5));
        assert_eq!(role(&token, at(6)), Some(Role::Reviewer));
        office.set_password(bob, &password("five other plain words"), boss(), at(7)).unwrap();
        assert_eq!(role(&token, at(8)), None);
        assert!(is_wrong(&office, "bob", WORDS, at(9)));

        let token = welcome("five other plain words", at(10));
        office.disable_staff(bob, boss(), at(11)).unwrap();
        assert_eq!(role(&token, at(12)), None);
        assert!(is_wrong(&office, "bob", "five other plain words", at(13)));
        assert_eq!(why(office.open_session(Visitor::Staff(bob), at(14))), StaffError::NoStaff);
    });
}

#[test]
fn who_guesses_waits_longer_and_longer_whether_or_not_anybody_has_the_name() {
    each_database(|storage| {
        let office = office(storage);
        office.add_staff("ann", &password(WORDS), Role::Owner, boss(), at(0)).unwrap();
        for name in ["ann", "nobody"] {
            let wait = |now: Time| match sign_in(&office, name, WORDS, now) {
                SignIn::Wait { until } => until,
                other => panic!("{name}: {other:?}"),
            };
            for _ in 0..5 {
                assert!(is_wrong(&office, name, "a wrong password", at(0)));
            }
            // Not even the right one is looked at, and asking makes the wait no longer.
            assert_eq!((wait(at(0)), wait(at(29))), (at(30), at(30)));
            assert!(is_wrong(&office, name, "a wrong password", at(30)));
            assert_eq!(wait(at(31)), at(90));
            assert!(is_wrong(&office, name, "a wrong password", at(90)));
            assert_eq!(wait(at(91)), at(210));
        }
        // The right one ends it: the next wrong one is the first again.
        assert!(matches!(sign_in(&office, "ann", WORDS, at(210)), SignIn::Welcome(..)));
        assert!(is_wrong(&office, "ann", "a wrong password", at(211)));
        assert!(matches!(sign_in(&office, "ann", WORDS, at(212)), SignIn::Welcome(..)));
        // A day later nothing is left of it.
        assert_eq!(office.sweep(at(90 + DAY_S)).unwrap().failures, 1);
        assert!(is_wrong(&office, "nobody", "a wrong password", at(91 + DAY_S)));
        assert!(is_wrong(&office, "nobody", "a wrong password", at(92 + DAY_S)));
    });
}

#[test]
fn what_is_done_about_staff_is_written_down() {
    each_database(|storage| {
        let office = office(storage);
        let ann = office.add_staff("ann", &password(WORDS), Role::Owner, boss(), at(0)).unwrap();
        let by = Actor::Staff("ann".into());
        let bob = office.add_staff("bob", &password(WORDS), Role::Viewer, by.clone(), at(1)).unwrap();
        sign_in(&office, "bob", WORDS, at(2));
        sign_in(&office, "bob", "a wrong password", at(3));
        sign_in(&office, "my password by mistake", "bob", at(4));
        office.set_role(bob, Role::Support, by.clone(), at(5)).unwrap();
        office.set_password(ann, &password("five other plain words"), by.clone(), at(6)).unwrap();
        office.disable_staff(bob, by, at(7)).unwrap();
        let all = office.staff_log(100, None).unwrap();
        let told: Vec<_> = all.iter().rev().map(|entry| (entry.about.as_deref(), entry.event)).collect();
        assert_eq!(
            told,
            [
                (Some("ann"), StaffEvent::Added { role: Role::Owner }),
                (Some("bob"), StaffEvent::Added { role: Role::Viewer }),
                (Some("bob"), StaffEvent::SignedIn),
                (Some("bob"), StaffEvent::SignInRefused),
                (None, StaffEvent::SignInRefused),
                (Some("bob"), StaffEvent::RoleSet { role: Role::Support }),
                (Some("ann"), StaffEvent::PasswordSet),
                (Some("bob"), StaffEvent::Disabled),
            ]
        );
        assert_eq!((&all[7].by, &all[6].by), (&boss(), &Actor::Staff("ann".into())));
        let page = office.staff_log(3, None).unwrap();
        let next = office.staff_log(100, Some(page[2].sequence)).unwrap();
        assert_eq!([page, next].concat(), all);
    });
}

#[test]
fn each_look_at_a_trip_is_in_the_list_of_views() {
    each_database(|storage| {
        let office = office(storage);
        shopper(&office, 1);
        let one = come_in(&office, tap(1), at(1));
        let two = come_in(&office, tap(2), at(2));
        let (ann, bob) = (Actor::Staff("ann".into()), Actor::Staff("bob".into()));
        for (trip, by, second) in [(one, &ann, 10), (two, &ann, 11), (one, &bob, 12)] {
            office.note_seen(trip, by.clone(), at(second)).unwrap();
        }
        let views = office.views(100, None).unwrap();
        let told: Vec<_> = views.iter().map(|view| (view.trip, &view.by, view.at)).collect();
        assert_eq!(told, [(one, &bob, at(12)), (two, &ann, at(11)), (one, &ann, at(10))]);
        assert_eq!(office.views(1, Some(views[0].sequence)).unwrap(), views[1..2]);
    });
}
