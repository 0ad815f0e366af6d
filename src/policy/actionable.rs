//! What can be done about a feature.

use std::str::FromStr;

use super::causes::plain;
use crate::customer::Violations;

/// In which direction a feature can be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Either way; of categories and flags, to any other.
    Any,
    /// A number can rise; a flag can become true.
    Increase,
    /// A number can fall; a flag can become false.
    Decrease,
}

impl Direction {
    /// All directions.
    pub const ALL: [Self; 3] = [Self::Any, Self::Increase, Self::Decrease];

    /// Its name in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Increase => "increase",
            Self::Decrease => "decrease",
        }
    }
}

impl FromStr for Direction {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut all = Self::ALL.into_iter();
        all.find(|direction| direction.as_str() == text).ok_or(())
    }
}

/// The features that a company can change, and how. Names count as they do for
/// causes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Actionable {
    features: Vec<(String, Direction)>,
}

impl Actionable {
    /// Checks names. Paths are those of a policy file: `actionable.any[0]`.
    ///
    /// # Errors
    ///
    /// Every name that is empty or stands twice.
    pub fn new(stated: &[(Direction, Vec<String>)]) -> Result<Self, Violations> {
        let mut violations = Violations::default();
        let mut features: Vec<(String, Direction)> = Vec::new();
        for (direction, names) in stated {
            for (at, name) in names.iter().enumerate() {
                let field = format!("actionable.{}[{at}]", direction.as_str());
                let name = plain(name);
                if name.is_empty() {
                    violations.push(&field, "must name a feature");
                } else if features.iter().any(|(other, _)| *other == name) {
                    violations.push(
                        &field,
                        "is there twice, but for case, blanks, `_`, `-` and `.`",
                    );
                } else {
                    features.push((name, *direction));
                }
            }
        }
        violations.into_result(Self { features })
    }

    /// How a feature can be changed; `None` where it cannot.
    #[must_use]
    pub fn direction(&self, feature: &str) -> Option<Direction> {
        let name = plain(feature);
        let mut features = self.features.iter();
        let found = features.find(|(other, _)| *other == name);
        found.map(|(_, direction)| *direction)
    }
}
