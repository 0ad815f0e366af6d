//! ROC, precision-recall, gains and lift; the Lorenz curve.

use maud::Markup;
use plotters::{
    element::{PathElement, Rectangle},
    style::{
        Color, RGBColor,
        text_anchor::{HPos, VPos},
    },
};

use super::{
    canvas::{Area, Axes, Chart, DrawError, Picture, SMALL, inside, px, range, stroke, style},
    palette::{AXIS, BLUE, INK, REFERENCE},
};
use crate::train::report::{
    ReportError,
    data::{Decile, Point},
    text::{percent, rounded},
};

/// The share of churners found against the share of others alarmed.
pub(in crate::train::report) fn roc(
    picture: &Picture<'_>,
    points: &[Point],
) -> Result<Markup, ReportError> {
    let axes = shares("others with a higher score", "churners found");
    picture.draw(|area| against(area, &axes, points, [(0.0, 0.0), (1.0, 1.0)]))
}

/// How many of those contacted leave, by how many of those who leave are found.
pub(in crate::train::report) fn precision_recall(
    picture: &Picture<'_>,
    points: &[Point],
    prevalence: f64,
) -> Result<Markup, ReportError> {
    let axes = shares(
        "churners found (recall)",
        "churners among those contacted (precision)",
    );
    picture.draw(|area| against(area, &axes, points, [(0.0, prevalence), (1.0, prevalence)]))
}

/// The share of churners found against the share of customers contacted.
pub(in crate::train::report) fn gains(
    picture: &Picture<'_>,
    points: &[Point],
) -> Result<Markup, ReportError> {
    let axes = shares("customers contacted, highest score first", "churners found");
    picture.draw(|area| against(area, &axes, points, [(0.0, 0.0), (1.0, 1.0)]))
}

/// The share of value by share of customers, the least valuable first; on the
/// straight line all are worth the same (Lorenz 1905).
pub(in crate::train::report) fn lorenz(
    picture: &Picture<'_>,
    points: &[Point],
) -> Result<Markup, ReportError> {
    let axes = shares("customers, the least valuable first", "share of the value");
    picture.draw(|area| against(area, &axes, points, [(0.0, 0.0), (1.0, 1.0)]))
}

/// How many times the average churn each tenth of the customers has.
pub(in crate::train::report) fn lift(
    picture: &Picture<'_>,
    deciles: &[Decile],
) -> Result<Markup, ReportError> {
    let lifts = deciles.iter().map(|decile| decile.lift);
    let highest = range(lifts.chain([0.0, 1.0])).end;
    let axes = Axes {
        x: 0.5..(deciles.len().max(1) as f64 + 0.5),
        y: 0.0..(highest * 1.15),
        x_label: "tenth of the customers, highest score first",
        y_label: "times the average churn",
        x_ticks: 10,
        x_format: |x| rounded(x, 0),
        y_format: |y| rounded(y, 1),
    };
    picture.draw(|area| {
        let mut chart = axes.draw(area)?;
        let label = style(SMALL, INK, HPos::Center, VPos::Bottom);
        for (index, decile) in deciles.iter().enumerate() {
            let middle = index as f64 + 1.0;
            let known = decile.lift.is_finite();
            let top = if known { decile.lift } else { 0.0 };
            let (_, top) = inside(&chart, (middle, top));
            let bar = [(middle - 0.38, 0.0), (middle + 0.38, top)];
            chart.draw_series([Rectangle::new(bar, BLUE.filled())])?;
            let (x, y) = chart.backend_coord(&(middle, top));
            area.draw_text(&rounded(decile.lift, 1), &label, (x, y - px(1)))?;
        }
        let average = [(axes.x.start, 1.0), (axes.x.end, 1.0)];
        line(&mut chart, &average, REFERENCE, 1)
    })
}

fn shares<'a>(x_label: &'a str, y_label: &'a str) -> Axes<'a> {
    Axes {
        x: 0.0..1.0,
        y: 0.0..1.0,
        x_label,
        y_label,
        x_ticks: 6,
        x_format: |x| percent(x, 0),
        y_format: |y| percent(y, 0),
    }
}

/// A curve, and a straight line to compare it with.
fn against(
    area: &Area<'_>,
    axes: &Axes<'_>,
    points: &[Point],
    reference: [(f64, f64); 2],
) -> Result<(), DrawError> {
    let mut chart = axes.draw(area)?;
    line(&mut chart, &reference, REFERENCE, 1)?;
    let curve: Vec<(f64, f64)> = thinned(points)
        .map(|point| (point.x, point.y))
        .filter(|(x, y)| x.is_finite() && y.is_finite())
        .collect();
    line(&mut chart, &curve, BLUE, 2)
}

/// A few hundred of the points, with the first and the last: more than a
/// screen shows.
pub(super) fn thinned<T>(points: &[T]) -> impl Iterator<Item = &T> {
    const MOST: usize = 400;
    let (every, last) = (
        points.len().div_ceil(MOST).max(1),
        points.len().saturating_sub(1),
    );
    let kept = move |index: &usize| index.is_multiple_of(every) || *index == last;
    points
        .iter()
        .enumerate()
        .filter(move |(index, _)| kept(index))
        .map(|(_, point)| point)
}

/// A line through points of a chart.
pub(super) fn line(
    chart: &mut Chart<'_, '_>,
    points: &[(f64, f64)],
    color: RGBColor,
    width: u32,
) -> Result<(), DrawError> {
    if points.len() < 2 {
        return Ok(());
    }
    let drawn = color.stroke_width(stroke(width));
    let points: Vec<(f64, f64)> = points.iter().map(|&place| inside(chart, place)).collect();
    chart.draw_series([PathElement::new(points, drawn)])?;
    Ok(())
}

/// The zero line of a chart that shows values of either sign.
pub(super) fn zero_line(chart: &mut Chart<'_, '_>, axes: &Axes<'_>) -> Result<(), DrawError> {
    line(chart, &[(axes.x.start, 0.0), (axes.x.end, 0.0)], AXIS, 1)
}
