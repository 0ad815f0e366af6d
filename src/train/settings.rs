//! What a run is asked for, and how it is to go about it.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use super::{ColumnOverride, MissingSpellings, SettingsError, report::CardNotes};
use crate::{
    artifact::{ModelName, SigningKey},
    features::{MAX_PAIRS, purchases::PurchaseFeatureRules},
    model::{CalibrationMethod, ChurnDefinition, Figure, ProfitMeasure},
};

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
    /// How the table's purchase features were built, so that the model can build
    /// them from a customer's purchases.
    pub purchases: Option<PurchaseFeatureRules>,
    /// What churn means, in words; the target and its value when empty.
    pub definition: Option<String>,
    /// The horizon that the outcome was observed over.
    pub horizon_days: Option<u32>,
    /// What only people can say of the model, for its card.
    pub card: CardNotes,
    /// How to fit.
    pub settings: Settings,
    /// Under which name to publish.
    pub name: ModelName,
    /// The directory of models.
    pub models: PathBuf,
    /// Who signs what is published.
    pub sign_key: Option<Arc<SigningKey>>,
    /// When to publish only what is better than the newest version.
    pub publish_if_better: Option<Criterion>,
    /// All of this as a configuration file would say it; stored with the model.
    pub configuration: String,
}

/// By what a new model must beat the newest version of its name: on the rows
/// that are held out, which the newest version may have been fitted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Criterion {
    /// Lower mean log loss.
    LogLoss,
    /// Larger area under the ROC curve.
    AreaUnderCurve,
    /// Larger expected maximum profit.
    ExpectedMaximumProfit,
}

impl Criterion {
    pub(super) fn figure(self) -> Figure {
        match self {
            Self::LogLoss => Figure::LogLoss,
            Self::AreaUnderCurve => Figure::AreaUnderCurve,
            Self::ExpectedMaximumProfit => Figure::ExpectedMaximumProfit,
        }
    }
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
    /// How many days after its time a row's outcome was still open: rows are not
    /// fitted on when what is measured on begins before; 0 for none.
    pub embargo_days: u32,
    /// Folds of the cross-validation; 0 for none.
    pub folds: u32,
    /// How often the folds are drawn anew, by the following seeds; from 1 to 1000.
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
    /// What turns log-odds into probabilities that hold.
    pub calibration: Calibrations,
    /// What acting on the scores costs and earns.
    pub profit: ProfitMeasure,
    /// Replicates of the bootstrap behind every interval; 0 for no intervals; at
    /// most 100,000.
    pub bootstrap: u32,
    /// Columns by whose values the report measures the model again.
    pub slices: Vec<String>,
}

/// Which calibrations a fit may choose among.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Calibrations {
    /// The one with the lowest log loss out of fold, none when none helps.
    Auto,
    /// None, which saves the folds that it takes to judge one.
    None,
    /// This one.
    Only(CalibrationMethod),
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            missing: MissingSpellings::default(),
            seed: 42,
            held_out_share: 0.2,
            embargo_days: 0,
            folds: 5,
            repeats: 1,
            shapes: Shapes::Pairs,
            knots: 20,
            max_pairs: 16,
            ridge_penalty: None,
            calibration: Calibrations::Auto,
            profit: ProfitMeasure::default(),
            bootstrap: 200,
            slices: Vec::new(),
        }
    }
}

/// The most draws of the folds.
pub(super) const MAX_REPEATS: u32 = 1000;
/// The most replicates of the bootstrap.
pub(super) const MAX_REPLICATES: u32 = 100_000;

impl Settings {
    pub(super) fn check(&self) -> Result<(), SettingsError> {
        if !(self.held_out_share > 0.0 && self.held_out_share < 1.0) {
            return Err(SettingsError::HeldOutShare(self.held_out_share));
        }
        if self.repeats == 0 {
            return Err(SettingsError::NoRepeats);
        }
        if self.repeats > MAX_REPEATS {
            return Err(SettingsError::TooManyRepeats(self.repeats));
        }
        if self.bootstrap > MAX_REPLICATES {
            return Err(SettingsError::TooManyReplicates(self.bootstrap));
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

impl ChurnTraining {
    /// A run with default settings, of everything that has no default.
    #[must_use]
    pub fn new(
        data: Vec<PathBuf>,
        target: &str,
        positive: &str,
        name: ModelName,
        models: PathBuf,
    ) -> Self {
        Self {
            data,
            target: target.to_owned(),
            positive: positive.to_owned(),
            id: None,
            group: None,
            time: None,
            weight: None,
            columns: BTreeMap::new(),
            purchases: None,
            definition: None,
            horizon_days: None,
            card: CardNotes::default(),
            settings: Settings::default(),
            name,
            models,
            sign_key: None,
            publish_if_better: None,
            configuration: String::new(),
        }
    }

    pub(super) fn churn_definition(&self) -> ChurnDefinition {
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
