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
            published: _,
            trained_on_these_files,
            rows,
            churners,
            method,
            before,
            after,
            published_area,
            area,
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
        let ranking = format!(
            "AUC on these rows {}, published {}.",
            figure(*area),
            figure(*published_area)
        );
        let gain = format!(
            "The log loss changes by {} (standard error {}).",
            signed(-gain),
            figure(*standard_error)
        );
        write!(
            f,
            "{}\n{}\n{}",
            folded(&ranking),
            folded(&gain),
            folded(&self.verdict())
        )
    }
}

impl Recalibrated {
    fn verdict(&self) -> String {
        let mut doubts = Vec::new();
        if !self.is_better() {
            doubts.push("The new calibration is not better by more than one standard error.");
        }
        if !self.ranks_as_published() {
            doubts.push("The model ranks these rows far worse than when it was published: check --target and --positive, or train anew.");
        }
        let doubts = doubts.join(" ");
        match &self.published {
            Some(identity) => {
                let forced = if doubts.is_empty() {
                    String::new()
                } else {
                    format!(" {doubts} It was published by --force.")
                };
                format!(
                    "Published {} version {} (sha256 {}): effects and explanations are those of version {}.{forced}",
                    identity.name, identity.version, identity.digest, self.from.version,
                )
            }
            None => {
                format!("Nothing is published. {doubts} Publish it all the same by --force.")
            }
        }
    }
}
