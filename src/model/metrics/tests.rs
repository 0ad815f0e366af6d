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
