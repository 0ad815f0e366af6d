//! Lead time against precision: a dot for each rule, a line through the best.

use maud::Markup;
use plotters::{
    element::{Circle, Cross, TriangleMarker},
    style::Color,
};

use super::{
    canvas::{Axes, Chart, DrawError, Picture, inside, padded, px, range, stroke},
    lines::line,
    palette::{BLUE, MUTED, ORANGE, REFERENCE},
};
use crate::train::report::{
    ReportError,
    data::Point,
    text::{percent, rounded},
};

/// Rules by their median lead (x, in days) and their precision (y).
#[derive(Debug, Clone, Copy)]
pub(in crate::train::report) struct Frontier<'a> {
    /// Each rule, in blue.
    pub(in crate::train::report) rules: &'a [Point],
    /// Those that none outdoes, by their lead; joined by a line.
    pub(in crate::train::report) best: &'a [Point],
    /// A rule without a model, as crosses.
    pub(in crate::train::report) recency: &'a [Point],
    /// Another one, as triangles.
    pub(in crate::train::report) own_gap: &'a [Point],
    /// The rule that is advised, in orange.
    pub(in crate::train::report) advised: Point,
    /// The precision of chance.
    pub(in crate::train::report) base_rate: f64,
}

/// Draws them.
pub(in crate::train::report) fn frontier(
    picture: &Picture<'_>,
    shown: &Frontier<'_>,
) -> Result<Markup, ReportError> {
    let sets = [shown.rules, shown.recency, shown.own_gap];
    let all = || sets.into_iter().flatten().chain([&shown.advised]);
    let heights = all().map(|point| point.y).chain([shown.base_rate]);
    let axes = Axes {
        x: padded(&range(all().map(|point| point.x)), 0.05),
        y: padded(&range(heights), 0.08),
        x_label: "median lead of true alarms, days",
        y_label: "alarms that were true (precision)",
        x_ticks: 8,
        x_format: |x| rounded(x, 0),
        y_format: |y| percent(y, 0),
    };
    picture.draw(|area| {
        let mut chart = axes.draw(area)?;
        let chance = [
            (axes.x.start, shown.base_rate),
            (axes.x.end, shown.base_rate),
        ];
        line(&mut chart, &chance, REFERENCE, 1)?;
        let best: Vec<(f64, f64)> = shown.best.iter().map(|point| (point.x, point.y)).collect();
        line(&mut chart, &best, BLUE, 2)?;
        dots(&mut chart, shown.rules)?;
        for place in places(&chart, shown.recency) {
            let drawn = MUTED.stroke_width(stroke(2));
            chart.draw_series([Cross::new(place, px(4), drawn)])?;
        }
        for place in places(&chart, shown.own_gap) {
            chart.draw_series([TriangleMarker::new(place, px(5), MUTED.filled())])?;
        }
        for place in places(&chart, &[shown.advised]) {
            chart.draw_series([Circle::new(place, px(6), ORANGE.filled())])?;
        }
        Ok(())
    })
}

fn dots(chart: &mut Chart<'_, '_>, points: &[Point]) -> Result<(), DrawError> {
    for place in places(chart, points) {
        chart.draw_series([Circle::new(place, px(3), BLUE.mix(0.6).filled())])?;
    }
    Ok(())
}

fn places(chart: &Chart<'_, '_>, points: &[Point]) -> Vec<(f64, f64)> {
    let finite = points.iter().filter(|p| p.x.is_finite() && p.y.is_finite());
    finite.map(|p| inside(chart, (p.x, p.y))).collect()
}
