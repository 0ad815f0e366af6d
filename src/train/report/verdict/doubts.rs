//! What was found suspicious, in the data and in the figures.

use super::{FEW_CHURNERS, ODD_SPLIT_AUC, SLICE_CALIBRATION_GAP, Statement, TOO_GOOD_AUC, Tone};
use crate::train::report::{
    data::{Figures, ReportData, Slice},
    text::{count, listed, rounded, short},
};

/// Names in sentences are cut here, and no more than these are listed.
const NAME: usize = 40;
const NAMES: usize = 5;

/// In what a slice does worse than the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::train::report) enum SliceConcern {
    /// Its AUC lies below that of the whole by more than chance explains.
    Ranking,
    /// Its probabilities are too high or too low.
    Calibration,
}

/// In what a slice does worse than the whole, beyond chance as far as can be
/// told: the interval of its AUC ends below the AUC of all, or its mean
/// probability is off by five percentage points and by two standard errors.
pub(in crate::train::report) fn slice_concerns(
    slice: &Slice,
    overall: &Figures,
) -> Vec<SliceConcern> {
    let ranks_worse = slice
        .area_under_curve
        .and_then(|area| area.interval)
        .is_some_and(|interval| interval.high < overall.area_under_curve.value);
    let variance = slice.prevalence * (1.0 - slice.prevalence) / slice.rows.max(1) as f64;
    let gap = slice.calibration_gap.abs();
    let off = gap > SLICE_CALIBRATION_GAP && gap > 2.0 * variance.sqrt();
    [
        ranks_worse.then_some(SliceConcern::Ranking),
        off.then_some(SliceConcern::Calibration),
    ]
    .into_iter()
    .flatten()
    .collect()
}

pub(super) fn doubts(data: &ReportData) -> Statement {
    let found: Vec<(Tone, String)> = [
        leaks(data),
        too_good(data),
        few_churners(data),
        odd_split(data),
        slices(data),
    ]
    .into_iter()
    .flatten()
    .collect();
    let tone = found.iter().map(|(tone, _)| *tone).max();
    let text = if found.is_empty() {
        "Nothing suspicious was found in the data or in the figures.".to_owned()
    } else {
        let sentences: Vec<String> = found.into_iter().map(|(_, text)| text).collect();
        sentences.join(" ")
    };
    Statement {
        topic: "Doubts",
        tone: tone.unwrap_or(Tone::Good),
        text,
    }
}

fn leaks(data: &ReportData) -> Option<(Tone, String)> {
    let suspicions = &data.quality.suspicions;
    let names: Vec<String> = suspicions
        .iter()
        .take(NAMES)
        .map(|suspicion| short(&suspicion.column, NAME))
        .collect();
    (!names.is_empty()).then(|| {
        let others = suspicions.len() - names.len();
        let others = if others == 0 {
            String::new()
        } else {
            format!(", and {others} more")
        };
        let text = format!(
            "{}{others} may know the outcome before it happens: make sure that the value is known while the customer is still there.",
            listed(&names)
        );
        (Tone::Bad, text)
    })
}

fn too_good(data: &ReportData) -> Option<(Tone, String)> {
    let area = data.performance.held_out.area_under_curve.value;
    (area > TOO_GOOD_AUC).then(|| {
        let text = format!(
            "An AUC of {} is higher than churn usually allows: look for a column that is filled in after the customer has left.",
            rounded(area, 3)
        );
        (Tone::Bad, text)
    })
}

fn few_churners(data: &ReportData) -> Option<(Tone, String)> {
    let figures = &data.performance.held_out;
    let churners = (figures.rows as f64 * figures.prevalence).round();
    (churners < FEW_CHURNERS).then(|| {
        let text = format!(
            "Only {churners} customers who left were held out, so that every figure here is uncertain."
        );
        (Tone::Caution, text)
    })
}

fn odd_split(data: &ReportData) -> Option<(Tone, String)> {
    let held_out = data.performance.held_out.area_under_curve.value;
    let folds = data.performance.cross_validated.as_ref()?;
    let folds = folds.area_under_curve.value;
    ((held_out - folds).abs() > ODD_SPLIT_AUC).then(|| {
        let text = format!(
            "The held-out rows are {} than the folds of the cross-validation (AUC {} against {}), more than a fair split explains.",
            if held_out > folds { "easier" } else { "harder" },
            rounded(held_out, 3),
            rounded(folds, 3)
        );
        (Tone::Caution, text)
    })
}

/// A lower AUC within a slice is normal, for what cuts the slices no longer
/// tells its customers apart; wrong probabilities are not.
fn slices(data: &ReportData) -> Option<(Tone, String)> {
    let off: Vec<String> = data
        .slices
        .iter()
        .filter(|slice| {
            slice_concerns(slice, &data.performance.held_out).contains(&SliceConcern::Calibration)
        })
        .map(|slice| {
            let (column, value) = (short(&slice.column, NAME), short(&slice.value, NAME));
            format!("{column} = {value}")
        })
        .collect();
    (!off.is_empty()).then(|| {
        let text = format!(
            "Its probabilities are off by more than five percentage points on {} of {} slices, such as {}.",
            count(off.len() as u64),
            count(data.slices.len() as u64),
            listed(&off[..off.len().min(2)])
        );
        (Tone::Caution, text)
    })
}
