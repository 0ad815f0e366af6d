//! An access file that a server takes without a restart when it changes, or when a
//! file of keys does that it names.

use std::path::{Path, PathBuf};

use super::{AccessFile, read};
use crate::{
    access::{AccessRefused, AccessSource, LiveAccess, Stated},
    config::text_file,
};

/// The file, and what was last made of it.
#[derive(Debug)]
struct Watched {
    path: PathBuf,
    key_files: Vec<PathBuf>,
    /// Of all files, as they were judged last.
    last: Vec<String>,
    /// What was wrong at the last look.
    fault: Option<AccessRefused>,
}

/// Who may ask by this file, and by what it becomes; `None` where it cannot be
/// used, which is a problem.
pub fn live(path: &Path, problems: &mut Vec<String>) -> Option<LiveAccess> {
    let mut watched = Watched {
        path: path.to_owned(),
        key_files: Vec::new(),
        last: Vec::new(),
        fault: None,
    };
    match watched.judge() {
        Ok(stated) => Some(LiveAccess::following(stated, Box::new(watched))),
        Err(refused) => {
            problems.push(refused.error);
            None
        }
    }
}

impl Watched {
    fn stamps(&self) -> Vec<String> {
        let files = std::iter::once(&self.path).chain(&self.key_files);
        files.map(|path| text_file::stamp(path)).collect()
    }

    fn judge(&mut self) -> Result<Stated, AccessRefused> {
        // Before it is read: a change in between is seen at the next look.
        let access = text_file::stamp(&self.path);
        let AccessFile { stated, key_files } = read(&self.path).map_err(|error| AccessRefused {
            error: error.to_string(),
        })?;
        self.key_files = key_files;
        self.last = self.stamps();
        self.last[0] = access;
        Ok(stated)
    }
}

impl AccessSource for Watched {
    fn look(&mut self) -> Option<Result<Stated, AccessRefused>> {
        let seen = self.stamps();
        if seen == self.last && self.fault.is_none() {
            return None;
        }
        self.last = seen;
        let judged = self.judge();
        let fault = judged.as_ref().err().cloned();
        // A fault is told once. What mends it may be a file that is not known yet.
        let told = fault.is_some() && fault == self.fault;
        self.fault = fault;
        (!told).then_some(judged)
    }
}
