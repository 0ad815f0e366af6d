//! What the figures say, one statement each.

use super::{
    ACCEPTABLE_AUC, EXCELLENT_AUC, HIGH_LIFT_SHARE, LEADING_SHARE, LOW_LIFT, MOST_LEADING,
    NOTABLE_LOG_LOSS, OUTSTANDING_AUC, ROUGH_CALIBRATION_ERROR, Statement,
    TRUSTED_CALIBRATION_ERROR, Tone, USELESS_AUC,
};
use crate::train::report::{
    data::{CauseShare, Effect, Figure, PlainComparison, ReportData},
    text::{compact, interval, listed, percent, rounded, short},
};

/// Names in sentences are cut here.
const NAME: usize = 40;

pub(super) fn ranking(data: &ReportData) -> Statement {
    let area = &data.performance.held_out.area_under_curve;
    let (tone, how) = match area.value {
        value if value >= OUTSTANDING_AUC => (Tone::Good, "very well"),
        value if value >= EXCELLENT_AUC => (Tone::Good, "well"),
        value if value >= ACCEPTABLE_AUC => (Tone::Good, "acceptably"),
        value if value >= USELESS_AUC => (Tone::Caution, "weakly"),
        _ => (Tone::Bad, "hardly better than chance"),
    };
    let within = interval_words(area, data.performance.confidence);
    Statement {
        topic: "Ranking",
        tone,
        text: format!(
            "It ranks customers {how}: out of 100 pairs of a customer who left and one who stayed, it gives the one who left the higher score in {} (AUC {}{within}).",
            rounded(area.value * 100.0, 0),
            rounded(area.value, 3)
        ),
    }
}

fn interval_words(figure: &Figure, confidence: f64) -> String {
    interval(figure, 3).map_or_else(String::new, |interval| {
        format!(", {} interval {interval}", percent(confidence, 0))
    })
}

pub(super) fn top_decile(data: &ReportData) -> Statement {
    let figures = &data.performance.held_out;
    let lift = figures.top_decile_lift.value;
    // Nobody can find more churners than there are.
    let possible = (1.0 / figures.prevalence).min(10.0);
    let caught = data
        .curves
        .deciles
        .first()
        .map_or(lift / 10.0, |decile| decile.cumulative_capture);
    let tone = if lift < LOW_LIFT && lift < HIGH_LIFT_SHARE * possible {
        Tone::Caution
    } else {
        Tone::Good
    };
    Statement {
        topic: "Reach",
        tone,
        text: format!(
            "The tenth of customers with the highest scores holds {} of all who leave: {} times as many as a tenth picked at random, where {} times would be perfect.",
            percent(caught, 0),
            rounded(lift, 1),
            rounded(possible, 1)
        ),
    }
}

pub(super) fn probabilities(data: &ReportData) -> Statement {
    let calibrated = data
        .calibrations
        .iter()
        .find(|candidate| candidate.chosen && !candidate.name.eq_ignore_ascii_case("none"))
        .map_or_else(String::new, |candidate| {
            format!(", after {} calibration", short(&candidate.name, NAME))
        });
    let (tone, text) = match &data.performance.held_out.calibration_error {
        None => (
            Tone::Caution,
            "Whether its probabilities can be taken at their word was not measured.".to_owned(),
        ),
        Some(error) => {
            let (tone, how) = match error.value {
                value if value <= TRUSTED_CALIBRATION_ERROR => {
                    (Tone::Good, "Its probabilities can be taken at their word")
                }
                value if value <= ROUGH_CALIBRATION_ERROR => {
                    (Tone::Caution, "Its probabilities are roughly right")
                }
                _ => (
                    Tone::Bad,
                    "Its probabilities are off: use the ranking, and recalibrate before multiplying them with money",
                ),
            };
            let off = rounded(error.value * 100.0, 1);
            (
                tone,
                format!(
                    "{how}: on average they are {off} percentage points away from what happened{calibrated}."
                ),
            )
        }
    };
    Statement {
        topic: "Probabilities",
        tone,
        text,
    }
}

pub(super) fn against_plain(data: &ReportData) -> Option<Statement> {
    let PlainComparison {
        area_under_curve,
        log_loss,
        area_gained,
        log_loss_saved,
    } = data.performance.plain.as_ref()?;
    let saved = log_loss_saved.value;
    let certain = log_loss_saved
        .interval
        .is_none_or(|interval| interval.low > 0.0 || interval.high < 0.0);
    let figures = format!(
        "log loss {} against {}, AUC {} against {}",
        rounded(log_loss - saved, 4),
        rounded(*log_loss, 4),
        rounded(area_under_curve + area_gained.value, 3),
        rounded(*area_under_curve, 3)
    );
    let (tone, text) = if saved.abs() < NOTABLE_LOG_LOSS || !certain {
        (
            Tone::Good,
            format!("It does as well as a plain logistic regression, no better ({figures})."),
        )
    } else if saved > 0.0 {
        (
            Tone::Good,
            format!("It does better than a plain logistic regression ({figures})."),
        )
    } else {
        (
            Tone::Bad,
            format!("It does worse than a plain logistic regression ({figures}): use that one."),
        )
    };
    Some(Statement {
        topic: "Worth the effort",
        tone,
        text,
    })
}

pub(super) fn drivers(data: &ReportData) -> Option<Statement> {
    let mut effects: Vec<&Effect> = data.effects.iter().collect();
    effects.sort_by(|a, b| b.importance.total_cmp(&a.importance));
    let total: f64 = effects.iter().map(|effect| effect.importance).sum();
    if total <= 0.0 {
        return None;
    }
    let mut sum = 0.0;
    let mut leading = Vec::new();
    for effect in effects.iter().take(MOST_LEADING) {
        leading.push(short(&effect.feature, NAME));
        sum += effect.importance;
        if sum >= LEADING_SHARE * total {
            break;
        }
    }
    let mut causes: Vec<&CauseShare> = data.causes.iter().collect();
    causes.sort_by(|a, b| b.share.total_cmp(&a.share));
    let named: Vec<String> = causes
        .iter()
        .take(2)
        .filter(|cause| cause.share > 0.0)
        .map(|cause| {
            format!(
                "{} ({})",
                short(&cause.group, NAME),
                percent(cause.share, 0)
            )
        })
        .collect();
    let causes = if named.is_empty() {
        String::new()
    } else {
        format!(
            " What pushes churn up in the base is mostly {}.",
            listed(&named)
        )
    };
    let are = if leading.len() == 1 { "makes" } else { "make" };
    Some(Statement {
        topic: "What matters",
        tone: Tone::Good,
        text: format!(
            "{} {are} up {} of the influence of all {} features.{causes}",
            listed(&leading),
            percent(sum / total, 0),
            effects.len()
        ),
    })
}

pub(super) fn profit(data: &ReportData) -> Option<Statement> {
    let profit = data.profit.as_ref()?;
    let advised = profit.advised;
    let (tone, text) = if advised.profit > 0.0 {
        (
            Tone::Good,
            format!(
                "Acting pays most when everybody with a probability of {} or more is contacted, {} of the customers: {} {} under the stated assumptions.",
                percent(advised.threshold, 1),
                percent(advised.share_contacted, 0),
                compact(advised.profit),
                short(&profit.unit, NAME)
            ),
        )
    } else {
        (
            Tone::Caution,
            "Under the stated assumptions, contacting anybody costs more than it brings in."
                .to_owned(),
        )
    };
    Some(Statement {
        topic: "Profit",
        tone,
        text,
    })
}
