//! Which purchase model: each is fitted to the calibration, and the hold-out
//! chooses.

use rayon::prelude::*;

use super::{
    customers::Customers,
    hold_out::{Validated, Validation},
};
use crate::{
    customer::PurchaseSummary,
    model::{
        PurchaseCandidate,
        value::{
            Counted, FitError, Fitted, PurchaseModel, PurchaseModelKind, fit_bg_bb, fit_bg_nbd,
            fit_mbg_nbd, fit_pareto_nbd,
        },
    },
};

/// Models of purchases at any time, in the order of preference: those that the
/// hold-out cannot tell apart are taken in this order. MBG/NBD and Pareto/NBD
/// let a customer leave after the first purchase; BG/NBD takes all customers
/// without a repeat purchase for alive.
pub(super) const PREFERENCE: [PurchaseModelKind; 3] = [
    PurchaseModelKind::MbgNbd,
    PurchaseModelKind::ParetoNbd,
    PurchaseModelKind::BgNbd,
];

/// A fitted purchase model.
pub(in crate::train) type PurchaseFitted = Fitted<PurchaseModel, 4>;

/// A model that was tried.
pub(in crate::train) struct Candidate {
    pub(in crate::train) kind: PurchaseModelKind,
    pub(in crate::train) fitted: Result<PurchaseFitted, FitError>,
    /// On the hold-out, where there is one and the model could be fitted.
    pub(in crate::train) validated: Option<Validated>,
}

/// Fits every kind to the same customers, and measures it on what came later.
pub(super) fn try_all(
    kinds: &[PurchaseModelKind],
    customers: &Customers,
    validation: Option<&Validation<'_>>,
) -> Vec<Candidate> {
    let counted = customers.counted();
    let one = |&kind: &PurchaseModelKind| {
        let fitted = fit(kind, &counted);
        let validated = match (&fitted, validation) {
            (Ok(fitted), Some(validation)) => Some(validation.of_model(&fitted.model)),
            (Ok(_) | Err(_), _) => None,
        };
        Candidate {
            kind,
            fitted,
            validated,
        }
    };
    kinds.par_iter().map(one).collect()
}

/// The position of the model to take: of the highest mean log score in the
/// hold-out, and of those that are less than one standard error of the mean
/// difference below it the first; without a hold-out, of the highest
/// likelihood. `None` when none could be fitted.
pub(super) fn choose(candidates: &[Candidate]) -> Option<usize> {
    let scores =
        |at: usize| -> Option<&[f64]> { candidates[at].validated.as_ref()?.log_scores.as_deref() };
    let means = (0..candidates.len()).filter_map(|at| Some((at, mean(scores(at)?))));
    if let Some((best, _)) = means.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0))) {
        let best_scores = scores(best)?;
        return (0..candidates.len())
            .find(|&at| at == best || scores(at).is_some_and(|these| ties(these, best_scores)));
    }
    let likelihoods = candidates.iter().enumerate();
    likelihoods
        .filter_map(|(at, candidate)| Some((at, candidate.fitted.as_ref().ok()?.log_likelihood)))
        .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))
        .map(|(at, _)| at)
}

/// Whether these scores of the same customers are less than one standard error
/// of the mean difference below the best.
fn ties(these: &[f64], best: &[f64]) -> bool {
    let differences: Vec<f64> = best.iter().zip(these).map(|(b, t)| b - t).collect();
    let difference = mean(&differences);
    let squares = differences.iter().map(|d| (d - difference).powi(2));
    let count = differences.len() as f64;
    let error = (squares.sum::<f64>() / count / (count - 1.0)).sqrt();
    // One customer tells nothing of errors.
    difference <= 0.0 || difference < error
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Fits one kind.
pub(super) fn fit(
    kind: PurchaseModelKind,
    customers: &[Counted<PurchaseSummary>],
) -> Result<PurchaseFitted, FitError> {
    Ok(match kind {
        PurchaseModelKind::BgNbd => wrapped(fit_bg_nbd(customers)?, PurchaseModel::BgNbd),
        PurchaseModelKind::MbgNbd => wrapped(fit_mbg_nbd(customers)?, PurchaseModel::MbgNbd),
        PurchaseModelKind::ParetoNbd => {
            wrapped(fit_pareto_nbd(customers)?, PurchaseModel::ParetoNbd)
        }
        PurchaseModelKind::BgBb => wrapped(fit_bg_bb(customers)?, PurchaseModel::BgBb),
    })
}

fn wrapped<M>(fitted: Fitted<M, 4>, wrap: impl Fn(M) -> PurchaseModel) -> PurchaseFitted {
    let Fitted {
        model,
        log_likelihood,
        standard_errors,
        covariance,
        gradient_norm,
        starts,
        evaluations,
        weak_prior,
    } = fitted;
    Fitted {
        model: wrap(model),
        log_likelihood,
        standard_errors,
        covariance,
        gradient_norm,
        starts,
        evaluations,
        weak_prior,
    }
}

impl Candidate {
    /// What is stored of it.
    pub(super) fn facts(&self) -> PurchaseCandidate {
        PurchaseCandidate {
            kind: self.kind.as_str().to_owned(),
            log_likelihood: self
                .fitted
                .as_ref()
                .ok()
                .map(|fitted| fitted.log_likelihood),
            hold_out: self.validated.as_ref().map(|validated| validated.figures),
            failure: self.fitted.as_ref().err().map(ToString::to_string),
        }
    }
}
