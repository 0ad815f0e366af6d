//! `compare`.

use std::fs;

use tempfile::TempDir;

use super::{changed, column, own_models, plain_models, run};
use crate::support::{telco_csv, telco_models};

#[test]
fn a_model_is_not_distinguishable_from_itself() {
    let data = telco_csv();
    let arguments = ["--champion", "telco-churn@1", "--challenger", "telco-churn"];
    let arguments = [
        &arguments[..],
        &["--data", data.to_str().unwrap(), "--replicates", "50"],
    ]
    .concat();
    run("compare", plain_models(), &arguments).tells(&["not distinguishable", "DeLong", "Rule:"]);
    let json = run(
        "compare",
        plain_models(),
        &[&arguments[..], &["--json"]].concat(),
    )
    .json();
    assert_eq!(json["verdict"], "not_distinguishable");
    assert_eq!(json["trained_on_these_files"], true);
    assert_eq!(json["churn_definitions"]["differ"], false);
    assert_eq!(json["moves"]["changed_decile"], 0);
    assert_eq!(json["moves"]["top_decile_kept"], 1.0);
    assert_eq!(json["delong"]["difference"], 0.0);
}

#[test]
fn a_recalibrated_challenger_is_better_where_churn_drifted() {
    let (models, directory) = (own_models(), TempDir::new().unwrap());
    let churn = column("Churn");
    let data = changed(&directory, |line, cells| {
        cells[churn] != "Yes" || line % 3 == 0
    });
    let data = data.to_str().unwrap();
    let of = ["--name", "telco-churn", "--data", data, "--method", "platt"];
    assert_eq!(run("recalibrate", models.path(), &of).code, 0);
    let of = [
        "--champion",
        "telco-churn@1",
        "--challenger",
        "telco-churn@2",
        "--data",
        data,
    ];
    run("compare", models.path(), &of)
        .tells(&["The challenger is better.", "WARNING: the challenger was"]);
}

#[test]
fn rows_that_move_are_written_only_when_asked() {
    let directory = TempDir::new().unwrap();
    let moved = directory.path().join("moved.csv");
    let data = telco_csv();
    let challenger = format!("{}/telco-churn", telco_models().display());
    let of = ["--champion", "telco-churn", "--challenger", &challenger];
    let of = [
        &of[..],
        &["--data", data.to_str().unwrap(), "--replicates", "50"],
    ]
    .concat();
    let write = ["--moved", moved.to_str().unwrap(), "--moved-rows", "5"];
    run("compare", plain_models(), &[&of[..], &write].concat()).fails(2, &["--id"]);
    let write = [&write[..], &["--id", "customerID"]].concat();
    let told = run("compare", plain_models(), &[&of[..], &write].concat());
    told.tells(&["change decile"]);
    let rows = fs::read_to_string(&moved).unwrap();
    assert_eq!(rows.lines().count(), 6);
    let id = rows.lines().nth(1).unwrap().split(',').next().unwrap();
    assert!(!told.stdout.contains(id));
    let again = run("compare", plain_models(), &[&of[..], &write].concat());
    again.fails(5, &["moved.csv", "nothing that is there is overwritten"]);
    let alone = [&of[..], &["--moved-rows", "5"]].concat();
    run("compare", plain_models(), &alone).fails(2, &["--moved"]);
    let other = directory.path().join("other.csv");
    let wrong = ["--moved", other.to_str().unwrap(), "--id", "nobody"];
    run("compare", plain_models(), &[&of[..], &wrong].concat()).fails(3, &["`nobody`"]);
    assert!(!other.exists());
}
