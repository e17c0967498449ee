//! Names of things, one type a kind, so that none is taken for another.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

/// A text that is not the name it should be.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("\"{text}\" is not {expected}")]
pub struct ParseIdError {
    /// What was read.
    pub text: String,
    /// What was expected, with an example.
    pub expected: &'static str,
}

/// Serialises a type through its `Display` and `FromStr`, so that ids read the same everywhere and
/// 64-bit numbers survive JSON readers that know only doubles.
macro_rules! text_serde {
    ($type:ty) => {
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Cow::<'de, str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
            }
        }
    };
}

/// One load cell: its gondola, its shelf (1 is the lowest) and its place on the shelf (1 is at the
/// gondola's origin). Written `gondola/shelf/plate`, as in `1/5/11`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlateId {
    /// Number of the gondola.
    pub gondola: u16,
    /// Number of the shelf on the gondola.
    pub shelf: u16,
    /// Number of the plate on the shelf.
    pub plate: u16,
}

impl PlateId {
    /// The plate `plate` on `shelf` of `gondola`.
    pub const fn new(gondola: u16, shelf: u16, plate: u16) -> Self {
        Self { gondola, shelf, plate }
    }
}

impl fmt::Display for PlateId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.gondola, self.shelf, self.plate)
    }
}

impl FromStr for PlateId {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut numbers = text.split('/').map(str::parse::<u16>);
        match (numbers.next(), numbers.next(), numbers.next(), numbers.next()) {
            (Some(Ok(gondola)), Some(Ok(shelf)), Some(Ok(plate)), None) => Ok(Self { gondola, shelf, plate }),
            _ => Err(ParseIdError {
                text: text.to_owned(),
                expected: "a plate: write gondola/shelf/plate, such as 1/5/11",
            }),
        }
    }
}

text_serde!(PlateId);

impl JsonSchema for PlateId {
    fn schema_name() -> Cow<'static, str> {
        "PlateId".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^[0-9]+/[0-9]+/[0-9]+$",
            "description": "A plate: gondola/shelf/plate, such as 1/5/11.",
        })
    }
}

/// Declares a numbered id written as a decimal text.
macro_rules! number_id {
    ($(#[$doc:meta])* $name:ident($number:ty), $expected:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub $number);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self).map_err(|_| ParseIdError { text: text.to_owned(), expected: $expected })
            }
        }

        text_serde!($name);
    };
}

number_id!(
    /// A person as the tracker follows them; given by the tracker, gone when it loses them.
    TrackId(u64),
    "a track: write the tracker's number"
);
number_id!(
    /// One visit under one payer, numbered from 1 in the order of entry within a recording.
    TripId(u32),
    "a trip: write its number"
);
number_id!(
    /// One settled mass change of a shelf, numbered from 1 in the order of finding within a recording.
    ChangeId(u32),
    "a change: write its number"
);

/// Declares a cheap-to-clone text id.
macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.into())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }
    };
}

text_id!(
    /// The retailer's own key of a product (often, but not always, its GTIN).
    ProductId
);
text_id!(
    /// A device that makes records: a gondola's scale controller, the tracker, a gate.
    SensorId
);

/// A Global Trade Item Number with a right check digit (GTIN-8, -12, -13 or -14).
///
/// Source of the check digit: GS1 General Specifications, section 7.9 (weights 3 and 1 from the right).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Gtin(Box<str>);

impl Gtin {
    /// The digits as printed under the bar code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Gtin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for Gtin {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = ParseIdError {
            text: text.to_owned(),
            expected: "a GTIN: write 8, 12, 13 or 14 digits, the last one the GS1 check digit",
        };
        if !matches!(text.len(), 8 | 12 | 13 | 14) || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(error);
        }
        let sum: u32 = text
            .bytes()
            .rev()
            .enumerate()
            .map(|(place, byte)| u32::from(byte - b'0') * if place % 2 == 1 { 3 } else { 1 })
            .sum();
        if sum.is_multiple_of(10) { Ok(Self(text.into())) } else { Err(error) }
    }
}

text_serde!(Gtin);

impl JsonSchema for Gtin {
    fn schema_name() -> Cow<'static, str> {
        "Gtin".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^([0-9]{8}|[0-9]{12,14})$",
            "description": "A Global Trade Item Number with its GS1 check digit.",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plate_id_reads_as_it_is_written() {
        assert_eq!("1/5/11".parse(), Ok(PlateId::new(1, 5, 11)));
        for wrong in ["", "1/5", "1/5/11/2", "1/5/x", "1/5/70000", "1/-5/1"] {
            assert!(wrong.parse::<PlateId>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_track_number_beyond_a_double_survives_json() {
        let track = TrackId(3_325_379_692_103_139_203);
        let json = serde_json::to_string(&track).unwrap();
        assert_eq!(json, "\"3325379692103139203\"");
        assert_eq!(serde_json::from_str::<TrackId>(&json).unwrap(), track);
    }

    #[test]
    fn a_gtin_needs_its_check_digit() {
        assert!("071142008582".parse::<Gtin>().is_ok());
        assert!("071142008583".parse::<Gtin>().is_err());
        assert!("33".parse::<Gtin>().is_err());
    }
}
