//! The rules that stand beside a panel, and what the trainer makes of them.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

use super::{cdnow, panel_path};

/// `churn` of the CDNOW panel with a rules file that was changed.
fn refused(change: &dyn Fn(String) -> String) -> (Option<i32>, String) {
    let built = cdnow();
    let panel = panel_path(&built.directory);
    let rules = fs::read_to_string(beside(&panel)).unwrap();
    let directory = TempDir::new().unwrap();
    let changed = directory.path().join("rules.toml");
    fs::write(&changed, change(rules)).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_holdfast-train"))
        .args([
            "churn",
            "--target",
            "churned",
            "--positive",
            "yes",
            "--id",
            "customer",
        ])
        .args(["--time", "as_of", "--name", "x", "--data"])
        .arg(&panel)
        .arg("--models")
        .arg(directory.path())
        .arg("--purchases")
        .arg(&changed)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code(), told)
}

fn beside(panel: &Path) -> PathBuf {
    format!("{}.purchases.toml", panel.display()).into()
}

#[test]
fn rules_that_did_not_build_the_table_are_refused() {
    type Change = fn(String) -> String;
    let cases: [(Change, i32, &str); 5] = [
        (|rules| rules.replace("90", "60"), 3, "90_days"),
        (|rules| rules.replace("net", "drop"), 3, "returns_share"),
        (
            |rules| rules.replace("currency = \"USD\"", ""),
            2,
            "no currency",
        ),
        (|rules| rules.replace("USD", "usd"), 2, "ISO 4217"),
        (|rules| rules.replace("365", "3"), 2, "windows"),
    ];
    for (change, code, words) in cases {
        let (exit, told) = refused(&change);
        assert_eq!(exit, Some(code), "{told}");
        assert!(told.contains(words), "{told}");
    }
}

#[test]
fn the_configuration_of_the_run_holds_the_rules() {
    let built = cdnow();
    let stored = fs::read_to_string(built.models().join("buyers/1/training.toml")).unwrap();
    let rules = fs::read_to_string(beside(&panel_path(&built.directory))).unwrap();
    let stated: toml::Table = stored.parse().unwrap();
    let rules: toml::Table = rules.parse().unwrap();
    assert_eq!(stated["purchase_features"].as_table(), Some(&rules));
}

#[test]
fn what_is_built_from_purchases_is_shown() {
    let built = cdnow();
    let inspect = |more: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_holdfast-train"))
            .args(["inspect", "--name", "buyers", "--models"])
            .arg(built.models())
            .args(more)
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let told = inspect(&[]);
    for part in [
        "a purchase is a day; refunds are netted; money in USD",
        "spend_90_days",
    ] {
        assert!(told.contains(part), "{told}");
    }
    let json: serde_json::Value = serde_json::from_str(&inspect(&["--json"])).unwrap();
    assert_eq!(json["purchase_features"]["currency"], "USD");
    assert!(
        !json["purchase_features"]["built"]
            .as_array()
            .unwrap()
            .is_empty()
    );
    for document in ["report.html", "card.md"] {
        let text = fs::read_to_string(built.models().join("buyers/1").join(document)).unwrap();
        assert!(text.contains("a purchase is a day"), "{document}");
    }
}
