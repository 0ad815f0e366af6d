//! Options that several commands have.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};

use super::answer::Failure;
use crate::{
    artifact::{ModelName, Version},
    customer::TimeUnit,
    model::ProfitParameters,
    train::{
        MissingSpellings,
        assess::{ModelSelector, NewData, PublishedModel},
        bootstrap::Bootstrap,
        report::CardNotes,
    },
};

/// Which published model.
#[derive(Debug, Args)]
pub(super) struct ModelOptions {
    /// The model as [DIR/]NAME[@VERSION]; the newest version unless one is named
    #[arg(long, value_name = "MODEL", required_unless_present = "name")]
    model: Option<ModelSelector>,

    /// Name of the model, instead of --model
    #[arg(long, conflicts_with = "model")]
    name: Option<ModelName>,

    /// Version of the model named by --name; the newest by default
    #[arg(long = "version", value_name = "VERSION", requires = "name")]
    model_version: Option<Version>,

    /// Directory of models, or `s3://BUCKET/PREFIX`, where MODEL names none
    #[arg(long, value_name = "DIR", default_value = "models")]
    models: PathBuf,
}

impl ModelOptions {
    pub(super) fn into_model(self) -> Result<PublishedModel, Failure> {
        let Self {
            model,
            name,
            model_version,
            models,
        } = self;
        match (model, name) {
            (Some(model), _) => Ok(model.within(&models)),
            (None, Some(name)) => Ok(PublishedModel {
                models,
                name,
                version: model_version,
            }),
            // Refused by clap before.
            (None, None) => Err(Failure::usage("name the model by --model or --name")),
        }
    }
}

/// New data for a published model.
#[derive(Debug, Args)]
pub(super) struct DataOptions {
    /// File with one row a customer: CSV (UTF-8, with a header), CSV within gzip,
    /// or Parquet; or a directory of such files. May be given several times
    #[arg(long, value_name = "PATH", required = true)]
    data: Vec<PathBuf>,

    /// Column that holds the outcome; by default the one that the model was
    /// trained on
    #[arg(long, value_name = "COLUMN")]
    target: Option<String>,

    /// Value of the target that means churn; by default the model's
    #[arg(long, value_name = "VALUE")]
    positive: Option<String>,

    /// Column that holds the customer's id: rows of one customer stay together
    #[arg(long, value_name = "COLUMN")]
    id: Option<String>,

    /// How a cell says that its value is missing, instead of NA, N/A, NaN, null
    /// and NULL; a blank cell always does. May be given several times
    #[arg(long, value_name = "TEXT")]
    missing: Vec<String>,
}

impl From<DataOptions> for NewData {
    fn from(options: DataOptions) -> Self {
        let DataOptions {
            data,
            target,
            positive,
            id,
            missing,
        } = options;
        Self {
            paths: data,
            target,
            positive,
            id,
            missing: if missing.is_empty() {
                MissingSpellings::default()
            } else {
                MissingSpellings::new(&missing)
            },
        }
    }
}

/// What a retention campaign costs and brings, for the profit measures.
#[derive(Debug, Args)]
pub(super) struct ProfitOptions {
    /// First parameter of the beta distribution of the share of churners who
    /// accept an offer
    #[arg(long = "profit-alpha", value_name = "NUMBER", default_value_t = ProfitParameters::default().alpha, allow_negative_numbers = true)]
    alpha: f64,

    /// Its second parameter
    #[arg(long = "profit-beta", value_name = "NUMBER", default_value_t = ProfitParameters::default().beta, allow_negative_numbers = true)]
    beta: f64,

    /// What a customer who stays is worth
    #[arg(long = "profit-customer-value", value_name = "MONEY", default_value_t = ProfitParameters::default().customer_value, allow_negative_numbers = true)]
    customer_value: f64,

    /// Cost of the offer to who takes it
    #[arg(long = "profit-offer-cost", value_name = "MONEY", default_value_t = ProfitParameters::default().offer_cost, allow_negative_numbers = true)]
    offer_cost: f64,

    /// Cost of contacting one customer
    #[arg(long = "profit-contact-cost", value_name = "MONEY", default_value_t = ProfitParameters::default().contact_cost, allow_negative_numbers = true)]
    contact_cost: f64,
}

impl From<ProfitOptions> for ProfitParameters {
    fn from(options: ProfitOptions) -> Self {
        let ProfitOptions {
            alpha,
            beta,
            customer_value,
            offer_cost,
            contact_cost,
        } = options;
        Self {
            alpha,
            beta,
            customer_value,
            offer_cost,
            contact_cost,
        }
    }
}

/// How intervals are drawn.
#[derive(Debug, Args)]
pub(super) struct BootstrapOptions {
    /// How many times the rows are drawn anew for the intervals
    #[arg(long, default_value_t = Bootstrap::default().replicates, value_parser = clap::value_parser!(u32).range(20..=100_000))]
    replicates: u32,

    /// Seed of everything that is drawn
    #[arg(long, default_value_t = Bootstrap::default().seed)]
    seed: u64,
}

impl From<BootstrapOptions> for Bootstrap {
    fn from(options: BootstrapOptions) -> Self {
        let BootstrapOptions { replicates, seed } = options;
        Self { replicates, seed }
    }
}

/// How to tell the result.
#[derive(Debug, Clone, Copy, Args)]
pub(super) struct OutputOptions {
    /// Print the result as one JSON document
    #[arg(long)]
    pub(super) json: bool,

    /// Say nothing of the progress
    #[arg(long, short)]
    pub(super) quiet: bool,
}

/// What only people can say of a model, for its card.
#[derive(Debug, Clone, Default, Args, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct CardFlags {
    /// For the model card: whom to ask
    #[arg(long, value_name = "TEXT")]
    contact: Option<String>,

    /// For the model card: what the model is meant for
    #[arg(long, value_name = "TEXT")]
    intended_use: Option<String>,

    /// For the model card: what it must not be used for
    #[arg(long, value_name = "TEXT")]
    out_of_scope: Option<String>,

    /// For the model card: where the data come from
    #[arg(long, value_name = "TEXT")]
    data_source: Option<String>,

    /// For the model card: the licence of the data
    #[arg(long, value_name = "TEXT")]
    data_licence: Option<String>,

    /// For the model card: what was weighed about the people behind the data
    #[arg(long, value_name = "TEXT")]
    ethics: Option<String>,
}

impl CardFlags {
    /// These, and where they say nothing, the other's.
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            contact: self.contact.or(other.contact),
            intended_use: self.intended_use.or(other.intended_use),
            out_of_scope: self.out_of_scope.or(other.out_of_scope),
            data_source: self.data_source.or(other.data_source),
            data_licence: self.data_licence.or(other.data_licence),
            ethics: self.ethics.or(other.ethics),
        }
    }
}

impl From<CardFlags> for CardNotes {
    fn from(flags: CardFlags) -> Self {
        let CardFlags {
            contact,
            intended_use,
            out_of_scope,
            data_source,
            data_licence,
            ethics,
        } = flags;
        Self {
            contact,
            intended_use,
            out_of_scope,
            data_source,
            data_licence,
            ethics,
        }
    }
}

/// As [`TimeUnit`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum UnitFlag {
    /// Days
    Day,
    /// Weeks of 7 days
    Week,
}

impl From<UnitFlag> for TimeUnit {
    fn from(flag: UnitFlag) -> Self {
        match flag {
            UnitFlag::Day => Self::Day,
            UnitFlag::Week => Self::Week,
        }
    }
}
