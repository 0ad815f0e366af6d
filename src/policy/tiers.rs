//! Value tiers: of current value, of potential value, and of both together.

use crate::model::segments::{Tier, TierBy, TierShares};

/// How value becomes a tier.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TierRule {
    /// How large the tiers are, of current and of potential value alike.
    pub shares: TierShares,
    /// What the two tiers come to together.
    pub matrix: TierMatrix,
}

impl Default for TierRule {
    fn default() -> Self {
        Self {
            shares: TierShares::usual(TierBy::Customers),
            matrix: TierMatrix::default(),
        }
    }
}

/// The overall tier of each cell of the current × potential matrix: a row for
/// each tier of current value, in it a cell for each of potential value, both
/// from low to high.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TierMatrix(pub [[Tier; 3]; 3]);

impl Default for TierMatrix {
    /// High where both are, or one is and the other is medium; low only where
    /// both are: who is worth something on either side is not neglected.
    fn default() -> Self {
        use Tier::{High, Low, Medium};
        Self([
            [Low, Medium, Medium],
            [Medium, Medium, High],
            [Medium, High, High],
        ])
    }
}

impl TierMatrix {
    /// The overall tier; that of the current value where the potential is not
    /// known.
    #[must_use]
    pub fn tier(&self, current: Tier, potential: Option<Tier>) -> Tier {
        potential.map_or(current, |potential| {
            self.0[current.index()][potential.index()]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_overall_tier_rises_with_both() {
        let matrix = TierMatrix::default();
        for [lower, higher] in [[Tier::Low, Tier::Medium], [Tier::Medium, Tier::High]] {
            for other in Tier::ALL {
                assert!(matrix.tier(lower, Some(other)) <= matrix.tier(higher, Some(other)));
                assert!(matrix.tier(other, Some(lower)) <= matrix.tier(other, Some(higher)));
            }
        }
        assert_eq!(matrix.tier(Tier::High, None), Tier::High);
        assert_eq!(matrix.tier(Tier::High, Some(Tier::Low)), Tier::Medium);
    }
}
