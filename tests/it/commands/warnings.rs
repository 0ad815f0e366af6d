//! `holdfast-train warnings`: a log replayed week by week.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;
use tempfile::TempDir;

use super::Run;

const SHORT: [&str; 4] = ["--horizon-days", "40", "--retrain-weeks", "8"];

/// Lines of customers with a rhythm of their own, of whom every other one stops
/// some day: with the own gap known, silence tells; days alone tell little.
fn lines() -> Vec<String> {
    let mut lines = Vec::new();
    for customer in 0..180_i64 {
        let every = 4 + customer * 7 % 27;
        let stops = if customer % 2 == 0 {
            40 + customer * 5 / 3
        } else {
            400
        };
        let mut on = customer % every;
        while on < stops && on < 300 {
            let (month, day) = (on / 28, on % 28 + 1);
            let amount = 5 + customer % 9;
            lines.push(format!(
                "c{customer},{}-{:02}-{day:02},{amount}",
                2011 + month / 12,
                month % 12 + 1
            ));
            on += every + (on * 3 + customer) % 3 - 1;
        }
    }
    lines
}

fn log(directory: &Path, lines: &[String]) -> PathBuf {
    let mut text = "customer,day,amount\n".to_owned();
    for line in lines {
        writeln!(text, "{line}").unwrap();
    }
    let path = directory.join("log.csv");
    fs::write(&path, text).unwrap();
    path
}

fn warnings(log: &Path, arguments: &[&str]) -> Run {
    warnings_with(log, arguments, "2")
}

fn warnings_with(log: &Path, arguments: &[&str], threads: &str) -> Run {
    let mut train = Command::new(env!("CARGO_BIN_EXE_holdfast-train"));
    let train = train.env("RAYON_NUM_THREADS", threads).arg("warnings");
    let train = train.arg("--transactions").arg(log);
    let columns = [
        "--customer",
        "customer",
        "--time",
        "day",
        "--amount",
        "amount",
        "--quiet",
    ];
    Run::of(train.args(columns).args(arguments))
}

fn number(json: &Value, path: &str) -> f64 {
    let found = json.pointer(path).and_then(Value::as_f64);
    found.unwrap_or_else(|| panic!("{path} in {json:#}"))
}

#[test]
fn a_log_is_replayed_reported_and_becomes_a_policy() {
    let directory = TempDir::new().unwrap();
    let mut lines = lines();
    let sorted = log(directory.path(), &lines);
    let path = |name: &str| directory.path().join(name);
    let (policy, page) = (path("policy.toml"), path("report.html"));
    let files = [
        "--write-policy",
        policy.to_str().unwrap(),
        "--report",
        page.to_str().unwrap(),
    ];
    let told = warnings(&sorted, &[&SHORT[..], &files].concat());
    told.tells(&["weeks", "recency", "own gap", "Advised", "off"]);
    let json = warnings(&sorted, &[&SHORT[..], &["--json"]].concat()).json();

    // The order of the lines and the number of threads play no part.
    lines.reverse();
    let reversed = path("reversed");
    fs::create_dir(&reversed).unwrap();
    let reversed = log(&reversed, &lines);
    let again = warnings_with(&reversed, &[&SHORT[..], &["--json"]].concat(), "1").json();
    for part in [
        "trainings",
        "ranked",
        "grid",
        "simple",
        "advised",
        "hysteresis",
    ] {
        assert_eq!(json[part], again[part], "{part}");
    }

    // Customers have gaps of their own, and the model knows them.
    let precision = |at: usize| number(&json, &format!("/ranked/{at}/figures/precision"));
    let [model, recency, chance] = [0, 1, 3].map(precision);
    let base_rate = number(&json, "/base_rate");
    assert!(
        model > recency && recency > base_rate,
        "{model} {recency} {base_rate}"
    );
    assert!((chance - base_rate).abs() < 0.15, "{chance} {base_rate}");
    for training in json["trainings"].as_array().unwrap() {
        let [then, now] = ["latest_cut_off", "as_of"].map(|key| training[key].as_str().unwrap());
        assert!(then < now);
    }
    assert!(number(&json, "/advised/rule/later/precision") > base_rate);
    assert!(number(&json, "/advised/rule/all/repeat_share") <= 0.05);
    let most = number(&json, "/alarms_a_week/all");
    for rule in json["grid"].as_array().unwrap() {
        let weeks = number(rule, "/all/weeks");
        assert!(number(rule, "/all/alarms") <= most * weeks);
    }

    let page = fs::read_to_string(page).unwrap();
    assert_eq!(page.matches("<svg").count(), 2);
    assert!(page.contains("id=\"frontier-d\"") && !page.contains("http"));
    assert!(!page.contains("NaN") && !page.contains(">c17"));

    // What is written is a policy that can be tried again.
    let text = fs::read_to_string(&policy).unwrap();
    assert!(text.contains("[warnings.level]"), "{text}");
    let by_policy = ["--policy", policy.to_str().unwrap(), "--json"];
    let tried = warnings(&sorted, &[&SHORT[..], &by_policy].concat()).json();
    assert_eq!(tried["grid"], json["grid"]);
    assert_eq!(tried["alarms_a_week"], json["alarms_a_week"]);
}

#[test]
fn a_log_that_cannot_be_replayed_is_refused_with_what_to_do() {
    let directory = TempDir::new().unwrap();
    let lines = lines();
    let all = log(directory.path(), &lines);
    let other = |name: &str, lines: &[String]| {
        let inner = directory.path().join(name);
        fs::create_dir(&inner).unwrap();
        log(&inner, lines)
    };
    let one_day: Vec<String> = (0..500).map(|c| format!("c{c},2011-01-01,5")).collect();
    let once: Vec<String> = lines
        .iter()
        .take(60)
        .cloned()
        .chain(lines[lines.len() - 1..].to_vec())
        .collect();
    let unwritable = directory.path().join("nowhere").join("report.html");
    let bad_policy = directory.path().join("bad.toml");
    fs::write(
        &bad_policy,
        "name = 'a'\nversion = '1'\n[warnings.level]\non = 0.3\noff = 0.5\n",
    )
    .unwrap();
    for (path, arguments, code, told) in [
        (other("empty", &[]), &SHORT[..], 3, &["log.csv"][..]),
        (
            other("one-day", &one_day),
            &SHORT,
            3,
            &["a back-test needs", "horizon"],
        ),
        (
            all.clone(),
            &["--horizon-days", "200"],
            3,
            &["twice the horizon of 200", "shorter horizon"],
        ),
        (
            all.clone(),
            &["--complete-through", "2011-03-01"],
            3,
            &["the log has purchases up to"],
        ),
        (
            other("few", &once),
            &SHORT,
            3,
            &["it needs 50 of each", "add a longer log"],
        ),
        (
            all.clone(),
            &[&SHORT[..], &["--first-as-of", "2011-02-01"]].concat(),
            2,
            &["scorings are possible from"],
        ),
        (
            all.clone(),
            &[&SHORT[..], &["--first-as-of", "2012-02-01"]].concat(),
            2,
            &["scorings are possible from"],
        ),
        (
            all.clone(),
            &["--windows-days", "60,30"],
            2,
            &["--windows-days: must be"],
        ),
        (
            all.clone(),
            &["--most-repeats", "2"],
            2,
            &["must be a share from 0 to 1"],
        ),
        (
            all.clone(),
            &["--policy", bad_policy.to_str().unwrap()],
            2,
            &["line 5: warnings.level.off"],
        ),
        (
            all.clone(),
            &["--report", unwritable.to_str().unwrap()],
            5,
            &["cannot write"],
        ),
    ] {
        warnings(&path, arguments).fails(code, told);
    }
    assert!(!unwritable.exists());
}

#[test]
fn no_rule_is_written_where_none_is_good_enough() {
    let directory = TempDir::new().unwrap();
    let log = log(directory.path(), &lines());
    let policy = directory.path().join("policy.toml");
    let strict = [&SHORT[..], &["--capacity", "1"]].concat();
    let write = ["--write-policy", policy.to_str().unwrap()];
    warnings(&log, &[&strict[..], &write].concat()).fails(4, &["no rule is good enough"]);
    assert!(!policy.exists());
}
