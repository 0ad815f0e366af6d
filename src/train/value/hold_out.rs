//! What was expected of the days after a cut-off, against what came.
//!
//! Customers with equal summaries get equal expectations, so that each is
//! computed once for all of them.

use rayon::prelude::*;

use super::{
    customers::{Customers, CutOff, Known},
    spend,
};
use crate::model::{
    FrequencyFigures, HoldOut, HoldOutFigures, area_under_curve,
    value::{GammaGamma, PurchaseModel},
};

/// Customers of this frequency and more stand together.
const MOST_FREQUENT: u32 = 7;

/// What a rule expects of customers with one summary.
struct Expectation {
    purchases: f64,
    p_no_purchase: Option<f64>,
    /// By what ranks the silent: the larger, the likelier.
    silence: f64,
    /// Logarithm of the probability of 0, 1, … purchases, as far as came.
    log_probabilities: Option<Vec<f64>>,
}

/// The days after a cut-off.
pub(super) struct Validation<'c> {
    customers: usize,
    groups: Vec<&'c [Known]>,
    /// In units of time.
    horizon: f64,
}

/// How a rule did.
pub(in crate::train) struct Validated {
    pub(in crate::train) figures: HoldOutFigures,
    pub(in crate::train) by_frequency: Vec<FrequencyFigures>,
    /// Of every customer, in one order for every rule.
    pub(in crate::train) log_scores: Option<Vec<f64>>,
}

impl<'c> Validation<'c> {
    pub(super) fn of(customers: &'c Customers, horizon: f64) -> Self {
        Self {
            customers: customers.all().len(),
            groups: customers.groups(),
            horizon,
        }
    }

    /// Everything that is told of the days after the cut-off.
    pub(super) fn facts(
        &self,
        cut_off: CutOff,
        validated: &Validated,
        purchases: &PurchaseModel,
        spend: Option<&GammaGamma>,
    ) -> HoldOut {
        HoldOut {
            calibration_end: cut_off.as_of,
            until: cut_off.counted_until(),
            customers: self.customers as u64,
            purchases: self.purchases(),
            silent_customers: self.silent_customers(),
            model: validated.figures,
            own_rate: self.of_own_rates().figures,
            common_rate: self.of_common_rate().figures,
            by_frequency: validated.by_frequency.clone(),
            spend: spend.map(|spend| spend::validate(&self.groups, self.horizon, purchases, spend)),
        }
    }

    /// Purchases that came.
    fn purchases(&self) -> u64 {
        let known = self.groups.iter().copied().flatten();
        known.map(|known| u64::from(known.later_purchases)).sum()
    }

    /// Customers who bought nothing.
    fn silent_customers(&self) -> u64 {
        let known = self.groups.iter().copied().flatten();
        known.filter(|known| known.later_purchases == 0).count() as u64
    }

    /// How a model did that was fitted to the calibration.
    pub(super) fn of_model(&self, model: &PurchaseModel) -> Validated {
        let expect = |group: &&[Known]| {
            let summary = &group[0].summary;
            let most = group.iter().map(|known| known.later_purchases).max();
            let probabilities =
                model.purchase_distribution(summary, self.horizon, most.unwrap_or(0));
            let p_no_purchase = model.p_no_purchase(summary, self.horizon);
            Expectation {
                purchases: model.expected_purchases(summary, self.horizon),
                p_no_purchase: Some(p_no_purchase),
                silence: p_no_purchase,
                log_probabilities: Some(probabilities.into_iter().map(log).collect()),
            }
        };
        self.judge(&self.groups.par_iter().map(expect).collect::<Vec<_>>())
    }

    /// How it would have been if every customer went on at their own rate of
    /// repeat purchases.
    pub(super) fn of_own_rates(&self) -> Validated {
        let expect = |group: &&[Known]| {
            let summary = &group[0].summary;
            let rate = match summary.observation() {
                // Nothing is known of a rate yet.
                0.0 => 0.0,
                observation => f64::from(summary.frequency()) / observation,
            };
            Expectation {
                purchases: rate * self.horizon,
                p_no_purchase: None,
                silence: -rate,
                log_probabilities: None,
            }
        };
        self.judge(&self.groups.iter().map(expect).collect::<Vec<_>>())
    }

    /// How it would have been if every customer went on at the rate of all of
    /// them together: a Poisson process.
    pub(super) fn of_common_rate(&self) -> Validated {
        let (mut purchases, mut time) = (0.0, 0.0);
        for known in self.groups.iter().copied().flatten() {
            purchases += f64::from(known.summary.frequency());
            time += known.summary.observation();
        }
        let rate = if time > 0.0 { purchases / time } else { 0.0 };
        let mean = rate * self.horizon;
        let expect = |group: &&[Known]| {
            let most = group.iter().map(|known| known.later_purchases).max();
            Expectation {
                purchases: mean,
                p_no_purchase: Some((-mean).exp()),
                silence: -rate,
                log_probabilities: Some(poisson(mean, most.unwrap_or(0))),
            }
        };
        self.judge(&self.groups.iter().map(expect).collect::<Vec<_>>())
    }

    fn judge(&self, expected: &[Expectation]) -> Validated {
        let mut sums = Sums::default();
        let mut by_frequency = [Sums::default(); MOST_FREQUENT as usize + 1];
        let mut silence = Vec::with_capacity(self.customers);
        let mut silent = Vec::with_capacity(self.customers);
        let mut silent_share = Some(0.0);
        let mut log_scores = Some(Vec::with_capacity(self.customers));
        for (group, expected) in self.groups.iter().zip(expected) {
            let frequency = group[0].summary.frequency().min(MOST_FREQUENT);
            for known in *group {
                sums.add(expected.purchases, known);
                by_frequency[frequency as usize].add(expected.purchases, known);
                silence.push(expected.silence);
                silent.push(known.later_purchases == 0);
                silent_share = silent_share.zip(expected.p_no_purchase).map(|(a, b)| a + b);
                match (&mut log_scores, &expected.log_probabilities) {
                    (Some(scores), Some(logs)) => {
                        scores.push(of_count(logs, known.later_purchases));
                    }
                    (scores, _) => *scores = None,
                }
            }
        }
        let count = self.customers as f64;
        let by_frequency = (0..).zip(by_frequency);
        Validated {
            figures: HoldOutFigures {
                expected_purchases: sums.expected,
                mean_absolute_error: sums.absolute / count,
                root_mean_squared_error: (sums.squared / count).sqrt(),
                log_score: log_scores
                    .as_ref()
                    .map(|scores| scores.iter().sum::<f64>() / count),
                area_under_curve: area_under_curve(&silence, &silent),
                silent_share: silent_share.map(|sum| sum / count),
            },
            by_frequency: by_frequency
                .filter(|(_, sums)| sums.customers > 0)
                .map(|(frequency, sums)| sums.of_frequency(frequency))
                .collect(),
            log_scores,
        }
    }
}

#[derive(Clone, Copy, Default)]
struct Sums {
    customers: u64,
    expected: f64,
    actual: f64,
    absolute: f64,
    squared: f64,
}

impl Sums {
    fn add(&mut self, expected: f64, known: &Known) {
        let actual = f64::from(known.later_purchases);
        let error = expected - actual;
        self.customers += 1;
        self.expected += expected;
        self.actual += actual;
        self.absolute += error.abs();
        self.squared += error * error;
    }

    fn of_frequency(&self, frequency: u32) -> FrequencyFigures {
        let customers = self.customers as f64;
        FrequencyFigures {
            frequency,
            or_more: frequency == MOST_FREQUENT,
            customers: self.customers,
            actual: self.actual / customers,
            expected: self.expected / customers,
        }
    }
}

/// What a model takes for impossible still has a finite score.
fn log(probability: f64) -> f64 {
    probability.max(f64::MIN_POSITIVE).ln()
}

fn of_count(logs: &[f64], count: u32) -> f64 {
    let place = usize::try_from(count).ok();
    let found = place.and_then(|place| logs.get(place));
    found.copied().unwrap_or(f64::MIN_POSITIVE.ln())
}

/// Logarithms of the probabilities of 0 to `most` events.
fn poisson(mean: f64, most: u32) -> Vec<f64> {
    let ln_mean = log(mean);
    let floor = f64::MIN_POSITIVE.ln();
    let mut ln_probability = -mean;
    let mut logs = vec![ln_probability.max(floor)];
    for count in 1..=most {
        ln_probability += ln_mean - f64::from(count).ln();
        logs.push(ln_probability.max(floor));
    }
    logs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_poisson_process_is_scored() {
        let logs = poisson(2.0, 3);
        let expected = [1.0, 2.0, 2.0, 4.0 / 3.0].map(|p: f64| p.ln() - 2.0);
        for (found, expected) in logs.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-14);
        }
        let never = poisson(0.0, 2);
        assert_eq!(never[0], 0.0);
        assert!(never[2].is_finite() && never[2] < -700.0);
    }
}
