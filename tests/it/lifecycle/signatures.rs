//! What may be loaded: versions by the keys that signed them.

use std::{
    fs,
    path::{Path, PathBuf},
};

use holdfast::artifact::{self, PublicKey, SigningKey, Version};
use tempfile::TempDir;

use super::{Client, MODEL, corrupt, model, models, publish, version};
use crate::support::process::Process;

/// Keys that nobody else has, and a file that trusts some of them.
pub(super) struct Trusted(TempDir);

impl Trusted {
    pub(super) fn new(keys: &[(&str, PublicKey)]) -> Self {
        let trusted = Self(TempDir::new().unwrap());
        trusted.write(keys, "");
        trusted
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("trusted.toml")
    }

    fn write(&self, keys: &[(&str, PublicKey)], more: &str) {
        let keys = keys
            .iter()
            .map(|(name, key)| format!("[[keys]]\nname = \"{name}\"\nkey = \"{key}\"\n"));
        let text = keys.collect::<String>() + more;
        fs::write(self.path(), text).unwrap();
    }

    /// A server that looks when it is told to.
    pub(super) fn serve(&self, models: &Path, policy: &str) -> Process {
        self.serve_with(models, policy, &[])
    }

    pub(super) fn serve_with(&self, models: &Path, policy: &str, more: &[&str]) -> Process {
        let path = self.path();
        let arguments = ["--signatures", policy, "--reload-seconds", "0"];
        let trust = ["--trusted-keys", path.to_str().unwrap()];
        Process::start(models, &[&arguments[..], &trust, more].concat())
    }
}

pub(super) fn key() -> SigningKey {
    SigningKey::generate().unwrap().parse().unwrap()
}

pub(super) fn sign(models: &Path, number: u32, key: &SigningKey) {
    let number = Version::new(number).unwrap();
    artifact::sign(models, &model(), number, key).unwrap();
}

fn signatures(models: &Path, number: u32) -> PathBuf {
    models
        .join(MODEL)
        .join(number.to_string())
        .join("signatures.json")
}

async fn refusals(client: &Client) -> Vec<(u32, String)> {
    let refused = client.summary().await.refused.into_iter();
    refused
        .map(|refused| (refused.version, refused.reason))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_vouches_for_is_refused_where_signatures_are_required() {
    let (models, ann) = (models(1), key());
    sign(models.path(), 1, &ann);
    let trusted = Trusted::new(&[("ann", ann.public())]);
    let server = trusted.serve(models.path(), "require");
    let client = Client(server.channel().await);
    assert_eq!(client.served().await, 1);

    // Unsigned, signed by a stranger, and with the signature of another version.
    for _ in 0..3 {
        publish(models.path());
    }
    sign(models.path(), 3, &key());
    fs::copy(signatures(models.path(), 1), signatures(models.path(), 4)).unwrap();
    client.reload().await;
    assert_eq!(client.served().await, 1);
    let [(4, other), (3, stranger), (2, unsigned)] = &refusals(&client).await[..] else {
        panic!("{:?}", client.summary().await);
    };
    assert!(other.contains("by `ann` that does not hold"), "{other}");
    assert!(stranger.contains("not trusted"), "{stranger}");
    assert!(unsigned.contains("is not signed"), "{unsigned}");
    let status = client.version(version(2)).await.unwrap_err();
    assert_eq!(super::reason(&status), "VERSION_NOT_FOUND");
    let status = client.set("champion", None, Some(2)).await.unwrap_err();
    assert!(status.message().contains("is not signed"), "{status}");

    // Signing is all it takes.
    sign(models.path(), 2, &ann);
    client.reload().await;
    assert_eq!(client.served().await, 2);
    sign(models.path(), 3, &ann);
    client.reload().await;
    assert_eq!(client.served().await, 3);

    // What served goes on when its signature is damaged, and when it is gone.
    let path = signatures(models.path(), 3);
    let sound = fs::read_to_string(&path).unwrap();
    fs::write(&path, sound.replace("format", "Format")).unwrap();
    client.reload().await;
    assert_eq!(client.served().await, 3);
    assert!(
        refusals(&client)
            .await
            .iter()
            .any(|(number, why)| *number == 3 && why.contains("damaged"))
    );
    fs::remove_file(&path).unwrap();
    client.reload().await;
    assert_eq!(client.served().await, 3);
    server.signal("-TERM");
    let (code, log) = server.wait();
    assert_eq!(code, Some(0));
    assert!(log.contains("model version refused"), "{log}");
}

/// The operator's word counts at once, for what is in memory too.
#[tokio::test(flavor = "multi_thread")]
async fn keys_rotate_while_serving() {
    let (models, old, new) = (models(2), key(), key());
    sign(models.path(), 1, &new);
    sign(models.path(), 2, &old);
    let (old_key, new_key) = (("old", old.public()), ("new", new.public()));
    let trusted = Trusted::new(&[old_key]);
    let server = trusted.serve(models.path(), "require");
    let client = Client(server.channel().await);
    assert_eq!(client.served().await, 2);
    assert_eq!(refusals(&client).await.len(), 1);

    trusted.write(&[old_key, new_key], "");
    client.reload().await;
    assert_eq!(client.served().await, 2);
    assert!(refusals(&client).await.is_empty());

    // A key that got into other hands.
    trusted.write(&[new_key], "");
    client.reload().await;
    assert_eq!(client.served().await, 1);
    sign(models.path(), 2, &new);
    client.reload().await;
    assert_eq!(client.served().await, 2);

    // A file at fault changes nothing.
    fs::write(trusted.path(), "[[keys]]\nname = 1\n").unwrap();
    client.reload().await;
    assert_eq!(client.served().await, 2);
    trusted.write(&[new_key], "[oldest]\ntelco-churn = 2\n");
    client.reload().await;
    assert_eq!(client.served().await, 2);
    let status = client.version(version(1)).await.unwrap_err();
    assert_eq!(super::reason(&status), "VERSION_NOT_FOUND");
    let (_, why) = &refusals(&client).await[0];
    assert!(why.contains("older than version 2"), "{why}");
    server.signal("-TERM");
    let (_, log) = server.wait();
    assert!(log.contains("trusted keys refused"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_warning_is_told_once_and_off_looks_at_nothing() {
    let (models, ann) = (models(1), key());
    let trusted = Trusted::new(&[("ann", ann.public())]);
    let server = trusted.serve(models.path(), "warn");
    let client = Client(server.channel().await);
    assert_eq!(client.served().await, 1);
    let faults = client.summary().await.faults;
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert!(
        faults[0].contains("version 1 is served though it is not signed"),
        "{faults:?}"
    );
    assert!(client.reload().await.is_empty(), "told once");
    sign(models.path(), 1, &ann);
    client.reload().await;
    assert!(client.summary().await.faults.is_empty());
    fs::write(signatures(models.path(), 1), "{").unwrap();
    corrupt(models.path(), 2);
    client.reload().await;
    assert_eq!(client.served().await, 1);
    assert_eq!(client.summary().await.faults.len(), 1);

    let server = trusted.serve(models.path(), "off");
    let client = Client(server.channel().await);
    assert_eq!(client.served().await, 1);
    assert!(client.summary().await.faults.is_empty());
}
