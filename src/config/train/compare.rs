//! Options of `holdfast-train compare`.

use std::path::PathBuf;

use clap::Args;

use super::{
    Surroundings,
    answer::{Answer, Failure},
    shared::{BootstrapOptions, DataOptions, OutputOptions, ProfitOptions},
    source::Source,
};
use crate::train::assess::{self, ComparisonRequest, ModelSelector, NewData};

const EXAMPLE: &str = "Example:
  holdfast-train compare --champion telco-churn@1 --challenger telco-churn@2 \\
    --models models/ --data june.csv --id customerID --moved moved.csv

Exit codes:
  0  compared, whatever the verdict
  2  the command line is wrong
  3  the data cannot be read, or do not fit one of the models
  5  the answer or the file of moved rows cannot be written
  6  a model cannot be loaded";

/// Options of `holdfast-train compare`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Compare {
    /// The model in place, as [DIR/]NAME[@VERSION]
    #[arg(long, value_name = "MODEL")]
    champion: ModelSelector,

    /// The model that would replace it
    #[arg(long, value_name = "MODEL")]
    challenger: ModelSelector,

    /// Directory of models, or `s3://BUCKET/PREFIX`, where MODEL names none
    #[arg(long, value_name = "DIR", default_value = "models")]
    models: PathBuf,

    #[command(flatten)]
    data: DataOptions,
    #[command(flatten)]
    profit: ProfitOptions,
    #[command(flatten)]
    bootstrap: BootstrapOptions,

    /// Write the rows that move most, with their --id, to this new CSV file, which
    /// only its owner may read
    #[arg(long, value_name = "FILE", requires = "id")]
    moved: Option<PathBuf>,

    /// How many rows --moved writes
    #[arg(long, value_name = "ROWS", default_value_t = 100, requires = "moved")]
    moved_rows: usize,

    #[command(flatten)]
    output: OutputOptions,
}

impl Compare {
    pub(super) fn run(self, surroundings: &Surroundings<'_>) -> Result<Answer, Failure> {
        let Self {
            champion,
            challenger,
            models,
            data,
            profit,
            bootstrap,
            moved,
            moved_rows,
            output,
        } = self;
        let mut source = Source::default();
        let mut model = |selector: ModelSelector| source.of(selector.within(&models), surroundings);
        let request = ComparisonRequest {
            champion: model(champion)?,
            challenger: model(challenger)?,
            data: NewData::from(data),
            profit: profit.into(),
            bootstrap: bootstrap.into(),
            moved: moved.map(|path| (path, moved_rows)),
        };
        let compared = assess::compare(&request, &*output.progress())?;
        Ok(output.answer(&compared, || compared.json()))
    }
}
