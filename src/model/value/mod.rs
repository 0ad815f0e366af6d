//! What a customer is worth: models of purchases, of spend and of retention,
//! with their maximum-likelihood fits; and spend from features ([`SpendModel`]),
//! for those without a purchase log.
//!
//! The purchase models are of the buy-till-you-die kind: customers buy at
//! their own rate until they silently leave. They read a
//! [`PurchaseSummary`](crate::customer::PurchaseSummary) whose unit of time is
//! the model's, and that counts what the model does: purchases, or units of time
//! with a purchase (BG/BB).

mod batch;
mod beta_geometric;
mod bg_bb;
mod bg_nbd;
mod clv;
mod contract;
mod customer_value;
mod fit;
mod future;
mod gamma_gamma;
mod glm;
mod input;
mod interval;
mod mbg_nbd;
mod parameters;
mod pareto_nbd;
mod purchase_model;
mod s_bg;
mod spend_facts;
mod spend_metrics;
mod tweedie;

pub use bg_bb::{BgBb, MOST_OPPORTUNITIES, fit_bg_bb};
pub use bg_nbd::BgNbd;
pub use clv::{Clv, ClvInterval, ClvTerms, INTERVAL_LEVEL, MONTH_DAYS};
pub use contract::{Contract, ContractError, LEAST_ENDLESS_RATE, MAX_RENEWALS, Reach, Renewals};
pub use customer_value::{
    CustomerValue, MAX_PERIODS, MAX_REACH_DAYS, ValueInput, ValueModel, ValueModelError, ValueParts,
};
pub use fit::{
    Counted, Edge, FitError, Fitted, count_equal, fit_bg_nbd, fit_gamma_gamma, fit_mbg_nbd,
    fit_s_bg,
};
pub use gamma_gamma::{GammaGamma, RepeatSpend};
pub use glm::{MAX_EXPECTED_SPEND, SpendExplanation, SpendModel};
pub use interval::{LnSlopes, interval_of_figure};
pub use mbg_nbd::MbgNbd;
pub use parameters::{LARGEST_PARAMETER, ParameterError, SMALLEST_PARAMETER};
pub use pareto_nbd::{ParetoNbd, fit_pareto_nbd};
pub use purchase_model::{PurchaseModel, PurchaseModelKind, UnknownPurchaseModel};
pub use s_bg::{Cohort, SBg};
pub use spend_facts::{SpendDefinition, SpendEvaluation, SpendFit};
pub use spend_metrics::{SpendMetrics, SpendTenth};
pub use tweedie::{tweedie_deviance, tweedie_ln_density};

#[cfg(test)]
mod tests;
