//! What is known of a segmentation beside its edges: where it comes from, and
//! how large, valuable and lasting its groups were.

use crate::{customer::Day, model::DataFile};

/// Where a segmentation comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct SegmentationFacts {
    /// The log's files.
    pub sources: Vec<DataFile>,
    /// SHA-256 of the log, or of the list of its files; lower-case hex.
    pub data_sha256: String,
    /// The first day of the log.
    pub first_day: Day,
    /// The last day of the log.
    pub last_day: Day,
    /// Everything is as of the end of this day.
    pub as_of: Day,
    /// The currency of all money, where it is known.
    pub currency: Option<String>,
    /// Customers with a purchase by the cut-off, which the edges are fitted to.
    pub customers: u64,
    /// Customers without one: they have a stage only.
    pub prospects: u64,
    /// How many customers the centroids were fitted to.
    pub clustered: u64,
    /// Mean silhouette of each number of clusters that was tried.
    pub silhouettes: Vec<(u32, f64)>,
    /// The seed of everything that is drawn.
    pub seed: u64,
    /// The release of the trainer.
    pub trainer_version: String,
}

/// How many of a group did not come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Churned {
    /// How many were in the group at the beginning of the time watched.
    pub customers: u64,
    /// How many of them made no purchase until its end.
    pub churned: u64,
}

impl Churned {
    /// The share; `None` of nobody.
    #[must_use]
    pub fn share(&self) -> Option<f64> {
        (self.customers > 0).then(|| self.churned as f64 / self.customers as f64)
    }
}

/// A group of customers.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// How many customers are in it.
    pub customers: u64,
    /// Their current value, summed.
    pub current_value: f64,
    /// Their potential value, summed, where a value model tells.
    pub potential_value: Option<f64>,
    /// Who did not come back, where the log is long enough to tell.
    pub churned: Option<Churned>,
}

/// What a cluster is like.
#[derive(Debug, Clone, PartialEq)]
pub struct ClusterProfile {
    /// Mean of each feature in its own unit, in the order of the features;
    /// `None` where nobody has a value.
    pub means: Vec<Option<f64>>,
    /// What sets it apart, in words.
    pub words: String,
}

/// What became of customers from one day to another, placed by the same edges.
#[derive(Debug, Clone, PartialEq)]
pub struct FollowUp {
    /// Groups as of the end of this day,
    pub from: Day,
    /// and of this one.
    pub to: Day,
    /// Customers by named segment: from (rows) and to (columns).
    pub segment_moves: Vec<Vec<u64>>,
}

/// How large, valuable and lasting the groups were.
#[derive(Debug, Clone, PartialEq)]
pub struct SegmentationSummary {
    /// Named segments, in the policy's order.
    pub segments: Vec<Group>,
    /// Clusters, the largest first.
    pub clusters: Vec<Group>,
    /// What each cluster is like.
    pub profiles: Vec<ClusterProfile>,
    /// Mean of each feature over all customers.
    pub feature_means: Vec<Option<f64>>,
    /// Overall tiers, the highest first.
    pub tiers: Vec<Group>,
    /// Lifecycle stages; the first is of those without a purchase.
    pub stages: Vec<Group>,
    /// Customers by tier of current value (rows) and of potential value
    /// (columns), both from low to high, where a value model tells.
    pub tier_matrix: Option<[[u64; 3]; 3]>,
    /// Customers by recency score (rows) and frequency score (columns), both
    /// from 1 to 5.
    pub recency_frequency: [[u64; 5]; 5],
    /// What became of them, where the log is long enough to tell.
    pub follow_up: Option<FollowUp>,
}
