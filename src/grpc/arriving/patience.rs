//! How long a message may take that has begun.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::time::{Instant, Sleep, sleep_until};

/// Whatever its length.
const GRACE: Duration = Duration::from_secs(10);
/// Beyond that, so many bytes a second have to come.
const RATE: f64 = 1024.0;

/// With one message.
pub(super) struct Patience {
    /// How many came before it.
    before: u64,
    began: Instant,
    /// To when it lasts by what had come when it was last asked.
    end: Pin<Box<Sleep>>,
}

impl Patience {
    /// With the message after so many others, which begins now.
    pub(super) fn new(before: u64) -> Self {
        let began = Instant::now();
        Self {
            before,
            began,
            end: Box::pin(sleep_until(began + GRACE)),
        }
    }

    pub(super) fn is_with(&self, before: u64) -> bool {
        self.before == before
    }

    /// Waits for its end, where so many bytes of the message came.
    pub(super) fn poll_ends(&mut self, came: usize, context: &mut Context<'_>) -> Poll<()> {
        let due = self.began + GRACE + Duration::from_secs_f64(came as f64 / RATE);
        loop {
            ready!(self.end.as_mut().poll(context));
            if self.end.deadline() >= due {
                return Poll::Ready(());
            }
            self.end.as_mut().reset(due);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use super::*;

    #[test]
    fn who_sends_little_has_little_time() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build();
        let _inside = runtime.as_ref().unwrap().enter();
        let ends = |began: Duration, came| {
            let began = Instant::now().checked_sub(began).unwrap();
            let mut patience = Patience {
                before: 0,
                began,
                end: Box::pin(sleep_until(began + GRACE)),
            };
            let mut context = Context::from_waker(Waker::noop());
            patience.poll_ends(came, &mut context).is_ready()
        };
        assert!(!ends(Duration::from_secs(9), 0));
        assert!(ends(Duration::from_secs(11), 0));
        assert!(ends(Duration::from_secs(11), 500));
        assert!(!ends(Duration::from_secs(11), 2000));
        assert!(!ends(Duration::from_secs(1000), 1 << 20));
        assert!(ends(Duration::from_secs(1100), 1 << 20));
    }
}
