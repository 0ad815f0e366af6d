//! Options of `holdfast-train retention`.

use std::path::PathBuf;

use clap::Args;

use super::{
    answer::{Answer, Failure},
    shared::OutputOptions,
};
use crate::train::{self, retention::RetentionRequest};

const EXAMPLE: &str = "Example:
  holdfast-train retention --data cohorts.csv --cohort joined --period year \\
    --customers left --margin 120 --discount-rate 0.1 --hold-out 2

One row for each cohort and period: how many of the cohort were left after so many
renewals, from period 0. The sBG model that is fitted to them is told here only:
nothing is published.

Exit codes:
  0  told
  2  the command line is wrong
  3  the data cannot be read, or are no cohorts
  4  the fit did not converge, or there is none
  5  the answer could not be written";

/// Options of `holdfast-train retention`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Retention {
    /// File with one row for each cohort and period: CSV, CSV within gzip, or
    /// Parquet; or a directory of such files. May be given several times
    #[arg(long, value_name = "PATH", required = true)]
    data: Vec<PathBuf>,

    /// Column that holds the periods since the start: 0, 1, …
    #[arg(long, value_name = "COLUMN")]
    period: String,

    /// Column that holds the customers who were left
    #[arg(long, value_name = "COLUMN")]
    customers: String,

    /// Column that tells cohorts apart
    #[arg(long, value_name = "COLUMN")]
    cohort: Option<String>,

    /// How many of the last periods of each cohort are held out, to see how well
    /// they are foretold
    #[arg(long, value_name = "PERIODS", default_value_t = 0)]
    hold_out: u32,

    /// Periods to tell of
    #[arg(long, value_name = "PERIODS", default_value_t = 12)]
    periods: u32,

    /// What each renewal brings in: the n-th counts n periods from the start, and
    /// what is paid at the start does not count
    #[arg(long, value_name = "MONEY", allow_negative_numbers = true)]
    margin: Option<f64>,

    /// Discount rate per period
    #[arg(
        long,
        value_name = "RATE",
        default_value_t = 0.1,
        allow_negative_numbers = true
    )]
    discount_rate: f64,

    #[command(flatten)]
    output: OutputOptions,
}

impl Retention {
    pub(super) fn run(self) -> Result<Answer, Failure> {
        let Self {
            data,
            period,
            customers,
            cohort,
            hold_out,
            periods,
            margin,
            discount_rate,
            output,
        } = self;
        let request = RetentionRequest {
            data,
            period,
            customers,
            cohort,
            hold_out,
            periods,
            margin,
            discount_rate,
        };
        let found = train::retention::retention(&request, &*output.progress())?;
        Ok(output.answer(&found, || found.json()))
    }
}
