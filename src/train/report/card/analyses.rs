//! Quantitative analyses: the whole, and slice by slice.

use super::markdown::{Card, code};
use crate::train::report::{
    Figure, Figures, ReportData, Slice,
    text::{NONE, count, figure, percent, rounded, signed},
    verdict::slice_concerns,
};

/// At most so many slices are listed: those that do worse first, then the largest.
const MOST_SLICES: usize = 60;

pub(super) fn section(card: &mut Card, data: &ReportData) {
    card.heading("Quantitative analyses");
    let held_out = &data.performance.held_out;
    card.table(&["figure", "held out (interval)"], &figures(held_out));
    if data.slices.is_empty() {
        return;
    }
    card.paragraph("By slice of the held-out rows; ▼ marks slices where the model does worse than chance explains.");
    let mut slices: Vec<(&Slice, bool)> = data
        .slices
        .iter()
        .map(|slice| (slice, !slice_concerns(slice, held_out).is_empty()))
        .collect();
    slices.sort_by(|(a, worse_a), (b, worse_b)| {
        let by_name = || (&a.column, &a.value).cmp(&(&b.column, &b.value));
        worse_b
            .cmp(worse_a)
            .then(b.rows.cmp(&a.rows))
            .then_with(by_name)
    });
    let rows: Vec<Vec<String>> = slices
        .iter()
        .take(MOST_SLICES)
        .map(|(slice, worse)| row(slice, *worse))
        .collect();
    let head = [
        "slice",
        "rows",
        "churn",
        "AUC",
        "log loss",
        "calibration gap",
        "",
    ];
    card.table(&head, &rows);
    if slices.len() > MOST_SLICES {
        let all = count(slices.len() as u64);
        card.paragraph(&format!("The first {MOST_SLICES} of {all} slices."));
    }
}

fn figures(of: &Figures) -> Vec<Vec<String>> {
    let lines: [(&str, Option<Figure>, usize); 10] = [
        ("AUC", Some(of.area_under_curve), 4),
        ("PR-AUC", of.pr_area_under_curve, 4),
        ("Gini", of.gini, 4),
        ("KS", of.kolmogorov_smirnov, 4),
        ("log loss", Some(of.log_loss), 4),
        ("Brier score", Some(of.brier_score), 4),
        ("calibration error", of.calibration_error, 4),
        ("top-decile lift", Some(of.top_decile_lift), 2),
        ("maximum profit per customer", of.maximum_profit, 3),
        ("EMPC per customer", of.expected_maximum_profit, 3),
    ];
    lines
        .into_iter()
        .filter_map(|(name, value, decimals)| {
            Some(vec![name.to_owned(), figure(&value?, decimals)])
        })
        .collect()
}

fn row(slice: &Slice, worse: bool) -> Vec<String> {
    let area = slice.area_under_curve.as_ref();
    vec![
        format!("{} = {}", code(&slice.column), code(&slice.value)),
        count(slice.rows),
        percent(slice.prevalence, 1),
        area.map_or_else(|| NONE.to_owned(), |area| figure(area, 3)),
        rounded(slice.log_loss, 3),
        signed(slice.calibration_gap, 3),
        if worse { "▼" } else { "" }.to_owned(),
    ]
}
