//! Options of `holdfast-train diff`.

use std::path::{Path, PathBuf};

use clap::Args;

use super::{
    Surroundings,
    answer::{Answer, Failure},
    shared::OutputOptions,
    source::Source,
};
use crate::{
    artifact::{Kind, ModelName, Version},
    train::assess::{self, ModelSelector, PublishedModel},
};

const EXAMPLE: &str = "Examples:
  holdfast-train diff telco-churn@1 telco-churn@2 --models models/
  holdfast-train diff --name telco-churn 1 2

Exit codes:
  0  told
  2  the command line is wrong
  5  the answer could not be written
  6  a model cannot be loaded";

/// Options of `holdfast-train diff`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Diff {
    /// The older model, as [DIR/]NAME[@VERSION]; with --name, its version
    first: String,

    /// The newer model, likewise
    second: String,

    /// Name of the model whose versions are compared
    #[arg(long)]
    name: Option<ModelName>,

    /// Directory of models, or `s3://BUCKET/PREFIX`, where none is named
    #[arg(long, value_name = "DIR", default_value = "models")]
    models: PathBuf,

    #[command(flatten)]
    output: OutputOptions,
}

impl Diff {
    pub(super) fn run(self, surroundings: &Surroundings<'_>) -> Result<Answer, Failure> {
        let mut source = Source::default();
        let mut model = |text: &str| {
            let model = published(text, self.name.as_ref(), &self.models)?;
            source.of(model, surroundings)
        };
        let (first, second) = (model(&self.first)?, model(&self.second)?);
        match first.kind()? {
            Kind::Value => {
                let differences = assess::diff_values(&first, &second)?;
                Ok(self.output.answer(&differences, || differences.json()))
            }
            Kind::Segmentation => {
                let differences = assess::diff_segmentations(&first, &second)?;
                Ok(self.output.answer(&differences, || differences.json()))
            }
            Kind::Churn | Kind::Spend => {
                let differences = assess::diff(&first, &second)?;
                Ok(self.output.answer(&differences, || differences.json()))
            }
        }
    }
}

fn published(
    text: &str,
    name: Option<&ModelName>,
    models: &Path,
) -> Result<PublishedModel, Failure> {
    let wrong = |problem: String| Failure::usage(format!("`{text}`: {problem}"));
    match name {
        Some(name) => {
            let version: Version = text
                .parse()
                .map_err(|error| wrong(format!("a version {error}")))?;
            Ok(PublishedModel {
                models: models.to_owned(),
                name: name.clone(),
                version: Some(version),
            })
        }
        None => match text.parse::<ModelSelector>() {
            Ok(selector) => Ok(selector.within(models)),
            Err(error) => Err(wrong(error.to_string())),
        },
    }
}
