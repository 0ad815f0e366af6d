//! What a move makes of the aliases; no files here.

use super::{Aliases, Author, MAX_ALIASES, MAX_PAST_CHAMPIONS, RecordedMove};
use crate::artifact::{Alias, Version};

/// One alias is to stand for another version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AliasMove {
    /// Which.
    pub alias: Alias,
    /// What it is believed to stand for; `None`: it is not set.
    pub expected: Option<Version>,
    /// What it is to stand for; `None`: it is to be removed.
    pub to: Option<Version>,
    /// Forwards, or back to a past champion.
    pub kind: MoveKind,
    /// Whether it counts as a move, and is kept, where it stands for that already.
    pub in_place: bool,
}

/// Which way a move goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MoveKind {
    /// To a version that somebody chose.
    Set,
    /// Back to where the champion was before.
    Rollback,
}

/// Somebody else moved the alias.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("alias `{alias}` {}; read the state again before moving it", stands_for(*.current))]
pub struct AliasChanged {
    /// The alias.
    pub alias: Alias,
    /// What it stands for now; `None`: it is not set.
    pub current: Option<Version>,
    /// How many moves there have been.
    pub generation: u64,
}

/// A move that cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoveError {
    /// Somebody else was faster.
    #[error(transparent)]
    Changed(#[from] AliasChanged),
    /// There are as many as there may be.
    #[error("a model has at most {MAX_ALIASES} aliases; remove one first")]
    TooMany,
}

fn stands_for(version: Option<Version>) -> String {
    match version {
        Some(version) => format!("stands for version {version}"),
        None => "is not set".to_owned(),
    }
}

impl Aliases {
    /// These aliases after a move; `None` when it changes nothing. Where more moves
    /// were `seen` than are stored, an older state was put back: the move is then the
    /// one after those seen, also when it only says again what is stored.
    pub(in crate::artifact) fn moved(
        &self,
        change: &AliasMove,
        author: &Author,
        seen: u64,
    ) -> Result<Option<Self>, MoveError> {
        let AliasMove {
            ref alias,
            expected,
            to,
            kind,
            in_place,
        } = *change;
        let from = self.get(alias);
        if from != expected {
            return Err(MoveError::Changed(AliasChanged {
                alias: alias.clone(),
                current: from,
                generation: self.generation,
            }));
        }
        if from == to && !in_place && self.generation >= seen {
            return Ok(None);
        }
        let mut next = self.clone();
        match to {
            Some(to) => next.current.insert(alias.clone(), to),
            None => next.current.remove(alias),
        };
        if next.current.len() > MAX_ALIASES {
            return Err(MoveError::TooMany);
        }
        if *alias == Alias::champion() && from != to {
            next.remember_champion(kind, from, to);
        }
        next.generation = self.generation.max(seen) + 1;
        next.last_move = Some(RecordedMove {
            generation: next.generation,
            time: author.timestamp(),
            actor: author.actor().to_owned(),
            reason: author.reason().to_owned(),
            principal: author.principal().map(str::to_owned),
            kind,
            alias: alias.clone(),
            from,
            to,
        });
        Ok(Some(next))
    }

    /// A new champion puts the old one on the pile; a rollback takes from the
    /// pile what it goes back to, and what lies above. So rollbacks go back one
    /// champion each, and none comes back to what was rolled back from.
    fn remember_champion(&mut self, kind: MoveKind, from: Option<Version>, to: Option<Version>) {
        let past = &mut self.past_champions;
        match kind {
            MoveKind::Set => {
                past.extend(from);
                if past.len() > MAX_PAST_CHAMPIONS {
                    past.remove(0);
                }
            }
            MoveKind::Rollback => {
                if let Some(at) = past.iter().rposition(|version| Some(*version) == to) {
                    past.truncate(at);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
