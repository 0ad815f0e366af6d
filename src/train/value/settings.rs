//! What a run for a value model is asked for.

use std::{path::PathBuf, sync::Arc};

use super::ValueSettingsError;
use crate::{
    artifact::{ModelName, SigningKey},
    customer::{Counting, Day, TimeUnit},
    model::value::{MAX_PERIODS, MAX_REACH_DAYS, MOST_OPPORTUNITIES, PurchaseModelKind},
    train::{report::CardNotes, transactions::LogOptions},
};

/// The longest horizon.
const MAX_DAYS: f64 = 1e6;

/// What is asked for: a value model from a purchase log.
#[derive(Debug, Clone)]
pub struct ValueTraining {
    /// The log, and how it is read and cleaned.
    pub log: LogOptions,
    /// What time is counted in.
    pub unit: TimeUnit,
    /// Which days the choice is made on.
    pub hold_out: HoldOutRule,
    /// Which purchase models are tried.
    pub candidates: Candidates,
    /// Whether spend is modelled as well.
    pub spend: SpendRule,
    /// In what money the future counts, and how far.
    pub terms: TermsAsked,
    /// What it costs to win a customer, in the same currency.
    pub acquisition_cost: Option<f64>,
    /// What only people can say of the model, for its card.
    pub card: CardNotes,
    /// Publish only if it beats the newest version of its name by this.
    pub publish_if_better: Option<ValueCriterion>,
    /// Under which name to publish.
    pub name: ModelName,
    /// The directory of models.
    pub models: PathBuf,
    /// Who signs what is published.
    pub sign_key: Option<Arc<SigningKey>>,
    /// All of this as a configuration file would say it; stored with the model.
    pub configuration: String,
}

/// Which days of the log are held out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HoldOutRule {
    /// The second half of the days of the log.
    SecondHalf,
    /// Everything after this day.
    After(Day),
    /// None: nothing is validated.
    Nothing,
}

/// Which purchase models are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Candidates {
    /// Every model of purchases at any time; the hold-out chooses. BG/BB is
    /// none: its probabilities are of opportunities, and do not compare.
    Auto,
    /// This one.
    Only(PurchaseModelKind),
}

/// What a model is better by, on the days held out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueCriterion {
    /// A higher mean log score: the logarithm of the probability of the purchases
    /// that each customer made.
    LogScore,
    /// A lower mean absolute error of a customer's purchases.
    MeanAbsoluteError,
}

/// Whether spend is modelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpendRule {
    /// By Gamma-Gamma.
    GammaGamma,
    /// Not at all: the model tells purchases, but no money.
    Nothing,
}

/// The terms of lifetime values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TermsAsked {
    /// Days over which purchases, churn and spend are expected.
    pub horizon_days: f64,
    /// How many periods a lifetime value counts.
    pub periods: u32,
    /// The length of one, in days.
    pub period_days: f64,
    /// The discount rate of one.
    pub discount_rate: f64,
    /// Share of spend that is earned.
    pub margin: f64,
}

impl Candidates {
    /// What they count.
    pub(super) fn counting(self) -> Counting {
        match self {
            Self::Auto => Counting::Purchases,
            Self::Only(kind) => kind.counts(),
        }
    }
}

impl ValueTraining {
    /// A run with every default: weeks, the second half of the log held out,
    /// every model tried, a year of months at 1 %.
    #[must_use]
    pub fn new(log: LogOptions, name: ModelName, models: PathBuf) -> Self {
        Self {
            log,
            unit: TimeUnit::Week,
            hold_out: HoldOutRule::SecondHalf,
            candidates: Candidates::Auto,
            spend: SpendRule::GammaGamma,
            terms: TermsAsked::default(),
            acquisition_cost: None,
            card: CardNotes::default(),
            publish_if_better: None,
            name,
            models,
            sign_key: None,
            configuration: String::new(),
        }
    }

    /// Checks what can be checked without the log.
    ///
    /// # Errors
    ///
    /// The first number that is out of bounds.
    pub(super) fn check(&self) -> Result<(), ValueSettingsError> {
        let TermsAsked {
            horizon_days,
            periods,
            period_days,
            discount_rate,
            margin,
        } = self.terms;
        if self.publish_if_better.is_some() && self.hold_out == HoldOutRule::Nothing {
            return Err(ValueSettingsError::NothingToCompareOn);
        }
        let cost = self.acquisition_cost.unwrap_or(1.0);
        let rules = [
            (
                "horizon-days",
                horizon_days,
                "days above 0, at most 1000000",
                { horizon_days > 0.0 && horizon_days <= MAX_DAYS },
            ),
            ("periods", f64::from(periods), "from 1 to 240", {
                (1..=MAX_PERIODS).contains(&periods)
            }),
            (
                "period-days",
                period_days,
                "days above 0, all --periods together at most 1000000 days",
                { period_days > 0.0 && f64::from(periods) * period_days <= MAX_REACH_DAYS },
            ),
            ("discount-rate", discount_rate, "0 or more, at most 10", {
                (0.0..=10.0).contains(&discount_rate)
            }),
            ("margin", margin, "above 0, at most 1", {
                margin > 0.0 && margin <= 1.0
            }),
            ("acquisition-cost", cost, "money above 0", {
                cost > 0.0 && cost.is_finite()
            }),
        ];
        let fits = |days: f64| {
            self.candidates.counting() == Counting::Purchases
                || days / self.unit.days() <= MOST_OPPORTUNITIES
        };
        let opportunities = [
            (
                "horizon-days",
                horizon_days,
                "at most 10000 units of time (--unit) with --model bg-bb",
                fits(horizon_days),
            ),
            (
                "periods",
                f64::from(periods),
                "at most 10000 units of time (--unit) together with --model bg-bb",
                fits(f64::from(periods) * period_days),
            ),
        ];
        for (option, found, requirement, holds) in rules.into_iter().chain(opportunities) {
            if !holds {
                return Err(ValueSettingsError::OutOfBounds {
                    option,
                    requirement,
                    found,
                });
            }
        }
        Ok(())
    }
}

impl Default for TermsAsked {
    /// A year by months, at 1 % a month, all spend counted.
    fn default() -> Self {
        Self {
            horizon_days: 365.0,
            periods: 12,
            period_days: 30.4375,
            discount_rate: 0.01,
            margin: 1.0,
        }
    }
}
