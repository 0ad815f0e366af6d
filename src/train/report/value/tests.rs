use super::{
    sample::{bare, cdnow, contracts, nasty, plain},
    *,
};
use crate::train::report::{
    Point,
    sample::NASTY,
    tests::check_page,
    verdict::{Statement, Tone},
};

fn said(data: &ValueReportData, topic: &str) -> Statement {
    let verdict = verdict::verdict(data);
    let found = verdict.statements.into_iter().find(|s| s.topic == topic);
    found.expect(topic)
}

#[test]
fn the_page_is_whole_and_loads_nothing() {
    for data in [cdnow(), contracts(), bare()] {
        let page = html(&data).unwrap();
        check_page(&page);
        assert!(!page.contains("http"));
    }
    let page = html(&cdnow()).unwrap();
    for shown in [
        "MBG/NBD",
        "champions",
        "1997-01",
        "calibration ends",
        "CLV / CAC",
        "line that repeats another",
        "6,896",
    ] {
        assert!(page.contains(shown), "{shown}");
    }
    assert!(!page.contains(">NaN<") && !page.contains(">inf<"));
}

#[test]
fn text_from_data_and_settings_is_harmless() {
    let page = html(&nasty()).unwrap();
    check_page(&page);
    assert!(page.contains("&lt;script&gt;alert(1)"));
    assert!(!page.contains('\u{202E}') && !page.contains('\u{0}'));
    let card = card(&nasty());
    for name in &NASTY[..3] {
        assert!(!card.contains(name), "{name}");
    }
    assert!(!card.contains("<script") && !card.contains("<img"));
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    assert_eq!(html(&cdnow()), html(&cdnow()));
    assert_eq!(card(&cdnow()), card(&cdnow()));
}

#[test]
fn large_data_makes_no_large_page() {
    let mut data = cdnow();
    let tracking = data.tracking.as_mut().unwrap();
    tracking.periods = vec![tracking.periods[3]; 20_000];
    let cohort = data.cohorts[0].clone();
    data.cohorts = vec![
        Cohort {
            active: vec![0.5; 240],
            ..cohort
        };
        240
    ];
    let segments = data.segments[0].clone();
    let row = SegmentRow {
        name: "a long name ".repeat(50),
        ..segments.rows[0].clone()
    };
    data.segments = vec![
        SegmentTable {
            rows: vec![row; 1000],
            ..segments
        };
        3
    ];
    data.cleaning = vec![data.cleaning[1].clone(); 1000];
    data.remarks = vec!["A remark.".repeat(100); 1000];
    let worth = data.worth.as_mut().unwrap();
    worth.by_period = vec![1.0; 10_000];
    let held = worth.concentration.as_mut().unwrap();
    held.lorenz = vec![Point { x: 0.5, y: 0.2 }; 100_000];
    let page = html(&data).unwrap();
    check_page(&page);
    assert!(page.len() < 1_000_000, "{} bytes", page.len());
    assert!(card(&data).len() < 50_000);
}

#[test]
fn odd_figures_are_drawn_or_left_out() {
    for odd in [
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        1e300,
        -1e300,
        0.0,
    ] {
        let mut data = cdnow();
        let tracking = data.tracking.as_mut().unwrap();
        tracking.periods[3].actual = odd;
        tracking.periods[4].expected_cumulative = odd;
        let hold_out = data.hold_out.as_mut().unwrap();
        hold_out.model.expected_purchases = odd;
        hold_out.own_rate.mean_absolute_error = odd;
        hold_out.by_frequency[1].actual = odd;
        hold_out.by_frequency[2].expected = odd;
        let worth = data.worth.as_mut().unwrap();
        worth.mean = plain(odd);
        worth.total.value = odd;
        worth.histogram[2].to = odd;
        worth.by_period[3] = odd;
        worth.concentration.as_mut().unwrap().lorenz[4].y = odd;
        data.maps.as_mut().unwrap().p_alive[1][2] = odd;
        data.maps.as_mut().unwrap().recency[1] = odd;
        data.cohorts[0].active[1] = odd;
        data.segments[0].rows[0].value_share = Some(odd);
        data.matrix.as_mut().unwrap().cells[0][0].value_share = odd;
        data.purchase_fits[1].parameters[0].standard_error = Some(odd);
        check_page(&html(&data).unwrap());
        assert!(!card(&data).contains("NaN"));
    }
}

#[test]
fn a_run_on_nearly_nothing_has_a_report_too() {
    let mut data = cdnow();
    data.log.customers = 0;
    data.log.lines = 0;
    data.cohorts.truncate(1);
    data.cohorts[0].active = vec![1.0];
    data.tracking.as_mut().unwrap().periods.truncate(1);
    let hold_out = data.hold_out.as_mut().unwrap();
    (hold_out.customers, hold_out.purchases) = (0, 0);
    hold_out.by_frequency.clear();
    let worth = data.worth.as_mut().unwrap();
    worth.histogram.clear();
    worth.by_period.clear();
    worth.concentration.as_mut().unwrap().lorenz.clear();
    let maps = data.maps.as_mut().unwrap();
    maps.frequency.clear();
    maps.recency.clear();
    maps.p_alive.clear();
    maps.expected_purchases.clear();
    data.segments[0].rows.clear();
    data.matrix.as_mut().unwrap().cells.clear();
    data.purchase_fits.clear();
    check_page(&html(&data).unwrap());
    assert!(card(&data).contains("## Caveats and recommendations"));
    assert_eq!(said(&data, "What it is").tone, Tone::Bad);
}

#[test]
fn the_verdict_follows_the_hold_out() {
    let mut data = cdnow();
    assert_eq!(verdict::verdict(&data).tone, Tone::Caution, "a fit failed");
    assert_eq!(said(&data, "Purchases").tone, Tone::Good);
    assert!(said(&data, "Purchases").text.contains("6.0\u{A0}% too few"));
    let hold_out = data.hold_out.as_mut().unwrap();
    hold_out.model.mean_absolute_error = hold_out.own_rate.mean_absolute_error;
    assert_eq!(said(&data, "Purchases").tone, Tone::Caution);
    data.hold_out.as_mut().unwrap().model.mean_absolute_error *= 1.1;
    assert_eq!(said(&data, "Purchases").tone, Tone::Bad);
    data.hold_out.as_mut().unwrap().model.expected_purchases = 4000.0;
    assert_eq!(said(&data, "Purchases").tone, Tone::Bad);
    data.hold_out = None;
    assert_eq!(said(&data, "Purchases").tone, Tone::Caution);
}

#[test]
fn the_verdict_warns_of_what_breaks_the_models() {
    let mut data = cdnow();
    assert_eq!(said(&data, "Spend and frequency").tone, Tone::Good);
    let spend = data.spend.as_mut().unwrap();
    spend.spend_by_frequency.as_mut().unwrap().value = -0.41;
    let warning = said(&data, "Spend and frequency");
    assert_eq!(warning.tone, Tone::Caution);
    assert!(warning.text.contains("−0.41") && warning.text.contains("spend less"));
    assert_eq!(said(&data, "Convergence").tone, Tone::Good);
    data.published.as_mut().unwrap().parameters[3].standard_error = None;
    assert_eq!(said(&data, "Convergence").tone, Tone::Caution);
    data.spend.as_mut().unwrap().convergence.converged = false;
    assert_eq!(said(&data, "Convergence").tone, Tone::Bad);
    data.purchase_fits.pop();
    assert_eq!(said(&data, "Doubts").tone, Tone::Good);
    data.log.repeat_customers = 7;
    data.terms.periods = 36;
    data.log.lines_used = 3000;
    let doubts = said(&data, "Doubts").text;
    for doubt in ["7 customers", "1096 days", "57\u{A0}%"] {
        assert!(doubts.contains(doubt), "{doubts}");
    }
}

#[test]
fn the_card_has_the_nine_sections_of_the_paper() {
    let card = card(&cdnow());
    let headings: Vec<&str> = card
        .lines()
        .filter_map(|line| line.strip_prefix("## "))
        .collect();
    assert_eq!(
        headings,
        [
            "Model details",
            "Intended use",
            "Factors",
            "Metrics",
            "Evaluation data",
            "Training data",
            "Quantitative analyses",
            "Ethical considerations",
            "Caveats and recommendations",
        ]
    );
    assert!(card.contains("MIT") && card.contains("0.7432"));
}

/// For looking at it: `HOLDFAST_SAMPLE_REPORT=directory cargo test writes_a_value_sample -- --ignored`.
#[test]
#[ignore = "writes files to look at"]
fn writes_a_value_sample() {
    let Some(directory) = std::env::var_os("HOLDFAST_SAMPLE_REPORT") else {
        return;
    };
    let directory = std::path::PathBuf::from(directory);
    let samples = [
        ("value", cdnow()),
        ("value-nasty", nasty()),
        ("value-bare", bare()),
        ("value-contracts", contracts()),
    ];
    for (name, data) in samples {
        std::fs::write(directory.join(format!("{name}.html")), html(&data).unwrap()).unwrap();
        std::fs::write(directory.join(format!("{name}.md")), card(&data)).unwrap();
    }
}
