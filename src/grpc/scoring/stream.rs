//! Batches without end, one after the other.
//!
//! A stream is a task of its own. It holds one message and one answer at a time,
//! and the catalogue that it began with. It ends with the caller, who may go away
//! in the middle of a message, and with the server.

use std::sync::Arc;

use tokio::sync::{mpsc, watch};
use tonic::{Status, Streaming};

use super::{columns, rows, scorer};
use crate::{
    customer::Violations,
    grpc::{
        convert,
        proto::{self, stream_scores_response},
        status::{Refusal, row_status, server_draining},
        wire::{self, Customers, SentCustomer},
    },
    registry::Catalogue,
    scoring::Scorer,
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
    pub(super) catalogue: Arc<Catalogue>,
    pub(super) limits: Limits,
    pub(super) messages: Streaming<wire::StreamScoresRequest>,
    /// Turns true when the server is told to stop.
    pub(super) draining: watch::Receiver<bool>,
}

type Answer = Result<proto::StreamScoresResponse, Status>;

impl Exchange {
    /// Answers every message, in a task of its own.
    pub(super) fn start(self) -> mpsc::Receiver<Answer> {
        let (answers, receiver) = mpsc::channel(ANSWERS);
        tokio::spawn(async move {
            let caller = answers.clone();
            tokio::select! {
                // Whatever is being scored is dropped when others get their turn.
                () = caller.closed() => {}
                () = self.run(answers) => {}
            }
        });
        receiver
    }

    async fn run(mut self, answers: mpsc::Sender<Answer>) {
        // Kept for the end, which must not wait for a caller that does not read.
        let Ok(last) = answers.clone().reserve_owned().await else {
            return;
        };
        if let Err(status) = self.answer_all(&answers).await {
            last.send(Err(status));
        }
    }

    async fn answer_all(&mut self, answers: &mpsc::Sender<Answer>) -> Result<(), Status> {
        let catalogue = Arc::clone(&self.catalogue);
        let Some((room, mut first)) = self.next(answers).await? else {
            return Ok(());
        };
        let settings = first.settings.take();
        let scoring = StreamScoring::new(&catalogue, self.limits, settings.as_ref())?;
        room.send(Ok(scoring.answer(first).await));
        while let Some((room, message)) = self.next(answers).await? {
            room.send(Ok(scoring.answer(message).await));
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
            let message = messages.message().await?;
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
    rows: Scorer<'c>,
    columns: Scorer<'c>,
    encoding: proto::NumberEncoding,
    limits: Limits,
}

impl<'c> StreamScoring<'c> {
    fn new(
        catalogue: &'c Catalogue,
        limits: Limits,
        settings: Option<&proto::StreamSettings>,
    ) -> Result<Self, Refusal> {
        let Some(settings) = settings else {
            let required = "is required in the first message of a stream";
            return Err(Violations::of("settings", required).into());
        };
        let proto::StreamSettings {
            churn_model,
            value_model,
            max_reasons,
            number_encoding,
        } = settings;
        let mut violations = Violations::default();
        let selected = convert::selectors(churn_model.as_ref(), value_model.as_ref())
            .map_err(|found| violations.extend(found));
        let encoding =
            convert::number_encoding(*number_encoding).map_err(|found| violations.extend(found));
        let (Ok(selected), Ok(encoding)) = (selected, encoding) else {
            return Err(violations.within("settings").into());
        };
        let reasons_of_columns = Some(max_reasons.unwrap_or_default());
        Ok(Self {
            rows: scorer(catalogue, &selected, *max_reasons)?,
            columns: scorer(catalogue, &selected, reasons_of_columns)?,
            encoding,
            limits,
        })
    }

    async fn answer(&self, message: wire::StreamScoresRequest) -> proto::StreamScoresResponse {
        let sequence = message.sequence;
        let result = self
            .score(&message)
            .await
            .unwrap_or_else(|refusal| stream_scores_response::Result::Error(row_status(refusal)));
        proto::StreamScoresResponse {
            sequence,
            result: Some(result),
        }
    }

    async fn score(
        &self,
        message: &wire::StreamScoresRequest,
    ) -> Result<stream_scores_response::Result, Refusal> {
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
            Some(Customers::Rows(wire::CustomerRows { customers })) => {
                let violations = rows::check(customers.len(), self.limits.rows).within("rows");
                violations.into_result(())?;
                let customers = SentCustomer::read_all(customers)?;
                let outcomes = rows::score(&self.rows, &customers).await;
                let outcomes = proto::CustomerOutcomes { outcomes };
                Ok(stream_scores_response::Result::Rows(outcomes))
            }
            Some(Customers::Columns(sent)) => {
                let columns = columns::parse(Some(sent), self.limits.column_rows)?;
                let scored = columns::score(&self.columns, &columns, self.encoding).await?;
                Ok(stream_scores_response::Result::Columns(scored))
            }
            None => Err(Violations::of("customers", "must set one of rows or columns").into()),
        }
    }
}
