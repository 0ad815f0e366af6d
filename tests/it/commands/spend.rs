//! `holdfast-train spend`: from features to what will be spent.

use std::{fmt::Write as _, fs, path::Path};

use holdfast::artifact::{self, Version};
use tempfile::TempDir;

use super::{Run, run};
use crate::support::name;

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/cdnow/CDNOW_sample.txt");
const FIXED: [&str; 4] = ["--currency", "USD", "--name", "spend"];

/// The features of the CDNOW sample on 1997-09-30, and its spend in the 39 weeks
/// after.
fn customers(directory: &Path) -> String {
    let log = directory.join("log.csv");
    let mut lines = "customer,date,spend\n".to_owned();
    for line in fs::read_to_string(SAMPLE).unwrap().lines() {
        let cells: Vec<&str> = line.split_whitespace().collect();
        let day = cells[2];
        writeln!(
            lines,
            "{},{}-{}-{},{}",
            cells[1],
            &day[..4],
            &day[4..6],
            &day[6..],
            cells[4]
        )
        .unwrap();
    }
    fs::write(&log, lines).unwrap();
    let table = directory.join("customers.csv");
    let command = std::process::Command::new(env!("CARGO_BIN_EXE_holdfast-train"))
        .args([
            "snapshots",
            "--customer",
            "customer",
            "--time",
            "date",
            "--amount",
            "spend",
        ])
        .args([
            "--as-of",
            "1997-09-30",
            "--horizon-days",
            "273",
            "--active-days",
            "all",
        ])
        .args(["--outcome", "purchases", "--data"])
        .arg(&log)
        .arg("--output")
        .arg(&table)
        .output()
        .unwrap();
    assert!(
        command.status.success(),
        "{}",
        String::from_utf8_lossy(&command.stderr)
    );
    table.to_str().unwrap().to_owned()
}

fn train(models: &Path, data: &str, more: &[&str]) -> Run {
    let mut arguments = vec!["--data", data];
    arguments.extend(FIXED);
    arguments.extend(more);
    run("spend", models, &arguments)
}

#[test]
fn spend_is_learnt_published_and_laid_open() {
    let directory = TempDir::new().unwrap();
    let models = directory.path().join("models");
    let table = customers(directory.path());
    let asked = [
        "--target",
        "spend_next_273_days",
        "--id",
        "customer",
        "--horizon-days",
        "273",
    ];
    let found = train(&models, &table, &[&asked[..], &["--json"]].concat()).json();

    let held_out = &found["held_out"];
    assert_eq!(found["training"]["rows"], 2357);
    assert!(held_out["gini"].as_f64().unwrap() > 0.5, "{held_out}");
    assert!(
        held_out["deviance_explained"].as_f64().unwrap() > 0.1,
        "{held_out}"
    );
    let error = |name: &str| held_out[name].as_f64().unwrap();
    assert!(error("mean_absolute_error") < error("mean_absolute_error_of_mean"));
    // What tells the outcome is no feature.
    let left_out = found["excluded_columns"].to_string();
    assert!(left_out.contains("purchases_next_273_days"), "{left_out}");

    let artifact = artifact::load(&models, &name("spend"), Version::FIRST).unwrap();
    let content = artifact.into_spend().unwrap().content;
    assert_eq!(content.definition.currency.as_str(), "USD");
    let version = models.join("spend/1");
    for (file, told) in [
        ("report.html", "What moves it"),
        ("card.md", "Tweedie"),
        ("training.toml", "spend_next_273_days"),
    ] {
        let text = fs::read_to_string(version.join(file)).unwrap();
        assert!(text.contains(told), "{file}");
    }

    let again = train(&models, &table, &asked);
    again.tells(&["Held out", "Published spend version 2"]);
    for file in ["model.json", "metrics.json", "golden.json", "report.html"] {
        let [first, second] =
            ["1", "2"].map(|v| fs::read(models.join("spend").join(v).join(file)).unwrap());
        assert!(first == second, "{file}");
    }
    run("inspect", &models, &["--name", "spend"]).tells(&["Effects on the logarithm of spend"]);
    run("evaluate", &models, &["--name", "spend", "--data", &table]).fails(6, &["spend model"]);
}

#[test]
fn spends_that_cannot_be_learnt_from_are_refused() {
    let directory = TempDir::new().unwrap();
    let models = directory.path().join("models");
    let check = |spend: &dyn Fn(u32) -> String, more: &[&str], code: i32, told: &[&str]| {
        let mut table = "visits,spend\n".to_owned();
        for row in 0..300 {
            writeln!(table, "{}.5,{}", row * 13 % 37, spend(row)).unwrap();
        }
        let path = directory.path().join("table.csv");
        fs::write(&path, table).unwrap();
        let asked = [&["--target", "spend"], more].concat();
        let run = train(&models, path.to_str().unwrap(), &asked);
        if code == 0 {
            run.tells(told);
        } else {
            run.fails(code, told);
            assert!(!models.exists());
        }
    };
    let half = |row: u32| {
        if row.is_multiple_of(2) {
            "0".to_owned()
        } else {
            (row * 7 % 31 + 1).to_string()
        }
    };
    let with =
        |cell: &'static str| move |row: u32| if row == 9 { cell.to_owned() } else { half(row) };
    check(&|_| "0".to_owned(), &[], 3, &["zero in all 300 rows"]);
    check(&|_| "5".to_owned(), &[], 3, &["the same in all 300 rows"]);
    check(
        &with("-2.5"),
        &[],
        3,
        &["negative in 1 rows", "line 11", "--negative clamp"],
    );
    check(&with("lots"), &[], 3, &["line 11", "no finite number"]);
    check(&with("1e300"), &[], 3, &["line 11", "beyond"]);
    check(
        &|row| u32::from(row < 20).to_string(),
        &[],
        3,
        &["only 20 of 300 rows spent anything"],
    );
    check(&half, &["--currency", "euro"], 2, &["--currency"]);
    check(&half, &["--held-out-share", "2"], 2, &["--held-out-share"]);
    check(
        &with("-2.5"),
        &["--negative", "clamp"],
        0,
        &["1 negative targets"],
    );
}

/// Nobody spends nothing, everything is tiny or huge, and one feature spans many sizes.
#[test]
fn spends_of_any_size_are_learnt_from() {
    let directory = TempDir::new().unwrap();
    let models = directory.path().join("models");
    for scale in ["e-6", "e9"] {
        let mut table = "visits,tail,spend\n".to_owned();
        for row in 0..400_u32 {
            let visits = row * 13 % 37;
            writeln!(
                table,
                "{visits}.5,1e{},{}{scale}",
                row % 12,
                visits + row % 3 + 1
            )
            .unwrap();
        }
        let path = directory.path().join("table.csv");
        fs::write(&path, table).unwrap();
        let found = train(
            &models,
            path.to_str().unwrap(),
            &["--target", "spend", "--json"],
        )
        .json();
        let gini = found["held_out"]["gini"].as_f64().unwrap();
        assert!(gini > 0.9, "{scale} {found}");
    }
}
