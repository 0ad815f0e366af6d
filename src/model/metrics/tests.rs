use proptest::prelude::*;

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

#[test]
fn a_ranking_needs_numbers_and_both_outcomes() {
    assert!(Ranking::of(&[], &[]).is_none());
    assert!(Ranking::of(&[1.0, 2.0], &[true, true]).is_none());
    assert!(Ranking::of(&[1.0, 2.0], &[true]).is_none());
    assert!(Ranking::of(&[1.0, f64::NAN], &[true, false]).is_none());
    assert!(Ranking::of(&[1e300, -1e300], &[true, false]).is_some());
}

#[test]
fn figures_of_a_small_example_are_those_by_hand() {
    let ranking = Ranking::of(&SCORES, &CHURNED).unwrap();
    let assessment = ranking.assess(&ProfitMeasure::default());
    // Churners stand 1st, 2nd, 4th and 6th.
    let precision = (1.0 + 1.0 + 3.0 / 4.0 + 4.0 / 6.0) / 4.0;
    assert!((assessment.average_precision - precision).abs() < 1e-15);
    assert_eq!(assessment.gini, 0.75);
    // After the sixth: all churners, two of six stayers.
    assert!((assessment.kolmogorov_smirnov - 2.0 / 3.0).abs() < 1e-15);
    let deciles = ranking.deciles();
    let churners: Vec<f64> = deciles.iter().map(|decile| decile.churners).collect();
    assert_eq!(churners, [1.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0]);
    assert_eq!(deciles[1].cumulative_gain, 0.5);
    assert_eq!(deciles[0].lift, assessment.metrics.top_decile_lift);
}

#[test]
fn separated_or_equal_scores_have_no_calibration_line() {
    let line = |log_odds: &[f64], churned: &[bool]| {
        let ranking = Ranking::of(log_odds, churned).unwrap();
        ranking.assess(&ProfitMeasure::default()).calibration_line
    };
    assert_eq!(line(&[1.0, 2.0], &[false, true]), None);
    assert_eq!(line(&[1.0, 1.0], &[false, true]), None);
    let flat = line(&[-1.0, -1.0, 1.0, 1.0], &[true, false, true, false]).unwrap();
    assert_eq!((flat.intercept, flat.slope), (0.0, 0.0));
}

#[test]
fn thinning_keeps_ends_and_shape() {
    let curve: Vec<Point> = (0..=1000)
        .map(|i| f64::from(i) / 1000.0)
        .map(|x| Point { x, y: x.sqrt() })
        .collect();
    let few = thinned(&curve, 50);
    assert!((40..=50).contains(&few.len()), "{}", few.len());
    assert_eq!((few.first(), few.last()), (curve.first(), curve.last()));
    let step = 2.0 / 49.0;
    for pair in few.windows(2) {
        let gap = pair[1].x - pair[0].x + pair[1].y - pair[0].y;
        // The steepest step of the curve itself is 0.033.
        assert!(gap < 2.0 * step, "{pair:?}");
    }
    assert_eq!(thinned(&curve[..3], 50), curve[..3]);
    assert_eq!(thinned(&curve, 0).len(), 2);
    assert_eq!(thinned(&[], 5), []);
}

proptest! {
    #[test]
    fn figures_keep_their_relations(
        rows in prop::collection::vec((-8..8i32, any::<bool>()), 2..200),
    ) {
        let log_odds: Vec<f64> = rows.iter().map(|row| f64::from(row.0) / 2.0).collect();
        let churned: Vec<bool> = rows.iter().map(|row| row.1).collect();
        let Some(ranking) = Ranking::of(&log_odds, &churned) else {
            return Ok(());
        };
        let assessment = ranking.assess(&ProfitMeasure::default());
        let brier = assessment.brier;
        let sum = brier.reliability - brier.resolution + brier.uncertainty + brier.within_bins;
        prop_assert!((sum - assessment.metrics.brier_score).abs() < 1e-13);
        prop_assert!((0.0..=1.0).contains(&assessment.calibration_error));
        prop_assert!((0.0..=1.0).contains(&assessment.average_precision));
        prop_assert!(assessment.kolmogorov_smirnov >= assessment.gini.abs() / 2.0 - 1e-12);

        // The area under the points is the area by pairs.
        let roc = ranking.roc();
        let area: f64 = roc.windows(2).map(|p| (p[1].x - p[0].x) * (p[0].y + p[1].y) / 2.0).sum();
        prop_assert!((area - assessment.metrics.area_under_curve).abs() < 1e-12);
        prop_assert_eq!(roc.last(), Some(&Point { x: 1.0, y: 1.0 }));

        let deciles = ranking.deciles();
        let churners: f64 = deciles.iter().map(|decile| decile.churners).sum();
        let expected = churned.iter().filter(|&&churned| churned).count() as f64;
        prop_assert!((churners - expected).abs() < 1e-9);
        let lift = assessment.metrics.top_decile_lift;
        prop_assert!((deciles[0].lift - lift).abs() < 1e-12);
        let bins = ranking.calibration_bins();
        prop_assert_eq!(bins.iter().map(|bin| bin.rows).sum::<u64>(), rows.len() as u64);
        for bin in bins {
            prop_assert!(bin.interval.low <= bin.churn_rate && bin.churn_rate <= bin.interval.high);
        }
        let best = ranking.profit_curve(&ProfitMeasure::default());
        let best = best.iter().map(|point| point.y).fold(0.0, f64::max);
        prop_assert!((best - assessment.maximum_profit.per_customer).abs() < 1e-9);
    }

    #[test]
    fn the_order_of_the_rows_does_not_matter(
        rows in prop::collection::vec((-8..8i32, any::<bool>()), 2..100),
    ) {
        let measure = |rows: &[(i32, bool)]| {
            let log_odds: Vec<f64> = rows.iter().map(|row| f64::from(row.0) / 2.0).collect();
            let churned: Vec<bool> = rows.iter().map(|row| row.1).collect();
            Some(Ranking::of(&log_odds, &churned)?.assess(&ProfitMeasure::default()))
        };
        let mut reversed = rows.clone();
        reversed.reverse();
        prop_assert_eq!(measure(&rows), measure(&reversed));
    }
}
