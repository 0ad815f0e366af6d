//! A back-test, from the log to what it found.

use std::collections::BTreeSet;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::{
    Advice, Figures, Retrained, Ruled, SimpleRule, WarningsError, WarningsRequest,
    calendar::{Calendar, FEWEST_WEEKS},
    figures::Judge,
    grid,
    models::{self, Past},
    panel::Panel,
    replay::{Replay, Scorings},
};
use crate::{
    customer::Day,
    model::{DataFile, Metrics},
    policy::{Capacity, LevelRule, MAX_WARNING_DAYS, WarningRules},
    train::{
        Progress,
        plan::MIN_CLASS_ROWS,
        report::{self, ReportError},
        transactions::{CleaningReport, read_log},
    },
};

/// Where no capacity is stated: alarms for this share of those scored in a week.
const USUAL_SHARE: f64 = 0.05;

/// What a back-test found.
#[derive(Debug, Clone, PartialEq)]
pub struct BackTest {
    /// The request's name.
    pub name: String,
    /// The files of the log.
    pub sources: Vec<DataFile>,
    /// What each rule of cleaning did to it.
    pub cleaning: CleaningReport,
    /// When what was done.
    pub times: Times,
    /// The trainings.
    pub trainings: Vec<Retrained>,
    /// Customers who were scored at least once.
    pub customers: usize,
    /// Scorings of all weeks.
    pub scorings: usize,
    /// How well the model of the past told what came, over all scorings.
    pub model: Option<Metrics>,
    /// The share of counted scorings after which nothing was bought.
    pub base_rate: f64,
    /// How many alarms there may be a week.
    pub capacity: Capacity,
    /// The best of each week, by the model, by simple rules and by chance.
    pub ranked: Vec<Ranked>,
    /// Each rule of the grid.
    pub grid: Vec<Ruled>,
    /// Thresholds of each simple rule.
    pub simple: Vec<(SimpleRule, Vec<(f64, Figures)>)>,
    /// What hysteresis does to the advised level.
    pub hysteresis: Hysteresis,
    /// Which rule is advised; `None` where none has enough alarms of the precision
    /// asked for that repeat little.
    pub advice: Option<Advice>,
}

/// When what was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// The log's first day, and the one to which it is complete.
    pub log: (Day, Day),
    /// The first and the last scoring.
    pub scorings: (Day, Day),
    /// How many weeks were scored; the first ones are the run-in.
    pub weeks: usize,
    /// Of them, those whose alarms count.
    pub counted_weeks: usize,
    /// Who buys nothing for so long has left.
    pub horizon_days: u32,
    /// Who was scored bought less than so long ago.
    pub active_days: u32,
}

/// The best of each week, by one number.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranked {
    /// Which number.
    pub by: &'static str,
    /// How good they were.
    pub figures: Figures,
}

/// The advised level (the policy's, where none is advised) alone, without limits,
/// cooldown and other signals: with an end well below it, and over as soon as it is
/// not reached.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hysteresis {
    /// Where it begins.
    pub on: f64,
    /// Where it ends.
    pub off: f64,
    /// Every crossing.
    pub without: Figures,
    /// Only after it had ended.
    pub with: Figures,
}

impl BackTest {
    /// The rule that is advised, if any is.
    #[must_use]
    pub fn advised(&self) -> Option<&Ruled> {
        self.grid.get(self.advice?.position)
    }
}

/// The page of a back-test: HTML that loads nothing.
///
/// # Errors
///
/// When a chart cannot be drawn.
pub fn report(found: &BackTest) -> Result<String, ReportError> {
    report::warnings::html(found)
}

/// Replays a log.
///
/// The same log, request and release give the same figures, whatever the number
/// of threads.
///
/// # Errors
///
/// When the log cannot be read, is too short, or holds too few customers to learn
/// from.
pub fn warnings(
    request: &WarningsRequest,
    progress: &dyn Progress,
) -> Result<BackTest, WarningsError> {
    let log = read_log(&request.log, progress)?;
    let calendar = Calendar::of(request, &log)?;
    progress.stage("looking at every week");
    let panel = Panel::of(request, &log, &calendar)?;
    let weeks = panel.weeks.len();
    let first = calendar.first_scoring(request.first_as_of, |weeks| models::enough(&panel, weeks));
    let first = first.map_err(|error| error.unwrap_or_else(|| too_few(&panel, &calendar)))?;
    let past = Past {
        request,
        log: &log,
        calendar: &calendar,
        panel: &panel,
    };
    let (log_odds, trainings) = past.log_odds(first..weeks, progress)?;
    progress.stage("replaying");
    let scored = panel.weeks[first..].iter().zip(&log_odds);
    let replay = Replay {
        weeks: scored
            .map(|(week, log_odds)| Scorings::of(week, log_odds))
            .collect(),
        customers: panel.customers,
        capacity: capacity(request, &panel, first),
    };
    let judge = Judge {
        replay: &replay,
        horizon_days: request.horizon_days,
    };
    let grid = grid::replayed(request, &judge);
    let advice = grid::advised(request, &judge, &grid);
    let level = advice
        .map_or(&request.rules, |advice| &grid[advice.position].rules)
        .level;
    let [all, ..] = grid::halves(replay.weeks.len());
    let scorings: Vec<(f64, bool)> = replay
        .weeks
        .iter()
        .flat_map(|week| &week.scored)
        .map(|scored| (scored.log_odds, scored.row.churned))
        .collect();
    let (all_log_odds, churned): (Vec<f64>, Vec<bool>) = scorings.iter().copied().unzip();
    Ok(BackTest {
        name: request.name.to_string(),
        sources: log.sources().iter().map(DataFile::from).collect(),
        cleaning: log.cleaning().clone(),
        times: Times {
            log: (log.first_day(), calendar.through),
            scorings: (calendar.days[first], calendar.days[weeks - 1]),
            weeks: weeks - first,
            counted_weeks: all.len(),
            horizon_days: request.horizon_days,
            active_days: request.active_days,
        },
        trainings,
        customers: customers(&replay),
        scorings: scorings.len(),
        model: Metrics::of(&all_log_odds, &churned),
        base_rate: judge.base_rate(&all),
        capacity: replay.capacity,
        ranked: ranked(request, &judge),
        simple: simple(request, &judge),
        hysteresis: hysteresis(request, level, &judge),
        grid,
        advice,
    })
}

fn too_few(panel: &Panel, calendar: &Calendar) -> WarningsError {
    let by = calendar.days[calendar.days.len() - FEWEST_WEEKS];
    let [stayed, churned] = models::outcomes(&panel.weeks[..calendar.known_by(by)]);
    WarningsError::TooFewRows {
        by,
        weeks: FEWEST_WEEKS,
        churned,
        stayed,
        needed: MIN_CLASS_ROWS,
    }
}

/// What the rules state, or a share of those who are scored.
fn capacity(request: &WarningsRequest, panel: &Panel, first: usize) -> Capacity {
    let stated = request.rules.alarms.capacity;
    if stated != Capacity::default() {
        return stated;
    }
    let weeks = &panel.weeks[first..];
    let rows: usize = weeks.iter().map(|week| week.rows.len()).sum();
    let usual = USUAL_SHARE * rows as f64 / weeks.len().max(1) as f64;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of a count of customers; beyond its range it saturates"
    )]
    let usual = usual.round() as u32;
    Capacity {
        all: Some(usual.max(1)),
        ..stated
    }
}

fn customers(replay: &Replay<'_>) -> usize {
    let scored = replay.weeks.iter().flat_map(|week| &week.scored);
    let seen: BTreeSet<usize> = scored.map(|scored| scored.row.customer).collect();
    seen.len()
}

fn ranked(request: &WarningsRequest, judge: &Judge<'_>) -> Vec<Ranked> {
    let replay = judge.replay;
    let [all, ..] = grid::halves(replay.weeks.len());
    let Capacity { all: most, by_tier } = replay.capacity;
    let tiers = [by_tier.high, by_tier.medium, by_tier.low];
    let of_tiers = || tiers.into_iter().flatten().sum();
    let most = most.unwrap_or_else(of_tiers) as usize;
    let mut random = ChaCha8Rng::seed_from_u64(request.seed);
    let by_simple = |rule: SimpleRule| {
        replay.top(most, |scored| {
            rule.score(scored).unwrap_or(f64::NEG_INFINITY)
        })
    };
    [
        ("model", replay.top(most, |scored| scored.log_odds)),
        (SimpleRule::Recency.as_str(), by_simple(SimpleRule::Recency)),
        (SimpleRule::OwnGap.as_str(), by_simple(SimpleRule::OwnGap)),
        ("chance", replay.top(most, |_| random.r#gen())),
    ]
    .into_iter()
    .map(|(by, raised)| Ranked {
        by,
        figures: judge.figures(&raised, &all),
    })
    .collect()
}

fn simple(request: &WarningsRequest, judge: &Judge<'_>) -> Vec<(SimpleRule, Vec<(f64, Figures)>)> {
    let [all, ..] = grid::halves(judge.replay.weeks.len());
    let of = |rule: SimpleRule| {
        let thresholds = rule.thresholds(request.horizon_days);
        let figures = thresholds.into_par_iter().map(|threshold| {
            let raised = judge
                .replay
                .by_threshold(threshold, |scored| rule.score(scored));
            (threshold, judge.figures(&raised, &all))
        });
        (rule, figures.collect())
    };
    SimpleRule::ALL.map(of).into()
}

fn hysteresis(request: &WarningsRequest, level: LevelRule, judge: &Judge<'_>) -> Hysteresis {
    let [all, ..] = grid::halves(judge.replay.weeks.len());
    let figures = |off: f64| {
        let mut rules = WarningRules {
            level,
            ..WarningRules::default()
        };
        rules.level.off = off;
        rules.alarms = request.rules.alarms.clone();
        rules.alarms.signals_together = None;
        rules.alarms.cooldown_days = 0;
        rules.alarms.expiry_days = MAX_WARNING_DAYS;
        let raised = judge.replay.by_rules(&rules, &Capacity::default());
        judge.figures(&raised, &all)
    };
    let off = level.off.min(grid::below(level.on, grid::WIDEST_BAND));
    Hysteresis {
        on: level.on,
        off,
        without: figures(level.on),
        with: figures(off),
    }
}
