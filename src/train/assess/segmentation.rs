//! Work on published segmentations: look inside, tell versions apart.

use std::fmt;

use serde_json::Value;

use super::{
    AssessError, PublishedModel,
    json::identity,
    value::{ContentDifferences, compare},
};
use crate::{
    artifact::{Artifact, SegmentationContent},
    train::segments::{self, SegmentationText},
};

/// A published segmentation, laid open.
#[derive(Debug, Clone)]
pub struct SegmentationInspected {
    /// The segmentation.
    pub artifact: Artifact<SegmentationContent>,
}

/// Two segmentations, and what differs.
pub type SegmentationDifferences = ContentDifferences<SegmentationContent>;

/// Loads a published segmentation.
///
/// # Errors
///
/// When it cannot be loaded, or is of another kind.
pub fn inspect_segmentation(model: &PublishedModel) -> Result<SegmentationInspected, AssessError> {
    let artifact = model.load()?.into_segmentation()?;
    Ok(SegmentationInspected { artifact })
}

impl SegmentationInspected {
    /// With stable names.
    #[must_use]
    pub fn json(&self) -> Value {
        let mut told = segments::json(&self.artifact.content);
        told["model"] = identity(&self.artifact.identity);
        told
    }
}

impl fmt::Display for SegmentationInspected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Artifact { identity, content } = &self.artifact;
        writeln!(f, "{} version {}", identity.name, identity.version)?;
        writeln!(f, "  sha256 {}\n", identity.digest)?;
        write!(f, "{}", SegmentationText(content))
    }
}

/// Tells two published segmentations apart: edges, rules and groups.
///
/// # Errors
///
/// When one cannot be loaded, or is of another kind.
pub fn diff_segmentations(
    first: &PublishedModel,
    second: &PublishedModel,
) -> Result<SegmentationDifferences, AssessError> {
    let (first, second) = (
        first.load()?.into_segmentation()?,
        second.load()?.into_segmentation()?,
    );
    let [before, after] = [&first, &second].map(|one| comparable(&one.content));
    let mut changed = Vec::new();
    compare("", &before, &after, &mut changed);
    Ok(SegmentationDifferences {
        first,
        second,
        changed,
    })
}

/// Without the tables, of which every cell differs; groups by their names.
fn comparable(content: &SegmentationContent) -> Value {
    let mut told = segments::json(content);
    if let Some(told) = told.as_object_mut() {
        told.remove("recency_frequency");
        told.remove("silhouettes");
        if let Some(watched) = told.get_mut("follow_up").and_then(Value::as_object_mut) {
            watched.remove("segment_moves");
        }
    }
    by_name(told)
}

fn by_name(value: Value) -> Value {
    let named = |item: &Value| item.get("name").is_some_and(Value::is_string);
    match value {
        Value::Array(items) if !items.is_empty() && items.iter().all(named) => {
            let entry = |mut item: Value| {
                let fields = item.as_object_mut();
                let name = fields.and_then(|fields| fields.remove("name"));
                let name = name.as_ref().and_then(Value::as_str).unwrap_or_default();
                (name.to_owned(), by_name(item))
            };
            Value::Object(items.into_iter().map(entry).collect())
        }
        Value::Object(fields) => {
            let fields = fields.into_iter();
            Value::Object(fields.map(|(key, value)| (key, by_name(value))).collect())
        }
        other @ (Value::Array(_)
        | Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)) => other,
    }
}
