//! What was found in the data.

use super::Findings;
use crate::train::{
    KeptTogether, OneSidedCategory, QualityReport,
    plan::{Exclusion, Plan, Values},
    report::{
        CollinearPair, ColumnFacts, DataQuality, LeftOut, SuspiciousColumn,
        text::{counted, rounded},
    },
};

pub(super) fn of(findings: &Findings<'_>) -> DataQuality {
    let plan = findings.design.plan;
    let QualityReport {
        rows,
        rows_without_outcome,
        duplicate_rows,
        duplicate_ids,
        kept_together: _,
        columns,
        excluded,
        suspicions,
        redundancies,
        one_sided: _,
    } = findings.quality;
    let columns = columns.iter().map(|column| ColumnFacts {
        name: column.name.clone(),
        kind: kind(plan, &findings.training.target, &column.name).to_owned(),
        missing: column.missing as u64,
        distinct: column.distinct as u64,
        unparsable: column.unparsable as u64,
        first_unparsable: column.first_unparsable.as_ref().map(ToString::to_string),
    });
    let left_out = excluded.iter().map(|column| LeftOut {
        column: column.name.clone(),
        reason: column.reason.clone(),
    });
    let suspicions = suspicions.iter().map(|suspicion| SuspiciousColumn {
        column: suspicion.column.clone(),
        evidence: format!(
            "by itself it ranks customers with an AUC of {}",
            rounded(suspicion.area_under_curve, 4)
        ),
    });
    let collinear = redundancies.iter().map(|pair| CollinearPair {
        first: pair.first.clone(),
        second: pair.second.clone(),
        correlation: pair.correlation,
    });
    DataQuality {
        rows: *rows as u64,
        rows_without_outcome: *rows_without_outcome as u64,
        duplicate_rows: *duplicate_rows as u64,
        duplicate_ids: *duplicate_ids as u64,
        columns: columns.collect(),
        left_out: left_out.collect(),
        suspicions: suspicions.collect(),
        collinear: collinear.collect(),
        remarks: remarks(findings.quality),
    }
}

fn kind(plan: &Plan<'_>, target: &str, name: &str) -> &'static str {
    if name == target {
        return "target";
    }
    let feature = plan.features.iter().find(|feature| feature.name == name);
    if let Some(feature) = feature {
        return match feature.values {
            Values::Numbers(_) => "number",
            Values::Texts(_) => "category",
            Values::Flags(..) => "flag",
        };
    }
    let excluded = plan.excluded.iter().find(|(excluded, _)| excluded == name);
    match excluded.map(|(_, exclusion)| exclusion) {
        Some(Exclusion::Id) => "id",
        Some(Exclusion::Group) => "group",
        Some(Exclusion::Time) => "time",
        Some(Exclusion::Weight) => "weight",
        Some(
            Exclusion::Ignored
            | Exclusion::Outcome
            | Exclusion::Empty
            | Exclusion::Constant
            | Exclusion::IdentifyingNumbers { .. }
            | Exclusion::IdentifyingTexts { .. }
            | Exclusion::Dates { .. }
            | Exclusion::AmbiguousNumbers { .. }
            | Exclusion::Leak { .. },
        )
        | None => "left out",
    }
}

fn remarks(quality: &QualityReport) -> Vec<String> {
    let together = quality.kept_together.map(|together| {
        let what = match together {
            KeptTogether::Group => "of one group",
            KeptTogether::Id => "of one customer",
            KeptTogether::Copies => "that are equal in every column",
        };
        format!("Rows {what} are on one side of every split.")
    });
    let repaired = quality.columns.iter().filter_map(|column| {
        let example = column.repaired_from?;
        let name = &column.name;
        Some(format!(
            "{name}: numbers are spelled as in {example}, and were read as such."
        ))
    });
    let one_sided = quality.one_sided.iter().map(one_sided);
    together
        .into_iter()
        .chain(repaired)
        .chain(one_sided)
        .collect()
}

fn one_sided(category: &OneSidedCategory) -> String {
    let OneSidedCategory {
        column,
        category,
        rows,
        churned,
    } = category;
    let value = category.as_deref().unwrap_or("(missing)");
    let outcome = if *churned { "churned" } else { "stayed" };
    let rows = counted(*rows as u64, "row", "rows");
    format!("{column} = {value}: all {rows} {outcome}. Check that the value is known beforehand.")
}
