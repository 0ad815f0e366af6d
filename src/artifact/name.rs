//! Names, versions and digests of models.

use std::{fmt, num::NonZeroU32, str::FromStr};

use sha2::{Digest as _, Sha256};

/// The name of a model: 1 to 63 of `a–z 0–9 - _ .`, beginning with a letter or
/// digit. Such a name is one plain path component on every file system.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModelName(String);

/// Not the name of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to 63 of a-z, 0-9, -, _ and ., beginning with a letter or digit")]
pub struct InvalidName;

impl ModelName {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ModelName {
    type Err = InvalidName;

    fn from_str(name: &str) -> Result<Self, InvalidName> {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        let valid = name.len() <= 63
            && name.bytes().next().is_some_and(plain)
            && name.bytes().all(|b| plain(b) || b"-_.".contains(&b));
        if valid {
            Ok(Self(name.to_owned()))
        } else {
            Err(InvalidName)
        }
    }
}

impl fmt::Display for ModelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A name that stands for one version of a model now and may stand for another
/// later. It is written as a [`ModelName`] is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Alias(ModelName);

impl Alias {
    /// The alias of the version that serves whoever chooses none.
    #[must_use]
    pub fn champion() -> Self {
        Self(ModelName("champion".to_owned()))
    }

    /// The alias as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl FromStr for Alias {
    type Err = InvalidName;

    fn from_str(alias: &str) -> Result<Self, InvalidName> {
        alias.parse().map(Self)
    }
}

impl fmt::Display for Alias {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A published version: 1, 2, 3, …
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(NonZeroU32);

impl Version {
    /// The first version of a model.
    pub const FIRST: Self = Self(NonZeroU32::MIN);

    /// `None` for zero.
    #[must_use]
    pub fn new(version: u32) -> Option<Self> {
        NonZeroU32::new(version).map(Self)
    }

    /// The version as a number.
    #[must_use]
    pub fn get(self) -> u32 {
        self.0.get()
    }

    /// The version after this one; `None` after 2^32 - 1.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        self.0.checked_add(1).map(Self)
    }

    /// Reads the name of a version's directory: decimal, without sign or
    /// leading zeros.
    pub(super) fn from_directory(name: &str) -> Option<Self> {
        let version = Self::new(name.parse().ok()?)?;
        (version.to_string() == name).then_some(version)
    }
}

/// Not a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a whole number from 1, without sign or leading zeros")]
pub struct InvalidVersion;

impl FromStr for Version {
    type Err = InvalidVersion;

    fn from_str(version: &str) -> Result<Self, InvalidVersion> {
        Self::from_directory(version).ok_or(InvalidVersion)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A SHA-256 as 64 lower-case hex digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Digest(String);

impl Digest {
    /// The digest of some bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self::finish(Sha256::new_with_prefix(bytes))
    }

    /// The digest of what a hasher has seen.
    #[must_use]
    pub fn finish(hasher: Sha256) -> Self {
        use fmt::Write as _;

        let mut hex = String::with_capacity(64);
        for byte in hasher.finalize() {
            // Writing to a string cannot fail.
            let _ = write!(hex, "{byte:02x}");
        }
        Self(hex)
    }

    /// The hex digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain_path_components() {
        for name in ["telco-churn", "a", "7", "eu.lapse_2026", &"x".repeat(63)] {
            assert!(name.parse::<ModelName>().is_ok(), "{name}");
        }
        for name in [
            "",
            ".",
            "..",
            "../x",
            "a/b",
            "a\\b",
            "-x",
            ".x",
            "A",
            "ä",
            "a\0",
            "a b",
            "%2e%2e",
            "a\n",
            &"x".repeat(64),
        ] {
            assert!(name.parse::<ModelName>().is_err(), "{name:?}");
        }
    }

    #[test]
    fn version_directories_have_one_spelling() {
        assert_eq!(Version::from_directory("12").map(Version::get), Some(12));
        for name in ["0", "01", "+1", "-1", "1.0", "", "4294967296", "v1", " 1"] {
            assert_eq!(Version::from_directory(name), None, "{name:?}");
        }
    }

    #[test]
    fn digests_are_sha_256_in_hex() {
        assert_eq!(
            Digest::of(b"abc").as_str(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
