//! Whether a version on disk is still what it was when it was last looked at.

use std::{ffi::OsString, fs, io, os::unix::fs::MetadataExt, path::Path};

use super::{ModelName, Version};

/// More files than any version has. What lies beyond is not looked at.
const MAX_FILES: usize = 64;

/// Names, sizes and times of a version's files. Two stamps are equal unless a
/// file came, went or was written in between; nothing is read for them. A
/// version is verified when it is loaded: the stamp only says when that is worth
/// doing again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp(Option<Vec<FileStamp>>);

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct FileStamp {
    name: OsString,
    bytes: u64,
    inode: u64,
    seconds: i64,
    nanoseconds: i64,
}

impl Stamp {
    /// The stamp of one version. A directory that cannot be listed has one too.
    #[must_use]
    pub fn of(root: &Path, name: &ModelName, version: Version) -> Self {
        let directory = root.join(name.as_str()).join(version.to_string());
        Self(files(&directory).ok())
    }
}

fn files(directory: &Path) -> io::Result<Vec<FileStamp>> {
    let mut files = fs::read_dir(directory)?
        .take(MAX_FILES)
        .map(|entry| {
            let entry = entry?;
            let metadata = entry.metadata()?;
            Ok(FileStamp {
                name: entry.file_name(),
                bytes: metadata.len(),
                inode: metadata.ino(),
                seconds: metadata.mtime(),
                nanoseconds: metadata.mtime_nsec(),
            })
        })
        .collect::<io::Result<Vec<_>>>()?;
    files.sort_unstable();
    Ok(files)
}
