//! From a picture to what is told of a palm.

use crate::hand;
use crate::id::Side;
use crate::network::{Network, NetworkError};
use crate::patch::{self, Patch, SIDE};
use crate::picture::{Picture, brightness};
use crate::plane::Plane;
use crate::quality::{self, Light, Pose, Quality};
use crate::refusal::ReadError;
use crate::template::{DIMENSIONS, Embedding};

/// The network that finds hands, and the one that tells palms apart; `training/palm` makes them.
static HAND: &[u8] = include_bytes!("../networks/hand.onnx");
static PRINT: &[u8] = include_bytes!("../networks/print.onnx");

/// How far beside the place that the landmarks tell a palm is looked at too, pixels of a patch along its sides: 4.1 mm. Landmarks err by
/// one or two, and what the network says changes with it; the mean of five looks changes less: at one false match in a million 0.09 % of
/// looks are turned away instead of 0.21 % (1,000 people of the seed 88001; with 3 or 5.5 mm, or no look in the middle, 0.10 to 0.16 %).
const BESIDE: usize = 5;
/// Pixels along a side of what is cut out of the picture: a patch and what lies beside it.
const WIDE: usize = SIDE + 2 * BESIDE;
/// From the cut's top left corner to that of each patch in it, columns and rows; the first is where the landmarks tell.
const CORNERS: [[usize; 2]; 5] =
    [[BESIDE, BESIDE], [2 * BESIDE, BESIDE], [0, BESIDE], [BESIDE, 2 * BESIDE], [BESIDE, 0]];

/// Reads palms from pictures. Made once; may be used by many threads at a time.
pub struct Reader {
    hand: Network,
    print: Network,
}

/// What a picture told of a palm.
pub struct Look {
    /// Which hand.
    pub side: Side,
    /// Whose: near to that of other looks at the same palm.
    pub embedding: Embedding,
    /// How well it was seen.
    pub quality: Quality,
    /// The palm itself, for liveness; never kept.
    pub patch: Patch,
    /// Where the hand was: the eight landmarks of [`patch::MEAN_HAND_MM`], pixels of the picture.
    pub landmarks: [[f32; 2]; 8],
}

impl Reader {
    /// A reader with the networks that come with the crate.
    ///
    /// # Errors
    /// If they can't be loaded.
    pub fn new() -> Result<Self, NetworkError> {
        Ok(Self { hand: Network::load("hand.onnx", HAND)?, print: Network::load("print.onnx", PRINT)? })
    }

    /// Reads the palm in a picture.
    ///
    /// # Errors
    /// If there is none, or it can't be told; the refusal says what to do.
    pub fn look(&self, picture: &Picture) -> Result<Look, ReadError> {
        let found = hand::find(&self.hand, picture)?;
        let Pose { misfit_mm, width_px, flatness } = quality::pose(&found, picture)?;
        let seen = cut(picture, &found.plane);
        let cuts = CORNERS.map(|corner| window(&seen, corner));
        let Light { brightness, sharpness, noise } = quality::light(&cuts[0], SIDE, width_px)?;
        let patches = cuts.map(|brightness| Patch::even(&brightness));
        let embedding = self.embed(&patches)?;
        let [patch, ..] = patches;
        let quality = Quality { misfit_mm, width_px, flatness, brightness, sharpness, noise };
        Ok(Look { side: found.side, embedding, quality, patch, landmarks: found.landmarks.places })
    }

    /// Whose palm it is: the mean of what the network says of its patch and of those beside it.
    fn embed(&self, patches: &[Patch]) -> Result<Embedding, NetworkError> {
        let looks = patches.iter().map(|patch| self.tell(patch)).collect::<Result<Vec<_>, _>>()?;
        Embedding::mean(&looks).ok_or_else(|| self.print.odd())
    }

    /// What the network says of a patch.
    fn tell(&self, patch: &Patch) -> Result<Embedding, NetworkError> {
        let outputs = self.print.run([1, 1, SIDE, SIDE], patch.pixels().to_vec())?;
        let values: [f32; DIMENSIONS] = outputs
            .first()
            .and_then(|numbers| numbers.as_slice().try_into().ok())
            .ok_or_else(|| self.print.odd())?;
        Embedding::new(values).map_err(|_| self.print.odd())
    }
}

/// The brightness of the palm and what lies beside it, `WIDE * WIDE` values cut out of the picture.
fn cut(picture: &Picture, plane: &Plane) -> Vec<f32> {
    let place = |[column, row]: [f32; 2]| {
        let beside = BESIDE as f32;
        plane.place(patch::place_mm(column - beside, row - beside))
    };
    let middle = WIDE as f32 / 2.0;
    let pixel = [place([middle, middle]), place([middle + 1.0, middle])];
    let scale = (pixel[0][0] - pixel[1][0]).abs().max((pixel[0][1] - pixel[1][1]).abs());
    let looks = if scale.is_finite() { scale.round().clamp(1.0, 4.0) as usize } else { 1 };
    picture.cut(WIDE, looks, place).into_iter().map(brightness).collect()
}

/// The patch whose top left corner lies so many columns and rows within what was cut out.
fn window(wide: &[f32], [left, top]: [usize; 2]) -> Vec<f32> {
    wide.chunks_exact(WIDE).skip(top).take(SIDE).flat_map(|row| &row[left..left + SIDE]).copied().collect()
}
