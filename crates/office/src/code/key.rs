//! The office's key, and the keys of phones.

use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};

use super::SIGNATURE_BYTES;
use crate::storage::Param;

/// Bytes of an ed25519 key, secret or public.
const KEY_BYTES: usize = 32;

/// What is wrong with a key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The file can't be read or written.
    #[error("{path}: {why}; the office's key must stand in a file that only its user can read")]
    File {
        /// Which.
        path: PathBuf,
        /// What the system said.
        why: String,
    },
    /// Others may read it.
    #[error("{path} can be read by others than its owner: run `chmod 600 {path}`")]
    Open {
        /// Which.
        path: PathBuf,
    },
    /// It holds something else.
    #[error("{path} holds no key (32 bytes in base64url); passes signed with a lost key must be signed anew")]
    NoKey {
        /// Which.
        path: PathBuf,
    },
    /// A text or bytes that are no public key.
    #[error("this is no ed25519 public key: 32 bytes in base64url that are a point of full order")]
    NoPublicKey,
    /// The system has no randomness.
    #[error("the system gave no random bytes: {0}")]
    Random(String),
}

/// The office's secret key, which signs passes. One for a tenant: all stores whose gates let the same people in.
pub struct PassKey(SigningKey);

impl PassKey {
    /// The key in a file; made at first use, for its owner's eyes only.
    ///
    /// # Errors
    /// If the file can't be read or made, holds something else, or can be read by others.
    pub fn open(path: &Path) -> Result<Self, KeyError> {
        match fs::read_to_string(path) {
            Ok(text) => {
                for_owner_only(path)?;
                let bytes = URL_SAFE_NO_PAD.decode(text.trim_end()).ok();
                let bytes = bytes.and_then(|bytes| <[u8; KEY_BYTES]>::try_from(bytes).ok());
                bytes.map(Self::from_bytes).ok_or_else(|| KeyError::NoKey { path: path.to_owned() })
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Self::make(path),
            Err(error) => Err(failed(path, &error)),
        }
    }

    /// A key from its 32 secret bytes.
    pub fn from_bytes(bytes: [u8; KEY_BYTES]) -> Self {
        Self(SigningKey::from_bytes(&bytes))
    }

    /// What gates check passes with.
    pub fn public(&self) -> PassPublicKey {
        PassPublicKey(self.0.verifying_key())
    }

    pub(crate) fn signing(&self) -> &SigningKey {
        &self.0
    }

    /// Signs a message of one kind; `context` keeps the signature from counting for another kind.
    pub(crate) fn sign(&self, context: &[u8], message: &[u8]) -> [u8; SIGNATURE_BYTES] {
        self.0.sign(&[context, message].concat()).to_bytes()
    }

    /// A new key in a file of its own.
    fn make(path: &Path) -> Result<Self, KeyError> {
        let mut bytes = [0; KEY_BYTES];
        getrandom::fill(&mut bytes).map_err(|error| KeyError::Random(error.to_string()))?;
        make_key_file(path, &URL_SAFE_NO_PAD.encode(bytes))?;
        Self::open(path)
    }
}

/// Writes a key into a file of its own that is whole once it has its name. If another process was faster, its key
/// counts.
pub(crate) fn make_key_file(path: &Path, text: &str) -> Result<(), KeyError> {
    let mut mark = [0; 8];
    getrandom::fill(&mut mark).map_err(|error| KeyError::Random(error.to_string()))?;
    let draft = path.with_extension(format!("{:016x}", u64::from_be_bytes(mark)));
    let named = write_for_owner(&draft, text).and_then(|()| fs::hard_link(&draft, path));
    // The draft is the same file as the key; without it nothing is lost.
    drop(fs::remove_file(&draft));
    match named {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(failed(path, &error)),
        _ => Ok(()),
    }
}

impl fmt::Debug for PassKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PassKey(…)")
    }
}

/// Writes a new file that only its owner can read, and makes sure it is on the disk.
fn write_for_owner(path: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    writeln!(file, "{text}")?;
    file.sync_all()
}

/// Makes sure that nobody else can read the file.
fn for_owner_only(path: &Path) -> Result<(), KeyError> {
    #[cfg(unix)]
    {
        let about = fs::metadata(path).map_err(|error| failed(path, &error))?;
        if std::os::unix::fs::MetadataExt::mode(&about) & 0o077 != 0 {
            return Err(KeyError::Open { path: path.to_owned() });
        }
    }
    Ok(())
}

fn failed(path: &Path, error: &io::Error) -> KeyError {
    KeyError::File { path: path.to_owned(), why: error.to_string() }
}

/// The office's public key: what a gate needs to check codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PassPublicKey(VerifyingKey);

impl PassPublicKey {
    /// Whether the office signed a message. Strict: one message has one signature (RFC 8032, 5.1.7, without
    /// cofactor; no keys of small order).
    pub(super) fn signed(&self, message: &[u8], signature: &Signature) -> bool {
        self.0.verify_strict(message, signature).is_ok()
    }

    /// What other programs check with.
    pub fn verifying(&self) -> &VerifyingKey {
        &self.0
    }

    /// Whether the office signed a message of one kind, as [`PassKey::sign`] does.
    pub(crate) fn has_signed(&self, context: &[u8], message: &[u8], signature: &[u8]) -> bool {
        let signature = Signature::from_slice(signature);
        signature.is_ok_and(|signature| self.signed(&[context, message].concat(), &signature))
    }
}

impl fmt::Display for PassPublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0.as_bytes()))
    }
}

impl FromStr for PassPublicKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        text.parse::<DeviceKey>().map(|key| Self(key.0))
    }
}

/// A phone's public key: names the phone, and checks what it signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceKey(VerifyingKey);

impl DeviceKey {
    /// A key from its 32 bytes.
    ///
    /// # Errors
    /// If they are no key, or one with which anybody could sign.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeyError> {
        let bytes = bytes.try_into().map_err(|_| KeyError::NoPublicKey)?;
        let key = VerifyingKey::from_bytes(bytes).map_err(|_| KeyError::NoPublicKey)?;
        if key.is_weak() { Err(KeyError::NoPublicKey) } else { Ok(Self(key)) }
    }

    /// Its 32 bytes.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    pub(super) fn signed(&self, message: &[u8], signature: &Signature) -> bool {
        self.0.verify_strict(message, signature).is_ok()
    }
}

impl fmt::Display for DeviceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.as_bytes()))
    }
}

impl FromStr for DeviceKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| KeyError::NoPublicKey)?;
        Self::from_bytes(&bytes)
    }
}

impl<'a> From<&'a DeviceKey> for Param<'a> {
    fn from(key: &'a DeviceKey) -> Self {
        Self::Blob(key.as_bytes())
    }
}
