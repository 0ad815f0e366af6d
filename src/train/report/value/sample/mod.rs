//! A made-up run that looks like one on the CDNOW sample, for tests.

mod fits;
mod groups;

use super::*;
use crate::{
    customer::{Day, Occasion, Refunds, TimeUnit},
    model::{FrequencyFigures, HoldOut, HoldOutFigures, SpendFigures},
    train::report::{
        CardNotes, DataFile, Figure, HistogramBin, Point,
        sample::{NASTY, figure},
    },
};

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// A run as one would hope for.
pub(super) fn cdnow() -> ValueReportData {
    ValueReportData {
        asked: asked(),
        log: log(),
        cleaning: cleaning(),
        terms: terms(),
        purchase_fits: fits::purchase_fits(),
        published: Some(fits::published()),
        choice: Some(Choice::BestLogScore),
        spend: Some(fits::spend()),
        spend_regression: Some(fits::regression()),
        retention: None,
        hold_out: Some(hold_out()),
        tracking: Some(tracking()),
        maps: Some(maps()),
        worth: Some(worth()),
        cohorts: groups::cohorts(),
        segments: groups::segments(),
        matrix: Some(groups::matrix()),
        indicators: groups::indicators(),
        remarks: vec!["Times were read in UTC.".to_owned()],
        notes: CardNotes {
            data_source: Some("PyPI package lifetimes 0.11.3, CDNOW sample".to_owned()),
            data_licence: Some("MIT".to_owned()),
            ..CardNotes::default()
        },
    }
}

/// The same with nasty text wherever text comes from the data or the settings.
pub(super) fn nasty() -> ValueReportData {
    let mut data = cdnow();
    let [script, image, link, reversed] = NASTY.map(str::to_owned);
    data.asked.model.clone_from(&script);
    data.asked.version = Some(image.clone());
    data.asked.files[0].name.clone_from(&link);
    data.asked.command = Some(script.clone());
    data.asked.config_toml.push_str(&script);
    data.asked.trainer_version.clone_from(&link);
    data.cleaning[0].rule.clone_from(&script);
    data.cleaning[1].treatment.clone_from(&image);
    data.cleaning[2].first = Some(link.clone());
    data.terms.currency = Some(script.clone());
    data.purchase_fits[0].name.clone_from(&script);
    data.purchase_fits[1].parameters[0].name.clone_from(&image);
    data.purchase_fits[2].failure = Some(link.clone());
    if let Some(spend) = &mut data.spend {
        spend.name.clone_from(&image);
        spend.parameters[0].name.clone_from(&script);
    }
    if let Some(regression) = &mut data.spend_regression {
        regression.name.clone_from(&link);
        regression.coefficients[0].column.clone_from(&script);
    }
    data.retention = Some(fits::retention());
    if let Some(retention) = &mut data.retention {
        retention.period.clone_from(&script);
        retention.parameters[0].name.clone_from(&image);
    }
    data.cohorts[0].month.clone_from(&script);
    data.segments[0].title.clone_from(&script);
    data.segments[0].rule.clone_from(&link);
    data.segments[0].rows[0].name.clone_from(&image);
    data.segments[0].rows[1].name.clone_from(&reversed);
    if let Some(matrix) = &mut data.matrix {
        matrix.current[0].name.clone_from(&script);
        matrix.potential[0].name.clone_from(&image);
        matrix.cells[0][0].tier = Some(link.clone());
        if let Some(tiering) = &mut matrix.tiering {
            tiering.rule.clone_from(&script);
            tiering.tiers[0].name.clone_from(&image);
        }
    }
    data.remarks.push(script);
    data.notes.contact = Some(link);
    data
}

/// As little as a run can have: no hold-out, no money, no groups.
pub(super) fn bare() -> ValueReportData {
    let mut data = cdnow();
    data.asked.calibration_end = None;
    data.cleaning.clear();
    data.log.spend = None;
    data.log.returned = None;
    data.terms.currency = None;
    data.purchase_fits.truncate(1);
    data.purchase_fits[0].hold_out = None;
    data.published = None;
    data.choice = None;
    data.spend = None;
    data.spend_regression = None;
    data.hold_out = None;
    data.tracking = None;
    data.maps = None;
    data.worth = None;
    data.cohorts.clear();
    data.segments.clear();
    data.matrix = None;
    data.indicators = Indicators::default();
    data.remarks.clear();
    data
}

/// Contracts only.
pub(super) fn contracts() -> ValueReportData {
    let mut data = bare();
    data.purchase_fits.clear();
    data.retention = Some(fits::retention());
    data.indicators.renewal_rate = Some(0.869);
    data
}

fn asked() -> ValueAsked {
    ValueAsked {
        model: "cdnow-value".to_owned(),
        version: Some("1".to_owned()),
        files: vec![DataFile {
            name: "cdnow_sample.csv".to_owned(),
            sha256: "4f0b1c0f0d4f2a3c8f0b8f7d1f3cdb4e6a1b4bd2f4f5e2f0c9b6f7a8d9e0f1a2".to_owned(),
            rows: 6919,
        }],
        calibration_end: Some(day("1997-09-30")),
        observed_until: day("1998-06-30"),
        trainer_version: "0.2.0".to_owned(),
        command: Some("holdfast-train value --log cdnow_sample.csv --customer id --time date --amount dollars --currency USD --name cdnow-value".to_owned()),
        config_toml: "[log]\ncustomer = \"id\"\nrefunds = \"net\"\n\n[terms]\nmargin = 1.0\n".to_owned(),
    }
}

fn log() -> LogFacts {
    LogFacts {
        lines: 6919,
        lines_used: 6896,
        purchases: 6696,
        customers: 2357,
        repeat_customers: 1162,
        first_day: day("1997-01-01"),
        last_day: day("1998-06-30"),
        spend: Some(242_086.3),
        returned: Some(812.4),
        occasion: Occasion::Day,
        refunds: Refunds::Net,
    }
}

fn cleaning() -> Vec<CleaningStep> {
    let step = |rule: &str, treatment: &str, lines, money, first: Option<&str>| CleaningStep {
        rule: rule.to_owned(),
        treatment: treatment.to_owned(),
        lines,
        money,
        first: first.map(str::to_owned),
    };
    vec![
        step("line without a customer", "dropped", 0, None, None),
        step(
            "line that repeats another",
            "dropped",
            15,
            Some(391.2),
            Some("cdnow_sample.csv, line 107"),
        ),
        step(
            "price of zero",
            "dropped",
            8,
            Some(0.0),
            Some("cdnow_sample.csv, line 88"),
        ),
        step(
            "refund",
            "netted",
            12,
            Some(812.4),
            Some("cdnow_sample.csv, line 1203"),
        ),
        step(
            "several lines of one customer and day",
            "one purchase",
            223,
            None,
            None,
        ),
    ]
}

fn terms() -> ValueTerms {
    ValueTerms {
        currency: Some("USD".to_owned()),
        unit: TimeUnit::Week,
        horizon_days: 90.0,
        periods: 12,
        period_days: 30.4375,
        discount_rate: 0.01,
        margin: 0.3,
        confidence: 0.95,
    }
}

fn figures(expected: f64, mean_absolute: f64, root_mean_squared: f64) -> HoldOutFigures {
    HoldOutFigures {
        expected_purchases: expected,
        mean_absolute_error: mean_absolute,
        root_mean_squared_error: root_mean_squared,
        log_score: Some(-0.9312),
        area_under_curve: Some(0.7904),
        silent_share: Some(0.7021),
    }
}

fn rate(expected: f64, mean_absolute: f64, root_mean_squared: f64) -> HoldOutFigures {
    HoldOutFigures {
        log_score: None,
        area_under_curve: None,
        silent_share: None,
        ..figures(expected, mean_absolute, root_mean_squared)
    }
}

fn hold_out() -> HoldOut {
    let expected = [0.225, 0.523, 1.044, 1.52, 2.164, 2.654, 3.504, 6.157];
    let actual = [0.237, 0.697, 1.393, 1.56, 2.532, 2.947, 3.862, 6.359];
    let customers = [1411, 439, 214, 100, 62, 38, 29, 64];
    let bin = |frequency: usize| FrequencyFigures {
        frequency: u32::try_from(frequency).unwrap(),
        or_more: frequency == 7,
        customers: customers[frequency],
        actual: actual[frequency],
        expected: expected[frequency],
    };
    HoldOut {
        calibration_end: day("1997-09-30"),
        until: day("1998-06-30"),
        customers: 2357,
        purchases: 1882,
        silent_customers: 1673,
        model: figures(1768.4, 0.7432, 1.5967),
        own_rate: rate(2905.0, 0.9013, 2.0412),
        common_rate: rate(2905.0, 1.2213, 2.2412),
        by_frequency: (0..8).map(bin).collect(),
        spend: Some(SpendFigures {
            actual: 68_114.0,
            expected: 65_102.5,
            mean_absolute_error: 29.81,
            naive_mean_absolute_error: 36.02,
        }),
    }
}

fn tracking() -> Tracking {
    let start = day("1997-01-01");
    let mut sums = (0.0, 0.0);
    let periods = (1..=78_u32)
        .map(|week| {
            let t = f64::from(week);
            let expected =
                62.0 * (1.0 - (-t / 6.0).exp()) * (1.0 + 4.0 / (t + 4.0)) * (-t / 110.0).exp();
            let actual = (expected * (1.0 + 0.18 * (t * 1.9).sin())).round();
            sums = (sums.0 + actual, sums.1 + expected);
            TrackedPeriod {
                until: start.plus_days(i64::from(week) * 7 - 1).unwrap(),
                actual,
                expected,
                actual_cumulative: sums.0,
                expected_cumulative: sums.1,
            }
        })
        .collect();
    Tracking {
        period_days: 7,
        calibration_end: Some(day("1997-09-30")),
        periods,
    }
}

fn maps() -> FrequencyRecencyMaps {
    let frequency: Vec<u32> = (0..=12).collect();
    let recency: Vec<f64> = (0..=12).map(|step| f64::from(step) * 78.0 / 12.0).collect();
    let map = |of: &dyn Fn(f64, f64) -> f64| {
        frequency
            .iter()
            .map(|&x| {
                recency
                    .iter()
                    .map(|&t| {
                        if (x == 0) == (t == 0.0) {
                            of(f64::from(x), t)
                        } else {
                            f64::NAN
                        }
                    })
                    .collect()
            })
            .collect()
    };
    let alive = |x: f64, t: f64| 1.0 / (1.0 + 0.4 * (x * (1.0 - t / 78.0)).exp());
    FrequencyRecencyMaps {
        p_alive: map(&alive),
        expected_purchases: map(&|x, t| alive(x, t) * (0.24 + x) / 82.0 * 12.9),
        frequency,
        recency,
        observation: 78.0,
        unit: TimeUnit::Week,
        horizon_days: 90.0,
    }
}

fn worth() -> Worth {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "from 0 to 1300, and whole customers are meant"
    )]
    let bins = (0..30_u32).map(|bin| HistogramBin {
        from: f64::from(bin) * 5.0,
        to: f64::from(bin + 1) * 5.0,
        rows: (1300.0 * (-f64::from(bin) / 2.6).exp()) as u64,
    });
    let lorenz = (0..=100).map(|step| {
        let x = f64::from(step) / 100.0;
        Point { x, y: x.powf(4.1) }
    });
    Worth {
        customers: 2357,
        total: figure(21_452.9, 1204.0),
        mean: figure(9.1018, 0.5108),
        median: 2.61,
        histogram: bins.collect(),
        concentration: Some(Concentration {
            lorenz: lorenz.collect(),
            top_fifth_share: 0.6714,
            gini: 0.6231,
        }),
        by_period: (0..12).map(|month| 2100.0 * 0.97_f64.powi(month)).collect(),
    }
}

/// A figure without an interval.
pub(super) fn plain(value: f64) -> Figure {
    Figure {
        value,
        interval: None,
    }
}
