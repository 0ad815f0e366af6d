//! What a call ended with, and everything the server said of it.

use std::time::Duration;

use prost::Message;
use tonic::{Code, Status};
use tonic_types::StatusExt;

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// Nothing that a client can connect to.
    #[error("{0:?} is no address of a server, such as http://127.0.0.1:50051")]
    Address(String),
    /// The connection cannot be encrypted as it should be.
    #[error("TLS: {0}")]
    Tls(String),
    /// The call failed.
    #[error(transparent)]
    Call(#[from] Failure),
}

/// What a call, or one customer of it, ended with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {message}", reason.as_deref().unwrap_or(code.description()))]
pub struct Failure {
    /// The gRPC code.
    pub code: Code,
    /// The stable reason, such as `INVALID_REQUEST`; absent from what the service
    /// itself did not state.
    pub reason: Option<String>,
    /// What happened, for people.
    pub message: String,
    /// Every field at fault; the server names the first 20.
    pub violations: Vec<FieldFault>,
    /// How long the server asks to wait before the next attempt.
    pub retry_after: Option<Duration>,
}

/// One field at fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldFault {
    /// Its path in the request, such as `customer.features.tenure`.
    pub field: String,
    /// What is wrong with it.
    pub description: String,
}

impl Failure {
    /// Whether the same call may succeed later.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        matches!(self.code, Code::Unavailable | Code::ResourceExhausted)
    }

    /// The failure of one customer of a batch, or of one message of a stream.
    #[must_use]
    pub fn of_row(status: &tonic_types::Status) -> Self {
        let details = status.encode_to_vec().into();
        Status::with_details(status.code.into(), status.message.clone(), details).into()
    }
}

impl From<Status> for Failure {
    fn from(status: Status) -> Self {
        let violations = status.get_details_bad_request().map(|bad_request| {
            let violations = bad_request.field_violations.into_iter();
            violations
                .map(|violation| FieldFault {
                    field: violation.field,
                    description: violation.description,
                })
                .collect()
        });
        let retry_info = status.get_details_retry_info();
        Self {
            code: status.code(),
            reason: status.get_details_error_info().map(|info| info.reason),
            message: status.message().to_owned(),
            violations: violations.unwrap_or_default(),
            retry_after: retry_info.and_then(|info| info.retry_delay),
        }
    }
}
