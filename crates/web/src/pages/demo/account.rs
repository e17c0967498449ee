//! The visitor as a shopper with an account, so that the phone beside the floor is the real app.

use model::Time;
use office::{AccountKey, Office, OfficeError};
use payments::Card;
use receipts::MailAddress;

use super::visitor::Visitor;
use crate::pages::error::PageError;
use crate::pages::playing::{GOOD, PlayCard};
use crate::pages::site::Site;

/// The visitor's account with a card that works; made where there is none yet.
pub(super) async fn of(
    site: &Site,
    visitor: &Visitor,
    language: &'static str,
) -> Result<AccountKey, PageError> {
    let now = site.web.now();
    let card = PlayCard::named(GOOD).ok_or(PageError::NotFound)?.of(visitor.tag())?;
    let address = MailAddress::parse(&format!("you-{}@example.com", visitor.tag()))
        .map_err(|error| PageError::Broken(error.to_string()))?;
    site.office(move |office| match known(office, address.clone(), now)? {
        Some(account) => Ok(account),
        None => made(office, address, card, language, now),
    })
    .await
}

/// The account of an address, by the link that its mailbox would get.
fn known(office: &Office, address: MailAddress, now: Time) -> Result<Option<AccountKey>, OfficeError> {
    let link = office.ask_sign_in(address, now)?;
    link.map(|link| office.sign_in(&link.token, now)).transpose()
}

fn made(
    office: &Office,
    address: MailAddress,
    card: Card,
    language: &str,
    now: Time,
) -> Result<AccountKey, OfficeError> {
    let account = office.create_account(language, now)?;
    let link = office.ask_address(account, address, now)?;
    office.prove_address(&link.token, now)?;
    office.add_card(account, card, now)?;
    Ok(account)
}
