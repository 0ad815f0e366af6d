//! Faults of rows, and of a batch as a whole.

use super::*;

#[tokio::test]
async fn a_batch_is_refused_whole_only_for_faults_of_the_whole() {
    let options = Options {
        max_batch_rows: 3,
        ..Options::default()
    };
    let server = Server::with_options(telco_models(), options).await;
    let ask = |customers| server.score_customers(score_batch(customers));
    for customers in [vec![], (0..4).map(|i| customer(&i.to_string())).collect()] {
        let status = ask(customers).await.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument);
        assert_eq!(violated_fields(&status), ["customers"]);
    }
    let nothing = server.score_customers(ScoreCustomersRequest::default());
    assert_eq!(
        violated_fields(&nothing.await.unwrap_err()),
        ["churn_model", "customers"]
    );
}

#[tokio::test]
async fn a_bad_row_keeps_no_other_row_from_its_score() {
    let rows = vec![
        customer("a"),
        with("b", "tenure", number(f64::NAN)),
        Customer::default(),
        customer("a"),
        with(&"x".repeat(300), "shoe_size", text(SECRET)),
        with("a", "tenure", text(SECRET)),
        customer("c"),
        customer("d"),
    ];
    let server = Server::start(telco_models()).await;
    let response = server.score_customers(score_batch(rows)).await;
    let outcomes = response.unwrap();
    let ids: Vec<&str> = outcomes.iter().map(|o| o.customer_id.as_str()).collect();
    assert_eq!(ids, ["a", "b", "", "a", "", "a", "c", "d"]);
    let told: Vec<Option<Vec<String>>> = outcomes
        .iter()
        .map(|outcome| match outcome.outcome.as_ref().unwrap() {
            Outcome::Score(_) => None,
            Outcome::Error(status) => {
                assert_eq!(status.code, i32::from(Code::InvalidArgument));
                assert!(!format!("{status:?}").contains(SECRET));
                Some(row_fields(status))
            }
        })
        .collect();
    assert_eq!(told[0], None);
    assert_eq!(
        told[1].as_deref().unwrap(),
        ["customers[1].features.tenure"]
    );
    assert_eq!(
        told[2].as_ref().unwrap()[..2],
        ["customers[2].id", "customers[2].features"]
    );
    assert_eq!(told[3].as_deref().unwrap(), ["customers[3].id"]);
    assert_eq!(
        told[4].as_deref().unwrap(),
        ["customers[4].id", "customers[4].features.shoe_size"]
    );
    assert_eq!(
        told[5].as_deref().unwrap(),
        ["customers[5].id", "customers[5].features.tenure"]
    );
    assert_eq!((&told[6], &told[7]), (&None, &None));
}

fn row_fields(status: &tonic_types::Status) -> Vec<String> {
    violated_fields(&status_of(status))
}

/// A row's error is the status that a call of its own would end with, but for
/// the field's path.
#[tokio::test]
async fn rows_and_calls_fail_alike() {
    let bad = with("1", "tenure", number(f64::NAN));
    let alone = refusal(score_one(bad.clone())).await;
    let server = Server::start(telco_models()).await;
    let response = server.score_customers(score_batch(vec![bad]));
    let outcome = response.await.unwrap().remove(0).outcome;
    let Some(Outcome::Error(in_batch)) = outcome else {
        panic!("an error");
    };
    let single: ErrorDetails = alone.get_error_details();
    assert_eq!(in_batch.code, i32::from(alone.code()));
    assert_eq!(
        in_batch.message,
        alone.message().replace("customer.", "customers[0].")
    );
    assert_eq!(in_batch.details.len(), 2);
    assert!(single.error_info().is_some() && single.bad_request().is_some());
}
