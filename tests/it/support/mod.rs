//! Models to test with, and servers that serve them.

mod alike;
pub(crate) mod collector;
mod columns;
mod decided;
pub(crate) mod process;
mod requests;
mod server;
mod value;

use std::{
    fs,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use holdfast::{
    artifact::{Content, ModelName},
    train::{self, Calibrations, ChurnTraining, Settings, Shapes, Silent, Trained},
};
use tempfile::TempDir;

pub(crate) use alike::assert_alike;
pub(crate) use columns::{assert_columns_alike, columns_of, numbers};
pub(crate) use decided::{EVERYTHING, everything};
pub(crate) use requests::{
    customer, flag, null, number, score_batch, score_one, selector, status_of, telco_customers,
    text, violated_fields,
};
pub(crate) use server::Server;
pub(crate) use value::{
    bought, history, publish_value, score_value, summary, value_content, value_models, value_of,
};

/// The shipped churn data.
pub(crate) fn telco_csv() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/telco/Telco-Customer-Churn.csv")
}

/// The training that the shipped model comes from, published elsewhere.
pub(crate) fn telco_training(models: &Path) -> ChurnTraining {
    let (data, name) = (vec![telco_csv()], name("telco-churn"));
    ChurnTraining {
        id: Some("customerID".to_owned()),
        definition: Some("the customer left within the last month".to_owned()),
        horizon_days: Some(30),
        ..ChurnTraining::new(data, "Churn", "Yes", name, models.to_owned())
    }
}

pub(crate) fn name(name: &str) -> ModelName {
    name.parse().unwrap()
}

/// A directory with one model, `telco-churn` version 1, trained once for all
/// tests; not to be changed.
pub(crate) fn telco_models() -> &'static Path {
    static MODELS: OnceLock<(TempDir, Trained)> = OnceLock::new();
    let (directory, _) = MODELS.get_or_init(|| {
        let directory = TempDir::new().unwrap();
        let training = ChurnTraining {
            settings: Settings {
                folds: 0,
                ..Settings::default()
            },
            ..telco_training(directory.path())
        };
        let trained = train::churn(&training, &Silent).unwrap();
        (directory, trained)
    });
    directory.path()
}

/// How to fit where it does not matter: as release 0.1 did, and no figures.
pub(crate) fn quick() -> Settings {
    Settings {
        folds: 0,
        shapes: Shapes::Lines,
        ridge_penalty: Some(1.0),
        calibration: Calibrations::None,
        bootstrap: 0,
        ..Settings::default()
    }
}

/// What [`quick`] publishes.
pub(crate) fn quick_content() -> &'static Content {
    static CONTENT: OnceLock<Content> = OnceLock::new();
    CONTENT.get_or_init(|| {
        let directory = TempDir::new().unwrap();
        let training = ChurnTraining {
            settings: quick(),
            ..telco_training(directory.path())
        };
        train::churn(&training, &Silent).unwrap().content.into()
    })
}

/// A copy of [`telco_models`] that a test may change.
pub(crate) fn own_telco_models() -> TempDir {
    let directory = TempDir::new().unwrap();
    copy(telco_models(), directory.path());
    directory
}

/// Copies a directory with all that is below it.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
