//! What happened against what was expected, by time.

use maud::Markup;
use plotters::style::{
    RGBColor,
    text_anchor::{HPos, VPos},
};

use super::{
    canvas::{Axes, Picture, SMALL, px, range, style},
    lines::{line, thinned},
    palette::{BLUE, MUTED, ORANGE, REFERENCE},
};
use crate::train::report::{ReportError, data::Point, text::compact};

/// Two lines over time.
#[derive(Debug, Clone, Copy)]
pub(in crate::train::report) struct OverTime<'a> {
    /// What happened, in orange.
    pub(in crate::train::report) actual: &'a [Point],
    /// What the model expects, in blue.
    pub(in crate::train::report) expected: &'a [Point],
    /// An upright line at a time, and what it says.
    pub(in crate::train::report) mark: Option<(f64, &'a str)>,
    /// What time is.
    pub(in crate::train::report) x_label: &'a str,
    /// What the lines are.
    pub(in crate::train::report) y_label: &'a str,
    /// How times are written.
    pub(in crate::train::report) x_format: fn(f64) -> String,
    /// How high the axis reaches at least.
    pub(in crate::train::report) y_least: f64,
}

/// Draws both lines from zero up.
pub(in crate::train::report) fn over_time(
    picture: &Picture<'_>,
    lines: &OverTime<'_>,
) -> Result<Markup, ReportError> {
    let both = || lines.actual.iter().chain(lines.expected);
    let highest = range(both().map(|point| point.y).chain([0.0, lines.y_least])).end;
    let axes = Axes {
        x: range(both().map(|point| point.x)),
        y: 0.0..(highest * 1.05),
        x_label: lines.x_label,
        y_label: lines.y_label,
        x_ticks: 5,
        x_format: lines.x_format,
        y_format: compact,
    };
    let drawn: [(&[Point], RGBColor); 2] = [(lines.actual, ORANGE), (lines.expected, BLUE)];
    picture.draw(|area| {
        let mut chart = axes.draw(area)?;
        let mark = lines.mark.filter(|(x, _)| axes.x.contains(x));
        if let Some((x, words)) = mark {
            let upright = [(x, axes.y.start), (x, axes.y.end)];
            line(&mut chart, &upright, REFERENCE, 1)?;
            let late = x > f64::midpoint(axes.x.start, axes.x.end);
            let (side, gap) = if late {
                (HPos::Right, -px(5))
            } else {
                (HPos::Left, px(5))
            };
            let (at, top) = chart.backend_coord(&(x, axes.y.end));
            area.draw_text(
                words,
                &style(SMALL, MUTED, side, VPos::Top),
                (at + gap, top),
            )?;
        }
        for (points, color) in drawn {
            let points: Vec<(f64, f64)> = thinned(points)
                .filter(|point| point.x.is_finite() && point.y.is_finite())
                .map(|point| (point.x, point.y))
                .collect();
            line(&mut chart, &points, color, 2)?;
        }
        Ok(())
    })
}
