//! What is inside a published spend model.

use std::fmt;

use serde_json::{Value, json};

use super::{
    AssessError, PublishedModel,
    effects::{EffectPoints, effects},
    inspect::write_effect,
    json::identity,
};
use crate::{
    artifact::{Artifact, SpendContent},
    train::spend::{Told, content_json},
};

/// A published spend model, laid open.
#[derive(Debug, Clone)]
pub struct SpendInspected {
    /// The model.
    pub artifact: Artifact<SpendContent>,
    /// Its effects on the logarithm of spend, the largest first.
    pub effects: Vec<EffectPoints>,
}

/// Loads a published spend model and reads off its effects.
///
/// # Errors
///
/// When the model cannot be loaded, or is of another kind.
pub fn inspect_spend(model: &PublishedModel) -> Result<SpendInspected, AssessError> {
    let artifact = model.load()?.into_spend()?;
    let mut effects = effects(artifact.content.model.additive());
    effects.sort_by(|a, b| b.range.total_cmp(&a.range));
    Ok(SpendInspected { artifact, effects })
}

impl SpendInspected {
    /// With stable names.
    #[must_use]
    pub fn json(&self) -> Value {
        let mut json = content_json(&self.artifact.content);
        json["model"] = identity(&self.artifact.identity);
        let effects = self.effects.iter().map(|effect| {
            let points = effect.points.iter();
            let points = points.map(|(at, height)| json!({ "at": at, "contribution": height }));
            json!({ "name": effect.name, "range": effect.range, "points": points.collect::<Value>() })
        });
        json["effects"] = effects.collect();
        json
    }
}

impl fmt::Display for SpendInspected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Artifact { identity, content } = &self.artifact;
        writeln!(f, "{} version {}", identity.name, identity.version)?;
        writeln!(f, "  sha256 {}\n", identity.digest)?;
        write!(f, "{}", Told(content))?;
        writeln!(f, "\nEffects on the logarithm of spend, the largest first")?;
        for effect in &self.effects {
            write_effect(f, effect)?;
        }
        write!(f, "\nData\n  {}", content.training.data_sha256)
    }
}
