//! What a run is told, what it leaves behind, and when it leaves nothing.

use std::{
    fmt::Write as _,
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
};

use holdfast::artifact::{self, Document};
use tempfile::TempDir;

use super::{Run, plain, refused, run_csv};
use crate::support::{name, telco_csv};

/// Runs the trainer with its models in `directory`.
fn trainer(directory: &Path, arguments: &[&str]) -> Run {
    let output = Command::new(env!("CARGO_BIN_EXE_holdfast-train"))
        .args(["churn", "--models"])
        .arg(directory.join("models"))
        .args(arguments)
        .output()
        .unwrap();
    Run {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
        directory: TempDir::new().unwrap(), // of no use here
    }
}

fn write(directory: &Path, file: &str, text: &str) -> String {
    let path = directory.join(file);
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn a_configuration_file_says_what_flags_can_say() {
    let directory = TempDir::new().unwrap();
    let data = write(directory.path(), "data.csv", &plain());
    let config = write(
        directory.path(),
        "train.toml",
        &format!(
            "data = [\"{data}\"]\ntarget = \"y\"\npositive = \"1\"\nname = \"test\"\nfolds = 0\nseed = 7\n\
             shapes = \"curves\"\nbootstrap = 0\n\n[columns.x]\nmonotone = \"rising\"\n"
        ),
    );
    let run = trainer(directory.path(), &["--config", &config, "--seed", "8"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stdout.contains("split by seed 8"), "{}", run.stdout);

    // What is stored says all of it, and says it again.
    let version = directory.path().join("models/test/1");
    let stored = fs::read_to_string(version.join("training.toml")).unwrap();
    for line in [
        "seed = 8",
        "held_out_share = 0.2",
        "shapes = \"curves\"",
        "monotone = \"rising\"",
    ] {
        assert!(stored.contains(line), "{line} in {stored}");
    }
    assert!(
        !stored.contains(directory.path().to_str().unwrap()),
        "{stored}"
    );
    let again = write(directory.path(), "again.toml", &stored);
    let run = trainer(directory.path(), &["--config", &again, "--data", &data]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    for file in [
        "model.json",
        "metrics.json",
        "golden.json",
        "baseline.json",
        "training.toml",
        "report.html",
    ] {
        let read = |version: &str| {
            fs::read(
                directory
                    .path()
                    .join("models/test")
                    .join(version)
                    .join(file),
            )
            .unwrap()
        };
        assert!(read("1") == read("2"), "{file}");
    }
}

#[test]
fn what_cannot_be_asked_for_is_refused_before_any_work() {
    let directory = TempDir::new().unwrap();
    refused(
        &trainer(directory.path(), &["--target", "y"]),
        2,
        &["--data", "--positive", "--name"],
    );
    let unknown = write(directory.path(), "a.toml", "colour = \"red\"\n");
    refused(
        &trainer(directory.path(), &["--config", &unknown]),
        2,
        &["colour", "line 1"],
    );
    let wrong = write(directory.path(), "b.toml", "folds = \"many\"\n");
    refused(
        &trainer(directory.path(), &["--config", &wrong]),
        2,
        &["b.toml", "folds"],
    );
    refused(
        &trainer(directory.path(), &["--config", "nowhere.toml"]),
        2,
        &["nowhere.toml"],
    );
    let csv = plain();
    for (arguments, told) in [
        (&["--ridge-penalty", "1"][..], "--shapes lines"),
        (&["--knots", "2"], "--knots must be from 3"),
        (&["--max-pairs", "1000"], "--max-pairs must be at most"),
        (&["--repeats", "0"], "--repeats must be at least 1"),
        (&["--profit-alpha", "0"], "alpha"),
    ] {
        refused(&run_csv(&csv, arguments), 2, &[told]);
    }
}

/// The report is one page that asks nothing of any network.
#[test]
fn a_version_keeps_what_people_read_of_it() {
    let run = run_csv(
        plain(),
        &[
            "--folds",
            "3",
            "--bootstrap",
            "50",
            "--data-licence",
            "CC0-1.0",
        ],
    );
    assert_eq!(run.code, 0, "{}", run.stderr);
    let (_, documents) =
        artifact::load_whole(&run.models(), &name("test"), artifact::Version::FIRST).unwrap();
    assert_eq!(documents.keys().copied().collect::<Vec<_>>(), Document::ALL);
    let page = String::from_utf8(documents[&Document::Report].clone()).unwrap();
    for asked in ["src=", "<script", "<link", "@import", "url("] {
        assert!(!page.contains(asked), "{asked}");
    }
    assert!(page.contains("</html>"));
    let card = String::from_utf8(documents[&Document::Card].clone()).unwrap();
    assert!(card.starts_with("# ") && card.contains("CC0"), "{card}");
    let baseline = artifact::read_baseline(&documents[&Document::Baseline]).unwrap();
    assert!(baseline.rows > 0 && !baseline.features.is_empty());
}

/// The shipped data have missing values; without a column that it knows, a model
/// is worse than the one that has it.
#[test]
fn only_what_is_better_is_published_where_that_is_asked() {
    let directory = TempDir::new().unwrap();
    let data = telco_csv();
    let fixed = [
        "--target",
        "Churn",
        "--positive",
        "Yes",
        "--id",
        "customerID",
        "--name",
        "test",
        "--folds",
        "0",
        "--bootstrap",
        "0",
        "--shapes",
        "lines",
        "--ridge-penalty",
        "1",
        "--calibration",
        "none",
        "--publish-if-better",
        "--data",
        data.to_str().unwrap(),
    ];
    let first = trainer(directory.path(), &fixed);
    assert_eq!(first.code, 0, "{}", first.stderr);
    let published = || {
        let models = directory.path().join("models");
        artifact::versions(&models, &name("test")).unwrap().len()
    };
    let not_better = |run: &Run| {
        assert_eq!(run.code, 7, "{}", run.stderr);
        for part in ["not published", "log loss", "version 1"] {
            assert!(run.stderr.contains(part), "{part} in {}", run.stderr);
        }
        assert_eq!(published(), 1);
    };
    not_better(&trainer(directory.path(), &fixed));
    let schema = write(
        directory.path(),
        "a.toml",
        "[columns.Contract]\nkind = \"ignore\"\n",
    );
    let without = [&fixed[..], &["--schema", &schema]].concat();
    not_better(&trainer(directory.path(), &without));
    assert!(!directory.path().join("models/test/.staging").exists());
}

/// Ctrl-C in the middle of a long run.
#[cfg(unix)]
#[test]
fn an_interrupted_run_publishes_nothing() {
    let directory = TempDir::new().unwrap();
    let mut trainer = Command::new(env!("CARGO_BIN_EXE_holdfast-train"))
        .args([
            "churn",
            "--target",
            "Churn",
            "--positive",
            "Yes",
            "--name",
            "test",
        ])
        .args(["--repeats", "1000", "--data"])
        .arg(telco_csv())
        .arg("--models")
        .arg(directory.path().join("models"))
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let heard = BufReader::new(trainer.stderr.take().unwrap())
        .lines()
        .map_while(Result::ok)
        .any(|line| line.contains("cross-validating"));
    assert!(heard);
    // Not INT, which whoever runs the tests in the background ignores, and with it
    // all their children.
    let interrupted = Command::new("kill")
        .args(["-TERM", &trainer.id().to_string()])
        .status()
        .unwrap();
    assert!(interrupted.success());
    assert!(!trainer.wait().unwrap().success());
    assert!(!directory.path().join("models/test/1").exists());
}

/// Together, not alone, two columns separate the outcomes: coefficients without
/// a penalty would be endless.
#[test]
fn perfect_separation_gives_a_model_that_can_be_served() {
    let mut csv = "a,b,y\n".to_owned();
    for row in 0..600 {
        let (a, b) = ((row * 37) % 101, (row * 61) % 103);
        writeln!(csv, "{a},{b},{}", u8::from(a + b > 110)).unwrap();
    }
    for shapes in ["lines", "pairs"] {
        let run = run_csv(&csv, &["--folds", "0", "--shapes", shapes]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        let artifact =
            artifact::load(&run.models(), &name("test"), artifact::Version::FIRST).unwrap();
        let held_out = artifact.into_churn().unwrap().content.evaluation.held_out;
        assert!(held_out.area_under_curve > 0.99, "{held_out:?}");
        assert!(
            held_out.log_loss.is_finite() && held_out.log_loss < 0.2,
            "{held_out:?}"
        );
    }
}
