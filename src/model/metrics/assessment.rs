//! All figures of one set of scores.

use super::{
    BrierDecomposition, ExpectedProfit, MaximumProfit, Metrics, ProfitMeasure, Ranking, Sample,
};
use crate::model::newton::{self, Binomial};

/// Everything that is measured of scores on a set of rows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Assessment {
    /// The figures that every release has had.
    pub metrics: Metrics,
    /// Mean predicted probability, in [0, 1]; against the prevalence this is
    /// calibration in the large.
    pub mean_probability: f64,
    /// Area under the precision-recall curve as the sum of precision × gain in
    /// recall over the distinct scores, without interpolation; in [0, 1].
    pub average_precision: f64,
    /// 2 · AUC − 1, in [-1, 1].
    pub gini: f64,
    /// Largest distance between the score distributions of churners and
    /// stayers (Kolmogorov–Smirnov), in [0, 1].
    pub kolmogorov_smirnov: f64,
    /// Where the Brier score comes from.
    pub brier: BrierDecomposition,
    /// Expected calibration error: the mean over rows of |mean probability −
    /// churn rate| of their bin, in ten bins of equal size; in [0, 1]. Even
    /// perfect probabilities have some, about 0.3 / √(rows of a bin).
    pub calibration_error: f64,
    /// `None` where no such line exists: the scores are all equal, or separate
    /// churners from stayers completely.
    pub calibration_line: Option<CalibrationLine>,
    /// Profit of contacting the best share of customers, at the mean
    /// acceptance rate.
    pub maximum_profit: MaximumProfit,
    /// The same over the distribution of acceptance rates (EMPC).
    pub expected_maximum_profit: ExpectedProfit,
}

/// Logistic regression of what happened on the log-odds (Cox 1958). Calibrated
/// scores have intercept 0 and slope 1; a slope below 1 means that scores are
/// too extreme, as those of an overfitted model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CalibrationLine {
    /// Log-odds where the score says 0.
    pub intercept: f64,
    /// Change of the log-odds for one unit of the score.
    pub slope: f64,
}

impl CalibrationLine {
    /// That of scores that say nothing, at even odds.
    pub(crate) const FLAT: Self = Self {
        intercept: 0.0,
        slope: 0.0,
    };
}

impl Ranking {
    /// Measures everything.
    #[must_use]
    pub fn assess(&self, profit: &ProfitMeasure) -> Assessment {
        self.observed().assess(profit, CalibrationLine::FLAT)
    }
}

impl Sample<'_> {
    /// `near` is where the search for the calibration line starts.
    pub(crate) fn assess(&self, profit: &ProfitMeasure, near: CalibrationLine) -> Assessment {
        let metrics = self.metrics();
        let bins = self.bins();
        Assessment {
            metrics,
            mean_probability: self.mean_probability(),
            average_precision: self.average_precision(),
            gini: 2.0 * metrics.area_under_curve - 1.0,
            kolmogorov_smirnov: self.kolmogorov_smirnov(),
            brier: BrierDecomposition::of(&bins, self.prevalence()),
            calibration_error: bins
                .iter()
                .map(|bin| bin.rows() * bin.gap().abs())
                .sum::<f64>()
                / self.total.rows(),
            calibration_line: self.calibration_line(near),
            maximum_profit: self.maximum_profit(profit),
            expected_maximum_profit: self.expected_maximum_profit(profit),
        }
    }

    fn mean_probability(&self) -> f64 {
        let sum: f64 = self
            .ties()
            .map(|(score, counts)| score.probability * counts.rows())
            .sum();
        sum / self.total.rows()
    }

    fn average_precision(&self) -> f64 {
        let gains = self.ties().zip(self.cumulative());
        let sum: f64 = gains
            .map(|((_, here), (_, above))| here.churners * above.churners / above.rows())
            .sum();
        sum / self.total.churners
    }

    fn kolmogorov_smirnov(&self) -> f64 {
        let distance = |churners: f64, stayers: f64| {
            (churners / self.total.churners - stayers / self.total.stayers).abs()
        };
        self.cumulative()
            .map(|(_, above)| distance(above.churners, above.stayers))
            .fold(0.0, f64::max)
    }

    fn calibration_line(&self, near: CalibrationLine) -> Option<CalibrationLine> {
        let rows = self.ties().map(|(score, counts)| Binomial {
            columns: [1.0, score.log_odds],
            churners: counts.churners,
            rows: counts.rows(),
        });
        let [intercept, slope] =
            newton::maximum_likelihood([near.intercept, near.slope], &rows).ok()?;
        Some(CalibrationLine { intercept, slope })
    }
}
