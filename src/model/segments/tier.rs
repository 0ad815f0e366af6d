//! Value tiers: where a customer's value stands among those of training.

use std::{fmt, str::FromStr};

/// A value tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    /// The least valuable.
    Low,
    /// Between the two.
    Medium,
    /// The most valuable.
    High,
}

impl Tier {
    /// All tiers, rising.
    pub const ALL: [Self; 3] = [Self::Low, Self::Medium, Self::High];

    /// Its name in the API and in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    /// 0 for low to 2 for high.
    #[must_use]
    pub fn index(self) -> usize {
        match self {
            Self::Low => 0,
            Self::Medium => 1,
            Self::High => 2,
        }
    }
}

impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Tier {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL
            .into_iter()
            .find(|tier| tier.as_str() == text)
            .ok_or(())
    }
}

/// What the shares of tiers are shares of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TierBy {
    /// The number of customers: high are the top 20 %, say.
    Customers,
    /// The sum of their value: high are those who bring in the first 70 %, say.
    Value,
}

impl TierBy {
    /// Its name in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Customers => "customers",
            Self::Value => "value",
        }
    }
}

/// How large the tiers are meant to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TierShares {
    high: f64,
    medium: f64,
    by: TierBy,
}

/// Why numbers are no tiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TierEdgesError {
    /// The shares are no shares of one whole.
    #[error("must be three shares, high, medium and low, each from 0 to 1, that add up to 1")]
    Shares,
    /// The edges are no numbers, or in the wrong order.
    #[error("the edges of the tiers must be finite, high not below medium")]
    Edges,
}

impl TierShares {
    /// Shares of the tiers high, medium and low.
    ///
    /// # Errors
    ///
    /// When they are no shares, or do not add up to 1 (to 10⁻⁹).
    pub fn new([high, medium, low]: [f64; 3], by: TierBy) -> Result<Self, TierEdgesError> {
        let shares = [high, medium, low]
            .iter()
            .all(|share| (0.0..=1.0).contains(share));
        if !shares || (high + medium + low - 1.0).abs() > 1e-9 {
            return Err(TierEdgesError::Shares);
        }
        Ok(Self { high, medium, by })
    }

    /// 20 % high, 30 % medium and 50 % low of the customers; or those who
    /// bring in the first 70 %, the next 20 % and the last 10 % of the value.
    #[must_use]
    pub fn usual(by: TierBy) -> Self {
        let (high, medium) = match by {
            TierBy::Customers => (0.2, 0.3),
            TierBy::Value => (0.7, 0.2),
        };
        Self { high, medium, by }
    }

    /// Of the tiers high, medium and low.
    #[must_use]
    pub fn shares(&self) -> [f64; 3] {
        let low = 1.0 - self.high - self.medium;
        // What is left of decimal shares: 1 - 0.7 - 0.2 is 0.1, not 0.10000000000000003.
        let low = (low * 1e9).round() / 1e9;
        [self.high, self.medium, low]
    }

    /// What they are shares of.
    #[must_use]
    pub fn by(&self) -> TierBy {
        self.by
    }

    fn tier(&self, share_above: f64) -> Tier {
        if share_above < self.high {
            Tier::High
        } else if share_above < self.high + self.medium {
            Tier::Medium
        } else {
            Tier::Low
        }
    }
}

/// The fitted values that the tiers begin at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TierEdges {
    medium: Option<f64>,
    high: Option<f64>,
}

impl TierEdges {
    /// Checks stored edges: the lowest value of each tier, `None` where nobody
    /// is in it.
    ///
    /// # Errors
    ///
    /// When they are not finite, or high is below medium.
    pub fn new(medium: Option<f64>, high: Option<f64>) -> Result<Self, TierEdgesError> {
        let finite = [medium, high].iter().flatten().all(|edge| edge.is_finite());
        let ordered = medium.zip(high).is_none_or(|(medium, high)| medium <= high);
        if finite && ordered {
            Ok(Self { medium, high })
        } else {
            Err(TierEdgesError::Edges)
        }
    }

    /// Fits the edges to the values of training, the most valuable first.
    ///
    /// Customers of equal value are in one tier: the one that the middle of
    /// them falls into. A negative value counts as 0 where shares are of value;
    /// where the whole value is 0, everybody is low. Values that are not finite
    /// are passed over.
    #[must_use]
    pub fn fit(values: &[f64], shares: &TierShares) -> Self {
        let mut values: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
        values.sort_unstable_by(|a, b| b.partial_cmp(a).unwrap_or(std::cmp::Ordering::Equal));
        let weight = |value: f64| match shares.by {
            TierBy::Customers => 1.0,
            TierBy::Value => value.max(0.0),
        };
        let whole: f64 = values.iter().map(|value| weight(*value)).sum();
        let mut edges = Self {
            medium: None,
            high: None,
        };
        let mut above = 0.0;
        for equal in values.chunk_by(|a, b| a == b) {
            let of_these = weight(equal[0]) * equal.len() as f64;
            let middle = (above + of_these / 2.0) / whole;
            above += of_these;
            if !middle.is_finite() {
                break;
            }
            match shares.tier(middle) {
                Tier::High => edges.high = Some(equal[0]),
                Tier::Medium => edges.medium = Some(equal[0]),
                Tier::Low => break,
            }
        }
        edges
    }

    /// The lowest value of the tier medium, if anybody is in it.
    #[must_use]
    pub fn medium(&self) -> Option<f64> {
        self.medium
    }

    /// The lowest value of the tier high, if anybody is in it.
    #[must_use]
    pub fn high(&self) -> Option<f64> {
        self.high
    }

    /// The tier of a value: never lower for a larger one.
    #[must_use]
    pub fn tier(&self, value: f64) -> Tier {
        let reaches = |edge: Option<f64>| edge.is_some_and(|edge| value >= edge);
        if reaches(self.high) {
            Tier::High
        } else if reaches(self.medium) {
            Tier::Medium
        } else {
            Tier::Low
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tiers(values: &[f64], shares: [f64; 3], by: TierBy) -> Vec<Tier> {
        let shares = TierShares::new(shares, by).unwrap();
        let edges = TierEdges::fit(values, &shares);
        values.iter().map(|value| edges.tier(*value)).collect()
    }

    #[test]
    fn shares_are_of_customers_or_of_value() {
        use Tier::{High, Low, Medium};
        let values = [100.0, 50.0, 20.0, 10.0, 8.0, 6.0, 3.0, 2.0, 1.0, 0.0];
        assert_eq!(
            tiers(&values, [0.2, 0.3, 0.5], TierBy::Customers),
            [High, High, Medium, Medium, Medium, Low, Low, Low, Low, Low]
        );
        assert_eq!(
            tiers(&values, [0.7, 0.2, 0.1], TierBy::Value),
            [High, High, Medium, Medium, Low, Low, Low, Low, Low, Low]
        );
    }

    #[test]
    fn equal_values_and_no_value_at_all_have_a_tier() {
        let all = |values: &[f64], by| tiers(values, TierShares::usual(by).shares(), by);
        assert_eq!(all(&[5.0; 9], TierBy::Customers), [Tier::Low; 9]);
        assert_eq!(all(&[5.0; 9], TierBy::Value), [Tier::High; 9]);
        assert_eq!(all(&[0.0; 3], TierBy::Value), [Tier::Low; 3]);
        assert_eq!(all(&[], TierBy::Value), []);
        assert_eq!(all(&[1e15; 3], TierBy::Value), [Tier::High; 3]);
    }

    #[test]
    fn shares_add_up_to_one() {
        let new = |shares| TierShares::new(shares, TierBy::Value);
        assert_eq!(new([0.7, 0.2, 0.1]).unwrap().shares(), [0.7, 0.2, 0.1]);
        for wrong in [[0.2, 0.3, 0.4], [1.2, -0.2, 0.0], [f64::NAN, 0.5, 0.5]] {
            assert_eq!(new(wrong), Err(TierEdgesError::Shares));
        }
        assert!(TierEdges::new(Some(2.0), Some(1.0)).is_err());
        assert!(TierEdges::new(None, Some(f64::INFINITY)).is_err());
    }

    proptest! {
        #[test]
        fn tiers_rise_with_the_value(
            values in prop::collection::vec(-1e6..1e9f64, 0..100),
            high in 0.0..1.0f64,
            of_rest in 0.0..1.0f64,
            by_value in any::<bool>(),
            pair in [-1e9..1e9f64, -1e9..1e9f64],
        ) {
            let medium = (1.0 - high) * of_rest;
            let by = if by_value { TierBy::Value } else { TierBy::Customers };
            let shares = TierShares::new([high, medium, 1.0 - high - medium], by).unwrap();
            let edges = TierEdges::fit(&values, &shares);
            prop_assert!(TierEdges::new(edges.medium(), edges.high()).is_ok());
            let [low, high] = if pair[0] <= pair[1] { pair } else { [pair[1], pair[0]] };
            prop_assert!(edges.tier(low) <= edges.tier(high));
        }
    }
}
