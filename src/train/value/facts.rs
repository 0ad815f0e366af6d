//! What is stored of a run beside the parameters.

use super::{candidates::Candidate, findings::Findings};
use crate::{
    artifact::ValueContent,
    model::{DataFile, ValueFacts},
};

impl Findings<'_> {
    /// What is published.
    pub(in crate::train) fn content(&self) -> ValueContent {
        ValueContent {
            model: self.model.clone(),
            horizon_days: self.training.terms.horizon_days,
            training: self.facts(),
            evaluation: self.evaluation.clone(),
        }
    }

    /// Where the model comes from.
    pub(in crate::train) fn facts(&self) -> ValueFacts {
        let spend = self.spend;
        ValueFacts {
            sources: self.log.sources().iter().map(DataFile::from).collect(),
            customers: self.customers.all().len() as u64,
            repeat_customers: self.customers.repeat_customers() as u64,
            purchases: self.log.cleaning().kept.purchases,
            first_day: self.log.first_day(),
            observed_until: self.periods.last,
            log_likelihood: self.purchases.log_likelihood,
            weak_prior: self.purchases.weak_prior,
            spend_customers: spend.map_or(0, |spend| spend.customers as u64),
            spend_by_frequency: spend.and_then(|spend| spend.correlation),
            spend_by_frequency_of_logarithms: spend
                .and_then(|spend| spend.correlation_of_logarithms),
            candidates: self.candidates.iter().map(Candidate::facts).collect(),
            trainer_version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }
}
