//! What was written, for people and machines.

use std::fmt;

use serde_json::{Value, json};

use super::{CutOffRows, Snapshots};
use crate::train::{assess::terminal::wrapped, transactions::CleaningReport};

impl Snapshots {
    /// With stable names.
    #[must_use]
    pub fn json(&self) -> Value {
        let Self {
            output,
            purchases,
            columns,
            cut_offs,
            horizon_days,
            log_days: (first_day, through),
            notes,
            cleaning,
        } = self;
        json!({
            "output": output.display().to_string(),
            "purchases": purchases.as_ref().map(|path| path.display().to_string()),
            "columns": columns,
            "rows": self.rows(),
            "horizon_days": horizon_days,
            "log": { "first_day": first_day.to_string(), "complete_through": through.to_string() },
            "cut_offs": cut_offs.iter().map(cut_off).collect::<Value>(),
            "notes": notes,
            "cleaning": cleaning.as_ref().map(CleaningReport::json),
        })
    }

    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.cut_offs.iter().map(|cut_off| cut_off.rows).sum()
    }
}

fn cut_off(cut_off: &CutOffRows) -> Value {
    let CutOffRows {
        as_of,
        customers,
        rows,
        churned,
    } = cut_off;
    json!({
        "as_of": as_of.to_string(),
        "customers": customers,
        "rows": rows,
        "churned": churned,
    })
}

impl fmt::Display for Snapshots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(cleaning) = &self.cleaning {
            writeln!(f, "Log\n{cleaning}\n")?;
        }
        let (first_day, through) = self.log_days;
        writeln!(f, "log: {first_day} to {through}")?;
        for CutOffRows {
            as_of,
            customers,
            rows,
            churned,
        } in &self.cut_offs
        {
            write!(f, "  {as_of}: {rows} rows of {customers} customers")?;
            if let (Some(churned), Some(days)) = (churned, self.horizon_days) {
                let share = 100.0 * *churned as f64 / *rows as f64;
                write!(
                    f,
                    ", {share:.1} % without a purchase in the next {days} days"
                )?;
            }
            writeln!(f)?;
        }
        for note in &self.notes {
            writeln!(f, "{}", wrapped(&format!("note: {note}"), "", "  "))?;
        }
        let (rows, columns) = (self.rows(), self.columns.len());
        write!(
            f,
            "wrote {rows} rows, {columns} columns to\n  {}",
            self.output.display()
        )?;
        match &self.purchases {
            Some(path) => write!(f, "\nhow they were built\n  {}", path.display()),
            None => Ok(()),
        }
    }
}
