//! The full score: risk, groups, causes, action, by a policy.

mod columns;
mod contract;
mod full;
mod groups;
mod masks;
mod policies;
mod profiles;
mod what_if;

use std::{collections::BTreeMap, fs, path::Path, process::Command, sync::OnceLock};

use holdfast::grpc::proto::{
    Customer, Purchase, PurchaseHistory, ScoreCustomerRequest, customer::Purchases,
};
use tempfile::TempDir;

use crate::support::{bought, copy, selector, telco_customers};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
/// The last day of the sample.
const LAST_DAY: &str = "1998-06-30";

/// The shipped models `telco-churn` and `cdnow-value`, `groups` of the customers
/// of the latter, and `groups.csv` with where each stands; not to be changed.
fn models() -> &'static Path {
    static MODELS: OnceLock<TempDir> = OnceLock::new();
    let directory = MODELS.get_or_init(|| {
        let directory = TempDir::new().unwrap();
        for name in ["telco-churn", "cdnow-value"] {
            let shipped = Path::new(ROOT).join("models").join(name);
            copy(&shipped, &directory.path().join(name));
        }
        let fitted = Command::new(env!("CARGO_BIN_EXE_holdfast-train"))
            .args(["segments", "--data", "data/cdnow/CDNOW_sample.txt"])
            .args(["--no-header", "--delimiter", "space", "--customer", "2"])
            .args(["--time", "3", "--amount", "5", "--time-format", "%Y%m%d"])
            .args(["--currency", "USD", "--name", "groups", "--clusters", "3"])
            .args(["--value-model", "cdnow-value", "--quiet", "--models"])
            .arg(directory.path())
            .arg("--output")
            .arg(directory.path().join("groups.csv"))
            .current_dir(ROOT)
            .output()
            .unwrap();
        assert!(fitted.status.success(), "{fitted:?}");
        directory
    });
    directory.path()
}

/// Customers of the sample by their ids, each with all purchases.
fn buyers() -> BTreeMap<String, Customer> {
    let text = fs::read_to_string(Path::new(ROOT).join("data/cdnow/CDNOW_sample.txt")).unwrap();
    let mut purchases: BTreeMap<String, Vec<Purchase>> = BTreeMap::new();
    for line in text.lines() {
        let cells: Vec<&str> = line.split_whitespace().collect();
        let [_, id, day, _, amount] = cells[..] else {
            panic!("{line}");
        };
        let day = format!("{}-{}-{}", &day[..4], &day[4..6], &day[6..]);
        let purchase = bought(&day, amount.parse().unwrap());
        purchases.entry(id.to_owned()).or_default().push(purchase);
    }
    let buyer = |(id, purchases): (String, Vec<Purchase>)| {
        let customer = Customer {
            id: id.clone(),
            as_of: LAST_DAY.to_owned(),
            purchases: Some(Purchases::History(PurchaseHistory {
                currency: "USD".to_owned(),
                purchases,
            })),
            ..Customer::default()
        };
        (id, customer)
    };
    purchases.into_iter().map(buyer).collect()
}

/// A subscriber of the telecom company who buys CDs as well.
fn subscriber_and_buyer(row: usize, id: &str) -> Customer {
    let subscriber = telco_customers().swap_remove(row);
    let buyer = buyers().remove(id).unwrap();
    Customer {
        features: subscriber.features,
        ..buyer
    }
}

/// Asks for everything that the three models tell.
fn ask_all(customer: Customer) -> ScoreCustomerRequest {
    ScoreCustomerRequest {
        churn_model: Some(selector("telco-churn")),
        value_model: Some(selector("cdnow-value")),
        segmentation_model: Some(selector("groups")),
        customer: Some(customer),
        ..ScoreCustomerRequest::default()
    }
}
