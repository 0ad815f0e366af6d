//! What the published model says of every frequency and recency.

use crate::{
    customer::{Counting, PurchaseSummary},
    model::value::PurchaseModel,
    train::{report::value::FrequencyRecencyMaps, value::Findings},
};

/// Rows and columns of a map beside the first.
const STEPS: u32 = 12;

/// For customers as old as the log.
pub(super) fn of(findings: &Findings<'_>) -> Option<FrequencyRecencyMaps> {
    let unit = findings.training.unit;
    let days = findings.periods.last.days_since(findings.log.first_day());
    let model = &findings.purchases.model;
    let counting = model.kind().counts();
    let observation = f64::from(counting.countable_days(days, unit)) / unit.days();
    let horizon_days = findings.training.terms.horizon_days;
    let frequencies = findings.customers.all().iter();
    let frequencies = frequencies.map(|known| known.summary.frequency()).collect();
    let (frequency, recency) = match (counting, axes(frequencies, observation)?) {
        (Counting::Purchases, axes) => axes,
        (Counting::Opportunities, (frequency, _)) => (frequency, whole_times(observation)),
    };
    let horizon = horizon_days / unit.days();
    let map = |of: &dyn Fn(&PurchaseModel, &PurchaseSummary) -> f64| -> Vec<Vec<f64>> {
        let row = |&x: &u32| {
            let cell = |&t: &f64| {
                let possible = (x == 0) == (t <= 0.0);
                let summary = PurchaseSummary::new(f64::from(x), t, observation);
                let summary = summary
                    .ok()
                    .filter(|summary| possible && model.check(summary).is_ok());
                summary.map_or(f64::NAN, |summary| of(model, &summary))
            };
            recency.iter().map(cell).collect()
        };
        frequency.iter().map(row).collect()
    };
    Some(FrequencyRecencyMaps {
        p_alive: map(&|model, summary| model.p_alive(summary)),
        expected_purchases: map(&|model, summary| model.expected_purchases(summary, horizon)),
        observation,
        unit,
        horizon_days,
        frequency,
        recency,
    })
}

/// Whole times, evenly spaced from 0 on.
pub(super) fn whole_times(observation: f64) -> Vec<f64> {
    let step = (observation / f64::from(STEPS)).ceil().max(1.0);
    let times = (0..=STEPS).map(|column| f64::from(column) * step);
    times.take_while(|&time| time <= observation).collect()
}

/// Frequencies up to that of 99 % of the customers, and evenly spaced times.
pub(super) fn axes(mut frequencies: Vec<u32>, observation: f64) -> Option<(Vec<u32>, Vec<f64>)> {
    if frequencies.is_empty() || observation <= 0.0 {
        return None;
    }
    frequencies.sort_unstable();
    let most = frequencies[(frequencies.len() - 1) * 99 / 100];
    let step = most.div_ceil(STEPS).max(1);
    let frequency = (0..=STEPS).map(|row| row * step).collect();
    let recency = (0..=STEPS)
        .map(|column| (observation * f64::from(column) / f64::from(STEPS)).min(observation))
        .collect();
    Some((frequency, recency))
}
