//! What was seen of models, so that nobody takes an older state of them for the
//! present one.
//!
//! Moves of aliases are counted, and versions have numbers: both only grow. Who
//! remembers how far they had come knows an older directory or bucket that was put
//! back, whoever signed what is in it.

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::{
    ModelName, Problem, Version,
    durable::{self, FileError},
    manifest::to_json,
    plain,
};

/// The format that is written, and the only one that is read.
const FORMAT: u32 = 1;
/// More than thousands of models need.
const MAX_BYTES: u64 = 4 << 20;

/// How far a model had come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Seen {
    /// How many moves of its aliases there had been.
    pub generation: u64,
    /// The version that served after them by being the newest; `None` where it was
    /// an alias that said which one does.
    pub version: Option<Version>,
}

/// What was seen cannot be told.
#[derive(Debug, thiserror::Error)]
#[error("{} {problem}; restore it, or remove it to begin anew with what is there now", path.display())]
pub struct SeenError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub problem: Problem,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SeenV1 {
    format: u32,
    models: BTreeMap<String, ModelV1>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ModelV1 {
    generation: u64,
    version: Option<u32>,
}

/// What a file says; nothing where there is none.
///
/// # Errors
///
/// When it is there and cannot be used.
pub fn read_seen(path: &Path) -> Result<BTreeMap<ModelName, Seen>, SeenError> {
    let failed = |problem| SeenError {
        path: path.to_owned(),
        problem,
    };
    let bytes = match plain::read(path, MAX_BYTES) {
        Ok(bytes) => bytes,
        Err(Problem::Io(error)) if error.kind() == io::ErrorKind::NotFound => {
            return Ok(BTreeMap::new());
        }
        Err(problem) => return Err(failed(problem)),
    };
    let SeenV1 { format, models } =
        serde_json::from_slice(&bytes).map_err(|error| failed(error.into()))?;
    let read = |(name, model): (String, ModelV1)| {
        let ModelV1 {
            generation,
            version,
        } = model;
        let version = match version {
            Some(version) => Some(Version::new(version)?),
            None => None,
        };
        let seen = Seen {
            generation,
            version,
        };
        Some((name.parse().ok()?, seen))
    };
    let seen: Option<_> = models.into_iter().map(read).collect();
    match seen {
        Some(seen) if format == FORMAT => Ok(seen),
        Some(_) | None => Err(failed(
            io::Error::other("it holds what this release does not write").into(),
        )),
    }
}

/// Puts it in place of what the file said: whoever looks sees the one or the other.
///
/// # Errors
///
/// When the file system refuses.
pub fn write_seen(path: &Path, seen: &BTreeMap<ModelName, Seen>) -> Result<(), FileError> {
    let models = seen.iter().map(|(name, seen)| {
        let Seen {
            generation,
            version,
        } = *seen;
        let version = version.map(Version::get);
        let model = ModelV1 {
            generation,
            version,
        };
        (name.to_string(), model)
    });
    let document = SeenV1 {
        format: FORMAT,
        models: models.collect(),
    };
    let bytes = to_json(&document).map_err(|error| durable::failed("write", path)(error.into()))?;
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(".new");
    durable::replace(path, Path::new(&temporary), &bytes)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_was_seen_reads_back_as_it_was() {
        let directory = tempfile::TempDir::new().unwrap();
        let path = directory.path().join("seen.json");
        assert!(read_seen(&path).unwrap().is_empty());
        let one = Seen {
            generation: 3,
            version: None,
        };
        let two = Seen {
            generation: 0,
            version: Version::new(7),
        };
        let seen = BTreeMap::from([("a".parse().unwrap(), one), ("b".parse().unwrap(), two)]);
        for _ in 0..2 {
            write_seen(&path, &seen).unwrap();
            assert_eq!(read_seen(&path).unwrap(), seen);
        }
        for torn in ["", "{", "{\"format\": 2, \"models\": {}}"] {
            fs::write(&path, torn).unwrap();
            let error = read_seen(&path).unwrap_err().to_string();
            assert!(
                error.contains("seen.json") && error.contains("remove it"),
                "{error}"
            );
        }
        let version_0 = "{\"format\": 1, \"models\": {\"a\": {\"generation\": 1, \"version\": 0}}}";
        fs::write(&path, version_0).unwrap();
        assert!(read_seen(&path).is_err());
    }
}
