//! What is to be known of a value model beside its parameters.

use super::{Correlation, DataFile};
use crate::customer::Day;

/// Where a value model comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct ValueFacts {
    /// Every file of the purchase log.
    pub sources: Vec<DataFile>,
    /// Customers with a purchase.
    pub customers: u64,
    /// Customers with more than one purchase.
    pub repeat_customers: u64,
    /// Purchases, the first ones included.
    pub purchases: u64,
    /// The day of the first purchase.
    pub first_day: Day,
    /// The last day that the published parameters know.
    pub observed_until: Day,
    /// Log-likelihood of the published purchase model, of all customers.
    pub log_likelihood: f64,
    /// Whether the likelihood alone had no maximum, so that a weak prior on the
    /// parameters of leaving had to end its rise.
    pub weak_prior: bool,
    /// Customers with a positive mean of repeat spends, on whom the model of
    /// spend was fitted; 0 without one.
    pub spend_customers: u64,
    /// Whether spend depends on frequency, which the model of spend denies.
    pub spend_by_frequency: Option<Correlation>,
    /// The same between the logarithms of both, which few large customers sway
    /// less.
    pub spend_by_frequency_of_logarithms: Option<Correlation>,
    /// The purchase models that were tried, in the order of preference.
    pub candidates: Vec<PurchaseCandidate>,
    /// The release of the trainer.
    pub trainer_version: String,
}

/// A purchase model that was fitted to the calibration period.
#[derive(Debug, Clone, PartialEq)]
pub struct PurchaseCandidate {
    /// Its kind, such as `bg-nbd`.
    pub kind: String,
    /// Log-likelihood of the period it was fitted to; `None` where the fit failed.
    pub log_likelihood: Option<f64>,
    /// How it did in the hold-out; `None` without one.
    pub hold_out: Option<HoldOutFigures>,
    /// Why it could not be fitted.
    pub failure: Option<String>,
}

/// How well a value model did on days that it was not fitted on.
#[derive(Debug, Clone, PartialEq)]
pub struct ValueEvaluation {
    /// After the calibration period; `None` where the log was too short for one
    /// and the run was told to go without.
    pub hold_out: Option<HoldOut>,
}

/// What the chosen model foretold for the days after the calibration, fitted to
/// the calibration only, and what came. Of customers who had bought by then.
#[derive(Debug, Clone, PartialEq)]
pub struct HoldOut {
    /// The last day of the calibration.
    pub calibration_end: Day,
    /// The last day of the hold-out.
    pub until: Day,
    /// Customers who had bought by the end of the calibration.
    pub customers: u64,
    /// Purchases they made in the hold-out.
    pub purchases: u64,
    /// Those of them who made none.
    pub silent_customers: u64,
    /// The chosen model.
    pub model: HoldOutFigures,
    /// Every customer goes on at their own rate of repeat purchases.
    pub own_rate: HoldOutFigures,
    /// Every customer goes on at the rate of all of them together.
    pub common_rate: HoldOutFigures,
    /// By repeat purchases in the calibration, 0 to 7 and more.
    pub by_frequency: Vec<FrequencyFigures>,
    /// Spend, where the model has one.
    pub spend: Option<SpendFigures>,
}

/// How far expectations were from what came, per customer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HoldOutFigures {
    /// Purchases expected of all customers together.
    pub expected_purchases: f64,
    /// Mean absolute error, purchases per customer.
    pub mean_absolute_error: f64,
    /// Root of the mean squared error, purchases per customer.
    pub root_mean_squared_error: f64,
    /// Mean logarithm of the probability of what came; the larger, the better.
    /// `None` for a rule that gives no probabilities.
    pub log_score: Option<f64>,
    /// Area under the ROC curve of the probability of no purchase; `None` when
    /// all or none bought.
    pub area_under_curve: Option<f64>,
    /// Mean probability of no purchase; `None` for a rule that gives none.
    pub silent_share: Option<f64>,
}

/// Customers of one frequency in the calibration.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FrequencyFigures {
    /// Repeat purchases in the calibration.
    pub frequency: u32,
    /// Whether those with more are in it too.
    pub or_more: bool,
    /// Customers.
    pub customers: u64,
    /// Mean purchases that came in the hold-out.
    pub actual: f64,
    /// Mean purchases that were expected.
    pub expected: f64,
}

/// Money in the hold-out, of the same customers. What is expected of those
/// without a positive mean of repeat spends is the mean of all customers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SpendFigures {
    /// Money that came in.
    pub actual: f64,
    /// Money that was expected.
    pub expected: f64,
    /// Mean absolute error per customer.
    pub mean_absolute_error: f64,
    /// Mean absolute error per customer, where everyone goes on at their own rate
    /// of repeat purchases and at the mean spend of their purchases so far.
    pub naive_mean_absolute_error: f64,
}
