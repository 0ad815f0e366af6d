//! What both solvers promise, whichever is taken.

use super::{Basis, Encoded, linfa, newton::Problem};
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
        Ok(problem
            .minimise(&penalties, problem.prevalence())?
            .parameters)
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
        let row = schema.row_in_order(vec![Value::Number(x)]).unwrap();
        encoded.push_row(&schema, &row);
    }
    solve(&Problem {
        encoded: &encoded,
        churned,
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
