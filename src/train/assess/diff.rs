//! What differs between two published versions.

use std::{collections::BTreeMap, fmt};

use serde_json::{Value, json};

use super::{
    AssessError, PublishedModel,
    change::{Change, ChangedEffect},
    inspect::{calibration, provenance},
    json::{identity, metrics},
    terminal::{TextTable, figure, name, signed},
};
use crate::{
    artifact::{Artifact, ChurnContent},
    model::ChurnModel,
};

/// The most effects that a terminal shows.
const MAX_EFFECTS: usize = 15;

/// Two versions, and what differs.
#[derive(Debug, Clone)]
pub struct Differences {
    /// One version.
    pub first: Artifact<ChurnContent>,
    /// The other.
    pub second: Artifact<ChurnContent>,
    /// Effects, of one feature or of a pair, that only the first has: names of
    /// their features, in alphabetical order.
    pub removed: Vec<Vec<String>>,
    /// Effects that only the second has.
    pub added: Vec<Vec<String>>,
    /// Effects that both have, without those that are equal; those that cannot be
    /// compared first, then the largest change.
    pub changed: Vec<ChangedEffect>,
}

/// Tells two published versions apart.
///
/// # Errors
///
/// When one cannot be loaded.
pub fn diff(first: &PublishedModel, second: &PublishedModel) -> Result<Differences, AssessError> {
    let (first, second) = (first.load_churn()?, second.load_churn()?);
    let (before, after) = (names(&first.content.model), names(&second.content.model));
    let only = |these: &[Vec<String>], others: &[Vec<String>]| -> Vec<Vec<String>> {
        let lacking = these.iter().filter(|names| !others.contains(names));
        lacking.cloned().collect()
    };
    let mut changed: Vec<ChangedEffect> = before
        .iter()
        .enumerate()
        .filter_map(|(effect, names)| {
            let other = after.iter().position(|other| other == names)?;
            let models = [&first.content.model, &second.content.model];
            let change = Change::of(models, [effect, other])?;
            Some(ChangedEffect {
                features: names.clone(),
                change,
            })
        })
        .collect();
    changed.sort_by(|a, b| b.change.size().total_cmp(&a.change.size()));
    Ok(Differences {
        removed: only(&before, &after),
        added: only(&after, &before),
        changed,
        first,
        second,
    })
}

/// The features of each effect, by name. Where a pair's features stand in the
/// schema does not matter.
fn names(model: &ChurnModel) -> Vec<Vec<String>> {
    let effects = (0..model.schema().effects()).map(|effect| {
        let names = model.schema().effect_names(effect);
        let mut names: Vec<String> = names.as_slice().iter().map(ToString::to_string).collect();
        names.sort_unstable();
        names
    });
    effects.collect()
}

impl Differences {
    /// What is said of both, where it differs: name, first, second.
    fn facts(&self) -> Vec<(&'static str, String, String)> {
        let of = |artifact: &Artifact<ChurnContent>| {
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
        let effects = |effects: &[Vec<String>]| -> Value {
            let told = effects.iter().map(|names| json!({ "features": names }));
            told.collect()
        };
        let changed = self
            .changed
            .iter()
            .map(|ChangedEffect { features, change }| {
                json!({
                    "features": features,
                    "largest_change": change.largest(),
                    "incomparable": change.incomparable(),
                })
            });
        json!({
            "first": identity(&self.first.identity),
            "second": identity(&self.second.identity),
            "removed": effects(&self.removed),
            "added": effects(&self.added),
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
        let title = |artifact: &Artifact<ChurnContent>| {
            format!("{}@{}", artifact.identity.name, artifact.identity.version)
        };
        writeln!(f, "{} against {}", title(first), title(second))?;
        for (what, effects) in [("Removed", &self.removed), ("Added", &self.added)] {
            for effect in effects {
                writeln!(f, "  {what}: {}", joined(effect))?;
            }
        }
        if self.changed.is_empty() {
            writeln!(f, "  The effects that both have are equal.")?;
        } else {
            let mut table = TextTable::new(1, &["", "largest change"]);
            for ChangedEffect { features, change } in self.changed.iter().take(MAX_EFFECTS) {
                let told = change.incomparable().map(str::to_owned);
                let told = told.or_else(|| change.largest().map(figure));
                table.row([joined(features), told.unwrap_or_default()]);
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

/// The features of an effect, as they are read.
fn joined(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|feature| name(feature)).collect();
    names.join(" × ")
}
