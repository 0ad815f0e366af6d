//! The models that were fitted.

use crate::{
    model::{Correlation, HoldOutFigures, SpendFigures},
    train::report::Coefficient,
};

/// A fitted parameter, on its own scale.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Its name in the literature, such as `alpha`.
    pub name: String,
    /// The estimate.
    pub value: f64,
    /// Its standard error, where it can be had.
    pub standard_error: Option<f64>,
}

/// How the solver ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Convergence {
    /// Whether the likelihood has its maximum there.
    pub converged: bool,
    /// Whether it has one only with the weak prior on the parameters of leaving.
    pub weak_prior: bool,
    /// Largest element of the gradient of the mean log-likelihood.
    pub gradient_norm: f64,
    /// Starting points that were tried.
    pub starts: u32,
    /// Evaluations of the likelihood.
    pub evaluations: u64,
}

/// A purchase model that was tried.
#[derive(Debug, Clone, PartialEq)]
pub struct PurchaseFit {
    /// Its name in the literature, such as `BG/NBD`.
    pub name: String,
    /// Its parameters, in the literature's order; empty where the fit failed.
    pub parameters: Vec<Parameter>,
    /// Log-likelihood of the calibration period.
    pub log_likelihood: Option<f64>,
    /// How the solver ended; `None` where the fit failed.
    pub convergence: Option<Convergence>,
    /// How it did in the hold-out.
    pub hold_out: Option<HoldOutFigures>,
    /// Why it could not be fitted.
    pub failure: Option<String>,
    /// Whether it is the model of this report.
    pub chosen: bool,
}

/// Why a purchase model was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// It made what came in the hold-out the most probable.
    BestLogScore,
    /// It had the least mean absolute error in the hold-out.
    LeastError,
    /// Without a hold-out: it had the highest log-likelihood.
    HighestLikelihood,
    /// It was asked for.
    AskedFor,
}

/// The model of spend per purchase.
#[derive(Debug, Clone, PartialEq)]
pub struct SpendFit {
    /// Its name in the literature, such as `Gamma-Gamma`.
    pub name: String,
    /// Its parameters, in the literature's order.
    pub parameters: Vec<Parameter>,
    /// Log-likelihood.
    pub log_likelihood: f64,
    /// How the solver ended.
    pub convergence: Convergence,
    /// Customers with a repeat purchase of positive spend, who were fitted on.
    pub customers: u64,
    /// Customers whose repeat spend was zero or less, who could not be.
    pub customers_without_spend: u64,
    /// Mean spend per purchase that the model expects of the base.
    pub population_mean: Option<f64>,
    /// Correlation of frequency and mean spend among repeat customers; `None`
    /// where one of them does not vary.
    pub spend_by_frequency: Option<Correlation>,
}

/// A regression of future spend on features, for customers without a log.
#[derive(Debug, Clone, PartialEq)]
pub struct SpendRegression {
    /// What it is, such as `Tweedie, power 1.5, log link`.
    pub name: String,
    /// Its coefficients, on the scale of its link.
    pub coefficients: Vec<Coefficient>,
    /// Customers it was fitted on.
    pub customers: u64,
    /// How it did on customers or time it had not seen.
    pub hold_out: Option<SpendFigures>,
}

/// Shifted-beta-geometric retention of contracts (Fader and Hardie 2007).
#[derive(Debug, Clone, PartialEq)]
pub struct RetentionFit {
    /// Its parameters.
    pub parameters: Vec<Parameter>,
    /// Log-likelihood.
    pub log_likelihood: f64,
    /// What one renewal period is, such as `year`.
    pub period: String,
    /// Survival by renewal period, from period 0.
    pub survival: Vec<RetentionPoint>,
}

/// Survival of a cohort of contracts after some renewals.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RetentionPoint {
    /// Renewal periods since the start.
    pub period: u32,
    /// Share still under contract, where it was observed.
    pub actual: Option<f64>,
    /// Share that the model expects.
    pub expected: f64,
}
