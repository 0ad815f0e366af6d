//! The figures by name, for tables, intervals and comparisons.

use super::Assessment;

/// One number of an [`Assessment`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Figure {
    /// Share of churners.
    Prevalence,
    /// Mean predicted probability.
    MeanProbability,
    /// Area under the ROC curve.
    AreaUnderCurve,
    /// 2 · AUC − 1.
    Gini,
    /// Area under the precision-recall curve.
    AveragePrecision,
    /// Largest distance between the distributions of scores.
    KolmogorovSmirnov,
    /// Lift of the top tenth.
    TopDecileLift,
    /// Mean negative log-likelihood.
    LogLoss,
    /// Mean squared error.
    BrierScore,
    /// Brier: distance of forecasts from churn rates.
    Reliability,
    /// Brier: variance of churn rates.
    Resolution,
    /// Expected calibration error.
    CalibrationError,
    /// Intercept of the calibration line.
    CalibrationIntercept,
    /// Slope of the calibration line.
    CalibrationSlope,
    /// Maximum profit per customer.
    MaximumProfit,
    /// Expected maximum profit per customer (EMPC).
    ExpectedMaximumProfit,
}

/// Which way a figure improves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Better {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
    /// The closer to this whole number, the better.
    CloseTo(i8),
    /// It describes the data.
    Neither,
}

impl Figure {
    /// All of them, in the order of a table.
    pub const ALL: [Self; 16] = [
        Self::Prevalence,
        Self::MeanProbability,
        Self::AreaUnderCurve,
        Self::Gini,
        Self::AveragePrecision,
        Self::KolmogorovSmirnov,
        Self::TopDecileLift,
        Self::LogLoss,
        Self::BrierScore,
        Self::Reliability,
        Self::Resolution,
        Self::CalibrationError,
        Self::CalibrationIntercept,
        Self::CalibrationSlope,
        Self::MaximumProfit,
        Self::ExpectedMaximumProfit,
    ];

    /// Its number; `None` where it is not defined for these scores.
    #[must_use]
    pub fn of(self, assessment: &Assessment) -> Option<f64> {
        let Assessment {
            metrics,
            mean_probability,
            average_precision,
            gini,
            kolmogorov_smirnov,
            brier,
            calibration_error,
            calibration_line,
            maximum_profit,
            expected_maximum_profit,
        } = assessment;
        match self {
            Self::Prevalence => Some(metrics.prevalence),
            Self::MeanProbability => Some(*mean_probability),
            Self::AreaUnderCurve => Some(metrics.area_under_curve),
            Self::Gini => Some(*gini),
            Self::AveragePrecision => Some(*average_precision),
            Self::KolmogorovSmirnov => Some(*kolmogorov_smirnov),
            Self::TopDecileLift => Some(metrics.top_decile_lift),
            Self::LogLoss => Some(metrics.log_loss),
            Self::BrierScore => Some(metrics.brier_score),
            Self::Reliability => Some(brier.reliability),
            Self::Resolution => Some(brier.resolution),
            Self::CalibrationError => Some(*calibration_error),
            Self::CalibrationIntercept => calibration_line.map(|line| line.intercept),
            Self::CalibrationSlope => calibration_line.map(|line| line.slope),
            Self::MaximumProfit => Some(maximum_profit.per_customer),
            Self::ExpectedMaximumProfit => Some(expected_maximum_profit.per_customer),
        }
    }

    /// Its name in a table.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Prevalence => "prevalence",
            Self::MeanProbability => "mean probability",
            Self::AreaUnderCurve => "AUC",
            Self::Gini => "Gini",
            Self::AveragePrecision => "average precision",
            Self::KolmogorovSmirnov => "KS",
            Self::TopDecileLift => "top-decile lift",
            Self::LogLoss => "log loss",
            Self::BrierScore => "Brier score",
            Self::Reliability => "Brier reliability",
            Self::Resolution => "Brier resolution",
            Self::CalibrationError => "calibration error",
            Self::CalibrationIntercept => "calibration intercept",
            Self::CalibrationSlope => "calibration slope",
            Self::MaximumProfit => "maximum profit",
            Self::ExpectedMaximumProfit => "EMPC",
        }
    }

    /// Its name in files and for programs; never changes.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Prevalence => "prevalence",
            Self::MeanProbability => "mean_probability",
            Self::AreaUnderCurve => "area_under_curve",
            Self::Gini => "gini",
            Self::AveragePrecision => "average_precision",
            Self::KolmogorovSmirnov => "kolmogorov_smirnov",
            Self::TopDecileLift => "top_decile_lift",
            Self::LogLoss => "log_loss",
            Self::BrierScore => "brier_score",
            Self::Reliability => "brier_reliability",
            Self::Resolution => "brier_resolution",
            Self::CalibrationError => "calibration_error",
            Self::CalibrationIntercept => "calibration_intercept",
            Self::CalibrationSlope => "calibration_slope",
            Self::MaximumProfit => "maximum_profit",
            Self::ExpectedMaximumProfit => "expected_maximum_profit",
        }
    }

    /// The figure of that key.
    #[must_use]
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|figure| figure.key() == key)
    }

    /// Which way it improves.
    #[must_use]
    pub fn better(self) -> Better {
        match self {
            Self::AreaUnderCurve
            | Self::Gini
            | Self::AveragePrecision
            | Self::KolmogorovSmirnov
            | Self::TopDecileLift
            | Self::Resolution
            | Self::MaximumProfit
            | Self::ExpectedMaximumProfit => Better::Higher,
            Self::LogLoss | Self::BrierScore | Self::Reliability | Self::CalibrationError => {
                Better::Lower
            }
            Self::CalibrationIntercept => Better::CloseTo(0),
            Self::CalibrationSlope => Better::CloseTo(1),
            Self::Prevalence | Self::MeanProbability => Better::Neither,
        }
    }
}
