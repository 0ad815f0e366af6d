//! Whether a new model is better than the newest version of its name.

use super::{ChurnTraining, Criterion, PlanError, TrainError, design::Design, error::NotBetter};
use crate::{
    artifact,
    customer::{Snapshot, Value},
    model::{Better, ChurnModel, Evaluation, Figure, Ranking},
};

/// Nothing where there is no version yet, or where the new model is better by
/// the criterion than the newest one, both on the rows held out.
///
/// # Errors
///
/// When it is not better, or the newest version cannot be loaded or refuses the
/// data.
pub(super) fn beaten(
    training: &ChurnTraining,
    design: &Design<'_>,
    held_out: &[usize],
    evaluation: &Evaluation,
    criterion: Criterion,
) -> Result<(), TrainError> {
    // A directory that cannot be listed holds no version yet.
    let versions = artifact::versions(&training.models, &training.name).unwrap_or_default();
    let Some(&version) = versions.last() else {
        return Ok(());
    };
    let incumbent = artifact::load(&training.models, &training.name, version)?;
    let refused = || TrainError::IncumbentRefuses { version };
    let log_odds = held_out
        .iter()
        .map(|&row| score(&incumbent.content.model, design, row))
        .collect::<Option<Vec<f64>>>()
        .ok_or_else(refused)?;
    let ranking =
        Ranking::of(&log_odds, &design.outcomes(held_out)).ok_or(PlanError::OneClassInPart)?;
    let figure = criterion.figure();
    let assessment = ranking.assess(&training.settings.profit);
    let theirs = figure.of(&assessment).ok_or_else(refused)?;
    let ours = value(evaluation, figure).ok_or_else(refused)?;
    let better = match figure.better() {
        Better::Lower => ours < theirs,
        Better::Higher | Better::CloseTo(_) | Better::Neither => ours > theirs,
    };
    if better {
        return Ok(());
    }
    Err(NotBetter {
        figure: figure.label(),
        version,
        ours,
        theirs,
    }
    .into())
}

fn value(evaluation: &Evaluation, wanted: Figure) -> Option<f64> {
    let figures = &evaluation.held_out_figures.as_ref()?.figures;
    figures
        .iter()
        .find(|(figure, ..)| *figure == wanted)
        .map(|(_, value, _)| *value)
}

/// Calibrated log-odds by another model's schema; `None` when it refuses the row.
fn score(model: &ChurnModel, design: &Design<'_>, row: usize) -> Option<f64> {
    let plan = design.plan;
    let schema = model.schema();
    let known = plan
        .features
        .iter()
        .filter(|feature| schema.position(&feature.name).is_some());
    let values = known.map(|feature| {
        let value = match feature.value(plan.rows[row]) {
            Value::Missing => None,
            value @ (Value::Number(_) | Value::Text(_) | Value::Flag(_)) => Some(value),
        };
        (feature.name.as_str(), value)
    });
    let values: Vec<_> = values.collect();
    let snapshot = Snapshot::new("held-out", values.into_iter()).ok()?;
    let row = schema.row(&snapshot).ok()?;
    Some(model.explain(&row).calibrated_log_odds)
}
