//! Options of `holdfast-train evaluate`.

use clap::Args;

use super::{
    Surroundings,
    answer::{Answer, Failure},
    shared::{BootstrapOptions, DataOptions, ModelOptions, OutputOptions, ProfitOptions},
    source::Source,
};
use crate::train::assess::{self, EvaluationRequest};

const EXAMPLE: &str = "Example:
  holdfast-train evaluate --model models/telco-churn@1 --data june.csv \\
    --id customerID --slice Contract --slice tenure

A value model is measured on a purchase log: see holdfast-train evaluate-value.

Exit codes:
  0  evaluated
  2  the command line is wrong
  3  the data cannot be read, or do not fit the model
  5  the answer could not be written
  6  the model cannot be loaded";

/// Options of `holdfast-train evaluate`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Evaluate {
    #[command(flatten)]
    model: ModelOptions,
    #[command(flatten)]
    data: DataOptions,

    /// Column, a feature or not, by whose values the rows are sliced; not the id.
    /// Values of fewer than 50 rows are pooled. May be given several times
    #[arg(long, value_name = "COLUMN")]
    slice: Vec<String>,

    #[command(flatten)]
    profit: ProfitOptions,
    #[command(flatten)]
    bootstrap: BootstrapOptions,
    #[command(flatten)]
    output: OutputOptions,
}

impl Evaluate {
    pub(super) fn run(self, surroundings: &Surroundings<'_>) -> Result<Answer, Failure> {
        let Self {
            model,
            data,
            slice,
            profit,
            bootstrap,
            output,
        } = self;
        let mut source = Source::default();
        let request = EvaluationRequest {
            model: source.of(model.into_model()?, surroundings)?,
            data: data.into(),
            slices: slice,
            profit: profit.into(),
            bootstrap: bootstrap.into(),
        };
        let evaluated = assess::evaluate(&request, &*output.progress())?;
        Ok(output.answer(&evaluated, || evaluated.json()))
    }
}
