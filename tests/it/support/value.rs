//! A value model with the parameters of the literature, and customers for it.

use std::{path::Path, sync::OnceLock};

use holdfast::{
    artifact::{self, Content, Documents, ValueContent},
    customer::{Occasion, Refunds, TimeUnit},
    grpc::proto::{
        Customer, Purchase, PurchaseHistory, PurchaseSummary, ScoreCustomerRequest, ValueScore,
        customer::Purchases,
    },
    model::{
        DataFile, ValueEvaluation, ValueFacts,
        value::{ClvTerms, GammaGamma, PurchaseModel, PurchaseModelKind, ValueModel, ValueParts},
    },
};
use tempfile::TempDir;
use tonic::Status;

use super::{Server, copy, name, selector};

fn diagonal<const N: usize>(variance: f64) -> [[f64; N]; N] {
    std::array::from_fn(|i| std::array::from_fn(|j| if i == j { variance } else { 0.0 }))
}

/// BG/NBD and Gamma-Gamma on CDNOW, in weeks: Fader, Hardie and Lee (2005),
/// Fader and Hardie (2013).
pub(crate) fn value_content(kind: PurchaseModelKind, parameters: [f64; 4]) -> ValueContent {
    let model = ValueModel::new(ValueParts {
        purchase: PurchaseModel::new(kind, parameters).unwrap(),
        purchase_covariance: diagonal(0.002),
        spend: Some((
            GammaGamma::new([6.25, 3.744, 15.442]).unwrap(),
            diagonal(0.001),
        )),
        unit: TimeUnit::Week,
        refunds: Refunds::Net,
        occasion: Occasion::Day,
        terms: ClvTerms::of_a_year("USD".parse().unwrap()),
    });
    ValueContent {
        model: model.unwrap(),
        horizon_days: 91.0,
        training: ValueFacts {
            sources: vec![DataFile {
                name: "cdnow.csv".to_owned(),
                sha256: "0".repeat(64),
                rows: 6919,
            }],
            customers: 2357,
            repeat_customers: 946,
            purchases: 6696,
            first_day: "1997-01-01".parse().unwrap(),
            observed_until: "1997-09-30".parse().unwrap(),
            log_likelihood: -9582.4,
            weak_prior: false,
            spend_customers: 946,
            spend_by_frequency: None,
            spend_by_frequency_of_logarithms: None,
            candidates: Vec::new(),
            trainer_version: "0.0.0".to_owned(),
        },
        evaluation: ValueEvaluation { hold_out: None },
    }
}

/// The shipped churn model `telco-churn` and the value model `cdnow`; not to be changed.
pub(crate) fn value_models() -> &'static Path {
    static MODELS: OnceLock<TempDir> = OnceLock::new();
    let directory = MODELS.get_or_init(|| {
        let directory = TempDir::new().unwrap();
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/telco-churn");
        copy(&shipped, &directory.path().join("telco-churn"));
        let content = value_content(PurchaseModelKind::BgNbd, [0.243, 4.414, 0.793, 2.426]);
        publish_value(directory.path(), content);
        directory
    });
    directory.path()
}

/// Publishes a value model as `cdnow`.
pub(crate) fn publish_value(models: &Path, content: ValueContent) {
    let content = Content::from(content);
    artifact::publish(models, &name("cdnow"), &content, &Documents::new()).unwrap();
}

pub(crate) fn bought(day: &str, amount: f64) -> Purchase {
    Purchase {
        day: day.to_owned(),
        amount: Some(amount),
        products: Vec::new(),
    }
}

/// A customer with a list of purchases.
pub(crate) fn history(purchases: Vec<Purchase>) -> Customer {
    Customer {
        id: "v".to_owned(),
        as_of: "1997-09-30".to_owned(),
        purchases: Some(Purchases::History(PurchaseHistory {
            currency: "USD".to_owned(),
            purchases,
        })),
        ..Customer::default()
    }
}

/// A customer with a summary.
pub(crate) fn summary(frequency: f64, recency_days: f64, observation_days: f64) -> Customer {
    Customer {
        id: "v".to_owned(),
        purchases: Some(Purchases::Summary(PurchaseSummary {
            frequency,
            recency_days,
            observation_days,
            mean_repeat_spend: None,
            currency: String::new(),
        })),
        ..Customer::default()
    }
}

pub(crate) fn score_value(customer: Customer) -> ScoreCustomerRequest {
    ScoreCustomerRequest {
        value_model: Some(selector("cdnow")),
        customer: Some(customer),
        ..ScoreCustomerRequest::default()
    }
}

pub(crate) async fn value_of(server: &Server, customer: Customer) -> Result<ValueScore, Status> {
    let score = server.score_customer(score_value(customer)).await?;
    Ok(score.value.unwrap())
}
