//! An alarm about one customer, from when it is raised to its end.

use super::Signal;
use crate::{customer::Day, model::segments::Tier, policy::WarningRules};

/// An open alarm.
#[derive(Debug, Clone, PartialEq)]
pub struct Alarm {
    /// The day of the scoring that raised it.
    pub raised: Day,
    /// Since when what raised it shows.
    pub since: Day,
    /// What showed when it was raised.
    pub signals: Vec<Signal>,
    /// The churn probability when it was raised.
    pub churn_probability: f64,
    /// The customer's own baseline of it, where there was one.
    pub usual_probability: Option<f64>,
    /// Until the end of this day somebody must take it up.
    pub deadline: Day,
    /// From this day on it ends by itself.
    pub expires: Day,
    /// Whether nobody had taken it up by the deadline.
    pub escalated: bool,
}

/// How an alarm ended that nobody took up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// What raised it is over.
    Cleared,
    /// It stood for too long.
    Expired,
}

impl Alarm {
    /// The deadline of an alarm that is raised on `day`: that of the tier, or
    /// the shortest lead time of the signals, whichever comes first.
    pub(super) fn deadline(
        rules: &WarningRules,
        day: Day,
        tier: Option<Tier>,
        signals: &[Signal],
    ) -> Day {
        let leads = signals.iter().filter_map(|signal| signal.lead_days(rules));
        let days = leads.fold(rules.alarms.deadline_days.of(tier), u32::min);
        later(day, days)
    }
}

/// The day `days` later; at the end of the calendar, its last one.
pub(super) fn later(day: Day, days: u32) -> Day {
    day.plus_days(i64::from(days)).unwrap_or(day)
}
