//! The statuses of changes to what is loaded.
//!
//! | reason | code | error |
//! | --- | --- | --- |
//! | `ALIAS_CHANGED` | `ABORTED` | [`AliasChanged`], the state in the metadata |
//! | `VERSION_REFUSED` | `FAILED_PRECONDITION` | [`AliasError::Refused`] |
//! | `CALLERS_NOT_READY` | `FAILED_PRECONDITION` | [`AliasError::CallersNotReady`] |
//! | `NO_PREDECESSOR` | `FAILED_PRECONDITION` | [`AliasError::NoPredecessor`] |
//! | `TOO_MANY_ALIASES` | `FAILED_PRECONDITION` | [`MoveError::TooMany`] |
//! | `ALIASES_UNREADABLE` | `FAILED_PRECONDITION` | [`StoreError::Read`] |
//! | `MODELS_NOT_WRITABLE` | `FAILED_PRECONDITION` | [`StoreError::File`] |
//! | `STORE_UNAVAILABLE` | `UNAVAILABLE` | [`StoreError::is_away`] |
//! | `MODEL_BUSY` | `UNAVAILABLE` | [`StoreError::Busy`] |
//! | `MODELS_UNREADABLE` | `UNAVAILABLE` | [`OpenError`] |
//! | `SERVER_DRAINING` | `UNAVAILABLE` | [`Stopped`] |

use std::collections::HashMap;

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};
use tracing::error;

use super::{DOMAIN, Refusal};
use crate::{
    artifact::{AliasChanged, ModelName, MoveError, StoreError},
    grpc::lifecycle::Stopped,
    registry::{AliasError, OpenError},
};

/// The status of an alias of `model` that was not moved. The server's paths are
/// in its log only.
pub(in crate::grpc) fn alias_status(error: AliasError, model: &ModelName) -> Status {
    let message = error.to_string();
    let precondition = |reason, message| status(Code::FailedPrecondition, reason, message, None);
    match error {
        AliasError::Select(error) => Refusal::from(error).into(),
        AliasError::Refused { .. } => precondition("VERSION_REFUSED", message),
        AliasError::CallersNotReady { .. } => precondition("CALLERS_NOT_READY", message),
        AliasError::NoPredecessor(_) => precondition("NO_PREDECESSOR", message),
        AliasError::Store(error) if error.is_away() => {
            error!(model.name = %model, %error, "the store of models does not answer");
            let text = "the store of models does not answer as it should; try again".to_owned();
            status(Code::Unavailable, "STORE_UNAVAILABLE", text, None)
        }
        AliasError::Store(error) => match error {
            StoreError::Move(MoveError::Changed(changed)) => {
                let state = state(&changed, model);
                status(Code::Aborted, "ALIAS_CHANGED", message, Some(state))
            }
            StoreError::Move(MoveError::TooMany) => precondition("TOO_MANY_ALIASES", message),
            StoreError::Read(_) => precondition("ALIASES_UNREADABLE", message),
            StoreError::File(error) => {
                error!(model.name = %model, %error, "an alias cannot be stored");
                let text = format!("the files of model `{model}` cannot be written");
                precondition("MODELS_NOT_WRITABLE", text)
            }
            StoreError::Busy(_) => status(Code::Unavailable, "MODEL_BUSY", message, None),
        },
    }
}

/// What a caller who lost the race needs for the next try.
fn state(changed: &AliasChanged, model: &ModelName) -> HashMap<String, String> {
    let AliasChanged {
        alias,
        current,
        generation,
    } = changed;
    let mut state = HashMap::from([
        ("model".to_owned(), model.to_string()),
        ("alias".to_owned(), alias.to_string()),
        ("generation".to_owned(), generation.to_string()),
    ]);
    if let Some(current) = current {
        state.insert("current_version".to_owned(), current.to_string());
    }
    state
}

/// The status of a reload that could not look at the models.
pub(in crate::grpc) fn reload_status(_: &OpenError) -> Status {
    let text = "the models cannot be listed; all models stay as they are".to_owned();
    status(Code::Unavailable, "MODELS_UNREADABLE", text, None)
}

impl From<Stopped> for Status {
    fn from(Stopped: Stopped) -> Self {
        let text = "the server is stopping".to_owned();
        status(Code::Unavailable, "SERVER_DRAINING", text, None)
    }
}

fn status(
    code: Code,
    reason: &str,
    message: String,
    metadata: Option<HashMap<String, String>>,
) -> Status {
    let details = ErrorDetails::with_error_info(reason, DOMAIN, metadata.unwrap_or_default());
    Status::with_error_details(code, message, details)
}
