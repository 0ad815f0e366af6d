//! A server whose disk is read-only, full, or fails it: a move that cannot be stored is
//! refused and not made, callers are served, and nothing of the audit is lost.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use holdfast::grpc::proto::{
    ListModelsRequest, SetAliasRequest, model_service_client::ModelServiceClient, set_alias_request,
};
use serde_json::Value;
use tempfile::TempDir;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use crate::process::Process;

const MODEL: &str = "telco-churn";
/// What fails, by which call of the system and how.
const FAULTS: [(&str, &str, &str); 6] = [
    (".lock", "openat", "EROFS"),
    (".lock", "openat", "EACCES"),
    (".aliases.json.new", "openat", "ENOSPC"),
    (".aliases.json.new", "write", "ENOSPC"),
    (".aliases.json.new", "?rename,?renameat,?renameat2", "EROFS"),
    ("audit.ndjson", "openat", "EACCES"),
];

/// Two versions that a test may move aliases of.
fn models() -> TempDir {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("models")
        .join(MODEL);
    let models = TempDir::new().unwrap();
    for version in ["1", "2"] {
        let to = models.path().join(MODEL).join(version);
        fs::create_dir_all(&to).unwrap();
        for entry in fs::read_dir(shipped.join(version)).unwrap() {
            let entry = entry.unwrap();
            fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
    models
}

/// A server of which these calls fail on this file.
fn failing(models: &Path, file: &Path, calls: &str, error: &str, more: &[&str]) -> Process {
    let mut strace = Command::new("strace");
    // The server is the child, and ends with its test.
    strace.args(["-D", "-f", "-qq", "-o", "/dev/null"]);
    strace.arg("-P").arg(file);
    strace.arg(format!("--trace={calls}"));
    strace.arg(format!("--inject={calls}:error={error}"));
    strace.arg(env!("CARGO_BIN_EXE_holdfast-server"));
    strace.arg("--models").arg(models);
    strace.args(["--listen", "127.0.0.1:0", "--log-format", "json"]);
    strace.args(more).env_clear();
    strace
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    Process::spawn(strace)
}

async fn set_champion(server: &Process, expected: Option<u32>, version: u32) -> Result<(), Status> {
    let mut client = ModelServiceClient::new(server.channel().await);
    let request = SetAliasRequest {
        name: MODEL.to_owned(),
        alias: "champion".to_owned(),
        target: Some(set_alias_request::Target::Version(version)),
        expected_version: expected,
        actor: "test".to_owned(),
        ..SetAliasRequest::default()
    };
    client.set_alias(request).await.map(drop)
}

/// Who serves, and after how many moves.
async fn served(server: &Process) -> (u32, u64) {
    let mut client = ModelServiceClient::new(server.channel().await);
    let answer = client.list_models(ListModelsRequest {}).await.unwrap();
    let model = answer.into_inner().models.swap_remove(0);
    (model.served.unwrap().version, model.alias_generation)
}

/// Ends the server, which must not have ended by itself; its log.
fn log(server: Process) -> String {
    server.signal("-TERM");
    let (code, log) = server.wait();
    assert_eq!(code, Some(0), "{log}");
    assert!(!log.contains("panic"), "{log}");
    log
}

fn path(models: &TempDir, file: &str) -> PathBuf {
    models.path().join(MODEL).join(file)
}

/// The generations of the moves that were written down.
fn audited(models: &TempDir) -> Vec<u64> {
    let audit = fs::read_to_string(path(models, "audit.ndjson")).unwrap();
    let generation = |line: &str| {
        let line: Value = serde_json::from_str(line).unwrap();
        line["generation"].as_u64().unwrap()
    };
    audit.lines().map(generation).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_that_cannot_be_stored_is_refused_and_not_made() {
    for (file, calls, error) in FAULTS {
        let what = format!("{file}: {calls}: {error}");
        let models = models();
        let server = failing(models.path(), &path(&models, file), calls, error, &[]);
        for _ in 0..2 {
            let status = set_champion(&server, None, 1).await.expect_err(&what);
            assert_eq!(
                status.code(),
                Code::FailedPrecondition,
                "{what}: {status:?}"
            );
            let reason = status.get_details_error_info().unwrap().reason;
            assert_eq!(reason, "MODELS_NOT_WRITABLE", "{what}");
            assert_eq!(served(&server).await, (2, 0), "{what}");
        }
        let log = log(server);
        assert!(log.contains("an alias cannot be stored"), "{log}");

        let server = Process::start(models.path(), &[]);
        set_champion(&server, None, 1).await.expect(&what);
        assert_eq!(served(&server).await, (1, 1), "{what}");
        assert_eq!(audited(&models), [1], "{what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_that_is_not_in_the_audit_log_is_there_after_the_next() {
    let models = models();
    let audit = path(&models, "audit.ndjson");
    let server = failing(models.path(), &audit, "write", "ENOSPC", &[]);
    set_champion(&server, None, 1).await.unwrap();
    assert_eq!(served(&server).await, (1, 1));
    // What the first move says is to be written before the next is made.
    let status = set_champion(&server, Some(1), 2).await.unwrap_err();
    assert_eq!(status.code(), Code::FailedPrecondition, "{status:?}");
    assert_eq!(served(&server).await, (1, 1));
    assert!(log(server).contains("the audit log lacks a move until the next one"));
    assert!(audited(&models).is_empty());

    let server = Process::start(models.path(), &[]);
    assert_eq!(served(&server).await, (1, 1));
    set_champion(&server, Some(1), 2).await.unwrap();
    assert_eq!(audited(&models), [1, 2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_memory_that_cannot_be_written_is_told_once_and_holds_nothing_up() {
    let (models, elsewhere) = (models(), TempDir::new().unwrap());
    let memory = elsewhere.path().join("seen.json");
    let temporary = elsewhere.path().join("seen.json.new");
    let more = ["--models-memory", memory.to_str().unwrap()];
    let mut champion = None;
    for (calls, error) in [("openat", "EROFS"), ("write", "ENOSPC")] {
        // What is told at the start is told before it listens.
        let server = failing(models.path(), &temporary, calls, error, &more);
        let before = champion;
        champion = Some(3 - champion.unwrap_or(2));
        set_champion(&server, before, champion.unwrap())
            .await
            .unwrap();
        assert_eq!(served(&server).await.0, champion.unwrap());
        let told = log(server).matches("is not written down").count();
        assert!(told <= 1, "told {told} times more");
        assert!(!memory.exists());
    }
    drop(Process::start(models.path(), &more));
    assert!(fs::read_to_string(memory).unwrap().contains("telco-churn"));
}
