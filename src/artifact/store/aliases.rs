//! Moving aliases in a bucket, where nothing can be locked.

use super::{
    bucket::Bucket,
    connection::{Only, Put},
};
use crate::artifact::{
    AliasMove, Author, FileError, ModelName, Moved, RecordedMove, StoreError,
    aliases::{self, ALIASES},
};

/// How often a move is tried anew because another alias of the model was moved
/// meanwhile.
const ATTEMPTS: usize = 20;
/// Below it, an object for each move.
const AUDIT: &str = "audit";

impl Bucket {
    /// Puts the aliases after a move, on the condition that they are still what the
    /// move was made of. Whoever loses that race looks again: the alias stands for
    /// something else now, or it was another alias that moved.
    pub(super) fn move_alias(
        &self,
        name: &ModelName,
        change: &AliasMove,
        author: &Author,
        seen: u64,
    ) -> Result<Moved, StoreError> {
        for _ in 0..ATTEMPTS {
            let (stored, tag) = self.stored_aliases(name)?;
            let Some(next) = stored.moved(change, author, seen)? else {
                return Ok(Moved {
                    aliases: stored,
                    changed: false,
                    audit_lags: None,
                });
            };
            // What a dying writer did not tell. Where nothing can be told, nothing
            // is moved.
            if let Some(last) = stored.last_move() {
                self.record(name, last)?;
            }
            let only = tag.map_or(Only::IfAbsent, Only::IfUnchanged);
            let bytes = aliases::write(name, &next)
                .map_err(|error| self.failed(name, ALIASES)(error.into()))?;
            let put = self
                .put([name.as_str(), ALIASES], bytes, only)
                .map_err(self.failed(name, ALIASES))?;
            if put == Put::Done {
                let recorded = next.last_move().map(|last| self.record(name, last));
                return Ok(Moved {
                    aliases: next,
                    changed: true,
                    audit_lags: recorded.and_then(Result::err),
                });
            }
        }
        Err(StoreError::Busy(name.clone()))
    }

    /// A move that is told already is not told again.
    fn record(&self, name: &ModelName, recorded: &RecordedMove) -> Result<(), FileError> {
        // So that names are sorted as moves were made.
        let file = format!("{:010}.json", recorded.generation);
        let bytes =
            aliases::line(recorded).map_err(|error| self.failed(name, AUDIT)(error.into()))?;
        self.put([name.as_str(), AUDIT, &file], bytes, Only::IfAbsent)
            .map_err(self.failed(name, AUDIT))?;
        Ok(())
    }

    fn failed(&self, name: &ModelName, file: &str) -> impl FnOnce(std::io::Error) -> FileError {
        let path = self.place().join(name.as_str()).join(file);
        move |source| FileError {
            action: "write",
            path,
            source,
        }
    }
}
