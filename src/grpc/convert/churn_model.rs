//! What a churn model says of itself.

use super::proto;
use crate::{
    artifact::ChurnContent,
    features::{
        Feature, FeatureKind, FlagLabels, NumberEncoding, Pair, Schema, Shape,
        purchases::PurchaseFeatureRules,
    },
    model::{ChurnDefinition, Evaluation, Metrics},
};

impl From<&ChurnContent> for proto::ChurnModel {
    fn from(content: &ChurnContent) -> Self {
        let ChurnContent {
            model,
            churn_definition,
            purchases,
            training,
            evaluation,
        } = content;
        let schema = model.schema();
        let pairs = schema.pairs().iter();
        Self {
            definition: Some(churn_definition.into()),
            features: schema.features().iter().map(Into::into).collect(),
            evaluation: Some(evaluation.into()),
            calibrated: model.calibration().is_some(),
            base_log_odds: model.base_log_odds(),
            ridge_penalty: training.ridge_penalty.unwrap_or(0.0),
            pairs: pairs.map(|pair| pair_spec(pair, schema)).collect(),
            from_history: purchases.as_ref().map(|rules| from_history(rules, schema)),
        }
    }
}

fn from_history(rules: &PurchaseFeatureRules, schema: &Schema) -> proto::PurchaseFeatures {
    let PurchaseFeatureRules {
        features,
        occasion,
        currency,
    } = rules;
    proto::PurchaseFeatures {
        names: rules.built(schema).map(str::to_owned).collect(),
        refunds: proto::RefundTreatment::from(features.refunds()).into(),
        occasion: proto::PurchaseOccasion::from(*occasion).into(),
        currency: currency.to_string(),
        windows_days: features.windows_days().to_vec(),
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
