//! Cohorts, segments, tiers and indicators.

use crate::train::report::value::{
    Cohort, Indicators, Level, MatrixCell, SegmentRow, SegmentTable, TierRow, Tiering, ValueMatrix,
};

pub(super) fn cohorts() -> Vec<Cohort> {
    let cohort = |(index, (month, customers)): (usize, (&str, u64))| Cohort {
        month: month.to_owned(),
        customers,
        active: (0_i32..)
            .take(18 - index)
            .map(|since| {
                if since == 0 {
                    1.0
                } else {
                    0.16 * 0.94_f64.powi(since)
                        + 0.03 * (f64::from(since * 5) + index as f64).sin().abs()
                }
            })
            .collect(),
    };
    [("1997-01", 782), ("1997-02", 864), ("1997-03", 711)]
        .into_iter()
        .enumerate()
        .map(cohort)
        .collect()
}

pub(super) fn segments() -> Vec<SegmentTable> {
    let rows = |named: &[(&str, u64, f64, f64, f64, f64)]| -> Vec<SegmentRow> {
        named
            .iter()
            .map(
                |&(name, customers, current, potential, value_share, churn)| SegmentRow {
                    name: name.to_owned(),
                    customers,
                    customer_share: customers as f64 / 2357.0,
                    mean_current_value: Some(current),
                    mean_potential_value: Some(potential),
                    value_share: Some(value_share),
                    churn: Some(churn),
                },
            )
            .collect()
    };
    vec![
        SegmentTable {
            title: "RFM segments".to_owned(),
            rule: "Quintiles of recency, number of purchases and mean spend per purchase, fitted on the observed days.".to_owned(),
            rows: rows(&[
                ("champions", 211, 182.1, 41.9, 0.412, 0.41),
                ("loyal", 302, 96.4, 18.2, 0.256, 0.62),
                ("at risk", 184, 71.8, 9.1, 0.078, 0.79),
                ("hibernating", 1660, 31.2, 3.3, 0.254, 0.93),
            ]),
        },
        SegmentTable {
            title: "Clusters".to_owned(),
            rule: "k-means on standardised recency, frequency and spend; k = 3 by the silhouette.".to_owned(),
            rows: rows(&[
                ("cluster 1", 1500, 30.0, 3.1, 0.22, 0.94),
                ("cluster 2", 700, 70.0, 10.0, 0.33, 0.8),
                ("cluster 3", 157, 210.0, 61.5, 0.45, 0.4),
            ]),
        },
    ]
}

pub(super) fn matrix() -> ValueMatrix {
    let cell = |customers: u64, value_share, tier: &str| MatrixCell {
        customers,
        customer_share: customers as f64 / 2357.0,
        value_share,
        tier: Some(tier.to_owned()),
    };
    let levels = |medium: f64, high: f64| {
        let level = |(name, from_value): (&str, _)| Level {
            name: name.to_owned(),
            from_value,
        };
        [
            ("low", None),
            ("medium", Some(medium)),
            ("high", Some(high)),
        ]
        .map(level)
        .to_vec()
    };
    ValueMatrix {
        current_days: 365,
        current: levels(29.33, 79.37),
        potential: levels(4.1, 14.2),
        cells: vec![
            vec![
                cell(1421, 0.09, "low"),
                cell(122, 0.05, "medium"),
                cell(9, 0.01, "medium"),
            ],
            vec![
                cell(190, 0.04, "low"),
                cell(201, 0.11, "medium"),
                cell(77, 0.1, "high"),
            ],
            vec![
                cell(31, 0.01, "medium"),
                cell(98, 0.09, "high"),
                cell(208, 0.5, "high"),
            ],
        ],
        tiering: Some(Tiering {
            rule: "The top 20 % of customers by value are high, the next 30 % medium.".to_owned(),
            tiers: [
                ("high", 471_u64, 0.67, 0.55),
                ("medium", 707, 0.23, 0.84),
                ("low", 1179, 0.1, 0.95),
            ]
            .map(|(name, customers, value_share, churn)| TierRow {
                name: name.to_owned(),
                customers,
                customer_share: customers as f64 / 2357.0,
                value_share,
                churn: Some(churn),
            })
            .to_vec(),
        }),
    }
}

pub(super) fn indicators() -> Indicators {
    Indicators {
        window_days: 90,
        churn_rate: Some(0.742),
        retention_rate: Some(0.258),
        repurchase_rate: Some(0.493),
        renewal_rate: None,
        average_lifetime_value: Some(9.1018),
        acquisition_cost: Some(6.5),
        value_to_cost: Some(1.4003),
        satisfaction: Some(0.81),
        net_promoter_score: Some(23.0),
    }
}
