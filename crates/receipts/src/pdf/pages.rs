//! Things placed on pages from top to bottom, and drawn when it is known how many pages there are.

use krilla::Document;
use krilla::action::{Action, LinkAction};
use krilla::annotation::{LinkAnnotation, Target};
use krilla::color::rgb;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::page::{Page, PageSettings};
use krilla::paint::Fill;
use krilla::surface::Surface;

use super::PdfError;
use super::fonts::{Fonts, Weight};

/// A4, points.
const WIDTH: f32 = 595.28;
const HEIGHT: f32 = 841.89;
/// At the sides; a printer keeps clear of less.
const MARGIN: f32 = 64.0;
/// Above and below.
const EDGE: f32 = 48.0;
/// Room at the bottom for the number of the page.
const FOOT: f32 = 24.0;
/// Width of what stands between the margins.
pub(super) const COLUMN: f32 = WIDTH - 2.0 * MARGIN;

/// Red, green, blue.
pub(super) type Colour = (u8, u8, u8);
pub(super) const INK: Colour = (0x1d, 0x1e, 0x1b);
pub(super) const SOFT: Colour = (0x5f, 0x61, 0x59);
pub(super) const GOOD: Colour = (0x0b, 0x6b, 0x4b);
pub(super) const OPEN: Colour = (0x8a, 0x4a, 0x00);
const RULE: Colour = (0xd9, 0xd9, 0xd1);

/// How a text is set.
#[derive(Clone, Copy)]
pub(super) struct Style {
    pub(super) size: f32,
    pub(super) weight: Weight,
    pub(super) colour: Colour,
}

impl Style {
    pub(super) const fn new(size: f32, weight: Weight, colour: Colour) -> Self {
        Self { size, weight, colour }
    }

    /// From one line to the next, points.
    pub(super) fn leading(self) -> f32 {
        self.size * 1.42
    }
}

/// Where in its room a text stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Right,
}

enum Thing {
    Text { x: f32, y: f32, style: Style, text: String },
    Rule { y: f32, thickness: f32, colour: Colour },
    Link { rect: [f32; 4], url: String },
}

/// Pages under way: `y` is where the next thing goes, from the top of the page.
pub(super) struct Pages<'a> {
    pub(super) fonts: &'a Fonts,
    done: Vec<Vec<Thing>>,
    open: Vec<Thing>,
    y: f32,
}

impl<'a> Pages<'a> {
    pub(super) fn new(fonts: &'a Fonts) -> Self {
        Self { fonts, done: Vec::new(), open: Vec::new(), y: EDGE }
    }

    /// Begins a new page if what comes, `height` points, does not fit on this one.
    pub(super) fn keep_together(&mut self, height: f32) {
        if self.y + height > HEIGHT - EDGE - FOOT && !self.open.is_empty() {
            self.done.push(std::mem::take(&mut self.open));
            self.y = EDGE;
        }
    }

    pub(super) fn space(&mut self, height: f32) {
        self.y += height;
    }

    /// Goes back up, to put something beside what was just put.
    pub(super) fn back(&mut self, height: f32) {
        self.y -= height;
    }

    pub(super) fn rule(&mut self, is_strong: bool) {
        let (thickness, colour) = if is_strong { (1.4, INK) } else { (0.6, RULE) };
        self.open.push(Thing::Rule { y: self.y, thickness, colour });
    }

    /// One line of text between `left` and `right` (points from the left margin); moves down.
    pub(super) fn text(&mut self, text: &str, style: Style, align: Align, [left, right]: [f32; 2]) {
        self.keep_together(style.leading());
        let width = self.fonts.width(text, style.weight, style.size);
        let x = MARGIN + if align == Align::Right { right - width } else { left };
        // Baseline: Inter's capitals are 0.73 of its size high; this sets them in the middle of the line.
        let y = self.y + style.leading() / 2.0 + style.size * 0.36;
        self.open.push(Thing::Text { x, y, style, text: text.to_owned() });
        self.y += style.leading();
    }

    /// Text over as many lines as it needs.
    pub(super) fn paragraph(&mut self, text: &str, style: Style) {
        for line in self.fonts.wrap(text, style.weight, style.size, COLUMN) {
            self.text(&line, style, Align::Left, [0.0, COLUMN]);
        }
    }

    /// A label, wrapped, and at the right edge of its first line a value.
    pub(super) fn pair(
        &mut self,
        indent: f32,
        (label, label_style): (&str, Style),
        (value, style): (&str, Style),
        right: f32,
    ) {
        let room = right - indent - self.fonts.width(value, style.weight, style.size) - 14.0;
        let lines = self.fonts.wrap(label, label_style.weight, label_style.size, room);
        self.keep_together(label_style.leading() * lines.len() as f32);
        for (at, line) in lines.iter().enumerate() {
            self.text(line, label_style, Align::Left, [indent, right]);
            if at == 0 {
                self.back(label_style.leading());
                self.text(value, Style { size: style.size, ..style }, Align::Right, [indent, right]);
                self.y += label_style.leading() - style.leading();
            }
        }
    }

    /// A line of text that leads somewhere.
    pub(super) fn link(&mut self, label: &str, url: &str, style: Style) {
        self.keep_together(style.leading());
        let width = self.fonts.width(label, style.weight, style.size);
        let rect = [MARGIN, self.y, MARGIN + width, self.y + style.leading()];
        self.open.push(Thing::Link { rect, url: url.to_owned() });
        self.text(label, style, Align::Left, [0.0, COLUMN]);
    }

    /// The document's bytes: the same for the same content, since neither time nor chance is in them.
    pub(super) fn finish(
        mut self,
        metadata: Metadata,
        number: fn(usize, usize) -> String,
    ) -> Result<Vec<u8>, PdfError> {
        self.done.push(std::mem::take(&mut self.open));
        let pages = self.done.len();
        let mut document = Document::new();
        document.set_metadata(metadata);
        for (at, things) in self.done.iter().enumerate() {
            let settings = PageSettings::from_wh(WIDTH, HEIGHT).ok_or(PdfError::Page)?;
            let mut page = document.start_page_with(settings);
            let mut surface = page.surface();
            things.iter().for_each(|thing| draw(thing, self.fonts, &mut surface));
            if pages > 1 {
                draw(&self.foot(&number(at + 1, pages)), self.fonts, &mut surface);
            }
            surface.finish();
            things.iter().for_each(|thing| annotate(thing, &mut page));
            page.finish();
        }
        document.finish().map_err(|error| PdfError::Write(format!("{error:?}")))
    }

    fn foot(&self, number: &str) -> Thing {
        let style = Style::new(8.5, Weight::Regular, SOFT);
        let width = self.fonts.width(number, style.weight, style.size);
        Thing::Text { x: WIDTH - MARGIN - width, y: HEIGHT - EDGE, style, text: number.to_owned() }
    }
}

fn fill((r, g, b): Colour) -> Fill {
    Fill { paint: rgb::Color::new(r, g, b).into(), opacity: NormalizedF32::ONE, rule: Default::default() }
}

fn draw(thing: &Thing, fonts: &Fonts, surface: &mut Surface<'_>) {
    match thing {
        Thing::Text { x, y, style, text } => {
            surface.set_fill(Some(fill(style.colour)));
            let mut x = *x;
            for run in fonts.runs(text, style.weight) {
                let start = Point::from_xy(x, *y);
                surface.draw_glyphs(start, &run.glyphs, run.font, &run.text, style.size, false);
                x += run.width * style.size;
            }
        }
        Thing::Rule { y, thickness, colour } => {
            let mut path = PathBuilder::new();
            if let Some(rect) = Rect::from_xywh(MARGIN, *y, COLUMN, *thickness) {
                path.push_rect(rect);
            }
            if let Some(path) = path.finish() {
                surface.set_fill(Some(fill(*colour)));
                surface.draw_path(&path);
            }
        }
        Thing::Link { .. } => {}
    }
}

fn annotate(thing: &Thing, page: &mut Page<'_>) {
    if let Thing::Link { rect: [left, top, right, bottom], url } = thing
        && let Some(rect) = Rect::from_ltrb(*left, *top, *right, *bottom)
    {
        let target = Target::Action(Action::Link(LinkAction::new(url.clone())));
        page.add_annotation(LinkAnnotation::new(rect, target).into());
    }
}
