//! Batches without end: order, errors of single messages, and an end that holds
//! nobody up.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use holdfast::grpc::proto::{
    Customer, CustomerRows, NumberEncoding, ScoreColumnsRequest, ScoredColumns,
    StreamScoresRequest, StreamScoresResponse, StreamSettings,
    scoring_service_client::ScoringServiceClient, stream_scores_request::Customers,
    stream_scores_response::Result as Answer,
};
use tokio::{sync::mpsc, time::timeout};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Status, Streaming, transport::Channel};
use tonic_types::StatusExt;

use crate::{
    support::process::Process,
    support::{
        Server, columns_of, customer, number, score_batch, selector, status_of, summary,
        telco_customers, telco_models, value_models, violated_fields,
    },
};

#[cfg(target_os = "linux")]
mod resources;

/// A stream and its caller's two ends.
struct Open {
    messages: mpsc::Sender<StreamScoresRequest>,
    answers: Streaming<StreamScoresResponse>,
}

impl Open {
    async fn on(client: &mut ScoringServiceClient<Channel>) -> Self {
        let (messages, sent) = mpsc::channel(1);
        let answers = client.stream_scores(ReceiverStream::new(sent));
        Self {
            answers: answers.await.unwrap().into_inner(),
            messages,
        }
    }

    async fn send(&self, message: StreamScoresRequest) {
        self.messages.send(message).await.unwrap();
    }

    async fn answer(&mut self) -> Result<StreamScoresResponse, Status> {
        let answer = timeout(Duration::from_secs(60), self.answers.message());
        Ok(answer.await.unwrap()?.unwrap())
    }

    async fn ask(&mut self, message: StreamScoresRequest) -> Result<Answer, Status> {
        let sequence = message.sequence;
        self.send(message).await;
        let answer = self.answer().await?;
        assert_eq!(answer.sequence, sequence);
        Ok(answer.result.unwrap())
    }
}

fn client(server: &Server) -> ScoringServiceClient<Channel> {
    ScoringServiceClient::new(server.channel.clone()).max_decoding_message_size(usize::MAX)
}

#[expect(clippy::unnecessary_wraps, reason = "as messages hold it")]
fn settings() -> Option<StreamSettings> {
    Some(StreamSettings {
        churn_model: Some(selector("telco-churn")),
        ..StreamSettings::default()
    })
}

fn rows(sequence: u64, customers: Vec<Customer>) -> StreamScoresRequest {
    StreamScoresRequest {
        sequence,
        settings: None,
        customers: Some(Customers::Rows(CustomerRows { customers })),
    }
}

fn columns(sequence: u64, customers: &[Customer]) -> StreamScoresRequest {
    let columns = columns_of(customers, NumberEncoding::LittleEndian);
    StreamScoresRequest {
        sequence,
        settings: None,
        customers: Some(Customers::Columns(columns)),
    }
}

fn first(message: StreamScoresRequest) -> StreamScoresRequest {
    StreamScoresRequest {
        settings: settings(),
        ..message
    }
}

#[tokio::test]
async fn rows_and_columns_are_answered_in_order_as_by_calls_of_their_own() {
    let server = Server::start(telco_models()).await;
    let customers = telco_customers();
    let batch = score_batch(customers.clone());
    let outcomes = server.score_customers(batch).await.unwrap();
    let by_column = |customers: &[Customer]| ScoreColumnsRequest {
        churn_model: Some(selector("telco-churn")),
        columns: Some(columns_of(customers, NumberEncoding::Doubles)),
        ..ScoreColumnsRequest::default()
    };

    let mut stream = Open::on(&mut client(&server)).await;
    let messages = stream.messages.clone();
    let sent = customers.clone();
    let sending = tokio::spawn(async move {
        for (at, part) in sent.chunks(500).enumerate() {
            let sequence = at as u64 * 7;
            let message = if at % 2 == 0 {
                rows(sequence, part.to_vec())
            } else {
                columns(sequence, part)
            };
            let message = if at == 0 { first(message) } else { message };
            messages.send(message).await.unwrap();
        }
    });
    for (at, part) in customers.chunks(500).enumerate() {
        let answer = stream.answer().await.unwrap();
        assert_eq!(answer.sequence, at as u64 * 7);
        match answer.result.unwrap() {
            Answer::Rows(in_stream) => {
                assert_eq!(at % 2, 0);
                let alone = &outcomes[at * 500..][..part.len()];
                assert_eq!(in_stream.outcomes, alone);
            }
            Answer::Columns(in_stream) => {
                let alone = server.score_columns(by_column(part)).await.unwrap();
                assert_eq!(in_stream, alone);
            }
            Answer::Error(status) => panic!("{status:?}"),
        }
    }
    sending.await.unwrap();
    let Open { messages, answers } = stream;
    drop(messages);
    let mut answers = answers;
    assert!(answers.message().await.unwrap().is_none());
}

fn error_fields(answer: Answer) -> Vec<String> {
    let Answer::Error(status) = answer else {
        panic!("{answer:?}");
    };
    let status = status_of(&status);
    assert_eq!(status.code(), Code::InvalidArgument);
    let reason = status.get_details_error_info().unwrap().reason;
    assert_eq!(reason, "INVALID_REQUEST");
    violated_fields(&status)
}

#[tokio::test]
async fn a_message_at_fault_does_not_end_the_stream() {
    let server = Server::start(telco_models()).await;
    let mut stream = Open::on(&mut client(&server)).await;
    let nothing = first(rows(1, Vec::new()));
    let refused = stream.ask(nothing).await.unwrap();
    assert_eq!(error_fields(refused), ["rows.customers"]);
    let missing = StreamScoresRequest {
        customers: None,
        ..rows(2, Vec::new())
    };
    let refused = stream.ask(missing).await.unwrap();
    assert_eq!(error_fields(refused), ["customers"]);
    let again = first(rows(3, vec![customer("a")]));
    let refused = stream.ask(again).await.unwrap();
    assert_eq!(error_fields(refused), ["settings"]);
    let mut odd = customer("a");
    odd.features.insert("shoe_size".to_owned(), number(43.0));
    let refused = stream.ask(columns(4, &[odd])).await.unwrap();
    assert_eq!(error_fields(refused), ["columns.features[18].name"]);
    // A row at fault is a row's matter, in a stream as elsewhere.
    let mut broken = customer("b");
    broken
        .features
        .insert("tenure".to_owned(), number(f64::NAN));
    let scored = stream.ask(columns(5, &[customer("a"), broken])).await;
    let Answer::Columns(ScoredColumns { errors, .. }) = scored.unwrap() else {
        panic!("no columns");
    };
    assert_eq!(errors.len(), 1);
    // Ids are unique within a message only.
    let scored = stream.ask(rows(6, vec![customer("a")])).await.unwrap();
    assert!(matches!(scored, Answer::Rows(_)));
}

#[tokio::test]
async fn settings_at_fault_end_the_stream() {
    let server = Server::start(telco_models()).await;
    let refusal = async |settings| {
        let mut stream = Open::on(&mut client(&server)).await;
        let message = StreamScoresRequest {
            settings,
            ..rows(1, vec![customer("a")])
        };
        stream.ask(message).await.unwrap_err()
    };
    assert_eq!(violated_fields(&refusal(None).await), ["settings"]);
    let status = refusal(Some(StreamSettings {
        number_encoding: 7,
        ..StreamSettings::default()
    }));
    assert_eq!(
        violated_fields(&status.await),
        ["settings.churn_model", "settings.number_encoding"]
    );
    let status = refusal(Some(StreamSettings {
        churn_model: Some(selector("nobody")),
        ..StreamSettings::default()
    }));
    assert_eq!(status.await.code(), Code::NotFound);
    // Nothing at all is no fault.
    let stream = Open::on(&mut client(&server)).await;
    drop(stream.messages);
    let mut answers = stream.answers;
    assert!(answers.message().await.unwrap().is_none());
}

/// What is served when a stream begins scores it to its end.
#[tokio::test]
async fn a_stream_keeps_its_models() {
    let models = crate::support::own_telco_models();
    let server = Server::start(models.path()).await;
    let mut stream = Open::on(&mut client(&server)).await;
    let version = |answer: Answer| {
        let Answer::Columns(scored) = answer else {
            panic!("{answer:?}");
        };
        scored.churn.unwrap().model.unwrap().version
    };
    let asked = stream.ask(first(columns(1, &[customer("a")]))).await;
    assert_eq!(version(asked.unwrap()), 1);
    publish_again(models.path());
    server.registry.reload().unwrap();
    let score = server.score_customer(crate::support::score_one(customer("a")));
    let pinned = score.await.unwrap().churn.unwrap().model.unwrap();
    assert_eq!(pinned.version, 2);
    let asked = stream.ask(columns(2, &[customer("a")])).await;
    assert_eq!(version(asked.unwrap()), 1);
}

fn publish_again(models: &Path) {
    let name = crate::support::name("telco-churn");
    let documents = holdfast::artifact::Documents::new();
    let content = crate::support::quick_content();
    holdfast::artifact::publish(models, &name, content, &documents).unwrap();
}
