//! `recalibrate`.

use std::path::Path;

use holdfast::{
    artifact::{self, Artifact, ChurnContent, Document, Version},
    customer::{Snapshot, Value},
};
use tempfile::TempDir;

use super::{Run, changed, column, own_models, run};
use crate::support::{name, telco_csv};

fn recalibrate(models: &Path, data: &Path, arguments: &[&str]) -> Run {
    let given = ["--name", "telco-churn", "--data", data.to_str().unwrap()];
    run("recalibrate", models, &[&given, arguments].concat())
}

/// The shipped data with two thirds of the churners left out.
fn drifted(directory: &TempDir) -> std::path::PathBuf {
    let churn = column("Churn");
    changed(directory, |line, cells| {
        cells[churn] != "Yes" || line % 3 == 0
    })
}

fn load(models: &Path, version: u32) -> Artifact<ChurnContent> {
    artifact::load(models, &name("telco-churn"), Version::new(version).unwrap())
        .unwrap()
        .into_churn()
        .unwrap()
}

#[test]
fn only_probabilities_change_and_a_new_version_appears() {
    let (models, directory) = (own_models(), TempDir::new().unwrap());
    let data = drifted(&directory);
    let json = recalibrate(models.path(), &data, &["--json"]).json();
    assert_eq!(json["published"]["version"], 2);
    assert_eq!(json["better"], true);
    let figure = |when: &str, what: &str| json[when][what].as_f64().unwrap();
    assert!(figure("after", "log_loss") < figure("before", "log_loss"));
    assert!(figure("after", "calibration_error") < figure("before", "calibration_error"));

    let (first, second) = (load(models.path(), 1), load(models.path(), 2));
    let recalibrated = second.content.training.recalibrated.unwrap();
    assert_eq!(recalibrated.from_version, 1);
    assert_eq!(recalibrated.data_file, "data.csv");
    assert_eq!(first.content.training.recalibrated, None);
    let features = first.content.model.schema().features();
    let values = features.iter().map(|feature| {
        use holdfast::features::FeatureKind::{Flag, Number, Text};
        let value = match &feature.kind {
            Number(number) => Value::Number(number.maximum),
            Text(categories) => Value::Text(&categories[0]),
            Flag(_) => Value::Flag(true),
        };
        (feature.name.as_str(), Some(value))
    });
    let customer = Snapshot::new("1", values).unwrap();
    let explain = |artifact: &Artifact<ChurnContent>| {
        let model = &artifact.content.model;
        model.explain(&model.schema().row(&customer).unwrap())
    };
    let second = load(models.path(), 2);
    let (before, after) = (explain(&first), explain(&second));
    assert_eq!(before.contributions, after.contributions);
    assert_eq!(before.log_odds, after.log_odds);
    assert!(after.probability() < before.probability());

    let figures = second.content.evaluation.held_out_figures.unwrap().figures;
    assert!(figures.iter().all(|(_, _, interval)| interval.is_none()));
    assert_eq!(figures[0].1, second.content.evaluation.held_out.prevalence);

    let baseline = |version: u32| {
        let version = Version::new(version).unwrap();
        let whole = artifact::load_whole(models.path(), &name("telco-churn"), version);
        let (_, documents) = whole.unwrap();
        assert_eq!(
            documents.contains_key(&Document::Report),
            version.get() == 1
        );
        artifact::read_baseline(&documents[&Document::Baseline]).unwrap()
    };
    let (before, after) = (baseline(1), baseline(2));
    assert_eq!(before.features, after.features);
    assert_ne!(before.log_odds, after.log_odds);
    let scored: u64 = after.probabilities.counts().iter().sum();
    assert_eq!(json["rows"], scored);

    // Once more there is nothing left to gain.
    let again = recalibrate(models.path(), &data, &[]);
    assert_eq!(again.code, 7, "{}", again.stdout);
    assert!(again.stdout.contains("Nothing is published"));
    let forced = recalibrate(models.path(), &data, &["--force", "--method", "beta"]);
    forced.tells(&["version 3", "beta", "by --force"]);
}

#[test]
fn the_same_data_give_the_same_bytes() {
    let directory = TempDir::new().unwrap();
    let data = drifted(&directory);
    let digest = || {
        let models = own_models();
        let json = recalibrate(models.path(), &data, &["--method", "platt", "--json"]).json();
        json["published"]["digest"].clone()
    };
    assert_eq!(digest(), digest());
}

#[test]
fn too_few_churners_are_refused() {
    let (models, directory) = (own_models(), TempDir::new().unwrap());
    let churn = column("Churn");
    let few = changed(&directory, |line, cells| {
        cells[churn] != "Yes" || line < 100
    });
    recalibrate(models.path(), &few, &[]).fails(3, &["churned", "at least 50"]);
    recalibrate(models.path(), &telco_csv(), &["--method", "magic"]).fails(2, &["magic"]);
    assert!(!models.path().join("telco-churn/2").exists());
}

#[test]
fn labels_turned_round_are_refused_and_recorded_when_forced() {
    let models = own_models();
    let turned = ["--positive", "No", "--method", "none"];
    let refused = recalibrate(models.path(), &telco_csv(), &turned);
    assert_eq!(refused.code, 7, "{}", refused.stderr);
    assert!(refused.stdout.contains("ranks these rows far worse"));
    assert!(refused.stdout.contains("AUC on these rows"));
    let forced = [&turned[..], &["--force", "--json"]].concat();
    let forced = recalibrate(models.path(), &telco_csv(), &forced);
    assert_eq!(forced.json()["ranks_as_published"], false);
    let content = load(models.path(), 2).content;
    let recalibrated = content.training.recalibrated.unwrap();
    assert_eq!(recalibrated.positive.as_deref(), Some("No"));
    assert_eq!(recalibrated.target, None);
}
