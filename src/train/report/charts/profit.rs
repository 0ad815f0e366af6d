//! Profit by how many customers are contacted.

use maud::Markup;
use plotters::{
    element::Circle,
    style::{
        Color,
        text_anchor::{HPos, VPos},
    },
};

use super::{
    canvas::{Axes, Picture, SMALL, inside, padded, px, range, style},
    lines::{line, thinned, zero_line},
    palette::{BLUE, ORANGE},
};
use crate::train::report::{
    ReportError,
    data::Profit,
    text::{compact, percent, short},
};

/// The profit curve, with the advised threshold marked.
pub(in crate::train::report) fn profit(
    picture: &Picture<'_>,
    profit: &Profit,
) -> Result<Markup, ReportError> {
    let advised = profit.advised;
    let values = profit.curve.iter().map(|point| point.profit);
    let values = values.chain([0.0, advised.profit]);
    let unit = short(&profit.unit, 40);
    let axes = Axes {
        x: 0.0..1.0,
        y: padded(&range(values), 0.08),
        x_label: "customers contacted, highest score first",
        y_label: &unit,
        x_ticks: 6,
        x_format: |x| percent(x, 0),
        y_format: compact,
    };
    picture.draw(|area| {
        let mut chart = axes.draw(area)?;
        zero_line(&mut chart, &axes)?;
        let curve: Vec<(f64, f64)> = thinned(&profit.curve)
            .map(|point| (point.share_contacted, point.profit))
            .filter(|(x, y)| x.is_finite() && y.is_finite())
            .collect();
        line(&mut chart, &curve, BLUE, 2)?;
        let x = advised.share_contacted.clamp(0.0, 1.0);
        line(&mut chart, &[(x, axes.y.start), (x, axes.y.end)], ORANGE, 1)?;
        if advised.profit.is_finite() {
            let best = inside(&chart, (x, advised.profit));
            chart.draw_series([Circle::new(best, px(5), ORANGE.filled())])?;
        }
        // Beside the line, on the side with more room.
        let (side, gap) = if x < 0.4 {
            (HPos::Left, px(6))
        } else {
            (HPos::Right, -px(6))
        };
        let label = style(SMALL, ORANGE, side, VPos::Bottom);
        let (at, height) =
            chart.backend_coord(&(x, axes.y.start + 0.3 * (axes.y.end - axes.y.start)));
        let words = format!("advised: probability ≥ {}", percent(advised.threshold, 1));
        area.draw_text(&words, &label, (at + gap, height))
    })
}
