//! A part of the columns, scored by a champion and maybe a challenger: each row
//! by its own.

use std::ops::Range;

use crate::{
    artifact::Identity,
    scoring::{Arms, Part, Scorer, SplitScorer},
};

/// Scores a part of rows, a range after the other.
pub(super) trait PartPlan {
    type Scores;

    /// Scores these rows, those at fault maybe not, and marks the others that
    /// are.
    fn score(&mut self, rows: &Range<usize>, at_fault: &mut [bool]);

    fn into_scores(self) -> Self::Scores;
}

/// The plans of both arms. Either has a place for every row.
#[derive(Debug)]
pub(super) struct Armed<P> {
    champion: P,
    challenger: Option<Challenging<P>>,
}

#[derive(Debug)]
struct Challenging<P> {
    plan: P,
    /// The bit of the arms.
    place: usize,
    /// Which rows are the challenger's.
    rows: Vec<bool>,
}

/// The scores of both arms.
pub(super) struct ArmedScores<S> {
    pub(super) champion: S,
    /// The challenger's, and which rows they are for.
    pub(super) challenger: Option<(S, Vec<bool>)>,
}

/// The rows that a challenger scored.
#[derive(Debug, Clone, PartialEq)]
pub struct ChallengerRows<'m> {
    /// Its version.
    pub model: &'m Identity,
    /// Which rows, one entry for each.
    pub rows: Vec<bool>,
}

impl<P: PartPlan> Armed<P> {
    /// A plan for each arm of `part`, made by `plan`; `None` where it makes none.
    pub(super) fn new<'m, E>(
        scorer: &SplitScorer<'m>,
        part: Part,
        plan: impl Fn(&Scorer<'m>) -> Option<Result<P, E>>,
    ) -> Result<Option<Self>, E> {
        let Some(champion) = plan(scorer.champions()) else {
            return Ok(None);
        };
        let champion = champion?;
        let challenger = match scorer.challenging(part) {
            Some((place, challenging)) => plan(challenging).transpose()?.map(|plan| Challenging {
                plan,
                place,
                rows: Vec::new(),
            }),
            None => None,
        };
        Ok(Some(Self {
            champion,
            challenger,
        }))
    }

    /// Scores these rows, whose arms are `arms`.
    pub(super) fn score(&mut self, rows: &Range<usize>, arms: &[Arms], at_fault: &mut [bool]) {
        let Some(challenger) = &mut self.challenger else {
            return self.champion.score(rows, at_fault);
        };
        let Challenging {
            plan,
            place,
            rows: all,
        } = challenger;
        all.extend(arms.iter().map(|arms| arms.has(*place)));
        let taken = &all[rows.start..];
        // What the other arm scores is as if it were at fault.
        let mut own: Vec<bool> = at_fault.to_vec();
        let mut others = own.clone();
        for ((own, others), taken) in own.iter_mut().zip(&mut others).zip(taken) {
            *own |= taken;
            *others |= !taken;
        }
        self.champion.score(rows, &mut own);
        plan.score(rows, &mut others);
        for (at, taken) in taken.iter().enumerate() {
            at_fault[at] = if *taken { others[at] } else { own[at] };
        }
    }

    /// The plan of a row's arm, which was scored.
    pub(super) fn of(&self, row: usize) -> &P {
        match &self.challenger {
            Some(challenger) if challenger.rows[row] => &challenger.plan,
            _ => &self.champion,
        }
    }

    /// The plans of both arms.
    pub(super) fn plans(&mut self) -> impl Iterator<Item = &mut P> {
        let challenger = self.challenger.as_mut().map(|other| &mut other.plan);
        [&mut self.champion].into_iter().chain(challenger)
    }

    pub(super) fn into_scores(self) -> ArmedScores<P::Scores> {
        ArmedScores {
            champion: self.champion.into_scores(),
            challenger: self
                .challenger
                .map(|other| (other.plan.into_scores(), other.rows)),
        }
    }
}

/// Puts the challenger's numbers into the champion's.
pub(super) fn take(numbers: &mut [f64], others: &[f64], rows: &[bool]) {
    let pairs = numbers.iter_mut().zip(others).zip(rows);
    for ((number, other), _) in pairs.filter(|(_, taken)| **taken) {
        *number = *other;
    }
}

/// Puts the challenger's notes in place of the champion's, in the order of rows.
pub(super) fn take_notes<N>(
    notes: &mut Vec<(usize, N)>,
    others: impl Iterator<Item = (usize, N)>,
    rows: &[bool],
) {
    notes.retain(|(row, _)| !rows[*row]);
    notes.extend(others.filter(|(row, _)| rows[*row]));
    notes.sort_by_key(|(row, _)| *row);
}
