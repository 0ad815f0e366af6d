//! A churn model whose features the service builds from a customer's purchases:
//! log → panel → model → score, to the same numbers all along.

mod rules;
mod scores;

use std::{
    collections::HashMap, fmt::Write as _, fs, path::PathBuf, process::Command, sync::OnceLock,
};

use holdfast::{
    artifact::{self, ChurnContent, Version},
    customer::{Snapshot, Value},
    grpc::proto::{
        ChurnScore, Customer, Purchase, PurchaseHistory, ScoreCustomerRequest,
        ScoreCustomersRequest, customer::Purchases, customer_outcome::Outcome,
    },
};
use tempfile::TempDir;
use tonic::Status;

use crate::support::{Server, name, selector};

/// What was sent and must be told: customer id, last known day, the cells of the
/// row by column.
struct PanelRow {
    customer: String,
    as_of: String,
    cells: HashMap<String, Option<f64>>,
}

/// A log, its panel, and the model `buyers` of it.
struct Built {
    directory: TempDir,
    rows: Vec<PanelRow>,
    purchases: HashMap<String, Vec<Purchase>>,
    currency: &'static str,
}

fn trainer(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_holdfast-train"))
        .args(arguments)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{told}");
    told
}

fn panel_path(directory: &TempDir) -> PathBuf {
    directory.path().join("panel.csv")
}

/// Takes snapshots of a log and fits a model of them.
fn build(directory: TempDir, snapshots: &[&str], churn: &[&str]) -> (TempDir, Vec<PanelRow>) {
    let panel = panel_path(&directory);
    let panel = panel.to_str().unwrap();
    trainer(&[&["snapshots", "--output", panel], snapshots].concat());
    let models = directory.path().join("models");
    let models = models.to_str().unwrap();
    let rules = format!("{panel}.purchases.toml");
    let given = [
        "churn",
        "--data",
        panel,
        "--target",
        "churned",
        "--positive",
        "yes",
        "--id",
        "customer",
        "--time",
        "as_of",
        "--shapes",
        "lines",
        "--bootstrap",
        "0",
        "--folds",
        "0",
        "--calibration",
        "none",
        "--name",
        "buyers",
        "--models",
        models,
        "--purchases",
        &rules,
    ];
    trainer(&[&given[..], churn].concat());
    let mut reader = csv::Reader::from_path(panel).unwrap();
    let header = reader.headers().unwrap().clone();
    let row = |record: csv::StringRecord| PanelRow {
        customer: record[0].to_owned(),
        as_of: record[1].to_owned(),
        cells: header
            .iter()
            .zip(&record)
            .skip(2)
            .map(|(name, cell)| (name.to_owned(), cell.parse().ok()))
            .collect(),
    };
    let rows = reader
        .records()
        .map(|record| row(record.unwrap()))
        .collect();
    (directory, rows)
}

/// The sample of CDNOW.
fn cdnow() -> &'static Built {
    static BUILT: OnceLock<Built> = OnceLock::new();
    BUILT.get_or_init(|| {
        let log = concat!(env!("CARGO_MANIFEST_DIR"), "/data/cdnow/CDNOW_sample.txt");
        let (directory, rows) = build(
            TempDir::new().unwrap(),
            &[
                "--data",
                log,
                "--no-header",
                "--customer",
                "2",
                "--time",
                "3",
                "--time-format",
                "%Y%m%d",
                "--amount",
                "5",
                "--currency",
                "USD",
                "--horizon-days",
                "90",
                "--every",
                "60",
                "--first-as-of",
                "1997-05-01",
                "--active-days",
                "all",
            ],
            &[],
        );
        let mut purchases: HashMap<String, Vec<Purchase>> = HashMap::new();
        for line in fs::read_to_string(log).unwrap().lines() {
            let cells: Vec<&str> = line.split_whitespace().collect();
            let (year, month, day) = (&cells[2][..4], &cells[2][4..6], &cells[2][6..]);
            purchases
                .entry(cells[1].to_owned())
                .or_default()
                .push(Purchase {
                    day: format!("{year}-{month}-{day}"),
                    amount: Some(cells[4].parse().unwrap()),
                    products: Vec::new(),
                });
        }
        Built {
            directory,
            rows,
            purchases,
            currency: "USD",
        }
    })
}

/// Invoices of one or two products, some of them returned.
fn invoices() -> Built {
    let directory = TempDir::new().unwrap();
    let mut text = "customer,day,invoice,product,amount\n".to_owned();
    let mut purchases: HashMap<String, Vec<Purchase>> = HashMap::new();
    let mut number = 0;
    for customer in 0..240_u64 {
        let id = format!("c{customer}");
        let every = 7 + customer * 5 % 31;
        let stops = if customer % 3 == 0 {
            70 + customer % 150
        } else {
            330
        };
        for on in (customer % every..stops).step_by(usize::try_from(every).unwrap()) {
            let day = format!("2011-{:02}-{:02}", on / 28 + 1, on % 28 + 1);
            let first = format!("p{}", (customer + on) % 11);
            let second = format!("p{}", (customer * on) % 7);
            let price = (1 + on % 9) as f64;
            let mut send = |amounts: &[f64], products: Vec<String>| {
                number += 1;
                for (amount, product) in amounts.iter().zip(&products) {
                    writeln!(text, "{id},{day},{number},{product},{amount}").unwrap();
                }
                purchases.entry(id.clone()).or_default().push(Purchase {
                    day: day.clone(),
                    amount: Some(amounts.iter().sum()),
                    products,
                });
            };
            send(&[price, 2.5], vec![first.clone(), second]);
            if on % 4 == 0 {
                send(&[4.0], vec![first.clone()]);
            }
            if on % 5 == 0 {
                send(&[-price], vec![format!("only-returned-{on}")]);
            }
        }
    }
    let log = directory.path().join("log.csv");
    fs::write(&log, text).unwrap();
    let (directory, rows) = build(
        directory,
        &[
            "--data",
            log.to_str().unwrap(),
            "--customer",
            "customer",
            "--time",
            "day",
            "--invoice",
            "invoice",
            "--product",
            "product",
            "--amount",
            "amount",
            "--currency",
            "GBP",
            "--refunds",
            "keep",
            "--occasion",
            "invoice",
            "--windows-days",
            "30,60",
            "--horizon-days",
            "40",
            "--every",
            "20",
            "--first-as-of",
            "2011-03-01",
        ],
        &[],
    );
    Built {
        directory,
        rows,
        purchases,
        currency: "GBP",
    }
}

impl Built {
    fn models(&self) -> PathBuf {
        self.directory.path().join("models")
    }

    fn content(&self) -> ChurnContent {
        let loaded = artifact::load(&self.models(), &name("buyers"), Version::FIRST).unwrap();
        loaded.into_churn().unwrap().content
    }

    /// What the trainer's model says of a row of its panel.
    fn predict(content: &ChurnContent, row: &PanelRow) -> f64 {
        let values = content.model.schema().features().iter().map(|feature| {
            let value = match row.cells[&feature.name] {
                Some(number) => Value::Number(number),
                None => Value::Missing,
            };
            (feature.name.as_str(), Some(value))
        });
        let snapshot = Snapshot::new("row", values.collect::<Vec<_>>().into_iter()).unwrap();
        let row = content.model.schema().row(&snapshot).unwrap();
        content.model.explain(&row).probability()
    }

    fn customer(&self, at: usize) -> Customer {
        let row = &self.rows[at];
        let mut purchases = self.purchases[&row.customer].clone();
        purchases.retain(|purchase| purchase.day <= row.as_of);
        // Their order is the caller's own.
        purchases.reverse();
        Customer {
            id: format!("row {at}"),
            as_of: row.as_of.clone(),
            purchases: Some(Purchases::History(PurchaseHistory {
                currency: self.currency.to_owned(),
                purchases,
            })),
            ..Customer::default()
        }
    }

    async fn every_row_is_scored_as_trained(&self) {
        let content = self.content();
        let server = Server::start(&self.models()).await;
        let rows: Vec<usize> = (0..self.rows.len()).step_by(5).collect();
        assert!(rows.len() > 100);
        for chunk in rows.chunks(500) {
            let request = ScoreCustomersRequest {
                churn_model: Some(selector("buyers")),
                customers: chunk.iter().map(|&at| self.customer(at)).collect(),
                ..ScoreCustomersRequest::default()
            };
            let outcomes = server.score_customers(request).await.unwrap();
            for (&at, outcome) in chunk.iter().zip(outcomes) {
                let Some(Outcome::Score(score)) = outcome.outcome else {
                    panic!("row {at}: {outcome:?}");
                };
                let churn = score.churn.clone().unwrap();
                let trained = Self::predict(&content, &self.rows[at]);
                assert!((churn.probability - trained).abs() <= 1e-12, "row {at}");
                if at % 50 == 0 {
                    let single = churn_of(&server, self.customer(at)).await.unwrap();
                    assert_eq!(single, churn, "row {at}");
                }
            }
        }
    }
}

async fn churn_of(server: &Server, customer: Customer) -> Result<ChurnScore, Status> {
    let request = ScoreCustomerRequest {
        churn_model: Some(selector("buyers")),
        customer: Some(customer),
        ..ScoreCustomerRequest::default()
    };
    Ok(server.score_customer(request).await?.churn.unwrap())
}

fn history_of(customer: &mut Customer) -> &mut PurchaseHistory {
    match &mut customer.purchases {
        Some(Purchases::History(history)) => history,
        Some(Purchases::Summary(_)) | None => unreachable!(),
    }
}
