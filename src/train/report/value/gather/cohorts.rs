//! Customers by the month of their first purchase.

use std::collections::BTreeMap;

use crate::{
    customer::{Day, PurchaseHistory, Refunds},
    train::report::value::Cohort,
};

/// Months since the year 0.
fn month(day: Day) -> i64 {
    let (year, month, _) = day.date();
    12 * year + month - 1
}

/// The last month that was observed to its end.
fn last_whole_month(last: Day) -> i64 {
    let next = last.plus_days(1).map_or(month(last), month);
    if next > month(last) {
        month(last)
    } else {
        month(last) - 1
    }
}

/// In order of time; months without a first purchase are left out.
pub(super) fn of(histories: &[PurchaseHistory<'_>], refunds: Refunds, last: Day) -> Vec<Cohort> {
    let whole = last_whole_month(last);
    let mut cohorts: BTreeMap<i64, (u64, Vec<u64>)> = BTreeMap::new();
    for history in histories {
        let mut months = history.purchases(refunds).map(|bought| month(bought.day));
        let Some(first) = months.next() else { continue };
        let length = usize::try_from(whole - first).unwrap_or(0) + 1;
        let (customers, active) = cohorts.entry(first).or_insert_with(|| (0, vec![0; length]));
        *customers += 1;
        active[0] += 1;
        let mut before = first;
        for later in months.filter(|later| *later <= whole) {
            let since = usize::try_from(later - first).unwrap_or(0);
            if later > before
                && let Some(active) = active.get_mut(since)
            {
                *active += 1;
                before = later;
            }
        }
    }
    cohorts
        .into_iter()
        .map(|(first, (customers, active))| Cohort {
            month: format!(
                "{:04}-{:02}",
                first.div_euclid(12),
                first.rem_euclid(12) + 1
            ),
            customers,
            active: active
                .into_iter()
                .map(|active| active as f64 / customers as f64)
                .collect(),
        })
        .collect()
}
