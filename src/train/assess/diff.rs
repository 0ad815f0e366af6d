//! What differs between two published versions.

use std::{collections::BTreeMap, fmt};

use serde_json::{Value, json};

use super::{
    AssessError, PublishedModel,
    effects::{contribution, values},
    inspect::{calibration, provenance},
    json::{identity, metrics},
    terminal::{TextTable, figure, name, signed},
};
use crate::{artifact::Artifact, model::ChurnModel};

/// The most effects that a terminal shows.
const MAX_EFFECTS: usize = 15;

/// Two versions, and what differs.
#[derive(Debug, Clone)]
pub struct Differences {
    /// One version.
    pub first: Artifact,
    /// The other.
    pub second: Artifact,
    /// Effects, features and pairs, that only the first has.
    pub removed: Vec<String>,
    /// Effects that only the second has.
    pub added: Vec<String>,
    /// Effects of features that both have, with the largest change of the
    /// contribution over the values that either knows; largest first, and
    /// without those that are equal.
    pub changed: Vec<(String, f64)>,
}

/// Tells two published versions apart.
///
/// # Errors
///
/// When one cannot be loaded.
pub fn diff(first: &PublishedModel, second: &PublishedModel) -> Result<Differences, AssessError> {
    let (first, second) = (first.load()?, second.load()?);
    let names = |artifact: &Artifact| -> Vec<String> {
        let schema = artifact.content.model.schema();
        let effects = 0..schema.effects();
        effects
            .map(|effect| schema.effect_names(effect).to_string())
            .collect()
    };
    let (before, after) = (names(&first), names(&second));
    let only = |these: &[String], others: &[String]| -> Vec<String> {
        let lacking = these.iter().filter(|name| !others.contains(name));
        lacking.cloned().collect()
    };
    let mut changed: Vec<(String, f64)> = before
        .iter()
        .filter_map(|name| {
            let change = largest_change(&first.content.model, &second.content.model, name)?;
            (change > 0.0).then(|| (name.clone(), change))
        })
        .collect();
    changed.sort_by(|a, b| b.1.total_cmp(&a.1));
    Ok(Differences {
        removed: only(&before, &after),
        added: only(&after, &before),
        changed,
        first,
        second,
    })
}

/// Of a feature that both have; `None` for pairs.
fn largest_change(first: &ChurnModel, second: &ChurnModel, name: &str) -> Option<f64> {
    let positions = [
        first.schema().position(name)?,
        second.schema().position(name)?,
    ];
    let features = [
        &first.schema().features()[positions[0]],
        &second.schema().features()[positions[1]],
    ];
    let values = features.into_iter().flat_map(values);
    let changes = values.filter_map(|value| {
        let before = contribution(first, positions[0], &[(positions[0], value)])?;
        let after = contribution(second, positions[1], &[(positions[1], value)])?;
        Some((after - before).abs())
    });
    changes.reduce(f64::max)
}

impl Differences {
    /// What is said of both, where it differs: name, first, second.
    fn facts(&self) -> Vec<(&'static str, String, String)> {
        let of = |artifact: &Artifact| {
            let churn = &artifact.content.churn_definition;
            let horizon = churn
                .horizon_days
                .map_or_else(String::new, |days| days.to_string());
            let mut facts: BTreeMap<&'static str, String> =
                provenance(artifact).into_iter().collect();
            facts.insert("churn", churn.description.clone());
            facts.insert("target", format!("{} = {}", churn.target, churn.positive));
            facts.insert("horizon_days", horizon);
            facts.insert("calibration", calibration(artifact).to_owned());
            facts
        };
        let (first, second) = (of(&self.first), of(&self.second));
        let mut names: Vec<&'static str> = first.keys().chain(second.keys()).copied().collect();
        names.sort_unstable();
        names.dedup();
        let none = String::new();
        let facts = names.into_iter().filter_map(|name| {
            let before = first.get(name).unwrap_or(&none);
            let after = second.get(name).unwrap_or(&none);
            (before != after).then(|| (name, before.clone(), after.clone()))
        });
        facts.collect()
    }

    /// With stable names.
    #[must_use]
    pub fn json(&self) -> Value {
        let facts = self.facts().into_iter().map(|(name, first, second)| {
            (name.to_owned(), json!({ "first": first, "second": second }))
        });
        let changed = self.changed.iter();
        let changed =
            changed.map(|(name, change)| json!({ "name": name, "largest_change": change }));
        json!({
            "first": identity(&self.first.identity),
            "second": identity(&self.second.identity),
            "removed": self.removed,
            "added": self.added,
            "changed": changed.collect::<Value>(),
            "facts": facts.collect::<serde_json::Map<_, _>>(),
            "held_out": {
                "first": metrics(&self.first.content.evaluation.held_out),
                "second": metrics(&self.second.content.evaluation.held_out),
            },
        })
    }
}

impl fmt::Display for Differences {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, second) = (&self.first, &self.second);
        let title = |artifact: &Artifact| {
            format!("{}@{}", artifact.identity.name, artifact.identity.version)
        };
        writeln!(f, "{} against {}", title(first), title(second))?;
        for (what, effects) in [("Removed", &self.removed), ("Added", &self.added)] {
            for effect in effects {
                writeln!(f, "  {what}: {}", name(effect))?;
            }
        }
        if self.changed.is_empty() {
            writeln!(f, "  The effects of common features are equal.")?;
        } else {
            let mut table = TextTable::new(1, &["", "largest change"]);
            for (effect, change) in self.changed.iter().take(MAX_EFFECTS) {
                table.row([name(effect), figure(*change)]);
            }
            write!(f, "\nEffects that changed, in log-odds\n{table}")?;
        }
        let (before, after) = (
            &first.content.evaluation.held_out,
            &second.content.evaluation.held_out,
        );
        let mut table = TextTable::new(1, &["", "first", "second", "difference"]);
        for (label, before, after) in [
            ("prevalence", before.prevalence, after.prevalence),
            ("AUC", before.area_under_curve, after.area_under_curve),
            ("log loss", before.log_loss, after.log_loss),
            ("Brier score", before.brier_score, after.brier_score),
            (
                "top-decile lift",
                before.top_decile_lift,
                after.top_decile_lift,
            ),
        ] {
            table.row([
                label.to_owned(),
                figure(before),
                figure(after),
                signed(after - before),
            ]);
        }
        write!(
            f,
            "\nPublished figures; comparable only when both were measured on the same rows\n{table}"
        )?;
        let mut table = TextTable::new(3, &["", "first", "second"]);
        for (fact, before, after) in self.facts() {
            table.row([fact.replace('_', " "), name(&before), name(&after)]);
        }
        write!(f, "\nFacts that differ\n{}", table.to_string().trim_end())
    }
}
