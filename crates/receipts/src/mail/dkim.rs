//! DKIM signatures (RFC 6376; Ed25519: RFC 8463), always relaxed/relaxed: relays fold headers and strip spaces.
//!
//! Our own and not the mail library's, because that one reads the clock, takes neither PKCS #8 nor several keys,
//! can't guard against added headers, and brings an RSA implementation with an open advisory
//! (RUSTSEC-2023-0071). `ring` is linked for TLS anyway.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::Time;
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject as _;

use super::MailAddress;

/// What is signed. Twice means: nobody may add another one on the way (RFC 6376, 8.15).
const SIGNED: [&str; 13] = [
    "from",
    "from",
    "to",
    "to",
    "subject",
    "subject",
    "date",
    "message-id",
    "reply-to",
    "mime-version",
    "content-type",
    "content-type",
    "auto-submitted",
];
/// What DNS knows of RSA keys begins so: `SEQUENCE { OID rsaEncryption, NULL }` (RFC 3279, 2.3.1).
const RSA_ALGORITHM: [u8; 15] =
    [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];

enum Secret {
    Rsa(RsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

/// A key that signs mails of a domain. `Debug` hides it.
pub struct DkimKey {
    domain: String,
    selector: String,
    secret: Secret,
}

/// Why a key can't sign.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DkimError {
    /// Not a name for DNS.
    #[error(
        "\"{0}\" is no name that DNS takes: a DKIM domain and selector have letters, digits, dashes and dots"
    )]
    Name(String),
    /// Not a private key.
    #[error(
        "this is no private key in PEM: make one with `openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048`"
    )]
    Pem,
    /// Not a key that DKIM knows, or too small.
    #[error("DKIM takes RSA keys of 2048 bits and more and Ed25519 keys; this key is neither")]
    Kind,
    /// No signature came.
    #[error("the key did not sign: make a new one")]
    Sign,
}

impl DkimKey {
    /// A key from PEM (PKCS #8; RSA also PKCS #1), for a domain and with the selector it stands under in DNS.
    ///
    /// # Errors
    /// If a name is none for DNS, or the key is not RSA of 2048 bits or more, or Ed25519.
    pub fn from_pem(domain: &str, selector: &str, pem: &str) -> Result<Self, DkimError> {
        for name in [domain, selector] {
            let label = |part: &str| {
                !part.is_empty()
                    && part.len() < 64
                    && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
            };
            if name.len() > 253 || !name.split('.').all(label) {
                return Err(DkimError::Name(name.to_owned()));
            }
        }
        let secret = match PrivateKeyDer::from_pem_slice(pem.as_bytes()).map_err(|_| DkimError::Pem)? {
            PrivateKeyDer::Pkcs1(key) => RsaKeyPair::from_der(key.secret_pkcs1_der()).map(Secret::Rsa),
            PrivateKeyDer::Pkcs8(key) => {
                let der = key.secret_pkcs8_der();
                // "Maybe unchecked": openssl leaves the public key out, which ring's stricter reader demands.
                Ed25519KeyPair::from_pkcs8_maybe_unchecked(der)
                    .map(Secret::Ed25519)
                    .or_else(|_| RsaKeyPair::from_pkcs8(der).map(Secret::Rsa))
            }
            _ => return Err(DkimError::Kind),
        };
        let secret = secret.map_err(|_| DkimError::Kind)?;
        Ok(Self { domain: domain.to_ascii_lowercase(), selector: selector.to_owned(), secret })
    }

    /// The name and the text of the TXT record that the domain's DNS must have.
    pub fn dns_record(&self) -> (String, String) {
        let name = format!("{}._domainkey.{}", self.selector, self.domain);
        let (kind, key) = match &self.secret {
            Secret::Ed25519(pair) => ("ed25519", pair.public_key().as_ref().to_vec()),
            Secret::Rsa(pair) => ("rsa", subject_public_key_info(pair.public_key().as_ref())),
        };
        (name, format!("v=DKIM1; k={kind}; p={}", STANDARD.encode(key)))
    }

    /// Whether mail from this address is this key's to sign, so that DMARC finds the two aligned.
    pub(super) fn fits(&self, from: &MailAddress) -> bool {
        let domain = from.domain().to_ascii_lowercase();
        domain == self.domain || domain.strip_suffix(&self.domain).is_some_and(|rest| rest.ends_with('.'))
    }

    fn algorithm(&self) -> &'static str {
        match self.secret {
            Secret::Rsa(_) => "rsa-sha256",
            Secret::Ed25519(_) => "ed25519-sha256",
        }
    }

    fn sign(&self, data: &[u8]) -> Result<Vec<u8>, DkimError> {
        match &self.secret {
            // RFC 8463, 3: Ed25519 signs the hash, not the data.
            Secret::Ed25519(pair) => Ok(pair.sign(digest(&SHA256, data).as_ref()).as_ref().to_vec()),
            Secret::Rsa(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                // The random numbers blind the computation; the signature is the same each time.
                pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), data, &mut signature)
                    .map_err(|_| DkimError::Sign)?;
                Ok(signature)
            }
        }
    }

    /// The `DKIM-Signature` header for a message, with its line's end.
    pub(super) fn header(&self, message: &str, at: Time) -> Result<String, DkimError> {
        let (headers, body) = message.split_once("\r\n\r\n").unwrap_or((message, ""));
        let body_hash = STANDARD.encode(digest(&SHA256, relaxed_body(body).as_bytes()));
        let unsigned = format!(
            "DKIM-Signature: v=1; a={}; c=relaxed/relaxed;\r\n d={}; s={};\r\n t={}; h={};\r\n bh={body_hash};\r\n b=",
            self.algorithm(),
            self.domain,
            self.selector,
            at.nanos().max(0) / 1_000_000_000,
            SIGNED.join(":").replace(":date", ":\r\n  date"),
        );
        let mut data = signed_headers(headers);
        data.push_str(&relaxed_header(&unsigned));
        let signature = STANDARD.encode(self.sign(data.as_bytes())?);
        Ok(format!("{unsigned}{}\r\n", folded(&signature)))
    }
}

impl fmt::Debug for DkimKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DkimKey({}._domainkey.{})", self.selector, self.domain)
    }
}

/// The signed headers as they are hashed; of several with one name the last one first (RFC 6376, 5.4.2).
fn signed_headers(headers: &str) -> String {
    let mut fields: Vec<String> = Vec::new();
    for line in headers.split("\r\n") {
        match fields.last_mut() {
            Some(field) if line.starts_with([' ', '\t']) => {
                field.push_str("\r\n");
                field.push_str(line);
            }
            _ => fields.push(line.to_owned()),
        }
    }
    let mut data = String::new();
    for name in SIGNED {
        let named = |field: &String| {
            field.split(':').next().is_some_and(|found| found.trim().eq_ignore_ascii_case(name))
        };
        if let Some(at) = fields.iter().rposition(named) {
            data.push_str(&relaxed_header(&fields.remove(at)));
            data.push_str("\r\n");
        }
    }
    data
}

/// RFC 6376, 3.4.2.
fn relaxed_header(field: &str) -> String {
    let (name, value) = field.split_once(':').unwrap_or((field, ""));
    format!(
        "{}:{}",
        name.trim().to_ascii_lowercase(),
        value.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
    )
}

/// RFC 6376, 3.4.4.
fn relaxed_body(body: &str) -> String {
    let mut relaxed = String::with_capacity(body.len());
    for line in body.split("\r\n") {
        let mut is_space = false;
        for c in line.trim_end_matches([' ', '\t']).chars() {
            let was_space = std::mem::replace(&mut is_space, matches!(c, ' ' | '\t'));
            match is_space {
                true if was_space => {}
                true => relaxed.push(' '),
                false => relaxed.push(c),
            }
        }
        relaxed.push_str("\r\n");
    }
    let text = relaxed.trim_end_matches("\r\n").len();
    relaxed.truncate(text);
    if text > 0 {
        relaxed.push_str("\r\n");
    }
    relaxed
}

/// In lines of 72, as mail wants them; the spaces between don't count in `b=`.
fn folded(signature: &str) -> String {
    signature.as_bytes().chunks(72).map(String::from_utf8_lossy).collect::<Vec<_>>().join("\r\n  ")
}

/// RFC 5280, 4.1: algorithm and key, as DNS has RSA keys.
fn subject_public_key_info(key: &[u8]) -> Vec<u8> {
    let bits = der(0x03, &[&[0], key].concat());
    der(0x30, &[RSA_ALGORITHM.as_slice(), &bits].concat())
}

/// A value with its tag and length in DER.
fn der(tag: u8, value: &[u8]) -> Vec<u8> {
    let bytes: Vec<u8> = value.len().to_be_bytes().into_iter().skip_while(|byte| *byte == 0).collect();
    let length = match bytes.as_slice() {
        [] => vec![0],
        [short] if *short < 0x80 => vec![*short],
        long => [&[0x80 | long.len() as u8], long].concat(),
    };
    [&[tag], length.as_slice(), value].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A fresh Ed25519 key in PEM.
    pub(crate) fn ed25519_pem() -> String {
        let key = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
        format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", STANDARD.encode(key))
    }

    #[test]
    fn relaxed_is_what_the_standard_shows() {
        // RFC 6376, 3.4.5.
        assert_eq!(relaxed_header("A: X"), "a:X");
        assert_eq!(relaxed_header("B : Y\t\r\n\tZ  "), "b:Y Z");
        assert_eq!(relaxed_body(" C \r\nD \t E\r\n\r\n\r\n"), " C\r\nD E\r\n");
        assert_eq!(relaxed_body("\r\n\r\n"), "");
        assert_eq!(relaxed_body("x"), "x\r\n");
    }

    #[test]
    fn a_signature_is_the_same_each_time_and_changes_with_the_mail() {
        let key = DkimKey::from_pem("example.org", "s1", &ed25519_pem()).unwrap();
        let at = Time::from_nanos(1_700_000_000_000_000_000);
        let first = key.header("From: a@example.org\r\nTo: b@example.org\r\n\r\nHi\r\n", at).unwrap();
        assert_eq!(
            first,
            key.header("From:  a@example.org\r\nto: b@example.org \r\n\r\nHi \r\n\r\n", at).unwrap()
        );
        assert_ne!(first, key.header("From: a@example.org\r\nTo: c@example.org\r\n\r\nHi\r\n", at).unwrap());
        assert!(first.contains("t=1700000000;") && first.lines().all(|line| line.len() < 100), "{first}");
    }

    #[test]
    fn keys_that_can_not_sign_are_told_apart() {
        let pem = ed25519_pem();
        let why =
            |domain: &str, selector: &str, pem: &str| DkimKey::from_pem(domain, selector, pem).unwrap_err();
        assert_eq!(why("exa mple.org", "s", &pem), DkimError::Name("exa mple.org".into()));
        assert_eq!(why("example.org", "s;x", &pem), DkimError::Name("s;x".into()));
        assert_eq!(why("example.org", "s", "hello"), DkimError::Pem);
        let other = "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n";
        assert_eq!(why("example.org", "s", other), DkimError::Kind);
        let key = DkimKey::from_pem("Example.org", "s", &pem).unwrap();
        assert_eq!(format!("{key:?}"), "DkimKey(s._domainkey.example.org)");
        assert!(key.fits(&MailAddress::parse("a@example.org").unwrap()));
        assert!(key.fits(&MailAddress::parse("a@mail.EXAMPLE.org").unwrap()));
        assert!(!key.fits(&MailAddress::parse("a@notexample.org").unwrap()));
    }
}
