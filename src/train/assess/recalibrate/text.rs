//! A recalibration for a terminal.

use std::fmt;

use super::Recalibrated;
use crate::train::assess::terminal::{
    TextTable, figure, fitted_here, folded, name, percent, signed,
};

impl fmt::Display for Recalibrated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            from,
            published,
            trained_on_these_files,
            rows,
            churners,
            method,
            before,
            after,
            gain,
            standard_error,
            unusual,
        } = self;
        writeln!(
            f,
            "{} version {}: calibration by {rows} rows",
            from.name, from.version
        )?;
        writeln!(
            f,
            "  {} churned; method: {method}",
            percent(*churners as f64 / *rows as f64)
        )?;
        if *trained_on_these_files {
            writeln!(f, "  {}", fitted_here("the model was"))?;
        }
        for values in unusual {
            writeln!(
                f,
                "  {}: {} missing ({} of another kind), {} unknown categories, {} out of range",
                name(&values.feature),
                values.missing,
                values.wrong_kind,
                values.unknown_category,
                values.out_of_range
            )?;
        }
        let mut table = TextTable::new(1, &["", "before", "after, cross-fitted"]);
        for (label, before, after) in [
            ("log loss", before.log_loss, after.log_loss),
            ("Brier score", before.brier_score, after.brier_score),
            (
                "calibration error",
                before.calibration_error,
                after.calibration_error,
            ),
            (
                "mean probability",
                before.mean_probability,
                after.mean_probability,
            ),
        ] {
            table.row([label.to_owned(), figure(before), figure(after)]);
        }
        write!(f, "\n{table}\n")?;
        let verdict = match (published, self.is_better()) {
            (Some(identity), better) => format!(
                "{} version {} (sha256 {}): effects and explanations are those of version {}.{}",
                identity.name,
                identity.version,
                identity.digest,
                from.version,
                if better { "" } else { " It is no better, and was published by --force." },
            ),
            (None, _) => "Nothing is published: the new calibration is not better by more than one standard error. Publish it all the same by --force.".to_owned(),
        };
        let gain = format!(
            "The log loss changes by {} (standard error {}).",
            signed(-gain),
            figure(*standard_error)
        );
        let said = if published.is_some() {
            "Published "
        } else {
            ""
        };
        write!(
            f,
            "{}\n{}",
            folded(&gain),
            folded(&format!("{said}{verdict}"))
        )
    }
}
