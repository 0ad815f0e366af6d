use super::*;

fn model(parameters: [f64; 4]) -> ParetoNbd {
    ParetoNbd::new(parameters).unwrap()
}

fn customer(frequency: f64, recency: f64, observation: f64) -> PurchaseSummary {
    PurchaseSummary::new(frequency, recency, observation).unwrap()
}

/// Parameters, summary, log-likelihood and P(alive).
type Known = ([f64; 4], (f64, f64, f64), f64, f64);

/// By the integral in 40 digits (mpmath).
const LIKELIHOODS: [Known; 12] = [
    (
        [0.553, 10.578, 0.606, 11.669],
        (2.0, 30.43, 38.86),
        -9.554_283_245_150_407,
        0.869_167_559_153_011_1,
    ),
    (
        [0.553, 10.578, 0.606, 11.669],
        (26.0, 30.857, 31.0),
        -39.131_624_745_690_63,
        0.997_872_034_927_761_6,
    ),
    (
        [0.553, 10.578, 0.606, 11.669],
        (0.0, 0.0, 38.86),
        -0.521_046_294_080_890_3,
        0.295_286_604_616_894_15,
    ),
    (
        [0.8, 0.01, 1.3, 50.0],
        (3.0, 2.0, 40.0),
        -9.058_902_167_866_847,
        0.000_330_869_698_097_161_3,
    ),
    (
        [2.0, 300.0, 0.4, 0.02],
        (1.0, 0.5, 52.0),
        -6.425_504_368_596_627,
        0.109_685_561_928_630_99,
    ),
    (
        [1.5, 7.0, 2.5, 7.0],
        (4.0, 10.0, 20.0),
        -11.913_707_644_646_257,
        0.074_963_760_023_344_14,
    ),
    (
        [0.7, 5.0, 0.5, 5.0],
        (10000.0, 90.0, 200.0),
        36_553.698_006_630_555,
        0.0,
    ),
    (
        [0.7, 5.0, 0.5, 80.0],
        (10000.0, 199.0, 200.0),
        28_911.266_589_465_868,
        1.577_025_939_224_038_4e-17,
    ),
    (
        [0.25, 4.0, 0.05, 3.0],
        (100_000.0, 1000.0, 1000.0),
        360_112.897_186_233_7,
        1.0,
    ),
    (
        [0.05, 1000.0, 3.0, 0.001],
        (0.0, 0.0, 1_000_000.0),
        -2.499_997_406_316_102_7e-08,
        7.079_104_212_398_172e-28,
    ),
    (
        [40.0, 3.0, 60.0, 100_000.0],
        (5.0, 1.0, 400.0),
        -9.570_386_729_331_837,
        1.031_527_381_484_953_4e-86,
    ),
    (
        [0.01, 0.02, 0.01, 100.0],
        (7.0, 0.01, 100_000.0),
        12.029_873_002_291_689,
        3.519_154_911_553_724e-40,
    ),
];

#[test]
fn likelihoods_agree_with_those_of_high_precision() {
    for (parameters, (x, recency, observation), ln, alive) in LIKELIHOODS {
        let model = model(parameters);
        let customer = customer(x, recency, observation);
        let found = model.log_likelihood(&customer);
        // Sums of ten thousand logarithms are not known better.
        let known = 1e-13 * (1.0 + ln.abs()) + 1e-15 * x;
        assert!((found - ln).abs() < known, "{customer:?} {found} {ln}");
        let found = model.p_alive(&customer);
        assert!(
            (found - alive).abs() <= 1e-12 * (1.0 + 0.01 * x) * alive,
            "{customer:?} {found} {alive}"
        );
    }
}

const CDNOW: [f64; 4] = [0.553_3, 10.578, 0.606_2, 11.669];

#[test]
fn gradients_are_those_of_the_likelihood() {
    for (parameters, (x, recency, observation), _, _) in LIKELIHOODS {
        let customer = customer(x, recency, observation);
        let gradient = model(parameters).gradient(&customer);
        let of_frequency = history::OfFrequency::new(&model(parameters), &customer);
        let (slope, _) = history::curve(&model(parameters), &of_frequency, &customer);
        let value = model(parameters).log_likelihood(&customer);
        assert!((slope.log_likelihood - value).abs() <= 1e-14 * value.abs().max(1.0));
        for j in 0..4 {
            let at = |distance: f64| {
                let mut moved = parameters;
                moved[j] *= distance.exp();
                model(moved).log_likelihood(&customer)
            };
            let difference = (at(1e-4) - at(-1e-4)) / 2e-4;
            let known = 2e-7 * gradient[j].abs() + 1e-11 * value.abs() + 1e-9;
            assert!(
                (gradient[j] - difference).abs() < known,
                "{customer:?} {j} {gradient:?} {difference}"
            );
        }
    }
}

#[test]
fn second_derivatives_are_those_of_the_gradient() {
    for (parameters, (x, recency, observation), _, _) in LIKELIHOODS {
        let customer = customer(x, recency, observation);
        let of_frequency = history::OfFrequency::new(&model(parameters), &customer);
        let (_, mut hessian) = history::curve(&model(parameters), &of_frequency, &customer);
        hessian[0][0] += fit::rising_by_ln_r_twice(parameters[0], x);
        let size = hessian
            .iter()
            .flatten()
            .fold(1.0, |size: f64, e| size.max(e.abs()));
        for j in 0..4 {
            let at = |distance: f64| {
                let mut moved = parameters;
                moved[j] *= distance.exp();
                model(moved).gradient(&customer)
            };
            let (after, before) = (at(1e-4), at(-1e-4));
            for k in 0..4 {
                let difference = (after[k] - before[k]) / 2e-4;
                let found = hessian[j.max(k)][j.min(k)];
                assert!(
                    (found - difference).abs() < 1e-6 * size,
                    "{customer:?} {j} {k} {found} {difference}"
                );
            }
        }
    }
}

/// Fader and Hardie (2005): the model's answers for single customers of CDNOW.
#[test]
fn published_answers_are_reproduced() {
    // The parameters of the maximum-likelihood fit, more exact than published.
    let model = model([0.553_275, 10.577_612, 0.606_214, 11.667_916]);
    let close = |found: f64, expected: f64, digits: f64| {
        assert!(
            (found / expected - 1.0).abs() < digits,
            "{found} {expected}"
        );
    };
    let first = customer(2.0, 30.43, 38.86);
    close(model.p_alive(&first), 0.869_119, 1e-5);
    close(model.expected_purchases(&first, 39.0), 1.455_113, 1e-5);
    close(model.expected_purchases(&first, 52.0), 1.850_783, 1e-5);
    let third = customer(0.0, 0.0, 38.86);
    close(model.p_alive(&third), 0.295_097, 2e-5);
    close(model.expected_purchases(&third, 39.0), 0.107_060, 2e-5);
    let best = customer(26.0, 30.857, 31.0);
    close(model.p_alive(&best), 0.997_874, 1e-5);
    close(model.expected_purchases(&best, 52.0), 25.456_47, 1e-4);
    close(model.expected_purchases_of_new(52.0), 1.473_434, 1e-5);
    // More purchases before the same long silence make less of the customer.
    for (x, expected) in [
        (10.0, 0.706_228_9),
        (15.0, 0.144_239_6),
        (20.0, 0.022_506_58),
        (25.0, 0.003_092_67),
    ] {
        close(
            model.expected_purchases(&customer(x, 20.0, 39.0), 52.0),
            expected,
            1e-3,
        );
    }
}

#[test]
fn distributions_are_whole_and_have_the_expectation() {
    let models = [
        CDNOW,
        [0.8, 0.01, 1.3, 50.0],
        [2.0, 300.0, 0.4, 0.02],
        [3.0, 2.0, 1.0, 1e4],
        [40.0, 3.0, 60.0, 100_000.0],
        [0.3, 1.0, 5.0, 0.5],
    ];
    let customers = [
        customer(2.0, 30.43, 38.86),
        customer(0.0, 0.0, 38.86),
        customer(26.0, 30.857, 31.0),
        PurchaseSummary::NEW,
    ];
    for parameters in models {
        let model = model(parameters);
        for customer in customers {
            for horizon in [0.01, 5.0, 39.0] {
                let most = 4000;
                let distribution = model.purchase_distribution(&customer, horizon, most);
                assert_eq!(distribution[0], model.p_no_purchase(&customer, horizon));
                let total: f64 = distribution.iter().sum();
                let mean: f64 = distribution
                    .iter()
                    .zip(0..)
                    .map(|(p, n)| p * f64::from(n))
                    .sum();
                let expected = model.expected_purchases(&customer, horizon);
                // What is beyond the most counts too.
                if distribution[4000] > 1e-18 {
                    assert!(total <= 1.0 + 1e-10 && mean <= expected * (1.0 + 1e-9));
                    continue;
                }
                assert!(
                    (total - 1.0).abs() < 1e-10,
                    "{parameters:?} {customer:?} {horizon} {total}"
                );
                assert!(
                    (mean / expected - 1.0).abs() < 1e-8,
                    "{parameters:?} {customer:?} {horizon} {mean} {expected}"
                );
            }
        }
    }
}

#[test]
fn a_distribution_does_not_depend_on_how_much_of_it_is_asked() {
    let model = model(CDNOW);
    let customer = customer(2.0, 30.43, 38.86);
    let long = model.purchase_distribution(&customer, 52.0, 300);
    for most in [0, 1, 7, 50] {
        let short = model.purchase_distribution(&customer, 52.0, most);
        assert_eq!(short.len(), most as usize + 1);
        for (one, other) in short.iter().zip(&long) {
            assert!((one / other - 1.0).abs() < 1e-10, "{one} {other}");
        }
    }
}

/// The integral in 40 digits (mpmath): what rounds off 1 + τ / larger start
/// would count as often as the exponent says.
#[test]
fn the_integral_bears_large_exponents() {
    for ([a, start_a, b, start_b], duration, expected) in [
        ([5.0, 40.0, 1e9, 1e10], 30.0, 4.689_205_114_988_692),
        ([1e5, 900.0, 1.6, 10.0], 0.05, 0.008_952_684_875_577_871),
    ] {
        let falling = super::integral::Falling {
            a,
            start_a,
            b,
            start_b,
        };
        let found = falling.integral(duration);
        assert!(
            (found / expected - 1.0_f64).abs() < 1e-14,
            "{found} {expected}"
        );
    }
}
