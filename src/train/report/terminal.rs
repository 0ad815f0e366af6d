//! What a run says at its end, for a terminal.

use std::{fmt, path::PathBuf};

use super::text::named;
use crate::{
    artifact::{ChurnContent, Identity},
    model::{Evaluation, Metrics, TrainingFacts},
    train::quality::{KeptTogether, OneSidedCategory, QualityReport, Redundancy},
};

/// The most columns left out that are listed; the published model names all.
const MAX_LEFT_OUT: usize = 100;

/// A published model.
#[derive(Debug, Clone)]
pub struct Trained {
    /// What was published.
    pub identity: Identity,
    /// What it holds.
    pub content: ChurnContent,
    /// The directory of models it was published to.
    pub models: PathBuf,
    /// What was found in the data.
    pub quality: QualityReport,
}

impl fmt::Display for Trained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            identity,
            content,
            models,
            quality: _, // told before the fit
        } = self;
        let TrainingFacts {
            fitted_rows,
            rows,
            seed,
            ridge_penalty,
            ..
        } = &content.training;
        let penalties = match ridge_penalty {
            Some(penalty) => format!("ridge penalty {penalty}"),
            None => "penalties chosen by the data".to_owned(),
        };
        writeln!(f, "Quality of the model")?;
        writeln!(
            f,
            "  fitted on {fitted_rows} of {rows} rows; split by seed {seed}; {penalties}"
        )?;
        write_evaluation(f, &content.evaluation)?;
        writeln!(f)?;
        let Identity {
            name,
            version,
            digest,
        } = identity;
        let directory = models.join(name.as_str()).join(version.to_string());
        writeln!(f, "Published {name} version {version}")?;
        writeln!(f, "  {}", directory.display())?;
        write!(f, "  sha256 {digest}")
    }
}

fn write_evaluation(f: &mut fmt::Formatter<'_>, evaluation: &Evaluation) -> fmt::Result {
    let Evaluation {
        held_out,
        held_out_figures: _,
        cross_validated,
        folds,
    } = evaluation;
    writeln!(
        f,
        "  {:<14} {:>8} {:>7} {:>8} {:>9} {:>8} {:>15}",
        "", "rows", "churn", "AUC", "log loss", "Brier", "top-decile lift"
    )?;
    write_metrics(f, "held out", held_out)?;
    match cross_validated {
        Some(metrics) => write_metrics(f, &format!("{folds}-fold mean"), metrics),
        None => Ok(()),
    }
}

fn write_metrics(f: &mut fmt::Formatter<'_>, label: &str, metrics: &Metrics) -> fmt::Result {
    let Metrics {
        rows,
        prevalence,
        area_under_curve,
        log_loss,
        brier_score,
        top_decile_lift,
    } = metrics;
    writeln!(
        f,
        "  {label:<14} {rows:>8} {:>6.1}% {area_under_curve:>8.4} {log_loss:>9.4} {brier_score:>8.4} {top_decile_lift:>15.2}",
        prevalence * 100.0,
    )
}

impl fmt::Display for QualityReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            rows,
            rows_without_outcome,
            duplicate_rows,
            duplicate_ids,
            columns,
            excluded,
            suspicions,
            kept_together,
            redundancies,
            one_sided,
        } = self;
        writeln!(f, "Data")?;
        writeln!(f, "  {rows} rows, {} columns", columns.len())?;
        for (count, what) in [
            (rows_without_outcome, "rows without an outcome, set aside"),
            (duplicate_rows, "rows that repeat an earlier row, kept"),
            (duplicate_ids, "rows that repeat an earlier id, kept"),
        ] {
            if *count > 0 {
                writeln!(f, "  {count} {what}")?;
            }
        }
        if let Some(why) = kept_together {
            let why = match why {
                KeptTogether::Group => "rows of one --group",
                KeptTogether::Id => "rows of one id",
                KeptTogether::Copies => "equal rows",
            };
            writeln!(f, "  {why} stay on one side of every split")?;
        }
        for column in columns {
            if let Some(example) = column.repaired_from {
                writeln!(
                    f,
                    "  {}: numbers spelled like {example}, read as numbers",
                    named(&column.name)
                )?;
            }
            if column.missing > 0 {
                writeln!(f, "  {}: {} missing", named(&column.name), column.missing)?;
            }
            if let Some(place) = &column.first_unparsable {
                writeln!(
                    f,
                    "  {}: {} values that are not of its kind, treated as missing; the first on {place}",
                    named(&column.name),
                    column.unparsable
                )?;
            }
        }
        if !excluded.is_empty() {
            writeln!(f, "Left out")?;
        }
        for column in excluded.iter().take(MAX_LEFT_OUT) {
            writeln!(f, "  {}: {}", named(&column.name), column.reason)?;
        }
        if let Some(more @ 1..) = excluded.len().checked_sub(MAX_LEFT_OUT) {
            writeln!(f, "  and {more} more")?;
        }
        for suspicion in suspicions {
            writeln!(
                f,
                "WARNING: {} predicts the outcome alone (AUC {:.3}); is it known before the customer leaves? If not, ignore it by --schema",
                named(&suspicion.column),
                suspicion.area_under_curve
            )?;
        }
        for Redundancy {
            first,
            second,
            correlation,
        } in redundancies
        {
            let (first, second) = (named(first), named(second));
            writeln!(
                f,
                "WARNING: {second} says the same as {first} (correlation {correlation:.4}); both are kept and share their effect, which neither tells alone"
            )?;
        }
        for OneSidedCategory {
            column,
            category,
            rows,
            churned,
        } in one_sided
        {
            let column = named(column);
            let value = category.as_deref().map_or("(no value)".to_owned(), named);
            let what = if *churned { "churned" } else { "stayed" };
            writeln!(
                f,
                "WARNING: all {rows} rows with {column} = {value} {what}; is it known before the customer leaves?"
            )?;
        }
        Ok(())
    }
}
