//! The log, and what cleaning did.

use crate::train::{
    report::value::{CleaningStep, LogFacts},
    value::Findings,
};

pub(super) fn facts(findings: &Findings<'_>) -> LogFacts {
    let log = findings.log;
    let cleaning = log.cleaning();
    LogFacts {
        lines: cleaning.read.lines,
        lines_used: cleaning.kept.lines,
        purchases: cleaning.kept.purchases,
        customers: findings.customers.all().len() as u64,
        repeat_customers: findings.customers.repeat_customers() as u64,
        first_day: log.first_day(),
        last_day: log.last_day(),
        spend: Some(cleaning.kept.spend),
        returned: Some(cleaning.kept.returned),
        occasion: log.occasion(),
        refunds: log.refunds(),
    }
}

pub(super) fn cleaning(findings: &Findings<'_>) -> Vec<CleaningStep> {
    let rules = findings.log.cleaning().rules.iter();
    rules
        .map(|outcome| CleaningStep {
            rule: outcome.rule.to_string(),
            treatment: outcome.treatment.as_str().to_owned(),
            lines: outcome.lines,
            money: outcome.amount,
            first: outcome.examples.first().map(ToString::to_string),
        })
        .collect()
}
