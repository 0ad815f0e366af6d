//! What becomes of the odd lines of a purchase log, in every command that reads
//! one.

use std::{fs, path::Path, process::Command};

use tempfile::TempDir;

use super::Run;

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/cdnow/CDNOW_sample.txt");

/// The sample of CDNOW and these lines: customer, number, day, units, amount.
fn log(directory: &TempDir, more: &str) -> String {
    let text = fs::read_to_string(SAMPLE).unwrap() + more;
    let path = directory
        .path()
        .join("a-log-of-purchases-with-a-name-that-is-rather-long.txt");
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

/// A command that reads the log, and writes where nothing is in the way.
fn trainer(command: &str, log: &str, more: &[&str]) -> Run {
    let directory = TempDir::new().unwrap();
    let path = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
    let (models, table) = (path("models"), path("table.csv"));
    let into: &[&str] = match command {
        "snapshots" => &["--output", &table],
        // The fewest clusters: they are not what this is about.
        "segments" => &["--name", "shop", "--models", &models, "--clusters", "2"],
        _ => &["--name", "shop", "--models", &models],
    };
    let output = Command::new(env!("CARGO_BIN_EXE_holdfast-train"))
        .args([
            command,
            "--data",
            log,
            "--no-header",
            "--delimiter",
            "space",
        ])
        .args(["--customer", "1", "--time", "3", "--amount", "5"])
        .args(["--time-format", "%Y%m%d", "--currency", "USD"])
        .args(into)
        .args(more)
        .output()
        .unwrap();
    assert!(output.status.success() || !Path::new(&table).exists());
    Run {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

#[test]
fn days_that_have_not_come_are_refused_by_their_line() {
    let directory = TempDir::new().unwrap();
    let log = log(&directory, "00004 1 29240301 1 7\n");
    let lines = fs::read_to_string(&log).unwrap().lines().count();
    for command in ["value", "snapshots", "segments"] {
        let line = format!("line {lines}, column `3`");
        let refused = ["the day has not come yet", "--until", "--bad-lines drop"];
        let run = trainer(command, &log, &[]);
        run.fails(3, &[&line, refused[0], refused[1], refused[2]]);
        assert!(!run.stderr.contains("00004"), "{}", run.stderr);

        let dropped = trainer(command, &log, &["--bad-lines", "drop"]);
        dropped.tells(&["the day has not come yet: 1 dropped", "to 1998-06-30"]);
        let until = trainer(command, &log, &["--until", "1998-12-31"]);
        until.tells(&["after the last day asked for: 1 dropped", "to 1998-06-30"]);
    }
    // A log of plans: whoever says to when it goes has every day of it.
    let planned = trainer("snapshots", &log, &["--until", "2924-12-31"]);
    planned.tells(&["to 2924-03-01"]);
}

#[test]
fn the_report_of_cleaning_keeps_to_the_terminal() {
    let directory = TempDir::new().unwrap();
    let odd = "00004 1 19970701 1 -99999999.125\n".repeat(3)
        + &"00018 2 19970702 1 0\n".repeat(4)
        + "NA 2 19970702 1 123456789.25\n";
    let log = log(&directory, &odd);
    for command in ["value", "snapshots", "segments"] {
        // No line is wider than 100 characters.
        trainer(command, &log, &[]).tells(&[
            "Log\nread: ",
            "refund or cancelled invoice: 3 netted",
            "no customer: 1 dropped",
            "kept: ",
        ]);
    }
    let json = trainer("snapshots", &log, &["--json"]).json();
    let rules = json["cleaning"]["rules"].as_array().unwrap();
    let refunds = rules.iter().find(|rule| rule["rule"] == "refund").unwrap();
    assert_eq!(refunds["lines"], 3);
}
