//! BG/BB, from a log to a served score.

use std::path::Path;

use holdfast::{
    artifact::{self, Version},
    customer::PurchaseSummary,
    model::value::{PurchaseModelKind, ValueInput},
};
use tempfile::TempDir;

use crate::support::{
    Server, bought, history, name, publish_value, summary, value_content, value_of, violated_fields,
};

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/cdnow/CDNOW_sample.txt");

fn train(models: &Path, more: &[&str]) -> std::process::Output {
    let written = "--no-header --delimiter space --customer 1 --time 3 --amount 5 \
         --time-format %Y%m%d --currency USD --name cdnow --model bg-bb --json --quiet";
    std::process::Command::new(env!("CARGO_BIN_EXE_holdfast-train"))
        .args(["value", "--data", SAMPLE, "--models"])
        .arg(models)
        .args(written.split_whitespace())
        .args(more)
        .output()
        .unwrap()
}

#[tokio::test]
async fn weeks_with_a_purchase_are_fitted_published_and_scored() {
    let models = TempDir::new().unwrap();
    let asked = [
        "--unit",
        "week",
        "--as-of",
        "1997-09-30",
        "--horizon-days",
        "95",
    ];
    let output = train(models.path(), &asked);
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let hold_out = &json["hold_out"];
    let figure = |of: &str, name: &str| hold_out[of][name].as_f64().unwrap();
    assert!(figure("model", "log_score") > figure("common_rate", "log_score"));
    assert!(figure("model", "area_under_curve") > 0.6);
    // 39 whole weeks of the 273 days.
    assert_eq!(hold_out["until"], "1998-06-30");

    let loaded = artifact::load(models.path(), &name("cdnow"), Version::FIRST).unwrap();
    let content = loaded.into_value().unwrap().content;
    let kind = content.model.parts().purchase.kind();
    assert_eq!(kind, PurchaseModelKind::BgBb);
    let report = std::fs::read_to_string(models.path().join("cdnow/1/report.html")).unwrap();
    assert!(report.contains("BG/BB") && report.contains("every whole week"));

    // Days 17, 213 and 269 are in the weeks 3, 31 and 39, which has not ended.
    let server = Server::start(models.path()).await;
    let list = vec![
        bought("1997-01-01", 29.33),
        bought("1997-01-18", 29.73),
        bought("1997-01-20", 10.27),
        bought("1997-08-02", 15.0),
        bought("1997-09-27", 99.0),
    ];
    let scored = value_of(&server, history(list)).await.unwrap();
    let input = ValueInput {
        summary: PurchaseSummary::new(2.0, 31.0, 38.0).unwrap(),
        mean_repeat_spend: Some(27.5),
    };
    let value = content.model.value(&input, 95.0);
    assert_eq!(scored.p_alive.to_bits(), value.p_alive.to_bits());
    let clv = value.clv.unwrap();
    assert!((scored.potential.unwrap().amount / clv.amount - 1.0).abs() < 1e-12);
    let whole = content.model.value(&input, 91.0);
    assert_eq!(scored.expected_purchases, whole.expected_purchases);
    assert_eq!(content.model.value(&input, 6.9).expected_purchases, 0.0);
}

#[tokio::test]
async fn a_list_and_its_summary_agree_where_weeks_have_one_purchase() {
    let models = TempDir::new().unwrap();
    let parameters = [1.204, 0.75, 0.657, 2.783];
    let content = value_content(PurchaseModelKind::BgBb, parameters);
    publish_value(models.path(), content);
    let server = Server::start(models.path()).await;
    let list = ["1997-01-01", "1997-01-18", "1997-08-02"].map(|day| bought(day, 20.0));
    let listed = value_of(&server, history(list.to_vec())).await.unwrap();
    let summed_up = value_of(&server, summary(2.0, 213.0, 272.0)).await.unwrap();
    assert_eq!(listed.p_alive, summed_up.p_alive);
    assert_eq!(listed.expected_purchases, summed_up.expected_purchases);
    assert_eq!(listed.p_no_purchase, summed_up.p_no_purchase);

    let ages = summary(2.0, 213.0, 70_007.0);
    let refused = value_of(&server, ages).await.unwrap_err();
    let fields = violated_fields(&refused);
    assert_eq!(fields, ["customer.summary.observation_days"]);
    assert!(
        value_of(&server, summary(2.0, 213.0, 70_006.0))
            .await
            .is_ok()
    );
}

#[test]
fn more_opportunities_than_are_counted_are_refused() {
    let models = TempDir::new().unwrap();
    for more in [["--horizon-days", "70001"], ["--period-days", "6000"]] {
        let output = train(models.path(), &more);
        assert_eq!(output.status.code(), Some(2));
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(told.contains("10000 units of time"), "{told}");
    }
}
