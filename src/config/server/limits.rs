//! Limits of what is loaded, of calls and of connections.

use std::{
    num::{NonZeroU32, NonZeroUsize},
    time::Duration,
};

use super::Options;
use crate::{
    grpc::{self, Admitted, Connections},
    registry,
};

const MAX_RESIDENT_VERSIONS: usize = 100;

impl Options {
    pub(super) fn resident_versions(&self, problems: &mut Vec<String>) -> NonZeroUsize {
        match self.resident_versions.map(NonZeroUsize::new) {
            None => registry::DEFAULT_RESIDENT_VERSIONS,
            Some(Some(versions)) if versions.get() <= MAX_RESIDENT_VERSIONS => versions,
            Some(_) => {
                let limit = MAX_RESIDENT_VERSIONS;
                problems.push(format!("resident_versions must be 1 to {limit}"));
                registry::DEFAULT_RESIDENT_VERSIONS
            }
        }
    }

    pub(super) fn admitted(&self, defaults: &grpc::Options) -> Admitted {
        let defaults = defaults.admitted;
        Admitted {
            calls: self.max_calls.map_or(defaults.calls, at_most),
            wait: self.max_wait_ms.map_or(defaults.wait, |milliseconds| {
                Duration::from_millis(milliseconds.into())
            }),
        }
    }

    pub(super) fn connections(&self, defaults: &grpc::Options) -> Connections {
        let seconds = |seconds: u32| Duration::from_secs(seconds.into());
        let grpc::Options { connections, .. } = defaults;
        Connections {
            most: self.max_connections.map_or(connections.most, at_most),
            streams: self
                .max_streams_per_connection
                .unwrap_or(connections.streams),
            idle: match self.max_idle_seconds {
                None => connections.idle,
                Some(0) => None,
                Some(idle) => Some(seconds(idle)),
            },
            age: self
                .max_connection_age_seconds
                .map(|age| seconds(age.get()))
                .or(connections.age),
            // As calls in flight have when the server stops.
            grace: self
                .drain_seconds
                .map_or(defaults.drain, Duration::from_secs),
            keepalive: connections.keepalive,
        }
    }
}

/// Limits of zero would let nothing through.
pub(super) fn none_is_zero(serving: &grpc::Options, problems: &mut Vec<String>) {
    let at_least_one = [
        ("max_batch_rows", serving.max_batch_rows == 0),
        ("max_column_rows", serving.max_column_rows == 0),
        ("max_message_bytes", serving.max_message_bytes == 0),
        (
            "max_streams_per_connection",
            serving.connections.streams == 0,
        ),
    ];
    for (option, is_zero) in at_least_one {
        if is_zero {
            problems.push(format!("{option} must be at least 1"));
        }
    }
}

fn at_most(number: NonZeroU32) -> NonZeroUsize {
    NonZeroUsize::try_from(number).unwrap_or(NonZeroUsize::MAX)
}
