//! Aliases move by compare-and-set, are kept on disk, and go back.

use std::{fs, path::Path};

use serde_json::Value;
use tonic::Code;
use tonic_types::StatusExt;

use super::{Client, MODEL, alias, corrupt, models, publish, reason, request, version};
use crate::support::{Server, process::Process, violated_fields};

async fn client(root: &Path) -> (Server, Client) {
    let server = Server::start(root).await;
    let client = Client(server.channel.clone());
    (server, client)
}

fn audit(root: &Path) -> Vec<Value> {
    let log = fs::read_to_string(root.join(MODEL).join("audit.ndjson")).unwrap();
    let lines = log.lines().map(|line| serde_json::from_str(line).unwrap());
    lines.collect()
}

#[tokio::test]
async fn a_model_is_chosen_by_version_by_alias_or_not_at_all() {
    let models = models(3);
    let (_server, client) = client(models.path()).await;
    assert_eq!(client.served().await, 3);
    assert_eq!(client.version(version(2)).await.unwrap(), 2);
    let status = client.version(version(1)).await.unwrap_err();
    assert_eq!(reason(&status), "VERSION_NOT_FOUND"); // two are loaded
    let status = client.version(alias("champion")).await.unwrap_err();
    assert_eq!(
        (status.code(), reason(&status)),
        (Code::NotFound, "ALIAS_NOT_FOUND".to_owned())
    );

    let change = client.set("champion", None, Some(1)).await.unwrap();
    assert_eq!((change.from_version, change.to_version), (None, Some(1)));
    client.set("challenger", None, Some(3)).await.unwrap();
    assert_eq!(client.served().await, 1);
    assert_eq!(client.version(alias("champion")).await.unwrap(), 1);
    assert_eq!(client.version(alias("challenger")).await.unwrap(), 3);
    let summary = client.summary().await;
    assert_eq!(summary.served.unwrap().version, 1);
    assert_eq!(summary.aliases["challenger"], 3);
    assert_eq!(summary.alias_generation, 2);
    let resident: Vec<u32> = summary.resident.iter().map(|v| v.version).collect();
    assert_eq!(resident, [1, 2, 3]);

    // A new version waits for somebody to choose it.
    publish(models.path());
    client.reload().await;
    assert_eq!(client.served().await, 1);
    client.set("champion", Some(1), None).await.unwrap();
    assert_eq!(client.served().await, 4);
}

#[tokio::test]
async fn a_move_that_expects_something_else_is_aborted_with_the_state() {
    let models = models(2);
    let (_server, client) = client(models.path()).await;
    client.set("champion", None, Some(2)).await.unwrap();
    for expected in [None, Some(1)] {
        let status = client.set("champion", expected, Some(1)).await.unwrap_err();
        assert_eq!(status.code(), Code::Aborted);
        let info = status.get_details_error_info().unwrap();
        assert_eq!(info.reason, "ALIAS_CHANGED");
        assert_eq!(info.metadata["current_version"], "2");
        assert_eq!(info.metadata["alias"], "champion");
    }
    assert_eq!(client.served().await, 2);
    // What is so already is no move.
    client.set("champion", Some(2), Some(2)).await.unwrap();
    assert_eq!(audit(models.path()).len(), 1);
}

#[tokio::test]
async fn a_request_to_move_is_checked_whole() {
    let models = models(2);
    corrupt(models.path(), 3);
    let (_server, client) = client(models.path()).await;
    let mut bad = request("No Alias", Some(0), Some(0));
    bad.name = "..".to_owned();
    bad.actor = "a\nb".to_owned();
    let status = client.models().set_alias(bad).await.unwrap_err();
    let fields = ["name", "alias", "version", "expected_version", "actor"];
    assert_eq!(violated_fields(&status), fields);
    let mut bad = request("a", None, None);
    bad.target = None;
    let status = client.models().set_alias(bad).await.unwrap_err();
    assert_eq!(violated_fields(&status), ["version"]);

    for (to, wanted) in [(9, "VERSION_NOT_FOUND"), (3, "VERSION_REFUSED")] {
        let status = client.set("champion", None, Some(to)).await.unwrap_err();
        assert_eq!(reason(&status), wanted);
    }
    let mut elsewhere = request("champion", None, Some(1));
    elsewhere.name = "nobody".to_owned();
    let status = client.models().set_alias(elsewhere).await.unwrap_err();
    assert_eq!(reason(&status), "MODEL_NOT_FOUND");
    assert!(!models.path().join("nobody").exists());

    for number in 0..16 {
        client
            .set(&format!("a{number}"), None, Some(1))
            .await
            .unwrap();
    }
    let status = client.set("one-more", None, Some(1)).await.unwrap_err();
    assert_eq!(reason(&status), "TOO_MANY_ALIASES");
}

#[tokio::test]
async fn rollbacks_go_back_one_champion_each_and_are_in_effect_at_once() {
    let models = models(3);
    let (_server, client) = client(models.path()).await;
    for to in [1, 2, 3] {
        client
            .set("champion", (to > 1).then(|| to - 1), Some(to))
            .await
            .unwrap();
    }
    assert_eq!(client.summary().await.past_champions, [2, 1]);
    let answer = client.roll_back(Some(3)).await.unwrap();
    assert_eq!(client.served().await, 2);
    assert_eq!(answer.served.unwrap().version, 2);
    // Whoever saw the same fault does not go back further.
    let status = client.roll_back(Some(3)).await.unwrap_err();
    assert_eq!(reason(&status), "ALIAS_CHANGED");
    client.roll_back(None).await.unwrap();
    assert_eq!(client.served().await, 1);
    let status = client.roll_back(None).await.unwrap_err();
    assert_eq!(status.code(), Code::FailedPrecondition);
    assert_eq!(reason(&status), "NO_PREDECESSOR");

    let lines = audit(models.path());
    let told = |line: &Value| {
        let number = |field: &str| line[field].as_u64();
        (
            number("generation"),
            line["action"].clone(),
            number("from"),
            number("to"),
        )
    };
    assert_eq!(lines.len(), 5);
    assert_eq!(told(&lines[0]), (Some(1), "set".into(), None, Some(1)));
    assert_eq!(
        told(&lines[4]),
        (Some(5), "rollback".into(), Some(2), Some(1))
    );
    assert_eq!(lines[0]["actor"], "ann");
    assert_eq!(lines[0]["reason"], "a test");
    assert!(lines[0]["time"].as_str().unwrap().ends_with('Z'));
}

/// The newest version served because nobody chose, and turns out bad.
#[tokio::test]
async fn without_any_champion_a_rollback_goes_to_the_version_before() {
    let models = models(2);
    let (_server, client) = client(models.path()).await;
    client.roll_back(None).await.unwrap();
    assert_eq!(client.served().await, 1);
    let status = client.roll_back(None).await.unwrap_err();
    assert_eq!(reason(&status), "NO_PREDECESSOR");
}

#[tokio::test]
async fn a_past_champion_that_is_damaged_is_passed_over() {
    let models = models(5);
    let (_server, client) = client(models.path()).await;
    for to in [1, 2, 4, 5] {
        let now = client.summary().await.aliases.get("champion").copied();
        client.set("champion", now, Some(to)).await.unwrap();
    }
    // Not loaded now, and damaged meanwhile.
    fs::write(models.path().join(MODEL).join("2/model.json"), "{}").unwrap();
    client.roll_back(None).await.unwrap();
    assert_eq!(client.served().await, 4);
    client.roll_back(None).await.unwrap();
    assert_eq!(client.served().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_processes_that_move_one_alias_one_wins() {
    let models = models(3);
    let servers = [(); 2].map(|()| Process::start(models.path(), &["--reload-seconds", "0"]));
    let clients = [
        Client(servers[0].channel().await),
        Client(servers[1].channel().await),
    ];
    let mut now = None;
    for round in 0..20 {
        // Three versions, so that both always ask for a change.
        let targets = [1, 2, 3].into_iter().filter(|to| Some(*to) != now);
        let targets: Vec<u32> = targets.collect();
        let (one, other) = tokio::join!(
            clients[0].set("champion", now, Some(targets[0])),
            clients[1].set("champion", now, Some(targets[1])),
        );
        let (winner, loser) = match (one, other) {
            (Ok(change), Err(status)) | (Err(status), Ok(change)) => (change, status),
            both => panic!("round {round}: {both:?}"),
        };
        assert_eq!(loser.code(), Code::Aborted);
        let info = loser.get_details_error_info().unwrap();
        now = winner.to_version;
        assert_eq!(info.metadata["current_version"], now.unwrap().to_string());
        for client in &clients {
            client.reload().await;
            assert_eq!(Some(client.served().await), now);
        }
    }
    let lines = audit(models.path());
    let generations = lines
        .iter()
        .map(|line| line["generation"].as_u64().unwrap());
    assert!(generations.eq(1..=20));
    for server in servers {
        server.signal("-TERM");
        server.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn aliases_survive_a_restart() {
    let models = models(3);
    {
        let (_server, client) = client(models.path()).await;
        client.set("champion", None, Some(1)).await.unwrap();
        client.set("champion", Some(1), Some(2)).await.unwrap();
    }
    // What a writer leaves that is killed before its rename.
    let leftover = models.path().join(MODEL).join(".aliases.json.new");
    fs::write(leftover, "{\"format\": 1, \"na").unwrap();
    // And one that is killed while it writes the audit log.
    let path = models.path().join(MODEL).join("audit.ndjson");
    let log = fs::read_to_string(&path).unwrap();
    fs::write(&path, &log[..log.len() - 20]).unwrap();

    let (_server, client) = client(models.path()).await;
    assert_eq!(client.served().await, 2);
    client.roll_back(None).await.unwrap();
    assert_eq!(client.served().await, 1);
    let lines = audit(models.path());
    let generations = lines
        .iter()
        .map(|line| line["generation"].as_u64().unwrap());
    assert!(generations.eq(1..=3), "{lines:?}");
}
