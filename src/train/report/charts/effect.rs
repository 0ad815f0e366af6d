//! The effect of a number, and where the rows lie.

use std::ops::Range;

use maud::Markup;
use plotters::{
    element::{Polygon, Rectangle},
    style::{
        Color,
        text_anchor::{HPos, VPos},
    },
};

use super::{
    canvas::{Area, Axes, DrawError, LEFT, Picture, SMALL, inside, px, px_f, range, style, write},
    lines::{line, zero_line},
    palette::{BLUE, INK, MUTED, ORANGE, SUPPORT},
};
use crate::train::report::{
    ReportError,
    data::{CurvePoint, HistogramBin},
    text::{compact, signed},
};

/// Room for the histogram under the curve.
const SUPPORT_HEIGHT: i32 = 34;
/// Room for the bar of missing values right of the curve.
const MISSING_WIDTH: i32 = 58;
/// Effects too small to matter shall look small: axes reach at least this far.
const LEAST: f64 = 0.1;

/// The contribution of a number by its value, with a band of two standard
/// errors, a histogram of the rows beneath, and a bar for missing values.
pub(in crate::train::report) fn curve(
    picture: &Picture<'_>,
    points: &[CurvePoint],
    support: &[HistogramBin],
    missing: Option<f64>,
) -> Result<Markup, ReportError> {
    let points: Vec<CurvePoint> = points
        .iter()
        .filter(|point| point.x.is_finite() && point.log_odds.is_finite())
        .copied()
        .collect();
    let missing = missing.filter(|log_odds| log_odds.is_finite());
    let ends = points.iter().flat_map(band);
    let ends = range(ends.chain(missing).chain([-LEAST, LEAST]));
    let axes = Axes {
        x: range(points.iter().map(|point| point.x)),
        y: ends.clone(),
        x_label: "",
        y_label: "change of log-odds",
        x_ticks: 0,
        x_format: compact,
        y_format: if ends.end - ends.start < 1.2 {
            |y| signed(y, 2)
        } else {
            |y| signed(y, 1)
        },
    };
    picture.draw(|area| {
        let (upper, lower) = area.split_vertically(px(picture.height - SUPPORT_HEIGHT - 22));
        let width = picture.width - missing.map_or(0, |_| MISSING_WIDTH);
        let (left, right) = upper.split_horizontally(px(width));
        let mut chart = axes.draw(&left)?;
        let outline: Vec<(f64, f64)> = points
            .iter()
            .map(|point| (point.x, band(point)[1]))
            .chain(points.iter().rev().map(|point| (point.x, band(point)[0])))
            .map(|place| inside(&chart, place))
            .collect();
        if points.iter().any(|point| point.standard_error.is_some()) {
            chart.draw_series([Polygon::new(outline, BLUE.mix(0.18).filled())])?;
        }
        zero_line(&mut chart, &axes)?;
        let curve: Vec<(f64, f64)> = points.iter().map(|p| (p.x, p.log_odds)).collect();
        line(&mut chart, &curve, BLUE, 2)?;
        if let Some(log_odds) = missing {
            let zero = chart.backend_coord(&(axes.x.start, 0.0)).1;
            let end = chart
                .backend_coord(&inside(&chart, (axes.x.start, log_odds)))
                .1;
            missing_bar(&right, zero, end, log_odds > 0.0)?;
        }
        bins(&lower, support, &axes.x, width - axes.right())
    })
}

/// Two standard errors down and up.
fn band(point: &CurvePoint) -> [f64; 2] {
    let spread = 2.0
        * point
            .standard_error
            .filter(|e| e.is_finite())
            .unwrap_or(0.0);
    [point.log_odds - spread, point.log_odds + spread]
}

/// `zero` and `end` are heights in the library's pixels.
fn missing_bar(area: &Area<'_>, zero: i32, end: i32, rises: bool) -> Result<(), DrawError> {
    let color = if rises { ORANGE } else { BLUE };
    let (width, _) = area.dim_in_pixel();
    let middle = i32::try_from(width / 2).unwrap_or(0);
    // Heights are of the whole sheet, which starts where this part does.
    let corners = [
        (middle - px(9), zero.min(end)),
        (middle + px(9), zero.max(end)),
    ];
    area.draw(&Rectangle::new(corners, color.filled()))?;
    let label = style(SMALL, MUTED, HPos::Center, VPos::Top);
    area.draw_text("missing", &label, (middle, px(2)))
}

/// Bars of rows under a horizontal axis that ends at `right`, and whose ends are
/// labelled.
fn bins(
    area: &Area<'_>,
    support: &[HistogramBin],
    x: &Range<f64>,
    right: i32,
) -> Result<(), DrawError> {
    let (from, to) = (f64::from(LEFT), f64::from(right));
    let place = |value: f64| {
        let share = ((value - x.start) / (x.end - x.start)).clamp(0.0, 1.0);
        px_f(from + share * (to - from))
    };
    let height = f64::from(SUPPORT_HEIGHT);
    let most = support.iter().map(|bin| bin.rows).max().unwrap_or(0).max(1);
    for bin in support.iter().filter(|bin| bin.rows > 0) {
        let share = bin.rows as f64 / most as f64;
        let corners = [
            (place(bin.from), px_f(height * (1.0 - share))),
            (place(bin.to) - 2, px_f(height)),
        ];
        area.draw(&Rectangle::new(corners, SUPPORT.filled()))?;
    }
    let label = style(SMALL, MUTED, HPos::Left, VPos::Top);
    write(area, "rows", (2.0, height - 16.0), &label)?;
    let middle = f64::midpoint(x.start, x.end);
    for (value, side) in [
        (x.start, HPos::Left),
        (middle, HPos::Center),
        (x.end, HPos::Right),
    ] {
        let label = style(SMALL, INK, side, VPos::Top);
        area.draw_text(&compact(value), &label, (place(value), px_f(height + 5.0)))?;
    }
    Ok(())
}

/// A histogram by itself, small enough for a table.
pub(in crate::train::report) fn histogram(
    picture: &Picture<'_>,
    support: &[HistogramBin],
) -> Result<Markup, ReportError> {
    let x = range(support.iter().flat_map(|bin| [bin.from, bin.to]));
    let picture = Picture {
        height: SUPPORT_HEIGHT + 22,
        ..*picture
    };
    picture.draw(|area| bins(area, support, &x, picture.width))
}
