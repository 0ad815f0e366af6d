//! Why the reading of a log stops.

use super::LogError;
use crate::train::TableFault;

/// Why reading stops.
pub(super) enum Stop {
    Fault(TableFault),
    Log(Box<LogError>),
}

impl From<TableFault> for Stop {
    fn from(fault: TableFault) -> Self {
        Self::Fault(fault)
    }
}

impl From<LogError> for Stop {
    fn from(error: LogError) -> Self {
        Self::Log(Box::new(error))
    }
}
