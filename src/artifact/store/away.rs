//! What an object store said, in words that stay the same from one request to
//! the next: who asks again and again tells it once.

use std::{error::Error, io};

/// No longer text of a store is repeated.
const MAX_CHARS: usize = 200;
/// What a store says of a bucket that is not there.
const NO_BUCKET: &str = "NoSuchBucket";

/// An object store that does not do what it is asked.
#[derive(Debug, thiserror::Error)]
#[error("{summary}: {detail}")]
struct Away {
    summary: &'static str,
    detail: String,
}

/// The time limit of a request is over.
pub(super) fn timed_out() -> io::Error {
    of(
        io::ErrorKind::TimedOut,
        "the object store cannot be reached",
        "no answer in time".to_owned(),
    )
}

/// Whether an error came of the way to an object store, or of its state, and not
/// of what it holds: the same request may succeed later.
pub(in crate::artifact) fn is_away(error: &io::Error) -> bool {
    error
        .get_ref()
        .is_some_and(<dyn Error + Send + Sync>::is::<Away>)
}

/// What went wrong, without times and counts.
pub(super) fn explain(error: &object_store::Error) -> io::Error {
    use object_store::Error as E;

    let detail = detail(error);
    if matches!(error, E::NotFound { .. }) {
        let text = format!("the object store has no such object: {detail}");
        return io::Error::new(io::ErrorKind::NotFound, text);
    }
    let denied = matches!(
        error,
        E::PermissionDenied { .. } | E::Unauthenticated { .. }
    );
    let (kind, summary) = if denied {
        let summary = "the object store denies access";
        (io::ErrorKind::PermissionDenied, summary)
    } else if detail == NO_BUCKET {
        let summary = "the object store has no such bucket";
        (io::ErrorKind::NotFound, summary)
    } else {
        let summary = "the object store cannot be reached, or does not answer as one";
        (io::ErrorKind::Other, summary)
    };
    of(kind, summary, detail)
}

fn of(kind: io::ErrorKind, summary: &'static str, detail: String) -> io::Error {
    io::Error::new(kind, Away { summary, detail })
}

/// The store's own code where it gave one, or else the innermost cause: what
/// stands around them counts tries and milliseconds.
fn detail(error: &object_store::Error) -> String {
    let mut innermost: &dyn Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    let text = innermost.to_string();
    let code = text.split_once("<Code>");
    let code = code.and_then(|(_, rest)| rest.split_once("</Code>"));
    let text = code.map_or(text.as_str(), |(code, _)| code);
    let shown = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    shown.take(MAX_CHARS).collect()
}
