//! Columns that are features of the purchase history, where the user says how
//! they were built.

use super::{
    ColumnKind, ColumnOverride, ColumnRole, Decision, Plan, PlannedFeature, Values, column::decide,
};
use crate::{
    features::purchases::{PurchaseFeatureRules, PurchaseRulesError},
    train::{ChurnTraining, PlanError, table::Column},
};

/// Decides again on a column that was taken for something else than the number
/// that it is, such as a flag because only 0 and 1 occur.
pub(super) fn as_number<'t>(
    decision: Decision<'t>,
    column: &'t Column,
    rows: &[usize],
    training: &ChurnTraining,
) -> Result<Decision<'t>, PlanError> {
    let told = training.columns.get(&column.name);
    let open = told.is_none_or(|told| told.role.is_none());
    let rules = training.purchases.as_ref();
    match &decision {
        Decision::Feature(feature)
            if open
                && !feature.is_number()
                && rules.is_some_and(|rules| rules.build(&column.name)) =>
        {
            let told = ColumnOverride {
                role: Some(ColumnRole::Feature(ColumnKind::Number)),
                ..told.cloned().unwrap_or_default()
            };
            decide(column, rows, Some(&told))
        }
        Decision::Feature(_) | Decision::Excluded(_) => Ok(decision),
    }
}

/// Whether the features are such as the rules build.
pub(super) fn check(plan: &Plan<'_>, rules: &PurchaseFeatureRules) -> Result<(), PlanError> {
    let features = || plan.features.iter().map(|feature| &*feature.name);
    let excluded = plan.excluded.iter().map(|(name, _)| name.as_str());
    // Columns that are left out, as constants are, tell of other rules as well.
    rules.check_names(features().chain(excluded))?;
    rules.check_names(features())?;
    let mut built = plan.features.iter().filter(|f| rules.build(&f.name));
    match built.find(|feature| !feature.is_number()) {
        Some(feature) => Err(PurchaseRulesError::NoNumber {
            feature: feature.name.clone(),
        }
        .into()),
        None => Ok(()),
    }
}

impl PlannedFeature<'_> {
    fn is_number(&self) -> bool {
        matches!(self.values, Values::Numbers(_))
    }
}
