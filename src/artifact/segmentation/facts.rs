//! The stored form of where a segmentation comes from.

use serde::{Deserialize, Serialize};

use crate::{artifact::data_file::DataFileV1, customer::InvalidDay, policy::SegmentationFacts};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FactsV1 {
    sources: Vec<DataFileV1>,
    data_sha256: String,
    first_day: String,
    last_day: String,
    as_of: String,
    currency: Option<String>,
    customers: u64,
    prospects: u64,
    clustered: u64,
    silhouettes: Vec<SilhouetteV1>,
    seed: u64,
    trainer_version: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SilhouetteV1 {
    clusters: u32,
    silhouette: f64,
}

impl From<&SegmentationFacts> for FactsV1 {
    fn from(facts: &SegmentationFacts) -> Self {
        let SegmentationFacts {
            sources,
            data_sha256,
            first_day,
            last_day,
            as_of,
            currency,
            customers,
            prospects,
            clustered,
            silhouettes,
            seed,
            trainer_version,
        } = facts.clone();
        let silhouette = |(clusters, silhouette)| SilhouetteV1 {
            clusters,
            silhouette,
        };
        Self {
            sources: sources.into_iter().map(Into::into).collect(),
            data_sha256,
            first_day: first_day.to_string(),
            last_day: last_day.to_string(),
            as_of: as_of.to_string(),
            currency,
            customers,
            prospects,
            clustered,
            silhouettes: silhouettes.into_iter().map(silhouette).collect(),
            seed,
            trainer_version,
        }
    }
}

impl FactsV1 {
    pub(super) fn into_facts(self) -> Result<SegmentationFacts, InvalidDay> {
        let Self {
            sources,
            data_sha256,
            first_day,
            last_day,
            as_of,
            currency,
            customers,
            prospects,
            clustered,
            silhouettes,
            seed,
            trainer_version,
        } = self;
        let silhouettes = silhouettes.into_iter();
        Ok(SegmentationFacts {
            sources: sources.into_iter().map(Into::into).collect(),
            data_sha256,
            first_day: first_day.parse()?,
            last_day: last_day.parse()?,
            as_of: as_of.parse()?,
            currency,
            customers,
            prospects,
            clustered,
            silhouettes: silhouettes.map(|s| (s.clusters, s.silhouette)).collect(),
            seed,
            trainer_version,
        })
    }
}
