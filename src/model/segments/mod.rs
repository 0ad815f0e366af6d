//! Groups of customers by numbers: RFM scores, clusters, value tiers.
//!
//! Everything here is fitted once, stored, and then applied to one customer at
//! a time; the names that the groups go by are the `policy` room's.

mod clusters;
mod rfm;
mod scale;
mod tier;

pub use clusters::{
    ClusterError, ClusterFeature, Clusters, FeatureTransform, MAX_CLUSTER_FEATURES, MAX_CLUSTERS,
};
pub(crate) use clusters::{nearest, squared_distance};
pub use rfm::{MAX_MONEY, Rfm, RfmScales, RfmScores};
pub use scale::{Quintile, QuintileScale, QuintileStep, ScaleError};
pub use tier::{Tier, TierBy, TierEdges, TierEdgesError, TierShares};
