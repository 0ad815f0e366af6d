//! What customers spend on a purchase, and whether that is independent of how
//! often they buy, as Gamma-Gamma has it.

use super::{
    customers::{Customers, Known},
    error::{ValueDataError, ValueError},
};
use crate::model::{
    Correlation, SpendFigures,
    value::{Counted, Fitted, GammaGamma, PurchaseModel, RepeatSpend, fit_gamma_gamma},
};

/// Correlations beyond this are warned of: spend then depends on frequency, and
/// lifetime values are biased (Fader, Hardie and Lee 2005 found .06 on CDNOW).
pub(in crate::train) const CORRELATION_TO_WARN_OF: f64 = 0.3;

/// The model of spend, and what it rests on.
#[derive(Debug, Clone)]
pub(in crate::train) struct Spend {
    pub(in crate::train) fitted: Fitted<GammaGamma, 3>,
    /// Customers with a positive mean of repeat spends, who were fitted on.
    pub(in crate::train) customers: usize,
    /// Repeat customers whose refunds or gifts leave no positive mean.
    pub(in crate::train) customers_left_out: usize,
    /// Frequency against mean spend, of those who were fitted on.
    pub(in crate::train) correlation: Option<Correlation>,
    /// Between the logarithms of both.
    pub(in crate::train) correlation_of_logarithms: Option<Correlation>,
}

impl Spend {
    /// Fits Gamma-Gamma and tests what it denies.
    pub(super) fn of(customers: &Customers) -> Result<Self, ValueError> {
        let spends = customers.repeat_spends();
        if spends.is_empty() {
            return Err(ValueDataError::NoSpend.into());
        }
        let fitted = fit_gamma_gamma(&counted(&spends)).map_err(|source| ValueError::Spend {
            customers: spends.len(),
            source,
        })?;
        let pairs = |of: fn(f64) -> f64| -> Vec<(f64, f64)> {
            let each = spends.iter();
            each.map(|spend| (of(f64::from(spend.frequency())), of(spend.mean_spend())))
                .collect()
        };
        Ok(Self {
            fitted,
            customers: spends.len(),
            customers_left_out: customers.repeat_customers() - spends.len(),
            correlation: Correlation::of(&pairs(|x| x)),
            correlation_of_logarithms: Correlation::of(&pairs(f64::ln)),
        })
    }
}

/// Equal spends are rare: each is counted once.
fn counted(spends: &[RepeatSpend]) -> Vec<Counted<RepeatSpend>> {
    let each = spends.iter().copied();
    each.map(|item| Counted {
        item,
        customers: 1.0,
    })
    .collect()
}

/// What was expected of spend in the hold-out, against what came.
pub(super) fn validate(
    groups: &[&[Known]],
    horizon: f64,
    purchases: &PurchaseModel,
    spend: &GammaGamma,
) -> SpendFigures {
    let of_new = spend.expected_spend_of_new();
    let count = groups.iter().map(|group| group.len()).sum::<usize>() as f64;
    let mut figures = SpendFigures {
        actual: 0.0,
        expected: 0.0,
        mean_absolute_error: 0.0,
        naive_mean_absolute_error: 0.0,
    };
    for group in groups {
        let expected_purchases = purchases.expected_purchases(&group[0].summary, horizon);
        for known in *group {
            let expected = expected_purchases * expected_spend(spend, known).unwrap_or(of_new);
            let error = |expected: f64| (expected - known.later_money).abs() / count;
            figures.actual += known.later_money;
            figures.expected += expected;
            figures.mean_absolute_error += error(expected);
            figures.naive_mean_absolute_error += error(naive(known, horizon));
        }
    }
    figures
}

fn expected_spend(spend: &GammaGamma, known: &Known) -> Option<f64> {
    let frequency = f64::from(known.summary.frequency());
    let repeats = RepeatSpend::new(frequency, known.mean_repeat_spend?).ok()?;
    Some(spend.expected_spend(&repeats))
}

/// Everyone goes on at their own rate, and at the mean of their purchases.
fn naive(known: &Known, horizon: f64) -> f64 {
    let frequency = f64::from(known.summary.frequency());
    let observation = known.summary.observation();
    if observation <= 0.0 {
        return 0.0;
    }
    frequency / observation * horizon * known.money / (frequency + 1.0)
}
