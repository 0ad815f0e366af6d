use super::{all_close, cdnow, cdnow_customers, cdnow_spends, close, customer};
use crate::model::value::{
    BgNbd, Cohort, RepeatSpend, fit_bg_nbd, fit_gamma_gamma, fit_mbg_nbd, fit_s_bg,
};

/// The maximum-likelihood fit of CDNOW.
fn bg_nbd() -> BgNbd {
    BgNbd::new([0.242_593, 4.413_532, 0.792_886, 2.425_754]).unwrap()
}

#[test]
fn bg_nbd_of_cdnow_is_that_of_fader_hardie_and_lee() {
    let fitted = fit_bg_nbd(&cdnow_customers()).unwrap();
    all_close(
        fitted.model.parameters(),
        [0.242_593, 4.413_532, 0.792_886, 2.425_754],
    );
    close(fitted.log_likelihood, -9582.4256, 1e-4);
    assert!(fitted.gradient_norm < 1e-10 && !fitted.weak_prior);
    let published = [0.243, 4.414, 0.793, 2.426];
    for (found, published) in fitted.model.parameters().into_iter().zip(published) {
        close(found, published, 5.1e-4);
    }
    // Of the Hessian by differences of the log-likelihood.
    let errors = [0.012_557, 0.378_221, 0.185_719, 0.705_346];
    for (found, expected) in fitted.standard_errors.into_iter().zip(errors) {
        close(found, expected, 1e-4 * expected);
    }
}

#[test]
fn mbg_nbd_of_cdnow_is_the_published_one() {
    let fitted = fit_mbg_nbd(&cdnow_customers()).unwrap();
    all_close(
        fitted.model.parameters(),
        [0.524_838, 6.182_993, 0.891_356, 1.613_999],
    );
    close(fitted.log_likelihood, -9582.1327, 1e-4);
}

#[test]
fn gamma_gamma_of_cdnow_is_the_published_one() {
    let fitted = fit_gamma_gamma(&cdnow_spends()).unwrap();
    all_close(
        fitted.model.parameters(),
        [6.248_801, 3.744_589, 15.447_753],
    );
    close(fitted.log_likelihood, -4055.9232, 1e-4);
    let expected = [
        24.6586, 18.9115, 35.171, 35.171, 35.171, 71.4629, 18.9115, 35.171, 27.2824, 35.171,
    ];
    for ([x, _, _, mean], expected) in cdnow().into_iter().zip(expected) {
        let found = match RepeatSpend::new(x, mean) {
            Ok(spend) => fitted.model.expected_spend(&spend),
            Err(_) => fitted.model.expected_spend_of_new(),
        };
        close(found, expected, 1e-3);
    }
}

#[test]
fn customers_of_cdnow_have_their_published_figures() {
    let model = bg_nbd();
    let first = customer(2.0, 30.43, 38.86);
    close(model.p_alive(&first), 0.726_609, 1e-5);
    close(model.expected_purchases(&first, 39.0), 1.225_91, 1e-5);
    close(model.expected_purchases(&first, 52.0), 1.558_584, 1e-5);
    let second = customer(1.0, 1.71, 38.86);
    close(model.p_alive(&second), 0.212_227, 1e-5);
    close(model.expected_purchases(&second, 39.0), 0.203_251, 1e-5);
    let third = customer(0.0, 0.0, 38.86);
    assert_eq!(model.p_alive(&third), 1.0);
    close(model.expected_purchases(&third, 39.0), 0.194_781, 1e-5);
    let best = customer(26.0, 30.857, 31.0);
    close(model.p_alive(&best), 0.968_852_3, 1e-5);
    // Published with parameters that were fitted less closely.
    close(model.expected_purchases(&best, 52.0), 25.756_59, 2e-3);
}

#[test]
fn new_customers_have_their_published_figures() {
    let model = bg_nbd();
    close(model.expected_purchases_of_new(52.0), 1.444_004, 3e-5);
    let published = [
        (0.1429, 0.0078),
        (1.0, 0.0532),
        (3.0, 0.1506),
        (31.8571, 1.0405),
        (32.0, 1.0437),
        (78.0, 1.8576),
    ];
    for (time, expected) in published {
        close(
            model.expected_purchases_of_new(time),
            expected,
            5e-5 + 3e-4 * expected,
        );
    }
    // Published for the parameters as printed.
    let model = BgNbd::new([0.243, 4.414, 0.793, 2.426]).unwrap();
    close(
        model.purchase_distribution_of_new(39.0, 0)[0],
        0.573_786_4,
        1e-5,
    );
    close(
        model.purchase_distribution_of_new(2.0, 10)[10],
        1.078_69e-7,
        1e-11,
    );
}

/// Who bought more often and then fell silent is expected to buy less: expected
/// purchases within 52 weeks of customers last seen in week 20 of 39.
#[test]
fn the_increasing_frequency_paradox() {
    let model = bg_nbd();
    let published = [
        (10.0, 0.347_460_6),
        (15.0, 0.042_833_91),
        (20.0, 0.004_158_973),
        (25.0, 0.000_358_368_5),
    ];
    for (x, expected) in published {
        let found = model.expected_purchases(&customer(x, 20.0, 39.0), 52.0);
        close(found, expected, 2e-4 * expected);
    }
}

/// Expected and, in the summary's rounding, published to three decimals.
#[test]
fn the_hold_out_of_cdnow_by_frequency() {
    let model = bg_nbd();
    let (mut sums, mut counts) = ([0.0; 8], [0.0; 8]);
    for [x, recency, observation, _] in cdnow() {
        let known = customer(x, recency, observation);
        let bin = known.frequency().min(7) as usize;
        sums[bin] += model.expected_purchases(&known, 39.0);
        counts[bin] += 1.0;
    }
    let published = [0.225, 0.523, 1.044, 1.520, 2.164, 2.654, 3.504, 6.157];
    for (bin, expected) in published.into_iter().enumerate() {
        close(sums[bin] / counts[bin], expected, 1e-3);
    }
}

#[test]
fn retention_of_two_segments_is_that_of_fader_and_hardie() {
    let high_end = [1000.0, 869.0, 743.0, 653.0, 593.0, 551.0, 517.0, 491.0];
    let fitted = fit_s_bg(&[Cohort::new(high_end.to_vec()).unwrap()]).unwrap();
    all_close(fitted.model.parameters(), [0.668_088, 3.806_095]);
    close(fitted.log_likelihood, -1611.1581, 1e-4);
    close(fitted.model.survival(12), 0.3780, 5e-5);
    close(fitted.model.derl(7, 0.1).unwrap(), 7.530, 5e-4);
    // The first renewal is where the model is furthest off, by 1.8 points.
    let published = [1.0, 0.869, 0.743, 0.653, 0.593, 0.551, 0.517, 0.491];
    for (renewals, expected) in (0..).zip(published) {
        close(fitted.model.survival(renewals), expected, 0.02);
    }

    let regular = [1000.0, 631.0, 468.0, 382.0, 326.0, 289.0, 262.0, 241.0];
    let fitted = fit_s_bg(&[Cohort::new(regular.to_vec()).unwrap()]).unwrap();
    all_close(fitted.model.parameters(), [0.704_077, 1.182_043]);
    close(fitted.log_likelihood, -1680.2652, 1e-4);
    close(fitted.model.survival(12), 0.1700, 5e-5);
    // Eight years on, the projection is within half a point of what happened.
    for (renewals, actual) in (8..).zip([0.223, 0.207, 0.194, 0.183, 0.173]) {
        close(fitted.model.survival(renewals), actual, 0.005);
    }
}
