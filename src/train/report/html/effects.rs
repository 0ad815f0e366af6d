//! The effect of every feature, the most important first.

use maud::{Markup, html};

use super::{
    drivers::by_importance,
    parts::{Section, cut, name, term},
};
use crate::train::report::{
    Effect, EffectShape, Level, Monotonicity, ReportData, ReportError,
    charts::{self, Bar, Picture},
    text::{count, counted, percent, signed},
};

/// Effects that are open; the others are folded away.
const OPEN: usize = 24;
/// Levels drawn of one feature: those with most rows.
const MOST_LEVELS: usize = 15;
/// Effects drawn at all.
const MOST_EFFECTS: usize = 1000;

pub(super) fn section(data: &ReportData) -> Result<Section, ReportError> {
    let effects = by_importance(data);
    let total: f64 = effects.iter().map(|effect| effect.importance).sum();
    let mut plots = Vec::with_capacity(effects.len().min(MOST_EFFECTS));
    for (rank, effect) in effects.iter().enumerate().take(MOST_EFFECTS) {
        plots.push(plot(rank, effect, total)?);
    }
    let (open, folded) = plots.split_at(plots.len().min(OPEN));
    Ok(Section {
        id: "effects",
        title: "The effect of every feature",
        body: html! {
            p {
                "Each chart shows how a feature's value changes the " (term("log-odds", "log-odds"))
                " of churn, all else equal, against the average customer: above zero or to the right raises the risk. "
                "+0.69 doubles the odds, −0.69 halves them. The band and the whiskers are two standard errors; "
                "grey bars show where the customers are. Scales differ from chart to chart."
            }
            div.three { @for plot in open { (plot) } }
            @if !folded.is_empty() {
                details {
                    summary { (folded.len()) " features with smaller effects" }
                    div.three { @for plot in folded { (plot) } }
                }
            }
            (cut(effects.len(), MOST_EFFECTS, "features"))
        },
    })
}

fn plot(rank: usize, effect: &Effect, total: f64) -> Result<Markup, ReportError> {
    let id = format!("effect-{rank}");
    let title = format!("Effect of {}", effect.feature);
    let picture = Picture {
        id: &id,
        title: &title,
        description: &description(effect),
        width: 320,
        height: 250,
    };
    let (chart, hidden) = match &effect.shape {
        EffectShape::Curve { points, support } => {
            let missing = effect.missing.as_ref().map(|level| level.log_odds);
            (charts::curve(&picture, points, support, missing)?, 0)
        }
        EffectShape::Levels(levels) => {
            let shown = most_frequent(levels);
            let mut bars: Vec<Bar> = shown.iter().map(|level| bar(&level.name, level)).collect();
            bars.extend(effect.missing.iter().map(|level| bar("(missing)", level)));
            let hidden = levels.len() - shown.len();
            (
                charts::bars(&picture, &bars, "log-odds · rows", true)?,
                hidden,
            )
        }
    };
    let share = if total > 0.0 {
        effect.importance / total
    } else {
        0.0
    };
    Ok(html! {
        figure.effect {
            h3 { (rank + 1) ". " (name(&effect.feature)) }
            (chart)
            figcaption {
                (name(&effect.cause_group)) " · " (percent(share, 1)) " of all influence"
                @if let Some(monotonicity) = effect.monotonicity { " · " (held(monotonicity)) }
                @if let (EffectShape::Curve { .. }, Some(missing)) = (&effect.shape, &effect.missing) {
                    " · missing " (signed(missing.log_odds, 2)) ", " (counted(missing.rows, "row", "rows"))
                }
                @if hidden > 0 { " · " (count(hidden as u64)) " rarer values not shown" }
            }
        }
    })
}

fn held(monotonicity: Monotonicity) -> &'static str {
    match monotonicity {
        Monotonicity::Rising => "held to rise",
        Monotonicity::Falling => "held to fall",
    }
}

/// The values with most rows, by falling contribution.
fn most_frequent(levels: &[Level]) -> Vec<&Level> {
    let mut shown: Vec<&Level> = levels.iter().collect();
    shown.sort_by(|a, b| b.rows.cmp(&a.rows).then_with(|| a.name.cmp(&b.name)));
    shown.truncate(MOST_LEVELS);
    shown.sort_by(|a, b| {
        b.log_odds
            .total_cmp(&a.log_odds)
            .then_with(|| a.name.cmp(&b.name))
    });
    shown
}

fn bar(name: &str, level: &Level) -> Bar {
    Bar {
        name: name.to_owned(),
        value: level.log_odds,
        spread: level.standard_error.map(|error| 2.0 * error),
        note: format!("{} · {}", signed(level.log_odds, 2), count(level.rows)),
    }
}

/// The extremes in words, for those who cannot see the picture.
fn description(effect: &Effect) -> String {
    let ends = |values: &mut dyn Iterator<Item = f64>| {
        values
            .filter(|value| value.is_finite())
            .fold(None, |ends: Option<(f64, f64)>, value| {
                let (low, high) = ends.unwrap_or((value, value));
                Some((low.min(value), high.max(value)))
            })
    };
    let ends = match &effect.shape {
        EffectShape::Curve { points, .. } => ends(&mut points.iter().map(|point| point.log_odds)),
        EffectShape::Levels(levels) => ends(&mut levels.iter().map(|level| level.log_odds)),
    };
    match ends {
        Some((low, high)) => format!(
            "Contributions to the log-odds of churn from {} to {}.",
            signed(low, 2),
            signed(high, 2)
        ),
        None => "No contributions.".to_owned(),
    }
}
