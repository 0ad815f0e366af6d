//! Policies of one's own: served, reloaded, refused.

use std::{collections::BTreeMap, fs, path::PathBuf, process::Command, sync::Arc};

use holdfast::{
    config::policy_file,
    grpc::{
        Options,
        proto::{
            ReloadModelsRequest, RiskBand, ScoreCustomerRequest,
            model_service_client::ModelServiceClient, policy_change::Change as PolicyChanged,
        },
    },
    registry::{Choice, LivePolicies, Selector},
    scoring::{Chosen, Profiles},
};
use tempfile::TempDir;

use super::{ask_all, models, subscriber_and_buyer};
use crate::support::Server;

const ONE_ACTION: &str = "
name = 'mine'
version = '1'

[[playbook]]
name = 'for all'
code = 'WRITE'
channel = 'letter'
cost = 1.5
success = 0.5
text = { en = 'Write a letter.' }
";

fn file(directory: &TempDir, text: &str) -> PathBuf {
    let path = directory.path().join("policy.toml");
    fs::write(&path, text).unwrap();
    path
}

/// Bands of which the second begins at `from`.
fn bands(from: &str) -> String {
    let band = |name: &str, from: &str, to: &str| {
        format!("[[bands]]\nname = '{name}'\nfrom = {from}\nto = {to}\n")
    };
    [
        band("low", "0.0", "0.01"),
        band("medium", from, "0.02"),
        band("high", "0.02", "0.03"),
        band("critical", "0.03", "1.0"),
    ]
    .concat()
}

#[tokio::test]
async fn a_changed_file_decides_and_a_faulty_one_does_not() {
    let directory = TempDir::new().unwrap();
    let path = file(&directory, ONE_ACTION);
    let live = policy_file::live(Some(&path), &BTreeMap::new(), &mut Vec::new());
    let live = Arc::new(live.unwrap());
    let options = Options {
        policies: Some(Arc::clone(&live)),
        ..Options::default()
    };
    let server = Server::with_options(models(), options).await;
    let score = async || {
        let request = ask_all(subscriber_and_buyer(0, "0042"));
        server.score_customer(request).await.unwrap()
    };
    let first = score().await;
    assert_eq!(first.action.as_ref().unwrap().code, "WRITE");
    assert_eq!(first.policy.as_ref().unwrap().version, "1");
    // What the file leaves out is as usual.
    assert_eq!(first.risk_band(), RiskBand::High);

    live.reload();
    assert_eq!(score().await, first);
    let second = ONE_ACTION.replace("'1'", "'2'") + &bands("0.01");
    file(&directory, &second);
    live.reload();
    let scored = score().await;
    assert_eq!(scored.policy.as_ref().unwrap().version, "2");
    assert_eq!(scored.risk_band(), RiskBand::Critical);
    // The scores are the models' alone.
    assert_eq!((&scored.churn, &scored.value), (&first.churn, &first.value));

    for faulty in [
        ONE_ACTION.replace("'1'", "'3'") + &bands("0.015"),
        "name = ".to_owned(),
    ] {
        file(&directory, &faulty);
        live.reload();
        assert_eq!(score().await, scored);
    }
    fs::remove_file(&path).unwrap();
    live.reload();
    assert_eq!(score().await, scored);
    file(&directory, ONE_ACTION);
    live.reload();
    assert_eq!(score().await, first);
}

#[tokio::test]
async fn rules_of_groups_go_before_the_segmentations_own() {
    let all = ONE_ACTION.to_owned()
        + "[[segments]]\nname = 'everyone'\nscores = [{}]\n\
           [tiers.matrix]\nlow = ['high', 'high', 'high']\nmedium = ['high', 'high', 'high']\n\
           high = ['low', 'low', 'low']\n[lifecycle]\nat_risk_gaps = 1e-6\nchurned_gaps = 9999.0\n";
    let policy = policy_file::parse(&all).unwrap();
    let options = Options {
        policies: Some(Arc::new(LivePolicies::new(policy))),
        ..Options::default()
    };
    let own = Server::start(models()).await;
    let stated = Server::with_options(models(), options).await;
    let request = ask_all(subscriber_and_buyer(0, "0042"));
    let own = own.score_customer(request.clone()).await.unwrap();
    let stated = stated.score_customer(request).await.unwrap();
    assert_eq!(stated.rfm.as_ref().unwrap().segment, "everyone");
    assert_eq!(stated.rfm.unwrap().recency, own.rfm.unwrap().recency);
    let (own, stated) = (own.tier.unwrap(), stated.tier.unwrap());
    assert_eq!(
        (own.current, own.potential),
        (stated.current, stated.potential)
    );
    assert_ne!(own.overall, stated.overall);
}

#[test]
fn a_server_does_not_start_with_a_faulty_policy() {
    let directory = TempDir::new().unwrap();
    let faulty = ONE_ACTION.to_owned() + &bands("0.015") + "[causes]\nprice = ['*']\n";
    let path = file(&directory, &faulty);
    let output = Command::new(env!("CARGO_BIN_EXE_holdfast-server"))
        .args([
            "--listen",
            "127.0.0.1:0",
            "--default-profile",
            "none",
            "--models",
        ])
        .arg(models())
        .arg("--policy")
        .arg(&path)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8(output.stderr).unwrap();
    for part in [
        "policy.toml: line 18: bands[1].from: leaves a hole",
        "line 29: causes.price[0]: must name a feature",
        "default_profile: there is no profile `none`",
    ] {
        assert!(told.contains(part), "{part} in {told}");
    }
}

#[tokio::test]
async fn a_profile_names_its_policy_and_reloading_tells_what_became_of_each() {
    let directory = TempDir::new().unwrap();
    let path = file(&directory, ONE_ACTION);
    let named = BTreeMap::from([("letters".to_owned(), path)]);
    let live = policy_file::live(None, &named, &mut Vec::new()).unwrap();
    let profile = |policy: Option<&str>| Chosen {
        churn: Some(Selector {
            name: "telco-churn".parse().unwrap(),
            choice: Choice::Served,
        }),
        policy: policy.map(str::to_owned),
        ..Chosen::default()
    };
    let profiles = [("usual", None), ("letters", Some("letters"))];
    let profiles = profiles.map(|(name, policy)| (name.to_owned(), profile(policy)));
    let options = Options {
        policies: Some(Arc::new(live)),
        profiles: Arc::new(Profiles::new(BTreeMap::from(profiles), None).unwrap()),
        reload_interval: None,
        ..Options::default()
    };
    let server = Server::with_options(models(), options).await;
    let policy = async |profile: &str| {
        let request = ScoreCustomerRequest {
            profile: profile.to_owned(),
            customer: Some(subscriber_and_buyer(0, "0042")),
            ..ScoreCustomerRequest::default()
        };
        let score = server.score_customer(request).await.unwrap();
        let policy = score.policy.unwrap();
        (policy.name, policy.version)
    };
    let reload = async || {
        let mut client = ModelServiceClient::new(server.channel.clone());
        let told = client.reload_models(ReloadModelsRequest {}).await;
        told.unwrap().into_inner().policy_changes
    };
    let told = |name: &str, version: &str| (name.to_owned(), version.to_owned());
    assert_eq!(policy("usual").await, told("holdfast-default", "1"));
    assert_eq!(policy("letters").await, told("mine", "1"));
    assert_eq!(reload().await, []);

    file(&directory, &ONE_ACTION.replace("'1'", "'2'"));
    let [change] = &reload().await[..] else {
        panic!("one change");
    };
    assert_eq!(change.policy, "letters");
    assert!(matches!(&change.change, Some(PolicyChanged::Loaded(policy)) if policy.version == "2"));
    assert_eq!(policy("letters").await, told("mine", "2"));

    file(&directory, &(ONE_ACTION.to_owned() + &bands("0.015")));
    let [change] = &reload().await[..] else {
        panic!("one change");
    };
    let Some(PolicyChanged::Refused(reason)) = &change.change else {
        panic!("{change:?}");
    };
    assert!(reason.starts_with("line 18: bands[1].from"), "{reason}");
    assert_eq!(reload().await, []);
    assert_eq!(policy("letters").await, told("mine", "2"));
    assert_eq!(policy("usual").await, told("holdfast-default", "1"));
}
