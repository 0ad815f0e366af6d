//! What differs between two published value models.

use std::fmt;

use serde_json::{Value, json};

use crate::{
    artifact::{Artifact, ValueContent},
    train::{
        assess::{AssessError, PublishedModel, json::identity, terminal::TextTable},
        value::content_json,
    },
};

/// Two versions of one kind, and what differs.
#[derive(Debug, Clone)]
pub struct ContentDifferences<C> {
    /// One.
    pub first: Artifact<C>,
    /// The other.
    pub second: Artifact<C>,
    /// Path of each figure that is not the same, with both.
    pub changed: Vec<(String, Value, Value)>,
}

/// Two value models, and what differs.
pub type ValueDifferences = ContentDifferences<ValueContent>;

/// Tells two published value models apart: parameters, terms, facts and figures.
///
/// # Errors
///
/// When one cannot be loaded, or is of another kind.
pub fn diff_values(
    first: &PublishedModel,
    second: &PublishedModel,
) -> Result<ValueDifferences, AssessError> {
    let (first, second) = (first.load()?.into_value()?, second.load()?.into_value()?);
    let mut changed = Vec::new();
    let (before, after) = (content_json(&first.content), content_json(&second.content));
    compare("", &before, &after, &mut changed);
    Ok(ValueDifferences {
        first,
        second,
        changed,
    })
}

/// Every leaf that differs, by its path.
pub(in crate::train::assess) fn compare(
    path: &str,
    before: &Value,
    after: &Value,
    changed: &mut Vec<(String, Value, Value)>,
) {
    match (before, after) {
        (Value::Object(old), Value::Object(new)) => {
            let mut names: Vec<&String> = old.keys().chain(new.keys()).collect();
            names.sort_unstable();
            names.dedup();
            for name in names {
                let dot = if path.is_empty() { "" } else { "." };
                let path = format!("{path}{dot}{name}");
                let side = |all: &serde_json::Map<String, Value>| {
                    all.get(name).cloned().unwrap_or(Value::Null)
                };
                compare(&path, &side(old), &side(new), changed);
            }
        }
        (Value::Array(old), Value::Array(new)) if old.len() == new.len() => {
            for (at, (old, new)) in old.iter().zip(new).enumerate() {
                compare(&format!("{path}[{at}]"), old, new, changed);
            }
        }
        (old, new) if old == new => {}
        (old, new) => changed.push((path.to_owned(), old.clone(), new.clone())),
    }
}

impl<C> ContentDifferences<C> {
    /// With stable names.
    #[must_use]
    pub fn json(&self) -> Value {
        let changed = self.changed.iter().map(
            |(path, before, after)| json!({ "figure": path, "first": before, "second": after }),
        );
        json!({
            "first": identity(&self.first.identity),
            "second": identity(&self.second.identity),
            "changed": changed.collect::<Value>(),
        })
    }
}

impl<C> fmt::Display for ContentDifferences<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, second) = (&self.first.identity, &self.second.identity);
        write!(
            f,
            "{} version {} and {} version {}",
            first.name, first.version, second.name, second.version
        )?;
        if self.changed.is_empty() {
            return write!(f, "\n  nothing differs");
        }
        let mut table = TextTable::new(1, &["", "first", "second"]);
        for (path, before, after) in &self.changed {
            table.row([path.clone(), told(before), told(after)]);
        }
        write!(f, "\n{}", table.to_string().trim_end())
    }
}

/// A figure, short enough for a line.
fn told(value: &Value) -> String {
    match value {
        Value::Number(number) => match number.as_f64() {
            Some(number) if number.fract() != 0.0 => format!("{number:.4}"),
            _ => number.to_string(),
        },
        Value::Null => "-".to_owned(),
        Value::String(text) => text.chars().take(24).collect(),
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
            value.to_string().chars().take(24).collect()
        }
    }
}
