//! One of the purchase models, chosen at run time.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use super::{BgBb, BgNbd, MbgNbd, ParameterError, ParetoNbd};
use crate::customer::{Counting, PurchaseSummary, Violations};

/// Which purchase model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PurchaseModelKind {
    /// [`BgNbd`].
    BgNbd,
    /// [`MbgNbd`].
    MbgNbd,
    /// [`ParetoNbd`].
    ParetoNbd,
    /// [`BgBb`].
    BgBb,
}

/// A name that no purchase model has.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "there is no purchase model '{name}': it is one of {}",
    PurchaseModelKind::names()
)]
pub struct UnknownPurchaseModel {
    /// The name.
    pub name: String,
}

impl PurchaseModelKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::BgNbd, Self::MbgNbd, Self::ParetoNbd, Self::BgBb];

    /// Its name in flags, files and messages.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BgNbd => "bg-nbd",
            Self::MbgNbd => "mbg-nbd",
            Self::ParetoNbd => "pareto-nbd",
            Self::BgBb => "bg-bb",
        }
    }

    /// The names of the model's parameters, in order.
    #[must_use]
    pub fn parameter_names(self) -> [&'static str; 4] {
        match self {
            Self::BgNbd => BgNbd::NAMES,
            Self::MbgNbd => MbgNbd::NAMES,
            Self::ParetoNbd => ParetoNbd::NAMES,
            Self::BgBb => BgBb::NAMES,
        }
    }

    /// What its summaries count, and what it expects: purchases, or units of
    /// time with a purchase.
    #[must_use]
    pub fn counts(self) -> Counting {
        match self {
            Self::BgNbd | Self::MbgNbd | Self::ParetoNbd => Counting::Purchases,
            Self::BgBb => Counting::Opportunities,
        }
    }

    fn names() -> String {
        Self::ALL.map(Self::as_str).join(", ")
    }
}

impl fmt::Display for PurchaseModelKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for PurchaseModelKind {
    type Err = UnknownPurchaseModel;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let kind = Self::ALL.into_iter().find(|kind| kind.as_str() == name);
        kind.ok_or_else(|| UnknownPurchaseModel {
            name: name.to_owned(),
        })
    }
}

/// A purchase model. The methods are those of the models.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum PurchaseModel {
    /// BG/NBD.
    BgNbd(BgNbd),
    /// MBG/NBD.
    MbgNbd(MbgNbd),
    /// Pareto/NBD.
    ParetoNbd(ParetoNbd),
    /// BG/BB: a purchase is a unit of time with one, and of a horizon the whole
    /// units count.
    BgBb(BgBb),
}

/// The same expression for whichever model it is.
macro_rules! each {
    ($self:expr, $model:ident => $value:expr) => {
        match $self {
            Self::BgNbd($model) => $value,
            Self::MbgNbd($model) => $value,
            Self::ParetoNbd($model) => $value,
            Self::BgBb($model) => $value,
        }
    };
}

impl PurchaseModel {
    /// A model of a kind with given parameters, in the order of
    /// [`PurchaseModelKind::parameter_names`].
    ///
    /// # Errors
    ///
    /// The first parameter that is no positive number of a sensible size.
    pub fn new(kind: PurchaseModelKind, parameters: [f64; 4]) -> Result<Self, ParameterError> {
        Ok(match kind {
            PurchaseModelKind::BgNbd => Self::BgNbd(BgNbd::new(parameters)?),
            PurchaseModelKind::MbgNbd => Self::MbgNbd(MbgNbd::new(parameters)?),
            PurchaseModelKind::ParetoNbd => Self::ParetoNbd(ParetoNbd::new(parameters)?),
            PurchaseModelKind::BgBb => Self::BgBb(BgBb::new(parameters)?),
        })
    }

    /// Which model it is.
    #[must_use]
    pub fn kind(&self) -> PurchaseModelKind {
        match self {
            Self::BgNbd(_) => PurchaseModelKind::BgNbd,
            Self::MbgNbd(_) => PurchaseModelKind::MbgNbd,
            Self::ParetoNbd(_) => PurchaseModelKind::ParetoNbd,
            Self::BgBb(_) => PurchaseModelKind::BgBb,
        }
    }

    /// Whether a summary counts what the model does.
    ///
    /// # Errors
    ///
    /// Those of [`BgBb::check`]; none of the other models.
    pub fn check(&self, customer: &PurchaseSummary) -> Result<(), Violations> {
        match self {
            Self::BgNbd(_) | Self::MbgNbd(_) | Self::ParetoNbd(_) => Ok(()),
            Self::BgBb(_) => BgBb::check(customer),
        }
    }

    /// Its parameters, in the order of [`PurchaseModelKind::parameter_names`].
    #[must_use]
    pub fn parameters(&self) -> [f64; 4] {
        each!(self, model => model.parameters())
    }

    /// ln of the probability (density) of a customer's history.
    #[must_use]
    pub fn log_likelihood(&self, customer: &PurchaseSummary) -> f64 {
        each!(self, model => model.log_likelihood(customer))
    }

    /// Probability that the customer has not left by the end of the
    /// observation, in [0, 1]. With BG/NBD it is 1 without a repeat purchase:
    /// use [`p_no_purchase`](Self::p_no_purchase) as the chance of churn.
    #[must_use]
    pub fn p_alive(&self, customer: &PurchaseSummary) -> f64 {
        each!(self, model => model.p_alive(customer))
    }

    /// Expected purchases within the horizon after the observation.
    #[must_use]
    pub fn expected_purchases(&self, customer: &PurchaseSummary, horizon: f64) -> f64 {
        each!(self, model => model.expected_purchases(customer, horizon))
    }

    /// Expected purchases within the horizon of a customer that has not left:
    /// the frequency and the length of the observation are all that counts.
    pub(super) fn expected_if_alive(&self, customer: &PurchaseSummary, horizon: f64) -> f64 {
        each!(self, model => model.expected_if_alive(customer, horizon))
    }

    /// The same of several horizons, in rising order.
    pub(super) fn expected_within(&self, customer: &PurchaseSummary, horizons: &[f64]) -> Vec<f64> {
        let one = |horizon: &f64| self.expected_if_alive(customer, *horizon);
        match self {
            Self::BgNbd(BgNbd(model)) | Self::MbgNbd(MbgNbd(model)) => {
                model.expected_within(customer, horizons)
            }
            Self::ParetoNbd(_) | Self::BgBb(_) => horizons.iter().map(one).collect(),
        }
    }

    /// The same, and the derivatives of ln(P(alive) × Σ weight × expected) by
    /// the logarithms of the parameters. `None` where only differences tell them.
    pub(super) fn expected_with_slopes(
        &self,
        customer: &PurchaseSummary,
        horizons: &[f64],
        weights: &[f64],
    ) -> Option<(Vec<f64>, [f64; 4])> {
        match self {
            Self::BgNbd(BgNbd(model)) | Self::MbgNbd(MbgNbd(model)) => {
                model.expected_with_slopes(customer, horizons, weights)
            }
            Self::ParetoNbd(_) | Self::BgBb(_) => None,
        }
    }

    /// Probability of no purchase within the horizon after the observation, in
    /// [0, 1]: the chance of churn where customers sign no contract.
    #[must_use]
    pub fn p_no_purchase(&self, customer: &PurchaseSummary, horizon: f64) -> f64 {
        each!(self, model => model.p_no_purchase(customer, horizon))
    }

    /// P(X = 0), …, P(X = most) of the purchases X within the horizon after
    /// the observation.
    #[must_use]
    pub fn purchase_distribution(
        &self,
        customer: &PurchaseSummary,
        horizon: f64,
        most: u32,
    ) -> Vec<f64> {
        each!(self, model => model.purchase_distribution(customer, horizon, most))
    }

    /// Expected repeat purchases of a new customer within a time from its
    /// first purchase.
    #[must_use]
    pub fn expected_purchases_of_new(&self, time: f64) -> f64 {
        each!(self, model => model.expected_purchases_of_new(time))
    }

    /// P(X = 0), …, P(X = most) of the repeat purchases X of a new customer
    /// within a time from its first purchase.
    #[must_use]
    pub fn purchase_distribution_of_new(&self, time: f64, most: u32) -> Vec<f64> {
        each!(self, model => model.purchase_distribution_of_new(time, most))
    }
}
