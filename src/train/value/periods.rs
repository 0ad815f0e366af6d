//! Which days are learnt from, and which are held out.

use super::{
    customers::CutOff,
    error::ValueDataError,
    settings::{HoldOutRule, ValueTraining},
};
use crate::{customer::Day, train::transactions::PurchaseLog};

/// Shorter parts tell nothing.
const MIN_DAYS: i32 = 7;

/// The days of a log.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::train) struct Periods {
    /// The last day of the calibration; `None` without a hold-out.
    pub(in crate::train) calibration_end: Option<Day>,
    /// The last day of the log.
    pub(in crate::train) last: Day,
}

impl Periods {
    /// Cuts the days of the log by the rule of the run.
    pub(super) fn of(log: &PurchaseLog, rule: HoldOutRule) -> Result<Self, ValueDataError> {
        let (first, last) = (log.first_day(), log.last_day());
        let days = last.days_since(first);
        let needed = 2 * MIN_DAYS;
        let calibration_end = match rule {
            HoldOutRule::Nothing => None,
            HoldOutRule::SecondHalf if days < needed => {
                return Err(ValueDataError::TooShort {
                    days,
                    first,
                    last,
                    needed,
                });
            }
            HoldOutRule::SecondHalf => first.plus_days(i64::from(days / 2)),
            HoldOutRule::After(as_of) => {
                let enough =
                    as_of.days_since(first) >= MIN_DAYS && last.days_since(as_of) >= MIN_DAYS;
                if !enough {
                    return Err(ValueDataError::AsOf {
                        as_of,
                        first,
                        last,
                        needed: MIN_DAYS,
                    });
                }
                Some(as_of)
            }
        };
        Ok(Self {
            calibration_end,
            last,
        })
    }

    /// The calibration, with the hold-out behind it.
    pub(super) fn calibration(self, training: &ValueTraining, log: &PurchaseLog) -> Option<CutOff> {
        Some(CutOff {
            as_of: self.calibration_end?,
            until: self.last,
            unit: training.unit,
            refunds: log.refunds(),
            counting: training.candidates.counting(),
        })
    }

    /// The whole log.
    pub(super) fn whole(self, training: &ValueTraining, log: &PurchaseLog) -> CutOff {
        CutOff {
            as_of: self.last,
            until: self.last,
            unit: training.unit,
            refunds: log.refunds(),
            counting: training.candidates.counting(),
        }
    }
}
