//! Profiles of the server's configuration: combinations of models, and the policy
//! that decides, by name.
//!
//! ```toml
//! default_profile = "retail"
//!
//! [profiles.retail]
//! churn = "telco-churn"             # the version that serves
//! value = "cdnow-value@2"           # exactly this version
//! segmentation = "groups@champion"  # what the alias stands for
//! policy = "careful"                # the default one where left out
//!
//! [policies]
//! careful = "policies/careful.toml"
//! ```

use std::{collections::BTreeMap, path::PathBuf};

use serde::Deserialize;

use crate::{
    artifact::{Alias, ModelName, Version},
    registry::{Choice, Selector},
    scoring::{Chosen, Profiles},
};

/// The longest name of a profile, in bytes.
const MAX_NAME_BYTES: usize = 63;

/// A profile, as a file states it.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ProfileToml {
    churn: Option<String>,
    value: Option<String>,
    segmentation: Option<String>,
    policy: Option<String>,
}

/// What a configuration states of profiles.
pub(super) struct Stated<'s> {
    pub(super) profiles: &'s BTreeMap<String, ProfileToml>,
    /// The one for requests that choose no model.
    pub(super) default: Option<String>,
    /// The policies that they may name.
    pub(super) policies: &'s BTreeMap<String, PathBuf>,
}

/// Checks profiles; every fault is a problem of the configuration.
pub(super) fn profiles(stated: Stated<'_>, problems: &mut Vec<String>) -> Profiles {
    let Stated {
        profiles,
        default,
        policies,
    } = stated;
    let mut named = BTreeMap::new();
    for (name, profile) in profiles {
        let field = format!("profiles.{name}");
        if !(1..=MAX_NAME_BYTES).contains(&name.len()) {
            problems.push(format!(
                "{field}: the name must be 1 to {MAX_NAME_BYTES} bytes"
            ));
        }
        let mut read = |part: &str, text: &Option<String>| {
            let selector = text.as_deref().map(selector).transpose();
            selector.unwrap_or_else(|problem| {
                problems.push(format!("{field}.{part}: {problem}"));
                None
            })
        };
        let chosen = Chosen {
            churn: read("churn", &profile.churn),
            value: read("value", &profile.value),
            segmentation: read("segmentation", &profile.segmentation),
            policy: profile.policy.clone(),
        };
        let mut policy = profile.policy.iter();
        if let Some(policy) = policy.find(|policy| !policies.contains_key(*policy)) {
            problems.push(format!("{field}.policy: there is no policy `{policy}`"));
        }
        if let ProfileToml {
            churn: None,
            value: None,
            segmentation: None,
            policy: _, // decides on what models say
        } = profile
        {
            problems.push(format!("{field}: must name a model"));
        }
        named.insert(name.clone(), chosen);
    }
    Profiles::new(named, default).unwrap_or_else(|error| {
        problems.push(format!("default_profile: {error}"));
        Profiles::default()
    })
}

/// `name`, `name@3` or `name@alias`.
fn selector(text: &str) -> Result<Selector, String> {
    let (name, choice) = match text.split_once('@') {
        None => (text, Choice::Served),
        Some((name, version)) if version.bytes().all(|byte| byte.is_ascii_digit()) => {
            let version = version.parse().ok().and_then(Version::new);
            let version = version.ok_or("the version must be a number from 1")?;
            (name, Choice::Version(version))
        }
        Some((name, alias)) => {
            let alias: Alias = alias
                .parse()
                .map_err(|error| format!("the alias {error}"))?;
            (name, Choice::Alias(alias))
        }
    };
    let name: ModelName = name
        .parse()
        .map_err(|error| format!("the model's name {error}"))?;
    Ok(Selector { name, choice })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, default: Option<&str>) -> (Profiles, Vec<String>) {
        let mut problems = Vec::new();
        let policies = BTreeMap::from([("careful".to_owned(), PathBuf::new())]);
        let stated = Stated {
            profiles: &toml::from_str(text).unwrap(),
            default: default.map(str::to_owned),
            policies: &policies,
        };
        let profiles = profiles(stated, &mut problems);
        (profiles, problems)
    }

    #[test]
    fn a_profile_names_versions_and_aliases() {
        let text =
            "[a]\nchurn = 'x@3'\nvalue = 'y@champion'\n[b]\nsegmentation = 'z'\npolicy = 'careful'";
        let (profiles, problems) = read(text, Some("b"));
        assert_eq!(problems, Vec::<String>::new());
        let a = profiles.get("a").unwrap();
        let version = Version::new(3).unwrap();
        assert_eq!(a.churn.as_ref().unwrap().choice, Choice::Version(version));
        let alias = "champion".parse().unwrap();
        assert_eq!(a.value.as_ref().unwrap().choice, Choice::Alias(alias));
        let default = profiles.default_profile().unwrap();
        assert_eq!(
            default.segmentation.as_ref().unwrap().choice,
            Choice::Served
        );
        assert_eq!(default.policy.as_deref(), Some("careful"));
        assert!(profiles.get("c").is_err());
    }

    #[test]
    fn every_fault_is_told() {
        let text = "[a]\nchurn = 'x@0'\nvalue = '../y'\nsegmentation = 'z@'\n[b]\npolicy = 'bold'";
        let (_, problems) = read(text, Some("c"));
        assert_eq!(problems.len(), 6, "{problems:?}");
        assert!(toml::from_str::<BTreeMap<String, ProfileToml>>("[a]\nmodel = 'x'").is_err());
    }
}
