//! `aliases.json`, and a line of `audit.ndjson`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Aliases, MAX_ALIASES, MAX_PAST_CHAMPIONS, MoveKind, RecordedMove};
use crate::artifact::{Alias, ModelName, Version, manifest::to_json};

/// The format that is written, and the only one that is read.
const FORMAT: u32 = 1;

/// Why a file of aliases cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum AliasesProblem {
    /// It is torn, or was never what this service writes.
    #[error("cannot be parsed: {0}")]
    Json(#[from] serde_json::Error),
    /// Written by a later release.
    #[error("has format {0}, which is unknown to this release")]
    UnknownFormat(u32),
    /// JSON of the right shape that does not hold together.
    #[error("is damaged: {0}")]
    Content(&'static str),
}

/// What a file of any format has.
#[derive(Deserialize)]
struct FormatV1 {
    format: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AliasesV1 {
    format: u32,
    name: String,
    generation: u64,
    aliases: BTreeMap<String, u32>,
    past_champions: Vec<u32>,
    last_move: Option<MoveV1>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MoveV1 {
    pub(super) generation: u64,
    time: String,
    actor: String,
    action: ActionV1,
    alias: String,
    from: Option<u32>,
    to: Option<u32>,
    reason: String,
    /// Absent where the server asked nobody who they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    principal: Option<String>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ActionV1 {
    Set,
    Rollback,
}

impl AliasesV1 {
    fn of(name: &ModelName, aliases: &Aliases) -> Self {
        let Aliases {
            generation,
            current,
            past_champions,
            last_move,
        } = aliases;
        Self {
            format: FORMAT,
            name: name.to_string(),
            generation: *generation,
            aliases: current
                .iter()
                .map(|(alias, version)| (alias.to_string(), version.get()))
                .collect(),
            past_champions: past_champions.iter().map(|v| v.get()).collect(),
            last_move: last_move.as_ref().map(MoveV1::from),
        }
    }
}

/// `aliases.json` of the model `name`.
pub(in crate::artifact) fn write(
    name: &ModelName,
    aliases: &Aliases,
) -> Result<Vec<u8>, serde_json::Error> {
    to_json(&AliasesV1::of(name, aliases))
}

/// A line of the audit log.
pub(in crate::artifact) fn line(recorded: &RecordedMove) -> Result<Vec<u8>, serde_json::Error> {
    let mut line = serde_json::to_vec(&MoveV1::from(recorded))?;
    line.push(b'\n');
    Ok(line)
}

/// Reads the aliases of the model `name`.
pub(in crate::artifact) fn parse(
    bytes: &[u8],
    name: &ModelName,
) -> Result<Aliases, AliasesProblem> {
    let FormatV1 { format } = serde_json::from_slice(bytes)?;
    if format != FORMAT {
        return Err(AliasesProblem::UnknownFormat(format));
    }
    let AliasesV1 {
        format: _,
        name: stored_name,
        generation,
        aliases,
        past_champions,
        last_move,
    } = serde_json::from_slice(bytes)?;
    if stored_name != name.as_str() {
        return Err(AliasesProblem::Content("it names another model"));
    }
    if aliases.len() > MAX_ALIASES || past_champions.len() > MAX_PAST_CHAMPIONS {
        return Err(AliasesProblem::Content("it holds more than it may"));
    }
    let current = aliases
        .into_iter()
        .map(|(alias, version)| Ok((alias_of(&alias)?, version_of(version)?)))
        .collect::<Result<_, AliasesProblem>>()?;
    let last_move = last_move.map(RecordedMove::try_from).transpose()?;
    if last_move.as_ref().map_or(0, |last| last.generation) != generation {
        return Err(AliasesProblem::Content(
            "its generation is not that of its last move",
        ));
    }
    Ok(Aliases {
        generation,
        current,
        past_champions: past_champions
            .into_iter()
            .map(version_of)
            .collect::<Result<_, _>>()?,
        last_move,
    })
}

impl From<&RecordedMove> for MoveV1 {
    fn from(recorded: &RecordedMove) -> Self {
        let RecordedMove {
            generation,
            time,
            actor,
            reason,
            principal,
            kind,
            alias,
            from,
            to,
        } = recorded.clone();
        Self {
            generation,
            time,
            actor,
            action: match kind {
                MoveKind::Set => ActionV1::Set,
                MoveKind::Rollback => ActionV1::Rollback,
            },
            alias: alias.to_string(),
            from: from.map(Version::get),
            to: to.map(Version::get),
            reason,
            principal,
        }
    }
}

impl TryFrom<MoveV1> for RecordedMove {
    type Error = AliasesProblem;

    fn try_from(stored: MoveV1) -> Result<Self, AliasesProblem> {
        let MoveV1 {
            generation,
            time,
            actor,
            action,
            alias,
            from,
            to,
            reason,
            principal,
        } = stored;
        Ok(Self {
            generation,
            time,
            actor,
            reason,
            principal,
            kind: match action {
                ActionV1::Set => MoveKind::Set,
                ActionV1::Rollback => MoveKind::Rollback,
            },
            alias: alias_of(&alias)?,
            from: from.map(version_of).transpose()?,
            to: to.map(version_of).transpose()?,
        })
    }
}

fn alias_of(alias: &str) -> Result<Alias, AliasesProblem> {
    alias
        .parse()
        .map_err(|_| AliasesProblem::Content("it holds an alias that is no name"))
}

fn version_of(version: u32) -> Result<Version, AliasesProblem> {
    Version::new(version).ok_or(AliasesProblem::Content("it holds a version 0"))
}
