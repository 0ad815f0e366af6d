//! What a model of any kind says of itself.

use super::proto;
use crate::{
    artifact::{Artifact, Content, Kind, SegmentationContent, Version},
    model::{ExcludedColumn, TrainingFacts},
    registry::Entry,
};

/// Writes a registry entry in short.
pub(in crate::grpc) fn model_summary(name: &str, entry: &Entry) -> proto::ModelSummary {
    let (served, aliases) = (entry.served(), entry.aliases());
    proto::ModelSummary {
        name: name.to_owned(),
        kind: match served {
            Some(artifact) => proto::ModelKind::from(artifact.content.kind()).into(),
            None => proto::ModelKind::Unspecified.into(),
        },
        served: served.map(|artifact| (&artifact.identity).into()),
        refused: entry
            .refused()
            .map(|refused| proto::RefusedVersion {
                version: refused.version.get(),
                reason: refused.error.problem.to_string(),
            })
            .collect(),
        resident: entry.residents().map(|a| (&a.identity).into()).collect(),
        aliases: aliases
            .iter()
            .map(|(alias, version)| (alias.to_string(), version.get()))
            .collect(),
        alias_generation: aliases.generation(),
        past_champions: aliases.past_champions().map(Version::get).collect(),
        faults: entry
            .faults()
            .iter()
            .cloned()
            .chain(entry.held().map(ToString::to_string))
            .collect(),
    }
}

impl From<Kind> for proto::ModelKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Churn => Self::Churn,
            Kind::Value => Self::Value,
            Kind::Segmentation => Self::Segmentation,
            Kind::Spend => Self::Spend,
        }
    }
}

impl From<&Artifact> for proto::Model {
    fn from(artifact: &Artifact) -> Self {
        let Artifact { identity, content } = artifact;
        let (training, kind) = match content {
            Content::Churn(content) => (
                Some((&content.training).into()),
                proto::model::Kind::Churn((&**content).into()),
            ),
            Content::Value(content) => (
                Some((&content.training).into()),
                proto::model::Kind::Value((&**content).into()),
            ),
            Content::Spend(content) => (
                Some((&content.training).into()),
                proto::model::Kind::Spend((&**content).into()),
            ),
            // Its facts are those of a log, and in the message of the kind.
            Content::Segmentation(content) => {
                (None, proto::model::Kind::Segmentation((&**content).into()))
            }
        };
        Self {
            identity: Some(identity.into()),
            training,
            kind: Some(kind),
        }
    }
}

impl From<&SegmentationContent> for proto::SegmentationModel {
    fn from(content: &SegmentationContent) -> Self {
        let SegmentationContent {
            segmentation,
            facts,
            summary: _, // in metrics.json, and the report
        } = content;
        let definitions = segmentation.policy.segments.definitions();
        let features = segmentation.clusters.features();
        Self {
            segments: definitions.iter().map(|s| s.name.clone()).collect(),
            cluster_features: features.iter().map(|f| f.name.clone()).collect(),
            clusters: u32::try_from(segmentation.clusters.centroids().len()).unwrap_or(u32::MAX),
            as_of: facts.as_of.to_string(),
            customers: facts.customers,
        }
    }
}

impl From<&TrainingFacts> for proto::TrainingFacts {
    fn from(facts: &TrainingFacts) -> Self {
        let TrainingFacts {
            data_file,
            data_sha256,
            sources: _, // their names and digests are in the two above
            rows,
            fitted_rows,
            seed,
            ridge_penalty: _, // told with the model
            trainer_version,
            chosen: _, // the features and pairs say it
            excluded_columns,
            recalibrated: _, // the contract has no field for it yet
        } = facts.clone();
        Self {
            data_file,
            data_sha256,
            rows,
            fitted_rows,
            seed,
            trainer_version,
            excluded_columns: excluded_columns.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<ExcludedColumn> for proto::ExcludedColumn {
    fn from(column: ExcludedColumn) -> Self {
        let ExcludedColumn { name, reason } = column;
        Self { name, reason }
    }
}
