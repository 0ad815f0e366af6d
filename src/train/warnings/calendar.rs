//! The weeks of a back-test.

use super::{WarningsError, WarningsRequest};
use crate::{customer::Day, train::transactions::PurchaseLog};

/// Days from one scoring to the next.
const WEEK: i64 = 7;
/// Scorings at the beginning whose alarms are stock: what was above the line
/// when the back-test began. As many as the grid's most scorings in a row.
pub(super) const RUN_IN: usize = 3;
/// The fewest scorings: the run-in, and two halves of two weeks.
pub(super) const FEWEST_WEEKS: usize = RUN_IN + 4;
/// The days that they take.
const FEWEST_DAYS: i64 = 6 * WEEK + 1;

/// The days that customers are looked at, a week apart, the last one so that its
/// horizon ends with the log.
#[derive(Debug)]
pub(super) struct Calendar {
    pub(super) days: Vec<Day>,
    pub(super) horizon_days: u32,
    pub(super) through: Day,
}

impl Calendar {
    pub(super) fn of(request: &WarningsRequest, log: &PurchaseLog) -> Result<Self, WarningsError> {
        let &WarningsRequest {
            horizon_days,
            warm_up_days,
            ..
        } = request;
        let (first_day, last_day) = (log.first_day(), log.last_day());
        let through = request.complete_through.unwrap_or(last_day);
        if through < last_day {
            return Err(WarningsError::NotComplete {
                stated: through,
                last_day,
            });
        }
        let (horizon, warm_up) = (i64::from(horizon_days), i64::from(warm_up_days));
        let days = i64::from(through.days_since(first_day)) + 1;
        let needed = warm_up + 2 * horizon + FEWEST_DAYS;
        let last = through.plus_days(-horizon);
        let (Some(last), true) = (last, days >= needed) else {
            return Err(WarningsError::TooShort {
                first_day,
                through,
                days,
                needed,
                warm_up_days,
                horizon_days,
                weeks: FEWEST_WEEKS,
            });
        };
        let count = (i64::from(last.days_since(first_day)) - warm_up) / WEEK;
        let back = (0..=count).rev();
        Ok(Self {
            days: back.filter_map(|at| last.plus_days(-WEEK * at)).collect(),
            horizon_days,
            through,
        })
    }

    /// How many of the days have an outcome that was known at the end of `day`.
    pub(super) fn known_by(&self, day: Day) -> usize {
        let horizon = i64::from(self.horizon_days);
        let known = |then: &Day| i64::from(day.days_since(*then)) >= horizon;
        self.days.partition_point(known)
    }

    /// The position of the first scoring: as early as a model can be trained by
    /// `enough` of the days before it, and not before the day that is asked for.
    pub(super) fn first_scoring(
        &self,
        asked: Option<Day>,
        enough: impl Fn(usize) -> bool,
    ) -> Result<usize, Option<WarningsError>> {
        let last = self.days.len() - FEWEST_WEEKS;
        let can = |at: &usize| enough(self.known_by(self.days[*at]));
        let earliest = (0..=last).find(can).ok_or(None)?;
        let Some(asked) = asked else {
            return Ok(earliest);
        };
        let at = self.days.partition_point(|day| *day < asked);
        if asked < self.days[earliest] || at > last {
            return Err(Some(WarningsError::FirstAsOf {
                first_as_of: asked,
                earliest: self.days[earliest],
                latest: self.days[self.days.len() - 1],
                weeks: FEWEST_WEEKS,
            }));
        }
        Ok(at)
    }
}
