//! Customers by column.

use super::{proto, what_if::feature_value};
use crate::customer::{
    CustomerColumns, Doubles, Indices, KnownPurchases, SentColumn, SentColumns, SentFlags,
    SentNumbers, SentSummaries, SentTexts, SentValues, SummarisedPurchases, Violations,
};

impl<'a> TryFrom<&'a proto::CustomerColumns> for CustomerColumns<'a> {
    type Error = Violations;

    fn try_from(columns: &'a proto::CustomerColumns) -> Result<Self, Violations> {
        Self::new(SentColumns::from(columns))
    }
}

impl<'a> From<&'a proto::CustomerColumns> for SentColumns<'a> {
    fn from(columns: &'a proto::CustomerColumns) -> Self {
        let proto::CustomerColumns {
            ids,
            features,
            summary,
        } = columns;
        let features = features.iter();
        Self {
            ids: ids.iter().map(String::as_str).collect(),
            features: features
                .map(|column| {
                    let proto::FeatureColumn { name, values } = column;
                    SentColumn {
                        name,
                        values: values.as_ref().map(values_of),
                    }
                })
                .collect(),
            summary: summary.as_ref().map(summaries),
        }
    }
}

fn values_of(values: &proto::feature_column::Values) -> SentValues<'_> {
    match values {
        proto::feature_column::Values::Numbers(sent) => SentValues::Numbers(numbers(sent)),
        proto::feature_column::Values::Texts(texts) => {
            let proto::Texts {
                dictionary,
                indices,
                validity,
            } = texts;
            SentValues::Texts(SentTexts {
                dictionary: dictionary.iter().map(String::as_str).collect(),
                indices: Indices::Numbers(indices.into()),
                validity,
            })
        }
        proto::feature_column::Values::Flags(flags) => {
            let proto::Flags { values, validity } = flags;
            SentValues::Flags(SentFlags { values, validity })
        }
    }
}

fn summaries(summary: &proto::PurchaseSummaryColumns) -> SentSummaries<'_> {
    let proto::PurchaseSummaryColumns {
        frequency,
        recency_days,
        observation_days,
        mean_repeat_spend,
        currency,
    } = summary;
    SentSummaries {
        frequency: frequency.as_ref().map(numbers),
        recency_days: recency_days.as_ref().map(numbers),
        observation_days: observation_days.as_ref().map(numbers),
        mean_repeat_spend: mean_repeat_spend.as_ref().map(numbers),
        currency,
    }
}

fn numbers(numbers: &proto::Numbers) -> SentNumbers<'_> {
    let proto::Numbers {
        values,
        little_endian,
        validity,
    } = numbers;
    SentNumbers {
        values: Doubles::Numbers(values),
        little_endian,
        validity,
    }
}

/// One row of columns as a customer that is sent by itself; `None` where it could
/// be none.
pub(in crate::grpc) fn customer_of_row(
    columns: &CustomerColumns<'_>,
    row: usize,
) -> Option<proto::Customer> {
    let snapshot = columns.snapshot(row).ok()?;
    let features = snapshot.features();
    let features = features.iter();
    let features = features.map(|(name, value)| ((*name).to_owned(), feature_value(*value)));
    let summary = match snapshot.purchases() {
        Some(KnownPurchases::Summarised(summary)) => Some(sent_summary(summary)),
        Some(KnownPurchases::Listed(_)) | None => None,
    };
    Some(proto::Customer {
        id: snapshot.id().to_owned(),
        features: features.collect(),
        purchases: summary.map(proto::customer::Purchases::Summary),
        ..proto::Customer::default()
    })
}

fn sent_summary(summary: &SummarisedPurchases) -> proto::PurchaseSummary {
    let days = summary.in_days();
    let spend = summary.mean_repeat_spend();
    proto::PurchaseSummary {
        frequency: f64::from(days.frequency()),
        recency_days: days.recency(),
        observation_days: days.observation(),
        mean_repeat_spend: spend.map(|(mean, _)| mean),
        currency: spend.map_or_else(String::new, |(_, currency)| currency.to_string()),
    }
}
