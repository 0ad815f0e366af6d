//! Customers by column.

use super::proto;
use crate::customer::{
    CustomerColumns, SentColumn, SentColumns, SentFlags, SentNumbers, SentSummaries, SentTexts,
    SentValues, Violations,
};

impl<'a> TryFrom<&'a proto::CustomerColumns> for CustomerColumns<'a> {
    type Error = Violations;

    fn try_from(columns: &'a proto::CustomerColumns) -> Result<Self, Violations> {
        let proto::CustomerColumns {
            ids,
            features,
            summary,
        } = columns;
        Self::new(SentColumns {
            ids,
            features: features.iter().map(|column| {
                let proto::FeatureColumn { name, values } = column;
                SentColumn {
                    name,
                    values: values.as_ref().map(values_of),
                }
            }),
            summary: summary.as_ref().map(summaries),
        })
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
                dictionary,
                indices,
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
        values,
        little_endian,
        validity,
    }
}
