//! Conversions between the contract's messages and the core's types.

use super::proto;
use crate::{
    artifact::{
        Artifact, ChurnContent, Content, Identity, Kind, ModelName, SegmentationContent, Version,
    },
    customer::{InvalidSnapshot, Snapshot, Value, Violations},
    features::{
        Feature, FeatureKind, FlagLabels, Note, NumberEncoding, Pair, Schema, Shape, Unusual,
    },
    model::{ChurnDefinition, Evaluation, ExcludedColumn, Metrics, TrainingFacts},
    registry::{Entry, Selector},
    scoring::{ChurnScore, Reason, Score, Scorer},
};

/// Reads a model selector, which stands in `field` of its request.
pub(super) fn selector(
    selector: Option<&proto::ModelSelector>,
    field: &str,
) -> Result<Selector, Violations> {
    let Some(proto::ModelSelector { name, choice }) = selector else {
        return Err(Violations::of(field, "is required"));
    };
    let mut violations = Violations::default();
    let name = name.parse::<ModelName>();
    if let Err(error) = &name {
        violations.push("name", error.to_string());
    }
    let version = match choice {
        None => None,
        Some(proto::model_selector::Choice::Version(version)) => {
            let version = Version::new(*version);
            if version.is_none() {
                violations.push("version", "must be at least 1");
            }
            version
        }
        Some(proto::model_selector::Choice::Alias(_)) => {
            violations.push("alias", "is not known to this release; choose by version");
            None
        }
    };
    match name {
        Ok(name) if violations.total() == 0 => Ok(Selector { name, version }),
        _ => Err(violations.within(field)),
    }
}

impl<'a> TryFrom<&'a proto::Customer> for Snapshot<'a> {
    type Error = InvalidSnapshot<'a>;

    fn try_from(customer: &'a proto::Customer) -> Result<Self, InvalidSnapshot<'a>> {
        let proto::Customer { id, features } = customer;
        let features = features
            .iter()
            .map(|(name, value)| (name.as_str(), value.kind.as_ref().map(value_of)));
        Snapshot::new(id, features)
    }
}

fn value_of(kind: &proto::feature_value::Kind) -> Value<'_> {
    match kind {
        proto::feature_value::Kind::Number(number) => Value::Number(*number),
        proto::feature_value::Kind::Text(text) => Value::Text(text),
        proto::feature_value::Kind::Flag(flag) => Value::Flag(*flag),
        proto::feature_value::Kind::Null(_) => Value::Missing,
    }
}

/// Writes a score, with the names that only its scorer knows.
pub(super) fn customer_score(score: Score<'_, '_>, scorer: &Scorer<'_>) -> proto::CustomerScore {
    let Score { customer_id, churn } = score;
    let ChurnScore {
        probability,
        calibrated,
        log_odds,
        base_log_odds,
        reasons,
        remaining_contribution,
        notes,
    } = churn;
    proto::CustomerScore {
        customer_id: customer_id.to_owned(),
        churn: Some(proto::ChurnScore {
            probability,
            calibrated,
            log_odds,
            base_log_odds,
            reasons: reasons.into_iter().map(Into::into).collect(),
            remaining_contribution,
            model: Some(scorer.identity().into()),
            notes: notes
                .into_iter()
                .map(|note| feature_note(note, scorer.schema().features()))
                .collect(),
        }),
    }
}

impl From<Reason<'_>> for proto::Reason {
    fn from(reason: Reason<'_>) -> Self {
        let Reason {
            features,
            contribution,
        } = reason;
        let names = features.as_slice().iter();
        Self {
            features: names.map(|&name| name.to_owned()).collect(),
            contribution,
        }
    }
}

fn feature_note(note: Note, features: &[Feature]) -> proto::FeatureNote {
    let Note { feature, unusual } = note;
    let (kind, scored_as) = match unusual {
        Unusual::Missing => (proto::FeatureNoteKind::Missing, None),
        Unusual::UnknownCategory => (proto::FeatureNoteKind::UnknownCategory, None),
        Unusual::OutOfTrainedRange { scored_as } => {
            (proto::FeatureNoteKind::OutOfTrainedRange, Some(scored_as))
        }
    };
    proto::FeatureNote {
        feature: features[feature].name.clone(),
        kind: kind.into(),
        scored_as,
    }
}

impl From<&Identity> for proto::ModelVersion {
    fn from(identity: &Identity) -> Self {
        let Identity {
            name,
            version,
            digest,
        } = identity;
        Self {
            name: name.to_string(),
            version: version.get(),
            digest: digest.to_string(),
        }
    }
}

/// Writes a registry entry in short.
pub(super) fn model_summary(name: &str, entry: &Entry) -> proto::ModelSummary {
    let Entry { served, refused } = entry;
    proto::ModelSummary {
        name: name.to_owned(),
        kind: match served {
            Some(artifact) => proto::ModelKind::from(artifact.content.kind()).into(),
            None => proto::ModelKind::Unspecified.into(),
        },
        served: served.as_ref().map(|artifact| (&artifact.identity).into()),
        refused: refused
            .iter()
            .map(|refused| proto::RefusedVersion {
                version: refused.version.get(),
                reason: refused.error.problem.to_string(),
            })
            .collect(),
    }
}

impl From<Kind> for proto::ModelKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Churn => Self::Churn,
            Kind::Segmentation => Self::Segmentation,
        }
    }
}

impl From<&Artifact> for proto::Model {
    fn from(artifact: &Artifact) -> Self {
        let Artifact { identity, content } = artifact;
        let (training, kind) = match content {
            Content::Churn(content) => (
                Some((&content.training).into()),
                proto::model::Kind::Churn(content.into()),
            ),
            // Its facts are those of a log, and in the message of the kind.
            Content::Segmentation(content) => {
                (None, proto::model::Kind::Segmentation(content.into()))
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

impl From<&ChurnContent> for proto::ChurnModel {
    fn from(content: &ChurnContent) -> Self {
        let ChurnContent {
            model,
            churn_definition,
            training,
            evaluation,
        } = content;
        Self {
            definition: Some(churn_definition.into()),
            features: model.schema().features().iter().map(Into::into).collect(),
            evaluation: Some(evaluation.into()),
            calibrated: model.calibration().is_some(),
            base_log_odds: model.base_log_odds(),
            ridge_penalty: training.ridge_penalty.unwrap_or(0.0),
            pairs: model
                .schema()
                .pairs()
                .iter()
                .map(|pair| pair_spec(pair, model.schema()))
                .collect(),
        }
    }
}

impl From<&ChurnDefinition> for proto::ChurnDefinition {
    fn from(definition: &ChurnDefinition) -> Self {
        let ChurnDefinition {
            description,
            target,
            positive,
            horizon_days,
        } = definition.clone();
        Self {
            description,
            target,
            positive,
            horizon_days,
        }
    }
}

impl From<&Feature> for proto::FeatureSpec {
    fn from(feature: &Feature) -> Self {
        let Feature {
            name,
            required,
            kind,
        } = feature.clone();
        Self {
            name,
            required,
            kind: Some(kind.into()),
        }
    }
}

impl From<FeatureKind> for proto::feature_spec::Kind {
    fn from(kind: FeatureKind) -> Self {
        match kind {
            FeatureKind::Number(NumberEncoding {
                minimum,
                maximum,
                mean,
                standard_deviation: _, // of no use to a caller
                shape,
            }) => Self::Number(proto::NumberSpec {
                minimum,
                maximum,
                mean,
                knots: match shape {
                    Shape::Line => Vec::new(),
                    Shape::Curve(knots) => knots,
                },
            }),
            FeatureKind::Text(categories) => Self::Text(proto::TextSpec { categories }),
            FeatureKind::Flag(FlagLabels {
                true_label,
                false_label,
            }) => Self::Flag(proto::FlagSpec {
                true_label,
                false_label,
            }),
        }
    }
}

fn pair_spec(pair: &Pair, schema: &Schema) -> proto::PairSpec {
    let names = pair.features.iter();
    proto::PairSpec {
        features: names
            .map(|&feature| schema.features()[feature].name.clone())
            .collect(),
    }
}

impl From<&Evaluation> for proto::ChurnEvaluation {
    fn from(evaluation: &Evaluation) -> Self {
        let Evaluation {
            held_out,
            held_out_figures: _, // for people, in the report
            cross_validated,
            folds,
        } = evaluation;
        Self {
            held_out: Some((*held_out).into()),
            cross_validated: cross_validated.map(Into::into),
            folds: *folds,
        }
    }
}

impl From<Metrics> for proto::ChurnMetrics {
    fn from(metrics: Metrics) -> Self {
        let Metrics {
            rows,
            prevalence,
            area_under_curve,
            log_loss,
            brier_score,
            top_decile_lift,
        } = metrics;
        Self {
            rows,
            prevalence,
            area_under_curve,
            log_loss,
            brier_score,
            top_decile_lift,
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
