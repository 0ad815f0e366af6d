//! API keys, of which only digests are kept.

use std::{collections::HashMap, fmt, str::FromStr, sync::Arc};

use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::Principal;

/// How much of a digest finds it. A guesser of digests would have to guess keys,
/// so that the time of a look-up by these bytes tells nothing of use; the whole
/// digest is compared in constant time all the same.
const PREFIX: usize = 8;

/// The SHA-256 of a key or token.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyDigest([u8; 32]);

/// Not the digest of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be `sha256:` and 64 hexadecimal digits, such as `sha256sum` prints of a key")]
pub struct InvalidKeyDigest;

impl KeyDigest {
    /// The digest of what a caller shows.
    #[must_use]
    pub fn of(token: &[u8]) -> Self {
        Self(Sha256::digest(token).into())
    }

    fn prefix(&self) -> [u8; PREFIX] {
        let mut prefix = [0; PREFIX];
        prefix.copy_from_slice(&self.0[..PREFIX]);
        prefix
    }
}

impl FromStr for KeyDigest {
    type Err = InvalidKeyDigest;

    fn from_str(text: &str) -> Result<Self, InvalidKeyDigest> {
        let digits = text.strip_prefix("sha256:").ok_or(InvalidKeyDigest)?;
        let digits = digits.as_bytes();
        let mut digest = [0; 32];
        if digits.len() != 2 * digest.len() {
            return Err(InvalidKeyDigest);
        }
        for (byte, pair) in digest.iter_mut().zip(digits.chunks_exact(2)) {
            let value = |digit: u8| char::from(digit).to_digit(16);
            let (Some(high), Some(low)) = (value(pair[0]), value(pair[1])) else {
                return Err(InvalidKeyDigest);
            };
            *byte = u8::try_from(16 * high + low).map_err(|_| InvalidKeyDigest)?;
        }
        Ok(Self(digest))
    }
}

/// A digest is no secret, but no log needs it.
impl fmt::Debug for KeyDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyDigest")
    }
}

/// Whose key is whose.
#[derive(Debug, Default)]
pub struct ApiKeys(HashMap<[u8; PREFIX], Vec<(KeyDigest, Arc<Principal>)>>);

impl ApiKeys {
    /// Adds a key of a principal.
    pub fn add(&mut self, digest: KeyDigest, principal: Arc<Principal>) {
        let alike = self.0.entry(digest.prefix()).or_default();
        alike.push((digest, principal));
    }

    /// Whose key has this digest.
    #[must_use]
    pub fn owner(&self, digest: &KeyDigest) -> Option<&Arc<Principal>> {
        let mut alike = self.0.get(&digest.prefix())?.iter();
        let same = |(known, _): &&(KeyDigest, _)| bool::from(known.0.ct_eq(&digest.0));
        alike.find(same).map(|(_, principal)| principal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_by_its_digest_only() {
        let digest = "sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae";
        let digest: KeyDigest = digest.parse().unwrap();
        assert_eq!(digest, KeyDigest::of(b"foo"));
        let mut keys = ApiKeys::default();
        keys.add(digest, Principal::anyone());
        assert!(keys.owner(&KeyDigest::of(b"foo")).is_some());
        assert!(keys.owner(&KeyDigest::of(b"bar")).is_none());
        // The same beginning is not enough.
        let mut alike = digest;
        alike.0[31] ^= 1;
        assert!(keys.owner(&alike).is_none());
        assert!(!format!("{digest:?}").contains("2c26"));
    }

    #[test]
    fn what_is_no_digest_is_refused() {
        let (short, sign) = ("a".repeat(63), format!("+{}", "a".repeat(63)));
        for text in ["", "sha256:", &short, &sign, &"é".repeat(32)] {
            let digest = format!("sha256:{text}").parse::<KeyDigest>();
            assert_eq!(digest, Err(InvalidKeyDigest), "{text}");
        }
        assert!("a".repeat(64).parse::<KeyDigest>().is_err());
    }
}
