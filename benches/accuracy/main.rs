//! How accurate the trainer's models are, beside published figures of
//! scikit-learn and `interpret` on the same data and the same kind of folds.
//!
//! `cargo bench --bench accuracy -- [DIRECTORY]`, by default `../shared/data`;
//! sets that are not there are passed over.

#![expect(clippy::print_stdout, reason = "a bench prints its table")]

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
    time::Instant,
};

use holdfast::train::{self, ChurnTraining, ColumnOverride, ColumnRole, Recipe, Shapes, Silent};

/// One set, and what others reach on it: AUC and log loss.
struct Set {
    name: &'static str,
    file: &'static str,
    target: &'static str,
    positive: &'static str,
    ignored: &'static [&'static str],
    /// New columns: name, numerator, denominator.
    ratios: &'static [(&'static str, &'static str, &'static str)],
    logistic: (f64, f64),
    boosted: (f64, f64),
    explainable_boosting: (f64, f64),
}

const SETS: [Set; 4] = [
    Set {
        name: "telco",
        file: "telco/Telco-Customer-Churn.csv",
        target: "Churn",
        positive: "Yes",
        ignored: &["customerID"],
        ratios: &[],
        logistic: (0.8451, 0.4174),
        boosted: (0.8421, 0.4211),
        explainable_boosting: (0.8486, 0.4118),
    },
    Set {
        name: "mlc_churn",
        file: "mlc_churn/mlc_churn.csv",
        target: "churn",
        positive: "yes",
        ignored: &[],
        ratios: &[],
        logistic: (0.8250, 0.3176),
        boosted: (0.9256, 0.1476),
        explainable_boosting: (0.9254, 0.1541),
    },
    Set {
        name: "bank_churn",
        file: "bank_churn/Churn_Modelling.csv",
        target: "Exited",
        positive: "1",
        ignored: &["RowNumber", "CustomerId", "Surname"],
        ratios: &[],
        logistic: (0.7661, 0.4292),
        boosted: (0.8664, 0.3325),
        explainable_boosting: (0.8638, 0.3344),
    },
    Set {
        name: "eu_direct_lapse",
        file: "eu_direct_lapse/eudirectlapse.csv",
        target: "lapse",
        positive: "1",
        ignored: &[],
        ratios: &[
            ("price_change", "prem_final", "prem_last"),
            ("price_to_market", "prem_final", "prem_market"),
        ],
        logistic: (0.6272, 0.3718),
        boosted: (0.6224, 0.3724),
        explainable_boosting: (0.6317, 0.3707),
    },
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let directory = std::env::args()
        .skip(1)
        .find(|argument| !argument.starts_with("--"));
    let directory = PathBuf::from(directory.unwrap_or_else(|| "../shared/data".to_owned()));
    println!("stratified 5-fold, seed 42: AUC is the mean over the folds, log loss out of fold");
    println!(
        "{:<16} {:<26} {:>7} {:>9} {:>7} {:>6} {:>8}",
        "data", "model", "AUC", "log loss", "Brier", "lift", "seconds"
    );
    for set in &SETS {
        let file = directory.join(set.file);
        if file.exists() {
            run(set, &file)?;
        } else {
            println!("{:<16} not there", set.name);
        }
    }
    Ok(())
}

fn run(set: &Set, file: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let scratch = tempfile::tempdir()?;
    let data = vec![with_ratios(file, set.ratios, scratch.path())?];
    let (name, models) = ("benchmark".parse()?, scratch.path().to_owned());
    let training = ChurnTraining {
        columns: ignored(set.ignored),
        ..ChurnTraining::new(data, set.target, set.positive, name, models)
    };
    for (label, (area, loss)) in [
        ("scikit-learn LR", set.logistic),
        ("scikit-learn HGB", set.boosted),
        ("interpret EBM", set.explainable_boosting),
    ] {
        println!("{:<16} {label:<26} {area:>7.4} {loss:>9.4}", set.name);
    }
    let mut ours = (0.0, f64::INFINITY);
    for recipe in Recipe::ALL {
        let begun = Instant::now();
        for result in train::benchmark(&training, &[recipe], &Silent)? {
            let metrics = result.metrics;
            println!(
                "{:<16} {:<26} {:>7.4} {:>9.4} {:>7.4} {:>6.2} {:>8.1}",
                set.name,
                recipe.to_string(),
                metrics.area_under_curve,
                metrics.log_loss,
                metrics.brier_score,
                metrics.top_decile_lift,
                begun.elapsed().as_secs_f64(),
            );
            if recipe == Recipe::Searched(Shapes::Pairs) {
                ours = (metrics.area_under_curve, metrics.log_loss);
            }
        }
    }
    let area = set.boosted.0.max(set.explainable_boosting.0);
    let loss = set.boosted.1.min(set.explainable_boosting.1);
    println!(
        "{:<16} gap to the better of HGB and EBM: AUC {:+.4} (wanted: at least -0.005), log loss {:+.4} (at most +0.01); to LR: AUC {:+.4} (at least -0.001)\n",
        set.name,
        ours.0 - area,
        ours.1 - loss,
        ours.0 - set.logistic.0,
    );
    Ok(())
}

fn ignored(names: &[&str]) -> BTreeMap<String, ColumnOverride> {
    let told = ColumnOverride {
        role: Some(ColumnRole::Ignore),
        ..ColumnOverride::default()
    };
    names
        .iter()
        .map(|name| ((*name).to_owned(), told.clone()))
        .collect()
}

/// The file itself, or a copy with columns that are ratios of others.
fn with_ratios(
    file: &Path,
    ratios: &[(&str, &str, &str)],
    scratch: &Path,
) -> Result<PathBuf, Box<dyn std::error::Error>> {
    if ratios.is_empty() {
        return Ok(file.to_owned());
    }
    let mut reader = csv::Reader::from_path(file)?;
    let mut header = reader.headers()?.clone();
    let position = |header: &csv::StringRecord, name: &str| {
        header
            .iter()
            .position(|other| other == name)
            .ok_or_else(|| io::Error::other(format!("no column {name}")))
    };
    let mut positions = Vec::new();
    for (_, numerator, denominator) in ratios {
        positions.push((
            position(&header, numerator)?,
            position(&header, denominator)?,
        ));
    }
    for (name, ..) in ratios {
        header.push_field(name);
    }
    let copy = scratch.join("data.csv");
    let mut writer = csv::Writer::from_path(&copy)?;
    writer.write_record(&header)?;
    for record in reader.into_records() {
        let mut record = record?;
        for &(numerator, denominator) in &positions {
            let ratio = record[numerator].parse::<f64>()? / record[denominator].parse::<f64>()?;
            record.push_field(&ratio.to_string());
        }
        writer.write_record(&record)?;
    }
    writer.flush()?;
    Ok(copy)
}
