//! From what a run found to [`ValueReportData`]: everything that the pages show
//! is computed here.

mod cohorts;
mod fits;
mod groups;
mod indicators;
mod log;
mod maps;
#[cfg(test)]
mod tests;
mod tracking;
mod worth;

use super::{Choice, ValueAsked, ValueReportData, ValueTerms};
use crate::{
    customer::{Counting, PurchaseHistory, TimeUnit},
    model::value::INTERVAL_LEVEL,
    train::{
        report::DataFile,
        value::{Candidates, Findings},
    },
};
use groups::Groups;
pub(in crate::train) use worth::Valued;

/// Computes a report's content. The version and the command are left open; `valued` has the lifetime values, where there are any.
pub(in crate::train) fn gather(
    findings: &Findings<'_>,
    valued: Option<&Valued<'_>>,
) -> ValueReportData {
    let (log, training) = (findings.log, findings.training);
    let histories: Vec<PurchaseHistory<'_>> = log.iter().map(|(_, history)| history).collect();
    let worth = valued.and_then(worth::of);
    let groups = Groups::of(findings);
    let mean = worth.as_ref().map(|worth| worth.mean.value);
    ValueReportData {
        asked: asked(findings),
        log: log::facts(findings),
        cleaning: log::cleaning(findings),
        terms: terms(findings),
        purchase_fits: fits::tried(findings),
        published: fits::published(findings),
        choice: choice(findings),
        spend: findings.spend.map(fits::spend),
        spend_regression: None,
        retention: None,
        hold_out: findings.evaluation.hold_out.clone(),
        tracking: match findings.kind().counts() {
            Counting::Purchases => tracking::of(findings, &histories),
            Counting::Opportunities => None,
        },
        maps: maps::of(findings),
        worth,
        cohorts: cohorts::of(&histories, log.refunds(), findings.periods.last),
        segments: groups.segments,
        matrix: groups.matrix,
        indicators: indicators::of(
            &histories,
            log.refunds(),
            findings.periods.last,
            log.first_day(),
            training.terms.horizon_days,
        )
        .with_values(mean, training.acquisition_cost),
        remarks: remarks(findings),
        notes: training.card.clone(),
    }
}

/// What the counts are of, where it is not purchases.
fn remarks(findings: &Findings<'_>) -> Vec<String> {
    let unit = match findings.training.unit {
        TimeUnit::Day => "day",
        TimeUnit::Week => "week",
    };
    match findings.kind().counts() {
        Counting::Purchases => Vec::new(),
        Counting::Opportunities => vec![
            format!(
                "The model counts every whole {unit} with a purchase as one, from the first \
                 purchase or the calibration's end on. Frequencies, expected purchases and spend \
                 are by such a {unit}; what came in a {unit} that had not ended is left out."
            ),
            "Purchases over time are not shown: the days of the log are not the model's \
             opportunities, which begin with each customer's first purchase."
                .to_owned(),
        ],
    }
}

fn asked(findings: &Findings<'_>) -> ValueAsked {
    let files = findings.log.sources().iter().map(DataFile::from);
    ValueAsked {
        model: findings.training.name.to_string(),
        version: None,
        files: files.collect(),
        calibration_end: findings.periods.calibration_end,
        observed_until: findings.periods.last,
        trainer_version: env!("CARGO_PKG_VERSION").to_owned(),
        command: None,
        config_toml: findings.training.configuration.clone(),
    }
}

fn terms(findings: &Findings<'_>) -> ValueTerms {
    let asked = findings.training.terms;
    ValueTerms {
        currency: findings.log.currency().map(str::to_owned),
        unit: findings.training.unit,
        horizon_days: asked.horizon_days,
        periods: asked.periods,
        period_days: asked.period_days,
        discount_rate: asked.discount_rate,
        margin: asked.margin,
        confidence: INTERVAL_LEVEL,
    }
}

fn choice(findings: &Findings<'_>) -> Option<Choice> {
    match findings.training.candidates {
        Candidates::Only(_) => Some(Choice::AskedFor),
        Candidates::Auto if findings.candidates.len() < 2 => None,
        Candidates::Auto if findings.evaluation.hold_out.is_some() => Some(Choice::BestLogScore),
        Candidates::Auto => Some(Choice::HighestLikelihood),
    }
}
