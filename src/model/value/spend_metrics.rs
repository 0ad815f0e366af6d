//! How well predicted spend meets what was spent.

use super::tweedie_deviance;

/// Predictions that are worse than this are told as this.
const LEAST_EXPLAINED: f64 = -1000.0;
/// Equal parts that customers are cut into by their prediction.
const PARTS: usize = 10;

/// Quality of spend predictions on a set of rows, each counted once.
#[derive(Debug, Clone, PartialEq)]
pub struct SpendMetrics {
    /// How many rows.
    pub rows: u64,
    /// Those that spent anything.
    pub spenders: u64,
    /// What all of them spent.
    pub actual: f64,
    /// What all of them were expected to spend.
    pub predicted: f64,
    /// Mean of |actual − predicted|.
    pub mean_absolute_error: f64,
    /// The same when everyone is expected to spend the fitted rows' mean.
    pub mean_absolute_error_of_mean: f64,
    /// Root of the mean of (actual − predicted)².
    pub root_mean_squared_error: f64,
    /// Share of the Tweedie deviance from the fitted rows' mean that the
    /// predictions take away, at most 1; below 0 when they are worse.
    pub deviance_explained: f64,
    /// Normalised Gini index of the ranking: 1 for the order of what was spent, 0
    /// for any at random; `None` when all spent the same.
    pub gini: Option<f64>,
    /// From the lowest predictions to the highest, in tenths; fewer where rows are.
    pub tenths: Vec<SpendTenth>,
}

/// Rows with similar predictions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SpendTenth {
    /// How many.
    pub rows: u64,
    /// Mean prediction.
    pub predicted: f64,
    /// Mean of what they spent.
    pub actual: f64,
}

impl SpendMetrics {
    /// Of predictions above zero and what was spent, at least 0; `mean` is that of
    /// the rows that were fitted on, `power` that of the deviance. `None` without
    /// rows.
    #[must_use]
    pub fn of(predicted: &[f64], actual: &[f64], mean: f64, power: f64) -> Option<Self> {
        let count = predicted.len().min(actual.len());
        if count == 0 {
            return None;
        }
        let rows = count as f64;
        let pairs = || predicted.iter().zip(actual);
        let average = |error: &dyn Fn(f64, f64) -> f64| -> f64 {
            pairs().map(|(&p, &a)| error(p, a)).sum::<f64>() / rows
        };
        // A prediction that underflowed to zero still has a deviance.
        let deviance = |p: f64, a: f64| tweedie_deviance(a, p.max(f64::MIN_POSITIVE.sqrt()), power);
        Some(Self {
            rows: count as u64,
            spenders: actual.iter().filter(|&&spend| spend > 0.0).count() as u64,
            actual: actual.iter().sum(),
            predicted: predicted.iter().sum(),
            mean_absolute_error: average(&|p, a| (a - p).abs()),
            mean_absolute_error_of_mean: average(&|_, a| (a - mean).abs()),
            root_mean_squared_error: average(&|p, a| (a - p).powi(2)).sqrt(),
            deviance_explained: (1.0 - average(&deviance) / average(&|_, a| deviance(mean, a)))
                .max(LEAST_EXPLAINED),
            gini: gini(predicted, actual),
            tenths: tenths(predicted, actual),
        })
    }
}

/// The concentration index of `actual` in the order of `predicted` over the one in
/// its own order (Frees, Meyers & Cummings 2011, *JASA* 106); ties share a rank.
fn gini(predicted: &[f64], actual: &[f64]) -> Option<f64> {
    let mean_rank = (actual.len() as f64 - 1.0) / 2.0;
    let concentration = |by: &[f64]| -> f64 {
        let ranks = ranks(by);
        let pairs = ranks.iter().zip(actual);
        pairs.map(|(rank, spend)| (rank - mean_rank) * spend).sum()
    };
    let perfect = concentration(actual);
    (perfect > 0.0).then(|| concentration(predicted) / perfect)
}

/// The rank of each value, from 0; the mean one for equal values.
fn ranks(values: &[f64]) -> Vec<f64> {
    let order = ordered(values);
    let mut ranks = vec![0.0; values.len()];
    let mut from = 0;
    for tied in order.chunk_by(|&a, &b| values[a] == values[b]) {
        let rank = from as f64 + (tied.len() as f64 - 1.0) / 2.0;
        for &row in tied {
            ranks[row] = rank;
        }
        from += tied.len();
    }
    ranks
}

fn ordered(values: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    order
}

fn tenths(predicted: &[f64], actual: &[f64]) -> Vec<SpendTenth> {
    let order = ordered(predicted);
    let parts = PARTS.min(order.len());
    let part = |part: usize| {
        let rows = &order[part * order.len() / parts..(part + 1) * order.len() / parts];
        let mean = |of: &[f64]| rows.iter().map(|&row| of[row]).sum::<f64>() / rows.len() as f64;
        SpendTenth {
            rows: rows.len() as u64,
            predicted: mean(predicted),
            actual: mean(actual),
        }
    };
    (0..parts).map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn perfect_predictions_explain_everything_and_the_mean_nothing() {
        let actual = [0.5, 1.0, 2.0, 8.5];
        let perfect = SpendMetrics::of(&actual, &actual, 3.0, 1.5).unwrap();
        assert_eq!(perfect.deviance_explained, 1.0);
        assert_eq!(perfect.gini, Some(1.0));
        assert_eq!(perfect.mean_absolute_error, 0.0);
        let mean = SpendMetrics::of(&[3.0; 4], &actual, 3.0, 1.5).unwrap();
        assert_eq!(mean.deviance_explained, 0.0);
        assert_eq!(mean.gini, Some(0.0));
        assert_eq!(mean.mean_absolute_error, mean.mean_absolute_error_of_mean);
        let reversed = SpendMetrics::of(&[4.0, 3.0, 2.0, 1.0], &actual, 3.0, 1.5).unwrap();
        assert_eq!(reversed.gini, Some(-1.0));
    }

    #[test]
    fn nothing_is_measured_where_there_is_nothing() {
        assert!(SpendMetrics::of(&[], &[], 1.0, 1.5).is_none());
        let same = SpendMetrics::of(&[1.0, 2.0], &[3.0, 3.0], 3.0, 1.5).unwrap();
        assert_eq!((same.gini, same.tenths.len()), (None, 2));
    }
}
