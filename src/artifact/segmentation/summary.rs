//! The stored form of how large, valuable and lasting the groups were.

use serde::{Deserialize, Serialize};

use crate::{
    customer::InvalidDay,
    policy::{Churned, ClusterProfile, FollowUp, Group, SegmentationSummary},
};

use super::SegmentationFormatError;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SummaryV1 {
    segments: Vec<GroupV1>,
    clusters: Vec<GroupV1>,
    profiles: Vec<ProfileV1>,
    feature_means: Vec<Option<f64>>,
    tiers: Vec<GroupV1>,
    stages: Vec<GroupV1>,
    tier_matrix: Option<[[u64; 3]; 3]>,
    recency_frequency: [[u64; 5]; 5],
    follow_up: Option<FollowUpV1>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupV1 {
    name: String,
    customers: u64,
    current_value: f64,
    potential_value: Option<f64>,
    churned: Option<ChurnedV1>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ChurnedV1 {
    customers: u64,
    churned: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProfileV1 {
    means: Vec<Option<f64>>,
    words: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FollowUpV1 {
    from: String,
    to: String,
    segment_moves: Vec<Vec<u64>>,
}

impl From<&SegmentationSummary> for SummaryV1 {
    fn from(summary: &SegmentationSummary) -> Self {
        let SegmentationSummary {
            segments,
            clusters,
            profiles,
            feature_means,
            tiers,
            stages,
            tier_matrix,
            recency_frequency,
            follow_up,
        } = summary.clone();
        let groups = |groups: Vec<Group>| groups.into_iter().map(Into::into).collect();
        let profile = |ClusterProfile { means, words }| ProfileV1 { means, words };
        Self {
            segments: groups(segments),
            clusters: groups(clusters),
            profiles: profiles.into_iter().map(profile).collect(),
            feature_means,
            tiers: groups(tiers),
            stages: groups(stages),
            tier_matrix,
            recency_frequency,
            follow_up: follow_up.map(|follow_up| FollowUpV1 {
                from: follow_up.from.to_string(),
                to: follow_up.to.to_string(),
                segment_moves: follow_up.segment_moves,
            }),
        }
    }
}

impl SummaryV1 {
    pub(super) fn into_summary(self) -> Result<SegmentationSummary, SegmentationFormatError> {
        let Self {
            segments,
            clusters,
            profiles,
            feature_means,
            tiers,
            stages,
            tier_matrix,
            recency_frequency,
            follow_up,
        } = self;
        let groups = |groups: Vec<GroupV1>| groups.into_iter().map(Into::into).collect();
        let profile = |ProfileV1 { means, words }| ClusterProfile { means, words };
        let follow_up = follow_up.map(|stored| -> Result<FollowUp, InvalidDay> {
            Ok(FollowUp {
                from: stored.from.parse()?,
                to: stored.to.parse()?,
                segment_moves: stored.segment_moves,
            })
        });
        Ok(SegmentationSummary {
            segments: groups(segments),
            clusters: groups(clusters),
            profiles: profiles.into_iter().map(profile).collect(),
            feature_means,
            tiers: groups(tiers),
            stages: groups(stages),
            tier_matrix,
            recency_frequency,
            follow_up: follow_up.transpose()?,
        })
    }
}

impl From<Group> for GroupV1 {
    fn from(group: Group) -> Self {
        let Group {
            name,
            customers,
            current_value,
            potential_value,
            churned,
        } = group;
        Self {
            name,
            customers,
            current_value,
            potential_value,
            churned: churned.map(|Churned { customers, churned }| ChurnedV1 { customers, churned }),
        }
    }
}

impl From<GroupV1> for Group {
    fn from(stored: GroupV1) -> Self {
        let GroupV1 {
            name,
            customers,
            current_value,
            potential_value,
            churned,
        } = stored;
        Self {
            name,
            customers,
            current_value,
            potential_value,
            churned: churned.map(|ChurnedV1 { customers, churned }| Churned { customers, churned }),
        }
    }
}
