//! What scoring costs without the transport: `cargo bench --bench scoring`.
//!
//! From the least to the most, each for one customer and for 1,000:
//!
//! | group | what is measured |
//! | --- | --- |
//! | `encode_predict` | a checked customer → row → log-odds with every contribution |
//! | `score` | the same by `Scorer`, with the largest reasons picked |
//! | `snapshot_score` | the same from a decoded message |
//! | `decode` | a customer's message from its bytes, and nothing else |
//! | `batch` | 1,000 customers without reasons, from bytes to scores: `rows`, by the general decoder, and `columns` |

#[path = "load/columns.rs"]
mod columns;
mod telco;

use std::hint::black_box;

use anyhow::Context;
use criterion::{BenchmarkId, Criterion, Throughput};
use holdfast::{
    artifact::Artifact,
    customer::{CustomerColumns, Snapshot},
    grpc::proto::{self, Customer, CustomerRows, NumberEncoding},
    scoring::{DEFAULT_REASONS, Models, Scorer},
};
use prost::Message;

const ROWS: usize = 1000;

fn main() -> anyhow::Result<()> {
    let artifact = telco::churn_model()?;
    let model = &artifact.churn()?.model;
    let scorer = Scorer::new(
        Models {
            churn: Some(&artifact),
            ..Models::default()
        },
        DEFAULT_REASONS,
    )?;

    let customers = telco::customers(&artifact, ROWS)?;
    let encoded: Vec<_> = customers.iter().map(Message::encode_to_vec).collect();
    let snapshots = customers
        .iter()
        .map(|customer| Snapshot::try_from(customer).ok())
        .collect::<Option<Vec<_>>>()
        .context("a shipped customer is refused")?;
    for snapshot in &snapshots {
        scorer.score(snapshot)?;
    }

    let mut criterion = Criterion::default().configure_from_args();
    measure(&mut criterion, "encode_predict", &snapshots, |snapshot| {
        model.schema().row(snapshot).map(|row| model.explain(&row))
    });
    measure(&mut criterion, "score", &snapshots, |snapshot| {
        scorer.score(snapshot)
    });
    measure(&mut criterion, "snapshot_score", &customers, |customer| {
        Snapshot::try_from(customer).map(|snapshot| scorer.score(&snapshot))
    });
    measure(&mut criterion, "decode", &encoded, |bytes| {
        Customer::decode(bytes.as_slice())
    });
    batch(&mut criterion, &artifact, &customers)?;
    criterion.final_summary();
    Ok(())
}

/// Measures many customers at once, in either shape.
fn batch(
    criterion: &mut Criterion,
    artifact: &Artifact,
    customers: &[Customer],
) -> anyhow::Result<()> {
    let models = Models {
        churn: Some(artifact),
        ..Models::default()
    };
    let scorer = Scorer::new(models, 0)?;
    let rows = CustomerRows {
        customers: customers.to_vec(),
    };
    let rows = rows.encode_to_vec();
    let mut group = criterion.benchmark_group("batch");
    group.throughput(Throughput::Elements(customers.len() as u64));
    group.bench_function("rows", |bencher| {
        bencher.iter(|| {
            let rows = CustomerRows::decode(black_box(rows.as_slice())).unwrap_or_default();
            for customer in &rows.customers {
                black_box(Snapshot::try_from(customer).map(|snapshot| scorer.score(&snapshot)))
                    .ok();
            }
        });
    });
    for encoding in [NumberEncoding::Doubles, NumberEncoding::LittleEndian] {
        let sent = columns::of(artifact, customers, encoding)?.encode_to_vec();
        group.bench_function(format!("columns, {}", encoding.as_str_name()), |bencher| {
            bencher.iter(|| {
                let sent = proto::CustomerColumns::decode(black_box(sent.as_slice()));
                let sent = sent.unwrap_or_default();
                let columns = CustomerColumns::try_from(&sent).ok()?;
                let mut plan = scorer.plan(&columns).ok()?;
                while plan.score_next(512) {}
                Some(black_box(plan.into_scores()).rows)
            });
        });
    }
    group.finish();
    Ok(())
}

/// Measures `work` on the first input and on all, one after the other.
fn measure<'a, I, O>(
    criterion: &mut Criterion,
    name: &str,
    inputs: &'a [I],
    work: impl Fn(&'a I) -> O,
) {
    let mut group = criterion.benchmark_group(name);
    for rows in [1, inputs.len()] {
        group.throughput(Throughput::Elements(rows as u64));
        group.bench_function(BenchmarkId::from_parameter(rows), |bencher| {
            bencher.iter(|| {
                for input in &inputs[..rows] {
                    black_box(work(black_box(input)));
                }
            });
        });
    }
    group.finish();
}
