//! Money, lengths of time and names of models, as the report says them.

use super::data::{PurchaseFit, ValueReportData, ValueTerms};
use crate::{
    customer::{Occasion, Refunds, TimeUnit},
    train::report::text::{NONE, compact, count, counted, listed, rounded, short},
};

/// The longest name of a currency that is shown whole.
const CURRENCY: usize = 8;

/// An amount with its currency: whole from 1,000 on, never broken over lines.
pub(super) fn money(terms: &ValueTerms, amount: f64) -> String {
    if !amount.is_finite() {
        return NONE.to_owned();
    }
    let number = match amount.abs() {
        size if size >= 1e12 => compact(amount),
        size if size >= 999.995 => {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "between 1,000 and 10^12"
            )]
            let whole = count(size.round() as u64);
            if amount < 0.0 {
                format!("−{whole}")
            } else {
                whole
            }
        }
        _ => rounded(amount, 2),
    };
    match &terms.currency {
        Some(currency) => format!("{number}\u{A0}{}", short(currency, CURRENCY)),
        None => number,
    }
}

/// The currency as the unit of an axis.
pub(super) fn currency(terms: &ValueTerms) -> String {
    terms
        .currency
        .as_deref()
        .map_or_else(|| "money".to_owned(), |currency| short(currency, CURRENCY))
}

/// A number of days, with as many decimals as it has.
pub(super) fn days(days: f64) -> String {
    format!("{} days", rounded(days, usize::from(days.fract() != 0.0)))
}

/// How far a lifetime value looks ahead, such as `12 periods of 30.4 days`.
pub(super) fn lifetime(terms: &ValueTerms) -> String {
    match named(terms.period_days) {
        Some((one, many)) => counted(terms.periods.into(), one, many),
        None => format!(
            "{} of {}",
            counted(terms.periods.into(), "period", "periods"),
            days(terms.period_days)
        ),
    }
}

/// What people call a length of time, for one of it and for many.
fn named(days: f64) -> Option<(&'static str, &'static str)> {
    let names = [
        (1.0, "day", "days"),
        (7.0, "week", "weeks"),
        (30.4375, "month", "months"),
        (365.25, "year", "years"),
    ];
    let found = names
        .into_iter()
        .find(|(length, ..)| (days - length).abs() < 1e-9)?;
    Some((found.1, found.2))
}

/// One period of a lifetime value.
pub(super) fn period(terms: &ValueTerms) -> String {
    match named(terms.period_days) {
        Some((one, _)) => one.to_owned(),
        None => format!("period of {}", days(terms.period_days)),
    }
}

/// The plural of a unit of time.
pub(super) fn unit(unit: TimeUnit) -> &'static str {
    match unit {
        TimeUnit::Day => "days",
        TimeUnit::Week => "weeks",
    }
}

/// The purchase model that was chosen.
pub(super) fn chosen(data: &ValueReportData) -> Option<&PurchaseFit> {
    data.purchase_fits.iter().find(|fit| fit.chosen)
}

/// The fit that is published.
pub(super) fn published(data: &ValueReportData) -> Option<&PurchaseFit> {
    data.published.as_ref().or_else(|| chosen(data))
}

/// The models in words, such as `BG/NBD for purchases and Gamma-Gamma for spend`.
pub(super) fn models(data: &ValueReportData) -> String {
    let purchases = chosen(data).map(|fit| format!("{} for purchases", short(&fit.name, 40)));
    let spend = data
        .spend
        .as_ref()
        .map(|spend| format!("{} for spend", short(&spend.name, 40)));
    let contracts = data
        .retention
        .as_ref()
        .map(|_| "sBG for contracts".to_owned());
    let parts: Vec<String> = [purchases, spend, contracts]
        .into_iter()
        .flatten()
        .collect();
    if parts.is_empty() {
        return "no model".to_owned();
    }
    listed(&parts)
}

/// What counts as one purchase, in words.
pub(super) fn occasion(occasion: Occasion) -> &'static str {
    match occasion {
        Occasion::Day => "all of a customer on one day being one",
        Occasion::Invoice => "each invoice being one",
    }
}

/// How refunds were treated, in words.
pub(super) fn refunds(refunds: Refunds) -> &'static str {
    match refunds {
        Refunds::Net => "netted: they lower what a customer brought in",
        Refunds::Drop => "dropped, as if they had never been",
        Refunds::Keep => "kept apart: spend is what was bought",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms() -> ValueTerms {
        crate::train::report::value::sample::cdnow().terms
    }

    #[test]
    fn money_reads_well() {
        for (amount, text) in [
            (0.0, "0.00\u{A0}USD"),
            (-12.345, "−12.35\u{A0}USD"),
            (999.996, "1,000\u{A0}USD"),
            (-71_509.9, "−71,510\u{A0}USD"),
            (4e13, "4.0e13\u{A0}USD"),
            (f64::NAN, NONE),
        ] {
            let said = money(&terms(), amount);
            assert!(said == text || amount > 1e12, "{said}");
        }
    }

    #[test]
    fn lengths_of_time_read_well() {
        let mut terms = terms();
        assert_eq!(lifetime(&terms), "12 months");
        assert_eq!(period(&terms), "month");
        terms.period_days = 90.5;
        assert_eq!(lifetime(&terms), "12 periods of 90.5 days");
        assert_eq!(days(273.0), "273 days");
    }
}
