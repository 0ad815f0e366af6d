use proptest::prelude::*;

use super::customer;
use crate::customer::PurchaseSummary;
use crate::model::value::{
    BgNbd, GammaGamma, MbgNbd, PurchaseModel, PurchaseModelKind, RepeatSpend,
};

/// Positive numbers over many orders of magnitude.
fn wide(smallest: f64, largest: f64) -> impl Strategy<Value = f64> {
    (smallest.ln()..largest.ln()).prop_map(f64::exp)
}

fn any_customer() -> impl Strategy<Value = PurchaseSummary> {
    let frequency = prop_oneof![
        Just(0.0),
        (1..40).prop_map(f64::from),
        (1..2_000_000).prop_map(f64::from)
    ];
    let share = prop_oneof![Just(0.0), Just(1.0), 0.0..1.0];
    (frequency, share, prop_oneof![Just(0.0), wide(1e-3, 1e6)]).prop_map(
        |(x, share, observation)| {
            let recency = if x == 0.0 { 0.0 } else { share * observation };
            customer(x, recency, observation)
        },
    )
}

fn any_model() -> impl Strategy<Value = PurchaseModel> {
    let kind = prop::sample::select(PurchaseModelKind::ALL.to_vec());
    let parameters = [
        wide(1e-4, 1e5),
        wide(1e-4, 1e6),
        wide(1e-4, 1e5),
        wide(1e-4, 1e5),
    ];
    (kind, parameters).prop_map(|(kind, parameters)| PurchaseModel::new(kind, parameters).unwrap())
}

proptest! {
    #[test]
    fn every_answer_is_finite_and_in_its_range(
        model in any_model(),
        customer in any_customer(),
        horizon in prop_oneof![Just(0.0), wide(1e-3, 1e9)],
    ) {
        prop_assert!(model.log_likelihood(&customer).is_finite());
        prop_assert!((0.0..=1.0).contains(&model.p_alive(&customer)));
        let [now, later] = [horizon, horizon * 1.5].map(|h| model.expected_purchases(&customer, h));
        prop_assert!(now.is_finite() && now >= 0.0 && later >= now * (1.0 - 1e-9), "{now} {later}");
        let [soon, late] = [horizon, horizon * 1.5].map(|h| model.p_no_purchase(&customer, h));
        prop_assert!((0.0..=1.0).contains(&soon) && late <= soon * (1.0 + 1e-9), "{soon} {late}");
        let distribution = model.purchase_distribution(&customer, horizon, 50);
        prop_assert_eq!(distribution[0], soon);
        prop_assert!(distribution.iter().all(|p| (0.0..=1.0).contains(p)));
        prop_assert!(distribution.iter().sum::<f64>() <= 1.0 + 1e-9);
        // Someone who buys at least once buys at least 1 on average.
        prop_assert!(now >= (1.0 - soon) * (1.0 - 1e-9) - 1e-12, "{now} {soon}");
    }

    #[test]
    fn the_distribution_has_the_expected_mean(
        parameters in [0.1..3.0f64, 1.0..20.0f64, 0.1..3.0f64, 0.5..5.0f64],
        x in 0..20u32,
        horizon in 0.1..20.0f64,
    ) {
        let x = f64::from(x);
        let known = customer(x, if x > 0.0 { 25.0 } else { 0.0 }, 30.0);
        let model = BgNbd::new(parameters).unwrap();
        let distribution = model.purchase_distribution(&known, horizon, 2000);
        let sum: f64 = distribution.iter().sum();
        let mean: f64 = distribution.iter().enumerate().map(|(n, p)| n as f64 * p).sum();
        let expected = model.expected_purchases(&known, horizon);
        prop_assert!((sum - 1.0).abs() < 1e-9, "{sum}");
        prop_assert!((mean - expected).abs() < 1e-9 * expected.max(1.0), "{mean} {expected}");
    }

    #[test]
    fn gradients_are_those_of_the_likelihood(
        parameters in [0.1..3.0f64, 1.0..20.0f64, 0.1..3.0f64, 0.5..5.0f64],
        x in 0..50u32,
        share in 0.0..1.0f64,
    ) {
        let x = f64::from(x);
        let known = customer(x, if x > 0.0 { 30.0 * share } else { 0.0 }, 30.0);
        let bg = BgNbd::new(parameters).unwrap().gradient(&known);
        let mbg = MbgNbd::new(parameters).unwrap().gradient(&known);
        for j in 0..4 {
            let moved = |by: f64| {
                let mut moved = parameters;
                moved[j] *= f64::exp(by);
                moved
            };
            let (after, before) = (moved(1e-5), moved(-1e-5));
            let slope = |likelihood: &dyn Fn([f64; 4]) -> f64| (likelihood(after) - likelihood(before)) / 2e-5;
            let found = slope(&|p| BgNbd::new(p).unwrap().log_likelihood(&known));
            prop_assert!((found - bg[j]).abs() < 1e-6 * (1.0 + found.abs()), "{j} {found} {}", bg[j]);
            let found = slope(&|p| MbgNbd::new(p).unwrap().log_likelihood(&known));
            prop_assert!((found - mbg[j]).abs() < 1e-6 * (1.0 + found.abs()), "{j} {found} {}", mbg[j]);
        }
    }

    #[test]
    fn expected_spend_is_finite_and_shrinks_to_the_mean(
        parameters in [wide(1e-3, 1e4), wide(1.001, 1e4), wide(1e-3, 1e6)],
        frequency in 1..1_000_000u32,
        mean in wide(1e-6, 1e12),
    ) {
        let model = GammaGamma::new(parameters).unwrap();
        let spend = RepeatSpend::new(f64::from(frequency), mean).unwrap();
        prop_assert!(model.log_likelihood(&spend).is_finite());
        let (all, own) = (model.expected_spend_of_new(), model.expected_spend(&spend));
        let slack = 1e-9 * (all + mean);
        prop_assert!(own >= all.min(mean) - slack && own <= all.max(mean) + slack);
    }
}

/// The closed form has a pole at a = 1; the answer passes it smoothly.
#[test]
fn expected_purchases_pass_a_of_one() {
    let known = customer(3.0, 20.0, 30.0);
    for horizon in [10.0, 39.0, 1e6, 1e9] {
        let at = |a: f64| {
            let model = BgNbd::new([0.25, 4.4, a, 2.4]).unwrap();
            model.expected_purchases(&known, horizon)
        };
        let (before, exact, after) = (at(1.0 - 1e-7), at(1.0), at(1.0 + 1e-7));
        assert!(before >= exact && exact >= after);
        assert!((before - after) < 1e-5 * exact, "{before} {after}");
    }
}

#[test]
fn long_horizons_continue_short_ones() {
    let model = BgNbd::new([0.25, 4.4, 0.8, 2.4]).unwrap();
    let known = customer(10.0, 25.0, 30.0);
    let mut last = 0.0;
    for step in 1..2000 {
        let now = model.expected_purchases(&known, f64::from(step));
        assert!(now > last && now - last < 0.5);
        last = now;
    }
    assert!(model.expected_purchases(&known, f64::INFINITY).is_finite());
    assert_eq!(model.expected_purchases(&known, f64::NAN), 0.0);
}
