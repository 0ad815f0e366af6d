//! Options of `holdfast-train churn`.

use std::path::PathBuf;

use clap::Args;

use super::{
    Surroundings,
    answer::{Answer, Failure},
    destination::Destination,
    options::Options,
    shared::OutputOptions,
    signing::SignOptions,
};
use crate::{
    artifact::InvalidName,
    config::{
        purchases_file::{self, PurchasesFileError, PurchasesToml},
        schema_file::{self, SchemaFile, SchemaFileError},
        text_file::{self, TextFileError},
    },
    model::ProfitError,
    train::{self, ChurnTraining, Settings, Shapes, assess::AssessError},
};

const EXAMPLE: &str = "Examples:
  holdfast-train churn --data customers.csv --target Churn --positive Yes \\
    --id customerID --name telco-churn --models models/

  holdfast-train churn --config train.toml --data 2026-11.parquet --publish-if-better

Every version keeps its report (report.html), its model card (card.md) and the
configuration of its run (training.toml), which --config reads again. It holds
no directories: give --data and --models again.

Exit codes:
  0  published, even if the answer could not be written
  2  the command line, the configuration or the schema file is wrong
  3  the data cannot be read or used
  4  the fit did not converge, or gives no sound model
  5  the model could not be published
  6  the version to beat cannot be loaded
  7  not published: not better than the newest version";

/// Options of `holdfast-train churn`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Churn {
    /// Read options from this TOML file, with the names of the flags (`held_out_share`
    /// = 0.3); a flag outranks it. It also holds what --schema holds
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    #[command(flatten)]
    sign: SignOptions,

    #[command(flatten)]
    output: OutputOptions,

    #[command(flatten)]
    options: Options,
}

/// A run that cannot be asked for like this.
#[derive(Debug, thiserror::Error)]
enum ChurnConfigError {
    /// The configuration file cannot be used.
    #[error(transparent)]
    File(#[from] TextFileError),
    /// The schema file cannot be used.
    #[error(transparent)]
    Schema(#[from] SchemaFileError),
    /// The rules of purchase features cannot be used.
    #[error(transparent)]
    Purchases(#[from] PurchasesFileError),
    /// Neither a flag nor the file says what is needed.
    #[error("needed, as flags or in the --config file: {}", .0.join(", "))]
    Needed(Vec<&'static str>),
    /// Money or chances that make no sense.
    #[error("--profit-{}: must be {}", .0.parameter.replace('_', "-"), .0.requirement)]
    Profit(#[from] ProfitError),
    /// No name to publish under.
    #[error("--name: {0}")]
    Name(#[from] InvalidName),
    /// The configuration cannot be written down.
    #[error("the configuration cannot be written as TOML: {0}")]
    Unwritable(#[from] toml::ser::Error),
}

impl Churn {
    pub(super) fn run(self, surroundings: &Surroundings<'_>) -> Result<Answer, Failure> {
        let output = self.output;
        let sign = self.sign.clone();
        let mut training = self
            .into_training()
            .map_err(|error| Failure::usage(error.to_string()))?;
        let destination =
            Destination::of(&mut training.models, &training.name, &sign, surroundings)?;
        training.sign_key = destination.sign_key();
        let mut trained =
            train::churn(&training, &*output.progress()).map_err(AssessError::from)?;
        trained.identity = destination.publish(trained.identity)?;
        trained.models = destination.place(trained.models);
        Ok(Answer {
            published: true,
            ..output.answer(&trained, || trained.json())
        })
    }

    fn into_training(self) -> Result<ChurnTraining, ChurnConfigError> {
        let file = self
            .config
            .as_deref()
            .map(text_file::toml)
            .transpose()?
            .unwrap_or_default();
        let mut options = self.options.or(file);
        if let Some(schema) = &options.schema {
            let told = schema_file::read_raw(schema)?;
            options.missing = told.missing.or(options.missing);
            options.columns.extend(told.columns);
        }
        if let Some(purchases) = &options.purchases {
            options.purchase_features = Some(purchases_file::read(purchases)?);
        }
        training(options)
    }
}

fn training(options: Options) -> Result<ChurnTraining, ChurnConfigError> {
    let profit = options.profit().check()?;
    let configuration = toml::to_string(&options.clone().resolved())?;
    let SchemaFile { missing, columns } =
        SchemaFile::of(options.missing.as_deref(), options.columns);
    let (Some(target), Some(positive), Some(name), false) = (
        options.target.clone(),
        options.positive.clone(),
        options.name.clone(),
        options.data.is_empty(),
    ) else {
        let needed = [
            ("--data", options.data.is_empty()),
            ("--target", options.target.is_none()),
            ("--positive", options.positive.is_none()),
            ("--name", options.name.is_none()),
        ];
        let needed = needed.into_iter().filter(|(_, lacking)| *lacking);
        return Err(ChurnConfigError::Needed(
            needed.map(|(flag, _)| flag).collect(),
        ));
    };
    let default = Settings::default();
    let purchases = options.purchase_features.as_ref();
    Ok(ChurnTraining {
        data: options.data,
        target,
        positive,
        id: options.id,
        group: options.group,
        time: options.time,
        weight: options.weight,
        columns,
        purchases: purchases.map(PurchasesToml::rules).transpose()?,
        definition: options.definition,
        horizon_days: options.horizon_days,
        card: options.card.into(),
        settings: Settings {
            missing,
            seed: options.seed.unwrap_or(default.seed),
            held_out_share: options.held_out_share.unwrap_or(default.held_out_share),
            embargo_days: options.embargo_days.unwrap_or(default.embargo_days),
            folds: options.folds.unwrap_or(default.folds),
            repeats: options.repeats.unwrap_or(default.repeats),
            shapes: options.shapes.map_or(default.shapes, Shapes::from),
            knots: options.knots.unwrap_or(default.knots),
            max_pairs: options.max_pairs.unwrap_or(default.max_pairs),
            ridge_penalty: options.ridge_penalty,
            calibration: options.calibration.map_or(default.calibration, Into::into),
            profit,
            bootstrap: options.bootstrap.unwrap_or(default.bootstrap),
            slices: options.slice,
        },
        name: name.parse()?,
        models: options.models.unwrap_or_else(|| PathBuf::from("models")),
        sign_key: None,
        publish_if_better: options.publish_if_better.map(Into::into),
        configuration,
    })
}
