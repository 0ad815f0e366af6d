//! A value model on disk is exactly what was published, or it is refused.

use std::fs;

use holdfast::{
    artifact::{self, Content, Documents, Version},
    model::value::PurchaseModelKind,
};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    artifact::edited,
    support::{name, publish_value, quick_content, value_content},
};

const KINDS: [(PurchaseModelKind, [f64; 4]); 4] = [
    (PurchaseModelKind::BgNbd, [0.243, 4.414, 0.793, 2.426]),
    (PurchaseModelKind::MbgNbd, [0.525, 6.183, 0.891, 1.614]),
    (PurchaseModelKind::ParetoNbd, [0.553, 10.578, 0.606, 11.669]),
    (PurchaseModelKind::BgBb, [1.204, 0.75, 0.657, 2.783]),
];

fn published(kind: (PurchaseModelKind, [f64; 4])) -> TempDir {
    let models = TempDir::new().unwrap();
    publish_value(models.path(), value_content(kind.0, kind.1));
    models
}

#[test]
fn every_family_reads_back_as_it_was() {
    for kind in KINDS {
        let models = published(kind);
        let loaded = artifact::load(models.path(), &name("cdnow"), Version::FIRST).unwrap();
        let content = loaded.into_value().unwrap().content;
        let wanted = value_content(kind.0, kind.1);
        assert_eq!(content.model, wanted.model);
        assert_eq!(content.training, wanted.training);
        assert_eq!(content.evaluation, wanted.evaluation);
        assert_eq!(content.horizon_days, wanted.horizon_days);
    }
}

#[test]
fn corrupting_any_byte_is_refused() {
    let models = published(KINDS[0]);
    for file in ["manifest.json", "model.json", "metrics.json", "golden.json"] {
        let path = models.path().join("cdnow/1").join(file);
        let sound = fs::read(&path).unwrap();
        for position in 0..sound.len() {
            let mut damaged = sound.clone();
            damaged[position] ^= if position % 2 == 0 { 0x20 } else { 0x01 };
            fs::write(&path, &damaged).unwrap();
            let loaded = artifact::load(models.path(), &name("cdnow"), Version::FIRST);
            assert!(loaded.is_err(), "{file}, byte {position}");
        }
        fs::write(&path, &sound).unwrap();
    }
}

#[test]
fn a_model_of_another_kind_says_so() {
    let models = published(KINDS[0]);
    let loaded = artifact::load(models.path(), &name("cdnow"), Version::FIRST).unwrap();
    let error = loaded.into_churn().unwrap_err().to_string();
    assert_eq!(
        error,
        "model `cdnow` version 1 is a value model, and this needs a churn model"
    );
}

fn refused(file: &str, edit: &dyn Fn(&mut Value), told: &str) {
    let models = published(KINDS[0]);
    let error = edited(models.path(), "cdnow", file, edit).unwrap_err();
    assert!(error.to_string().contains(told), "{error}");
}

#[test]
fn well_signed_nonsense_is_refused() {
    let model = "model.json";
    let later = json!({"format": 2, "kind": "value-btyd", "oracle": 1});
    refused(model, &|m| *m = later.clone(), "format 2 is unknown");
    refused(model, &|m| m["oracle"] = json!(1), "unknown field");
    let family = |m: &mut Value| m["model"]["purchase"]["family"] = json!("oracle");
    refused(model, &family, "there is no purchase model");
    let parameter = |m: &mut Value| m["model"]["purchase"]["parameters"][1]["value"] = json!(-1.0);
    refused(model, &parameter, "parameter alpha");
    let order = |m: &mut Value| m["model"]["purchase"]["parameters"][0]["name"] = json!("a");
    refused(model, &order, "must be r, alpha, a, b");
    let fewer = |m: &mut Value| {
        let rows = &mut m["model"]["purchase"]["covariance_of_logarithms"];
        rows.as_array_mut().unwrap().pop();
    };
    refused(model, &fewer, "as many rows and columns");
    let skew = |m: &mut Value| {
        m["model"]["spend"]["covariance_of_logarithms"][0][1] = json!(0.5);
    };
    refused(model, &skew, "symmetric");
    let currency = |m: &mut Value| m["model"]["terms"]["currency"] = json!("usd");
    refused(model, &currency, "ISO 4217");
    refused(
        model,
        &|m| m["model"]["terms"]["margin"] = json!(1.5),
        "margin",
    );
    refused(model, &|m| m["horizon_days"] = json!(0.0), "horizon_days");
    refused(
        model,
        &|m| m["training"]["first_day"] = json!("1997-02-30"),
        "must be a day",
    );
    // A parameter that was changed is caught by the rows it scores.
    let changed = |m: &mut Value| m["model"]["purchase"]["parameters"][1]["value"] = json!(4.415);
    refused(model, &changed, "does not get its stored score");
    let golden = "golden.json";
    refused(golden, &|g| g["rows"] = json!([]), "no golden rows");
    let value = |g: &mut Value| {
        let alive = g["rows"][4]["value"]["p_alive"].as_f64().unwrap();
        g["rows"][4]["value"]["p_alive"] = json!(alive * (1.0 + 1e-7));
    };
    refused(golden, &value, "golden row 4 does not get");
    refused(
        golden,
        &|g| g["rows"][0]["frequency"] = json!(0.5),
        "golden row 0 does not fit",
    );
}

/// Room for another platform's functions.
#[test]
fn golden_rows_have_a_tolerance() {
    let models = published(KINDS[0]);
    let loaded = edited(models.path(), "cdnow", "golden.json", |g| {
        let alive = g["rows"][4]["value"]["p_alive"].as_f64().unwrap();
        g["rows"][4]["value"]["p_alive"] = json!(alive * (1.0 + 1e-11));
    });
    loaded.unwrap();
}

#[test]
fn a_name_stands_for_one_kind_of_model() {
    let models = TempDir::new().unwrap();
    let churn = quick_content();
    let publish = |content: &Content| {
        artifact::publish(models.path(), &name("cdnow"), content, &Documents::new())
    };
    publish(churn).unwrap();
    let value = value_content(KINDS[0].0, KINDS[0].1);
    let error = publish(&Content::from(value)).unwrap_err().to_string();
    assert!(
        error.contains("`cdnow` is the name of a churn model"),
        "{error}"
    );
    assert_eq!(publish(churn).unwrap().version.get(), 2);
    // A damaged version is mended by the next.
    fs::write(models.path().join("cdnow/2/model.json"), "{}").unwrap();
    assert_eq!(publish(churn).unwrap().version.get(), 3);
}
