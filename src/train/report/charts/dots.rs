//! The same figure many times over, as dots on a line.

use maud::Markup;
use plotters::{element::Circle, style::Color};

use super::{
    canvas::{Axes, Picture, inside, padded, px, range},
    lines::line,
    palette::{BLUE, ORANGE},
};
use crate::train::report::{ReportError, text::rounded};

/// One dot for each value, a line of them for each group, and an upright line
/// at `mean`.
pub(in crate::train::report) fn dots(
    picture: &Picture<'_>,
    label: &str,
    groups: &[Vec<f64>],
    mean: f64,
) -> Result<Markup, ReportError> {
    let values = groups.iter().flatten().copied().chain([mean]);
    let rows = groups.len().max(1) as f64;
    let axes = Axes {
        x: padded(&range(values), 0.15),
        y: 0.5..(rows + 0.5),
        x_label: label,
        y_label: "repeat",
        x_ticks: 5,
        x_format: |x| rounded(x, 3),
        y_format: |y| {
            if y.fract() == 0.0 {
                rounded(y, 0)
            } else {
                String::new()
            }
        },
    };
    picture.draw(|area| {
        let mut chart = axes.draw(area)?;
        if mean.is_finite() {
            line(
                &mut chart,
                &[(mean, axes.y.start), (mean, axes.y.end)],
                ORANGE,
                1,
            )?;
        }
        for (row, group) in groups.iter().enumerate() {
            let y = row as f64 + 1.0;
            for &x in group.iter().filter(|value| value.is_finite()) {
                let place = inside(&chart, (x, y));
                chart.draw_series([Circle::new(place, px(4), BLUE.mix(0.7).filled())])?;
            }
        }
        Ok(())
    })
}
