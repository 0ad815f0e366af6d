//! `new-key`, `sign`, `verify`, and what is published signed.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

use super::{Run, own_models, run};

/// Keys, and a file that trusts some of them.
struct Keys(TempDir);

impl Keys {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn path(&self, file: &str) -> PathBuf {
        self.0.path().join(file)
    }

    fn text(&self, file: &str) -> String {
        self.path(file).to_str().unwrap().to_owned()
    }

    /// Makes a key; what a file of trusted keys needs of it.
    fn make(&self, name: &str) -> String {
        let made = alone(&["new-key", "--key", &self.text(&format!("{name}.key"))]);
        assert_eq!(made.code, 0, "{}", made.stderr);
        made.stdout
    }

    fn trust(&self, text: &str) -> String {
        fs::write(self.path("trusted.toml"), text).unwrap();
        self.text("trusted.toml")
    }
}

fn alone(arguments: &[&str]) -> Run {
    Run::of(Command::new(env!("CARGO_BIN_EXE_holdfast-train")).args(arguments))
}

fn sign(models: &Path, key: &str) -> Run {
    run("sign", models, &["--name", "telco-churn", "--key", key])
}

fn verify(models: &Path, trusted: &str) -> Run {
    run("verify", models, &["--trusted-keys", trusted])
}

#[test]
fn what_is_signed_is_verified() {
    let (models, keys) = (own_models(), Keys::new());
    let ann = keys.make("ann");
    let trusted = keys.trust(&ann);
    let unsigned = verify(models.path(), &trusted);
    unsigned.fails(7, &[]);
    assert!(
        unsigned.stdout.contains("is not signed"),
        "{}",
        unsigned.stdout
    );
    assert!(unsigned.stdout.contains("1 of 1 would be refused"));

    let signed = sign(models.path(), &keys.text("ann.key"));
    signed.tells(&["signed telco-churn version 1", "digest", "key"]);
    verify(models.path(), &trusted).tells(&["telco-churn", "ann", "all 1 are sound and signed"]);
    let one = [
        "--model",
        "telco-churn@1",
        "--trusted-keys",
        &trusted,
        "--json",
    ];
    let json = run("verify", models.path(), &one).json();
    assert_eq!(json["versions"][0]["signed_by"][0], "ann");
    let none = ["--model", "telco-churn@2", "--trusted-keys", &trusted];
    run("verify", models.path(), &none).fails(6, &["no version 2"]);

    let nothing = TempDir::new().unwrap();
    verify(nothing.path(), &trusted).fails(6, &["there is no version of any model"]);

    // The same bytes again, and no other file changed.
    let path = models.path().join("telco-churn/1/signatures.json");
    let bytes = fs::read(&path).unwrap();
    sign(models.path(), &keys.text("ann.key")).tells(&["signed"]);
    assert_eq!(fs::read(&path).unwrap(), bytes);
    let left = fs::read_dir(models.path().join("telco-churn")).unwrap();
    let left = left.map(|entry| entry.unwrap().file_name());
    assert!(left.into_iter().all(|file| file != ".signatures.json.new"));
}

#[test]
fn keys_rotate() {
    let (models, keys) = (own_models(), Keys::new());
    let (old, new) = (keys.make("old"), keys.make("new"));
    for key in ["old.key", "new.key"] {
        sign(models.path(), &keys.text(key)).tells(&["signed"]);
    }
    for trusted in [&old, &new, &format!("{old}{new}")] {
        let trusted = keys.trust(trusted);
        assert_eq!(verify(models.path(), &trusted).code, 0);
    }
    let other = keys.make("other");
    let trusted = keys.trust(&other);
    let refused = verify(models.path(), &trusted);
    refused.fails(7, &[]);
    assert!(
        refused.stdout.contains("keys that are not trusted"),
        "{}",
        refused.stdout
    );
}

#[test]
fn a_signature_of_another_version_or_model_does_not_hold() {
    let (models, keys) = (own_models(), Keys::new());
    let trusted = keys.trust(&keys.make("ann"));
    sign(models.path(), &keys.text("ann.key")).tells(&["signed"]);
    let signatures = |version: &str| {
        models
            .path()
            .join("telco-churn")
            .join(version)
            .join("signatures.json")
    };
    let content = crate::support::quick_content();
    let name = crate::support::name("telco-churn");
    let documents = holdfast::artifact::Documents::new();
    holdfast::artifact::publish(models.path(), &name, content, &documents).unwrap();
    fs::copy(signatures("1"), signatures("2")).unwrap();
    let refused = verify(models.path(), &trusted);
    refused.fails(7, &[]);
    assert!(
        refused
            .stdout
            .contains("signature by `ann` that does not hold")
    );
    assert!(refused.stdout.contains("1 of 2"));
    // What is damaged is not vouched for.
    let model = models.path().join("telco-churn/2/model.json");
    let mut bytes = fs::read(&model).unwrap();
    bytes[100] ^= 1;
    fs::write(&model, bytes).unwrap();
    sign(models.path(), &keys.text("ann.key")).fails(6, &["is damaged"]);
}

#[test]
fn keys_are_for_their_owner_only() {
    let (models, keys) = (own_models(), Keys::new());
    keys.make("ann");
    let path = keys.path("ann.key");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o600);
    // A key is never written over.
    let again = alone(&["new-key", "--key", &keys.text("ann.key")]);
    again.fails(5, &["cannot create"]);
    for (mode, is_taken) in [(0o400, true), (0o640, true), (0o644, false), (0o660, false)] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let signed = sign(models.path(), &keys.text("ann.key"));
        if is_taken {
            signed.tells(&["signed"]);
        } else {
            signed.fails(2, &["is open to others", "chmod 600"]);
        }
    }
    let no_key = keys.trust("not a key");
    sign(models.path(), &no_key).fails(2, &[]);
    alone(&["new-key", "--key", &keys.text("b.key"), "--name", "a b"]).fails(2, &["--name"]);
}

#[test]
fn a_key_may_come_from_the_environment_and_from_openssl() {
    let (models, keys) = (own_models(), Keys::new());
    // Of RFC 8032, as `openssl genpkey -algorithm ed25519` writes keys.
    let pem = "-----BEGIN PRIVATE KEY-----\n\
        MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n\
        -----END PRIVATE KEY-----\n";
    let by = |pem: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_holdfast-train"));
        command.args(["sign", "--name", "telco-churn", "--models"]);
        Run::of(command.arg(models.path()).env("HOLDFAST_SIGNING_KEY", pem))
    };
    by(pem).tells(&["06e3fd8fda29bb60ab59557de61edb0a"]);
    by("secret").fails(2, &["HOLDFAST_SIGNING_KEY is no Ed25519 private key"]);
    assert!(!by("secret").stderr.contains("secret"));
    let trusted = keys.trust(
        "[[keys]]\nname = \"rfc\"\nkey = \"MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"\n",
    );
    verify(models.path(), &trusted).tells(&["rfc"]);
}

#[test]
fn what_trains_may_sign() {
    let (models, keys) = (own_models(), Keys::new());
    let trusted = keys.trust(&keys.make("ann"));
    let (key, data) = (keys.text("ann.key"), crate::support::telco_csv());
    let data = data.to_str().unwrap();
    let model = [
        "--name",
        "telco-churn",
        "--data",
        data,
        "--force",
        "--method",
        "platt",
    ];
    let arguments = [&model[..], &["--sign-key", &key]].concat();
    let published = run("recalibrate", models.path(), &arguments);
    assert_eq!(published.code, 0, "{}", published.stderr);
    let second = ["--model", "telco-churn@2", "--trusted-keys", &trusted];
    run("verify", models.path(), &second).tells(&["ann"]);
    // Before the work.
    let arguments = [&model[..], &["--sign-key", "nowhere.key"]].concat();
    run("recalibrate", models.path(), &arguments).fails(2, &["nowhere.key"]);
}
