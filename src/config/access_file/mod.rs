//! The TOML file of who may ask, `docs/security.md` by example.
//!
//! ```toml
//! [[principals]]
//! name = "shop"
//! scopes = ["score", "read-models"]
//! models = ["telco-churn"]                 # all where left out
//! quota = { calls_per_second = 100, calls_burst = 200, rows_per_second = 10000 }
//! keys = ["sha256:9f86…"]                  # of its API keys
//! certificates = ["dns:shop.example.com"]  # names of its client certificates
//! tokens = [{ issuer = "company", subject = "svc-shop" }]
//!
//! [[issuers]]
//! name = "company"
//! issuer = "https://id.example.com/"
//! audiences = ["holdfast"]
//! algorithms = ["ES256"]
//! jwks_url = "https://id.example.com/jwks.json"   # or jwks_file
//! scopes = ["score"]      # the most for subjects that are no principal's
//! ```

mod issuers;
mod principals;
mod watch;

use std::{
    collections::BTreeSet,
    num::NonZeroU32,
    path::{Path, PathBuf},
};

use serde::Deserialize;

use super::{
    document::{Document, FileFaults},
    text_file::{self, TextFileError},
};
use crate::{
    access::{ANYONE, Models, Rate, Rates, Scope, Scopes, Stated},
    artifact::ModelName,
    customer::Violations,
};

pub use watch::live;

/// The longest name of a principal or an issuer, in bytes.
const MAX_NAME_BYTES: usize = 100;
/// What is said of a longer one, or another.
pub(super) const NOT_PLAIN: &str = "must be 1 to 100 of a-z, A-Z, 0-9, -, _, ., @ and /";

/// An access file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum AccessFileError {
    /// It cannot be read.
    #[error(transparent)]
    File(#[from] TextFileError),
    /// It is no TOML, or what it states cannot be.
    #[error("{}: {faults}", path.display())]
    Faults {
        /// The file.
        path: PathBuf,
        /// Every fault, with its line.
        faults: FileFaults,
    },
}

/// What a file states, and the files of keys that it names.
#[derive(Debug)]
pub struct AccessFile {
    /// What it states.
    pub stated: Stated,
    key_files: Vec<PathBuf>,
}

/// Reads an access file.
///
/// # Errors
///
/// When it cannot be read, or anything in it is at fault: all of it at once.
pub fn read(path: &Path) -> Result<AccessFile, AccessFileError> {
    let text = text_file::read(path)?;
    parse(&text).map_err(|faults| AccessFileError::Faults {
        path: path.to_owned(),
        faults,
    })
}

/// Reads the text of an access file.
///
/// # Errors
///
/// Every fault, by its line.
pub fn parse(text: &str) -> Result<AccessFile, FileFaults> {
    let mut document = Document::parse(text);
    let issuers = issuers::read(&mut document);
    let names: Vec<&str> = issuers
        .0
        .iter()
        .map(|issuer| issuer.name.as_str())
        .collect();
    let principals = principals::read(&mut document, &names);
    let faults = document.finish();
    if !faults.is_empty() {
        return Err(faults);
    }
    let (issuers, key_files) = issuers;
    Ok(AccessFile {
        stated: Stated {
            principals,
            issuers,
        },
        key_files,
    })
}

/// Whether a name may stand in log lines as it is.
pub(super) fn is_plain(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.@/".contains(&b);
    (1..=MAX_NAME_BYTES).contains(&name.len()) && name.bytes().all(plain)
}

/// A name that stands in log lines. A colon would make it one of a token.
fn check_name(name: &str, taken: &[String], field: &str, faults: &mut Violations) {
    if !is_plain(name) {
        faults.push(field, NOT_PLAIN);
    } else if name == ANYONE {
        faults.push(field, "stands for callers who show nothing");
    } else if taken.iter().any(|other| other == name) {
        faults.push(field, "is there twice");
    }
}

fn read_scopes(names: &[String], field: &str, faults: &mut Violations) -> Scopes {
    let mut read = |(at, name): (usize, &String)| {
        let scope = name.parse::<Scope>();
        scope
            .map_err(|error| faults.push(&format!("{field}[{at}]"), error.to_string()))
            .ok()
    };
    names.iter().enumerate().filter_map(&mut read).collect()
}

fn read_models(names: Option<&Vec<String>>, field: &str, faults: &mut Violations) -> Models {
    names.map_or(Models::All, |names| {
        Models::Named(read_model_names(names, field, faults))
    })
}

pub(super) fn read_model_names(
    names: &[String],
    field: &str,
    faults: &mut Violations,
) -> BTreeSet<ModelName> {
    let mut read = |(at, name): (usize, &String)| {
        let name = name.parse::<ModelName>();
        name.map_err(|error| faults.push(&format!("{field}[{at}]"), error.to_string()))
            .ok()
    };
    names.iter().enumerate().filter_map(&mut read).collect()
}

/// How much is allowed; where a burst is left out, it is that of a second.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct QuotaToml {
    calls_per_second: Option<NonZeroU32>,
    calls_burst: Option<NonZeroU32>,
    rows_per_second: Option<NonZeroU32>,
    rows_burst: Option<NonZeroU32>,
}

fn read_quota(stated: Option<&QuotaToml>, faults: &mut Violations) -> Option<Rates> {
    let QuotaToml {
        calls_per_second,
        calls_burst,
        rows_per_second,
        rows_burst,
    } = stated?;
    let mut rate = |what: &str, per_second: Option<NonZeroU32>, burst: Option<NonZeroU32>| {
        if per_second.is_none() && burst.is_some() {
            let text = format!("needs `{what}_per_second`");
            faults.push(&format!("quota.{what}_burst"), text);
        }
        per_second.map(|per_second| Rate {
            per_second,
            burst: burst.unwrap_or(per_second),
        })
    };
    Some(Rates {
        calls: rate("calls", *calls_per_second, *calls_burst),
        rows: rate("rows", *rows_per_second, *rows_burst),
    })
}

#[cfg(test)]
mod tests;
