//! The statuses of callers who are not known, or may not do what they ask for.
//! None repeats anything of a credential.

use std::collections::HashMap;

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

use super::{DOMAIN, limits::retry_after};
use crate::access::{Denied, Exceeded, Refused};

/// The code and the reason of a caller who is not known.
pub(super) fn refused(refused: Refused) -> (Code, &'static str) {
    match refused {
        Refused::Missing => (Code::Unauthenticated, "CREDENTIALS_MISSING"),
        Refused::Malformed => (Code::Unauthenticated, "CREDENTIALS_MALFORMED"),
        Refused::TooLarge => (Code::Unauthenticated, "TOKEN_TOO_LARGE"),
        Refused::Unknown => (Code::Unauthenticated, "TOKEN_UNKNOWN"),
        Refused::Expired => (Code::Unauthenticated, "TOKEN_EXPIRED"),
        Refused::NotYet => (Code::Unauthenticated, "TOKEN_NOT_YET_VALID"),
        Refused::Issuer => (Code::Unauthenticated, "TOKEN_OF_ANOTHER_ISSUER"),
        Refused::Audience => (Code::Unauthenticated, "TOKEN_FOR_ANOTHER_AUDIENCE"),
        Refused::Certificate => (Code::Unauthenticated, "CERTIFICATE_UNKNOWN"),
        Refused::NoKeys => (Code::Unavailable, "ISSUER_KEYS_UNAVAILABLE"),
    }
}

/// The reason of a principal that may not, and what it lacks.
pub(super) fn denied(denied: &Denied) -> (&'static str, HashMap<String, String>) {
    match denied {
        Denied::Scope(scope) => ("SCOPE_MISSING", lacks("scope", scope.to_string())),
        Denied::Model(model) => ("MODEL_NOT_ALLOWED", lacks("model", model.to_string())),
    }
}

fn lacks(what: &str, name: String) -> HashMap<String, String> {
    HashMap::from([(what.to_owned(), name)])
}

/// The status of a principal that has spent its quota, with the time until there
/// is more of it.
pub(super) fn exceeded(exceeded: Exceeded) -> Status {
    let message = exceeded.to_string();
    let (reason, wait) = match exceeded {
        Exceeded::Calls(wait) => ("QUOTA_OF_CALLS_SPENT", wait),
        Exceeded::Rows(wait) => ("QUOTA_OF_ROWS_SPENT", wait),
        Exceeded::TooManyAtOnce(_) => {
            let reason = "MORE_ROWS_THAN_QUOTA";
            let details = ErrorDetails::with_error_info(reason, DOMAIN, HashMap::new());
            return Status::with_error_details(Code::OutOfRange, message, details);
        }
    };
    retry_after(wait, reason, message)
}
