//! Servers that are told who may ask: how they start, what they take while they
//! serve, and what they write of it.

use std::{fs, io::BufRead as _, path::Path};

use holdfast::grpc::proto::{
    ListModelsRequest, ReloadModelsRequest, SetAliasRequest,
    model_service_client::ModelServiceClient, set_alias_request::Target,
};
use tempfile::TempDir;
use tonic::{Code, transport::Channel};

use super::{ask, by, digest, principal, reason};
use crate::support::{
    own_telco_models,
    process::{Process, command},
    telco_models,
};

const LIST: &str = "ModelService/ListModels";

fn start(models: &Path, access: &Path, more: &[&str]) -> Process {
    let access = access.to_str().unwrap();
    Process::start(models, &[&["--access", access], more].concat())
}

async fn code(channel: &Channel, key: &str) -> Code {
    ask(channel, LIST, &[&format!("Bearer {key}")]).await.code()
}

async fn reload(channel: &Channel, key: &str) {
    let mut models = ModelServiceClient::new(channel.clone());
    let reloaded = models.reload_models(by(key, ReloadModelsRequest {})).await;
    reloaded.unwrap();
}

/// The next line of the log with this message.
fn line(server: &mut Process, message: &str) -> serde_json::Value {
    let mut line = String::new();
    loop {
        line.clear();
        assert!(
            server.log.read_line(&mut line).unwrap() > 0,
            "the log ended"
        );
        let event: serde_json::Value = serde_json::from_str(&line).unwrap();
        if event["message"] == message {
            return event;
        }
    }
}

#[test]
fn nobody_listens_to_all_by_accident() {
    let models = telco_models().to_str().unwrap();
    let listen = ["--models", models, "--listen", "0.0.0.0:0"];
    let run = |more: &[&str], environment: &[(&str, &str)]| {
        let mut server = command(&[&listen, more].concat());
        let child = server.envs(environment.iter().copied()).spawn().unwrap();
        let output = child.wait_with_output().unwrap();
        let log = String::from_utf8(output.stderr).unwrap();
        (output.status.code(), log)
    };
    let (code, log) = run(&[], &[]);
    assert_eq!(code, Some(1));
    assert!(
        log.contains("--access") && log.contains("--allow-anonymous"),
        "{log}"
    );
    // The two ways out do not go together.
    let both = ["--access", "x", "--allow-anonymous"];
    assert!(run(&both, &[]).1.contains("contradict"));
    assert!(
        run(&[], &[("HOLDFAST_ALLOW_ANONYMOUS", "yes")])
            .1
            .contains("HOLDFAST_ALLOW_ANONYMOUS")
    );
    for flag in [&["--allow-anonymous"][..], &["--allow-anonymous", "true"]] {
        let json = ["--log-format", "json"];
        let server = Process::spawn(command(&[&listen, flag, &json].concat()));
        drop(server);
    }
}

#[test]
fn an_access_file_at_fault_is_told_with_every_line() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("access.toml");
    fs::write(
        &path,
        "[[principals]]\nname = 'a'\nscopes = ['x']\nkeys = ['s3cret']",
    )
    .unwrap();
    let arguments = ["--models", "x", "--access", path.to_str().unwrap()];
    let output = command(&arguments).output().unwrap();
    let log = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        log.contains("line 3: ") && log.contains("line 4: "),
        "{log}"
    );
    assert!(!log.contains("s3cret"), "{log}");
}

#[tokio::test]
async fn a_changed_file_holds_from_the_next_look_and_a_broken_one_changes_nothing() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("access.toml");
    let admin = principal("admin", "scopes = ['read-models', 'manage-models']");
    let old = principal("old", "scopes = ['read-models']");
    fs::write(&path, format!("{admin}{old}")).unwrap();
    let quiet = ["--reload-seconds", "0", "--admin-listen", "127.0.0.1:0"];
    let mut server = start(telco_models(), &path, &quiet);
    let channel = &server.channel().await;
    assert_eq!(code(channel, "old").await, Code::Ok);
    assert_eq!(code(channel, "new").await, Code::Unauthenticated);

    fs::write(&path, "[[principals]]\nname = ").unwrap();
    reload(channel, "admin").await;
    reload(channel, "admin").await;
    assert_eq!(code(channel, "old").await, Code::Ok);
    let refused = line(
        &mut server,
        "access file refused; the one before it goes on deciding",
    );
    assert!(refused["error"].as_str().unwrap().contains("line 2"));

    let new = principal("new", "scopes = ['read-models']");
    fs::write(&path, format!("{admin}{new}")).unwrap();
    reload(channel, "admin").await;
    assert_eq!(code(channel, "old").await, Code::Unauthenticated);
    assert_eq!(code(channel, "new").await, Code::Ok);
    let metrics = server.metrics();
    assert_eq!(metrics["holdfast_access_reloads_total{result=\"ok\"}"], 1.0);
    assert_eq!(
        metrics["holdfast_access_reloads_total{result=\"refused\"}"],
        1.0
    );
    let refused = "holdfast_requests_total{method=\"ListModels\",code=\"UNAUTHENTICATED\"}";
    assert_eq!(metrics[refused], 2.0);
    let (_, log) = {
        server.signal("-TERM");
        server.wait()
    };
    assert!(!log.contains(&digest("new")[7..]), "{log}");
}

#[tokio::test]
async fn the_audit_log_names_who_acted_and_who_may_not() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("access.toml");
    let admin = principal("ops-key", "scopes = ['manage-models']");
    let reader = principal("reader", "scopes = ['read-models']");
    fs::write(&path, format!("{admin}{reader}")).unwrap();
    let models = own_telco_models();
    // Whatever else is not told.
    let quiet = ["--log-filter", "holdfast=info", "--reload-seconds", "0"];
    let mut server = start(models.path(), &path, &quiet);
    let channel = server.channel().await;
    let mut client = ModelServiceClient::new(channel.clone());
    let alias = |version| SetAliasRequest {
        name: "telco-churn".to_owned(),
        alias: "next".to_owned(),
        actor: "ann".to_owned(),
        reason: "a trial".to_owned(),
        target: Some(Target::Version(version)),
        ..Default::default()
    };
    client.set_alias(by("ops-key", alias(1))).await.unwrap();
    client.set_alias(by("ops-key", alias(7))).await.unwrap_err();
    client.set_alias(by("reader", alias(1))).await.unwrap_err();
    reload(&channel, "ops-key").await;
    let list = client
        .list_models(by("ops-key", ListModelsRequest {}))
        .await;
    assert_eq!(reason(&list.unwrap_err()), "SCOPE_MISSING");
    for (principal, method, outcome) in [
        ("ops-key", "SetAlias", "Ok"),
        ("ops-key", "SetAlias", "NotFound"),
        ("reader", "SetAlias", "PermissionDenied"),
        ("ops-key", "ReloadModels", "Ok"),
    ] {
        let event = line(&mut server, "audit");
        assert_eq!(event["target"], "audit");
        assert_eq!(event["principal"], principal);
        assert_eq!(event["method"], method);
        assert_eq!(event["outcome"], outcome);
        if outcome == "Ok" && method == "SetAlias" {
            assert_eq!(event["model.name"], "telco-churn");
            assert_eq!(
                (&event["actor"], &event["reason"]),
                (&"ann".into(), &"a trial".into())
            );
            assert_eq!(event["to"], 1);
        }
    }
    let audit = fs::read_to_string(models.path().join("telco-churn/audit.ndjson")).unwrap();
    let moved: serde_json::Value = serde_json::from_str(audit.trim_end()).unwrap();
    assert_eq!(
        (&moved["actor"], &moved["principal"]),
        (&"ann".into(), &"ops-key".into())
    );
}
