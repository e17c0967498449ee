//! Proof that a palm is gone: a signed statement that names what was destroyed, chained to the one before.
//!
//! A receipt's text is what is signed (ed25519, RFC 8032), so whoever keeps it can check it with any tool: every line
//! up to the last is the message, the last is the signature. Each receipt holds the hash of the one before, so that none
//! can be taken out of the chain or put in later without a break that [`verify_chain`] finds.

use std::fmt::{self, Write as _};
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use model::Time;
use sha2::{Digest, Sha256};

use crate::id::PersonId;
use crate::keys::KeyId;
use crate::seal::Sealed;

/// The first line of every receipt.
const TITLE: &str = "saunter palm deletion receipt 1";

/// A SHA-256 hash, written as 64 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// What stands before the first receipt of a chain.
    pub const START: Self = Self([0; 32]);

    /// A person as receipts name them: nobody finds the person by it, and whoever knows the person recognises it.
    pub fn of_person(tenant: &str, person: PersonId) -> Self {
        let mut digest = Sha256::new();
        digest.update(b"saunter palm person");
        digest.update(person.0.to_be_bytes());
        digest.update(tenant.as_bytes());
        Self(digest.finalize().into())
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Why a palm was deleted: which rule asked for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// The shopper took their consent back, or asked for it.
    Withdrawn,
    /// The shopper's whole account was deleted.
    AccountDeleted,
    /// Not used for as long as the store keeps unused palms.
    Unused,
    /// Replaced by a template under another epoch or secret.
    Renewed,
}

impl Reason {
    const ALL: [Self; 4] = [Self::Withdrawn, Self::AccountDeleted, Self::Unused, Self::Renewed];

    const fn name(self) -> &'static str {
        match self {
            Self::Withdrawn => "withdrawn",
            Self::AccountDeleted => "account deleted",
            Self::Unused => "unused",
            Self::Renewed => "renewed",
        }
    }
}

/// One destroyed ciphertext.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Destroyed {
    /// Hash of the sealed template.
    pub template: Hash,
    /// The person's key that opened it, destroyed with it.
    pub key: KeyId,
}

impl Destroyed {
    /// A template that was sealed with the key named `key`.
    pub fn new(sealed: &Sealed, key: KeyId) -> Self {
        Self { template: sealed.hash(), key }
    }
}

/// What is wrong with a receipt.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// A store's name that would break the text.
    #[error("the store's name {0:?} must be one line, not empty, without spaces around it")]
    Store(String),
    /// A line that is not what it should be.
    #[error("line {line} of the receipt should be {expected}: copy the whole text, unchanged")]
    Line {
        /// Which, from 1.
        line: usize,
        /// What should stand there.
        expected: &'static str,
    },
    /// Not signed by this store, or changed.
    #[error("receipt {number} was not signed with this store's key, or was changed afterwards")]
    Signature {
        /// Its number.
        number: u64,
    },
}

/// A signed statement that templates and the keys that opened them were destroyed. Holds nothing personal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeletionReceipt {
    /// The store, chain or tenant that signs.
    pub store: String,
    /// Its number in the store's chain, from 1.
    pub number: u64,
    /// Whose templates ([`Hash::of_person`]).
    pub person: Hash,
    /// What was destroyed.
    pub destroyed: Vec<Destroyed>,
    /// When.
    pub at: Time,
    /// Why.
    pub reason: Reason,
    /// Hash of the receipt before; [`Hash::START`] for the first.
    pub previous: Hash,
    signature: Signature,
}

impl DeletionReceipt {
    /// Signs a receipt, to stand after `previous`. Call it when everything is destroyed, not before.
    ///
    /// # Errors
    /// If the store's name can't stand on one line.
    pub fn sign(
        key: &SigningKey,
        store: &str,
        person: PersonId,
        destroyed: Vec<Destroyed>,
        at: Time,
        reason: Reason,
        previous: Option<&Self>,
    ) -> Result<Self, ReceiptError> {
        if store.is_empty() || store.trim() != store || store.contains(char::is_control) {
            return Err(ReceiptError::Store(store.to_owned()));
        }
        let mut receipt = Self {
            store: store.to_owned(),
            number: previous.map_or(1, |previous| previous.number + 1),
            person: Hash::of_person(store, person),
            destroyed,
            at,
            reason,
            previous: previous.map_or(Hash::START, Self::hash),
            signature: Signature::from_bytes(&[0; 64]),
        };
        receipt.signature = key.sign(receipt.message().as_bytes());
        Ok(receipt)
    }

    /// Says whether the store signed exactly this.
    ///
    /// # Errors
    /// If it did not.
    pub fn verify(&self, key: &VerifyingKey) -> Result<(), ReceiptError> {
        key.verify_strict(self.message().as_bytes(), &self.signature)
            .map_err(|_| ReceiptError::Signature { number: self.number })
    }

    /// What the next receipt holds of this one: the hash of its whole text.
    pub fn hash(&self) -> Hash {
        Hash(Sha256::digest(self.to_string()).into())
    }

    /// The lines that are signed.
    fn message(&self) -> String {
        let mut text =
            format!("{TITLE}\nstore: {}\nnumber: {}\nperson: {}\n", self.store, self.number, self.person);
        for Destroyed { template, key } in &self.destroyed {
            // Writing into a text can't fail.
            _ = writeln!(text, "destroyed: {template} with key {key}");
        }
        let Self { at, reason, previous, .. } = self;
        _ = write!(text, "at: {at}\nreason: {}\nprevious: {previous}\n", reason.name());
        text
    }
}

impl fmt::Display for DeletionReceipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}signature: {}", self.message(), URL_SAFE_NO_PAD.encode(self.signature.to_bytes()))
    }
}

impl FromStr for DeletionReceipt {
    type Err = ReceiptError;

    /// Reads a receipt's text. Spaces at the ends of lines and around the text don't matter.
    fn from_str(text: &str) -> Result<Self, ReceiptError> {
        let mut lines = Lines { lines: text.trim().lines().map(str::trim_end).collect(), next: 0 };
        lines.take("its title", |line| (line == TITLE).then_some(()))?;
        let store = lines.take("the store", |line| line.strip_prefix("store: ").map(str::to_owned))?;
        let number = lines.take("its number", |line| line.strip_prefix("number: ")?.parse().ok())?;
        let person = lines.take("a person's hash", |line| hash(line.strip_prefix("person: ")?))?;
        let mut destroyed = Vec::new();
        while lines.peek().starts_with("destroyed: ") {
            destroyed.push(lines.take("a hash and a key", parse_destroyed)?);
        }
        let at = lines.take("when it happened", |line| line.strip_prefix("at: ")?.parse().ok())?;
        let reason = lines.take("the reason", |line| {
            let name = line.strip_prefix("reason: ")?;
            Reason::ALL.into_iter().find(|reason| reason.name() == name)
        })?;
        let previous = lines.take("the hash before", |line| hash(line.strip_prefix("previous: ")?))?;
        let signature = lines.take("the signature", |line| {
            let bytes = URL_SAFE_NO_PAD.decode(line.strip_prefix("signature: ")?).ok()?;
            Signature::from_slice(&bytes).ok()
        })?;
        let receipt = Self { store, number, person, destroyed, at, reason, previous, signature };
        lines.end().map(|()| receipt)
    }
}

/// The lines of a text, taken one after the other.
struct Lines<'a> {
    lines: Vec<&'a str>,
    next: usize,
}

impl Lines<'_> {
    fn peek(&self) -> &str {
        self.lines.get(self.next).copied().unwrap_or_default()
    }

    fn take<T>(
        &mut self,
        expected: &'static str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, ReceiptError> {
        let taken = read(self.peek());
        self.next += 1;
        taken.ok_or(ReceiptError::Line { line: self.next, expected })
    }

    fn end(&self) -> Result<(), ReceiptError> {
        let is_over = self.next == self.lines.len();
        let line = self.next + 1;
        if is_over { Ok(()) } else { Err(ReceiptError::Line { line, expected: "the end" }) }
    }
}

fn parse_destroyed(line: &str) -> Option<Destroyed> {
    let (template, key) = line.strip_prefix("destroyed: ")?.split_once(" with key ")?;
    Some(Destroyed { template: hash(template)?, key: KeyId(hex(key)?) })
}

fn hash(text: &str) -> Option<Hash> {
    hex(text).map(Hash)
}

fn hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let is_hex = text.len() == N * 2 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let mut bytes = [0; N];
    for (place, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(place * 2..place * 2 + 2)?, 16).ok()?;
    }
    is_hex.then_some(bytes)
}

/// What is wrong with a chain of receipts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    /// A receipt that does not stand for itself.
    #[error(transparent)]
    Receipt(#[from] ReceiptError),
    /// A receipt that does not follow from the one before.
    #[error("receipt {number} does not follow the one before: one was taken out, put in or changed")]
    Broken {
        /// Its number.
        number: u64,
    },
}

/// Checks a store's receipts from the first to the last: every signature, number and link. Gives the hash of the
/// last, which, written down elsewhere, shows later that nothing before it was changed or cut off.
///
/// # Errors
/// At the first receipt that is not signed or does not follow.
pub fn verify_chain(receipts: &[DeletionReceipt], key: &VerifyingKey) -> Result<Hash, ChainError> {
    let mut previous = Hash::START;
    for (receipt, number) in receipts.iter().zip(1..) {
        receipt.verify(key)?;
        if receipt.previous != previous || receipt.number != number {
            return Err(ChainError::Broken { number: receipt.number });
        }
        previous = receipt.hash();
    }
    Ok(previous)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> SigningKey {
        SigningKey::from_bytes(&[9; 32])
    }

    fn receipt(previous: Option<&DeletionReceipt>) -> DeletionReceipt {
        let destroyed = vec![
            Destroyed::new(&Sealed::from_bytes(b"left"), KeyId([1; 8])),
            Destroyed::new(&Sealed::from_bytes(b"right"), KeyId([1; 8])),
        ];
        let at = Time::from_nanos(1_587_532_012_312_345_678);
        DeletionReceipt::sign(&key(), "Corner Shop", PersonId(7), destroyed, at, Reason::Withdrawn, previous)
            .unwrap()
    }

    fn chain() -> Vec<DeletionReceipt> {
        let first = receipt(None);
        let second = receipt(Some(&first));
        let third = receipt(Some(&second));
        vec![first, second, third]
    }

    #[test]
    fn a_receipt_is_a_text_that_a_shopper_can_keep() {
        insta::assert_snapshot!(receipt(None));
    }

    #[test]
    fn a_receipt_reads_as_it_was_written_and_verifies() {
        let receipt = receipt(None);
        let mailed = format!("\r\n{}  \r\n", receipt.to_string().replace('\n', "\r\n"));
        let read: DeletionReceipt = mailed.parse().unwrap();
        assert_eq!(read, receipt);
        assert_eq!(read.verify(&key().verifying_key()), Ok(()));
        let other = SigningKey::from_bytes(&[8; 32]).verifying_key();
        assert_eq!(read.verify(&other), Err(ReceiptError::Signature { number: 1 }));
    }

    #[test]
    fn every_changed_character_is_noticed() {
        let text = receipt(None).to_string();
        for (place, character) in
            text.char_indices().filter(|(_, character)| character.is_ascii_alphanumeric())
        {
            let mut changed = text.clone();
            let other = if character == '1' { "2" } else { "1" };
            changed.replace_range(place..=place, other);
            let holds = changed
                .parse::<DeletionReceipt>()
                .is_ok_and(|read| read.verify(&key().verifying_key()).is_ok());
            assert!(!holds, "{changed}");
        }
    }

    #[test]
    fn a_cut_or_longer_text_names_its_line() {
        let text = receipt(None).to_string();
        let cut = text.lines().take(4).collect::<Vec<_>>().join("\n");
        let wrong = cut.parse::<DeletionReceipt>().unwrap_err();
        assert_eq!(wrong, ReceiptError::Line { line: 5, expected: "when it happened" });
        let longer = format!("{text}\nmore").parse::<DeletionReceipt>().unwrap_err();
        assert_eq!(longer, ReceiptError::Line { line: 11, expected: "the end" });
    }

    #[test]
    fn a_chain_shows_what_was_taken_out_put_in_or_changed() {
        let public = key().verifying_key();
        let whole = chain();
        assert_eq!(verify_chain(&whole, &public), Ok(whole[2].hash()));
        assert_eq!(verify_chain(&[], &public), Ok(Hash::START));
        let without = [whole[0].clone(), whole[2].clone()];
        assert_eq!(verify_chain(&without, &public), Err(ChainError::Broken { number: 3 }));
        let twice = [whole[0].clone(), whole[1].clone(), whole[1].clone()];
        assert_eq!(verify_chain(&twice, &public), Err(ChainError::Broken { number: 2 }));
        let mut changed = whole;
        changed[1].reason = Reason::Unused;
        assert_eq!(verify_chain(&changed, &public), Err(ReceiptError::Signature { number: 2 }.into()));
    }

    #[test]
    fn a_name_that_would_forge_a_line_is_refused() {
        for name in ["", " Corner", "Corner\nnumber: 1"] {
            let signed = DeletionReceipt::sign(
                &key(),
                name,
                PersonId(7),
                vec![],
                Time::default(),
                Reason::Unused,
                None,
            );
            assert_eq!(signed, Err(ReceiptError::Store(name.to_owned())));
        }
    }
}
