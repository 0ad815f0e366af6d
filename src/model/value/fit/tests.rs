//! Recovery of parameters from simulated customers, refusals, gradients.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::*;
use crate::customer::PurchaseSummary;
use crate::model::value::beta_geometric::Leaving;
use crate::model::value::{BgNbd, Cohort, RepeatSpend};

/// Random draws of the distributions that the models are made of.
struct Draw(ChaCha8Rng);

impl Draw {
    fn uniform(&mut self) -> f64 {
        1.0 - self.0.r#gen::<f64>()
    }

    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * self.uniform().ln()).sqrt();
        radius * (std::f64::consts::TAU * self.uniform()).cos()
    }

    /// Marsaglia and Tsang (2000).
    fn gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            return self.gamma(shape + 1.0) * self.uniform().powf(shape.recip());
        }
        let d = shape - 1.0 / 3.0;
        loop {
            let x = self.normal();
            let v = (1.0 + x / (9.0 * d).sqrt()).powi(3);
            if v > 0.0 && self.uniform().ln() < x * x / 2.0 + d - d * v + d * v.ln() {
                return d * v;
            }
        }
    }

    fn beta(&mut self, a: f64, b: f64) -> f64 {
        let (x, y) = (self.gamma(a), self.gamma(b));
        x / (x + y)
    }

    /// A customer of BG/NBD, or of MBG/NBD, who may leave at once.
    fn customer(&mut self, [r, alpha, a, b]: [f64; 4], may_leave_at_once: bool) -> PurchaseSummary {
        let observation = f64::from(self.0.gen_range(20..=60));
        let (rate, chance) = (self.gamma(r) / alpha, self.beta(a, b));
        let (mut frequency, mut recency) = (0.0, 0.0);
        let mut left = may_leave_at_once && self.uniform() <= chance;
        while !left {
            let next = recency - self.uniform().ln() / rate;
            if next > observation {
                break;
            }
            recency = next;
            frequency += 1.0;
            left = self.uniform() <= chance;
        }
        PurchaseSummary::new(frequency, recency, observation).unwrap()
    }
}

fn draw() -> Draw {
    Draw(ChaCha8Rng::seed_from_u64(4))
}

/// Within four standard errors, which must not be large.
fn recovered<M, const N: usize>(fitted: &Fitted<M, N>, found: [f64; N], truth: [f64; N]) {
    for j in 0..N {
        let error = fitted.standard_errors[j];
        assert!(
            (found[j] - truth[j]).abs() < 4.0 * error,
            "{found:?} {error}"
        );
        assert!(error < 0.3 * truth[j], "{j}: {error}");
    }
    assert!(fitted.gradient_norm < 1e-9 && !fitted.weak_prior);
}

#[test]
fn parameters_are_recovered_from_simulated_purchases() {
    let truth = [0.8, 6.0, 1.2, 3.0];
    let mut draw = draw();
    let customers = count_equal((0..20_000).map(|_| draw.customer(truth, false)));
    let fitted = fit_bg_nbd(&customers).unwrap();
    recovered(&fitted, fitted.model.parameters(), truth);
    let customers = count_equal((0..20_000).map(|_| draw.customer(truth, true)));
    let fitted = fit_mbg_nbd(&customers).unwrap();
    recovered(&fitted, fitted.model.parameters(), truth);
}

#[test]
fn parameters_are_recovered_from_simulated_spend() {
    let truth = [4.0, 3.5, 20.0];
    let mut draw = draw();
    let spends: Vec<Counted<RepeatSpend>> = (0..10_000)
        .map(|n| {
            let frequency = f64::from(1 + n % 5);
            let rate = draw.gamma(truth[1]) / truth[2];
            let mean = draw.gamma(truth[0] * frequency) / rate / frequency;
            let item = RepeatSpend::new(frequency, mean).unwrap();
            Counted {
                item,
                customers: 1.0,
            }
        })
        .collect();
    let fitted = fit_gamma_gamma(&spends).unwrap();
    recovered(&fitted, fitted.model.parameters(), truth);
}

#[test]
fn parameters_are_recovered_from_a_simulated_cohort() {
    let truth = [0.7, 1.5];
    let mut draw = draw();
    let mut left = vec![0.0; 9];
    for _ in 0..50_000 {
        let chance = draw.beta(truth[0], truth[1]);
        left[0] += 1.0;
        for count in &mut left[1..] {
            if draw.uniform() <= chance {
                break;
            }
            *count += 1.0;
        }
    }
    let fitted = fit_s_bg(&[Cohort::new(left).unwrap()]).unwrap();
    recovered(&fitted, fitted.model.parameters(), truth);
}

fn same(x: f64, recency: f64, observation: f64, customers: f64) -> Counted<PurchaseSummary> {
    Counted {
        item: PurchaseSummary::new(x, recency, observation).unwrap(),
        customers,
    }
}

#[test]
fn what_cannot_be_fitted_is_refused_with_its_reason() {
    let few = [same(2.0, 30.0, 39.0, 4.0)];
    assert_eq!(
        fit_bg_nbd(&few).unwrap_err(),
        FitError::NotEnoughCustomers {
            found: 4,
            needed: 5
        }
    );
    let once = [same(0.0, 0.0, 39.0, 1000.0)];
    assert_eq!(fit_mbg_nbd(&once).unwrap_err(), FitError::NoRepeatPurchases);
    let identical = [same(2.0, 30.0, 39.0, 1000.0)];
    for error in [
        fit_bg_nbd(&identical).unwrap_err(),
        fit_mbg_nbd(&identical).unwrap_err(),
    ] {
        assert!(matches!(error, FitError::Unbounded { .. }), "{error}");
    }
    let spends = [Counted {
        item: RepeatSpend::new(2.0, 20.0).unwrap(),
        customers: 100.0,
    }];
    let error = fit_gamma_gamma(&spends).unwrap_err();
    assert!(matches!(error, FitError::Unbounded { .. }), "{error}");
    let loyal = Cohort::new(vec![100.0; 5]).unwrap();
    let error = fit_s_bg(&[loyal]).unwrap_err();
    assert!(matches!(error, FitError::Unbounded { .. }), "{error}");
}

#[test]
fn where_nobody_leaves_a_weak_prior_steps_in() {
    let mut draw = draw();
    // As if nobody ever left.
    let truth = [0.8, 6.0, 1e-9, 3.0];
    let customers = count_equal((0..3000).map(|_| draw.customer(truth, false)));
    let fitted = fit_bg_nbd(&customers).unwrap();
    assert!(fitted.weak_prior);
    let [r, alpha, a, b] = fitted.model.parameters();
    assert!((r - 0.8).abs() < 0.1 && (alpha - 6.0).abs() < 1.0);
    assert!(a / (a + b) < 0.01);
}

#[test]
fn counting_equal_customers_changes_nothing() {
    let mut draw = draw();
    let truth = [0.8, 6.0, 1.2, 3.0];
    let mut customers: Vec<PurchaseSummary> =
        (0..500).map(|_| draw.customer(truth, false)).collect();
    let counted = fit_bg_nbd(&count_equal(customers.clone())).unwrap();
    customers.reverse();
    assert_eq!(
        fit_bg_nbd(&count_equal(customers.clone())).unwrap(),
        counted
    );
    let each: Vec<_> = customers
        .into_iter()
        .map(|item| Counted {
            item,
            customers: 1.0,
        })
        .collect();
    let fitted = fit_bg_nbd(&each).unwrap();
    for (one, other) in fitted
        .model
        .parameters()
        .into_iter()
        .zip(counted.model.parameters())
    {
        assert!((one - other).abs() < 1e-8 * other);
    }
    let sum: f64 = each
        .iter()
        .map(|c| fitted.model.log_likelihood(&c.item))
        .sum();
    assert!((sum - fitted.log_likelihood).abs() < 1e-8);
    let _: BgNbd = fitted.model;
}

/// The gradient is that of differences, and so is the Hessian.
fn derivatives_agree<const N: usize>(likelihood: &impl LogLikelihood<N>, parameters: [f64; N]) {
    let at = parameters.map(f64::ln);
    let (gradient, hessian) = (likelihood.slope(&at).gradient, likelihood.hessian(&at));
    for j in 0..N {
        let there = |by: f64| {
            let mut moved = at;
            moved[j] += by;
            likelihood.slope(&moved)
        };
        let (after, before) = (there(1e-5), there(-1e-5));
        let found = (after.log_likelihood - before.log_likelihood) / 2e-5;
        assert!((found - gradient[j]).abs() < 1e-5 * (1.0 + found.abs()));
        for (k, expected) in hessian[j].iter().enumerate() {
            let found = (after.gradient[k] - before.gradient[k]) / 2e-5;
            assert!((found - expected).abs() < 1e-5 * (1.0 + found.abs()));
        }
    }
}

#[test]
fn sums_over_customers_have_their_derivatives() {
    let mut draw = draw();
    let parameters = [0.8, 6.0, 1.2, 3.0];
    let customers = count_equal((0..300).map(|_| draw.customer(parameters, false)));
    for leaving in [Leaving::AfterRepeats, Leaving::AfterAny] {
        let likelihood = beta_geometric::Grouped::new(&customers, leaving, 300.0);
        derivatives_agree(&likelihood, parameters);
        derivatives_agree(&likelihood, [0.3, 20.0, 0.1, 40.0]);
    }
    let spends = [(1.0, 20.0), (3.0, 7.5), (20.0, 140.0)].map(|(x, mean)| Counted {
        item: RepeatSpend::new(x, mean).unwrap(),
        customers: 2.0,
    });
    derivatives_agree(&gamma_gamma::Spends::new(&spends), [4.0, 3.5, 20.0]);
    let cohorts = [Cohort::new(vec![100.0, 63.0, 46.0, 38.0]).unwrap()];
    let likelihood = s_bg::Cohorts {
        cohorts: &cohorts,
        customers: 100.0,
    };
    derivatives_agree(&likelihood, [0.7, 1.2]);
}

fn gamma_gamma_spends(truth: [f64; 3], scale: f64) -> Vec<Counted<RepeatSpend>> {
    let mut draw = draw();
    let spends = (0..3000).map(|n| {
        let frequency = f64::from(n % 7 + 1);
        let rate = draw.gamma(truth[1]) / truth[2];
        let mean = draw.gamma(truth[0] * frequency) / rate / frequency;
        Counted {
            item: RepeatSpend::new(frequency, mean * scale).unwrap(),
            customers: 1.0,
        }
    });
    spends.collect()
}

/// Some currencies have a unit that is worth a ten-thousandth of another's.
#[test]
fn the_fit_of_spend_does_not_depend_on_the_unit_of_money() {
    for truth in [[6.25, 3.74, 15.4], [1.5, 60.0, 1400.0]] {
        let fitted = fit_gamma_gamma(&gamma_gamma_spends(truth, 1.0)).unwrap();
        for scale in [1e-6, 1e9] {
            let spends = gamma_gamma_spends(truth, scale);
            let scaled = fit_gamma_gamma(&spends).unwrap();
            let [p, q, gamma] = fitted.model.parameters();
            let expected = [p, q, gamma * scale];
            for (found, expected) in scaled.model.parameters().into_iter().zip(expected) {
                assert!((found / expected - 1.0).abs() < 1e-6, "{found} {expected}");
            }
            for j in 0..3 {
                for k in 0..3 {
                    let (found, expected) = (scaled.covariance[j][k], fitted.covariance[j][k]);
                    assert!((found - expected).abs() < 1e-5 * expected.abs());
                }
            }
            let sum = spends.iter().map(|c| scaled.model.log_likelihood(&c.item));
            let sum: f64 = sum.sum();
            assert!((scaled.log_likelihood - sum).abs() < 1e-8 * sum.abs());
            let shifted = fitted.log_likelihood - 3000.0 * scale.ln();
            assert!((sum - shifted).abs() < 1e-8 * sum.abs());
        }
    }
}

#[test]
fn spend_without_a_mean_is_refused() {
    let error = fit_gamma_gamma(&gamma_gamma_spends([3.0, 0.8, 10.0], 1.0)).unwrap_err();
    let FitError::NoMeanSpend { q } = error else {
        panic!("{error}");
    };
    assert!((q - 0.8).abs() < 0.1);
    assert!(
        error
            .to_string()
            .starts_with("spend has no mean, as q is 0.")
    );
    for q in [0.5, 1.0] {
        let refused = crate::model::value::GammaGamma::new([3.0, q, 10.0]);
        let expected = crate::model::value::ParameterError::NoMeanSpend(q);
        assert_eq!(refused, Err(expected));
    }
}

#[test]
fn customers_that_are_too_few_are_counted_not_their_rows() {
    let spends: Vec<_> = [(1.0, 20.0), (2.0, 30.0), (3.0, 25.0), (4.0, 8.0)]
        .map(|(x, mean)| Counted {
            item: RepeatSpend::new(x, mean).unwrap(),
            customers: 0.5,
        })
        .to_vec();
    let few = |found, needed| FitError::NotEnoughCustomers { found, needed };
    assert_eq!(fit_gamma_gamma(&spends).unwrap_err(), few(2, 4));
    let cohort = Cohort::new(vec![2.0, 1.0, 1.0]).unwrap();
    assert_eq!(fit_s_bg(&[cohort]).unwrap_err(), few(2, 3));
}
