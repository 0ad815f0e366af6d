//! The sheet that charts are drawn on, and the axes most of them share.

use std::{io, ops::Range};

use maud::{Markup, PreEscaped, html};
use plotters::{
    chart::{ChartBuilder, ChartContext},
    coord::{Shift, types::RangedCoordf64},
    drawing::{DrawingArea, DrawingAreaErrorKind, IntoDrawingArea},
    prelude::{Cartesian2d, SVGBackend},
    style::{
        Color, IntoFont, RGBColor, TRANSPARENT, TextStyle,
        text_anchor::{HPos, Pos, VPos},
    },
};

use super::palette::{AXIS, GRID, INK, MUTED};
use crate::train::report::{
    ReportError,
    text::{clean, short},
};

/// The library draws on whole pixels: a sheet this many times larger, scaled
/// down by the browser, keeps curves smooth.
const SCALE: i32 = 4;
/// The library divides font sizes by this.
const FONT: f64 = 1.24;
/// Text of axes and labels, in the units of [`Picture`].
pub(super) const SMALL: f64 = 12.0;

/// A sheet or a part of one.
pub(super) type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
/// Axes on a sheet.
pub(super) type Chart<'a, 'b> =
    ChartContext<'a, SVGBackend<'b>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;
/// What goes wrong in drawing.
pub(super) type DrawError = DrawingAreaErrorKind<io::Error>;

/// A picture to be drawn.
#[derive(Debug, Clone, Copy)]
pub(in crate::train::report) struct Picture<'a> {
    /// Unique on the page, fit for an `id`; never taken from data.
    pub(in crate::train::report) id: &'a str,
    /// What it shows.
    pub(in crate::train::report) title: &'a str,
    /// What there is to see, for those who cannot.
    pub(in crate::train::report) description: &'a str,
    /// Width; at this width in CSS pixels, text has its nominal size.
    pub(in crate::train::report) width: i32,
    /// Height, in the same units.
    pub(in crate::train::report) height: i32,
}

impl Picture<'_> {
    /// The picture as inline SVG that fills the width it is given.
    pub(super) fn draw(
        &self,
        draw: impl FnOnce(&Area<'_>) -> Result<(), DrawError>,
    ) -> Result<Markup, ReportError> {
        let (width, height) = (px(self.width), px(self.height));
        let size = (width.unsigned_abs(), height.unsigned_abs());
        let mut document = String::new();
        {
            let area = SVGBackend::with_string(&mut document, size).into_drawing_area();
            draw(&area)
                .and_then(|()| area.present())
                .map_err(|error| ReportError::Chart {
                    title: short(self.title, 200),
                    reason: error.to_string(),
                })?;
        }
        let (title, description) = (format!("{}-t", self.id), format!("{}-d", self.id));
        let view_box = format!("0 0 {width} {height}");
        Ok(html! {
            svg viewBox=(view_box) role="img" aria-labelledby=(format!("{title} {description}")) {
                title id=(title) { (short(self.title, 200)) }
                desc id=(description) { (clean(self.description)) }
                (PreEscaped(content(&document)))
            }
        })
    }
}

/// What stands between the outer tags, without what the style sheet says.
fn content(document: &str) -> String {
    let inner = document.split_once('>').map_or("", |(_, rest)| rest);
    let inner = inner
        .rsplit_once("</svg>")
        .map_or(inner, |(inner, _)| inner);
    // Quotes in data are escaped, so that this cannot hit a name.
    inner
        .replace(" font-family=\"sans-serif\"", "")
        .replace(" opacity=\"1\"", "")
        .replace(" stroke=\"none\"", "")
        .replace(" \"/>", "\"/>")
        .replace('\n', "")
}

/// In the library's pixels.
pub(super) const fn px(units: i32) -> i32 {
    units * SCALE
}

/// A fraction of a unit in the library's pixels.
#[expect(
    clippy::cast_possible_truncation,
    reason = "clamped to what a picture can hold"
)]
pub(super) fn px_f(units: f64) -> i32 {
    (units * f64::from(SCALE)).round().clamp(-1e6, 1e6) as i32
}

/// Line width in the library's pixels.
pub(super) const fn stroke(units: u32) -> u32 {
    units * SCALE.unsigned_abs()
}

/// A style of text; `size` in the units of [`Picture`].
pub(super) fn style(size: f64, color: RGBColor, h: HPos, v: VPos) -> TextStyle<'static> {
    ("sans-serif", size * FONT * f64::from(SCALE))
        .into_font()
        .color(&color)
        .pos(Pos::new(h, v))
}

/// Writes a line at a place in the units of [`Picture`].
pub(super) fn write(
    area: &Area<'_>,
    text: &str,
    (x, y): (f64, f64),
    style: &TextStyle<'_>,
) -> Result<(), DrawError> {
    area.draw_text(text, style, (px_f(x), px_f(y)))
}

/// Axes of a chart.
pub(super) struct Axes<'a> {
    /// What lies along.
    pub(super) x: Range<f64>,
    /// What lies up.
    pub(super) y: Range<f64>,
    /// What it is; no label and no ticks when empty.
    pub(super) x_label: &'a str,
    /// What it is.
    pub(super) y_label: &'a str,
    /// About how many ticks lie along.
    pub(super) x_ticks: usize,
    /// How its values are written.
    pub(super) x_format: fn(f64) -> String,
    /// How its values are written.
    pub(super) y_format: fn(f64) -> String,
}

/// Room left of the axes.
pub(super) const LEFT: i32 = 50;
/// Room right of the axes, for half of the last tick's label; longer ones get
/// more.
const RIGHT: i32 = 20;
/// Half the width of three characters of a tick's label.
const HALF_OF_THREE: usize = 10;

impl Axes<'_> {
    /// Draws them, with the label of the vertical axis above it, where it
    /// reads without turning one's head.
    pub(super) fn draw<'a, 'b>(&self, area: &'a Area<'b>) -> Result<Chart<'a, 'b>, DrawError> {
        let label = style(SMALL, MUTED, HPos::Left, VPos::Top);
        write(area, self.y_label, (2.0, 2.0), &label)?;
        let ticked = !self.x_label.is_empty();
        let mut chart = ChartBuilder::on(area)
            .margin_top(px(24))
            .margin_right(px(self.right()))
            .y_label_area_size(px(LEFT))
            .x_label_area_size(px(if ticked { 40 } else { 4 }))
            .build_cartesian_2d(self.x.clone(), self.y.clone())?;
        let ticks = style(SMALL, INK, HPos::Center, VPos::Center);
        chart
            .configure_mesh()
            .disable_x_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(GRID.stroke_width(stroke(1)))
            .axis_style(AXIS.stroke_width(stroke(1)))
            .label_style(ticks)
            .axis_desc_style(style(SMALL, MUTED, HPos::Center, VPos::Center))
            .x_desc(self.x_label)
            .x_labels(self.x_ticks)
            .y_labels(6)
            .x_label_formatter(&|x| (self.x_format)(*x))
            .y_label_formatter(&|y| (self.y_format)(*y))
            .set_all_tick_mark_size(px(3))
            .draw()?;
        Ok(chart)
    }

    /// The room right of them.
    pub(super) fn right(&self) -> i32 {
        let last = (self.x_format)(self.x.end).chars().count();
        i32::try_from(last * HALF_OF_THREE / 3).map_or(RIGHT, |half| half.max(RIGHT))
    }
}

/// The point of the chart nearest to a place: the library's whole pixels
/// overflow beyond.
pub(super) fn inside(chart: &Chart<'_, '_>, (x, y): (f64, f64)) -> (f64, f64) {
    let (across, up) = (chart.x_range(), chart.y_range());
    (x.clamp(across.start, across.end), y.clamp(up.start, up.end))
}

/// The smallest range that holds all finite values and is wide enough to be
/// drawn; `0..1` when there are none.
pub(super) fn range(values: impl IntoIterator<Item = f64>) -> Range<f64> {
    let (low, high) = values
        .into_iter()
        .filter(|value| value.is_finite())
        .map(|value| value.clamp(-1e100, 1e100))
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(value), high.max(value))
        });
    if low > high {
        return 0.0..1.0;
    }
    let least = 1e-6 * low.abs().max(high.abs()).max(1e-3);
    if high - low < least {
        (low - least)..(high + least)
    } else {
        low..high
    }
}

/// A range with some air above and below.
pub(super) fn padded(range: &Range<f64>, share: f64) -> Range<f64> {
    let air = (range.end - range.start) * share;
    (range.start - air)..(range.end + air)
}
