use std::{collections::BTreeMap, path::PathBuf};

use super::*;
use crate::{
    customer::Value,
    train::{ChurnTraining, ColumnOverride, ColumnRole, Shapes, plan::Plan, table::Table},
};

fn telco(positive: &str, settings: Settings) -> ChurnTraining {
    let data = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/data/telco/Telco-Customer-Churn.csv"
    );
    let name = "telco".parse().unwrap();
    ChurnTraining {
        id: Some("customerID".to_owned()),
        settings,
        ..ChurnTraining::new(vec![data.into()], "Churn", positive, name, PathBuf::new())
    }
}

fn plain() -> Settings {
    Settings {
        shapes: Shapes::Lines,
        ridge_penalty: Some(1.0),
        ..Settings::default()
    }
}

/// The encoder and the exact sums change nothing: on every row of the shipped
/// data a model's log-odds are what the fitted coefficients say, and its
/// contributions add up to them, for both solvers and both balances.
#[test]
fn a_model_predicts_what_was_fitted() {
    for settings in [plain(), Settings::default()] {
        for positive in ["Yes", "No"] {
            let training = telco(positive, settings.clone());
            let table = Table::read(&training.data).unwrap();
            let plan = Plan::make(&table, &training).unwrap();
            assert_sent_alike(&table, &plan);
            let design = Design { plan: &plan };
            let rows: Vec<usize> = (0..plan.rows.len()).collect();
            assert_eq!(rows.len(), 7043);
            let model = Estimate::of(&design, &rows, &settings).unwrap().model;
            let encoded = design.encode(model.schema(), &rows).unwrap();
            let weights = model.coefficients().iter().map(|c| c.weight);
            let coefficients: Vec<f64> = [model.intercept()].into_iter().chain(weights).collect();
            for &row in &rows {
                let explanation = model.explain(&design.row(model.schema(), row).unwrap());
                let fitted = encoded.dot(row, &coefficients);
                assert!((explanation.log_odds - fitted).abs() < 1e-12, "row {row}");
                let sum: f64 = explanation.contributions.iter().sum();
                assert_eq!(explanation.base_log_odds + sum, explanation.log_odds);
            }
        }
    }
}

/// What the trainer reads of a customer is what a caller would send, by the
/// same reading of the file as `tests/it/support` has for its requests.
fn assert_sent_alike(table: &Table, plan: &Plan<'_>) {
    const NUMBERS: [&str; 3] = ["tenure", "MonthlyCharges", "TotalCharges"];
    const FLAGS: [&str; 5] = [
        "SeniorCitizen",
        "Partner",
        "Dependents",
        "PhoneService",
        "PaperlessBilling",
    ];
    for feature in &plan.features {
        let name = feature.name.as_str();
        let column = &table.columns[table.position(name).unwrap()];
        for &row in &plan.rows {
            let cell = column.cell(row);
            let sent = match cell.as_deref() {
                None => Value::Missing,
                Some(cell) if NUMBERS.contains(&name) => Value::Number(cell.parse().unwrap()),
                Some(cell) if FLAGS.contains(&name) => Value::Flag(["Yes", "1"].contains(&cell)),
                Some(cell) => Value::Text(cell),
            };
            assert_eq!(feature.value(row), sent, "{name}, row {row}");
        }
    }
}

/// Straight lines with one penalty are what scikit-learn fits, by linfa where
/// rows have no weights and by Newton's method where they have, whichever class
/// is the smaller; `tests/fixtures/coefficients/make.py` says how its numbers
/// were made.
#[test]
fn plain_fits_are_scikit_learns() {
    const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/coefficients");
    let expected = std::fs::read_to_string(format!("{FIXTURES}/scikit-learn.json")).unwrap();
    let expected: serde_json::Value = serde_json::from_str(&expected).unwrap();
    for fit in expected["fits"].as_array().unwrap() {
        let settings = Settings {
            ridge_penalty: fit["penalty"].as_f64(),
            ..plain()
        };
        let weighted = fit["weighted"].as_bool().unwrap();
        let ignored = ColumnOverride {
            role: Some(ColumnRole::Ignore),
            ..ColumnOverride::default()
        };
        let training = ChurnTraining {
            data: vec![format!("{FIXTURES}/customers.csv").into()],
            target: "churn".to_owned(),
            id: None,
            weight: weighted.then(|| "weight".to_owned()),
            columns: BTreeMap::from_iter((!weighted).then(|| ("weight".to_owned(), ignored))),
            ..telco(fit["positive"].as_str().unwrap(), settings.clone())
        };
        let table = Table::read(&training.data).unwrap();
        let plan = Plan::make(&table, &training).unwrap();
        let rows: Vec<usize> = (0..plan.rows.len()).collect();
        let estimate = Estimate::of(&Design { plan: &plan }, &rows, &settings).unwrap();
        let weights = estimate.model.coefficients().iter().map(|c| c.weight);
        let found: Vec<f64> = [estimate.model.intercept()]
            .into_iter()
            .chain(weights)
            .collect();
        let coefficients = fit["coefficients"].as_array().unwrap();
        assert_eq!(found.len(), coefficients.len());
        for (column, (found, coefficient)) in found.iter().zip(coefficients).enumerate() {
            let coefficient = coefficient.as_f64().unwrap();
            let allowed = (1e-5 * coefficient.abs()).max(1e-7);
            assert!(
                (found - coefficient).abs() <= allowed,
                "{}: {found} beside {coefficient}; positive {}, penalty {}, weighted {weighted}",
                expected["columns"][column],
                training.positive,
                fit["penalty"],
            );
        }
    }
}
