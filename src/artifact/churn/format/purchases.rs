//! The stored form of how features are built from purchases.

use serde::{Deserialize, Serialize};

use super::FormatError;
use crate::{
    customer::{Occasion, Refunds},
    features::{
        Schema,
        purchases::{PurchaseFeatureRules, PurchaseFeatures},
    },
};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PurchasesV2 {
    refunds: RefundsV2,
    occasion: OccasionV2,
    currency: String,
    windows_days: Vec<u32>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RefundsV2 {
    Net,
    Drop,
    Keep,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum OccasionV2 {
    Day,
    Invoice,
}

impl From<&PurchaseFeatureRules> for PurchasesV2 {
    fn from(rules: &PurchaseFeatureRules) -> Self {
        let PurchaseFeatureRules {
            features,
            occasion,
            currency,
        } = rules;
        Self {
            refunds: match features.refunds() {
                Refunds::Net => RefundsV2::Net,
                Refunds::Drop => RefundsV2::Drop,
                Refunds::Keep => RefundsV2::Keep,
            },
            occasion: match occasion {
                Occasion::Day => OccasionV2::Day,
                Occasion::Invoice => OccasionV2::Invoice,
            },
            currency: currency.to_string(),
            windows_days: features.windows_days().to_vec(),
        }
    }
}

impl PurchasesV2 {
    /// The rules, when they are those of the schema.
    pub(super) fn into_rules(self, schema: &Schema) -> Result<PurchaseFeatureRules, FormatError> {
        let Self {
            refunds,
            occasion,
            currency,
            windows_days,
        } = self;
        let refunds = match refunds {
            RefundsV2::Net => Refunds::Net,
            RefundsV2::Drop => Refunds::Drop,
            RefundsV2::Keep => Refunds::Keep,
        };
        let rules = PurchaseFeatureRules {
            features: PurchaseFeatures::new(&windows_days, refunds)?,
            occasion: match occasion {
                OccasionV2::Day => Occasion::Day,
                OccasionV2::Invoice => Occasion::Invoice,
            },
            currency: currency.parse()?,
        };
        rules.check(schema)?;
        Ok(rules)
    }
}
