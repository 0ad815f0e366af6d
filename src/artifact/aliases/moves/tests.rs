use std::time::UNIX_EPOCH;

use proptest::prelude::*;

use super::*;

fn version(version: u32) -> Version {
    Version::new(version).unwrap()
}

fn author() -> Author {
    Author::new("ann", "", UNIX_EPOCH).unwrap()
}

fn set(aliases: &Aliases, alias: &str, to: u32) -> Aliases {
    let alias: Alias = alias.parse().unwrap();
    let change = AliasMove {
        expected: aliases.get(&alias),
        alias,
        to: Version::new(to),
        kind: MoveKind::Set,
        in_place: false,
    };
    let next = aliases.moved(&change, &author(), 0).unwrap();
    next.unwrap_or_else(|| aliases.clone())
}

/// To the latest past champion; `None` when there is none.
fn roll_back(aliases: &Aliases) -> Option<Aliases> {
    let to = aliases.past_champions().next()?;
    let change = AliasMove {
        alias: Alias::champion(),
        expected: aliases.get(&Alias::champion()),
        to: Some(to),
        kind: MoveKind::Rollback,
        in_place: false,
    };
    aliases.moved(&change, &author(), 0).unwrap()
}

fn champion(aliases: &Aliases) -> Option<u32> {
    aliases.get(&Alias::champion()).map(Version::get)
}

#[test]
fn rollbacks_go_back_one_champion_each() {
    let mut aliases = Aliases::default();
    for to in [1, 2, 3] {
        aliases = set(&aliases, "champion", to);
    }
    aliases = roll_back(&aliases).unwrap();
    assert_eq!(champion(&aliases), Some(2));
    // A new champion after a rollback: the one rolled back from is gone.
    aliases = set(&aliases, "champion", 4);
    for to in [2, 1] {
        aliases = roll_back(&aliases).unwrap();
        assert_eq!(champion(&aliases), Some(to));
    }
    assert_eq!(roll_back(&aliases), None);
    assert_eq!(aliases.generation(), 7);
}

#[test]
fn a_removed_champion_can_be_brought_back() {
    let aliases = set(&set(&Aliases::default(), "champion", 1), "champion", 0);
    assert_eq!(champion(&aliases), None);
    assert_eq!(champion(&roll_back(&aliases).unwrap()), Some(1));
}

#[test]
fn a_move_that_expects_something_else_is_told_the_state() {
    let aliases = set(&Aliases::default(), "champion", 2);
    for expected in [None, Some(version(1))] {
        let change = AliasMove {
            alias: Alias::champion(),
            expected,
            to: Some(version(3)),
            kind: MoveKind::Set,
            in_place: false,
        };
        let refused = aliases.moved(&change, &author(), 0).unwrap_err();
        let changed = AliasChanged {
            alias: Alias::champion(),
            current: Some(version(2)),
            generation: 1,
        };
        assert_eq!(refused, MoveError::Changed(changed));
    }
}

#[test]
fn a_move_in_place_counts_and_leaves_the_past_as_it_is() {
    let aliases = set(&set(&Aliases::default(), "champion", 1), "champion", 2);
    let mut change = AliasMove {
        alias: Alias::champion(),
        expected: Some(version(2)),
        to: Some(version(2)),
        kind: MoveKind::Set,
        in_place: false,
    };
    assert_eq!(aliases.moved(&change, &author(), 0).unwrap(), None);
    change.in_place = true;
    let confirmed = aliases.moved(&change, &author(), 0).unwrap().unwrap();
    assert_eq!(confirmed.generation(), aliases.generation() + 1);
    assert_eq!(champion(&confirmed), champion(&aliases));
    let last = confirmed.last_move().unwrap();
    assert_eq!((last.from, last.to), (change.expected, change.to));
    assert!(confirmed.past_champions().eq([version(1)]));
}

#[test]
fn there_is_a_limit() {
    let mut aliases = Aliases::default();
    for alias in 0..MAX_ALIASES {
        aliases = set(&aliases, &format!("a{alias}"), 1);
    }
    let change = AliasMove {
        alias: Alias::champion(),
        expected: None,
        to: Some(version(1)),
        kind: MoveKind::Set,
        in_place: false,
    };
    let refused = aliases.moved(&change, &author(), 0).unwrap_err();
    assert_eq!(refused, MoveError::TooMany);
}

proptest! {
    /// Whatever is done: memory is bounded, every change counts once, and enough
    /// rollbacks end.
    #[test]
    fn rollbacks_end(moves in prop::collection::vec(0_u32..6, 0..200)) {
        let mut aliases = Aliases::default();
        for to in moves {
            let next = match to {
                5 => roll_back(&aliases).unwrap_or_else(|| aliases.clone()),
                to => set(&aliases, "champion", to),
            };
            let changed = u64::from(champion(&next) != champion(&aliases));
            prop_assert_eq!(next.generation(), aliases.generation() + changed);
            prop_assert!(next.past_champions.len() <= MAX_PAST_CHAMPIONS);
            aliases = next;
        }
        let before = aliases.past_champions.len();
        let mut steps = 0;
        while let Some(next) = roll_back(&aliases) {
            prop_assert!(champion(&next) != champion(&aliases));
            aliases = next;
            steps += 1;
        }
        prop_assert!(steps <= before);
    }
}
