//! Why there is no value model.

use std::io;

use crate::{
    artifact::{PublishError, Version, WrongKind},
    customer::{Currency, Day},
    model::value::{FitError, MOST_OPPORTUNITIES, PurchaseModelKind, ValueModelError},
    train::{assess::NoModel, report::ReportError, transactions::LogError},
};

/// Why a run for a value model ended without one.
#[derive(Debug, thiserror::Error)]
pub enum ValueError {
    /// What was asked for is out of bounds, whatever the log.
    #[error(transparent)]
    Settings(#[from] ValueSettingsError),
    /// The log cannot be read.
    #[error(transparent)]
    Log(Box<LogError>),
    /// The log is of no use for what is asked.
    #[error(transparent)]
    Data(#[from] ValueDataError),
    /// There is no sound model of the purchases.
    #[error("{kind} cannot be fitted to {days}: {source}")]
    Purchases {
        /// The model.
        kind: PurchaseModelKind,
        /// Which days of the log.
        days: &'static str,
        /// Why not.
        source: FitError,
    },
    /// There is none of any kind.
    #[error("no purchase model can be fitted to {days}: {}", listed(.failures))]
    NoCandidate {
        /// Which days of the log.
        days: &'static str,
        /// Why each could not be.
        failures: Vec<(PurchaseModelKind, FitError)>,
    },
    /// There is no sound model of spend.
    #[error(
        "Gamma-Gamma cannot be fitted to the spends of {customers} repeat customers: {source}; leave spend out by --no-spend"
    )]
    Spend {
        /// Customers with a positive mean of repeat spends.
        customers: usize,
        /// Why not.
        source: FitError,
    },
    /// What was fitted is no value model.
    #[error("the fitted models make no value model: {0}")]
    Model(#[from] ValueModelError),
    /// The model to measure cannot be loaded.
    #[error(transparent)]
    Load(#[from] NoModel),
    /// It is of another kind.
    #[error(transparent)]
    Kind(#[from] WrongKind),
    /// The new model is not better than it must be.
    #[error(transparent)]
    NotBetter(#[from] ValueNotBetter),
    /// The version to beat counts in another way.
    #[error(
        "version {version}, the one to beat, {difference}; publish without --publish-if-better"
    )]
    IncumbentDiffers {
        /// The version.
        version: Version,
        /// In what.
        difference: &'static str,
    },
    /// Whether there is a version to beat cannot be found out.
    #[error("the versions to beat cannot be listed: {0}")]
    IncumbentUnknown(io::Error),
    /// The report cannot be drawn.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// The model cannot be published.
    #[error(transparent)]
    Publish(#[from] PublishError),
}

/// A new model that is no better than the newest version.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error(
    "not published: on the days held out its {figure} is {ours:.5}, version {version} has {theirs:.5}{}; publish without --publish-if-better to replace it all the same",
    .knew.map(|day| format!(" (it was fitted to some of these days; --as-of {day} compares on others)")).unwrap_or_default()
)]
pub struct ValueNotBetter {
    /// The figure of the criterion.
    pub figure: &'static str,
    /// The newest version.
    pub version: Version,
    /// The new model's figure.
    pub ours: f64,
    /// The newest version's.
    pub theirs: f64,
    /// The last day that it was fitted to, where that is one of those held out.
    pub knew: Option<Day>,
}

impl From<LogError> for ValueError {
    fn from(error: LogError) -> Self {
        Self::Log(Box::new(error))
    }
}

/// Settings that are out of bounds.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ValueSettingsError {
    /// A number that makes no sense.
    #[error("--{option} must be {requirement}, not {found}")]
    OutOfBounds {
        /// The option.
        option: &'static str,
        /// What it must be.
        requirement: &'static str,
        /// What it is.
        found: f64,
    },
    /// Nobody told what money it is.
    #[error("--currency is needed, such as EUR: the log does not tell the currency of its amounts")]
    NoCurrency,
    /// Nothing is held out to compare on.
    #[error("--publish-if-better compares on the days held out; leave --no-hold-out out")]
    NothingToCompareOn,
    /// The log's currency is none.
    #[error(
        "the currency `{0}` of the log is no code of ISO 4217 such as EUR; name it by --currency"
    )]
    Currency(String),
}

/// A log that cannot be learnt from.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ValueDataError {
    /// A cut-off that leaves one side empty.
    #[error(
        "--as-of {as_of} must lie within the log, {first} to {last}, at least {needed} days from either end; the days after it are held out"
    )]
    AsOf {
        /// The day asked for.
        as_of: Day,
        /// The first day of the log.
        first: Day,
        /// The last one.
        last: Day,
        /// How many days each side needs.
        needed: i32,
    },
    /// Too few days to hold any out.
    #[error(
        "the log covers {days} days, {first} to {last}; at least {needed} are needed to hold half of them out; take a longer log, or publish without validation by --no-hold-out"
    )]
    TooShort {
        /// Days from the first to the last.
        days: i32,
        /// The first day of the log.
        first: Day,
        /// The last one.
        last: Day,
        /// How many days are needed.
        needed: i32,
    },
    /// No day is left to foretell.
    #[error(
        "the log, {first} to {last}, has no day after --as-of {as_of} or none up to it; give a log that goes on after the model, or an earlier --as-of"
    )]
    NothingAfter {
        /// The last day that is known.
        as_of: Day,
        /// The first day of the log.
        first: Day,
        /// The last one.
        last: Day,
    },
    /// Purchases are counted in another way than the model does.
    #[error(
        "--refunds and --occasion must be as the model was trained with, or purchases are not what it expects"
    )]
    OtherPurchases,
    /// Amounts are in another currency than the model's.
    #[error("the model counts money in {0}, and the log is in another currency")]
    OtherCurrency(Currency),
    /// Nobody bought, by the treatment of refunds.
    #[error("no customer has a purchase by {0} that its refunds do not cancel")]
    NoCustomers(Day),
    /// More opportunities than BG/BB counts.
    #[error(
        "the days up to {0} or after it are more than {MOST_OPPORTUNITIES} units of time, which is the most for bg-bb; take --unit week, a shorter log or another --model"
    )]
    TooManyOpportunities(Day),
    /// Nobody spent on a repeat purchase.
    #[error(
        "no customer has repeat purchases of positive mean spend, so that there is nothing to learn spend from; leave it out by --no-spend"
    )]
    NoSpend,
}

fn listed(failures: &[(PurchaseModelKind, FitError)]) -> String {
    let each = failures
        .iter()
        .map(|(kind, error)| format!("{kind}: {error}"));
    each.collect::<Vec<_>>().join("; ")
}
