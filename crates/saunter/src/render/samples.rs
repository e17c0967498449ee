//! A hand-made store, receipt and events to render.

use model::{
    Alternative, ChangeId, CredentialKind, Currency, Curve, DVec3, Departure, Evidence, HandSeen, Line,
    Money, PlateId, PlatePart, Receipt, ReviewReason, Store, Time, TrackId, TripId, Who,
};

/// A corner store with one shelf of two plates, tea, soap and a gift without price.
pub(crate) fn store() -> Store {
    Store::from_toml(
        r#"
        schema = "saunter-store/1"
        name = "Corner"
        currency = "EUR"
        [[gondola]]
        id = 1
        origin_m = [4.0, 0.0, 0.0]
        [[gondola.shelf]]
        id = 5
        origin_m = [0.0, 0.0, 1.0]
        size_m = [0.4, 0.4, 0.3]
        plates = [
            { id = 11, origin_m = [0.0, 0.0], size_m = [0.2, 0.4] },
            { id = 12, origin_m = [0.2, 0.0], size_m = [0.2, 0.4] },
        ]
        [[facing]]
        product = "tea"
        plates = ["1/5/11"]
        [[product]]
        id = "tea"
        name = "Assam Gold tea, loose, 600 g tin"
        price_minor = 1250
        mass_g = 621.7
        [[product]]
        id = "soap"
        name = "Soap"
        price_minor = 199
        mass_g = 95.0
        [[product]]
        id = "gift"
        name = "Gift"
        "#,
    )
    .unwrap()
}

/// 2020-04-22 05:06:52.187 UTC.
pub(crate) fn moment() -> Time {
    Time::from_nanos(1_587_532_012_187_000_000)
}

/// Tea leaves plate 1/5/11.
pub(crate) fn take() -> Evidence {
    let curve = (0..300).map(|sample| {
        let wobble = [0.8, -1.1, 0.3, -0.4, 1.2, -0.7][sample % 6];
        let level = match sample {
            0..112 => 5104.0,
            112..120 => 5104.0 + (sample as f32 - 111.0) * 22.0,
            120..130 => 4700.0 - (sample as f32 - 120.0) * 24.0,
            _ => 4481.7,
        };
        level + wobble
    });
    Evidence {
        change: ChangeId(1),
        start: moment().plus_seconds(-0.15),
        moment: moment(),
        end: moment().plus_seconds(0.41),
        grams: -622.3,
        grams_sd: 2.1,
        source: model::EvidenceSource::Weight,
        place: DVec3::new(4.1, 0.2, 1.0),
        plates: vec![
            PlatePart { plate: PlateId::new(1, 5, 11), grams: -622.3, grams_sd: 2.1, knock_on: false },
            PlatePart { plate: PlateId::new(1, 5, 12), grams: 3.4, grams_sd: 1.2, knock_on: true },
        ],
        hands: vec![
            HandSeen {
                side: None,
                track: TrackId(3_325_379_692_103_139_203),
                trip: Some(TripId(1)),
                distance_m: 0.042,
                time: moment().plus_seconds(-0.1),
                wrists: [None; 2],
                log_likelihood: -0.2,
            },
            HandSeen {
                side: None,
                track: TrackId(12),
                trip: None,
                distance_m: 1.24,
                time: moment().plus_seconds(0.2),
                wrists: [None; 2],
                log_likelihood: -9.0,
            },
        ],
        alternatives: vec![
            Alternative {
                who: Who::Trip(TripId(1)),
                items: vec![("tea".into(), -1)],
                probability: 0.9981,
                expected_grams: Some(-621.7),
            },
            Alternative {
                who: Who::Trip(TripId(1)),
                items: vec![("soap".into(), -7), ("gift".into(), 1)],
                probability: 0.0017,
                expected_grams: Some(-665.0),
            },
            Alternative { who: Who::Nobody, items: Vec::new(), probability: 0.0001, expected_grams: None },
        ],
        curve: Curve { start: moment().plus_seconds(-2.0), step_s: 1.0 / 60.0, grams: curve.collect() },
    }
}

/// Tea charged; soap and a gift in review.
pub(crate) fn receipt() -> Receipt {
    let price = Some(Money::new(1250, Currency::EUR));
    let tea = Line {
        product: "tea".into(),
        name: "Assam Gold tea, loose, 600 g tin".into(),
        quantity: 1,
        unit_price: price,
        amount: price,
        probability: 0.9981,
        review: None,
        evidence: vec![take()],
    };
    let soap = Line {
        product: "soap".into(),
        name: "Soap".into(),
        quantity: 2,
        unit_price: Some(Money::new(199, Currency::EUR)),
        amount: Some(Money::new(398, Currency::EUR)),
        probability: 0.71,
        review: Some(ReviewReason::Doubt),
        evidence: Vec::new(),
    };
    let gift = Line {
        product: "gift".into(),
        name: "Gift".into(),
        quantity: 1,
        unit_price: None,
        amount: None,
        probability: 0.999_99,
        review: Some(ReviewReason::NoPrice),
        evidence: Vec::new(),
    };
    Receipt {
        trip: TripId(1),
        tracks: vec![TrackId(3_325_379_692_103_139_203)],
        credential: Some((CredentialKind::Card, "tok_4f3c".into())),
        entered: moment().plus_seconds(-4.0),
        left: moment().plus_seconds(13.0),
        departure: Departure::Gate,
        lines: vec![tea],
        review: vec![soap, gift],
        total: Money::new(1250, Currency::EUR),
        currency: Currency::EUR,
    }
}
