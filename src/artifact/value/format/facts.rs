//! The stored form of where a value model comes from.

use serde::{Deserialize, Serialize};

use super::evaluation::HoldOutFiguresV1;
use crate::{
    artifact::data_file::DataFileV1,
    customer::InvalidDay,
    model::{Correlation, Interval, PurchaseCandidate, ValueFacts},
};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ValueFactsV1 {
    sources: Vec<DataFileV1>,
    customers: u64,
    repeat_customers: u64,
    purchases: u64,
    first_day: String,
    observed_until: String,
    log_likelihood: f64,
    weak_prior: bool,
    spend_customers: u64,
    spend_by_frequency: Option<CorrelationV1>,
    spend_by_frequency_of_logarithms: Option<CorrelationV1>,
    candidates: Vec<PurchaseCandidateV1>,
    trainer_version: String,
}

impl From<ValueFacts> for ValueFactsV1 {
    fn from(from: ValueFacts) -> Self {
        let ValueFacts {
            sources,
            customers,
            repeat_customers,
            purchases,
            first_day,
            observed_until,
            log_likelihood,
            weak_prior,
            spend_customers,
            spend_by_frequency,
            spend_by_frequency_of_logarithms,
            candidates,
            trainer_version,
        } = from;
        Self {
            sources: sources.into_iter().map(Into::into).collect(),
            customers,
            repeat_customers,
            purchases,
            first_day: first_day.to_string(),
            observed_until: observed_until.to_string(),
            log_likelihood,
            weak_prior,
            spend_customers,
            spend_by_frequency: spend_by_frequency.map(Into::into),
            spend_by_frequency_of_logarithms: spend_by_frequency_of_logarithms.map(Into::into),
            candidates: candidates.into_iter().map(Into::into).collect(),
            trainer_version,
        }
    }
}

impl TryFrom<ValueFactsV1> for ValueFacts {
    type Error = InvalidDay;

    fn try_from(from: ValueFactsV1) -> Result<Self, InvalidDay> {
        let ValueFactsV1 {
            sources,
            customers,
            repeat_customers,
            purchases,
            first_day,
            observed_until,
            log_likelihood,
            weak_prior,
            spend_customers,
            spend_by_frequency,
            spend_by_frequency_of_logarithms,
            candidates,
            trainer_version,
        } = from;
        Ok(Self {
            sources: sources.into_iter().map(Into::into).collect(),
            customers,
            repeat_customers,
            purchases,
            first_day: first_day.parse()?,
            observed_until: observed_until.parse()?,
            log_likelihood,
            weak_prior,
            spend_customers,
            spend_by_frequency: spend_by_frequency.map(Into::into),
            spend_by_frequency_of_logarithms: spend_by_frequency_of_logarithms.map(Into::into),
            candidates: candidates.into_iter().map(Into::into).collect(),
            trainer_version,
        })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PurchaseCandidateV1 {
    kind: String,
    log_likelihood: Option<f64>,
    hold_out: Option<HoldOutFiguresV1>,
    failure: Option<String>,
}

impl From<PurchaseCandidate> for PurchaseCandidateV1 {
    fn from(from: PurchaseCandidate) -> Self {
        let PurchaseCandidate {
            kind,
            log_likelihood,
            hold_out,
            failure,
        } = from;
        Self {
            kind,
            log_likelihood,
            hold_out: hold_out.map(Into::into),
            failure,
        }
    }
}

impl From<PurchaseCandidateV1> for PurchaseCandidate {
    fn from(from: PurchaseCandidateV1) -> Self {
        let PurchaseCandidateV1 {
            kind,
            log_likelihood,
            hold_out,
            failure,
        } = from;
        Self {
            kind,
            log_likelihood,
            hold_out: hold_out.map(Into::into),
            failure,
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CorrelationV1 {
    value: f64,
    interval: [f64; 2],
    p_value: f64,
}

impl From<Correlation> for CorrelationV1 {
    fn from(from: Correlation) -> Self {
        let Correlation {
            value,
            interval: Interval { low, high },
            p_value,
        } = from;
        Self {
            value,
            interval: [low, high],
            p_value,
        }
    }
}

impl From<CorrelationV1> for Correlation {
    fn from(from: CorrelationV1) -> Self {
        let CorrelationV1 {
            value,
            interval: [low, high],
            p_value,
        } = from;
        Self {
            value,
            interval: Interval { low, high },
            p_value,
        }
    }
}
