//! Options of `holdfast-train segments`.

use std::{num::NonZeroUsize, path::PathBuf, str::FromStr};

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::{
    answer::{Answer, Failure},
    log::LogFlags,
    shared::OutputOptions,
};
use crate::{
    artifact::ModelName,
    config::policy_file,
    customer::Day,
    model::segments::{MAX_CLUSTERS, TierBy, TierShares},
    policy::{GroupRules, LifecycleMeasure},
    train::{
        assess::ModelSelector,
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

Recency is days since the last purchase, frequency the number of all purchases (not of
repeat purchases), monetary value the mean spend of a purchase.

Exit codes:
  0  published, even if the answer could not be written
  2  the command line or the policy is wrong
  3  the log cannot be read, or has nobody to segment
  4  the clusters cannot be fitted
  5  the segmentation, its report or the table could not be written
  6  the value model cannot be loaded, or does not go with the log";

/// Options of `holdfast-train segments`.
#[derive(Debug, Clone, Args, Serialize)]
#[command(after_help = EXAMPLE)]
pub struct Segments {
    #[command(flatten)]
    #[serde(flatten)]
    log: LogFlags,

    /// Day, as 2011-06-01, at whose end the customers are looked at [default: the
    /// log's last day]
    #[arg(long, value_name = "DAY", value_parser = day)]
    as_of: Option<String>,

    /// Features that clusters are told apart by, as `holdfast-train snapshots` names
    /// them
    #[arg(long, value_name = "NAME,...", value_delimiter = ',', default_values_t = SegmentsTraining::USUAL_FEATURES.map(str::to_owned))]
    features: Vec<String>,

    /// How many clusters: a number, or auto for as many, of 2 to 10, as have the
    /// largest mean silhouette
    #[arg(long, value_name = "NUMBER", default_value = "auto")]
    clusters: String,

    /// Current value is the money of so many days [default: as many as the value
    /// model looks ahead; 365 without one]
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=36_525))]
    value_days: Option<u32>,

    /// Published value model, as [DIR/]NAME[@VERSION], that tells the potential
    /// value and the probability of no purchase
    #[arg(long, value_name = "MODEL")]
    value_model: Option<String>,

    /// Who does not buy within so many days has left: counted after --as-of where
    /// the log reaches so far, else before it
    #[arg(long, value_name = "DAYS", default_value_t = 90, value_parser = clap::value_parser!(u32).range(1..=36_525))]
    horizon_days: u32,

    /// Shares of the value tiers high, medium and low, instead of the policy's
    #[arg(long, value_name = "HIGH,MEDIUM,LOW", value_delimiter = ',')]
    tier_shares: Vec<f64>,

    /// What the shares of the tiers are shares of, instead of the policy's
    #[arg(long, value_enum)]
    tier_by: Option<TierByFlag>,

    /// TOML file with the business rules: segments, tiers, lifecycle stages
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,

    /// Print the business rules as such a file, and do nothing else
    #[arg(long)]
    #[serde(skip)]
    print_policy: bool,

    /// Seed of the centroids' first places, and of samples
    #[arg(long, default_value_t = 42)]
    seed: u64,

    /// Name to publish under
    #[arg(long, required_unless_present = "print_policy")]
    name: Option<String>,

    /// Directory of models
    #[arg(long, value_name = "DIR", default_value = "models")]
    #[serde(skip)]
    models: PathBuf,

    /// CSV file of the customers to write; one that is there is replaced when the new
    /// one is whole
    #[arg(long, value_name = "FILE")]
    #[serde(skip)]
    output: Option<PathBuf>,

    #[command(flatten)]
    #[serde(skip)]
    answer: OutputOptions,
}

#[derive(Debug, Clone, Copy, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
enum TierByFlag {
    /// The number of customers
    Customers,
    /// The sum of their value
    Value,
}

fn day(text: &str) -> Result<String, String> {
    let day: Result<Day, _> = text.parse();
    day.map(|day| day.to_string())
        .map_err(|error| error.to_string())
}

fn clusters(text: &str) -> Result<ClusterCount, Failure> {
    if text == "auto" {
        return Ok(ClusterCount::Auto);
    }
    match NonZeroUsize::from_str(text) {
        Ok(count) if count.get() <= MAX_CLUSTERS => Ok(ClusterCount::Exactly(count.get())),
        _ => Err(Failure::usage(format!(
            "--clusters must be auto, or a number from 1 to {MAX_CLUSTERS}"
        ))),
    }
}

impl Segments {
    pub(super) fn run(self) -> Result<Answer, Failure> {
        let output = self.answer;
        if self.print_policy {
            let text = policy_file::write(&self.policy()?);
            return Ok(Answer {
                text: text.trim_end().to_owned(),
                code: 0,
                published: false,
            });
        }
        let training = self.training()?;
        let segmented = segments::segments(&training, &*output.progress())?;
        let answer = output.answer(&segmented, || segmented.json());
        Ok(Answer {
            published: true,
            ..answer
        })
    }

    fn training(self) -> Result<SegmentsTraining, Failure> {
        let usage = |error: &dyn std::fmt::Display| Failure::usage(error.to_string());
        let policy = self.policy()?;
        let selector = self.value_model.as_deref().map(str::parse::<ModelSelector>);
        let selector = selector
            .transpose()
            .map_err(|error| Failure::usage(format!("--value-model: {error}")))?;
        if selector.is_none() && policy.lifecycle.measure == LifecycleMeasure::Probability {
            return Err(Failure::usage(
                "the policy's lifecycle measure `probability` needs --value-model",
            ));
        }
        let name: ModelName = self
            .name
            .as_deref()
            .unwrap_or_default()
            .parse()
            .map_err(|error| Failure::usage(format!("--name {error}")))?;
        let configuration = toml::to_string(&self.resolved()).map_err(|error| usage(&error))?;
        let as_of = self.as_of.as_deref().map(str::parse::<Day>).transpose();
        Ok(SegmentsTraining {
            as_of: as_of.map_err(|error| usage(&error))?,
            features: self.features,
            clusters: clusters(&self.clusters)?,
            value_days: self.value_days,
            value_model: selector.map(|model| model.within(&self.models)),
            horizon_days: self.horizon_days,
            policy,
            seed: self.seed,
            name,
            models: self.models,
            output: self.output,
            configuration,
            log: self.log.into_options().map_err(|error| usage(&error))?,
        })
    }

    /// What is stored with the model: every default filled in, no directories.
    fn resolved(&self) -> Self {
        let file = |path: &PathBuf| path.file_name().map(PathBuf::from);
        let model = |text: &String| text.rsplit('/').next().map(str::to_owned);
        Self {
            log: self.log.clone().resolved(),
            policy: self.policy.as_ref().and_then(file),
            value_model: self.value_model.as_ref().and_then(model),
            ..self.clone()
        }
    }

    fn policy(&self) -> Result<GroupRules, Failure> {
        let mut policy = match &self.policy {
            None => GroupRules::default(),
            Some(path) => {
                policy_file::read_groups(path).map_err(|error| Failure::usage(error.to_string()))?
            }
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
                return Err(Failure::usage(
                    "--tier-shares must be three numbers: high, medium, low",
                ));
            }
        };
        policy.tiers.shares = TierShares::new(shares, by)
            .map_err(|error| Failure::usage(format!("--tier-shares {error}")))?;
        Ok(policy)
    }
}
