//! Figures of value models on a terminal.

use std::fmt::{self, Write as _};

use crate::{
    model::{
        Correlation, FrequencyFigures, HoldOut, HoldOutFigures, PurchaseCandidate, SpendFigures,
        ValueFacts, value::PurchaseModelKind,
    },
    train::assess::terminal::{TextTable, figure, folded, percent, signed},
};

use super::spend::CORRELATION_TO_WARN_OF;

/// A model's parameters with their standard errors, on one line.
pub(in crate::train) fn parameters(names: &[&str], values: &[f64], errors: &[f64]) -> String {
    let mut line = String::new();
    for ((name, value), error) in names.iter().zip(values).zip(errors) {
        // Writing to a string never fails.
        let _ = write!(line, "  {name} {value:.4} (se {error:.4})");
    }
    line
}

/// What was expected of the hold-out, and what came.
pub(in crate::train) fn write_hold_out(
    f: &mut fmt::Formatter<'_>,
    hold_out: &HoldOut,
    model: &str,
    candidates: &[PurchaseCandidate],
) -> fmt::Result {
    let HoldOut {
        calibration_end,
        until,
        customers,
        purchases,
        silent_customers,
        model: figures,
        own_rate,
        common_rate,
        by_frequency,
        spend,
    } = hold_out;
    writeln!(f, "Hold-out: after {calibration_end}, to {until}")?;
    writeln!(
        f,
        "  {customers} customers made {purchases} purchases; {silent_customers} ({}) made none",
        percent(*silent_customers as f64 / (*customers).max(1) as f64)
    )?;
    if model == PurchaseModelKind::BgBb.as_str() {
        writeln!(
            f,
            "  (bg-bb: a purchase is a unit of time with one; only whole units count)"
        )?;
    }
    let mut table = TextTable::new(
        1,
        &[
            "",
            "expected",
            "MAE",
            "RMSE",
            "log score",
            "AUC (no purchase)",
            "mean P(none)",
        ],
    );
    let others = candidates.iter().filter(|other| other.kind != model);
    table.row(row(model, figures));
    for other in others {
        match (&other.hold_out, &other.failure) {
            (Some(figures), _) => table.row(row(&other.kind, figures)),
            (None, Some(_)) => table.row_of(vec![other.kind.clone(), "not fitted".to_owned()]),
            (None, None) => {}
        }
    }
    table.row(row("own rate", own_rate));
    table.row(row("common rate", common_rate));
    write!(f, "{table}")?;
    for other in candidates {
        if let Some(failure) = &other.failure {
            let kind = &other.kind;
            writeln!(f, "{}", folded(&format!("{kind} is not fitted: {failure}")))?;
        }
    }
    let mut table = TextTable::new(1, &["repeat purchases", "customers", "expected", "actual"]);
    for bin in by_frequency {
        table.row(of_frequency(bin));
    }
    write!(f, "{table}")?;
    if let Some(SpendFigures {
        actual,
        expected,
        mean_absolute_error,
        naive_mean_absolute_error,
    }) = spend
    {
        writeln!(
            f,
            "  spend: {expected:.2} expected, {actual:.2} came; MAE {mean_absolute_error:.2} a customer (own rate {naive_mean_absolute_error:.2})"
        )?;
    }
    Ok(())
}

fn row(name: &str, figures: &HoldOutFigures) -> [String; 7] {
    let HoldOutFigures {
        expected_purchases,
        mean_absolute_error,
        root_mean_squared_error,
        log_score,
        area_under_curve,
        silent_share,
    } = figures;
    let or_none = |value: &Option<f64>| value.map_or_else(|| "-".to_owned(), figure);
    [
        name.to_owned(),
        format!("{expected_purchases:.1}"),
        figure(*mean_absolute_error),
        figure(*root_mean_squared_error),
        or_none(log_score),
        or_none(area_under_curve),
        silent_share.map_or_else(|| "-".to_owned(), percent),
    ]
}

fn of_frequency(bin: &FrequencyFigures) -> [String; 4] {
    let FrequencyFigures {
        frequency,
        or_more,
        customers,
        actual,
        expected,
    } = bin;
    let more = if *or_more { "+" } else { "" };
    [
        format!("{frequency}{more}"),
        customers.to_string(),
        format!("{expected:.3}"),
        format!("{actual:.3}"),
    ]
}

/// Whether spend depends on frequency.
pub(in crate::train) fn write_dependence(
    f: &mut fmt::Formatter<'_>,
    facts: &ValueFacts,
) -> fmt::Result {
    let told = [
        ("frequency and mean spend", facts.spend_by_frequency),
        ("their logarithms", facts.spend_by_frequency_of_logarithms),
    ];
    for (what, correlation) in told {
        if let Some(Correlation {
            value,
            interval,
            p_value,
        }) = correlation
        {
            writeln!(
                f,
                "  correlation of {what}: {} ({} to {}, p {})",
                signed(value),
                signed(interval.low),
                signed(interval.high),
                if p_value < 0.001 {
                    "< 0.001".to_owned()
                } else {
                    format!("{p_value:.3}")
                },
            )?;
        }
    }
    Ok(())
}

/// What must be known before the model is trusted, each a sentence.
pub(in crate::train) fn warnings(facts: &ValueFacts, hold_out: Option<&HoldOut>) -> Vec<String> {
    let mut warnings = Vec::new();
    let dependences = [
        facts.spend_by_frequency,
        facts.spend_by_frequency_of_logarithms,
    ];
    let far =
        |found: &Correlation| found.value.abs() > CORRELATION_TO_WARN_OF && found.p_value < 0.05;
    if let Some(found) = dependences.into_iter().flatten().find(far) {
        warnings.push(format!(
            "spend per purchase depends on frequency (correlation {}), which Gamma-Gamma denies: lifetime values of frequent customers are biased",
            signed(found.value)
        ));
    }
    if facts.weak_prior {
        warnings.push(
            "hardly anyone seems to leave, or all by the same chance: the log does not tell the parameters of leaving, and a weak prior decides them"
                .to_owned(),
        );
    }
    match hold_out {
        None => warnings.push(
            "nothing was held out: how well the model foretells purchases is not known".to_owned(),
        ),
        Some(hold_out) => {
            let (ours, naive) = (&hold_out.model, &hold_out.common_rate);
            if ours.root_mean_squared_error > naive.root_mean_squared_error {
                warnings.push(
                    "in the hold-out the model was no better than one rate for all customers"
                        .to_owned(),
                );
            }
        }
    }
    warnings
}

/// A warning on a terminal.
pub(in crate::train) fn write_warnings(
    f: &mut fmt::Formatter<'_>,
    warnings: &[String],
) -> fmt::Result {
    for warning in warnings {
        writeln!(f, "{}", folded(&format!("WARNING: {warning}")))?;
    }
    Ok(())
}
