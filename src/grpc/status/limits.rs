//! The statuses of calls that take too long, are too many, or meet a fault of this
//! program.

use std::{collections::HashMap, time::Duration};

use tonic::{
    Code, Status,
    metadata::{MetadataMap, MetadataValue},
};
use tonic_types::{ErrorDetails, StatusExt};

use super::DOMAIN;

/// When to try again, for clients that retry by themselves (gRPC proposal A6).
const PUSHBACK: &str = "grpc-retry-pushback-ms";

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

/// The status of a call whose message takes too long to come.
pub(in crate::grpc) fn message_too_slow() -> Status {
    let message = "the message did not arrive in time; send it at 1 KiB a second or faster";
    told(Code::DeadlineExceeded, "MESSAGE_TOO_SLOW", message)
}

/// The status of a call that this program has a fault in.
pub(in crate::grpc) fn panicked() -> Status {
    let message = "a fault of the server; the call is lost, others go on";
    told(Code::Internal, "SERVER_FAULT", message)
}

/// The status of a large call for which there is no room.
pub(super) fn too_many_large_calls(wait: Duration) -> Status {
    let message = "too many batches, columns, messages of streams and what-ifs at once; try again, \
                   or ask another server";
    retry_after(wait, "TOO_MANY_LARGE_CALLS", message)
}

/// The status of a call beyond as many as may be in flight.
pub(in crate::grpc) fn too_many_calls(wait: Duration) -> Status {
    let message =
        "the server has as many calls in flight as it takes; try again, or ask another server";
    retry_after(wait, "TOO_MANY_CALLS", message)
}

/// The status of a call that has waited too long to be begun.
pub(in crate::grpc) fn overloaded(wait: Duration) -> Status {
    let message = "the server is asked for more than it can do; try again, or ask another server";
    retry_after(wait, "OVERLOADED", message)
}

/// The status of who asks for too much now, with the time until it may ask again.
pub(super) fn retry_after(wait: Duration, reason: &str, message: impl Into<String>) -> Status {
    let mut details = ErrorDetails::with_error_info(reason, DOMAIN, HashMap::new());
    details.set_retry_info(Some(wait));
    let mut metadata = MetadataMap::new();
    // Not before there is more: up to the next millisecond.
    let milliseconds = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
    let pushback = MetadataValue::from(milliseconds.saturating_add(1));
    metadata.insert(PUSHBACK, pushback);
    Status::with_error_details_and_metadata(Code::ResourceExhausted, message, details, metadata)
}

fn told(code: Code, reason: &str, message: impl Into<String>) -> Status {
    let details = ErrorDetails::with_error_info(reason, DOMAIN, HashMap::new());
    Status::with_error_details(code, message, details)
}
