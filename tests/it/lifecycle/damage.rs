//! Whatever becomes of the files: what served goes on.

use std::fs;

use super::{Client, MODEL, alias, models, publish, reason, version, write_aliases};
use crate::support::Server;

#[tokio::test]
async fn damaged_aliases_change_nothing_while_the_server_runs() {
    let models = models(3);
    let server = Server::start(models.path()).await;
    let client = Client(server.channel.clone());
    client.set("champion", None, Some(1)).await.unwrap();
    let path = models.path().join(MODEL).join("aliases.json");
    let whole = fs::read_to_string(&path).unwrap();
    for torn in ["", "{", &whole[..whole.len() / 2], "[]", "{\"format\": 2}"] {
        write_aliases(models.path(), torn);
        client.reload().await;
        assert_eq!(client.served().await, 1, "{torn}");
        assert_eq!(client.version(alias("champion")).await.unwrap(), 1);
        assert_eq!(client.summary().await.faults.len(), 1);
        let status = client.set("champion", Some(1), Some(2)).await.unwrap_err();
        assert_eq!(reason(&status), "ALIASES_UNREADABLE");
    }
    write_aliases(models.path(), &whole.replace("telco-churn", "another"));
    assert_eq!(client.reload().await.len(), 1);
    assert_eq!(client.served().await, 1);
    write_aliases(models.path(), &whole);
    client.reload().await;
    assert!(client.summary().await.faults.is_empty());
    client.set("champion", Some(1), Some(2)).await.unwrap();
}

/// The champion cannot be told: the newest version may be one that was rolled back
/// from. Whoever names a version is served.
#[tokio::test]
async fn aliases_damaged_at_the_start_keep_a_model_from_serving_by_default() {
    let models = models(2);
    write_aliases(models.path(), "{\"form");
    let server = Server::start(models.path()).await;
    let client = Client(server.channel.clone());
    let status = client.version(None).await.unwrap_err();
    assert_eq!(reason(&status), "MODEL_UNAVAILABLE");
    assert_eq!(client.version(version(1)).await.unwrap(), 1);
    fs::remove_file(models.path().join(MODEL).join("aliases.json")).unwrap();
    client.reload().await;
    assert_eq!(client.served().await, 2);
}

/// An alias may come before its version, as files are copied.
#[tokio::test]
async fn an_alias_of_a_version_that_cannot_be_loaded_stays_where_it_was() {
    let models = models(2);
    let server = Server::start(models.path()).await;
    let client = Client(server.channel.clone());
    client.set("champion", None, Some(1)).await.unwrap();
    let path = models.path().join(MODEL).join("aliases.json");
    let moved = fs::read_to_string(&path)
        .unwrap()
        .replace("\"champion\": 1", "\"champion\": 3");
    fs::write(&path, moved).unwrap();
    client.reload().await;
    assert_eq!(client.served().await, 1);
    assert!(client.summary().await.faults[0].contains("version 3"));
    publish(models.path());
    client.reload().await;
    assert_eq!(client.served().await, 3);
    assert!(client.summary().await.faults.is_empty());
}

/// To a server, a share that is not mounted is an empty directory.
#[tokio::test]
async fn what_vanishes_from_the_disk_is_served_all_the_same() {
    let models = models(2);
    let server = Server::start(models.path()).await;
    let client = Client(server.channel.clone());
    client.set("champion", None, Some(1)).await.unwrap();
    let away = tempfile::TempDir::new().unwrap();
    let hidden = away.path().join("hidden");
    let directory = models.path().join(MODEL);
    fs::rename(&directory, &hidden).unwrap();
    client.reload().await;
    assert!(client.reload().await.is_empty(), "told once");
    assert_eq!(client.served().await, 1);
    assert_eq!(client.version(alias("champion")).await.unwrap(), 1);
    fs::rename(&hidden, &directory).unwrap();
    client.reload().await;
    let summary = client.summary().await;
    assert!(summary.faults.is_empty());
    assert_eq!(summary.resident.len(), 2);

    // One version that is taken away gives way to the one before.
    client.set("champion", Some(1), None).await.unwrap();
    assert_eq!(client.served().await, 2);
    fs::remove_dir_all(directory.join("2")).unwrap();
    client.reload().await;
    assert_eq!(client.served().await, 1);
}

#[tokio::test]
async fn a_version_damaged_after_it_was_loaded_goes_on_and_is_told() {
    let models = models(2);
    let server = Server::start(models.path()).await;
    let client = Client(server.channel.clone());
    let before = client.score(None).await.unwrap();
    let model = models.path().join(MODEL).join("2/model.json");
    let whole = fs::read(&model).unwrap();
    fs::write(&model, "{}").unwrap();
    client.reload().await;
    assert_eq!(client.score(None).await.unwrap(), before);
    assert_eq!(client.summary().await.refused[0].version, 2);
    fs::write(&model, whole).unwrap();
    client.reload().await;
    assert!(client.summary().await.refused.is_empty());
    assert_eq!(client.score(None).await.unwrap(), before);
}
