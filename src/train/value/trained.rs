//! What a run says at its end, for a terminal and for machines.

use std::{fmt, path::PathBuf};

use serde_json::{Value, json};

use super::{machine, text};
use crate::{
    artifact::{Identity, ValueContent},
    customer::TimeUnit,
    model::{
        ValueFacts,
        value::{ClvTerms, GammaGamma, ValueModel},
    },
    train::{assess::json, transactions::CleaningReport},
};

/// A published value model.
#[derive(Debug, Clone)]
pub struct ValueTrained {
    /// What was published.
    pub identity: Identity,
    /// What it holds.
    pub content: ValueContent,
    /// The directory of models it was published to.
    pub models: PathBuf,
    /// What each rule of cleaning did to the log.
    pub cleaning: CleaningReport,
}

impl fmt::Display for ValueTrained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            identity,
            content,
            models,
            cleaning,
        } = self;
        writeln!(f, "Log\n{cleaning}\n")?;
        write_content(f, content)?;
        let Identity {
            name,
            version,
            digest,
        } = identity;
        let directory = models.join(name.as_str()).join(version.to_string());
        writeln!(f, "\nPublished {name} version {version}")?;
        writeln!(f, "  {}", directory.display())?;
        write!(f, "  sha256 {digest}")
    }
}

/// What a value model says of itself.
pub(in crate::train) fn write_content(
    f: &mut fmt::Formatter<'_>,
    content: &ValueContent,
) -> fmt::Result {
    let ValueContent {
        model,
        horizon_days,
        training,
        evaluation,
    } = content;
    let parts = model.parts();
    let kind = parts.purchase.kind();
    let ValueFacts {
        customers,
        repeat_customers,
        purchases,
        first_day,
        observed_until,
        log_likelihood,
        ..
    } = training;
    writeln!(f, "Purchases: {kind}, time in {}s", unit(parts.unit))?;
    let values = parts.purchase.parameters();
    let errors = standard_errors(values, &parts.purchase_covariance);
    writeln!(
        f,
        "{}",
        text::parameters(&kind.parameter_names(), &values, &errors)
    )?;
    writeln!(
        f,
        "  fitted to {customers} customers, {repeat_customers} of them with repeat purchases, {purchases} purchases,"
    )?;
    writeln!(
        f,
        "  {first_day} to {observed_until}; log-likelihood {log_likelihood:.3}"
    )?;
    if let Some((spend, covariance)) = &parts.spend {
        let values = spend.parameters();
        let errors = standard_errors(values, covariance);
        writeln!(
            f,
            "Spend: gamma-gamma, of {} customers",
            training.spend_customers
        )?;
        writeln!(
            f,
            "{}",
            text::parameters(&GammaGamma::NAMES, &values, &errors)
        )?;
        text::write_dependence(f, training)?;
    }
    let ClvTerms {
        currency,
        periods,
        period_days,
        discount_rate,
        margin,
    } = parts.terms;
    writeln!(
        f,
        "Terms: purchases within {horizon_days} days; lifetime values in {currency}, {periods} periods of {period_days}"
    )?;
    writeln!(
        f,
        "  days, discounted by {discount_rate} a period, margin {margin}"
    )?;
    if let Some(hold_out) = &evaluation.hold_out {
        text::write_hold_out(f, hold_out, kind.as_str(), &training.candidates)?;
    }
    text::write_warnings(f, &text::warnings(training, evaluation.hold_out.as_ref()))
}

/// The unit of time in words.
pub(in crate::train) fn unit(unit: TimeUnit) -> &'static str {
    match unit {
        TimeUnit::Day => "day",
        TimeUnit::Week => "week",
    }
}

/// By the delta method, from the covariance of the logarithms.
pub(in crate::train) fn standard_errors<const N: usize>(
    values: [f64; N],
    covariance: &[[f64; N]; N],
) -> [f64; N] {
    std::array::from_fn(|at| values[at] * covariance[at][at].sqrt())
}

impl ValueTrained {
    /// The result as one document.
    #[must_use]
    pub fn json(&self) -> Value {
        let mut told = content_json(&self.content);
        told["published"] = json::identity(&self.identity);
        told["log"] = self.cleaning.json();
        told
    }
}

/// What a value model says of itself.
pub(in crate::train) fn content_json(content: &ValueContent) -> Value {
    let ValueContent {
        model,
        horizon_days,
        training,
        evaluation,
    } = content;
    let warnings = text::warnings(training, evaluation.hold_out.as_ref());
    json!({
        "kind": model.parts().purchase.kind().as_str(),
        "unit": unit(model.parts().unit),
        "parameters": parameters(model),
        "spend_parameters": spend_parameters(model),
        "horizon_days": horizon_days,
        "terms": terms(&model.parts().terms),
        "customers": training.customers,
        "repeat_customers": training.repeat_customers,
        "purchases": training.purchases,
        "first_day": training.first_day.to_string(),
        "observed_until": training.observed_until.to_string(),
        "log_likelihood": training.log_likelihood,
        "weak_prior": training.weak_prior,
        "spend_customers": training.spend_customers,
        "spend_by_frequency": training.spend_by_frequency.as_ref().map(machine::correlation),
        "spend_by_frequency_of_logarithms":
            training.spend_by_frequency_of_logarithms.as_ref().map(machine::correlation),
        "candidates": training.candidates.iter().map(machine::candidate).collect::<Value>(),
        "hold_out": evaluation.hold_out.as_ref().map(machine::hold_out),
        "warnings": warnings,
    })
}

fn parameters(model: &ValueModel) -> Value {
    let parts = model.parts();
    let values = parts.purchase.parameters();
    let errors = standard_errors(values, &parts.purchase_covariance);
    machine::parameters(&parts.purchase.kind().parameter_names(), &values, &errors)
}

fn spend_parameters(model: &ValueModel) -> Option<Value> {
    let (spend, covariance) = model.parts().spend.as_ref()?;
    let values = spend.parameters();
    let errors = standard_errors(values, covariance);
    Some(machine::parameters(&GammaGamma::NAMES, &values, &errors))
}

fn terms(terms: &ClvTerms) -> Value {
    let ClvTerms {
        currency,
        periods,
        period_days,
        discount_rate,
        margin,
    } = terms;
    json!({
        "currency": currency.as_str(),
        "periods": periods,
        "period_days": period_days,
        "discount_rate": discount_rate,
        "margin": margin,
    })
}
