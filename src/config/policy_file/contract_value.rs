//! The section `[contract_value]` of a policy file.

use serde::Deserialize;

use super::decisions::sound;
use crate::config::document::Document;
use crate::{
    customer::{Currency, InvalidCurrency, Violations},
    model::{segments::TierEdges, value::ClvTerms},
    policy::ContractValueRules,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ContractValueToml {
    feature: String,
    currency: String,
    churn_days: Option<f64>,
    period_days: Option<f64>,
    periods: Option<u32>,
    discount_rate: Option<f64>,
    margin: Option<f64>,
    tiers: Option<TiersToml>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TiersToml {
    medium: f64,
    high: f64,
}

pub(super) fn read(document: &mut Document<'_>) -> Option<ContractValueRules> {
    let stated = document.section("contract_value")?;
    sound(document, rules(stated))
}

fn rules(stated: ContractValueToml) -> Result<ContractValueRules, Violations> {
    let ContractValueToml {
        feature,
        currency,
        churn_days,
        period_days,
        periods,
        discount_rate,
        margin,
        tiers,
    } = stated;
    let mut violations = Violations::default();
    let tiers = tiers.map(|TiersToml { medium, high }| TierEdges::new(Some(medium), Some(high)));
    let tiers = tiers.transpose().unwrap_or_else(|error| {
        violations.push("contract_value.tiers", error.to_string());
        None
    });
    let currency = currency.parse().unwrap_or_else(|error: InvalidCurrency| {
        violations.push("contract_value.currency", error.to_string());
        // So that what else is wrong is told.
        Currency::NONE
    });
    let usual = ClvTerms::of_a_year(currency);
    let rules = ContractValueRules {
        feature,
        terms: ClvTerms {
            currency,
            periods: periods.unwrap_or(usual.periods),
            period_days: period_days.unwrap_or(usual.period_days),
            discount_rate: discount_rate.unwrap_or(usual.discount_rate),
            margin: margin.unwrap_or(usual.margin),
        },
        churn_days,
        tiers,
    };
    match rules.checked() {
        Ok(rules) => violations.into_result(rules),
        Err(found) => {
            violations.extend(found);
            Err(violations)
        }
    }
}
