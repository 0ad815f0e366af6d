use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::power::Variance;

/// Poisson numbers of exponential amounts: power 1.5.
fn purchases(mean: f64, dispersion: f64, random: &mut ChaCha8Rng) -> f64 {
    let rate = mean.sqrt() * 2.0 / dispersion;
    let scale = dispersion / 2.0 * mean.sqrt();
    let mut waited = 0.0;
    let mut spend = 0.0;
    loop {
        waited -= (1.0 - random.r#gen::<f64>()).ln();
        if waited > rate {
            return spend;
        }
        spend -= scale * (1.0 - random.r#gen::<f64>()).ln();
    }
}

#[test]
fn the_variance_of_simulated_spend_is_recovered() {
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let means: Vec<f64> = (0..2000).map(|row| 5.0 + f64::from(row % 40)).collect();
    for dispersion in [2.0, 8.0] {
        let spend: Vec<f64> = means
            .iter()
            .map(|&mean| purchases(mean, dispersion, &mut random))
            .collect();
        let found = Variance::most_likely(&spend, &means).unwrap();
        assert_eq!(found.power, 1.5);
        let error = (found.dispersion / dispersion - 1.0).abs();
        assert!(error < 0.1, "{found:?}");
    }
}
