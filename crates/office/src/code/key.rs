//! The office's key, and the keys of phones.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use palm::KeyError;

use super::SIGNATURE_BYTES;
use crate::key_file::open_or_make;
use crate::storage::Param;

/// A text or bytes that are no public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no ed25519 public key: 32 bytes in base64url that are a point of full order")]
pub struct NoPublicKey;

/// The office's secret key, which signs passes. One for a tenant: all stores whose gates let the same people in.
pub struct PassKey(SigningKey);

impl PassKey {
    /// The key in a file; made at first use, for its owner's eyes only.
    ///
    /// # Errors
    /// If the file can't be read or made, holds something else, or can be read by others.
    pub fn open(path: &Path) -> Result<Self, KeyError> {
        Ok(Self::from_bytes(*open_or_make(path)?.bytes()))
    }

    /// A key from its 32 secret bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
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
}

impl fmt::Debug for PassKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PassKey(…)")
    }
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
    type Err = NoPublicKey;

    fn from_str(text: &str) -> Result<Self, NoPublicKey> {
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
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, NoPublicKey> {
        let bytes = bytes.try_into().map_err(|_| NoPublicKey)?;
        let key = VerifyingKey::from_bytes(bytes).map_err(|_| NoPublicKey)?;
        if key.is_weak() { Err(NoPublicKey) } else { Ok(Self(key)) }
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
    type Err = NoPublicKey;

    fn from_str(text: &str) -> Result<Self, NoPublicKey> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| NoPublicKey)?;
        Self::from_bytes(&bytes)
    }
}

impl<'a> From<&'a DeviceKey> for Param<'a> {
    fn from(key: &'a DeviceKey) -> Self {
        Self::Blob(key.as_bytes())
    }
}
