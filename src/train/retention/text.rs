//! Retention on a terminal.

use std::fmt;

use super::{Retention, RetentionHoldOut, RetentionPeriod};
use crate::{
    model::value::{ClvInterval, SBg},
    train::{
        assess::terminal::{TextTable, figure, percent},
        value::text,
    },
};

impl fmt::Display for Retention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            sources: _,
            cohorts,
            customers,
            fitted,
            hold_out,
            periods,
            discount_rate,
            margin,
        } = self;
        writeln!(
            f,
            "Retention by sBG, of {customers} customers in {cohorts} cohorts"
        )?;
        writeln!(
            f,
            "{}  log-likelihood {:.4}",
            text::parameters(
                &SBg::NAMES,
                &fitted.model.parameters(),
                &fitted.standard_errors
            ),
            fitted.log_likelihood
        )?;
        if let Some(RetentionHoldOut {
            periods,
            mean_absolute_error,
            naive_mean_absolute_error,
        }) = hold_out
        {
            writeln!(
                f,
                "  last {periods} periods held out: mean absolute error of the share left {mean_absolute_error:.4},\n  with constant retention {naive_mean_absolute_error:.4}"
            )?;
        }
        let mut table = TextTable::new(
            0,
            &[
                "period",
                "left",
                "expected",
                "retention",
                "residual lifetime",
            ],
        );
        for period in periods {
            table.row([
                period.period.to_string(),
                or_none(period.actual.map(percent)),
                percent(period.survival),
                or_none(period.retention.map(percent)),
                or_none(period.residual_lifetime.map(figure)),
            ]);
        }
        write!(f, "{table}")?;
        write!(f, "  discounted by {discount_rate} a period")?;
        if let Some(margin) = margin {
            write!(
                f,
                "\n\nValue, margin {margin} at each renewal\n{}",
                values(periods)
            )?;
            write!(
                f,
                "  payment: by the chance that the renewal is made, discounted to the start; so far: their\n  \
                 sum, the payment at the start not counted; ahead: of all later renewals, discounted to\n  \
                 the period that they follow"
            )?;
        }
        Ok(())
    }
}

fn values(periods: &[RetentionPeriod]) -> TextTable {
    let head = ["period", "payment", "so far", "90 % interval", "ahead"];
    let mut table = TextTable::new(0, &head);
    let money = |amount: Option<f64>| or_none(amount.map(|amount| format!("{amount:.2}")));
    for period in periods {
        let interval = period
            .value_interval
            .map(|ClvInterval { low, high, .. }| format!("{low:.2} to {high:.2}"));
        table.row([
            period.period.to_string(),
            money(period.payment),
            money(period.value),
            or_none(interval),
            money(period.value_ahead),
        ]);
    }
    table
}

fn or_none(text: Option<String>) -> String {
    text.unwrap_or_else(|| "-".to_owned())
}
