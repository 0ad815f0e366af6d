//! Aliases of a model's versions: names that move, such as `champion`.
//!
//! ```text
//! models/<name>/
//!   aliases.json     what each alias stands for now, and past champions
//!   audit.ndjson     every move: when, who, from, to, why; only ever appended to
//! ```
//!
//! A move names the version that the alias is believed to stand for, and is
//! refused when it stands for another: of two who move it at once, one wins.
//! Both files are written under the lock that publishers take; `aliases.json` is
//! replaced by one rename. It repeats the last move, so that a line of the audit
//! log that a dying process did not write is written by the next move.

mod audit;
mod author;
mod format;
mod moves;
mod store;

use std::collections::BTreeMap;

use super::{Alias, Version};

pub use author::Author;
pub use format::AliasesProblem;
pub(super) use format::{line, parse, write};
pub use moves::{AliasChanged, AliasMove, MoveError, MoveKind};
pub(super) use store::{ALIASES, MAX_BYTES, move_alias_after};
pub use store::{AliasesError, Moved, StoreError, aliases, move_alias};

/// The most aliases of one model: each keeps a version in memory.
pub const MAX_ALIASES: usize = 16;
/// How many past champions are remembered.
const MAX_PAST_CHAMPIONS: usize = 64;

/// What the aliases of a model stand for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Aliases {
    /// How many moves there have been.
    generation: u64,
    current: BTreeMap<Alias, Version>,
    /// Oldest first.
    past_champions: Vec<Version>,
    last_move: Option<RecordedMove>,
}

/// A move that took place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedMove {
    /// Counts the moves of a model, from 1.
    pub generation: u64,
    /// When, in UTC, such as `2026-11-23T09:51:00Z`.
    pub time: String,
    /// Who, as the caller says.
    pub actor: String,
    /// Why, as the caller says; may be empty.
    pub reason: String,
    /// The principal that called, if the server knew it.
    pub principal: Option<String>,
    /// Whether it was a rollback.
    pub kind: MoveKind,
    /// The alias.
    pub alias: Alias,
    /// What it stood for; `None`: it was not set.
    pub from: Option<Version>,
    /// What it stands for; `None`: it is not set any more.
    pub to: Option<Version>,
}

impl Aliases {
    /// How many moves there have been.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// What an alias stands for, if it is set.
    #[must_use]
    pub fn get(&self, alias: &Alias) -> Option<Version> {
        self.current.get(alias).copied()
    }

    /// Every alias that is set, by name.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&Alias, Version)> {
        self.current
            .iter()
            .map(|(alias, version)| (alias, *version))
    }

    /// The move that made them what they are; `None` before the first.
    #[must_use]
    pub fn last_move(&self) -> Option<&RecordedMove> {
        self.last_move.as_ref()
    }

    /// The champions before the present one, latest first. One that is the
    /// champion again is left out.
    pub fn past_champions(&self) -> impl Iterator<Item = Version> {
        let now = self.get(&Alias::champion());
        let past = self.past_champions.iter().rev().copied();
        past.filter(move |version| Some(*version) != now)
    }
}
