//! Requests that change what serves, and what was changed.

use std::time::SystemTime;

use super::proto;
use crate::{
    artifact::{Alias, AliasMove, Author, ModelName, MoveKind, Version},
    customer::Violations,
    policy::PolicyIdentity,
    registry::{AliasChange, Callers, Change, Changed, PolicyChange},
};

/// Moves an alias of a model.
#[derive(Clone)]
pub(in crate::grpc) struct SetAlias {
    pub(in crate::grpc) name: ModelName,
    pub(in crate::grpc) change: AliasMove,
    pub(in crate::grpc) callers: Callers,
    pub(in crate::grpc) author: Author,
}

/// Brings a model's champion back.
#[derive(Clone)]
pub(in crate::grpc) struct RollBack {
    pub(in crate::grpc) name: ModelName,
    pub(in crate::grpc) expected: Option<Version>,
    pub(in crate::grpc) author: Author,
}

/// Reads a request to move an alias, which comes in at `now`.
pub(in crate::grpc) fn set_alias(
    request: &proto::SetAliasRequest,
    now: SystemTime,
) -> Result<SetAlias, Violations> {
    use proto::set_alias_request::Target;

    let proto::SetAliasRequest {
        name,
        alias,
        target,
        expected_version,
        actor,
        reason,
        despite_callers,
    } = request;
    let mut violations = Violations::default();
    let name = read_name(name, &mut violations);
    let alias = alias.parse::<Alias>();
    if let Err(error) = &alias {
        violations.push("alias", error.to_string());
    }
    let to = match target {
        Some(Target::Version(version)) => read_version(Some(*version), "version", &mut violations),
        Some(Target::Unset(proto::Null {})) => None,
        None => {
            violations.push("version", "is required, unless the alias is to be `unset`");
            None
        }
    };
    let expected = read_version(*expected_version, "expected_version", &mut violations);
    let author = read_author(actor, reason, now, &mut violations);
    match (name, alias, author) {
        (Some(name), Ok(alias), Some(author)) if violations.total() == 0 => Ok(SetAlias {
            name,
            change: AliasMove {
                alias,
                expected,
                to,
                kind: MoveKind::Set,
                in_place: *despite_callers && to.is_some(),
            },
            callers: if *despite_callers {
                Callers::Any
            } else {
                Callers::Ready
            },
            author,
        }),
        _ => Err(violations),
    }
}

/// Reads a request to roll back, which comes in at `now`.
pub(in crate::grpc) fn roll_back(
    request: &proto::RollbackModelRequest,
    now: SystemTime,
) -> Result<RollBack, Violations> {
    let proto::RollbackModelRequest {
        name,
        expected_version,
        actor,
        reason,
    } = request;
    let mut violations = Violations::default();
    let name = read_name(name, &mut violations);
    let expected = read_version(*expected_version, "expected_version", &mut violations);
    let author = read_author(actor, reason, now, &mut violations);
    match (name, author) {
        (Some(name), Some(author)) if violations.total() == 0 => Ok(RollBack {
            name,
            expected,
            author,
        }),
        _ => Err(violations),
    }
}

fn read_name(name: &str, violations: &mut Violations) -> Option<ModelName> {
    name.parse()
        .map_err(|error| violations.push("name", format!("{error}")))
        .ok()
}

fn read_version(version: Option<u32>, field: &str, violations: &mut Violations) -> Option<Version> {
    let version = version?;
    let read = Version::new(version);
    if read.is_none() {
        violations.push(field, "must be at least 1");
    }
    read
}

fn read_author(
    actor: &str,
    reason: &str,
    now: SystemTime,
    violations: &mut Violations,
) -> Option<Author> {
    Author::new(actor, reason, now)
        .map_err(|refused| violations.extend(refused))
        .ok()
}

/// Writes what an alias stands for.
pub(in crate::grpc) fn alias_change(alias: &Alias, change: &AliasChange) -> proto::AliasChange {
    let AliasChange {
        from,
        to,
        generation: _, // beside it
    } = *change;
    proto::AliasChange {
        alias: alias.to_string(),
        from_version: from.map(Version::get),
        to_version: to.map(Version::get),
    }
}

impl From<PolicyChange> for proto::PolicyChange {
    fn from(change: PolicyChange) -> Self {
        use proto::policy_change::Change;

        let PolicyChange { name, changed } = change;
        Self {
            policy: name.unwrap_or_default(),
            change: Some(match changed {
                Ok(PolicyIdentity {
                    name,
                    version,
                    digest,
                }) => Change::Loaded(proto::PolicyVersion {
                    name,
                    version,
                    digest,
                }),
                Err(refused) => Change::Refused(refused.reason),
            }),
        }
    }
}

impl From<Change> for proto::ModelChange {
    fn from(change: Change) -> Self {
        let Change { model, changed } = change;
        Self {
            model: model.to_string(),
            change: Some(changed.into()),
        }
    }
}

impl From<Changed> for proto::model_change::Change {
    fn from(changed: Changed) -> Self {
        match changed {
            Changed::Loaded(identity) => Self::Loaded((&identity).into()),
            Changed::Unloaded(identity) => Self::Unloaded((&identity).into()),
            Changed::Refused {
                version,
                reason,
                error: _, // holds the server's paths
            } => Self::Refused(proto::RefusedVersion {
                version: version.get(),
                reason,
            }),
            Changed::Served { from, to } => Self::Served(proto::ServedChange {
                from_version: from.map(Version::get),
                to_version: to.map(Version::get),
            }),
            Changed::Alias {
                alias,
                from,
                to,
                actor: _, // in the audit log
            } => Self::Alias(proto::AliasChange {
                alias: alias.to_string(),
                from_version: from.map(Version::get),
                to_version: to.map(Version::get),
            }),
            Changed::HeldBack(held) => Self::Fault(held.to_string()),
            Changed::Fault(fault) => Self::Fault(fault),
        }
    }
}
