//! The grid of rules, its frontier, and which of them is advised.

use rayon::prelude::*;

use super::{
    Figures, WarningsRequest,
    calendar::RUN_IN,
    figures::{FEWEST_ALARMS, Judge},
};
use crate::policy::WarningRules;

/// Where the level begins.
const ON: [f64; 7] = [0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
/// How far below it ends. Of rules that are as good as each other, the steadier one
/// is advised.
const BANDS: [f64; 2] = [WIDEST_BAND, 0.0];
/// The widest of them.
pub(super) const WIDEST_BAND: f64 = 0.15;
/// How many scorings in a row it must last.
const SCORINGS: [u32; RUN_IN] = [1, 2, 3];
/// How many signals at once are an alarm.
const TOGETHER: [Option<u32>; 3] = [None, Some(2), Some(3)];

/// A rule, and how good its alarms were.
#[derive(Debug, Clone, PartialEq)]
pub struct Ruled {
    /// The rule.
    pub rules: WarningRules,
    /// In all counted weeks.
    pub all: Figures,
    /// In the earlier half of them, by which one is chosen.
    pub earlier: Figures,
    /// In the later half, which shows whether the choice holds.
    pub later: Figures,
    /// No rule of the grid has both a longer median lead and a higher precision.
    pub on_frontier: bool,
}

/// The rule that is advised.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Advice {
    /// Its position in the grid.
    pub position: usize,
    /// The base rate of the earlier half of the weeks, …
    pub earlier_base_rate: f64,
    /// … and of the later one.
    pub later_base_rate: f64,
}

/// Every rule of the grid, replayed.
pub(super) fn replayed(request: &WarningsRequest, judge: &Judge<'_>) -> Vec<Ruled> {
    let [all, earlier, later] = halves(judge.replay.weeks.len());
    let rules = rules(&request.rules);
    let replayed = rules.into_par_iter().map(|rules| {
        let raised = judge.replay.by_rules(&rules, &judge.replay.capacity);
        Ruled {
            all: judge.figures(&raised, &all),
            earlier: judge.figures(&raised, &earlier),
            later: judge.figures(&raised, &later),
            on_frontier: false,
            rules,
        }
    });
    let mut grid: Vec<Ruled> = replayed.collect();
    mark_frontier(&mut grid);
    grid
}

/// The counted weeks, their earlier half, and their later one.
pub(super) fn halves(weeks: usize) -> [std::ops::Range<usize>; 3] {
    let middle = RUN_IN.midpoint(weeks);
    [RUN_IN..weeks, RUN_IN..middle, middle..weeks]
}

/// Of the rules whose earlier alarms are enough, precise enough and repeat
/// little: the one with the most true alarms beyond chance. The first of equals;
/// `None` where there is none.
pub(super) fn advised(
    request: &WarningsRequest,
    judge: &Judge<'_>,
    ruled: &[Ruled],
) -> Option<Advice> {
    let [_, earlier, later] = halves(judge.replay.weeks.len());
    let base_rate = judge.base_rate(&earlier);
    let least = request.least_precision;
    let fits = |figures: &Figures| {
        let precision = figures.precision().unwrap_or(0.0);
        figures.alarms >= FEWEST_ALARMS / 2
            && precision >= least.unwrap_or(0.0)
            && figures.repeat_share().unwrap_or(0.0) <= request.most_repeats
    };
    let mut best: Option<(usize, f64)> = None;
    for (position, rule) in ruled.iter().enumerate() {
        let gain = rule.earlier.beyond_chance(base_rate);
        let better = best.is_none_or(|(_, most)| gain > most);
        // Repeats come late: all weeks tell of them.
        let repeats = rule.all.repeat_share().unwrap_or(0.0);
        if better && fits(&rule.earlier) && repeats <= request.most_repeats {
            best = Some((position, gain));
        }
    }
    let (position, _) = best?;
    Some(Advice {
        position,
        earlier_base_rate: base_rate,
        later_base_rate: judge.base_rate(&later),
    })
}

/// So far below, with two decimals, as it is written.
pub(super) fn below(on: f64, band: f64) -> f64 {
    ((on - band) * 100.0).round() / 100.0
}

fn rules(base: &WarningRules) -> Vec<WarningRules> {
    let mut rules = Vec::new();
    for on in ON {
        for band in BANDS {
            for scorings in SCORINGS {
                for signals_together in TOGETHER {
                    let mut rule = base.clone();
                    rule.level.on = on;
                    rule.level.off = below(on, band);
                    rule.level.scorings = scorings;
                    rule.alarms.signals_together = signals_together;
                    rules.push(rule);
                }
            }
        }
    }
    rules
}

/// Of rules with enough alarms, those that none outdoes in both.
fn mark_frontier(ruled: &mut [Ruled]) {
    let places: Vec<Option<(f64, f64)>> = ruled.iter().map(|rule| rule.all.place()).collect();
    for (at, (rule, place)) in ruled.iter_mut().zip(&places).enumerate() {
        let Some((lead, precision)) = *place else {
            continue;
        };
        let outdone = places.iter().enumerate().any(|(before, other)| {
            other.is_some_and(|(other_lead, other)| {
                let as_good = other_lead >= lead && other >= precision;
                // Of rules at one place, the first is enough.
                as_good && (other_lead > lead || other > precision || before < at)
            })
        });
        rule.on_frontier = !outdone;
    }
}
