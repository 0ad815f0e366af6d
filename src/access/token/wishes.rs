//! Keys that tokens name and nobody has: a reason to ask their issuer again before
//! it is time to. Tokens of strangers can name any key, so an issuer is asked for
//! them at most every ten seconds, and no call waits for it.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use super::KeysAddress;

/// The least time from one answer to the next question that a token gives rise to.
const PAUSE: Duration = Duration::from_secs(10);

/// The addresses that are to be asked again.
#[derive(Debug, Default)]
pub(in crate::access) struct Wishes(Mutex<BTreeMap<KeysAddress, Wish>>);

#[derive(Debug)]
struct Wish {
    answered: Instant,
    wished: bool,
}

impl Wishes {
    /// Wishes that an address be asked again; whether it is, at once.
    pub(in crate::access) fn wish(&self, address: &KeysAddress, now: Instant) -> bool {
        let mut wishes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(wish) = wishes.get_mut(address) else {
            // It has not been asked at all.
            return false;
        };
        wish.wished = true;
        now.duration_since(wish.answered) >= PAUSE
    }

    /// Since when an address may be asked that somebody wishes to be.
    pub(super) fn due(&self, address: &KeysAddress) -> Option<Instant> {
        let wishes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let wish = wishes.get(address).filter(|wish| wish.wished)?;
        Some(wish.answered + PAUSE)
    }

    /// Notes that an address has answered, or not.
    pub(super) fn answered(&self, address: &KeysAddress, now: Instant) {
        let mut wishes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fulfilled = Wish {
            answered: now,
            wished: false,
        };
        wishes.insert(address.clone(), fulfilled);
    }

    /// Forgets all addresses but these.
    pub(super) fn keep(&self, stays: impl Fn(&KeysAddress) -> bool) {
        let mut wishes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        wishes.retain(|address, _| stays(address));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_asked_again_at_most_every_ten_seconds() {
        let (wishes, begin) = (Wishes::default(), Instant::now());
        let at = |seconds| begin + Duration::from_secs(seconds);
        let address = KeysAddress {
            url: "https://id.example/".to_owned(),
            every: Duration::from_secs(300),
        };
        assert!(!wishes.wish(&address, at(0)));
        assert_eq!(wishes.due(&address), None);
        wishes.answered(&address, at(0));
        assert_eq!(wishes.due(&address), None);
        for second in 0..10 {
            assert!(!wishes.wish(&address, at(second)));
            assert_eq!(wishes.due(&address), Some(at(10)));
        }
        assert!(wishes.wish(&address, at(10)));
        wishes.answered(&address, at(11));
        assert_eq!(wishes.due(&address), None);
        assert!(!wishes.wish(&address, at(20)));
        wishes.keep(|_| false);
        assert!(!wishes.wish(&address, at(30)));
    }
}
