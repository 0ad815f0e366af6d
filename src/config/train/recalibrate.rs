//! Options of `holdfast-train recalibrate`.

use clap::{Args, ValueEnum};

use super::{
    Surroundings,
    answer::{Answer, Failure, REFUSED},
    destination::Destination,
    shared::{DataOptions, ModelOptions, OutputOptions},
    signing::SignOptions,
};
use crate::{
    model::CalibrationMethod,
    train::{
        Settings,
        assess::{self, PublishRule, RecalibrationMethod, RecalibrationRequest},
    },
};

const EXAMPLE: &str = "Example:
  holdfast-train recalibrate --name telco-churn --models models/ --data june.csv

The new version keeps the coefficients, training.toml and baseline.json, with the
scores of these rows in it. It has no report and no model card: those of the older
version tell of the old calibration.

Exit codes:
  0  published, even if the answer could not be written
  2  the command line is wrong
  3  the data cannot be read, do not fit the model, or have too few churners
  4  no calibration can be fitted
  5  the model, or the answer that it was refused, could not be written
  6  the model cannot be loaded
  7  refused: the new calibration is not better, or the model ranks these rows
     far worse than when it was published; nothing is published";

/// Options of `holdfast-train recalibrate`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Recalibrate {
    #[command(flatten)]
    model: ModelOptions,
    #[command(flatten)]
    data: DataOptions,

    /// What to fit
    #[arg(long, value_enum, default_value_t = MethodFlag::Auto)]
    method: MethodFlag,

    /// Seed of the folds
    #[arg(long, default_value_t = Settings::default().seed)]
    seed: u64,

    /// Publish even what is not better by more than one standard error, or a model
    /// whose order of the recent customers is far from the published one
    #[arg(long)]
    force: bool,

    #[command(flatten)]
    sign: SignOptions,

    #[command(flatten)]
    output: OutputOptions,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum MethodFlag {
    /// What does best on rows that it was not fitted on; none when none helps
    Auto,
    /// A straight line on the log-odds
    Platt,
    /// Rising steps
    Isotonic,
    /// A line with another slope on either side
    Beta,
    /// Take the calibration away
    None,
}

impl From<MethodFlag> for RecalibrationMethod {
    fn from(flag: MethodFlag) -> Self {
        match flag {
            MethodFlag::Auto => Self::Auto,
            MethodFlag::Platt => Self::Only(CalibrationMethod::Platt),
            MethodFlag::Isotonic => Self::Only(CalibrationMethod::Isotonic),
            MethodFlag::Beta => Self::Only(CalibrationMethod::Beta),
            MethodFlag::None => Self::Nothing,
        }
    }
}

impl Recalibrate {
    pub(super) fn run(self, surroundings: &Surroundings<'_>) -> Result<Answer, Failure> {
        let Self {
            model,
            data,
            method,
            seed,
            force,
            sign,
            output,
        } = self;
        let mut model = model.into_model()?;
        let destination = Destination::of(&mut model.models, &model.name, &sign, surroundings)?;
        destination.bring(&mut model)?;
        let request = RecalibrationRequest {
            model,
            data: data.into(),
            method: method.into(),
            seed,
            publish: if force {
                PublishRule::Always
            } else {
                PublishRule::WhenBetter
            },
            sign_key: destination.sign_key(),
        };
        let mut recalibrated = assess::recalibrate(&request, &*output.progress())?;
        if let Some(published) = &mut recalibrated.published {
            *published = destination.publish(published.clone())?;
        }
        let answer = output.answer(&recalibrated, || recalibrated.json());
        let code = if recalibrated.published.is_some() {
            0
        } else {
            REFUSED
        };
        Ok(Answer {
            code,
            published: recalibrated.published.is_some(),
            ..answer
        })
    }
}
