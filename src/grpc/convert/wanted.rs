//! What a request wants of each customer.

use super::{Mask, proto, selector};
use crate::{
    customer::Violations,
    policy::{FALLBACK_LANGUAGE, is_language},
    scoring::{Chosen, NoSuchProfile, Profiles},
};

/// What a request says of models and answers. Requests of every shape have
/// these fields; those that a shape lacks are as if left out.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::grpc) struct Asked<'r> {
    pub(in crate::grpc) churn_model: Option<&'r proto::ModelSelector>,
    pub(in crate::grpc) value_model: Option<&'r proto::ModelSelector>,
    pub(in crate::grpc) segmentation_model: Option<&'r proto::ModelSelector>,
    pub(in crate::grpc) profile: &'r str,
    pub(in crate::grpc) score_mask: Option<&'r prost_types::FieldMask>,
    pub(in crate::grpc) language: &'r str,
}

/// The same, checked.
#[derive(Debug, Clone)]
pub(in crate::grpc) struct Wanted {
    /// The models, one at least.
    pub(in crate::grpc) models: Result<Chosen, NoSuchProfile>,
    pub(in crate::grpc) mask: Mask,
    pub(in crate::grpc) language: String,
}

impl Asked<'_> {
    /// Checks what is asked, and puts the profile and the selectors together.
    pub(in crate::grpc) fn read(self, profiles: &Profiles) -> Result<Wanted, Violations> {
        let Self {
            churn_model,
            value_model,
            segmentation_model,
            profile,
            score_mask,
            language,
        } = self;
        let mut violations = Violations::default();
        let mut read = |model: Option<&proto::ModelSelector>, field| {
            let read = model.map(|model| selector(model, field));
            read.transpose().unwrap_or_else(|refused| {
                violations.extend(refused);
                None
            })
        };
        let chosen = Chosen {
            churn: read(churn_model, "churn_model"),
            value: read(value_model, "value_model"),
            segmentation: read(segmentation_model, "segmentation_model"),
            policy: None, // a profile names it
        };
        let models = match profile {
            // Selectors at fault are no wish for the default.
            "" if chosen.is_empty() && violations.total() == 0 => {
                Ok(profiles.default_profile().cloned().unwrap_or_default())
            }
            "" => Ok(chosen),
            name => profiles.get(name).map(|profile| chosen.or(profile)),
        };
        if violations.total() == 0 && models.as_ref().is_ok_and(Chosen::is_empty) {
            violations.push(
                "churn_model",
                "is required, unless there is another model or a `profile`",
            );
        }
        let mask = Mask::read(score_mask).unwrap_or_else(|refused| {
            violations.extend(refused);
            Mask::default()
        });
        if !(language.is_empty() || is_language(language)) {
            violations.push("language", "must be a tag such as `en`, `zh` or `pt-BR`");
        }
        let language = if language.is_empty() {
            FALLBACK_LANGUAGE
        } else {
            language
        };
        violations.into_result(Wanted {
            models,
            mask,
            language: language.to_owned(),
        })
    }
}
