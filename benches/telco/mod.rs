//! The shipped customers, and a churn model trained on them.

use std::{collections::BTreeMap, path::Path};

use anyhow::Context;
use holdfast::{
    artifact::{self, Artifact},
    features::FeatureKind,
    grpc::proto::{self, feature_value::Kind},
    train::{self, ChurnTraining, Settings, Silent, table::Table},
};

const DATA: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/data/telco/Telco-Customer-Churn.csv"
);
const ID: &str = "customerID";

/// Trains on the shipped data, publishes under `models` and loads what was
/// published.
pub(crate) fn train(models: &Path) -> anyhow::Result<Artifact> {
    let name = "telco-churn".parse()?;
    let training = ChurnTraining {
        id: Some(ID.to_owned()),
        settings: Settings {
            folds: 0,
            ..Settings::default()
        },
        ..ChurnTraining::new(vec![DATA.into()], "Churn", "Yes", name, models.to_owned())
    };
    let published = train::churn(&training, &Silent)?.identity;
    Ok(artifact::load(models, &published.name, published.version)?)
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

fn column<'t>(table: &'t Table, name: &str) -> anyhow::Result<&'t train::table::Column> {
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
