//! The calibration of a published model fitted anew, on recent data.
//!
//! When the share of churners drifts, a model's order of customers often still
//! holds while its probabilities do not. Only the calibration is fitted; effects
//! and explanations stay those of the older version.

mod fit;
mod json;
mod text;

use std::sync::Arc;

use super::{
    AssessError, NewData, PublishedModel,
    data::{Outcomes, was_fitted_on},
    scored::{Scored, UnusualValues},
};
use crate::{
    artifact::{self, ChurnContent, Document, Documents, Identity, PublishError, SigningKey},
    model::{
        Assessment, Calibration, CalibrationMethod, Evaluation, Figure, Figures, ProfitMeasure,
        Ranking, Recalibration, TrainingFacts,
    },
    train::{PlanError, Progress, baseline, plan::MIN_CLASS_ROWS, split::Split},
};
use fit::Fit;

/// Folds of the cross-fitting.
const FOLDS: u32 = 5;
/// The most AUC that a model may have lost since it was published.
const MAX_AREA_LOST: f64 = 0.1;

/// What is asked for: a new calibration of a published model.
#[derive(Debug, Clone)]
pub struct RecalibrationRequest {
    /// The model.
    pub model: PublishedModel,
    /// Recent rows with outcomes.
    pub data: NewData,
    /// What to fit.
    pub method: RecalibrationMethod,
    /// Seed of the folds.
    pub seed: u64,
    /// Whether to publish what is no better.
    pub publish: PublishRule,
    /// Who signs what is published.
    pub sign_key: Option<Arc<SigningKey>>,
}

/// What to fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecalibrationMethod {
    /// What the data choose by cross-fitted log loss; no calibration, when none helps.
    Auto,
    /// This one.
    Only(CalibrationMethod),
    /// No calibration.
    Nothing,
}

/// When to publish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PublishRule {
    /// When the log loss falls by more than one standard error, and the model's
    /// order of the rows is about as good as when it was published.
    WhenBetter,
    /// Always.
    Always,
}

/// What came of it.
#[derive(Debug, Clone)]
pub struct Recalibrated {
    /// The version whose coefficients are kept.
    pub from: Identity,
    /// The version that was published; `None` when it would not be better, or the
    /// model ranks these rows too badly.
    pub published: Option<Identity>,
    /// Whether the model was fitted on one of the files.
    pub trained_on_these_files: bool,
    /// Rows with an outcome.
    pub rows: u64,
    /// How many of them churned.
    pub churners: u64,
    /// What was fitted to all rows: a method's name, or `none`.
    pub method: &'static str,
    /// The published calibration on these rows.
    pub before: CalibrationFigures,
    /// The new one, each row by a fit that did not see it.
    pub after: CalibrationFigures,
    /// AUC of the older version where it was evaluated before it was published.
    pub published_area: f64,
    /// Its AUC on these rows.
    pub area: f64,
    /// Mean by which the log loss falls.
    pub gain: f64,
    /// Its standard error, from the differences customer by customer.
    pub standard_error: f64,
    /// Features with values that training did not see.
    pub unusual: Vec<UnusualValues>,
}

/// How far probabilities keep their promise.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CalibrationFigures {
    /// Mean negative log-likelihood, in nats.
    pub log_loss: f64,
    /// Mean squared error.
    pub brier_score: f64,
    /// Expected calibration error, in [0, 1].
    pub calibration_error: f64,
    /// Mean predicted probability, in [0, 1].
    pub mean_probability: f64,
}

impl Recalibrated {
    /// Whether the new calibration is better by more than one standard error.
    #[must_use]
    pub fn is_better(&self) -> bool {
        self.gain > self.standard_error
    }

    /// Whether the model orders these rows about as well as when it was published,
    /// and better than chance. If not, the labels may be turned round, or the model
    /// is no longer of use; no calibration mends either.
    #[must_use]
    pub fn ranks_as_published(&self) -> bool {
        self.area >= 0.5 && self.area >= self.published_area - MAX_AREA_LOST
    }
}

/// Fits a new calibration and publishes it as the model's next version.
///
/// # Errors
///
/// When the model cannot be loaded, the data do not fit it or have fewer than 50
/// rows of either outcome, no calibration can be fitted, or the version cannot be
/// published. A calibration that is no better, or of a model that ranks the rows too
/// badly, is no error: it is not published.
pub fn recalibrate(
    request: &RecalibrationRequest,
    progress: &dyn Progress,
) -> Result<Recalibrated, AssessError> {
    progress.stage("loading the model");
    let (artifact, documents) = request.model.load_whole()?;
    let artifact = artifact.into_churn()?;
    progress.stage("reading the data");
    let table = request.data.read()?;
    let content = artifact.content;
    let outcomes = Outcomes::find(&table, &request.data, &content.churn_definition)?;
    check_size(&outcomes)?;
    progress.stage("scoring");
    let scored = Scored::of(&content.model, &table, &outcomes.rows)?;
    progress.stage("fitting the calibration");
    let groups = outcomes.groups.as_deref();
    let split = Split::of_rows(&outcomes.churned, groups);
    let every: Vec<usize> = (0..outcomes.rows.len()).collect();
    let fold_of_row = split.fold_of_rows(&every, FOLDS, request.seed)?;
    let fit = Fit::of(
        request.method,
        &scored.log_odds,
        &outcomes.churned,
        &fold_of_row,
    )?;
    let (gain, standard_error) = fit::gain(
        &scored.calibrated,
        &fit.cross_fitted,
        &outcomes.churned,
        groups,
    );
    let method = fit
        .calibration
        .as_ref()
        .map_or("none", |c| c.method().label());
    let assess = |log_odds: &[f64]| assess(log_odds, &outcomes);
    let before = assess(&scored.calibrated)?;
    let after = assess(&fit.cross_fitted)?;
    let mut recalibrated = Recalibrated {
        from: artifact.identity,
        published: None,
        trained_on_these_files: was_fitted_on(&content.training, &table),
        rows: outcomes.rows.len() as u64,
        churners: outcomes.churners() as u64,
        method,
        before: CalibrationFigures::of(&before),
        after: CalibrationFigures::of(&after),
        published_area: content.evaluation.held_out.area_under_curve,
        area: before.metrics.area_under_curve,
        gain,
        standard_error,
        unusual: scored.unusual,
    };
    let sound = recalibrated.is_better() && recalibrated.ranks_as_published();
    if sound || request.publish == PublishRule::Always {
        progress.stage("publishing");
        let provenance = Recalibration {
            from_version: recalibrated.from.version.get(),
            data_file: table.name(),
            data_sha256: table.sha256().to_string(),
            rows: recalibrated.rows,
            target: other(
                request.data.target.as_ref(),
                &content.churn_definition.target,
            ),
            positive: other(
                request.data.positive.as_ref(),
                &content.churn_definition.positive,
            ),
            method: method.to_owned(),
            seed: request.seed,
            trainer_version: env!("CARGO_PKG_VERSION").to_owned(),
        };
        let documents = kept(documents, fit.calibration.as_ref(), &scored.log_odds)?;
        let content = renewed(content, fit.calibration, &after, provenance);
        let PublishedModel { models, name, .. } = &request.model;
        recalibrated.published = Some(artifact::publish_signed(
            models,
            name,
            &content.into(),
            &documents,
            request.sign_key.as_deref(),
        )?);
    }
    progress.finish();
    Ok(recalibrated)
}

/// The documents that hold of the new version too: the configuration, and the
/// baseline with the scores of `log_odds`, before calibration, as it calibrates
/// them. Report and card tell of the old calibration.
fn kept(
    mut documents: Documents,
    calibration: Option<&Calibration>,
    log_odds: &[f64],
) -> Result<Documents, AssessError> {
    documents
        .retain(|document, _| matches!(document, Document::Configuration | Document::Baseline));
    if let Some(stored) = documents.get_mut(&Document::Baseline) {
        let scores = log_odds.iter();
        let scores: Vec<f64> = match calibration {
            Some(calibration) => scores.map(|&score| calibration.apply(score)).collect(),
            None => scores.copied().collect(),
        };
        let renewed = baseline::with_scores(artifact::read_baseline(stored)?, &scores);
        *stored = artifact::write_baseline(&renewed).map_err(PublishError::from)?;
    }
    Ok(documents)
}

/// The same model with another calibration, and what is to be known of it.
fn renewed(
    content: ChurnContent,
    calibration: Option<Calibration>,
    cross_fitted: &Assessment,
    provenance: Recalibration,
) -> ChurnContent {
    ChurnContent {
        model: content.model.with_calibration(calibration),
        training: TrainingFacts {
            recalibrated: Some(provenance),
            ..content.training
        },
        evaluation: Evaluation {
            held_out: cross_fitted.metrics,
            held_out_figures: Some(Figures {
                figures: Figure::ALL
                    .into_iter()
                    .filter_map(|figure| Some((figure, figure.of(cross_fitted)?, None)))
                    .collect(),
                advised_threshold: cross_fitted.maximum_profit.threshold,
            }),
            cross_validated: None,
            folds: 0,
        },
        churn_definition: content.churn_definition,
        purchases: content.purchases,
    }
}

fn check_size(outcomes: &Outcomes) -> Result<(), PlanError> {
    let churners = outcomes.churners();
    let counts = [
        ("churned", churners),
        ("did not churn", outcomes.rows.len() - churners),
    ];
    match counts
        .into_iter()
        .find(|(_, found)| *found < MIN_CLASS_ROWS)
    {
        Some((outcome, found)) => Err(PlanError::TooFewRows { outcome, found }),
        None => Ok(()),
    }
}

/// What was asked for, where it is not what the model means.
fn other(asked: Option<&String>, defined: &str) -> Option<String> {
    asked.filter(|asked| *asked != defined).cloned()
}

fn assess(log_odds: &[f64], outcomes: &Outcomes) -> Result<Assessment, PlanError> {
    let ranking = Ranking::of(log_odds, &outcomes.churned).ok_or(PlanError::OneClassInPart)?;
    Ok(ranking.assess(&ProfitMeasure::default()))
}

impl CalibrationFigures {
    fn of(assessment: &Assessment) -> Self {
        Self {
            log_loss: assessment.metrics.log_loss,
            brier_score: assessment.metrics.brier_score,
            calibration_error: assessment.calibration_error,
            mean_probability: assessment.mean_probability,
        }
    }
}
