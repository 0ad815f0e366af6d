//! A spend model as the contract describes it.

use super::proto;
use crate::{artifact::SpendContent, model::value::SpendMetrics};

impl From<&SpendContent> for proto::SpendModel {
    fn from(content: &SpendContent) -> Self {
        let SpendContent {
            model,
            definition,
            fit,
            training: _, // in a message of its own
            evaluation,
        } = content;
        let features = model.schema().features().iter();
        Self {
            definition: definition.description.clone(),
            target: definition.target.clone(),
            horizon_days: definition.horizon_days,
            currency: definition.currency.to_string(),
            features: features.map(Into::into).collect(),
            base_log_spend: model.additive().base(),
            power: fit.power,
            held_out: Some((&evaluation.held_out).into()),
        }
    }
}

impl From<&SpendMetrics> for proto::SpendMetrics {
    fn from(metrics: &SpendMetrics) -> Self {
        let &SpendMetrics {
            rows,
            spenders,
            actual,
            predicted,
            mean_absolute_error,
            mean_absolute_error_of_mean,
            root_mean_squared_error,
            deviance_explained,
            gini,
            tenths: _, // in metrics.json, and the report
        } = metrics;
        Self {
            rows,
            spenders,
            actual,
            predicted,
            mean_absolute_error,
            mean_absolute_error_of_mean,
            root_mean_squared_error,
            deviance_explained,
            gini,
        }
    }
}
