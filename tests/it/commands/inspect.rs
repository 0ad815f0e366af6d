//! `inspect` and `diff`.

use super::{own_models, plain_models, run};
use crate::support::{telco_csv, telco_models};

#[test]
fn a_model_is_laid_open() {
    for models in [plain_models(), telco_models()] {
        let told = run("inspect", models, &["--name", "telco-churn"]);
        told.tells(&[
            "Contract",
            "Calibration",
            "Provenance",
            "seed",
            "the customer left",
        ]);
        let json = run("inspect", models, &["--name", "telco-churn", "--json"]).json();
        let effects = json["effects"].as_array().unwrap();
        assert!(effects.len() >= json["features"].as_array().unwrap().len());
        assert!(effects[0]["range"].as_f64() >= effects[1]["range"].as_f64());
        assert_eq!(json["churn"]["target"], "Churn");
    }
    run("inspect", plain_models(), &["--model", "nothing"]).fails(6, &["`nothing`"]);
}

#[test]
fn versions_are_told_apart() {
    let models = own_models();
    let data = telco_csv();
    let of = ["--name", "telco-churn", "--data", data.to_str().unwrap()];
    let of = [&of[..], &["--method", "beta", "--force"]].concat();
    assert_eq!(run("recalibrate", models.path(), &of).code, 0);
    run("inspect", models.path(), &["--name", "telco-churn"])
        .tells(&["cross-fitted on the recalibration data"]);
    let told = run("diff", models.path(), &["telco-churn@1", "telco-churn@2"]);
    told.tells(&["are equal", "calibration", "recalibrated by", "AUC"]);
    let json = run(
        "diff",
        models.path(),
        &["--name", "telco-churn", "1", "2", "--json"],
    )
    .json();
    assert_eq!(json["facts"]["calibration"]["second"], "beta");
    assert_eq!(json["changed"].as_array().unwrap().len(), 0);
    let curves = format!("{}/telco-churn", telco_models().display());
    let json = run("diff", models.path(), &["telco-churn@1", &curves, "--json"]).json();
    assert!(!json["changed"].as_array().unwrap().is_empty());
    run("diff", models.path(), &["telco-churn@1", "telco-churn@9"]).fails(6, &["no version 9"]);
    run("diff", models.path(), &["--name", "telco-churn", "1", "x"]).fails(2, &["`x`"]);
}
