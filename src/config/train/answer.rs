//! What a command hands back, and with which exit code.

use std::fmt;

use serde_json::Value;

use super::{USAGE, exit_code, shared::OutputOptions};
use crate::train::{Console, Progress, Silent, assess::AssessError};

/// The model cannot be loaded.
const NO_MODEL: u8 = 6;
/// A criterion was not met, so nothing was published.
pub const REFUSED: u8 = 7;

/// What goes to standard output, and the exit code.
#[derive(Debug)]
pub struct Answer {
    /// Without the line break at its end.
    pub text: String,
    /// Of the process.
    pub code: u8,
}

/// Why there is no answer.
#[derive(Debug)]
pub struct Failure {
    /// What, where, and what to do.
    pub message: String,
    /// Of the process.
    pub code: u8,
}

impl Failure {
    pub(super) fn usage(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            code: USAGE,
        }
    }
}

impl From<AssessError> for Failure {
    fn from(error: AssessError) -> Self {
        let code = match &error {
            AssessError::Profit(_) => USAGE,
            AssessError::Table(_) | AssessError::Data(_) => 3,
            AssessError::Calibration(_) => 4,
            AssessError::Publish(_) | AssessError::Write { .. } => 5,
            AssessError::Model(_) | AssessError::Baseline(_) => NO_MODEL,
            AssessError::Train(error) => exit_code(error),
        };
        Self {
            message: error.to_string(),
            code,
        }
    }
}

impl OutputOptions {
    /// Who hears of the progress.
    pub(super) fn progress(self) -> Box<dyn Progress> {
        match (self.quiet, self.json) {
            (true, _) => Box::new(Silent),
            (false, true) => Box::new(Console::on_standard_error()),
            (false, false) => Box::new(Console::new()),
        }
    }

    /// A result as people or machines want it.
    pub(super) fn answer(self, result: &dyn fmt::Display, json: impl FnOnce() -> Value) -> Answer {
        Answer {
            text: if self.json {
                format!("{:#}", json())
            } else {
                result.to_string()
            },
            code: 0,
        }
    }
}
