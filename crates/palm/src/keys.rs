//! Secret keys: read from files, derived from one another, never shown, overwritten when dropped.

use std::fmt;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// Bytes of a key.
pub(crate) const KEY_BYTES: usize = 32;

/// The most a file with a key may hold: 43 characters and the end of the line.
const FILE_BYTES_MAX: u64 = 64;

/// What is wrong with a key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The file can't be read.
    #[error("{path}: {why}; a key must stand in a file that only its user can read")]
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
    #[error(
        "{path} holds no key (32 bytes in base64url); what a lost key sealed is lost, what it signed must be signed anew"
    )]
    NoKey {
        /// Which.
        path: PathBuf,
    },
    /// The system has no randomness.
    #[error("the system gave no random bytes: {0}")]
    Random(String),
}

/// Names a key without telling anything of it: 8 bytes, written as hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub [u8; 8]);

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// 32 secret bytes: a tenant's secret, the key that opens people's keys, or one that signs. Not printable; overwritten when dropped.
pub struct SecretKey(Zeroizing<[u8; KEY_BYTES]>);

impl SecretKey {
    /// The key in a file: 32 bytes in base64url without padding, readable for its owner only.
    ///
    /// # Errors
    /// If the file can't be read, holds something else, or can be read by others.
    pub fn open(path: &Path) -> Result<Self, KeyError> {
        let failed = |error: std::io::Error| KeyError::File { path: path.to_owned(), why: error.to_string() };
        let file = fs::File::open(path).map_err(failed)?;
        #[cfg(unix)]
        {
            // Of the open file, not of the path: nobody can put another file there in between.
            let about = file.metadata().map_err(failed)?;
            if std::os::unix::fs::MetadataExt::mode(&about) & 0o077 != 0 {
                return Err(KeyError::Open { path: path.to_owned() });
            }
        }
        let mut text = Zeroizing::new(String::with_capacity(FILE_BYTES_MAX as usize));
        file.take(FILE_BYTES_MAX).read_to_string(&mut text).map_err(failed)?;
        Self::from_text(text.trim_end()).ok_or_else(|| KeyError::NoKey { path: path.to_owned() })
    }

    /// A new key from the system's randomness.
    ///
    /// # Errors
    /// If the system gives none.
    pub fn fresh() -> Result<Self, KeyError> {
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        getrandom::fill(key.as_mut()).map_err(|error| KeyError::Random(error.to_string()))?;
        Ok(Self(key))
    }

    /// A key from its bytes.
    pub fn from_bytes(bytes: [u8; KEY_BYTES]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// What [`SecretKey::open`] reads, for whoever writes the file.
    pub fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(URL_SAFE_NO_PAD.encode(self.0.as_ref()))
    }

    /// Names the key.
    pub fn id(&self) -> KeyId {
        let mut id = [0; 8];
        id.copy_from_slice(&self.derive("key id", &[]).0[..8]);
        KeyId(id)
    }

    /// A key of its own for `label` and `parts`: one block of HKDF-Expand with SHA-256 (RFC 5869, 2.3; the first step
    /// is for keys that are not uniform). Each part goes in with its length, so that no two lists read the same.
    pub(crate) fn derive(&self, label: &str, parts: &[&[u8]]) -> Self {
        let mut mac = self.mac();
        for part in [b"saunter palm 1".as_slice(), label.as_bytes()].iter().chain(parts) {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.update(&[1]);
        Self(Zeroizing::new(mac.finalize().into_bytes().into()))
    }

    /// The `number`th block of 32 pseudo-random bytes under this key: HMAC in counter mode (NIST SP 800-108).
    pub(crate) fn block(&self, number: u64) -> Zeroizing<[u8; KEY_BYTES]> {
        let mut mac = self.mac();
        mac.update(&number.to_be_bytes());
        Zeroizing::new(mac.finalize().into_bytes().into())
    }

    /// The secret itself, for whoever signs with it.
    pub fn bytes(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }

    fn from_text(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(text).ok()?);
        Some(Self::from_bytes(bytes.as_slice().try_into().ok()?))
    }

    #[allow(clippy::expect_used, reason = "HMAC takes keys of every length")]
    fn mac(&self) -> Hmac<Sha256> {
        Hmac::new_from_slice(self.0.as_ref()).expect("HMAC takes keys of every length")
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str, mode: u32) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), text).unwrap();
        #[cfg(unix)]
        fs::set_permissions(file.path(), std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
        file
    }

    #[test]
    fn a_key_reads_as_it_was_written() {
        let key = SecretKey::fresh().unwrap();
        let there = file(&format!("{}\n", key.to_text().as_str()), 0o600);
        assert_eq!(SecretKey::open(there.path()).unwrap().bytes(), key.bytes());
        assert_eq!(format!("{key:?}"), "SecretKey(…)");
    }

    #[cfg(unix)]
    #[test]
    fn a_key_others_can_read_is_refused() {
        let key = SecretKey::from_bytes([7; 32]);
        for mode in [0o640, 0o604, 0o644] {
            let there = file(&key.to_text(), mode);
            let path = there.path().to_owned();
            assert_eq!(SecretKey::open(&path).unwrap_err(), KeyError::Open { path });
        }
    }

    #[test]
    fn what_is_no_key_is_named() {
        for text in ["", "c2hvcnQ", &"A".repeat(1000)] {
            let there = file(text, 0o600);
            assert!(matches!(SecretKey::open(there.path()), Err(KeyError::NoKey { .. })), "{text}");
        }
        assert!(matches!(SecretKey::open(Path::new("no/such/file")), Err(KeyError::File { .. })));
    }

    #[test]
    fn derived_keys_differ_by_label_and_by_every_part() {
        let key = SecretKey::from_bytes([7; 32]);
        let derived = [
            key.derive("a", &[]),
            key.derive("b", &[]),
            key.derive("a", &[b"xy"]),
            key.derive("a", &[b"x", b"y"]),
            SecretKey::from_bytes([8; 32]).derive("a", &[]),
        ];
        for (place, one) in derived.iter().enumerate() {
            assert!(derived[..place].iter().all(|other| other.bytes() != one.bytes()));
        }
    }
}
