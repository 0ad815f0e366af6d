//! Options of `holdfast-train segments`.

use std::{num::NonZeroUsize, path::PathBuf, str::FromStr};

use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};

use super::{
    Surroundings,
    answer::{Answer, Failure},
    destination::Destination,
    log::{LogFlags, LogFlagsError},
    shared::{CardFlags, OutputOptions},
    signing::SignOptions,
};
use crate::{
    artifact::InvalidName,
    config::{
        policy_file::{self, PolicyFileError},
        text_file::{self, TextFileError},
    },
    customer::InvalidDay,
    model::segments::{MAX_CLUSTERS, TierBy, TierEdgesError, TierShares},
    policy::{GroupRules, LifecycleMeasure},
    train::{
        assess::{InvalidSelector, ModelSelector},
        segments::{self, ClusterCount, SegmentsTraining},
    },
};

const EXAMPLE: &str = "Examples:
  holdfast-train segments --data data/cdnow/CDNOW_sample.txt --no-header \\
    --delimiter space --customer 2 --time 3 --amount 5 --as-of 1998-03-31 \\
    --name cdnow-segments

  Tiers of those who bring in the first 70 % of the value, the next 20 % and the rest,
  and a table of the customers:
  holdfast-train segments --data log.csv.gz --customer customer --time time \\
    --amount amount --tier-by value --name segments --output segments.csv

  Business rules to start from, and a segmentation by them:
  holdfast-train segments --print-policy > policy.toml
  holdfast-train segments --data log.csv.gz --customer customer --time time \\
    --amount amount --policy policy.toml --value-model cdnow --name segments

Every version keeps its report (report.html), its model card (card.md) and the
configuration of its run (training.toml), which --config reads again. It holds no
directories: give --data, --models and --policy again.

Recency is days since the last purchase, frequency the number of all purchases (not of
repeat purchases), monetary value the mean spend of a purchase.

Exit codes:
  0  published, even if the answer could not be written
  2  the command line, the configuration or the policy is wrong
  3  the log cannot be read, or has nobody to segment
  4  the clusters cannot be fitted
  5  the segmentation, its report or the table could not be written
  6  the value model cannot be loaded, or does not go with the log";

/// Options of `holdfast-train segments`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Segments {
    /// Read options from this TOML file, with the names of the flags (`as_of`
    /// = "2026-06-30"); a flag outranks it
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// Print the business rules as such a file, and do nothing else
    #[arg(long)]
    print_policy: bool,

    /// CSV file of the customers to write; one that is there is replaced when the new
    /// one is whole
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,

    #[command(flatten)]
    sign: SignOptions,

    #[command(flatten)]
    answer: OutputOptions,

    #[command(flatten)]
    options: SegmentsOptions,
}

/// Every option, as far as one source sets it.
#[derive(Debug, Clone, Default, Args, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct SegmentsOptions {
    #[command(flatten)]
    #[serde(flatten)]
    log: LogFlags,

    /// Day, as 2011-06-01, at whose end the customers are looked at [default: the
    /// log's last day]
    #[arg(long, value_name = "DAY")]
    as_of: Option<String>,

    /// Features that clusters are told apart by, as `holdfast-train snapshots` names
    /// them [default: `days_since_last_purchase,purchases,mean_spend`]
    #[arg(long, value_name = "NAME,...", value_delimiter = ',')]
    features: Vec<String>,

    /// How many clusters: a number, or auto for as many, of 2 to 10, as have the
    /// largest mean silhouette [default: auto]
    #[arg(long, value_name = "NUMBER")]
    clusters: Option<String>,

    /// Current value is the money of so many days [default: as many as the value
    /// model looks ahead; 365 without one]
    #[arg(long, value_name = "DAYS")]
    value_days: Option<u32>,

    /// Published value model, as [DIR/]NAME[@VERSION], that tells the potential
    /// value and the probability of no purchase
    #[arg(long, value_name = "MODEL")]
    value_model: Option<String>,

    /// Who does not buy within so many days has left: counted after --as-of where
    /// the log reaches so far, else before it [default: 90]
    #[arg(long, value_name = "DAYS")]
    horizon_days: Option<u32>,

    /// Shares of the value tiers high, medium and low, instead of the policy's
    #[arg(long, value_name = "HIGH,MEDIUM,LOW", value_delimiter = ',')]
    tier_shares: Vec<f64>,

    /// What the shares of the tiers are shares of, instead of the policy's
    #[arg(long, value_enum)]
    tier_by: Option<TierByFlag>,

    /// TOML file with the business rules: segments, tiers, lifecycle stages
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,

    /// Seed of the centroids' first places, and of samples [default: 42]
    #[arg(long)]
    seed: Option<u64>,

    /// Name to publish under
    #[arg(long)]
    name: Option<String>,

    /// Directory of models, or `s3://BUCKET/PREFIX` [default: models]
    #[arg(long, value_name = "DIR|URL")]
    models: Option<PathBuf>,

    #[command(flatten)]
    #[serde(flatten)]
    card: CardFlags,
}

#[derive(Debug, Clone, Copy, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum TierByFlag {
    /// The number of customers
    Customers,
    /// The sum of their value
    Value,
}

/// A run that cannot be asked for like this.
#[derive(Debug, thiserror::Error)]
enum SegmentsConfigError {
    /// The configuration file cannot be used.
    #[error(transparent)]
    File(#[from] TextFileError),
    /// The log cannot be described like this.
    #[error(transparent)]
    Log(#[from] LogFlagsError),
    /// The business rules cannot be used.
    #[error(transparent)]
    Policy(#[from] PolicyFileError),
    /// No name to publish under.
    #[error("--name {0}")]
    Name(#[from] InvalidName),
    /// None was given.
    #[error("needed, as a flag or in the --config file: --name")]
    NoName,
    /// A day.
    #[error("--as-of {0}")]
    AsOf(#[from] InvalidDay),
    /// A number of days.
    #[error("--{0} must be 1 to {MOST_DAYS} days")]
    Days(&'static str),
    /// A number of clusters.
    #[error("--clusters must be auto, or a number from 1 to {MAX_CLUSTERS}")]
    Clusters,
    /// Not a model.
    #[error("--value-model: {0}")]
    ValueModel(#[from] InvalidSelector),
    /// Stages by what nobody tells.
    #[error("the policy's lifecycle measure `probability` needs --value-model")]
    NoProbability,
    /// Tiers of another number.
    #[error("--tier-shares must be three numbers: high, medium, low")]
    NotThree,
    /// Shares that are none.
    #[error("--tier-shares {0}")]
    Shares(#[from] TierEdgesError),
    /// The configuration cannot be written down.
    #[error("the configuration cannot be written as TOML: {0}")]
    Unwritable(#[from] toml::ser::Error),
}

/// The longest time that is counted, in days.
const MOST_DAYS: u32 = 36_525;
/// The usual horizon, in days.
const HORIZON_DAYS: u32 = 90;
/// The usual seed.
const SEED: u64 = 42;

impl Segments {
    pub(super) fn run(self, surroundings: &Surroundings<'_>) -> Result<Answer, Failure> {
        let Self {
            config,
            print_policy,
            output,
            sign,
            answer,
            options,
        } = self;
        let wrong = |error: SegmentsConfigError| Failure::usage(error.to_string());
        let file = config
            .as_deref()
            .map(text_file::toml)
            .transpose()
            .map_err(|error| wrong(error.into()))?;
        let options = options.or(file.unwrap_or_default());
        if print_policy {
            let text = policy_file::write(&options.policy().map_err(wrong)?);
            return Ok(Answer {
                text: text.trim_end().to_owned(),
                code: 0,
                published: false,
            });
        }
        let mut training = options.into_training(output).map_err(wrong)?;
        let destination =
            Destination::of(&mut training.models, &training.name, &sign, surroundings)?;
        training.sign_key = destination.sign_key();
        if let Some(value_model) = &mut training.value_model {
            destination.bring(value_model)?;
        }
        let mut segmented = segments::segments(&training, &*answer.progress())?;
        segmented.identity = destination.publish(segmented.identity)?;
        Ok(Answer {
            published: true,
            ..answer.answer(&segmented, || segmented.json())
        })
    }
}

fn days(flag: &'static str, days: u32) -> Result<u32, SegmentsConfigError> {
    if (1..=MOST_DAYS).contains(&days) {
        Ok(days)
    } else {
        Err(SegmentsConfigError::Days(flag))
    }
}

fn clusters(text: &str) -> Result<ClusterCount, SegmentsConfigError> {
    if text == "auto" {
        return Ok(ClusterCount::Auto);
    }
    match NonZeroUsize::from_str(text) {
        Ok(count) if count.get() <= MAX_CLUSTERS => Ok(ClusterCount::Exactly(count.get())),
        _ => Err(SegmentsConfigError::Clusters),
    }
}

impl SegmentsOptions {
    /// These options, and where they say nothing, the other's.
    fn or(self, other: Self) -> Self {
        macro_rules! first {
            ($($option:ident),*; $($list:ident),*) => {
                Self {
                    log: self.log.or(other.log),
                    card: self.card.or(other.card),
                    $($option: self.$option.or(other.$option),)*
                    $($list: if self.$list.is_empty() { other.$list } else { self.$list },)*
                }
            };
        }
        first!(
            as_of, clusters, value_days, value_model, horizon_days, tier_by, policy, seed, name,
            models;
            features, tier_shares
        )
    }

    fn into_training(
        self,
        output: Option<PathBuf>,
    ) -> Result<SegmentsTraining, SegmentsConfigError> {
        let policy = self.policy()?;
        let configuration = toml::to_string(&self.clone().resolved())?;
        let selector: Option<ModelSelector> =
            self.value_model.as_deref().map(str::parse).transpose()?;
        if selector.is_none() && policy.lifecycle.measure == LifecycleMeasure::Probability {
            return Err(SegmentsConfigError::NoProbability);
        }
        let models = self.models.unwrap_or_else(|| PathBuf::from("models"));
        Ok(SegmentsTraining {
            as_of: self.as_of.as_deref().map(str::parse).transpose()?,
            features: self.features,
            clusters: clusters(self.clusters.as_deref().unwrap_or("auto"))?,
            value_days: self
                .value_days
                .map(|stated| days("value-days", stated))
                .transpose()?,
            value_model: selector.map(|model| model.within(&models)),
            horizon_days: days("horizon-days", self.horizon_days.unwrap_or(HORIZON_DAYS))?,
            policy,
            seed: self.seed.unwrap_or(SEED),
            card: self.card.into(),
            name: self.name.ok_or(SegmentsConfigError::NoName)?.parse()?,
            models,
            sign_key: None,
            output,
            configuration,
            log: self.log.into_options()?,
        })
    }

    /// What is stored with the model: every default filled in, no directories.
    fn resolved(self) -> Self {
        let file = |path: &PathBuf| path.file_name().map(PathBuf::from);
        let model = |text: &String| text.rsplit('/').next().map(str::to_owned);
        Self {
            log: self.log.resolved(),
            models: None,
            features: if self.features.is_empty() {
                SegmentsTraining::USUAL_FEATURES.map(str::to_owned).to_vec()
            } else {
                self.features
            },
            clusters: self.clusters.or_else(|| Some("auto".to_owned())),
            horizon_days: self.horizon_days.or(Some(HORIZON_DAYS)),
            seed: self.seed.or(Some(SEED)),
            policy: self.policy.as_ref().and_then(file),
            value_model: self.value_model.as_ref().and_then(model),
            ..self
        }
    }

    fn policy(&self) -> Result<GroupRules, SegmentsConfigError> {
        let mut policy = match &self.policy {
            None => GroupRules::default(),
            Some(path) => policy_file::read_groups(path)?,
        };
        let by = match self.tier_by {
            None => policy.tiers.shares.by(),
            Some(TierByFlag::Customers) => TierBy::Customers,
            Some(TierByFlag::Value) => TierBy::Value,
        };
        let shares = match self.tier_shares.as_slice() {
            [] if by == policy.tiers.shares.by() => policy.tiers.shares.shares(),
            [] => TierShares::usual(by).shares(),
            &[high, medium, low] => [high, medium, low],
            _ => {
                return Err(SegmentsConfigError::NotThree);
            }
        };
        policy.tiers.shares = TierShares::new(shares, by)?;
        Ok(policy)
    }
}
