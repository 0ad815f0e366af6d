//! What a command hands back, and with which exit code.

use std::{
    fmt,
    io::{self, Write},
    path::Path,
};

use serde_json::Value;

use super::{USAGE, exit_code, exit_code_of_retention, exit_code_of_value, shared::OutputOptions};
use crate::artifact::{ExchangeError, KeyFileError, OpenStoreError, SignError};
use crate::train::{
    Console, Progress, Silent, assess::AssessError, report::clean_lines, retention::RetentionError,
    segments::SegmentsError, snapshots::SnapshotError, spend::SpendError, value::ValueError,
    warnings::WarningsError,
};

/// What was to be found in the data is not there.
const NO_FIT: u8 = 4;
/// What was asked for cannot be written.
const UNWRITTEN: u8 = 5;
/// The model cannot be loaded.
const NO_MODEL: u8 = 6;
/// A criterion was not met, so nothing was published.
pub const REFUSED: u8 = 7;

/// The most characters of an error.
const MAX_MESSAGE: usize = 8192;

/// What goes to standard output, and the exit code.
#[derive(Debug)]
pub struct Answer {
    /// Without the line break at its end.
    pub text: String,
    /// Of the process.
    pub code: u8,
    /// Whether a model was published, which is done whether or not anybody reads
    /// the text.
    pub published: bool,
}

impl Answer {
    /// Writes it, and tells the exit code.
    ///
    /// # Errors
    ///
    /// When it cannot be written. A reader that has gone away has read enough,
    /// and what is published stays so.
    pub fn write(&self, mut output: impl Write, mut error: impl Write) -> Result<u8, Failure> {
        let written = writeln!(output, "{}", self.text).and_then(|()| output.flush());
        match written {
            Ok(()) => Ok(self.code),
            Err(cause) if cause.kind() == io::ErrorKind::BrokenPipe => Ok(self.code),
            Err(cause) if self.published => {
                // Nothing is left to do when standard error is closed as well.
                let _ = writeln!(
                    error,
                    "warning: published, but the answer could not be written: {cause}"
                );
                Ok(self.code)
            }
            Err(cause) => Err(Failure::new(
                &format!("the answer could not be written: {cause}"),
                UNWRITTEN,
            )),
        }
    }
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
        Self::new(&message.into(), USAGE)
    }

    /// A file that was asked for.
    pub(super) fn unwritten(path: &Path, error: &io::Error) -> Self {
        Self::new(
            &format!("cannot write {}: {error}", path.display()),
            UNWRITTEN,
        )
    }

    /// Nothing good enough to be written.
    pub(super) fn no_advice(message: &str) -> Self {
        Self::new(message, NO_FIT)
    }

    /// Whatever the message quotes, it does not speak to the terminal.
    fn new(message: &str, code: u8) -> Self {
        Self {
            message: clean_lines(message, MAX_MESSAGE),
            code,
        }
    }
}

impl From<AssessError> for Failure {
    fn from(error: AssessError) -> Self {
        let code = match &error {
            AssessError::Profit(_) => USAGE,
            AssessError::Table(_) | AssessError::Data(_) => 3,
            AssessError::Calibration(_) => 4,
            AssessError::Publish(_) | AssessError::Write { .. } => UNWRITTEN,
            AssessError::Model(_) | AssessError::Kind(_) | AssessError::Baseline(_) => NO_MODEL,
            AssessError::Train(error) => exit_code(error),
        };
        Self::new(&error.to_string(), code)
    }
}

impl From<ValueError> for Failure {
    fn from(error: ValueError) -> Self {
        Self::new(&error.to_string(), exit_code_of_value(&error))
    }
}

impl From<SpendError> for Failure {
    fn from(error: SpendError) -> Self {
        let code = match &error {
            SpendError::Settings(_) => USAGE,
            SpendError::Table(_) | SpendError::Plan(_) | SpendError::Data(_) => 3,
            SpendError::Fit(_) => 4,
            SpendError::Publish(_) => UNWRITTEN,
        };
        Self::new(&error.to_string(), code)
    }
}

impl From<SnapshotError> for Failure {
    fn from(error: SnapshotError) -> Self {
        let code = match &error {
            SnapshotError::Windows(_)
            | SnapshotError::CutOffTwice { .. }
            | SnapshotError::TooManyCutOffs { .. }
            | SnapshotError::NoCutOff { .. } => USAGE,
            SnapshotError::Log(_)
            | SnapshotError::Empty
            | SnapshotError::NotComplete { .. }
            | SnapshotError::BeforeLog { .. }
            | SnapshotError::AfterLog { .. }
            | SnapshotError::HorizonAfterLog { .. }
            | SnapshotError::NobodyThere { .. } => 3,
            SnapshotError::Write { .. } => UNWRITTEN,
        };
        Self::new(&error.to_string(), code)
    }
}

impl From<WarningsError> for Failure {
    fn from(error: WarningsError) -> Self {
        let code = match &error {
            WarningsError::Windows(_) | WarningsError::FirstAsOf { .. } => USAGE,
            WarningsError::Log(_)
            | WarningsError::NotComplete { .. }
            | WarningsError::TooShort { .. }
            | WarningsError::TooFewRows { .. } => 3,
            WarningsError::Table { .. } | WarningsError::Training { .. } => NO_FIT,
            WarningsError::Report(_) => UNWRITTEN,
        };
        Self::new(&error.to_string(), code)
    }
}

impl From<SegmentsError> for Failure {
    fn from(error: SegmentsError) -> Self {
        let code = match &error {
            SegmentsError::UnknownFeature { .. }
            | SegmentsError::FeatureTwice(_)
            | SegmentsError::TooManyFeatures(_) => USAGE,
            SegmentsError::Log(_)
            | SegmentsError::OutsideLog { .. }
            | SegmentsError::NoCustomers { .. }
            | SegmentsError::Customer { .. } => 3,
            SegmentsError::NoValueModel(_)
            | SegmentsError::NotOfValue(_)
            | SegmentsError::ValueModel { .. } => NO_MODEL,
            SegmentsError::TooManyClusters { .. }
            | SegmentsError::Fit(_)
            | SegmentsError::Clusters(_)
            | SegmentsError::Segmentation(_) => 4,
            SegmentsError::Report(_) | SegmentsError::Publish(_) | SegmentsError::Write { .. } => {
                UNWRITTEN
            }
        };
        Self::new(&error.to_string(), code)
    }
}

impl From<OpenStoreError> for Failure {
    fn from(error: OpenStoreError) -> Self {
        Self::usage(error.to_string())
    }
}

impl From<ExchangeError> for Failure {
    fn from(error: ExchangeError) -> Self {
        let code = match &error {
            ExchangeError::NotABucket(_) => USAGE,
            ExchangeError::File(_)
            | ExchangeError::Sign(
                SignError::TooMany(_) | SignError::File(_) | SignError::Busy(_),
            )
            | ExchangeError::Other { .. }
            | ExchangeError::OtherKind { .. }
            | ExchangeError::Busy(_) => UNWRITTEN,
            ExchangeError::List { .. }
            | ExchangeError::NoVersion { .. }
            | ExchangeError::Sign(SignError::Load(_))
            | ExchangeError::Load(_) => NO_MODEL,
        };
        Self::new(&error.to_string(), code)
    }
}

impl From<KeyFileError> for Failure {
    fn from(error: KeyFileError) -> Self {
        let code = match &error {
            KeyFileError::Secret(_) | KeyFileError::Invalid { .. } => USAGE,
            KeyFileError::Write(_) => UNWRITTEN,
        };
        Self::new(&error.to_string(), code)
    }
}

impl From<SignError> for Failure {
    fn from(error: SignError) -> Self {
        let code = match &error {
            SignError::Load(_) => NO_MODEL,
            SignError::TooMany(_) | SignError::File(_) | SignError::Busy(_) => UNWRITTEN,
        };
        Self::new(&error.to_string(), code)
    }
}

impl From<RetentionError> for Failure {
    fn from(error: RetentionError) -> Self {
        Self::new(&error.to_string(), exit_code_of_retention(&error))
    }
}

impl OutputOptions {
    /// Who hears of the progress.
    pub(super) fn progress(self) -> Box<dyn Progress> {
        match (self.quiet, self.json) {
            (true, true) => Box::new(Silent),
            (true, false) => Box::new(Console::without_stages()),
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
                clean_lines(&result.to_string(), usize::MAX)
            },
            code: 0,
            published: false,
        }
    }
}
