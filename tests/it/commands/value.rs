//! `value`, and `inspect`, `diff` and `evaluate-value` on what it publishes;
//! `retention`.

use std::{fmt::Write as _, fs, path::Path};

use serde_json::Value;
use tempfile::TempDir;

use super::{Run, run};

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/cdnow/CDNOW_sample.txt");
/// How the sample is written.
const WRITTEN: [&str; 13] = [
    "--no-header",
    "--delimiter",
    "space",
    "--customer",
    "1",
    "--time",
    "3",
    "--amount",
    "5",
    "--time-format",
    "%Y%m%d",
    "--currency",
    "USD",
];

fn value(models: &Path, data: &str, more: &[&str]) -> Run {
    let given = ["--data", data, "--name", "cdnow"];
    run("value", models, &[&given, &WRITTEN[..], more].concat())
}

/// A log of lines of customer, day and amount.
fn log(directory: &TempDir, lines: &[(&str, &str, &str)]) -> String {
    let line = |(customer, day, amount): &(&str, &str, &str)| {
        format!("{customer} 0 {} 1 {amount}\n", day.replace('-', ""))
    };
    let path = directory.path().join("log.txt");
    fs::write(&path, lines.iter().map(line).collect::<String>()).unwrap();
    path.to_str().unwrap().to_owned()
}

fn near(found: &Value, expected: f64, relative: f64) {
    let found = found.as_f64().unwrap();
    assert!(
        (found - expected).abs() <= relative * expected.abs(),
        "{found} {expected}"
    );
}

#[test]
fn cdnow_is_foretold_as_in_the_literature() {
    let models = TempDir::new().unwrap();
    let arguments = [
        "--as-of",
        "1997-09-30",
        "--model",
        "bg-nbd",
        "--json",
        "--quiet",
    ];
    let run = value(models.path(), SAMPLE, &arguments);
    let json = run.json();
    // The calibration ends as in the paper; what is published knows the whole log.
    near(&json["candidates"][0]["log_likelihood"], -9582.43, 1e-4);
    let hold_out = &json["hold_out"];
    assert_eq!(hold_out["customers"], 2357);
    let expected = [0.225, 0.523, 1.044, 1.520, 2.164, 2.654, 3.504, 6.157];
    let actual = [0.237, 0.697, 1.393, 1.560, 2.532, 2.947, 3.862, 6.359];
    for (at, (expected, actual)) in expected.into_iter().zip(actual).enumerate() {
        let bin = &hold_out["by_frequency"][at];
        near(&bin["expected"], expected, 0.01);
        near(&bin["actual"], actual, 0.003);
    }
    let rmse = |of: &str| hold_out[of]["root_mean_squared_error"].as_f64().unwrap();
    assert!(rmse("model") < rmse("own_rate") && rmse("model") < rmse("common_rate"));
    let score = |of: &str| hold_out[of]["log_score"].as_f64().unwrap();
    assert!(score("model") > score("common_rate"));
    assert!(hold_out["model"]["area_under_curve"].as_f64().unwrap() > 0.6);
    assert!(
        json["spend_parameters"]["q"]["standard_error"]
            .as_f64()
            .unwrap()
            > 0.0
    );
    let version = models.path().join("cdnow/1");
    let again = TempDir::new().unwrap();
    value(again.path(), SAMPLE, &arguments).json();
    for file in [
        "model.json",
        "metrics.json",
        "golden.json",
        "training.toml",
        "report.html",
        "card.md",
    ] {
        let bytes = fs::read(version.join(file)).unwrap();
        assert!(!bytes.is_empty(), "{file}");
        assert_eq!(
            bytes,
            fs::read(again.path().join("cdnow/1").join(file)).unwrap()
        );
    }
    let report = fs::read_to_string(version.join("report.html")).unwrap();
    for part in [
        "RFM segments",
        "champions",
        "hibernating",
        "who bought nothing in the 273 days to 1998-06-30",
        "Current and potential value",
        "Intervals tell how sure the parameters are",
    ] {
        assert!(report.contains(part), "{part}");
    }
    let inspected = super::run("inspect", models.path(), &["--name", "cdnow"]);
    inspected.tells(&["bg-nbd", "gamma-gamma", "USD", "A new customer", "P(alive)"]);
    let same = super::run("diff", models.path(), &["cdnow@1", "cdnow@1"]);
    same.tells(&["nothing differs"]);
    let given = [
        "--name",
        "cdnow",
        "--data",
        SAMPLE,
        "--as-of",
        "1998-01-31",
        "--json",
    ];
    let evaluated = super::run(
        "evaluate-value",
        models.path(),
        &[&given, &WRITTEN[..]].concat(),
    );
    assert_eq!(evaluated.json()["fitted_on_these_days"], true);
    let telco = ["--name", "cdnow", "--data", SAMPLE];
    super::run("recalibrate", models.path(), &telco)
        .fails(6, &["value model", "holdfast-train value"]);
    let compared = [
        "--champion",
        "cdnow@1",
        "--challenger",
        "cdnow@1",
        "--data",
        SAMPLE,
    ];
    super::run("compare", models.path(), &compared)
        .fails(6, &["value model", "holdfast-train evaluate-value"]);
    super::run("evaluate", models.path(), &telco)
        .fails(6, &["value model", "holdfast-train evaluate-value"]);
}

#[test]
fn a_configuration_reads_back() {
    let models = TempDir::new().unwrap();
    let first = ["--model", "mbg-nbd", "--quiet", "--horizon-days", "180"];
    assert_eq!(value(models.path(), SAMPLE, &first).code, 0);
    let configuration = models.path().join("cdnow/1/training.toml");
    let config = configuration.to_str().unwrap();
    let again = ["--config", config, "--data", SAMPLE, "--quiet"];
    assert_eq!(run("value", models.path(), &again).code, 0);
    let read = |version: &str, file: &str| {
        fs::read(models.path().join("cdnow").join(version).join(file)).unwrap()
    };
    assert_eq!(read("1", "model.json"), read("2", "model.json"));
    assert_eq!(read("1", "training.toml"), read("2", "training.toml"));
    let text = fs::read_to_string(&configuration).unwrap() + "\nnonsense = 1\n";
    let wrong = models.path().join("wrong.toml");
    fs::write(&wrong, text).unwrap();
    let wrong = ["--config", wrong.to_str().unwrap(), "--data", SAMPLE];
    run("value", models.path(), &wrong).fails(2, &["nonsense"]);
}

#[test]
fn a_model_that_is_no_better_is_not_published() {
    let models = TempDir::new().unwrap();
    let better = ["--publish-if-better", "--quiet", "--as-of", "1997-12-31"];
    let with = |more: &[&str]| value(models.path(), SAMPLE, &[&better, more].concat());
    // Nobody is there to be beaten.
    assert_eq!(with(&["--model", "bg-nbd"]).code, 0);
    let again = with(&["--model", "bg-nbd"]);
    again.fails(
        7,
        &["mean log score", "version 1 has", "--as-of 1998-06-30"],
    );
    with(&["--model", "bg-bb"]).fails(6, &["version 1", "bg-bb"]);
    with(&["--refunds", "drop"]).fails(6, &["--refunds"]);
    let nothing = ["--publish-if-better", "--no-hold-out", "--quiet"];
    value(models.path(), SAMPLE, &nothing).fails(2, &["--no-hold-out"]);
    assert!(!models.path().join("cdnow/2").exists());
    // What foretells the later days less well can still be off by less.
    let by_error = ["--publish-if-better", "mae", "--quiet", "--model", "bg-nbd"];
    assert_eq!(value(models.path(), SAMPLE, &by_error).code, 0);
    assert!(models.path().join("cdnow/2").exists());
}

#[test]
fn logs_that_tell_nothing_are_refused() {
    let models = TempDir::new().unwrap();
    let directory = TempDir::new().unwrap();
    let refused = |lines: &[(&str, &str, &str)], code: i32, told: &[&str]| {
        let data = log(&directory, lines);
        let run = value(models.path(), &data, &["--quiet", "--model", "bg-nbd"]);
        run.fails(code, told);
    };
    // Nothing at all, and amounts that are none.
    refused(&[], 3, &[]);
    refused(&[("1", "2020-01-01", "NaN")], 3, &[]);
    refused(&[("1", "2020-01-01", "inf")], 3, &["log.txt"]);
    // One customer, one day.
    refused(&[("1", "2020-01-01", "9.5")], 3, &["--no-hold-out"]);
    // One purchase for all.
    let one: Vec<(String, String)> = (1..=20)
        .map(|at| (at.to_string(), format!("2020-{:02}-01", 1 + at % 12)))
        .collect();
    let one: Vec<(&str, &str, &str)> = one
        .iter()
        .map(|(customer, day)| (customer.as_str(), day.as_str(), "5"))
        .collect();
    refused(&one, 4, &["second time"]);
    for (option, number) in [
        ("--horizon-days", "NaN"),
        ("--horizon-days", "1e7"),
        ("--discount-rate", "-1"),
        ("--margin", "0"),
        ("--periods", "0"),
        ("--periods", "241"),
        ("--period-days", "1e5"),
        ("--acquisition-cost", "inf"),
    ] {
        value(models.path(), SAMPLE, &[option, number]).fails(2, &[&option[2..]]);
    }
    value(models.path(), SAMPLE, &["--as-of", "2001-01-01"]).fails(3, &["within the log"]);
    assert!(!models.path().join("cdnow").exists());
}

#[test]
fn horizons_beyond_all_sense_give_finite_numbers() {
    let models = TempDir::new().unwrap();
    let far = [
        "--horizon-days",
        "1e6",
        "--periods",
        "240",
        "--period-days",
        "4000",
    ];
    let more = ["--model", "bg-nbd", "--json", "--quiet", "--no-hold-out"];
    let json = value(models.path(), SAMPLE, &[&far[..], &more].concat()).json();
    assert!(json["hold_out"].is_null());
    assert!(json["warnings"][0].as_str().unwrap().contains("held out"));
    let inspected = run("inspect", models.path(), &["--name", "cdnow", "--json"]).json();
    for example in inspected["examples"].as_array().unwrap() {
        assert!(example["expected_purchases"].as_f64().unwrap().is_finite());
    }
}

#[test]
fn cohorts_have_the_published_retention() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("cohorts.csv");
    let left = [1000, 869, 743, 653, 593, 551, 517, 491];
    let lines = left
        .iter()
        .enumerate()
        .map(|(year, left)| format!("{year},{left}\n"));
    fs::write(&path, format!("year,left\n{}", lines.collect::<String>())).unwrap();
    let data = [
        "--data",
        path.to_str().unwrap(),
        "--period",
        "year",
        "--customers",
        "left",
    ];
    let told = |more: &[&str]| {
        std::process::Command::new(env!("CARGO_BIN_EXE_holdfast-train"))
            .arg("retention")
            .args([&data[..], more].concat())
            .output()
            .unwrap()
    };
    let output = told(&["--json", "--quiet", "--margin", "100"]);
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    near(&json["parameters"]["alpha"]["value"], 0.668_088, 1e-4);
    near(&json["parameters"]["beta"]["value"], 3.806_095, 1e-4);
    near(&json["log_likelihood"], -1611.1581, 1e-6);
    near(&json["periods"][12]["survival"], 0.3780, 1e-3);
    near(&json["periods"][7]["residual_lifetime"], 7.530, 1e-3);
    // Two renewals: of 0.8507 and 0.7469 of the contracts, at 10 % a period.
    assert_eq!(json["periods"][0]["value"], 0.0);
    near(
        &json["periods"][2]["value"],
        85.07 / 1.1 + 74.69 / 1.21,
        1e-3,
    );
    let second = &json["periods"][2];
    near(&second["payment"], 74.69 / 1.21, 1e-3);
    let of = |name: &str| second[name].as_f64().unwrap();
    assert!(of("value_low") < of("value") && of("value") < of("value_high"));
    assert!(
        of("value_high") < 1.05 * of("value"),
        "a thousand customers tell a lot"
    );
    // The renewals ahead: the first of them is a period away.
    near(
        &second["value_ahead"],
        100.0 * of("residual_lifetime") / 1.1,
        1e-12,
    );
    let text = String::from_utf8(told(&["--margin", "100", "--hold-out", "2"]).stdout).unwrap();
    assert!(text.contains("90 % interval"), "{text}");
    assert!(
        text.lines().all(|line| line.chars().count() <= 100),
        "{text}"
    );
    // Without a discount such a lifetime has no end.
    let output = told(&["--json", "--quiet", "--discount-rate", "0"]);
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(json["periods"][7]["residual_lifetime"].is_null());
    assert_eq!(told(&["--discount-rate", "NaN"]).status.code(), Some(2));
    fs::write(&path, "year,left\n0,10\n2,8\n").unwrap();
    assert_eq!(told(&[]).status.code(), Some(3));
}

/// Every number of a document is finite: JSON has no other, and writes null.
fn no_null_figures(json: &Value) {
    for figure in json["parameters"].as_object().unwrap().values() {
        assert!(figure["value"].as_f64().unwrap() > 0.0);
        assert!(figure["standard_error"].is_number());
    }
    for figure in ["expected_purchases", "mean_absolute_error", "log_score"] {
        assert!(json["hold_out"]["model"][figure].is_number(), "{figure}");
    }
}

#[test]
fn odd_logs_give_finite_numbers_or_are_refused() {
    let models = TempDir::new().unwrap();
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("log.csv");
    let told = |lines: String, more: &[&str]| {
        fs::write(&path, format!("customer,day,amount\n{lines}")).unwrap();
        let read = ["--customer", "customer", "--time", "day"];
        let named = ["--amount", "amount", "--currency", "EUR", "--name", "odd"];
        let data = ["--data", path.to_str().unwrap(), "--quiet"];
        let all = [&data[..], &read, &named, more].concat();
        run("value", models.path(), &all)
    };
    // Amounts that are none, and days that are none, by line and rule.
    told("a,2020-01-01,NaN\n".to_owned(), &[]).fails(3, &["line 2", "amount"]);
    told("a,2020-13-01,5\n".to_owned(), &[]).fails(3, &["`day`", "--time-format"]);
    told(String::new(), &[]).fails(3, &["log.csv"]);
    // Nobody spends anything: purchases can be told, money cannot.
    let day = |at: u32| format!("2020-{:02}-{:02}", 1 + at / 28 % 12, 1 + at % 28);
    let free = |amount: u32| -> String {
        let mut lines = String::new();
        for customer in 0..120_u32 {
            // Customers who differ: from one purchase to 23, over a month to eight.
            let purchases = if customer % 3 == 0 {
                1
            } else {
                1 + customer * customer % 23
            };
            let (first, days) = (customer % 90, 30 + customer * 37 % 200);
            for purchase in 0..purchases {
                let bought = day(first + days * purchase / purchases);
                writeln!(lines, "c{customer},{bought},{amount}").unwrap();
            }
        }
        lines
    };
    told(free(0), &[]).fails(3, &["--no-spend"]);
    let bg_nbd = ["--no-spend", "--model", "bg-nbd", "--json"];
    no_null_figures(&told(free(0), &bg_nbd).json());
    // All customers alike: there is nothing to tell them apart by.
    let alike: String = (0..50)
        .flat_map(|customer| [10, 100, 200].map(|at| format!("c{customer},{},9\n", day(at))))
        .collect();
    let alike = told(alike, &bg_nbd);
    assert!(alike.code == 0 || alike.code == 4, "{}", alike.code);
    // One customer with very many lines.
    let mut many = String::new();
    for at in 0..100_000_u32 {
        writeln!(many, "much,{},1", day(at % 330)).unwrap();
    }
    let much = told(
        free(5) + &many,
        &["--model", "bg-nbd", "--no-spend", "--json"],
    );
    no_null_figures(&much.json());
}
