//! Who vouches for a version, in a bucket.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn signatures_travel_with_their_version() {
    let store = Store::start();
    let own = TempDir::new().unwrap();
    let path = |file: &str| own.path().join(file).to_str().unwrap().to_owned();
    let done = store.trainer(&["new-key", "--key", &path("ann.key")]);
    assert!(done.status.success(), "{done:?}");
    fs::write(path("trusted.toml"), &done.stdout).unwrap();
    let (url, key) = (Store::url(), path("ann.key"));
    let trusted = ["--trusted-keys", &path("trusted.toml")];
    let verify = |models: &str| {
        let arguments = [&["verify", "--models", models], &trusted[..]].concat();
        store.trainer(&arguments).status.code()
    };

    // Unsigned, and signed there.
    assert_eq!(store.push(1), 1);
    let server = Process::spawn(store.server(&[&trusted[..], &POLL].concat()));
    let client = Client::of(&server).await;
    assert_eq!(client.summary().await.refused.len(), 1);
    assert_eq!(verify(&url), Some(7));
    let done = store.trainer(&["sign", "--models", &url, "--name", MODEL, "--key", &key]);
    assert!(done.status.success(), "{done:?}");
    assert_eq!(verify(&url), Some(0));
    client.until_served(1).await;

    // Signed while it is pushed; pulled with its signature, and pushed with it.
    let model = format!("{}@2", shipped().join(MODEL).display());
    let push = ["push", "--model", &model, "--to", &url, "--sign-key", &key];
    let done = store.trainer(&push);
    assert!(done.status.success(), "{done:?}");
    client.until_served(2).await;
    let copies = path("copies");
    for version in ["1", "2"] {
        let pull = ["pull", "--from", &url, "--name", MODEL, "--models", &copies];
        let done = store.trainer(&[&pull[..], &["--version", version]].concat());
        assert!(done.status.success(), "{done:?}");
    }
    assert_eq!(verify(&copies), Some(0));
    for key in ["1/signatures.json", "2/signatures.json"] {
        store.delete(&format!("{MODEL}/{key}"));
    }
    assert_eq!(verify(&url), Some(7));
    let model = format!("{copies}/{MODEL}@2");
    let done = store.trainer(&["push", "--model", &model, "--to", &url]);
    assert!(done.status.success(), "{done:?}");
    let arguments = ["verify", "--models", &url, "--model"];
    let second = format!("{url}/{MODEL}@2");
    let arguments = [&arguments[..], &[&second], &trusted[..]].concat();
    assert_eq!(store.trainer(&arguments).status.code(), Some(0));
    log_of(server);
}
