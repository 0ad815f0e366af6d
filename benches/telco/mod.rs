//! The shipped customers, and the churn model trained on them.

use std::collections::BTreeMap;

use anyhow::Context;
use holdfast::{
    artifact::{self, Artifact, Version},
    features::FeatureKind,
    grpc::proto::{self, feature_value::Kind},
    train::table::{Column, Table},
};

const DATA: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/data/telco/Telco-Customer-Churn.csv"
);
/// Where the shipped models are.
pub(crate) const MODELS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/models");
const CHURN_MODEL: (&str, u32) = ("telco-churn", 2);
const ID: &str = "customerID";

/// The shipped churn model, in its newest version.
pub(crate) fn churn_model() -> anyhow::Result<Artifact> {
    let (name, version) = CHURN_MODEL;
    let version = Version::new(version).context("versions begin with 1")?;
    Ok(artifact::load(MODELS.as_ref(), &name.parse()?, version)?)
}

/// The first customers of the shipped data, as a client would send them.
pub(crate) fn customers(artifact: &Artifact, count: usize) -> anyhow::Result<Vec<proto::Customer>> {
    let table = Table::read(&[DATA.into()])?;
    let id = column(&table, ID)?;
    let mut customers: Vec<_> = (0..count.min(table.rows()))
        .map(|row| proto::Customer {
            id: id.cell(row).unwrap_or_default().into_owned(),
            features: BTreeMap::new(),
            ..Default::default()
        })
        .collect();
    for feature in artifact.churn()?.model.schema().features() {
        let column = column(&table, &feature.name)?;
        for (row, customer) in customers.iter_mut().enumerate() {
            if let Some(cell) = column.cell(row) {
                let kind = Some(value(&feature.kind, &cell)?);
                let value = proto::FeatureValue { kind };
                customer.features.insert(feature.name.clone(), value);
            }
        }
    }
    Ok(customers)
}

fn column<'t>(table: &'t Table, name: &str) -> anyhow::Result<&'t Column> {
    let position = table
        .position(name)
        .with_context(|| format!("no column `{name}`"))?;
    Ok(&table.columns[position])
}

fn value(kind: &FeatureKind, cell: &str) -> anyhow::Result<Kind> {
    Ok(match kind {
        FeatureKind::Number(_) => Kind::Number(cell.parse()?),
        FeatureKind::Text(_) => Kind::Text(cell.to_owned()),
        FeatureKind::Flag(labels) => Kind::Flag(cell == labels.true_label),
    })
}
