//! Options of `holdfast-train warnings`.

use std::{
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
    process,
};

use clap::Args;

use super::{
    answer::{Answer, Failure},
    log::LogFlags,
    options::ShapesFlag,
    shared::OutputOptions,
};
use crate::{
    artifact::ModelName,
    config::policy_file,
    customer::Day,
    policy::Policy,
    train::warnings::{self, BackTest, WarningsError, WarningsRequest},
};

const EXAMPLE: &str = "Examples:
  holdfast-train warnings --transactions data/cdnow/CDNOW_sample.txt --no-header \\
    --delimiter space --customer 2 --time 3 --amount 5 --report warnings.html

  Alarms that are true at least seven times in ten, 50 a week, as a policy to serve by:
  holdfast-train warnings --transactions log.csv.gz --customer CustomerID \\
    --time InvoiceDate --quantity Quantity --price UnitPrice --invoice InvoiceNo \\
    --capacity 50 --least-precision 0.7 --write-policy policy.toml

The log is replayed week by week; the churn model knows only what was known by then. An
alarm is true if the customer buys nothing within --horizon-days after it. docs/warnings.md
says how everything is counted, and what the settings mean.

Exit codes:
  0  replayed, and written what was asked for
  2  the command line or the policy is wrong
  3  the log cannot be read, is too short, or holds too few customers
  4  no model can be fitted to the past, or no rule is good enough to be written
  5  the policy or the report could not be written";

/// Options of `holdfast-train warnings`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Warnings {
    #[command(flatten)]
    log: LogFlags,

    /// Who buys nothing for so many days after a scoring has left
    #[arg(long, value_name = "DAYS", default_value_t = WarningsRequest::HORIZON_DAYS, value_parser = days())]
    horizon_days: u32,

    /// Score customers whose last purchase is less than so many days ago [default:
    /// --horizon-days: who was silent for longer has left already]
    #[arg(long, value_name = "DAYS", value_parser = days())]
    active_days: Option<u32>,

    /// Learn nothing from so many days at the beginning of the log [default: half of
    /// --horizon-days]
    #[arg(long, value_name = "DAYS", value_parser = days())]
    warm_up_days: Option<u32>,

    /// No scoring before this day [default: as soon as a model can be trained]
    #[arg(long, value_name = "DAY")]
    first_as_of: Option<Day>,

    /// Day to which the log holds every purchase [default: its last day]
    #[arg(long, value_name = "DAY")]
    complete_through: Option<Day>,

    /// Weeks from one training to the next
    #[arg(long, value_name = "WEEKS", default_value_t = WarningsRequest::RETRAIN_WEEKS, value_parser = clap::value_parser!(u32).range(1..=1000))]
    retrain_weeks: u32,

    /// The windows of counts, spend and trends, in days
    #[arg(long, value_name = "DAYS,...", value_delimiter = ',', default_values_t = WarningsRequest::WINDOWS_DAYS)]
    windows_days: Vec<u32>,

    /// Which effects the model may have
    #[arg(long, value_enum, default_value_t = ShapesFlag::Lines)]
    shapes: ShapesFlag,

    /// Policy file whose rules of warnings, tiers and stages are to be tried and
    /// varied [default: the built-in policy]
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,

    /// Alarms a week at most [default: the policy's; 5 % of those scored in a week
    /// where it states none]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..=100_000_000))]
    capacity: Option<u32>,

    /// Advise only what is true of at least this share of the alarms
    #[arg(long, value_name = "SHARE", value_parser = share)]
    least_precision: Option<f64>,

    /// Advise only what repeats at most this share of the alarms
    #[arg(long, value_name = "SHARE", default_value_t = WarningsRequest::MOST_REPEATS, value_parser = share)]
    most_repeats: f64,

    /// Seed of folds and of chance
    #[arg(long, default_value_t = 42)]
    seed: u64,

    /// What the report and the policy are called
    #[arg(long, default_value = "warnings")]
    name: String,

    /// Write the advised rules as a policy file; what is there is replaced
    #[arg(long, value_name = "FILE")]
    write_policy: Option<PathBuf>,

    /// Write the report, a page of HTML that loads nothing; what is there is replaced
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,

    #[command(flatten)]
    answer: OutputOptions,
}

fn days() -> clap::builder::RangedI64ValueParser<u32> {
    clap::value_parser!(u32).range(1..=i64::from(WarningsRequest::MOST_DAYS))
}

fn share(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(share) if (0.0..=1.0).contains(&share) => Ok(share),
        Ok(_) | Err(_) => Err("must be a share from 0 to 1, such as 0.05".to_owned()),
    }
}

impl Warnings {
    pub(super) fn run(self) -> Result<Answer, Failure> {
        let (answer, write_policy, report) =
            (self.answer, self.write_policy.clone(), self.report.clone());
        for path in [&write_policy, &report].into_iter().flatten() {
            // Said before minutes of work, not after them.
            directory(path).map_err(|error| Failure::unwritten(path, &error))?;
        }
        let request = self.into_request()?;
        let found = warnings::warnings(&request, &*answer.progress())?;
        if let Some(path) = &report {
            let page = warnings::report(&found).map_err(WarningsError::from)?;
            replace(path, page.as_bytes())?;
        }
        if let Some(path) = &write_policy {
            replace(path, policy(&request, &found)?.as_bytes())?;
        }
        Ok(answer.answer(&found, || found.json()))
    }

    fn into_request(self) -> Result<WarningsRequest, Failure> {
        let name: ModelName = self
            .name
            .parse()
            .map_err(|error| Failure::usage(format!("--name {error}")))?;
        let policy: Policy = match &self.policy {
            None => policy_file::built_in().map_err(|faults| Failure::usage(faults.to_string())),
            Some(path) => {
                policy_file::read(path).map_err(|error| Failure::usage(error.to_string()))
            }
        }?;
        let mut rules = policy.warnings;
        if self.capacity.is_some() {
            rules.alarms.capacity.all = self.capacity;
        }
        let log = self.log.into_options();
        Ok(WarningsRequest {
            name,
            log: log.map_err(|error| Failure::usage(error.to_string()))?,
            complete_through: self.complete_through,
            horizon_days: self.horizon_days,
            active_days: self.active_days.unwrap_or(self.horizon_days),
            windows_days: self.windows_days,
            warm_up_days: self.warm_up_days.unwrap_or(self.horizon_days / 2),
            first_as_of: self.first_as_of,
            retrain_weeks: self.retrain_weeks,
            shapes: self.shapes.into(),
            rules,
            groups: policy.groups.or_usual(),
            least_precision: self.least_precision,
            most_repeats: self.most_repeats,
            seed: self.seed,
        })
    }
}

/// The advised rules as a policy file.
fn policy(request: &WarningsRequest, found: &BackTest) -> Result<String, Failure> {
    let advised = found.advised().ok_or_else(|| {
        Failure::no_advice("no rule is good enough to be written; see --least-precision and --most-repeats, or leave --write-policy out to see them all")
    })?;
    let mut rules = advised.rules.clone();
    rules.alarms.capacity = found.capacity;
    let (first, last) = found.times.scorings;
    let section = policy_file::write_warnings(&rules);
    let section = section.map_err(|error| Failure::usage(error.to_string()))?;
    Ok(format!(
        "# Rules of warnings by `holdfast-train warnings`: scorings from {first} to {last}, horizon \
         {} days.\n# Sections that are not here are those of the built-in policy; copy [warnings] \
         to have it in another.\nname = {}\nversion = \"{last}\"\n\n{section}",
        request.horizon_days,
        toml::Value::from(request.name.as_str()),
    ))
}

/// Whether a file could be made there.
fn directory(path: &Path) -> io::Result<()> {
    let parent = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    let parent = parent.unwrap_or_else(|| Path::new("."));
    if path.is_dir() || path.file_name().is_none() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if fs::metadata(parent)?.is_dir() {
        Ok(())
    } else {
        Err(io::ErrorKind::NotADirectory.into())
    }
}

/// Writes a file that appears whole or not at all.
fn replace(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut hidden = OsString::from(".");
    hidden.push(path.file_name().unwrap_or_default());
    hidden.push(format!(".{}.unfinished", process::id()));
    let unfinished = path.with_file_name(hidden);
    let written = fs::write(&unfinished, bytes).and_then(|()| fs::rename(&unfinished, path));
    written.map_err(|error| {
        // Nothing is left to do when it is gone, or will not go.
        let _ = fs::remove_file(&unfinished);
        Failure::unwritten(path, &error)
    })
}
