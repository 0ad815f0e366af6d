//! How good the model is: figures with intervals, beside a plain model, by
//! candidate and by fold.

use std::collections::BTreeMap;

use super::{Findings, scores::Scores};
use crate::{
    model::{self, Assessment, Metrics, ProfitMeasure, Ranking},
    train::{
        Calibrations, PlanError, Settings, Shapes, TrainError,
        bootstrap::{Bootstrap, Scored, ScoredTwice},
        estimate::Estimate,
        report::{
            BrierParts, Candidate, Figure, Figures, FoldFigures, Interval, Performance,
            PlainComparison,
        },
        search::Step,
    },
};

/// Of every interval.
const CONFIDENCE: f64 = 0.95;
/// Predictions out of fold beyond so many rows have no intervals: chance is
/// small there, and drawing them is not.
const MAX_DRAWN_ROWS: usize = 200_000;
/// With more cells, no plain model is fitted to compare with.
const MAX_PLAIN_CELLS: usize = 10_000_000;

pub(super) fn of(findings: &Findings<'_>, scores: &Scores) -> Result<Performance, TrainError> {
    let settings = &findings.training.settings;
    let cross_validated = findings.cross_validated.map(|validated| {
        let churned = findings.design.outcomes(&validated.rows);
        let groups = findings.groups(&validated.rows);
        let ranking = Ranking::of(&validated.log_odds, &churned);
        let ranking = ranking.ok_or(PlanError::OneClassInPart)?;
        let predictions = Scored {
            log_odds: &validated.log_odds,
            churned: &churned,
            groups: groups.as_deref(),
        };
        let draw = churned.len() <= MAX_DRAWN_ROWS;
        let intervals = draw.then(|| intervals(settings, predictions));
        let assessment = ranking.assess(&settings.profit);
        Ok::<_, TrainError>(figures(&assessment, &intervals.unwrap_or_default()))
    });
    let intervals = intervals(settings, scores.scored());
    let assessment = scores.ranking.assess(&settings.profit);
    Ok(Performance {
        held_out: figures(&assessment, &intervals),
        cross_validated: cross_validated.transpose()?,
        confidence: CONFIDENCE,
        bootstrap_samples: settings.bootstrap,
        plain: against_plain(findings, scores, &assessment.metrics),
    })
}

impl Scores {
    fn scored(&self) -> Scored<'_> {
        Scored {
            log_odds: &self.log_odds,
            churned: &self.churned,
            groups: self.groups.as_deref(),
        }
    }
}

/// By the settings' bootstrap; none when that has no replicates.
pub(super) fn intervals(
    settings: &Settings,
    scored: Scored<'_>,
) -> BTreeMap<model::Figure, model::Interval> {
    let drawn = bootstrap(settings).map(|bootstrap| bootstrap.intervals(scored, &settings.profit));
    drawn.flatten().unwrap_or_default()
}

fn bootstrap(settings: &Settings) -> Option<Bootstrap> {
    (settings.bootstrap > 0).then_some(Bootstrap {
        replicates: settings.bootstrap,
        seed: settings.seed,
    })
}

pub(super) fn interval(interval: model::Interval) -> Interval {
    let model::Interval { low, high } = interval;
    Interval { low, high }
}

fn figures(
    assessment: &Assessment,
    intervals: &BTreeMap<model::Figure, model::Interval>,
) -> Figures {
    use model::Figure as Of;
    let with_interval = |figure: Of, value: f64| Figure {
        value,
        interval: intervals.get(&figure).copied().map(interval),
    };
    let metrics = &assessment.metrics;
    let brier = &assessment.brier;
    Figures {
        rows: metrics.rows,
        prevalence: metrics.prevalence,
        area_under_curve: with_interval(Of::AreaUnderCurve, metrics.area_under_curve),
        pr_area_under_curve: Some(with_interval(
            Of::AveragePrecision,
            assessment.average_precision,
        )),
        log_loss: with_interval(Of::LogLoss, metrics.log_loss),
        brier_score: with_interval(Of::BrierScore, metrics.brier_score),
        brier_parts: Some(BrierParts {
            reliability: brier.reliability,
            // What is told apart within bins is told apart too.
            resolution: brier.resolution - brier.within_bins,
            uncertainty: brier.uncertainty,
        }),
        calibration_error: Some(Figure {
            value: assessment.calibration_error,
            // Drawn rows are noisier than the rows: the interval would lie too high.
            interval: None,
        }),
        kolmogorov_smirnov: Some(with_interval(
            Of::KolmogorovSmirnov,
            assessment.kolmogorov_smirnov,
        )),
        gini: Some(with_interval(Of::Gini, assessment.gini)),
        top_decile_lift: with_interval(Of::TopDecileLift, metrics.top_decile_lift),
        maximum_profit: Some(with_interval(
            Of::MaximumProfit,
            assessment.maximum_profit.per_customer,
        )),
        expected_maximum_profit: Some(with_interval(
            Of::ExpectedMaximumProfit,
            assessment.expected_maximum_profit.per_customer,
        )),
    }
}

/// `None` where the model is plain itself, a plain one takes too long, or does
/// not converge.
fn against_plain(
    findings: &Findings<'_>,
    scores: &Scores,
    own: &Metrics,
) -> Option<PlainComparison> {
    let settings = &findings.training.settings;
    let plan = findings.design.plan;
    let is_plain = settings.shapes == Shapes::Lines && settings.ridge_penalty.is_some();
    if is_plain || plan.rows.len() * plan.features.len() > MAX_PLAIN_CELLS {
        return None;
    }
    let wanted = Settings {
        shapes: Shapes::Lines,
        ridge_penalty: Some(1.0),
        calibration: Calibrations::None,
        ..settings.clone()
    };
    let fit = Estimate::of(findings.design, findings.fitted, &wanted).ok()?;
    let log_odds = findings
        .design
        .log_odds(&fit.model, findings.held_out)
        .ok()?;
    let metrics = Metrics::of(&log_odds, &scores.churned)?;
    let gained = differences(settings, scores, &log_odds, &settings.profit);
    let gained = |figure: model::Figure, value: f64| Figure {
        value,
        interval: gained.get(&figure).copied().map(interval),
    };
    let saved = gained(model::Figure::LogLoss, metrics.log_loss - own.log_loss);
    Some(PlainComparison {
        area_under_curve: metrics.area_under_curve,
        log_loss: metrics.log_loss,
        area_gained: gained(
            model::Figure::AreaUnderCurve,
            own.area_under_curve - metrics.area_under_curve,
        ),
        log_loss_saved: Figure {
            interval: saved.interval.map(|increase| Interval {
                low: -increase.high,
                high: -increase.low,
            }),
            ..saved
        },
    })
}

/// Intervals of the model's figures less those of the plain one.
fn differences(
    settings: &Settings,
    scores: &Scores,
    plain: &[f64],
    profit: &ProfitMeasure,
) -> BTreeMap<model::Figure, model::Interval> {
    let both = ScoredTwice {
        champion: plain,
        challenger: &scores.log_odds,
        churned: &scores.churned,
        groups: scores.groups.as_deref(),
    };
    let drawn = bootstrap(settings).map(|bootstrap| bootstrap.differences(both, profit));
    let differences = drawn.flatten().unwrap_or_default().into_iter();
    differences.map(|of| (of.figure, of.interval)).collect()
}

/// The models that the search tried.
pub(super) fn candidates(findings: &Findings<'_>) -> Vec<Candidate> {
    let Estimate { ladder, chosen, .. } = findings.estimate;
    let settings = &findings.training.settings;
    let rungs = ladder.iter().enumerate();
    rungs
        .map(|(position, rung)| Candidate {
            name: rung.step.to_string(),
            parameters: match settings.ridge_penalty {
                Some(penalty) => format!("ridge penalty {penalty}"),
                None => parameters(rung.step, settings.knots),
            },
            log_loss: rung.log_loss,
            log_loss_standard_error: rung.standard_error,
            area_under_curve: rung.area_under_curve,
            chosen: position == *chosen,
        })
        .collect()
}

fn parameters(step: Step, knots: usize) -> String {
    match step {
        Step::Lines => "no knots".to_owned(),
        Step::Curves | Step::Pairs(_) => format!("about {knots} knots"),
    }
}

/// Folds in the order that they were run, counted from 1.
pub(super) fn folds(findings: &Findings<'_>) -> Vec<FoldFigures> {
    let mut counted: BTreeMap<u32, u32> = BTreeMap::new();
    let folds = findings
        .cross_validated
        .iter()
        .flat_map(|validated| &validated.folds);
    folds
        .map(|fold| {
            let number = counted.entry(fold.repeat).or_default();
            *number += 1;
            FoldFigures {
                repeat: fold.repeat + 1,
                fold: *number,
                rows: fold.metrics.rows,
                area_under_curve: fold.metrics.area_under_curve,
                log_loss: fold.metrics.log_loss,
                brier_score: fold.metrics.brier_score,
            }
        })
        .collect()
}
