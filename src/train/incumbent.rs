//! Whether a new model is better than the newest version of its name.

use std::io;

use super::{
    ChurnTraining, Criterion, PlanError, TrainError, assess::Scored, design::Design,
    error::NotBetter, table::Table,
};
use crate::{
    artifact,
    model::{Better, Evaluation, Figure, Ranking},
};

/// Nothing where there is no version yet, or where the new model is better by
/// the criterion than the newest one, both on the rows held out. The newest one
/// scores them as it would in serving, by all of its own features.
///
/// # Errors
///
/// When it is not better, or the newest version cannot be loaded or refuses the
/// data.
pub(super) fn beaten(
    training: &ChurnTraining,
    table: &Table,
    design: &Design<'_>,
    held_out: &[usize],
    evaluation: &Evaluation,
    criterion: Criterion,
) -> Result<(), TrainError> {
    let versions = match artifact::versions(&training.models, &training.name) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(TrainError::IncumbentUnknown(error));
        }
        found => found.unwrap_or_default(),
    };
    let Some(&version) = versions.last() else {
        return Ok(());
    };
    let incumbent = artifact::load(&training.models, &training.name, version)?.into_churn()?;
    let rows: Vec<usize> = held_out.iter().map(|&row| design.plan.rows[row]).collect();
    let scored = Scored::of(&incumbent.content.model, table, &rows)
        .map_err(|reason| TrainError::IncumbentRefuses { version, reason })?;
    let ranking = Ranking::of(&scored.calibrated, &design.outcomes(held_out))
        .ok_or(PlanError::OneClassInPart)?;
    let figure = criterion.figure();
    let theirs = figure.of(&ranking.assess(&training.settings.profit));
    let (Some(ours), Some(theirs)) = (value(evaluation, figure), theirs) else {
        return Err(PlanError::OneClassInPart.into());
    };
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
