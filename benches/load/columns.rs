//! The same customers by column.

use std::collections::BTreeMap;

use anyhow::bail;
use holdfast::{
    artifact::Artifact,
    features::FeatureKind,
    grpc::proto::{
        Customer, CustomerColumns, FeatureColumn, Flags, NumberEncoding, Numbers, Texts,
        feature_column::Values, feature_value::Kind,
    },
};

/// A column for each feature of the model.
pub(crate) fn of(
    artifact: &Artifact,
    customers: &[Customer],
    encoding: NumberEncoding,
) -> anyhow::Result<CustomerColumns> {
    let features = artifact.churn()?.model.schema().features().iter();
    let features = features.map(|feature| {
        let kinds: Vec<Option<&Kind>> = customers
            .iter()
            .map(|customer| customer.features.get(&feature.name)?.kind.as_ref())
            .collect();
        Ok(FeatureColumn {
            name: feature.name.clone(),
            values: Some(values(&feature.kind, &kinds, encoding)?),
        })
    });
    Ok(CustomerColumns {
        ids: customers.iter().map(|c| c.id.clone()).collect(),
        features: features.collect::<anyhow::Result<_>>()?,
        summary: None,
    })
}

fn values(
    feature: &FeatureKind,
    kinds: &[Option<&Kind>],
    encoding: NumberEncoding,
) -> anyhow::Result<Values> {
    let validity = if kinds.iter().all(Option::is_some) {
        Vec::new()
    } else {
        bitmap(kinds.iter().map(Option::is_some))
    };
    Ok(match feature {
        FeatureKind::Number(_) => {
            let values = kinds.iter().map(|kind| match kind {
                Some(Kind::Number(number)) => Ok(*number),
                None => Ok(0.0),
                Some(_) => bail!("a number is none"),
            });
            let values = values.collect::<anyhow::Result<Vec<f64>>>()?;
            Values::Numbers(match encoding {
                NumberEncoding::LittleEndian => Numbers {
                    little_endian: values
                        .into_iter()
                        .flat_map(f64::to_le_bytes)
                        .collect::<Vec<_>>()
                        .into(),
                    validity,
                    ..Numbers::default()
                },
                NumberEncoding::Unspecified | NumberEncoding::Doubles => Numbers {
                    values,
                    validity,
                    ..Numbers::default()
                },
            })
        }
        FeatureKind::Text(_) => {
            let mut places = BTreeMap::new();
            let mut dictionary = Vec::new();
            let mut indices = Vec::with_capacity(kinds.len());
            for kind in kinds {
                indices.push(match kind {
                    Some(Kind::Text(text)) => {
                        let next = u32::try_from(dictionary.len())?;
                        *places.entry(text).or_insert_with(|| {
                            dictionary.push(text.clone());
                            next
                        })
                    }
                    None => 0,
                    Some(_) => bail!("a text is none"),
                });
            }
            Values::Texts(Texts {
                dictionary,
                indices,
                validity,
            })
        }
        FeatureKind::Flag(_) => Values::Flags(Flags {
            values: bitmap(
                kinds
                    .iter()
                    .map(|kind| matches!(kind, Some(Kind::Flag(true)))),
            ),
            validity,
        }),
    })
}

fn bitmap(bits: impl Iterator<Item = bool>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (at, bit) in bits.enumerate() {
        if at % 8 == 0 {
            bytes.push(0);
        }
        if let (true, Some(byte)) = (bit, bytes.last_mut()) {
            *byte |= 1 << (at % 8);
        }
    }
    bytes
}
