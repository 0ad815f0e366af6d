//! The one mapping from errors to gRPC statuses.
//!
//! | reason | code | error |
//! | --- | --- | --- |
//! | `INVALID_REQUEST` | `INVALID_ARGUMENT` | [`Violations`], each in a `BadRequest` |
//! | `MALFORMED_REQUEST` | `INVALID_ARGUMENT` | bytes that are not the message |
//! | `MODEL_NOT_FOUND` | `NOT_FOUND` | [`SelectError::ModelNotFound`] |
//! | `PROFILE_NOT_FOUND` | `NOT_FOUND` | [`NoSuchProfile`] |
//! | `VERSION_NOT_FOUND` | `NOT_FOUND` | [`SelectError::VersionNotFound`] |
//! | `ALIAS_NOT_FOUND` | `NOT_FOUND` | [`SelectError::AliasNotFound`] |
//! | `WRONG_MODEL_KIND` | `INVALID_ARGUMENT` | [`WrongKind`] |
//! | `MODEL_UNAVAILABLE` | `UNAVAILABLE` | [`SelectError::Unavailable`] |
//! | `SERVER_DRAINING` | `UNAVAILABLE` | a stream that is open when the server is told to stop |
//!
//! Those of changes to what is loaded are in `lifecycle`, those of callers in
//! `access`, those of calls that take too long, are too many or meet a fault of
//! the server in `limits`, those of
//! requests that the transport cannot read in `transport`.

mod access;
mod lifecycle;
mod limits;
mod transport;

use std::{collections::HashMap, time::Duration};

use prost::{DecodeError, Message};
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, StatusExt};

use crate::{
    access::{Denied, Exceeded, Refused},
    artifact::WrongKind,
    customer::Violations,
    registry::SelectError,
    scoring::NoSuchProfile,
};

pub(super) use lifecycle::{alias_status, reload_status};
pub(super) use limits::{
    deadline_passed, message_too_slow, overloaded, panicked, timeout_malformed, too_many_calls,
};
pub(super) use transport::of_request;

/// The domain of every `ErrorInfo`.
const DOMAIN: &str = "holdfast";

/// Why a request, or one row of it, gets no score.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refusal {
    Invalid(Violations),
    Select(SelectError),
    Kind(WrongKind),
    Malformed(DecodeError),
    Profile(NoSuchProfile),
    /// Nobody knows who is calling.
    Unknown(Refused),
    /// It is known who is calling, and that they may not.
    Denied(Denied),
    /// It has asked for more than it may.
    Exceeded(Exceeded),
    /// Nobody has said who may call it.
    NoRule,
    /// Too much is being done that takes long; there may be room after this time.
    TooManyLargeCalls(Duration),
}

impl From<Violations> for Refusal {
    fn from(violations: Violations) -> Self {
        Self::Invalid(violations)
    }
}

impl From<SelectError> for Refusal {
    fn from(error: SelectError) -> Self {
        Self::Select(error)
    }
}

impl From<NoSuchProfile> for Refusal {
    fn from(error: NoSuchProfile) -> Self {
        Self::Profile(error)
    }
}

impl From<Refused> for Refusal {
    fn from(refused: Refused) -> Self {
        Self::Unknown(refused)
    }
}

impl From<Denied> for Refusal {
    fn from(denied: Denied) -> Self {
        Self::Denied(denied)
    }
}

impl From<Exceeded> for Refusal {
    fn from(exceeded: Exceeded) -> Self {
        Self::Exceeded(exceeded)
    }
}

impl From<WrongKind> for Refusal {
    fn from(error: WrongKind) -> Self {
        Self::Kind(error)
    }
}

impl From<DecodeError> for Refusal {
    fn from(error: DecodeError) -> Self {
        Self::Malformed(error)
    }
}

impl From<Refusal> for Status {
    fn from(refusal: Refusal) -> Self {
        let mut metadata = HashMap::new();
        let (code, reason, message) = match &refusal {
            Refusal::Invalid(violations) => (
                Code::InvalidArgument,
                "INVALID_REQUEST",
                violations.to_string(),
            ),
            Refusal::Kind(error) => (Code::InvalidArgument, "WRONG_MODEL_KIND", error.to_string()),
            // What prost says names fields and never holds their content.
            Refusal::Malformed(error) => (
                Code::InvalidArgument,
                "MALFORMED_REQUEST",
                error.to_string(),
            ),
            // The name is the caller's own text, and may be anything.
            Refusal::Profile(_) => (
                Code::NotFound,
                "PROFILE_NOT_FOUND",
                "the server knows no profile of that name".to_owned(),
            ),
            Refusal::Unknown(refused) => {
                let (code, reason) = access::refused(*refused);
                (code, reason, refused.to_string())
            }
            Refusal::Denied(denied) => {
                let (reason, lacks) = access::denied(denied);
                metadata = lacks;
                (Code::PermissionDenied, reason, denied.to_string())
            }
            Refusal::Exceeded(exceeded) => return access::exceeded(*exceeded),
            Refusal::TooManyLargeCalls(wait) => return limits::too_many_large_calls(*wait),
            Refusal::NoRule => (
                Code::Unimplemented,
                "NO_SUCH_METHOD",
                "the service has no such method".to_owned(),
            ),
            Refusal::Select(error) => {
                let (code, reason) = match error {
                    SelectError::ModelNotFound(_) => (Code::NotFound, "MODEL_NOT_FOUND"),
                    SelectError::VersionNotFound { .. } => (Code::NotFound, "VERSION_NOT_FOUND"),
                    SelectError::AliasNotFound { .. } => (Code::NotFound, "ALIAS_NOT_FOUND"),
                    SelectError::Unavailable(_) => (Code::Unavailable, "MODEL_UNAVAILABLE"),
                };
                (code, reason, error.to_string())
            }
        };
        let mut details = ErrorDetails::with_error_info(reason, DOMAIN, metadata);
        if let Refusal::Invalid(violations) = &refusal {
            details.set_bad_request(field_violations(violations));
        }
        Self::with_error_details(code, message, details)
    }
}

/// The status of a stream that ends because the server is told to stop.
pub(super) fn server_draining() -> Status {
    let details = ErrorDetails::with_error_info("SERVER_DRAINING", DOMAIN, HashMap::new());
    let message = "the server is stopping; send what has no answer to another";
    Status::with_error_details(Code::Unavailable, message, details)
}

/// The same status as a message, for one row of a batch.
pub(super) fn row_status(refusal: Refusal) -> tonic_types::Status {
    let status = Status::from(refusal);
    // The details of a status are this very message, encoded.
    tonic_types::Status::decode(status.details()).unwrap_or_else(|_| tonic_types::Status {
        code: status.code().into(),
        message: status.message().to_owned(),
        details: Vec::new(),
    })
}

fn field_violations(violations: &Violations) -> Vec<FieldViolation> {
    violations
        .listed()
        .iter()
        .map(|violation| FieldViolation::new(violation.field(), violation.description()))
        .collect()
}
