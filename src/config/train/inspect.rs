//! Options of `holdfast-train inspect`.

use clap::Args;

use super::{
    Surroundings,
    answer::{Answer, Failure},
    shared::{ModelOptions, OutputOptions},
    source::Source,
};
use crate::{artifact::Kind, train::assess};

const EXAMPLE: &str = "Example:
  holdfast-train inspect --model models/telco-churn

Exit codes:
  0  told
  2  the command line is wrong
  5  the answer could not be written
  6  the model cannot be loaded";

/// Options of `holdfast-train inspect`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Inspect {
    #[command(flatten)]
    model: ModelOptions,
    #[command(flatten)]
    output: OutputOptions,
}

impl Inspect {
    pub(super) fn run(self, surroundings: &Surroundings<'_>) -> Result<Answer, Failure> {
        let mut source = Source::default();
        let model = source.of(self.model.into_model()?, surroundings)?;
        match model.kind()? {
            Kind::Value => {
                let inspected = assess::inspect_value(&model)?;
                Ok(self.output.answer(&inspected, || inspected.json()))
            }
            Kind::Segmentation => {
                let inspected = assess::inspect_segmentation(&model)?;
                Ok(self.output.answer(&inspected, || inspected.json()))
            }
            Kind::Spend => {
                let inspected = assess::inspect_spend(&model)?;
                Ok(self.output.answer(&inspected, || inspected.json()))
            }
            Kind::Churn => {
                let inspected = assess::inspect(&model)?;
                Ok(self.output.answer(&inspected, || inspected.json()))
            }
        }
    }
}
