//! `ScoringService`.

mod columns;

use std::{
    collections::{HashMap, hash_map},
    sync::Arc,
};

use tonic::{Request, Response, Status};

use super::{
    convert::{self, Selected},
    proto::{self, customer_outcome::Outcome},
    status::{Refusal, row_status},
};
use crate::{
    customer::{Snapshot, Violations},
    registry::{Catalogue, Registry, Selector},
    scoring::{self, DEFAULT_REASONS, Scorer},
};

/// After how many rows of a batch other calls get their turn.
const ROWS_PER_TURN: usize = 256;

pub(super) struct Scoring {
    pub(super) registry: Arc<Registry>,
    pub(super) max_batch_rows: usize,
    pub(super) max_column_rows: usize,
}

#[tonic::async_trait]
impl proto::scoring_service_server::ScoringService for Scoring {
    async fn score_customer(
        &self,
        request: Request<proto::ScoreCustomerRequest>,
    ) -> Result<Response<proto::ScoreCustomerResponse>, Status> {
        let score = self.score_one(request.get_ref())?;
        Ok(Response::new(proto::ScoreCustomerResponse {
            score: Some(score),
        }))
    }

    async fn score_customers(
        &self,
        request: Request<proto::ScoreCustomersRequest>,
    ) -> Result<Response<proto::ScoreCustomersResponse>, Status> {
        let outcomes = self.score_batch(request.get_ref()).await?;
        Ok(Response::new(proto::ScoreCustomersResponse { outcomes }))
    }

    async fn score_columns(
        &self,
        request: Request<proto::ScoreColumnsRequest>,
    ) -> Result<Response<proto::ScoreColumnsResponse>, Status> {
        let columns = self.score_request_of_columns(request.get_ref()).await?;
        Ok(Response::new(proto::ScoreColumnsResponse {
            columns: Some(columns),
        }))
    }
}

impl Scoring {
    fn score_one(
        &self,
        request: &proto::ScoreCustomerRequest,
    ) -> Result<proto::CustomerScore, Refusal> {
        let proto::ScoreCustomerRequest {
            churn_model,
            value_model,
            max_reasons,
            customer,
        } = request;
        let selected = convert::selectors(churn_model.as_ref(), value_model.as_ref());
        let Some(customer) = customer else {
            let mut violations = selected.err().unwrap_or_default();
            violations.push("customer", "is required");
            return Err(violations.into());
        };
        let selected = selected.map_err(|mut violations| {
            if let Err(invalid) = Snapshot::try_from(customer) {
                violations.extend(invalid.violations().clone().within("customer"));
            }
            violations
        })?;
        let catalogue = self.registry.current();
        let scorer = scorer(&catalogue, &selected, *max_reasons)?;
        let score =
            score_row(&scorer, customer).map_err(|violations| violations.within("customer"))?;
        Ok(score)
    }

    async fn score_batch(
        &self,
        request: &proto::ScoreCustomersRequest,
    ) -> Result<Vec<proto::CustomerOutcome>, Refusal> {
        let proto::ScoreCustomersRequest {
            churn_model,
            value_model,
            max_reasons,
            customers,
        } = request;
        let selected = convert::selectors(churn_model.as_ref(), value_model.as_ref());
        let mut violations = selected.as_ref().err().cloned().unwrap_or_default();
        if customers.is_empty() {
            violations.push("customers", "must not be empty");
        }
        if customers.len() > self.max_batch_rows {
            let limit = self.max_batch_rows;
            violations.push(
                "customers",
                format!("must be at most {limit} a call; send several calls"),
            );
        }
        let selected = violations.into_result(()).and(selected)?;
        // One catalogue for all rows, whatever is reloaded meanwhile.
        let catalogue = self.registry.current();
        let scorer = scorer(&catalogue, &selected, *max_reasons)?;

        let mut first_use = HashMap::with_capacity(customers.len());
        let mut outcomes = Vec::with_capacity(customers.len());
        for (index, customer) in customers.iter().enumerate() {
            if index % ROWS_PER_TURN == ROWS_PER_TURN - 1 {
                tokio::task::yield_now().await;
            }
            let earlier = match first_use.entry(customer.id.as_str()) {
                hash_map::Entry::Vacant(entry) => {
                    entry.insert(index);
                    None
                }
                hash_map::Entry::Occupied(entry) => Some(*entry.get()),
            };
            outcomes.push(outcome(&scorer, customer, index, earlier));
        }
        Ok(outcomes)
    }
}

/// A scorer by the models that a request wants.
fn scorer<'c>(
    catalogue: &'c Catalogue,
    selected: &Selected,
    max_reasons: Option<u32>,
) -> Result<Scorer<'c>, Refusal> {
    let Selected { churn, value } = selected;
    let select = |selector: &Option<Selector>| {
        let selector = selector.as_ref();
        selector.map(|selector| catalogue.select(selector))
    };
    let models = scoring::Models {
        churn: select(churn).transpose()?,
        value: select(value).transpose()?,
    };
    Ok(Scorer::new(models, reasons(max_reasons))?)
}

fn reasons(max_reasons: Option<u32>) -> usize {
    max_reasons.map_or(DEFAULT_REASONS, |max| {
        usize::try_from(max).unwrap_or(usize::MAX)
    })
}

fn score_row(
    scorer: &Scorer<'_>,
    customer: &proto::Customer,
) -> Result<proto::CustomerScore, Violations> {
    let snapshot = Snapshot::try_from(customer).map_err(|invalid| scorer.refuse(&invalid))?;
    Ok(scorer.score(&snapshot)?.into())
}

/// The outcome of row `index`, whose id was first used by row `earlier`.
fn outcome(
    scorer: &Scorer<'_>,
    customer: &proto::Customer,
    index: usize,
    earlier: Option<usize>,
) -> proto::CustomerOutcome {
    let mut result = score_row(scorer, customer);
    if let (Some(earlier), false) = (earlier, customer.id.is_empty()) {
        let mut violations =
            Violations::of("id", format!("repeats the id of customers[{earlier}]"));
        violations.extend(result.err().unwrap_or_default());
        result = Err(violations);
    }
    let (customer_id, outcome) = match result {
        Ok(score) => (score.customer_id.clone(), Outcome::Score(score)),
        Err(violations) => {
            let refusal = violations.within(&format!("customers[{index}]")).into();
            (echoed_id(customer), Outcome::Error(row_status(refusal)))
        }
    };
    proto::CustomerOutcome {
        customer_id,
        outcome: Some(outcome),
    }
}

/// The id of a row at fault, unless it is itself too long to be one.
fn echoed_id(customer: &proto::Customer) -> String {
    if customer.id.len() <= crate::customer::MAX_ID_BYTES {
        customer.id.clone()
    } else {
        String::new()
    }
}
