//! Passkeys of staff: signing in without a password.

mod check;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
pub use check::PasskeyError;
use check::{CHALLENGE_BYTES, Ceremony, Party};
use model::Time;
use palm::KeyError;

use super::StaffError;
use super::log::{StaffEvent, note};
use super::members::working;
use super::sign_in::SignIn;
use crate::error::OfficeError;
use crate::ids::StaffKey;
use crate::office::Office;
use crate::policy::later;
use crate::sessions::{self, SessionToken, Visitor};
use crate::storage::{Database, Param, Row, StorageError};
use crate::trip::Actor;

/// How long a challenge counts, seconds.
const CHALLENGE_S: i64 = 300;

/// Passkeys that somebody may have.
const PASSKEYS: usize = 10;

/// The most characters of what somebody calls a passkey.
const LABEL: usize = 64;

/// A passkey of somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passkey {
    /// The authenticator's name of it.
    pub credential: Vec<u8>,
    /// What its owner calls it.
    pub label: String,
    /// Since when it counts.
    pub added: Time,
    /// When somebody signed in with it last.
    pub used: Option<Time>,
}

/// What a browser sends of a new passkey.
#[derive(Clone, Debug)]
pub struct NewPasskey {
    /// `response.clientDataJSON`.
    pub client_data: Vec<u8>,
    /// `response.getAuthenticatorData()`.
    pub authenticator_data: Vec<u8>,
    /// What its owner calls it.
    pub label: String,
}

/// What a browser sends to sign in.
#[derive(Clone, Debug)]
pub struct PasskeyProof {
    /// `rawId`.
    pub credential: Vec<u8>,
    /// `response.clientDataJSON`.
    pub client_data: Vec<u8>,
    /// `response.authenticatorData`.
    pub authenticator_data: Vec<u8>,
    /// `response.signature`.
    pub signature: Vec<u8>,
}

impl Office {
    /// What passkeys are bound to (`rp.id`): the host of [`crate::Policy::url`]. Browsers want a name there, or
    /// `localhost`; not an IP address.
    ///
    /// # Errors
    /// If the address of the store's pages has none.
    pub fn passkey_host(&self) -> Result<String, OfficeError> {
        self.party().map(|party| party.id)
    }

    /// A challenge for a browser, 43 characters of base64url: for a new passkey of somebody who is signed in, or
    /// (`None`) to sign in. It counts once, within five minutes.
    ///
    /// # Errors
    /// If the tables can't be written.
    pub fn passkey_challenge(&self, of: Option<StaffKey>, now: Time) -> Result<String, OfficeError> {
        let mut challenge = [0; CHALLENGE_BYTES];
        getrandom::fill(&mut challenge).map_err(|error| KeyError::Random(error.to_string()))?;
        self.storage.write(move |database| {
            database.execute(
                "INSERT INTO passkey_challenges (challenge, staff, until_ns) VALUES ($1, $2, $3)",
                &[
                    challenge.as_slice().into(),
                    of.as_ref().map_or(Param::Null, Param::from),
                    later(now, CHALLENGE_S).nanos().into(),
                ],
            )?;
            Ok(URL_SAFE_NO_PAD.encode(challenge))
        })
    }

    /// Somebody who is signed in may sign in with this passkey from now on. Ask the browser for `alg` -7 (ES256),
    /// attestation `none` and user verification `required`.
    ///
    /// # Errors
    /// [`PasskeyError`] where it can't be taken; the challenge is used up all the same.
    pub fn register_passkey(
        &self,
        staff: StaffKey,
        passkey: NewPasskey,
        now: Time,
    ) -> Result<(), OfficeError> {
        let (store, party) = (self.policy.store.clone(), self.party()?);
        let challenge = check::challenge(&passkey.client_data, Ceremony::Create, &party);
        let challenge = challenge.map_err(StaffError::from)?;
        let key = check::new_key(&passkey.authenticator_data, &party).map_err(StaffError::from);
        let label: String = passkey.label.trim().chars().take(LABEL).collect();
        // What is refused is no error of the transaction, so that the challenge stays used.
        self.storage.write(move |database| {
            if take(database, &challenge, now)? != Some(Some(staff)) {
                return Ok(Err(StaffError::from(PasskeyError::Challenge).into()));
            }
            let key = match key {
                Ok(key) => key,
                Err(error) => return Ok(Err(error.into())),
            };
            Ok::<_, OfficeError>(add(database, &store, staff, &key, &label, now))
        })?
    }

    /// Somebody signs in with a passkey; what is wrong with it is not told.
    ///
    /// # Errors
    /// If the tables can't be used.
    pub fn sign_in_passkey(&self, proof: PasskeyProof, now: Time) -> Result<SignIn, OfficeError> {
        let (store, party, token) = (self.policy.store.clone(), self.party()?, SessionToken::new()?);
        let Ok(challenge) = check::challenge(&proof.client_data, Ceremony::Get, &party) else {
            return Ok(SignIn::Wrong);
        };
        self.storage.write(move |database| {
            if take(database, &challenge, now)? != Some(None) {
                return Ok(SignIn::Wrong);
            }
            let Some((member, public_key, counted)) = known(database, &store, &proof.credential)? else {
                return Ok(SignIn::Wrong);
            };
            let PasskeyProof { credential, client_data, authenticator_data, signature } = &proof;
            let signed =
                check::signed(&public_key, counted, client_data, authenticator_data, signature, &party);
            let by = member.actor();
            let Ok(counter) = signed else {
                note(database, &store, now, Some(member.key), &StaffEvent::SignInRefused, &by)?;
                return Ok(SignIn::Wrong);
            };
            database.execute(
                "UPDATE passkeys SET counter = $2, used_ns = $3 WHERE credential = $1",
                &[credential.as_slice().into(), i64::from(counter).into(), now.nanos().into()],
            )?;
            sessions::open(database, &store, &token, Visitor::Staff(member.key), now)?;
            note(database, &store, now, Some(member.key), &StaffEvent::SignedIn, &by)?;
            Ok(SignIn::Welcome(token, member))
        })
    }

    /// Somebody's passkeys, oldest first: what a browser shall not make again (`excludeCredentials`).
    ///
    /// # Errors
    /// If the tables can't be read.
    pub fn passkeys(&self, staff: StaffKey) -> Result<Vec<Passkey>, OfficeError> {
        self.storage.read(|database| Ok(of(database, staff)?))
    }

    /// A passkey of somebody counts no more; whether it did. Their sessions end.
    ///
    /// # Errors
    /// If they don't work here, or the tables can't be written.
    pub fn remove_passkey(
        &self,
        staff: StaffKey,
        credential: &[u8],
        by: Actor,
        now: Time,
    ) -> Result<bool, OfficeError> {
        let (store, credential) = (self.policy.store.clone(), credential.to_vec());
        self.storage.write(move |database| {
            working(database, &store, staff)?;
            let gone = database.execute(
                "DELETE FROM passkeys WHERE credential = $1 AND staff = $2",
                &[credential.as_slice().into(), (&staff).into()],
            )?;
            if gone > 0 {
                sessions::end_of(database, Visitor::Staff(staff))?;
                note(database, &store, now, Some(staff), &StaffEvent::PasskeyRemoved, &by)?;
            }
            Ok(gone > 0)
        })
    }

    fn party(&self) -> Result<Party, OfficeError> {
        let url = &self.policy.url;
        Party::at(url).ok_or_else(|| OfficeError::Policy(format!("url {url:?} names no host")))
    }
}

/// Uses a challenge up; for whom it was.
fn take(
    database: &mut dyn Database,
    challenge: &[u8],
    now: Time,
) -> Result<Option<Option<StaffKey>>, StorageError> {
    let row = database.query_one(
        "DELETE FROM passkey_challenges WHERE challenge = $1 AND until_ns > $2 RETURNING staff",
        &[challenge.into(), now.nanos().into()],
    )?;
    row.map(|row| row.blob_if_any(0)?.map(StaffKey::from_bytes).transpose()).transpose()
}

/// Keeps a new passkey.
fn add(
    database: &mut dyn Database,
    store: &str,
    staff: StaffKey,
    key: &check::NewKey,
    label: &str,
    now: Time,
) -> Result<(), OfficeError> {
    let member = working(database, store, staff)?;
    if of(database, staff)?.len() >= PASSKEYS {
        return Err(StaffError::from(PasskeyError::TooMany(PASSKEYS)).into());
    }
    let added = database.execute(
        "INSERT INTO passkeys (credential, staff, public_key, counter, label, added_ns, used_ns) \
         VALUES ($1, $2, $3, $4, $5, $6, NULL) ON CONFLICT (credential) DO NOTHING",
        &[
            key.credential.as_slice().into(),
            (&staff).into(),
            key.public_key.as_slice().into(),
            i64::from(key.counter).into(),
            label.into(),
            now.nanos().into(),
        ],
    )?;
    if added == 0 {
        return Err(StaffError::from(PasskeyError::Known).into());
    }
    note(database, store, now, Some(staff), &StaffEvent::PasskeyAdded, &member.actor())?;
    Ok(())
}

/// Whose a passkey is, if they work here; its public key and what it counted to.
fn known(
    database: &mut dyn Database,
    store: &str,
    credential: &[u8],
) -> Result<Option<(super::StaffMember, Vec<u8>, u32)>, StorageError> {
    let row = database.query_one(
        "SELECT staff, public_key, counter FROM passkeys WHERE credential = $1",
        &[credential.into()],
    )?;
    let Some(row) = row else { return Ok(None) };
    let member = super::by_key(database, store, StaffKey::from_bytes(row.blob(0)?)?)?;
    let counter = u32::try_from(row.int(2)?)
        .map_err(|error| StorageError::Damaged(format!("the count of a passkey: {error}")))?;
    let key = row.blob(1)?.to_vec();
    Ok(member.filter(|member| member.disabled.is_none()).map(|member| (member, key, counter)))
}

/// Somebody's passkeys, oldest first.
fn of(database: &mut dyn Database, staff: StaffKey) -> Result<Vec<Passkey>, StorageError> {
    let rows = database.query(
        "SELECT credential, label, added_ns, used_ns FROM passkeys WHERE staff = $1 ORDER BY added_ns, credential",
        &[(&staff).into()],
    )?;
    let passkey = |row: &Row| {
        Ok(Passkey {
            credential: row.blob(0)?.to_vec(),
            label: row.text(1)?.to_owned(),
            added: Time::from_nanos(row.int(2)?),
            used: super::moment(row.int_if_any(3)?),
        })
    };
    rows.iter().map(passkey).collect()
}

/// Drops challenges that ran out.
pub(crate) fn drop_old_challenges(database: &mut dyn Database, now: Time) -> Result<u64, StorageError> {
    database.execute("DELETE FROM passkey_challenges WHERE until_ns <= $1", &[now.nanos().into()])
}
