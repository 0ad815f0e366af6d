//! Sections of a policy file on groups: `[[segments]]`, `[tiers]`, `[lifecycle]`.

use serde::Deserialize;

use crate::config::document::Document;
use crate::{
    customer::Violations,
    model::segments::{Tier, TierBy, TierShares},
    policy::{
        LifecycleMeasure, LifecycleRules, ScoreBox, ScoreRange, SegmentDefinition, SegmentRules,
        StatedGroupRules, TierMatrix,
    },
};

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

/// Reads what a file states of groups.
pub(super) fn read(document: &mut Document<'_>) -> StatedGroupRules {
    let mut stated = StatedGroupRules::default();
    // Holes between segments of which some are at fault would mislead.
    if let Some(Ok(segments)) = document.entries("segments") {
        match rules(segments) {
            Ok(segments) => stated.segments = Some(segments),
            Err(violations) => document.blame(&violations),
        }
    }
    if let Some(tiers) = document.section::<TiersToml>("tiers") {
        match shares(&tiers) {
            Ok(shares) => stated.shares = shares,
            Err(violations) => document.blame(&violations),
        }
        stated.matrix = tiers.matrix.as_ref().map(matrix);
    }
    if let Some(lifecycle) = document.section("lifecycle") {
        match lifecycle_rules(&lifecycle) {
            Ok(lifecycle) => stated.lifecycle = Some(lifecycle),
            Err(violations) => document.blame(&violations),
        }
    }
    stated
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

fn shares(tiers: &TiersToml) -> Result<Option<TierShares>, Violations> {
    let by = match tiers.by {
        None if tiers.shares.is_none() => return Ok(None),
        Some(TierByToml::Value) => TierBy::Value,
        Some(TierByToml::Customers) | None => TierBy::Customers,
    };
    let shares = tiers
        .shares
        .unwrap_or_else(|| TierShares::usual(by).shares());
    let shares = TierShares::new(shares, by);
    shares
        .map(Some)
        .map_err(|error| Violations::of("tiers.shares", error.to_string()))
}

fn matrix(stated: &MatrixToml) -> TierMatrix {
    let MatrixToml { low, medium, high } = *stated;
    let tier = |tier: TierToml| match tier {
        TierToml::Low => Tier::Low,
        TierToml::Medium => Tier::Medium,
        TierToml::High => Tier::High,
    };
    TierMatrix([low, medium, high].map(|row| row.map(tier)))
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
