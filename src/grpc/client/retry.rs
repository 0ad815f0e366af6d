//! Trying again: when, how often, how long to wait in between.

use std::{
    hash::{BuildHasher, RandomState},
    time::Duration,
};

use tokio::time::{Instant, sleep, timeout_at};
use tonic::{Response, Status};

use super::error::Failure;

/// Longer than any call may take.
const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// How a call is tried again that ended with `UNAVAILABLE` or `RESOURCE_EXHAUSTED`.
///
/// The wait doubles from attempt to attempt, and half of it is random, so that
/// clients which failed together do not come back together. It is never shorter
/// than the server asks, and a call ends rather than wait beyond its time.
#[derive(Debug, Clone, PartialEq)]
pub struct Retries {
    /// Attempts in all; 1 never tries again.
    pub attempts: u32,
    /// The longest wait before the second attempt.
    pub first_wait: Duration,
    /// The longest wait, unless the server asks for more.
    pub longest_wait: Duration,
}

impl Default for Retries {
    fn default() -> Self {
        Self {
            attempts: 8,
            first_wait: Duration::from_millis(100),
            longest_wait: Duration::from_secs(5),
        }
    }
}

impl Retries {
    /// How long to wait after so many failures (from 1).
    fn wait(&self, failures: u32, retry_after: Option<Duration>) -> Duration {
        let doubled = 2_u32.saturating_pow(failures.saturating_sub(1));
        let whole = self
            .first_wait
            .saturating_mul(doubled)
            .min(self.longest_wait);
        let wait = whole.mul_f64(f64::midpoint(1.0, random_share()));
        retry_after.map_or(wait, |asked| asked.saturating_add(wait / 2))
    }
}

/// A random number in [0, 1): a hasher's keys are random.
fn random_share() -> f64 {
    let bits = RandomState::new().hash_one(()) >> 11;
    bits as f64 / (1_u64 << 53) as f64
}

/// Calls `attempt` with the time that is left until it succeeds, may not be tried
/// again, or there is no time for another.
pub(super) async fn call<T, Attempt>(
    attempt: impl Fn(Duration) -> Attempt,
    retries: &Retries,
    timeout: Duration,
) -> Result<T, Failure>
where
    Attempt: Future<Output = Result<Response<T>, Status>>,
{
    let deadline = Instant::now() + timeout.min(YEAR);
    let mut failures = 0;
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        let failure = match timeout_at(deadline, attempt(left)).await {
            Ok(Ok(response)) => return Ok(response.into_inner()),
            Ok(Err(status)) => Failure::from(status),
            Err(_) => return Err(Status::deadline_exceeded("no answer in time").into()),
        };
        failures += 1;
        if !failure.may_pass() || failures >= retries.attempts {
            return Err(failure);
        }
        let wait = retries.wait(failures, failure.retry_after);
        if wait >= deadline.saturating_duration_since(Instant::now()) {
            return Err(failure);
        }
        sleep(wait).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_stay_within_bounds_and_are_as_long_as_is_asked() {
        let retries = Retries {
            longest_wait: Duration::from_secs(1),
            ..Retries::default()
        };
        for (failures, longest) in [(1, 100), (2, 200), (4, 800), (5, 1000), (u32::MAX, 1000)] {
            let longest = Duration::from_millis(longest);
            for _ in 0..50 {
                let wait = retries.wait(failures, None);
                assert!(longest / 2 <= wait && wait <= longest, "{wait:?}");
            }
        }
        let asked = Duration::from_secs(3);
        assert!(retries.wait(1, Some(asked)) >= asked);
    }
}
