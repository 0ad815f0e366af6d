//! What a history is scored as, and what is wrong with one.

use holdfast::grpc::proto::{
    Customer, GetModelRequest, ModelSelector, PurchaseHistory, model::Kind,
    model_service_client::ModelServiceClient,
};
use tonic::Code;

use super::{cdnow, churn_of, history_of, invoices};
use crate::support::{Server, null, number, selector, violated_fields};

#[tokio::test]
async fn a_history_is_scored_as_its_row_of_the_panel() {
    cdnow().every_row_is_scored_as_trained().await;
}

#[tokio::test]
async fn the_example_of_such_a_model_is_scored_from_its_history() {
    for built in [cdnow(), &invoices()] {
        let server = Server::start(&built.models()).await;
        let request = GetModelRequest {
            model: Some(selector("buyers")),
        };
        let mut client = ModelServiceClient::new(server.channel.clone());
        let answer = client.get_model(request).await.unwrap().into_inner();
        let example = answer.example.unwrap();
        assert!(example.customer.as_ref().unwrap().purchases.is_some());
        assert!(
            server
                .score_customer(example)
                .await
                .unwrap()
                .churn
                .is_some()
        );
    }
}

#[tokio::test]
async fn invoices_products_and_refunds_count_as_in_training() {
    let built = invoices();
    let content = built.content();
    assert!(
        content
            .model
            .schema()
            .position("distinct_products")
            .is_some()
    );
    assert!(content.model.schema().position("returns_share").is_some());
    built.every_row_is_scored_as_trained().await;

    // Without products their number is not built: it is required, or sent.
    let server = Server::start(&built.models()).await;
    let mut bare = built.customer(40);
    for purchase in &mut history_of(&mut bare).purchases {
        purchase.products.clear();
    }
    let status = churn_of(&server, bare.clone()).await.unwrap_err();
    assert_eq!(
        violated_fields(&status),
        ["customer.features.distinct_products"]
    );
    let counted = built.rows[40].cells["distinct_products"].unwrap();
    bare.features
        .insert("distinct_products".to_owned(), number(counted));
    let sent = churn_of(&server, bare).await.unwrap();
    assert_eq!(sent, churn_of(&server, built.customer(40)).await.unwrap());

    for (names, field) in [
        (
            vec![String::new()],
            "customer.history.purchases[0].products",
        ),
        (
            vec!["x".repeat(257)],
            "customer.history.purchases[0].products",
        ),
        (vec!["x".to_owned(); 10_001], "customer.history.purchases"),
    ] {
        let mut customer = built.customer(40);
        history_of(&mut customer).purchases[0].products = names;
        let status = churn_of(&server, customer).await.unwrap_err();
        assert_eq!(violated_fields(&status), [field]);
    }
}

#[tokio::test]
async fn the_model_tells_what_it_builds() {
    let server = Server::start(&cdnow().models()).await;
    let request = GetModelRequest {
        model: Some(ModelSelector {
            name: "buyers".to_owned(),
            choice: None,
        }),
    };
    let Some(Kind::Churn(model)) = server.get_model(request).await.unwrap().kind else {
        panic!("no churn model");
    };
    let told = model.from_history.unwrap();
    let wanted: Vec<_> = model.features.iter().map(|f| f.name.clone()).collect();
    assert_eq!(told.names, wanted);
    assert_eq!(told.currency, "USD");
    assert_eq!(told.windows_days, [30, 90, 180, 365]);
    assert_eq!(told.refunds().as_str_name(), "REFUND_TREATMENT_NET");
    assert_eq!(told.occasion().as_str_name(), "PURCHASE_OCCASION_DAY");
}

#[tokio::test]
async fn histories_at_fault_are_named() {
    let built = cdnow();
    let server = Server::start(&built.models()).await;
    let check = async |customer: Customer, fields: &[&str]| {
        let status = churn_of(&server, customer).await.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument, "{status:?}");
        assert_eq!(violated_fields(&status), fields, "{status:?}");
        assert!(!format!("{status:?}").contains("47.11"), "{status:?}");
    };
    let with = |change: &dyn Fn(&mut PurchaseHistory)| {
        let mut customer = built.customer(0);
        change(history_of(&mut customer));
        customer
    };
    let amount = |amount: f64| with(&|history| history.purchases[0].amount = Some(amount));
    check(
        with(&|history| history.purchases.clear()),
        &["customer.history.purchases"],
    )
    .await;
    check(
        with(&|history| history.purchases[0].day = "1999-01-01".to_owned()),
        &["customer.history.purchases[0].day"],
    )
    .await;
    check(
        with(&|history| history.currency = "EUR".to_owned()),
        &["customer.history.currency"],
    )
    .await;
    let faulty = ["customer.history.purchases[0].amount"];
    check(amount(f64::NAN), &faulty).await;
    check(amount(f64::INFINITY), &faulty).await;
    check(
        with(&|history| {
            for purchase in &mut history.purchases {
                purchase.amount = Some(-47.11);
            }
        }),
        &["customer.history.purchases"],
    )
    .await;

    // What is built is not sent as well; null is no value.
    let mut both = built.customer(0);
    let sent = &mut both.features;
    sent.insert("purchases_90_days".to_owned(), number(47.11));
    sent.insert("age".to_owned(), number(47.11));
    let fields = [
        "customer.features.purchases_90_days",
        "customer.features.age",
    ];
    check(both, &fields).await;
    let mut nothing = built.customer(0);
    nothing
        .features
        .insert("purchases_90_days".to_owned(), null());
    assert_eq!(
        churn_of(&server, nothing).await.unwrap(),
        churn_of(&server, built.customer(0)).await.unwrap()
    );

    // Without a history, features are wanted as ever.
    let mut bare = built.customer(0);
    bare.purchases = None;
    let status = churn_of(&server, bare.clone()).await.unwrap_err();
    let fields = violated_fields(&status);
    assert_eq!(fields[0], "customer.features");
    assert!(fields.contains(&"customer.features.purchases_90_days".to_owned()));
    let row = &built.rows[0];
    let content = built.content();
    for feature in content.model.schema().features() {
        let cell = row.cells[&feature.name];
        bare.features
            .insert(feature.name.clone(), cell.map_or_else(null, number));
    }
    let sent = churn_of(&server, bare).await.unwrap();
    let built_there = churn_of(&server, built.customer(0)).await.unwrap();
    assert!((sent.probability - built_there.probability).abs() <= 1e-12);
}
