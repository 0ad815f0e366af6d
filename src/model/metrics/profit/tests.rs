use proptest::prelude::*;

use super::*;

const SCORES: [f64; 10] = [0.1, 0.4, 0.35, 0.8, 0.65, 0.2, 0.9, 0.05, 0.55, 0.3];
const CHURNED: [bool; 10] = [
    false, false, true, true, false, false, true, false, true, false,
];

#[test]
fn the_published_example_is_reproduced() {
    let ranking = Ranking::of(&SCORES, &CHURNED).unwrap();
    let assessment = ranking.assess(&ProfitMeasure::default());
    let deterministic = assessment.maximum_profit;
    assert!((deterministic.per_customer - 20.2).abs() < 1e-12);
    assert_eq!(deterministic.share_contacted, 0.6);
    assert_eq!(deterministic.threshold, Some(crate::model::logistic(0.35)));
    let expected = assessment.expected_maximum_profit;
    assert!(
        (expected.per_customer - 20.200_316_489_796_1).abs() < 1e-12,
        "{expected:?}"
    );
    assert!(
        (expected.share_contacted - 0.599_664_040_6).abs() < 1e-10,
        "{expected:?}"
    );
    let curve = ranking.profit_curve(&ProfitMeasure::default());
    assert_eq!((curve[0].y, curve[6].x), (0.0, 0.6));
    assert!((curve[6].y - 20.2).abs() < 1e-12);
}

#[test]
fn a_campaign_that_never_pays_contacts_nobody() {
    let measure = ProfitParameters {
        contact_cost: 1000.0,
        ..ProfitParameters::default()
    };
    let assessment = Ranking::of(&SCORES, &CHURNED)
        .unwrap()
        .assess(&measure.check().unwrap());
    let nothing = MaximumProfit {
        per_customer: 0.0,
        share_contacted: 0.0,
        threshold: None,
    };
    assert_eq!(assessment.maximum_profit, nothing);
    assert_eq!(assessment.expected_maximum_profit.per_customer, 0.0);
    assert!(measure.check().unwrap().break_even_probability() > 1.0);
    // By hand: 11 / (0.3 × 190 + 10).
    assert!((ProfitMeasure::default().break_even_probability() - 11.0 / 67.0).abs() < 1e-15);
}

#[test]
fn the_first_senseless_parameter_is_named() {
    let check = |parameters: ProfitParameters| parameters.check().unwrap_err().parameter;
    let paper = ProfitParameters::default();
    assert_eq!(
        check(ProfitParameters {
            alpha: 0.0,
            ..paper
        }),
        "alpha"
    );
    assert_eq!(
        check(ProfitParameters {
            beta: f64::NAN,
            ..paper
        }),
        "beta"
    );
    let customer_value = f64::INFINITY;
    assert_eq!(
        check(ProfitParameters {
            customer_value,
            ..paper
        }),
        "customer_value"
    );
    assert_eq!(
        check(ProfitParameters {
            offer_cost: 200.0,
            ..paper
        }),
        "offer_cost"
    );
    assert_eq!(
        check(ProfitParameters {
            contact_cost: -1.0,
            ..paper
        }),
        "contact_cost"
    );
}

/// Of Simpson's rule.
const STEPS: u32 = 20_000;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Against the definition: the best profit at each acceptance rate,
    /// integrated over the beta distribution by Simpson's rule.
    #[test]
    fn expected_profit_is_the_integral_of_the_best(
        rows in prop::collection::vec((-20..20i32, any::<bool>()), 2..60),
        alpha in 2.0..12.0f64,
        beta in 2.0..20.0f64,
        offer_cost in 0.0..60.0f64,
        contact_cost in 0.0..20.0f64,
    ) {
        let scores: Vec<f64> = rows.iter().map(|row| f64::from(row.0) / 4.0).collect();
        let churned: Vec<bool> = rows.iter().map(|row| row.1).collect();
        let Some(ranking) = Ranking::of(&scores, &churned) else {
            return Ok(());
        };
        let measure = ProfitParameters {
            alpha, beta, offer_cost, contact_cost, ..ProfitParameters::default()
        }.check().unwrap();
        let sample = ranking.observed();
        let contacts: Vec<Counts> = sample.cumulative().map(|(_, above)| above).collect();
        let best = |rate: f64| contacts.iter().map(|&c| measure.of(c, rate)).fold(0.0, f64::max);
        let density = |rate: f64| rate.powf(alpha - 1.0) * (1.0 - rate).powf(beta - 1.0);
        let (mut integral, mut mass) = (0.0, 0.0);
        for step in 0..=STEPS {
            let rate = f64::from(step) / f64::from(STEPS);
            let weight = match step {
                0 | STEPS => 1.0,
                _ if step % 2 == 1 => 4.0,
                _ => 2.0,
            };
            integral += weight * density(rate) * best(rate);
            mass += weight * density(rate);
        }
        let by_definition = integral / mass / ranking.rows() as f64;
        let expected = sample.expected_maximum_profit(&measure).per_customer;
        prop_assert!((expected - by_definition).abs() < 1e-6 * (1.0 + by_definition), "{expected} {by_definition}");
        // Jensen: knowing the rate beats knowing its mean.
        prop_assert!(expected >= sample.maximum_profit(&measure).per_customer - 1e-9);
    }
}
