//! Rules that need no model, to compare with.

use std::fmt;

use super::replay::Scored;

/// A number that a rule without a model goes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SimpleRule {
    /// Days since the last purchase.
    Recency,
    /// The same in units of the customer's own mean gap.
    OwnGap,
}

impl SimpleRule {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Recency, Self::OwnGap];

    /// Thresholds of recency, as shares of the horizon.
    const SHARES: [f64; 10] = [0.15, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85, 0.9, 0.95];
    /// Thresholds of own gaps.
    const GAPS: [f64; 10] = [1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0, 6.0, 8.0];

    /// Its name for machines.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Recency => "recency",
            Self::OwnGap => "own_gap",
        }
    }

    pub(super) fn score(self, scored: &Scored<'_>) -> Option<f64> {
        let purchasing = scored.row.purchasing;
        match self {
            Self::Recency => Some(f64::from(purchasing.days_since_last)),
            Self::OwnGap => purchasing.gaps_since_last(),
        }
    }

    pub(super) fn thresholds(self, horizon_days: u32) -> [f64; 10] {
        match self {
            Self::Recency => Self::SHARES.map(|share| (share * f64::from(horizon_days)).round()),
            Self::OwnGap => Self::GAPS,
        }
    }

    /// What a threshold is of.
    #[must_use]
    pub fn unit(self) -> &'static str {
        match self {
            Self::Recency => "days since the last purchase",
            Self::OwnGap => "own gaps since the last purchase",
        }
    }
}

impl fmt::Display for SimpleRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Recency => "recency",
            Self::OwnGap => "own gap",
        })
    }
}
