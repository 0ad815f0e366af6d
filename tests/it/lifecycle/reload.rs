//! What a reload changes, and that it says so.

use holdfast::grpc::proto::model_change::Change;

use super::{Client, corrupt, models, publish, version};
use crate::support::Server;

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
