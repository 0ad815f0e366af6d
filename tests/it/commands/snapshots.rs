//! `snapshots`, and what takes its tables.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;
use tempfile::TempDir;

use super::Run;

fn trainer(arguments: &[&str]) -> Run {
    let output = Command::new(env!("CARGO_BIN_EXE_holdfast-train"))
        .args(arguments)
        .output()
        .unwrap();
    Run {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Customers who buy every few days, until the later ones of them stop.
fn log(directory: &TempDir) -> PathBuf {
    let mut text = "customer,day,amount\n".to_owned();
    for customer in 0..300_i64 {
        let every = 10 + customer * 7 % 35;
        let stops = match customer % 3 {
            0 => 60 + customer % 200,
            _ => 365,
        };
        for on in (customer % every..stops).step_by(usize::try_from(every).unwrap()) {
            let (month, day) = (on / 28 % 13, on % 28 + 1);
            let (year, month) = (2011 + month / 12, month % 12 + 1);
            let amount = 5 + customer % 9;
            writeln!(text, "c{customer},{year}-{month:02}-{day:02},{amount}").unwrap();
        }
    }
    let path = directory.path().join("log.csv");
    fs::write(&path, text).unwrap();
    path
}

fn snapshots(log: &Path, output: &Path, arguments: &[&str]) -> Run {
    let (log, output) = (log.to_str().unwrap(), output.to_str().unwrap());
    let given = [
        "snapshots",
        "--data",
        log,
        "--customer",
        "customer",
        "--time",
        "day",
        "--amount",
        "amount",
        "--output",
        output,
    ];
    trainer(&[&given, arguments].concat())
}

#[test]
fn a_panel_becomes_a_churn_model() {
    let directory = TempDir::new().unwrap();
    let log = log(&directory);
    let panel = directory.path().join("panel.csv.gz");
    let every = [
        "--horizon-days",
        "40",
        "--every",
        "20",
        "--first-as-of",
        "2011-03-01",
        "--last-as-of",
        "2011-10-01",
        "--windows-days",
        "30,60",
        "--active-days",
        "90",
    ];
    let told = snapshots(&log, &panel, &every);
    told.tells(&["2011-03-01", "without a purchase in the next 40 days"]);
    let bytes = fs::read(&panel).unwrap();
    let json = snapshots(&log, &panel, &[&every[..], &["--json", "--quiet"]].concat()).json();
    assert_eq!(bytes, fs::read(&panel).unwrap());
    assert_eq!(json["cut_offs"].as_array().unwrap().len(), 11);
    assert!(json["notes"].to_string().contains("--embargo-days 40"));

    let models = directory.path().join("models");
    let churn = trainer(&[
        "churn",
        "--data",
        panel.to_str().unwrap(),
        "--target",
        "churned",
        "--positive",
        "yes",
        "--id",
        "customer",
        "--time",
        "as_of",
        "--embargo-days",
        "40",
        "--horizon-days",
        "40",
        "--shapes",
        "lines",
        "--bootstrap",
        "0",
        "--name",
        "buyers",
        "--models",
        models.to_str().unwrap(),
        "--json",
        "--quiet",
    ]);
    let json: Value = churn.json();
    assert_eq!(json["published"]["version"], 1, "{json}");
    let [fitted, rows] = ["fitted_rows", "rows"].map(|of| json[of].as_u64().unwrap());
    let held_out = json["held_out"]["rows"].as_u64().unwrap();
    assert!(fitted + held_out < rows, "none fell to the embargo");
    let report = fs::read_to_string(models.join("buyers/1/report.html")).unwrap();
    assert!(report.contains("not fitted on rows of the 40 days before"));
}

#[test]
fn the_sample_of_cdnow_gives_the_published_summary() {
    let directory = TempDir::new().unwrap();
    let output = directory.path().join("summary.csv");
    let log = concat!(env!("CARGO_MANIFEST_DIR"), "/data/cdnow/CDNOW_sample.txt");
    let told = trainer(&[
        "snapshots",
        "--data",
        log,
        "--no-header",
        "--customer",
        "2",
        "--time",
        "3",
        "--time-format",
        "%Y%m%d",
        "--amount",
        "5",
        "--table",
        "summary",
        "--as-of",
        "1997-09-30",
        "--horizon-until",
        "1998-06-30",
        "--output",
        output.to_str().unwrap(),
    ]);
    told.tells(&["2357 rows of 2357 customers"]);
    let text = fs::read_to_string(&output).unwrap();
    let rows: Vec<Vec<&str>> = text
        .lines()
        .skip(1)
        .map(|row| row.split(',').collect())
        .collect();
    let sum =
        |column: usize| -> f64 { rows.iter().map(|r| r[column].parse::<f64>().unwrap()).sum() };
    assert_eq!(rows.len(), 2357);
    assert_eq!(rows.iter().filter(|row| row[2] != "0").count(), 946);
    assert_eq!(sum(2), 2457.0);
    let two = |text: &str| format!("{:.2}", text.parse::<f64>().unwrap());
    // The first customer of the published summary, and her mean spend.
    assert_eq!(rows[0][2], "2");
    assert_eq!([two(rows[0][3]), two(rows[0][4])], ["30.43", "38.86"]);
    assert!((rows[0][5].parse::<f64>().unwrap() - 22.345).abs() < 1e-9);
    assert_eq!(rows[0][6], "39");
}

#[test]
fn what_the_log_cannot_tell_is_refused() {
    let directory = TempDir::new().unwrap();
    let log = log(&directory);
    let output = directory.path().join("table.csv");
    let refused = |arguments: &[&str], code, told: &[&str]| {
        snapshots(&log, &output, arguments).fails(code, told);
        assert!(!output.exists());
    };
    refused(&["--as-of", "2010-12-31"], 3, &["2010-12-31", "2011-01-01"]);
    refused(&["--as-of", "2999-01-01"], 3, &["--complete-through"]);
    let late = ["--as-of", "2011-12-01", "--horizon-days", "90"];
    refused(&late, 3, &["2011-12-01", "no later than"]);
    let far = ["--as-of", "2011-05-01", "--horizon-days", "1000000"];
    refused(&far, 3, &["1000000 days", "no later than"]);
    let twice = ["--as-of", "2011-05-01", "--as-of", "2011-05-01"];
    refused(&twice, 2, &["given twice"]);
    refused(&["--horizon-days", "0"], 2, &["--horizon-days"]);
    refused(
        &["--every", "0", "--first-as-of", "2011-05-01"],
        2,
        &["--every"],
    );
    refused(&["--every", "30"], 2, &["--first-as-of"]);
    refused(&["--as-of", "2011-02-30"], 2, &["--as-of"]);
    refused(&["--windows-days", "90,30"], 2, &["--windows-days"]);
    refused(&["--active-days", "few"], 2, &["or all"]);
    let both = [
        "--every",
        "30",
        "--first-as-of",
        "2011-05-01",
        "--as-of",
        "2011-05-01",
    ];
    refused(&both, 2, &["cannot be used with"]);
    fs::write(directory.path().join("log.csv"), "customer,day,amount\n").unwrap();
    refused(&[], 3, &["log.csv"]);
}

#[test]
fn one_purchase_each_is_told_with_what_is_missing() {
    let directory = TempDir::new().unwrap();
    let log = directory.path().join("log.csv");
    let lines = (1..=9).map(|at| format!("{at},2011-01-0{at},5\n"));
    fs::write(
        &log,
        format!("customer,day,amount\n{}", lines.collect::<String>()),
    )
    .unwrap();
    let output = directory.path().join("table.csv");
    snapshots(&log, &output, &["--active-days", "all"]).tells(&["9 rows of 9 customers"]);
    let text = fs::read_to_string(&output).unwrap();
    assert_eq!(text.lines().count(), 10);
    assert!(!text.contains("NaN") && !text.contains("inf"));
    assert!(text.lines().nth(1).unwrap().contains(",,"));
}
