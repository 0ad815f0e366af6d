//! The figures that say how good a model is.

/// A confidence interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Its lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

/// A figure, with its interval where one was computed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figure {
    /// The figure.
    pub value: f64,
    /// Where it lies with the confidence of [`Performance::confidence`].
    pub interval: Option<Interval>,
}

/// Decomposition of the Brier score, which is
/// `reliability - resolution + uncertainty` (Murphy 1973, J. Appl. Meteor. 12),
/// with the resolution generalised to what is told apart within bins too
/// (Stephenson, Coelho and Jolliffe 2008, Wea. Forecasting 23).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BrierParts {
    /// What is lost by probabilities that are off; lower is better.
    pub reliability: f64,
    /// What is gained by telling customers apart; higher is better.
    pub resolution: f64,
    /// What the share of churners alone makes uncertain.
    pub uncertainty: f64,
}

/// How well a model does on rows that it was not fitted on.
#[derive(Debug, Clone, PartialEq)]
pub struct Figures {
    /// Rows measured on.
    pub rows: u64,
    /// Share of churners among them.
    pub prevalence: f64,
    /// Area under the ROC curve.
    pub area_under_curve: Figure,
    /// Area under the precision-recall curve (average precision).
    pub pr_area_under_curve: Option<Figure>,
    /// Mean logarithmic loss.
    pub log_loss: Figure,
    /// Mean squared error of the probability.
    pub brier_score: Figure,
    /// Its decomposition.
    pub brier_parts: Option<BrierParts>,
    /// Expected calibration error: mean distance of probability and frequency.
    pub calibration_error: Option<Figure>,
    /// Kolmogorov-Smirnov distance of the scores of churners and others.
    pub kolmogorov_smirnov: Option<Figure>,
    /// `2 AUC - 1`.
    pub gini: Option<Figure>,
    /// Churn among the tenth with the highest scores, over churn among all.
    pub top_decile_lift: Figure,
    /// Maximum profit per customer of the base.
    pub maximum_profit: Option<Figure>,
    /// Expected maximum profit measure for churn per customer of the base
    /// (Verbraken, Verbeke and Baesens 2013, IEEE TKDE 25).
    pub expected_maximum_profit: Option<Figure>,
}

/// The model against a logistic regression on the plain columns, same rows.
#[derive(Debug, Clone, PartialEq)]
pub struct PlainComparison {
    /// AUC of the plain model.
    pub area_under_curve: f64,
    /// Log loss of the plain model.
    pub log_loss: f64,
    /// AUC of the model less that of the plain one.
    pub area_gained: Figure,
    /// Log loss of the plain model less that of the model.
    pub log_loss_saved: Figure,
}

/// The headline figures.
#[derive(Debug, Clone, PartialEq)]
pub struct Performance {
    /// On the rows held out before fitting.
    pub held_out: Figures,
    /// Over the folds of the cross-validation.
    pub cross_validated: Option<Figures>,
    /// Confidence of every interval, in (0, 1), such as 0.95.
    pub confidence: f64,
    /// Bootstrap samples behind the intervals; 0 without intervals.
    pub bootstrap_samples: u32,
    /// Against the plain model, where it was fitted too.
    pub plain: Option<PlainComparison>,
}

/// A model that the search tried.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Its name, such as `bent numbers`.
    pub name: String,
    /// Its settings, such as `8 knots, penalty 3.0`.
    pub parameters: String,
    /// Mean cross-validated log loss.
    pub log_loss: f64,
    /// Standard error of that mean over folds.
    pub log_loss_standard_error: f64,
    /// Mean cross-validated AUC.
    pub area_under_curve: f64,
    /// Whether it is the model of this report.
    pub chosen: bool,
}

/// How the model does on the rows with one value of a column.
#[derive(Debug, Clone, PartialEq)]
pub struct Slice {
    /// The column.
    pub column: String,
    /// The value, or a range of values such as `12 to 24`.
    pub value: String,
    /// Rows.
    pub rows: u64,
    /// Share of churners among them.
    pub prevalence: f64,
    /// AUC; `None` when one class is missing.
    pub area_under_curve: Option<Figure>,
    /// Mean logarithmic loss.
    pub log_loss: f64,
    /// Mean probability less the share of churners.
    pub calibration_gap: f64,
}

/// Figures of one fold.
#[derive(Debug, Clone, PartialEq)]
pub struct FoldFigures {
    /// Which repeat, from 1.
    pub repeat: u32,
    /// Which fold of it, from 1.
    pub fold: u32,
    /// Rows measured on.
    pub rows: u64,
    /// AUC.
    pub area_under_curve: f64,
    /// Mean logarithmic loss.
    pub log_loss: f64,
    /// Brier score.
    pub brier_score: f64,
}
