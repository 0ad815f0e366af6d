//! From historical data to a published churn model; the only user of linfa.
//!
//! read ([`table`]) → decide what each column is (`plan`) → report on quality
//! (`quality`) → split (`split`) → fit the encoding and the coefficients
//! (`design`, `fit`) → evaluate on rows that were held out → publish.

mod calendar;
mod design;
mod error;
mod fit;
mod plan;
mod progress;
mod quality;
mod redundancy;
mod report;
mod split;
pub mod table;

use std::{collections::BTreeMap, path::PathBuf};

pub use error::{FitError, PlanError, SettingsError, TrainError};
pub use plan::{ColumnKind, ColumnOverride, ColumnRole};
pub use progress::{Console, Progress, Silent};
pub use quality::{
    ColumnQuality, KeptTogether, OneSidedCategory, QualityReport, Redundancy, Suspicion,
};
pub use report::Trained;
pub use table::{DataSource, MissingSpellings, Place, TableError, TableFault};

use crate::{
    artifact::{self, Content, ModelName},
    model::{ChurnDefinition, ChurnModel, Evaluation, Metrics, TrainingFacts},
};
use design::Design;
use plan::Plan;
use split::Split;
use table::Table;

/// What is asked for: a churn model from historical data.
#[derive(Debug, Clone)]
pub struct ChurnTraining {
    /// The files, or directories of files: CSV, CSV within gzip, Parquet.
    pub data: Vec<PathBuf>,
    /// The column that holds the outcome.
    pub target: String,
    /// The value of that column that means churn.
    pub positive: String,
    /// The column that holds the customer's id, if any.
    pub id: Option<String>,
    /// The column whose equal values keep rows on one side of every split.
    pub group: Option<String>,
    /// The column that orders the rows in time: the latest are held out.
    pub time: Option<String>,
    /// The column that says how much each row counts.
    pub weight: Option<String>,
    /// What is known of single columns beside what their values tell.
    pub columns: BTreeMap<String, ColumnOverride>,
    /// What churn means, in words; the target and its value when empty.
    pub definition: Option<String>,
    /// The horizon that the outcome was observed over.
    pub horizon_days: Option<u32>,
    /// How to fit.
    pub settings: Settings,
    /// Under which name to publish.
    pub name: ModelName,
    /// The directory of models.
    pub models: PathBuf,
}

/// How to read, split and fit.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// How cells say that their value is missing.
    pub missing: MissingSpellings,
    /// Seed of the split and the folds.
    pub seed: u64,
    /// Share of the rows that are held out for evaluation, in (0, 1).
    pub held_out_share: f64,
    /// Folds of the cross-validation; 0 for none.
    pub folds: u32,
    /// Ridge penalty on the coefficients of standardised columns
    /// (scikit-learn's 1 / C). Above zero.
    pub ridge_penalty: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            missing: MissingSpellings::default(),
            seed: 42,
            held_out_share: 0.2,
            folds: 5,
            ridge_penalty: 1.0,
        }
    }
}

impl Settings {
    fn check(&self) -> Result<(), SettingsError> {
        if !(self.held_out_share > 0.0 && self.held_out_share < 1.0) {
            return Err(SettingsError::HeldOutShare(self.held_out_share));
        }
        if self.folds == 1 {
            return Err(SettingsError::OneFold);
        }
        if !(self.ridge_penalty > 0.0 && self.ridge_penalty.is_finite()) {
            return Err(SettingsError::RidgePenalty(self.ridge_penalty));
        }
        Ok(())
    }
}

/// Fits a churn model and publishes it.
///
/// The same data, settings and release give the same bytes on the same kind of
/// machine.
///
/// # Errors
///
/// When the data cannot be read or used, the fit does not converge, or the
/// model cannot be published. Nothing is published then, unless only the last
/// step failed: making the published version durable.
pub fn churn(training: &ChurnTraining, progress: &dyn Progress) -> Result<Trained, TrainError> {
    let settings = &training.settings;
    settings.check()?;
    progress.stage("reading the data");
    let table = Table::read_with(&training.data, &settings.missing)?;
    progress.stage("checking its quality");
    let plan = Plan::make(&table, training)?;
    progress.quality(&quality::check(&table, &plan));

    progress.stage("fitting");
    let design = Design { plan: &plan };
    let split = Split::of(&plan);
    let (fitted, held_out) = split.held_out(settings.held_out_share, settings.seed)?;
    let model = fit_rows(&design, &fitted, settings.ridge_penalty)?;
    let evaluation = Evaluation {
        held_out: measure(&design, &model, &held_out)?,
        cross_validated: cross_validate(&design, settings, progress)?,
        folds: settings.folds,
    };

    progress.stage("publishing");
    let content = Content {
        model,
        churn_definition: training.churn_definition(),
        training: TrainingFacts {
            data_file: table.name(),
            data_sha256: table.sha256().to_string(),
            rows: plan.rows.len() as u64,
            fitted_rows: fitted.len() as u64,
            seed: settings.seed,
            ridge_penalty: settings.ridge_penalty,
            trainer_version: env!("CARGO_PKG_VERSION").to_owned(),
            excluded_columns: plan.excluded_columns(),
        },
        evaluation,
    };
    let identity = artifact::publish(&training.models, &training.name, &content)?;
    progress.finish();
    Ok(Trained {
        identity,
        content,
        models: training.models.clone(),
    })
}

impl ChurnTraining {
    fn churn_definition(&self) -> ChurnDefinition {
        let Self {
            target, positive, ..
        } = self;
        ChurnDefinition {
            description: self
                .definition
                .clone()
                .unwrap_or_else(|| format!("{target} is {positive}")),
            target: target.clone(),
            positive: positive.clone(),
            horizon_days: self.horizon_days,
        }
    }
}

fn fit_rows(
    design: &Design<'_>,
    rows: &[usize],
    ridge_penalty: f64,
) -> Result<ChurnModel, TrainError> {
    let schema = design.fit_schema(rows)?;
    let columns = design.encode(&schema, rows)?;
    let coefficients = fit::logistic(columns, &design.outcomes(rows), ridge_penalty)?;
    Ok(
        ChurnModel::new(schema, coefficients.intercept, coefficients.columns)
            .map_err(FitError::from)?,
    )
}

fn measure(design: &Design<'_>, model: &ChurnModel, rows: &[usize]) -> Result<Metrics, TrainError> {
    let log_odds = design.log_odds(model, rows)?;
    Ok(Metrics::of(&log_odds, &design.outcomes(rows)).ok_or(PlanError::OneClassInPart)?)
}

fn cross_validate(
    design: &Design<'_>,
    settings: &Settings,
    progress: &dyn Progress,
) -> Result<Option<Metrics>, TrainError> {
    let folds = Split::of(design.plan).folds(settings.folds, settings.seed)?;
    let steps = folds.len();
    let mut measured = Vec::with_capacity(steps);
    for (index, (fitted, held_out)) in folds.iter().enumerate() {
        progress.step("cross-validating", index + 1, steps);
        let model = fit_rows(design, &fitted, settings.ridge_penalty)?;
        measured.push(measure(design, &model, &held_out)?);
    }
    Ok(Metrics::mean(&measured))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::customer::Value;

    /// The encoder and the exact sums change nothing: on every row of the shipped
    /// data a model predicts what linfa's coefficients say, for both balances.
    #[test]
    fn a_model_predicts_what_was_fitted() {
        for positive in ["Yes", "No"] {
            let training = ChurnTraining {
                data: vec![
                    concat!(
                        env!("CARGO_MANIFEST_DIR"),
                        "/data/telco/Telco-Customer-Churn.csv"
                    )
                    .into(),
                ],
                target: "Churn".to_owned(),
                positive: positive.to_owned(),
                id: Some("customerID".to_owned()),
                group: None,
                time: None,
                weight: None,
                columns: BTreeMap::new(),
                definition: None,
                horizon_days: None,
                settings: Settings::default(),
                name: "telco".parse().unwrap(),
                models: PathBuf::new(),
            };
            let table = Table::read(&training.data).unwrap();
            let plan = Plan::make(&table, &training).unwrap();
            let design = Design { plan: &plan };
            let rows: Vec<usize> = (0..plan.rows.len()).collect();
            let schema = design.fit_schema(&rows).unwrap();
            let columns = design.encode(&schema, &rows).unwrap();
            let fitted = fit::logistic(columns.clone(), &plan.churned, 1.0).unwrap();
            let weights: Vec<f64> = fitted.columns.iter().map(|c| c.weight).collect();
            let by_linfa = columns.dot(&ndarray::Array1::from(weights)) + fitted.intercept;
            let model = ChurnModel::new(schema, fitted.intercept, fitted.columns).unwrap();
            let by_model = design.log_odds(&model, &rows).unwrap();
            assert_eq!(by_model.len(), 7043);
            assert_sent_alike(&table, &plan);
            for (model, linfa) in by_model.into_iter().zip(by_linfa) {
                assert!((model - linfa).abs() < 1e-12, "{model} {linfa}");
            }
        }
    }

    /// What the trainer reads of a customer is what a caller would send, by the
    /// same reading of the file as `tests/it/support` has for its requests.
    fn assert_sent_alike(table: &Table, plan: &Plan<'_>) {
        const NUMBERS: [&str; 3] = ["tenure", "MonthlyCharges", "TotalCharges"];
        const FLAGS: [&str; 5] = [
            "SeniorCitizen",
            "Partner",
            "Dependents",
            "PhoneService",
            "PaperlessBilling",
        ];
        for feature in &plan.features {
            let name = feature.name.as_str();
            let column = &table.columns[table.position(name).unwrap()];
            for &row in &plan.rows {
                let cell = column.cell(row);
                let sent = match cell.as_deref() {
                    None => Value::Missing,
                    Some(cell) if NUMBERS.contains(&name) => Value::Number(cell.parse().unwrap()),
                    Some(cell) if FLAGS.contains(&name) => {
                        Value::Flag(["Yes", "1"].contains(&cell))
                    }
                    Some(cell) => Value::Text(cell),
                };
                assert_eq!(feature.value(row), sent, "{name}, row {row}");
            }
        }
    }
}
