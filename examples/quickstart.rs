//! The main job from end to end: train on the shipped data, publish, serve,
//! score over gRPC.
//!
//! `cargo run --release --example quickstart`
#![expect(clippy::print_stdout, reason = "an example talks to a person")]

use std::{path::PathBuf, sync::Arc};

use anyhow::Context;
use holdfast::{
    grpc::{
        self, Options,
        proto::{
            Customer, CustomerOutcome, CustomerScore, FeatureValue, ModelSelector, Reason,
            ScoreCustomerRequest, ScoreCustomersRequest, customer_outcome::Outcome,
            feature_value::Kind, scoring_service_client::ScoringServiceClient,
        },
    },
    registry::Registry,
    train::{self, ChurnTraining, Console},
};
use tokio::{net::TcpListener, sync::oneshot};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let models = tempfile::tempdir()?;
    println!("1. Train a churn model on the shipped data and publish it\n");
    let trained = train::churn(&training(models.path().to_owned())?, &Console::new())?;
    println!("{trained}\n");

    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    println!("2. Serve it on {address}\n");
    let registry = Arc::new(Registry::open(models.path())?);
    let (stop, stopped) = oneshot::channel::<()>();
    let server = tokio::spawn(grpc::serve(listener, registry, Options::default(), async {
        let _: Result<(), _> = stopped.await;
    }));
    let mut client = ScoringServiceClient::connect(format!("http://{address}")).await?;

    println!("3. Score one customer: a new one, by the month, on fibre\n");
    let request = ScoreCustomerRequest {
        churn_model: Some(selector()),
        value_model: None,
        max_reasons: Some(3),
        customer: Some(customer("Ada", 2.0, "Month-to-month", "Fiber optic", 85.0)),
    };
    let answer = client.score_customer(request).await?.into_inner();
    print_explained(&answer.score.context("no score")?)?;

    println!("\n4. Score a batch; one row is wrong, the others do not mind\n");
    let request = ScoreCustomersRequest {
        churn_model: Some(selector()),
        value_model: None,
        max_reasons: Some(2),
        customers: batch(),
    };
    print_table(&client.score_customers(request).await?.into_inner().outcomes)?;

    // The server may already be gone; then there is nothing to stop.
    let _ = stop.send(());
    drop(client);
    server.await??;
    Ok(())
}

fn training(models: PathBuf) -> anyhow::Result<ChurnTraining> {
    let data = PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/data/telco/Telco-Customer-Churn.csv"
    ));
    let name = "telco-churn".parse()?;
    Ok(ChurnTraining {
        id: Some("customerID".to_owned()),
        definition: Some("the customer left within the last month".to_owned()),
        horizon_days: Some(30),
        ..ChurnTraining::new(vec![data], "Churn", "Yes", name, models)
    })
}

fn selector() -> ModelSelector {
    ModelSelector {
        name: "telco-churn".to_owned(),
        choice: None,
    }
}

fn batch() -> Vec<Customer> {
    let mut without_contract = customer("Dan", 30.0, "One year", "DSL", 55.0);
    without_contract.features.remove("Contract");
    vec![
        customer("Ada", 2.0, "Month-to-month", "Fiber optic", 85.0),
        customer("Ben", 70.0, "Two year", "DSL", 60.0),
        customer("Cyd", 24.0, "One year", "No", 20.0),
        without_contract,
        customer("Eve", 12.0, "Month-to-month", "DSL", 45.0),
    ]
}

fn customer(id: &str, months: f64, contract: &str, internet: &str, charge: f64) -> Customer {
    let number = |number| Kind::Number(number);
    let flag = |flag| Kind::Flag(flag);
    let text = |text: &str| Kind::Text(text.to_owned());
    let add_on = if internet == "No" {
        "No internet service"
    } else {
        "No"
    };
    let features = [
        ("gender", text("Female")),
        ("SeniorCitizen", flag(false)),
        ("Partner", flag(false)),
        ("Dependents", flag(false)),
        ("tenure", number(months)),
        ("PhoneService", flag(true)),
        ("MultipleLines", text("No")),
        ("InternetService", text(internet)),
        ("OnlineSecurity", text(add_on)),
        ("OnlineBackup", text(add_on)),
        ("DeviceProtection", text(add_on)),
        ("TechSupport", text(add_on)),
        ("StreamingTV", text(add_on)),
        ("StreamingMovies", text(add_on)),
        ("Contract", text(contract)),
        ("PaperlessBilling", flag(true)),
        ("PaymentMethod", text("Electronic check")),
        ("MonthlyCharges", number(charge)),
        ("TotalCharges", number(months * charge)),
    ];
    let features = features
        .into_iter()
        .map(|(name, kind)| (name.to_owned(), FeatureValue { kind: Some(kind) }))
        .collect();
    Customer {
        id: id.to_owned(),
        features,
        ..Customer::default()
    }
}

/// How a score comes about, in log-odds.
fn print_explained(score: &CustomerScore) -> anyhow::Result<()> {
    let churn = score.churn.as_ref().context("no churn score")?;
    let line = |label: &str, log_odds: f64| println!("   {label:<28}{log_odds:>+8.3}");
    println!("   {:<28}{:>8}", "", "log-odds");
    line("average customer", churn.base_log_odds);
    for reason in &churn.reasons {
        line(&reason.features.join(" × "), reason.contribution);
    }
    line("all other features", churn.remaining_contribution);
    line("sum", churn.log_odds);
    println!("   = churn probability {:.1} %", churn.probability * 100.0);
    Ok(())
}

fn print_table(outcomes: &[CustomerOutcome]) -> anyhow::Result<()> {
    println!(
        "   {:<10}{:>12}   strongest reasons",
        "customer", "probability"
    );
    for outcome in outcomes {
        let id = &outcome.customer_id;
        match outcome.outcome.as_ref().context("no outcome")? {
            Outcome::Score(score) => {
                let churn = score.churn.as_ref().context("no churn score")?;
                let reasons: Vec<String> = churn.reasons.iter().map(describe).collect();
                let percent = churn.probability * 100.0;
                println!("   {id:<10}{percent:>10.1} %   {}", reasons.join(", "));
            }
            Outcome::Error(status) => {
                println!("   {id:<10}{:>12}   {}", "refused", status.message);
            }
        }
    }
    Ok(())
}

fn describe(reason: &Reason) -> String {
    let direction = if reason.contribution > 0.0 {
        "raises"
    } else {
        "lowers"
    };
    format!("{} {direction} it", reason.features.join(" × "))
}
