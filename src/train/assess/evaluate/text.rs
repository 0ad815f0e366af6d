//! An evaluation for a terminal.

use std::fmt;

use super::{Drift, Evaluated, SliceFigures};
use crate::{
    model::Figure,
    train::assess::{
        scored::UnusualValues,
        terminal::{TextTable, figure, fitted_here, folded, interval, name, percent},
    },
};

impl fmt::Display for Evaluated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            identity,
            rows,
            rows_without_outcome,
            ..
        } = self;
        writeln!(
            f,
            "{} version {} on {rows} rows",
            identity.name, identity.version
        )?;
        if self.trained_on_these_files {
            writeln!(f, "  {}", fitted_here("the model was"))?;
        }
        if *rows_without_outcome > 0 {
            writeln!(
                f,
                "  {rows_without_outcome} rows without an outcome, set aside"
            )?;
        }
        write!(f, "\nFigures, with 95 % intervals\n{}", self.figures())?;
        write!(
            f,
            "\nDeciles, highest scores first\n{}",
            self.decile_table()
        )?;
        write!(f, "\nCalibration\n{}", self.calibration_table())?;
        if !self.slices.is_empty() {
            write!(f, "\nSlices\n{}", slice_table(&self.slices))?;
        }
        if !self.unusual.is_empty() {
            write!(
                f,
                "\nUnusual values, by rows\n{}",
                unusual_table(&self.unusual)
            )?;
        }
        write!(f, "\n{}", folded(&drift(&self.drift)))
    }
}

impl Evaluated {
    fn figures(&self) -> TextTable {
        let mut table = TextTable::new(1, &["", "value", "95 % interval"]);
        for kind in Figure::ALL {
            let Some(value) = kind.of(&self.measured.assessment) else {
                continue;
            };
            let plausible = self.measured.intervals.get(&kind).copied();
            table.row([kind.label().to_owned(), figure(value), interval(plausible)]);
        }
        table
    }

    fn decile_table(&self) -> TextTable {
        let header = [
            "decile",
            "rows",
            "churners",
            "predicted",
            "churned",
            "lift",
            "gain",
        ];
        let mut table = TextTable::new(1, &header);
        for decile in &self.deciles {
            table.row([
                decile.decile.to_string(),
                format!("{:.0}", decile.rows),
                format!("{:.0}", decile.churners),
                percent(decile.mean_probability),
                percent(decile.churn_rate),
                format!("{:.2}", decile.lift),
                percent(decile.cumulative_gain),
            ]);
        }
        table
    }

    fn calibration_table(&self) -> TextTable {
        let mut table = TextTable::new(0, &["rows", "predicted", "churned", "95 % interval"]);
        for bin in &self.calibration {
            table.row([
                bin.rows.to_string(),
                percent(bin.mean_probability),
                percent(bin.churn_rate),
                format!(
                    "{} to {}",
                    percent(bin.interval.low),
                    percent(bin.interval.high)
                ),
            ]);
        }
        table
    }
}

fn slice_table(slices: &[SliceFigures]) -> TextTable {
    let header = [
        "column",
        "value",
        "rows",
        "churned",
        "predicted",
        "AUC",
        "interval",
        "log loss",
    ];
    let mut table = TextTable::new(2, &header);
    for slice in slices {
        let churned = slice.churners as f64 / slice.rows as f64;
        let mut row = vec![
            name(&slice.column),
            name(&slice.value),
            slice.rows.to_string(),
            percent(churned),
        ];
        match &slice.measured {
            Some(measured) => {
                let area = measured.intervals.get(&Figure::AreaUnderCurve);
                row.extend([
                    percent(measured.assessment.mean_probability),
                    format!("{:.3}", measured.assessment.metrics.area_under_curve),
                    area.map_or_else(String::new, |area| {
                        format!("{:.3}–{:.3}", area.low, area.high)
                    }),
                    figure(measured.assessment.metrics.log_loss),
                ]);
            }
            None => row.push("one outcome only".to_owned()),
        }
        table.row_of(row);
    }
    table
}

fn unusual_table(unusual: &[UnusualValues]) -> TextTable {
    let header = [
        "feature",
        "missing",
        "of another kind",
        "unknown category",
        "out of range",
        "",
    ];
    let mut table = TextTable::new(1, &header);
    for values in unusual {
        table.row([
            name(&values.feature),
            values.missing.to_string(),
            values.wrong_kind.to_string(),
            values.unknown_category.to_string(),
            values.out_of_range.to_string(),
            if values.no_column {
                "no such column"
            } else {
                ""
            }
            .to_owned(),
        ]);
    }
    table
}

fn drift(drift: &Drift) -> String {
    let Drift {
        published_prevalence,
        prevalence,
        beyond_chance,
    } = *drift;
    let advice = if beyond_chance {
        "That is more than chance explains: check what changed, and consider `holdfast-train recalibrate`."
    } else {
        "That is within chance."
    };
    format!(
        "{} of the rows churned; {} did where the model was evaluated before it was published. {advice}",
        percent(prevalence),
        percent(published_prevalence),
    )
}
