//! What people pay with, known again at every visit.

use model::Time;
use payments::{Card, CardToken, LastFour};

use crate::error::OfficeError;
use crate::ids::{AccountKey, InstrumentKey};
use crate::storage::{Database, StorageError};
use crate::trip::Payer;

/// An instrument as the tables know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Instrument {
    /// Its name.
    pub(crate) key: InstrumentKey,
    /// The shopper's account, if linked.
    pub(crate) account: Option<AccountKey>,
}

/// The instrument of a card, by its fingerprint; a new one at its first visit. The reader's newest token counts.
pub(crate) fn of_card(
    database: &mut dyn Database,
    store: &str,
    card: &Card,
    now: Time,
) -> Result<Instrument, OfficeError> {
    let (fingerprint, token) = (card.fingerprint.as_str(), card.token.reveal());
    let known = database.query_one(
        "UPDATE instruments SET token = $3 WHERE store = $1 AND kind = 'card' AND fingerprint = $2 \
         RETURNING instrument, account",
        &[store.into(), fingerprint.into(), token.into()],
    )?;
    if let Some(row) = known {
        let account = row.blob_if_any(1)?.map(AccountKey::from_bytes).transpose()?;
        return Ok(Instrument { key: InstrumentKey::from_bytes(row.blob(0)?)?, account });
    }
    let key = InstrumentKey::new(now);
    database.execute(
        "INSERT INTO instruments (instrument, store, kind, fingerprint, token, brand, last_four, account, added_ns) \
         VALUES ($1, $2, 'card', $3, $4, $5, $6, $7, $8)",
        &[
            (&key).into(),
            store.into(),
            fingerprint.into(),
            token.into(),
            card.brand.as_str().into(),
            card.last_four.to_string().as_str().into(),
            None::<&[u8]>.into(),
            now.nanos().into(),
        ],
    )?;
    Ok(Instrument { key, account: None })
}

/// The instrument of a card that was here before, by its fingerprint.
pub(crate) fn find(
    database: &mut dyn Database,
    store: &str,
    card: &Card,
) -> Result<Option<InstrumentKey>, StorageError> {
    let row = database.query_one(
        "SELECT instrument FROM instruments WHERE store = $1 AND kind = 'card' AND fingerprint = $2",
        &[store.into(), card.fingerprint.as_str().into()],
    )?;
    row.map(|row| InstrumentKey::from_bytes(row.blob(0)?)).transpose()
}

/// What the processor charges.
///
/// # Errors
/// If the instrument was deleted, or is unknown.
pub(crate) fn token(database: &mut dyn Database, key: InstrumentKey) -> Result<CardToken, OfficeError> {
    let row = database.query_one("SELECT token FROM instruments WHERE instrument = $1", &[(&key).into()])?;
    let token = row.as_ref().map(|row| row.text_if_any(0)).transpose()?.flatten();
    let token = token.ok_or_else(|| StorageError::Damaged(format!("instrument {key} has no token")))?;
    Ok(CardToken::try_from(token.to_owned())?)
}

/// What may be shown of a payer's card: brand and last four digits; `None` for staff, or if it is unknown.
pub(crate) fn card_of(
    database: &mut dyn Database,
    payer: Payer,
) -> Result<Option<(String, LastFour)>, OfficeError> {
    let Payer::Instrument(key) = payer else { return Ok(None) };
    let row = database
        .query_one("SELECT brand, last_four FROM instruments WHERE instrument = $1", &[(&key).into()])?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some((row.text(0)?.to_owned(), LastFour::try_from(row.text(1)?.to_owned())?)))
}
