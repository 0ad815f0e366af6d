//! Customers row by row.

use super::RowScorer;
use crate::{
    customer::{FirstUses, MAX_ID_BYTES, Violations},
    grpc::{
        proto::{self, customer_outcome::Outcome},
        status::row_status,
        wire::SentCustomer,
    },
};

/// After how many rows other calls get their turn, and a caller that has gone
/// away is noticed.
const ROWS_PER_TURN: usize = 256;

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

/// Scores customers, each with an outcome of its own.
pub(super) async fn score(
    scorer: &RowScorer<'_>,
    customers: &[SentCustomer<'_>],
) -> Vec<proto::CustomerOutcome> {
    let mut first_uses = FirstUses::with_capacity(customers.len());
    let mut outcomes = Vec::with_capacity(customers.len());
    for (index, customer) in customers.iter().enumerate() {
        if index % ROWS_PER_TURN == ROWS_PER_TURN - 1 {
            tokio::task::yield_now().await;
        }
        let earlier = first_uses.earlier(customer.id(), index);
        outcomes.push(outcome(scorer, customer, index, earlier));
    }
    outcomes
}

/// The outcome of row `index`, whose id was first used by row `earlier`.
fn outcome(
    scorer: &RowScorer<'_>,
    customer: &SentCustomer<'_>,
    index: usize,
    earlier: Option<usize>,
) -> proto::CustomerOutcome {
    let mut result = scorer.score(customer);
    if let (Some(earlier), false) = (earlier, customer.id().is_empty()) {
        let mut violations =
            Violations::of("id", format!("repeats the id of customers[{earlier}]"));
        violations.extend(result.err().unwrap_or_default());
        result = Err(violations);
    }
    let (customer_id, outcome) = match result {
        Ok(score) => (score.customer_id.clone(), Outcome::Score(score)),
        Err(violations) => {
            let refusal = violations.within(&format!("customers[{index}]")).into();
            (echoed(customer.id()), Outcome::Error(row_status(refusal)))
        }
    };
    proto::CustomerOutcome {
        customer_id,
        outcome: Some(outcome),
    }
}

/// The id of a row at fault, unless it is itself too long to be one.
fn echoed(id: &str) -> String {
    if id.len() <= MAX_ID_BYTES {
        id.to_owned()
    } else {
        String::new()
    }
}
