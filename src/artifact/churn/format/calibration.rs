//! The stored form of a calibration.

use serde::{Deserialize, Serialize};

use crate::model::{Beta, Calibration, CalibrationError, Isotonic, Knot, Platt};

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum CalibrationV2 {
    Platt { intercept: f64, slope: f64 },
    Beta { a: f64, b: f64, c: f64 },
    Isotonic { knots: Vec<KnotV2> },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KnotV2 {
    log_odds: f64,
    calibrated: f64,
}

impl From<&Calibration> for CalibrationV2 {
    fn from(calibration: &Calibration) -> Self {
        match calibration {
            Calibration::Platt(platt) => Self::Platt {
                intercept: platt.intercept(),
                slope: platt.slope(),
            },
            Calibration::Beta(beta) => Self::Beta {
                a: beta.a(),
                b: beta.b(),
                c: beta.c(),
            },
            Calibration::Isotonic(isotonic) => Self::Isotonic {
                knots: isotonic.knots().iter().map(Into::into).collect(),
            },
        }
    }
}

impl From<&Knot> for KnotV2 {
    fn from(knot: &Knot) -> Self {
        let Knot {
            log_odds,
            calibrated,
        } = *knot;
        Self {
            log_odds,
            calibrated,
        }
    }
}

impl TryFrom<CalibrationV2> for Calibration {
    type Error = CalibrationError;

    fn try_from(stored: CalibrationV2) -> Result<Self, CalibrationError> {
        Ok(match stored {
            CalibrationV2::Platt { intercept, slope } => Self::Platt(Platt::new(intercept, slope)?),
            CalibrationV2::Beta { a, b, c } => Self::Beta(Beta::new(a, b, c)?),
            CalibrationV2::Isotonic { knots } => {
                let knots = knots.into_iter().map(|knot| Knot {
                    log_odds: knot.log_odds,
                    calibrated: knot.calibrated,
                });
                Self::Isotonic(Isotonic::new(knots.collect())?)
            }
        })
    }
}
