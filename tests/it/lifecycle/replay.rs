//! An older state that is put back does not serve by itself, where signatures are
//! required.

use std::{
    fs,
    path::{Path, PathBuf},
};

use holdfast::artifact::SigningKey;
use tempfile::TempDir;

use super::{
    Client, MODEL, alias, models, publish,
    signatures::{Trusted, key, sign},
    version,
};
use crate::support::process::Process;

/// Signed versions, and a server that requires signatures.
struct Signed {
    models: TempDir,
    key: SigningKey,
    trusted: Trusted,
}

impl Signed {
    fn new(versions: u32) -> Self {
        let (models, key) = (models(versions), key());
        for number in 1..=versions {
            sign(models.path(), number, &key);
        }
        let trusted = Trusted::new(&[("ann", key.public())]);
        Self {
            models,
            key,
            trusted,
        }
    }

    fn path(&self, file: &str) -> PathBuf {
        self.models.path().join(MODEL).join(file)
    }

    fn remove(&self, number: u32) {
        fs::remove_dir_all(self.path(&number.to_string())).unwrap();
    }

    fn publish(&self) {
        let number = publish(self.models.path());
        sign(self.models.path(), number, &self.key);
    }

    async fn serve(&self) -> (Process, Client) {
        let server = self.trusted.serve(self.models.path(), "require");
        let client = Client(server.channel().await);
        (server, client)
    }

    /// One that remembers.
    async fn serve_with(&self, memory: &Path) -> (Process, Client) {
        let memory = ["--models-memory", memory.to_str().unwrap()];
        let server = self
            .trusted
            .serve_with(self.models.path(), "require", &memory);
        let client = Client(server.channel().await);
        (server, client)
    }
}

fn stop(server: Process) -> String {
    server.signal("-TERM");
    let (code, log) = server.wait();
    assert_eq!(code, Some(0), "{log}");
    log
}

async fn fault(client: &Client, told: &str) {
    let faults = client.summary().await.faults;
    assert!(
        faults.iter().any(|fault| fault.contains(told)),
        "{faults:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_newest_that_vanishes_leaves_no_older_one_in_its_place() {
    let signed = Signed::new(2);
    let (server, client) = signed.serve().await;
    assert_eq!(client.served().await, 2);
    signed.remove(2);
    client.reload().await;
    assert_eq!(client.served().await, 2);
    fault(&client, "version 1 does not serve by itself: version 2 did").await;
    assert!(client.reload().await.is_empty(), "told once");
    // Whoever wants it says so.
    client.set("champion", None, Some(1)).await.unwrap();
    assert_eq!(client.served().await, 1);
    assert!(client.summary().await.faults.is_empty());
    client.set("champion", Some(1), None).await.unwrap();
    assert_eq!(client.served().await, 1);
    // What is newer comes as ever.
    signed.publish();
    client.reload().await;
    assert_eq!(client.served().await, 2);
    stop(server);
}

#[tokio::test(flavor = "multi_thread")]
async fn older_aliases_that_are_put_back_change_nothing() {
    let signed = Signed::new(2);
    let (server, client) = signed.serve().await;
    let path = signed.path("aliases.json");
    client.set("champion", None, Some(1)).await.unwrap();
    let older = fs::read(&path).unwrap();
    client.set("champion", Some(1), Some(2)).await.unwrap();
    for put_back in [Some(&older), None] {
        match put_back {
            Some(bytes) => fs::write(&path, bytes).unwrap(),
            None => fs::remove_file(&path).unwrap(),
        }
        client.reload().await;
        assert_eq!(client.served().await, 2);
        assert_eq!(client.version(alias("champion")).await.unwrap(), 2);
        fault(&client, "move 2 was seen; an older state was put back").await;
    }
    // To say again what is stored is a move too.
    fs::write(&path, &older).unwrap();
    client.reload().await;
    client.set("champion", Some(1), Some(1)).await.unwrap();
    assert_eq!(client.summary().await.alias_generation, 3);
    assert_eq!(client.served().await, 1);
    assert!(client.summary().await.faults.is_empty());
    stop(server);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_seen_outlives_the_process() {
    let signed = Signed::new(2);
    let memory = signed.models.path().join("seen.json");
    let (server, client) = signed.serve_with(&memory).await;
    assert_eq!(client.served().await, 2);
    stop(server);
    signed.remove(2);

    let (server, client) = signed.serve_with(&memory).await;
    let status = client.version(None).await.unwrap_err();
    assert_eq!(super::reason(&status), "MODEL_UNAVAILABLE");
    fault(&client, "version 2 did, and is gone").await;
    assert_eq!(client.version(version(1)).await.unwrap(), 1);
    client.set("champion", None, Some(1)).await.unwrap();
    assert_eq!(client.served().await, 1);
    stop(server);

    // That was on purpose; without the aliases, it would not be.
    let (server, client) = signed.serve_with(&memory).await;
    assert_eq!(client.served().await, 1);
    stop(server);
    fs::remove_file(signed.path("aliases.json")).unwrap();
    let (server, client) = signed.serve_with(&memory).await;
    assert!(client.version(None).await.is_err());
    fault(&client, "move 1 was seen").await;
    stop(server);

    // Who forgets begins with what is there.
    let (server, client) = signed.serve().await;
    assert_eq!(client.served().await, 1);
    stop(server);
}
