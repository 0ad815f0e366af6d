//! How far each kind of model gets on the same folds, without publishing any.

use std::fmt;

use super::{
    ChurnTraining, Progress, Settings, Shapes, TrainError, design::Design, evaluation, plan::Plan,
    quality, table::Table,
};
use crate::model::Metrics;

/// A recipe and what it reached.
#[derive(Debug, Clone, PartialEq)]
pub struct Benchmarked {
    /// What was fitted.
    pub recipe: Recipe,
    /// Mean over the folds.
    pub metrics: Metrics,
}

/// A way to fit a churn model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recipe {
    /// Straight lines with one ridge penalty of 1: ordinary logistic regression.
    Plain,
    /// The search, up to these shapes.
    Searched(Shapes),
}

impl Recipe {
    /// From the plainest to the richest.
    pub const ALL: [Self; 4] = [
        Self::Plain,
        Self::Searched(Shapes::Lines),
        Self::Searched(Shapes::Curves),
        Self::Searched(Shapes::Pairs),
    ];

    fn settings(self, asked: &Settings) -> Settings {
        let (shapes, ridge_penalty) = match self {
            Self::Plain => (Shapes::Lines, Some(1.0)),
            Self::Searched(shapes) => (shapes, None),
        };
        Settings {
            shapes,
            ridge_penalty,
            ..asked.clone()
        }
    }
}

impl fmt::Display for Recipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Plain => "plain logistic regression",
            Self::Searched(Shapes::Lines) => "lines",
            Self::Searched(Shapes::Curves) => "lines or curves",
            Self::Searched(Shapes::Pairs) => "lines, curves or pairs",
        })
    }
}

/// Cross-validates recipes on one set of folds, each with its own search and
/// calibration in every fold.
///
/// # Errors
///
/// When the data cannot be read or used, or a fit does not converge.
pub fn benchmark(
    training: &ChurnTraining,
    recipes: &[Recipe],
    progress: &dyn Progress,
) -> Result<Vec<Benchmarked>, TrainError> {
    training.settings.check()?;
    progress.stage("reading the data");
    let table = Table::read_with(&training.data, &training.settings.missing)?;
    let plan = Plan::make(&table, training)?;
    progress.quality(&quality::check(&table, &plan));
    let design = Design { plan: &plan };
    let mut benchmarked = Vec::with_capacity(recipes.len());
    for &recipe in recipes {
        progress.stage(&recipe.to_string());
        let settings = recipe.settings(&training.settings);
        let validated = evaluation::cross_validate(&design, &settings, progress)?;
        benchmarked.extend(validated.map(|validated| Benchmarked {
            recipe,
            metrics: validated.mean,
        }));
    }
    progress.finish();
    Ok(benchmarked)
}
