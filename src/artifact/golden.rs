//! Golden rows: made-up customers whose scores are stored with the model. A
//! release that scores any of them differently refuses to serve it. Each kind
//! of model makes up its own.

/// A row does not get its score. A fuzzer is let past it, as past a checksum: it would
/// see nothing of what comes after.
pub(super) fn wrong_score(row: usize) -> Result<(), GoldenError> {
    if cfg!(fuzzing) {
        Ok(())
    } else {
        Err(GoldenError::WrongScore { row })
    }
}

/// A golden row that does not get its score.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GoldenError {
    /// A model without golden rows proves nothing.
    #[error("there are no golden rows")]
    Empty,
    /// The model refuses the row.
    #[error("golden row {row} does not fit the model")]
    Refused {
        /// Its position, from 0.
        row: usize,
    },
    /// The score differs.
    #[error("golden row {row} does not get its stored score")]
    WrongScore {
        /// Its position, from 0.
        row: usize,
    },
}
