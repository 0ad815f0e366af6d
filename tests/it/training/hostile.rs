//! Names that speak to the terminal, endless files, pipes, and an output that
//! takes nothing.

use std::{
    fmt::Write as _,
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use flate2::{Compression, write::GzEncoder};
use tempfile::TempDir;

use super::{FIXED, plain, refused, rows, run, run_csv};

/// Fits in no time.
const FAST: &[&str] = &[
    "--shapes",
    "lines",
    "--folds",
    "0",
    "--calibration",
    "none",
    "--bootstrap",
    "0",
];

fn trainer(command: &str) -> Command {
    let mut trainer = Command::new(env!("CARGO_BIN_EXE_holdfast-train"));
    trainer.arg(command);
    trainer
}

fn churn(data: &Path, models: &TempDir) -> Command {
    let mut churn = trainer("churn");
    churn.args(FIXED).args(FAST);
    churn.arg("--data").arg(data);
    churn.arg("--models").arg(models.path());
    churn
}

fn harmless(output: &str) {
    let speaks = |c: char| c.is_control() || ('\u{202A}'..='\u{202E}').contains(&c);
    let found: Vec<_> = output.chars().filter(|&c| c != '\n' && speaks(c)).collect();
    assert!(found.is_empty(), "{found:?} in {output:?}");
}

/// A telling number, odd categories, one of them with one outcome, an empty
/// column and one that is constant, all with hostile names.
fn hostile() -> String {
    let mut number = 0;
    let rows = rows(|row, line| {
        let category = if row % 3 == 0 && row % 2 == 0 {
            "k\u{1b}]0;title\u{7}\u{202E}"
        } else {
            "l"
        };
        number += 1;
        let missing = if number == 1 { "" } else { category };
        write!(line, ",{missing},").unwrap();
    });
    format!("y,x\u{1b}[2J\u{202E},c,d\u{9b}31m\u{202E},e\u{1b}[0m\u{7}\n{rows}")
}

#[test]
fn names_from_the_data_do_not_speak_to_the_terminal() {
    let directory = TempDir::new().unwrap();
    let data = directory.path().join("in\u{1b}[1m\u{202E}put.csv");
    fs::write(&data, hostile()).unwrap();
    let told = ["--definition", "gone\u{1b}[5m \u{202E}away"];
    let churned = run(&data, &[FIXED, FAST, &told].concat());
    assert_eq!(churned.code, 0, "{}", churned.stderr);
    harmless(&churned.stdout);
    harmless(&churned.stderr);
    for part in [
        "Left out",
        "e\u{FFFD}[0m",
        "1 missing",
        "WARNING",
        "k\u{FFFD}]0;",
    ] {
        assert!(
            churned.stdout.contains(part),
            "{part} in {}",
            churned.stdout
        );
    }
    let Output { status, stdout, .. } = trainer("inspect")
        .args(["--name", "test", "--models"])
        .arg(churned.models())
        .output()
        .unwrap();
    assert!(status.success());
    let stdout = String::from_utf8(stdout).unwrap();
    harmless(&stdout);
    assert!(stdout.contains("gone\u{FFFD}[5m \u{FFFD}away"), "{stdout}");
    assert!(stdout.contains("in\u{FFFD}[1m\u{FFFD}put.csv"), "{stdout}");
    let mut wrong = FIXED.to_vec();
    wrong[1] = "z\u{1b}[7m";
    let unknown = run(&data, &wrong);
    refused(
        &unknown,
        3,
        &["z\u{FFFD}[7m", "the header has: y, x\u{FFFD}[2J"],
    );
    harmless(&unknown.stderr);
    let Output { status, stderr, .. } = trainer("evaluate")
        .args(["--name", "test", "--target", "z", "--models"])
        .arg(churned.models())
        .arg("--data")
        .arg(&data)
        .output()
        .unwrap();
    assert_eq!(status.code(), Some(3));
    harmless(&String::from_utf8(stderr).unwrap());
}

#[test]
fn errors_stay_short() {
    let long: Vec<_> = (0..1000)
        .map(|n| format!("{n}{}", "n".repeat(900)))
        .collect();
    let long = long.join(",");
    let row = format!("1{}\n0{}\n", ",5".repeat(1000), ",5".repeat(1000));
    let constant = run_csv(format!("y,{long}\n{}", row.repeat(60)), &[]);
    refused(&constant, 3, &["no column is left", "and 980 more"]);
    assert!(constant.stderr.len() < 4096, "{}", constant.stderr.len());
    let unknown = run_csv(format!("w,{long}\n{row}"), &[]);
    refused(&unknown, 3, &["no column `y`"]);
    assert!(unknown.stderr.len() < 4096, "{}", unknown.stderr.len());
}

#[test]
fn options_out_of_bounds_are_named() {
    for (arguments, told) in [
        (["--profit-alpha", "-1"], "--profit-alpha: must be above 0"),
        (
            ["--profit-customer-value", "-5"],
            "--profit-customer-value: must be",
        ),
        (["--ridge-penalty", "-1"], "--ridge-penalty must be above 0"),
        (
            ["--held-out-share", "-0.5"],
            "--held-out-share must be above 0",
        ),
        (["--folds", "-2"], "invalid value '-2'"),
        (["--repeats", "1001"], "--repeats must be at most 1000"),
        (
            ["--bootstrap", "100001"],
            "--bootstrap must be at most 100000",
        ),
    ] {
        refused(&run_csv(plain(), &arguments), 2, &[told]);
    }
}

#[cfg(unix)]
#[test]
fn endless_files_are_refused() {
    for option in ["--config", "--schema"] {
        let endless = run_csv(plain(), &[option, "/dev/zero"]);
        refused(&endless, 2, &["/dev/zero is larger than 1024 KiB"]);
    }
}

#[cfg(unix)]
#[test]
fn data_may_come_through_a_pipe() {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(plain().as_bytes()).unwrap();
    for (bytes, told) in [
        (plain().into_bytes(), None),
        (packed.finish().unwrap(), None),
        (b"PAR1\0\0\0\0PAR1".to_vec(), Some("needs a regular file")),
    ] {
        let models = TempDir::new().unwrap();
        let mut child = churn(Path::new("/dev/stdin"), &models)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(&bytes).unwrap();
        let Output { status, stderr, .. } = child.wait_with_output().unwrap();
        let stderr = String::from_utf8(stderr).unwrap();
        match told {
            None => assert!(status.success(), "{stderr}"),
            Some(told) => {
                assert_eq!(status.code(), Some(3));
                assert!(stderr.contains(told), "{stderr}");
            }
        }
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_within_a_directory_is_refused_rather_than_waited_for() {
    let directory = TempDir::new().unwrap();
    fs::write(directory.path().join("a.csv"), plain()).unwrap();
    let pipe = directory.path().join("b.csv");
    assert!(
        Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    let read = run(directory.path(), FIXED);
    refused(&read, 3, &["b.csv", "is no regular file"]);
}

/// A device that takes nothing, where there is one.
fn full() -> Option<Stdio> {
    let file = File::options().write(true).open("/dev/full").ok()?;
    Some(file.into())
}

#[test]
fn an_answer_that_cannot_be_written_is_told() {
    let (Some(churn_output), Some(inspect_output)) = (full(), full()) else {
        return;
    };
    let directory = TempDir::new().unwrap();
    let models = TempDir::new().unwrap();
    let data: PathBuf = directory.path().join("data.csv");
    fs::write(&data, plain()).unwrap();
    let Output { status, stderr, .. } = churn(&data, &models)
        .stdout(churn_output)
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    let stderr = String::from_utf8(stderr).unwrap();
    assert!(status.success(), "{stderr}");
    assert!(
        stderr.contains("published, but the answer could not be written"),
        "{stderr}"
    );
    assert!(models.path().join("test/1").exists());
    let Output { status, stderr, .. } = trainer("inspect")
        .args(["--name", "test", "--models"])
        .arg(models.path())
        .stdout(inspect_output)
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    let stderr = String::from_utf8(stderr).unwrap();
    assert_eq!(status.code(), Some(5), "{stderr}");
    assert!(
        stderr.contains("the answer could not be written"),
        "{stderr}"
    );
}
