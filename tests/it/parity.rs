//! One encoder, one scorer: the trainer's model, the loaded model, single and
//! batch calls agree on every row of the shipped data, bit for bit.

use holdfast::{
    artifact::{self, Version},
    customer::{Snapshot, Value},
    grpc::proto::{
        ChurnScore, Customer, CustomerScore, ScoreCustomersRequest, customer_outcome::Outcome,
    },
    model::CalibrationMethod,
    train::{self, Calibrations, ChurnTraining, Settings, Silent},
};
use tempfile::TempDir;

use crate::support::{
    Server, flag, name, number, own_telco_models, score_batch, score_one, selector,
    telco_customers, telco_training,
};

const ROWS: usize = 7043;

/// The probability that a model computes without any server.
fn predict(model: &holdfast::model::ChurnModel) -> Vec<f64> {
    telco_customers()
        .iter()
        .map(|customer| {
            let snapshot = Snapshot::try_from(customer).unwrap();
            let row = model.schema().row(&snapshot).unwrap();
            model.explain(&row).probability()
        })
        .collect()
}

async fn serve_and_compare(training: &ChurnTraining) {
    let trained = train::churn(training, &Silent).unwrap();
    let predicted = predict(&trained.content.model);
    assert_eq!(predicted.len(), ROWS);

    let loaded = artifact::load(&training.models, &training.name, Version::FIRST)
        .unwrap()
        .into_churn()
        .unwrap();
    assert_eq!(loaded.identity, trained.identity);
    assert_eq!(predict(&loaded.content.model), predicted);

    let server = Server::start(&training.models).await;
    let batch = scores(
        &server,
        ScoreCustomersRequest {
            churn_model: Some(selector(training.name.as_str())),
            ..score_batch(telco_customers())
        },
    )
    .await;
    for ((customer, in_batch), predicted) in telco_customers().into_iter().zip(batch).zip(predicted)
    {
        let mut request = score_one(customer);
        request.churn_model = Some(selector(training.name.as_str()));
        let single = server.score_customer(request).await.unwrap();
        assert_eq!(single, in_batch);
        let churn = single.churn.unwrap();
        assert_eq!(churn.probability.to_bits(), predicted.to_bits());
        let model = churn.model.unwrap();
        assert_eq!(model.digest, trained.identity.digest.as_str());
    }
}

async fn scores(server: &Server, request: ScoreCustomersRequest) -> Vec<CustomerScore> {
    let outcomes = server.score_customers(request).await.unwrap();
    outcomes
        .into_iter()
        .map(|outcome| match outcome.outcome {
            Some(Outcome::Score(score)) => score,
            other => panic!("no score: {other:?}"),
        })
        .collect()
}

fn without_folds(training: ChurnTraining) -> ChurnTraining {
    ChurnTraining {
        settings: Settings {
            folds: 0,
            ..training.settings
        },
        ..training
    }
}

#[tokio::test]
async fn every_path_agrees_where_churners_are_the_minority() {
    let models = TempDir::new().unwrap();
    serve_and_compare(&without_folds(telco_training(models.path()))).await;
}

#[tokio::test]
async fn every_path_agrees_where_churners_are_the_majority() {
    let models = TempDir::new().unwrap();
    let training = ChurnTraining {
        positive: "No".to_owned(),
        name: name("telco-stay"),
        ..telco_training(models.path())
    };
    serve_and_compare(&without_folds(training)).await;
}

/// linfa makes the more frequent class the positive one; the model must not.
#[test]
fn flipping_the_target_gives_the_complement() {
    let models = TempDir::new().unwrap();
    let churn = without_folds(telco_training(models.path()));
    let stay = ChurnTraining {
        positive: "No".to_owned(),
        name: name("telco-stay"),
        ..churn.clone()
    };
    let predicted = |training| predict(&train::churn(training, &Silent).unwrap().content.model);
    for (churn, stay) in predicted(&churn).into_iter().zip(predicted(&stay)) {
        assert!((churn + stay - 1.0).abs() < 1e-5, "{churn} {stay}");
    }
}

fn assert_adds_up(churn: &ChurnScore) {
    let mut terms: Vec<f64> = churn.reasons.iter().map(|r| r.contribution).collect();
    terms.push(churn.base_log_odds);
    terms.push(churn.remaining_contribution);
    let forwards: f64 = terms.iter().sum();
    let backwards: f64 = terms.iter().rev().sum();
    assert_eq!(forwards.to_bits(), churn.log_odds.to_bits());
    assert_eq!(backwards.to_bits(), churn.log_odds.to_bits());
    if !churn.calibrated {
        let probability = 1.0 / (1.0 + (-churn.log_odds).exp());
        assert!((probability - churn.probability).abs() < 1e-15);
    }
}

#[tokio::test]
async fn explanations_add_up_bit_for_bit_however_many_are_asked_for() {
    let models = own_telco_models();
    let server = Server::start(models.path()).await;
    let mut log_odds: Option<Vec<u64>> = None;
    for max_reasons in [None, Some(0), Some(1), Some(3), Some(u32::MAX)] {
        let request = ScoreCustomersRequest {
            max_reasons,
            ..score_batch(telco_customers())
        };
        let mut seen = Vec::new();
        for score in scores(&server, request).await {
            let churn = score.churn.unwrap();
            assert_adds_up(&churn);
            let limit = max_reasons.map_or(5, |max| max as usize);
            assert!(churn.reasons.len() <= limit);
            let sizes = churn.reasons.iter().map(|r| r.contribution.abs());
            assert!(sizes.is_sorted_by(|a, b| a >= b));
            if max_reasons == Some(u32::MAX) {
                assert_eq!(churn.remaining_contribution, 0.0);
            }
            seen.push(churn.log_odds.to_bits());
        }
        assert_eq!(log_odds.get_or_insert_with(|| seen.clone()), &seen);
    }
}

/// The order of the rows, or of a map's entries, changes nothing.
#[tokio::test]
async fn a_row_scores_the_same_wherever_it_stands() {
    let models = own_telco_models();
    let server = Server::start(models.path()).await;
    let forwards = scores(&server, score_batch(telco_customers())).await;
    let mut reversed = telco_customers();
    reversed.reverse();
    let mut backwards = scores(&server, score_batch(reversed)).await;
    backwards.reverse();
    assert_eq!(forwards, backwards);
}

/// Curves, a joint effect and a calibration, on data that have need of them.
#[tokio::test]
async fn curves_pairs_and_calibrations_are_served_as_they_were_trained() {
    for method in CalibrationMethod::ALL {
        let models = TempDir::new().unwrap();
        let data = models.path().join("data.csv");
        std::fs::write(&data, bent_and_joined()).unwrap();
        let training = ChurnTraining {
            settings: Settings {
                folds: 0,
                bootstrap: 0,
                calibration: Calibrations::Only(method),
                ..Settings::default()
            },
            ..ChurnTraining::new(
                vec![data],
                "left",
                "yes",
                name("bent"),
                models.path().to_owned(),
            )
        };
        let model = train::churn(&training, &Silent).unwrap().content.model;
        assert!(model.schema().features()[0].bends());
        let pair = model.schema().effect_names(model.schema().features().len());
        assert_eq!(pair.as_slice(), ["age", "member"]);

        let server = Server::start(models.path()).await;
        let customers = (0..200).map(|row| {
            let (age, member, _) = bent_and_joined_row(row);
            let features = [("age", number(age)), ("member", flag(member))];
            let features = features.map(|(name, value)| (name.to_owned(), value));
            Customer {
                id: format!("c-{row}"),
                features: features.into_iter().collect(),
                ..Customer::default()
            }
        });
        let request = ScoreCustomersRequest {
            churn_model: Some(selector("bent")),
            max_reasons: Some(10),
            ..score_batch(customers.collect())
        };
        for (row, score) in scores(&server, request).await.into_iter().enumerate() {
            let churn = score.churn.unwrap();
            assert_adds_up(&churn);
            let (age, member, _) = bent_and_joined_row(row);
            let values = [
                ("age", Some(Value::Number(age))),
                ("member", Some(Value::Flag(member))),
            ];
            let snapshot = Snapshot::new("c", values.into_iter()).unwrap();
            let explanation = model.explain(&model.schema().row(&snapshot).unwrap());
            assert_eq!(churn.log_odds.to_bits(), explanation.log_odds.to_bits());
            assert_eq!(
                churn.probability.to_bits(),
                explanation.probability().to_bits()
            );
            assert!(churn.calibrated);
            let joint = churn
                .reasons
                .iter()
                .find(|reason| reason.features.len() == 2)
                .unwrap();
            assert_eq!(joint.features, ["age", "member"]);
        }
    }
}

/// Churn is lowest at middle age, and rises with age for members only.
fn bent_and_joined_row(row: usize) -> (f64, bool, bool) {
    let age = 20.0 + ((row * 37) % 61) as f64;
    let member = row.is_multiple_of(2);
    let log_odds =
        0.004 * (age - 50.0).powi(2) - 2.0 + if member { 0.1 * (age - 50.0) } else { 0.0 };
    // A number between 0 and 1 that looks drawn.
    let chance = ((row as f64 * 12.9898).sin() * 43758.5453).fract().abs();
    (age, member, chance < 1.0 / (1.0 + (-log_odds).exp()))
}

fn bent_and_joined() -> String {
    let rows = (0..4000).map(|row| {
        let (age, member, left) = bent_and_joined_row(row);
        let word = |yes: bool| if yes { "yes" } else { "no" };
        format!("{age},{},{}\n", word(member), word(left))
    });
    ["age,member,left\n".to_owned()]
        .into_iter()
        .chain(rows)
        .collect()
}
