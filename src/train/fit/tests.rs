//! What both solvers promise, whichever is taken.

use super::{Basis, Encoded, Logistic, Tweedie, linfa, newton::Problem};
use crate::{
    customer::Value,
    features::{Feature, FeatureKind, NumberEncoding, Schema, Shape},
    model::logistic as probability,
    train::FitError,
};

/// A solver: the intercept, then the weight of the one column.
type Solver = fn(&[f64], &[bool]) -> Result<Vec<f64>, FitError>;

const SOLVERS: [Solver; 2] = [by_linfa, by_newton];

fn by_linfa(column: &[f64], churned: &[bool]) -> Result<Vec<f64>, FitError> {
    with_problem(column, churned, |problem| linfa::logistic(problem, 1.0))
}

fn by_newton(column: &[f64], churned: &[bool]) -> Result<Vec<f64>, FitError> {
    with_problem(column, churned, |problem| {
        let penalties = problem.basis.spread(&[1.0]);
        Ok(problem.minimise(&penalties, problem.constant())?.parameters)
    })
}

fn with_problem(
    column: &[f64],
    churned: &[bool],
    solve: impl Fn(&Problem<'_>) -> Result<Vec<f64>, FitError>,
) -> Result<Vec<f64>, FitError> {
    let number = NumberEncoding {
        minimum: f64::MIN,
        maximum: f64::MAX,
        mean: 0.0,
        standard_deviation: 1.0,
        shape: Shape::Line,
    };
    let schema = Schema::new(vec![Feature {
        name: "x".to_owned(),
        required: true,
        kind: FeatureKind::Number(number),
    }])
    .unwrap();
    let mut encoded = Encoded::with_capacity(column.len(), &schema);
    for &x in column {
        let row = schema.row_in_order(&[Value::Number(x)]).unwrap();
        encoded.push_row(&schema, &row);
    }
    solve(&Problem {
        encoded: &encoded,
        loss: Logistic(churned),
        weights: &vec![1.0; column.len()],
        basis: &Basis::plain(encoded.width()),
    })
}

/// One column on which churners score higher; `churners` of every ten rows
/// churn, the first row among them or not.
fn data(churners: usize, churner_first: bool) -> (Vec<f64>, Vec<bool>) {
    let churned: Vec<bool> = (0..1000)
        .map(|row| (row % 10 < churners) == churner_first)
        .collect();
    let column = churned
        .iter()
        .enumerate()
        .map(|(row, &churned)| f64::from(u8::from(churned)) + (row as f64 * 0.7).sin() * 3.0);
    (column.collect(), churned)
}

#[test]
fn the_positive_class_is_churn_at_every_balance() {
    for (churners, first) in [(2, true), (5, true), (5, false), (8, true), (2, false)] {
        let (column, churned) = data(churners, first);
        let share = churned.iter().filter(|&&churned| churned).count() as f64 / 1000.0;
        for solver in SOLVERS {
            let fitted = solver(&column, &churned).unwrap();
            assert!(fitted[1] > 0.0, "{churners} {first}");
            let predicted = column
                .iter()
                .map(|x| probability(fitted[0] + fitted[1] * x));
            let mean = predicted.sum::<f64>() / 1000.0;
            // With a free intercept the mean prediction is the prevalence.
            assert!((mean - share).abs() < 1e-6, "{mean} {share}");
        }
    }
}

#[test]
fn flipping_the_target_flips_every_sign() {
    let (column, churned) = data(3, true);
    let stayed: Vec<bool> = churned.iter().map(|churned| !churned).collect();
    for solver in SOLVERS {
        let churn = solver(&column, &churned).unwrap();
        let stay = solver(&column, &stayed).unwrap();
        for (churn, stay) in churn.iter().zip(stay) {
            assert!((churn + stay).abs() < 1e-6);
        }
    }
}

#[test]
fn what_did_not_converge_is_refused() {
    let (mut column, churned) = data(3, true);
    column[0] = 1e200;
    for solver in SOLVERS {
        assert!(matches!(
            solver(&column, &churned),
            Err(FitError::NotConverged { .. }
                | FitError::Solver(_)
                | FitError::NotPositiveDefinite)
        ));
    }
}

/// Two columns and spends, by formulas that scikit-learn was given too.
fn spends() -> (Encoded, Vec<f64>) {
    let number = |name: &str| Feature {
        name: name.to_owned(),
        required: true,
        kind: FeatureKind::Number(NumberEncoding {
            minimum: -10.0,
            maximum: 10.0,
            mean: 0.0,
            standard_deviation: 1.0,
            shape: Shape::Line,
        }),
    };
    let schema = Schema::new(vec![number("a"), number("b")]).unwrap();
    let mut encoded = Encoded::with_capacity(500, &schema);
    let spend = (0..500_u32).map(|row| {
        let at = f64::from(row);
        let (a, b) = (3.0 * (0.7 * at).sin(), (1.3 * at).cos());
        let values = vec![Value::Number(a), Value::Number(b)];
        encoded.push_row(&schema, &schema.row_in_order(&values).unwrap());
        if row * 7 % 10 < 4 {
            0.0
        } else {
            (0.5 + 0.4 * a - 0.3 * b).exp() * (1.0 + f64::from(row % 5) / 2.0)
        }
    });
    let spend = spend.collect();
    (encoded, spend)
}

/// `TweedieRegressor(power, alpha, link="log", solver="newton-cholesky",
/// tol=1e-12)` of scikit-learn 1.9.1; its alpha is the penalty of one row.
#[test]
fn a_tweedie_fit_is_that_of_scikit_learn() {
    let expected = [
        (
            1.5,
            0.01,
            [0.683_197_859_3, 0.396_347_642_0, -0.294_768_427_0],
        ),
        (
            1.2,
            0.1,
            [0.692_521_114_1, 0.391_380_556_2, -0.272_727_870_1],
        ),
        (
            1.8,
            0.001,
            [0.682_367_875_0, 0.396_991_381_3, -0.297_661_896_6],
        ),
    ];
    let (encoded, spend) = spends();
    let basis = Basis::plain(encoded.width());
    for (power, alpha, coefficients) in expected {
        let problem = Problem {
            encoded: &encoded,
            loss: Tweedie {
                spend: &spend,
                power,
                dispersion: 1.0,
            },
            weights: &[1.0; 500],
            basis: &basis,
        };
        let penalties = basis.spread(&[500.0 * alpha]);
        let fitted = problem.minimise(&penalties, problem.constant()).unwrap();
        for (found, expected) in fitted.parameters.iter().zip(coefficients) {
            assert!((found - expected).abs() < 1e-6, "{found} {expected}");
        }
    }
}
