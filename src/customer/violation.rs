//! What is wrong with a request, field by field, without the data itself.

use std::{borrow::Cow, fmt};

/// How many violations are listed; the rest are only counted.
const MAX_LISTED: usize = 20;
/// How many bytes of a caller's feature name a field path repeats, escapes
/// included. With 20 paths an error stays within what clients accept as headers.
const MAX_NAME_BYTES: usize = 64;

/// One field at fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    field: String,
    description: Cow<'static, str>,
}

impl Violation {
    /// The path of the field, such as `features.tenure`.
    #[must_use]
    pub fn field(&self) -> &str {
        &self.field
    }

    /// What the field must be. Never holds the value that was sent.
    #[must_use]
    pub fn description(&self) -> &str {
        &self.description
    }
}

/// Every field at fault; as an error, at least one.
#[derive(Debug, Clone, Default, PartialEq, Eq, thiserror::Error)]
pub struct Violations {
    listed: Vec<Violation>,
    total: usize,
}

impl Violations {
    /// A single violation.
    #[must_use]
    pub fn of(field: &str, description: impl Into<Cow<'static, str>>) -> Self {
        let mut violations = Self::default();
        violations.push(field, description);
        violations
    }

    /// Adds a violation of the field at `field`.
    pub fn push(&mut self, field: &str, description: impl Into<Cow<'static, str>>) {
        self.total += 1;
        if self.listed.len() < MAX_LISTED {
            self.listed.push(Violation {
                field: field.to_owned(),
                description: description.into(),
            });
        }
    }

    /// Adds a violation of the feature `name`, as the caller spelled it.
    pub fn push_feature(&mut self, name: &str, description: impl Into<Cow<'static, str>>) {
        self.push(&feature_path(name), description);
    }

    /// Adds all of `others`.
    pub fn extend(&mut self, others: Self) {
        let room = MAX_LISTED - self.listed.len();
        self.total += others.total;
        self.listed.extend(others.listed.into_iter().take(room));
    }

    /// What a result holds, or its violations among these.
    pub(crate) fn gather<T>(&mut self, result: Result<T, Self>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(violations) => {
                self.extend(violations);
                None
            }
        }
    }

    /// The same violations, their fields below `parent`.
    #[must_use]
    pub fn within(mut self, parent: &str) -> Self {
        for violation in &mut self.listed {
            violation.field = format!("{parent}.{}", violation.field);
        }
        self
    }

    /// The first violations, at most 20.
    #[must_use]
    pub fn listed(&self) -> &[Violation] {
        &self.listed
    }

    /// How many violations there are, listed or not.
    #[must_use]
    pub fn total(&self) -> usize {
        self.total
    }

    /// `value`, unless something was violated.
    ///
    /// # Errors
    ///
    /// These violations, when there are any.
    pub fn into_result<T>(self, value: T) -> Result<T, Self> {
        if self.total == 0 {
            Ok(value)
        } else {
            Err(self)
        }
    }
}

impl fmt::Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.listed.first() {
            None => f.write_str("no field is at fault"),
            Some(first) => {
                write!(f, "{}: {}", first.field, first.description)?;
                if self.total > 1 {
                    write!(f, " (and {} more)", self.total - 1)?;
                }
                Ok(())
            }
        }
    }
}

/// Plain names become `features.name`; anything else is quoted, escaped and
/// cut short, so that a hostile name cannot garble or fill an error.
fn feature_path(name: &str) -> String {
    let plain = !name.is_empty()
        && name.len() <= MAX_NAME_BYTES
        && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    if plain {
        return format!("features.{name}");
    }
    let mut quoted = String::new();
    for c in name.chars() {
        let escaped: String = if c.is_alphanumeric() || c == ' ' {
            c.into()
        } else {
            c.escape_default().collect()
        };
        if quoted.len() + escaped.len() > MAX_NAME_BYTES {
            quoted.push('…');
            break;
        }
        quoted.push_str(&escaped);
    }
    format!("features[\"{quoted}\"]")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_names_are_quoted_and_cut() {
        assert_eq!(feature_path("tenure"), "features.tenure");
        assert_eq!(feature_path("任期"), "features.任期");
        assert_eq!(
            feature_path("Monthly charge"),
            "features[\"Monthly charge\"]"
        );
        assert_eq!(feature_path("a\"\n"), r#"features["a\"\n"]"#);
        for long in ["x", "\u{202e}", "任", "\""] {
            assert!(feature_path(&long.repeat(1 << 20)).len() < 80, "{long}");
        }
    }

    #[test]
    fn only_the_first_twenty_are_listed() {
        let mut violations = Violations::default();
        for i in 0..50 {
            violations.push(&i.to_string(), "is wrong");
        }
        assert_eq!(violations.listed().len(), 20);
        assert_eq!(violations.total(), 50);
        assert_eq!(violations.to_string(), "0: is wrong (and 49 more)");
    }
}
