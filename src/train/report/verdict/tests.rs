use super::*;
use crate::train::report::{
    Figure, Interval, SuspiciousColumn,
    sample::{figure, telco},
};

/// The tone and the text of what is said about a topic.
fn said(data: &ReportData, topic: &str) -> (Tone, String) {
    let statements = verdict(data).statements;
    let statement = statements.into_iter().find(|s| s.topic == topic).unwrap();
    (statement.tone, statement.text)
}

fn with_area(value: f64) -> ReportData {
    let mut data = telco();
    data.performance.held_out.area_under_curve = Figure {
        value,
        interval: None,
    };
    data
}

#[test]
fn ranking_follows_the_cut_offs() {
    for (area, tone, words) in [
        (0.55, Tone::Bad, "hardly better than chance"),
        (0.65, Tone::Caution, "weakly"),
        (0.70, Tone::Good, "acceptably"),
        (0.80, Tone::Good, "well"),
        (0.95, Tone::Good, "very well"),
    ] {
        let (found, text) = said(&with_area(area), "Ranking");
        assert_eq!(found, tone, "{area}");
        assert!(text.contains(words), "{text}");
    }
}

#[test]
fn a_ranking_too_good_to_be_true_is_doubted() {
    let (tone, text) = said(&with_area(0.985), "Doubts");
    assert_eq!(tone, Tone::Bad);
    assert!(text.contains("higher than churn usually allows"), "{text}");
    assert_eq!(verdict(&with_area(0.985)).tone, Tone::Bad);
}

#[test]
fn reach_is_judged_by_what_is_possible() {
    let mut data = telco();
    data.performance.held_out.top_decile_lift = figure(1.1, 0.1);
    assert_eq!(said(&data, "Reach").0, Tone::Caution);
    // Where six in ten leave, nobody can do better than 1.67 times the average.
    data.performance.held_out.prevalence = 0.6;
    assert_eq!(said(&data, "Reach").0, Tone::Good);
}

#[test]
fn probabilities_follow_the_cut_offs() {
    let mut data = telco();
    for (error, tone) in [(0.02, Tone::Good), (0.04, Tone::Caution), (0.08, Tone::Bad)] {
        data.performance.held_out.calibration_error = Some(figure(error, 0.0));
        assert_eq!(said(&data, "Probabilities").0, tone, "{error}");
    }
    data.performance.held_out.calibration_error = None;
    assert_eq!(said(&data, "Probabilities").0, Tone::Caution);
}

#[test]
fn the_plain_model_is_beaten_only_beyond_chance() {
    let mut data = telco();
    for (saved, half, words, tone) in [
        (0.010, 0.004, "better than a plain", Tone::Good),
        (0.010, 0.020, "as well as a plain", Tone::Good),
        (0.001, 0.000, "as well as a plain", Tone::Good),
        (-0.01, 0.004, "worse than a plain", Tone::Bad),
    ] {
        let plain = data.performance.plain.as_mut().unwrap();
        plain.log_loss_saved = figure(saved, half);
        let (found, text) = said(&data, "Worth the effort");
        assert_eq!(found, tone);
        assert!(text.contains(words), "{text}");
    }
}

#[test]
fn the_few_that_matter_are_named() {
    let (_, text) = said(&telco(), "What matters");
    assert!(
        text.starts_with("Contract and tenure make up 56\u{A0}%"),
        "{text}"
    );
    assert!(
        text.contains("contract (34\u{A0}%) and price (22\u{A0}%)"),
        "{text}"
    );
}

#[test]
fn profit_that_is_none_is_said() {
    let mut data = telco();
    assert_eq!(said(&data, "Profit").0, Tone::Good);
    data.profit.as_mut().unwrap().advised.profit = 0.0;
    assert_eq!(said(&data, "Profit").0, Tone::Caution);
}

#[test]
fn doubts_are_raised_one_by_one() {
    let mut clean = telco();
    clean.slices.clear();
    let (tone, text) = said(&clean, "Doubts");
    assert_eq!(tone, Tone::Good);
    assert!(text.contains("Nothing suspicious"), "{text}");
    assert_eq!(verdict(&clean).headline, "Ready to be used");

    let mut leak = clean.clone();
    leak.quality.suspicions.push(SuspiciousColumn {
        column: "cancelled_on".to_owned(),
        evidence: "AUC 0.999 alone".to_owned(),
    });
    assert!(said(&leak, "Doubts").1.starts_with("cancelled_on may know"));

    let mut few = clean.clone();
    few.performance.held_out.rows = 200;
    assert!(
        said(&few, "Doubts")
            .1
            .contains("Only 53 customers who left")
    );

    let mut odd = clean.clone();
    odd.performance
        .cross_validated
        .as_mut()
        .unwrap()
        .area_under_curve = figure(0.80, 0.01);
    assert!(said(&odd, "Doubts").1.contains("easier than the folds"));

    let (tone, text) = said(&telco(), "Doubts");
    assert_eq!(tone, Tone::Caution);
    assert!(
        text.contains("on 1 of 6 slices, such as SeniorCitizen = yes"),
        "{text}"
    );
}

#[test]
fn slices_are_marked_only_beyond_chance() {
    let data = telco();
    let overall = &data.performance.held_out;
    let mut slice = data.slices[0].clone();
    assert_eq!(slice_concerns(&slice, overall), []);
    slice.area_under_curve = Some(Figure {
        value: 0.75,
        interval: Some(Interval {
            low: 0.70,
            high: 0.80,
        }),
    });
    slice.calibration_gap = 0.06;
    assert_eq!(
        slice_concerns(&slice, overall),
        [SliceConcern::Ranking, SliceConcern::Calibration]
    );
    // Of so few rows chance makes such a gap.
    slice.rows = 20;
    assert_eq!(slice_concerns(&slice, overall), [SliceConcern::Ranking]);
}
