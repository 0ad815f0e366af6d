//! Curves that look like a fair model's.

use crate::train::report::{
    Baseline, CalibrationBin, CalibrationCandidate, Curves, Decile, HistogramBin, Interval,
    LevelCount, Point, Profit, ProfitPoint, Watch, WatchedFeature,
};

const PREVALENCE: f64 = 0.2654;

/// From (0, 0) to (1, 1), above the diagonal.
fn bowed(power: f64) -> Vec<Point> {
    (0..=100)
        .map(|step| {
            let x = f64::from(step) / 100.0;
            Point {
                x,
                y: 1.0 - (1.0 - x).powf(power),
            }
        })
        .collect()
}

pub(super) fn curves() -> Curves {
    let bin = |index: i32, pull: f64| {
        let mean = 0.03 + 0.082 * f64::from(index);
        let rate = (mean + pull * (mean - 0.4) + 0.01 * f64::from(index).sin()).clamp(0.0, 1.0);
        CalibrationBin {
            rows: 141,
            mean_probability: mean,
            churn_rate: rate,
            interval: Some(Interval {
                low: rate - 0.05,
                high: rate + 0.05,
            }),
        }
    };
    let found = |share: f64| 1.0 - (1.0 - share).powf(3.1);
    Curves {
        roc: bowed(5.5),
        precision_recall: (0..=100)
            .map(|step| {
                let x = f64::from(step) / 100.0;
                Point {
                    x,
                    y: PREVALENCE + (0.9 - PREVALENCE) * (1.0 - x.powf(1.6)),
                }
            })
            .collect(),
        gains: bowed(3.1),
        deciles: (0..10_u32)
            .map(|index| {
                let share = f64::from(index) / 10.0;
                let lift = (found(share + 0.1) - found(share)) * 10.0;
                Decile {
                    rows: 141,
                    #[expect(
                        clippy::cast_possible_truncation,
                        clippy::cast_sign_loss,
                        reason = "a made-up count"
                    )]
                    churned: (141.0 * PREVALENCE * lift).round() as u64,
                    mean_probability: PREVALENCE * lift,
                    lowest_probability: PREVALENCE * lift * 0.9,
                    lift,
                    cumulative_capture: found(share + 0.1),
                }
            })
            .collect(),
        calibration: (0..10).map(|index| bin(index, 0.0)).collect(),
        uncalibrated: (0..10).map(|index| bin(index, 0.2)).collect(),
    }
}

pub(super) fn calibrations() -> Vec<CalibrationCandidate> {
    [
        ("none", Some(0.4153), None, false),
        ("Platt", Some(0.4141), Some(0.0012), false),
        ("beta", Some(0.4131), Some(0.0022), true),
        ("isotonic", None, None, false),
    ]
    .map(|(name, log_loss, gain, chosen)| CalibrationCandidate {
        name: name.to_owned(),
        log_loss,
        gain,
        gain_standard_error: gain.map(|_| 0.0004),
        chosen,
    })
    .to_vec()
}

pub(super) fn profit() -> Profit {
    let point = |step: i32| {
        let share = f64::from(step) / 100.0;
        ProfitPoint {
            threshold: 0.9 * (1.0 - share).powi(2),
            share_contacted: share,
            profit: 12.0 * (1.0 - (1.0 - share).powf(3.1)) - 11.0 * share,
        }
    };
    Profit {
        assumptions: vec![
            ("value of a customer".to_owned(), "200 EUR".to_owned()),
            ("cost of the offer".to_owned(), "10 EUR".to_owned()),
            ("cost of a contact".to_owned(), "1 EUR".to_owned()),
            ("offers accepted".to_owned(), "30 %".to_owned()),
        ],
        unit: "EUR per customer".to_owned(),
        curve: (0..=100).map(point).collect(),
        advised: point(44),
    }
}

/// Counts that rise and fall.
pub(super) fn hill(from: f64, to: f64, bins: u32) -> Vec<HistogramBin> {
    let width = (to - from) / f64::from(bins);
    (0..bins)
        .map(|bin| HistogramBin {
            from: from + width * f64::from(bin),
            to: from + width * f64::from(bin + 1),
            rows: u64::from(30 + 12 * bin * (bins - bin) + 400 * u32::from(bin == 0)),
        })
        .collect()
}

pub(super) fn watch() -> Watch {
    let feature = |name: &str, missing_share, stability_index, baseline| WatchedFeature {
        feature: name.to_owned(),
        missing_share,
        stability_index,
        baseline,
    };
    let levels = |counts: &[(&str, u64)]| {
        let level = |&(name, rows): &(&str, u64)| LevelCount {
            name: name.to_owned(),
            rows,
        };
        Baseline::Levels(counts.iter().map(level).collect())
    };
    Watch {
        prevalence: PREVALENCE,
        probabilities: hill(0.0, 0.9, 20),
        features: vec![
            feature(
                "tenure",
                0.0,
                Some(0.012),
                Baseline::Histogram(hill(0.0, 72.0, 18)),
            ),
            feature(
                "Contract",
                0.0,
                Some(0.131),
                levels(&[
                    ("Month-to-month", 3875),
                    ("Two year", 1695),
                    ("One year", 1473),
                ]),
            ),
            feature(
                "MonthlyCharges",
                0.002,
                None,
                Baseline::Histogram(hill(18.25, 118.75, 18)),
            ),
        ],
    }
}
