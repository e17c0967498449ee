//! Encryption at rest: each person's templates under a key of their own, which another key opens.
//!
//! A template is encrypted with its person's [`DataKey`]; the data key is kept only wrapped by a [`KeyKeeper`]'s
//! key. Both with XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03), whose 24-byte nonces may be drawn by chance for as long as
//! a key lives. What is encrypted is bound to whose it is ([`Owner`]): a row that was put in another's place does not open.
//!
//! Destroying a person's wrapped key makes every copy of their templates unreadable, backups included. **Keep wrapped keys
//! apart from the templates and out of long-lived backups**: a backup that holds both, and the keeper's key, is readable.

use std::fmt;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::deletion::Hash;
use crate::id::{PalmId, PersonId};
use crate::keys::{KEY_BYTES, KeyError, KeyId, SecretKey};
use crate::template::Template;

/// The first byte of what this version writes.
const VERSION: u8 = 1;
/// Bytes of a nonce.
const NONCE_BYTES: usize = 24;
/// Bytes of the tag that shows changes.
const TAG_BYTES: usize = 16;

/// What is wrong with something sealed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// Written by another version, or no sealed bytes at all.
    #[error(
        "{length} bytes that begin with {first:?} are nothing sealed by this version: update, or restore the row"
    )]
    Form {
        /// How many bytes.
        length: usize,
        /// The first of them.
        first: Option<u8>,
    },
    /// Changed, of somebody else, of another epoch, or under another key.
    #[error("does not open: changed since it was sealed, another's, of another epoch, or under another key")]
    Closed,
    /// Wrapped by another key than the keeper has.
    #[error(
        "wrapped by key {wrapped}, the keeper has key {kept}: open it with the keeper of that key and wrap it anew"
    )]
    OtherKey {
        /// The key that it needs.
        wrapped: KeyId,
        /// The keeper's.
        kept: KeyId,
    },
    /// No randomness.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// Whose a template is, and of which making: what it is bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner<'a> {
    /// The tenant.
    pub tenant: &'a str,
    /// The palm.
    pub palm: PalmId,
    /// The epoch of its protection.
    pub epoch: u32,
}

impl Owner<'_> {
    fn binding(&self) -> Vec<u8> {
        let person = self.palm.person.0.to_be_bytes();
        let side = self.palm.side.name().as_bytes();
        joined(&[b"saunter palm template", self.tenant.as_bytes(), &person, side, &self.epoch.to_be_bytes()])
    }
}

/// A template, encrypted: version (1 byte), nonce (24), levels (128), tag (16).
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(Vec<u8>);

impl Sealed {
    /// The bytes to keep.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// From the bytes as they were kept; [`DataKey::open`] says whether they are right.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }

    /// What a deletion receipt calls it by.
    pub fn hash(&self) -> Hash {
        Hash(Sha256::digest(&self.0).into())
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({})", self.hash())
    }
}

/// A person's key. One for each, drawn by chance when they enrol, kept only wrapped.
#[derive(Debug)]
pub struct DataKey(SecretKey);

impl DataKey {
    /// A new person's key.
    ///
    /// # Errors
    /// If the system gives no randomness.
    pub fn fresh() -> Result<Self, KeyError> {
        SecretKey::fresh().map(Self)
    }

    /// Names the key in deletion receipts.
    pub fn id(&self) -> KeyId {
        self.0.id()
    }

    /// Encrypts a template, bound to its owner.
    ///
    /// # Errors
    /// If the system gives no randomness.
    pub fn seal(&self, template: &Template, owner: &Owner<'_>) -> Result<Sealed, SealError> {
        let levels = Zeroizing::new(template.levels().map(i8::cast_unsigned));
        let mut bytes = vec![VERSION];
        encrypt(&self.0, levels.as_ref(), &owner.binding(), &mut bytes)?;
        Ok(Sealed(bytes))
    }

    /// Decrypts a template.
    ///
    /// # Errors
    /// If it is nothing sealed, was changed, or belongs to another owner or key.
    pub fn open(&self, sealed: &Sealed, owner: &Owner<'_>) -> Result<Template, SealError> {
        let encrypted = strip_version(&sealed.0)?;
        let levels = decrypt(&self.0, encrypted, &owner.binding()).ok_or(SealError::Closed)?;
        Template::from_bytes(&levels).map_err(|_| SealError::Closed)
    }
}

/// A person's key, encrypted: version (1 byte), id of the keeper's key (8), nonce (24), key (32), tag (16). To destroy
/// it is to destroy everything that was sealed with it.
#[derive(Clone, PartialEq, Eq)]
pub struct WrappedKey(Vec<u8>);

impl WrappedKey {
    /// The bytes to keep.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// From the bytes as they were kept; [`KeyKeeper::unwrap`] says whether they are right.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }
}

impl fmt::Debug for WrappedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WrappedKey(…)")
    }
}

/// Has the key that opens people's keys. A service that keeps such a key stands in its place by wrapping and
/// unwrapping the same 32 bytes.
#[derive(Debug)]
pub struct KeyKeeper(SecretKey);

impl KeyKeeper {
    /// A keeper of `key`, usually [`SecretKey::open`]ed from a file that is not on the disk of the templates.
    pub fn new(key: SecretKey) -> Self {
        Self(key)
    }

    /// Names its key.
    pub fn id(&self) -> KeyId {
        self.0.id()
    }

    /// Encrypts a person's key, bound to tenant and person.
    ///
    /// # Errors
    /// If the system gives no randomness.
    pub fn wrap(&self, key: &DataKey, tenant: &str, person: PersonId) -> Result<WrappedKey, SealError> {
        let mut bytes = vec![VERSION];
        bytes.extend(self.id().0);
        encrypt(&self.0, key.0.bytes(), &self.binding(tenant, person), &mut bytes)?;
        Ok(WrappedKey(bytes))
    }

    /// Decrypts a person's key.
    ///
    /// # Errors
    /// If it is no wrapped key, was changed, or belongs to another person, tenant or keeper.
    pub fn unwrap(&self, key: &WrappedKey, tenant: &str, person: PersonId) -> Result<DataKey, SealError> {
        let form = SealError::Form { length: key.0.len(), first: key.0.first().copied() };
        let Some((wrapped, encrypted)) = strip_version(&key.0)?.split_first_chunk() else { return Err(form) };
        if *wrapped != self.id().0 {
            return Err(SealError::OtherKey { wrapped: KeyId(*wrapped), kept: self.id() });
        }
        let bytes = decrypt(&self.0, encrypted, &self.binding(tenant, person)).ok_or(SealError::Closed)?;
        let bytes: [u8; KEY_BYTES] = bytes.as_slice().try_into().map_err(|_| form)?;
        Ok(DataKey(SecretKey::from_bytes(bytes)))
    }

    fn binding(&self, tenant: &str, person: PersonId) -> Vec<u8> {
        joined(&[b"saunter palm key", &self.id().0, tenant.as_bytes(), &person.0.to_be_bytes()])
    }
}

/// Parts, each with its length, so that no two lists read the same.
fn joined(parts: &[&[u8]]) -> Vec<u8> {
    let with_length = |part: &&[u8]| [&(part.len() as u64).to_be_bytes(), *part].concat();
    parts.iter().flat_map(with_length).collect()
}

fn strip_version(bytes: &[u8]) -> Result<&[u8], SealError> {
    match bytes {
        [VERSION, rest @ ..] => Ok(rest),
        _ => Err(SealError::Form { length: bytes.len(), first: bytes.first().copied() }),
    }
}

/// Appends a new nonce and what `plain` becomes under it.
fn encrypt(key: &SecretKey, plain: &[u8], binding: &[u8], bytes: &mut Vec<u8>) -> Result<(), KeyError> {
    let mut nonce = [0; NONCE_BYTES];
    getrandom::fill(&mut nonce).map_err(|error| KeyError::Random(error.to_string()))?;
    let encrypted = cipher(key).encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: binding });
    bytes.extend(nonce);
    #[allow(clippy::expect_used, reason = "it fails only beyond 256 GiB")]
    bytes.extend(encrypted.expect("a message of less than 256 GiB"));
    Ok(())
}

/// What [`encrypt`] appended, if key and binding are the same and nothing was changed.
fn decrypt(key: &SecretKey, bytes: &[u8], binding: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, encrypted) = bytes.split_first_chunk::<NONCE_BYTES>()?;
    let payload = Payload { msg: encrypted, aad: binding };
    (encrypted.len() >= TAG_BYTES)
        .then(|| cipher(key).decrypt(&XNonce::from(*nonce), payload).ok())?
        .map(Zeroizing::new)
}

fn cipher(key: &SecretKey) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.bytes().into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Side;

    const OWNER: Owner<'_> =
        Owner { tenant: "corner", palm: PalmId { person: PersonId(7), side: Side::Left }, epoch: 3 };

    fn template() -> Template {
        Template::from_bytes(&std::array::from_fn::<u8, 128, _>(|place| place as u8 / 2 + 1)).unwrap()
    }

    #[test]
    fn a_template_opens_for_its_owner_only() {
        let key = DataKey::fresh().unwrap();
        let sealed = key.seal(&template(), &OWNER).unwrap();
        assert_eq!(sealed.as_bytes().len(), 169);
        assert_eq!(key.open(&Sealed::from_bytes(sealed.as_bytes()), &OWNER), Ok(template()));
        let others = [
            Owner { tenant: "plaza", ..OWNER },
            Owner { palm: PalmId { person: PersonId(8), ..OWNER.palm }, ..OWNER },
            Owner { palm: PalmId { side: Side::Right, ..OWNER.palm }, ..OWNER },
            Owner { epoch: 4, ..OWNER },
        ];
        for other in others {
            assert_eq!(key.open(&sealed, &other), Err(SealError::Closed), "{other:?}");
        }
        assert_eq!(DataKey::fresh().unwrap().open(&sealed, &OWNER), Err(SealError::Closed));
    }

    #[test]
    fn a_changed_bit_or_a_lost_byte_does_not_open() {
        let key = DataKey::fresh().unwrap();
        let sealed = key.seal(&template(), &OWNER).unwrap();
        for place in 0..sealed.as_bytes().len() {
            let mut changed = sealed.clone();
            changed.0[place] ^= 1;
            assert!(key.open(&changed, &OWNER).is_err(), "byte {place}");
            assert!(
                key.open(&Sealed::from_bytes(&sealed.as_bytes()[..place]), &OWNER).is_err(),
                "{place} bytes"
            );
        }
    }

    #[test]
    fn sealing_twice_never_reads_the_same() {
        let key = DataKey::fresh().unwrap();
        assert_ne!(key.seal(&template(), &OWNER).unwrap(), key.seal(&template(), &OWNER).unwrap());
    }

    #[test]
    fn a_wrapped_key_opens_for_its_keeper_and_person_only() {
        let (keeper, key) = (KeyKeeper::new(SecretKey::from_bytes([1; 32])), DataKey::fresh().unwrap());
        let wrapped = keeper.wrap(&key, "corner", PersonId(7)).unwrap();
        let wrapped = WrappedKey::from_bytes(wrapped.as_bytes());
        assert_eq!(keeper.unwrap(&wrapped, "corner", PersonId(7)).unwrap().id(), key.id());
        assert_eq!(keeper.unwrap(&wrapped, "corner", PersonId(8)).unwrap_err(), SealError::Closed);
        assert_eq!(keeper.unwrap(&wrapped, "plaza", PersonId(7)).unwrap_err(), SealError::Closed);
        let other = KeyKeeper::new(SecretKey::from_bytes([2; 32]));
        let expected = SealError::OtherKey { wrapped: keeper.id(), kept: other.id() };
        assert_eq!(other.unwrap(&wrapped, "corner", PersonId(7)).unwrap_err(), expected);
        for length in 0..wrapped.as_bytes().len() {
            let cut = WrappedKey::from_bytes(&wrapped.as_bytes()[..length]);
            assert!(keeper.unwrap(&cut, "corner", PersonId(7)).is_err(), "{length} bytes");
        }
    }
}
