//! Scores of value models: the same by every path, and those of the model.

use holdfast::{
    artifact::{self, Version},
    customer::{PurchaseSummary, TimeUnit},
    grpc::proto::{
        Customer, GetModelRequest, ModelKind, Purchase, PurchaseSummary as SentSummary,
        ScoreCustomerRequest, ScoreCustomersRequest, ValueNote, ValueNoteKind, customer::Purchases,
        customer_outcome::Outcome, model::Kind,
    },
    model::value::ValueInput,
};

use crate::support::{
    Server, bought, customer, history, name, score_value, selector, summary, value_models, value_of,
};

/// Customer 1 of the CDNOW sample, and an order of tomorrow left out.
fn first_of_cdnow() -> Vec<Purchase> {
    vec![
        bought("1997-01-01", 29.33),
        bought("1997-01-18", 29.73),
        bought("1997-08-02", 14.96),
    ]
}

#[tokio::test]
async fn a_served_score_is_the_models_own() {
    let server = Server::start(value_models()).await;
    let score = value_of(&server, history(first_of_cdnow())).await.unwrap();
    let loaded = artifact::load(value_models(), &name("cdnow"), Version::FIRST).unwrap();
    let content = loaded.into_value().unwrap().content;
    assert_eq!(content.model.parts().unit, TimeUnit::Week);
    let input = ValueInput {
        summary: PurchaseSummary::new(2.0, 213.0 / 7.0, 272.0 / 7.0).unwrap(),
        mean_repeat_spend: Some(f64::midpoint(29.73, 14.96)),
    };
    let value = content.model.value(&input, content.horizon_days);
    assert_eq!(score.p_alive.to_bits(), value.p_alive.to_bits());
    assert_eq!(
        score.expected_purchases.to_bits(),
        value.expected_purchases.to_bits()
    );
    assert_eq!(score.p_no_purchase.to_bits(), value.p_no_purchase.to_bits());
    assert_eq!(score.horizon_days, 91.0);
    let (potential, clv) = (score.potential.unwrap(), value.clv.unwrap());
    assert_eq!(potential.amount.to_bits(), clv.amount.to_bits());
    assert_eq!(potential.per_period, clv.per_period);
    assert_eq!(potential.per_period.len(), 12);
    assert_eq!(potential.currency, "USD");
    assert_eq!(potential.horizon_days, 365.25);
    let interval = potential.interval.unwrap();
    assert!(interval.low < potential.amount && potential.amount < interval.high);

    let current = score.current.unwrap();
    assert_eq!(current.window_days, 365);
    assert!((current.amount - 74.02).abs() < 1e-9);
    let seen = score.seen.unwrap();
    assert_eq!((seen.recency_days, seen.observation_days), (213.0, 272.0));
    assert_eq!(score.model.unwrap().name, "cdnow");
    assert!(score.notes.is_empty());
}

/// In whatever order purchases are sent, alone or among others, listed or
/// summed up.
#[tokio::test]
async fn every_path_gives_the_same_bits() {
    let server = Server::start(value_models()).await;
    let mut purchases = first_of_cdnow();
    purchases.push(bought("1997-08-02", 0.1));
    purchases.push(bought("1997-08-02", -0.3));
    let single = value_of(&server, history(purchases.clone())).await.unwrap();
    purchases.reverse();
    let reversed = value_of(&server, history(purchases.clone())).await.unwrap();
    assert_eq!(single, reversed);

    let seen = single.seen.unwrap();
    let summed_up = Customer {
        purchases: Some(Purchases::Summary(SentSummary {
            frequency: seen.frequency,
            recency_days: seen.recency_days,
            observation_days: seen.observation_days,
            mean_repeat_spend: seen.mean_repeat_spend,
            currency: "USD".to_owned(),
        })),
        ..summary(0.0, 0.0, 0.0)
    };
    let mut again = value_of(&server, summed_up.clone()).await.unwrap();
    assert_eq!(again.current, None);
    again.current = single.current.clone();
    assert_eq!(again, single);

    let both = Customer {
        features: customer("1").features,
        ..history(purchases)
    };
    let mut rows = vec![both.clone(), summed_up, both.clone()];
    for (index, row) in rows.iter_mut().enumerate() {
        row.id = index.to_string();
    }
    let request = |customer| ScoreCustomerRequest {
        churn_model: Some(selector("telco-churn")),
        ..score_value(customer)
    };
    let alone = server.score_customer(request(both)).await.unwrap();
    assert_eq!(alone.value.as_ref(), Some(&single));
    assert!(alone.churn.is_some());
    let batch = ScoreCustomersRequest {
        churn_model: Some(selector("telco-churn")),
        value_model: Some(selector("cdnow")),
        max_reasons: None,
        customers: rows,
        ..ScoreCustomersRequest::default()
    };
    let outcomes = server.score_customers(batch).await.unwrap();
    for at in [0, 2] {
        let Some(Outcome::Score(score)) = &outcomes[at].outcome else {
            panic!("{:?}", outcomes[at]);
        };
        assert_eq!(score.value, alone.value);
        assert_eq!(score.churn, alone.churn);
    }
    // The second has no features for the churn model.
    assert!(matches!(outcomes[1].outcome, Some(Outcome::Error(_))));
}

#[tokio::test]
async fn what_is_unusual_is_noted() {
    let server = Server::start(value_models()).await;
    let kinds = async |customer| {
        let score = value_of(&server, customer).await.unwrap();
        score.notes.iter().map(ValueNote::kind).collect::<Vec<_>>()
    };
    let one = history(vec![bought("1997-01-01", 10.0)]);
    assert_eq!(kinds(one).await, [ValueNoteKind::NoRepeatSpend]);
    let free = history(vec![bought("1997-01-01", 10.0), bought("1997-02-01", 0.0)]);
    assert_eq!(kinds(free).await, [ValueNoteKind::SpendNotPositive]);
}

#[tokio::test]
async fn a_value_model_describes_itself() {
    let server = Server::start(value_models()).await;
    let listed = server.list_models().await.unwrap();
    let kinds: Vec<_> = listed
        .iter()
        .map(|model| (model.name.as_str(), model.kind()))
        .collect();
    assert_eq!(
        kinds,
        [
            ("cdnow", ModelKind::Value),
            ("telco-churn", ModelKind::Churn)
        ]
    );
    let request = GetModelRequest {
        model: Some(selector("cdnow")),
    };
    let model = server.get_model(request).await.unwrap();
    let training = model.training.unwrap();
    assert_eq!((training.rows, training.fitted_rows), (6919, 2357));
    let Some(Kind::Value(value)) = model.kind else {
        panic!("{:?}", model.kind);
    };
    let purchase = value.purchase.unwrap();
    assert_eq!(purchase.family, "bg-nbd");
    let names: Vec<_> = purchase
        .parameters
        .iter()
        .map(|p| p.name.as_str())
        .collect();
    assert_eq!(names, ["r", "alpha", "a", "b"]);
    assert!(
        purchase
            .parameters
            .iter()
            .all(|p| p.standard_error > Some(0.0))
    );
    assert_eq!(value.spend.unwrap().family, "gamma-gamma");
    assert_eq!(value.terms.unwrap().currency, "USD");
    assert_eq!(value.current_value_days, 365);
    assert!(value.definition.contains("91 days"), "{}", value.definition);
}
