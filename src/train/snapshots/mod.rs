//! What was known of every customer at a cut-off day, and what came of it.
//!
//! log ([`Histories`]) → days ([`CutOffs`]) → table ([`TableKind`]) → file. One
//! row for each customer and cut-off. Two tables: *features*, of the one
//! implementation that scoring uses, with what happened within a horizon beside
//! them; *summary*, the frequency, recency and observation time that
//! buy-till-you-die models want, with a hold-out.

mod cut_off;
mod error;
mod file;
mod histories;
mod row;
mod text;

use std::path::PathBuf;

pub use cut_off::CutOffs;
pub use error::SnapshotError;
pub use histories::Histories;

pub use crate::features::purchases::{InvalidWindows, PurchaseFeatureRules, PurchaseFeatures};
use crate::{
    customer::{Day, TimeUnit},
    features::purchases::DISTINCT_PRODUCTS,
    train::transactions::CleaningReport,
};
use cut_off::CutOff;
use file::TableFile;
use row::Rows;

/// The column of the customer's id.
pub const CUSTOMER: &str = "customer";
/// The column of the cut-off day.
pub const AS_OF: &str = "as_of";
/// The column of the outcome of a panel for churn: `yes` or `no`.
pub const CHURNED: &str = "churned";

/// The usual windows of features, in days.
pub const WINDOWS_DAYS: [u32; 4] = PurchaseFeatures::WINDOWS_DAYS;

/// Which table of which days.
#[derive(Debug, Clone, PartialEq)]
pub struct SnapshotRequest {
    /// The cut-off days.
    pub cut_offs: CutOffs,
    /// How far ahead outcomes look, in days; `None` for no outcomes.
    pub horizon_days: Option<u32>,
    /// To when the log tells every purchase; its last day where not stated.
    pub complete_through: Option<Day>,
    /// What the rows tell.
    pub table: TableKind,
    /// Where the table goes: CSV, within gzip if it ends on `.gz`. What is there
    /// is replaced once the new file is whole.
    pub output: PathBuf,
}

/// What the rows tell.
#[derive(Debug, Clone, PartialEq)]
pub enum TableKind {
    /// [`PurchaseFeatures`] of the customers who bought within the last
    /// `active_days` (ever, if `None`), and an outcome where there is a horizon.
    Features {
        /// The windows, in days.
        windows_days: Vec<u32>,
        /// How long ago the last purchase may be.
        active_days: Option<u32>,
        /// What is told of the horizon.
        outcome: Outcome,
    },
    /// [`crate::customer::PurchaseSummary`] and mean repeat spend of everybody
    /// who bought, with purchases and spend of the horizon as a hold-out.
    Summary {
        /// What time is counted in.
        unit: TimeUnit,
    },
}

/// What is told of the time after the cut-off.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Outcome {
    /// `churned`: no purchase.
    #[default]
    Churned,
    /// How many purchases, and what they brought in: both tell of churn, so that
    /// they are no company for a column `churned`.
    Purchases,
}

/// What was written.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshots {
    /// The file.
    pub output: PathBuf,
    /// The file beside it that tells how its features were built, where there
    /// is one.
    pub purchases: Option<PathBuf>,
    /// Its columns.
    pub columns: Vec<String>,
    /// Each cut-off, the earliest first.
    pub cut_offs: Vec<CutOffRows>,
    /// How far the outcomes look ahead, in days.
    pub horizon_days: Option<u32>,
    /// The log's first day, and the one to which it is complete.
    pub log_days: (Day, Day),
    /// What the reader of the table should know.
    pub notes: Vec<String>,
    /// What each rule of cleaning did to the log, where one was read.
    pub cleaning: Option<CleaningReport>,
}

/// The rows of one cut-off.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CutOffRows {
    /// The day.
    pub as_of: Day,
    /// Customers who had bought by then.
    pub customers: u64,
    /// Those of them that have a row.
    pub rows: u64,
    /// Rows without a purchase within the horizon, where there is one.
    pub churned: Option<u64>,
}

/// Writes the table.
///
/// # Errors
///
/// When the log does not reach as far as the days that are asked for, nobody has
/// a row, or the file cannot be written; nothing is at its place then that was
/// not there before.
pub fn snapshots(
    request: &SnapshotRequest,
    histories: &Histories<'_>,
) -> Result<Snapshots, SnapshotError> {
    let log_days = histories.log_days(request.complete_through)?;
    let cut_offs = request.cut_offs.within(log_days, request.horizon_days)?;
    let rows = Rows::new(request, histories)?;
    let mut columns = vec![CUSTOMER.to_owned(), AS_OF.to_owned()];
    columns.extend(rows.columns());
    let mut file = TableFile::create(&request.output, &columns)?;
    let mut written = Vec::with_capacity(cut_offs.len());
    for cut_off in &cut_offs {
        written.push(write(&rows, *cut_off, histories, &mut file)?);
    }
    file.finish()?;
    Ok(Snapshots {
        output: request.output.clone(),
        purchases: None,
        columns,
        horizon_days: request.horizon_days,
        cleaning: None,
        notes: notes(&request.table, &cut_offs, log_days),
        cut_offs: written,
        log_days,
    })
}

fn write(
    rows: &Rows,
    cut_off: CutOff,
    histories: &Histories<'_>,
    file: &mut TableFile,
) -> Result<CutOffRows, SnapshotError> {
    let mut found = CutOffRows {
        as_of: cut_off.as_of,
        customers: 0,
        rows: 0,
        churned: cut_off.until.map(|_| 0),
    };
    let as_of = cut_off.as_of.to_string();
    let mut cells = Vec::new();
    for (id, history) in histories.iter() {
        let Some(days_since_last) = rows.days_since_last(history, cut_off.as_of) else {
            continue;
        };
        found.customers += 1;
        if !rows.include(days_since_last) {
            continue;
        }
        cells.clear();
        rows.tell(history, cut_off, &mut cells);
        file.row(id, &as_of, &cells)?;
        found.rows += 1;
        if let Some(churned) = &mut found.churned {
            *churned += u64::from(rows.churned(history, cut_off));
        }
    }
    if found.rows == 0 {
        return Err(SnapshotError::NobodyThere {
            as_of: cut_off.as_of,
            customers: found.customers,
        });
    }
    Ok(found)
}

fn notes(table: &TableKind, cut_offs: &[CutOff], (first_day, _): (Day, Day)) -> Vec<String> {
    let mut notes = Vec::new();
    let Some(earliest) = cut_offs.first() else {
        return notes;
    };
    if let TableKind::Features { windows_days, .. } = table {
        let known = i64::from(earliest.as_of.days_since(first_day)) + 1;
        let short: Vec<String> = windows_days
            .iter()
            .filter(|&&days| i64::from(days) > known)
            .map(ToString::to_string)
            .collect();
        if !short.is_empty() {
            notes.push(format!(
                "at {} the log goes back {known} days: windows of {} days hold no more than that, \
                 and more at later cut-offs; --windows-days chooses shorter ones",
                earliest.as_of,
                short.join(", ")
            ));
        }
    }
    let overlap = cut_offs
        .windows(2)
        .any(|pair| pair[0].until.is_some_and(|until| until > pair[1].as_of));
    if let (true, Some(until)) = (overlap, earliest.until) {
        notes.push(format!(
            "outcomes of some cut-offs reach beyond the next cut-off: split by time with \
             --embargo-days {}, so that no row is fitted on whose outcome came later than what \
             is measured on was known",
            until.days_since(earliest.as_of)
        ));
    }
    notes
}

#[cfg(test)]
mod tests;
