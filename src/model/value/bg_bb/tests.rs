use super::*;
use crate::model::value::Counted;

/// Donors of 1995 by frequency, recency and 6 years of opportunities (Fader,
/// Hardie and Shang 2010), as the Python package `lifetimes` ships them (MIT).
const DONATIONS: [(f64, f64, f64); 22] = [
    (0.0, 0.0, 3464.0),
    (1.0, 1.0, 1091.0),
    (1.0, 2.0, 277.0),
    (1.0, 3.0, 129.0),
    (1.0, 4.0, 78.0),
    (1.0, 5.0, 119.0),
    (1.0, 6.0, 129.0),
    (2.0, 2.0, 613.0),
    (2.0, 3.0, 255.0),
    (2.0, 4.0, 155.0),
    (2.0, 5.0, 173.0),
    (2.0, 6.0, 234.0),
    (3.0, 3.0, 322.0),
    (3.0, 4.0, 181.0),
    (3.0, 5.0, 225.0),
    (3.0, 6.0, 357.0),
    (4.0, 4.0, 240.0),
    (4.0, 5.0, 284.0),
    (4.0, 6.0, 512.0),
    (5.0, 5.0, 335.0),
    (5.0, 6.0, 728.0),
    (6.0, 6.0, 1203.0),
];

fn customer(frequency: f64, recency: f64, observation: f64) -> PurchaseSummary {
    PurchaseSummary::new(frequency, recency, observation).unwrap()
}

#[test]
fn the_published_fit_is_reproduced() {
    let counted: Vec<Counted<PurchaseSummary>> = DONATIONS
        .iter()
        .map(|&(x, last, customers)| Counted {
            item: customer(x, last, 6.0),
            customers,
        })
        .collect();
    let fitted = fit_bg_bb(&counted).unwrap();
    for (found, published) in fitted
        .model
        .parameters()
        .iter()
        .zip([1.204, 0.750, 0.657, 2.783])
    {
        assert!((found - published).abs() < 1e-3, "{fitted:?}");
    }
    assert!(
        (fitted.log_likelihood + 33_225.6).abs() < 0.05,
        "{fitted:?}"
    );
}

#[test]
fn histories_of_all_kinds_have_probability_one() {
    let model = BgBb::new([1.2, 0.75, 0.66, 2.8]).unwrap();
    let total: f64 = (0..1 << 8)
        .map(|history: u32| {
            let last = f64::from(32 - history.leading_zeros());
            let customer = customer(f64::from(history.count_ones()), last, 8.0);
            model.log_likelihood(&customer).exp()
        })
        .sum();
    assert!((total - 1.0).abs() < 1e-12, "{total}");
}

#[test]
fn distributions_are_whole_and_have_the_expectation() {
    let model = BgBb::new([1.2, 0.75, 0.66, 2.8]).unwrap();
    for customer in [
        customer(3.0, 4.0, 6.0),
        customer(0.0, 0.0, 6.0),
        PurchaseSummary::NEW,
    ] {
        let distribution = model.purchase_distribution(&customer, 20.0, 25);
        let mean: f64 = distribution
            .iter()
            .zip(0..)
            .map(|(p, n)| p * f64::from(n))
            .sum();
        assert!((distribution.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert!((mean - model.expected_purchases(&customer, 20.0)).abs() < 1e-12);
        assert_eq!(distribution[0], model.p_no_purchase(&customer, 20.0));
        assert_eq!(distribution[21], 0.0);
    }
}

#[test]
fn what_counts_no_opportunities_is_refused() {
    assert!(BgBb::check(&customer(3.0, 4.0, 6.0)).is_ok());
    let refused = |customer| BgBb::check(&customer).unwrap_err().total();
    assert_eq!(refused(customer(1.0, 1.5, 6.5)), 2);
    assert_eq!(refused(customer(5.0, 4.0, 6.0)), 1);
    assert_eq!(refused(customer(5.0, 6.0, 1e6)), 1);
}

/// Customers of a known model, simulated, seeded.
#[test]
fn parameters_are_recovered_from_simulated_purchases() {
    use crate::model::value::count_equal;
    use rand::{Rng, SeedableRng};
    let truth = [1.2, 0.75, 0.66, 2.8];
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(7);
    // A chance that is beta distributed, by steps of Pólya's urn: each outcome
    // makes itself more likely.
    let mut simulate = || {
        let [mut buys, mut not, leaves, mut stays] = truth;
        let (mut frequency, mut recency) = (0.0, 0.0);
        for opportunity in 1..=10 {
            if random.r#gen::<f64>() < leaves / (leaves + stays) {
                break;
            }
            stays += 1.0;
            if random.r#gen::<f64>() < buys / (buys + not) {
                buys += 1.0;
                (frequency, recency) = (frequency + 1.0, f64::from(opportunity));
            } else {
                not += 1.0;
            }
        }
        customer(frequency, recency, 10.0)
    };
    let customers = count_equal((0..20_000).map(|_| simulate()));
    let fitted = fit_bg_bb(&customers).unwrap();
    for (j, truth) in truth.into_iter().enumerate() {
        let (found, error) = (fitted.model.parameters()[j], fitted.standard_errors[j]);
        assert!((found - truth).abs() < 4.0 * error, "{j} {found} {error}");
        assert!(error < 0.2 * truth, "{j} {error}");
    }
}

/// The first terms of these are too small for a number.
#[test]
fn distributions_over_thousands_of_opportunities_sum_to_one() {
    let model = BgBb::new([1.204, 0.75, 0.657, 2.783]).unwrap();
    for (bought, all) in [(1500.0, 3000.0), (5000.0, 10_000.0)] {
        let known = PurchaseSummary::new(bought, all, all).unwrap();
        let horizon = 3000.0;
        let distribution = model.purchase_distribution(&known, horizon, 3000);
        let sum: f64 = distribution.iter().sum();
        assert!((sum - 1.0).abs() < 1e-9, "{sum}");
        let each = distribution.iter().enumerate();
        let mean: f64 = each.map(|(count, p)| count as f64 * p).sum();
        let expected = model.expected_purchases(&known, horizon);
        assert!((mean / expected - 1.0).abs() < 1e-9, "{mean} {expected}");
    }
}
