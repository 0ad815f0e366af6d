//! The statuses of calls that take too long, or meet a fault of this program.

use std::collections::HashMap;

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

use super::DOMAIN;

/// The status of a call whose `grpc-timeout` says nothing.
pub(in crate::grpc) fn timeout_malformed() -> Status {
    let message = "`grpc-timeout` must be 1 to 8 digits and one of H, M, S, m, u, n, such as 500m";
    told(Code::InvalidArgument, "TIMEOUT_MALFORMED", message)
}

/// The status of a call whose time is over.
pub(in crate::grpc) fn deadline_passed() -> Status {
    let message = "the deadline of the call has passed; allow more time, or ask for less at once";
    told(Code::DeadlineExceeded, "DEADLINE_PASSED", message)
}

/// The status of a call that this program has a fault in.
pub(in crate::grpc) fn panicked() -> Status {
    let message = "a fault of the server; the call is lost, others go on";
    told(Code::Internal, "SERVER_FAULT", message)
}

fn told(code: Code, reason: &str, message: impl Into<String>) -> Status {
    let details = ErrorDetails::with_error_info(reason, DOMAIN, HashMap::new());
    Status::with_error_details(code, message, details)
}
