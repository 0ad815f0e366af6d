//! What the transport says of a request that it cannot read, as the contract has it.
//!
//! The library has one code for all that ends a message early, another for one that
//! is too large, and no details. Its texts are all that tells its errors apart.

use std::collections::HashMap;

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

use super::DOMAIN;

/// A request that ends before its message does, or without one. A caller that goes
/// away while it sends looks the same.
const BROKEN_OFF: [&str; 2] = [
    "Unexpected EOF decoding stream.",
    "Missing request message.",
];
/// A frame that does not begin as one, or that says to be compressed where the
/// headers name no compression.
const MALFORMED: &str = "protocol error: received message with ";
const TOO_LARGE: &str = "Error, decoded message length too large: ";
/// What its last words tell, in bytes.
const LIMIT: &str = "the limit is: ";
const COMPRESSED: &str = "Content is compressed with ";

/// What tonic says of a request, as the contract has it; any other status stays.
pub(in crate::grpc) fn of_request(status: Status) -> Status {
    let mut metadata = HashMap::new();
    let said = status.message();
    let was = status.code();
    let (code, reason, message) = if was == Code::Internal && BROKEN_OFF.contains(&said) {
        let message = "the request ended before its message did";
        (Code::Cancelled, "REQUEST_BROKEN_OFF", message.to_owned())
    } else if was == Code::Internal && said.starts_with(MALFORMED) {
        let message = "the first byte of a message must be 0: no request is read compressed";
        (
            Code::InvalidArgument,
            "MALFORMED_REQUEST",
            message.to_owned(),
        )
    } else if was == Code::OutOfRange && said.starts_with(TOO_LARGE) {
        let limit = said.rsplit_once(LIMIT).map_or("", |(_, limit)| limit);
        let limit = limit.trim_end_matches(" bytes");
        metadata.insert("limit_bytes".to_owned(), limit.to_owned());
        let advice = "send columns, a stream, or several calls";
        let message = format!("the message is larger than {limit} bytes; {advice}");
        (Code::ResourceExhausted, "MESSAGE_TOO_LARGE", message)
    } else if was == Code::Unimplemented && said.starts_with(COMPRESSED) {
        let message = "no request is read compressed; send it as it is";
        (
            Code::Unimplemented,
            "COMPRESSION_UNSUPPORTED",
            message.to_owned(),
        )
    } else {
        return status;
    };
    let details = ErrorDetails::with_error_info(reason, DOMAIN, metadata);
    // Says which compressions are read, where that was asked.
    let metadata = status.metadata().clone();
    Status::with_error_details_and_metadata(code, message, details, metadata)
}
