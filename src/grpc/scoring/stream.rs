//! Batches without end, one after the other.
//!
//! A stream is a task of its own. It holds one message and one answer at a time,
//! and the catalogue that it began with. It ends with the caller, who may go away
//! in the middle of a message, and with the server.

use std::sync::Arc;

use tokio::sync::{mpsc, watch};
use tonic::{Code, Status, Streaming};

use super::{
    ColumnScorer, Pinned, Pool, Room, RowScorer,
    columns::{self, FEW_BYTES},
    rows::{self, FEW_ROWS},
};
use crate::{
    customer::Violations,
    grpc::{
        convert::{self, Asked, Wanted},
        deadline::Deadline,
        panics::caught,
        proto,
        status::{Refusal, deadline_passed, of_request, row_status, server_draining},
        wire::{self, CustomerRows, Customers, Encoded},
    },
    scoring::Profiles,
    telemetry::{
        Metrics,
        metrics::{Call, Stage},
    },
};

/// Answers on their way: one of scores, and one that ends the stream.
const ANSWERS: usize = 2;

/// What one message may hold.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) rows: usize,
    pub(super) column_rows: usize,
}

/// The server's side of a stream.
pub(super) struct Exchange {
    pub(super) pinned: Pinned,
    pub(super) profiles: Arc<Profiles>,
    pub(super) limits: Limits,
    pub(super) messages: Streaming<wire::StreamScoresRequest>,
    /// Turns true when the server is told to stop.
    pub(super) draining: watch::Receiver<bool>,
    /// When the stream has to end, whether or not its caller reads.
    pub(super) deadline: Option<Deadline>,
    /// For messages that take long.
    pub(super) room: Room,
    pub(super) metrics: Arc<Metrics>,
    /// Counted as cancelled if it is dropped.
    pub(super) call: Option<Call>,
}

type Answer = Result<wire::StreamScoresResponse, Status>;

impl Exchange {
    /// Answers every message, in a task of its own.
    pub(super) fn start(self, pool: &Pool) -> mpsc::Receiver<Answer> {
        let (answers, receiver) = mpsc::channel(ANSWERS);
        pool.spawn(self.run(answers));
        receiver
    }

    async fn run(mut self, answers: mpsc::Sender<Answer>) {
        // Kept for the end, which must not wait for a caller that does not read.
        let Ok(last) = answers.clone().reserve_owned().await else {
            return;
        };
        let deadline = self.deadline;
        let caller = answers.clone();
        let metrics = Arc::clone(&self.metrics);
        // Whatever is being scored is dropped when others get their turn.
        let ended = tokio::select! {
            biased;
            () = Deadline::wait(deadline) => None,
            () = caller.closed() => None,
            ended = caught(&metrics, self.answer_all(&answers)) => Some(ended.flatten()),
        };
        let ended = match (ended, deadline) {
            // Whoever notices first, the caller or the transport.
            (_, Some(deadline)) if deadline.has_passed() => Err(deadline_passed()),
            (Some(ended), _) => ended,
            (None, _) => return,
        };
        let code = ended.as_ref().map_or_else(Status::code, |()| Code::Ok);
        if let Some(call) = self.call.take() {
            call.end(i32::from(code).cast_unsigned());
        }
        if let Err(status) = ended {
            last.send(Err(status));
        }
    }

    async fn answer_all(&mut self, answers: &mpsc::Sender<Answer>) -> Result<(), Status> {
        let pinned = self.pinned.clone();
        let Some((place, mut first)) = self.next(answers).await? else {
            return Ok(());
        };
        let settings = first.settings.take();
        let settings = Settings::read(settings.as_ref(), &self.profiles).map_err(Refusal::from)?;
        let scoring = StreamScoring::new(&pinned, &settings, self.limits)?;
        let room = self.room.clone();
        place.send(Ok(scoring.answer(first, &room).await));
        while let Some((place, message)) = self.next(answers).await? {
            place.send(Ok(scoring.answer(message, &room).await));
        }
        Ok(())
    }

    /// The next message, with room for its answer: nothing is read before the
    /// answers before it have been taken.
    async fn next<'a>(
        &mut self,
        answers: &'a mpsc::Sender<Answer>,
    ) -> Result<Option<(mpsc::Permit<'a, Answer>, wire::StreamScoresRequest)>, Status> {
        let Self {
            messages, draining, ..
        } = self;
        let next = async {
            let Ok(room) = answers.reserve().await else {
                return Ok(None);
            };
            let message = messages.message().await.map_err(of_request)?;
            Ok(message.map(|message| (room, message)))
        };
        tokio::select! {
            biased;
            // An error means that the server is gone.
            _ = draining.wait_for(|draining| *draining) => Err(server_draining()),
            next = next => next,
        }
    }
}

/// How every message of a stream is scored.
struct StreamScoring<'c> {
    rows: RowScorer<'c>,
    columns: ColumnScorer<'c>,
    pinned: &'c Pinned,
    encoding: proto::NumberEncoding,
    limits: Limits,
}

/// The scores of one message.
enum Scored {
    /// The bytes of a `CustomerOutcomes`.
    Rows(Vec<u8>),
    Columns(Box<proto::ScoredColumns>),
}

/// What the first message says of all.
struct Settings {
    wanted: Wanted,
    max_reasons: Option<u32>,
    encoding: proto::NumberEncoding,
}

impl Settings {
    fn read(
        settings: Option<&proto::StreamSettings>,
        profiles: &Profiles,
    ) -> Result<Self, Violations> {
        let Some(settings) = settings else {
            let required = "is required in the first message of a stream";
            return Err(Violations::of("settings", required));
        };
        let proto::StreamSettings {
            churn_model,
            value_model,
            segmentation_model,
            profile,
            score_mask,
            language,
            max_reasons,
            number_encoding,
        } = settings;
        let asked = Asked {
            churn_model: churn_model.as_ref(),
            value_model: value_model.as_ref(),
            segmentation_model: segmentation_model.as_ref(),
            profile,
            score_mask: score_mask.as_ref(),
            language,
        };
        let mut violations = Violations::default();
        let wanted = asked
            .read(profiles)
            .map_err(|found| violations.extend(found));
        let encoding =
            convert::number_encoding(*number_encoding).map_err(|found| violations.extend(found));
        match (wanted, encoding) {
            (Ok(wanted), Ok(encoding)) => Ok(Self {
                wanted,
                max_reasons: *max_reasons,
                encoding,
            }),
            _ => Err(violations.within("settings")),
        }
    }
}

impl<'c> StreamScoring<'c> {
    fn new(pinned: &'c Pinned, settings: &'c Settings, limits: Limits) -> Result<Self, Refusal> {
        let Settings {
            wanted,
            max_reasons,
            encoding,
        } = settings;
        Ok(Self {
            rows: pinned.rows(wanted, *max_reasons)?,
            columns: pinned.columns(wanted, *max_reasons)?,
            pinned,
            encoding: *encoding,
            limits,
        })
    }

    async fn answer(
        &self,
        message: wire::StreamScoresRequest,
        room: &Room,
    ) -> wire::StreamScoresResponse {
        let result = self.score(&message, room).await;
        self.pinned.audited(&result);
        Encoded::with_capacity(0, |answer| {
            answer.number(1, message.sequence);
            match result {
                Ok(Scored::Rows(outcomes)) => answer.encoded(2, &outcomes),
                Ok(Scored::Columns(columns)) => answer.whole(3, columns.as_ref()),
                Err(refusal) => answer.whole(4, &row_status(refusal)),
            }
        })
    }

    async fn score(
        &self,
        message: &wire::StreamScoresRequest,
        room: &Room,
    ) -> Result<Scored, Refusal> {
        let wire::StreamScoresRequest {
            sequence: _, // nothing is made of it
            settings,
            customers,
        } = message;
        if settings.is_some() {
            let text = "must stand in the first message of a stream only";
            return Err(Violations::of("settings", text).into());
        }
        match customers {
            Some(Customers::Rows(CustomerRows { customers })) => {
                let violations = rows::check(customers.len(), self.limits.rows).within("rows");
                violations.into_result(())?;
                let _turn = if customers.len() > FEW_ROWS {
                    Some(room.enter_in_turn().await?)
                } else {
                    None
                };
                self.rows.take_rows(customers.len())?;
                Ok(Scored::Rows(rows::outcomes(&self.rows, customers).await?))
            }
            Some(Customers::Columns(sent)) => {
                let sent = wire::merged(sent).unwrap_or_default();
                let _turn = if sent.len() > FEW_BYTES {
                    Some(room.enter_in_turn().await?)
                } else {
                    None
                };
                let mut watch = self.columns.metrics.stages.of_columns();
                let mut general = proto::CustomerColumns::default();
                let sent = wire::read_columns(&sent, &mut general)?;
                let columns = columns::check(Some(sent), self.limits.column_rows)?;
                watch.lap(Stage::Decode);
                self.rows.take_rows(columns.rows())?;
                let scored = columns::score(&self.columns, &columns, self.encoding, watch).await?;
                Ok(Scored::Columns(Box::new(scored)))
            }
            None => Err(Violations::of("customers", "must set one of rows or columns").into()),
        }
    }
}
