//! A picture as it comes from a camera, checked before anything looks at it.

use zeroize::Zeroize;
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;
use zune_png::PngDecoder;

use crate::refusal::Refusal;

/// The shortest side a picture may have, pixels: below it no palm can be read.
pub const SIDE_MIN: usize = 160;
/// The longest side a picture may have, pixels. Cameras at kiosks give 640 to 1920.
pub const SIDE_MAX: usize = 4096;
/// The most pixels a picture may have: twelve million, as telephones take.
pub const PIXELS_MAX: usize = 12_600_000;

/// A picture: RGB, a byte each. It is never kept; what it held is overwritten when it is dropped.
pub struct Picture {
    width: usize,
    height: usize,
    rgb: Vec<u8>,
}

/// A colour's brightness: a quarter red, half green, a quarter blue.
pub(crate) fn brightness([red, green, blue]: [f32; 3]) -> f32 {
    (red + 2.0 * green + blue) / 4.0
}

impl Picture {
    /// The picture in the bytes of a JPEG or PNG file.
    ///
    /// # Errors
    /// If it is neither, is damaged, or has too few or too many pixels; sizes are checked before pixels are decoded.
    pub fn decode(bytes: &[u8]) -> Result<Self, Refusal> {
        let options = DecoderOptions::new_safe()
            .set_max_width(SIDE_MAX)
            .set_max_height(SIDE_MAX)
            .jpeg_set_out_colorspace(ColorSpace::RGB)
            .png_set_strip_to_8bit(true);
        if bytes.starts_with(&[0xFF, 0xD8]) {
            let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
            decoder.decode_headers().map_err(|_| sized(jpeg_size(bytes)))?;
            let (width, height) = decoder.dimensions().ok_or(Refusal::Corrupt)?;
            check(width, height)?;
            Self::from_rgb(width, height, decoder.decode().map_err(|_| Refusal::Corrupt)?)
        } else {
            let mut decoder = PngDecoder::new_with_options(ZCursor::new(bytes), options);
            decoder.decode_headers().map_err(|_| sized(png_size(bytes)))?;
            let (width, height) = decoder.dimensions().ok_or(Refusal::Corrupt)?;
            check(width, height)?;
            let space = decoder.colorspace().ok_or(Refusal::Corrupt)?;
            let pixels = decoder.decode_raw().map_err(|_| Refusal::Corrupt)?;
            Self::from_rgb(width, height, only_rgb(pixels, space)?)
        }
    }

    /// A picture from its pixels, row by row from the top left, three bytes each.
    ///
    /// # Errors
    /// If it has too few or too many pixels, or another number of bytes than its size says.
    pub fn from_rgb(width: usize, height: usize, rgb: Vec<u8>) -> Result<Self, Refusal> {
        check(width, height)?;
        if rgb.len() != 3 * width * height {
            return Err(Refusal::Corrupt);
        }
        Ok(Self { width, height, rgb })
    }

    /// Pixels in a row.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Rows.
    pub fn height(&self) -> usize {
        self.height
    }

    /// A square of `side` pixels cut out of the picture: `place` says where a pixel's middle lies in this picture. Each pixel is
    /// the mean of `looks` times `looks` places in it; what is beyond the picture is black.
    pub(crate) fn cut(
        &self,
        side: usize,
        looks: usize,
        place: impl Fn([f32; 2]) -> [f32; 2],
    ) -> Vec<[f32; 3]> {
        let mut pixels = Vec::with_capacity(side * side);
        let step = 1.0 / looks as f32;
        for row in 0..side {
            for column in 0..side {
                let mut sum = [0.0; 3];
                for look in 0..looks * looks {
                    let x = column as f32 + (0.5 + (look % looks) as f32) * step;
                    let y = row as f32 + (0.5 + (look / looks) as f32) * step;
                    let colour = self.at(place([x, y]));
                    for (sum, part) in sum.iter_mut().zip(colour) {
                        *sum += part * step * step;
                    }
                }
                pixels.push(sum);
            }
        }
        pixels
    }

    /// The mean brightness of a square of pixels from `left`, `top` on, 0 to 255: a quarter red, half green, a quarter blue.
    pub(crate) fn grey(&self, left: usize, top: usize, side: usize) -> f32 {
        let mut sum = 0;
        for row in top..top + side {
            let from = 3 * (row * self.width + left);
            for rgb in self.rgb[from..from + 3 * side].chunks_exact(3) {
                sum += u32::from(rgb[0]) + 2 * u32::from(rgb[1]) + u32::from(rgb[2]);
            }
        }
        sum as f32 / (4 * side * side) as f32
    }

    /// Whether a place lies in the picture.
    pub(crate) fn is_within(&self, [x, y]: [f32; 2]) -> bool {
        x >= 0.5 && y >= 0.5 && x < self.width as f32 - 0.5 && y < self.height as f32 - 0.5
    }

    /// The mean colour of the pixels around a place, 0 to 255.
    pub(crate) fn near(&self, [x, y]: [f32; 2]) -> [f32; 3] {
        let mut sum = [0.0; 3];
        for (dx, dy) in [(-1.0, 0.0), (1.0, 0.0), (0.0, -1.0), (0.0, 1.0), (0.0, 0.0)] {
            let colour = self.at([x + dx, y + dy]);
            sum.iter_mut().zip(colour).for_each(|(sum, part)| *sum += part / 5.0);
        }
        sum
    }

    /// The colour at a place, 0 to 255, mixed from the four pixels around it; black beyond the picture.
    fn at(&self, [x, y]: [f32; 2]) -> [f32; 3] {
        let (x, y) = (x - 0.5, y - 0.5);
        if !(x >= 0.0 && y >= 0.0 && x < (self.width - 1) as f32 && y < (self.height - 1) as f32) {
            return [0.0; 3];
        }
        let (left, top) = (x as usize, y as usize);
        let (u, v) = (x - left as f32, y - top as f32);
        let corner = 3 * (top * self.width + left);
        let below = corner + 3 * self.width;
        [0, 1, 2].map(|channel| {
            let at = |index: usize| f32::from(self.rgb[index + channel]);
            let upper = at(corner) * (1.0 - u) + at(corner + 3) * u;
            let lower = at(below) * (1.0 - u) + at(below + 3) * u;
            upper * (1.0 - v) + lower * v
        })
    }
}

impl Drop for Picture {
    fn drop(&mut self) {
        self.rgb.zeroize();
    }
}

impl std::fmt::Debug for Picture {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Picture({} x {})", self.width, self.height)
    }
}

fn check(width: usize, height: usize) -> Result<(), Refusal> {
    if width.min(height) < SIDE_MIN {
        return Err(Refusal::TooSmall { width, height });
    }
    if width.max(height) > SIDE_MAX || width * height > PIXELS_MAX {
        return Err(Refusal::TooLarge { width, height });
    }
    Ok(())
}

/// Why a header was not understood: its size, if that is the reason.
fn sized(size: Option<(usize, usize)>) -> Refusal {
    match size {
        Some((width, height)) => check(width, height).err().unwrap_or(Refusal::Corrupt),
        None => Refusal::Corrupt,
    }
}

/// The size a PNG's header names (its first chunk, W3C PNG, section 11.2.1).
fn png_size(bytes: &[u8]) -> Option<(usize, usize)> {
    let header = bytes.strip_prefix(b"\x89PNG\r\n\x1a\n")?.get(8..16)?;
    let number = |at: usize| u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
    Some((number(0) as usize, number(4) as usize))
}

/// The size a JPEG's frame header names (ITU-T T.81, section B.2.2).
fn jpeg_size(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut rest = bytes.get(2..)?;
    loop {
        let marker = *rest.get(1)?;
        let length = usize::from(u16::from_be_bytes([*rest.get(2)?, *rest.get(3)?]));
        let is_frame = matches!(marker, 0xC0..=0xCF) && !matches!(marker, 0xC4 | 0xC8 | 0xCC);
        if is_frame {
            let number =
                |at: usize| Some(usize::from(u16::from_be_bytes([*rest.get(at)?, *rest.get(at + 1)?])));
            return Some((number(7)?, number(5)?));
        }
        rest = rest.get(2 + length..)?;
    }
}

fn only_rgb(mut pixels: Vec<u8>, space: ColorSpace) -> Result<Vec<u8>, Refusal> {
    let rgb = match space {
        ColorSpace::RGB => return Ok(pixels),
        ColorSpace::RGBA => pixels.chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect(),
        ColorSpace::Luma => pixels.iter().flat_map(|value| [*value; 3]).collect(),
        ColorSpace::LumaA => pixels.chunks_exact(2).flat_map(|pixel| [pixel[0]; 3]).collect(),
        _ => return Err(Refusal::Corrupt),
    };
    pixels.zeroize();
    Ok(rgb)
}
