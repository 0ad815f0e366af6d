//! `segments`, and `inspect` and `diff` on what it publishes.

use std::{fs, path::Path, process::Command};

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
    "2",
    "--time",
    "3",
    "--amount",
    "5",
    "--time-format",
    "%Y%m%d",
    "--currency",
    "USD",
];

/// A log of lines of customer, day and amount.
fn log(directory: &TempDir, lines: &[(&str, &str, &str)]) -> String {
    let line =
        |(customer, day, amount): &(&str, &str, &str)| format!("{customer},{day},{amount}\n");
    let lines: String = lines.iter().map(line).collect();
    let path = directory.path().join("log.csv");
    fs::write(&path, "c,t,a\n".to_owned() + &lines).unwrap();
    path.to_str().unwrap().to_owned()
}

fn small(directory: &TempDir, lines: &[(&str, &str, &str)], more: &[&str]) -> Run {
    let log = log(directory, lines);
    let given = ["--data", &log, "--customer", "c", "--time", "t", "--amount"];
    let named = ["a", "--name", "small", "--quiet"];
    run(
        "segments",
        directory.path(),
        &[&given[..], &named, more].concat(),
    )
}

fn cdnow(command: &str, models: &Path, more: &[&str]) -> Run {
    let given = ["--data", SAMPLE, "--quiet"];
    run(command, models, &[&given[..], &WRITTEN, more].concat())
}

/// Customers of all groups of a kind, and those of one group.
fn customers(groups: &Value, of: Option<&str>) -> u64 {
    let groups = groups.as_array().unwrap().iter();
    let groups = groups.filter(|group| of.is_none_or(|name| group["name"] == name));
    groups
        .map(|group| group["customers"].as_u64().unwrap())
        .sum()
}

#[test]
fn cdnow_falls_into_groups_that_hold_everybody_once() {
    let models = TempDir::new().unwrap();
    let table = models.path().join("customers.csv");
    let more = [
        "--as-of",
        "1998-03-31",
        "--clusters",
        "3",
        "--name",
        "cdnow-segments",
        "--output",
        table.to_str().unwrap(),
        "--json",
    ];
    let json = cdnow("segments", models.path(), &more).json();
    assert_eq!(json["customers"], 2357);
    for kind in ["segments", "tiers", "stages", "clusters"] {
        assert_eq!(customers(&json[kind], None), 2357, "{kind}");
    }
    assert_eq!(json["clusters"].as_array().unwrap().len(), 3);
    assert_eq!(json["log"]["kept"]["customers"], 2357);
    assert_eq!(json["follow_up"]["to"], "1998-06-29");
    assert_eq!(json["tier_matrix"], Value::Null);
    // Champions leave less often than those who sleep.
    let left = |name: &str| {
        let groups = json["segments"].as_array().unwrap();
        let group = groups.iter().find(|group| group["name"] == name).unwrap();
        group["left"].as_f64().unwrap() / group["watched"].as_f64().unwrap()
    };
    assert!(left("champions") + 0.2 < left("hibernating"));

    let table = fs::read_to_string(table).unwrap();
    assert_eq!(table.lines().count(), 2358);
    assert!(table.lines().all(|line| line.split(',').count() == 16));
    assert!(!table.contains(",-0,"), "no negative zero");

    let inspected = run(
        "inspect",
        models.path(),
        &["--name", "cdnow-segments", "--json"],
    )
    .json();
    assert_eq!(inspected["segments"], json["segments"]);
    assert_eq!(inspected["model"]["digest"], json["model"]["digest"]);
    run("inspect", models.path(), &["--name", "cdnow-segments"]).tells(&[
        "Lifecycle stages",
        "champions",
        "1: ",
        "days since last purchase: score 1 from",
    ]);
    let report = models.path().join("cdnow-segments/1/report.html");
    let report = fs::read_to_string(report).unwrap();
    for part in ["champions", "What sets clusters apart", "2,357"] {
        assert!(report.contains(part), "{part}");
    }
}

#[test]
fn a_configuration_reads_back_and_a_card_is_kept() {
    let models = TempDir::new().unwrap();
    let first = ["--clusters", "2", "--tier-by", "value", "--name", "groups"];
    let noted = ["--contact", "crm@shop.example", "--horizon-days", "60"];
    assert_eq!(
        cdnow("segments", models.path(), &[&first[..], &noted].concat()).code,
        0
    );
    let file = |version: &str, file: &str| models.path().join("groups").join(version).join(file);
    let config = file("1", "training.toml");
    let again = [
        "--config",
        config.to_str().unwrap(),
        "--data",
        SAMPLE,
        "--quiet",
    ];
    assert_eq!(run("segments", models.path(), &again).code, 0);
    for document in ["model.json", "training.toml", "card.md", "report.html"] {
        let [one, two] = ["1", "2"].map(|version| fs::read(file(version, document)).unwrap());
        assert!(!one.is_empty() && one == two, "{document}");
    }
    let card = fs::read_to_string(file("1", "card.md")).unwrap();
    for part in [
        "## Model details",
        "crm@shop.example",
        "| champions |",
        "## Caveats",
        "2,357",
    ] {
        assert!(card.contains(part), "{part} in {card}");
    }
    // A flag outranks the file.
    let other = [&again[..], &["--horizon-days", "0"]].concat();
    run("segments", models.path(), &other).fails(2, &["--horizon-days"]);
    let wrong = models.path().join("wrong.toml");
    fs::write(&wrong, "no_such_option = 1\n").unwrap();
    let wrong = ["--config", wrong.to_str().unwrap()];
    run("segments", models.path(), &wrong).fails(2, &["wrong.toml", "no_such_option"]);
    run("segments", models.path(), &["--data", SAMPLE]).fails(2, &["--name"]);
}

#[test]
fn a_value_model_tells_the_potential_and_the_stages() {
    let models = TempDir::new().unwrap();
    let fit = [
        "--name",
        "value",
        "--model",
        "bg-nbd",
        "--no-hold-out",
        "--json",
    ];
    cdnow("value", models.path(), &fit).json();
    let of = ["--name", "groups", "--clusters", "2", "--json"];
    let by = ["--value-model", "value@1"];
    let json = cdnow("segments", models.path(), &[&of[..], &by].concat()).json();
    let cells = json["tier_matrix"].as_array().unwrap().iter();
    let cells = cells.flat_map(|row| row.as_array().unwrap());
    assert_eq!(cells.map(|cell| cell.as_u64().unwrap()).sum::<u64>(), 2357);
    assert_eq!(json["value_model"]["model"], "value@1");
    assert!(json["tiers"][0]["potential_value"].as_f64().unwrap() > 0.0);
    assert_eq!(json["value_days"], 365);

    let policy = models.path().join("policy.toml");
    fs::write(&policy, "lifecycle.measure = 'probability'").unwrap();
    let policy = ["--policy", policy.to_str().unwrap()];
    cdnow("segments", models.path(), &[&of[..], &policy].concat()).fails(2, &["--value-model"]);
    let other = cdnow("segments", models.path(), &[&of[..], &by, &policy].concat()).json();
    assert_ne!(other["stages"], json["stages"]);
    let diff = run("diff", models.path(), &["groups@1", "groups@2"]);
    diff.tells(&["stages.at-risk.customers"]);
    assert!(!diff.stdout.contains("tiers.high"), "{}", diff.stdout);
    run("diff", models.path(), &["groups@1", "groups@1"]).tells(&["nothing differs"]);

    // It must go with the log, and be there.
    let none = ["--value-model", "nothing"];
    cdnow("segments", models.path(), &[&of[..], &none].concat()).fails(6, &["nothing"]);
    let group = ["--value-model", "groups"];
    cdnow("segments", models.path(), &[&of[..], &group].concat()).fails(6, &["segmentation"]);
    let kept = ["--refunds", "keep"];
    cdnow("segments", models.path(), &[&of[..], &by, &kept].concat()).fails(6, &["--refunds"]);
    run("diff", models.path(), &["groups@1", "value@1"]).fails(6, &["value"]);
}

#[test]
fn the_same_bytes_come_of_any_number_of_threads() {
    let log = TempDir::new().unwrap();
    let lines: Vec<(String, String, String)> = (0..200)
        .map(|n| {
            let day = format!("2020-{:02}-{:02}", n % 12 + 1, n % 28 + 1);
            (format!("k{}", n % 70), day, format!("{}", n * 7 % 90))
        })
        .collect();
    let lines: Vec<_> = lines
        .iter()
        .map(|(customer, day, amount)| (&**customer, &**day, &**amount))
        .collect();
    let data = self::log(&log, &lines);
    let files = ["1", "4"].map(|threads| {
        let models = TempDir::new().unwrap();
        let status = Command::new(env!("CARGO_BIN_EXE_holdfast-train"))
            .env("RAYON_NUM_THREADS", threads)
            .args(["segments", "--quiet", "--name", "s", "--data", &data])
            .args([
                "--customer",
                "c",
                "--time",
                "t",
                "--amount",
                "a",
                "--models",
            ])
            .arg(models.path())
            .output()
            .unwrap()
            .status;
        assert!(status.success());
        fs::read(models.path().join("s/1/manifest.json")).unwrap()
    });
    assert_eq!(files[0], files[1]);
}

#[test]
fn logs_without_any_difference_have_groups_too() {
    let directory = TempDir::new().unwrap();
    let equal = ["a", "b", "c", "d", "e"].map(|customer| (customer, "2020-01-05", "10"));
    let one = [("a", "2020-01-05", "10")];
    let free = [("a", "2020-01-05", "0"), ("b", "2020-02-05", "0")];
    for (number, lines) in [&equal[..], &one, &free].into_iter().enumerate() {
        let json = small(&directory, lines, &["--json"]).json();
        assert_eq!(json["customers"], lines.len() as u64);
        for kind in ["segments", "tiers", "stages", "clusters"] {
            assert_eq!(customers(&json[kind], None), lines.len() as u64, "{kind}");
        }
        assert!(!json.to_string().contains("NaN"));
        let version = (number + 1).to_string();
        run(
            "inspect",
            directory.path(),
            &["--name", "small", "--version", &version],
        )
        .tells(&["near the average in everything"].map(|part| if number == 2 { "" } else { part }));
    }
    // A prospect has a stage, and nothing else.
    let returned = [("a", "2020-01-05", "10"), ("b", "2020-02-05", "-4")];
    let json = small(&directory, &returned, &["--json"]).json();
    assert_eq!(
        (&json["customers"], &json["prospects"]),
        (&1.into(), &1.into())
    );
    assert_eq!(customers(&json["stages"], Some("prospect")), 1);
    assert_eq!(customers(&json["segments"], None), 1);
}

#[test]
fn what_cannot_be_segmented_is_refused() {
    let directory = TempDir::new().unwrap();
    let two = [("a", "2020-01-05", "10"), ("b", "2020-02-05", "20")];
    for (lines, more, code, told) in [
        (
            &two[..],
            &["--clusters", "5"][..],
            4,
            "only 2 customers differ",
        ),
        (&two, &["--clusters", "0"], 2, "--clusters must be"),
        (
            &two,
            &["--as-of", "2030-01-01"],
            3,
            "2020-01-05 to 2020-02-05",
        ),
        (&two, &["--features", "luck"], 2, "no feature `luck`"),
        (
            &two,
            &["--features", "purchases,purchases"],
            2,
            "named twice",
        ),
        (&two, &["--tier-shares", "0.5,0.5,0.5"], 2, "add up to 1"),
        (&two, &["--tier-shares", "0.5,0.5"], 2, "three numbers"),
        (&two, &["--policy", "nowhere.toml"], 2, "nowhere.toml"),
        (&[], &[], 3, "no rows"),
        (&[("a", "2020-01-05", "-3")], &[], 3, "no purchase is left"),
        (&[("a", "2020-01-05", "NaN")], &[], 3, "line 2"),
        (&[("a", "2020-01-05", "1e300")], &[], 3, "line 2"),
        (&[("a", "2020-13-05", "1")], &[], 3, "--time-format"),
    ] {
        small(&directory, lines, more).fails(code, &[told]);
    }
    let policy = directory.path().join("policy.toml");
    fs::write(
        &policy,
        "[[segments]]\nname = 'all'\nscores = [{ recency = [2, 5] }]",
    )
    .unwrap();
    small(&directory, &two, &["--policy", policy.to_str().unwrap()]).fails(2, &["R1 F1 M1"]);
    assert!(!directory.path().join("small").exists());
}

#[test]
fn the_printed_policy_is_the_usual_one() {
    let directory = TempDir::new().unwrap();
    let printed = run("segments", directory.path(), &["--print-policy"]);
    printed.tells(&["[[segments]]", "name = \"champions\"", "[lifecycle]"]);
    let policy = directory.path().join("policy.toml");
    fs::write(&policy, &printed.stdout).unwrap();
    let policy = policy.to_str().unwrap();
    let again = run(
        "segments",
        directory.path(),
        &["--print-policy", "--policy", policy],
    );
    assert_eq!(again.stdout, printed.stdout);
}
