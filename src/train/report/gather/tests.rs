use std::path::PathBuf;

use super::*;
use crate::{
    customer::Value,
    train::{
        Calibrations, ColumnOverride, Direction, Settings, Shapes, Silent, baseline, evaluation,
        plan::Plan,
        quality,
        report::{Effect, EffectShape, Monotonicity, ReportData, card, html},
        split::Split,
    },
};

fn telco(settings: Settings) -> ChurnTraining {
    let data = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/data/telco/Telco-Customer-Churn.csv"
    );
    let name = "telco".parse().unwrap();
    ChurnTraining {
        id: Some("customerID".to_owned()),
        horizon_days: Some(30),
        settings,
        ..ChurnTraining::new(vec![data.into()], "Churn", "Yes", name, PathBuf::new())
    }
}

fn plain() -> Settings {
    Settings {
        shapes: Shapes::Lines,
        ridge_penalty: Some(1.0),
        calibration: Calibrations::None,
        folds: 0,
        bootstrap: 0,
        ..Settings::default()
    }
}

fn searched() -> Settings {
    Settings {
        knots: 5,
        max_pairs: 2,
        folds: 2,
        bootstrap: 20,
        ..Settings::default()
    }
}

/// Runs a training, and hands what it found to `check`.
fn with_findings<T>(training: &ChurnTraining, check: impl FnOnce(&Findings<'_>) -> T) -> T {
    let settings = &training.settings;
    let table = Table::read(&training.data).unwrap();
    let plan = Plan::make(&table, training).unwrap();
    let design = Design { plan: &plan };
    let parts = Split::of(&plan).held_out(settings.held_out_share, settings.seed);
    let (fitted, held_out) = parts.unwrap();
    let estimate = Estimate::of(&design, &fitted, settings).unwrap();
    let validated = evaluation::cross_validate(&design, settings, &Silent).unwrap();
    check(&Findings {
        training,
        table: &table,
        design: &design,
        quality: &quality::check(&table, &plan),
        estimate: &estimate,
        fitted: &fitted,
        held_out: &held_out,
        cross_validated: validated.as_ref(),
        baseline: &baseline::of(&design, &estimate.model, &fitted).unwrap(),
        configuration: "seed = 42\n",
    })
}

/// A report with the mean contribution of each effect over the fitted rows, as
/// read off the report.
fn report(training: &ChurnTraining) -> (ReportData, Vec<f64>) {
    with_findings(training, |findings| {
        let data = gather(findings).unwrap();
        assert_eq!(gather(findings).unwrap(), data, "deterministic");
        let plan = findings.design.plan;
        let means = data
            .effects
            .iter()
            .zip(&plan.features)
            .map(|(effect, planned)| {
                let rows = findings.fitted.iter();
                let sum: f64 = rows
                    .map(|&row| at(effect, planned.value(plan.rows[row])))
                    .sum();
                sum / findings.fitted.len() as f64
            });
        let means = means.collect();
        (data, means)
    })
}

/// What an effect of a report says of a value.
fn at(effect: &Effect, value: Value<'_>) -> f64 {
    match (&effect.shape, value) {
        (EffectShape::Curve { points, .. }, Value::Number(x)) => {
            let above = points.partition_point(|point| point.x <= x);
            let above = above.clamp(1, points.len() - 1);
            let (a, b) = (points[above - 1], points[above]);
            a.log_odds + (b.log_odds - a.log_odds) * (x - a.x) / (b.x - a.x)
        }
        (EffectShape::Levels(levels), Value::Text(text)) => {
            let own = levels.iter().find(|level| level.name == text);
            let level = own.or(levels.iter().find(|level| level.name == "(other)"));
            level.unwrap().log_odds
        }
        (EffectShape::Levels(levels), Value::Flag(flag)) => levels[usize::from(!flag)].log_odds,
        _ => effect.missing.as_ref().unwrap().log_odds,
    }
}

fn check(training: &ChurnTraining) -> ReportData {
    let (data, means) = report(training);
    assert_eq!(means.len(), 19);
    for (effect, mean) in data.effects.iter().zip(means) {
        assert!(mean.abs() < 1e-9, "{}: {mean}", effect.feature);
        assert!(effect.importance >= 0.0);
    }
    let page = html(&data).unwrap();
    let card = card(&data);
    for effect in &data.effects {
        assert!(page.contains(&effect.feature), "{}", effect.feature);
    }
    assert!(card.contains("telco"));
    let shares: f64 = data.causes.iter().map(|cause| cause.share).sum();
    assert!((shares - 1.0).abs() < 1e-12);
    assert!(data.slices.iter().all(|slice| slice.rows >= 50));
    assert_eq!(data.asked.fitted_rows + data.asked.held_out_rows, 7043);
    let deciles = &data.curves.deciles;
    assert_eq!(
        deciles.iter().map(|d| d.rows).sum::<u64>(),
        data.asked.held_out_rows
    );
    assert!(
        deciles
            .windows(2)
            .all(|pair| pair[0].lowest_probability >= pair[1].lowest_probability)
    );
    data
}

#[test]
fn a_plain_fit_has_a_full_report() {
    let data = check(&telco(plain()));
    assert!(data.performance.plain.is_none());
    assert!(data.performance.cross_validated.is_none() && data.folds.is_empty());
    assert!(
        data.performance
            .held_out
            .area_under_curve
            .interval
            .is_none()
    );
    assert!(
        data.slices
            .iter()
            .all(|s| s.area_under_curve.unwrap().interval.is_none())
    );
    assert!(data.calibrations.is_empty() && data.curves.uncalibrated.is_empty());
    assert!(
        data.asked
            .split
            .ends_with("with the same share of churners")
    );
}

#[test]
fn a_searched_fit_has_a_full_report() {
    let data = check(&telco(searched()));
    let plain = data.performance.plain.unwrap();
    let own = data.performance.held_out.area_under_curve;
    assert_eq!(plain.area_gained.value, own.value - plain.area_under_curve);
    assert!(own.interval.is_some() && plain.log_loss_saved.interval.is_some());
    assert_eq!(data.performance.cross_validated.unwrap().rows, 7043);
    assert_eq!(
        data.folds.iter().map(|fold| fold.fold).collect::<Vec<_>>(),
        [1, 2]
    );
    assert_eq!(data.candidates.iter().filter(|c| c.chosen).count(), 1);
    assert_eq!(data.calibrations.len(), 4);
    assert_eq!(data.calibrations.iter().filter(|c| c.chosen).count(), 1);
    let calibrated = !data.calibrations[0].chosen;
    assert_eq!(data.curves.uncalibrated.is_empty(), !calibrated);
}

#[test]
fn splits_are_told_in_words() {
    let mut grouped = telco(plain());
    grouped.group = Some("TotalCharges".to_owned());
    grouped.settings.slices = vec!["Contract".to_owned(), "MonthlyCharges".to_owned()];
    let (data, _) = report(&grouped);
    assert!(data.asked.split.ends_with("every group on one side"));
    assert!(data.quality.remarks[0].starts_with("Rows of one group"));
    assert!(
        data.slices
            .iter()
            .any(|slice| slice.column == "MonthlyCharges" && slice.value.contains(" to "))
    );
    assert!(data.slices.iter().any(|slice| slice.value == "One year"));

    let mut ordered = telco(Settings {
        folds: 0,
        ..searched()
    });
    ordered.time = Some("tenure".to_owned());
    let rising = ColumnOverride {
        monotone: Some(Direction::Rising),
        ..ColumnOverride::default()
    };
    ordered.columns.insert("MonthlyCharges".to_owned(), rising);
    let (data, _) = report(&ordered);
    assert!(data.asked.split.starts_with("in time: the latest 20"));
    let charges = data
        .effects
        .iter()
        .find(|effect| effect.feature == "MonthlyCharges");
    let charges = charges.unwrap();
    assert_eq!(charges.monotonicity, Some(Monotonicity::Rising));
    let EffectShape::Curve { points, .. } = &charges.shape else {
        panic!("a number has a curve");
    };
    assert!(
        points
            .windows(2)
            .all(|pair| pair[0].log_odds <= pair[1].log_odds)
    );
    // Who has been there for long pays otherwise than who has not.
    assert!(data.watch.features[0].stability_index > Some(0.25));
}

#[test]
fn nothing_drifts_between_equal_parts() {
    with_findings(&telco(plain()), |findings| {
        let same = Findings {
            held_out: findings.fitted,
            ..*findings
        };
        let data = gather(&same).unwrap();
        for feature in &data.watch.features {
            assert_eq!(feature.stability_index, Some(0.0), "{}", feature.feature);
        }
        let importance = |name: &str| {
            let effect = data.effects.iter().find(|effect| effect.feature == name);
            effect.unwrap().importance
        };
        let watched = data.watch.features.iter();
        let watched: Vec<f64> = watched
            .map(|feature| importance(&feature.feature))
            .collect();
        assert!(watched.is_sorted_by(|a, b| a >= b), "by importance");
        assert_eq!(findings.baseline.rows, data.asked.fitted_rows);
        for feature in &findings.baseline.features {
            assert_eq!(feature.counts().iter().sum::<u64>(), findings.baseline.rows);
        }
    });
}

/// For looking at it: `HOLDFAST_REPORT=directory cargo test writes_a_report -- --ignored`.
#[test]
#[ignore = "writes files to look at"]
fn writes_a_report() {
    let Some(directory) = std::env::var_os("HOLDFAST_REPORT") else {
        return;
    };
    let data = with_findings(&telco(Settings::default()), |findings| {
        gather(findings).unwrap()
    });
    let directory = PathBuf::from(directory);
    std::fs::write(directory.join("report-telco.html"), html(&data).unwrap()).unwrap();
    std::fs::write(directory.join("report-telco.md"), card(&data)).unwrap();
}
