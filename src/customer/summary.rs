//! A purchase history in the three numbers that BTYD models need.

use super::Violations;

/// The most purchases that a summary may count.
pub const MAX_FREQUENCY: u32 = 1_000_000_000;
/// The longest observation, in any unit of time.
pub const MAX_OBSERVATION: f64 = 1e9;

/// What time is counted in. Models state theirs; a summary has its model's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TimeUnit {
    /// 1 day.
    Day,
    /// 7 days.
    Week,
}

impl TimeUnit {
    /// Its length in days.
    #[must_use]
    pub fn days(self) -> f64 {
        match self {
            Self::Day => 1.0,
            Self::Week => 7.0,
        }
    }
}

/// Frequency, recency and observation time of one customer, as the
/// buy-till-you-die literature defines them (Fader, Hardie and Lee 2005).
///
/// 0 ≤ recency ≤ observation, both finite; recency is 0 for a customer
/// without a repeat purchase.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PurchaseSummary {
    frequency: u32,
    recency: f64,
    observation: f64,
}

impl PurchaseSummary {
    /// A customer right at its first purchase.
    pub const NEW: Self = Self {
        frequency: 0,
        recency: 0.0,
        observation: 0.0,
    };

    /// Checks a summary.
    ///
    /// # Errors
    ///
    /// Every rule that is broken, by the fields `frequency`, `recency` and
    /// `observation`.
    pub fn new(frequency: f64, recency: f64, observation: f64) -> Result<Self, Violations> {
        let mut violations = Violations::default();
        let counts = frequency >= 0.0 && frequency <= f64::from(MAX_FREQUENCY);
        if !counts || frequency.fract() != 0.0 {
            violations.push(
                "frequency",
                format!("must be a whole number of repeat purchases, 0 to {MAX_FREQUENCY}"),
            );
        }
        if !(0.0..=MAX_OBSERVATION).contains(&observation) {
            violations.push(
                "observation",
                format!("must be a time of 0 to {MAX_OBSERVATION}"),
            );
        }
        if !(0.0..=MAX_OBSERVATION).contains(&recency) {
            violations.push(
                "recency",
                format!("must be a time of 0 to {MAX_OBSERVATION}"),
            );
        } else if recency > observation {
            violations.push("recency", "must not be longer than the observation");
        } else if frequency == 0.0 && recency > 0.0 {
            violations.push("recency", "must be 0 without a repeat purchase");
        }
        if violations.total() > 0 {
            return Err(violations);
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a whole number within the bounds checked above"
        )]
        let frequency = frequency as u32;
        Ok(Self {
            frequency,
            recency,
            observation,
        })
    }

    /// x: the number of repeat purchases, the first not counted.
    #[must_use]
    pub fn frequency(&self) -> u32 {
        self.frequency
    }

    /// `t_x`: time from the first purchase to the last one.
    #[must_use]
    pub fn recency(&self) -> f64 {
        self.recency
    }

    /// T: time from the first purchase to the end of the observation.
    #[must_use]
    pub fn observation(&self) -> f64 {
        self.observation
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(frequency: f64, recency: f64, observation: f64) -> Vec<String> {
        match PurchaseSummary::new(frequency, recency, observation) {
            Ok(_) => Vec::new(),
            Err(violations) => violations
                .listed()
                .iter()
                .map(|violation| violation.field().to_owned())
                .collect(),
        }
    }

    #[test]
    fn what_no_history_can_give_is_refused() {
        assert!(fields(2.0, 30.43, 38.86).is_empty());
        assert!(fields(0.0, 0.0, 0.0).is_empty());
        assert_eq!(fields(1.5, 1.0, 2.0), ["frequency"]);
        assert_eq!(fields(-1.0, 1.0, 2.0), ["frequency"]);
        assert_eq!(fields(f64::NAN, f64::NAN, 2.0), ["frequency", "recency"]);
        assert_eq!(fields(1.0, 3.0, 2.0), ["recency"]);
        assert_eq!(fields(0.0, 1.0, 2.0), ["recency"]);
        assert_eq!(fields(0.0, 0.0, f64::INFINITY), ["observation"]);
        assert_eq!(
            fields(1e10, -1.0, -1.0),
            ["frequency", "observation", "recency"]
        );
    }
}
