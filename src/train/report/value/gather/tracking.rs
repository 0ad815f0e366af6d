//! Repeat purchases over time, actual and expected.

use crate::{
    customer::{Day, PurchaseHistory, Refunds, TimeUnit},
    model::value::PurchaseModel,
    train::{
        report::value::{TrackedPeriod, Tracking},
        value::Findings,
    },
};

/// Shorter logs are tracked by days.
const LEAST_WEEKS: usize = 8;

pub(super) fn of(findings: &Findings<'_>, histories: &[PurchaseHistory<'_>]) -> Option<Tracking> {
    let days = Days::of(
        histories,
        findings.log.refunds(),
        findings.log.first_day(),
        findings.periods.last,
    )?;
    let model = &findings.calibrated().model;
    Some(Tracking {
        period_days: days.period(),
        calibration_end: findings.periods.calibration_end,
        periods: days.tracked(model, findings.training.unit),
    })
}

/// What happened on each day of a log.
pub(super) struct Days {
    first: Day,
    /// Customers who bought for the first time.
    new: Vec<f64>,
    /// Repeat purchases.
    repeats: Vec<f64>,
}

impl Days {
    /// Days from `first` to `last`; `None` when there are none.
    pub(super) fn of(
        histories: &[PurchaseHistory<'_>],
        refunds: Refunds,
        first: Day,
        last: Day,
    ) -> Option<Self> {
        let length = usize::try_from(last.days_since(first)).ok()? + 1;
        let mut days = Self {
            first,
            new: vec![0.0; length],
            repeats: vec![0.0; length],
        };
        for history in histories {
            for (rank, bought) in history.purchases(refunds).enumerate() {
                let Ok(at) = usize::try_from(bought.day.days_since(first)) else {
                    continue;
                };
                if at >= length {
                    break;
                }
                let first_one = if rank == 0 { 1.0 } else { 0.0 };
                days.new[at] += first_one;
                days.repeats[at] += f64::from(bought.purchases(refunds)) - first_one;
            }
        }
        Some(days)
    }

    /// Days in a period.
    pub(super) fn period(&self) -> u32 {
        if self.new.len() >= 7 * LEAST_WEEKS {
            7
        } else {
            1
        }
    }

    /// Whole periods. A customer's expected repeat purchases depend only on the
    /// time since the first one, so that customers of one day are one.
    pub(super) fn tracked(&self, model: &PurchaseModel, unit: TimeUnit) -> Vec<TrackedPeriod> {
        let period = self.period() as usize;
        let of_new: Vec<f64> = (0..self.new.len())
            .map(|days| model.expected_purchases_of_new(days as f64 / unit.days()))
            .collect();
        let mut tracked = Vec::with_capacity(self.new.len() / period);
        let (mut actual_before, mut expected_before) = (0.0, 0.0);
        for end in (period..=self.new.len()).step_by(period) {
            let last = end - 1;
            let actual = self.repeats[end - period..end].iter().sum::<f64>();
            let so_far: f64 = self.new[..end]
                .iter()
                .enumerate()
                .map(|(day, customers)| customers * of_new[last - day])
                .sum();
            let days = i64::try_from(last).ok();
            let Some(until) = days.and_then(|days| self.first.plus_days(days)) else {
                break;
            };
            actual_before += actual;
            tracked.push(TrackedPeriod {
                until,
                actual,
                expected: so_far - expected_before,
                actual_cumulative: actual_before,
                expected_cumulative: so_far,
            });
            expected_before = so_far;
        }
        tracked
    }
}
