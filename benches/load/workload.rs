//! What is sent, and how much of it at once.

use holdfast::{
    artifact::Artifact,
    grpc::proto::{
        Customer, ModelSelector, NumberEncoding, PurchaseSummary, ScoreColumnsRequest,
        ScoreColumnsResponse, ScoreCustomerRequest, ScoreCustomerResponse, ScoreCustomersRequest,
        ScoreCustomersResponse, customer::Purchases, customer_outcome::Outcome,
    },
};
use prost::{DecodeError, Message, bytes::Bytes};
use prost_types::FieldMask;

use super::{columns, server, telco};

/// Customers in a request of many.
pub(crate) const ROWS: usize = 1000;

/// Calls of one method that are compared.
pub(crate) struct Workload {
    pub(crate) method: &'static str,
    pub(crate) lanes: Vec<Lane>,
    /// Customers in each request.
    pub(crate) rows: usize,
    pub(crate) in_flight: usize,
    pub(crate) connections: usize,
}

/// Encoded requests, sent in turn.
#[derive(Clone)]
pub(crate) struct Lane {
    pub(crate) label: &'static str,
    pub(crate) requests: Vec<Bytes>,
    pub(crate) answered: Answered,
}

/// Who answers a lane.
#[derive(Clone, Copy)]
pub(crate) enum Answered {
    /// The server that scores nothing, at this path.
    Unscored(&'static str),
    /// The service; reads how many scores a response holds.
    Scored(fn(Bytes) -> Result<usize, DecodeError>),
}

/// What is asked of a score, more from one to the next.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Asked {
    Probability,
    Reasons,
    Value,
    Everything,
}

const ASKED: [Asked; 4] = [
    Asked::Probability,
    Asked::Reasons,
    Asked::Value,
    Asked::Everything,
];

impl Asked {
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Probability => "probability",
            Self::Reasons => "churn score: + 5 reasons",
            Self::Value => "+ value score",
            Self::Everything => "full score: + policy",
        }
    }

    fn mask(self) -> Option<FieldMask> {
        let paths: &[&str] = match self {
            Self::Probability => &["churn.probability", "churn.model"],
            Self::Reasons => &["churn"],
            Self::Value => &["churn", "value"],
            Self::Everything => return None,
        };
        Some(FieldMask {
            paths: paths.iter().map(|&path| path.to_owned()).collect(),
        })
    }

    fn value_model(self) -> Option<ModelSelector> {
        (self >= Self::Value).then(|| selector("cdnow-value"))
    }
}

/// One customer a call, by itself and with others in flight; many a call, row by
/// row and by column.
pub(crate) fn all(artifact: &Artifact) -> anyhow::Result<Vec<Workload>> {
    let customers = telco::customers(artifact, ROWS)?;
    let by_column = columns_of(artifact, &customers)?;
    let customers: Vec<Customer> = customers.into_iter().map(with_purchases).collect();
    let together = one_each(&customers);
    let alone = Workload {
        lanes: together.lanes.clone(),
        in_flight: 1,
        connections: 1,
        ..together
    };
    let many = |method, lanes| Workload {
        method,
        lanes,
        rows: ROWS,
        in_flight: 4,
        connections: 4,
    };
    Ok(vec![
        alone,
        together,
        many("ScoreCustomers", batches(&customers)),
        many("ScoreColumns", by_column),
    ])
}

/// One customer a call, with others in flight.
pub(crate) fn together(artifact: &Artifact) -> anyhow::Result<Workload> {
    let customers = telco::customers(artifact, ROWS)?.into_iter();
    Ok(one_each(&customers.map(with_purchases).collect::<Vec<_>>()))
}

fn one_each(customers: &[Customer]) -> Workload {
    Workload {
        method: "ScoreCustomer",
        lanes: single(customers),
        rows: 1,
        in_flight: 64,
        connections: 4,
    }
}

/// Every lane has customers with the same fields, so that the first one's bytes
/// are theirs, give or take a selector.
fn single(customers: &[Customer]) -> Vec<Lane> {
    let requests = |asked: Asked| {
        let request = |customer: &Customer| ScoreCustomerRequest {
            churn_model: Some(selector("telco-churn")),
            value_model: asked.value_model(),
            score_mask: asked.mask(),
            customer: Some(customer.clone()),
            ..ScoreCustomerRequest::default()
        };
        customers.iter().map(request).map(encode).collect()
    };
    lanes(requests, server::DECODE_ONE, |response| {
        let response = ScoreCustomerResponse::decode(response)?;
        Ok(response.score.into_iter().count())
    })
}

fn batches(customers: &[Customer]) -> Vec<Lane> {
    let requests = |asked: Asked| {
        vec![encode(ScoreCustomersRequest {
            churn_model: Some(selector("telco-churn")),
            value_model: asked.value_model(),
            score_mask: asked.mask(),
            customers: customers.to_vec(),
            ..ScoreCustomersRequest::default()
        })]
    };
    let mut lanes = lanes(requests, server::DECODE_MANY, |response| {
        let response = ScoreCustomersResponse::decode(response)?;
        let outcomes = response.outcomes.into_iter();
        Ok(outcomes
            .filter(|row| matches!(row.outcome, Some(Outcome::Score(_))))
            .count())
    });
    let plain = Lane {
        label: "plain maps by prost",
        answered: Answered::Unscored(server::DECODE_PLAIN),
        ..lanes[0].clone()
    };
    lanes.insert(1, plain);
    lanes
}

fn lanes(
    requests: impl Fn(Asked) -> Vec<Bytes>,
    decode: &'static str,
    scores: fn(Bytes) -> Result<usize, DecodeError>,
) -> Vec<Lane> {
    let unscored = |label, path| Lane {
        label,
        requests: requests(Asked::Everything),
        answered: Answered::Unscored(path),
    };
    let asked = ASKED.map(|asked| Lane {
        label: asked.label(),
        requests: requests(asked),
        answered: Answered::Scored(scores),
    });
    let mut lanes = vec![
        unscored("empty", server::SKIP),
        unscored("decoded by prost", decode),
    ];
    lanes.extend(asked);
    lanes
}

fn columns_of(artifact: &Artifact, customers: &[Customer]) -> anyhow::Result<Vec<Lane>> {
    let lane = |label, encoding: NumberEncoding, max_reasons| {
        let request = ScoreColumnsRequest {
            churn_model: Some(selector("telco-churn")),
            max_reasons: Some(max_reasons),
            columns: Some(columns::of(artifact, customers, encoding)?),
            number_encoding: encoding.into(),
            ..ScoreColumnsRequest::default()
        };
        anyhow::Ok(Lane {
            label,
            requests: vec![encode(request)],
            answered: Answered::Scored(|response| {
                let scored = ScoreColumnsResponse::decode(response)?.columns;
                Ok(scored.map_or(0, |scored| scored.rows as usize - scored.errors.len()))
            }),
        })
    };
    let scored = [
        lane("packed doubles", NumberEncoding::Doubles, 0)?,
        lane("little-endian bytes", NumberEncoding::LittleEndian, 0)?,
        lane("the same, + 5 reasons", NumberEncoding::LittleEndian, 5)?,
    ];
    let empty = Lane {
        label: "empty",
        answered: Answered::Unscored(server::SKIP),
        ..scored[0].clone()
    };
    Ok([vec![empty], scored.to_vec()].concat())
}

/// The customer with a summary of purchases, some of any number.
fn with_purchases(customer: Customer) -> Customer {
    let repeats = customer.id.bytes().map(u32::from).sum::<u32>() % 8;
    Customer {
        purchases: Some(Purchases::Summary(PurchaseSummary {
            frequency: f64::from(repeats),
            recency_days: f64::from(repeats * 30),
            observation_days: 270.0,
            mean_repeat_spend: (repeats > 0).then_some(35.5),
            currency: "USD".to_owned(),
        })),
        ..customer
    }
}

fn selector(name: &str) -> ModelSelector {
    ModelSelector {
        name: name.to_owned(),
        choice: None,
    }
}

#[expect(clippy::needless_pass_by_value, reason = "ends chains of `map`")]
fn encode(message: impl Message) -> Bytes {
    message.encode_to_vec().into()
}
