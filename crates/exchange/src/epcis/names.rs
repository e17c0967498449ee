//! How things and places are named in events.

use model::Gtin;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Extension, Gln};

/// How things and places are named in events.
///
/// A quantity has no serial numbers, so its name must be that of a class. EPCIS 2.0 allows three for a GTIN:
/// - `https://id.gs1.org/01/09521141012345`, a GS1 Digital Link: needs the GTIN and nothing else;
/// - `urn:epc:idpat:sgtin:9521141.001234.*`: needs to know how many digits of the GTIN are the company's
///   prefix, which the GTIN doesn't tell;
/// - `urn:epc:class:lgtin:…`: needs the lot, which no shelf knows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Names {
    /// GS1 Digital Links, for everything.
    #[default]
    DigitalLink,
    /// EPC URNs, for partners whose systems know nothing else, where one of these company prefixes fits, the
    /// longest first; Digital Links for the rest.
    EpcUrn(Vec<CompanyPrefix>),
}

/// A GS1 company prefix: 6 to 12 digits, with which a GTIN-13 or a GLN begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CompanyPrefix(String);

/// A text that is no company prefix.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "{0:?} is no GS1 company prefix: write its 6 to 12 digits; a prefix of the U.P.C. gets a 0 before it"
)]
pub struct PrefixError(String);

impl TryFrom<String> for CompanyPrefix {
    type Error = PrefixError;

    fn try_from(text: String) -> Result<Self, PrefixError> {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        if digits && (6..=12).contains(&text.len()) { Ok(Self(text)) } else { Err(PrefixError(text)) }
    }
}

impl From<CompanyPrefix> for String {
    fn from(prefix: CompanyPrefix) -> Self {
        prefix.0
    }
}

impl Names {
    /// All units of a GTIN.
    pub(super) fn class(&self, gtin: &Gtin) -> String {
        let digits = format!("{:0>14}", gtin.as_str());
        match self.split(&digits[1..13]) {
            Some((prefix, rest)) => format!("urn:epc:idpat:sgtin:{prefix}.{}{rest}.*", &digits[..1]),
            None => format!("https://id.gs1.org/01/{digits}"),
        }
    }

    /// A place, or a point in it.
    pub(super) fn location(&self, gln: &Gln, extension: Option<&Extension>) -> String {
        let digits = gln.as_str();
        match (self.split(&digits[..12]), extension) {
            (Some((prefix, rest)), extension) => {
                let extension = extension.map_or("0", Extension::as_str);
                format!("urn:epc:id:sgln:{prefix}.{rest}.{extension}")
            }
            (None, Some(extension)) => format!("https://id.gs1.org/414/{digits}/254/{}", extension.as_str()),
            (None, None) => format!("https://id.gs1.org/414/{digits}"),
        }
    }

    /// The company prefix of twelve digits and the rest of them, if it is known.
    fn split<'a>(&self, digits: &'a str) -> Option<(&'a str, &'a str)> {
        let Self::EpcUrn(prefixes) = self else { return None };
        let fitting = prefixes.iter().map(|prefix| &prefix.0).filter(|prefix| digits.starts_with(*prefix));
        fitting.map(String::len).max().map(|length| digits.split_at(length))
    }
}

/// A text as part of a URN: all but letters, digits, dashes and full stops as `%` and two hexadecimal digits.
pub(super) fn escaped(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'-' | b'.' => char::from(byte).to_string(),
            _ if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}
