use model::{Gtin, Time};
use pricing::Quantity;

use super::*;

fn site(names: Names) -> Site {
    let read_point = Some(Extension("exit".to_owned()));
    Site { gln: "9521141000007".parse().unwrap(), read_point, names }
}

fn line(gtin: &str, quantity: Quantity) -> MovedLine {
    MovedLine { gtin: Some(gtin.parse::<Gtin>().unwrap()), quantity }
}

fn sale(lines: Vec<MovedLine>) -> Movement {
    Movement {
        way: Way::Sold,
        receipt: "000017".to_owned(),
        time: "2026-11-24T12:30:00Z".parse().unwrap(),
        offset: Offset::from_minutes(60).unwrap(),
        lines,
    }
}

#[test]
fn a_sale_and_a_return_as_others_read_them() {
    let sold = sale(vec![
        line("4006381333931", Quantity::Units(2)),
        line("4006381333931", Quantity::Units(1)),
        line("036000291452", Quantity::Grams(312)),
        line("2012345678903", Quantity::Units(1)),
        MovedLine { gtin: None, quantity: Quantity::Units(1) },
    ]);
    let returned = Movement {
        way: Way::Returned { number: "1".to_owned() },
        lines: vec![line("4006381333931", Quantity::Units(1))],
        ..sold.clone()
    };
    let export = document(&site(Names::DigitalLink), &[sold, returned], Time::from_nanos(0));
    assert_eq!(export.untold, Untold { without_gtin: 1, store_numbers: 1, whole_movements: 0 });
    insta::assert_snapshot!(serde_json::to_string_pretty(&export.document).unwrap());
}

#[test]
fn urns_where_the_company_prefix_is_known() {
    let prefixes = ["9521141", "4006381"].map(|prefix| CompanyPrefix::try_from(prefix.to_owned()).unwrap());
    let names = Names::EpcUrn(prefixes.to_vec());
    let class = |gtin: &str| names.class(&gtin.parse().unwrap());
    assert_eq!(class("4006381333931"), "urn:epc:idpat:sgtin:4006381.033393.*");
    assert_eq!(class("036000291452"), "https://id.gs1.org/01/00036000291452");
    let site = site(names.clone());
    let location = |extension| names.location(&site.gln, extension);
    assert_eq!(location(None), "urn:epc:id:sgln:9521141.00000.0");
    assert_eq!(location(site.read_point.as_ref()), "urn:epc:id:sgln:9521141.00000.exit");
}

#[test]
fn an_event_keeps_its_id_and_shares_it_with_no_other() {
    let id = |movement: &Movement| event_id(&site(Names::DigitalLink), movement);
    let sold = sale(Vec::new());
    let later = Movement { time: Time::from_nanos(0), ..sold.clone() };
    assert_eq!(id(&sold), id(&later));
    let returned =
        |number: &str| Movement { way: Way::Returned { number: number.to_owned() }, ..sold.clone() };
    let other = Movement { receipt: "000018".to_owned(), ..sold.clone() };
    let ids = [id(&sold), id(&returned("")), id(&returned("1")), id(&other)];
    assert_eq!(std::collections::BTreeSet::from(ids).len(), 4);
}

#[test]
fn what_can_not_be_told_is_counted() {
    let nothing = sale(vec![MovedLine { gtin: None, quantity: Quantity::Units(3) }]);
    let export = document(&site(Names::DigitalLink), &[nothing], Time::from_nanos(0));
    assert_eq!(export.untold, Untold { without_gtin: 1, store_numbers: 0, whole_movements: 1 });
    assert_eq!(export.document["epcisBody"]["eventList"], serde_json::json!([]));
    for (gtin, restricted) in [
        ("2012345678903", true),
        ("212345678909", true),
        ("412345678903", true),
        ("20123451", true),
        ("96385074", false),
        ("036000291452", false),
        ("4006381333931", false),
    ] {
        let gtin = gtin.parse::<Gtin>().unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(is_restricted(&gtin), restricted, "{gtin}");
    }
}

#[test]
fn numbers_of_places_are_checked() {
    assert!("9521141000007".parse::<Gln>().is_ok());
    let wrong = "9521141000008".parse::<Gln>().unwrap_err().to_string();
    assert!(wrong.contains("should be 7"), "{wrong}");
    assert!("952114100000".parse::<Gln>().is_err());
    assert!(Offset::from_minutes(841).is_err());
    assert_eq!(Offset::from_minutes(-210).unwrap().to_string(), "-03:30");
    assert!(Extension::try_from("a/b".to_owned()).is_err());
}
