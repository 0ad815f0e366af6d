//! What a training run can be told, by flags and by a configuration file.

use std::{collections::BTreeMap, path::PathBuf};

use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};

use super::shared::CardFlags;
use crate::{
    config::{purchases_file::PurchasesToml, schema_file::ColumnFile},
    model::{CalibrationMethod, ProfitParameters},
    train::{Calibrations, Criterion, Settings, Shapes},
};

/// Every option, as far as one source sets it. In a file the names are those of
/// the flags with `_` for `-`.
#[derive(Debug, Clone, Default, Args, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Options {
    /// File with one row a customer: CSV (UTF-8, with a header), CSV within gzip,
    /// or Parquet; or a directory of such files. May be given several times
    #[arg(long, value_name = "PATH")]
    pub(super) data: Vec<PathBuf>,

    /// Column that holds the outcome
    #[arg(long, value_name = "COLUMN")]
    pub(super) target: Option<String>,

    /// Value of the target that means churn
    #[arg(long, value_name = "VALUE")]
    pub(super) positive: Option<String>,

    /// Column that holds the customer's id; never a feature
    #[arg(long, value_name = "COLUMN")]
    pub(super) id: Option<String>,

    /// Column whose equal values keep rows together on one side of every split;
    /// an id that repeats does so by itself
    #[arg(long, value_name = "COLUMN")]
    pub(super) group: Option<String>,

    /// Column of dates (ISO 8601) or numbers that orders the rows in time: the
    /// latest rows are held out
    #[arg(long, value_name = "COLUMN")]
    pub(super) time: Option<String>,

    /// Column that says how much each row counts in the fit, the choice of columns
    /// and the calibration; figures count every row once
    #[arg(long, value_name = "COLUMN")]
    pub(super) weight: Option<String>,

    /// Name to publish under
    #[arg(long)]
    pub(super) name: Option<String>,

    /// Directory of models, or `s3://BUCKET/PREFIX` [default: models]
    #[arg(long, value_name = "DIR|URL")]
    pub(super) models: Option<PathBuf>,

    /// TOML file that says what single columns are
    #[arg(long, value_name = "FILE")]
    pub(super) schema: Option<PathBuf>,

    /// TOML file that `holdfast-train snapshots` wrote beside its table, named
    /// …purchases.toml: the model then builds these features from a customer's
    /// purchases by itself
    #[arg(long, value_name = "FILE")]
    pub(super) purchases: Option<PathBuf>,

    /// What churn means here, in words
    #[arg(long, value_name = "TEXT")]
    pub(super) definition: Option<String>,

    /// Days over which the outcome was observed
    #[arg(long, value_name = "DAYS", allow_negative_numbers = true)]
    pub(super) horizon_days: Option<u32>,

    #[command(flatten)]
    #[serde(flatten)]
    pub(super) card: CardFlags,

    /// Seed of the split, the folds and the bootstrap [default: 42]
    #[arg(long, allow_negative_numbers = true)]
    pub(super) seed: Option<u64>,

    /// Share of the rows to hold out for evaluation [default: 0.2]
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    pub(super) held_out_share: Option<f64>,

    /// With --time: days after its time that a row's outcome was still open, such as
    /// the horizon of a panel. Rows are not fitted on when what is measured on begins
    /// before; there are only as many folds as that leaves [default: 0]
    #[arg(long, value_name = "DAYS", allow_negative_numbers = true)]
    pub(super) embargo_days: Option<u32>,

    /// Folds of the cross-validation; 0 for none [default: 5]
    #[arg(long, allow_negative_numbers = true)]
    pub(super) folds: Option<u32>,

    /// How often to draw the folds anew [default: 1]
    #[arg(long, allow_negative_numbers = true)]
    pub(super) repeats: Option<u32>,

    /// Which columns to choose among; the simplest that cross-validates as well as
    /// the best is taken [default: pairs]
    #[arg(long, value_enum)]
    pub(super) shapes: Option<ShapesFlag>,

    /// About how many places the effect of a number may bend at [default: 20]
    #[arg(long, allow_negative_numbers = true)]
    pub(super) knots: Option<usize>,

    /// The most pairs of features with a joint effect [default: 16]
    #[arg(long, value_name = "PAIRS", allow_negative_numbers = true)]
    pub(super) max_pairs: Option<usize>,

    /// One ridge penalty on all coefficients (scikit-learn's 1/C), with --shapes
    /// lines; by default the data choose one for each group of coefficients
    #[arg(long, value_name = "PENALTY", allow_negative_numbers = true)]
    pub(super) ridge_penalty: Option<f64>,

    /// What turns log-odds into probabilities [default: auto]
    #[arg(long, value_enum)]
    pub(super) calibration: Option<CalibrationFlag>,

    /// Replicates of the bootstrap behind every interval; 0 for no intervals
    /// [default: 200]
    #[arg(long, value_name = "REPLICATES", allow_negative_numbers = true)]
    pub(super) bootstrap: Option<u32>,

    /// Column by whose values the report measures the model again; may be given
    /// several times [default: every text and flag]
    #[arg(long, value_name = "COLUMN")]
    pub(super) slice: Vec<String>,

    /// Chance that a contacted churner stays: α of its beta distribution
    /// [default: 6]
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true)]
    pub(super) profit_alpha: Option<f64>,

    /// The same distribution's β [default: 14]
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true)]
    pub(super) profit_beta: Option<f64>,

    /// What a customer who stays is worth [default: 200]
    #[arg(long, value_name = "MONEY", allow_negative_numbers = true)]
    pub(super) profit_customer_value: Option<f64>,

    /// What an offer that is taken costs [default: 10]
    #[arg(long, value_name = "MONEY", allow_negative_numbers = true)]
    pub(super) profit_offer_cost: Option<f64>,

    /// What a contact costs [default: 1]
    #[arg(long, value_name = "MONEY", allow_negative_numbers = true)]
    pub(super) profit_contact_cost: Option<f64>,

    /// Publish only if the new model is better than the newest version, on the
    /// rows held out [default criterion: log-loss]
    #[arg(long, value_enum, value_name = "CRITERION", num_args = 0..=1, default_missing_value = "log-loss")]
    pub(super) publish_if_better: Option<CriterionFlag>,

    /// How cells say that their value is missing.
    #[arg(skip)]
    pub(super) missing: Option<Vec<String>>,

    /// What the `purchases` file says.
    #[arg(skip)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) purchase_features: Option<PurchasesToml>,

    /// What single columns are.
    #[arg(skip)]
    pub(super) columns: BTreeMap<String, ColumnFile>,
}

/// As [`Shapes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum ShapesFlag {
    /// A straight line for each number
    Lines,
    /// Numbers may bend
    Curves,
    /// Numbers may bend, and pairs of features may have a joint effect
    Pairs,
}

/// As [`Calibrations`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum CalibrationFlag {
    /// The one with the lowest log loss out of fold; none when none helps
    Auto,
    /// No calibration
    None,
    /// A line through the log-odds
    Platt,
    /// Rising pieces of the data's own making
    Isotonic,
    /// A line with two slopes
    Beta,
}

/// As [`Criterion`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum CriterionFlag {
    /// Lower log loss
    LogLoss,
    /// Larger area under the ROC curve
    Auc,
    /// Larger expected maximum profit
    Profit,
}

impl Options {
    /// These options, and where they say nothing, the other's.
    pub(super) fn or(self, other: Self) -> Self {
        macro_rules! first {
            ($($option:ident),*; $($list:ident),*) => {
                Self {
                    card: self.card.or(other.card),
                    $($option: self.$option.or(other.$option),)*
                    $($list: if self.$list.is_empty() { other.$list } else { self.$list },)*
                }
            };
        }
        first!(
            target, positive, id, group, time, weight, name, models, schema, purchases, definition,
            horizon_days, seed, held_out_share, embargo_days, folds, repeats, shapes, knots,
            max_pairs,
            ridge_penalty, calibration, bootstrap, profit_alpha, profit_beta,
            profit_customer_value, profit_offer_cost, profit_contact_cost, publish_if_better,
            missing, purchase_features;
            data, slice, columns
        )
    }

    /// The profit parameters, with defaults filled in.
    pub(super) fn profit(&self) -> ProfitParameters {
        let default = ProfitParameters::default();
        ProfitParameters {
            alpha: self.profit_alpha.unwrap_or(default.alpha),
            beta: self.profit_beta.unwrap_or(default.beta),
            customer_value: self.profit_customer_value.unwrap_or(default.customer_value),
            offer_cost: self.profit_offer_cost.unwrap_or(default.offer_cost),
            contact_cost: self.profit_contact_cost.unwrap_or(default.contact_cost),
        }
    }

    /// What the run was told in the end, with every default filled in: what is
    /// stored with the model. Directories are left out, so that the same run
    /// elsewhere leaves the same bytes.
    pub(super) fn resolved(self) -> Self {
        let default = Settings::default();
        let profit = self.profit();
        Self {
            data: self
                .data
                .iter()
                .filter_map(|path| path.file_name().map(PathBuf::from))
                .collect(),
            models: None,
            schema: None,    // its content is in `missing` and `columns`
            purchases: None, // its content is in `purchase_features`
            seed: self.seed.or(Some(default.seed)),
            held_out_share: self.held_out_share.or(Some(default.held_out_share)),
            folds: self.folds.or(Some(default.folds)),
            repeats: self.repeats.or(Some(default.repeats)),
            shapes: self.shapes.or(Some(ShapesFlag::Pairs)),
            knots: self.knots.or(Some(default.knots)),
            max_pairs: self.max_pairs.or(Some(default.max_pairs)),
            calibration: self.calibration.or(Some(CalibrationFlag::Auto)),
            bootstrap: self.bootstrap.or(Some(default.bootstrap)),
            profit_alpha: Some(profit.alpha),
            profit_beta: Some(profit.beta),
            profit_customer_value: Some(profit.customer_value),
            profit_offer_cost: Some(profit.offer_cost),
            profit_contact_cost: Some(profit.contact_cost),
            ..self
        }
    }
}

impl From<ShapesFlag> for Shapes {
    fn from(flag: ShapesFlag) -> Self {
        match flag {
            ShapesFlag::Lines => Self::Lines,
            ShapesFlag::Curves => Self::Curves,
            ShapesFlag::Pairs => Self::Pairs,
        }
    }
}

impl From<CalibrationFlag> for Calibrations {
    fn from(flag: CalibrationFlag) -> Self {
        match flag {
            CalibrationFlag::Auto => Self::Auto,
            CalibrationFlag::None => Self::None,
            CalibrationFlag::Platt => Self::Only(CalibrationMethod::Platt),
            CalibrationFlag::Isotonic => Self::Only(CalibrationMethod::Isotonic),
            CalibrationFlag::Beta => Self::Only(CalibrationMethod::Beta),
        }
    }
}

impl From<CriterionFlag> for Criterion {
    fn from(flag: CriterionFlag) -> Self {
        match flag {
            CriterionFlag::LogLoss => Self::LogLoss,
            CriterionFlag::Auc => Self::AreaUnderCurve,
            CriterionFlag::Profit => Self::ExpectedMaximumProfit,
        }
    }
}
