//! Purchase models, the model of spend and retention.

use super::figures;
use crate::{
    model::{Correlation, Interval, SpendFigures},
    train::report::{
        Coefficient,
        value::{
            Convergence, Parameter, PurchaseFit, RetentionFit, RetentionPoint, SpendFit,
            SpendRegression,
        },
    },
};

pub(super) fn purchase_fits() -> Vec<PurchaseFit> {
    let fit = |name: &str, named: &[(&str, f64, f64)], likelihood, hold_out, chosen| PurchaseFit {
        name: name.to_owned(),
        parameters: parameters(named),
        log_likelihood: Some(likelihood),
        convergence: Some(convergence()),
        hold_out: Some(hold_out),
        failure: None,
        chosen,
    };
    let mut failed = fit("BG/BB", &[], 0.0, figures(0.0, 0.0, 0.0), false);
    failed.log_likelihood = None;
    failed.convergence = None;
    failed.hold_out = None;
    failed.failure = Some("purchases are not in discrete periods".to_owned());
    vec![
        fit(
            "BG/NBD",
            &[
                ("r", 0.2426, 0.0126),
                ("alpha", 4.4135, 0.3782),
                ("a", 0.7929, 0.1857),
                ("b", 2.4259, 0.7054),
            ],
            -9582.43,
            figures(1715.2, 0.7481, 1.6021),
            false,
        ),
        fit(
            "MBG/NBD",
            &[
                ("r", 0.5248, 0.0461),
                ("alpha", 6.183, 0.6112),
                ("a", 0.8914, 0.1702),
                ("b", 1.614, 0.4311),
            ],
            -9582.13,
            figures(1768.4, 0.7432, 1.5967),
            true,
        ),
        fit(
            "Pareto/NBD",
            &[
                ("r", 0.5533, 0.0476),
                ("alpha", 10.5776, 0.8427),
                ("s", 0.6062, 0.1873),
                ("beta", 11.6679, 6.2105),
            ],
            -9594.97,
            figures(1743.9, 0.7457, 1.5991),
            false,
        ),
        failed,
    ]
}

pub(super) fn published() -> PurchaseFit {
    PurchaseFit {
        hold_out: None,
        chosen: false,
        ..purchase_fits()[1].clone()
    }
}

pub(super) fn spend() -> SpendFit {
    SpendFit {
        name: "Gamma-Gamma".to_owned(),
        parameters: parameters(&[
            ("p", 6.2488, 1.19),
            ("q", 3.7446, 0.2431),
            ("gamma", 15.4478, 3.9),
        ]),
        log_likelihood: -4055.92,
        convergence: convergence(),
        customers: 946,
        customers_without_spend: 3,
        population_mean: Some(35.17),
        spend_by_frequency: Some(Correlation {
            value: 0.1136,
            interval: Interval {
                low: 0.05,
                high: 0.1763,
            },
            p_value: 0.0005,
        }),
    }
}

pub(super) fn regression() -> SpendRegression {
    let coefficient = |column: &str, estimate, standard_error| Coefficient {
        column: column.to_owned(),
        estimate,
        standard_error,
    };
    SpendRegression {
        name: "Tweedie, power 1.5, logarithmic link".to_owned(),
        coefficients: vec![
            coefficient("spend_90d", 0.4123, Some(0.031)),
            coefficient("days_since_last", -0.0112, Some(0.0009)),
            coefficient("tenure_days", 0.0014, None),
        ],
        customers: 2357,
        hold_out: Some(SpendFigures {
            actual: 68_114.0,
            expected: 66_120.0,
            mean_absolute_error: 30.44,
            naive_mean_absolute_error: 36.02,
        }),
    }
}

pub(super) fn retention() -> RetentionFit {
    let actual = [100.0, 86.9, 74.3, 65.3, 59.3, 55.1, 51.7, 49.1];
    let expected = [
        100.0, 85.1, 74.5, 66.6, 60.4, 55.5, 51.4, 47.9, 45.0, 42.4, 40.2, 38.2, 37.8,
    ];
    RetentionFit {
        parameters: parameters(&[("alpha", 0.668, 0.11), ("beta", 3.806, 0.72)]),
        log_likelihood: -1611.16,
        period: "year".to_owned(),
        survival: expected
            .iter()
            .enumerate()
            .map(|(period, expected)| RetentionPoint {
                period: u32::try_from(period).unwrap(),
                actual: actual.get(period).map(|share| share / 100.0),
                expected: expected / 100.0,
            })
            .collect(),
    }
}

fn convergence() -> Convergence {
    Convergence {
        converged: true,
        weak_prior: false,
        gradient_norm: 3.1e-9,
        starts: 4,
        evaluations: 187,
    }
}

fn parameters(named: &[(&str, f64, f64)]) -> Vec<Parameter> {
    let parameter = |&(name, value, error): &(&str, f64, f64)| Parameter {
        name: name.to_owned(),
        value,
        standard_error: Some(error),
    };
    named.iter().map(parameter).collect()
}
