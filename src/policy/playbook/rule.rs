//! One rule of the playbook: for whom, and what.

use super::Action;

/// Values of one part of a situation, by their positions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OneOf(u16);

impl OneOf {
    /// Whatever it is, known or not.
    pub const ANY: Self = Self(u16::MAX);

    /// One of these positions; those beyond 15 are none.
    #[must_use]
    pub fn of(positions: impl IntoIterator<Item = usize>) -> Self {
        let bits = positions.into_iter().filter(|position| *position < 16);
        Self(bits.fold(0, |bits, position| bits | (1 << position)))
    }

    fn holds(self, position: usize) -> bool {
        self.0 & (1 << position) != 0
    }
}

/// When a rule fits: in each part of the situation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Condition {
    /// Value tiers.
    pub tiers: OneOf,
    /// Risk bands.
    pub bands: OneOf,
    /// Leading causes.
    pub causes: OneOf,
    /// Lifecycle stages.
    pub stages: OneOf,
}

impl Condition {
    /// Always.
    pub const ANY: Self = Self {
        tiers: OneOf::ANY,
        bands: OneOf::ANY,
        causes: OneOf::ANY,
        stages: OneOf::ANY,
    };

    pub(super) fn fits(self, [tier, band, cause, stage]: [usize; 4]) -> bool {
        let Self {
            tiers,
            bands,
            causes,
            stages,
        } = self;
        tiers.holds(tier) && bands.holds(band) && causes.holds(cause) && stages.holds(stage)
    }
}

/// A rule of the playbook.
#[derive(Debug, Clone, PartialEq)]
pub struct PlaybookRule {
    /// Its name, unique within the playbook.
    pub name: String,
    /// For whom.
    pub when: Condition,
    /// What to do.
    pub action: Action,
}
