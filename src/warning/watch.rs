//! The state of one customer between scorings.
//!
//! | state | what it is | next |
//! | --- | --- | --- |
//! | quiet | nothing shows | a signal → watched |
//! | watched | signals show, and are no alarm yet or no more | level that lasts, or several signals → due |
//! | due | an alarm is to be raised, if there is room | raised → open; over → watched or quiet |
//! | open | an alarm is raised | over → cleared; stood too long → expired |
//! | cooling down | what would be an alarm, too soon after the last one | cooldown over → due |
//!
//! What makes an alarm is over when the probability is below `off` and no more
//! signals show together than a watch may have. An alarm that expired while what
//! raised it still shows is not raised again until that is over.

use super::{Alarm, Ending, Memory, Observation, Signal, alarm::later, memory::Window};
use crate::{customer::Day, model::segments::Tier, policy::WarningRules};

/// What is known of a customer from one scoring to the next.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Watch {
    memory: Memory,
    last: Option<Last>,
    /// Scorings in a row at or above `on`.
    above: u32,
    /// Whether the level lasted, and is not over.
    lasting: bool,
    episode: Option<Episode>,
    alarm: Option<Alarm>,
    ended: Option<Day>,
}

/// The latest scoring.
#[derive(Debug, Clone, PartialEq)]
struct Last {
    as_of: Day,
    churn_probability: f64,
    usual_probability: Option<f64>,
    tier: Option<Tier>,
    signals: Vec<Signal>,
}

/// A time in which the conditions of an alarm hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Episode {
    since: Day,
    raised: bool,
}

/// A scoring that is not later than the one before it: delivered twice, or out
/// of order. Nothing was changed by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the scoring of {as_of} is not later than that of {last}; tell scorings in their order, one a day"
)]
pub struct NotLater {
    /// The day of the scoring that was refused.
    pub as_of: Day,
    /// The day of the latest one.
    pub last: Day,
}

/// Why there is no alarm to raise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CannotRaise {
    /// One is open; a customer has one at most.
    #[error("an alarm is open since {0}; a customer has one at most")]
    Open(Day),
    /// Too soon after the last one.
    #[error("the last alarm ended too short a time ago; none before {0}")]
    CoolingDown(Day),
    /// The conditions do not hold, or have had their alarm.
    #[error("no alarm is due: the level has not lasted, and too few signals show together")]
    NotDue,
}

/// What a scoring came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// What shows, in order.
    pub signals: Vec<Signal>,
    /// What follows.
    pub standing: Standing,
    /// The alarm that ended with this scoring.
    pub ended: Option<(Alarm, Ending)>,
    /// Whether an open alarm passed its deadline with this scoring.
    pub escalated: bool,
}

/// Where a customer stands after a scoring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nothing shows.
    Quiet,
    /// Something shows that is no alarm.
    Watched,
    /// An alarm is to be raised; its conditions hold since this day.
    Due(Day),
    /// An alarm is open.
    Open,
    /// An alarm would be due, if the last one had not ended so recently.
    CoolingDown,
}

impl Watch {
    /// Takes in a scoring.
    ///
    /// # Errors
    ///
    /// When it is not later than the one before.
    pub fn observe(&mut self, rules: &WarningRules, seen: &Observation) -> Result<Seen, NotLater> {
        let as_of = seen.as_of;
        if let Some(last) = self
            .last
            .as_ref()
            .map(|last| last.as_of)
            .filter(|last| *last >= as_of)
        {
            return Err(NotLater { as_of, last });
        }
        self.follow_level(rules, seen.churn_probability);
        let level = self.lasting || self.above > 0;
        let signals = Signal::all(rules, &self.memory, seen, level);
        self.follow_episode(rules, seen, signals.len());
        let (ended, escalated) = self.follow_alarm(as_of);
        let usual_probability = rules.rise.and_then(|rule| {
            self.memory.usual_probability(Window {
                before: as_of,
                days: rule.baseline_days,
                fewest: rules.alarms.fewest_scorings as usize,
            })
        });
        self.memory.remember(seen, rules.memory_days());
        self.last = Some(Last {
            as_of,
            churn_probability: seen.churn_probability,
            usual_probability,
            tier: seen.tier,
            signals: signals.clone(),
        });
        Ok(Seen {
            standing: self.standing(rules),
            signals,
            ended,
            escalated,
        })
    }

    /// Raises the alarm that is due as of the latest scoring.
    ///
    /// # Errors
    ///
    /// When none is due; nothing is changed then.
    pub fn raise(&mut self, rules: &WarningRules) -> Result<&Alarm, CannotRaise> {
        if let Some(open) = &self.alarm {
            return Err(CannotRaise::Open(open.raised));
        }
        let standing = self.standing(rules);
        let (Some(last), Some(episode)) = (&self.last, &mut self.episode) else {
            return Err(CannotRaise::NotDue);
        };
        match (standing, self.ended) {
            (Standing::Due(_), _) => {}
            (Standing::CoolingDown, Some(ended)) => {
                let until = later(ended, rules.alarms.cooldown_days);
                return Err(CannotRaise::CoolingDown(until));
            }
            (Standing::Quiet | Standing::Watched | Standing::Open | Standing::CoolingDown, _) => {
                return Err(CannotRaise::NotDue);
            }
        }
        episode.raised = true;
        Ok(self.alarm.insert(Alarm {
            raised: last.as_of,
            since: episode.since,
            deadline: Alarm::deadline(rules, last.as_of, last.tier, &last.signals),
            expires: later(last.as_of, rules.alarms.expiry_days),
            signals: last.signals.clone(),
            churn_probability: last.churn_probability,
            usual_probability: last.usual_probability,
            escalated: false,
        }))
    }

    /// The alarm that is open.
    #[must_use]
    pub fn open(&self) -> Option<&Alarm> {
        self.alarm.as_ref()
    }

    /// What is remembered of the scorings.
    #[must_use]
    pub fn memory(&self) -> &Memory {
        &self.memory
    }

    /// Hysteresis: on after so many scorings in a row, off only below `off`.
    fn follow_level(&mut self, rules: &WarningRules, probability: f64) {
        let level = rules.level;
        self.above = if probability >= level.on {
            self.above.saturating_add(1)
        } else {
            0
        };
        if self.above >= level.scorings {
            self.lasting = true;
        } else if probability < level.off {
            self.lasting = false;
        }
    }

    fn follow_episode(&mut self, rules: &WarningRules, seen: &Observation, signals: usize) {
        let together = rules.alarms.signals_together;
        let several = together.is_some_and(|enough| signals >= enough as usize);
        let stays = self.episode.is_some() && seen.churn_probability >= rules.level.off;
        let holds = known_well(rules, seen) && (self.lasting || several || stays);
        self.episode = holds.then(|| {
            self.episode.unwrap_or(Episode {
                since: seen.as_of,
                raised: false,
            })
        });
    }

    fn follow_alarm(&mut self, as_of: Day) -> (Option<(Alarm, Ending)>, bool) {
        let Some(open) = &mut self.alarm else {
            return (None, false);
        };
        let ending = if self.episode.is_none() {
            Ending::Cleared
        } else if as_of >= open.expires {
            Ending::Expired
        } else {
            let escalated = !open.escalated && as_of > open.deadline;
            open.escalated |= escalated;
            return (None, escalated);
        };
        self.ended = Some(as_of);
        (self.alarm.take().map(|alarm| (alarm, ending)), false)
    }

    fn standing(&self, rules: &WarningRules) -> Standing {
        let Some(last) = &self.last else {
            return Standing::Quiet;
        };
        let cooling = self.ended.is_some_and(|ended| {
            let since = i64::from(last.as_of.days_since(ended));
            since < i64::from(rules.alarms.cooldown_days)
        });
        match self.episode {
            _ if self.alarm.is_some() => Standing::Open,
            Some(episode) if !episode.raised && cooling => Standing::CoolingDown,
            Some(episode) if !episode.raised => Standing::Due(episode.since),
            None if last.signals.is_empty() => Standing::Quiet,
            Some(_) | None => Standing::Watched,
        }
    }
}

/// Whether alarms are raised about such a customer. One whose purchases are not
/// told is judged by the probability alone.
fn known_well(rules: &WarningRules, seen: &Observation) -> bool {
    let alarms = &rules.alarms;
    seen.purchasing.is_none_or(|known| {
        known.purchase_days >= alarms.fewest_purchases
            && known.tenure_days >= alarms.new_customer_days
    })
}
