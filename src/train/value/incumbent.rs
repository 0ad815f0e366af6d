//! Whether a new value model is better than the newest version of its name.

use std::io;

use super::{
    ValueTraining,
    customers::CutOff,
    error::{ValueError, ValueNotBetter, ValueSettingsError},
    run::measured,
    settings::ValueCriterion,
};
use crate::{
    artifact,
    model::{HoldOut, HoldOutFigures},
    train::{assess::NoModel, transactions::PurchaseLog},
};

/// Nothing where there is no version yet, or where the new model is better by
/// the criterion than the newest one, both on the days held out: the new one as
/// it was fitted to the days before them, the newest one as it was published.
///
/// # Errors
///
/// When it is not better, nothing was held out, or the newest version cannot be
/// loaded or counts purchases in another way.
pub(super) fn beaten(
    training: &ValueTraining,
    log: &PurchaseLog,
    hold_out: Option<&HoldOut>,
    criterion: ValueCriterion,
) -> Result<(), ValueError> {
    let ours = hold_out.ok_or(ValueSettingsError::NothingToCompareOn)?;
    let versions = match artifact::versions(&training.models, &training.name) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(ValueError::IncumbentUnknown(error));
        }
        found => found.unwrap_or_default(),
    };
    let Some(&version) = versions.last() else {
        return Ok(());
    };
    let incumbent = artifact::load(&training.models, &training.name, version)
        .map_err(NoModel::from)?
        .into_value()?;
    let (model, known) = (
        &incumbent.content.model,
        incumbent.content.training.observed_until,
    );
    let parts = model.parts();
    let differs = |difference| {
        Err(ValueError::IncumbentDiffers {
            version,
            difference,
        })
    };
    let counting = parts.purchase.kind().counts();
    if counting != training.candidates.counting() {
        return differs("counts purchases in another way (bg-bb by units of time)");
    }
    if parts.refunds != log.refunds() || parts.occasion != log.occasion() {
        return differs("was fitted with other --refunds or another --occasion");
    }
    let cut_off = CutOff {
        as_of: ours.calibration_end,
        until: log.last_day(),
        unit: parts.unit,
        refunds: parts.refunds,
        counting,
    };
    let theirs = measured(log, cut_off, model)?;
    let (Some(ours), Some(theirs)) = (criterion.of(&ours.model), criterion.of(&theirs.model))
    else {
        return differs("has no such figure");
    };
    let better = match criterion {
        ValueCriterion::LogScore => ours > theirs,
        ValueCriterion::MeanAbsoluteError => ours < theirs,
    };
    if better {
        return Ok(());
    }
    Err(ValueNotBetter {
        figure: criterion.label(),
        version,
        ours,
        theirs,
        knew: Some(known).filter(|known| *known > cut_off.as_of),
    }
    .into())
}

impl ValueCriterion {
    fn of(self, figures: &HoldOutFigures) -> Option<f64> {
        match self {
            Self::LogScore => figures.log_score,
            Self::MeanAbsoluteError => Some(figures.mean_absolute_error),
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::LogScore => "mean log score",
            Self::MeanAbsoluteError => "mean absolute error",
        }
    }
}
