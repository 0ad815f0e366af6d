//! The main job from end to end: train a churn and a value model on the shipped
//! data, publish, serve, score over gRPC.
//!
//! `cargo run --release --example quickstart`
#![expect(clippy::print_stdout, reason = "an example talks to a person")]

use std::{path::PathBuf, sync::Arc};

use anyhow::Context;
use holdfast::{
    grpc::{
        self, Options,
        proto::{
            Customer, CustomerOutcome, CustomerScore, FeatureValue, ModelSelector, Purchase,
            PurchaseHistory, Reason, ScoreCustomerRequest, ScoreCustomersRequest,
            customer::Purchases, customer_outcome::Outcome, feature_value::Kind,
            scoring_service_client::ScoringServiceClient,
        },
    },
    registry::Registry,
    train::{
        self, ChurnTraining, Console,
        transactions::{Dialect, HeaderLine, LogColumns, LogOptions, MoneyColumns},
        value::ValueTraining,
    },
};
use tokio::{net::TcpListener, sync::oneshot};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let models = tempfile::tempdir()?;
    println!("1. Train a churn model on the subscribers of a telecom company\n");
    let trained = train::churn(&churn_training(models.path().to_owned())?, &Console::new())?;
    println!("{trained}\n");

    println!("2. Train a value model on the purchases of a CD shop\n");
    let valued = train::value::value(&value_training(models.path().to_owned())?, &Console::new())?;
    println!("{valued}\n");

    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    println!("3. Serve both on {address}\n");
    let registry = Arc::new(Registry::open(models.path())?);
    let (stop, stopped) = oneshot::channel::<()>();
    let server = tokio::spawn(grpc::serve(listener, registry, Options::default(), async {
        let _: Result<(), _> = stopped.await;
    }));
    let mut client = ScoringServiceClient::connect(format!("http://{address}")).await?;

    println!("4. Score one customer: how likely to leave, why, and what is at stake\n");
    let request = ScoreCustomerRequest {
        churn_model: Some(selector("telco-churn")),
        value_model: Some(selector("cdnow-value")),
        max_reasons: Some(3),
        customer: batch().into_iter().next(),
        ..ScoreCustomerRequest::default()
    };
    let answer = client.score_customer(request).await?.into_inner();
    print_explained(&answer.score.context("no score")?)?;

    println!("\n5. Score a batch; one row is wrong, the others do not mind\n");
    let request = ScoreCustomersRequest {
        churn_model: Some(selector("telco-churn")),
        value_model: Some(selector("cdnow-value")),
        max_reasons: Some(2),
        customers: batch(),
        ..ScoreCustomersRequest::default()
    };
    print_table(&client.score_customers(request).await?.into_inner().outcomes)?;

    // The server may already be gone; then there is nothing to stop.
    let _ = stop.send(());
    drop(client);
    server.await??;
    Ok(())
}

fn churn_training(models: PathBuf) -> anyhow::Result<ChurnTraining> {
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

/// The sample of CDNOW has no header: the second column is the customer, the
/// third the day, the fifth the dollars.
fn value_training(models: PathBuf) -> anyhow::Result<ValueTraining> {
    let data = PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/data/cdnow/CDNOW_sample.txt"
    ));
    let columns = LogColumns {
        customer: "2".to_owned(),
        time: "3".to_owned(),
        money: MoneyColumns::Amount("5".to_owned()),
        invoice: None,
        product: None,
        currency: None,
    };
    let log = LogOptions {
        dialect: Dialect {
            header: HeaderLine::Absent,
            ..Dialect::default()
        },
        currency: Some("USD".to_owned()),
        ..LogOptions::new(vec![data], columns)
    };
    Ok(ValueTraining::new(log, "cdnow-value".parse()?, models))
}

fn selector(model: &str) -> ModelSelector {
    ModelSelector {
        name: model.to_owned(),
        choice: None,
    }
}

fn batch() -> Vec<Customer> {
    let regular = [
        ("1997-01-14", 35.5),
        ("1997-06-02", 61.0),
        ("1997-11-20", 48.2),
        ("1998-03-28", 55.9),
    ];
    let lately = [("1998-04-04", 22.0), ("1998-06-12", 18.5)];
    let mut without_contract = customer("Dan", 30.0, "One year", "DSL", 55.0, &regular);
    without_contract.features.remove("Contract");
    vec![
        customer("Ada", 2.0, "Month-to-month", "Fiber optic", 85.0, &regular),
        customer("Ben", 70.0, "Two year", "DSL", 60.0, &regular[..2]),
        customer("Cyd", 24.0, "One year", "No", 20.0, &regular[..1]),
        without_contract,
        customer("Eve", 12.0, "Month-to-month", "DSL", 45.0, &lately),
    ]
}

fn customer(
    id: &str,
    months: f64,
    contract: &str,
    internet: &str,
    charge: f64,
    purchases: &[(&str, f64)],
) -> Customer {
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
        as_of: "1998-06-30".to_owned(),
        purchases: Some(Purchases::History(history(purchases))),
    }
}

fn history(purchases: &[(&str, f64)]) -> PurchaseHistory {
    let purchases = purchases.iter().map(|&(day, amount)| Purchase {
        day: day.to_owned(),
        amount: Some(amount),
        ..Purchase::default()
    });
    PurchaseHistory {
        currency: "USD".to_owned(),
        purchases: purchases.collect(),
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

    let value = score.value.as_ref().context("no value score")?;
    let potential = value.potential.as_ref().context("no potential value")?;
    let interval = potential.interval.as_ref().context("no interval")?;
    println!(
        "\n   expected purchases           {:>8.2} in {:.0} days, of {:.2} {} each",
        value.expected_purchases,
        value.horizon_days,
        value.expected_spend.context("no expected spend")?,
        potential.currency,
    );
    println!(
        "   none at all                  {:>8.1} %",
        value.p_no_purchase * 100.0
    );
    println!(
        "   potential value              {:>8.2} {}, {:.2} to {:.2} at {:.0} %",
        potential.amount,
        potential.currency,
        interval.low,
        interval.high,
        interval.level * 100.0,
    );
    Ok(())
}

fn print_table(outcomes: &[CustomerOutcome]) -> anyhow::Result<()> {
    println!(
        "   {:<10}{:>10}{:>12}   strongest reasons",
        "customer", "churn", "value"
    );
    for outcome in outcomes {
        let id = &outcome.customer_id;
        match outcome.outcome.as_ref().context("no outcome")? {
            Outcome::Score(score) => {
                let churn = score.churn.as_ref().context("no churn score")?;
                let reasons: Vec<String> = churn.reasons.iter().map(describe).collect();
                let value = score.value.as_ref().context("no value score")?;
                let potential = value.potential.as_ref().context("no potential value")?;
                println!(
                    "   {id:<10}{:>8.1} %{:>8.2} {}   {}",
                    churn.probability * 100.0,
                    potential.amount,
                    potential.currency,
                    reasons.join(", ")
                );
            }
            Outcome::Error(status) => {
                println!(
                    "   {id:<10}{:>10}{:>12}   {}",
                    "refused", "", status.message
                );
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
