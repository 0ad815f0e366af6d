//! Options of `holdfast-train value`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};

use super::{
    Surroundings,
    answer::{Answer, Failure},
    destination::Destination,
    log::{LogFlags, LogFlagsError},
    shared::{CardFlags, OutputOptions, UnitFlag},
    signing::SignOptions,
};
use crate::{
    artifact::InvalidName,
    config::text_file::{self, TextFileError},
    customer::{InvalidDay, TimeUnit},
    model::value::PurchaseModelKind,
    train::{
        self,
        value::{Candidates, HoldOutRule, SpendRule, TermsAsked, ValueCriterion, ValueTraining},
    },
};

const EXAMPLE: &str = "Examples:
  holdfast-train value --data purchases.csv --customer customer_id --time bought_at \\
    --amount total --currency EUR --name shop-value --models models/

  holdfast-train value --config value.toml --data purchases.parquet --as-of 2026-06-30

Each purchase model is fitted to the days up to --as-of and foretells the days after
it. The one that makes what came the most probable is fitted again to the whole log
and published, with Gamma-Gamma for spend.

Every version keeps its report (report.html), its model card (card.md) and the
configuration of its run (training.toml), which --config reads again. It holds
no directories: give --data and --models again.

Exit codes:
  0  published, even if the answer could not be written
  2  the command line or the configuration is wrong
  3  the log cannot be read or used
  4  no model can be fitted
  5  the model could not be published
  6  the version to beat cannot be loaded, or counts purchases in another way
  7  not better than the newest version, so not published";

/// Options of `holdfast-train value`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Value {
    /// Read options from this TOML file, with the names of the flags (`as_of`
    /// = "2026-06-30"); a flag outranks it
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    #[command(flatten)]
    sign: SignOptions,

    #[command(flatten)]
    output: OutputOptions,

    #[command(flatten)]
    options: ValueOptions,
}

/// Every option, as far as one source sets it.
#[derive(Debug, Clone, Default, Args, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ValueOptions {
    #[command(flatten)]
    #[serde(flatten)]
    log: LogFlags,

    /// Name to publish under
    #[arg(long)]
    name: Option<String>,

    /// Directory of models, or `s3://BUCKET/PREFIX` [default: models]
    #[arg(long, value_name = "DIR|URL")]
    models: Option<PathBuf>,

    /// What time is counted in [default: week]
    #[arg(long, value_enum)]
    unit: Option<UnitFlag>,

    /// Last day of the calibration, as 2026-06-30: the days after it are held out
    /// [default: the middle of the log]
    #[arg(long, value_name = "DAY")]
    as_of: Option<String>,

    /// Hold no days out: nothing is validated, and the likelihood chooses
    #[arg(long)]
    no_hold_out: bool,

    /// Purchase model; auto tries each but bg-bb [default: auto]
    #[arg(long, value_enum)]
    model: Option<ModelFlag>,

    /// Leave spend out: the model tells purchases, but no money
    #[arg(long)]
    no_spend: bool,

    /// Days over which purchases and churn are expected [default: 365]
    #[arg(long, value_name = "DAYS", allow_negative_numbers = true)]
    horizon_days: Option<f64>,

    /// Periods that a lifetime value counts [default: 12]
    #[arg(long, value_name = "PERIODS", allow_negative_numbers = true)]
    periods: Option<u32>,

    /// Length of a period in days [default: 30.4375, a month]
    #[arg(long, value_name = "DAYS", allow_negative_numbers = true)]
    period_days: Option<f64>,

    /// Discount rate per period [default: 0.01]
    #[arg(long, value_name = "RATE", allow_negative_numbers = true)]
    discount_rate: Option<f64>,

    /// Share of spend that is earned [default: 1]
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    margin: Option<f64>,

    /// Publish only if the new model foretells the days held out better than the
    /// newest version does [default criterion: log-score]
    #[arg(long, value_enum, value_name = "CRITERION", num_args = 0..=1, default_missing_value = "log-score")]
    publish_if_better: Option<ValueCriterionFlag>,

    /// What it costs to win a customer (CAC), in the currency of the log
    #[arg(long, value_name = "MONEY", allow_negative_numbers = true)]
    acquisition_cost: Option<f64>,

    #[command(flatten)]
    #[serde(flatten)]
    card: CardFlags,
}

/// As [`Candidates`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum ModelFlag {
    /// The one that foretells the hold-out best
    Auto,
    /// BG/NBD: customers leave right after a purchase, but not after the first
    BgNbd,
    /// MBG/NBD: customers leave right after a purchase
    MbgNbd,
    /// Pareto/NBD: customers leave at any time
    ParetoNbd,
    /// BG/BB: counts the units of time (--unit) with a purchase; auto leaves it
    /// out
    BgBb,
}

/// As [`ValueCriterion`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum ValueCriterionFlag {
    /// Higher mean log score of the purchases that came
    LogScore,
    /// Lower mean absolute error of a customer's purchases
    Mae,
}

/// A run that cannot be asked for like this.
#[derive(Debug, thiserror::Error)]
enum ValueConfigError {
    /// The configuration file cannot be used.
    #[error(transparent)]
    File(#[from] TextFileError),
    /// The log cannot be described like this.
    #[error(transparent)]
    Log(#[from] LogFlagsError),
    /// No name to publish under.
    #[error("--name {0}")]
    Name(#[from] InvalidName),
    /// None was given.
    #[error("needed, as a flag or in the --config file: --name")]
    NoName,
    /// A day.
    #[error("--as-of {0}")]
    AsOf(#[from] InvalidDay),
    /// Two rules that contradict each other.
    #[error("--as-of and --no-hold-out contradict each other; leave one out")]
    HoldOutTwice,
    /// The configuration cannot be written down.
    #[error("the configuration cannot be written as TOML: {0}")]
    Unwritable(#[from] toml::ser::Error),
}

impl Value {
    pub(super) fn run(self, surroundings: &Surroundings<'_>) -> Result<Answer, Failure> {
        let output = self.output;
        let sign = self.sign.clone();
        let mut training = self
            .into_training()
            .map_err(|error| Failure::usage(error.to_string()))?;
        let destination =
            Destination::of(&mut training.models, &training.name, &sign, surroundings)?;
        training.sign_key = destination.sign_key();
        let mut trained = train::value::value(&training, &*output.progress())?;
        trained.identity = destination.publish(trained.identity)?;
        trained.models = destination.place(trained.models);
        Ok(Answer {
            published: true,
            ..output.answer(&trained, || trained.json())
        })
    }

    fn into_training(self) -> Result<ValueTraining, ValueConfigError> {
        let file = self
            .config
            .as_deref()
            .map(text_file::toml)
            .transpose()?
            .unwrap_or_default();
        self.options.or(file).into_training()
    }
}

impl ValueOptions {
    fn or(self, other: Self) -> Self {
        macro_rules! first {
            ($($option:ident),*; $($switch:ident),*) => {
                Self {
                    log: self.log.or(other.log),
                    card: self.card.or(other.card),
                    $($option: self.$option.or(other.$option),)*
                    $($switch: self.$switch || other.$switch,)*
                }
            };
        }
        first!(
            name, models, unit, as_of, model, horizon_days, periods, period_days, discount_rate,
            margin, acquisition_cost, publish_if_better;
            no_hold_out, no_spend
        )
    }

    /// What is stored with the model: every default filled in, no directories.
    fn resolved(self) -> Self {
        let terms = self.terms();
        Self {
            log: self.log.resolved(),
            models: None,
            unit: self.unit.or(Some(UnitFlag::Week)),
            model: self.model.or(Some(ModelFlag::Auto)),
            horizon_days: Some(terms.horizon_days),
            periods: Some(terms.periods),
            period_days: Some(terms.period_days),
            discount_rate: Some(terms.discount_rate),
            margin: Some(terms.margin),
            ..self
        }
    }

    fn terms(&self) -> TermsAsked {
        let default = TermsAsked::default();
        TermsAsked {
            horizon_days: self.horizon_days.unwrap_or(default.horizon_days),
            periods: self.periods.unwrap_or(default.periods),
            period_days: self.period_days.unwrap_or(default.period_days),
            discount_rate: self.discount_rate.unwrap_or(default.discount_rate),
            margin: self.margin.unwrap_or(default.margin),
        }
    }

    fn into_training(self) -> Result<ValueTraining, ValueConfigError> {
        let configuration = toml::to_string(&self.clone().resolved())?;
        let terms = self.terms();
        let hold_out = match (self.as_of.as_deref(), self.no_hold_out) {
            (Some(_), true) => return Err(ValueConfigError::HoldOutTwice),
            (Some(day), false) => HoldOutRule::After(day.parse()?),
            (None, true) => HoldOutRule::Nothing,
            (None, false) => HoldOutRule::SecondHalf,
        };
        Ok(ValueTraining {
            log: self.log.into_options()?,
            unit: self.unit.map_or(TimeUnit::Week, TimeUnit::from),
            hold_out,
            candidates: self.model.map_or(Candidates::Auto, Candidates::from),
            spend: if self.no_spend {
                SpendRule::Nothing
            } else {
                SpendRule::GammaGamma
            },
            terms,
            acquisition_cost: self.acquisition_cost,
            publish_if_better: self.publish_if_better.map(ValueCriterion::from),
            card: self.card.into(),
            name: self.name.ok_or(ValueConfigError::NoName)?.parse()?,
            models: self.models.unwrap_or_else(|| PathBuf::from("models")),
            sign_key: None,
            configuration,
        })
    }
}

impl From<ValueCriterionFlag> for ValueCriterion {
    fn from(flag: ValueCriterionFlag) -> Self {
        match flag {
            ValueCriterionFlag::LogScore => Self::LogScore,
            ValueCriterionFlag::Mae => Self::MeanAbsoluteError,
        }
    }
}

impl From<ModelFlag> for Candidates {
    fn from(flag: ModelFlag) -> Self {
        match flag {
            ModelFlag::Auto => Self::Auto,
            ModelFlag::BgNbd => Self::Only(PurchaseModelKind::BgNbd),
            ModelFlag::MbgNbd => Self::Only(PurchaseModelKind::MbgNbd),
            ModelFlag::ParetoNbd => Self::Only(PurchaseModelKind::ParetoNbd),
            ModelFlag::BgBb => Self::Only(PurchaseModelKind::BgBb),
        }
    }
}
