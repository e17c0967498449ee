//! Why a picture is not read, and what whoever holds the hand should do.

use crate::network::NetworkError;

/// Why a picture gives no palm. Nothing of it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The bytes are no picture, or a damaged one.
    #[error("the file is no picture that can be read: send a whole JPEG or PNG")]
    Corrupt,
    /// Too few pixels.
    #[error("the picture is {width} x {height} pixels, at least 160 x 160 are needed")]
    TooSmall {
        /// Pixels in a row.
        width: usize,
        /// Rows.
        height: usize,
    },
    /// Too many pixels.
    #[error(
        "the picture is {width} x {height} pixels, at most 4096 a side and 12.6 million in all are taken"
    )]
    TooLarge {
        /// Pixels in a row.
        width: usize,
        /// Rows.
        height: usize,
    },
    /// Nothing that is a hand: an empty view, a face, a thing.
    #[error("no hand is in the picture: hold your open palm to the camera")]
    NoHand,
    /// Two hands.
    #[error("two hands are in the picture: show one")]
    TwoHands,
    /// Gloved or bandaged.
    #[error("the palm is covered: take off the glove, or use the other hand or your card")]
    Covered,
    /// It is no shape that an open hand has, or can't be told from what is behind it.
    #[error("the outline of the hand can't be made out: spread the fingers, with nothing close behind them")]
    Unclear,
    /// Not all of the palm is in the picture.
    #[error("part of the palm is outside of the picture: {0}")]
    Partial(Aside),
    /// The palm is small in the picture.
    #[error("the hand is too far away: come a little closer")]
    TooFar,
    /// The palm fills the picture.
    #[error("the hand is too near: a little farther away")]
    TooNear,
    /// The palm is turned away.
    #[error("the palm is tilted: hold it flat to the camera")]
    Tilted,
    /// Too little light.
    #[error("too little light falls on the palm: move into the light")]
    TooDark,
    /// Too much light.
    #[error("too much light falls on the palm: shade it, or turn away from the lamp")]
    TooBright,
    /// Creases can't be made out.
    #[error("the picture is blurred: hold still")]
    Blurred,
}

/// Why a picture told nothing.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The picture: whoever holds the hand can mend it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The networks: whoever runs the store can.
    #[error(transparent)]
    Network(#[from] NetworkError),
}

/// Where a hand should go so that all of it is seen, as its owner sees it in the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aside {
    /// Towards the picture's top.
    Higher,
    /// Towards its bottom.
    Lower,
    /// Towards its left edge.
    Left,
    /// Towards its right edge.
    Right,
}

impl std::fmt::Display for Aside {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Aside::Higher => "a little higher",
            Aside::Lower => "a little lower",
            Aside::Left => "a little to the left",
            Aside::Right => "a little to the right",
        })
    }
}

impl Refusal {
    /// What to say to whoever holds the hand: a few words.
    pub fn guidance(self) -> String {
        match self {
            Refusal::Corrupt | Refusal::TooSmall { .. } | Refusal::TooLarge { .. } => {
                "This picture can't be read".into()
            }
            Refusal::NoHand => "Hold your open palm to the camera".into(),
            Refusal::TwoHands => "One hand, please".into(),
            Refusal::Covered => "Please uncover your palm".into(),
            Refusal::Unclear => "Spread your fingers".into(),
            Refusal::Partial(aside) => {
                let words = aside.to_string();
                format!("A{}", &words[1..])
            }
            Refusal::TooFar => "A little closer".into(),
            Refusal::TooNear => "A little farther away".into(),
            Refusal::Tilted => "Hold your palm flat".into(),
            Refusal::TooDark => "More light, please".into(),
            Refusal::TooBright => "Less light, please".into(),
            Refusal::Blurred => "Hold still".into(),
        }
    }
}
