//! A run from data to a published churn model.

use super::{
    ChurnTraining, Progress, TrainError, Trained, baseline,
    bootstrap::{Bootstrap, Scored},
    design::Design,
    estimate::Estimate,
    evaluation::{self, CrossValidated},
    incumbent,
    plan::{self, Plan},
    quality,
    report::{self, Findings},
    split::Split,
    table::Table,
};
use crate::{
    artifact::{self, ChurnContent, Content, Document, Documents, PublishError},
    model::{DataFile, Evaluation, Figure, Figures, Ranking, TrainingFacts},
    train::{PlanError, SettingsError},
};

/// Fits a churn model and publishes it.
///
/// The same data, settings and release give the same bytes on the same kind of
/// machine, whatever the number of threads.
///
/// # Errors
///
/// When the data cannot be read or used, the fit does not converge, the model is
/// not better than it must be, or it cannot be published. Nothing is published
/// then, unless only the last step failed: making the published version durable.
pub fn churn(training: &ChurnTraining, progress: &dyn Progress) -> Result<Trained, TrainError> {
    let settings = &training.settings;
    settings.check()?;
    let told = &training.columns;
    if settings.ridge_penalty.is_some() && told.values().any(|c| c.monotone.is_some()) {
        return Err(SettingsError::MonotoneWithPenalty.into());
    }
    progress.stage("reading the data");
    let table = Table::read_with(&training.data, &settings.missing)?;
    progress.stage("checking its quality");
    let plan = Plan::make(&table, training)?;
    for slice in &settings.slices {
        plan::find(&table, slice, "--slice")?;
    }
    let quality = quality::check(&table, &plan);
    progress.quality(&quality);

    progress.stage("fitting");
    let design = Design { plan: &plan };
    let (fitted, held_out) = Split::of(&plan).held_out(settings.held_out_share, settings.seed)?;
    let estimate = Estimate::of(&design, &fitted, settings)?;
    let cross_validated = evaluation::cross_validate(&design, settings, progress)?;

    progress.stage("measuring");
    let run = Run {
        training,
        design: &design,
        estimate: &estimate,
        held_out: &held_out,
        cross_validated: cross_validated.as_ref(),
    };
    let evaluation = run.evaluation()?;
    if let Some(criterion) = training.publish_if_better {
        incumbent::beaten(training, &table, &design, &held_out, &evaluation, criterion)?;
    }
    let content = ChurnContent {
        model: estimate.model.clone(),
        churn_definition: training.churn_definition(),
        purchases: training.purchases.clone(),
        training: run.facts(&table, fitted.len()),
        evaluation,
    };
    progress.stage("writing the report");
    let baseline = baseline::of(&design, &estimate.model, &fitted)?;
    let report = report::gather(&Findings {
        training,
        table: &table,
        design: &design,
        quality: &quality,
        estimate: &estimate,
        fitted: &fitted,
        held_out: &held_out,
        cross_validated: cross_validated.as_ref(),
        baseline: &baseline,
        configuration: &training.configuration,
    })?;
    let documents = Documents::from([
        (
            Document::Baseline,
            artifact::write_baseline(&baseline).map_err(PublishError::from)?,
        ),
        (
            Document::Configuration,
            training.configuration.clone().into_bytes(),
        ),
        (Document::Report, report::html(&report)?.into_bytes()),
        (Document::Card, report::card(&report).into_bytes()),
    ]);

    progress.stage("publishing");
    let published = Content::from(content.clone());
    let key = training.sign_key.as_deref();
    let (models, name) = (&training.models, &training.name);
    let identity = artifact::publish_signed(models, name, &published, &documents, key)?;
    progress.finish();
    Ok(Trained {
        identity,
        content,
        models: training.models.clone(),
        quality,
    })
}

struct Run<'r> {
    training: &'r ChurnTraining,
    design: &'r Design<'r>,
    estimate: &'r Estimate,
    held_out: &'r [usize],
    cross_validated: Option<&'r CrossValidated>,
}

impl Run<'_> {
    fn evaluation(&self) -> Result<Evaluation, TrainError> {
        let settings = &self.training.settings;
        let log_odds = self.design.log_odds(&self.estimate.model, self.held_out)?;
        let churned = self.design.outcomes(self.held_out);
        let ranking = Ranking::of(&log_odds, &churned).ok_or(PlanError::OneClassInPart)?;
        let assessment = ranking.assess(&settings.profit);
        let groups = self.design.groups(self.held_out);
        let scored = Scored {
            log_odds: &log_odds,
            churned: &churned,
            groups: groups.as_deref(),
        };
        let intervals = match settings.bootstrap {
            0 => None,
            replicates => Bootstrap {
                replicates,
                seed: settings.seed,
            }
            .intervals(scored, &settings.profit),
        }
        .unwrap_or_default();
        let value = |figure: Figure| {
            let interval = intervals.get(&figure).copied();
            Some((figure, figure.of(&assessment)?, interval))
        };
        Ok(Evaluation {
            held_out: assessment.metrics,
            held_out_figures: Some(Figures {
                figures: Figure::ALL.into_iter().filter_map(value).collect(),
                advised_threshold: assessment.maximum_profit.threshold,
            }),
            folds: self.cross_validated.map_or(0, CrossValidated::count),
            cross_validated: self.cross_validated.map(|validated| validated.mean),
        })
    }

    fn facts(&self, table: &Table, fitted_rows: usize) -> TrainingFacts {
        let settings = &self.training.settings;
        let plan = self.design.plan;
        TrainingFacts {
            data_file: table.name(),
            data_sha256: table.sha256().to_string(),
            sources: table.sources.iter().map(DataFile::from).collect(),
            rows: plan.rows.len() as u64,
            fitted_rows: fitted_rows as u64,
            seed: settings.seed,
            ridge_penalty: settings.ridge_penalty,
            trainer_version: env!("CARGO_PKG_VERSION").to_owned(),
            chosen: self.estimate.chosen(),
            excluded_columns: plan.excluded_columns(),
            recalibrated: None,
        }
    }
}
