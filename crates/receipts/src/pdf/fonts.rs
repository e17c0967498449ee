//! The fonts of the PDF, and how text is set in them: order of writing, fallback, widths.

use std::ops::Range;

use krilla::text::{Font, GlyphId, KrillaGlyph};
use rustybuzz::{Direction, Face, UnicodeBuffer, ttf_parser};
use unicode_bidi::{BidiInfo, Level};
use unicode_segmentation::UnicodeSegmentation;

use super::PdfError;

const REGULAR: &[u8] = include_bytes!("../../fonts/Inter-Regular.otf");
const SEMI_BOLD: &[u8] = include_bytes!("../../fonts/Inter-SemiBold.otf");
const RIGHT_TO_LEFT: &[u8] = include_bytes!("../../fonts/DejaVuSans.ttf");

/// How strong letters are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    Regular,
    SemiBold,
}

/// One font, to measure with and to draw with.
struct Cut {
    face: Face<'static>,
    font: Font,
}

impl Cut {
    fn new(data: &'static [u8]) -> Result<Self, PdfError> {
        let face = Face::from_slice(data, 0).ok_or(PdfError::Font)?;
        let font = Font::new(data.to_vec().into(), 0).ok_or(PdfError::Font)?;
        Ok(Self { face, font })
    }

    fn has(&self, c: char) -> bool {
        self.face.glyph_index(c).is_some()
    }
}

/// Glyphs of one font beside one another, in the order in which they stand on paper.
pub(super) struct Run {
    pub(super) font: Font,
    pub(super) text: String,
    pub(super) glyphs: Vec<KrillaGlyph>,
    /// Width at a font size of 1.
    pub(super) width: f32,
}

/// The fonts: Latin, Greek and Cyrillic in two weights; Hebrew and Arabic in one.
pub(super) struct Fonts {
    regular: Cut,
    semi_bold: Cut,
    right_to_left: Cut,
}

impl Fonts {
    pub(super) fn new() -> Result<Self, PdfError> {
        Ok(Self {
            regular: Cut::new(REGULAR)?,
            semi_bold: Cut::new(SEMI_BOLD)?,
            right_to_left: Cut::new(RIGHT_TO_LEFT)?,
        })
    }

    /// Whether every character can be drawn. What can't stands as an empty box, and can still be copied.
    pub(super) fn can_draw(&self, text: &str) -> bool {
        text.chars().all(|c| self.regular.has(c) || self.right_to_left.has(c))
    }

    /// The text as runs from left to right.
    pub(super) fn runs(&self, text: &str, weight: Weight) -> Vec<Run> {
        let bidi = BidiInfo::new(text, None);
        let mut runs = Vec::new();
        for paragraph in &bidi.paragraphs {
            let (levels, ranges) = bidi.visual_runs(paragraph, paragraph.range.clone());
            for range in ranges {
                let level = levels.get(range.start).copied().unwrap_or(Level::ltr());
                self.directed(&text[range], level, weight, &mut runs);
            }
        }
        runs
    }

    fn directed(&self, text: &str, level: Level, weight: Weight, runs: &mut Vec<Run>) {
        let mut pieces = self.by_font(text, weight);
        if level.is_rtl() {
            pieces.reverse();
        }
        let direction = if level.is_rtl() { Direction::RightToLeft } else { Direction::LeftToRight };
        runs.extend(pieces.into_iter().map(|(range, cut)| shape(&text[range], cut, direction)));
    }

    /// Pieces that one font can draw. A space or a dot stays with what is before it.
    fn by_font(&self, text: &str, weight: Weight) -> Vec<(Range<usize>, &Cut)> {
        let latin = match weight {
            Weight::Regular => &self.regular,
            Weight::SemiBold => &self.semi_bold,
        };
        let mut pieces: Vec<(Range<usize>, &Cut)> = Vec::new();
        for (at, c) in text.char_indices() {
            let end = at + c.len_utf8();
            let stays = |cut: &Cut| cut.has(c) && !c.is_alphanumeric();
            match pieces.last_mut() {
                Some((range, cut)) if stays(cut) => range.end = end,
                last => {
                    let cut =
                        if !latin.has(c) && self.right_to_left.has(c) { &self.right_to_left } else { latin };
                    match last {
                        Some((range, before)) if std::ptr::eq(*before, cut) => range.end = end,
                        _ => pieces.push((at..end, cut)),
                    }
                }
            }
        }
        pieces
    }

    /// Width of a text on one line, points.
    pub(super) fn width(&self, text: &str, weight: Weight, size: f32) -> f32 {
        self.runs(text, weight).iter().map(|run| run.width).sum::<f32>() * size
    }

    /// Lines that are at most `room` points wide; a word that is wider is broken.
    pub(super) fn wrap(&self, text: &str, weight: Weight, size: f32, room: f32) -> Vec<String> {
        let fits = |line: &str| self.width(line, weight, size) <= room;
        let mut lines: Vec<String> = Vec::new();
        let mut line = String::new();
        for word in text.split(' ') {
            let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if fits(&longer) {
                line = longer;
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            for grapheme in word.graphemes(true) {
                let longer = format!("{line}{grapheme}");
                if !line.is_empty() && !fits(&longer) {
                    lines.push(std::mem::take(&mut line));
                    line.push_str(grapheme);
                } else {
                    line = longer;
                }
            }
        }
        lines.push(line);
        lines
    }
}

/// Glyphs for a text of one font and one direction.
fn shape(text: &str, cut: &Cut, direction: Direction) -> Run {
    let mut buffer = UnicodeBuffer::new();
    buffer.push_str(text);
    buffer.guess_segment_properties();
    buffer.set_direction(direction);
    let shaped = rustybuzz::shape(&cut.face, &[], buffer);
    let unit = 1.0 / f32::from(ttf_parser::Face::units_per_em(&cut.face));
    let missing = cut.face.glyph_index('□');
    // Where the text of each glyph begins; it ends where that of the next, in the order of reading, begins.
    let mut starts: Vec<usize> = shaped.glyph_infos().iter().map(|info| info.cluster as usize).collect();
    starts.push(text.len());
    starts.sort_unstable();
    starts.dedup();
    let glyphs: Vec<_> = shaped
        .glyph_infos()
        .iter()
        .zip(shaped.glyph_positions())
        .map(|(info, position)| {
            let start = info.cluster as usize;
            let end = starts.iter().copied().find(|next| *next > start).unwrap_or(text.len());
            let [advance, x, y] =
                [position.x_advance, position.x_offset, position.y_offset].map(|it| it as f32 * unit);
            match missing {
                Some(square) if info.glyph_id == 0 => {
                    let advance =
                        cut.face.glyph_hor_advance(square).map_or(advance, |width| f32::from(width) * unit);
                    KrillaGlyph::new(GlyphId::new(square.0.into()), advance, 0.0, 0.0, 0.0, start..end, None)
                }
                _ => KrillaGlyph::new(GlyphId::new(info.glyph_id), advance, x, y, 0.0, start..end, None),
            }
        })
        .collect();
    let width = glyphs.iter().map(|glyph| glyph.x_advance).sum();
    Run { font: cut.font.clone(), text: text.to_owned(), glyphs, width }
}
