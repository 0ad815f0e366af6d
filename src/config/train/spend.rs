//! Options of `holdfast-train spend`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};

use super::{
    Surroundings,
    answer::{Answer, Failure},
    destination::Destination,
    shared::OutputOptions,
    signing::SignOptions,
};
use crate::{
    artifact::InvalidName,
    config::{
        schema_file::{self, SchemaFile, SchemaFileError},
        text_file::{self, TextFileError},
    },
    customer::InvalidCurrency,
    train::{
        self, MissingSpellings, Settings, Shapes,
        spend::{Negatives, SpendTraining},
    },
};

const EXAMPLE: &str = "Example:
  holdfast-train snapshots --data log.csv.gz --customer CustomerID --time InvoiceDate \\
    --amount Amount --as-of 2011-06-09 --horizon-days 180 --outcome purchases \\
    --active-days all --output customers.csv
  holdfast-train spend --data customers.csv --target spend_next_180_days --id customer \\
    --horizon-days 180 --currency GBP --name shop-spend --models models/

A Tweedie model with a log link of what was spent within the horizon, for those who
have features but no purchase log; with a log, see `holdfast-train value`. Columns
that tell the outcome are left out, as for `holdfast-train churn`.

Exit codes:
  0  published, even if the answer could not be written
  2  the command line, the configuration or the schema file is wrong
  3  the data cannot be read or used
  4  the fit did not converge, or gives no sound model
  5  the model could not be published";

/// Options of `holdfast-train spend`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Spend {
    /// Read options from this TOML file, with the names of the flags
    /// (`held_out_share` = 0.3); a flag outranks it
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    #[command(flatten)]
    sign: SignOptions,

    #[command(flatten)]
    output: OutputOptions,

    #[command(flatten)]
    options: SpendOptions,
}

/// Every option, as far as one source sets it.
#[derive(Debug, Clone, Default, Args, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct SpendOptions {
    /// File with one row a customer: CSV (UTF-8, with a header), CSV within gzip,
    /// or Parquet; or a directory of such files. May be given several times
    #[arg(long, value_name = "PATH")]
    data: Vec<PathBuf>,

    /// Column that holds what was spent within the horizon
    #[arg(long, value_name = "COLUMN")]
    target: Option<String>,

    /// Currency of the target, a code of ISO 4217
    #[arg(long, value_name = "CODE")]
    currency: Option<String>,

    /// Days over which the target was observed
    #[arg(long, value_name = "DAYS")]
    horizon_days: Option<u32>,

    /// What becomes of negative targets: refunds beyond spend [default: refuse]
    #[arg(long, value_enum)]
    negative: Option<NegativeFlag>,

    /// Column that holds the customer's id; never a feature
    #[arg(long, value_name = "COLUMN")]
    id: Option<String>,

    /// Column whose equal values keep rows together on one side of every split;
    /// an id that repeats does so by itself
    #[arg(long, value_name = "COLUMN")]
    group: Option<String>,

    /// Column of dates (ISO 8601) or numbers that orders the rows in time: the
    /// latest rows are held out
    #[arg(long, value_name = "COLUMN")]
    time: Option<String>,

    /// Name to publish under
    #[arg(long)]
    name: Option<String>,

    /// Directory of models, or `s3://BUCKET/PREFIX` [default: models]
    #[arg(long, value_name = "DIR|URL")]
    models: Option<PathBuf>,

    /// TOML file that says what single columns are
    #[arg(long, value_name = "FILE")]
    schema: Option<PathBuf>,

    /// What is predicted, in words
    #[arg(long, value_name = "TEXT")]
    definition: Option<String>,

    /// Seed of the split and the folds [default: 42]
    #[arg(long)]
    seed: Option<u64>,

    /// Share of the rows to hold out for evaluation [default: 0.2]
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    held_out_share: Option<f64>,

    /// With --time: days after its time that a row's target was still open, such
    /// as the horizon of a panel [default: 0]
    #[arg(long, value_name = "DAYS")]
    embargo_days: Option<u32>,

    /// What effect a number may have [default: curves]
    #[arg(long, value_enum)]
    shapes: Option<SpendShapes>,

    /// About how many places a number's effect may bend at [default: 20]
    #[arg(long)]
    knots: Option<usize>,

    /// How a cell says that its value is missing, instead of NA, N/A, NaN, null
    /// and NULL; a blank cell always does. May be given several times
    #[arg(long, value_name = "TEXT")]
    missing: Vec<String>,
}

/// As [`Negatives`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum NegativeFlag {
    /// The data are refused
    Refuse,
    /// They count as nothing spent
    Clamp,
}

/// As [`Shapes`], without pairs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum SpendShapes {
    /// A straight line for each number
    Lines,
    /// Numbers may bend, where that explains more
    Curves,
}

/// A run that cannot be asked for like this.
#[derive(Debug, thiserror::Error)]
enum SpendConfigError {
    /// The configuration file cannot be used.
    #[error(transparent)]
    File(#[from] TextFileError),
    /// The schema file cannot be used.
    #[error(transparent)]
    Schema(#[from] SchemaFileError),
    /// Neither a flag nor the file says what is needed.
    #[error("needed, as flags or in the --config file: {}", .0.join(", "))]
    Needed(Vec<&'static str>),
    /// No currency.
    #[error("--currency {0}")]
    Currency(#[from] InvalidCurrency),
    /// No name to publish under.
    #[error("--name: {0}")]
    Name(#[from] InvalidName),
    /// The configuration cannot be written down.
    #[error("the configuration cannot be written as TOML: {0}")]
    Unwritable(#[from] toml::ser::Error),
}

impl Spend {
    pub(super) fn run(self, surroundings: &Surroundings<'_>) -> Result<Answer, Failure> {
        let output = self.output;
        let sign = self.sign.clone();
        let mut training = self
            .into_training()
            .map_err(|error| Failure::usage(error.to_string()))?;
        let destination =
            Destination::of(&mut training.models, &training.name, &sign, surroundings)?;
        training.sign_key = destination.sign_key();
        let mut trained = train::spend::spend(&training, &*output.progress())?;
        trained.identity = destination.publish(trained.identity)?;
        trained.models = destination.place(trained.models);
        Ok(Answer {
            published: true,
            ..output.answer(&trained, || trained.json())
        })
    }

    fn into_training(self) -> Result<SpendTraining, SpendConfigError> {
        let file = self.config.as_deref().map(text_file::toml).transpose()?;
        training(self.options.or(file.unwrap_or_default()))
    }
}

fn training(options: SpendOptions) -> Result<SpendTraining, SpendConfigError> {
    let configuration = toml::to_string(&options.clone().resolved())?;
    let (Some(target), Some(currency), Some(name), false) = (
        options.target.clone(),
        options.currency.clone(),
        options.name.clone(),
        options.data.is_empty(),
    ) else {
        let needed = [
            ("--data", options.data.is_empty()),
            ("--target", options.target.is_none()),
            ("--currency", options.currency.is_none()),
            ("--name", options.name.is_none()),
        ];
        let needed = needed.into_iter().filter(|(_, lacking)| *lacking);
        return Err(SpendConfigError::Needed(
            needed.map(|(flag, _)| flag).collect(),
        ));
    };
    let schema = options.schema.as_deref().map(schema_file::read);
    let schema = schema.transpose()?;
    let missing = match (&schema, options.missing.is_empty()) {
        (_, false) => MissingSpellings::new(&options.missing),
        (Some(schema), true) => schema.missing.clone(),
        (None, true) => MissingSpellings::default(),
    };
    let columns = schema.map_or_else(Default::default, |SchemaFile { columns, .. }| columns);
    let default = Settings::default();
    Ok(SpendTraining {
        data: options.data,
        target,
        currency: currency.parse()?,
        horizon_days: options.horizon_days,
        negatives: match options.negative {
            Some(NegativeFlag::Clamp) => Negatives::Clamp,
            Some(NegativeFlag::Refuse) | None => Negatives::Refuse,
        },
        id: options.id,
        group: options.group,
        time: options.time,
        columns,
        definition: options.definition,
        settings: Settings {
            missing,
            seed: options.seed.unwrap_or(default.seed),
            held_out_share: options.held_out_share.unwrap_or(default.held_out_share),
            embargo_days: options.embargo_days.unwrap_or(default.embargo_days),
            shapes: match options.shapes {
                Some(SpendShapes::Lines) => Shapes::Lines,
                Some(SpendShapes::Curves) | None => Shapes::Curves,
            },
            knots: options.knots.unwrap_or(default.knots),
            ..default
        },
        name: name.parse()?,
        models: options.models.unwrap_or_else(|| PathBuf::from("models")),
        sign_key: None,
        configuration,
    })
}

impl SpendOptions {
    /// These options, and where they say nothing, the other's.
    fn or(self, other: Self) -> Self {
        macro_rules! first {
            ($($option:ident),*; $($list:ident),*) => {
                Self {
                    $($option: self.$option.or(other.$option),)*
                    $($list: if self.$list.is_empty() { other.$list } else { self.$list },)*
                }
            };
        }
        first!(
            target, currency, horizon_days, negative, id, group, time, name, models, schema,
            definition, seed, held_out_share, embargo_days, shapes, knots;
            data, missing
        )
    }

    /// With every default filled in, and without directories: what is stored.
    fn resolved(self) -> Self {
        let default = Settings::default();
        let file_name = |path: &PathBuf| path.file_name().map(PathBuf::from);
        Self {
            data: self.data.iter().filter_map(file_name).collect(),
            models: None,
            schema: self.schema.as_ref().and_then(file_name),
            negative: self.negative.or(Some(NegativeFlag::Refuse)),
            seed: self.seed.or(Some(default.seed)),
            held_out_share: self.held_out_share.or(Some(default.held_out_share)),
            shapes: self.shapes.or(Some(SpendShapes::Curves)),
            knots: self.knots.or(Some(default.knots)),
            ..self
        }
    }
}
