//! Retention on a terminal.

use std::fmt;

use super::{Retention, RetentionHoldOut};
use crate::{
    model::value::SBg,
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
                "  last {periods} periods held out: mean absolute error of the share left {mean_absolute_error:.4}, with constant retention {naive_mean_absolute_error:.4}"
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
                "value so far",
            ],
        );
        for period in periods {
            let or_none = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
            table.row([
                period.period.to_string(),
                or_none(period.actual.map(percent)),
                percent(period.survival),
                or_none(period.retention.map(percent)),
                or_none(period.residual_lifetime.map(figure)),
                or_none(period.value.map(|value| format!("{value:.2}"))),
            ]);
        }
        write!(f, "{table}")?;
        write!(f, "  discounted by {discount_rate} a period")?;
        if let Some(margin) = margin {
            write!(
                f,
                "; value so far: margin {margin} at each renewal made,\n  the payment at the start not counted"
            )?;
        }
        Ok(())
    }
}
