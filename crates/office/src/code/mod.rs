//! Entry codes: what a phone shows at a gate.
//!
//! The office signs a [`Pass`] for a phone's own key; the phone signs a 20-second slot with that key and shows
//! both. So a phone without network makes codes, and a gate without network checks them by the office's public
//! key alone. `docs/entry-codes.md` has the bytes.
//!
//! [`verify`] is pure. That a code counts once, and that a removed phone's do not count, is a matter of tables:
//! [`crate::Office::enter`] and [`crate::Office::removed_devices`].

mod key;
mod pass;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signature, Signer, SigningKey};
use model::Time;

pub use key::{DeviceKey, NoPublicKey, PassKey, PassPublicKey};
pub use pass::{Pass, Scope, day};

use crate::trip::Refusal;

/// Seconds that a code is shown before the next.
pub const SLOT_S: i64 = 20;

/// Slots that a phone's clock may be early or late.
pub const SKEW_SLOTS: i64 = 1;

/// The highest number of a guest.
pub const GUESTS: u8 = 9;

/// Bytes of a code: the signed pass, the slot, the guest, the phone's signature.
const CODE_BYTES: usize = pass::SIGNED_BYTES + 4 + 1 + SIGNATURE_BYTES;

/// Bytes of an ed25519 signature.
const SIGNATURE_BYTES: usize = 64;

/// Stands before what a phone signs, so that its signature counts for nothing else.
const CODE_CONTEXT: &[u8] = b"saunter-code-1";

/// A code that was verified: its pass is the office's, its slot is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// Who may come in.
    pub pass: Pass,
    /// Which 20 seconds it was made for, counted from 1970-01-01 UTC.
    pub slot: u32,
    /// 0 for the shopper, from 1 for who comes along on the shopper's payment.
    pub guest: u8,
}

/// Why a code does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// It is no code.
    #[error(
        "this is no entry code: it has {CODE_BYTES} bytes in base64url, begins with 1 and has a guest up to {GUESTS}"
    )]
    Form,
    /// The office did not sign the pass.
    #[error("the pass in this code was not signed with this office's key")]
    ForgedPass,
    /// The phone did not sign the code.
    #[error("this code was not signed with the key that its pass is for")]
    ForgedCode,
    /// The pass ran out.
    #[error("the pass in this code has run out: the phone must fetch a new one")]
    PassExpired,
    /// The pass is for another store.
    #[error("the pass in this code is for another store")]
    OtherStore,
    /// It was shown too late.
    #[error("this code is too old")]
    Expired,
    /// Its time has not come.
    #[error("this code is of the future: the phone's clock is wrong")]
    TooEarly,
}

impl From<CodeError> for Refusal {
    /// What the person at the gate is told. A phone whose clock is wrong sets it right when it is opened.
    fn from(error: CodeError) -> Self {
        match error {
            CodeError::Expired | CodeError::TooEarly => Self::ExpiredCode,
            CodeError::Form
            | CodeError::ForgedPass
            | CodeError::ForgedCode
            | CodeError::PassExpired
            | CodeError::OtherStore => Self::InvalidCode,
        }
    }
}

/// The slot of a moment.
pub fn slot(at: Time) -> i64 {
    at.nanos().div_euclid(SLOT_S * 1_000_000_000)
}

/// What a phone shows: the reference for apps, and for tests. `pass` is the signed pass as the office gave it.
///
/// # Errors
/// If `pass` is none.
pub fn make(pass: &str, device: &SigningKey, slot: u32, guest: u8) -> Result<String, CodeError> {
    let mut bytes = URL_SAFE_NO_PAD.decode(pass).map_err(|_| CodeError::Form)?;
    if bytes.len() != pass::SIGNED_BYTES || guest > GUESTS {
        return Err(CodeError::Form);
    }
    bytes.extend(slot.to_be_bytes());
    bytes.push(guest);
    let signature = device.sign(&[CODE_CONTEXT, &bytes].concat());
    bytes.extend(signature.to_bytes());
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// Checks a code against the office's public key, for a store at a moment. Needs no table and no network.
///
/// # Errors
/// Why it does not count.
pub fn verify(text: &str, office: &PassPublicKey, store: &str, now: Time) -> Result<Code, CodeError> {
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| CodeError::Form)?;
    let bytes: &[u8; CODE_BYTES] = bytes.as_slice().try_into().map_err(|_| CodeError::Form)?;
    let (signed_pass, rest) = bytes.split_at(pass::SIGNED_BYTES);
    let pass = Pass::open(signed_pass, office)?;
    let (signed, signature) = bytes.split_at(CODE_BYTES - SIGNATURE_BYTES);
    let signature = Signature::from_slice(signature).map_err(|_| CodeError::Form)?;
    if !pass.device.signed(&[CODE_CONTEXT, signed].concat(), &signature) {
        return Err(CodeError::ForgedCode);
    }
    let &[a, b, c, d, guest, ..] = rest else { return Err(CodeError::Form) };
    let code = Code { pass, slot: u32::from_be_bytes([a, b, c, d]), guest };
    if guest > GUESTS {
        return Err(CodeError::Form);
    }
    if !code.pass.scope.covers(store) {
        return Err(CodeError::OtherStore);
    }
    if day(now) > i64::from(code.pass.until_day) {
        return Err(CodeError::PassExpired);
    }
    match i64::from(code.slot) - slot(now) {
        late if late < -SKEW_SLOTS => Err(CodeError::Expired),
        early if early > SKEW_SLOTS => Err(CodeError::TooEarly),
        _ => Ok(code),
    }
}
