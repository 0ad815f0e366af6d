//! A segmentation for machines.

use serde_json::{Value, json};

use super::Segmented;
use crate::{
    artifact::SegmentationContent, model::segments::QuintileScale, policy::Group,
    train::assess::json::identity,
};

impl Segmented {
    /// With stable names.
    #[must_use]
    pub fn json(&self) -> Value {
        let mut whole = json(&self.content);
        whole["model"] = identity(&self.identity);
        whole["log"] = self.cleaning.json();
        whole["output"] = json!(self.output);
        whole
    }
}

/// What is inside a segmentation, with stable names.
pub(in crate::train) fn json(content: &SegmentationContent) -> Value {
    let SegmentationContent {
        segmentation,
        facts,
        summary,
    } = content;
    let features = segmentation.clusters.features().iter().map(|feature| {
        json!({
            "name": feature.name,
            "transform": feature.transform.as_str(),
            "mean": feature.mean,
            "standard_deviation": feature.standard_deviation,
        })
    });
    let clusters = summary.clusters.iter().zip(&summary.profiles);
    let clusters = clusters.map(|(cluster, profile)| {
        let mut told = group(cluster);
        told["means"] = json!(profile.means);
        told["profile"] = json!(profile.words);
        told
    });
    let silhouettes = facts.silhouettes.iter();
    let silhouettes = silhouettes.map(|(k, s)| json!({ "clusters": k, "silhouette": s }));
    let shares = &segmentation.policy.tiers.shares;
    json!({
        "as_of": facts.as_of.to_string(),
        "currency": facts.currency,
        "customers": facts.customers,
        "prospects": facts.prospects,
        "value_days": segmentation.value_days,
        "scores": {
            "minus_days_since_last_purchase": steps(&segmentation.scales.recency),
            "purchases": steps(&segmentation.scales.frequency),
            "mean_spend": steps(&segmentation.scales.monetary),
        },
        "segments": groups(&summary.segments),
        "recency_frequency": summary.recency_frequency,
        "cluster_features": features.collect::<Value>(),
        "clusters": clusters.collect::<Value>(),
        "silhouettes": silhouettes.collect::<Value>(),
        "tiers": groups(&summary.tiers),
        "tier_shares": { "high_medium_low": shares.shares(), "by": shares.by().as_str() },
        "current_tiers_from": {
            "medium": segmentation.current_edges.medium(),
            "high": segmentation.current_edges.high(),
        },
        "value_model": segmentation.potential.as_ref().map(|(edges, used)| json!({
            "model": used.model,
            "digest": used.digest,
            "tiers_from": { "medium": edges.medium(), "high": edges.high() },
        })),
        "tier_matrix": summary.tier_matrix,
        "stages": groups(&summary.stages),
        "typical_gap_days": segmentation.typical_gap_days,
        "follow_up": summary.follow_up.as_ref().map(|watched| json!({
            "from": watched.from.to_string(),
            "to": watched.to.to_string(),
            "segment_moves": watched.segment_moves,
        })),
        "training": {
            "data_sha256": facts.data_sha256,
            "first_day": facts.first_day.to_string(),
            "last_day": facts.last_day.to_string(),
            "clustered": facts.clustered,
            "seed": facts.seed,
            "trainer_version": facts.trainer_version,
        },
    })
}

fn steps(scale: &QuintileScale) -> Value {
    let steps = scale.steps().iter();
    steps
        .map(|step| json!({ "from": step.from, "score": step.score.get() }))
        .collect()
}

fn groups(all: &[Group]) -> Value {
    all.iter().map(group).collect()
}

fn group(of: &Group) -> Value {
    json!({
        "name": of.name,
        "customers": of.customers,
        "current_value": of.current_value,
        "potential_value": of.potential_value,
        "watched": of.churned.map(|churned| churned.customers),
        "left": of.churned.map(|churned| churned.churned),
    })
}
