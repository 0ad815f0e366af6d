//! All that a run for a value model found: what its report is made of.

use super::{
    candidates::{Candidate, PurchaseFitted},
    customers::Customers,
    periods::Periods,
    settings::ValueTraining,
    spend::Spend,
};
use crate::{
    model::{
        ValueEvaluation,
        value::{PurchaseModelKind, ValueModel},
    },
    train::transactions::PurchaseLog,
};

/// What a run found.
pub(in crate::train) struct Findings<'r> {
    /// What was asked for.
    pub(in crate::train) training: &'r ValueTraining,
    /// The log, cleaned.
    pub(in crate::train) log: &'r PurchaseLog,
    /// Its calibration and its end.
    pub(in crate::train) periods: Periods,
    /// Every purchase model that was tried, on the calibration (on the whole
    /// log without one), in the order of preference.
    pub(in crate::train) candidates: &'r [Candidate],
    /// Which of them was taken.
    pub(in crate::train) chosen: usize,
    /// Its kind, fitted to the whole log: what is published.
    pub(in crate::train) purchases: &'r PurchaseFitted,
    /// The model of spend, of the whole log.
    pub(in crate::train) spend: Option<&'r Spend>,
    /// The customers at the end of the log, without names.
    pub(in crate::train) customers: &'r Customers,
    /// How the chosen model did in the hold-out.
    pub(in crate::train) evaluation: &'r ValueEvaluation,
    /// What is published.
    pub(in crate::train) model: &'r ValueModel,
}

impl Findings<'_> {
    /// The kind that was taken.
    pub(in crate::train) fn kind(&self) -> PurchaseModelKind {
        self.purchases.model.kind()
    }

    /// The chosen model as it was fitted to the calibration, which is what the
    /// hold-out measured; the published one without a hold-out.
    pub(in crate::train) fn calibrated(&self) -> &PurchaseFitted {
        let fitted = &self.candidates[self.chosen].fitted;
        fitted.as_ref().unwrap_or(self.purchases)
    }
}
