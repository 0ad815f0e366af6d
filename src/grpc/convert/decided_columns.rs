//! Decisions by column.

use std::collections::BTreeMap;

use prost::Message;

use super::{
    decision::{policy_version, recommended, value_source},
    mask::EXPECTED_PROFIT,
    proto,
    scored_columns::{Writer, index},
};
use crate::{
    grpc::wire::{Encoded, Fields, MessageWriter},
    model::{segments::Tier, value::ClvTerms},
    policy::{CauseGroup, ContractAmounts, ContractTiers, RiskBand},
    scoring::{
        CauseTotals, ChosenAction, ContractColumns, DecidedBy, DecisionColumns, ValueAtRisk,
    },
};

impl Writer<'_> {
    /// Writes what is wanted of decisions.
    pub(super) fn decision(&self, decisions: &DecisionColumns<'_>) -> proto::DecisionColumns {
        let DecisionColumns {
            by,
            source,
            bands,
            value_at_risk,
            causes,
            positions,
            expected_profit,
            contract,
        } = decisions;
        let mask = self.mask;
        let mut written = proto::DecisionColumns::default();
        if mask.wants("policy") {
            let identity = &by.policy.identity;
            written.policy = read(Fields::ALL, |message| policy_version(identity, message));
        }
        if mask.wants("risk_band") {
            let band =
                |band: &Option<RiskBand>| band.map(proto::RiskBand::from).unwrap_or_default();
            written.risk_band = bands.iter().map(|risk| band(risk).into()).collect();
        }
        if let Some(source) = source.filter(|_| mask.wants("risk_source")) {
            written.set_risk_source(source.into());
        }
        if mask.wants("value_at_risk") {
            written.value_at_risk = self.value_at_risk(value_at_risk);
        }
        if mask.wants("causes") {
            written.causes = self.causes(causes);
        }
        if mask.wants("action") {
            written.action = Some(self.actions(by, positions, expected_profit));
        }
        if let Some(contract) = contract {
            if mask.wants("tier") {
                written.tier = tiers(&contract.tiers);
            }
            if mask.wants("contract_value") {
                written.contract_value = Some(self.contracts(contract));
            }
        }
        written
    }

    fn value_at_risk(&self, all: &[Option<ValueAtRisk>]) -> Option<proto::ValueAtRiskColumns> {
        // The models and the policy state the terms, which are those of every row.
        let ValueAtRisk {
            amount: _,
            currency,
            horizon_days,
            source,
        } = all.iter().flatten().next()?;
        let amounts = all.iter().map(|at_risk| Some(at_risk.as_ref()?.amount));
        Some(proto::ValueAtRiskColumns {
            amount: self.known_numbers(amounts),
            currency: currency.to_string(),
            horizon_days: *horizon_days,
            source: value_source(*source).into(),
        })
    }

    fn causes(&self, all: &[CauseTotals]) -> Vec<proto::CauseColumn> {
        let columns = CauseGroup::ALL.into_iter().filter_map(|group| {
            let numbers = all.iter().map(|totals| totals[group.index()]);
            numbers
                .clone()
                .any(|number| number != 0.0)
                .then(|| proto::CauseColumn {
                    group: proto::CauseGroup::from(group).into(),
                    contribution: self.numbers(numbers.collect()),
                })
        });
        columns.collect()
    }

    fn actions(
        &self,
        by: &DecidedBy<'_>,
        positions: &[Option<usize>],
        expected_profit: &[Option<f64>],
    ) -> proto::ActionColumns {
        let rules = positions.iter().flatten();
        let mut places: BTreeMap<usize, u32> = rules.map(|rule| (*rule, 0)).collect();
        for (place, at) in places.values_mut().enumerate() {
            *at = index(place);
        }
        let actions = places.keys().map(|&position| {
            let rule = &by.policy.playbook.rules()[position];
            let (language, text) = rule.action.text(by.language);
            let chosen = ChosenAction {
                rule,
                position,
                text,
                language,
                expected_profit: None,
            };
            read(self.mask.action, |message| recommended(&chosen, message)).unwrap_or_default()
        });
        let place = |rule: &Option<usize>| rule.map_or(0, |rule| places[&rule]);
        let told = self.mask.action.has(EXPECTED_PROFIT);
        proto::ActionColumns {
            actions: actions.collect(),
            action: positions.iter().map(place).collect(),
            expected_profit: told
                .then(|| self.known_numbers(expected_profit.iter().copied()))
                .flatten(),
        }
    }

    fn contracts(&self, contracts: &ContractColumns<'_>) -> proto::ContractValueColumns {
        let ContractColumns {
            rules,
            rows,
            tiers: _, // stand by themselves
        } = contracts;
        let ClvTerms {
            currency,
            periods,
            period_days,
            discount_rate,
            margin: _, // the policy's to tell
        } = rules.terms;
        let numbers = |read: fn(&ContractAmounts) -> f64| {
            let told = rows
                .iter()
                .map(|row| Some(read(row.as_ref()?.as_ref().ok()?)));
            self.known_numbers(told)
        };
        let note = rows.iter().map(|row| match row {
            Some(Err(reason)) => proto::ContractValueNote::from(*reason),
            Some(Ok(_)) | None => proto::ContractValueNote::Unspecified,
        });
        let has_notes = rows.iter().flatten().any(Result::is_err);
        proto::ContractValueColumns {
            payment: numbers(|told| told.payment),
            renewal_probability: numbers(|told| told.renewal),
            current_amount: numbers(|told| told.current),
            potential_amount: numbers(|told| told.potential),
            currency: currency.to_string(),
            horizon_days: f64::from(periods) * period_days,
            discount_rate,
            period_days,
            note: if has_notes {
                note.map(Into::into).collect()
            } else {
                Vec::new()
            },
        }
    }

    /// Numbers that some rows have, with a bitmap of these; `None` without any.
    fn known_numbers(
        &self,
        numbers: impl Iterator<Item = Option<f64>> + Clone,
    ) -> Option<proto::Numbers> {
        let mut validity: Vec<u8> = Vec::new();
        let (mut known, mut rows) = (0_usize, 0_usize);
        for number in numbers.clone() {
            if rows % 8 == 0 {
                validity.push(0);
            }
            if let (Some(last), Some(_)) = (validity.last_mut(), number) {
                *last |= 1 << (rows % 8);
                known += 1;
            }
            rows += 1;
        }
        if known == 0 {
            return None;
        }
        let written = self.numbers(numbers.map(Option::unwrap_or_default).collect());
        written.map(|written| proto::Numbers {
            validity: if known == rows { Vec::new() } else { validity },
            ..written
        })
    }
}

fn tiers(all: &[Option<ContractTiers>]) -> Option<proto::TierColumns> {
    all.iter().flatten().next()?;
    let column = |read: fn(&ContractTiers) -> Tier| {
        let tiers = all.iter().map(|tiers| tiers.as_ref().map(read));
        let tiers = tiers.map(|tier| tier.map(proto::ValueTier::from).unwrap_or_default());
        tiers.map(Into::into).collect()
    };
    Some(proto::TierColumns {
        overall: column(|tiers| tiers.overall),
        current: column(|tiers| tiers.current),
        potential: column(|tiers| tiers.potential),
    })
}

/// A message, written as those of rows are.
fn read<M: Message + Default>(
    wanted: Fields,
    write: impl FnOnce(&mut MessageWriter<'_>),
) -> Option<M> {
    let mut bytes = Vec::new();
    write(&mut MessageWriter::new(&mut bytes, wanted));
    Encoded::from(bytes).read().ok()
}
