//! Conversions between the contract's messages and the core's types.

mod churn_model;
mod columns;
mod contract_value;
mod customer;
mod decided_columns;
mod decision;
mod example;
mod lifecycle;
mod mask;
mod model;
mod profile;
mod score;
mod scored_columns;
mod spend_model;
mod split;
mod value_model;
mod value_score;
mod wanted;
mod what_if;

use super::{proto, wire::MessageWriter};
use crate::{
    artifact::{Alias, Identity, ModelName, Version},
    customer::Violations,
    registry::{Choice, Selector},
};

pub(super) use columns::customer_of_row;
pub(super) use example::example;
pub(super) use lifecycle::{RollBack, SetAlias, alias_change, roll_back, set_alias};
pub(super) use mask::Mask;
pub(super) use model::model_summary;
pub(super) use profile::profile;
pub(super) use score::customer_score;
pub(super) use scored_columns::{number_encoding, scored_columns};
pub(super) use split::split_arms;
pub(super) use wanted::{Asked, Wanted};
pub(super) use what_if::{Target, change_of, read_target};

/// Reads a model selector, which stands in `field` of its request.
pub(super) fn required_selector(
    model: Option<&proto::ModelSelector>,
    field: &str,
) -> Result<Selector, Violations> {
    match model {
        Some(model) => selector(model, field),
        None => Err(Violations::of(field, "is required")),
    }
}

fn selector(selector: &proto::ModelSelector, field: &str) -> Result<Selector, Violations> {
    let proto::ModelSelector { name, choice } = selector;
    let mut violations = Violations::default();
    let name = name.parse::<ModelName>();
    if let Err(error) = &name {
        violations.push("name", error.to_string());
    }
    let choice = match choice {
        None => Some(Choice::Served),
        Some(proto::model_selector::Choice::Version(version)) => {
            let version = Version::new(*version);
            if version.is_none() {
                violations.push("version", "must be at least 1");
            }
            version.map(Choice::Version)
        }
        Some(proto::model_selector::Choice::Alias(alias)) => match alias.parse::<Alias>() {
            Ok(alias) => Some(Choice::Alias(alias)),
            Err(error) => {
                violations.push("alias", error.to_string());
                None
            }
        },
    };
    match (name, choice) {
        (Ok(name), Some(choice)) => Ok(Selector { name, choice }),
        _ => Err(violations.within(field)),
    }
}

/// Writes a `ModelVersion`.
fn model_version(identity: &Identity, message: &mut MessageWriter<'_>) {
    let Identity {
        name,
        version,
        digest,
    } = identity;
    message.text(1, name.as_str());
    message.number(2, version.get());
    message.text(3, digest.as_str());
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
