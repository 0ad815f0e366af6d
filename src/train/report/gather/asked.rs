//! What was asked for.

use super::Findings;
use crate::train::{
    plan::GroupedBy,
    report::{Asked, DataFile, text::percent},
    split::{Kind, Split},
};

pub(super) fn of(findings: &Findings<'_>) -> Asked {
    let training = findings.training;
    let definition = training.churn_definition();
    let files = findings.table.sources.iter().map(DataFile::from);
    Asked {
        model: training.name.to_string(),
        version: None,
        definition: definition.description,
        horizon_days: definition.horizon_days,
        target: definition.target,
        positive: definition.positive,
        purchase_features: purchase_features(findings),
        files: files.collect(),
        rows: findings.design.plan.rows.len() as u64,
        fitted_rows: findings.fitted.len() as u64,
        held_out_rows: findings.held_out.len() as u64,
        split: split(findings),
        seed: training.settings.seed,
        trainer_version: env!("CARGO_PKG_VERSION").to_owned(),
        command: None,
        config_toml: findings.configuration.to_owned(),
    }
}

fn purchase_features(findings: &Findings<'_>) -> Option<String> {
    let rules = findings.training.purchases.as_ref()?;
    let features = findings.estimate.model.schema().features().len();
    let built = rules.built(findings.estimate.model.schema()).count();
    Some(format!("{built} of {features}: {rules}"))
}

fn split(findings: &Findings<'_>) -> String {
    let plan = findings.design.plan;
    let share = percent(findings.training.settings.held_out_share, 0);
    match Split::of(plan).kind() {
        Kind::Stratified => format!("{share} held out at random, with the same share of churners"),
        Kind::TimeOrdered(_) => match findings.training.settings.embargo_days {
            0 => format!("in time: the latest {share} held out"),
            days => format!(
                "in time: the latest {share} held out; not fitted on rows of the {days} days before"
            ),
        },
        Kind::Grouped(_) => {
            let whole = match plan.groups.as_ref().map(|groups| groups.by) {
                Some(GroupedBy::Column) => "every group",
                Some(GroupedBy::Id) => "every customer",
                Some(GroupedBy::Copies) | None => "rows that are copies of each other",
            };
            format!("{share} held out at random, {whole} on one side")
        }
    }
}
