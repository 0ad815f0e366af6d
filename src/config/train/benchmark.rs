//! Options of `holdfast-train benchmark`.

use std::path::PathBuf;

use clap::Args;

use super::{
    answer::{Answer, Failure},
    shared::OutputOptions,
};
use crate::{
    artifact::InvalidName,
    config::schema_file::{self, SchemaFile},
    train::{self, ChurnTraining, Recipe, Settings, assess},
};

/// Nothing is published, but a training has a name.
const UNPUBLISHED: &str = "benchmark";

const EXAMPLE: &str = "Example:
  holdfast-train benchmark --data customers.csv --target Churn --positive Yes \\
    --id customerID

Exit codes:
  0  measured; nothing is published
  2  the command line or the schema file is wrong
  3  the data cannot be read or used
  4  a fit did not converge
  5  the answer could not be written";

/// Options of `holdfast-train benchmark`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Benchmark {
    /// File or directory of rows, as for `churn`. May be given several times
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

    /// Column whose equal values keep rows together
    #[arg(long, value_name = "COLUMN")]
    group: Option<String>,

    /// Column that orders the rows in time
    #[arg(long, value_name = "COLUMN")]
    time: Option<String>,

    /// Column that says how much each row counts
    #[arg(long, value_name = "COLUMN")]
    weight: Option<String>,

    /// TOML file that says what single columns are
    #[arg(long, value_name = "FILE")]
    schema: Option<PathBuf>,

    /// Seed of the folds
    #[arg(long, default_value_t = Settings::default().seed)]
    seed: u64,

    /// Folds of the cross-validation
    #[arg(long, default_value_t = Settings::default().folds, value_parser = clap::value_parser!(u32).range(2..))]
    folds: u32,

    /// How often to draw the folds anew
    #[arg(long, default_value_t = Settings::default().repeats)]
    repeats: u32,

    /// Only the plainest so many recipes
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=4))]
    recipes: u8,

    #[command(flatten)]
    output: OutputOptions,
}

impl Benchmark {
    pub(super) fn run(self) -> Result<Answer, Failure> {
        let output = self.output;
        let recipes = usize::from(self.recipes).min(Recipe::ALL.len());
        let training = self.into_training()?;
        let benchmarked = train::benchmark(&training, &Recipe::ALL[..recipes], &*output.progress());
        let table = assess::RecipeTable(benchmarked.map_err(assess::AssessError::from)?);
        Ok(output.answer(&table, || table.json()))
    }

    fn into_training(self) -> Result<ChurnTraining, Failure> {
        let SchemaFile { missing, columns } = self
            .schema
            .as_deref()
            .map(schema_file::read)
            .transpose()
            .map_err(|error| Failure::usage(error.to_string()))?
            .unwrap_or_default();
        let name = UNPUBLISHED
            .parse()
            .map_err(|error: InvalidName| Failure::usage(error.to_string()))?;
        Ok(ChurnTraining {
            id: self.id,
            group: self.group,
            time: self.time,
            weight: self.weight,
            columns,
            settings: Settings {
                missing,
                seed: self.seed,
                folds: self.folds,
                repeats: self.repeats,
                ..Settings::default()
            },
            ..ChurnTraining::new(
                self.data,
                &self.target,
                &self.positive,
                name,
                PathBuf::new(),
            )
        })
    }
}
