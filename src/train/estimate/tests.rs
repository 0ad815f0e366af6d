use std::path::PathBuf;

use super::*;
use crate::{
    customer::Value,
    train::{ChurnTraining, Shapes, plan::Plan, table::Table},
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
