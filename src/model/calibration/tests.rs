use proptest::prelude::*;

use super::*;
use crate::model::logistic;

/// Outcomes at the model's rates of a distorted score; the same every time.
fn sample(rows: u32, distort: impl Fn(f64) -> f64) -> (Vec<f64>, Vec<bool>) {
    (0..rows)
        .map(|row| {
            let x = (f64::from(row) * 0.754_877).fract() * 6.0 - 4.0;
            let chance = (f64::from(row) * 0.569_840 + 0.1).fract();
            (x, chance < logistic(distort(x)))
        })
        .unzip()
}

fn folds(rows: usize) -> Vec<u32> {
    (0..5).cycle().take(rows).collect()
}

#[test]
fn identity_parameters_change_no_digit() {
    let platt = Calibration::Platt(Platt::new(0.0, 1.0).unwrap());
    let beta = Calibration::Beta(Beta::new(1.0, 1.0, 0.0).unwrap());
    for x in [
        0.0,
        -0.0,
        1e-300,
        0.1,
        -0.7,
        36.1,
        -745.3,
        1e6,
        -1e6,
        f64::MAX,
    ] {
        assert_eq!(platt.apply(x), x);
        assert_eq!(beta.apply(x), x);
    }
}

#[test]
fn parameters_that_are_no_calibration_are_refused() {
    assert!(Platt::new(0.0, 0.0).is_err());
    assert!(Platt::new(f64::NAN, 1.0).is_err());
    assert!(Beta::new(-0.1, 1.0, 0.0).is_err());
    assert!(Beta::new(0.0, 0.0, 0.0).is_err());
    assert!(Beta::new(0.0, 1.0, f64::INFINITY).is_err());
    let knots = |points: &[(f64, f64)]| {
        let knot = |&(log_odds, calibrated)| Knot {
            log_odds,
            calibrated,
        };
        Isotonic::new(points.iter().map(knot).collect())
    };
    assert!(knots(&[(0.0, 0.0)]).is_err());
    assert!(knots(&[(0.0, 0.0), (0.0, 1.0)]).is_err());
    assert!(knots(&[(0.0, 1.0), (1.0, 0.0)]).is_err());
    assert!(knots(&[(0.0, 0.0), (f64::NAN, 1.0)]).is_err());
    assert!(knots(&[(0.0, 0.0), (1.0, 0.0)]).is_ok());
}

#[test]
fn bad_rows_are_refused() {
    let fit = |x: &[f64], y: &[bool], w: Option<&[f64]>| CalibrationMethod::Platt.fit(x, y, w);
    let both = [false, true];
    assert_eq!(
        fit(&[0.0], &both, None),
        Err(CalibrationError::LengthsDiffer)
    );
    assert_eq!(
        fit(&[0.0, 1e7], &both, None),
        Err(CalibrationError::ScoreOutOfRange)
    );
    assert_eq!(
        fit(&[0.0, f64::NAN], &both, None),
        Err(CalibrationError::ScoreOutOfRange)
    );
    let weights: &[f64] = &[1.0, -1.0];
    assert_eq!(
        fit(&[0.0, 1.0], &both, Some(weights)),
        Err(CalibrationError::WeightOutOfRange)
    );
    assert_eq!(
        fit(&[0.0, 1.0], &[true; 2], None),
        Err(CalibrationError::OneOutcome)
    );
    assert_eq!(
        fit(&[0.0, 1.0], &both, Some(&[1.0, 0.0])),
        Err(CalibrationError::OneOutcome)
    );
}

#[test]
fn scores_that_cannot_be_mended_are_refused() {
    let (x, y) = sample(500, |x| -x);
    let (equal, separated) = (vec![1.0; 500], [-2.0, -1.0, 1.0, 2.0]);
    for method in CalibrationMethod::ALL {
        let reversed = method.fit(&x, &y, None);
        // Isotonic finds a few steps in anything.
        if method != CalibrationMethod::Isotonic {
            assert_eq!(reversed, Err(CalibrationError::NotRising), "{method:?}");
        }
        assert!(method.fit(&equal, &y, None).is_err(), "{method:?}");
        let certain = method.fit(&separated, &[false, false, true, true], None);
        assert_eq!(
            certain.is_ok(),
            method != CalibrationMethod::Beta,
            "{method:?} {certain:?}"
        );
    }
}

#[test]
fn a_known_distortion_is_undone() {
    let (x, y) = sample(20_000, |x| 0.4 * x - 1.0);
    let Ok(Calibration::Platt(platt)) = CalibrationMethod::Platt.fit(&x, &y, None) else {
        panic!("no fit");
    };
    assert!((platt.slope() - 0.4).abs() < 0.02, "{platt:?}");
    assert!((platt.intercept() + 1.0).abs() < 0.03, "{platt:?}");

    let bent = Beta::new(0.3, 2.0, -0.5).unwrap();
    let (x, y) = sample(50_000, |x| bent.apply(x));
    let Ok(Calibration::Beta(beta)) = CalibrationMethod::Beta.fit(&x, &y, None) else {
        panic!("no fit");
    };
    assert!((beta.a() - 0.3).abs() < 0.05, "{beta:?}");
    assert!((beta.b() - 2.0).abs() < 0.1, "{beta:?}");
}

#[test]
fn a_slope_that_would_be_negative_is_zero() {
    // Churn falls as scores rise below even odds, and rises above.
    let (x, y) = sample(5000, |x| {
        if x < 0.0 {
            -0.3 * x - 1.0
        } else {
            2.0 * x - 1.0
        }
    });
    let Ok(Calibration::Beta(beta)) = CalibrationMethod::Beta.fit(&x, &y, None) else {
        panic!("no fit");
    };
    assert_eq!(beta.a(), 0.0);
    assert!(beta.b() > 1.0);
}

#[test]
fn weights_count_rows_several_times() {
    let (x, y) = sample(300, |x| x);
    let twice = |list: &[f64]| [list, list].concat();
    let outcomes = [y.clone(), y.clone()].concat();
    for method in CalibrationMethod::ALL {
        let weighted = method.fit(&x, &y, Some(&[2.0; 300])).unwrap();
        let repeated = method.fit(&twice(&x), &outcomes, None).unwrap();
        for score in [-5.0, -1.0, 0.3, 4.0] {
            assert!(
                (weighted.apply(score) - repeated.apply(score)).abs() < 1e-9,
                "{method:?}"
            );
        }
    }
}

#[test]
fn what_is_calibrated_is_left_alone_and_what_is_not_is_mended() {
    let (x, y) = sample(4000, |x| x);
    let sound = choose(&x, &y, None, &folds(4000)).unwrap();
    assert_eq!(sound.calibration, None, "{sound:?}");
    let (x, y) = sample(4000, |x| 0.5 * x + 1.0);
    let mended = choose(&x, &y, None, &folds(4000)).unwrap();
    assert!(mended.calibration.is_some());
    let best = mended.candidates.iter().filter_map(|c| c.result.ok());
    let best = best.map(|r| r.log_loss).fold(f64::INFINITY, f64::min);
    assert!(best < mended.uncalibrated_log_loss);
    assert_eq!(
        choose(&x, &y, None, &[0; 4000]),
        Err(CalibrationError::OneFold)
    );
}

#[test]
fn isotonic_follows_what_no_line_can() {
    let (x, y) = sample(20_000, |x| if x < -1.0 { -2.0 } else { 1.5 });
    let choice = choose(&x, &y, None, &folds(20_000)).unwrap();
    let Some(Calibration::Isotonic(isotonic)) = choice.calibration else {
        panic!("{choice:?}");
    };
    assert!((isotonic.apply(-3.0) + 2.0).abs() < 0.3);
    assert!((isotonic.apply(1.0) - 1.5).abs() < 0.3);
    assert!(isotonic.knots().len() <= MAX_KNOTS);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn every_fit_is_monotone_and_finite(
        rows in prop::collection::vec((-30..30i32, any::<bool>()), 4..120),
        slope in 0.01..20.0f64,
        mut scores in prop::collection::vec(-40.0..40.0f64, 2..40),
    ) {
        let x: Vec<f64> = rows.iter().map(|row| f64::from(row.0) * slope).collect();
        let y: Vec<bool> = rows.iter().map(|row| row.1).collect();
        scores.extend([0.0, -0.0, 1e6, -1e6, f64::MAX, f64::MIN, f64::MIN_POSITIVE]);
        scores.extend(&x);
        scores.sort_by(f64::total_cmp);
        for method in CalibrationMethod::ALL {
            let Ok(calibration) = method.fit(&x, &y, None) else {
                continue;
            };
            let calibrated: Vec<f64> = scores.iter().map(|&x| calibration.apply(x)).collect();
            prop_assert!(calibrated.iter().all(|x| x.is_finite()), "{calibration:?}");
            prop_assert!(calibrated.is_sorted(), "{calibration:?} {calibrated:?}");
            prop_assert_eq!(calibration.apply(0.0), calibration.apply(-0.0));
        }
    }
}
