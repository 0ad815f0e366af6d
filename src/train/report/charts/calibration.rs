//! Probabilities against what happened.

use maud::Markup;
use plotters::{
    element::{Circle, TriangleMarker},
    style::Color,
};

use super::{
    canvas::{Axes, Picture, inside, px, range},
    lines::line,
    palette::{BLUE, ORANGE, REFERENCE},
};
use crate::train::report::{ReportError, data::CalibrationBin, text::percent};

/// Each bin's share of churners with its interval, against its mean
/// probability; triangles are the bins before calibration.
pub(in crate::train::report) fn calibration(
    picture: &Picture<'_>,
    bins: &[CalibrationBin],
    before: &[CalibrationBin],
) -> Result<Markup, ReportError> {
    let highest = bins.iter().chain(before).flat_map(|bin| {
        let top = bin
            .interval
            .map_or(bin.churn_rate, |interval| interval.high);
        [bin.mean_probability, top]
    });
    let highest = (range(highest).end * 1.05).clamp(0.05, 1.0);
    let axes = Axes {
        x: 0.0..highest,
        y: 0.0..highest,
        x_label: "probability that the model states",
        y_label: "customers who left",
        x_ticks: 6,
        x_format: |x| percent(x, 0),
        y_format: |y| percent(y, 0),
    };
    picture.draw(|area| {
        let mut chart = axes.draw(area)?;
        line(&mut chart, &[(0.0, 0.0), (highest, highest)], REFERENCE, 1)?;
        for bin in before.iter().filter(|bin| drawable(bin)) {
            let place = inside(&chart, (bin.mean_probability, bin.churn_rate));
            chart.draw_series([TriangleMarker::new(place, px(5), ORANGE.filled())])?;
        }
        let dots: Vec<(f64, f64)> = bins
            .iter()
            .filter(|bin| drawable(bin))
            .map(|bin| (bin.mean_probability, bin.churn_rate))
            .collect();
        line(&mut chart, &dots, BLUE, 1)?;
        for bin in bins.iter().filter(|bin| drawable(bin)) {
            let x = bin.mean_probability;
            if let Some(interval) = bin.interval {
                let (low, high) = (interval.low.max(0.0), interval.high.min(highest));
                line(&mut chart, &[(x, low), (x, high)], BLUE, 1)?;
            }
            let place = inside(&chart, (x, bin.churn_rate));
            chart.draw_series([Circle::new(place, px(4), BLUE.filled())])?;
        }
        Ok(())
    })
}

fn drawable(bin: &CalibrationBin) -> bool {
    bin.mean_probability.is_finite() && bin.churn_rate.is_finite()
}
