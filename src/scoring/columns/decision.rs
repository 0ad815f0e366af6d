//! Decisions on many customers: the same as one by one, a part after the other.

use std::ops::Range;

use super::{arms::Armed, churn::ChurnPlan, value::ValuePlan};
use crate::{
    customer::{ColumnValues, CustomerColumns, NumberColumn},
    policy::{
        CauseGroup, CauseSum, ContractAmounts, ContractTiers, ContractValueRules, NoContractValue,
        RiskBand, leading_cause,
    },
    scoring::{
        ContractValue, DecidedBy, RiskSource, Scorer, ValueAtRisk,
        decision::{Known, Verdict},
    },
};

/// What each theme adds to the log-odds of one row, in the order of
/// [`CauseGroup::ALL`].
pub type CauseTotals = [f64; CauseGroup::ALL.len()];

/// Decisions; see [`Decision`](crate::scoring::Decision). Groups are of histories,
/// which columns do not hold. A row that was refused has nothing.
#[derive(Debug, Clone)]
pub struct DecisionColumns<'m> {
    /// The policy that decided, and the language of its texts.
    pub by: DecidedBy<'m>,
    /// What the bands are of, the same for all.
    pub source: Option<RiskSource>,
    /// How likely the customers are to leave.
    pub bands: Vec<Option<RiskBand>>,
    /// The money that attention to them protects.
    pub value_at_risk: Vec<Option<ValueAtRisk>>,
    /// The churn model's contributions by theme; empty without a churn model.
    pub causes: Vec<CauseTotals>,
    /// The positions of the rules that say what to do.
    pub positions: Vec<Option<usize>>,
    /// What customers are ranked by.
    pub expected_profit: Vec<Option<f64>>,
    /// What contracts are worth, where the policy says how and no value model tells.
    pub contract: Option<ContractColumns<'m>>,
}

/// The value of contracts; see [`ContractValue`].
#[derive(Debug, Clone)]
pub struct ContractColumns<'m> {
    /// How it is computed.
    pub rules: &'m ContractValueRules,
    /// Of each row that was not refused.
    pub rows: Vec<Option<ContractRow>>,
    /// The tiers, where there are some.
    pub tiers: Vec<Option<ContractTiers>>,
}

/// The value of one contract, or what keeps it from being told.
pub type ContractRow = Result<ContractAmounts, NoContractValue>;

#[derive(Debug)]
pub(super) struct DecisionPlan<'m, 'c> {
    /// What contracts pay for a period.
    payments: Option<NumberColumn<'c>>,
    decisions: DecisionColumns<'m>,
}

impl<'m, 'c> DecisionPlan<'m, 'c> {
    /// `None` where nothing is to be decided.
    pub(super) fn new(scorer: &Scorer<'m>, columns: &CustomerColumns<'c>) -> Option<Self> {
        let by = scorer.decided_by?;
        let rows = columns.rows();
        // A value model that knows spend tells all of them.
        let told = scorer.value.is_some_and(|value| value.tells_potential());
        let rules = by.policy.contract_value.as_ref();
        let rules = rules.filter(|_| scorer.churn.is_some() && !told);
        let payments = rules.and_then(|rules| {
            let mut features = columns.features().iter();
            let column = features.find(|column| column.name == rules.feature)?;
            match &column.values {
                ColumnValues::Numbers(numbers) => Some(*numbers),
                ColumnValues::Texts(_) | ColumnValues::Flags(_) => None,
            }
        });
        let causes = if scorer.churn.is_some() { rows } else { 0 };
        Some(Self {
            payments,
            decisions: DecisionColumns {
                by,
                source: None,
                bands: Vec::with_capacity(rows),
                value_at_risk: Vec::with_capacity(rows),
                causes: Vec::with_capacity(causes),
                positions: Vec::with_capacity(rows),
                expected_profit: Vec::with_capacity(rows),
                contract: rules.map(|rules| ContractColumns {
                    rules,
                    rows: Vec::with_capacity(rows),
                    tiers: Vec::with_capacity(rows),
                }),
            },
        })
    }

    /// Decides on these rows, the last scored, but on those that are at fault.
    pub(super) fn decide(
        &mut self,
        rows: &Range<usize>,
        churn: Option<&Armed<ChurnPlan<'m, '_>>>,
        value: Option<&Armed<ValuePlan<'m, '_>>>,
        at_fault: &[bool],
    ) {
        for (at, (row, at_fault)) in rows.clone().zip(at_fault).enumerate() {
            let churn = churn.map(|plans| plans.of(row));
            if *at_fault {
                self.decisions.push(None, None);
                if churn.is_some() {
                    self.decisions.causes.push(CauseTotals::default());
                }
                continue;
            }
            let causes = churn.map_or_else(Vec::new, |churn| churn.causes(at));
            let probability = churn.map(|churn| churn.probability(row));
            let contract = churn.zip(probability).and_then(|(churn, probability)| {
                self.decisions.contract.as_ref()?;
                let payment = self.payments.and_then(|payments| payments.get(row));
                let policy = self.decisions.by.policy;
                ContractValue::of(policy, churn.content(), payment, probability)
            });
            let verdict = self.decisions.by.verdict(&Known {
                churn: probability,
                value: value.map(|plans| plans.of(row).known(row)),
                groups: None,
                contract,
                cause: leading_cause(&causes),
            });
            self.decisions.push(Some(verdict), contract);
            if churn.is_some() {
                self.decisions.causes.push(totals(&causes));
            }
        }
    }

    pub(super) fn into_decisions(self) -> DecisionColumns<'m> {
        self.decisions
    }
}

impl DecisionColumns<'_> {
    fn push(&mut self, verdict: Option<Verdict>, contract: Option<ContractValue<'_>>) {
        let risk = verdict.and_then(|verdict| verdict.risk);
        self.source = self.source.or_else(|| Some(risk?.source));
        self.bands.push(risk.map(|risk| risk.band));
        self.value_at_risk
            .push(verdict.and_then(|verdict| verdict.value_at_risk));
        self.positions.push(verdict.map(|verdict| verdict.position));
        self.expected_profit
            .push(verdict.and_then(|verdict| verdict.expected_profit));
        if let Some(columns) = &mut self.contract {
            columns.rows.push(contract.map(|value| value.amounts));
            columns.tiers.push(contract.and_then(|value| value.tiers));
        }
    }
}

fn totals(causes: &[CauseSum]) -> CauseTotals {
    let mut totals = CauseTotals::default();
    for CauseSum {
        group,
        contribution,
    } in causes
    {
        totals[group.index()] = *contribution;
    }
    totals
}
