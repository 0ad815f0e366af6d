//! What is on disk is exactly what was published, or it is refused.

use std::{
    fs,
    path::{Path, PathBuf},
};

use holdfast::{
    artifact::{self, Digest, Document, Documents, LoadError, Problem, Version},
    grpc::proto::{Customer, feature_value::Kind},
};
use serde_json::{Value, json};

use tempfile::TempDir;

use crate::support::{copy, name, quick_content, telco_customers};

const FILES: [&str; 6] = [
    "manifest.json",
    "model.json",
    "metrics.json",
    "golden.json",
    "training.toml",
    "report.html",
];

fn load(models: &Path) -> Result<artifact::Artifact, LoadError> {
    artifact::load(models, &name("telco-churn"), Version::FIRST)
}

fn file(models: &Path, name: &str) -> PathBuf {
    models.join("telco-churn/1").join(name)
}

/// `telco-churn` version 1, with few bytes.
fn small_models() -> TempDir {
    let directory = TempDir::new().unwrap();
    let documents = Documents::from([
        (Document::Configuration, b"seed = 42\n".to_vec()),
        (Document::Report, b"<!doctype html>\n".to_vec()),
    ]);
    artifact::publish(
        directory.path(),
        &name("telco-churn"),
        quick_content(),
        &documents,
    )
    .unwrap();
    directory
}

/// Release 0.1 wrote format 1; what it published is still served.
#[test]
fn a_version_of_release_0_1_loads() {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
    let old = load(&models).unwrap().into_churn().unwrap().content;
    assert!(old.model.schema().pairs().is_empty());
    assert_eq!(old.model.calibration(), None);
    assert_eq!(old.training.ridge_penalty, Some(1.0));
    let manifest = fs::read_to_string(file(&models, "manifest.json")).unwrap();
    assert!(manifest.contains("\"format\": 1"));
}

#[test]
fn corrupting_any_byte_of_any_file_is_refused() {
    let models = small_models();
    for name in FILES {
        let path = file(models.path(), name);
        let sound = fs::read(&path).unwrap();
        for position in 0..sound.len() {
            // A bit that changes white space and case, and one that changes digits.
            let mut damaged = sound.clone();
            damaged[position] ^= if position % 2 == 0 { 0x20 } else { 0x01 };
            fs::write(&path, &damaged).unwrap();
            assert!(load(models.path()).is_err(), "{name}, byte {position}");
        }
        fs::write(&path, &sound).unwrap();
    }
    load(models.path()).unwrap();
}

#[test]
fn every_bit_of_the_manifest_counts() {
    let models = small_models();
    let path = file(models.path(), "manifest.json");
    let sound = fs::read(&path).unwrap();
    for position in 0..sound.len() {
        for bit in 0..8 {
            let mut damaged = sound.clone();
            damaged[position] ^= 1 << bit;
            fs::write(&path, &damaged).unwrap();
            assert!(load(models.path()).is_err(), "byte {position}, bit {bit}");
        }
    }
}

#[test]
fn truncating_any_file_anywhere_is_refused() {
    let models = small_models();
    for name in FILES {
        let path = file(models.path(), name);
        let sound = fs::read(&path).unwrap();
        for length in 0..sound.len() {
            fs::write(&path, &sound[..length]).unwrap();
            assert!(load(models.path()).is_err(), "{name}, {length} bytes");
        }
        let longer = [sound.as_slice(), b"\n"].concat();
        fs::write(&path, longer).unwrap();
        assert!(load(models.path()).is_err(), "{name}, one byte more");
        fs::write(&path, &sound).unwrap();
    }
}

#[test]
fn a_missing_file_is_named() {
    let models = small_models();
    for name in FILES {
        let path = file(models.path(), name);
        let sound = fs::read(&path).unwrap();
        fs::remove_file(&path).unwrap();
        let error = load(models.path()).unwrap_err();
        assert_eq!(error.path, path);
        assert!(matches!(error.problem, Problem::Io(_)), "{error}");
        fs::write(&path, sound).unwrap();
    }
}

#[cfg(unix)]
#[test]
fn links_are_not_followed() {
    use std::os::unix::fs::symlink;

    let models = small_models();
    let path = file(models.path(), "model.json");
    let elsewhere = models.path().join("elsewhere.json");
    fs::rename(&path, &elsewhere).unwrap();
    symlink(&elsewhere, &path).unwrap();
    let error = load(models.path()).unwrap_err();
    assert!(matches!(error.problem, Problem::NotPlain), "{error}");

    symlink(
        models.path().join("telco-churn/1"),
        models.path().join("telco-churn/2"),
    )
    .unwrap();
    let second = Version::FIRST.next().unwrap();
    let error = artifact::load(models.path(), &name("telco-churn"), second).unwrap_err();
    assert!(matches!(error.problem, Problem::NotPlain), "{error}");
}

#[test]
fn a_version_under_another_name_or_number_is_refused() {
    let models = small_models();
    let version = models.path().join("telco-churn/1");
    copy(&version, &models.path().join("telco-churn/9"));
    copy(&version, &models.path().join("other/1"));
    let ninth = Version::new(9).unwrap();
    for result in [
        artifact::load(models.path(), &name("telco-churn"), ninth),
        artifact::load(models.path(), &name("other"), Version::FIRST),
    ] {
        let error = result.unwrap_err();
        assert!(matches!(error.problem, Problem::Manifest(_)), "{error}");
    }
}

/// Edits one file and signs it again, as an attacker or a wrong tool would.
fn load_with(name: &str, edit: impl FnOnce(&mut Value)) -> Result<artifact::Artifact, LoadError> {
    edited(small_models().path(), "telco-churn", name, edit)
}

/// The same with version 1 of a model of any kind.
pub(crate) fn edited(
    models: &Path,
    model: &str,
    name: &str,
    edit: impl FnOnce(&mut Value),
) -> Result<artifact::Artifact, LoadError> {
    let file = |name: &str| models.join(model).join("1").join(name);
    let path = file(name);
    let mut document: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    edit(&mut document);
    let bytes = serde_json::to_vec(&document).unwrap();
    fs::write(&path, &bytes).unwrap();

    let path = file("manifest.json");
    let manifest: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let files: Vec<String> = manifest["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|listed| {
            let (file, sha256, length) = if listed["file"] == name {
                (json!(name), json!(Digest::of(&bytes).as_str()), json!(bytes.len()))
            } else {
                (
                    listed["file"].clone(),
                    listed["sha256"].clone(),
                    listed["bytes"].clone(),
                )
            };
            format!(
                "    {{\n      \"file\": {file},\n      \"bytes\": {length},\n      \"sha256\": {sha256}\n    }}"
            )
        })
        .collect();
    let text = format!(
        "{{\n  \"format\": 2,\n  \"name\": \"{model}\",\n  \"version\": 1,\n  \"files\": [\n{}\n  ]\n}}\n",
        files.join(",\n")
    );
    fs::write(&path, text).unwrap();
    artifact::load(models, &crate::support::name(model), Version::FIRST)
}

#[test]
fn a_faithful_rewrite_loads() {
    load_with("model.json", |_| {}).unwrap();
    load_with("golden.json", |_| {}).unwrap();
}

fn refused(name: &str, edit: &dyn Fn(&mut Value), told: &str) {
    let error = load_with(name, edit).unwrap_err().to_string();
    assert!(error.contains(told), "{error}");
}

#[test]
fn well_signed_curves_pairs_and_calibrations_that_are_none_are_refused() {
    let model = "model.json";
    refused(
        model,
        &|m| m["features"][4]["kind"]["number"]["knots"] = json!([72.0, 0.0]),
        "columns are not those of its kind",
    );
    let pair = |features: Value, coefficients: Value| {
        json!([{
            "features": features,
            "axes": ["flag", "flag"],
            "coefficients": coefficients,
            "training_means": [0.0, 0.0, 0.0, 0.0],
        }])
    };
    refused(
        model,
        &|m| m["pairs"] = pair(json!(["Partner", "Nobody"]), json!([0, 0, 0, 0])),
        "not those of the schema",
    );
    refused(
        model,
        &|m| m["pairs"] = pair(json!(["Partner", "Dependents"]), json!([0])),
        "not those of the schema",
    );
    refused(
        model,
        &|m| m["pairs"] = pair(json!(["Dependents", "Partner"]), json!([0, 0, 0, 0])),
        "two features of the schema, in its order",
    );
    refused(
        model,
        &|m| m["pairs"] = pair(json!(["Partner", "tenure"]), json!([0, 0, 0, 0])),
        "not of its feature's kind",
    );
    refused(
        model,
        &|m| m["calibration"] = json!({"platt": {"intercept": 0.0, "slope": -1.0}}),
        "slope",
    );
    refused(
        model,
        &|m| m["calibration"] = json!({"isotonic": {"knots": []}}),
        "2 to 200 points",
    );
}

#[test]
fn well_signed_nonsense_is_refused() {
    let model = "model.json";
    refused(model, &|m| m["format"] = json!(3), "format 3 is unknown");
    refused(model, &|m| m["format"] = json!(0), "format 0 is unknown");
    // A later format is told as such, whatever else it has.
    refused(
        model,
        &|m| *m = json!({"format": 3, "kind": "churn-logistic", "oracle": {}}),
        "format 3 is unknown; this release reads formats 1 to 2",
    );
    refused(
        model,
        &|m| m["kind"] = json!("oracle"),
        "kind `oracle` is unknown",
    );
    refused(model, &|m| m["intercept"] = json!(null), "cannot be parsed");
    refused(model, &|m| m["intercept"] = json!(1e9), "beyond a million");
    refused(model, &|m| m["surplus"] = json!(1), "unknown field");
    refused(model, &|m| m["features"] = json!([]), "has no features");
    refused(
        model,
        &|m| {
            m["features"][0]["columns"].as_array_mut().unwrap().pop();
        },
        "columns are not those of its kind",
    );
    refused(
        model,
        &|m| m["features"][0]["columns"][0]["column"] = json!("= Other"),
        "columns are not those of its kind",
    );
    refused(
        model,
        &|m| m["features"][1] = m["features"][2].clone(),
        "stands twice",
    );
    refused(
        model,
        &|m| m["features"][4]["kind"]["number"]["standard_deviation"] = json!(0.0),
        "deviation above zero",
    );
    // A coefficient that was changed is caught by the rows it scores.
    refused(
        model,
        &|m| m["features"][4]["columns"][0]["coefficient"] = json!(0.5),
        "does not get its stored score",
    );
    let golden = "golden.json";
    refused(golden, &|g| g["rows"] = json!([]), "no golden rows");
    refused(
        golden,
        &|g| {
            let features = g["rows"][0]["features"].as_object_mut().unwrap();
            features.remove("tenure");
        },
        "does not fit the model",
    );
    refused(
        golden,
        &|g| g["rows"][1]["log_odds"] = json!(0.25),
        "golden row 1 does not get its stored score",
    );
}

/// Golden rows are made up: none of them is a row of the training data.
#[test]
fn no_customer_is_stored() {
    let models = small_models();
    let golden = fs::read(file(models.path(), "golden.json")).unwrap();
    let golden: Value = serde_json::from_slice(&golden).unwrap();
    let rows = golden["rows"].as_array().unwrap();
    assert!(rows.len() > 4);
    let customers: Vec<Value> = telco_customers().iter().map(as_json).collect();
    for row in rows {
        assert!(!customers.contains(&row["features"]), "{row}");
    }
}

fn as_json(customer: &Customer) -> Value {
    let values = customer.features.iter().map(|(name, value)| {
        let value = match value.kind.as_ref().unwrap() {
            Kind::Number(number) => json!(number),
            Kind::Text(text) => json!(text),
            Kind::Flag(flag) => json!(flag),
            Kind::Null(_) => Value::Null,
        };
        (name.clone(), value)
    });
    Value::Object(values.collect())
}
