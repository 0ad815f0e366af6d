//! The figures, the calibrations and DeLong's test against scikit-learn, on
//! fixed vectors; `tests/fixtures/metrics/make.py` says how they were made.

use holdfast::model::{
    Calibration, CalibrationMethod, Point, ProfitMeasure, Ranking, compare_areas, logistic,
};
use serde_json::Value;

const TOLERANCE: f64 = 1e-9;

struct Vector {
    name: String,
    log_odds: Vec<f64>,
    other_log_odds: Vec<f64>,
    churned: Vec<bool>,
    expected: Value,
}

impl Vector {
    fn number(&self, key: &str) -> f64 {
        self.expected[key].as_f64().unwrap()
    }

    fn numbers(&self, key: &str) -> Vec<f64> {
        numbers(&self.expected[key])
    }

    fn points(&self, key: &str) -> Vec<Vec<f64>> {
        let points = self.expected[key].as_array().unwrap();
        points.iter().map(numbers).collect()
    }

    fn fit(&self, method: CalibrationMethod) -> Calibration {
        method.fit(&self.log_odds, &self.churned, None).unwrap()
    }

    #[track_caller]
    fn assert_close(&self, found: &[f64], expected: &[f64]) {
        assert_eq!(found.len(), expected.len(), "{}", self.name);
        for (found, expected) in found.iter().zip(expected) {
            let error = (found - expected).abs();
            assert!(error < TOLERANCE, "{}: {found} {expected}", self.name);
        }
    }
}

fn numbers(list: &Value) -> Vec<f64> {
    let list = list.as_array().unwrap();
    list.iter().map(|number| number.as_f64().unwrap()).collect()
}

fn vectors() -> Vec<Vector> {
    let document: Value =
        serde_json::from_str(include_str!("../fixtures/metrics/scikit-learn.json")).unwrap();
    let vectors = document["vectors"].as_array().unwrap();
    vectors
        .iter()
        .map(|vector| Vector {
            name: vector["name"].as_str().unwrap().to_owned(),
            log_odds: numbers(&vector["log_odds"]),
            other_log_odds: numbers(&vector["other_log_odds"]),
            churned: {
                let outcomes = vector["churned"].as_array().unwrap();
                outcomes.iter().map(|y| y.as_bool().unwrap()).collect()
            },
            expected: vector["expected"].clone(),
        })
        .collect()
}

#[test]
fn figures_agree_with_scikit_learn() {
    for vector in vectors() {
        let ranking = Ranking::of(&vector.log_odds, &vector.churned).unwrap();
        let assessment = ranking.assess(&ProfitMeasure::default());
        let found = [
            ("area_under_curve", assessment.metrics.area_under_curve),
            ("average_precision", assessment.average_precision),
            ("log_loss", assessment.metrics.log_loss),
            ("brier_score", assessment.metrics.brier_score),
            ("kolmogorov_smirnov", assessment.kolmogorov_smirnov),
        ];
        for (key, found) in found {
            vector.assert_close(&[found], &[vector.number(key)]);
        }
        let line = assessment.calibration_line.unwrap();
        vector.assert_close(
            &[line.intercept, line.slope],
            &vector.numbers("calibration_line"),
        );
        let brier = assessment.brier;
        let sum = brier.reliability - brier.resolution + brier.uncertainty + brier.within_bins;
        assert!((sum - assessment.metrics.brier_score).abs() < 1e-14);
    }
}

#[test]
fn curves_agree_with_scikit_learn() {
    for vector in vectors() {
        let ranking = Ranking::of(&vector.log_odds, &vector.churned).unwrap();
        let roc = ranking.roc();
        // scikit-learn leaves off where recall is reached.
        let precision_recall: Vec<Point> = ranking.precision_recall();
        let full = precision_recall.partition_point(|point| point.x < 1.0) + 1;
        for (found, key) in [
            (&roc[..], "roc"),
            (&precision_recall[..full], "precision_recall"),
        ] {
            let expected = vector.points(key);
            assert_eq!(found.len(), expected.len(), "{} {key}", vector.name);
            for (found, expected) in found.iter().zip(expected) {
                vector.assert_close(&[found.x, found.y], &expected);
            }
        }
    }
}

#[test]
fn calibrations_agree_with_scikit_learn() {
    for vector in vectors() {
        let Calibration::Platt(platt) = vector.fit(CalibrationMethod::Platt) else {
            panic!("another method");
        };
        vector.assert_close(
            &[platt.intercept(), platt.slope()],
            &vector.numbers("platt"),
        );

        let Calibration::Beta(beta) = vector.fit(CalibrationMethod::Beta) else {
            panic!("another method");
        };
        vector.assert_close(&[beta.c(), beta.a(), beta.b()], &vector.numbers("beta"));

        let Calibration::Isotonic(isotonic) = vector.fit(CalibrationMethod::Isotonic) else {
            panic!("another method");
        };
        let churners = vector.churned.iter().filter(|&&churned| churned).count() as f64;
        let stayers = vector.churned.len() as f64 - churners;
        let (high, low) = ((churners + 1.0) / (churners + 2.0), 1.0 / (stayers + 2.0));
        let expected = vector.points("isotonic");
        assert_eq!(isotonic.knots().len(), expected.len(), "{}", vector.name);
        for (knot, expected) in isotonic.knots().iter().zip(expected) {
            // Without Platt's targets, the rate is scikit-learn's.
            let rate = (logistic(knot.calibrated) - low) / (high - low);
            vector.assert_close(&[knot.log_odds, rate], &expected);
        }
    }
}

#[test]
fn delongs_test_agrees_with_its_definition() {
    for vector in vectors() {
        let found =
            compare_areas(&vector.log_odds, &vector.other_log_odds, &vector.churned).unwrap();
        vector.assert_close(
            &[
                found.difference,
                found.standard_error,
                found.z,
                found.p_value,
            ],
            &vector.numbers("delong"),
        );
        let reach = 1.959_963_984_540_054 * found.standard_error;
        vector.assert_close(
            &[found.interval.low, found.interval.high],
            &[found.difference - reach, found.difference + reach],
        );
    }
}
