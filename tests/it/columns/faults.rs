//! What columns can be refused for, as a whole.

use super::*;

async fn refusal(change: impl FnOnce(&mut ScoreColumnsRequest)) -> Status {
    let customers: Vec<_> = ["a", "b", "c"].map(customer).into();
    let mut request = by_column(&customers, NumberEncoding::Doubles);
    change(&mut request);
    let server = Server::start(value_models()).await;
    let status = server.score_columns(request).await.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument, "{status:?}");
    let reason = status.get_details_error_info().unwrap().reason;
    assert_eq!(reason, "INVALID_REQUEST");
    assert!(!format!("{status:?}").contains(SECRET));
    status
}

/// Changes a sound request and compares the fields that the answer blames.
async fn check(change: impl FnOnce(&mut ScoreColumnsRequest), fields: &[&str]) {
    assert_eq!(violated_fields(&refusal(change).await), fields);
}

fn columns(request: &mut ScoreColumnsRequest) -> &mut CustomerColumns {
    request.columns.as_mut().unwrap()
}

/// The place of a feature; they stand in the order of their names.
fn place(request: &ScoreColumnsRequest, name: &str) -> usize {
    let features = &request.columns.as_ref().unwrap().features;
    features.iter().position(|f| f.name == name).unwrap()
}

fn set(request: &mut ScoreColumnsRequest, name: &str, values: Values) {
    let place = place(request, name);
    columns(request).features[place].values = Some(values);
}

#[tokio::test]
async fn faults_of_the_whole_are_named() {
    check(|r| r.columns = None, &["columns"]).await;
    let nothing = |r: &mut ScoreColumnsRequest| *r = ScoreColumnsRequest::default();
    check(nothing, &["churn_model", "columns"]).await;
    check(|r| r.number_encoding = 9, &["number_encoding"]).await;
    let unknown = |r: &mut ScoreColumnsRequest| {
        columns(r).features.push(FeatureColumn {
            name: SECRET.to_owned(),
            values: Some(Values::Numbers(numbers(
                &[None; 3],
                NumberEncoding::Doubles,
            ))),
        });
    };
    check(unknown, &["columns.features[19].name"]).await;
    let missing = |r: &mut ScoreColumnsRequest| {
        let place = place(r, "tenure");
        columns(r).features.remove(place);
    };
    check(missing, &["columns.features.tenure"]).await;
    check(
        |r| columns(r).features[1].name = columns(r).features[0].name.clone(),
        &["columns.features[1].name"],
    )
    .await;
    let no_columns = refusal(|r| columns(r).features.clear()).await;
    assert_eq!(violated_fields(&no_columns)[0], "columns.features");
    check(
        |r| {
            let flags = Flags {
                values: vec![7],
                validity: Vec::new(),
            };
            set(r, "tenure", Values::Flags(flags));
        },
        &["columns.features[18]"],
    )
    .await;
}

#[tokio::test]
async fn lengths_and_indices_are_checked_at_once() {
    check(
        |r| {
            let short = Numbers {
                values: vec![1.0; 2],
                validity: vec![0, 0],
                ..Numbers::default()
            };
            set(r, "MonthlyCharges", Values::Numbers(short));
            let odd = Numbers {
                little_endian: vec![0; 23].into(),
                ..Numbers::default()
            };
            set(r, "tenure", Values::Numbers(odd));
            let texts = Texts {
                dictionary: vec![SECRET.to_owned()],
                indices: vec![1, 0, u32::MAX],
                validity: Vec::new(),
            };
            set(r, "Contract", Values::Texts(texts));
            set(r, "Partner", Values::Flags(Flags::default()));
        },
        &[
            "columns.features[0].texts.indices[0]",
            "columns.features[0].texts.indices[2]",
            "columns.features[4].numbers.values",
            "columns.features[4].numbers.validity",
            "columns.features[9].flags.values",
            "columns.features[18].numbers.little_endian",
        ],
    )
    .await;
    let many = refusal(|r| {
        let texts = Texts {
            indices: vec![7; 3],
            ..Texts::default()
        };
        for at in 0..19 {
            columns(r).features[at].values = Some(Values::Texts(texts.clone()));
        }
    })
    .await;
    assert_eq!(violated_fields(&many).len(), 20);
    assert!(many.message().ends_with("(and 56 more)"));
}

#[tokio::test]
async fn summaries_are_checked_as_a_whole() {
    let all = |values: [f64; 3]| {
        let values = values.map(Some);
        Some(numbers(&values, NumberEncoding::Doubles))
    };
    let sound = PurchaseSummaryColumns {
        frequency: all([1.0, 2.0, 3.0]),
        recency_days: all([1.0; 3]),
        observation_days: all([9.0; 3]),
        mean_repeat_spend: all([10.0; 3]),
        currency: "USD".to_owned(),
    };
    let value_of = |summary: Option<PurchaseSummaryColumns>| {
        move |request: &mut ScoreColumnsRequest| {
            request.value_model = Some(selector("cdnow"));
            columns(request).summary = summary;
        }
    };
    check(value_of(None), &["columns.summary"]).await;
    for currency in ["EUR", "usd", ""] {
        let summary = PurchaseSummaryColumns {
            currency: currency.to_owned(),
            ..sound.clone()
        };
        check(value_of(Some(summary)), &["columns.summary.currency"]).await;
    }
    let lacking = PurchaseSummaryColumns {
        recency_days: None,
        ..sound
    };
    check(value_of(Some(lacking)), &["columns.summary.recency_days"]).await;
}

#[tokio::test]
async fn rows_and_reasons_are_bounded() {
    let options = Options {
        max_column_rows: 3,
        ..Options::default()
    };
    let server = Server::with_options(telco_models(), options).await;
    for (rows, fields) in [
        (0, vec!["columns.ids"]),
        (3, vec![]),
        (4, vec!["columns.ids"]),
    ] {
        let mut customers = vec![customer(""); rows];
        for (row, customer) in customers.iter_mut().enumerate() {
            customer.id = row.to_string();
        }
        let request = by_column(&customers, NumberEncoding::Doubles);
        let refused = server.score_columns(request).await.err();
        let told = refused.as_ref().map(violated_fields).unwrap_or_default();
        assert_eq!(told.first().map(String::as_str), fields.first().copied());
    }
    let server = Server::start(telco_models()).await;
    let mut many = by_column(&telco_customers(), NumberEncoding::LittleEndian);
    let rows = 100_000;
    let columns = columns(&mut many);
    columns.ids = (0..rows).map(|row| row.to_string()).collect();
    for feature in &mut columns.features {
        match feature.values.as_mut().unwrap() {
            Values::Numbers(numbers) => {
                *numbers = self::numbers(&vec![Some(1.0); rows], NumberEncoding::LittleEndian);
            }
            Values::Texts(texts) => {
                texts.indices = vec![0; rows];
                texts.validity = Vec::new();
            }
            Values::Flags(flags) => {
                flags.values = vec![0; rows / 8];
                flags.validity = Vec::new();
            }
        }
    }
    many.max_reasons = Some(u32::MAX);
    let refused = server.score_columns(many.clone()).await.err().unwrap();
    assert_eq!(violated_fields(&refused), ["columns.ids"]);
    many.max_reasons = Some(1);
    let scored = server.score_columns(many).await.unwrap();
    assert_eq!((scored.rows as usize, scored.errors.len()), (rows, 0));
}

#[tokio::test]
async fn selectors_are_those_of_a_batch() {
    let server = Server::start(value_models()).await;
    let ask = |name: &str| {
        let request = ScoreColumnsRequest {
            churn_model: Some(ModelSelector {
                name: name.to_owned(),
                choice: None,
            }),
            ..by_column(&[customer("a")], NumberEncoding::Doubles)
        };
        server.score_columns(request)
    };
    for (name, code) in [
        ("..", Code::InvalidArgument),
        ("nobody", Code::NotFound),
        ("cdnow", Code::InvalidArgument),
    ] {
        assert_eq!(ask(name).await.unwrap_err().code(), code);
    }
}
