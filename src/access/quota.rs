//! How much a principal may ask for.

use std::{num::NonZeroU32, time::Duration};

use governor::{
    DefaultDirectRateLimiter, Quota as Limit, RateLimiter,
    clock::{Clock, DefaultClock},
};

/// So many a second, and so many at once after a pause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// A second, over time.
    pub per_second: NonZeroU32,
    /// At once, when nothing was asked for a while.
    pub burst: NonZeroU32,
}

/// What is limited; `None`: it is not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rates {
    /// Calls, and streams that begin.
    pub calls: Option<Rate>,
    /// Customers that are scored.
    pub rows: Option<Rate>,
}

/// What is left of it now; shared by all connections of a principal.
#[derive(Debug)]
pub struct Quota {
    rates: Rates,
    calls: Option<DefaultDirectRateLimiter>,
    rows: Option<DefaultDirectRateLimiter>,
}

/// More was asked for than there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Exceeded {
    /// Too many calls.
    #[error("the quota of calls is spent; try again in {} ms", .0.as_millis())]
    Calls(Duration),
    /// Too many customers.
    #[error("the quota of customers is spent; try again in {} ms", .0.as_millis())]
    Rows(Duration),
    /// More customers at once than there may ever be.
    #[error("the quota allows {0} customers at once; send fewer in one message")]
    TooManyAtOnce(NonZeroU32),
}

impl Quota {
    /// All of it.
    #[must_use]
    pub fn new(rates: Rates) -> Self {
        let limiter = |rate: Rate| {
            let limit = Limit::per_second(rate.per_second).allow_burst(rate.burst);
            RateLimiter::direct(limit)
        };
        Self {
            rates,
            calls: rates.calls.map(limiter),
            rows: rates.rows.map(limiter),
        }
    }

    /// What it is in full.
    #[must_use]
    pub fn rates(&self) -> Rates {
        self.rates
    }

    /// Takes a call.
    ///
    /// # Errors
    ///
    /// [`Exceeded::Calls`], with the time until there is one.
    pub fn take_call(&self) -> Result<(), Exceeded> {
        let Some(calls) = &self.calls else {
            return Ok(());
        };
        let now = DefaultClock::default().now();
        calls
            .check()
            .map_err(|until| Exceeded::Calls(until.wait_time_from(now)))
    }

    /// Takes so many customers, or none of them.
    ///
    /// # Errors
    ///
    /// [`Exceeded::Rows`] with the time until there are as many, or
    /// [`Exceeded::TooManyAtOnce`].
    pub fn take_rows(&self, rows: usize) -> Result<(), Exceeded> {
        let (Some(limiter), Some(rate)) = (&self.rows, self.rates.rows) else {
            return Ok(());
        };
        let rows = u32::try_from(rows).unwrap_or(u32::MAX);
        let Some(rows) = NonZeroU32::new(rows) else {
            return Ok(());
        };
        let now = DefaultClock::default().now();
        match limiter.check_n(rows) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(until)) => Err(Exceeded::Rows(until.wait_time_from(now))),
            Err(_) => Err(Exceeded::TooManyAtOnce(rate.burst)),
        }
    }
}

/// By what they are in full.
impl PartialEq for Quota {
    fn eq(&self, other: &Self) -> bool {
        self.rates == other.rates
    }
}

impl Eq for Quota {}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(per_second: u32, burst: u32) -> Rate {
        let [per_second, burst] = [per_second, burst].map(|n| NonZeroU32::new(n).unwrap());
        Rate { per_second, burst }
    }

    #[test]
    fn a_quota_is_spent_and_says_when_there_is_more() {
        let quota = Quota::new(Rates {
            calls: Some(rate(1, 2)),
            rows: Some(rate(1, 10)),
        });
        assert_eq!([quota.take_call(), quota.take_call()], [Ok(()), Ok(())]);
        let Err(Exceeded::Calls(wait)) = quota.take_call() else {
            panic!("spent");
        };
        assert!(
            wait <= Duration::from_secs(1) && !wait.is_zero(),
            "{wait:?}"
        );
        assert_eq!(quota.take_rows(8), Ok(()));
        // None of three where there are two.
        assert!(matches!(quota.take_rows(3), Err(Exceeded::Rows(_))));
        assert_eq!(quota.take_rows(2), Ok(()));
        assert_eq!(quota.take_rows(0), Ok(()));
        let most = NonZeroU32::new(10).unwrap();
        assert_eq!(quota.take_rows(11), Err(Exceeded::TooManyAtOnce(most)));
        assert!(quota.take_rows(usize::MAX).is_err());
        let free = Quota::new(Rates::default());
        assert_eq!(
            (free.take_call(), free.take_rows(usize::MAX)),
            (Ok(()), Ok(()))
        );
    }
}
