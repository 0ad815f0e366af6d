//! Traffic between the version that serves and a challenger: who is scored by
//! which, decided by a hash of the customer's id.

use std::collections::BTreeMap;

use crate::{
    artifact::{Alias, ModelName},
    policy::Sample,
};

/// Who challenges a model, and for which customers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// The alias that stands for the challenger.
    pub challenger: Alias,
    /// The customers that it scores.
    pub sample: Sample,
}

/// The splits of a server, by model.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Splits(pub BTreeMap<ModelName, Split>);

impl Splits {
    /// The split of a model, if there is one.
    #[must_use]
    pub fn of(&self, model: &ModelName) -> Option<&Split> {
        self.0.get(model)
    }
}
