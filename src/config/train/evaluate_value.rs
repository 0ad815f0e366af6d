//! Options of `holdfast-train evaluate-value`.

use clap::Args;

use super::{
    Surroundings,
    answer::{Answer, Failure},
    log::LogFlags,
    shared::{ModelOptions, OutputOptions},
    source::Source,
};
use crate::{
    customer::Day,
    train::assess::{ValueEvaluationRequest, evaluate_value},
};

const EXAMPLE: &str = "Example:
  holdfast-train evaluate-value --model models/shop-value@1 --data purchases.csv \\
    --customer customer_id --time bought_at --amount total --currency EUR

The log must reach back to the first purchases, as the one that the model was fitted
to. What the model expects of the days after --as-of is told against what came.

Exit codes:
  0  evaluated
  2  the command line is wrong
  3  the log cannot be read or used
  5  the answer could not be written
  6  the model cannot be loaded";

/// Options of `holdfast-train evaluate-value`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct EvaluateValue {
    #[command(flatten)]
    model: ModelOptions,

    #[command(flatten)]
    log: LogFlags,

    /// Last day that is known, as 2026-06-30 [default: the last day that the model
    /// was fitted to]
    #[arg(long, value_name = "DAY")]
    as_of: Option<Day>,

    #[command(flatten)]
    output: OutputOptions,
}

impl EvaluateValue {
    pub(super) fn run(self, surroundings: &Surroundings<'_>) -> Result<Answer, Failure> {
        let Self {
            model,
            log,
            as_of,
            output,
        } = self;
        let log = log
            .into_options()
            .map_err(|error| Failure::usage(error.to_string()))?;
        let mut source = Source::default();
        let request = ValueEvaluationRequest {
            model: source.of(model.into_model()?, surroundings)?,
            log,
            as_of,
        };
        let evaluated = evaluate_value(&request, &*output.progress())?;
        Ok(output.answer(&evaluated, || evaluated.json()))
    }
}
