//! Decisions by column, as those of rows.

use holdfast::grpc::proto::{
    ActionColumns, CauseContribution, ContractValue, ContractValueColumns, CustomerScore,
    DecisionColumns, Numbers, PotentialValue, RecommendedAction, TierPlacement, ValueAtRisk,
};

use super::columns::doubles_of;

/// Every path of a mask.
pub(crate) const EVERYTHING: [&str; 15] = [
    "churn",
    "value",
    "risk_band",
    "risk_source",
    "value_at_risk",
    "tier",
    "lifecycle_stage",
    "rfm",
    "cluster",
    "segmentation_model",
    "causes",
    "action",
    "policy",
    "splits",
    "contract_value",
];

#[expect(clippy::unnecessary_wraps, reason = "as messages hold it")]
pub(crate) fn everything() -> Option<prost_types::FieldMask> {
    let paths = EVERYTHING.iter().map(|&path| path.to_owned()).collect();
    Some(prost_types::FieldMask { paths })
}

/// The number of a row, if it has one.
fn at(numbers: Option<&Numbers>, row: usize) -> Option<f64> {
    let numbers = numbers?;
    let byte = numbers.validity.get(row / 8);
    let number = doubles_of(numbers)[row];
    let known = byte.is_none_or(|byte| byte >> (row % 8) & 1 == 1);
    assert!(known || number == 0.0);
    known.then_some(number)
}

/// Adds to the score of a row what was decided on it.
pub(super) fn add(decided: &DecisionColumns, row: usize, score: &mut CustomerScore) {
    score.policy.clone_from(&decided.policy);
    score.risk_band = decided.risk_band[row];
    score.risk_source = decided.risk_source;
    score.value_at_risk = decided.value_at_risk.as_ref().and_then(|at_risk| {
        Some(ValueAtRisk {
            amount: at(at_risk.amount.as_ref(), row)?,
            currency: at_risk.currency.clone(),
            horizon_days: at_risk.horizon_days,
            source: at_risk.source,
        })
    });
    score.tier = decided.tier.as_ref().and_then(|tiers| {
        let [overall, current, potential] =
            [&tiers.overall, &tiers.current, &tiers.potential].map(|column| column[row]);
        (overall != 0).then_some(TierPlacement {
            overall,
            current,
            potential,
        })
    });
    let causes = decided.causes.iter().map(|column| CauseContribution {
        group: column.group,
        contribution: at(column.contribution.as_ref(), row).unwrap(),
    });
    score.causes = causes.filter(|cause| cause.contribution != 0.0).collect();
    let order =
        |a: &CauseContribution, b: &CauseContribution| b.contribution.total_cmp(&a.contribution);
    score.causes.sort_by(order);
    score.action = decided.action.as_ref().map(|actions| action(actions, row));
    let contracts = decided.contract_value.as_ref();
    score.contract_value = contracts.map(|contracts| contract(contracts, row));
}

fn action(actions: &ActionColumns, row: usize) -> RecommendedAction {
    RecommendedAction {
        expected_profit: at(actions.expected_profit.as_ref(), row),
        ..actions.actions[actions.action[row] as usize].clone()
    }
}

fn contract(contracts: &ContractValueColumns, row: usize) -> ContractValue {
    let potential = at(contracts.potential_amount.as_ref(), row);
    ContractValue {
        payment: at(contracts.payment.as_ref(), row),
        renewal_probability: at(contracts.renewal_probability.as_ref(), row),
        current_amount: at(contracts.current_amount.as_ref(), row),
        potential: potential.map(|amount| PotentialValue {
            amount,
            currency: contracts.currency.clone(),
            horizon_days: contracts.horizon_days,
            discount_rate: contracts.discount_rate,
            period_days: contracts.period_days,
            ..PotentialValue::default()
        }),
        note: contracts.note.get(row).copied().unwrap_or_default(),
    }
}
