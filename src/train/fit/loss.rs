//! What a prediction costs, row by row.

use crate::model::{log_loss, logistic};

/// A loss of a row's linear predictor, convex in it.
pub(in crate::train) trait Loss: Copy + Sync {
    /// What `predictor` costs for a row.
    fn of(self, row: usize, predictor: f64) -> f64;

    /// Its first and second derivative there.
    fn derivatives(self, row: usize, predictor: f64) -> (f64, f64);

    /// What costs least when it is predicted for every row.
    fn constant(self, weights: &[f64]) -> f64;
}

/// Log loss of log-odds, by who churned.
#[derive(Debug, Clone, Copy)]
pub(in crate::train) struct Logistic<'r>(pub(in crate::train) &'r [bool]);

/// Minus the Tweedie log-likelihood of logarithms of expected spend, but for
/// what does not depend on them.
#[derive(Debug, Clone, Copy)]
pub(in crate::train) struct Tweedie<'r> {
    /// What was spent, at least 0.
    pub(in crate::train) spend: &'r [f64],
    /// In (1, 2).
    pub(in crate::train) power: f64,
    pub(in crate::train) dispersion: f64,
}

impl Loss for Logistic<'_> {
    fn of(self, row: usize, predictor: f64) -> f64 {
        log_loss(predictor, self.0[row])
    }

    fn derivatives(self, row: usize, predictor: f64) -> (f64, f64) {
        let probability = logistic(predictor);
        let outcome = f64::from(u8::from(self.0[row]));
        (probability - outcome, probability * (1.0 - probability))
    }

    fn constant(self, weights: &[f64]) -> f64 {
        let rows = self.0.iter().zip(weights);
        let (churners, stayers) =
            rows.fold((0.0, 0.0), |(churners, stayers), (&churned, weight)| {
                if churned {
                    (churners + weight, stayers)
                } else {
                    (churners, stayers + weight)
                }
            });
        (churners / stayers).ln()
    }
}

impl Loss for Tweedie<'_> {
    fn of(self, row: usize, predictor: f64) -> f64 {
        let (a, b) = (self.power - 1.0, 2.0 - self.power);
        let spend = self.spend[row];
        // Nothing spent costs nothing here, however low the prediction.
        let short = if spend > 0.0 {
            spend * (-a * predictor).exp() / a
        } else {
            0.0
        };
        (short + (b * predictor).exp() / b) / self.dispersion
    }

    fn derivatives(self, row: usize, predictor: f64) -> (f64, f64) {
        let (a, b) = (self.power - 1.0, 2.0 - self.power);
        let spend = self.spend[row];
        let scaled_mean = (b * predictor).exp() / self.dispersion;
        let scaled_spend = if spend > 0.0 {
            spend * (-a * predictor).exp() / self.dispersion
        } else {
            0.0
        };
        (
            scaled_mean - scaled_spend,
            b * scaled_mean + a * scaled_spend,
        )
    }

    fn constant(self, weights: &[f64]) -> f64 {
        let spent: f64 = self.spend.iter().zip(weights).map(|(s, w)| s * w).sum();
        (spent / weights.iter().sum::<f64>()).ln()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn derivatives_are_those_of_the_loss(
            spend in prop_oneof![Just(0.0), 0.01..1e4f64],
            power in 1.05..1.95f64,
            dispersion in 0.1..50.0f64,
            predictor in -4.0..9.0f64,
            churned: bool,
        ) {
            let tweedie = Tweedie { spend: &[spend], power, dispersion };
            check(tweedie, predictor)?;
            check(Logistic(&[churned]), predictor)?;
        }
    }

    fn check(loss: impl Loss, at: f64) -> Result<(), TestCaseError> {
        let step = 1e-4;
        let (slope, curvature) = loss.derivatives(0, at);
        let rise = (loss.of(0, at + step) - loss.of(0, at - step)) / (2.0 * step);
        let [before, after] = [at - step, at + step].map(|x| loss.derivatives(0, x).0);
        let bend = (after - before) / (2.0 * step);
        let scale = 1e-6 * (1.0 + loss.of(0, at).abs());
        prop_assert!((slope - rise).abs() <= scale, "{slope} {rise}");
        prop_assert!((curvature - bend).abs() <= scale, "{curvature} {bend}");
        prop_assert!(curvature > 0.0);
        Ok(())
    }
}
