//! A made-up fit that looks like a telecommunications company's, for tests.

mod curves;
mod effects;

use super::{
    Asked, BrierParts, Candidate, CardNotes, CauseShare, Coefficient, CollinearPair, ColumnFacts,
    DataFile, DataQuality, Figure, Figures, FoldFigures, Interval, LeftOut, Performance,
    PlainComparison, ReportData, Slice, SuspiciousColumn,
};

/// Names that try to break out of HTML, SVG and Markdown.
pub(super) const NASTY: [&str; 4] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror='alert(2)'>",
    "a|b`c* [link](https://example.com) </svg></style>",
    "\u{202E}txet desrever\u{0}",
];

/// A fit as one would hope for.
pub(super) fn telco() -> ReportData {
    ReportData {
        asked: asked(),
        quality: quality(),
        performance: performance(),
        candidates: candidates(),
        curves: curves::curves(),
        calibrations: curves::calibrations(),
        profit: Some(curves::profit()),
        effects: effects::effects(),
        pairs: effects::pairs(),
        causes: causes(),
        coefficients: coefficients(),
        slices: slices(),
        folds: folds(),
        watch: curves::watch(),
        notes: CardNotes {
            data_source: Some("IBM sample data, Telco Customer Churn".to_owned()),
            data_licence: Some("Apache-2.0".to_owned()),
            ..CardNotes::default()
        },
    }
}

/// The same with nasty names wherever a name comes from the data.
pub(super) fn nasty() -> ReportData {
    let mut data = telco();
    let [script, image, link, reversed] = NASTY.map(str::to_owned);
    data.asked.model.clone_from(&script);
    data.asked.definition.clone_from(&image);
    data.asked.files[0].name.clone_from(&link);
    data.asked.config_toml.push_str(&script);
    data.quality.columns[1].name.clone_from(&script);
    data.quality.columns[2].kind.clone_from(&image);
    data.quality.left_out[0].reason.clone_from(&link);
    data.quality.suspicions.push(SuspiciousColumn {
        column: image.clone(),
        evidence: script.clone(),
    });
    data.quality.remarks.push(script.clone());
    data.candidates[0].name.clone_from(&script);
    data.effects[0].feature.clone_from(&script);
    data.effects[1].feature.clone_from(&image);
    data.effects[2].cause_group.clone_from(&reversed);
    let chinese = "信用卡自动扣款客户名称";
    effects::name_levels(&mut data, &[&script, &image, &link, &reversed, chinese]);
    data.causes[0].features.push(image.clone());
    data.coefficients[0].column.clone_from(&link);
    data.slices[0].value.clone_from(&script);
    data.slices[1].column.clone_from(&link);
    data.watch.features[0].feature.clone_from(&image);
    data.calibrations[0].name.clone_from(&script);
    data.notes.contact = Some(link);
    data
}

pub(super) fn figure(value: f64, half: f64) -> Figure {
    Figure {
        value,
        interval: Some(Interval {
            low: value - half,
            high: value + half,
        }),
    }
}

fn asked() -> Asked {
    Asked {
        model: "telco-churn".to_owned(),
        version: Some("3".to_owned()),
        definition: "the customer cancels the contract".to_owned(),
        horizon_days: Some(30),
        target: "Churn".to_owned(),
        positive: "Yes".to_owned(),
        purchase_features: None,
        files: vec![DataFile {
            name: "Telco-Customer-Churn.csv".to_owned(),
            sha256: "16320c9c1ec72448db59aa0a26a0b95401046bef5d02fd3aeb906448e3055e91".to_owned(),
            rows: 7043,
        }],
        rows: 7043,
        fitted_rows: 5634,
        held_out_rows: 1409,
        split: "stratified, 20 % held out".to_owned(),
        seed: 42,
        trainer_version: "0.2.0".to_owned(),
        command: Some("holdfast-train churn --data Telco-Customer-Churn.csv --target Churn --positive Yes --id customerID --name telco-churn".to_owned()),
        config_toml: "target = \"Churn\"\npositive = \"Yes\"\nseed = 42\n\n[search]\nbend = true\npairs = 5\n".to_owned(),
    }
}

fn quality() -> DataQuality {
    let column = |name: &str, kind: &str, missing, distinct| ColumnFacts {
        name: name.to_owned(),
        kind: kind.to_owned(),
        missing,
        distinct,
        unparsable: 0,
        first_unparsable: None,
    };
    let mut total = column("TotalCharges", "number", 11, 6530);
    total.unparsable = 3;
    total.first_unparsable = Some("line 489".to_owned());
    DataQuality {
        rows: 7045,
        rows_without_outcome: 2,
        duplicate_rows: 22,
        duplicate_ids: 0,
        columns: vec![
            column("customerID", "id", 0, 7043),
            column("gender", "category", 0, 2),
            column("SeniorCitizen", "flag", 0, 2),
            column("tenure", "number", 0, 73),
            column("Contract", "category", 0, 3),
            column("InternetService", "category", 0, 3),
            column("PaymentMethod", "category", 0, 4),
            column("MonthlyCharges", "number", 0, 1585),
            total,
            column("Churn", "target", 0, 2),
        ],
        left_out: vec![LeftOut {
            column: "customerID".to_owned(),
            reason: "the customer's id".to_owned(),
        }],
        suspicions: Vec::new(),
        collinear: vec![CollinearPair {
            first: "tenure".to_owned(),
            second: "TotalCharges".to_owned(),
            correlation: 0.826,
        }],
        remarks: vec!["Thousands separators were read in 3 columns.".to_owned()],
    }
}

fn figures(rows: u64, shift: f64) -> Figures {
    Figures {
        rows,
        prevalence: 0.2654,
        area_under_curve: figure(0.8493 + shift, 0.0187),
        pr_area_under_curve: Some(figure(0.664 + shift, 0.041)),
        log_loss: figure(0.4098 - shift, 0.0211),
        brier_score: figure(0.1342 - shift, 0.0078),
        brier_parts: Some(BrierParts {
            reliability: 0.0012,
            resolution: 0.0620,
            uncertainty: 0.1950,
        }),
        calibration_error: Some(figure(0.0187, 0.0061)),
        kolmogorov_smirnov: Some(figure(0.5402, 0.034)),
        gini: Some(figure(0.6986 + 2.0 * shift, 0.0374)),
        top_decile_lift: figure(2.81, 0.22),
        maximum_profit: Some(figure(5.9214, 0.91)),
        expected_maximum_profit: Some(figure(6.0431, 0.93)),
    }
}

fn performance() -> Performance {
    Performance {
        held_out: figures(1409, 0.0),
        cross_validated: Some(figures(7043, -0.0011)),
        confidence: 0.95,
        bootstrap_samples: 1000,
        plain: Some(PlainComparison {
            area_under_curve: 0.8421,
            log_loss: 0.4196,
            area_gained: figure(0.0072, 0.0031),
            log_loss_saved: figure(0.0098, 0.0041),
        }),
    }
}

fn candidates() -> Vec<Candidate> {
    let candidate = |name: &str, parameters: &str, log_loss, area, chosen| Candidate {
        name: name.to_owned(),
        parameters: parameters.to_owned(),
        log_loss,
        log_loss_standard_error: 0.0038,
        area_under_curve: area,
        chosen,
    };
    vec![
        candidate("straight", "penalty 1", 0.4193, 0.8418, false),
        candidate("bent", "8 knots, penalty 3", 0.4131, 0.8472, true),
        candidate("bent", "16 knots, penalty 3", 0.4127, 0.8474, false),
        candidate(
            "bent and pairs",
            "8 knots, 5 pairs, penalty 3",
            0.4119,
            0.8485,
            false,
        ),
    ]
}

fn causes() -> Vec<CauseShare> {
    [
        ("contract", 0.34, ["Contract", "tenure"]),
        ("price", 0.22, ["MonthlyCharges", "TotalCharges"]),
        ("product", 0.17, ["InternetService", "OnlineSecurity"]),
        ("payment", 0.11, ["PaymentMethod", "PaperlessBilling"]),
        ("service", 0.09, ["TechSupport", "StreamingTV"]),
        ("profile", 0.05, ["SeniorCitizen", "Dependents"]),
        ("other", 0.02, ["PhoneService", "MultipleLines"]),
    ]
    .map(|(group, share, features)| CauseShare {
        group: group.to_owned(),
        share,
        features: features.map(str::to_owned).to_vec(),
    })
    .to_vec()
}

fn coefficients() -> Vec<Coefficient> {
    [
        ("Contract = Month-to-month", 0.7124, Some(0.0412)),
        ("Contract = Two year", -0.8123, Some(0.0731)),
        ("tenure", -0.0312, Some(0.0021)),
        ("MonthlyCharges", 0.0041, None),
    ]
    .map(|(column, estimate, standard_error)| Coefficient {
        column: column.to_owned(),
        estimate,
        standard_error,
    })
    .to_vec()
}

fn slices() -> Vec<Slice> {
    [
        ("gender", "Female", 697, 0.269, Some(0.846), -0.004),
        ("gender", "Male", 712, 0.262, Some(0.853), 0.003),
        ("Contract", "Month-to-month", 772, 0.427, Some(0.762), 0.011),
        ("Contract", "One year", 297, 0.112, Some(0.792), -0.009),
        ("Contract", "Two year", 340, 0.028, None, -0.002),
        ("SeniorCitizen", "yes", 231, 0.417, Some(0.801), -0.083),
    ]
    .map(|(column, value, rows, prevalence, area, gap)| Slice {
        column: column.to_owned(),
        value: value.to_owned(),
        rows,
        prevalence,
        area_under_curve: area.map(|area| figure(area, 0.04)),
        log_loss: 0.41,
        calibration_gap: gap,
    })
    .to_vec()
}

fn folds() -> Vec<FoldFigures> {
    (0..15_u32)
        .map(|index| {
            let wobble = (f64::from(index) * 2.7).sin();
            FoldFigures {
                repeat: index / 5 + 1,
                fold: index % 5 + 1,
                rows: 1409,
                area_under_curve: 0.848 + 0.009 * wobble,
                log_loss: 0.413 - 0.011 * wobble,
                brier_score: 0.135 - 0.004 * wobble,
            }
        })
        .collect()
}
