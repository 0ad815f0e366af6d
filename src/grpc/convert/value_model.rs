//! What a value model says of itself.

use super::proto;
use crate::{
    artifact::ValueContent,
    customer::{Occasion, Refunds, TimeUnit},
    model::{
        Correlation, HoldOut, HoldOutFigures, ValueEvaluation, ValueFacts,
        value::{ClvTerms, GammaGamma, ValueParts},
    },
};

impl From<&ValueContent> for proto::ValueModel {
    fn from(content: &ValueContent) -> Self {
        let ValueContent {
            model,
            horizon_days,
            training,
            evaluation,
        } = content;
        let ValueParts {
            purchase,
            purchase_covariance,
            spend,
            unit,
            refunds,
            occasion,
            terms,
        } = model.parts();
        let kind = purchase.kind();
        Self {
            definition: definition(content),
            purchase: Some(parametric(
                kind.as_str(),
                kind.parameter_names(),
                purchase.parameters(),
                purchase_covariance,
            )),
            spend: spend.as_ref().map(|(spend, covariance)| {
                let parameters = spend.parameters();
                parametric("gamma-gamma", GammaGamma::NAMES, parameters, covariance)
            }),
            unit: proto::TimeUnit::from(*unit).into(),
            refunds: proto::RefundTreatment::from(*refunds).into(),
            occasion: proto::PurchaseOccasion::from(*occasion).into(),
            terms: Some((*terms).into()),
            current_value_days: content.current_value_days(),
            horizon_days: *horizon_days,
            evaluation: Some(evaluation.into()),
            training: Some(training.into()),
        }
    }
}

fn definition(content: &ValueContent) -> String {
    let days = content.horizon_days;
    let purchases = format!("Purchases, and churn as no purchase, within {days} days.");
    let terms = &content.model.parts().terms;
    let ClvTerms {
        currency,
        periods,
        period_days,
        discount_rate,
        margin,
    } = terms;
    match &content.model.parts().spend {
        None => purchases,
        Some(_) => format!(
            "{purchases} Potential value: {:.0} % of the spend in {currency} expected over \
             {periods} periods of {period_days} days, discounted by {:.2} % a period.",
            margin * 100.0,
            discount_rate * 100.0
        ),
    }
}

/// A parameter's standard error is that of its logarithm times its value, by
/// the delta method.
fn parametric<const N: usize>(
    family: &str,
    names: [&str; N],
    values: [f64; N],
    covariance: &[[f64; N]; N],
) -> proto::ParametricModel {
    let parameters = names.into_iter().zip(values).enumerate();
    proto::ParametricModel {
        family: family.to_owned(),
        parameters: parameters
            .map(|(at, (name, value))| proto::ModelParameter {
                name: name.to_owned(),
                value,
                standard_error: Some(value * covariance[at][at].sqrt()),
            })
            .collect(),
    }
}

impl From<TimeUnit> for proto::TimeUnit {
    fn from(unit: TimeUnit) -> Self {
        match unit {
            TimeUnit::Day => Self::Day,
            TimeUnit::Week => Self::Week,
        }
    }
}

impl From<Refunds> for proto::RefundTreatment {
    fn from(refunds: Refunds) -> Self {
        match refunds {
            Refunds::Net => Self::Net,
            Refunds::Drop => Self::Drop,
            Refunds::Keep => Self::Keep,
        }
    }
}

impl From<Occasion> for proto::PurchaseOccasion {
    fn from(occasion: Occasion) -> Self {
        match occasion {
            Occasion::Day => Self::Day,
            Occasion::Invoice => Self::Invoice,
        }
    }
}

impl From<ClvTerms> for proto::ValueTerms {
    fn from(terms: ClvTerms) -> Self {
        let ClvTerms {
            currency,
            periods,
            period_days,
            discount_rate,
            margin,
        } = terms;
        Self {
            currency: currency.to_string(),
            periods,
            period_days,
            discount_rate,
            margin,
        }
    }
}

impl From<&ValueFacts> for proto::ValueTraining {
    fn from(facts: &ValueFacts) -> Self {
        let ValueFacts {
            sources: _, // in the training facts of every kind
            customers,
            repeat_customers,
            purchases,
            first_day,
            observed_until,
            log_likelihood,
            weak_prior: _,      // for people, in the report
            spend_customers: _, // for people, in the report
            spend_by_frequency,
            spend_by_frequency_of_logarithms: _,
            candidates: _,
            trainer_version: _, // in the training facts of every kind
        } = facts;
        let correlation = spend_by_frequency.as_ref();
        Self {
            customers: *customers,
            repeat_customers: *repeat_customers,
            purchases: *purchases,
            first_day: first_day.to_string(),
            observed_until: observed_until.to_string(),
            log_likelihood: *log_likelihood,
            spend_frequency_correlation: correlation.map(|Correlation { value, .. }| *value),
        }
    }
}

impl From<&ValueFacts> for proto::TrainingFacts {
    fn from(facts: &ValueFacts) -> Self {
        let first = facts.sources.first();
        Self {
            data_file: match (first, facts.sources.len()) {
                (None, _) => String::new(),
                (Some(first), 1) => first.name.clone(),
                (Some(first), files) => format!("{} and {} more", first.name, files - 1),
            },
            data_sha256: first.map(|first| first.sha256.clone()).unwrap_or_default(),
            rows: facts.sources.iter().map(|source| source.rows).sum(),
            fitted_rows: facts.customers,
            seed: 0,
            trainer_version: facts.trainer_version.clone(),
            excluded_columns: Vec::new(),
        }
    }
}

impl From<&ValueEvaluation> for proto::ValueEvaluation {
    fn from(evaluation: &ValueEvaluation) -> Self {
        let ValueEvaluation { hold_out } = evaluation;
        Self {
            hold_out: hold_out.as_ref().map(Into::into),
        }
    }
}

impl From<&HoldOut> for proto::ValueHoldOut {
    fn from(hold_out: &HoldOut) -> Self {
        let HoldOut {
            calibration_end,
            until,
            customers,
            purchases,
            silent_customers: _, // for people, in the report
            model,
            own_rate,
            common_rate,
            by_frequency: _,
            spend: _,
        } = hold_out;
        Self {
            calibration_end: calibration_end.to_string(),
            until: until.to_string(),
            customers: *customers,
            purchases: *purchases,
            model: Some((*model).into()),
            own_rate: Some((*own_rate).into()),
            common_rate: Some((*common_rate).into()),
        }
    }
}

impl From<HoldOutFigures> for proto::ValueMetrics {
    fn from(figures: HoldOutFigures) -> Self {
        let HoldOutFigures {
            expected_purchases,
            mean_absolute_error,
            root_mean_squared_error,
            log_score: _, // for people, in the report
            area_under_curve,
            silent_share: _,
        } = figures;
        Self {
            expected_purchases,
            mean_absolute_error,
            root_mean_squared_error,
            area_under_curve,
        }
    }
}
