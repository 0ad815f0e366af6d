//! Options of `holdfast-train churn`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::{
    artifact::ModelName,
    config::schema_file::{self, SchemaFile, SchemaFileError},
    train::{ChurnTraining, Settings, Shapes},
};

const EXAMPLE: &str = "Example:
  holdfast-train churn --data customers.csv --target Churn --positive Yes \\
    --id customerID --name telco-churn --models models/

Exit codes:
  0  published
  2  the command line or the schema file is wrong
  3  the data cannot be read or used
  4  the fit did not converge, or gives no sound model
  5  the model could not be published";

/// Options of `holdfast-train churn`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Churn {
    /// File with one row a customer: CSV (UTF-8, with a header), CSV within gzip,
    /// or Parquet; or a directory of such files. May be given several times
    #[arg(long, value_name = "PATH", required = true)]
    data: Vec<PathBuf>,

    /// Column that holds the outcome
    #[arg(long, value_name = "COLUMN")]
    target: String,

    /// Value of the target that means churn
    #[arg(long, value_name = "VALUE")]
    positive: String,

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

    /// Column that says how much each row counts
    #[arg(long, value_name = "COLUMN")]
    weight: Option<String>,

    /// Name to publish under
    #[arg(long)]
    name: ModelName,

    /// Directory of models
    #[arg(long, value_name = "DIR", default_value = "models")]
    models: PathBuf,

    /// TOML file that says what single columns are
    #[arg(long, value_name = "FILE")]
    schema: Option<PathBuf>,

    /// What churn means here, in words
    #[arg(long, value_name = "TEXT")]
    definition: Option<String>,

    /// Days over which the outcome was observed
    #[arg(long, value_name = "DAYS")]
    horizon_days: Option<u32>,

    /// Seed of the split and the folds
    #[arg(long, default_value_t = Settings::default().seed)]
    seed: u64,

    /// Share of the rows to hold out for evaluation
    #[arg(long, value_name = "SHARE", default_value_t = Settings::default().held_out_share)]
    held_out_share: f64,

    /// Folds of the cross-validation; 0 for none
    #[arg(long, default_value_t = Settings::default().folds)]
    folds: u32,

    /// How often to draw the folds anew
    #[arg(long, default_value_t = Settings::default().repeats)]
    repeats: u32,

    /// Which columns to choose among; cross-validation takes the simplest that
    /// is as good as the best
    #[arg(long, value_enum, default_value_t = ShapesFlag::Pairs)]
    shapes: ShapesFlag,

    /// About how many places the effect of a number may bend at
    #[arg(long, default_value_t = Settings::default().knots)]
    knots: usize,

    /// The most pairs of features with a joint effect
    #[arg(long, value_name = "PAIRS", default_value_t = Settings::default().max_pairs)]
    max_pairs: usize,

    /// One ridge penalty on all coefficients (scikit-learn's 1/C), with --shapes
    /// lines; by default the data choose one for each group of coefficients
    #[arg(long, value_name = "PENALTY")]
    ridge_penalty: Option<f64>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ShapesFlag {
    /// A straight line for each number
    Lines,
    /// Numbers may bend
    Curves,
    /// Numbers may bend, and pairs of features may have a joint effect
    Pairs,
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

impl Churn {
    /// What is asked for.
    ///
    /// # Errors
    ///
    /// When the schema file cannot be used.
    pub fn into_training(self) -> Result<ChurnTraining, SchemaFileError> {
        let Self {
            data,
            target,
            positive,
            id,
            group,
            time,
            weight,
            name,
            models,
            schema,
            definition,
            horizon_days,
            seed,
            held_out_share,
            folds,
            repeats,
            shapes,
            knots,
            max_pairs,
            ridge_penalty,
        } = self;
        let SchemaFile { missing, columns } = schema
            .as_deref()
            .map(schema_file::read)
            .transpose()?
            .unwrap_or_default();
        Ok(ChurnTraining {
            data,
            target,
            positive,
            id,
            group,
            time,
            weight,
            columns,
            definition,
            horizon_days,
            settings: Settings {
                missing,
                seed,
                held_out_share,
                folds,
                repeats,
                shapes: shapes.into(),
                knots,
                max_pairs,
                ridge_penalty,
                ..Settings::default()
            },
            name,
            models,
        })
    }
}
