//! Passes: the office's word that a phone may show codes for an account.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signature, Signer};
use model::Time;
use sha2::{Digest, Sha256};

use super::key::{DeviceKey, PassKey, PassPublicKey};
use super::{CodeError, SIGNATURE_BYTES};
use crate::ids::AccountKey;
use crate::policy::DAY_S;

/// The layout that this program writes and reads.
const VERSION: u8 = 1;

/// Bytes before the office's signature: version, account, device, last day, scope.
const BYTES: usize = 1 + 16 + 32 + 2 + 4;

/// Bytes with it.
pub(super) const SIGNED_BYTES: usize = BYTES + SIGNATURE_BYTES;

/// Stands before what the office signs, so that its signature counts for nothing else.
const PASS_CONTEXT: &[u8] = b"saunter-pass-1";

/// A phone may show codes for an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pass {
    /// Whose.
    pub account: AccountKey,
    /// The phone's public key.
    pub device: DeviceKey,
    /// The last day it counts, days since 1970-01-01 UTC.
    pub until_day: u16,
    /// Where it counts.
    pub scope: Scope,
}

/// The stores that a pass is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All that trust the office's key.
    Everywhere,
    /// One, by [`Scope::of_store`]'s number of it.
    Store(u32),
}

impl Scope {
    /// One store only: the first four bytes of the SHA-256 of its name. (Zeros, which would mean all stores,
    /// become a one.) Two stores of one chain with the same number would only let each other's shoppers in.
    pub fn of_store(name: &str) -> Self {
        let digest = Sha256::digest(name.as_bytes());
        Self::Store(u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]).max(1))
    }

    /// Whether it counts in a store.
    pub fn covers(self, store: &str) -> bool {
        self == Self::Everywhere || self == Self::of_store(store)
    }

    fn number(self) -> u32 {
        match self {
            Self::Everywhere => 0,
            Self::Store(number) => number,
        }
    }
}

/// The day of a moment, from 1970-01-01 UTC.
pub fn day(at: Time) -> i64 {
    at.nanos().div_euclid(DAY_S * 1_000_000_000)
}

impl Pass {
    /// What the phone is given: the pass with the office's signature, as base64url.
    pub fn sign(&self, office: &PassKey) -> String {
        let mut bytes = self.bytes();
        let signature = office.signing().sign(&[PASS_CONTEXT, &bytes].concat());
        bytes.extend(signature.to_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(SIGNED_BYTES);
        bytes.push(VERSION);
        bytes.extend(self.account.as_bytes());
        bytes.extend(self.device.as_bytes());
        bytes.extend(self.until_day.to_be_bytes());
        bytes.extend(self.scope.number().to_be_bytes());
        bytes
    }

    /// Reads a signed pass and checks the office's signature.
    pub(super) fn open(signed: &[u8], office: &PassPublicKey) -> Result<Self, CodeError> {
        let (bytes, signature) = signed.split_at_checked(BYTES).ok_or(CodeError::Form)?;
        let signature = Signature::from_slice(signature).map_err(|_| CodeError::Form)?;
        if bytes.first() != Some(&VERSION) {
            return Err(CodeError::Form);
        }
        if !office.signed(&[PASS_CONTEXT, bytes].concat(), &signature) {
            return Err(CodeError::ForgedPass);
        }
        let (account, rest) = bytes[1..].split_at(16);
        let (device, rest) = rest.split_at(32);
        let &[u0, u1, s0, s1, s2, s3] = rest else { return Err(CodeError::Form) };
        Ok(Self {
            account: AccountKey::from_bytes(account).map_err(|_| CodeError::Form)?,
            device: DeviceKey::from_bytes(device).map_err(|_| CodeError::Form)?,
            until_day: u16::from_be_bytes([u0, u1]),
            scope: match u32::from_be_bytes([s0, s1, s2, s3]) {
                0 => Scope::Everywhere,
                number => Scope::Store(number),
            },
        })
    }
}
