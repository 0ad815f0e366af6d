//! The themes of a model's effects by a policy. Patterns are compared without
//! case and by their beginnings, which is too slow for each customer: it is done
//! once for each policy and model.

use std::sync::Arc;

use arc_swap::ArcSwap;
use hashbrown::HashMap;

use crate::{
    artifact::{Digest, Identity},
    features::Schema,
    policy::{EffectCause, Policy},
};

/// From how many tables on all are forgotten: models and policies come and go.
const MANY: usize = 256;

/// What was worked out so far: by the model's digest, by the policy's.
#[derive(Debug, Default)]
pub struct CauseTables(ArcSwap<HashMap<Digest, HashMap<String, Causes>>>);

/// The theme of each effect of a schema.
pub(super) type Causes = Arc<[EffectCause]>;

impl CauseTables {
    pub(super) fn of(&self, policy: &Policy, model: &Identity, schema: &Schema) -> Causes {
        let (model, by) = (&model.digest, &policy.identity.digest);
        let known = self.0.load();
        if let Some(causes) = known.get(model).and_then(|policies| policies.get(by)) {
            return Arc::clone(causes);
        }
        let effects = (0..schema.effects()).map(|effect| schema.effect_names(effect));
        let causes: Causes = effects
            .map(|names| policy.causes.of_effect(names.as_slice()))
            .collect();
        self.0.rcu(|known| {
            let mut more = HashMap::clone(known);
            if more.values().map(HashMap::len).sum::<usize>() >= MANY {
                more.clear();
            }
            let policies: &mut HashMap<_, _> = more.entry(model.clone()).or_default();
            policies.insert(by.clone(), Arc::clone(&causes));
            more
        });
        causes
    }
}
