//! Every shape of request, the same bits: random models, random customers, some
//! of them at fault, one by one, in a batch, by column and in a stream.

use std::{collections::BTreeMap, path::Path, sync::Arc, time::SystemTime};

use holdfast::{
    artifact::{
        self, AliasMove, Author, ChurnContent, Content, Documents, ModelName, MoveKind, Version,
    },
    features::{Axis, Feature, FeatureKind, FlagLabels, NumberEncoding, Pair, Schema, Shape},
    grpc::{
        Options,
        proto::{
            Customer, CustomerColumns, CustomerOutcome, CustomerRows, FeatureValue,
            NumberEncoding as Encoding, PurchaseSummary, ScoreColumnsRequest, ScoreCustomerRequest,
            ScoreCustomersRequest, ScoredColumns, StreamScoresRequest, StreamSettings,
            customer::Purchases, customer_outcome::Outcome,
            scoring_service_client::ScoringServiceClient, stream_scores_request::Customers,
            stream_scores_response::Result as Answer,
        },
    },
    model::{Calibration, ChurnModel, Coefficient, Platt, value::PurchaseModelKind},
    scoring::{Sample, Split, Splits},
};
use proptest::prelude::*;
use tempfile::TempDir;

use crate::support::{
    Server, assert_columns_alike, columns_of, copy, flag, name, null, number, publish_value,
    selector, text, value_content, value_models,
};

const CUSTOMERS: usize = 60;
const CATEGORIES: [&str; 4] = ["", "DSL", "Fiber", "\u{4efb}"];

/// Draws what a test is about from one seed.
struct Dice(u64);

impl Dice {
    /// Below `sides`.
    fn roll(&mut self, sides: u64) -> usize {
        // SplitMix64 (Steele, Lea and Flood 2014).
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % sides).unwrap()
    }

    fn one_in(&mut self, sides: u64) -> bool {
        self.roll(sides) == 0
    }

    /// In [-1, 1).
    fn share(&mut self) -> f64 {
        self.roll(1 << 50) as f64 / f64::from(1 << 25) / f64::from(1 << 24) - 1.0
    }
}

fn feature(dice: &mut Dice, at: usize) -> Feature {
    let kind = match dice.roll(4) {
        0 => FeatureKind::Flag(FlagLabels {
            true_label: "yes".to_owned(),
            false_label: "no".to_owned(),
        }),
        1 => {
            let known = dice.roll(4);
            FeatureKind::Text(CATEGORIES[..known].iter().map(|&c| c.to_owned()).collect())
        }
        curved => {
            let minimum = dice.share() * 100.0;
            let knots: Vec<f64> = (0..2 + dice.roll(6))
                .scan(minimum, |knot, _| {
                    let here = *knot;
                    *knot += 1.5 + dice.share();
                    Some(here)
                })
                .collect();
            FeatureKind::Number(NumberEncoding {
                minimum,
                maximum: knots[knots.len() - 1],
                mean: minimum + 1.0,
                standard_deviation: 1.25 + dice.share(),
                shape: if curved == 2 {
                    Shape::Line
                } else {
                    Shape::Curve(knots)
                },
            })
        }
    };
    Feature {
        name: format!("feature {at}"),
        required: dice.one_in(2),
        kind,
    }
}

fn axis(kind: &FeatureKind) -> Axis {
    match kind {
        FeatureKind::Number(number) => {
            let middle = f64::midpoint(number.minimum, number.maximum);
            Axis::Knots(vec![number.minimum, middle, number.maximum])
        }
        FeatureKind::Text(categories) => Axis::Categories(categories.len()),
        FeatureKind::Flag(_) => Axis::Flag,
    }
}

fn model(dice: &mut Dice) -> ChurnModel {
    let features = (0..=dice.roll(9)).map(|at| feature(dice, at)).collect();
    model_of(dice, features)
}

/// A model of these features, with pairs and coefficients of its own.
fn model_of(dice: &mut Dice, features: Vec<Feature>) -> ChurnModel {
    let mut pairs = Vec::new();
    for first in 0..features.len() {
        for second in first + 1..features.len() {
            if dice.one_in(4) {
                let features = [&features[first], &features[second]];
                pairs.push(Pair {
                    features: [first, second],
                    axes: features.map(|feature| axis(&feature.kind)),
                });
            }
        }
    }
    let schema = Schema::new(features).unwrap().with_pairs(pairs).unwrap();
    let coefficients = (0..schema.width()).map(|_| Coefficient {
        weight: dice.share() * 3.0,
        training_mean: dice.share(),
    });
    let coefficients = coefficients.collect();
    let model = ChurnModel::new(schema, dice.share(), coefficients).unwrap();
    let platt = Platt::new(dice.share(), 1.1 + dice.share()).unwrap();
    let calibration = dice.one_in(2).then_some(Calibration::Platt(platt));
    model.with_calibration(calibration)
}

fn value(dice: &mut Dice, feature: &Feature) -> Option<FeatureValue> {
    if dice.one_in(12) {
        return dice.one_in(2).then(null);
    }
    Some(match &feature.kind {
        FeatureKind::Flag(_) => flag(dice.one_in(2)),
        FeatureKind::Text(_) => text(["DSL", "", "Fiber", "dsl", "\u{4efb}"][dice.roll(5)]),
        FeatureKind::Number(encoding) => number(match dice.roll(60) {
            0 => f64::NAN,
            1 => f64::NEG_INFINITY,
            2 => -0.0,
            3 => 1e300,
            4 => encoding.maximum,
            5 => encoding.minimum,
            _ => encoding.mean + dice.share() * 10.0,
        }),
    })
}

fn summary(dice: &mut Dice) -> Option<Purchases> {
    if dice.one_in(15) {
        return None;
    }
    let frequency = dice.roll(5) as f64;
    let recency = if frequency == 0.0 {
        0.0
    } else {
        10.0 * (2.0 + dice.share())
    };
    let spend = dice.one_in(2) && frequency > 0.0;
    Some(Purchases::Summary(PurchaseSummary {
        frequency: if dice.one_in(20) { 0.5 } else { frequency },
        recency_days: recency,
        observation_days: 28.0 + 10.0 * dice.share(),
        mean_repeat_spend: spend.then(|| 30.0 * dice.share()),
        currency: if spend {
            "USD".to_owned()
        } else {
            String::new()
        },
    }))
}

fn customers(dice: &mut Dice, schema: &Schema, with_summaries: bool) -> Vec<Customer> {
    let customer = |row: usize| {
        let features = schema.features().iter().filter_map(|feature| {
            let value = value(dice, feature)?;
            Some((feature.name.clone(), value))
        });
        let mut features: BTreeMap<_, _> = features.collect();
        // A map may not be empty, a row of columns may.
        if features.is_empty() {
            features.insert(schema.features()[0].name.clone(), null());
        }
        let id = match dice.roll(20) {
            0 => String::new(),
            1 => "c-7".to_owned(),
            _ => format!("c-{row}"),
        };
        Customer {
            id,
            features,
            as_of: String::new(),
            purchases: if with_summaries { summary(dice) } else { None },
        }
    };
    (0..CUSTOMERS).map(customer).collect()
}

/// Another model of the same features, in another order.
fn challenger(dice: &mut Dice, champion: &ChurnModel) -> ChurnModel {
    let mut features = champion.schema().features().to_vec();
    let turn = dice.roll(features.len() as u64);
    features.rotate_left(turn);
    model_of(dice, features)
}

fn publish(models: &Path, model: ChurnModel) {
    let shipped = artifact::load(value_models(), &name("telco-churn"), Version::FIRST);
    let content = ChurnContent {
        model,
        ..shipped.unwrap().into_churn().unwrap().content
    };
    let content = Content::from(content);
    artifact::publish(models, &name("random"), &content, &Documents::new()).unwrap();
}

/// Lets version 1 serve, and version 2 challenge it.
fn set_aliases(models: &Path, model: &ModelName) {
    for (alias, version) in [("champion", 1), ("challenger", 2)] {
        let change = AliasMove {
            alias: alias.parse().unwrap(),
            expected: None,
            to: Version::new(version),
            kind: MoveKind::Set,
        };
        let author = Author::new("ann", "", SystemTime::UNIX_EPOCH).unwrap();
        artifact::move_alias(models, model, &change, &author).unwrap();
    }
}

/// Half of the customers of either model go to its challenger.
fn halves() -> Options {
    let split = |model: &str| Split {
        challenger: "challenger".parse().unwrap(),
        sample: Sample::new(model.to_owned(), 0.5).unwrap(),
    };
    let splits = ["random", "cdnow"].map(|model| (name(model), split(model)));
    Options {
        splits: Arc::new(Splits(BTreeMap::from(splits))),
        ..Options::default()
    }
}

async fn in_stream(server: &Server, batch: &ScoreCustomersRequest) -> Vec<Answer> {
    let settings = StreamSettings {
        churn_model: batch.churn_model.clone(),
        value_model: batch.value_model.clone(),
        max_reasons: batch.max_reasons,
        number_encoding: Encoding::LittleEndian.into(),
        ..StreamSettings::default()
    };
    let rows = CustomerRows {
        customers: batch.customers.clone(),
    };
    let columns = columns_of(&batch.customers, Encoding::LittleEndian);
    let messages = [
        StreamScoresRequest {
            sequence: 0,
            settings: Some(settings),
            customers: Some(Customers::Rows(rows)),
        },
        StreamScoresRequest {
            sequence: 1,
            settings: None,
            customers: Some(Customers::Columns(columns)),
        },
    ];
    let mut client = ScoringServiceClient::new(server.channel.clone());
    let answers = client.stream_scores(tokio_stream::iter(messages)).await;
    let mut answers = answers.unwrap().into_inner();
    let mut results = Vec::new();
    while let Some(answer) = answers.message().await.unwrap() {
        results.push(answer.result.unwrap());
    }
    results
}

/// One customer, as a batch of that customer alone would have it.
async fn alone(server: &Server, batch: &ScoreCustomersRequest, row: usize) -> Outcome {
    let request = ScoreCustomerRequest {
        churn_model: batch.churn_model.clone(),
        value_model: batch.value_model.clone(),
        max_reasons: batch.max_reasons,
        customer: Some(batch.customers[row].clone()),
        ..ScoreCustomerRequest::default()
    };
    match server.score_customer(request).await {
        Ok(score) => Outcome::Score(score),
        Err(status) => Outcome::Error(tonic_types::Status {
            code: status.code().into(),
            message: status
                .message()
                .replace("customer.", &format!("customers[{row}].")),
            details: Vec::new(),
        }),
    }
}

/// A status without the details, which repeat field paths.
fn in_short(outcome: &CustomerOutcome) -> Outcome {
    match outcome.outcome.clone().unwrap() {
        Outcome::Error(status) => Outcome::Error(tonic_types::Status {
            details: Vec::new(),
            ..status
        }),
        score @ Outcome::Score(_) => score,
    }
}

fn repeats(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Error(status) if status.message.contains("repeats"))
}

async fn check(seed: u64) {
    let mut dice = Dice(seed);
    let model = model(&mut dice);
    let with_value = dice.one_in(3);
    let batch = ScoreCustomersRequest {
        churn_model: Some(selector("random")),
        value_model: with_value.then(|| selector("cdnow")),
        max_reasons: Some(u32::try_from(dice.roll(12)).unwrap()),
        customers: customers(&mut dice, model.schema(), with_value),
        ..ScoreCustomersRequest::default()
    };
    let models = TempDir::new().unwrap();
    copy(&value_models().join("cdnow"), &models.path().join("cdnow"));
    let options = if dice.one_in(2) {
        let challenger = challenger(&mut dice, &model);
        publish(models.path(), model);
        publish(models.path(), challenger);
        set_aliases(models.path(), &name("random"));
        let other = value_content(PurchaseModelKind::BgNbd, [0.3, 4.0, 0.9, 2.0]);
        publish_value(models.path(), other);
        set_aliases(models.path(), &name("cdnow"));
        halves()
    } else {
        publish(models.path(), model);
        Options::default()
    };
    let server = Server::with_options(models.path(), options).await;
    let in_batch = server.score_customers(batch.clone()).await.unwrap();

    for (row, outcome) in in_batch.iter().enumerate().step_by(5) {
        let outcome = in_short(outcome);
        if !repeats(&outcome) {
            assert_eq!(alone(&server, &batch, row).await, outcome);
        }
    }
    let by_column = |encoding: Encoding, columns: CustomerColumns| ScoreColumnsRequest {
        churn_model: batch.churn_model.clone(),
        value_model: batch.value_model.clone(),
        max_reasons: batch.max_reasons,
        columns: Some(columns),
        number_encoding: encoding.into(),
        ..ScoreColumnsRequest::default()
    };
    for encoding in [Encoding::Doubles, Encoding::LittleEndian] {
        let columns = columns_of(&batch.customers, encoding);
        let scored = server.score_columns(by_column(encoding, columns)).await;
        assert_with_reasons(&batch, &in_batch, &scored.unwrap());
    }
    let answers = in_stream(&server, &batch).await;
    let [Answer::Rows(rows), Answer::Columns(columns)] = answers.as_slice() else {
        panic!("{answers:?}");
    };
    assert_eq!(rows.outcomes, in_batch);
    assert_with_reasons(&batch, &in_batch, columns);

    // In another order, of rows and of columns.
    let reversed = ScoreCustomersRequest {
        customers: batch.customers.iter().rev().cloned().collect(),
        ..batch.clone()
    };
    let backwards = server.score_customers(reversed.clone()).await.unwrap();
    for (a, b) in in_batch.iter().zip(backwards.iter().rev()) {
        if let (Some(Outcome::Score(a)), Some(Outcome::Score(b))) = (&a.outcome, &b.outcome) {
            assert_eq!(a, b);
        }
    }
    let mut columns = columns_of(&reversed.customers, Encoding::Doubles);
    columns.features.reverse();
    let request = by_column(Encoding::LittleEndian, columns);
    let scored = server.score_columns(request).await.unwrap();
    for (row, outcome) in backwards.iter().enumerate() {
        let valid = scored.validity.get(row / 8);
        let valid = valid.is_none_or(|byte| byte >> (row % 8) & 1 == 1);
        let score = matches!(outcome.outcome, Some(Outcome::Score(_)));
        assert_eq!(valid, score, "row {row}");
    }
}

/// Without reasons, columns do not say what the contributions add up to.
fn assert_with_reasons(
    batch: &ScoreCustomersRequest,
    in_rows: &[CustomerOutcome],
    in_columns: &ScoredColumns,
) {
    let mut in_rows = in_rows.to_vec();
    for outcome in &mut in_rows {
        if let (Some(0), Some(Outcome::Score(score))) = (batch.max_reasons, &mut outcome.outcome) {
            score.churn.as_mut().unwrap().remaining_contribution = 0.0;
        }
    }
    assert_columns_alike(&in_rows, in_columns);
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 24,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn every_shape_gives_the_same_bits(seed in any::<u64>()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.unwrap().block_on(check(seed));
    }
}
