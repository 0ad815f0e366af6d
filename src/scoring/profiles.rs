//! Named combinations of models, so that callers need not know them.

use std::collections::BTreeMap;

use crate::registry::Selector;

/// What a score is made of, as far as it is chosen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chosen {
    /// For the churn score.
    pub churn: Option<Selector>,
    /// For the value score.
    pub value: Option<Selector>,
    /// For the customer's groups.
    pub segmentation: Option<Selector>,
    /// The policy that decides, by its name in the configuration; the default
    /// one where it is `None`.
    pub policy: Option<String>,
}

impl Chosen {
    /// These choices, and those of `others` where these choose none.
    #[must_use]
    pub fn or(self, others: &Self) -> Self {
        let either =
            |mine: Option<Selector>, other: &Option<Selector>| mine.or_else(|| other.clone());
        Self {
            churn: either(self.churn, &others.churn),
            value: either(self.value, &others.value),
            segmentation: either(self.segmentation, &others.segmentation),
            policy: self.policy.or_else(|| others.policy.clone()),
        }
    }

    /// The models that are chosen.
    pub fn models(&self) -> impl Iterator<Item = &Selector> {
        [&self.churn, &self.value, &self.segmentation]
            .into_iter()
            .flatten()
    }

    /// Whether no model is chosen.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let Self {
            churn,
            value,
            segmentation,
            policy: _, // decides on what models say
        } = self;
        churn.is_none() && value.is_none() && segmentation.is_none()
    }
}

/// The combinations that a server knows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Profiles {
    named: BTreeMap<String, Chosen>,
    default: Option<String>,
}

/// The default is none of the profiles.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no profile `{0}`")]
pub struct NoSuchProfile(pub String);

impl Profiles {
    /// Profiles by name, and the name of the one for requests that choose no
    /// model.
    ///
    /// # Errors
    ///
    /// When there is no profile of that name.
    pub fn new(
        named: BTreeMap<String, Chosen>,
        default: Option<String>,
    ) -> Result<Self, NoSuchProfile> {
        match default {
            Some(default) if !named.contains_key(&default) => Err(NoSuchProfile(default)),
            default => Ok(Self { named, default }),
        }
    }

    /// A profile by name.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub fn get(&self, name: &str) -> Result<&Chosen, NoSuchProfile> {
        let profile = self.named.get(name);
        profile.ok_or_else(|| NoSuchProfile(name.to_owned()))
    }

    /// Every profile, by name.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Chosen)> {
        let named = self.named.iter();
        named.map(|(name, chosen)| (name.as_str(), chosen))
    }

    /// The name of the profile for requests that choose no model.
    #[must_use]
    pub fn default_name(&self) -> Option<&str> {
        self.default.as_deref()
    }

    /// The profile for requests that choose no model.
    #[must_use]
    pub fn default_profile(&self) -> Option<&Chosen> {
        self.named.get(self.default.as_ref()?)
    }
}
