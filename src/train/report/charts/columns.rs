//! Upright bars: one or two for each name, or one for each bin of a number.

use maud::Markup;
use plotters::{
    element::Rectangle,
    style::{
        Color, RGBColor,
        text_anchor::{HPos, VPos},
    },
};

use super::{
    canvas::{Axes, Picture, SMALL, inside, px, range, style},
    palette::{BLUE, INK, ORANGE},
};
use crate::train::report::{
    ReportError,
    data::HistogramBin,
    text::{compact, fitting},
};

/// The bars above one name.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::train::report) struct Column {
    /// What stands below.
    pub(in crate::train::report) name: String,
    /// What happened, in orange; none is drawn without it.
    pub(in crate::train::report) actual: Option<f64>,
    /// What the model expects, in blue.
    pub(in crate::train::report) expected: f64,
}

/// Bars from zero up, side by side where both are known.
pub(in crate::train::report) fn columns(
    picture: &Picture<'_>,
    columns: &[Column],
    x_label: &str,
    y_label: &str,
) -> Result<Markup, ReportError> {
    let heights = columns
        .iter()
        .flat_map(|column| [Some(column.expected), column.actual])
        .flatten();
    let axes = Axes {
        x: 0.5..(columns.len().max(1) as f64 + 0.5),
        y: 0.0..(range(heights.chain([0.0])).end * 1.1),
        x_label,
        y_label,
        x_ticks: 0,
        x_format: |_| String::new(),
        y_format: compact,
    };
    // Names that would run into each other are left out, evenly.
    let room = f64::from(picture.width - 70) / columns.len().max(1) as f64;
    let every = columns
        .iter()
        .map(|column| 8.0 * column.name.chars().count() as f64 / room)
        .fold(1.0, f64::max)
        .min(columns.len().max(1) as f64);
    picture.draw(|area| {
        let mut chart = axes.draw(area)?;
        let label = style(SMALL, INK, HPos::Center, VPos::Top);
        let mut next = 0.0;
        for (index, column) in columns.iter().enumerate() {
            let middle = index as f64 + 1.0;
            let bars: [(Option<f64>, f64, f64, RGBColor); 2] = if column.actual.is_some() {
                [
                    (column.actual, -0.4, -0.01, ORANGE),
                    (Some(column.expected), 0.01, 0.4, BLUE),
                ]
            } else {
                [
                    (None, 0.0, 0.0, ORANGE),
                    (Some(column.expected), -0.38, 0.38, BLUE),
                ]
            };
            for (height, from, to, color) in bars {
                let Some(height) = height.filter(|height| height.is_finite()) else {
                    continue;
                };
                let (_, top) = inside(&chart, (middle, height));
                let corners = [(middle + from, 0.0), (middle + to, top)];
                chart.draw_series([Rectangle::new(corners, color.filled())])?;
            }
            if index as f64 >= next {
                next += every;
                let (x, y) = chart.backend_coord(&(middle, 0.0));
                area.draw_text(&fitting(&column.name, room * every), &label, (x, y + px(5)))?;
            }
        }
        Ok(())
    })
}

/// How a number lies: a bar of customers for each bin.
pub(in crate::train::report) fn distribution(
    picture: &Picture<'_>,
    bins: &[HistogramBin],
    x_label: &str,
    y_label: &str,
) -> Result<Markup, ReportError> {
    let most = bins.iter().map(|bin| bin.rows as f64);
    let axes = Axes {
        x: range(bins.iter().flat_map(|bin| [bin.from, bin.to])),
        y: 0.0..(range(most.chain([0.0, 1.0])).end * 1.08),
        x_label,
        y_label,
        x_ticks: 6,
        x_format: compact,
        y_format: compact,
    };
    picture.draw(|area| {
        let chart = axes.draw(area)?;
        for bin in bins.iter().filter(|bin| bin.rows > 0) {
            let bounds = bin.from.is_finite() && bin.to.is_finite();
            if !bounds {
                continue;
            }
            let (from, _) = inside(&chart, (bin.from, 0.0));
            let (to, top) = inside(&chart, (bin.to, bin.rows as f64));
            let (left, _) = chart.backend_coord(&(from, 0.0));
            let (right, top) = chart.backend_coord(&(to, top));
            let (_, bottom) = chart.backend_coord(&(from, 0.0));
            let corners = [(left, top), ((right - 2).max(left + 1), bottom)];
            area.draw(&Rectangle::new(corners, BLUE.filled()))?;
        }
        Ok(())
    })
}
