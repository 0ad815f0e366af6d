//! What was asked for, and what was found in the log.

use crate::{
    customer::{Day, Occasion, Refunds, TimeUnit},
    train::report::DataFile,
};

/// What was asked for, and of which files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueAsked {
    /// Name of the model.
    pub model: String,
    /// Its version, where it is known before publishing.
    pub version: Option<String>,
    /// The files that were read.
    pub files: Vec<DataFile>,
    /// The last day that the validated fit knew; `None` without a hold-out.
    pub calibration_end: Option<Day>,
    /// The last day that the published model knows.
    pub observed_until: Day,
    /// The release of the trainer.
    pub trainer_version: String,
    /// The command line, where there was one. Without secrets.
    pub command: Option<String>,
    /// The resolved configuration, as TOML.
    pub config_toml: String,
}

/// What is in the purchase log after cleaning.
#[derive(Debug, Clone, PartialEq)]
pub struct LogFacts {
    /// Lines that were read.
    pub lines: u64,
    /// Lines that were used.
    pub lines_used: u64,
    /// Purchases, as [`Self::occasion`] counts them, the first ones included.
    pub purchases: u64,
    /// Customers with a purchase.
    pub customers: u64,
    /// Customers with more than one purchase.
    pub repeat_customers: u64,
    /// Day of the first purchase.
    pub first_day: Day,
    /// Day of the last purchase.
    pub last_day: Day,
    /// Money of the purchases, before refunds; `None` where the log has no money.
    pub spend: Option<f64>,
    /// Money that was returned; `None` where the log has no money.
    pub returned: Option<f64>,
    /// What counts as one purchase.
    pub occasion: Occasion,
    /// How refunds were treated.
    pub refunds: Refunds,
}

/// What one rule of cleaning did.
#[derive(Debug, Clone, PartialEq)]
pub struct CleaningStep {
    /// What the rule looks for, such as `line without a customer`.
    pub rule: String,
    /// What was done about it, such as `dropped` or `netted`.
    pub treatment: String,
    /// Lines it met.
    pub lines: u64,
    /// Money on these lines, where they have any.
    pub money: Option<f64>,
    /// Where the first of them stands, such as `sales.csv, line 17`.
    pub first: Option<String>,
}

/// In what money, and how far and how steeply the future counts.
#[derive(Debug, Clone, PartialEq)]
pub struct ValueTerms {
    /// The currency, such as `EUR`; `None` where the log has no money.
    pub currency: Option<String>,
    /// The unit that the purchase models count time in.
    pub unit: TimeUnit,
    /// The horizon of expected purchases and of churn, in days.
    pub horizon_days: f64,
    /// How many periods a lifetime value covers.
    pub periods: u32,
    /// The length of one of them in days; 30.4375 is a month.
    pub period_days: f64,
    /// Discount rate per period.
    pub discount_rate: f64,
    /// Share of spend that is earned, in (0, 1].
    pub margin: f64,
    /// Confidence of every interval, such as 0.95.
    pub confidence: f64,
}
