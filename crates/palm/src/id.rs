//! Names of people and of their palms.

use std::fmt;
use std::str::FromStr;

use model::ParseIdError;

/// Which hand a palm belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// The left hand.
    Left,
    /// The right hand.
    Right,
}

impl Side {
    /// The word under which the side goes into keys, bindings and texts.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Right => "right",
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Side {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "left" => Ok(Self::Left),
            "right" => Ok(Self::Right),
            _ => Err(ParseIdError { text: text.to_owned(), expected: "a side: write left or right" }),
        }
    }
}

/// Somebody with enrolled palms, as the palm system knows them: a number drawn by chance, which says nothing of
/// who they are or when they came. Written as 16 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonId(pub u64);

impl fmt::Display for PersonId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl FromStr for PersonId {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_hex = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_hex.then(|| u64::from_str_radix(text, 16).ok()).flatten().map(Self).ok_or_else(|| ParseIdError {
            text: text.to_owned(),
            expected: "a person: write 16 hexadecimal digits, such as 00c0ffee00c0ffee",
        })
    }
}

/// One palm of somebody. Written `person/side`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PalmId {
    /// Whose.
    pub person: PersonId,
    /// Which hand.
    pub side: Side,
}

impl fmt::Display for PalmId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.person, self.side)
    }
}

impl FromStr for PalmId {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts = text.split_once('/').map(|(person, side)| (person.parse(), side.parse()));
        match parts {
            Some((Ok(person), Ok(side))) => Ok(Self { person, side }),
            _ => Err(ParseIdError {
                text: text.to_owned(),
                expected: "a palm: write person/side, such as 00c0ffee00c0ffee/left",
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_palm_reads_as_it_is_written() {
        let palm = PalmId { person: PersonId(0xc0ffee), side: Side::Right };
        assert_eq!(palm.to_string(), "0000000000c0ffee/right");
        assert_eq!(palm.to_string().parse(), Ok(palm));
        for wrong in ["", "c0ffee/left", "0000000000c0ffee", "0000000000c0ffee/both", "+000000000c0ffee/left"]
        {
            assert!(wrong.parse::<PalmId>().is_err(), "{wrong}");
        }
    }
}
