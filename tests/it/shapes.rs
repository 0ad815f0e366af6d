//! Every shape of request, the same bits: random models, random customers, some
//! of them at fault, one by one, in a batch, by column and in a stream.

use std::{collections::BTreeMap, path::Path, sync::Arc, time::SystemTime};

use holdfast::{
    artifact::{
        self, AliasMove, Author, ChurnContent, Content, Documents, ModelName, MoveKind, Version,
    },
    config::policy_file,
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
    registry::LivePolicies,
    scoring::{Sample, Split, Splits},
};
use proptest::prelude::*;
use tempfile::TempDir;

use crate::support::{
    Server, assert_columns_alike, columns_of, copy, everything, flag, name, null, number,
    publish_value, selector, text, value_content, value_models,
};

mod random;

use random::{Dice, challenger, customers, model};

const CUSTOMERS: usize = 60;
const CATEGORIES: [&str; 4] = ["", "DSL", "Fiber", "\u{4efb}"];

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
            in_place: false,
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

/// Nothing decides, or the built-in policy, or one that values contracts by some
/// feature.
fn policies(dice: &mut Dice) -> Option<Arc<LivePolicies>> {
    let policy = match dice.roll(4) {
        0 => return None,
        1 => policy_file::built_in().unwrap(),
        _ => {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies/subscription.toml");
            let text = std::fs::read_to_string(path).unwrap();
            let feature = format!("\"feature {}\"", dice.roll(3));
            policy_file::parse(&text.replace("\"MonthlyCharges\"", &feature)).unwrap()
        }
    };
    Some(Arc::new(LivePolicies::new(policy)))
}

async fn in_stream(server: &Server, batch: &ScoreCustomersRequest) -> Vec<Answer> {
    let settings = StreamSettings {
        churn_model: batch.churn_model.clone(),
        value_model: batch.value_model.clone(),
        max_reasons: batch.max_reasons,
        score_mask: everything(),
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
    let options = Options {
        policies: policies(&mut dice),
        ..options
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
        score_mask: (encoding == Encoding::LittleEndian)
            .then(everything)
            .flatten(),
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
