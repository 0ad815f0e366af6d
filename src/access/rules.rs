//! Which call needs what: the one table.

use super::Scope;

/// What a call needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Nothing: probes carry no credentials.
    Open,
    /// A scope.
    Needs(Scope),
}

use Rule::{Needs, Open};
use Scope::{ManageModels, ReadModels, Score};

/// Each service with its methods.
const RULES: [(&str, &[(&str, Rule)]); 5] = [
    (
        "holdfast.v1.ScoringService",
        &[
            ("ScoreCustomer", Needs(Score)),
            ("ScoreCustomers", Needs(Score)),
            ("ScoreColumns", Needs(Score)),
            ("StreamScores", Needs(Score)),
            ("WhatIf", Needs(Score)),
        ],
    ),
    (
        "holdfast.v1.ModelService",
        &[
            ("ListModels", Needs(ReadModels)),
            ("GetModel", Needs(ReadModels)),
            ("ReloadModels", Needs(ManageModels)),
            ("SetAlias", Needs(ManageModels)),
            ("RollbackModel", Needs(ManageModels)),
        ],
    ),
    (
        "grpc.health.v1.Health",
        &[
            ("Check", Open),
            ("Watch", Open),
            // Names every model.
            ("List", Needs(ReadModels)),
        ],
    ),
    (
        "grpc.reflection.v1.ServerReflection",
        &[("ServerReflectionInfo", Needs(ReadModels))],
    ),
    (
        "grpc.reflection.v1alpha.ServerReflection",
        &[("ServerReflectionInfo", Needs(ReadModels))],
    ),
];

/// What the call of a path, such as `/holdfast.v1.ScoringService/WhatIf`, needs;
/// `None` where nobody has said, and then nobody may call it.
#[must_use]
pub fn rule(path: &str) -> Option<Rule> {
    let (service, method) = path.strip_prefix('/')?.split_once('/')?;
    let (_, methods) = RULES.iter().find(|(name, _)| *name == service)?;
    let (_, rule) = methods.iter().find(|(name, _)| *name == method)?;
    Some(*rule)
}
