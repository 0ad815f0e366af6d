//! What is sent, and how much of it at once.

use holdfast::{
    artifact::Artifact,
    grpc::proto::{
        ModelSelector, NumberEncoding, ScoreColumnsRequest, ScoreColumnsResponse,
        ScoreCustomerRequest, ScoreCustomerResponse, ScoreCustomersRequest, ScoreCustomersResponse,
        customer_outcome::Outcome,
    },
};
use prost::{DecodeError, Message, bytes::Bytes};

use super::{columns, telco};

const ROWS: usize = 1000;

/// Encoded requests of one method, sent in turn.
#[derive(Clone)]
pub(crate) struct Workload {
    pub(crate) method: &'static str,
    /// What sets it apart from others of its method.
    pub(crate) variant: &'static str,
    pub(crate) requests: Vec<Bytes>,
    /// Customers in each request.
    pub(crate) rows: usize,
    /// Reads how many scores a response holds.
    pub(crate) scores: fn(Bytes) -> Result<usize, DecodeError>,
    pub(crate) in_flight: usize,
    pub(crate) connections: usize,
}

/// One customer a call, by itself and with others in flight; many a call, row by
/// row and by column.
pub(crate) fn all(artifact: &Artifact) -> anyhow::Result<Vec<Workload>> {
    let churn_model = Some(ModelSelector {
        name: artifact.identity.name.to_string(),
        choice: None,
    });
    let customers = telco::customers(artifact, ROWS)?;
    let many = ScoreCustomersRequest {
        churn_model: churn_model.clone(),
        value_model: None,
        max_reasons: None,
        customers: customers.clone(),
        ..ScoreCustomersRequest::default()
    };
    let single = |customer| ScoreCustomerRequest {
        churn_model: churn_model.clone(),
        value_model: None,
        max_reasons: None,
        customer: Some(customer),
        ..ScoreCustomerRequest::default()
    };
    let alone = Workload {
        method: "ScoreCustomer",
        variant: "",
        requests: customers.iter().cloned().map(single).map(encode).collect(),
        rows: 1,
        scores: |response| {
            let response = ScoreCustomerResponse::decode(response)?;
            Ok(response.score.into_iter().count())
        },
        in_flight: 1,
        connections: 1,
    };
    let together = Workload {
        in_flight: 64,
        connections: 4,
        ..alone.clone()
    };
    let batches = Workload {
        method: "ScoreCustomers",
        variant: "",
        requests: vec![encode(many)],
        rows: ROWS,
        scores: |response| {
            let response = ScoreCustomersResponse::decode(response)?;
            let outcomes = response.outcomes.into_iter();
            Ok(outcomes
                .filter(|row| matches!(row.outcome, Some(Outcome::Score(_))))
                .count())
        },
        in_flight: 4,
        connections: 4,
    };
    let by_column = |encoding: NumberEncoding, max_reasons: u32, variant| {
        let request = ScoreColumnsRequest {
            churn_model: churn_model.clone(),
            value_model: None,
            max_reasons: Some(max_reasons),
            columns: Some(columns::of(artifact, &customers, encoding)?),
            number_encoding: encoding.into(),
            ..ScoreColumnsRequest::default()
        };
        anyhow::Ok(Workload {
            method: "ScoreColumns",
            variant,
            requests: vec![encode(request)],
            scores: |response| {
                let scored = ScoreColumnsResponse::decode(response)?.columns;
                Ok(scored.map_or(0, |scored| scored.rows as usize - scored.errors.len()))
            },
            ..batches.clone()
        })
    };
    let columns = [
        by_column(NumberEncoding::Doubles, 0, "")?,
        by_column(NumberEncoding::LittleEndian, 0, ", bytes")?,
        by_column(NumberEncoding::LittleEndian, 5, ", bytes, 5 reasons")?,
    ];
    let mut all = vec![alone, together, batches];
    all.extend(columns);
    Ok(all)
}

#[expect(clippy::needless_pass_by_value, reason = "ends chains of `map`")]
fn encode(message: impl Message) -> Bytes {
    message.encode_to_vec().into()
}
