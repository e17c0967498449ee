//! Finding receipts again.

use office::{OfficeError, Owner, PeopleError, Proof, ReceiptQuery};

use crate::support::{DAY_S, at, card, each_database, office, shopper, tap, visit};

fn query(date: &str, last_four: &str, total_minor: i64) -> ReceiptQuery {
    ReceiptQuery {
        date: date.parse().unwrap(),
        last_four: last_four.to_owned().try_into().unwrap(),
        total_minor,
    }
}

#[test]
fn a_receipt_is_found_by_what_stands_on_it_and_only_by_all_of_it() {
    each_database(|storage| {
        let office = office(storage);
        // Half past midnight in Berlin is still the day before in UTC.
        let trip = visit(&office, tap(1234), 1799, at(14 * 3600 + 1800));
        let find = |date: &str, last_four: &str, total| {
            office.look_up("kiosk", &query(date, last_four, total), at(DAY_S)).unwrap()
        };
        let found = find("2026-11-25", "1234", 1799).unwrap();
        assert_eq!((found.trip, found.proof), (trip, Proof::None));
        for miss in [("2026-11-24", "1234", 1799), ("2026-11-25", "1235", 1799), ("2026-11-25", "1234", 1798)]
        {
            assert_eq!(find(miss.0, miss.1, miss.2), None, "{miss:?}");
        }
    });
}

#[test]
fn visits_without_a_purchase_and_receipts_of_two_cards_alike_are_not_told() {
    each_database(|storage| {
        let office = office(storage);
        let empty = crate::support::come_in(&office, tap(1), at(0));
        office.left(empty, at(50), at(50)).unwrap();
        let cart = office::Cart { entered: at(0), left: at(50), people: 1, sure: vec![], doubtful: vec![] };
        office.close_cart(empty, cart, at(50)).unwrap();
        assert_eq!(office.look_up("a", &query("2026-11-24", "0001", 0), at(60)).unwrap(), None);
        // The same card twice: the later receipt. Another card that looks alike: nobody's.
        visit(&office, tap(2), 500, at(100));
        let later = visit(&office, tap(2), 500, at(200));
        let asked = query("2026-11-24", "0002", 500);
        assert_eq!(office.look_up("a", &asked, at(300)).unwrap().unwrap().trip, later);
        let mut twin = card(2);
        twin.fingerprint = "another".to_owned().try_into().unwrap();
        visit(&office, office::Shown::Card(twin), 500, at(400));
        assert_eq!(office.look_up("a", &asked, at(500)).unwrap(), None);
    });
}

#[test]
fn who_guesses_is_stopped_and_learns_nothing() {
    each_database(|storage| {
        let office = office(storage);
        visit(&office, tap(1), 500, at(0));
        let ask = |client: &str, last_four: &str, total, now| {
            office.look_up(client, &query("2026-11-24", last_four, total), now)
        };
        let again = |result: Result<_, OfficeError>| match result {
            Err(OfficeError::People(PeopleError::TooOften { again })) => again,
            other => panic!("{other:?}"),
        };
        for guess in 0..10 {
            assert_eq!(ask("one", "0001", guess, at(100 + guess)).unwrap(), None);
        }
        // The same answer for the right and the wrong amount, until the first guess is an hour old.
        assert_eq!(again(ask("one", "0009", 500, at(110))), at(3700));
        assert_eq!(again(ask("one", "0001", 500, at(3699))), at(3700));
        // Another who asks for the same card does not get further, and the card of nobody reads the same.
        assert_eq!(again(ask("two", "0001", 500, at(3701))), at(100 + DAY_S));
        for guess in 0..10 {
            assert_eq!(ask(&format!("client {guess}"), "7777", 1, at(200 + guess)).unwrap(), None);
        }
        assert_eq!(again(ask("fresh", "7777", 1, at(300))), at(200 + DAY_S));
        // A day later it is found.
        assert!(ask("one", "0001", 500, at(200 + DAY_S)).unwrap().is_some());
        // What is found does not count.
        for _ in 0..30 {
            assert!(ask("one", "0001", 500, at(201 + DAY_S)).unwrap().is_some());
        }
    });
}

#[test]
fn who_guesses_many_at_once_gets_no_further() {
    each_database(|storage| {
        let office = office(storage);
        let misses = std::thread::scope(|threads| {
            let guesses: Vec<_> = (0..40)
                .map(|guess| {
                    let office = &office;
                    threads.spawn(move || office.look_up("one", &query("2026-11-24", "0001", guess), at(0)))
                })
                .collect();
            guesses.into_iter().map(|guess| guess.join().unwrap()).filter(Result::is_ok).count()
        });
        assert_eq!(misses, 10);
    });
}

#[test]
fn a_card_and_an_account_see_all_their_receipts_page_by_page() {
    each_database(|storage| {
        let office = office(storage);
        let (account, phone) = shopper(&office, 1);
        let trips: Vec<_> =
            (0..7).map(|n| visit(&office, phone.code(at(100 * n)), 500 + n, at(100 * n))).collect();
        visit(&office, tap(2), 900, at(50));
        let mut seen = Vec::new();
        let mut before = None;
        loop {
            let page = office.receipts_of(Owner::Account(account), before, 3).unwrap();
            assert!(page.rows.len() <= 3);
            seen.extend(page.rows);
            before = page.before;
            if before.is_none() {
                break;
            }
        }
        assert_eq!(seen.iter().rev().map(|row| row.trip).collect::<Vec<_>>(), trips);
        assert_eq!((seen[0].date.as_str(), seen[0].total_minor), ("2026-11-24", 506));
        assert_eq!(office.receipts_of_card(&card(1), None, 100).unwrap().rows, seen);
        assert_eq!(office.receipts_of_card(&card(3), None, 100).unwrap().rows, []);
        assert_eq!(office.proof_of(trips[0], Owner::Account(account)).unwrap(), Proof::Account);
        let other = office.create_account("de", at(0)).unwrap();
        assert_eq!(office.proof_of(trips[0], Owner::Account(other)).unwrap(), Proof::None);
    });
}
