//! The TOML file of the business rules, `docs/policy.md` by example. Sections that
//! it does not state are those of the built-in policy, `policies/default.toml`.
//!
//! A file is read section by section, and every fault is told at once, each with
//! its line.

mod contract_value;
mod decisions;
mod groups;
mod playbook;
mod warnings;
mod watch;
mod write;

use std::path::{Path, PathBuf};

use super::{
    document::Document,
    text_file::{self, TextFileError},
};
use crate::{
    artifact::Digest,
    policy::{
        Actionable, CauseRules, ContractValueRules, GroupRules, Playbook, Policy, PolicyIdentity,
        RiskBands, StatedGroupRules, WarningRules,
    },
};

pub use super::document::{FileFault as PolicyFault, FileFaults as PolicyFaults};
pub use warnings::write_warnings;
pub use watch::live;
pub use write::write;

/// The policy that decides where no other is named.
const BUILT_IN: &str = include_str!("../../../policies/default.toml");

/// A policy file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PolicyFileError {
    /// It cannot be read.
    #[error(transparent)]
    File(#[from] TextFileError),
    /// It is no TOML, or its rules are none, or contradict themselves.
    #[error("{}: {faults}", path.display())]
    Faults {
        /// The file.
        path: PathBuf,
        /// Every fault, with its line.
        faults: PolicyFaults,
    },
}

/// What a file states; `None` where it states nothing.
#[derive(Debug)]
struct Stated {
    name: Option<String>,
    version: Option<String>,
    groups: StatedGroupRules,
    bands: Option<RiskBands>,
    causes: Option<CauseRules>,
    playbook: Option<Playbook>,
    actionable: Option<Actionable>,
    contract_value: Option<ContractValueRules>,
    warnings: Option<WarningRules>,
}

/// Reads a policy file, which must state its `name` and `version`.
///
/// # Errors
///
/// When it cannot be read, is not TOML, or its rules have holes, overlaps or
/// numbers out of bounds: all of them at once.
pub fn read(path: &Path) -> Result<Policy, PolicyFileError> {
    let text = text_file::read(path)?;
    parse(&text).map_err(|faults| PolicyFileError::Faults {
        path: path.to_owned(),
        faults,
    })
}

/// Reads what a policy file says of groups; the whole file is checked.
///
/// # Errors
///
/// As [`read`]; but name and version may be left out.
pub fn read_groups(path: &Path) -> Result<GroupRules, PolicyFileError> {
    let text = text_file::read(path)?;
    let (stated, faults) = stated(Document::parse(&text));
    if faults.is_empty() {
        return Ok(stated.groups.or_usual());
    }
    Err(PolicyFileError::Faults {
        path: path.to_owned(),
        faults,
    })
}

/// The policy of the text of a file.
///
/// # Errors
///
/// Every fault, by its line.
pub fn parse(text: &str) -> Result<Policy, PolicyFaults> {
    let mut document = Document::parse(text);
    document.require(&["name", "version"]);
    let (own, mut faults) = stated(document);
    let mut built_in = Document::parse(BUILT_IN);
    built_in.require(&["bands", "causes", "playbook", "actionable", "warnings"]);
    let (usual, built_in_faults) = stated(built_in);
    faults.extend(built_in_faults);
    let Stated {
        name: Some(name),
        version: Some(version),
        groups,
        bands,
        causes,
        playbook,
        actionable,
        contract_value,
        warnings,
    } = own
    else {
        return Err(faults);
    };
    let (Some(bands), Some(causes), Some(playbook), Some(actionable), Some(warnings)) = (
        bands.or(usual.bands),
        causes.or(usual.causes),
        playbook.or(usual.playbook),
        actionable.or(usual.actionable),
        warnings.or(usual.warnings),
    ) else {
        return Err(faults);
    };
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok(Policy {
        identity: PolicyIdentity {
            name,
            version,
            digest: Digest::of(text.as_bytes()).to_string(),
        },
        groups,
        bands,
        causes,
        playbook,
        actionable,
        // The built-in policy has none: it knows no prices.
        contract_value,
        warnings,
    })
}

/// The built-in policy.
///
/// # Errors
///
/// None: a test holds that `policies/default.toml` is sound.
pub fn built_in() -> Result<Policy, PolicyFaults> {
    parse(BUILT_IN)
}

fn stated(mut document: Document<'_>) -> (Stated, PolicyFaults) {
    let stated = Stated {
        name: decisions::label(&mut document, "name"),
        version: decisions::label(&mut document, "version"),
        groups: groups::read(&mut document),
        bands: decisions::bands(&mut document),
        causes: decisions::causes(&mut document),
        playbook: playbook::read(&mut document),
        actionable: decisions::actionable(&mut document),
        contract_value: contract_value::read(&mut document),
        warnings: warnings::read(&mut document),
    };
    (stated, document.finish())
}

#[cfg(test)]
mod tests;
