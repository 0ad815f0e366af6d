//! What a reload changes, and that it says so.

use std::path::Path;

use holdfast::{
    artifact::{self, Documents},
    grpc::proto::model_change::Change,
    model::value::PurchaseModelKind,
};

use super::{Client, corrupt, model, models, publish, version};
use crate::support::{Server, copy, value_content};

#[tokio::test]
async fn a_reload_tells_what_it_changed() {
    let models = models(2);
    let server = Server::start(models.path()).await;
    let client = Client(server.channel.clone());
    assert!(client.reload().await.is_empty());

    publish(models.path());
    let changes = client.reload().await;
    let told: Vec<String> = changes.into_iter().map(tell).collect();
    assert_eq!(told, ["loaded 3", "served Some(2) Some(3)", "unloaded 1"]);
    assert_eq!(client.served().await, 3);
    assert_eq!(client.version(version(2)).await.unwrap(), 2);

    corrupt(models.path(), 4);
    let told: Vec<String> = client.reload().await.into_iter().map(tell).collect();
    assert_eq!(told, ["refused 4"]);
    assert!(client.reload().await.is_empty(), "told once");
    assert_eq!(client.served().await, 3);
    let summary = client.summary().await;
    assert_eq!(summary.refused[0].version, 4);

    // It becomes whole: a version that was copied slowly.
    std::fs::remove_dir_all(models.path().join("telco-churn/4")).unwrap();
    publish(models.path());
    client.reload().await;
    assert_eq!(client.served().await, 4);
    assert!(client.summary().await.refused.is_empty());
}

/// Whoever asks for churn would be failed by every call.
#[tokio::test]
async fn a_version_of_another_kind_is_refused() {
    let models = models(1);
    let server = Server::start(models.path()).await;
    let client = Client(server.channel.clone());
    let elsewhere = tempfile::TempDir::new().unwrap();
    let content = value_content(PurchaseModelKind::BgNbd, [0.243, 4.414, 0.793, 2.426]);
    for _ in 0..2 {
        let content = content.clone().into();
        artifact::publish(elsewhere.path(), &model(), &content, &Documents::new()).unwrap();
    }
    let second = |root: &Path| root.join("telco-churn/2");
    copy(&second(elsewhere.path()), &second(models.path()));
    client.reload().await;
    assert_eq!(client.served().await, 1);
    let refused = &client.summary().await.refused[0];
    assert!(refused.reason.contains("is a value model"), "{refused:?}");
}

fn tell(change: holdfast::grpc::proto::ModelChange) -> String {
    assert_eq!(change.model, "telco-churn");
    match change.change.unwrap() {
        Change::Loaded(model) => format!("loaded {}", model.version),
        Change::Unloaded(model) => format!("unloaded {}", model.version),
        Change::Refused(refused) => format!("refused {}", refused.version),
        Change::Served(served) => {
            format!("served {:?} {:?}", served.from_version, served.to_version)
        }
        other @ (Change::Alias(_) | Change::Fault(_)) => format!("{other:?}"),
    }
}
