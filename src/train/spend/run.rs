//! A run from data to a published spend model.

use std::path::PathBuf;

use rayon::prelude::*;
use serde_json::Value;

use super::{
    SpendDataError, SpendError, SpendTraining, card, content_json,
    fit::{Sample, SpendEstimate},
    html,
    target::{self, Target},
};
use crate::{
    artifact::{self, Content, Document, Documents, Identity, SpendContent},
    model::{
        Chosen, DataFile, TrainingFacts,
        value::{SpendEvaluation, SpendFit, SpendMetrics, SpendModel},
    },
    train::{
        FitError, PlanError, Progress, assess::json::identity as told, design::Design, plan::Plan,
        split::Split, table::Table,
    },
};

/// A published spend model.
#[derive(Debug, Clone)]
pub struct SpendTrained {
    /// Which version it is.
    pub identity: Identity,
    /// What it holds.
    pub content: SpendContent,
    /// The directory of models.
    pub models: PathBuf,
}

/// Fits a spend model and publishes it.
///
/// The same data, settings and release give the same bytes on the same kind of
/// machine, whatever the number of threads.
///
/// # Errors
///
/// When the data cannot be read or used, the fit does not converge, or the model
/// cannot be published. Nothing is published then, unless only the last step
/// failed: making the published version durable.
pub fn spend(
    training: &SpendTraining,
    progress: &dyn Progress,
) -> Result<SpendTrained, SpendError> {
    let settings = &training.settings;
    settings.check()?;
    progress.stage("reading the data");
    let table = Table::read_with(&training.data, &settings.missing)?;
    progress.stage("checking its quality");
    let target = Target::read(&table, training)??;
    let sides = target.sides();
    let plan = Plan::of_outcomes(
        &table,
        &training.planning(),
        target.rows.clone(),
        target.spent_more.clone(),
    )
    .and_then(|plan| plan.without_outcomes(target::tells_of_horizon))
    .map_err(|error| in_spend(error, sides))?;

    progress.stage("fitting");
    let design = Design { plan: &plan };
    let (fitted, held_out) = Split::of(&plan)
        .held_out(settings.held_out_share, settings.seed)
        .map_err(|error| in_spend(error, sides))?;
    let spent =
        |rows: &[usize]| -> Vec<f64> { rows.iter().map(|&row| target.spend[row]).collect() };
    let fold_of_row = design
        .fold_of_rows(&fitted, settings.seed)
        .map_err(|error| in_spend(error, sides))?;
    let sample = Sample {
        rows: &fitted,
        spend: &spent(&fitted),
        fold_of_row: &fold_of_row,
    };
    let estimate = SpendEstimate::of(&design, sample, settings)?;

    progress.stage("measuring");
    let predicted = predict(&design, &estimate.model, &held_out)?;
    let power = estimate.variance.power;
    let measured = SpendMetrics::of(&predicted, &spent(&held_out), estimate.mean_spend, power);
    let held_out = measured.ok_or(PlanError::OneClassInPart)?;
    let content = SpendContent {
        definition: training.definition(),
        fit: SpendFit {
            power,
            dispersion: estimate.variance.dispersion,
            explained_by_lines: estimate.explained[0],
            explained_by_curves: estimate.explained[1],
            calibration_factor: estimate.calibration_factor,
            mean_spend: estimate.mean_spend,
            clamped_rows: target.clamped as u64,
        },
        training: facts(training, &table, &plan, &estimate, fitted.len()),
        evaluation: SpendEvaluation { held_out },
        model: estimate.model,
    };

    progress.stage("publishing");
    let documents = Documents::from([
        (
            Document::Configuration,
            training.configuration.clone().into_bytes(),
        ),
        (
            Document::Report,
            html::html(&training.name, &content, &training.configuration).into_bytes(),
        ),
        (
            Document::Card,
            card::card(&training.name, &content).into_bytes(),
        ),
    ]);
    let published = Content::from(content.clone());
    let key = training.sign_key.as_deref();
    let (models, name) = (&training.models, &training.name);
    let identity = artifact::publish_signed(models, name, &published, &documents, key)?;
    progress.finish();
    Ok(SpendTrained {
        identity,
        content,
        models: training.models.clone(),
    })
}

fn predict(design: &Design<'_>, model: &SpendModel, rows: &[usize]) -> Result<Vec<f64>, FitError> {
    let rows = rows.par_iter().map(|&row| {
        let row = design.row(model.schema(), row)?;
        Ok(model.explain(&row).expected_spend())
    });
    rows.collect()
}

fn facts(
    training: &SpendTraining,
    table: &Table,
    plan: &Plan<'_>,
    estimate: &SpendEstimate,
    fitted_rows: usize,
) -> TrainingFacts {
    let features = estimate.model.schema().features().iter();
    let curves = features.filter(|feature| feature.bends()).count();
    let rung = if curves > 0 { "curves" } else { "lines" };
    TrainingFacts {
        data_file: table.name(),
        data_sha256: table.sha256().to_string(),
        sources: table.sources.iter().map(DataFile::from).collect(),
        rows: plan.rows.len() as u64,
        fitted_rows: fitted_rows as u64,
        seed: training.settings.seed,
        ridge_penalty: None,
        trainer_version: env!("CARGO_PKG_VERSION").to_owned(),
        chosen: Some(Chosen {
            rung: rung.to_owned(),
            curves: u32::try_from(curves).unwrap_or(u32::MAX),
            pairs: 0,
        }),
        excluded_columns: plan.excluded_columns(),
        recalibrated: None,
    }
}

/// A fault of the plan, told of spend where it speaks of churn.
fn in_spend(error: PlanError, [more, less]: [&'static str; 2]) -> SpendError {
    let PlanError::PartLacksOutcome { part, outcome, .. } = error else {
        return error.into();
    };
    let what = if outcome == "churned" { more } else { less };
    SpendDataError::PartLacks { part, what }.into()
}

impl SpendTrained {
    /// With stable names.
    #[must_use]
    pub fn json(&self) -> Value {
        let Self {
            identity, content, ..
        } = self;
        let mut json = content_json(content);
        json["model"] = told(identity);
        json
    }
}
