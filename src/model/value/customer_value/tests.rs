use super::super::{BgNbd, ClvInterval, PurchaseModelKind};
use super::*;
use crate::model::value::interval::QUANTILE;
use proptest::prelude::*;

/// The fit of the CDNOW sample, with 12 periods as `lifetimes` counts months.
fn cdnow() -> ValueParts {
    ValueParts {
        purchase: PurchaseModel::BgNbd(
            BgNbd::new([0.242_593, 4.413_532, 0.792_886, 2.425_754]).unwrap(),
        ),
        purchase_covariance: diagonal(0.01),
        spend: Some((
            GammaGamma::new([6.248_801, 3.744_589, 15.447_753]).unwrap(),
            diagonal(0.02),
        )),
        unit: TimeUnit::Week,
        refunds: Refunds::Net,
        occasion: Occasion::Day,
        terms: ClvTerms {
            period_days: 4.345 * 7.0,
            ..ClvTerms::of_a_year("USD".parse().unwrap())
        },
    }
}

fn diagonal<const N: usize>(variance: f64) -> [[f64; N]; N] {
    std::array::from_fn(|j| std::array::from_fn(|k| if j == k { variance } else { 0.0 }))
}

fn customer(summary: (f64, f64, f64), mean_repeat_spend: Option<f64>) -> ValueInput {
    let (frequency, recency, observation) = summary;
    ValueInput {
        summary: PurchaseSummary::new(frequency, recency, observation).unwrap(),
        mean_repeat_spend,
    }
}

#[test]
fn lifetime_values_are_those_of_lifetimes() {
    let model = ValueModel::new(cdnow()).unwrap();
    for (customer, expected) in [
        (customer((2.0, 30.43, 38.86), Some(22.35)), 36.278_5),
        (customer((1.0, 1.71, 38.86), Some(11.77)), 4.637_5),
    ] {
        let clv = model.value(&customer, 90.0).clv.unwrap();
        assert!((clv.amount - expected).abs() < 2e-3, "{}", clv.amount);
        assert_eq!(clv.per_period.len(), 12);
        assert_eq!(clv.per_period.iter().sum::<f64>(), clv.amount);
        assert_eq!(model.clv_amount(&customer), Some(clv.amount));
        let ClvInterval { low, high, level } = clv.interval;
        assert!(0.0 < low && low < clv.amount && clv.amount < high && level == 0.9);
    }
}

/// As `lifetimes` has it, with parameters of more digits.
#[test]
fn the_sample_of_cdnow_is_worth_71_510_dollars() {
    let text = include_str!("../../../../tests/fixtures/cdnow/summary.csv");
    let model = ValueModel::new(cdnow()).unwrap();
    let customers = text.lines().skip(1).map(|line| {
        let mut fields = line.split(',').skip(1).map(|field| field.parse().unwrap());
        let [x, recency, observation, mean] = std::array::from_fn(|_| fields.next().unwrap());
        let spend = (x > 0.0).then_some(mean);
        customer((x, recency, observation), spend)
    });
    let customers: Vec<ValueInput> = customers.collect();
    let one_by_one: Option<Vec<f64>> = customers.iter().map(|c| model.clv_amount(c)).collect();
    let amounts = model.clv_amount_of_all(&customers);
    assert_eq!(amounts, one_by_one);
    let sum: f64 = amounts.unwrap().iter().sum();
    assert!((sum - 71_509.90).abs() < 1.0, "{sum}");
}

/// ln of an amount is linear in ln γ with slope 1 where p x + q is far above
/// the rest: its interval is then that of a log-normal γ.
#[test]
fn intervals_are_those_of_the_delta_method() {
    let mut parts = cdnow();
    parts.purchase_covariance = diagonal(0.0);
    let (spend, _) = parts.spend.unwrap();
    let mut of_gamma = diagonal(0.0);
    of_gamma[2][2] = 0.04;
    parts.spend = Some((spend, of_gamma));
    let model = ValueModel::new(parts).unwrap();
    let new = customer((0.0, 0.0, 10.0), None);
    let clv = model.value(&new, 90.0).clv.unwrap();
    let expected = (1.644_853_626_951_472_2 * 0.2_f64).exp();
    assert!((clv.interval.high / clv.amount - expected).abs() < 1e-9);
    assert!((clv.amount / clv.interval.low - expected).abs() < 1e-9);
}

#[test]
fn refunds_never_make_a_customer_worth_more() {
    let model = ValueModel::new(cdnow()).unwrap();
    let amount = |spend| {
        model
            .clv_amount(&customer((2.0, 30.43, 38.86), spend))
            .unwrap()
    };
    let (all_returned, none) = (amount(Some(-40.0)), amount(Some(0.0)));
    assert_eq!(all_returned, none);
    assert!(none > 0.0 && none < amount(Some(1.0)) && amount(Some(1.0)) < amount(None));
    assert_eq!(amount(Some(f64::NAN)), amount(None));
}

#[test]
fn parts_that_make_no_model_are_refused() {
    for terms in [
        ClvTerms {
            periods: 0,
            ..cdnow().terms
        },
        ClvTerms {
            periods: 241,
            ..cdnow().terms
        },
        ClvTerms {
            period_days: f64::NAN,
            ..cdnow().terms
        },
        ClvTerms {
            periods: 240,
            period_days: 5000.0,
            ..cdnow().terms
        },
        ClvTerms {
            discount_rate: -0.1,
            ..cdnow().terms
        },
        ClvTerms {
            margin: 0.0,
            ..cdnow().terms
        },
    ] {
        let refused = ValueModel::new(ValueParts { terms, ..cdnow() });
        assert_eq!(refused, Err(ValueModelError::Terms));
    }
    for purchase_covariance in [diagonal(-1.0), diagonal(f64::NAN)] {
        let parts = ValueParts {
            purchase_covariance,
            ..cdnow()
        };
        assert_eq!(ValueModel::new(parts), Err(ValueModelError::Covariance));
    }
}

fn any_summary() -> impl Strategy<Value = PurchaseSummary> {
    let frequency = prop_oneof![Just(0u32), 1u32..40, Just(100_000)];
    let time = prop_oneof![Just(0.0), 0.0..1e-6, 0.0..100.0, Just(1e6)];
    let share = prop_oneof![Just(0.0), Just(1.0), 0.0..1.0];
    (frequency, time, share).prop_map(|(frequency, observation, share)| {
        let recency = if frequency == 0 {
            0.0
        } else {
            observation * share
        };
        PurchaseSummary::new(f64::from(frequency), recency, observation).unwrap()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn answers_are_finite_and_in_range(
        summary in any_summary(),
        ln_parameters in prop::array::uniform4(-6.0..6.0_f64),
        spend in prop_oneof![Just(None), (-100.0..1e6).prop_map(Some), Just(Some(f64::INFINITY))],
        horizon in prop_oneof![Just(0.0), 0.0..1000.0, Just(1e6)],
        kind in prop::sample::select(PurchaseModelKind::ALL.to_vec()),
    ) {
        let parameters = ln_parameters.map(f64::exp);
        let purchase = PurchaseModel::new(kind, parameters).unwrap();
        let model = ValueModel::new(ValueParts { purchase, ..cdnow() }).unwrap();
        let value = model.value(&ValueInput { summary, mean_repeat_spend: spend }, horizon);
        prop_assert!((0.0..=1.0).contains(&value.p_alive));
        prop_assert!((0.0..=1.0).contains(&value.p_no_purchase));
        prop_assert!(value.expected_purchases >= 0.0 && value.expected_purchases.is_finite());
        let spend = value.expected_spend.unwrap();
        prop_assert!(spend > 0.0 && spend.is_finite());
        let clv = value.clv.unwrap();
        prop_assert!(clv.amount >= 0.0 && clv.amount.is_finite());
        prop_assert!(0.0 <= clv.interval.low && clv.interval.low <= clv.amount);
        prop_assert!(clv.amount <= clv.interval.high && clv.interval.high.is_finite());
    }
}

/// Symmetric, with entries off the diagonal of both signs.
fn full<const N: usize>(variance: f64) -> [[f64; N]; N] {
    std::array::from_fn(|j| {
        std::array::from_fn(|k| match j.abs_diff(k) {
            0 => variance,
            apart if apart % 2 == 1 => -variance / (2.0 + apart as f64),
            apart => variance / (2.0 + apart as f64),
        })
    })
}

/// The variance that an interval stands for.
fn variance(clv: &Clv) -> f64 {
    ((clv.interval.high / clv.amount).ln() / QUANTILE).powi(2)
}

#[test]
fn intervals_take_all_of_the_covariance() {
    for kind in PurchaseModelKind::ALL {
        let parameters = [0.6, 8.0, 0.7, 3.0];
        let (spend, covariance) = ([6.25, 3.74, 15.4], full::<3>(0.02));
        let purchase_covariance = full::<4>(0.01);
        let model = |purchase: [f64; 4], spend: [f64; 3]| {
            let parts = ValueParts {
                purchase: PurchaseModel::new(kind, purchase).unwrap(),
                purchase_covariance,
                spend: Some((GammaGamma::new(spend).unwrap(), covariance)),
                ..cdnow()
            };
            ValueModel::new(parts).unwrap()
        };
        for known in [
            customer((3.0, 30.0, 38.86), Some(22.35)),
            customer((0.0, 0.0, 10.0), None),
        ] {
            let clv = model(parameters, spend).value(&known, 90.0).clv.unwrap();
            let ln_amount = |purchase, spend| {
                let amount = model(purchase, spend).clv_amount(&known);
                amount.unwrap().ln()
            };
            let slope = |of: &dyn Fn(f64) -> f64| (of(1e-5) - of(-1e-5)) / 2e-5;
            let of_purchases: [f64; 4] = std::array::from_fn(|at| {
                slope(&|step| {
                    let mut moved = parameters;
                    moved[at] *= step.exp();
                    ln_amount(moved, spend)
                })
            });
            let of_spend: [f64; 3] = std::array::from_fn(|at| {
                slope(&|step| {
                    let mut moved = spend;
                    moved[at] *= step.exp();
                    ln_amount(parameters, moved)
                })
            });
            let mut expected = 0.0;
            for j in 0..4 {
                for k in 0..4 {
                    expected += of_purchases[j] * purchase_covariance[j][k] * of_purchases[k];
                }
            }
            for j in 0..3 {
                for k in 0..3 {
                    expected += of_spend[j] * covariance[j][k] * of_spend[k];
                }
            }
            let found = variance(&clv);
            assert!(
                (found / expected - 1.0).abs() < 1e-5,
                "{kind} {found} {expected}"
            );
        }
    }
}

/// The nearer q is to 1, the less is known of the mean spend.
#[test]
fn intervals_are_widest_where_spend_hardly_has_a_mean() {
    let mut last = 0.0;
    for q in [2.0, 1.1, 1.01, 1.001, 1.0 + 1e-5, 1.0 + 1e-12] {
        let mut parts = cdnow();
        let spend = GammaGamma::new([6.25, q, 15.4]).unwrap();
        parts.spend = Some((spend, diagonal(0.001)));
        let model = ValueModel::new(parts).unwrap();
        let clv = model.value(&customer((0.0, 0.0, 10.0), None), 90.0).clv;
        let ClvInterval { low, high, .. } = clv.as_ref().unwrap().interval;
        assert!(low >= 0.0 && high.is_finite());
        let wide = variance(&clv.unwrap());
        assert!(wide > last || wide > 1e5, "{q} {wide}");
        last = wide;
    }
}

/// No horizon is so far that an amount is not a number.
#[test]
fn the_lifetime_value_of_a_far_horizon_is_finite() {
    for kind in PurchaseModelKind::ALL {
        let mut parts = cdnow();
        parts.purchase = PurchaseModel::new(kind, [0.6, 8.0, 0.7, 3.0]).unwrap();
        parts.terms.periods = 100;
        parts.terms.period_days = 10_000.0;
        parts.terms.discount_rate = 0.0;
        let horizon = match kind.counts() {
            Counting::Purchases => 1e6,
            Counting::Opportunities => {
                let refused = ValueModel::new(parts.clone());
                assert_eq!(refused, Err(ValueModelError::Opportunities));
                parts.terms.period_days = 700.0;
                70_000.0
            }
        };
        let model = ValueModel::new(parts).unwrap();
        let value = model.value(&customer((3.0, 30.0, 39.0), Some(22.35)), horizon);
        let clv = value.clv.unwrap();
        let money = value.expected_purchases * value.expected_spend.unwrap();
        assert!(
            (clv.amount / money - 1.0).abs() < 1e-9,
            "{} {money}",
            clv.amount
        );
        assert!(clv.interval.high.is_finite());
    }
}

/// Two customers alike are as unsure as one: their values err together.
#[test]
fn slopes_of_a_sum_are_means_weighted_by_the_amounts() {
    let model = ValueModel::new(cdnow()).unwrap();
    let [one, other] = [
        customer((2.0, 30.43, 38.86), Some(22.35)),
        customer((0.0, 0.0, 30.0), None),
    ];
    let amount = |of: &ValueInput| model.clv_amount(of).unwrap();
    let parts = |all: &[ValueInput]| -> Vec<(f64, LnSlopes)> {
        all.iter()
            .map(|of| (amount(of), uncertainty(&model, of)))
            .collect()
    };
    let sum = |all: &[ValueInput]| LnSlopes::of_sum(parts(all).into_iter());
    let twice = sum(&[one, one]);
    let alone = uncertainty(&model, &one);
    for (a, b) in twice.purchases.iter().zip(alone.purchases) {
        assert!((a - b).abs() < 1e-12, "{a} {b}");
    }
    // The derivative of the logarithm of the sum, by hand.
    let both = sum(&[one, other]);
    let total = |parameters| {
        let moved = ValueParts {
            purchase: PurchaseModel::BgNbd(BgNbd::new(parameters).unwrap()),
            ..cdnow()
        };
        let moved = ValueModel::new(moved).unwrap();
        moved.clv_amount(&one).unwrap() + moved.clv_amount(&other).unwrap()
    };
    for at in 0..4 {
        let moved = |step: f64| {
            let mut parameters = cdnow().purchase.parameters();
            parameters[at] *= step.exp();
            total(parameters).ln()
        };
        let slope = (moved(1e-4) - moved(-1e-4)) / 2e-4;
        assert!((slope - both.purchases[at]).abs() < 1e-7, "{at}");
    }
    let interval = model.interval(amount(&one) + amount(&other), &both);
    assert!(interval.low < interval.high && interval.low > 0.0);
    assert_eq!(sum(&[]), LnSlopes::default());
}

fn uncertainty(model: &ValueModel, customer: &ValueInput) -> LnSlopes {
    LnSlopes {
        purchases: model.slopes_of_ln_purchases(&customer.summary),
        spend: model.slopes_of_ln_spend(customer),
    }
}

/// What the models tell themselves is what differences tell.
#[test]
fn slopes_are_those_of_differences() {
    for kind in [PurchaseModelKind::BgNbd, PurchaseModelKind::MbgNbd] {
        let parts = cdnow();
        let purchase = PurchaseModel::new(kind, parts.purchase.parameters()).unwrap();
        let model = ValueModel::new(ValueParts { purchase, ..parts }).unwrap();
        for (frequency, recency, observation) in [
            (0.0, 0.0, 20.0),
            (1.0, 5.0, 39.0),
            (3.0, 30.0, 38.9),
            (26.0, 30.0, 31.0),
        ] {
            let summary = PurchaseSummary::new(frequency, recency, observation).unwrap();
            let (_, slopes) = model.known_slopes(&summary).unwrap();
            let differences = model.differences_of_ln_purchases(&summary);
            for (slope, difference) in slopes.into_iter().zip(differences) {
                assert!(
                    (slope - difference).abs() < 1e-6,
                    "{slopes:?} {differences:?}"
                );
            }
        }
    }
}
