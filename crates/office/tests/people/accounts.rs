//! Accounts, their cards, and where their paper goes.

use std::sync::atomic::Ordering;

use model::{Currency, Money};
use office::{
    ConsentText, LinkedEmail, OfficeError, Owner, Paper, PeopleError, Purpose, Refusal, Shown, TripEvent,
};
use receipts::MailAddress;

use crate::support::{
    at, buy, card, come_in, each_database, office, office_and_bank, run_errands, shopper, tap, visit,
};

fn anna() -> MailAddress {
    MailAddress::parse("Anna@Example.org").unwrap()
}

/// As it is kept: whoever signs in later may type it either way.
fn kept() -> MailAddress {
    MailAddress::parse("anna@example.org").unwrap()
}

fn people_error<T: std::fmt::Debug>(result: Result<T, OfficeError>) -> PeopleError {
    match result.unwrap_err() {
        OfficeError::People(error) => error,
        other => panic!("{other}"),
    }
}

#[test]
fn an_account_always_has_a_default_card_as_long_as_it_has_cards() {
    each_database(|storage| {
        let office = office(storage);
        let (account, _) = shopper(&office, 1);
        let first = office.account(account).unwrap().cards[0].key;
        let second = office.add_card(account, card(2), at(1)).unwrap();
        assert_eq!(office.add_card(account, card(2), at(2)).unwrap(), second, "added twice");
        office.set_default_card(account, second).unwrap();
        office.remove_card(account, second, at(3)).unwrap();
        let left = office.account(account).unwrap().cards;
        assert_eq!(left.iter().map(|card| (card.key, card.is_default)).collect::<Vec<_>>(), [(first, true)]);
        office.remove_card(account, first, at(4)).unwrap();
        assert_eq!(office.account(account).unwrap().cards, []);
        assert_eq!(people_error(office.set_default_card(account, first)), PeopleError::NoCard);
        assert_eq!(people_error(office.remove_card(account, first, at(5))), PeopleError::NoCard);
    });
}

#[test]
fn a_card_is_in_one_account_only_and_its_past_stays_out_of_it() {
    each_database(|storage| {
        let office = office(storage);
        visit(&office, tap(1), 500, at(-5000));
        let (account, _) = shopper(&office, 1);
        let other = office.create_account("fr", at(0)).unwrap();
        assert_eq!(people_error(office.add_card(other, card(1), at(1))), PeopleError::CardTaken);
        // A tap with a card of the account counts for the account from now on.
        let trip = visit(&office, tap(1), 700, at(100));
        let rows = office.receipts_of(Owner::Account(account), None, 10).unwrap().rows;
        assert_eq!(rows.iter().map(|row| row.trip).collect::<Vec<_>>(), [trip]);
    });
}

#[test]
fn an_address_is_an_accounts_once_the_mailed_link_was_opened() {
    each_database(|storage| {
        let office = office(storage);
        let (account, phone) = shopper(&office, 1);
        let link = office.ask_address(account, anna(), at(0)).unwrap();
        assert_eq!(link.address.reveal(), "Anna@example.org");
        assert!(!format!("{link:?}").contains(&link.token));
        assert_eq!(office.account(account).unwrap().contact, None);
        assert_eq!(people_error(office.prove_address("guess", at(1))), PeopleError::BadToken);
        assert_eq!(
            people_error(office.sign_in(&link.token, at(1))),
            PeopleError::BadToken,
            "another purpose"
        );
        assert_eq!(office.prove_address(&link.token, at(1)).unwrap(), account);
        assert_eq!(people_error(office.prove_address(&link.token, at(2))), PeopleError::BadToken, "used");
        let contact = office.account(account).unwrap().contact.unwrap();
        assert_eq!((contact.address, contact.language.as_str(), contact.proven), (kept(), "de", true));
        let late = office.ask_address(account, anna(), at(10)).unwrap();
        assert_eq!(people_error(office.prove_address(&late.token, at(10 + 3600))), PeopleError::BadToken);
        let trip = visit(&office, phone.code(at(60)), 500, at(60));
        assert_eq!(office.address_for(trip).unwrap().unwrap().address, kept());
    });
}

#[test]
fn whoever_reads_the_mail_of_an_address_can_sign_in_and_nobody_else() {
    each_database(|storage| {
        let office = office(storage);
        let (account, _) = shopper(&office, 1);
        assert_eq!(office.ask_sign_in(anna(), at(0)).unwrap(), None, "not proven");
        let link = office.ask_address(account, anna(), at(0)).unwrap();
        office.prove_address(&link.token, at(1)).unwrap();
        let link = office.ask_sign_in(kept(), at(2)).unwrap().unwrap();
        assert_eq!(office.sign_in(&link.token, at(3)).unwrap(), account);
        assert_eq!(people_error(office.sign_in(&link.token, at(4))), PeopleError::BadToken);
        // The address can't be taken over by proving it for another account.
        let other = office.create_account("de", at(5)).unwrap();
        let link = office.ask_address(other, anna(), at(6)).unwrap();
        assert_eq!(people_error(office.prove_address(&link.token, at(7))), PeopleError::AddressTaken);
    });
}

#[test]
fn nobodys_mailbox_is_flooded_with_links() {
    each_database(|storage| {
        let office = office(storage);
        let (account, _) = shopper(&office, 1);
        for second in 0..5 {
            office.ask_address(account, anna(), at(second)).unwrap();
        }
        assert_eq!(people_error(office.ask_address(account, anna(), at(6))), PeopleError::TooManyMails(5));
        office.ask_address(account, anna(), at(3600)).unwrap();
        // Whether an address has an account shows by nothing, not even by this.
        let stranger = || MailAddress::parse("stranger@example.org").unwrap();
        for second in 0..5 {
            assert_eq!(office.ask_sign_in(stranger(), at(second)).unwrap(), None);
        }
        assert_eq!(people_error(office.ask_sign_in(stranger(), at(6))), PeopleError::TooManyMails(5));
    });
}

/// What is read at the kiosk.
fn agreed(language: &str) -> ConsentText<'_> {
    ConsentText { version: "1", language, words: "Receipts by mail." }
}

#[test]
fn an_address_typed_at_the_kiosk_gets_this_receipt_and_every_later_one() {
    each_database(|storage| {
        let office = office(storage);
        let first = visit(&office, tap(1), 500, at(0));
        assert_eq!(office.address_for(first).unwrap(), None);
        let linked = office.link_email(tap(1), anna(), &agreed("en"), at(60)).unwrap();
        let LinkedEmail::Linked(owner, Some(trip)) = linked else { panic!("{linked:?}") };
        assert_eq!(trip, first);
        assert_eq!(office.address_for(first).unwrap().unwrap().address, kept());
        assert!(office.agrees(owner, Purpose::ReceiptMail).unwrap(), "and they agreed to it");
        let asked = TripEvent::MailWanted { paper: Paper::Receipt };
        let history = office.history(first).unwrap();
        assert_eq!(history.last().unwrap().1, asked, "the receipt is sent now");
        run_errands(&office, at(60));
        let later = visit(&office, tap(1), 600, at(1000));
        let contact = office.address_for(later).unwrap().unwrap();
        assert_eq!((contact.address, contact.language.as_str(), contact.proven), (kept(), "en", false));
        // An address that nobody proved opens no account.
        assert_eq!(office.ask_sign_in(anna(), at(1001)).unwrap(), None);
        assert!(office.unlink_email(owner, at(1002)).unwrap());
        assert!(!office.unlink_email(owner, at(1003)).unwrap());
        assert_eq!(office.address_for(later).unwrap(), None);
        assert_eq!(office.audit().unwrap().unwrap().trips, 2);
    });
}

#[test]
fn a_kiosk_does_not_change_an_address_that_was_proven() {
    each_database(|storage| {
        let office = office(storage);
        let (account, phone) = shopper(&office, 1);
        let old = visit(&office, tap(2), 500, at(0));
        let eve = || MailAddress::parse("eve@example.org").unwrap();
        let linked = office.link_email(phone.code(at(20)), eve(), &agreed("de"), at(20)).unwrap();
        assert_eq!(linked, LinkedEmail::Linked(Owner::Account(account), None));
        let link = office.ask_address(account, anna(), at(30)).unwrap();
        office.prove_address(&link.token, at(31)).unwrap();
        assert_eq!(
            people_error(office.link_email(tap(1), eve(), &agreed("de"), at(40))),
            PeopleError::AddressProven
        );
        // An older receipt of a card that is in the account by now goes there too.
        office.add_card(account, card(2), at(50)).unwrap();
        assert_eq!(office.address_for(old).unwrap().unwrap().address, kept());
        let nobody = Shown::Palm { identity: "?".into() };
        let unknown = office.link_email(nobody, eve(), &agreed("de"), at(60)).unwrap();
        assert_eq!(unknown, LinkedEmail::Unknown(Refusal::Unknown));
    });
}

#[test]
fn who_joined_gets_no_mail_of_what_the_payer_bought() {
    each_database(|storage| {
        let office = office(storage);
        office.link_email(tap(2), anna(), &agreed("de"), at(0)).unwrap();
        let trip = come_in(&office, tap(1), at(10));
        office.join(trip, tap(2), at(20)).unwrap();
        buy(&office, trip, 500, at(100));
        assert_eq!(office.address_for(trip).unwrap(), None);
    });
}

#[test]
fn what_is_no_language_is_refused() {
    each_database(|storage| {
        let office = office(storage);
        for bad in ["", "d", "de_DE", "de-", "1a"] {
            assert!(office.create_account(bad, at(0)).is_err(), "{bad:?}");
        }
        let account = office.create_account("zh-Hant-TW", at(0)).unwrap();
        office.set_language(account, "pt-BR").unwrap();
        assert_eq!(office.account(account).unwrap().language, "pt-BR");
    });
}

#[test]
fn one_link_leads_into_the_account_of_an_address_or_makes_it() {
    each_database(|storage| {
        let office = office(storage);
        let link = office.ask_in(anna(), at(0)).unwrap();
        assert_eq!(
            people_error(office.sign_in(&link.token, at(1))),
            PeopleError::BadToken,
            "another purpose"
        );
        let other = office.ask_in(anna(), at(1)).unwrap();
        let account = office.come_in(&link.token, "de", at(2)).unwrap();
        assert_eq!(office.account(account).unwrap().contact.unwrap().address, kept());
        assert_eq!(people_error(office.come_in(&link.token, "de", at(3))), PeopleError::BadToken, "used");
        assert_eq!(office.come_in(&other.token, "en", at(3)).unwrap(), account, "the same account");
        assert_eq!(office.account(account).unwrap().language, "de");
        let late = office.ask_in(anna(), at(10)).unwrap();
        assert_eq!(people_error(office.come_in(&late.token, "de", at(10 + 3600))), PeopleError::BadToken);
        for _ in 0..4 {
            office.ask_in(anna(), at(20)).unwrap();
        }
        assert_eq!(people_error(office.ask_in(anna(), at(20))), PeopleError::TooManyMails(5));
    });
}

#[test]
fn the_app_knows_its_visit_and_its_debts() {
    each_database(|storage| {
        let (office, bank) = office_and_bank(storage);
        let (account, phone) = shopper(&office, 1);
        let guest = office.create_account("en", at(0)).unwrap();
        office.add_card(guest, card(2), at(0)).unwrap();
        assert_eq!(office.visit_of(account).unwrap(), None);
        let trip = come_in(&office, phone.code(at(60)), at(60));
        office.join(trip, tap(2), at(61)).unwrap();
        for one in [account, guest] {
            assert_eq!(office.visit_of(one).unwrap().map(|visit| visit.key), Some(trip));
        }
        bank.broke.store(true, Ordering::Relaxed);
        buy(&office, trip, 5000, at(100));
        assert_eq!(office.visit_of(account).unwrap(), None, "the amount is final");
        let owed = office.trip(trip).unwrap().owed_minor;
        assert_eq!(office.debts_of(account).unwrap(), [(trip, Money::new(owed, Currency::EUR))]);
        assert_eq!(office.debts_of(guest).unwrap(), []);
        bank.broke.store(false, Ordering::Relaxed);
        let own = office.account(account).unwrap().cards[0].key;
        assert_eq!(people_error(office.pay_debt_with(guest, own, trip, at(110))), PeopleError::NoCard);
        office.pay_debt_with(account, own, trip, at(110)).unwrap();
        run_errands(&office, at(110));
        assert_eq!(office.debts_of(account).unwrap(), []);
    });
}
