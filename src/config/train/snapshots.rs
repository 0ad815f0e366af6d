//! Options of `holdfast-train snapshots`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{
    answer::{Answer, Failure},
    log::LogFlags,
    shared::{OutputOptions, UnitFlag},
};
use crate::{
    config::purchases_file::{self, PurchasesToml},
    customer::Day,
    train::{
        snapshots::{
            self, CutOffs, Histories, Outcome, SnapshotError, SnapshotRequest, TableKind,
            WINDOWS_DAYS,
        },
        transactions::read_log,
    },
};

const EXAMPLE: &str = "Examples:
  A panel of features and churn within 90 days, and a model of it:
  holdfast-train snapshots --data log.csv.gz --customer CustomerID --time InvoiceDate \\
    --quantity Quantity --price UnitPrice --invoice InvoiceNo --product StockCode \\
    --currency GBP --horizon-days 90 --every 90 --first-as-of 2011-03-01 \\
    --output panel.csv.gz
  holdfast-train churn --data panel.csv.gz --target churned --positive yes \\
    --id customer --time as_of --embargo-days 90 --horizon-days 90 --name buyers \\
    --purchases panel.csv.gz.purchases.toml

  The features of today, to be scored: the same without --horizon-days
  The summaries that buy-till-you-die models want, with a hold-out of 39 weeks:
  holdfast-train snapshots --data data/cdnow/CDNOW_sample.txt --no-header \\
    --customer 2 --time 3 --time-format %Y%m%d --amount 5 --table summary \\
    --as-of 1997-09-30 --horizon-days 273 --output summary.csv

Rows have the columns customer and as_of first, the outcome last. Every value is as
of the end of the day as_of; the horizon begins with the next day. Beside a table of
features stands how they were built, for --purchases of holdfast-train churn: a model
of them then needs no more of a customer than its purchases.

Exit codes:
  0  written
  2  the command line is wrong
  3  the log cannot be read, or does not reach as far as was asked for
  5  the table could not be written";

/// Options of `holdfast-train snapshots`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Snapshots {
    #[command(flatten)]
    log: LogFlags,

    /// What the rows tell
    #[arg(long, value_enum, default_value_t = TableFlag::Features)]
    table: TableFlag,

    /// Day, as 2011-06-01, at whose end the customers are looked at; may be given
    /// several times [default: the last one possible]
    #[arg(long, value_name = "DAY", conflicts_with = "every")]
    as_of: Vec<Day>,

    /// Look at the customers every so many days, from --first-as-of on
    #[arg(long, value_name = "DAYS", requires = "first_as_of", value_parser = clap::value_parser!(u32).range(1..))]
    every: Option<u32>,

    /// First day of --every
    #[arg(long, value_name = "DAY", requires = "every")]
    first_as_of: Option<Day>,

    /// Last day of --every at most [default: the last one possible]
    #[arg(long, value_name = "DAY", requires = "every")]
    last_as_of: Option<Day>,

    /// Tell also what came in so many days after each of the days
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..))]
    horizon_days: Option<u32>,

    /// Tell what came up to this day, instead of --horizon-days; with one --as-of
    #[arg(long, value_name = "DAY", conflicts_with = "horizon_days")]
    horizon_until: Option<Day>,

    /// Day to which the log holds every purchase [default: its last day]
    #[arg(long, value_name = "DAY")]
    complete_through: Option<Day>,

    /// Of --table features: what is told of the horizon
    #[arg(long, value_enum, default_value_t = OutcomeFlag::Churned)]
    outcome: OutcomeFlag,

    /// Of --table features: only customers with a purchase within so many days up
    /// to the day; or all
    #[arg(long, value_name = "DAYS", default_value = "180", value_parser = active_days)]
    active_days: ActiveDays,

    /// Of --table features: the windows of counts, spend and trends, in days
    #[arg(long, value_name = "DAYS,...", value_delimiter = ',', default_values_t = WINDOWS_DAYS)]
    windows_days: Vec<u32>,

    /// Of --table summary: what time is counted in
    #[arg(long, value_enum, default_value_t = UnitFlag::Week)]
    unit: UnitFlag,

    /// CSV file to write, within gzip if it ends on .gz; one that is there is
    /// replaced when the new one is whole
    #[arg(long, value_name = "FILE")]
    output: PathBuf,

    #[command(flatten)]
    answer: OutputOptions,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum TableFlag {
    /// Counts, spend, trends, gaps, weekdays
    Features,
    /// Frequency, recency, observation time, mean repeat spend
    Summary,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum OutcomeFlag {
    /// Whether nothing is bought: yes or no
    Churned,
    /// How many purchases, and what they bring in
    Purchases,
}

/// `None` for all customers.
#[derive(Debug, Clone, Copy)]
struct ActiveDays(Option<u32>);

fn active_days(text: &str) -> Result<ActiveDays, String> {
    match text.parse() {
        _ if text == "all" => Ok(ActiveDays(None)),
        Ok(days) if days > 0 => Ok(ActiveDays(Some(days))),
        Ok(_) | Err(_) => Err("must be a number of days from 1, or all".to_owned()),
    }
}

impl Snapshots {
    pub(super) fn run(self) -> Result<Answer, Failure> {
        let output = self.answer;
        let request = self.request()?;
        let log = self
            .log
            .into_options()
            .map_err(|error| Failure::usage(error.to_string()))?;
        let progress = output.progress();
        let log = read_log(&log, &*progress).map_err(SnapshotError::from)?;
        progress.stage("taking snapshots");
        let unwritable = |source| SnapshotError::Write {
            path: request.output.clone(),
            source,
        };
        purchases_file::remove_beside(&request.output).map_err(unwritable)?;
        let mut written = snapshots::snapshots(&request, &Histories::of(&log))?;
        if let TableKind::Features { windows_days, .. } = &request.table {
            let rules =
                PurchasesToml::of(log.refunds(), log.occasion(), log.currency(), windows_days);
            let path = rules.write_beside(&request.output).map_err(unwritable)?;
            written.purchases = Some(path);
        }
        written.cleaning = Some(log.cleaning().clone());
        drop(progress);
        Ok(output.answer(&written, || written.json()))
    }

    fn request(&self) -> Result<SnapshotRequest, Failure> {
        let cut_offs = match (self.every, self.first_as_of) {
            (Some(days), Some(first)) => CutOffs::Every {
                days,
                first,
                last: self.last_as_of,
            },
            _ if self.as_of.is_empty() => CutOffs::Latest,
            _ => CutOffs::Days(self.as_of.clone()),
        };
        Ok(SnapshotRequest {
            cut_offs,
            horizon_days: self.horizon()?,
            complete_through: self.complete_through,
            table: match self.table {
                TableFlag::Features => TableKind::Features {
                    windows_days: self.windows_days.clone(),
                    active_days: self.active_days.0,
                    outcome: match self.outcome {
                        OutcomeFlag::Churned => Outcome::Churned,
                        OutcomeFlag::Purchases => Outcome::Purchases,
                    },
                },
                TableFlag::Summary => TableKind::Summary {
                    unit: self.unit.into(),
                },
            },
            output: self.output.clone(),
        })
    }

    fn horizon(&self) -> Result<Option<u32>, Failure> {
        let Some(until) = self.horizon_until else {
            return Ok(self.horizon_days);
        };
        let [as_of] = self.as_of[..] else {
            return Err(Failure::usage("--horizon-until needs one --as-of"));
        };
        match u32::try_from(until.days_since(as_of)) {
            Ok(days) if days > 0 => Ok(Some(days)),
            Ok(_) | Err(_) => Err(Failure::usage("--horizon-until must be after --as-of")),
        }
    }
}
