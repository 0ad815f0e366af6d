//! A churn model whose features the service builds from a customer's purchases:
//! log → panel → model → score, to the same numbers all along.

use std::{
    collections::HashMap,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use holdfast::{
    artifact::{self, ChurnContent, Content, Documents, Version},
    customer::{Snapshot, Value},
    grpc::proto::{
        ChurnScore, Customer, GetModelRequest, ModelSelector, Purchase, PurchaseHistory,
        ScoreCustomerRequest, ScoreCustomersRequest, customer::Purchases,
        customer_outcome::Outcome, model::Kind,
    },
};
use tempfile::TempDir;
use tonic::{Code, Status};

use crate::support::{Server, name, null, number, selector, violated_fields};

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

#[tokio::test]
async fn a_history_is_scored_as_its_row_of_the_panel() {
    cdnow().every_row_is_scored_as_trained().await;
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

/// `churn` of the CDNOW panel with a rules file that was changed.
fn refused(change: &dyn Fn(String) -> String) -> (Option<i32>, String) {
    let built = cdnow();
    let panel = panel_path(&built.directory);
    let rules = fs::read_to_string(beside(&panel)).unwrap();
    let directory = TempDir::new().unwrap();
    let changed = directory.path().join("rules.toml");
    fs::write(&changed, change(rules)).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_holdfast-train"))
        .args([
            "churn",
            "--target",
            "churned",
            "--positive",
            "yes",
            "--id",
            "customer",
        ])
        .args(["--time", "as_of", "--name", "x", "--data"])
        .arg(&panel)
        .arg("--models")
        .arg(directory.path())
        .arg("--purchases")
        .arg(&changed)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code(), told)
}

fn beside(panel: &Path) -> PathBuf {
    format!("{}.purchases.toml", panel.display()).into()
}

#[test]
fn rules_that_did_not_build_the_table_are_refused() {
    type Change = fn(String) -> String;
    let cases: [(Change, i32, &str); 5] = [
        (|rules| rules.replace("90", "60"), 3, "90_days"),
        (|rules| rules.replace("net", "drop"), 3, "returns_share"),
        (
            |rules| rules.replace("currency = \"USD\"", ""),
            2,
            "no currency",
        ),
        (|rules| rules.replace("USD", "usd"), 2, "ISO 4217"),
        (|rules| rules.replace("365", "3"), 2, "windows"),
    ];
    for (change, code, words) in cases {
        let (exit, told) = refused(&change);
        assert_eq!(exit, Some(code), "{told}");
        assert!(told.contains(words), "{told}");
    }
}

#[test]
fn the_configuration_of_the_run_holds_the_rules() {
    let built = cdnow();
    let stored = fs::read_to_string(built.models().join("buyers/1/training.toml")).unwrap();
    let rules = fs::read_to_string(beside(&panel_path(&built.directory))).unwrap();
    let stated: toml::Table = stored.parse().unwrap();
    let rules: toml::Table = rules.parse().unwrap();
    assert_eq!(stated["purchase_features"].as_table(), Some(&rules));
}

#[test]
fn a_name_stands_for_one_kind_of_model() {
    let built = cdnow();
    let models = TempDir::new().unwrap();
    let churn = Content::from(built.content());
    let publish = |content: &Content| {
        artifact::publish(models.path(), &name("cdnow"), content, &Documents::new())
    };
    publish(&churn).unwrap();
    let value = crate::support::value_content(
        holdfast::model::value::PurchaseModelKind::BgNbd,
        [0.243, 4.414, 0.793, 2.426],
    );
    let error = publish(&Content::from(value)).unwrap_err().to_string();
    assert!(
        error.contains("`cdnow` is the name of a churn model"),
        "{error}"
    );
    assert_eq!(publish(&churn).unwrap().version.get(), 2);
    // A damaged version is mended by the next.
    fs::write(models.path().join("cdnow/2/model.json"), "{}").unwrap();
    assert_eq!(publish(&churn).unwrap().version.get(), 3);
}
