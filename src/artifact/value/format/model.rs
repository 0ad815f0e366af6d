//! The stored form of the two models that a value model is made of, and of the
//! terms it is stated in.

use serde::{Deserialize, Serialize};

use super::ValueFormatError;
use crate::{
    customer::{Occasion, Refunds, TimeUnit},
    model::value::{
        ClvTerms, GammaGamma, PurchaseModel, PurchaseModelKind, ValueModel, ValueParts,
    },
};

/// The family of the model of spend.
const GAMMA_GAMMA: &str = "gamma-gamma";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ValuePartsV1 {
    purchase: FamilyV1,
    spend: Option<FamilyV1>,
    unit: UnitV1,
    refunds: RefundsV1,
    occasion: OccasionV1,
    terms: TermsV1,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FamilyV1 {
    family: String,
    parameters: Vec<ParameterV1>,
    /// Of the logarithms of the parameters, row by row.
    covariance_of_logarithms: Vec<Vec<f64>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ParameterV1 {
    name: String,
    value: f64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TermsV1 {
    currency: String,
    periods: u32,
    period_days: f64,
    discount_rate: f64,
    margin: f64,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum UnitV1 {
    Day,
    Week,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RefundsV1 {
    Net,
    Drop,
    Keep,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum OccasionV1 {
    Day,
    Invoice,
}

impl From<&ValueModel> for ValuePartsV1 {
    fn from(model: &ValueModel) -> Self {
        let ValueParts {
            purchase,
            purchase_covariance,
            spend,
            unit,
            refunds,
            occasion,
            terms,
        } = model.parts();
        let kind = purchase.kind();
        Self {
            purchase: FamilyV1::of(
                kind.as_str(),
                kind.parameter_names(),
                purchase.parameters(),
                purchase_covariance,
            ),
            spend: spend.as_ref().map(|(spend, covariance)| {
                let parameters = spend.parameters();
                FamilyV1::of(GAMMA_GAMMA, GammaGamma::NAMES, parameters, covariance)
            }),
            unit: match unit {
                TimeUnit::Day => UnitV1::Day,
                TimeUnit::Week => UnitV1::Week,
            },
            refunds: match refunds {
                Refunds::Net => RefundsV1::Net,
                Refunds::Drop => RefundsV1::Drop,
                Refunds::Keep => RefundsV1::Keep,
            },
            occasion: match occasion {
                Occasion::Day => OccasionV1::Day,
                Occasion::Invoice => OccasionV1::Invoice,
            },
            terms: (*terms).into(),
        }
    }
}

impl TryFrom<ValuePartsV1> for ValueModel {
    type Error = ValueFormatError;

    fn try_from(stored: ValuePartsV1) -> Result<Self, ValueFormatError> {
        let ValuePartsV1 {
            purchase,
            spend,
            unit,
            refunds,
            occasion,
            terms,
        } = stored;
        let kind: PurchaseModelKind = purchase.family.parse()?;
        let (parameters, purchase_covariance) =
            purchase.numbers(kind.as_str(), kind.parameter_names())?;
        let spend = spend.map(|spend| {
            if spend.family != GAMMA_GAMMA {
                return Err(ValueFormatError::SpendFamily);
            }
            let (parameters, covariance) = spend.numbers(GAMMA_GAMMA, GammaGamma::NAMES)?;
            Ok((GammaGamma::new(parameters)?, covariance))
        });
        let parts = ValueParts {
            purchase: PurchaseModel::new(kind, parameters)?,
            purchase_covariance,
            spend: spend.transpose()?,
            unit: match unit {
                UnitV1::Day => TimeUnit::Day,
                UnitV1::Week => TimeUnit::Week,
            },
            refunds: match refunds {
                RefundsV1::Net => Refunds::Net,
                RefundsV1::Drop => Refunds::Drop,
                RefundsV1::Keep => Refunds::Keep,
            },
            occasion: match occasion {
                OccasionV1::Day => Occasion::Day,
                OccasionV1::Invoice => Occasion::Invoice,
            },
            terms: terms.try_into()?,
        };
        Ok(Self::new(parts)?)
    }
}

impl FamilyV1 {
    fn of<const N: usize>(
        family: &str,
        names: [&str; N],
        values: [f64; N],
        covariance: &[[f64; N]; N],
    ) -> Self {
        let parameters = names.into_iter().zip(values);
        Self {
            family: family.to_owned(),
            parameters: parameters
                .map(|(name, value)| ParameterV1 {
                    name: name.to_owned(),
                    value,
                })
                .collect(),
            covariance_of_logarithms: covariance.iter().map(|row| row.to_vec()).collect(),
        }
    }

    /// Parameters and covariance, when they are those of the family.
    fn numbers<const N: usize>(
        self,
        family: &'static str,
        names: [&'static str; N],
    ) -> Result<([f64; N], [[f64; N]; N]), ValueFormatError> {
        let wrong = || ValueFormatError::Numbers {
            family,
            names: names.to_vec(),
        };
        let stored = self.parameters.iter().map(|stored| stored.name.as_str());
        if !stored.eq(names) {
            return Err(wrong());
        }
        let values = self.parameters.into_iter().map(|stored| stored.value);
        let rows = self.covariance_of_logarithms.into_iter();
        let rows = rows.map(|row| row.try_into().map_err(|_| wrong()));
        let rows = rows.collect::<Result<Vec<[f64; N]>, _>>()?;
        let values = values.collect::<Vec<f64>>().try_into();
        Ok((
            values.map_err(|_| wrong())?,
            rows.try_into().map_err(|_| wrong())?,
        ))
    }
}

impl From<ClvTerms> for TermsV1 {
    fn from(from: ClvTerms) -> Self {
        let ClvTerms {
            currency,
            periods,
            period_days,
            discount_rate,
            margin,
        } = from;
        Self {
            currency: currency.to_string(),
            periods,
            period_days,
            discount_rate,
            margin,
        }
    }
}

impl TryFrom<TermsV1> for ClvTerms {
    type Error = ValueFormatError;

    fn try_from(from: TermsV1) -> Result<Self, ValueFormatError> {
        let TermsV1 {
            currency,
            periods,
            period_days,
            discount_rate,
            margin,
        } = from;
        Ok(Self {
            currency: currency.parse()?,
            periods,
            period_days,
            discount_rate,
            margin,
        })
    }
}
