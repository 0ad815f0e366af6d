//! How good a published model is on new data.

mod json;
mod text;

use std::collections::BTreeMap;

use super::{
    AssessError, DataError, NewData, PublishedModel,
    data::{Outcomes, was_fitted_on},
    scored::{Scored, UnusualValues},
    slices::slices,
};
use crate::{
    artifact::Identity,
    model::{
        Assessment, CalibrationBin, Decile, Figure, Interval, ProfitMeasure, ProfitParameters,
        Ranking,
    },
    train::{
        DataSource, Progress,
        bootstrap::{self, Bootstrap},
        plan::find,
    },
};

/// What is asked for: the figures of a published model on new data.
#[derive(Debug, Clone)]
pub struct EvaluationRequest {
    /// The model.
    pub model: PublishedModel,
    /// The rows.
    pub data: NewData,
    /// Columns of the data by whose values the rows are sliced.
    pub slices: Vec<String>,
    /// What a retention campaign costs and brings.
    pub profit: ProfitParameters,
    /// How the intervals are drawn.
    pub bootstrap: Bootstrap,
}

/// How good the model is there.
#[derive(Debug, Clone)]
pub struct Evaluated {
    /// The model.
    pub identity: Identity,
    /// The files.
    pub sources: Vec<DataSource>,
    /// Whether the model was fitted on one of them.
    pub trained_on_these_files: bool,
    /// Rows with an outcome.
    pub rows: u64,
    /// Rows without one, set aside.
    pub rows_without_outcome: u64,
    /// On all rows.
    pub measured: Measured,
    /// Tenths of the rows, the highest scores first.
    pub deciles: Vec<Decile>,
    /// What was said and what happened, the lowest scores first.
    pub calibration: Vec<CalibrationBin>,
    /// Slices in the order that they were asked for.
    pub slices: Vec<SliceFigures>,
    /// Features with values that training did not see.
    pub unusual: Vec<UnusualValues>,
    /// The share of churners then and now.
    pub drift: Drift,
}

/// Figures with their 95 % intervals.
#[derive(Debug, Clone)]
pub struct Measured {
    /// All figures.
    pub assessment: Assessment,
    /// By the bootstrap; a figure may have none.
    pub intervals: BTreeMap<Figure, Interval>,
}

/// Figures of one slice.
#[derive(Debug, Clone)]
pub struct SliceFigures {
    /// The column.
    pub column: String,
    /// Its value there, or what stands for several.
    pub value: String,
    /// How many rows.
    pub rows: u64,
    /// How many of them churned.
    pub churners: u64,
    /// `None` where one outcome is missing.
    pub measured: Option<Measured>,
}

/// The share of churners, against that of the published evaluation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Drift {
    /// In the published evaluation, in [0, 1].
    pub published_prevalence: f64,
    /// In the new data, in [0, 1].
    pub prevalence: f64,
    /// Whether the published one lies outside the 95 % interval of the new one.
    pub beyond_chance: bool,
}

impl Measured {
    /// `None` unless both outcomes are there.
    pub(super) fn of(
        scored: bootstrap::Scored<'_>,
        profit: &ProfitMeasure,
        bootstrap: Bootstrap,
    ) -> Option<Self> {
        let ranking = Ranking::of(scored.log_odds, scored.churned)?;
        Some(Self {
            assessment: ranking.assess(profit),
            intervals: bootstrap.intervals(scored, profit)?,
        })
    }
}

/// Evaluates a published model on new data.
///
/// # Errors
///
/// When the model cannot be loaded, the data cannot be read or do not fit the
/// model, one outcome is missing, or a slice is the id.
pub fn evaluate(
    request: &EvaluationRequest,
    progress: &dyn Progress,
) -> Result<Evaluated, AssessError> {
    let profit = request.profit.check()?;
    progress.stage("loading the model");
    let artifact = request.model.load_churn()?;
    progress.stage("reading the data");
    let table = request.data.read()?;
    let content = &artifact.content;
    let outcomes = Outcomes::find(&table, &request.data, &content.churn_definition)?;
    let columns = request
        .slices
        .iter()
        .map(|name| find(&table, name, "--slice"));
    let columns: Vec<usize> = columns.collect::<Result<_, _>>()?;
    if let Some(id) = outcomes.id.filter(|id| columns.contains(id)) {
        let column = table.columns[id].name.clone();
        return Err(DataError::SliceIsId { column }.into());
    }
    progress.stage("scoring");
    let scored = Scored::of(&content.model, &table, &outcomes.rows)?;
    progress.stage("measuring");
    let all = bootstrap::Scored {
        log_odds: &scored.calibrated,
        churned: &outcomes.churned,
        groups: outcomes.groups.as_deref(),
    };
    let no_rows = || DataError::NoOutcome {
        target: content.churn_definition.target.clone(),
    };
    let measured = Measured::of(all, &profit, request.bootstrap).ok_or_else(no_rows)?;
    let ranking = Ranking::of(all.log_odds, all.churned).ok_or_else(no_rows)?;
    let mut sliced = Vec::new();
    for column in columns {
        let column = &table.columns[column];
        for slice in slices(column, &outcomes.rows) {
            let of_slice = figures(&slice.positions, all, &profit, request.bootstrap);
            let (rows, churners, measured) = of_slice;
            sliced.push(SliceFigures {
                column: column.name.clone(),
                value: slice.value,
                rows,
                churners,
                measured,
            });
        }
    }
    progress.finish();
    Ok(Evaluated {
        identity: artifact.identity,
        trained_on_these_files: was_fitted_on(&content.training, &table),
        sources: table.sources,
        rows: outcomes.rows.len() as u64,
        rows_without_outcome: outcomes.rows_without_outcome as u64,
        drift: Drift::of(&measured, content.evaluation.held_out.prevalence),
        measured,
        deciles: ranking.deciles(),
        calibration: ranking.calibration_bins(),
        slices: sliced,
        unusual: scored.unusual,
    })
}

/// Rows, churners and figures of a slice.
fn figures(
    positions: &[usize],
    all: bootstrap::Scored<'_>,
    profit: &ProfitMeasure,
    bootstrap: Bootstrap,
) -> (u64, u64, Option<Measured>) {
    let log_odds: Vec<f64> = positions.iter().map(|&at| all.log_odds[at]).collect();
    let churned: Vec<bool> = positions.iter().map(|&at| all.churned[at]).collect();
    let groups = all
        .groups
        .map(|groups| positions.iter().map(|&at| groups[at]).collect::<Vec<u32>>());
    let scored = bootstrap::Scored {
        log_odds: &log_odds,
        churned: &churned,
        groups: groups.as_deref(),
    };
    let churners = churned.iter().filter(|&&churned| churned).count();
    (
        churned.len() as u64,
        churners as u64,
        Measured::of(scored, profit, bootstrap),
    )
}

impl Drift {
    fn of(measured: &Measured, published_prevalence: f64) -> Self {
        let interval = measured.intervals.get(&Figure::Prevalence);
        Self {
            published_prevalence,
            prevalence: measured.assessment.metrics.prevalence,
            beyond_chance: interval.is_some_and(|interval| {
                !(interval.low..=interval.high).contains(&published_prevalence)
            }),
        }
    }
}
