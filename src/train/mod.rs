//! From historical data to a published churn model; the only user of linfa.
//!
//! read ([`table`]) → decide what each column is (`plan`) → report on quality
//! (`quality`) → split (`split`) → fit the encoding and the coefficients
//! (`design`, `fit`) → evaluate on rows that were held out → publish.

pub mod assess;
mod benchmark;
pub mod bootstrap;
mod calendar;
mod design;
mod error;
mod estimate;
mod evaluation;
mod fit;
mod plan;
mod progress;
mod quality;
mod redundancy;
pub mod report;
mod search;
mod split;
pub mod table;

use std::{collections::BTreeMap, path::PathBuf};

pub use benchmark::{Benchmarked, Recipe, benchmark};
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
    features::MAX_PAIRS,
    model::{ChurnDefinition, Evaluation, TrainingFacts},
};
use design::Design;
use estimate::Estimate;
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

/// Which columns a fit may choose among, from the plainest up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shapes {
    /// A straight effect for every number.
    Lines,
    /// Numbers may bend.
    Curves,
    /// Numbers may bend, and pairs of features have joint effects.
    Pairs,
}

/// The only way that a number's effect may go as the number rises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Churn becomes likelier, or stays.
    Rising,
    /// Churn becomes less likely, or stays.
    Falling,
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
    /// How often the folds are drawn anew, by the following seeds; at least 1.
    pub repeats: u32,
    /// Which columns to choose among.
    pub shapes: Shapes,
    /// About how many places a number's effect may bend at, from 3 to 200.
    pub knots: usize,
    /// The most pairs of features with a joint effect, up to [`MAX_PAIRS`].
    pub max_pairs: usize,
    /// One ridge penalty on the coefficients of standardised columns
    /// (scikit-learn's 1 / C), above zero, for straight lines only; `None` to
    /// let the data choose one for each group of coefficients.
    pub ridge_penalty: Option<f64>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            missing: MissingSpellings::default(),
            seed: 42,
            held_out_share: 0.2,
            folds: 5,
            repeats: 1,
            shapes: Shapes::Pairs,
            knots: 20,
            max_pairs: 16,
            ridge_penalty: None,
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
        if let Some(penalty) = self.ridge_penalty {
            if !(penalty > 0.0 && penalty.is_finite()) {
                return Err(SettingsError::RidgePenalty(penalty));
            }
            if self.shapes != Shapes::Lines {
                return Err(SettingsError::PenaltyOfCurves);
            }
        }
        if !(3..=200).contains(&self.knots) {
            return Err(SettingsError::Knots(self.knots));
        }
        if self.max_pairs > MAX_PAIRS {
            return Err(SettingsError::Pairs(self.max_pairs));
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
    let model = Estimate::of(&design, &fitted, settings)?.model;
    let evaluation = Evaluation {
        held_out: evaluation::measure(&design, &model, &held_out)?,
        cross_validated: evaluation::cross_validate(&design, settings, progress)?
            .map(|validated| validated.mean),
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
            recalibrated: None,
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
