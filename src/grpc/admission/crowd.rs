//! Who makes the crowd, where a thread has more to do than it can. Callers with much
//! less than the mean are no part of it, and need not pay for it.

use std::{
    cell::RefCell,
    collections::HashMap,
    mem,
    time::{Duration, Instant},
};

use super::Who;

/// How long calls are counted; those of the window before count too.
const WINDOW: Duration = Duration::from_millis(100);
/// Of the mean, the part from which on one is of the crowd, as a divisor.
const PART: u64 = 2;

thread_local! {
    static THREAD: RefCell<Crowd> = RefCell::new(Crowd::begin(Instant::now()));
}

/// Calls of a thread lately, by callers.
struct Crowd {
    /// Of what is counted now.
    began: Instant,
    now: Calls,
    before: Calls,
}

/// Calls of one window.
#[derive(Default)]
struct Calls {
    all: u64,
    of: HashMap<Who, u64>,
}

/// Counts a call of this thread; whether its caller makes the crowd.
pub(super) fn makes(who: &Who, now: Instant) -> bool {
    THREAD.with_borrow_mut(|crowd| crowd.makes(who, now))
}

impl Crowd {
    fn begin(began: Instant) -> Self {
        Self {
            began,
            now: Calls::default(),
            before: Calls::default(),
        }
    }

    fn makes(&mut self, who: &Who, now: Instant) -> bool {
        let passed = now.saturating_duration_since(self.began);
        if passed >= WINDOW {
            self.before = mem::take(&mut self.now);
            self.began = now;
        }
        if passed >= 2 * WINDOW {
            self.before = Calls::default();
        }
        self.now.add(who);
        let mine = self.now.of(who) + self.before.of(who);
        let all = self.now.all + self.before.all;
        let callers = self.now.of.len().max(self.before.of.len()) as u64;
        mine.saturating_mul(callers).saturating_mul(PART) >= all
    }
}

impl Calls {
    fn add(&mut self, who: &Who) {
        *self.of.entry(who.clone()).or_default() += 1;
        self.all += 1;
    }

    fn of(&self, who: &Who) -> u64 {
        self.of.get(who).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use super::*;

    /// Whether each of these makes the crowd, after calls of theirs in turn.
    fn crowd(calls: &[u64]) -> Vec<bool> {
        let mut now = Instant::now();
        let mut crowd = Crowd::begin(now);
        let mut makes = vec![true; calls.len()];
        for _ in 0..100 {
            for (number, &calls) in calls.iter().enumerate() {
                let number = u8::try_from(number).unwrap();
                let who = Who::Address(IpAddr::from(Ipv4Addr::new(10, 0, 0, number)));
                for _ in 0..calls {
                    makes[usize::from(number)] = crowd.makes(&who, now);
                }
            }
            now += Duration::from_millis(3);
        }
        makes
    }

    #[test]
    fn alone_or_among_equals_everybody_does() {
        assert_eq!(crowd(&[1]), [true]);
        assert_eq!(crowd(&[3, 3, 3]), [true; 3]);
    }

    #[test]
    fn beside_one_who_asks_for_most_others_do_not() {
        assert_eq!(crowd(&[1, 100, 2]), [false, true, false]);
        assert_eq!(crowd(&[50, 50, 1]), [true, true, false]);
    }
}
