//! A version that would refuse what callers sent lately does not serve by itself.

use std::time::Duration;

use holdfast::{
    artifact::{self, ChurnContent, Content, Documents, Version},
    features::{Feature, FeatureKind, Schema},
    grpc::proto::{
        Customer, ModelChange, NumberEncoding, ScoreColumnsRequest, model_change::Change,
    },
    model::{ChurnModel, Coefficient},
};
use tokio::time::{sleep, timeout};
use tonic::{Code, Status};

use super::{
    Client, MODEL, alias, contents, model, models, reason, request, version, write_aliases,
};
use crate::support::{Server, columns_of, customer, process::Process, selector, text};

const PATIENCE: Duration = Duration::from_secs(60);

/// The shipped features, and another that every customer needs.
fn demanding() -> Content {
    let Content::Churn(shipped) = contents()[0].clone() else {
        panic!("no churn model");
    };
    let mut features = shipped.model.schema().features().to_vec();
    features.push(Feature {
        name: "Region".to_owned(),
        required: true,
        kind: FeatureKind::Text(vec!["north".to_owned(), "south".to_owned()]),
    });
    let schema = Schema::new(features).unwrap();
    let coefficient = Coefficient {
        weight: 0.1,
        training_mean: 0.5,
    };
    let coefficients = vec![coefficient; schema.width()];
    let model = ChurnModel::new(schema, 0.1, coefficients).unwrap();
    Content::from(ChurnContent { model, ..*shipped })
}

fn publish_demanding(root: &std::path::Path) {
    artifact::publish(root, &model(), &demanding(), &Documents::new()).unwrap();
}

fn from_a_region() -> Customer {
    let mut customer = customer("c");
    customer.features.insert("Region".to_owned(), text("north"));
    customer
}

fn fault(change: &ModelChange) -> Option<&str> {
    match &change.change {
        Some(Change::Fault(fault)) => Some(fault),
        _ => None,
    }
}

async fn let_in(client: &Client, expected: Option<u32>, to: u32) -> Result<(), Status> {
    let mut request = request("champion", expected, Some(to));
    request.despite_callers = true;
    client.models().set_alias(request).await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_version_before_goes_on_until_somebody_decides() {
    let models = models(1);
    let server = Process::start(models.path(), &["--admin-listen", "127.0.0.1:0"]);
    let client = Client(server.channel().await);
    assert_eq!(client.served().await, 1);
    publish_demanding(models.path());
    let held = client.reload().await;
    let told = client.summary().await.faults;
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(
        told[0].contains("version 2 is held back, and version 1 goes on"),
        "{told:?}"
    );
    assert!(
        told[0].contains("they lack the feature `Region` (100 %)"),
        "{told:?}"
    );
    let mut held = held.iter().filter_map(fault);
    assert!(
        held.all(|fault| fault == told[0]),
        "unless a poll was first"
    );
    for _ in 0..3 {
        assert_eq!(client.reload().await, []);
        assert_eq!(client.served().await, 1);
    }
    // Callers who send it may choose it.
    let by_number = client.score_of(from_a_region(), version(2)).await.unwrap();
    assert_eq!(by_number.model.unwrap().version, 2);
    let unready = client.set("champion", None, Some(2)).await.unwrap_err();
    assert_eq!(unready.code(), Code::FailedPrecondition);
    assert_eq!(reason(&unready), "CALLERS_NOT_READY");
    assert!(unready.message().contains("`Region`"), "{unready:?}");
    // Nobody asks by it yet.
    client.set("candidate", None, Some(2)).await.unwrap();
    assert_eq!(client.served().await, 1);
    let metrics = server.metrics();
    let series = "holdfast_versions_held_back_total{model=\"telco-churn\"}";
    assert_eq!(metrics[series], 1.0);
    assert_eq!(
        metrics["holdfast_served_version{model=\"telco-churn\"}"],
        1.0
    );

    let_in(&client, None, 2).await.unwrap();
    let refused = client.score(None).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
    client.score_of(from_a_region(), None).await.unwrap();
    assert!(client.summary().await.faults.is_empty());
    // The way back is always open.
    client.roll_back(Some(2)).await.unwrap();
    assert_eq!(client.served().await, 1);
    server.signal("-TERM");
    let (_, log) = server.wait();
    assert_eq!(log.matches("model version held back").count(), 1, "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_let_in_for_one_alias_is_let_in_for_no_other() {
    let models = models(1);
    let server = Server::start(models.path()).await;
    let client = Client(server.channel.clone());
    client.set("candidate", None, Some(1)).await.unwrap();
    assert_eq!(client.served().await, 1);
    client.score(alias("candidate")).await.unwrap();
    publish_demanding(models.path());
    client.reload().await;
    let unready = client.set("candidate", Some(1), Some(2)).await.unwrap_err();
    assert_eq!(reason(&unready), "CALLERS_NOT_READY");
    let mut candidate = request("candidate", Some(1), Some(2));
    candidate.despite_callers = true;
    client.models().set_alias(candidate).await.unwrap();
    let asked = client.score_of(from_a_region(), alias("candidate"));
    assert_eq!(asked.await.unwrap().model.unwrap().version, 2);
    for _ in 0..2 {
        client.reload().await;
        assert_eq!(client.served().await, 1);
    }
    client.score(None).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn callers_who_moved_over_open_the_gate() {
    let models = models(1);
    let server = Server::start(models.path()).await;
    let client = Client(server.channel.clone());
    assert_eq!(client.served().await, 1);
    publish_demanding(models.path());
    client.reload().await;
    let opened = async {
        loop {
            client.score_of(from_a_region(), version(2)).await.unwrap();
            client.reload().await;
            let summary = client.summary().await;
            if summary.served.unwrap().version == 2 {
                break;
            }
            sleep(Duration::from_millis(100)).await;
        }
    };
    timeout(PATIENCE, opened).await.unwrap();
    client.score_of(from_a_region(), None).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn columns_are_heard_and_nothing_is_held_back_at_a_start() {
    let models = models(1);
    let server = Server::start(models.path()).await;
    let client = Client(server.channel.clone());
    let request = ScoreColumnsRequest {
        churn_model: Some(selector(MODEL)),
        columns: Some(columns_of(
            &[customer("a"), customer("b")],
            NumberEncoding::LittleEndian,
        )),
        ..ScoreColumnsRequest::default()
    };
    server.score_columns(request).await.unwrap();
    publish_demanding(models.path());
    client.reload().await;
    assert_eq!(client.served().await, 1);
    // A version that takes the same serves at once, over the one held back.
    let published = artifact::publish(models.path(), &model(), &contents()[1], &Documents::new());
    assert_eq!(published.unwrap().version, Version::new(3).unwrap());
    client.reload().await;
    assert_eq!(client.served().await, 3);
    publish_demanding(models.path());
    client.reload().await;
    assert_eq!(client.served().await, 3);
    let another = Server::start(models.path()).await;
    let another = Client(another.channel.clone());
    another.score_of(from_a_region(), None).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alias_in_a_file_is_held_back_and_a_move_through_any_server_is_not() {
    let models = models(1);
    let servers = [
        Server::start(models.path()).await,
        Server::start(models.path()).await,
    ];
    let [client, other] = servers
        .each_ref()
        .map(|server| Client(server.channel.clone()));
    client.set("champion", None, Some(1)).await.unwrap();
    other.reload().await;
    assert_eq!(client.served().await, 1);
    publish_demanding(models.path());
    client.reload().await;
    assert_eq!(client.served().await, 1);
    assert!(
        client.summary().await.faults.is_empty(),
        "it was not to serve"
    );
    let file = models.path().join(MODEL).join("aliases.json");
    let written = std::fs::read_to_string(file).unwrap();
    let by_hand = written.replace("\"champion\": 1", "\"champion\": 2");
    assert_ne!(by_hand, written);
    write_aliases(models.path(), &by_hand);
    client.reload().await;
    assert_eq!(client.served().await, 1);
    assert_eq!(client.version(alias("champion")).await.unwrap(), 1);
    assert_eq!(client.summary().await.faults.len(), 1);
    // Where it stands already, it can be let in all the same.
    let_in(&client, Some(2), 2).await.unwrap();
    client.score_of(from_a_region(), None).await.unwrap();

    write_aliases(models.path(), &written);
    client.reload().await;
    assert_eq!(client.served().await, 1);
    // Nothing was sent to the other server.
    other.reload().await;
    other.set("champion", Some(1), Some(2)).await.unwrap();
    client.reload().await;
    client.score_of(from_a_region(), None).await.unwrap();
}
