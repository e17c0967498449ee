//! Passwords: what they must be like, and what is kept of them.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use palm::KeyError;
use zeroize::Zeroizing;

use super::StaffError;
use crate::error::OfficeError;

/// The fewest characters (NIST SP 800-63B asks for 8 beside a second factor; there may be none here).
const FEWEST: usize = 12;

/// The most characters.
const MOST: usize = 200;

/// Memory in KiB, passes and lanes: OWASP's recommendation for Argon2id (Password Storage Cheat Sheet).
const COST: (u32, u32, u32) = (19 * 1024, 2, 1);

/// What is checked where nobody has the name, so that the answer takes as long: of the same cost, the hash of nothing
/// that anybody knows.
const OF_NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c2F1bnRlcnNhdW50ZXI$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// One at a time takes its memory; many who sign in at once wait for one another.
static MEMORY: Mutex<()> = Mutex::new(());

/// A password as somebody typed it. Overwritten once it is dropped, and never shown.
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

impl Password {
    /// What was typed, whatever it is.
    pub fn new(typed: String) -> Self {
        Self(Zeroizing::new(typed))
    }

    /// Fails if nobody of this name should have it.
    pub(super) fn check(&self, name: &str) -> Result<(), StaffError> {
        let length = self.0.chars().count();
        if !(FEWEST..=MOST).contains(&length) {
            return Err(StaffError::PasswordLength { least: FEWEST, most: MOST });
        }
        if self.0.trim().to_lowercase() == name.to_lowercase() {
            return Err(StaffError::PasswordIsName);
        }
        Ok(())
    }

    /// What the table keeps: Argon2id in the PHC string format, with a salt of its own.
    pub(super) fn hash(&self) -> Result<String, OfficeError> {
        let mut salt = [0; 16];
        getrandom::fill(&mut salt).map_err(|error| KeyError::Random(error.to_string()))?;
        let (memory, passes, lanes) = COST;
        let params = Params::new(memory, passes, lanes, None).map_err(|error| broken(&error))?;
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let _memory = MEMORY.lock().unwrap_or_else(PoisonError::into_inner);
        let hash: PasswordHash =
            argon.hash_password_with_salt(self.0.as_bytes(), &salt).map_err(|error| broken(&error))?;
        Ok(hash.to_string())
    }

    /// Whether the table's text is of this password. `None` is nobody's, and takes as long.
    pub(super) fn is(&self, kept: Option<&str>) -> Result<bool, OfficeError> {
        let hash = PasswordHash::new(kept.unwrap_or(OF_NOBODY)).map_err(|error| broken(&error))?;
        let _memory = MEMORY.lock().unwrap_or_else(PoisonError::into_inner);
        let fits = Argon2::default().verify_password(self.0.as_bytes(), &hash).is_ok();
        Ok(fits && kept.is_some())
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// A hash that can't be made or read.
fn broken(error: &dyn fmt::Display) -> StaffError {
    StaffError::Hash(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(text: &str) -> Password {
        Password::new(text.to_owned())
    }

    #[test]
    fn a_password_is_long_enough_and_not_the_name() {
        for (text, is_good) in [
            ("correct horse", true),
            ("elf letters", false),
            ("Anna-Karenina", false),
            ("пароль из слов", true),
            (&"x".repeat(200), true),
            (&"x".repeat(201), false),
        ] {
            assert_eq!(password(text).check("anna-karenina").is_ok(), is_good, "{text}");
        }
    }

    #[test]
    fn a_hash_is_of_its_password_alone_and_costs_what_owasp_says() {
        let hash = password("correct horse").hash().unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert_ne!(hash, password("correct horse").hash().unwrap(), "each has a salt of its own");
        assert!(password("correct horse").is(Some(&hash)).unwrap());
        assert!(!password("correct house").is(Some(&hash)).unwrap());
        assert!(!password("correct horse").is(None).unwrap());
        let cost = |text: &str| text.split('$').take(4).collect::<Vec<_>>().join("$");
        assert_eq!(cost(OF_NOBODY), cost(&hash));
    }

    #[test]
    fn a_password_is_not_shown() {
        assert_eq!(format!("{:?}", password("correct horse")), "Password(…)");
    }
}
