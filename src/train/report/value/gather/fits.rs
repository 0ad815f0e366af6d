//! The models that were fitted, by their names in the literature.

use crate::{
    model::value::{Fitted, GammaGamma, PurchaseModelKind},
    train::{
        report::value::{Convergence, Parameter, PurchaseFit, SpendFit},
        value::{Candidate, Findings, PurchaseFitted, Spend},
    },
};

pub(super) fn tried(findings: &Findings<'_>) -> Vec<PurchaseFit> {
    let candidates = findings.candidates.iter().enumerate();
    candidates
        .map(|(at, candidate)| of(candidate, at == findings.chosen))
        .collect()
}

/// The chosen kind on all days, where that is another fit than the one on the
/// calibration.
pub(super) fn published(findings: &Findings<'_>) -> Option<PurchaseFit> {
    findings.periods.calibration_end?;
    Some(fitted(findings.kind(), findings.purchases))
}

fn of(candidate: &Candidate, chosen: bool) -> PurchaseFit {
    let validated = candidate.validated.as_ref();
    match &candidate.fitted {
        Ok(fit) => PurchaseFit {
            hold_out: validated.map(|validated| validated.figures),
            chosen,
            ..fitted(candidate.kind, fit)
        },
        Err(failure) => PurchaseFit {
            name: name(candidate.kind).to_owned(),
            parameters: Vec::new(),
            log_likelihood: None,
            convergence: None,
            hold_out: None,
            failure: Some(failure.to_string()),
            chosen,
        },
    }
}

fn fitted(kind: PurchaseModelKind, fit: &PurchaseFitted) -> PurchaseFit {
    PurchaseFit {
        name: name(kind).to_owned(),
        parameters: parameters(
            &kind.parameter_names(),
            &fit.model.parameters(),
            &fit.standard_errors,
        ),
        log_likelihood: Some(fit.log_likelihood),
        convergence: Some(convergence(fit)),
        hold_out: None,
        failure: None,
        chosen: false,
    }
}

fn name(kind: PurchaseModelKind) -> &'static str {
    match kind {
        PurchaseModelKind::BgNbd => "BG/NBD",
        PurchaseModelKind::MbgNbd => "MBG/NBD",
        PurchaseModelKind::ParetoNbd => "Pareto/NBD",
        PurchaseModelKind::BgBb => "BG/BB",
    }
}

fn parameters(names: &[&str], values: &[f64], errors: &[f64]) -> Vec<Parameter> {
    names
        .iter()
        .zip(values)
        .zip(errors)
        .map(|((name, &value), &error)| Parameter {
            name: (*name).to_owned(),
            value,
            standard_error: Some(error).filter(|error| error.is_finite()),
        })
        .collect()
}

/// A fit that did not converge is an error, so that it never comes here.
fn convergence<M, const N: usize>(fit: &Fitted<M, N>) -> Convergence {
    Convergence {
        converged: true,
        weak_prior: fit.weak_prior,
        gradient_norm: fit.gradient_norm,
        starts: u32::try_from(fit.starts).unwrap_or(u32::MAX),
        evaluations: fit.evaluations as u64,
    }
}

pub(super) fn spend(spend: &Spend) -> SpendFit {
    let fit = &spend.fitted;
    SpendFit {
        name: "Gamma-Gamma".to_owned(),
        parameters: parameters(
            &GammaGamma::NAMES,
            &fit.model.parameters(),
            &fit.standard_errors,
        ),
        log_likelihood: fit.log_likelihood,
        convergence: convergence(fit),
        customers: spend.customers as u64,
        customers_without_spend: spend.customers_left_out as u64,
        population_mean: Some(fit.model.expected_spend_of_new()),
        spend_by_frequency: spend.correlation,
    }
}
