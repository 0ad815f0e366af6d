//! What a principal may do.

use std::{fmt, str::FromStr};

/// A kind of calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Scoring customers.
    Score,
    /// Seeing which models there are, and what is in them.
    ReadModels,
    /// Changing what is loaded and what serves.
    ManageModels,
}

/// No scope is called that.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be score, read-models or manage-models")]
pub struct UnknownScope;

impl Scope {
    /// All there are.
    pub const ALL: [Self; 3] = [Self::Score, Self::ReadModels, Self::ManageModels];

    /// Its name in files, tokens and errors.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Score => "score",
            Self::ReadModels => "read-models",
            Self::ManageModels => "manage-models",
        }
    }

    fn bit(self) -> u8 {
        1 << self as u8
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Scope {
    type Err = UnknownScope;

    fn from_str(name: &str) -> Result<Self, UnknownScope> {
        let mut all = Self::ALL.into_iter();
        all.find(|scope| scope.name() == name).ok_or(UnknownScope)
    }
}

/// A set of scopes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Scopes(u8);

impl Scopes {
    /// Every scope.
    #[must_use]
    pub fn all() -> Self {
        Scope::ALL.into_iter().collect()
    }

    /// Whether one is among them.
    #[must_use]
    pub fn contains(self, scope: Scope) -> bool {
        self.0 & scope.bit() != 0
    }

    /// Those that are in both.
    #[must_use]
    pub fn and(self, others: Self) -> Self {
        Self(self.0 & others.0)
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        let bits = scopes.into_iter().map(Scope::bit);
        Self(bits.fold(0, |all, bit| all | bit))
    }
}
