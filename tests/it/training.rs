//! `holdfast-train`, by its command line.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use holdfast::{
    artifact::{self, Version},
    train::{self, Settings, Silent},
};
use serde_json::Value;
use tempfile::TempDir;

use crate::support::{name, telco_csv, telco_training};

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
    let directory = TempDir::new().unwrap();
    let Output {
        status,
        stdout,
        stderr,
    } = Command::new(env!("CARGO_BIN_EXE_holdfast-train"))
        .arg("churn")
        .arg("--data")
        .arg(data)
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
    let fixed = ["--target", "y", "--positive", "1", "--name", "test"];
    run(data.path(), &[&fixed, arguments].concat())
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
            ["a", "b", "c"][row % 3]
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
    let loaded = artifact::load(&run.models(), &name("telco-churn"), Version::FIRST).unwrap();
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

/// Equal but for the last digits of numbers, which may differ between kinds of
/// processors.
fn assert_alike(a: &Value, b: &Value, path: &str) {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => {
            let (a, b) = (a.as_f64().unwrap(), b.as_f64().unwrap());
            assert!((a - b).abs() <= 1e-6 * a.abs().max(1.0), "{path}: {a} {b}");
        }
        (Value::Array(a), Value::Array(b)) => {
            assert_eq!(a.len(), b.len(), "{path}");
            for (index, (a, b)) in a.iter().zip(b).enumerate() {
                assert_alike(a, b, &format!("{path}[{index}]"));
            }
        }
        (Value::Object(a), Value::Object(b)) => {
            assert!(a.keys().eq(b.keys()), "{path}");
            for (key, value) in a {
                assert_alike(value, &b[key], &format!("{path}.{key}"));
            }
        }
        (a, b) => assert_eq!(a, b, "{path}"),
    }
}

#[test]
fn the_shipped_model_is_reproduced_by_its_command() {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/telco-churn/1");
    let run = run(&telco_csv(), SHIPPED);
    let parse = |bytes: &Vec<u8>| serde_json::from_slice::<Value>(bytes).unwrap();
    let reproduced = documents(&run.models().join("telco-churn/1"));
    for (shipped, reproduced) in documents(&shipped).iter().zip(&reproduced).take(3) {
        assert_alike(&parse(shipped), &parse(reproduced), "");
    }
    artifact::load(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("models"),
        &name("telco-churn"),
        Version::FIRST,
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
        settings: Settings {
            folds: 0,
            ..Settings::default()
        },
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
    let content = train::churn(
        &train::ChurnTraining {
            settings: Settings {
                folds: 0,
                ..Settings::default()
            },
            ..telco_training(models.path())
        },
        &Silent,
    )
    .unwrap()
    .content;
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..5 {
                    artifact::publish(models.path(), &name("telco-churn"), &content).unwrap();
                }
            });
        }
    });
    let versions = artifact::versions(models.path(), &name("telco-churn")).unwrap();
    assert_eq!(versions.len(), 41);
    for version in versions {
        artifact::load(models.path(), &name("telco-churn"), version).unwrap();
    }
}

#[test]
fn csv_dialects_train_alike() {
    let unix = plain();
    let published = |csv: &str| {
        let run = run_csv(csv, &[]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        let model = fs::read(run.models().join("test/1/model.json")).unwrap();
        let mut model: Value = serde_json::from_slice(&model).unwrap();
        model["training"]["data_sha256"] = Value::Null;
        model["training"]["data_file"] = Value::Null;
        model
    };
    let expected = published(&unix);
    assert_eq!(published(&format!("\u{feff}{unix}")), expected);
    assert_eq!(published(&unix.replace('\n', "\r\n")), expected);
    assert_eq!(published(&unix.replace(",a\n", ",\"a\"\n")), expected);
}

#[test]
fn files_that_are_no_table_are_refused_with_their_place() {
    let table = |csv: &[u8], told: &[&str]| refused(&run_csv(csv, &[]), 3, told);
    table(b"", &["is empty"]);
    table(b"y,x,c\n", &["no rows"]);
    table(b"y,x,x\n1,2,3\n", &["columns 2 and 3", "`x`", "rename"]);
    table(
        b"y,x,c\n1,2,3\n1,2\n",
        &["line 3", "2 cells where the header has 3"],
    );
    table(b"y,x,c\n1,2,3\n1,\xff,3\n", &["line 3, column 2", "UTF-8"]);
    table(
        b"y;x;c\n1;2;3\n1;2;3,5\n",
        &["line 3", "separate the cells"],
    );
    table(b"y;x;c\n1;2;3\n", &["no column `y`", "separate the cells"]);
    table(
        b"y,x,c\n1,\"2,3\n1,2,3\n",
        &["line 2, column 2", "never closed"],
    );
    let missing = run(Path::new("/nowhere/customers.csv"), SHIPPED);
    refused(&missing, 3, &["/nowhere/customers.csv", "cannot be read"]);
}

#[test]
fn data_that_cannot_be_trained_on_is_refused_with_advice() {
    let header = "y,x,c\n";
    let one_class = format!(
        "{header}{}",
        rows(|_, _| {})
            .replace("\n1,", "\n0,")
            .replacen("1,", "0,", 1)
    );
    refused(
        &run_csv(one_class, &[]),
        3,
        &["`y`", "two values, but has 1"],
    );
    let three = plain().replacen("\n0,", "\n2,", 1);
    refused(&run_csv(three, &[]), 3, &["has 3", "--target"]);
    let few: String = plain()
        .lines()
        .take(40)
        .fold(String::new(), |all, line| all + line + "\n");
    refused(
        &run_csv(few, &[]),
        3,
        &["only 13 of the rows churned", "at least 50"],
    );
    let run = run_csv(plain(), &["--id", "customer"]);
    refused(&run, 3, &["no column `customer`", "--id", "y, x, c"]);
    let run = run_csv("y,x\n".to_owned() + &"1,\n0,\n".repeat(60), &[]);
    refused(&run, 3, &["no column is left", "x (it has no values)"]);
    let run = run_csv(plain(), &["--positive", "yes"]);
    assert_eq!(run.code, 2); // given twice
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
fn columns_that_are_no_features_are_left_out_and_named() {
    let csv = format!(
        "y,x,c,row,surname,constant,empty\n{}",
        rows(|row, csv| write!(csv, ",{},n{},k,", row + 1000, row % 90).unwrap())
    );
    let run = run_csv(csv, &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    for told in [
        "row: it looks like an identifier: 200 whole numbers",
        "surname: it looks like an identifier: 90 distinct texts",
        "constant: it is constant",
        "empty: it has no values",
        "empty: 200 missing",
    ] {
        assert!(run.stdout.contains(told), "{told} in {}", run.stdout);
    }
}

#[test]
fn a_feature_that_knows_the_outcome_is_named() {
    let csv = format!(
        "y,x,c,refund,reason\n{}",
        rows(|row, csv| {
            let churned = row % 3 == 0;
            write!(
                csv,
                ",{},{}",
                if churned { row + 500 } else { row % 7 },
                ["left", "none"][usize::from(!churned)]
            )
            .unwrap();
        })
    );
    let run = run_csv(csv, &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    for column in ["refund", "reason"] {
        let told = format!("WARNING: {column} predicts the outcome alone (AUC 1.000)");
        assert!(run.stdout.contains(&told), "{}", run.stdout);
    }
    assert!(!run.stdout.contains("WARNING: x "));
}

#[test]
fn a_stray_quote_in_the_shipped_data_is_named() {
    let text = fs::read_to_string(telco_csv()).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let last = lines[3000].rfind(',').unwrap();
    lines[3000].insert(last + 1, '"');
    let data = tempfile::NamedTempFile::new().unwrap();
    fs::write(data.path(), lines.join("\r\n")).unwrap();
    let run = run(data.path(), SHIPPED);
    assert_eq!(run.code, 3, "{}", run.stderr);
    assert!(
        run.stderr.contains("line 3001, column 21"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_feature_whose_absence_knows_the_outcome_is_named() {
    let csv = format!(
        "y,x,c,when,why\n{}",
        rows(|row, csv| {
            if row % 3 == 0 {
                write!(csv, ",{},{}", row % 7, ["price", "service"][row % 2]).unwrap();
            } else {
                csv.push_str(",,");
            }
        })
    );
    let run = run_csv(csv, &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    for column in ["when", "why"] {
        let told = format!("WARNING: {column} predicts the outcome alone (AUC 1.000)");
        assert!(run.stdout.contains(&told), "{}", run.stdout);
    }
    assert!(!run.stdout.contains("WARNING: x "));
}

#[test]
fn the_schema_file_says_how_missing_values_are_spelled() {
    let directory = TempDir::new().unwrap();
    let schema = directory.path().join("schema.toml");
    let csv = format!(
        "y,x,c,plan\n{}",
        rows(|row, csv| write!(csv, ",{}", ["NA", "-", "basic", ""][row % 4]).unwrap())
    );
    for (text, told) in [
        ("", "plan: 100 missing"),
        ("missing = []\n", "plan: 50 missing"),
        (
            "missing = ['', '-', 'NA', 'basic']\n",
            "plan: it has no values",
        ),
    ] {
        fs::write(&schema, text).unwrap();
        let run = run_csv(
            &csv,
            &["--schema", schema.to_str().unwrap(), "--folds", "0"],
        );
        assert_eq!(run.code, 0, "{}", run.stderr);
        assert!(run.stdout.contains(told), "{told} in {}", run.stdout);
        let model = fs::read_to_string(run.models().join("test/1/model.json")).unwrap();
        assert_eq!(model.contains("\"NA\""), text == "missing = []\n", "{text}");
    }
}

#[test]
fn headers_that_no_request_could_carry_are_refused() {
    let long = format!("y,x,{}\n{}", "c".repeat(129), rows(|_, _| {}));
    refused(&run_csv(long, &[]), 3, &["column 3 has 129 bytes"]);
    let mut names = String::new();
    for column in 0..1001 {
        write!(names, ",c{column}").unwrap();
    }
    let cells = |row| (0..1001).map(move |_| [",1.5", ",2.5"][row % 2]);
    let wide = format!("y,x,c{names}\n{}", rows(|row, csv| csv.extend(cells(row))));
    refused(&run_csv(wide, &[]), 3, &["1003 columns", "at most 1000"]);
}

#[test]
fn values_of_another_kind_are_counted_not_printed() {
    let csv = format!(
        "y,x,c,age\n{}",
        rows(|row, csv| match row {
            3 => csv.push_str(",jane.doe@example.com"),
            4 => csv.push_str(",NaN"),
            5 => csv.push_str(",inf"),
            _ => write!(csv, ",{}", row % 60).unwrap(),
        })
    );
    let run = run_csv(csv, &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(
        run.stdout
            .contains("age: 2 values that are not of its kind")
    );
    assert!(run.stdout.contains("the first on line 5"));
    assert!(!run.stdout.contains("jane") && !run.stderr.contains("jane"));
}

#[test]
fn a_schema_file_overrules_what_values_look_like() {
    let directory = TempDir::new().unwrap();
    let schema = directory.path().join("schema.toml");
    let path = schema.to_str().unwrap();
    let csv = format!(
        "y,x,c,code\n{}",
        rows(|row, csv| write!(csv, ",{}", row % 2).unwrap())
    );

    fs::write(
        &schema,
        "[columns.code]\nkind = 'text'\n[columns.x]\nrequired = false\n",
    )
    .unwrap();
    let run = run_csv(&csv, &["--schema", path]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let content = artifact::load(&run.models(), &name("test"), Version::FIRST)
        .unwrap()
        .content;
    let features = content.model.schema().features();
    assert!(!features[0].required);
    assert_eq!(features[2].columns().len(), 3);

    fs::write(
        &schema,
        "[columns.c]\nkind = 'ignore'\n[columns.code]\nkind = 'flag'\ntrue_label = '0'\n",
    )
    .unwrap();
    let run = run_csv(&csv, &["--schema", path]);
    assert!(run.stdout.contains("c: the schema file says to ignore it"));

    for (text, code, told) in [
        ("[columns.shoe]\nkind = 'text'\n", 3, "no column `shoe`"),
        (
            "[columns.c]\nkind = 'flag'\n",
            3,
            "says that `c` is a flag, but",
        ),
        (
            "[columns.c]\nkind = 'number'\n",
            3,
            "says that `c` is a number, but",
        ),
        ("[columns.y]\nkind = 'flag'\n", 3, "that is the --target"),
        (
            "[columns.x]\ntrue_label = '1'\n",
            3,
            "says that `x` has a true_label, but it is no flag",
        ),
        ("[columns.c]\nkind = 'colour'\n", 2, "line 2"),
        ("[column.c]\n", 2, "line 1"),
    ] {
        fs::write(&schema, text).unwrap();
        refused(&run_csv(&csv, &["--schema", path]), code, &[told]);
    }
    refused(
        &run_csv(&csv, &["--schema", "/nowhere.toml"]),
        2,
        &["/nowhere.toml"],
    );
}

#[test]
fn a_million_categories_are_left_out_or_pooled() {
    let mut csv = String::from("y,x,token\n");
    for row in 0..1_000_000_u32 {
        writeln!(csv, "{},{},t{row}", row % 2, row % 13).unwrap();
    }
    let schema = tempfile::NamedTempFile::new().unwrap();
    fs::write(schema.path(), "[columns.token]\nkind = 'text'\n").unwrap();
    let schema = schema.path().to_str().unwrap();
    let kept = run_csv(&csv, &["--folds", "0", "--schema", schema]);
    assert_eq!(kept.code, 0, "{}", kept.stderr);
    assert!(!kept.stdout.contains("token: it looks"), "{}", kept.stdout);
    let content = artifact::load(&kept.models(), &name("test"), Version::FIRST)
        .unwrap()
        .content;
    let features = content.model.schema().features();
    assert_eq!(features[1].name, "token");
    assert!(features[1].columns().len() <= 2);

    let run = run_csv(csv, &["--folds", "0"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(
        run.stdout
            .contains("token: it looks like an identifier: 1000000 distinct texts in 1000000 rows; set its kind in the --schema file")
    );
}

#[test]
fn extreme_values_never_publish_a_model_that_pretends() {
    let csv = format!(
        "y,x,c,extreme\n{}",
        rows(|row, csv| write!(csv, ",{}", if row == 3 { "1e300" } else { "1" }).unwrap())
    );
    refused(&run_csv(csv, &[]), 4, &["extreme"]);
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
