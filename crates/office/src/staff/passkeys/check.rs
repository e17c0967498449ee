//! Whether what an authenticator says is true: WebAuthn Level 2, sections 7.1 and 7.2, as far as the office needs it:
//! ES256 keys, no attestation, the user verified.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// Bytes of a challenge.
pub(super) const CHALLENGE_BYTES: usize = 32;

/// Flags of authenticator data (section 6.1): somebody was there, they were verified, a key is told, there is more.
const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const HAS_KEY: u8 = 0x40;
const HAS_MORE: u8 = 0x80;

/// Hash of the party, flags and counter come before everything else.
const HEAD: usize = 37;

/// The model of the authenticator, which nobody asks for here.
const MODEL: usize = 16;

/// The longest name of a key (section 5.8.3 allows 1023).
const CREDENTIAL: usize = 1023;

/// What comes before, between and after the coordinates of an ES256 key in CTAP2's canonical CBOR (RFC 9052, section 7):
/// a map of kty EC2, alg ES256, crv P-256, x and y of 32 bytes each.
const BEFORE_X: [u8; 10] = [0xA5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20];
const BEFORE_Y: [u8; 3] = [0x22, 0x58, 0x20];

/// What is wrong with what an authenticator or a browser says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasskeyError {
    /// The browser's part can't be read, or is for something else.
    #[error("the browser's part of the passkey is damaged or was made for something else")]
    ClientData,
    /// The challenge was used, has run out, or never was one.
    #[error("this took too long, or was sent twice: try again")]
    Challenge,
    /// Another page asked for it.
    #[error(
        "the passkey was asked for by another page than this store's: look at the address in the browser"
    )]
    Origin,
    /// The authenticator's part can't be read, or is for another party.
    #[error("the authenticator's part of the passkey is damaged or was made for another store")]
    AuthenticatorData,
    /// Nobody touched it, or entered a PIN, or showed a finger or face.
    #[error("the authenticator did not verify who uses it: set a PIN, a finger or a face up on it")]
    NotVerified,
    /// Not an ES256 key.
    #[error("the passkey has no ES256 key: use another authenticator")]
    Key,
    /// The signature is somebody else's.
    #[error("the passkey's signature is wrong")]
    Signature,
    /// The authenticator has been here before with a higher count: it was copied.
    #[error("the passkey was used elsewhere since: remove it, it may have been copied")]
    Copied,
    /// The key is known.
    #[error("this passkey is known already")]
    Known,
    /// Too many keys.
    #[error("somebody has at most {0} passkeys: remove one first")]
    TooMany(usize),
}

/// Whom passkeys are for: the store's pages.
pub(super) struct Party {
    /// The host, to which keys are bound.
    pub(super) id: String,
    /// Scheme, host and port, as browsers say it.
    origin: String,
}

impl Party {
    /// The party at an address.
    pub(super) fn at(url: &str) -> Option<Self> {
        let url = url.to_ascii_lowercase();
        let (scheme, rest) = url.split_once("://")?;
        let place = rest.split(['/', '?', '#']).next().filter(|place| !place.is_empty())?;
        let (id, port) = place.split_once(':').map_or((place, None), |(host, port)| (host, Some(port)));
        let usual = if scheme == "https" { "443" } else { "80" };
        let origin = match port.filter(|port| *port != usual) {
            Some(port) => format!("{scheme}://{id}:{port}"),
            None => format!("{scheme}://{id}"),
        };
        Some(Self { id: id.to_owned(), origin })
    }
}

/// What the browser says it asked for.
#[derive(Deserialize)]
struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    #[serde(rename = "crossOrigin", default)]
    cross_origin: bool,
}

/// What a passkey is asked for.
#[derive(Clone, Copy)]
pub(super) enum Ceremony {
    /// To be known from now on.
    Create,
    /// To sign in.
    Get,
}

/// The challenge that the browser answers, if it asked for this on a page of the party.
pub(super) fn challenge(
    client_data: &[u8],
    ceremony: Ceremony,
    party: &Party,
) -> Result<[u8; CHALLENGE_BYTES], PasskeyError> {
    let said: ClientData = serde_json::from_slice(client_data).map_err(|_| PasskeyError::ClientData)?;
    let kind = match ceremony {
        Ceremony::Create => "webauthn.create",
        Ceremony::Get => "webauthn.get",
    };
    if said.kind != kind {
        return Err(PasskeyError::ClientData);
    }
    if said.origin != party.origin || said.cross_origin {
        return Err(PasskeyError::Origin);
    }
    let challenge = URL_SAFE_NO_PAD.decode(said.challenge).map_err(|_| PasskeyError::Challenge)?;
    challenge.try_into().map_err(|_| PasskeyError::Challenge)
}

/// What an authenticator says each time.
struct Said<'a> {
    flags: u8,
    counter: u32,
    rest: &'a [u8],
}

/// Reads authenticator data for the party, of a verified user.
fn said<'a>(data: &'a [u8], party: &Party) -> Result<Said<'a>, PasskeyError> {
    let (head, rest) = data.split_at_checked(HEAD).ok_or(PasskeyError::AuthenticatorData)?;
    let (hash, flags_and_counter) = head.split_at(32);
    let [flags, counter @ ..] = flags_and_counter else { return Err(PasskeyError::AuthenticatorData) };
    let counter = counter.try_into().map_err(|_| PasskeyError::AuthenticatorData)?;
    if hash != Sha256::digest(party.id.as_bytes()).as_slice() {
        return Err(PasskeyError::AuthenticatorData);
    }
    if flags & (PRESENT | VERIFIED) != PRESENT | VERIFIED {
        return Err(PasskeyError::NotVerified);
    }
    Ok(Said { flags: *flags, counter: u32::from_be_bytes(counter), rest })
}

/// A new key.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NewKey {
    /// Its name.
    pub(super) credential: Vec<u8>,
    /// An uncompressed point on P-256: 4, x, y.
    pub(super) public_key: [u8; 65],
    /// How often it signed, if it counts.
    pub(super) counter: u32,
}

/// The key that an authenticator made.
pub(super) fn new_key(data: &[u8], party: &Party) -> Result<NewKey, PasskeyError> {
    let said = said(data, party)?;
    if said.flags & HAS_KEY == 0 {
        return Err(PasskeyError::AuthenticatorData);
    }
    let bad = PasskeyError::AuthenticatorData;
    let (_, rest) = said.rest.split_at_checked(MODEL).ok_or(bad)?;
    let (length, rest) = rest.split_first_chunk::<2>().ok_or(bad)?;
    let length = usize::from(u16::from_be_bytes(*length));
    let (credential, rest) = rest.split_at_checked(length).ok_or(bad)?;
    if !(1..=CREDENTIAL).contains(&length) {
        return Err(bad);
    }
    let (public_key, more) = es256(rest).ok_or(PasskeyError::Key)?;
    if more.is_empty() == (said.flags & HAS_MORE != 0) {
        return Err(bad);
    }
    Ok(NewKey { credential: credential.to_vec(), public_key, counter: said.counter })
}

/// An ES256 key, and what follows it.
fn es256(cose: &[u8]) -> Option<([u8; 65], &[u8])> {
    let (x, rest) = cose.strip_prefix(&BEFORE_X)?.split_first_chunk::<32>()?;
    let (y, rest) = rest.strip_prefix(&BEFORE_Y)?.split_first_chunk::<32>()?;
    let mut point = [4; 65];
    point[1..33].copy_from_slice(x);
    point[33..].copy_from_slice(y);
    Some((point, rest))
}

/// Whether the key signed for this sign-in; what it counts to now. A key that counts must count up.
pub(super) fn signed(
    public_key: &[u8],
    counted: u32,
    client_data: &[u8],
    authenticator_data: &[u8],
    signature: &[u8],
    party: &Party,
) -> Result<u32, PasskeyError> {
    let said = said(authenticator_data, party)?;
    let message = [authenticator_data, Sha256::digest(client_data).as_slice()].concat();
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, public_key)
        .verify(&message, signature)
        .map_err(|_| PasskeyError::Signature)?;
    if said.counter <= counted && (said.counter, counted) != (0, 0) {
        return Err(PasskeyError::Copied);
    }
    Ok(said.counter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_party_is_host_and_origin_as_browsers_say_them() {
        for (url, id, origin) in [
            ("https://Shop.example", "shop.example", "https://shop.example"),
            ("https://shop.example:443/pages?x=1", "shop.example", "https://shop.example"),
            ("http://localhost:8080/", "localhost", "http://localhost:8080"),
        ] {
            let party = Party::at(url).unwrap();
            assert_eq!((party.id.as_str(), party.origin.as_str()), (id, origin));
        }
        assert!(Party::at("shop.example").is_none() && Party::at("https:///x").is_none());
    }

    #[test]
    fn no_bytes_are_taken_for_a_key_by_accident() {
        let party = Party::at("http://localhost").unwrap();
        let mut data = Sha256::digest(b"localhost").to_vec();
        data.extend([PRESENT | VERIFIED | HAS_KEY, 0, 0, 0, 7]);
        data.extend([0; MODEL]);
        data.extend([0, 3, b'a', b'b', b'c']);
        data.extend(BEFORE_X);
        data.extend([1; 32]);
        data.extend(BEFORE_Y);
        data.extend([2; 32]);
        let key = new_key(&data, &party).unwrap();
        assert_eq!((key.credential.as_slice(), key.counter, key.public_key[0]), (&b"abc"[..], 7, 4));
        for length in 0..data.len() {
            assert!(new_key(&data[..length], &party).is_err(), "{length} bytes");
        }
        assert!(new_key(&[data.as_slice(), &[0]].concat(), &party).is_err());
        assert!(new_key(&data, &Party::at("http://other").unwrap()).is_err());
    }
}
