//! The file of rows that move: made before the work begins, gone when the work
//! comes to nothing.

use std::{
    fs::{self, File, OpenOptions},
    io,
    path::{Path, PathBuf},
};

use crate::train::assess::AssessError;

/// A new file, which is removed unless it is kept.
#[derive(Debug)]
pub(super) struct MovedFile {
    path: PathBuf,
    file: File,
    kept: bool,
}

impl MovedFile {
    /// Makes the file. It holds customers' ids: on Unix only its owner may read it.
    pub(super) fn create(path: &Path) -> Result<Self, AssessError> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path).map_err(failure(path))?;
        Ok(Self {
            path: path.to_owned(),
            file,
            kept: false,
        })
    }

    /// Fills the file, and keeps it when that succeeds.
    pub(super) fn fill(
        mut self,
        write: impl FnOnce(&File) -> io::Result<()>,
    ) -> Result<(), AssessError> {
        write(&self.file).map_err(failure(&self.path))?;
        self.kept = true;
        Ok(())
    }
}

impl Drop for MovedFile {
    fn drop(&mut self) {
        if !self.kept {
            // What went wrong before is what is told.
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn failure(path: &Path) -> impl FnOnce(io::Error) -> AssessError {
    move |source| AssessError::Write {
        path: path.to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_filled_file_stays() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("moved.csv");
        drop(MovedFile::create(&path).unwrap());
        assert!(!path.exists());
        let file = MovedFile::create(&path).unwrap();
        assert!(file.fill(|_| Err(io::Error::other("full"))).is_err());
        assert!(!path.exists());
        MovedFile::create(&path).unwrap().fill(|_| Ok(())).unwrap();
        let again = MovedFile::create(&path).unwrap_err();
        assert!(again.to_string().contains("nothing that is there"));
        assert!(path.exists());
    }
}
