//! Tokens that have been verified: each once, until it ends.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use crate::access::{KeyDigest, Principal};

/// The most tokens. Only genuine ones get here, so that no stranger fills it.
const MAX_TOKENS: usize = 10_000;

/// Whose tokens they are, by their digests.
#[derive(Debug, Default)]
pub(in crate::access) struct Remembered(RwLock<HashMap<KeyDigest, Token>>);

#[derive(Debug)]
struct Token {
    principal: Arc<Principal>,
    /// Since 1970.
    expires: Duration,
}

impl Remembered {
    /// Whose token has this digest, if it is good at `now`, since 1970.
    pub(in crate::access) fn get(
        &self,
        digest: &KeyDigest,
        now: Duration,
    ) -> Option<Arc<Principal>> {
        let tokens = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let token = tokens.get(digest).filter(|token| now < token.expires)?;
        Some(Arc::clone(&token.principal))
    }

    /// Keeps a token until it ends.
    pub(in crate::access) fn keep(
        &self,
        digest: KeyDigest,
        principal: &Arc<Principal>,
        expires: Duration,
        now: Duration,
    ) {
        let mut tokens = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if tokens.len() >= MAX_TOKENS {
            tokens.retain(|_, token| now < token.expires);
        }
        if tokens.len() >= MAX_TOKENS {
            // Verifying some again costs less than order among them.
            tokens.clear();
        }
        let principal = Arc::clone(principal);
        tokens.insert(digest, Token { principal, expires });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_forgotten_at_its_end_and_there_are_never_too_many() {
        let remembered = Remembered::default();
        let (digest, anyone) = (KeyDigest::of(b"token"), Principal::anyone());
        let at = Duration::from_secs;
        remembered.keep(digest, &anyone, at(10), at(1));
        assert!(remembered.get(&digest, at(9)).is_some());
        assert!(remembered.get(&digest, at(10)).is_none());
        // The clock was wrong, and is set back.
        assert!(remembered.get(&digest, at(9)).is_some());
        for number in 0..2 * MAX_TOKENS {
            let digest = KeyDigest::of(&number.to_le_bytes());
            remembered.keep(digest, &anyone, at(100), at(1));
            assert!(remembered.get(&digest, at(9)).is_some());
        }
        assert!(remembered.0.read().unwrap().len() <= MAX_TOKENS);
    }
}
