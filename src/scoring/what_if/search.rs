//! The smallest change: of single features exactly, of pairs greedily.
//!
//! Every probability is the model's own for the whole row, so that joint effects
//! count. Along one number, log-odds are straight between bends, and a
//! calibration rises with them: in the first stretch whose far end lies below
//! the bound, bisection finds the nearest double that does.

use super::{
    Change, SmallestChange,
    moves::{Movable, Moves},
};
use crate::{customer::Value, model::ChurnModel, policy::Direction};

/// How many features are tried in pairs: those that do most alone.
const MAX_PAIRED: usize = 12;

pub(super) struct Search<'s, 'm> {
    pub(super) model: &'m ChurnModel,
    pub(super) below: f64,
    /// Whether anybody still wants to know.
    pub(super) goes_on: &'s dyn Fn() -> bool,
}

/// A new value of one feature, and how far it is.
#[derive(Debug, Clone, Copy)]
struct Move<'m> {
    to: Value<'m>,
    distance: f64,
}

impl<'m> Search<'_, 'm> {
    pub(super) fn run<'v>(
        &self,
        values: &[Value<'v>],
        movable: &[Movable<'m>],
    ) -> SmallestChange<'m>
    where
        'm: 'v,
    {
        if self.is_below(values) {
            return SmallestChange::NotNeeded;
        }
        let singles = movable.iter().filter_map(|feature| {
            let found = self.nearest(values, feature)?;
            Some((found.distance, vec![change(feature, found)]))
        });
        let found = shortest(singles).or_else(|| self.pairs(values, movable));
        if !(self.goes_on)() {
            return SmallestChange::GivenUp;
        }
        found.map_or(SmallestChange::NoneFound, SmallestChange::Found)
    }

    /// For each feature moved to where it does most, the nearest move of another
    /// that reaches the goal; then the first one goes back as far as it can.
    fn pairs<'v>(&self, values: &[Value<'v>], movable: &[Movable<'m>]) -> Option<Vec<Change<'m>>>
    where
        'm: 'v,
    {
        let lowest = movable.iter().filter_map(|feature| {
            let (probability, to) = self.lowest(values, feature)?;
            Some((probability, feature, to))
        });
        let mut lowest: Vec<_> = lowest.collect();
        lowest.sort_by(|a, b| a.0.total_cmp(&b.0));
        lowest.truncate(MAX_PAIRED);
        let mut found = Vec::new();
        for (_, first, to) in &lowest {
            let moved = with(values, first, *to);
            for (_, second, _) in lowest
                .iter()
                .filter(|other| other.1.feature != first.feature)
            {
                let Some(second_move) = self.nearest(&moved, second) else {
                    continue;
                };
                let back = with(values, second, second_move.to);
                let Some(first_move) = self.nearest(&back, first) else {
                    continue;
                };
                let mut changes = [(first, first_move), (second, second_move)];
                changes.sort_by_key(|(feature, _)| feature.feature);
                let changes = changes.map(|(feature, found)| change(feature, found));
                found.push((first_move.distance + second_move.distance, changes.to_vec()));
            }
        }
        shortest(found.into_iter())
    }

    /// The nearest value of one feature that reaches the goal, the others as they
    /// are. None is looked for once the search is given up, here and below.
    fn nearest<'v>(&self, values: &[Value<'v>], feature: &Movable<'m>) -> Option<Move<'m>>
    where
        'm: 'v,
    {
        let (
            Moves::Line {
                bends,
                unit,
                direction,
            },
            Value::Number(from),
        ) = (&feature.moves, values[feature.feature])
        else {
            let (probability, to) = self.lowest(values, feature)?;
            let found = Move { to, distance: 1.0 };
            return (probability < self.below).then_some(found);
        };
        let up = bends.iter().copied().filter(|bend| *bend > from);
        let down = bends.iter().rev().copied().filter(|bend| *bend < from);
        let up = (*direction != Direction::Decrease).then(|| self.along(values, feature, from, up));
        let down =
            (*direction != Direction::Increase).then(|| self.along(values, feature, from, down));
        let reached = up.flatten().into_iter().chain(down.flatten());
        let moves = reached.map(|to| Move {
            to: Value::Number(to),
            distance: (to - from).abs() / unit,
        });
        moves.min_by(|a, b| a.distance.total_cmp(&b.distance))
    }

    /// The first number on the way from bend to bend that reaches the goal.
    fn along<'v>(
        &self,
        values: &[Value<'v>],
        feature: &Movable<'m>,
        from: f64,
        bends: impl Iterator<Item = f64>,
    ) -> Option<f64>
    where
        'm: 'v,
    {
        let mut near = from;
        let reaches = |number: f64| {
            let moved = with(values, feature, Value::Number(number));
            self.is_below(&moved)
        };
        for far in bends {
            if !(self.goes_on)() {
                return None;
            }
            if !reaches(far) {
                near = far;
                continue;
            }
            let (mut outside, mut inside) = (near, far);
            loop {
                let middle = f64::midpoint(outside, inside);
                if middle == outside || middle == inside {
                    return Some(inside);
                }
                if reaches(middle) {
                    inside = middle;
                } else {
                    outside = middle;
                }
            }
        }
        None
    }

    /// The value of one feature with the lowest probability, of equal ones the
    /// first.
    fn lowest<'v>(&self, values: &[Value<'v>], feature: &Movable<'m>) -> Option<(f64, Value<'m>)>
    where
        'm: 'v,
    {
        let corners = feature.corners(values[feature.feature]).into_iter();
        let wanted = corners.take_while(|_| (self.goes_on)());
        let told = wanted.filter_map(|to| {
            let moved = with(values, feature, to);
            Some((self.probability(&moved)?, to))
        });
        told.min_by(|a, b| a.0.total_cmp(&b.0))
    }

    fn is_below(&self, values: &[Value<'_>]) -> bool {
        let probability = self.probability(values);
        probability.is_some_and(|probability| probability < self.below)
    }

    /// `None` for values that are no row, which those of a row with another value
    /// of the same kind never are.
    fn probability(&self, values: &[Value<'_>]) -> Option<f64> {
        let row = self.model.schema().row_in_order(values).ok()?;
        Some(self.model.explain(&row).probability())
    }
}

fn with<'v>(values: &[Value<'v>], feature: &Movable<'_>, to: Value<'v>) -> Vec<Value<'v>> {
    let mut values = values.to_vec();
    values[feature.feature] = to;
    values
}

fn change<'m>(feature: &Movable<'m>, found: Move<'m>) -> Change<'m> {
    Change {
        feature: feature.name,
        to: found.to,
    }
}

/// Of equally short ones the first.
fn shortest<'m>(found: impl Iterator<Item = (f64, Vec<Change<'m>>)>) -> Option<Vec<Change<'m>>> {
    let shortest = found.min_by(|a, b| a.0.total_cmp(&b.0));
    shortest.map(|(_, changes)| changes)
}
