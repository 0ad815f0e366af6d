//! Whether a version on disk is still what it was when it was last looked at.

use std::{
    ffi::OsString,
    fs, io,
    os::unix::fs::MetadataExt,
    path::Path,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use super::{ModelName, Trust, Version, manifest::MANIFEST};

/// More files than any version has. What lies beyond is not looked at.
const MAX_FILES: usize = 64;

/// Names, sizes and times of a version's files. Two stamps are equal unless a
/// file came, went or was written in between; nothing is read for them. A
/// version is verified when it is loaded: the stamp only says when that is worth
/// doing again.
#[derive(Debug, Clone, PartialEq)]
pub struct Stamp {
    seen: Seen,
    /// Which keys were trusted: a version is judged anew by others.
    trust: u64,
}

#[derive(Debug, Clone)]
enum Seen {
    Files(Option<Vec<FileStamp>>),
    Objects(Option<Vec<ObjectStamp>>),
    /// Nothing that is ever seen again.
    Unlike,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct FileStamp {
    name: OsString,
    bytes: u64,
    inode: u64,
    seconds: i64,
    nanoseconds: i64,
}

/// The same of an object of a bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ObjectStamp {
    pub(super) name: String,
    pub(super) bytes: u64,
    /// What the store has for it, of its content.
    pub(super) tag: Option<String>,
    /// When it was put, since 1970.
    pub(super) microseconds: i64,
}

impl PartialEq for Seen {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Files(a), Self::Files(b)) => a == b,
            (Self::Objects(a), Self::Objects(b)) => a == b,
            (Self::Files(_) | Self::Objects(_) | Self::Unlike, _) => false,
        }
    }
}

impl Stamp {
    /// The stamp of one version. A directory that cannot be listed has one too.
    #[must_use]
    pub fn of(root: &Path, name: &ModelName, version: Version) -> Self {
        let directory = root.join(name.as_str()).join(version.to_string());
        Self::new(Seen::Files(files(&directory).ok()))
    }

    pub(super) fn of_objects(objects: Option<Vec<ObjectStamp>>) -> Self {
        Self::new(Seen::Objects(objects))
    }

    /// The stamp of what is to be looked at again in any case: it equals none, not
    /// even itself.
    #[must_use]
    pub fn unlike_any() -> Self {
        Self::new(Seen::Unlike)
    }

    /// The same, of a version that was judged by this.
    #[must_use]
    pub fn under(self, trust: &Trust) -> Self {
        Self {
            trust: trust.generation(),
            ..self
        }
    }

    /// When the manifest was written, which is the last file of a version: there is
    /// no clock in an artefact, so that its file has to say. A copy that sets times
    /// anew is as young as it is.
    #[must_use]
    pub fn published(&self) -> Option<SystemTime> {
        let since = match &self.seen {
            Seen::Files(files) => {
                let mut files = files.iter().flatten();
                let manifest = files.find(|file| file.name == MANIFEST)?;
                let nanoseconds = u32::try_from(manifest.nanoseconds).ok()?;
                Duration::new(u64::try_from(manifest.seconds).ok()?, nanoseconds)
            }
            Seen::Objects(objects) => {
                let mut objects = objects.iter().flatten();
                let manifest = objects.find(|object| object.name == MANIFEST)?;
                Duration::from_micros(u64::try_from(manifest.microseconds).ok()?)
            }
            Seen::Unlike => return None,
        };
        UNIX_EPOCH.checked_add(since)
    }

    fn new(seen: Seen) -> Self {
        Self { seen, trust: 0 }
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
