//! Places by number.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::barcode::gs1_check_digit;

/// A Global Location Number: 13 digits, the last one the GS1 check digit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Gln(String);

/// A text that is no Global Location Number.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum GlnError {
    /// Not 13 digits.
    #[error("{0:?} is no GLN: write its 13 digits")]
    Digits(String),
    /// The last digit is wrong.
    #[error("{text:?} is no GLN: its check digit should be {right}: compare it with your GS1 certificate")]
    CheckDigit {
        /// What was read.
        text: String,
        /// What the last digit should be.
        right: char,
    },
}

impl Gln {
    /// Its digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Gln {
    type Err = GlnError;

    fn from_str(text: &str) -> Result<Self, GlnError> {
        if text.len() != 13 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(GlnError::Digits(text.to_owned()));
        }
        let right = gs1_check_digit(&text[..12]);
        if text.ends_with(right) {
            Ok(Self(text.to_owned()))
        } else {
            Err(GlnError::CheckDigit { text: text.to_owned(), right })
        }
    }
}

impl TryFrom<String> for Gln {
    type Error = GlnError;

    fn try_from(text: String) -> Result<Self, GlnError> {
        text.parse()
    }
}

impl From<Gln> for String {
    fn from(gln: Gln) -> Self {
        gln.0
    }
}

impl fmt::Display for Gln {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}
