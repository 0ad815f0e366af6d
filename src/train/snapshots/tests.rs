//! Tables of histories made by hand.

use std::{fs, io::Read};

use flate2::read::GzDecoder;
use tempfile::TempDir;

use super::*;
use crate::customer::{Occasion, PurchaseDay, Purchases, Refunds};

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn purchases(days: &[(&str, f64)]) -> Purchases {
    let mut purchases = Purchases::default();
    for &(on, spend) in days {
        let new = PurchaseDay {
            day: day(on),
            spend,
            returned: 0.0,
            purchases: 1,
        };
        purchases.add(new, Occasion::Day);
    }
    purchases
}

/// Ann buys every month, Bob once, Cem late.
fn three() -> [(&'static str, Purchases); 3] {
    let ann = ["2011-01-10", "2011-02-10", "2011-03-10", "2011-04-10"];
    [
        ("ann", purchases(&ann.map(|on| (on, 10.0)))),
        ("bob, the \"one\"", purchases(&[("2011-01-01", 5.0)])),
        (
            "cem",
            purchases(&[("2011-03-20", 7.0), ("2011-04-20", 9.0)]),
        ),
    ]
}

fn request(directory: &TempDir, cut_offs: &[&str], horizon_days: Option<u32>) -> SnapshotRequest {
    SnapshotRequest {
        cut_offs: CutOffs::Days(cut_offs.iter().map(|text| day(text)).collect()),
        horizon_days,
        complete_through: None,
        table: TableKind::Features {
            windows_days: vec![30, 90],
            active_days: Some(60),
            outcome: Outcome::Churned,
        },
        output: directory.path().join("table.csv"),
    }
}

fn taken(request: &SnapshotRequest) -> Result<(Snapshots, String), SnapshotError> {
    let three = three();
    let histories = Histories {
        customers: three.iter().map(|(id, p)| (*id, p.history())).collect(),
        refunds: Refunds::Net,
        has_products: false,
    };
    let snapshots = snapshots(request, &histories)?;
    let bytes = fs::read(&request.output).unwrap();
    let mut text = String::new();
    if request.output.extension().unwrap() == "gz" {
        GzDecoder::new(&bytes[..])
            .read_to_string(&mut text)
            .unwrap();
    } else {
        text = String::from_utf8(bytes).unwrap();
    }
    let directory = request.output.parent().unwrap();
    assert_eq!(fs::read_dir(directory).unwrap().count(), 1);
    Ok((snapshots, text))
}

/// The cells of some columns.
fn cells(text: &str, columns: &[&str]) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().unwrap().clone();
    let positions: Vec<usize> = columns
        .iter()
        .map(|name| header.iter().position(|found| found == *name).unwrap())
        .collect();
    let rows = reader.records().map(|row| {
        let row = row.unwrap();
        positions.iter().map(|&at| row[at].to_owned()).collect()
    });
    rows.collect()
}

#[test]
fn a_panel_has_a_row_for_each_active_customer_and_day() {
    let directory = TempDir::new().unwrap();
    let request = request(&directory, &["2011-03-21", "2011-02-28"], Some(30));
    let (snapshots, text) = taken(&request).unwrap();
    let columns = [
        CUSTOMER,
        AS_OF,
        "purchases_30_days",
        "days_since_last_purchase",
        CHURNED,
    ];
    assert_eq!(
        cells(&text, &columns),
        [
            ["ann", "2011-02-28", "1", "18", "no"],
            ["bob, the \"one\"", "2011-02-28", "0", "58", "yes"],
            ["ann", "2011-03-21", "1", "11", "no"],
            ["cem", "2011-03-21", "1", "1", "no"],
        ]
    );
    assert!(!text.contains("distinct_products"));
    assert_eq!(snapshots.columns.last().unwrap(), CHURNED);
    let [first, second] = snapshots.cut_offs[..] else {
        panic!("{:?}", snapshots.cut_offs);
    };
    assert_eq!(
        (first.customers, first.rows, first.churned),
        (2, 2, Some(1))
    );
    assert_eq!((second.customers, second.rows), (3, 2));
    assert!(snapshots.notes[0].contains("goes back 59 days: windows of 90 days"));
    assert!(snapshots.notes[1].contains("--embargo-days 30"));
    assert_eq!(snapshots.json()["rows"], 4);
}

#[test]
fn the_horizon_begins_after_the_day_and_ends_with_its_last() {
    let directory = TempDir::new().unwrap();
    for (horizon, churned) in [(20, "no"), (19, "yes")] {
        // The next purchase is 20 days later.
        let request = request(&directory, &["2011-03-21"], Some(horizon));
        let (_, text) = taken(&request).unwrap();
        assert_eq!(cells(&text, &[CHURNED])[0], [churned]);
    }
}

#[test]
fn summaries_have_a_hold_out() {
    let directory = TempDir::new().unwrap();
    let request = SnapshotRequest {
        table: TableKind::Summary {
            unit: TimeUnit::Week,
        },
        output: directory.path().join("summary.csv.gz"),
        ..request(&directory, &["2011-03-21"], Some(28))
    };
    let (_, text) = taken(&request).unwrap();
    let mut lines = text.lines();
    assert_eq!(
        lines.next().unwrap(),
        "customer,as_of,frequency,recency_weeks,observation_weeks,mean_repeat_spend,\
         holdout_weeks,holdout_purchases,holdout_spend"
    );
    assert_eq!(
        lines.next().unwrap(),
        "ann,2011-03-21,2,8.428571428571429,10,10,4,1,10"
    );
    assert_eq!(
        lines.nth(1).unwrap(),
        "cem,2011-03-21,0,0,0.14285714285714285,,4,0,0"
    );
}

#[test]
fn what_comes_can_be_told_in_money() {
    let directory = TempDir::new().unwrap();
    let mut request = request(&directory, &["2011-03-21"], Some(30));
    let TableKind::Features { outcome, .. } = &mut request.table else {
        panic!()
    };
    *outcome = Outcome::Purchases;
    let (_, text) = taken(&request).unwrap();
    let columns = ["purchases_next_30_days", "spend_next_30_days"];
    assert_eq!(cells(&text, &columns), [["1", "10"], ["1", "9"]]);
}

#[test]
fn today_needs_no_horizon() {
    let directory = TempDir::new().unwrap();
    let request = SnapshotRequest {
        cut_offs: CutOffs::Latest,
        ..request(&directory, &[], None)
    };
    let (snapshots, text) = taken(&request).unwrap();
    assert_eq!(snapshots.cut_offs[0].as_of, day("2011-04-20"));
    assert_eq!(snapshots.cut_offs[0].churned, None);
    assert!(!text.contains(CHURNED));
}

#[test]
fn days_beyond_the_log_are_refused() {
    let directory = TempDir::new().unwrap();
    let refused = |cut_offs: &[&str], horizon| {
        let request = request(&directory, cut_offs, horizon);
        let told = taken(&request).unwrap_err().to_string();
        assert!(!request.output.exists());
        told
    };
    let early = refused(&["2010-12-31"], None);
    assert!(
        early.contains("before the log's first day, 2011-01-01"),
        "{early}"
    );
    let late = refused(&["2011-04-21"], None);
    assert!(late.contains("--complete-through"), "{late}");
    let open = refused(&["2011-03-22", "2011-02-28"], Some(30));
    assert!(open.contains("cut-off 2011-03-22"), "{open}");
    assert!(open.contains("no later than 2011-03-21"), "{open}");
    for horizon in [1_000_000, u32::MAX] {
        assert!(refused(&["2011-02-28"], Some(horizon)).contains("no later than"));
    }
    let twice = refused(&["2011-02-28", "2011-02-28"], None);
    assert!(twice.contains("given twice"), "{twice}");
    let nobody = SnapshotRequest {
        complete_through: Some(day("2012-12-31")),
        ..request(&directory, &["2012-01-01"], None)
    };
    let told = taken(&nobody).unwrap_err().to_string();
    assert!(told.contains("3 had bought by then"), "{told}");
    let stated = SnapshotRequest {
        complete_through: Some(day("2011-04-01")),
        ..nobody
    };
    assert!(matches!(
        taken(&stated),
        Err(SnapshotError::NotComplete { .. })
    ));
    assert!(matches!(
        snapshots(
            &stated,
            &Histories {
                customers: Vec::new(),
                refunds: Refunds::Net,
                has_products: false,
            }
        ),
        Err(SnapshotError::Empty)
    ));
}

#[test]
fn days_follow_each_other() {
    let log_days = (day("2011-01-01"), day("2011-04-20"));
    let every = |days, last| {
        CutOffs::Every {
            days,
            first: day("2011-01-10"),
            last,
        }
        .within(log_days, Some(30))
        .map(|found| found.iter().map(|c| c.as_of.to_string()).collect())
    };
    let days: Vec<String> = every(30, None).unwrap();
    assert_eq!(days, ["2011-01-10", "2011-02-09", "2011-03-11"]);
    let days = every(30, Some(day("2011-02-09"))).unwrap();
    assert_eq!(days.len(), 2);
    assert!(matches!(
        every(30, Some(day("2011-01-09"))),
        Err(SnapshotError::NoCutOff { .. })
    ));
    assert!(matches!(
        every(1, Some(day("2013-12-31"))),
        Err(SnapshotError::TooManyCutOffs { found: 1087, .. })
    ));
    assert!(matches!(
        every(1, Some(day("2011-03-31"))),
        Err(SnapshotError::HorizonAfterLog { .. })
    ));
}

#[test]
fn a_file_that_cannot_be_written_leaves_what_is_there() {
    let directory = TempDir::new().unwrap();
    let refused = SnapshotRequest {
        output: directory.path().join("nowhere/table.csv"),
        ..request(&directory, &["2011-02-28"], None)
    };
    assert!(matches!(taken(&refused), Err(SnapshotError::Write { .. })));
    let there = request(&directory, &["2011-02-28"], None);
    fs::write(&there.output, "old").unwrap();
    taken(&there).unwrap();
    assert_ne!(fs::read_to_string(&there.output).unwrap(), "old");
}
