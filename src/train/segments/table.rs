//! A table of the customers and their groups, which appears whole or not at all.

use std::{
    fs::{self, File},
    io::{self, BufWriter},
    path::{Path, PathBuf},
    process,
};

use super::{SegmentsError, customers::Measured};
use crate::policy::{Placement, Segmentation};

/// The table's columns.
const COLUMNS: [&str; 16] = [
    "customer",
    "days_since_last_purchase",
    "purchases",
    "mean_spend",
    "recency_score",
    "frequency_score",
    "monetary_score",
    "segment",
    "cluster",
    "current_value",
    "current_tier",
    "potential_value",
    "potential_tier",
    "tier",
    "stage",
    "p_no_purchase",
];

/// A finished file that has not got its name yet; removed unless it gets it.
#[derive(Debug)]
pub(super) struct Written {
    unfinished: PathBuf,
    path: PathBuf,
}

impl Drop for Written {
    fn drop(&mut self) {
        // Nothing is left to do when it is gone, or will not go.
        let _ = fs::remove_file(&self.unfinished);
    }
}

impl Written {
    /// Writes the table beside the file that it becomes.
    pub(super) fn new(
        path: &Path,
        customers: &[(Measured<'_>, Placement)],
        segmentation: &Segmentation,
    ) -> Result<Self, SegmentsError> {
        let fault = |source| write_error(path, source);
        let Some(name) = path.file_name() else {
            let kind = io::ErrorKind::InvalidInput;
            return Err(fault(io::Error::new(kind, "is no file name")));
        };
        let mut hidden = std::ffi::OsString::from(".");
        hidden.push(name);
        hidden.push(format!(".{}.unfinished", process::id()));
        let written = Self {
            unfinished: path.with_file_name(hidden),
            path: path.to_owned(),
        };
        let file = File::create(&written.unfinished).map_err(fault)?;
        let file = write(file, customers, segmentation).map_err(fault)?;
        file.sync_all().map_err(fault)?;
        Ok(written)
    }

    /// Gives the file its name; one that is there is replaced.
    pub(super) fn finish(self) -> Result<(), SegmentsError> {
        fs::rename(&self.unfinished, &self.path).map_err(|source| write_error(&self.path, source))
    }
}

fn write_error(path: &Path, source: io::Error) -> SegmentsError {
    SegmentsError::Write {
        path: path.to_owned(),
        source,
    }
}

fn write(
    file: File,
    customers: &[(Measured<'_>, Placement)],
    segmentation: &Segmentation,
) -> io::Result<File> {
    let mut writer = csv::Writer::from_writer(BufWriter::new(file));
    writer.write_record(COLUMNS)?;
    let definitions = segmentation.policy.segments.definitions();
    for (customer, placement) in customers {
        let told = |value: Option<String>| value.unwrap_or_default();
        let rfm = customer.rfm;
        let score = |at: usize| {
            let scores = placement.scores?;
            let scores = [scores.recency, scores.frequency, scores.monetary];
            Some(scores[at].get().to_string())
        };
        // A prospect has brought in nothing, and is in no tier.
        let tier = |tier: crate::model::segments::Tier| rfm.map(|_| tier.to_string());
        writer.write_record([
            customer.id.to_owned(),
            told(rfm.map(|rfm| rfm.days_since_last().to_string())),
            told(rfm.map(|rfm| rfm.purchases().to_string())),
            told(rfm.map(|rfm| rfm.mean_spend().to_string())),
            told(score(0)),
            told(score(1)),
            told(score(2)),
            told(placement.segment.map(|at| definitions[at].name.clone())),
            told(placement.cluster.map(|at| (at + 1).to_string())),
            customer.current_value.to_string(),
            told(tier(placement.current_tier)),
            told(customer.potential_value.map(|value| value.to_string())),
            told(placement.potential_tier.map(|tier| tier.to_string())),
            told(tier(placement.tier)),
            placement.stage.as_str().to_owned(),
            told(customer.p_no_purchase.map(|p| p.to_string())),
        ])?;
    }
    let buffer = writer
        .into_inner()
        .map_err(|error| io::Error::from(error.error().kind()))?;
    buffer.into_inner().map_err(io::IntoInnerError::into_error)
}
