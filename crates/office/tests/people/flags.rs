//! "That's not mine", said while still inside.

use model::Time;
use office::{
    AccountKey, Actor, Cart, Dispute, DisputeKind, Doubtful, Evidence, LineKind, Office, OfficeError,
    TripEvent, TripKey, TripState, Verdict,
};
use pricing::{Item, Quantity, TaxRate};
use serde_json::json;

use crate::support::{DAY_S, at, come_in, each_database, office, run_errands, shopper, tap};

fn item(product: &str) -> Item {
    Item {
        product: product.into(),
        name: product.to_owned(),
        quantity: Quantity::Units(1),
        taken: at(2),
        unit_price: 200,
        tax: TaxRate(190_000),
        deposit: 0,
    }
}

fn cart() -> Cart {
    let sure = ["cola", "wine", "bread"].map(item).to_vec();
    let doubtful = vec![Doubtful { item: item("tea"), probability: 0.6, contested: false }];
    Cart { entered: at(1), left: at(50), people: 1, sure, doubtful }
}

fn evidence() -> Vec<Evidence> {
    let one = |kind, line, product: &str| Evidence { kind, line, body: json!({ "of": product }) };
    vec![
        one(LineKind::Sure, 0, "cola"),
        one(LineKind::Sure, 1, "wine"),
        one(LineKind::Sure, 2, "bread"),
        one(LineKind::Doubtful, 0, "tea"),
    ]
}

/// Fails unless the office says that there is no such trip.
fn is_not_theirs(office: &Office, trip: TripKey, by: AccountKey, now: Time) -> bool {
    matches!(office.flag(trip, "wine".into(), by, now), Err(OfficeError::NoTrip(_)))
}

#[test]
fn what_a_shopper_says_is_not_theirs_is_looked_at_before_it_is_charged() {
    each_database(|storage| {
        let office = office(storage);
        let (account, phone) = shopper(&office, 1);
        let trip = come_in(&office, phone.code(at(1)), at(1));
        office.flag(trip, "wine".into(), account, at(10)).unwrap();
        office.flag(trip, "cola".into(), account, at(11)).unwrap();
        office.flag(trip, "cola".into(), account, at(12)).unwrap();
        office.unflag(trip, "cola".into(), account, at(13)).unwrap();
        office.unflag(trip, "bread".into(), account, at(14)).unwrap();
        office.left(trip, at(50), at(50)).unwrap();
        let late = office.flag(trip, "bread".into(), account, at(51));
        assert!(matches!(late, Err(OfficeError::Decide(_))), "{late:?}");

        let closed = office.close_cart_with(trip, cart(), evidence(), at(60)).unwrap();
        // Told again, as after a restart, nothing moves twice.
        assert_eq!(office.close_cart_with(trip, cart(), evidence(), at(61)).unwrap(), closed);
        assert_eq!((closed.state(), closed.undecided()), (TripState::InReview, vec![0, 1]));
        let told: Vec<_> =
            office.evidence(trip).unwrap().into_iter().map(|one| (one.kind, one.line, one.body)).collect();
        assert_eq!(
            told,
            [
                (LineKind::Sure, 0, json!({ "of": "cola" })),
                (LineKind::Sure, 1, json!({ "of": "bread" })),
                (LineKind::Doubtful, 0, json!({ "of": "tea" })),
                (LineKind::Doubtful, 1, json!({ "of": "wine" })),
            ]
        );
        assert!(closed.flagged.contains(&"wine".into()));

        let ann = Actor::Staff("ann".into());
        office.review(trip, 0, Verdict::Charge(Quantity::Units(1)), ann.clone(), at(70)).unwrap();
        office.review(trip, 1, Verdict::Drop, ann, at(71)).unwrap();
        run_errands(&office, at(72));
        let trip = office.trip(trip).unwrap();
        assert_eq!((trip.state(), trip.taken_minor()), (TripState::Paid, 600));
        let said =
            |event: &TripEvent| matches!(event, TripEvent::Flagged { .. } | TripEvent::Unflagged { .. });
        let history = office.history(trip.key).unwrap();
        assert_eq!(
            history.iter().filter(|(_, event)| said(event)).count(),
            3,
            "what is said twice counts once"
        );
        office.audit().unwrap().unwrap();
    });
}

#[test]
fn only_the_party_says_what_is_in_its_cart_and_only_inside() {
    each_database(|storage| {
        let office = office(storage);
        let (account, phone) = shopper(&office, 1);
        let stranger = office.create_account("en", at(0)).unwrap();
        let trip = come_in(&office, phone.code(at(1)), at(1));
        let other = come_in(&office, tap(9), at(2));
        assert!(is_not_theirs(&office, trip, stranger, at(3)));
        assert!(is_not_theirs(&office, other, account, at(3)));
        let long = office.flag(trip, "x".repeat(101).as_str().into(), account, at(4));
        assert!(matches!(long, Err(OfficeError::People(_))), "{long:?}");
        office.flag(trip, "wine".into(), account, at(5)).unwrap();
        office.close_cart(trip, Cart { sure: Vec::new(), doubtful: Vec::new(), ..cart() }, at(60)).unwrap();
        let late = office.flag(trip, "cola".into(), account, at(61));
        assert!(matches!(late, Err(OfficeError::Decide(_))), "{late:?}");
        assert_eq!(office.trip(trip).unwrap().state(), TripState::Empty);
    });
}

#[test]
fn what_is_contested_again_and_again_is_charged_if_nobody_looks() {
    each_database(|storage| {
        let office = office(storage);
        let (account, _) = shopper(&office, 1);
        let visit = |start: i64| {
            let trip = come_in(&office, tap(1), at(start));
            office.flag(trip, "wine".into(), account, at(start + 10)).unwrap();
            office.flag(trip, "bread".into(), account, at(start + 11)).unwrap();
            office.left(trip, at(start + 50), at(start + 50)).unwrap();
            office.close_cart(trip, cart(), at(start + 60)).unwrap();
            run_errands(&office, at(start + 5 * 3600));
            (trip, office.trip(trip).unwrap().taken_minor())
        };
        // The cola is theirs; of the tea the store is not sure, so it is never charged.
        assert_eq!(visit(0).1, 200, "both are dropped");
        assert_eq!(visit(DAY_S).1, 400, "one more is");
        let (trip, taken) = visit(2 * DAY_S);
        assert_eq!(taken, 600, "and then none");
        let dispute = Dispute { lines: vec![(2, Quantity::Units(1))], kind: DisputeKind::NotTaken };
        office.dispute(trip, dispute, at(3 * DAY_S)).unwrap();
        assert_eq!(visit(31 * DAY_S).1, 200, "a month after the first two");
        office.audit().unwrap().unwrap();
    });
}
