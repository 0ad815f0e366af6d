//! Makes the seeds of `corpus/` that nobody could write by hand: requests in protobuf, a
//! small model of each kind fitted to made-up customers, Parquet. The others are texts.
//!
//! `RUSTC_WRAPPER=$PWD/fuzz/instrumented cargo run --manifest-path fuzz/Cargo.toml
//! --target-dir target --example seeds`

#![allow(clippy::unwrap_used, reason = "who makes seeds reads the panic")]

mod messages;

use std::{fmt::Write as _, fs, path::Path, sync::Arc};

use clap::Parser;
use holdfast::config::train::{Cli, Surroundings};
use holdfast_fuzz::{SHIPPED, Scratch};
use parquet::{
    data_type::{ByteArray, ByteArrayType, DoubleType, Int32Type},
    file::{properties::WriterProperties, writer::SerializedFileWriter},
    schema::parser::parse_message_type,
};
use serde_json::{Value, json};

fn main() {
    for (target, name, bytes) in messages::all() {
        put(target, name, &bytes);
    }
    let scratch = Scratch::new();
    let customers = scratch.file("customers.csv", customers().as_bytes());
    let log = scratch.file("log.csv", log().as_bytes());
    let models = scratch.path().join("models");
    let table = ["--data", customers.to_str().unwrap(), "--id", "id"];
    let churn = [
        "churn",
        "--target",
        "left",
        "--positive",
        "yes",
        "--horizon-days",
        "30",
    ];
    train(&models, &[&churn, &table[..]].concat());
    let spend = [
        "spend",
        "--target",
        "spent",
        "--currency",
        "USD",
        "--horizon-days",
        "90",
    ];
    train(&models, &[&spend, &table[..]].concat());
    let given = [
        "--data",
        log.to_str().unwrap(),
        "--customer",
        "c",
        "--time",
        "t",
    ];
    let segments = [
        "segments",
        "--amount",
        "a",
        "--currency",
        "USD",
        "--clusters",
        "2",
    ];
    train(&models, &[&segments, &given[..]].concat());
    for kind in ["churn", "spend", "segments"] {
        artifact(kind, &models.join(kind).join("1"));
    }
    artifact("value", &Path::new(SHIPPED).join("cdnow-value/1"));
    put("parquet", "rows", &parquet());
}

fn put(target: &str, name: &str, bytes: &[u8]) {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(target);
    fs::create_dir_all(&directory).unwrap();
    fs::write(directory.join(name), bytes).unwrap();
}

fn train(models: &Path, arguments: &[&str]) {
    let models = models.to_str().unwrap();
    let fixed = ["--name", arguments[0], "--models", models, "--seed", "7"];
    let all = ["holdfast-train"].iter().chain(arguments).chain(&fixed);
    let surroundings = Surroundings {
        environment: &|_| None,
        temporary: std::env::temp_dir(),
    };
    let answer = Cli::parse_from(all).command.run(&surroundings);
    assert!(answer.is_ok(), "{answer:?}");
}

/// The documents of a version, with a few of its golden rows.
fn artifact(kind: &str, version: &Path) {
    let [model, metrics, mut golden] = ["model", "metrics", "golden"].map(|name| {
        let text = fs::read(version.join(format!("{name}.json"))).unwrap();
        serde_json::from_slice::<Value>(&text).unwrap()
    });
    golden["rows"].as_array_mut().unwrap().truncate(3);
    let all = json!({"model": model, "metrics": metrics, "golden": golden});
    put("artifact", kind, all.to_string().as_bytes());
}

/// Numbers below `sides`, always the same.
fn dice(row: u32, sides: u32) -> u32 {
    (row.wrapping_mul(2_654_435_761) >> 7) % sides
}

fn customers() -> String {
    let mut text = "id,months,plan,paperless,left,spent\n".to_owned();
    for row in 0..400 {
        let months = 1 + dice(row, 70);
        let plan = ["monthly", "yearly", "none"][dice(row + 1000, 3) as usize];
        let paperless = dice(row + 2000, 2);
        let risk = 70 - months + 20 * paperless + if plan == "monthly" { 25 } else { 0 };
        let left = if dice(row + 3000, 115) < risk {
            "yes"
        } else {
            "no"
        };
        let spent = if dice(row + 4000, 3) == 0 {
            0
        } else {
            months * 3 + dice(row + 5000, 40)
        };
        writeln!(text, "c{row},{months},{plan},{paperless},{left},{spent}").unwrap();
    }
    text
}

fn log() -> String {
    let mut text = "c,t,a\n".to_owned();
    for row in 0..600 {
        let (month, day) = (1 + dice(row + 60, 12), 1 + dice(row + 70, 28));
        let (customer, amount) = (dice(row, 90), 1 + dice(row + 80, 200));
        writeln!(text, "c{customer},2025-{month:02}-{day:02},{amount}").unwrap();
    }
    text
}

/// Two row groups of every kind of column that is read.
fn parquet() -> Vec<u8> {
    const SCHEMA: &str = "message rows { required int32 y; optional double x; \
        optional binary c (UTF8); required int32 d (DATE); }";
    let schema = Arc::new(parse_message_type(SCHEMA).unwrap());
    let properties = Arc::new(WriterProperties::builder().build());
    let mut bytes = Vec::new();
    let mut writer = SerializedFileWriter::new(&mut bytes, schema, properties).unwrap();
    for first in [0, 3] {
        let mut group = writer.next_row_group().unwrap();
        let numbers: Vec<i32> = (first..first + 3).collect();
        for column in 0..4 {
            let mut writer = group.next_column().unwrap().unwrap();
            let some = [1, 0, 1];
            match column {
                1 => writer
                    .typed::<DoubleType>()
                    .write_batch(&[0.5, -1e9], Some(&some), None),
                2 => writer.typed::<ByteArrayType>().write_batch(
                    &["a", "b"].map(ByteArray::from),
                    Some(&some),
                    None,
                ),
                _ => writer
                    .typed::<Int32Type>()
                    .write_batch(&numbers, None, None),
            }
            .unwrap();
            writer.close().unwrap();
        }
        group.close().unwrap();
    }
    writer.close().unwrap();
    bytes
}
