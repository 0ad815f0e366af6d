//! Indicators that follow from the log alone.

use crate::{
    customer::{Day, PurchaseHistory, Refunds},
    train::report::value::Indicators,
};

/// Of windows of the horizon, or of half the log where that is shorter.
pub(super) fn of(
    histories: &[PurchaseHistory<'_>],
    refunds: Refunds,
    last: Day,
    first: Day,
    horizon_days: f64,
) -> Indicators {
    let half = f64::midpoint(f64::from(last.days_since(first)), 1.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "from 1 to half of the days of the calendar"
    )]
    let window = horizon_days.min(half).floor().max(1.0) as u32;
    let (mut known, mut stayed, mut customers, mut repeated) = (0_u64, 0_u64, 0_u64, 0_u64);
    for history in histories {
        let mut purchases = 0_u64;
        let (mut before, mut now) = (false, false);
        for bought in history.purchases(refunds) {
            purchases += u64::from(bought.purchases(refunds));
            let ago = u32::try_from(last.days_since(bought.day)).unwrap_or(0);
            now |= ago < window;
            before |= (window..window.saturating_mul(2)).contains(&ago);
        }
        customers += u64::from(purchases > 0);
        repeated += u64::from(purchases > 1);
        known += u64::from(before);
        stayed += u64::from(before && now);
    }
    let share = |part: u64, of: u64| (of > 0).then(|| part as f64 / of as f64);
    Indicators {
        window_days: window,
        churn_rate: share(known - stayed, known),
        retention_rate: share(stayed, known),
        repurchase_rate: share(repeated, customers),
        ..Indicators::default()
    }
}

impl Indicators {
    /// With the mean lifetime value, and what it costs to win a customer.
    pub(super) fn with_values(self, mean: Option<f64>, cost: Option<f64>) -> Self {
        Self {
            average_lifetime_value: mean,
            acquisition_cost: cost,
            value_to_cost: mean.zip(cost).map(|(mean, cost)| mean / cost),
            ..self
        }
    }
}
