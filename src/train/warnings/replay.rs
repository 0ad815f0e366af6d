//! Weeks after weeks as they were, and the alarms that a rule would have raised.

use super::{
    calendar::RUN_IN,
    panel::{Row, Week},
};
use crate::{
    customer::Day,
    model::logistic,
    policy::{Capacity, WarningRules},
    warning::{Candidate, Observation, Room, Standing, Watch},
};

/// A week of scorings.
#[derive(Debug)]
pub(super) struct Scorings<'p> {
    pub(super) as_of: Day,
    pub(super) scored: Vec<Scored<'p>>,
}

/// A row with its score.
#[derive(Debug)]
pub(super) struct Scored<'p> {
    pub(super) row: &'p Row,
    pub(super) log_odds: f64,
    pub(super) observation: Observation,
}

/// The weeks, and how many customers there are.
#[derive(Debug)]
pub(super) struct Replay<'p> {
    pub(super) weeks: Vec<Scorings<'p>>,
    pub(super) customers: usize,
    /// How many alarms there may be a week.
    pub(super) capacity: Capacity,
}

/// An alarm of a back-test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Raised {
    pub(super) week: usize,
    /// The position among those scored.
    pub(super) at: usize,
    /// The customer had an alarm before.
    pub(super) repeats: bool,
}

impl<'p> Scorings<'p> {
    pub(super) fn of(week: &'p Week, log_odds: &[f64]) -> Self {
        let rows = week.rows.iter().zip(log_odds);
        let scored = rows.map(|(row, &log_odds)| Scored {
            row,
            log_odds,
            observation: Observation {
                as_of: week.as_of,
                churn_probability: logistic(log_odds),
                expected_purchases: None,
                purchasing: Some(row.purchasing),
                tier: Some(row.tier),
                stage: Some(row.stage),
                features: Vec::new(),
            },
        });
        Self {
            as_of: week.as_of,
            scored: scored.collect(),
        }
    }
}

impl Replay<'_> {
    /// The alarms of the mechanism that the service uses. Those of the run-in are
    /// stock: raised without a limit, and not among the answer.
    pub(super) fn by_rules(&self, rules: &WarningRules, capacity: &Capacity) -> Vec<Raised> {
        let mut watches = vec![Watch::default(); self.customers];
        let mut raised = Vec::new();
        let mut alarmed = vec![false; self.customers];
        for (at, week) in self.weeks.iter().enumerate() {
            let mut due = Vec::new();
            for (place, scored) in week.scored.iter().enumerate() {
                let watch = &mut watches[scored.row.customer];
                // Weeks follow each other, so that every scoring is later than the last.
                let seen = watch.observe(rules, &scored.observation);
                if seen.is_ok_and(|seen| matches!(seen.standing, Standing::Due(_))) {
                    due.push(candidate(place, scored, scored.log_odds));
                }
            }
            for place in room(at, capacity).keep_best(due) {
                let customer = week.scored[place].row.customer;
                if watches[customer].raise(rules).is_err() {
                    continue;
                }
                let repeats = std::mem::replace(&mut alarmed[customer], true);
                raised.push(Raised {
                    week: at,
                    at: place,
                    repeats,
                });
            }
        }
        counted(raised)
    }

    /// The alarms of one number that reaches a threshold: once, until it was
    /// below. Stock is none, as above.
    pub(super) fn by_threshold(
        &self,
        threshold: f64,
        score: impl Fn(&Scored<'_>) -> Option<f64>,
    ) -> Vec<Raised> {
        let mut over = vec![false; self.customers];
        let mut alarmed = vec![false; self.customers];
        let mut raised = Vec::new();
        for (at, week) in self.weeks.iter().enumerate() {
            let mut due = Vec::new();
            for (place, scored) in week.scored.iter().enumerate() {
                let reached = score(scored).filter(|score| *score >= threshold);
                let over = &mut over[scored.row.customer];
                match reached {
                    Some(score) if !*over => due.push(candidate(place, scored, score)),
                    Some(_) => {}
                    None => *over = false,
                }
            }
            for place in room(at, &self.capacity).keep_best(due) {
                let customer = week.scored[place].row.customer;
                over[customer] = true;
                let repeats = std::mem::replace(&mut alarmed[customer], true);
                raised.push(Raised {
                    week: at,
                    at: place,
                    repeats,
                });
            }
        }
        counted(raised)
    }

    /// The best of each counted week by a number, whoever was there before.
    pub(super) fn top(
        &self,
        most: usize,
        mut score: impl FnMut(&Scored<'_>) -> f64,
    ) -> Vec<Raised> {
        let weeks = self.weeks.iter().enumerate().skip(RUN_IN);
        let top = weeks.flat_map(|(at, week)| {
            let capacity = Capacity {
                all: Some(u32::try_from(most).unwrap_or(u32::MAX)),
                ..Capacity::default()
            };
            let all = week.scored.iter().enumerate();
            let all = all.map(|(place, scored)| candidate(place, scored, score(scored)));
            let best = Room::of(&capacity).keep_best(all.collect());
            best.into_iter().map(move |place| Raised {
                week: at,
                at: place,
                repeats: false,
            })
        });
        top.collect()
    }

    pub(super) fn scored(&self, raised: &Raised) -> &Scored<'_> {
        &self.weeks[raised.week].scored[raised.at]
    }
}

/// In the run-in there is room for everybody.
fn room(week: usize, capacity: &Capacity) -> Room {
    if week < RUN_IN {
        Room::of(&Capacity::default())
    } else {
        Room::of(capacity)
    }
}

fn counted(mut raised: Vec<Raised>) -> Vec<Raised> {
    raised.retain(|alarm| alarm.week >= RUN_IN);
    raised
}

fn candidate(place: usize, scored: &Scored<'_>, priority: f64) -> Candidate<usize> {
    Candidate {
        customer: place,
        tier: Some(scored.row.tier),
        priority,
    }
}
