//! `evaluate`.

use std::fs;

use tempfile::TempDir;

use super::{Run, changed, column, own_models, plain_models, run};
use crate::support::telco_csv;

fn evaluate(data: &std::path::Path, arguments: &[&str]) -> Run {
    let data = data.to_str().unwrap();
    let given = [
        "--name",
        "telco-churn",
        "--data",
        data,
        "--replicates",
        "50",
    ];
    run("evaluate", plain_models(), &[&given, arguments].concat())
}

#[test]
fn figures_deciles_calibration_and_slices_are_told() {
    let slices = ["--slice", "Contract", "--slice", "tenure"];
    let told = evaluate(&telco_csv(), &slices);
    told.tells(&[
        "AUC",
        "EMPC",
        "Two year",
        "Deciles",
        "within chance",
        "WARNING: the model was fitted on these",
        "TotalCharges",
    ]);
    let json = evaluate(
        &telco_csv(),
        &[&slices[..], &["--json", "--quiet"]].concat(),
    );
    assert!(json.stderr.is_empty());
    let json = json.json();
    assert_eq!(json["trained_on_these_files"], true);
    let area = &json["figures"]["area_under_curve"];
    assert!(area["low"].as_f64() < area["value"].as_f64());
    assert!(area["value"].as_f64().unwrap() > 0.84);
    assert_eq!(json["deciles"].as_array().unwrap().len(), 10);
    assert_eq!(json["slices"].as_array().unwrap().len(), 7);
    assert_eq!(json["unusual"][0]["missing"], 11);
    assert_eq!(json["prevalence_drift"]["beyond_chance"], false);
    assert_eq!(told.stdout, evaluate(&telco_csv(), &slices).stdout);
}

#[test]
fn a_model_of_format_1_is_evaluated() {
    let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/models/telco-churn@1");
    let data = telco_csv();
    let arguments = [
        "--model",
        shipped,
        "--replicates",
        "20",
        "--data",
        data.to_str().unwrap(),
    ];
    run("evaluate", plain_models(), &arguments).tells(&["telco-churn version 1"]);
}

#[test]
fn data_that_do_not_fit_are_refused_with_their_place() {
    let directory = TempDir::new().unwrap();
    let tenure = column("tenure");
    let without = changed(&directory, |_, cells| {
        cells.remove(tenure);
        true
    });
    evaluate(&without, &[]).fails(3, &["`tenure`", "requires"]);
    let wrong = changed(&directory, |line, cells| {
        if line == 6 {
            cells[tenure] = "long".to_owned();
        }
        true
    });
    evaluate(&wrong, &[]).fails(3, &["data.csv, line 7", "`tenure`", "a number"]);
    let empty = changed(&directory, |line, cells| {
        if line == 8 {
            cells[tenure].clear();
        }
        true
    });
    evaluate(&empty, &[]).fails(3, &["line 9", "`tenure`", "no value"]);
    let churn = column("Churn");
    let stayers = changed(&directory, |line, cells| line == 0 || cells[churn] == "No");
    evaluate(&stayers, &[]).fails(3, &["stayed"]);
    evaluate(&telco_csv(), &["--target", "tenure"]).fails(3, &["two values"]);
    evaluate(&telco_csv(), &["--slice", "nothing"]).fails(3, &["`nothing`", "--slice"]);
    evaluate(&telco_csv(), &["--profit-beta", "0"]).fails(2, &["beta"]);
}

#[test]
fn what_may_be_missing_is_counted() {
    let directory = TempDir::new().unwrap();
    let total = column("TotalCharges");
    let wrong = changed(&directory, |line, cells| {
        if line == 6 {
            cells[total] = "much".to_owned();
        }
        true
    });
    let json = evaluate(&wrong, &["--json"]).json();
    assert_eq!(json["unusual"][0]["wrong_kind"], 1);
    assert_eq!(json["unusual"][0]["missing"], 12);
    let without = changed(&directory, |_, cells| {
        cells.remove(total);
        true
    });
    let json = evaluate(&without, &["--json"]).json();
    assert_eq!(json["unusual"][0]["no_column"], true);
    evaluate(&without, &[]).tells(&["no such column"]);
}

#[test]
fn models_that_are_not_there_or_damaged_are_named() {
    let data = telco_csv();
    let data = ["--data", data.to_str().unwrap()];
    let with = |model: &[&str]| run("evaluate", plain_models(), &[model, &data].concat());
    with(&["--name", "telco-churn", "--version", "7"]).fails(6, &["no version 7", "published: 1"]);
    with(&["--model", "other"]).fails(6, &["`other`"]);
    with(&["--model", "Other"]).fails(2, &["a-z"]);
    with(&[]).fails(2, &["--model"]);
    let own = own_models();
    let model = own.path().join("telco-churn/1/model.json");
    let text = fs::read_to_string(&model).unwrap();
    fs::write(&model, text.replacen('1', "2", 1)).unwrap();
    let damaged = run(
        "evaluate",
        own.path(),
        &[&["--name", "telco-churn"], &data[..]].concat(),
    );
    damaged.fails(6, &["model.json", "damaged"]);
}

#[test]
fn slices_name_no_customer() {
    let told = evaluate(&telco_csv(), &["--slice", "customerID"]);
    told.tells(&["(7043 other values)"]);
    let text = fs::read_to_string(telco_csv()).unwrap();
    let id = column("customerID");
    for line in text.lines().skip(1) {
        assert!(!told.stdout.contains(line.split(',').nth(id).unwrap()));
    }
    let by_id = ["--id", "customerID", "--slice", "customerID"];
    evaluate(&telco_csv(), &by_id).fails(3, &["`customerID`", "--id"]);
}
