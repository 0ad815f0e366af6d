//! How good alarms were.

use std::{collections::BTreeSet, ops::Range};

use super::replay::{Raised, Replay, Scored};
use crate::customer::Day;

/// Fewer alarms tell too little of a rule.
pub(super) const FEWEST_ALARMS: usize = 30;

/// How good the alarms of a rule were.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figures {
    /// How many there were.
    pub alarms: usize,
    /// Those after which nothing was bought within the horizon.
    pub true_alarms: usize,
    /// Those about a customer who had one before.
    pub repeats: usize,
    /// Weeks that they are counted in.
    pub weeks: usize,
    /// Customers who left, by a silence that began in the weeks of the back-test
    /// and became longer than the horizon.
    pub left: usize,
    /// Those of them with a true alarm.
    pub found: usize,
    /// Of true alarms: how many days before the silence was as long as the
    /// horizon. Below 0 where it was so already.
    pub lead_days: Option<Quartiles>,
}

/// Three numbers that part a set in four.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quartiles {
    /// A quarter is at most this.
    pub lower: f64,
    /// Half is.
    pub median: f64,
    /// Three quarters are.
    pub upper: f64,
}

impl Figures {
    /// The share of the alarms that were true; `None` without an alarm.
    #[must_use]
    pub fn precision(&self) -> Option<f64> {
        share(self.true_alarms, self.alarms)
    }

    /// The share of those who left that were found.
    #[must_use]
    pub fn recall(&self) -> Option<f64> {
        share(self.found, self.left)
    }

    /// The share of the alarms that repeat.
    #[must_use]
    pub fn repeat_share(&self) -> Option<f64> {
        share(self.repeats, self.alarms)
    }

    /// Median lead and precision; `None` of fewer than 30 alarms.
    #[must_use]
    pub fn place(&self) -> Option<(f64, f64)> {
        let enough = self.alarms >= FEWEST_ALARMS;
        let lead = self.lead_days.filter(|_| enough)?;
        Some((lead.median, self.precision()?))
    }

    /// Alarms a week.
    #[must_use]
    pub fn a_week(&self) -> f64 {
        self.alarms as f64 / self.weeks.max(1) as f64
    }

    /// True alarms beyond what as many drawn by chance would be.
    #[must_use]
    pub fn beyond_chance(&self, base_rate: f64) -> f64 {
        self.true_alarms as f64 - base_rate * self.alarms as f64
    }
}

/// What alarms are judged by.
#[derive(Debug)]
pub(super) struct Judge<'r> {
    pub(super) replay: &'r Replay<'r>,
    pub(super) horizon_days: u32,
}

impl Judge<'_> {
    /// The figures of the alarms in some of the weeks.
    pub(super) fn figures(&self, raised: &[Raised], weeks: &Range<usize>) -> Figures {
        let raised = raised.iter().filter(|alarm| weeks.contains(&alarm.week));
        let raised: Vec<&Raised> = raised.collect();
        let is_true = |alarm: &&&Raised| self.replay.scored(alarm).row.churned;
        let true_alarms: Vec<&&Raised> = raised.iter().filter(is_true).collect();
        let leads = true_alarms.iter().map(|alarm| {
            let purchasing = self.replay.scored(alarm).row.purchasing;
            f64::from(self.horizon_days) - f64::from(purchasing.days_since_last)
        });
        let left = self.left(weeks);
        let silence = |alarm: &&&Raised| {
            let scored = self.replay.scored(alarm);
            silence(scored, self.replay.weeks[alarm.week].as_of)
        };
        let warned: BTreeSet<(usize, Day)> = true_alarms.iter().map(silence).collect();
        Figures {
            alarms: raised.len(),
            true_alarms: true_alarms.len(),
            repeats: raised.iter().filter(|alarm| alarm.repeats).count(),
            weeks: weeks.len(),
            found: left.intersection(&warned).count(),
            left: left.len(),
            lead_days: quartiles(leads.collect()),
        }
    }

    /// The share of all scorings of some weeks after which nothing was bought.
    pub(super) fn base_rate(&self, weeks: &Range<usize>) -> f64 {
        let scored = || {
            let weeks = &self.replay.weeks[weeks.clone()];
            weeks.iter().flat_map(|week| &week.scored)
        };
        let churned = scored().filter(|scored| scored.row.churned).count();
        share(churned, scored().count()).unwrap_or(0.0)
    }

    /// The silences that began within some weeks, and became too long.
    fn left(&self, weeks: &Range<usize>) -> BTreeSet<(usize, Day)> {
        let before = weeks.start.checked_sub(1);
        let before = before.map(|week| self.replay.weeks[week].as_of);
        let within = self.replay.weeks[weeks.clone()].iter();
        within
            .flat_map(|week| {
                let left = week.scored.iter().filter(|scored| scored.row.churned);
                left.map(|scored| silence(scored, week.as_of))
            })
            .filter(|(_, last)| before.is_none_or(|before| *last > before))
            .collect()
    }
}

/// A silence is told by whose it is, and the purchase before it.
fn silence(scored: &Scored<'_>, as_of: Day) -> (usize, Day) {
    (scored.row.customer, scored.row.last_purchase(as_of))
}

fn share(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// By linear interpolation between neighbours.
fn quartiles(mut values: Vec<f64>) -> Option<Quartiles> {
    values.sort_by(f64::total_cmp);
    let last = values.len().checked_sub(1)?;
    let at = |quarter: usize| {
        let (below, parts) = (last * quarter / 4, last * quarter % 4);
        let above = values[last.min(below + 1)];
        values[below] + (above - values[below]) * parts as f64 / 4.0
    };
    Some(Quartiles {
        lower: at(1),
        median: at(2),
        upper: at(3),
    })
}
