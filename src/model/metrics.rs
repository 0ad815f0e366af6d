//! How good a set of churn scores is.

/// Quality of scores on a set of rows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Metrics {
    /// How many rows.
    pub rows: u64,
    /// The share of them that churned, in [0, 1].
    pub prevalence: f64,
    /// Area under the receiver operating characteristic, in [0, 1].
    pub area_under_curve: f64,
    /// Mean negative log-likelihood, in nats.
    pub log_loss: f64,
    /// Mean squared error of the probability, in [0, 1].
    pub brier_score: f64,
    /// See [`lift`], for the top tenth.
    pub top_decile_lift: f64,
}

impl Metrics {
    /// Measures log-odds against what happened. `None` unless both outcomes
    /// are present.
    #[must_use]
    pub fn of(log_odds: &[f64], churned: &[bool]) -> Option<Self> {
        let rows = log_odds.len() as f64;
        let positives = churned.iter().filter(|&&churned| churned).count() as f64;
        let pairs = || log_odds.iter().copied().zip(churned.iter().copied());
        Some(Self {
            rows: log_odds.len() as u64,
            prevalence: positives / rows,
            area_under_curve: area_under_curve(log_odds, churned)?,
            log_loss: pairs().map(|(x, y)| log_loss(x, y)).sum::<f64>() / rows,
            brier_score: pairs().map(|(x, y)| squared_error(x, y)).sum::<f64>() / rows,
            top_decile_lift: lift(log_odds, churned, 0.1)?,
        })
    }

    /// The mean of each figure over several sets; rows are summed. `None` of
    /// nothing.
    #[must_use]
    pub fn mean(sets: &[Self]) -> Option<Self> {
        if sets.is_empty() {
            return None;
        }
        let mean =
            |figure: fn(&Self) -> f64| sets.iter().map(figure).sum::<f64>() / sets.len() as f64;
        Some(Self {
            rows: sets.iter().map(|set| set.rows).sum(),
            prevalence: mean(|set| set.prevalence),
            area_under_curve: mean(|set| set.area_under_curve),
            log_loss: mean(|set| set.log_loss),
            brier_score: mean(|set| set.brier_score),
            top_decile_lift: mean(|set| set.top_decile_lift),
        })
    }
}

/// -ln P(outcome), in nats, from log-odds, without overflow and without
/// clipping.
#[must_use]
pub fn log_loss(log_odds: f64, churned: bool) -> f64 {
    let against = if churned { -log_odds } else { log_odds };
    against.max(0.0) + (-against.abs()).exp().ln_1p()
}

fn squared_error(log_odds: f64, churned: bool) -> f64 {
    (super::logistic(log_odds) - f64::from(u8::from(churned))).powi(2)
}

/// Probability that a random churner scores above a random stayer, ties
/// counting half: the Mann–Whitney form of the area under the ROC curve.
/// `None` unless both outcomes are present.
#[must_use]
pub fn area_under_curve(scores: &[f64], churned: &[bool]) -> Option<f64> {
    let mut ranked: Vec<(f64, bool)> = pairs(scores, churned);
    ranked.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut positives, mut negatives, mut wins) = (0.0, 0.0, 0.0);
    for ties in ranked.chunk_by(|a, b| a.0 == b.0) {
        let tied_positives = ties.iter().filter(|(_, churned)| *churned).count() as f64;
        let tied_negatives = ties.len() as f64 - tied_positives;
        wins += tied_positives * (negatives + tied_negatives / 2.0);
        positives += tied_positives;
        negatives += tied_negatives;
    }
    (positives > 0.0 && negatives > 0.0).then(|| wins / (positives * negatives))
}

/// Share of churners among the `share` of rows with the highest scores,
/// divided by their share among all rows. Where the cut falls among equal
/// scores, these count in proportion. `None` without churners.
#[must_use]
pub fn lift(scores: &[f64], churned: &[bool], share: f64) -> Option<f64> {
    let mut ranked = pairs(scores, churned);
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
    let wanted = ranked.len() as f64 * share;
    let (mut taken, mut hits) = (0.0, 0.0);
    for ties in ranked.chunk_by(|a, b| a.0 == b.0) {
        let size = ties.len() as f64;
        let churners = ties.iter().filter(|(_, churned)| *churned).count() as f64;
        let part = ((wanted - taken) / size).clamp(0.0, 1.0);
        taken += part * size;
        hits += part * churners;
    }
    let prevalence =
        churned.iter().filter(|&&churned| churned).count() as f64 / ranked.len() as f64;
    (prevalence > 0.0 && wanted > 0.0).then(|| hits / wanted / prevalence)
}

fn pairs(scores: &[f64], churned: &[bool]) -> Vec<(f64, bool)> {
    scores
        .iter()
        .copied()
        .zip(churned.iter().copied())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCORES: [f64; 10] = [0.1, 0.4, 0.35, 0.8, 0.65, 0.2, 0.9, 0.05, 0.55, 0.3];
    const CHURNED: [bool; 10] = [
        false, false, true, true, false, false, true, false, true, false,
    ];

    #[test]
    fn area_under_curve_counts_pairs_and_halves_ties() {
        // By hand: 24 pairs, of which 2 + 1 are lost (0.35 to 0.4 and 0.65, 0.55 to 0.65).
        assert_eq!(area_under_curve(&SCORES, &CHURNED), Some(21.0 / 24.0));
        assert_eq!(area_under_curve(&[1.0; 4], &CHURNED[..4]), Some(0.5));
        assert_eq!(area_under_curve(&[1.0; 2], &[true; 2]), None);
        assert_eq!(area_under_curve(&[], &[]), None);
    }

    #[test]
    fn lift_takes_ties_in_proportion() {
        assert_eq!(lift(&SCORES, &CHURNED, 0.2), Some(1.0 / 0.4));
        assert!((lift(&[0.5; 10], &CHURNED, 0.1).unwrap() - 1.0).abs() < 1e-15);
        assert_eq!(lift(&SCORES, &[false; 10], 0.1), None);
    }

    #[test]
    fn log_loss_and_brier_follow_their_definitions() {
        let log_odds: Vec<f64> = SCORES.iter().map(|p: &f64| (p / (1.0 - p)).ln()).collect();
        let metrics = Metrics::of(&log_odds, &CHURNED).unwrap();
        let by_definition: f64 = SCORES
            .iter()
            .zip(CHURNED)
            .map(|(p, y)| if y { -p.ln() } else { -(1.0 - p).ln() })
            .sum();
        assert!((metrics.log_loss - by_definition / 10.0).abs() < 1e-12);
        let squares: f64 = SCORES
            .iter()
            .zip(CHURNED)
            .map(|(p, y)| (p - f64::from(u8::from(y))).powi(2))
            .sum();
        assert!((metrics.brier_score - squares / 10.0).abs() < 1e-12);
        assert_eq!((metrics.rows, metrics.prevalence), (10, 0.4));
    }

    #[test]
    fn certain_and_wrong_is_finite() {
        let metrics = Metrics::of(&[800.0, -800.0], &[false, true]).unwrap();
        assert_eq!((metrics.log_loss, metrics.brier_score), (800.0, 1.0));
    }
}
