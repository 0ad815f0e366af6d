//! What the names of a bucket's objects say.

use std::collections::{BTreeMap, BTreeSet};

use object_store::{ObjectMeta, path::Path as Key};

use crate::artifact::{
    ModelName, Stamp, Version, aliases::ALIASES, manifest::MANIFEST, stamp::ObjectStamp,
};

/// More files than any version has. What lies beyond is not looked at.
const MAX_FILES: usize = 64;

/// The objects of a bucket at one moment.
#[derive(Debug, Default)]
pub(super) struct Listing {
    models: BTreeMap<ModelName, Held>,
    /// What stands where a model's name would, and is none.
    passed_over: BTreeSet<String>,
}

/// The objects of one model.
#[derive(Debug, Default)]
pub(super) struct Held {
    /// Every number with an object, whole or not.
    numbers: BTreeMap<Version, Vec<ObjectStamp>>,
    /// `aliases.json`, where there is one.
    pub(super) aliases: Option<ObjectStamp>,
}

impl Listing {
    pub(super) fn of(objects: Vec<ObjectMeta>, prefix: &Key) -> Self {
        let mut listing = Self::default();
        for object in objects {
            let Some(parts) = object.location.prefix_match(prefix) else {
                continue;
            };
            let parts: Vec<_> = parts.collect();
            let parts: Vec<&str> = parts.iter().map(AsRef::as_ref).collect();
            let [name, rest @ ..] = parts.as_slice() else {
                continue;
            };
            // As a plain file beside the directories of models.
            if rest.is_empty() {
                continue;
            }
            match name.parse() {
                Ok(name) => listing.models.entry(name).or_default().add(rest, &object),
                Err(_) => {
                    listing.passed_over.insert((*name).to_owned());
                }
            }
        }
        listing
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &ModelName> {
        self.models.keys()
    }

    pub(super) fn passed_over(&self) -> impl Iterator<Item = &str> {
        self.passed_over.iter().map(String::as_str)
    }

    pub(super) fn model(&self, name: &ModelName) -> Option<&Held> {
        self.models.get(name)
    }
}

impl Held {
    fn add(&mut self, path: &[&str], object: &ObjectMeta) {
        let stamp = |file: &str| ObjectStamp {
            name: file.to_owned(),
            bytes: object.size,
            tag: object.e_tag.clone(),
            microseconds: object.last_modified.timestamp_micros(),
        };
        match path {
            [file] if *file == ALIASES => self.aliases = Some(stamp(file)),
            [number, file] => {
                if let Some(version) = Version::from_directory(number) {
                    let files = self.numbers.entry(version).or_default();
                    if files.len() < MAX_FILES || *file == MANIFEST {
                        files.push(stamp(file));
                    }
                }
            }
            _ => {}
        }
    }

    /// The versions that are whole, oldest first: those with a manifest.
    pub(super) fn versions(&self) -> impl DoubleEndedIterator<Item = Version> {
        let whole = |files: &[ObjectStamp]| files.iter().any(|file| file.name == MANIFEST);
        let numbers = self.numbers.iter();
        numbers
            .filter(move |(_, files)| whole(files))
            .map(|(version, _)| *version)
    }

    /// The first number that nobody has put anything under; `None` when all are
    /// taken.
    pub(super) fn next_number(&self) -> Option<Version> {
        match self.numbers.keys().next_back() {
            None => Some(Version::FIRST),
            Some(last) => last.next(),
        }
    }

    pub(super) fn stamp(&self, version: Version) -> Stamp {
        Stamp::of_objects(self.numbers.get(&version).cloned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listing(keys: &[&str]) -> Listing {
        let objects = keys.iter().map(|key| ObjectMeta {
            location: Key::parse(key).unwrap(),
            last_modified: std::time::SystemTime::UNIX_EPOCH.into(),
            size: 1,
            e_tag: None,
            version: None,
        });
        Listing::of(objects.collect(), &Key::parse("some/models").unwrap())
    }

    #[test]
    fn a_version_has_a_manifest() {
        let listing = listing(&[
            "some/models/telco/1/model.json",
            "some/models/telco/1/manifest.json",
            "some/models/telco/2/model.json",
            "some/models/telco/03/manifest.json",
            "some/models/telco/4/deep/manifest.json",
            "some/models/telco/manifest.json",
            "some/models/telco/aliases.json",
            "some/models/telco/audit/0000000001.json",
            "some/models/readme.md",
            "some/models/No Name/1/manifest.json",
            "some/other/1/manifest.json",
        ]);
        let names: Vec<&str> = listing.names().map(ModelName::as_str).collect();
        assert_eq!(names, ["telco"]);
        assert_eq!(listing.passed_over().collect::<Vec<_>>(), ["No Name"]);
        let model = listing.model(&"telco".parse().unwrap()).unwrap();
        let versions: Vec<u32> = model.versions().map(Version::get).collect();
        assert_eq!(versions, [1]);
        assert_eq!(model.next_number().map(Version::get), Some(3));
        assert!(model.aliases.is_some());
    }
}
