//! Calls that take too long, are too large or too many: the right code, at once,
//! and nothing of them goes on.

mod admission;
mod connections;
mod deadlines;
mod large_calls;
mod sizes;
mod slow;

use std::{net::SocketAddr, time::Duration};

use h2::{
    SendStream,
    client::{ResponseFuture, SendRequest},
};
use holdfast::grpc::proto::{
    Customer, CustomerRows, NumberEncoding, ScoreColumnsRequest, ScoreCustomersRequest,
    StreamScoresRequest, StreamSettings, WhatIfGoal, WhatIfRequest,
    stream_scores_request::Customers, what_if_goal::Target,
};
use prost::{Message, bytes::Bytes};
use tokio::{io::AsyncWriteExt, net::TcpStream, time::timeout};
use tonic::{Code, Status, codegen::http::Request};
use tonic_types::StatusExt as _;

use crate::support::{columns_of, customer, selector, summary};

/// A caller without a deadline of its own: the library's clients end a call
/// themselves before its answer can come.
struct Caller(SendRequest<Bytes>);

/// A call that has begun.
struct Begun {
    answer: ResponseFuture,
    body: SendStream<Bytes>,
}

impl Caller {
    async fn of(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        let mut client = h2::client::Builder::new();
        client.initial_window_size(1 << 24);
        client.initial_connection_window_size(1 << 24);
        let (calls, connection) = client.handshake(stream).await.unwrap();
        tokio::spawn(connection);
        Self(calls)
    }

    /// Sends the headers of a call.
    async fn begin(&mut self, method: &str, headers: &[(&str, &str)]) -> Begun {
        let mut request = Request::post(format!("http://server/{method}"))
            .header("content-type", "application/grpc")
            .header("te", "trailers");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let calls = self.0.clone();
        let mut calls = calls.ready().await.unwrap();
        let (answer, body) = calls
            .send_request(request.body(()).unwrap(), false)
            .unwrap();
        Begun { answer, body }
    }

    /// Sends a whole call with `grpc-timeout`; how it ends.
    async fn ask(&mut self, asked: &Asked, time: &str) -> Status {
        let mut begun = self.begin(asked.method, &[("grpc-timeout", time)]).await;
        // The end may have come before all was sent.
        let _ = begun.body.send_data(framed(&asked.message), !asked.goes_on);
        begun.status().await
    }
}

impl Begun {
    /// How the call ends.
    async fn status(self) -> Status {
        let Self {
            answer,
            body: _body,
        } = self;
        let told = async {
            let answer = answer.await.unwrap();
            if let Some(status) = Status::from_header_map(answer.headers()) {
                return status;
            }
            let mut body = answer.into_body();
            while let Some(data) = body.data().await {
                let taken = data.unwrap().len();
                body.flow_control().release_capacity(taken).unwrap();
            }
            let trailers = body.trailers().await.unwrap();
            Status::from_header_map(&trailers.unwrap()).unwrap()
        };
        timeout(Duration::from_secs(60), told).await.unwrap()
    }
}

/// A connection by hand.
async fn greet(address: SocketAddr) -> TcpStream {
    let mut peer = TcpStream::connect(address).await.unwrap();
    // The preface, and empty settings.
    peer.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        .await
        .unwrap();
    peer.write_all(&[0, 0, 0, 4, 0, 0, 0, 0, 0]).await.unwrap();
    peer
}

/// A message as gRPC frames it.
fn framed(message: &[u8]) -> Bytes {
    let length = u32::try_from(message.len()).unwrap().to_be_bytes();
    [&[0], &length[..], message].concat().into()
}

fn reason(status: &Status) -> String {
    let info = status.get_details_error_info().unwrap();
    assert_eq!(info.domain, "holdfast");
    info.reason
}

/// What is asked for.
struct Asked {
    method: &'static str,
    message: Vec<u8>,
    /// Whether more messages may follow.
    goes_on: bool,
}

/// Customers that take the value model long.
fn buyers(count: usize) -> Vec<Customer> {
    let mut buyers = vec![summary(20.0, 213.0, 272.0); count];
    for (row, buyer) in buyers.iter_mut().enumerate() {
        buyer.id = row.to_string();
    }
    buyers
}

/// Calls that take their time, of every shape.
fn slow() -> [Asked; 5] {
    let batch = ScoreCustomersRequest {
        value_model: Some(selector("cdnow")),
        customers: buyers(10_000),
        ..ScoreCustomersRequest::default()
    };
    let columns = ScoreColumnsRequest {
        value_model: Some(selector("cdnow")),
        columns: Some(columns_of(&buyers(100_000), NumberEncoding::LittleEndian)),
        ..ScoreColumnsRequest::default()
    };
    // Nobody is that loyal, but it takes long to find out.
    let what_if = WhatIfRequest {
        churn_model: Some(selector("telco-churn")),
        customer: Some(customer("1")),
        goal: Some(WhatIfGoal {
            target: Some(Target::ProbabilityBelow(1e-9)),
            actionable: customer("1").features.into_keys().collect(),
        }),
        ..WhatIfRequest::default()
    };
    let settings = StreamSettings {
        value_model: Some(selector("cdnow")),
        ..StreamSettings::default()
    };
    let rows = StreamScoresRequest {
        settings: Some(settings.clone()),
        customers: Some(Customers::Rows(CustomerRows {
            customers: buyers(10_000),
        })),
        ..StreamScoresRequest::default()
    };
    let stream_columns = StreamScoresRequest {
        settings: Some(settings),
        customers: columns.columns.clone().map(Customers::Columns),
        ..StreamScoresRequest::default()
    };
    let asked = |method, message, goes_on| Asked {
        method,
        message,
        goes_on,
    };
    [
        asked(BATCH, batch.encode_to_vec(), false),
        asked(COLUMNS, columns.encode_to_vec(), false),
        asked(WHAT_IF, what_if.encode_to_vec(), false),
        asked(STREAM, rows.encode_to_vec(), true),
        asked(STREAM, stream_columns.encode_to_vec(), true),
    ]
}

const BATCH: &str = "holdfast.v1.ScoringService/ScoreCustomers";
const COLUMNS: &str = "holdfast.v1.ScoringService/ScoreColumns";
const LIST: &str = "holdfast.v1.ModelService/ListModels";
const WHAT_IF: &str = "holdfast.v1.ScoringService/WhatIf";
const STREAM: &str = "holdfast.v1.ScoringService/StreamScores";
