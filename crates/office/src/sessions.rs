//! Who is signed in: shoppers in the app, staff in the console.
//!
//! A session is a secret that only its browser has. The table has its SHA-256, so whoever reads the table can sign in
//! as nobody; the token against forged forms follows from the secret, so nothing of it is kept at all.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use model::Time;
use palm::KeyError;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::error::OfficeError;
use crate::ids::{AccountKey, StaffKey};
use crate::office::Office;
use crate::people::must_be_open;
use crate::policy::{DAY_S, HOUR_S, later};
use crate::staff::{self, Right, StaffError, StaffMember};
use crate::storage::{Database, Row, StorageError};
use crate::trip::Actor;

/// Bytes of a session's secret.
const TOKEN_BYTES: usize = 32;

/// How long staff stay signed in at most, seconds: a working day.
const STAFF_S: i64 = 12 * HOUR_S;

/// How long without a page, seconds.
const STAFF_IDLE_S: i64 = HOUR_S;

/// How long shoppers stay signed in after the last page, seconds.
const SHOPPER_S: i64 = 90 * DAY_S;

/// A session is noted as used at most so often, seconds, so that looking at a page writes nothing as a rule.
const TOUCH_S: i64 = 60;

/// A session's secret: 256 random bits. It goes to the browser and is kept nowhere else.
#[derive(Clone)]
pub struct SessionToken(Zeroizing<[u8; TOKEN_BYTES]>);

impl SessionToken {
    /// A new one.
    pub(crate) fn new() -> Result<Self, OfficeError> {
        let mut bytes = Zeroizing::new([0; TOKEN_BYTES]);
        getrandom::fill(bytes.as_mut()).map_err(|error| KeyError::Random(error.to_string()))?;
        Ok(Self(bytes))
    }

    /// What the browser's cookie has: 43 characters of base64url.
    pub fn reveal(&self) -> String {
        URL_SAFE_NO_PAD.encode(*self.0)
    }

    /// From a cookie; `None` if it can't be one.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(text).ok()?);
        Some(Self(Zeroizing::new(bytes.as_slice().try_into().ok()?)))
    }

    /// What the table has.
    fn hash(&self) -> [u8; 32] {
        Sha256::digest(*self.0).into()
    }

    /// What a form must say so that it is known to be of a page of this session.
    fn csrf(&self) -> [u8; 32] {
        // A key that is shorter than a block is padded with zeros (RFC 2104).
        let mut key = Zeroizing::new([0; 64]);
        key[..TOKEN_BYTES].copy_from_slice(&*self.0);
        let mac = <Hmac<Sha256> as KeyInit>::new(&(*key).into());
        mac.chain_update("csrf").finalize().into_bytes().into()
    }
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionToken(…)")
    }
}

/// Who may be signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Visitor {
    /// Somebody who works for the store.
    Staff(StaffKey),
    /// A shopper with an account.
    Shopper(AccountKey),
}

impl Visitor {
    /// The kind, as the table has it.
    fn kind(&self) -> &'static str {
        match self {
            Self::Staff(_) => "staff",
            Self::Shopper(_) => "shopper",
        }
    }

    /// The key's 16 bytes.
    fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Staff(staff) => staff.as_bytes(),
            Self::Shopper(account) => account.as_bytes(),
        }
    }

    /// Until when a session of this one that began then and is used now counts.
    fn until(&self, opened: Time, now: Time) -> Time {
        match self {
            Self::Staff(_) => later(opened, STAFF_S).min(later(now, STAFF_IDLE_S)),
            Self::Shopper(_) => later(now, SHOPPER_S),
        }
    }
}

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignedIn {
    /// Somebody who works for the store, as they are now.
    Staff(StaffMember),
    /// A shopper with an account.
    Shopper(AccountKey),
}

/// Somebody is signed in.
#[derive(Clone)]
pub struct Session {
    /// Who.
    pub who: SignedIn,
    /// Since when.
    pub opened: Time,
    /// Until when, unless it is used: then later.
    pub expires: Time,
    csrf: [u8; 32],
}

impl Session {
    /// Who, by their key.
    pub fn visitor(&self) -> Visitor {
        match &self.who {
            SignedIn::Staff(member) => Visitor::Staff(member.key),
            SignedIn::Shopper(account) => Visitor::Shopper(*account),
        }
    }

    /// Whom of the staff this is.
    pub fn staff(&self) -> Option<&StaffMember> {
        match &self.who {
            SignedIn::Staff(member) => Some(member),
            SignedIn::Shopper(_) => None,
        }
    }

    /// The shopper's account.
    pub fn shopper(&self) -> Option<AccountKey> {
        match &self.who {
            SignedIn::Staff(_) => None,
            SignedIn::Shopper(account) => Some(*account),
        }
    }

    /// Whether this is somebody who works here and may do something. Shoppers may nothing of it.
    pub fn may(&self, right: Right) -> bool {
        self.staff().is_some_and(|member| member.role.may(right))
    }

    /// Who does what is done in this session.
    pub fn actor(&self) -> Actor {
        self.staff().map_or(Actor::Shopper, StaffMember::actor)
    }

    /// What each form of the session must say, so that no other site can send it: 43 characters of base64url.
    pub fn csrf(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.csrf)
    }

    /// Whether a form said so. Compared in constant time.
    pub fn csrf_fits(&self, text: &str) -> bool {
        let said = URL_SAFE_NO_PAD.decode(text).unwrap_or_default();
        said.ct_eq(&self.csrf).into()
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("who", &self.who)
            .field("opened", &self.opened)
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}

impl Office {
    /// Somebody is signed in now: who they are was proven before. For staff with a password,
    /// [`Office::sign_in_staff`] does both.
    ///
    /// # Errors
    /// If they don't work here, or there is no such account.
    pub fn open_session(&self, visitor: Visitor, now: Time) -> Result<SessionToken, OfficeError> {
        let (store, token) = (self.policy.store.clone(), SessionToken::new()?);
        self.storage.write(move |database| {
            open(database, &store, &token, visitor, now)?;
            Ok(token)
        })
    }

    /// Who is signed in with this token; `None` if nobody is, or no more. Call it for each page: it notes that the
    /// session is in use, once a minute.
    ///
    /// # Errors
    /// If the tables can't be used.
    pub fn session(&self, token: &SessionToken, now: Time) -> Result<Option<Session>, OfficeError> {
        let Some((mut session, seen)) = self.read_session(token, now)? else { return Ok(None) };
        if now >= later(seen, TOUCH_S) {
            session.expires = session.visitor().until(session.opened, now);
            let (hash, until) = (token.hash(), session.expires);
            self.storage.write(move |database| touch(database, &hash, now, until))?;
        }
        Ok(Some(session))
    }

    /// The same for what a page asks by itself: that nobody need sit before, so it keeps no session from ending.
    ///
    /// # Errors
    /// If the tables can't be read.
    pub fn session_unused(&self, token: &SessionToken, now: Time) -> Result<Option<Session>, OfficeError> {
        Ok(self.read_session(token, now)?.map(|(session, _)| session))
    }

    /// A session, and when it was noted as used last.
    fn read_session(&self, token: &SessionToken, now: Time) -> Result<Option<(Session, Time)>, OfficeError> {
        let hash = token.hash();
        let found = self.storage.read(|database| read(database, &self.policy.store, &hash, now))?;
        let session =
            |(who, opened, seen, until)| (Session { who, opened, expires: until, csrf: token.csrf() }, seen);
        Ok(found.map(session))
    }

    /// Somebody signs out. A session that ended already may end again.
    ///
    /// # Errors
    /// If the tables can't be written.
    pub fn end_session(&self, token: &SessionToken) -> Result<(), OfficeError> {
        let hash = token.hash();
        self.storage.write(move |database| {
            database.execute("DELETE FROM sessions WHERE token = $1", &[hash.as_slice().into()])?;
            Ok(())
        })
    }

    /// Somebody is signed out everywhere; how many sessions these were.
    ///
    /// # Errors
    /// If the tables can't be written.
    pub fn end_sessions_of(&self, visitor: Visitor) -> Result<u64, OfficeError> {
        self.storage.write(move |database| Ok(end_of(database, visitor)?))
    }
}

/// Opens a session.
pub(crate) fn open(
    database: &mut dyn Database,
    store: &str,
    token: &SessionToken,
    visitor: Visitor,
    now: Time,
) -> Result<(), OfficeError> {
    match visitor {
        Visitor::Staff(staff) => {
            working(database, store, staff)?.ok_or(StaffError::NoStaff)?;
        }
        Visitor::Shopper(account) => must_be_open(database, account)?,
    }
    database.execute(
        "INSERT INTO sessions (token, kind, visitor, opened_ns, seen_ns, until_ns) \
         VALUES ($1, $2, $3, $4, $4, $5)",
        &[
            token.hash().as_slice().into(),
            visitor.kind().into(),
            visitor.as_bytes().into(),
            now.nanos().into(),
            visitor.until(now, now).nanos().into(),
        ],
    )?;
    Ok(())
}

/// Who is signed in, since when, seen when, until when.
fn read(
    database: &mut dyn Database,
    store: &str,
    hash: &[u8],
    now: Time,
) -> Result<Option<(SignedIn, Time, Time, Time)>, OfficeError> {
    let row = database.query_one(
        "SELECT kind, visitor, opened_ns, seen_ns, until_ns FROM sessions WHERE token = $1 AND until_ns > $2",
        &[hash.into(), now.nanos().into()],
    )?;
    let Some(row) = row else { return Ok(None) };
    let who = match visitor(&row)? {
        Visitor::Staff(staff) => working(database, store, staff)?.map(SignedIn::Staff),
        Visitor::Shopper(account) => Some(SignedIn::Shopper(account)),
    };
    let at = |column| row.int(column).map(Time::from_nanos);
    let (opened, seen, until) = (at(2)?, at(3)?, at(4)?);
    Ok(who.map(|who| (who, opened, seen, until)))
}

/// From kind and key.
fn visitor(row: &Row) -> Result<Visitor, StorageError> {
    match row.text(0)? {
        "staff" => StaffKey::from_bytes(row.blob(1)?).map(Visitor::Staff),
        "shopper" => AccountKey::from_bytes(row.blob(1)?).map(Visitor::Shopper),
        other => Err(StorageError::Damaged(format!("a session of kind {other:?}"))),
    }
}

/// Somebody who works in this store now.
fn working(
    database: &mut dyn Database,
    store: &str,
    staff: StaffKey,
) -> Result<Option<StaffMember>, StorageError> {
    Ok(staff::by_key(database, store, staff)?.filter(|member| member.disabled.is_none()))
}

/// Notes that a session is in use.
fn touch(database: &mut dyn Database, hash: &[u8], now: Time, until: Time) -> Result<(), OfficeError> {
    database.execute(
        "UPDATE sessions SET seen_ns = $2, until_ns = $3 WHERE token = $1 AND seen_ns < $2",
        &[hash.into(), now.nanos().into(), until.nanos().into()],
    )?;
    Ok(())
}

/// Ends all sessions of somebody; how many these were.
pub(crate) fn end_of(database: &mut dyn Database, visitor: Visitor) -> Result<u64, StorageError> {
    database.execute("DELETE FROM sessions WHERE visitor = $1", &[visitor.as_bytes().into()])
}

/// Drops sessions that ended.
pub(crate) fn drop_ended(database: &mut dyn Database, now: Time) -> Result<u64, StorageError> {
    database.execute("DELETE FROM sessions WHERE until_ns <= $1", &[now.nanos().into()])
}

/// When an account's sessions began, when they were used last, and when they end, oldest first.
pub(crate) fn of(
    database: &mut dyn Database,
    account: AccountKey,
) -> Result<Vec<(Time, Time, Time)>, StorageError> {
    let rows = database.query(
        "SELECT opened_ns, seen_ns, until_ns FROM sessions WHERE visitor = $1 ORDER BY opened_ns, token",
        &[(&account).into()],
    )?;
    let at = |row: &Row, column| row.int(column).map(Time::from_nanos);
    rows.iter().map(|row| Ok((at(row, 0)?, at(row, 1)?, at(row, 2)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_back_and_not_shown() {
        let token = SessionToken::new().unwrap();
        assert_eq!(token.reveal().len(), 43);
        assert_eq!(SessionToken::parse(&token.reveal()).unwrap().hash(), token.hash());
        assert_eq!(format!("{token:?}"), "SessionToken(…)");
        for text in ["", "abc", &"A".repeat(42), &"A".repeat(44), &"!".repeat(43)] {
            assert!(SessionToken::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn what_forms_say_follows_from_the_secret_alone() {
        // Python: hmac.new(bytes(range(32)), b"csrf", "sha256").hexdigest()
        let bytes: [u8; TOKEN_BYTES] = std::array::from_fn(|place| place as u8);
        let token = SessionToken(Zeroizing::new(bytes));
        let csrf: String = token.csrf().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(csrf, "b415f1a025d491666644530fc34968cd2e477862892ed0371246ddc6e316a2e7");
    }
}
