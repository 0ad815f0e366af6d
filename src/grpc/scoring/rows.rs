//! Customers row by row.

use prost::{DecodeError, bytes::Bytes};

use super::RowScorer;
use crate::{
    customer::{FirstUses, MAX_ID_BYTES, Violations},
    grpc::{
        status::row_status,
        wire::{Expected, Fields, MessageWriter, SentCustomer},
    },
    telemetry::metrics::{Stage, Watch},
};

/// After how many rows other calls get their turn, and a caller that has gone
/// away is noticed.
const ROWS_PER_TURN: usize = 256;
/// The same where a value model scores.
const SLOW_ROWS_PER_TURN: usize = 16;
/// So many take less time than to have another thread score them.
pub(super) const FEW_ROWS: usize = 16;
/// About as many take most scores with their reasons.
pub(super) const SCORE_BYTES: usize = 320;

/// What is wrong with the rows as a whole.
pub(super) fn check(customers: usize, max_rows: usize) -> Violations {
    let mut violations = Violations::default();
    if customers == 0 {
        violations.push("customers", "must not be empty");
    }
    if customers > max_rows {
        violations.push(
            "customers",
            format!("must be at most {max_rows} a call; send several calls, or a stream"),
        );
    }
    violations
}

/// Scores customers, each with an outcome of its own: the bytes of a
/// `CustomerOutcomes`, which are those of a `ScoreCustomersResponse`.
pub(super) async fn outcomes(
    scorer: &RowScorer<'_>,
    customers: &[Bytes],
) -> Result<Vec<u8>, DecodeError> {
    let mut first_uses = FirstUses::with_capacity(customers.len());
    let mut expected = scorer.names().map(Expected::again);
    let mut bytes = Vec::with_capacity(customers.len() * SCORE_BYTES);
    let rows_per_turn = if scorer.scorers.is_slow() {
        SLOW_ROWS_PER_TURN
    } else {
        ROWS_PER_TURN
    };
    for (index, customer) in customers.iter().enumerate() {
        if index % rows_per_turn == rows_per_turn - 1 {
            tokio::task::yield_now().await;
        }
        let mut watch = scorer.watch();
        let mut customer = SentCustomer::read(customer, expected.as_mut())?;
        watch.lap(Stage::Decode);
        let earlier = first_uses.earlier(customer.kept_id(), index);
        MessageWriter::new(&mut bytes, Fields::ALL).message(1, Fields::ALL, |message| {
            outcome(scorer, &mut customer, index, earlier, watch, message);
        });
    }
    scorer.tell();
    Ok(bytes)
}

/// Writes the `CustomerOutcome` of row `index`, whose id was first used by row
/// `earlier`.
fn outcome(
    scorer: &RowScorer<'_>,
    customer: &mut SentCustomer<'_>,
    index: usize,
    earlier: Option<usize>,
    watch: Watch<'_>,
    message: &mut MessageWriter<'_>,
) {
    let arms = scorer.arms(customer);
    let result = match earlier.filter(|_| !customer.id().is_empty()) {
        None => scorer.score(customer, arms, watch, |score| {
            message.text(1, score.customer_id);
            scorer.write(score, arms, 2, message);
        }),
        Some(earlier) => {
            let text = format!("repeats the id of customers[{earlier}]");
            let mut violations = Violations::of("id", text);
            let more = scorer.score(customer, arms, Watch::off(), |_| ());
            violations.extend(more.err().unwrap_or_default());
            Err(violations)
        }
    };
    scorer.count(customer, arms, result.is_ok());
    if let Err(violations) = result {
        let refusal = violations.within(&format!("customers[{index}]")).into();
        message.text(1, echoed(customer.id()));
        message.whole(3, &row_status(refusal));
    }
}

/// The id of a row at fault, unless it is itself too long to be one.
fn echoed(id: &str) -> &str {
    if id.len() <= MAX_ID_BYTES { id } else { "" }
}
