//! Room for calls that take long: so many at once, a few that wait a moment for
//! their turn, and no more. Who is refused at once can ask another server. Streams
//! cannot, and send nothing more before they are answered: they wait as long as it
//! takes.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use crate::{grpc::status::Refusal, telemetry::Metrics};

/// How long a call waits for its turn.
const PATIENCE: Duration = Duration::from_millis(100);

/// Room for large calls.
#[derive(Debug, Clone)]
pub(in crate::grpc) struct Room {
    turns: Arc<Semaphore>,
    /// Places for those who wait: as many as turns.
    queue: Arc<Semaphore>,
    metrics: Arc<Metrics>,
}

/// The turn of a call, until it is dropped.
#[derive(Debug)]
pub(super) struct Turn {
    _permit: OwnedSemaphorePermit,
    metrics: Arc<Metrics>,
}

/// A call in the queue.
struct Waiting<'r>(&'r Metrics);

impl Room {
    /// For at most so many calls at once.
    pub(in crate::grpc) fn new(calls: usize, metrics: &Arc<Metrics>) -> Self {
        let calls = calls.min(Semaphore::MAX_PERMITS);
        let semaphore = || Arc::new(Semaphore::new(calls));
        Self {
            turns: semaphore(),
            queue: semaphore(),
            metrics: Arc::clone(metrics),
        }
    }

    /// Waits for a turn, as short as that may take.
    pub(super) async fn enter(&self) -> Result<Turn, Refusal> {
        let permit = match Arc::clone(&self.turns).try_acquire_owned() {
            Ok(permit) => Some(permit),
            Err(_) => self.wait().await,
        };
        let Some(permit) = permit else {
            self.metrics.large_calls.shed.add(1);
            return Err(Refusal::TooManyLargeCalls(PATIENCE));
        };
        Ok(self.turn(permit))
    }

    /// Waits for a turn of a stream: each comes in the order that they were asked for,
    /// and no more wait than there may be streams. Dropped, it waits no more.
    pub(super) async fn enter_in_turn(&self) -> Result<Turn, Refusal> {
        let turns = Arc::clone(&self.turns);
        if let Ok(permit) = Arc::clone(&turns).try_acquire_owned() {
            return Ok(self.turn(permit));
        }
        let _waiting = Waiting::of(&self.metrics);
        let permit = turns.acquire_owned().await;
        // Nobody closes it.
        let permit = permit.map_err(|_| Refusal::TooManyLargeCalls(PATIENCE))?;
        Ok(self.turn(permit))
    }

    fn turn(&self, permit: OwnedSemaphorePermit) -> Turn {
        self.metrics.large_calls.in_flight.rise();
        Turn {
            _permit: permit,
            metrics: Arc::clone(&self.metrics),
        }
    }

    async fn wait(&self) -> Option<OwnedSemaphorePermit> {
        let _place = self.queue.try_acquire().ok()?;
        let _waiting = Waiting::of(&self.metrics);
        let permit = timeout(PATIENCE, Arc::clone(&self.turns).acquire_owned());
        permit.await.ok()?.ok()
    }
}

impl<'r> Waiting<'r> {
    fn of(metrics: &'r Metrics) -> Self {
        metrics.large_calls.queued.rise();
        Self(metrics)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.large_calls.queued.fall();
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.metrics.large_calls.in_flight.fall();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grpc::measured;

    #[tokio::test]
    async fn one_is_done_one_waits_and_the_rest_go() {
        let metrics = Arc::new(measured::metrics());
        let counts = || {
            let large = &metrics.large_calls;
            (large.in_flight.get(), large.queued.get(), large.shed.get())
        };
        let room = Room::new(1, &metrics);
        let turn = room.enter().await.unwrap();
        let next = tokio::spawn({
            let room = room.clone();
            async move { room.enter().await }
        });
        while counts().1 == 0 {
            tokio::task::yield_now().await;
        }
        assert!(room.enter().await.is_err());
        assert_eq!(counts(), (1, 1, 1));
        drop(turn);
        let turn = next.await.unwrap().unwrap();
        assert_eq!(counts(), (1, 0, 1));
        // Nobody's turn comes.
        assert!(room.enter().await.is_err());
        assert_eq!(counts(), (1, 0, 2));
        drop(turn);
        assert_eq!(counts(), (0, 0, 2));
    }

    #[tokio::test]
    async fn streams_wait_until_it_is_their_turn() {
        let metrics = Arc::new(measured::metrics());
        let large = &metrics.large_calls;
        let room = Room::new(1, &metrics);
        let turn = room.enter_in_turn().await.unwrap();
        let waits = |room: &Room| {
            let room = room.clone();
            tokio::spawn(async move { room.enter_in_turn().await })
        };
        let (first, second, third) = (waits(&room), waits(&room), waits(&room));
        while large.queued.get() < 3 {
            tokio::task::yield_now().await;
        }
        second.abort();
        assert!(second.await.is_err());
        assert_eq!((large.in_flight.get(), large.queued.get()), (1, 2));
        drop(turn);
        drop(first.await.unwrap().unwrap());
        drop(third.await.unwrap().unwrap());
        let counts = (large.in_flight.get(), large.queued.get(), large.shed.get());
        assert_eq!(counts, (0, 0, 0));
    }
}
