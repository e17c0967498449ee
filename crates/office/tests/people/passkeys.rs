//! Passkeys of staff, with an authenticator made of a few lines.

use std::cell::Cell;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use office::{
    Actor, NewPasskey, Office, OfficeError, PasskeyError, PasskeyProof, Password, Role, SignIn, StaffError,
    StaffEvent, StaffKey,
};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use sha2::{Digest, Sha256};

use crate::support::{at, each_database, office};

/// A security key that does as it is told, also what none does.
struct Authenticator {
    keys: EcdsaKeyPair,
    credential: Vec<u8>,
    host: &'static str,
    origin: &'static str,
    flags: u8,
    counter: Cell<u32>,
}

impl Authenticator {
    fn new(credential: &[u8]) -> Self {
        let (way, chance) = (&ECDSA_P256_SHA256_ASN1_SIGNING, SystemRandom::new());
        let secret = EcdsaKeyPair::generate_pkcs8(way, &chance).unwrap();
        Self {
            keys: EcdsaKeyPair::from_pkcs8(way, secret.as_ref(), &chance).unwrap(),
            credential: credential.to_vec(),
            host: "127.0.0.1",
            origin: "http://127.0.0.1:8080",
            flags: 0x05,
            counter: Cell::new(0),
        }
    }

    fn data(&self, more_flags: u8) -> Vec<u8> {
        self.counter.set(self.counter.get() + 1);
        let mut data = Sha256::digest(self.host).to_vec();
        data.push(self.flags | more_flags);
        data.extend(self.counter.get().to_be_bytes());
        data
    }

    fn client_data(&self, kind: &str, challenge: &str) -> Vec<u8> {
        let said = serde_json::json!({ "type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false });
        said.to_string().into_bytes()
    }

    fn create(&self, challenge: &str) -> NewPasskey {
        let point = self.keys.public_key().as_ref();
        let mut data = self.data(0x40);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.credential.len()).unwrap().to_be_bytes());
        data.extend(&self.credential);
        data.extend([0xA5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 0x20]);
        data.extend(&point[1..33]);
        data.extend([0x22, 0x58, 0x20]);
        data.extend(&point[33..]);
        let client_data = self.client_data("webauthn.create", challenge);
        NewPasskey { client_data, authenticator_data: data, label: "key ring".into() }
    }

    fn get(&self, challenge: &str) -> PasskeyProof {
        let client_data = self.client_data("webauthn.get", challenge);
        let authenticator_data = self.data(0);
        let message = [&authenticator_data[..], &Sha256::digest(&client_data)[..]].concat();
        let signature = self.keys.sign(&SystemRandom::new(), &message).unwrap().as_ref().to_vec();
        PasskeyProof { credential: self.credential.clone(), client_data, authenticator_data, signature }
    }
}

fn add(office: &Office, name: &str) -> StaffKey {
    let words = Password::new("four plain words here".to_owned());
    office.add_staff(name, &words, Role::Owner, Actor::Policy, at(0)).unwrap()
}

fn register(office: &Office, staff: StaffKey, key: &Authenticator) -> Option<PasskeyError> {
    let challenge = office.passkey_challenge(Some(staff), at(1)).unwrap();
    match office.register_passkey(staff, key.create(&challenge), at(2)) {
        Ok(()) => None,
        Err(OfficeError::Staff(StaffError::Passkey(error))) => Some(error),
        Err(other) => panic!("{other}"),
    }
}

fn is_in(office: &Office, proof: PasskeyProof) -> bool {
    match office.sign_in_passkey(proof, at(10)).unwrap() {
        SignIn::Welcome(token, member) => {
            let session = office.session(&token, at(11)).unwrap().unwrap();
            assert_eq!(session.staff(), Some(&member));
            true
        }
        SignIn::Wrong => false,
        other => panic!("{other:?}"),
    }
}

#[test]
fn who_has_a_passkey_signs_in_with_it() {
    each_database(|storage| {
        let office = office(storage);
        let (ann, bob) = (add(&office, "ann"), add(&office, "bob"));
        let (key, other) = (Authenticator::new(b"one"), Authenticator::new(b"two"));
        assert_eq!(register(&office, ann, &key), None);
        assert_eq!(register(&office, ann, &key), Some(PasskeyError::Known));
        assert_eq!(register(&office, bob, &other), None);
        let challenge = || office.passkey_challenge(None, at(3)).unwrap();
        assert!(is_in(&office, key.get(&challenge())));
        assert!(is_in(&office, other.get(&challenge())));
        let [mine] = &office.passkeys(ann).unwrap()[..] else { panic!("not one") };
        assert_eq!((mine.label.as_str(), mine.added, mine.used), ("key ring", at(2), Some(at(10))));

        assert!(!office.remove_passkey(bob, b"one", Actor::Policy, at(20)).unwrap());
        assert!(office.remove_passkey(ann, b"one", Actor::Policy, at(20)).unwrap());
        assert!(!is_in(&office, key.get(&challenge())));
        office.disable_staff(bob, Actor::Policy, at(21)).unwrap();
        assert!(!is_in(&office, other.get(&challenge())));
        let events: Vec<_> = office.staff_log(4, None).unwrap().iter().map(|entry| entry.event).collect();
        let [disabled, removed, signed_in, _] = events[..] else { panic!("{events:?}") };
        assert_eq!(
            [disabled, removed, signed_in],
            [StaffEvent::Disabled, StaffEvent::PasskeyRemoved, StaffEvent::SignedIn]
        );
    });
}

#[test]
fn a_challenge_counts_once_in_time_and_for_whom_it_was_made() {
    each_database(|storage| {
        let office = office(storage);
        let (ann, bob) = (add(&office, "ann"), add(&office, "bob"));
        let key = Authenticator::new(b"one");
        assert_eq!(register(&office, ann, &key), None);

        let challenge = office.passkey_challenge(None, at(3)).unwrap();
        assert!(is_in(&office, key.get(&challenge)));
        assert!(!is_in(&office, key.get(&challenge)), "used before");
        let challenge = office.passkey_challenge(None, at(3)).unwrap();
        assert!(matches!(office.sign_in_passkey(key.get(&challenge), at(303)).unwrap(), SignIn::Wrong));
        let challenge = office.passkey_challenge(Some(ann), at(3)).unwrap();
        assert!(!is_in(&office, key.get(&challenge)), "made for another passkey");
        assert!(!is_in(&office, key.get(&URL_SAFE_NO_PAD.encode([7; 32]))), "never made");

        // A challenge is gone, whatever came of it; and one person's is not another's.
        let new = Authenticator::new(b"new");
        for made_for in [None, Some(bob)] {
            let challenge = office.passkey_challenge(made_for, at(3)).unwrap();
            for _ in 0..2 {
                let refused = office.register_passkey(ann, new.create(&challenge), at(4)).unwrap_err();
                assert_eq!(refused.to_string(), PasskeyError::Challenge.to_string());
            }
        }
        office.passkey_challenge(None, at(3)).unwrap();
        // The one that came too late, and this one.
        assert_eq!(office.sweep(at(400)).unwrap().challenges, 2);
    });
}

#[test]
fn what_is_not_strictly_right_opens_nothing() {
    each_database(|storage| {
        let office = office(storage);
        let ann = add(&office, "ann");
        let bad = |change: &dyn Fn(&mut Authenticator)| {
            let mut key = Authenticator::new(b"bad");
            change(&mut key);
            register(&office, ann, &key)
        };
        assert_eq!(bad(&|key| key.host = "evil.example"), Some(PasskeyError::AuthenticatorData));
        assert_eq!(bad(&|key| key.origin = "http://127.0.0.1:8081"), Some(PasskeyError::Origin));
        assert_eq!(bad(&|key| key.flags = 0x01), Some(PasskeyError::NotVerified));
        assert_eq!(bad(&|key| key.flags = 0x04), Some(PasskeyError::NotVerified));

        let mut key = Authenticator::new(b"one");
        assert_eq!(register(&office, ann, &key), None);
        let challenge = || office.passkey_challenge(None, at(3)).unwrap();
        let thief = Authenticator::new(b"one");
        thief.counter.set(50);
        assert!(!is_in(&office, thief.get(&challenge())), "another key under the same name");
        let mut proof = key.get(&challenge());
        proof.authenticator_data[36] ^= 1;
        assert!(!is_in(&office, proof), "a changed count");
        let made = key.create(&challenge());
        let proof = PasskeyProof { client_data: made.client_data, ..key.get(&challenge()) };
        assert!(!is_in(&office, proof), "made to create a key");
        for (host, origin, flags) in [
            ("evil.example", "http://127.0.0.1:8080", 0x05),
            ("127.0.0.1", "http://evil.example", 0x05),
            ("127.0.0.1", "http://127.0.0.1:8080", 0x01),
        ] {
            (key.host, key.origin, key.flags) = (host, origin, flags);
            assert!(!is_in(&office, key.get(&challenge())), "{host} {origin} {flags}");
        }
        (key.host, key.origin, key.flags) = ("127.0.0.1", "http://127.0.0.1:8080", 0x05);
        assert!(is_in(&office, key.get(&challenge())));
        key.counter.set(key.counter.get() - 1);
        assert!(!is_in(&office, key.get(&challenge())), "the count of a copy");
        assert!(is_in(&office, key.get(&challenge())));
    });
}
