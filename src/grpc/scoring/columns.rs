//! Customers by column.

use std::sync::Arc;

use super::{ColumnScorer, Scoring, tally::tell_columns};
use crate::{
    access::Principal,
    customer::{CustomerColumns, SentColumns, Violations},
    grpc::{
        convert, proto,
        status::Refusal,
        wire::{self, read_columns},
    },
    telemetry::metrics::{Stage, Watch},
};

/// After how many rows other calls get their turn, and a caller that has gone
/// away is noticed: so few that what their features add stays in the nearest cache.
const ROWS_PER_TURN: usize = 128;
/// The same where a value model scores.
const SLOW_ROWS_PER_TURN: usize = 4;
/// So many take about as long as to have another thread score them, turns included.
pub(super) const FEW_BYTES: usize = 1 << 16;

impl Scoring {
    pub(super) async fn score_request_of_columns(
        &self,
        request: &wire::ScoreColumnsRequest,
        caller: Arc<Principal>,
    ) -> Result<proto::ScoredColumns, Refusal> {
        let mut watch = self.metrics.stages.of_columns();
        let sent = request.columns();
        let mut general = proto::CustomerColumns::default();
        let sent = sent.as_deref();
        let sent = sent
            .map(|bytes| read_columns(bytes, &mut general))
            .transpose()?;
        let mut violations = Violations::default();
        let asked = request.asked();
        let wanted = asked
            .read(&self.profiles)
            .map_err(|found| violations.extend(found));
        let encoding = convert::number_encoding(request.number_encoding)
            .map_err(|found| violations.extend(found));
        let columns = check(sent, self.max_column_rows).map_err(|found| violations.extend(found));
        let (Ok(wanted), Ok(encoding), Ok(columns)) = (wanted, encoding, columns) else {
            return Err(violations.into());
        };
        watch.lap(Stage::Decode);
        let pinned = self.pin(caller, "ScoreColumns");
        let scorer = pinned.columns(&wanted, request.max_reasons)?;
        pinned.take_rows(columns.rows())?;
        let answer = score(&scorer, &columns, encoding, watch).await;
        pinned.audited(&answer);
        Ok(answer?)
    }
}

/// Checks the columns of a request; all that is wrong stands below `columns`.
pub(super) fn check(
    sent: Option<SentColumns<'_>>,
    max_rows: usize,
) -> Result<CustomerColumns<'_>, Violations> {
    let Some(sent) = sent else {
        return Err(Violations::of("columns", "is required"));
    };
    if sent.ids.len() > max_rows {
        let text = format!("must be at most {max_rows} a message; send several, or a stream");
        return Err(Violations::of("columns.ids", text));
    }
    CustomerColumns::new(sent).map_err(|found| found.within("columns"))
}

/// Scores customers by column.
pub(super) async fn score(
    scorer: &ColumnScorer<'_>,
    columns: &CustomerColumns<'_>,
    encoding: proto::NumberEncoding,
    mut watch: Watch<'_>,
) -> Result<proto::ScoredColumns, Violations> {
    let rows_per_turn = if scorer.scorers.is_slow() {
        SLOW_ROWS_PER_TURN
    } else {
        ROWS_PER_TURN
    };
    let plan = scorer.scorers.plan(columns);
    let mut plan = plan.map_err(|found| found.within("columns"))?;
    let mut rows = 0..0;
    loop {
        let more = plan.score_next(rows_per_turn);
        rows = rows.end..columns.rows().min(rows.end + rows_per_turn);
        scorer.note(columns, rows.clone());
        scorer.offer(columns, rows.clone());
        if !more {
            break;
        }
        tokio::task::yield_now().await;
    }
    let told = plan.into_scores();
    tell_columns(scorer.metrics, &told);
    scorer.heard.tell_columns(columns, |row| {
        told.refused.iter().any(|(refused, _)| *refused == row)
    });
    watch.lap(Stage::Score);
    let answer = convert::scored_columns(told, scorer.mask, encoding);
    watch.lap(Stage::Answer);
    Ok(answer)
}
