//! What a profile stands for.

use super::proto;
use crate::{
    registry::{Choice, Selector},
    scoring::Chosen,
};

/// Writes a profile.
pub(in crate::grpc) fn profile(name: &str, chosen: &Chosen) -> proto::Profile {
    let Chosen {
        churn,
        value,
        segmentation,
        policy,
    } = chosen;
    let selector = |selector: &Option<Selector>| selector.as_ref().map(Into::into);
    proto::Profile {
        name: name.to_owned(),
        churn_model: selector(churn),
        value_model: selector(value),
        segmentation_model: selector(segmentation),
        policy: policy.clone().unwrap_or_default(),
    }
}

impl From<&Selector> for proto::ModelSelector {
    fn from(selector: &Selector) -> Self {
        use proto::model_selector::Choice as Sent;

        let Selector { name, choice } = selector;
        Self {
            name: name.to_string(),
            choice: match choice {
                Choice::Served => None,
                Choice::Version(version) => Some(Sent::Version(version.get())),
                Choice::Alias(alias) => Some(Sent::Alias(alias.to_string())),
            },
        }
    }
}
