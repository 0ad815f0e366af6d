//! The TOML file that says how a table's purchase features were built.
//! `holdfast-train snapshots` writes it beside the table, and `holdfast-train
//! churn` reads it.
//!
//! ```toml
//! refunds = "net"       # net, drop or keep
//! occasion = "day"      # day or invoice
//! currency = "USD"
//! windows_days = [30, 90, 180, 365]
//! ```

use std::{
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::text_file::{self, TextFileError};
use crate::{
    customer::{Currency, InvalidCurrency, Occasion, Refunds},
    train::snapshots::{InvalidWindows, PurchaseFeatureRules, PurchaseFeatures},
};

/// How the file's name ends, after the table's.
const ENDING: &str = ".purchases.toml";

/// Rules of purchase features that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PurchasesFileError {
    /// It is no such file.
    #[error(transparent)]
    File(#[from] TextFileError),
    /// Nobody said what the money is in.
    #[error(
        "the purchase features have no currency: take the snapshots with --currency, or add `currency = \"EUR\"` (or what it is) to the --purchases file"
    )]
    NoCurrency,
    /// Not a currency.
    #[error("the purchase features' currency {0}")]
    Currency(#[from] InvalidCurrency),
    /// No windows.
    #[error("the purchase features' windows_days {0}")]
    Windows(#[from] InvalidWindows),
}

/// The rules as they are written.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PurchasesToml {
    refunds: RefundsToml,
    occasion: OccasionToml,
    currency: Option<String>,
    windows_days: Vec<u32>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum RefundsToml {
    Net,
    Drop,
    Keep,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum OccasionToml {
    Day,
    Invoice,
}

/// Reads such a file.
pub(super) fn read(path: &Path) -> Result<PurchasesToml, PurchasesFileError> {
    Ok(text_file::toml(path)?)
}

impl PurchasesToml {
    /// What is to be known of a table, of a log whose currency may be unknown.
    pub(super) fn of(
        refunds: Refunds,
        occasion: Occasion,
        currency: Option<&str>,
        windows_days: &[u32],
    ) -> Self {
        Self {
            refunds: match refunds {
                Refunds::Net => RefundsToml::Net,
                Refunds::Drop => RefundsToml::Drop,
                Refunds::Keep => RefundsToml::Keep,
            },
            occasion: match occasion {
                Occasion::Day => OccasionToml::Day,
                Occasion::Invoice => OccasionToml::Invoice,
            },
            currency: currency.map(str::to_owned),
            windows_days: windows_days.to_vec(),
        }
    }

    /// Writes it beside a table that is there; the path that it has then.
    pub(super) fn write_beside(&self, table: &Path) -> io::Result<PathBuf> {
        let text = toml::to_string(self).map_err(io::Error::other)?;
        let path = beside(table);
        fs::write(&path, text)?;
        Ok(path)
    }

    /// The rules.
    pub(super) fn rules(&self) -> Result<PurchaseFeatureRules, PurchasesFileError> {
        let currency = self.currency.as_ref();
        let currency = currency.ok_or(PurchasesFileError::NoCurrency)?;
        let refunds = match self.refunds {
            RefundsToml::Net => Refunds::Net,
            RefundsToml::Drop => Refunds::Drop,
            RefundsToml::Keep => Refunds::Keep,
        };
        Ok(PurchaseFeatureRules {
            features: PurchaseFeatures::new(&self.windows_days, refunds)?,
            occasion: match self.occasion {
                OccasionToml::Day => Occasion::Day,
                OccasionToml::Invoice => Occasion::Invoice,
            },
            currency: currency.parse::<Currency>()?,
        })
    }
}

/// Removes what was written beside an earlier table of the same path: it must
/// not outlive that table.
pub(super) fn remove_beside(table: &Path) -> io::Result<()> {
    match fs::remove_file(beside(table)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

fn beside(table: &Path) -> PathBuf {
    let mut path = OsString::from(table);
    path.push(ENDING);
    path.into()
}
