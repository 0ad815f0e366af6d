//! `holdfast-train`'s work on published models, by its command line.

mod cleaning;
mod compare;
mod evaluate;
mod inspect;
mod recalibrate;
mod segments;
mod signing;
mod snapshots;
mod spend;
mod value;
mod warnings;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::OnceLock,
};

use holdfast::train::{self, ChurnTraining, Settings, Shapes, Silent};
use serde_json::Value;
use tempfile::TempDir;

use crate::support::{copy, telco_csv, telco_training};

struct Run {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Run {
    fn of(command: &mut Command) -> Self {
        let Output {
            status,
            stdout,
            stderr,
        } = command.output().unwrap();
        Self {
            code: status.code().unwrap(),
            stdout: String::from_utf8(stdout).unwrap(),
            stderr: String::from_utf8(stderr).unwrap(),
        }
    }

    fn json(&self) -> Value {
        assert_eq!(self.code, 0, "{}", self.stderr);
        serde_json::from_str(&self.stdout).unwrap()
    }

    fn fails(&self, code: i32, told: &[&str]) {
        assert_eq!(self.code, code, "{}{}", self.stdout, self.stderr);
        for part in told {
            assert!(self.stderr.contains(part), "{part} in {}", self.stderr);
        }
    }

    fn tells(&self, told: &[&str]) {
        assert_eq!(self.code, 0, "{}", self.stderr);
        for part in told {
            assert!(self.stdout.contains(part), "{part} in {}", self.stdout);
        }
        let widest = self.stdout.lines().map(|line| line.chars().count()).max();
        assert!(widest.unwrap() <= 100, "{}", self.stdout);
    }
}

fn run(command: &str, models: &Path, arguments: &[&str]) -> Run {
    let mut train = Command::new(env!("CARGO_BIN_EXE_holdfast-train"));
    let train = train.arg(command).arg("--models").arg(models);
    Run::of(train.args(arguments))
}

/// A directory with a plain model, `telco-churn` version 1; not to be changed.
fn plain_models() -> &'static Path {
    static MODELS: OnceLock<TempDir> = OnceLock::new();
    let directory = MODELS.get_or_init(|| {
        let directory = TempDir::new().unwrap();
        let training = ChurnTraining {
            settings: Settings {
                folds: 0,
                shapes: Shapes::Lines,
                ridge_penalty: Some(1.0),
                ..Settings::default()
            },
            ..telco_training(directory.path())
        };
        train::churn(&training, &Silent).unwrap();
        directory
    });
    directory.path()
}

fn own_models() -> TempDir {
    let directory = TempDir::new().unwrap();
    copy(plain_models(), directory.path());
    directory
}

/// The shipped data, with each line changed by `each`: the line's number, from
/// 0, and its cells. `false` leaves the line out.
fn changed(directory: &TempDir, each: impl Fn(usize, &mut Vec<String>) -> bool) -> PathBuf {
    let text = fs::read_to_string(telco_csv()).unwrap();
    let lines = text.lines().enumerate().filter_map(|(number, line)| {
        let mut cells: Vec<String> = line.split(',').map(str::to_owned).collect();
        each(number, &mut cells).then(|| cells.join(",") + "\n")
    });
    let path = directory.path().join("data.csv");
    fs::write(&path, lines.collect::<String>()).unwrap();
    path
}

fn column(name: &str) -> usize {
    let text = fs::read_to_string(telco_csv()).unwrap();
    let header = text.lines().next().unwrap();
    header.split(',').position(|column| column == name).unwrap()
}

#[test]
fn completions_and_helps_are_printed() {
    let run = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_holdfast-train"))
            .args(arguments)
            .output()
            .unwrap();
        assert!(output.status.success());
        String::from_utf8(output.stdout).unwrap()
    };
    for shell in ["bash", "zsh", "fish"] {
        assert!(
            run(&["completions", shell]).contains("recalibrate"),
            "{shell}"
        );
    }
    for command in [
        "churn",
        "value",
        "retention",
        "evaluate",
        "evaluate-value",
        "compare",
        "recalibrate",
        "inspect",
        "diff",
        "benchmark",
        "segments",
        "snapshots",
        "warnings",
        "completions",
    ] {
        let help = run(&[command, "--help"]);
        assert!(help.contains("Example"), "{command}");
        assert!(help.contains("Exit codes"), "{command}");
    }
}

#[test]
fn a_benchmark_measures_the_plain_recipe() {
    let data = telco_csv();
    let output = Command::new(env!("CARGO_BIN_EXE_holdfast-train"))
        .args(["benchmark", "--target", "Churn", "--positive", "Yes"])
        .args(["--id", "customerID", "--folds", "3", "--recipes", "1"])
        .args(["--json", "--quiet", "--data"])
        .arg(data)
        .output()
        .unwrap();
    assert!(output.stderr.is_empty());
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    let area = &json["recipes"][0]["metrics"]["area_under_curve"];
    assert!(area.as_f64().unwrap() > 0.84, "{json}");
}
