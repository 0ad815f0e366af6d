//! Effects of all shapes.

use super::curves::hill;
use crate::train::report::{
    CurvePoint, Effect, EffectShape, Level, Monotonicity, PairAxis, PairEffect, ReportData,
};

fn level(name: &str, log_odds: f64, rows: u64) -> Level {
    Level {
        name: name.to_owned(),
        log_odds,
        standard_error: Some(1.8 / (rows as f64).sqrt()),
        rows,
    }
}

fn effect(feature: &str, group: &str, importance: f64, shape: EffectShape) -> Effect {
    Effect {
        feature: feature.to_owned(),
        importance,
        cause_group: group.to_owned(),
        monotonicity: None,
        shape,
        missing: None,
    }
}

fn curve(points: &[(f64, f64)]) -> EffectShape {
    let (from, to) = (points[0].0, points[points.len() - 1].0);
    EffectShape::Curve {
        points: points
            .iter()
            .map(|&(x, log_odds)| CurvePoint {
                x,
                log_odds,
                standard_error: Some(0.04 + 0.08 * (x - from) / (to - from)),
            })
            .collect(),
        support: hill(from, to, 18),
    }
}

pub(super) fn effects() -> Vec<Effect> {
    let levels = |levels: &[(&str, f64, u64)]| {
        let level = |&(name, log_odds, rows): &(&str, f64, u64)| level(name, log_odds, rows);
        EffectShape::Levels(levels.iter().map(level).collect())
    };
    let tenure = [
        (0.0, 1.32),
        (2.0, 0.81),
        (6.0, 0.42),
        (15.0, 0.11),
        (29.0, -0.14),
        (45.0, -0.41),
        (60.0, -0.62),
        (72.0, -1.05),
    ];
    let charges = [
        (18.25, -0.31),
        (35.0, -0.22),
        (70.0, 0.05),
        (90.0, 0.21),
        (118.75, 0.33),
    ];
    let mut total = effect(
        "TotalCharges",
        "price",
        0.18,
        curve(&[(18.8, 0.2), (1400.0, 0.0), (8684.8, -0.45)]),
    );
    total.missing = Some(level("", 0.64, 11));
    let mut tenure = effect("tenure", "contract", 0.55, curve(&tenure));
    tenure.monotonicity = Some(Monotonicity::Falling);
    vec![
        effect(
            "Contract",
            "contract",
            0.61,
            levels(&[
                ("Month-to-month", 0.71, 3875),
                ("One year", -0.12, 1473),
                ("Two year", -0.81, 1695),
            ]),
        ),
        tenure,
        effect(
            "PaymentMethod",
            "payment",
            0.14,
            levels(&[
                ("Electronic check", 0.28, 2365),
                ("Mailed check", -0.08, 1612),
                ("Bank transfer (automatic)", -0.11, 1544),
                ("Credit card (automatic)", -0.15, 1522),
            ]),
        ),
        effect("MonthlyCharges", "price", 0.21, curve(&charges)),
        total,
        effect(
            "InternetService",
            "product",
            0.33,
            levels(&[
                ("Fiber optic", 0.44, 3096),
                ("DSL", -0.18, 2421),
                ("No", -0.61, 1526),
            ]),
        ),
        effect(
            "SeniorCitizen",
            "profile",
            0.04,
            levels(&[("yes", 0.19, 1142), ("no", -0.04, 5901)]),
        ),
        effect(
            "gender",
            "profile",
            0.002,
            levels(&[("Female", 0.002, 3488), ("Male", -0.002, 3555)]),
        ),
    ]
}

pub(super) fn pairs() -> Vec<PairEffect> {
    let cells = |x: u32, y: u32| {
        let cell = |x: u32, y: u32| 0.3 * (f64::from(x) * 0.7).cos() * (f64::from(y) * 0.9 - 1.0);
        (0..y)
            .map(|y| (0..x).map(|x| cell(x, y)).collect())
            .collect()
    };
    let edges = |from: f64, to: f64, cells: u32| {
        let width = (to - from) / f64::from(cells);
        PairAxis::Edges(
            (0..=cells)
                .map(|edge| from + width * f64::from(edge))
                .collect(),
        )
    };
    let levels = |names: &[&str]| PairAxis::Levels(names.iter().map(|n| (*n).to_owned()).collect());
    let pair = |first: &str, second: &str, importance, x, y, log_odds| PairEffect {
        first: first.to_owned(),
        second: second.to_owned(),
        importance,
        x,
        y,
        log_odds,
    };
    vec![
        pair(
            "tenure",
            "MonthlyCharges",
            0.09,
            edges(0.0, 72.0, 12),
            edges(18.25, 118.75, 10),
            cells(12, 10),
        ),
        pair(
            "tenure",
            "InternetService",
            0.07,
            edges(0.0, 72.0, 8),
            levels(&["DSL", "Fiber optic", "No"]),
            cells(8, 3),
        ),
        pair(
            "PaymentMethod",
            "Contract",
            0.03,
            levels(&[
                "Electronic check",
                "Mailed check",
                "Bank transfer (automatic)",
                "Credit card (automatic)",
            ]),
            levels(&["Month-to-month", "One year", "Two year"]),
            cells(4, 3),
        ),
    ]
}

/// Names the levels of the first category and of a pair.
pub(super) fn name_levels(data: &mut ReportData, names: &[&str]) {
    if let EffectShape::Levels(levels) = &mut data.effects[0].shape {
        *levels = names.iter().map(|name| level(name, 0.3, 100)).collect();
    }
    data.pairs[2].x = PairAxis::Levels(names.iter().map(|name| (*name).to_owned()).collect());
    names[0].clone_into(&mut data.pairs[2].second);
}
