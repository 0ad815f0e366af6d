//! Which features of a model come from the purchase history, and how.

use std::fmt;

use super::PurchaseFeatures;
use crate::{
    customer::{Currency, Occasion, Refunds},
    features::{FeatureKind, Schema},
};

/// How a model's purchase features were built: all that it takes to build them
/// again from a customer's purchases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PurchaseFeatureRules {
    /// Windows and treatment of refunds.
    pub features: PurchaseFeatures,
    /// What counts as one purchase.
    pub occasion: Occasion,
    /// What the money is in.
    pub currency: Currency,
}

impl fmt::Display for PurchaseFeatureRules {
    /// Such as `windows of 30, 90 and 365 days; a purchase is a day; refunds are
    /// netted; money in EUR`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let windows = self.features.windows_days();
        f.write_str("windows of ")?;
        for (at, days) in windows.iter().enumerate() {
            let before = match at {
                0 => "",
                _ if at + 1 == windows.len() => " and ",
                _ => ", ",
            };
            write!(f, "{before}{days}")?;
        }
        let occasion = match self.occasion {
            Occasion::Day => "a day",
            Occasion::Invoice => "an invoice",
        };
        let refunds = match self.features.refunds() {
            Refunds::Net => "netted",
            Refunds::Drop => "dropped",
            Refunds::Keep => "kept apart",
        };
        write!(
            f,
            " days; a purchase is {occasion}; refunds are {refunds}; money in {}",
            self.currency
        )
    }
}

/// Features that these rules do not build.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PurchaseRulesError {
    /// There is nothing to build.
    #[error("no feature is one of the purchase history under these rules")]
    NoFeature,
    /// A feature of other windows, or of another treatment of refunds.
    #[error(
        "`{feature}` is named as a feature of the purchase history, but not one of these windows and this treatment of refunds"
    )]
    OtherRules {
        /// Its name.
        feature: String,
    },
    /// A feature of the purchase history is a number.
    #[error("`{feature}` is a feature of the purchase history, but no number")]
    NoNumber {
        /// Its name.
        feature: String,
    },
}

impl PurchaseFeatureRules {
    /// Whether a feature of this name is built by these rules.
    #[must_use]
    pub fn build(&self, name: &str) -> bool {
        self.features.names().iter().any(|built| built == name)
    }

    /// The names of the schema's features that are built, in its order.
    pub fn built<'s>(&self, schema: &'s Schema) -> impl Iterator<Item = &'s str> {
        let names = schema.features().iter().map(|feature| &*feature.name);
        names.filter(|name| self.build(name))
    }

    /// Whether a schema's features agree with the rules.
    ///
    /// # Errors
    ///
    /// When none is built, one looks as if other rules had built it, or one
    /// that is built is no number.
    pub fn check(&self, schema: &Schema) -> Result<(), PurchaseRulesError> {
        let features = schema.features().iter();
        self.check_names(features.map(|feature| feature.name.as_str()))?;
        let mut built = schema.features().iter().filter(|f| self.build(&f.name));
        let odd = built.find(|feature| !matches!(feature.kind, FeatureKind::Number(_)));
        match odd {
            Some(feature) => Err(PurchaseRulesError::NoNumber {
                feature: feature.name.clone(),
            }),
            None => Ok(()),
        }
    }

    /// The same of the names alone.
    ///
    /// # Errors
    ///
    /// When none is built, or one looks as if other rules had built it.
    pub fn check_names<'n>(
        &self,
        names: impl Iterator<Item = &'n str>,
    ) -> Result<(), PurchaseRulesError> {
        let mut any = false;
        for name in names {
            let built = self.build(name);
            any |= built;
            if !built && resembles(name) {
                return Err(PurchaseRulesError::OtherRules {
                    feature: name.to_owned(),
                });
            }
        }
        if any {
            Ok(())
        } else {
            Err(PurchaseRulesError::NoFeature)
        }
    }
}

/// Whether some rules build a feature of this name, where others do not:
/// `spend_30_days`, `purchases_trend_30_90_days`, `returns_share`.
fn resembles(name: &str) -> bool {
    let windows = ["purchases_", "spend_"]
        .into_iter()
        .find_map(|of| name.strip_prefix(of)?.strip_suffix("_days"))
        .map(|windows| windows.strip_prefix("trend_").unwrap_or(windows));
    let number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    name == "returns_share" || windows.is_some_and(|windows| windows.split('_').all(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_other_windows_or_refunds_are_told_apart() {
        let rules = |refunds| PurchaseFeatureRules {
            features: PurchaseFeatures::new(&[30, 60], refunds).unwrap(),
            occasion: Occasion::Day,
            currency: "USD".parse().unwrap(),
        };
        let net = rules(Refunds::Net);
        assert_eq!(
            net.to_string(),
            "windows of 30 and 60 days; a purchase is a day; refunds are netted; money in USD"
        );
        let all = net.features.names().iter().map(String::as_str);
        assert_eq!(net.check_names(all.clone().chain(["age"])), Ok(()));
        assert_eq!(
            net.check_names(["age", "spend_next_60_days"].into_iter()),
            Err(PurchaseRulesError::NoFeature)
        );
        for other in ["spend_90_days", "purchases_trend_30_90_days"] {
            let feature = other.to_owned();
            assert_eq!(
                net.check_names(all.clone().chain([other])),
                Err(PurchaseRulesError::OtherRules { feature })
            );
        }
        let feature = "returns_share".to_owned();
        assert_eq!(
            rules(Refunds::Drop).check_names(all),
            Err(PurchaseRulesError::OtherRules { feature })
        );
    }
}
