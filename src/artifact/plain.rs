//! Reading what others may have put there: plain files and directories only, and no
//! more of them than a limit.

use std::{
    fs::{self, DirEntry, File},
    io::{self, Read},
    path::Path,
};

use super::Problem;

/// More than any reasonable directory of models has.
const MAX_ENTRIES: usize = 100_000;

/// Reads a regular file without following a link. One that is larger than the limit
/// is refused unread, and one that grows meanwhile is not read beyond it.
pub(super) fn read(path: &Path, limit: u64) -> Result<Vec<u8>, Problem> {
    let metadata = fs::symlink_metadata(path)?;
    if !metadata.is_file() {
        return Err(Problem::NotPlain);
    }
    if metadata.len() > limit {
        return Err(Problem::TooLarge { limit });
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(Problem::TooLarge { limit });
    }
    Ok(bytes)
}

/// Whether it is a directory and no link to one.
pub(super) fn check_directory(path: &Path) -> Result<(), Problem> {
    if fs::symlink_metadata(path)?.is_dir() {
        Ok(())
    } else {
        Err(Problem::NotPlain)
    }
}

/// The entries of a directory, one by one; an error where there are too many.
pub(super) fn entries(
    directory: &Path,
) -> io::Result<impl Iterator<Item = io::Result<DirEntry>> + use<>> {
    let read = fs::read_dir(directory)?.zip(1..);
    Ok(read.map(|(entry, number)| {
        if number > MAX_ENTRIES {
            return Err(io::Error::other(format!(
                "there are more than {MAX_ENTRIES} entries; keep models in a directory of their own"
            )));
        }
        entry
    }))
}

#[cfg(test)]
mod tests {
    use std::{fs::File, os::unix::fs::symlink};

    use super::*;

    /// A file of a terabyte that takes no room: it is refused by its size alone.
    #[test]
    fn what_is_too_large_is_not_read() {
        let directory = tempfile::TempDir::new().unwrap();
        let path = directory.path().join("large");
        let file = File::create(&path).unwrap();
        file.set_len(1 << 40).unwrap();
        assert!(matches!(
            read(&path, 10),
            Err(Problem::TooLarge { limit: 10 })
        ));
        file.set_len(10).unwrap();
        assert_eq!(read(&path, 10).unwrap().len(), 10);
    }

    /// Opening a device may act, and reading one may never end.
    #[test]
    fn only_plain_files_are_opened() {
        let directory = tempfile::TempDir::new().unwrap();
        let link = directory.path().join("link");
        symlink("/dev/zero", &link).unwrap();
        for path in [&link, Path::new("/dev/zero"), directory.path()] {
            let refused = read(path, 10);
            assert!(
                matches!(refused, Err(Problem::NotPlain)),
                "{}",
                path.display()
            );
        }
        assert!(check_directory(directory.path()).is_ok());
        let link = directory.path().join("directory");
        symlink(directory.path(), &link).unwrap();
        assert!(matches!(check_directory(&link), Err(Problem::NotPlain)));
    }
}
