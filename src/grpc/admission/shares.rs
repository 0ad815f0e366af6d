//! Calls in flight: so many at once, and none of the callers can take the places of
//! all others.
//!
//! While there are places, whoever comes gets one. When there are none, a caller with
//! fewer than its fair share of them gets one more: at most twice as many calls are in
//! flight as there are places, and who took all of them gets none back until
//! the others have theirs.

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use super::Who;

/// Parts that do not wait for each other.
const PARTS: usize = 16;

/// The places, and who has them.
#[derive(Debug)]
pub(super) struct Shares {
    places: usize,
    /// Calls in flight.
    taken: AtomicUsize,
    /// Those who have any.
    callers: AtomicUsize,
    hasher: RandomState,
    of: [Mutex<HashMap<Who, usize>>; PARTS],
}

/// The place of a call, until it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    shares: Arc<Shares>,
    who: Who,
}

impl Shares {
    pub(super) fn new(places: usize) -> Self {
        Self {
            places,
            taken: AtomicUsize::new(0),
            callers: AtomicUsize::new(0),
            hasher: RandomState::new(),
            of: Default::default(),
        }
    }

    /// A place; `None` where there is none for this caller.
    pub(super) fn take(self: &Arc<Self>, who: Who) -> Option<Place> {
        let mut part = self.part(&who);
        let mine = part.get(&who).copied().unwrap_or_default();
        let taken = self.taken.fetch_add(1, Ordering::Relaxed);
        if taken >= self.places {
            let callers = self.callers.load(Ordering::Relaxed) + usize::from(mine == 0);
            if mine >= self.places / callers.max(1) {
                self.taken.fetch_sub(1, Ordering::Relaxed);
                return None;
            }
        }
        if mine == 0 {
            self.callers.fetch_add(1, Ordering::Relaxed);
        }
        part.insert(who.clone(), mine + 1);
        drop(part);
        let shares = Arc::clone(self);
        Some(Place { shares, who })
    }

    fn part(&self, who: &Who) -> MutexGuard<'_, HashMap<Who, usize>> {
        let hash = self.hasher.hash_one(who);
        let part = usize::try_from(hash % PARTS as u64).unwrap_or_default();
        self.of[part].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Self { shares, who } = self;
        let mut part = shares.part(who);
        if let Some(mine) = part.get_mut(who) {
            *mine -= 1;
            if *mine == 0 {
                part.remove(who);
                shares.callers.fetch_sub(1, Ordering::Relaxed);
            }
        }
        shares.taken.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use proptest::prelude::*;

    use super::*;

    fn who(number: u8) -> Who {
        Who::Address(IpAddr::from(Ipv4Addr::new(10, 0, 0, number)))
    }

    #[test]
    fn who_took_all_leaves_others_their_share() {
        let shares = Arc::new(Shares::new(4));
        let greedy: Vec<_> = (0..10).filter_map(|_| shares.take(who(0))).collect();
        assert_eq!(greedy.len(), 4);
        // Half for each of two.
        let second: Vec<_> = (0..10).filter_map(|_| shares.take(who(1))).collect();
        assert_eq!(second.len(), 2);
        // One for each of three.
        let third: Vec<_> = (0..10).filter_map(|_| shares.take(who(2))).collect();
        assert_eq!(third.len(), 1);
        drop(greedy);
        assert!(shares.take(who(0)).is_some());
    }

    proptest! {
        #[test]
        fn every_place_comes_back(
            places in 1_usize..20,
            steps in prop::collection::vec((0_u8..5, any::<bool>()), 0..200),
        ) {
            let shares = Arc::new(Shares::new(places));
            let mut held: Vec<Place> = Vec::new();
            for (number, takes) in steps {
                if takes {
                    let others = held.iter().filter(|place| place.who != who(number)).count();
                    let refused = shares.take(who(number)).map(|place| held.push(place)).is_none();
                    // Who has none, and shares with few, is not refused.
                    prop_assert!(!refused || others < held.len() || places < 5);
                    prop_assert!(held.len() <= 2 * places);
                } else if !held.is_empty() {
                    held.remove(usize::from(number) % held.len());
                }
                prop_assert_eq!(shares.taken.load(Ordering::Relaxed), held.len());
            }
            drop(held);
            prop_assert_eq!(shares.callers.load(Ordering::Relaxed), 0);
            prop_assert!(shares.of.iter().all(|part| part.lock().unwrap().is_empty()));
        }
    }
}
