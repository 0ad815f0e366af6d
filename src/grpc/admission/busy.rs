//! Whether a thread has more to do than it can: it is asked to rest, and hardly
//! does, for longer than a burst or a hiccup of the machine lasts.
//!
//! How long calls wait does not tell by itself: a burst on a thread that had nothing
//! to do waits as long, and is soon done.

use std::{
    cell::RefCell,
    time::{Duration, Instant},
};

/// What is looked at at a time.
const WINDOW: Duration = Duration::from_millis(50);
/// Of a window, the part that a thread rests that is not busy, as a divisor.
const REST: u32 = 20;
/// After so many windows without rest. Of a hiccup, however long, there is one.
const WINDOWS: u32 = 2;

thread_local! {
    static THREAD: RefCell<Work> = RefCell::new(Work::begin(Instant::now()));
}

/// What a thread does.
struct Work {
    /// Of the window.
    began: Instant,
    /// In the window.
    rested: Duration,
    /// Since when there is nothing to do.
    resting: Option<Instant>,
    /// Windows without rest, one after the other.
    busy: u32,
}

/// This thread has nothing to do.
pub(in crate::grpc) fn rests() {
    THREAD.with_borrow_mut(|work| work.rests(Instant::now()));
}

/// This thread looks for something to do.
pub(in crate::grpc) fn goes_on() {
    THREAD.with_borrow_mut(|work| work.goes_on(Instant::now()));
}

/// Whether this thread has been busy for a while.
pub(super) fn is_busy(now: Instant) -> bool {
    THREAD.with_borrow_mut(|work| work.is_busy(now))
}

impl Work {
    fn begin(now: Instant) -> Self {
        Self {
            began: now,
            rested: Duration::ZERO,
            resting: None,
            busy: 0,
        }
    }

    fn rests(&mut self, now: Instant) {
        self.resting = Some(now);
    }

    fn goes_on(&mut self, now: Instant) {
        if let Some(since) = self.resting.take() {
            self.rested += now.saturating_duration_since(since);
        }
    }

    fn is_busy(&mut self, now: Instant) -> bool {
        let passed = now.saturating_duration_since(self.began);
        if passed >= WINDOW {
            let rests = self.rested >= passed / REST;
            self.busy = if rests { 0 } else { self.busy + 1 };
            (self.began, self.rested) = (now, Duration::ZERO);
        }
        self.busy >= WINDOWS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Works and rests by turns of so many milliseconds; whether it was ever busy.
    fn busy(turns: &[(u64, u64)]) -> Vec<bool> {
        let mut now = Instant::now();
        let mut work = Work::begin(now);
        let mut turn = |&(works, rests): &(u64, u64)| {
            now += Duration::from_millis(works);
            let busy = work.is_busy(now);
            work.rests(now);
            now += Duration::from_millis(rests);
            work.goes_on(now);
            busy
        };
        turns.iter().map(&mut turn).collect()
    }

    #[test]
    fn who_never_rests_is_busy_after_a_while_and_until_it_rests() {
        assert_eq!(busy(&[(50, 0), (50, 0), (1, 0)]), [false, true, true]);
        let rests = busy(&[(50, 0), (50, 0), (40, 20), (40, 20)]);
        assert_eq!(rests, [false, true, true, false]);
    }

    #[test]
    fn a_hiccup_and_a_burst_are_no_overload() {
        assert_eq!(busy(&[(1, 99), (5000, 0), (10, 40), (1, 0)]), [false; 4]);
        assert_eq!(busy(&[(9, 1); 50]), [false; 50]);
    }
}
