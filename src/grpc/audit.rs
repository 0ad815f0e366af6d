//! Lines of the log on who changed what, or tried to: target `audit`, one each; and,
//! where it is asked for, on who had which customers scored.

mod pseudonyms;
mod trail;

use tonic::{Code, Response, Status};
use tracing::info;

use super::convert::{RollBack, SetAlias};
use crate::{access::Principal, artifact::Version};

pub use pseudonyms::{AuditKeyError, ScoringAudit};
pub(super) use trail::Trail;

/// A call that changes what is loaded or what serves.
pub(super) enum Act<'a> {
    Reload,
    SetAlias(&'a SetAlias),
    RollBack(&'a RollBack),
}

/// Tells of an act when it has ended.
pub(super) fn tell<T>(principal: &Principal, act: &Act<'_>, result: &Result<T, Status>) {
    let code = match result {
        Ok(_) => Code::Ok,
        Err(status) => status.code(),
    };
    let outcome = format!("{code:?}");
    match act {
        Act::Reload => {
            info!(target: "audit", %principal, method = "ReloadModels", outcome, "audit");
        }
        Act::SetAlias(SetAlias {
            name,
            change,
            callers,
            author,
        }) => info!(
            target: "audit",
            %principal,
            method = "SetAlias",
            model.name = %name,
            alias = %change.alias,
            expected = change.expected.map(Version::get),
            to = change.to.map(Version::get),
            ?callers,
            actor = author.actor(),
            reason = author.reason(),
            outcome,
            "audit"
        ),
        Act::RollBack(RollBack {
            name,
            expected,
            author,
        }) => info!(
            target: "audit",
            %principal,
            method = "RollbackModel",
            model.name = %name,
            expected = expected.map(Version::get),
            actor = author.actor(),
            reason = author.reason(),
            outcome,
            "audit"
        ),
    }
}

/// Tells of a principal that may not act so.
pub(super) fn refused(principal: &Principal, path: &str) {
    let method = path.rsplit('/').next().unwrap_or_default();
    let outcome = format!("{:?}", Code::PermissionDenied);
    info!(target: "audit", %principal, method, outcome, "audit");
}

/// An answer of an act, told.
pub(super) fn told<T>(
    principal: &Principal,
    act: &Act<'_>,
    result: Result<T, Status>,
) -> Result<Response<T>, Status> {
    tell(principal, act, &result);
    result.map(Response::new)
}
