//! From what a run found to [`ReportData`]: everything that the pages show is
//! computed here.
//!
//! Figures are of held-out rows or of predictions out of fold; effects, causes
//! and the baseline are of the rows that were fitted.

mod asked;
mod causes;
mod coefficients;
mod contributions;
mod curves;
mod effects;
mod pairs;
mod performance;
mod profit;
mod quality;
mod scores;
mod slices;
mod support;
mod watch;

use super::ReportData;
use crate::{
    model::Baseline,
    train::{
        ChurnTraining, QualityReport, TrainError, design::Design, estimate::Estimate,
        evaluation::CrossValidated, table::Table,
    },
};
use contributions::Contributions;
use scores::Scores;

/// What a run found, for its report. Rows count among those that have an
/// outcome.
pub(in crate::train) struct Findings<'r> {
    pub(in crate::train) training: &'r ChurnTraining,
    pub(in crate::train) table: &'r Table,
    pub(in crate::train) design: &'r Design<'r>,
    pub(in crate::train) quality: &'r QualityReport,
    pub(in crate::train) estimate: &'r Estimate,
    /// The rows of the fit, and those that were held out.
    pub(in crate::train) fitted: &'r [usize],
    pub(in crate::train) held_out: &'r [usize],
    pub(in crate::train) cross_validated: Option<&'r CrossValidated>,
    /// [`crate::train::baseline::of`] the fitted rows.
    pub(in crate::train) baseline: &'r Baseline,
    /// The resolved configuration, as TOML.
    pub(in crate::train) configuration: &'r str,
}

/// Computes a report's content. The version and the command are left open.
///
/// # Errors
///
/// When a row does not fit the model's schema, or rows lack an outcome; those of
/// a sound run do not.
pub(in crate::train) fn gather(findings: &Findings<'_>) -> Result<ReportData, TrainError> {
    let scores = Scores::of(findings)?;
    let contributions = Contributions::of(findings)?;
    let effects = effects::of(findings, &contributions);
    Ok(ReportData {
        asked: asked::of(findings),
        quality: quality::of(findings),
        performance: performance::of(findings, &scores)?,
        candidates: performance::candidates(findings),
        curves: curves::of(findings, &scores),
        calibrations: curves::calibrations(findings),
        profit: Some(profit::of(findings, &scores)),
        pairs: pairs::of(findings, &contributions),
        causes: contributions.causes(findings),
        coefficients: coefficients::of(findings),
        slices: slices::of(findings, &scores, &contributions),
        folds: performance::folds(findings),
        watch: watch::of(findings, &contributions),
        notes: findings.training.card.clone(),
        effects,
    })
}

#[cfg(test)]
mod tests;
