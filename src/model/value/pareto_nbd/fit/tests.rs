use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::*;
use crate::model::value::count_equal;

/// The summary of the CDNOW sample in weeks.
fn cdnow() -> Vec<Counted<PurchaseSummary>> {
    let text = include_str!("../../../../../tests/fixtures/cdnow/summary.csv");
    count_equal(text.lines().skip(1).map(|line| {
        let mut fields = line.split(',').skip(1).map(|field| field.parse().unwrap());
        let [x, recency, observation] = std::array::from_fn(|_| fields.next().unwrap());
        PurchaseSummary::new(x, recency, observation).unwrap()
    }))
}

/// Published: .553, 10.578, .606, 11.669 and −9595.0 (Fader and Hardie 2005),
/// here with more digits from another fit; standard errors as published.
#[test]
fn the_published_fit_of_cdnow_is_reproduced() {
    let fitted = fit_pareto_nbd(&cdnow()).unwrap();
    let expected = [0.553_275, 10.577_612, 0.606_214, 11.667_916];
    let errors = [0.0476, 0.8427, 0.1873, 6.2105];
    for j in 0..4 {
        let found = fitted.model.parameters()[j];
        assert!((found / expected[j] - 1.0).abs() < 1e-5, "{j} {found}");
        let error = fitted.standard_errors[j];
        assert!((error / errors[j] - 1.0).abs() < 1e-2, "{j} {error}");
    }
    assert!((fitted.log_likelihood + 9_594.973_93).abs() < 1e-4);
    assert!(fitted.gradient_norm < 1e-9 && !fitted.weak_prior);
}

#[test]
fn starting_on_a_sample_leads_to_the_same_maximum() {
    let sum = Sum::new(cdnow());
    let start = [1.0, 10.0, 1.0, 10.0];
    let one = maximize(&sum, &[start]).unwrap();
    let other = fit_pareto_nbd(&cdnow()).unwrap().model.parameters();
    for (one, other) in one.ln_parameters.into_iter().zip(other) {
        assert!((one - other.ln()).abs() < 1e-8);
    }
}

/// Random draws of what the model is made of.
struct Draw(ChaCha8Rng);

impl Draw {
    fn uniform(&mut self) -> f64 {
        1.0 - self.0.r#gen::<f64>()
    }

    /// Marsaglia and Tsang (2000).
    fn gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            return self.gamma(shape + 1.0) * self.uniform().powf(shape.recip());
        }
        let d = shape - 1.0 / 3.0;
        loop {
            let radius = (-2.0 * self.uniform().ln()).sqrt();
            let x = radius * (std::f64::consts::TAU * self.uniform()).cos();
            let v = (1.0 + x / (9.0 * d).sqrt()).powi(3);
            if v > 0.0 && self.uniform().ln() < x * x / 2.0 + d - d * v + d * v.ln() {
                return d * v;
            }
        }
    }

    fn customer(&mut self, [r, alpha, s, beta]: [f64; 4]) -> PurchaseSummary {
        let observation = f64::from(self.0.gen_range(30..=70));
        let (rate, leaving) = (self.gamma(r) / alpha, self.gamma(s) / beta);
        let end = observation.min(-self.uniform().ln() / leaving);
        let (mut frequency, mut recency) = (0.0, 0.0);
        loop {
            let next = recency - self.uniform().ln() / rate;
            if next > end {
                return PurchaseSummary::new(frequency, recency, observation).unwrap();
            }
            (frequency, recency) = (frequency + 1.0, next);
        }
    }
}

#[test]
fn parameters_are_recovered_from_simulated_purchases() {
    let truth = [0.8, 6.0, 1.2, 30.0];
    let mut draw = Draw(ChaCha8Rng::seed_from_u64(4));
    let customers = count_equal((0..10_000).map(|_| draw.customer(truth)));
    let fitted = fit_pareto_nbd(&customers).unwrap();
    for (j, truth) in truth.into_iter().enumerate() {
        let (found, error) = (fitted.model.parameters()[j], fitted.standard_errors[j]);
        assert!((found - truth).abs() < 4.0 * error, "{j} {found} {error}");
        assert!(error < 0.3 * truth, "{j} {error}");
    }
}

/// Nobody leaves: the likelihood rises as the rate of leaving goes to 0.
#[test]
fn where_nobody_leaves_a_weak_prior_steps_in() {
    let mut draw = Draw(ChaCha8Rng::seed_from_u64(5));
    let customers = count_equal((0..600).map(|_| draw.customer([0.8, 6.0, 1.0, 1e12])));
    let fitted = fit_pareto_nbd(&customers).unwrap();
    let [r, alpha, s, beta] = fitted.model.parameters();
    assert!(
        (r - 0.8).abs() < 0.2 && (alpha - 6.0).abs() < 2.0,
        "{r} {alpha}"
    );
    assert!(s / beta < 0.001, "{s} {beta}");
}
