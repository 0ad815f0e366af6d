//! `holdfast-train`, by its command line.

mod data;
mod hostile;
mod quality;
mod roles;
mod whole_run;

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use holdfast::{
    artifact::{self, Documents, Version},
    train::{self, Silent},
};
use serde_json::Value;
use tempfile::TempDir;

use crate::support::{assert_alike, name, quick, quick_content, telco_csv, telco_training};

/// The command that `models/README.md` documents.
const SHIPPED: &[&str] = &[
    "--target",
    "Churn",
    "--positive",
    "Yes",
    "--id",
    "customerID",
    "--name",
    "telco-churn",
    "--definition",
    "the customer left within the last month",
    "--horizon-days",
    "30",
];

/// What is said of files with the target `y`.
const FIXED: &[&str] = &["--target", "y", "--positive", "1", "--name", "test"];

struct Run {
    code: i32,
    stdout: String,
    stderr: String,
    directory: TempDir,
}

impl Run {
    fn models(&self) -> PathBuf {
        self.directory.path().join("models")
    }
}

fn run(data: &Path, arguments: &[&str]) -> Run {
    run_files(&[data], arguments)
}

fn run_files(data: &[&Path], arguments: &[&str]) -> Run {
    let directory = TempDir::new().unwrap();
    let Output {
        status,
        stdout,
        stderr,
    } = Command::new(env!("CARGO_BIN_EXE_holdfast-train"))
        .arg("churn")
        .args(data.iter().flat_map(|path| [Path::new("--data"), path]))
        .args(arguments)
        .arg("--models")
        .arg(directory.path().join("models"))
        .output()
        .unwrap();
    Run {
        code: status.code().unwrap(),
        stdout: String::from_utf8(stdout).unwrap(),
        stderr: String::from_utf8(stderr).unwrap(),
        directory,
    }
}

/// Trains on text as a file; target `y`, positive `1`.
fn run_csv(csv: impl AsRef<[u8]>, arguments: &[&str]) -> Run {
    let data = tempfile::NamedTempFile::new().unwrap();
    fs::write(data.path(), csv).unwrap();
    run(data.path(), &[FIXED, arguments].concat())
}

/// 200 rows of one telling number, one telling category and the target.
fn rows(mut each: impl FnMut(usize, &mut String)) -> String {
    let mut csv = String::new();
    for row in 0..200 {
        let y = usize::from(row % 3 == 0);
        write!(
            csv,
            "{y},{},{}",
            (row * 37) % 101 + y * 20,
            ["a", "b", "c"][(row % 4 + 2 * y) % 3]
        )
        .unwrap();
        each(row, &mut csv);
        csv.push('\n');
    }
    csv
}

fn plain() -> String {
    format!("y,x,c\n{}", rows(|_, _| {}))
}

/// The run fails with `code`, tells all of `told`, and publishes nothing.
fn refused(run: &Run, code: i32, told: &[&str]) {
    assert_eq!(run.code, code, "{}", run.stderr);
    for part in told {
        assert!(run.stderr.contains(part), "{part} in {}", run.stderr);
    }
    assert!(!run.models().join("test").exists());
}

#[test]
fn the_shipped_model_reaches_the_baseline() {
    let run = run(&telco_csv(), SHIPPED);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let loaded = artifact::load(&run.models(), &name("telco-churn"), Version::FIRST)
        .unwrap()
        .into_churn()
        .unwrap();
    let evaluation = loaded.content.evaluation;
    for metrics in [evaluation.held_out, evaluation.cross_validated.unwrap()] {
        assert!(metrics.area_under_curve >= 0.843, "{metrics:?}");
        assert!(metrics.log_loss <= 0.420, "{metrics:?}");
    }
    for told in [
        "7043 rows",
        "TotalCharges: 11 missing",
        "customerID",
        "held out",
        "5-fold",
    ] {
        assert!(run.stdout.contains(told), "{told} in {}", run.stdout);
    }
    // Not a terminal: plain lines.
    assert!(run.stderr.contains("cross-validating 5/5\n"));
    assert!(!run.stderr.contains('\x1b'));
}

fn documents(version: &Path) -> Vec<Vec<u8>> {
    ["model.json", "metrics.json", "golden.json", "manifest.json"]
        .iter()
        .map(|file| fs::read(version.join(file)).unwrap())
        .collect()
}

#[test]
fn the_same_seed_and_data_give_the_same_bytes() {
    let first = run(&telco_csv(), SHIPPED);
    let second = run(&telco_csv(), SHIPPED);
    let version = |run: &Run| documents(&run.models().join("telco-churn/1"));
    assert_eq!(version(&first), version(&second));
    let other_seed = run(&telco_csv(), &[SHIPPED, &["--seed", "8"]].concat());
    assert_ne!(version(&first), version(&other_seed));
}

#[test]
fn the_shipped_model_is_reproduced_by_its_command() {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/telco-churn/2");
    let run = run(&telco_csv(), SHIPPED);
    let parse = |bytes: &Vec<u8>| serde_json::from_slice::<Value>(bytes).unwrap();
    let reproduced = documents(&run.models().join("telco-churn/1"));
    for (shipped, reproduced) in documents(&shipped).iter().zip(&reproduced).take(3) {
        assert_alike(&parse(shipped), &parse(reproduced), "");
    }
    artifact::load(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("models"),
        &name("telco-churn"),
        Version::FIRST.next().unwrap(),
    )
    .unwrap();
}

#[test]
fn the_documented_command_is_the_tested_one() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/README.md");
    let text = fs::read_to_string(path).unwrap();
    let command = text.split("```").nth(1).unwrap().replace("\\\n", " ");
    let words: Vec<String> = command
        .replace('"', "\u{1f}")
        .split('\u{1f}')
        .enumerate()
        .flat_map(|(index, part)| {
            // Every second part stood in quotes.
            if index % 2 == 1 {
                vec![part.to_owned()]
            } else {
                part.split_whitespace().map(str::to_owned).collect()
            }
        })
        .collect();
    for pair in SHIPPED.chunks(2) {
        assert!(
            words.windows(2).any(|words| words == pair),
            "{pair:?} in {words:?}"
        );
    }
}

#[test]
fn versions_increase_and_stay() {
    let models = TempDir::new().unwrap();
    let training = train::ChurnTraining {
        settings: quick(),
        ..telco_training(models.path())
    };
    let publish = || {
        train::churn(&training, &Silent)
            .unwrap()
            .identity
            .version
            .get()
    };
    assert_eq!(publish(), 1);
    let first = documents(&models.path().join("telco-churn/1"));
    assert_eq!(publish(), 2);
    fs::create_dir(models.path().join("telco-churn/7")).unwrap(); // even a broken one is taken
    assert_eq!(publish(), 8);
    assert_eq!(documents(&models.path().join("telco-churn/1")), first);
}

#[test]
fn publishers_at_the_same_time_get_versions_of_their_own() {
    let models = TempDir::new().unwrap();
    let content = quick_content();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..5 {
                    artifact::publish(
                        models.path(),
                        &name("telco-churn"),
                        content,
                        &Documents::new(),
                    )
                    .unwrap();
                }
            });
        }
    });
    let versions = artifact::versions(models.path(), &name("telco-churn")).unwrap();
    assert_eq!(versions.len(), 40);
    for version in versions {
        artifact::load(models.path(), &name("telco-churn"), version).unwrap();
    }
}

#[test]
fn settings_out_of_bounds_are_refused() {
    for (arguments, told) in [
        (
            ["--held-out-share", "1"],
            "--held-out-share must be above 0",
        ),
        (["--held-out-share", "NaN"], "above 0 and below 1"),
        (["--folds", "1"], "at least 2 folds"),
        (["--ridge-penalty", "0"], "must be above 0"),
        (["--ridge-penalty", "inf"], "must be above 0"),
    ] {
        refused(&run_csv(plain(), &arguments), 2, &[told]);
    }
    // 67 of the 200 rows churned.
    for (arguments, told) in [
        (["--folds", "300000"], "--folds 300000 is too many: only 67"),
        (["--folds", "68"], "use at most 67"),
        (
            ["--held-out-share", "0.999"],
            "--held-out-share 0.999 is too large",
        ),
        (
            ["--held-out-share", "0.001"],
            "--held-out-share 0.001 is too small",
        ),
    ] {
        refused(&run_csv(plain(), &arguments), 3, &[told]);
    }
    let most = run_csv(plain(), &["--folds", "67", "--held-out-share", "0.01"]);
    assert_eq!(most.code, 0, "{}", most.stderr);
    for name in ["../up", "A", ""] {
        let data = tempfile::NamedTempFile::new().unwrap();
        let arguments = ["--target", "y", "--positive", "1", "--name", name];
        assert_eq!(run(data.path(), &arguments).code, 2, "{name}");
    }
}

#[test]
fn a_directory_that_cannot_be_written_is_named() {
    let data = tempfile::NamedTempFile::new().unwrap();
    fs::write(data.path(), plain()).unwrap();
    let Output { status, stderr, .. } = Command::new(env!("CARGO_BIN_EXE_holdfast-train"))
        .args([
            "churn",
            "--target",
            "y",
            "--positive",
            "1",
            "--name",
            "test",
        ])
        .arg("--data")
        .arg(data.path())
        .args(["--models", "/dev/null/models"])
        .output()
        .unwrap();
    assert_eq!(status.code(), Some(5));
    assert!(
        String::from_utf8(stderr)
            .unwrap()
            .contains("/dev/null/models")
    );
}
