//! The stored form of how well a value model did.

use serde::{Deserialize, Serialize};

use crate::{
    customer::InvalidDay,
    model::{FrequencyFigures, HoldOut, HoldOutFigures, SpendFigures, ValueEvaluation},
};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::artifact) struct ValueEvaluationV1 {
    hold_out: Option<HoldOutV1>,
}

impl From<ValueEvaluation> for ValueEvaluationV1 {
    fn from(from: ValueEvaluation) -> Self {
        let ValueEvaluation { hold_out } = from;
        Self {
            hold_out: hold_out.map(Into::into),
        }
    }
}

impl TryFrom<ValueEvaluationV1> for ValueEvaluation {
    type Error = InvalidDay;

    fn try_from(from: ValueEvaluationV1) -> Result<Self, InvalidDay> {
        let ValueEvaluationV1 { hold_out } = from;
        let hold_out = hold_out.map(TryInto::try_into);
        Ok(Self {
            hold_out: hold_out.transpose()?,
        })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct HoldOutV1 {
    calibration_end: String,
    until: String,
    customers: u64,
    purchases: u64,
    silent_customers: u64,
    model: HoldOutFiguresV1,
    own_rate: HoldOutFiguresV1,
    common_rate: HoldOutFiguresV1,
    by_frequency: Vec<FrequencyFiguresV1>,
    spend: Option<SpendFiguresV1>,
}

impl From<HoldOut> for HoldOutV1 {
    fn from(from: HoldOut) -> Self {
        let HoldOut {
            calibration_end,
            until,
            customers,
            purchases,
            silent_customers,
            model,
            own_rate,
            common_rate,
            by_frequency,
            spend,
        } = from;
        Self {
            calibration_end: calibration_end.to_string(),
            until: until.to_string(),
            customers,
            purchases,
            silent_customers,
            model: model.into(),
            own_rate: own_rate.into(),
            common_rate: common_rate.into(),
            by_frequency: by_frequency.into_iter().map(Into::into).collect(),
            spend: spend.map(Into::into),
        }
    }
}

impl TryFrom<HoldOutV1> for HoldOut {
    type Error = InvalidDay;

    fn try_from(from: HoldOutV1) -> Result<Self, InvalidDay> {
        let HoldOutV1 {
            calibration_end,
            until,
            customers,
            purchases,
            silent_customers,
            model,
            own_rate,
            common_rate,
            by_frequency,
            spend,
        } = from;
        Ok(Self {
            calibration_end: calibration_end.parse()?,
            until: until.parse()?,
            customers,
            purchases,
            silent_customers,
            model: model.into(),
            own_rate: own_rate.into(),
            common_rate: common_rate.into(),
            by_frequency: by_frequency.into_iter().map(Into::into).collect(),
            spend: spend.map(Into::into),
        })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HoldOutFiguresV1 {
    expected_purchases: f64,
    mean_absolute_error: f64,
    root_mean_squared_error: f64,
    log_score: Option<f64>,
    area_under_curve: Option<f64>,
    silent_share: Option<f64>,
}

impl From<HoldOutFigures> for HoldOutFiguresV1 {
    fn from(from: HoldOutFigures) -> Self {
        let HoldOutFigures {
            expected_purchases,
            mean_absolute_error,
            root_mean_squared_error,
            log_score,
            area_under_curve,
            silent_share,
        } = from;
        Self {
            expected_purchases,
            mean_absolute_error,
            root_mean_squared_error,
            log_score,
            area_under_curve,
            silent_share,
        }
    }
}

impl From<HoldOutFiguresV1> for HoldOutFigures {
    fn from(from: HoldOutFiguresV1) -> Self {
        let HoldOutFiguresV1 {
            expected_purchases,
            mean_absolute_error,
            root_mean_squared_error,
            log_score,
            area_under_curve,
            silent_share,
        } = from;
        Self {
            expected_purchases,
            mean_absolute_error,
            root_mean_squared_error,
            log_score,
            area_under_curve,
            silent_share,
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FrequencyFiguresV1 {
    frequency: u32,
    or_more: bool,
    customers: u64,
    actual: f64,
    expected: f64,
}

impl From<FrequencyFigures> for FrequencyFiguresV1 {
    fn from(from: FrequencyFigures) -> Self {
        let FrequencyFigures {
            frequency,
            or_more,
            customers,
            actual,
            expected,
        } = from;
        Self {
            frequency,
            or_more,
            customers,
            actual,
            expected,
        }
    }
}

impl From<FrequencyFiguresV1> for FrequencyFigures {
    fn from(from: FrequencyFiguresV1) -> Self {
        let FrequencyFiguresV1 {
            frequency,
            or_more,
            customers,
            actual,
            expected,
        } = from;
        Self {
            frequency,
            or_more,
            customers,
            actual,
            expected,
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SpendFiguresV1 {
    actual: f64,
    expected: f64,
    mean_absolute_error: f64,
    naive_mean_absolute_error: f64,
}

impl From<SpendFigures> for SpendFiguresV1 {
    fn from(from: SpendFigures) -> Self {
        let SpendFigures {
            actual,
            expected,
            mean_absolute_error,
            naive_mean_absolute_error,
        } = from;
        Self {
            actual,
            expected,
            mean_absolute_error,
            naive_mean_absolute_error,
        }
    }
}

impl From<SpendFiguresV1> for SpendFigures {
    fn from(from: SpendFiguresV1) -> Self {
        let SpendFiguresV1 {
            actual,
            expected,
            mean_absolute_error,
            naive_mean_absolute_error,
        } = from;
        Self {
            actual,
            expected,
            mean_absolute_error,
            naive_mean_absolute_error,
        }
    }
}
