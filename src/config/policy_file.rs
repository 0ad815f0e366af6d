//! The TOML file of the business rules. What it does not say is as usual.
//!
//! ```toml
//! [[segments]]                      # all of them, or none for the usual ones
//! name = "champions"
//! scores = [{ recency = [4, 5], frequency = [4, 5] }]   # monetary: any
//!
//! [tiers]
//! shares = [0.2, 0.3, 0.5]          # high, medium, low
//! by = "customers"                  # or value
//!
//! [tiers.matrix]                    # by current tier, then potential tier from low to high
//! low = ["low", "medium", "medium"]
//! medium = ["medium", "medium", "high"]
//! high = ["medium", "high", "high"]
//!
//! [lifecycle]
//! measure = "gaps"                  # or probability
//! at_risk_gaps = 2.0
//! churned_gaps = 4.0
//! ```

use std::{
    fmt::Write as _, // writing to a string never fails
    path::{Path, PathBuf},
};

use serde::Deserialize;

use super::text_file::{self, TextFileError};
use crate::{
    customer::Violations,
    model::segments::{Tier, TierBy, TierShares},
    policy::{
        LifecycleMeasure, LifecycleRules, Policy, ScoreBox, ScoreRange, SegmentDefinition,
        SegmentRules, TierMatrix, TierRule,
    },
};

/// A policy file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PolicyFileError {
    /// It cannot be read.
    #[error(transparent)]
    File(#[from] TextFileError),
    /// It is no policy file.
    #[error("{}: {source}", path.display())]
    Toml {
        /// The file.
        path: PathBuf,
        /// What is wrong, with its line.
        source: Box<toml::de::Error>,
    },
    /// Its rules contradict themselves.
    #[error("{}: {}", path.display(), all(.violations))]
    Rules {
        /// The file.
        path: PathBuf,
        /// Every fault.
        violations: Violations,
    },
}

fn all(violations: &Violations) -> String {
    let listed = violations.listed().iter();
    let listed = listed.map(|fault| format!("{}: {}", fault.field(), fault.description()));
    let mut told: Vec<String> = listed.collect();
    if violations.total() > told.len() {
        told.push(format!("and {} more", violations.total() - told.len()));
    }
    told.join("; ")
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyToml {
    segments: Option<Vec<SegmentToml>>,
    tiers: Option<TiersToml>,
    lifecycle: Option<LifecycleToml>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SegmentToml {
    name: String,
    scores: Vec<BoxToml>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BoxToml {
    recency: Option<[u8; 2]>,
    frequency: Option<[u8; 2]>,
    monetary: Option<[u8; 2]>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TiersToml {
    shares: Option<[f64; 3]>,
    by: Option<TierByToml>,
    matrix: Option<MatrixToml>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum TierByToml {
    Customers,
    Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MatrixToml {
    low: [TierToml; 3],
    medium: [TierToml; 3],
    high: [TierToml; 3],
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum TierToml {
    Low,
    Medium,
    High,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LifecycleToml {
    measure: Option<MeasureToml>,
    at_risk_gaps: Option<f64>,
    churned_gaps: Option<f64>,
    at_risk_probability: Option<f64>,
    churned_probability: Option<f64>,
    gap_days_without_repeats: Option<f64>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum MeasureToml {
    Gaps,
    Probability,
}

/// Reads a policy file.
///
/// # Errors
///
/// When it cannot be read, is not TOML, or its rules have holes, overlaps or
/// numbers out of bounds: all of them at once.
pub fn read(path: &Path) -> Result<Policy, PolicyFileError> {
    let text = text_file::read(path)?;
    let file: PolicyToml = toml::from_str(&text).map_err(|source| PolicyFileError::Toml {
        path: path.to_owned(),
        source: Box::new(source),
    })?;
    policy(file).map_err(|violations| PolicyFileError::Rules {
        path: path.to_owned(),
        violations,
    })
}

/// The file that says the policy, all of it.
#[must_use]
pub fn write(policy: &Policy) -> String {
    let Policy {
        segments,
        tiers,
        lifecycle,
    } = policy;
    let mut text = String::from(
        "# Segments by RFM scores from 1 to 5, 5 the best. Each combination of scores must be\n\
         # in exactly one; a score that is not named may be any.\n",
    );
    for SegmentDefinition { name, boxes } in segments.definitions() {
        let name = toml::Value::from(name.as_str());
        let scores: Vec<String> = boxes.iter().copied().map(score_box).collect();
        let scores = scores.join(",\n          ");
        let _ = writeln!(text, "[[segments]]\nname = {name}\nscores = [{scores}]\n");
    }
    let row = |row: [Tier; 3]| row.map(|tier| format!("\"{tier}\"")).join(", ");
    let [low, medium, high] = tiers.matrix.0.map(row);
    let _ = writeln!(
        text,
        "# Shares of the value tiers high, medium and low: of customers, or of value.\n\
         [tiers]\nshares = {:?}\nby = \"{}\"\n\n\
         # The tier of a customer by current tier, then by potential tier from low to high.\n\
         [tiers.matrix]\nlow = [{low}]\nmedium = [{medium}]\nhigh = [{high}]\n",
        tiers.shares.shares(),
        tiers.shares.by().as_str(),
    );
    let LifecycleRules {
        measure,
        at_risk_gaps,
        churned_gaps,
        at_risk_probability,
        churned_probability,
        gap_days_without_repeats,
    } = lifecycle;
    let _ = write!(
        text,
        "# Stages by how overdue the next purchase is: in expected gaps (measure = \"gaps\"), or\n\
         # by the value model\'s probability of no purchase (measure = \"probability\").\n\
         [lifecycle]\nmeasure = \"{}\"\nat_risk_gaps = {at_risk_gaps:?}\n\
         churned_gaps = {churned_gaps:?}\nat_risk_probability = {at_risk_probability:?}\n\
         churned_probability = {churned_probability:?}\n\
         gap_days_without_repeats = {gap_days_without_repeats:?}\n",
        measure.as_str(),
    );
    text
}

fn score_box(held: ScoreBox) -> String {
    let scores = [
        ("recency", held.recency),
        ("frequency", held.frequency),
        ("monetary", held.monetary),
    ];
    let named = scores
        .into_iter()
        .filter(|(_, range)| *range != ScoreRange::ANY);
    let told = named.map(|(score, range)| format!("{score} = {:?}", range.ends()));
    let told: Vec<String> = told.collect();
    if told.is_empty() {
        "{}".to_owned()
    } else {
        format!("{{ {} }}", told.join(", "))
    }
}

fn policy(file: PolicyToml) -> Result<Policy, Violations> {
    let PolicyToml {
        segments,
        tiers,
        lifecycle,
    } = file;
    let mut violations = Violations::default();
    let mut policy = Policy::default();
    match segments.map_or_else(|| Ok(SegmentRules::default()), rules) {
        Ok(segments) => policy.segments = segments,
        Err(faults) => violations.extend(faults),
    }
    match tiers.map_or_else(|| Ok(TierRule::default()), tier_rule) {
        Ok(tiers) => policy.tiers = tiers,
        Err(faults) => violations.extend(faults),
    }
    match lifecycle.map_or_else(
        || Ok(LifecycleRules::default()),
        |file| lifecycle_rules(&file),
    ) {
        Ok(lifecycle) => policy.lifecycle = lifecycle,
        Err(faults) => violations.extend(faults),
    }
    if violations.total() == 0 {
        Ok(policy)
    } else {
        Err(violations)
    }
}

fn rules(segments: Vec<SegmentToml>) -> Result<SegmentRules, Violations> {
    let mut violations = Violations::default();
    let mut definitions = Vec::new();
    for (position, SegmentToml { name, scores }) in segments.into_iter().enumerate() {
        let mut boxes = Vec::new();
        for (at, held) in scores.into_iter().enumerate() {
            let mut range = |score: &str, ends: Option<[u8; 2]>| match ends {
                None => ScoreRange::ANY,
                Some([lowest, highest]) => ScoreRange::new(lowest, highest).unwrap_or_else(|| {
                    violations.push(
                        &format!("segments[{position}].scores[{at}].{score}"),
                        "must be the lowest and the highest score, 1 to 5",
                    );
                    ScoreRange::ANY
                }),
            };
            boxes.push(ScoreBox {
                recency: range("recency", held.recency),
                frequency: range("frequency", held.frequency),
                monetary: range("monetary", held.monetary),
            });
        }
        definitions.push(SegmentDefinition { name, boxes });
    }
    // Holes and overlaps of ranges that are none would mislead.
    if violations.total() == 0 {
        SegmentRules::new(definitions)
    } else {
        Err(violations)
    }
}

fn tier_rule(tiers: TiersToml) -> Result<TierRule, Violations> {
    let TiersToml { shares, by, matrix } = tiers;
    let by = match by {
        Some(TierByToml::Value) => TierBy::Value,
        Some(TierByToml::Customers) | None => TierBy::Customers,
    };
    let shares = shares.unwrap_or_else(|| TierShares::usual(by).shares());
    let tier = |tier: TierToml| match tier {
        TierToml::Low => Tier::Low,
        TierToml::Medium => Tier::Medium,
        TierToml::High => Tier::High,
    };
    Ok(TierRule {
        shares: TierShares::new(shares, by)
            .map_err(|error| Violations::of("tiers.shares", error.to_string()))?,
        matrix: matrix.map_or_else(TierMatrix::default, |MatrixToml { low, medium, high }| {
            TierMatrix([low, medium, high].map(|row| row.map(tier)))
        }),
    })
}

fn lifecycle_rules(file: &LifecycleToml) -> Result<LifecycleRules, Violations> {
    let LifecycleToml {
        measure,
        at_risk_gaps,
        churned_gaps,
        at_risk_probability,
        churned_probability,
        gap_days_without_repeats,
    } = *file;
    let usual = LifecycleRules::default();
    LifecycleRules {
        measure: match measure {
            Some(MeasureToml::Probability) => LifecycleMeasure::Probability,
            Some(MeasureToml::Gaps) | None => LifecycleMeasure::Gaps,
        },
        at_risk_gaps: at_risk_gaps.unwrap_or(usual.at_risk_gaps),
        churned_gaps: churned_gaps.unwrap_or(usual.churned_gaps),
        at_risk_probability: at_risk_probability.unwrap_or(usual.at_risk_probability),
        churned_probability: churned_probability.unwrap_or(usual.churned_probability),
        gap_days_without_repeats: gap_days_without_repeats
            .unwrap_or(usual.gap_days_without_repeats),
    }
    .checked()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Policy, Violations> {
        policy(toml::from_str(text).unwrap())
    }

    #[test]
    fn what_a_file_does_not_say_is_as_usual() {
        assert_eq!(parse("").unwrap(), Policy::default());
        assert_eq!(
            parse(&write(&Policy::default())).unwrap(),
            Policy::default()
        );
        let by_value = parse("tiers.by = 'value'\nlifecycle.churned_gaps = 9").unwrap();
        assert_eq!(by_value.tiers.shares, TierShares::usual(TierBy::Value));
        assert_eq!(by_value.lifecycle.churned_gaps, 9.0);
        assert!(toml::from_str::<PolicyToml>("[tiers]\nsizes = 3").is_err());
    }

    #[test]
    fn every_fault_is_told_at_once() {
        let violations = parse(
            "segments = [{ name = 'a', scores = [{ recency = [2, 5] }] },
                         { name = 'b', scores = [{ recency = [1, 2] }] }]
             tiers.shares = [0.5, 0.5, 0.5]
             lifecycle.at_risk_gaps = 0",
        );
        let told = all(&violations.unwrap_err());
        for part in [
            "both `a` and `b` hold R2 F1 M1",
            "tiers.shares: must be three shares",
            "lifecycle.at_risk_gaps",
        ] {
            assert!(told.contains(part), "{part} in {told}");
        }
        let wrong = parse("segments = [{ name = 'a', scores = [{ monetary = [5, 1] }] }]");
        assert!(all(&wrong.unwrap_err()).contains("segments[0].scores[0].monetary"));
    }
}
