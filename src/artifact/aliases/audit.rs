//! `audit.ndjson`: a line for each move, in the order of the generations.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use super::{
    RecordedMove,
    format::{MoveV1, line},
};
use crate::artifact::durable::{FileError, failed};

/// The file's name.
pub(super) const AUDIT: &str = "audit.ndjson";
/// No line is longer: names, an actor and a reason within their limits, each
/// character escaped.
const MAX_LINE_BYTES: u64 = 16 << 10;

/// The audit log of one model, open for writing. The caller holds the lock.
pub(super) struct Audit {
    file: File,
    path: PathBuf,
}

impl Audit {
    /// Opens or creates the log, so that a move that could not be told is not
    /// begun.
    pub(super) fn open(directory: &Path) -> Result<Self, FileError> {
        let path = directory.join(AUDIT);
        let file = OpenOptions::new()
            .create(true)
            .read(true)
            .append(true)
            .open(&path)
            .map_err(failed("open", &path))?;
        Ok(Self { file, path })
    }

    /// Writes a move, unless it is the last one that was written. What a dying
    /// writer left of a line is cut off first.
    pub(super) fn record(&mut self, recorded: &RecordedMove) -> Result<(), FileError> {
        let written = self.append(recorded);
        written.map_err(failed("write", &self.path))
    }

    fn append(&mut self, recorded: &RecordedMove) -> io::Result<()> {
        let (end, last) = self.last_line()?;
        self.file.set_len(end)?;
        if let Ok(MoveV1 { generation, .. }) = serde_json::from_slice(&last)
            && generation >= recorded.generation
        {
            return Ok(());
        }
        self.file.write_all(&line(recorded)?)?;
        self.file.sync_all()
    }

    /// Where the last whole line ends, and what it says.
    fn last_line(&mut self) -> io::Result<(u64, Vec<u8>)> {
        let length = self.file.metadata()?.len();
        // The last line, and what may be left of another.
        let start = length.saturating_sub(2 * MAX_LINE_BYTES);
        self.file.seek(SeekFrom::Start(start))?;
        let mut tail = Vec::new();
        (&self.file)
            .take(2 * MAX_LINE_BYTES)
            .read_to_end(&mut tail)?;
        let Some(newline) = tail.iter().rposition(|byte| *byte == b'\n') else {
            return Ok((start, Vec::new()));
        };
        tail.truncate(newline + 1);
        let end = start + tail.len() as u64;
        let mut lines = tail.trim_ascii_end().rsplit(|byte| *byte == b'\n');
        Ok((end, lines.next().unwrap_or_default().to_vec()))
    }
}
