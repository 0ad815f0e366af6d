//! What stands for customers in the audit of scoring: whoever has the key can find
//! a customer in it, and nobody can find customers from it.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use arc_swap::ArcSwap;
use ring::hmac;
use tracing::{error, info};

use crate::{
    artifact::{SecretFileError, read_secret},
    scoring::Sample,
};

/// The shortest key: what is written with a shorter one may be guessed.
const MIN_KEY_BYTES: usize = 32;
/// What is left of an HMAC-SHA-256: no two customers share it by accident.
const BYTES: usize = 16;
/// Names a key without telling it.
const KEY_NAME: &[u8] = b"holdfast audit key";
const KEY_NAME_BYTES: usize = 4;

/// Whom the audit of scoring tells of, and how.
#[derive(Debug)]
pub struct ScoringAudit {
    path: PathBuf,
    sample: Sample,
    key: ArcSwap<Key>,
    /// What the last look at the file found.
    judged: Mutex<Judged>,
}

/// A file of a key that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum AuditKeyError {
    /// It cannot be read, or others may read it.
    #[error(transparent)]
    Secret(#[from] SecretFileError),
    /// Its key is too short.
    #[error(
        "the key {} has fewer than {MIN_KEY_BYTES} characters; make one with `openssl rand -hex 32`",
        path.display()
    )]
    Short {
        /// The file.
        path: PathBuf,
    },
}

/// Makes names for customers.
pub(super) struct Key {
    hmac: hmac::Key,
    /// As the lines call it.
    pub(super) name: Pseudonym<KEY_NAME_BYTES>,
}

/// The beginning of an HMAC; shows as hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Pseudonym<const N: usize = BYTES>([u8; N]);

#[derive(Debug, PartialEq, Eq)]
enum Judged {
    /// The key was taken.
    Key(Pseudonym<KEY_NAME_BYTES>),
    /// It could not be, for this.
    Fault(String),
}

impl ScoringAudit {
    /// Tells of the customers of a sample, by the key in a file: its text, without
    /// the blanks around it.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, is open to others, or holds fewer than 32
    /// characters.
    pub fn open(path: PathBuf, sample: Sample) -> Result<Self, AuditKeyError> {
        let key = Key::read(&path)?;
        let judged = Mutex::new(Judged::Key(key.name));
        Ok(Self {
            path,
            sample,
            key: ArcSwap::from_pointee(key),
            judged,
        })
    }

    /// Looks whether the file has changed; what became of that is logged, once. A
    /// file that cannot be used changes nothing. Blocks.
    pub fn reload(&self) -> Option<Result<(), AuditKeyError>> {
        let read = Key::read(&self.path);
        let seen = match &read {
            Ok(key) => Judged::Key(key.name),
            Err(error) => Judged::Fault(error.to_string()),
        };
        let mut judged = self.judged.lock().unwrap_or_else(PoisonError::into_inner);
        if *judged == seen {
            return None;
        }
        *judged = seen;
        Some(match read {
            Ok(key) => {
                info!(key = %key.name, "key of the scoring audit loaded");
                self.key.store(Arc::new(key));
                Ok(())
            }
            Err(error) => {
                error!(%error, "key of the scoring audit refused; the one before it goes on");
                Err(error)
            }
        })
    }

    /// Whether the audit tells of a customer.
    pub(super) fn takes(&self, customer_id: &str) -> bool {
        self.sample.takes(customer_id)
    }

    pub(super) fn key(&self) -> Arc<Key> {
        self.key.load_full()
    }
}

impl Key {
    fn read(path: &Path) -> Result<Self, AuditKeyError> {
        let text = read_secret(path)?;
        let text = text.trim();
        if text.len() < MIN_KEY_BYTES {
            let path = path.to_owned();
            return Err(AuditKeyError::Short { path });
        }
        Ok(Self::new(text.as_bytes()))
    }

    fn new(key: &[u8]) -> Self {
        let hmac = hmac::Key::new(hmac::HMAC_SHA256, key);
        let name = Pseudonym::of(&hmac, KEY_NAME);
        Self { hmac, name }
    }

    pub(super) fn pseudonym(&self, customer_id: &str) -> Pseudonym {
        Pseudonym::of(&self.hmac, customer_id.as_bytes())
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({})", self.name)
    }
}

impl<const N: usize> Pseudonym<N> {
    fn of(key: &hmac::Key, text: &[u8]) -> Self {
        let tag = hmac::sign(key, text);
        let mut bytes = [0; N];
        for (byte, from) in bytes.iter_mut().zip(tag.as_ref()) {
            *byte = *from;
        }
        Self(bytes)
    }
}

impl<const N: usize> fmt::Display for Pseudonym<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl<const N: usize> fmt::Debug for Pseudonym<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// One is equal to itself only.
impl PartialEq for ScoringAudit {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Eq for ScoringAudit {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pseudonyms_are_the_documented_ones() {
        // By Python's hmac, as docs/security.md has it.
        let key = Key::new(b"0123456789abcdef0123456789abcdef");
        let pseudonym = key.pseudonym("7590-VHVEG").to_string();
        assert_eq!(pseudonym, "fc51d446de65b402a84c6ac7a538d254");
        assert_eq!(key.name.to_string(), "93027f50");
        assert_eq!(format!("{key:?}"), "Key(93027f50)");
    }
}
