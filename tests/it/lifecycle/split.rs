//! A share of customers is scored by a challenger, and the answer says so.

use std::{collections::BTreeMap, io::Write as _, sync::Arc};

use holdfast::{
    artifact::{self, ChurnContent, Content, Documents},
    features::{Feature, FeatureKind, FlagLabels, Schema},
    grpc::{
        Options,
        proto::{
            CustomerScore, NumberEncoding, ScoreColumnsRequest, ScoreCustomersRequest, SplitArm,
            TrafficArm, WhatIfRequest, customer_outcome::Outcome,
        },
    },
    model::{ChurnModel, Coefficient},
    scoring::{Sample, Split, Splits},
};
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use super::{Client, MODEL, contents, model, models, version};
use crate::support::{
    Server, assert_columns_alike, columns_of, customer, flag, process::Process, score_batch,
    score_one, selector, telco_customers,
};

/// As the contract's page has it, in other words than the server's.
fn is_challengers(salt: &str, id: &str, share: f64) -> bool {
    let digest = Sha256::digest(format!("{salt}:{id}"));
    let first: [u8; 8] = digest[..8].try_into().unwrap();
    (u64::from_be_bytes(first) >> 11) as f64 / f64::from(1 << 26) / f64::from(1 << 27) < share
}

fn arm(challenger: bool) -> Vec<SplitArm> {
    let arm = if challenger {
        TrafficArm::Challenger
    } else {
        TrafficArm::Champion
    };
    vec![SplitArm {
        model: MODEL.to_owned(),
        arm: arm.into(),
    }]
}

fn options(share: f64) -> Options {
    let split = Split {
        challenger: "challenger".parse().unwrap(),
        sample: Sample::new(MODEL.to_owned(), share).unwrap(),
    };
    Options {
        splits: Arc::new(Splits(BTreeMap::from([(model(), split)]))),
        ..Options::default()
    }
}

fn scores(outcomes: Vec<holdfast::grpc::proto::CustomerOutcome>) -> Vec<CustomerScore> {
    let score = |outcome: holdfast::grpc::proto::CustomerOutcome| match outcome.outcome {
        Some(Outcome::Score(score)) => score,
        other => panic!("{other:?}"),
    };
    outcomes.into_iter().map(score).collect()
}

fn config(content: &str) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(content.as_bytes()).unwrap();
    file
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_has_one_arm_in_every_shape() {
    let models = models(2);
    let file = config("[split.telco-churn]\nshare = 0.3\nsalt = 'spring'");
    let server = Process::start(models.path(), &["--config", file.path().to_str().unwrap()]);
    let client = Client(server.channel().await);
    client.set("challenger", None, Some(1)).await.unwrap();
    let customers = &telco_customers()[..300];
    let mut scoring = server.client().await;
    let batch = score_batch(customers.to_vec());
    let outcomes = scoring.score_customers(batch.clone()).await;
    let outcomes = outcomes.unwrap().into_inner().outcomes;
    let split = scores(outcomes.clone());
    let pinned = async |pinned: u32| {
        let mut batch = batch.clone();
        batch.churn_model.as_mut().unwrap().choice = version(pinned);
        let answer = server.client().await.score_customers(batch).await;
        scores(answer.unwrap().into_inner().outcomes)
    };
    let (challenger, champion) = (pinned(1).await, pinned(2).await);
    let mut taken = 0;
    for (row, score) in split.iter().enumerate() {
        let is_challengers = is_challengers("spring", &customers[row].id, 0.3);
        assert_eq!(score.splits, arm(is_challengers), "row {row}");
        let own = if is_challengers {
            &challenger
        } else {
            &champion
        };
        assert_eq!(score.churn, own[row].churn, "row {row}");
        assert!(own[row].splits.is_empty(), "who pins takes no part");
        taken += usize::from(is_challengers);
    }
    assert!((60..120).contains(&taken), "{taken}");
    for row in 0..20 {
        let alone = score_one(customers[row].clone());
        let alone = scoring.score_customer(alone).await.unwrap().into_inner();
        assert_eq!(alone.score.as_ref(), Some(&split[row]));
        let what_if = WhatIfRequest {
            churn_model: Some(selector(MODEL)),
            customer: Some(customers[row].clone()),
            changes: [("Partner".to_owned(), flag(true))].into(),
            ..WhatIfRequest::default()
        };
        let what_if = scoring.what_if(what_if).await.unwrap().into_inner();
        assert_eq!(what_if.before, alone.score);
        assert_eq!(what_if.after.unwrap().splits, split[row].splits);
    }
    let by_column = ScoreColumnsRequest {
        churn_model: batch.churn_model.clone(),
        max_reasons: Some(5),
        columns: Some(columns_of(customers, NumberEncoding::Doubles)),
        ..ScoreColumnsRequest::default()
    };
    let columns = scoring.score_columns(by_column).await.unwrap();
    let columns = columns.into_inner().columns.unwrap();
    assert_columns_alike(&outcomes, &columns);
    let mut masked = batch;
    masked.score_mask = Some(prost_types::FieldMask {
        paths: vec!["splits".to_owned()],
    });
    let masked = scoring.score_customers(masked).await.unwrap().into_inner();
    for (masked, whole) in scores(masked.outcomes).iter().zip(&split) {
        assert_eq!(masked.splits, whole.splits);
        assert!(masked.churn.is_none() && masked.policy.is_none());
    }
    server.signal("-TERM");
    server.wait();
}

#[tokio::test]
async fn a_larger_share_only_moves_customers_to_the_challenger() {
    let models = models(2);
    let mut before: Vec<bool> = Vec::new();
    for share in [0.0, 0.2, 0.5, 1.0] {
        let server = Server::with_options(models.path(), options(share)).await;
        let client = Client(server.channel.clone());
        let expected = (share > 0.0).then_some(1);
        client.set("challenger", expected, Some(1)).await.unwrap();
        let batch = score_batch(telco_customers().split_off(6500));
        let answer = server.score_customers(batch).await.unwrap();
        let taken = scores(answer).into_iter();
        let taken: Vec<bool> = taken
            .map(|score| score.churn.unwrap().model.unwrap().version == 1)
            .collect();
        assert!(before.iter().zip(&taken).all(|(a, b)| a <= b));
        let found = taken.iter().filter(|taken| **taken).count();
        let found = found as f64 / taken.len() as f64;
        assert!((found - share).abs() < 0.1, "{found} for {share}");
        before = taken;
    }
}

/// A churn model that knows one feature only.
fn narrow() -> Content {
    let Content::Churn(shipped) = contents()[0].clone() else {
        panic!("no churn model");
    };
    let schema = Schema::new(vec![Feature {
        name: "Partner".to_owned(),
        required: true,
        kind: FeatureKind::Flag(FlagLabels {
            true_label: "Yes".to_owned(),
            false_label: "No".to_owned(),
        }),
    }]);
    let coefficient = Coefficient {
        weight: 1.0,
        training_mean: 0.5,
    };
    let model = ChurnModel::new(schema.unwrap(), 0.1, vec![coefficient]).unwrap();
    Content::from(ChurnContent { model, ..*shipped })
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_fitting_challenger_everyone_gets_the_version_that_serves() {
    let models = models(1);
    artifact::publish(models.path(), &model(), &narrow(), &Documents::new()).unwrap();
    let file = config("[split.telco-churn]\nshare = 1\n[split.nothing]\nshare = 1");
    let server = Process::start(models.path(), &["--config", file.path().to_str().unwrap()]);
    let client = Client(server.channel().await);
    client.set("champion", None, Some(1)).await.unwrap();
    let mut scoring = server.client().await;
    let all = score_batch((0..50).map(|at| customer(&format!("c-{at}"))).collect());
    let mut serves_all = async |splits: usize, request: &ScoreCustomersRequest| {
        let answer = scoring.score_customers(request.clone()).await.unwrap();
        for score in scores(answer.into_inner().outcomes) {
            assert_eq!(score.churn.unwrap().model.unwrap().version, 1);
            assert_eq!(score.splits.len(), splits);
        }
    };
    serves_all(0, &all).await;
    client.set("challenger", None, Some(2)).await.unwrap();
    for _ in 0..3 {
        client.reload().await;
        serves_all(0, &all).await;
    }
    // A test of the test: one version against itself.
    client.set("challenger", Some(2), Some(1)).await.unwrap();
    serves_all(1, &all).await;
    assert_eq!(client.served().await, 1);
    server.signal("-TERM");
    let (_, log) = server.wait();
    let told = |text: &str| log.matches(text).count();
    assert_eq!(told("lacks the feature"), 1, "{log}");
    assert_eq!(
        told("a share of customers goes to the challenger"),
        1,
        "{log}"
    );
}
