//! How far an effect of one model is from that of another.

use std::mem::discriminant;

use super::effects::{axis_values, contribution, values};
use crate::{customer::Value, features::Pair, model::ChurnModel};

/// An effect that two versions have, and that is not the same.
#[derive(Debug, Clone, PartialEq)]
pub struct ChangedEffect {
    /// Names of its features, one or two, in alphabetical order.
    pub features: Vec<String>,
    /// What changed.
    pub change: Change,
}

/// What changed of an effect.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Change {
    /// The largest change of the contribution to the log-odds: of a feature over
    /// the values that either version knows, of a pair over its grid. Above 0.
    Largest(f64),
    /// A pair stands on another grid, so its points are not comparable.
    Grid,
    /// A feature is of another kind: a text, say, that was a number.
    Kind,
}

impl Change {
    /// Of one effect by both models; `None` where it is equal.
    pub(super) fn of(models: [&ChurnModel; 2], effects: [usize; 2]) -> Option<Self> {
        let [first, second] = models;
        let pair = |model: &ChurnModel, effect: usize| {
            let alone = model.schema().features().len();
            effect.checked_sub(alone)
        };
        let change = match (pair(first, effects[0]), pair(second, effects[1])) {
            (Some(a), Some(b)) => {
                let pairs = [&first.schema().pairs()[a], &second.schema().pairs()[b]];
                of_pair(models, effects, pairs)
            }
            _ => of_feature(models, effects),
        };
        (change != Self::Largest(0.0)).then_some(change)
    }

    /// The number, where there is one.
    #[must_use]
    pub fn largest(self) -> Option<f64> {
        match self {
            Self::Largest(change) => Some(change),
            Self::Grid | Self::Kind => None,
        }
    }

    /// Why there is no number.
    #[must_use]
    pub fn incomparable(self) -> Option<&'static str> {
        match self {
            Self::Largest(_) => None,
            Self::Grid => Some("changed grid"),
            Self::Kind => Some("changed kind"),
        }
    }

    /// For sorting.
    pub(super) fn size(self) -> f64 {
        self.largest().unwrap_or(f64::INFINITY)
    }

    fn largest_of(changes: impl Iterator<Item = f64>) -> Self {
        Self::Largest(changes.fold(0.0, f64::max))
    }
}

/// Of a feature alone, which stands in its schema where its effect does.
fn of_feature([first, second]: [&ChurnModel; 2], [a, b]: [usize; 2]) -> Change {
    let features = [
        &first.schema().features()[a],
        &second.schema().features()[b],
    ];
    if discriminant(&features[0].kind) != discriminant(&features[1].kind) {
        return Change::Kind;
    }
    let changes = features.into_iter().flat_map(values).filter_map(|value| {
        let before = contribution(first.additive(), a, &[(a, value)])?;
        let after = contribution(second.additive(), b, &[(b, value)])?;
        Some((after - before).abs())
    });
    Change::largest_of(changes)
}

fn of_pair([first, second]: [&ChurnModel; 2], effects: [usize; 2], pairs: [&Pair; 2]) -> Change {
    let name = |model: &ChurnModel, feature: usize| model.schema().features()[feature].name.clone();
    // The second's sides, in the order of the first's.
    let turned = name(first, pairs[0].features[0]) != name(second, pairs[1].features[0]);
    let sides = if turned { [1, 0] } else { [0, 1] };
    let grid = [0, 1].map(|side| points(first, pairs[0], side));
    if grid != sides.map(|side| points(second, pairs[1], side)) {
        return Change::Grid;
    }
    let before = pairs[0].features;
    let after = sides.map(|side| pairs[1].features[side]);
    let cells = grid[0]
        .iter()
        .flat_map(|&x| grid[1].iter().map(move |&y| (x, y)));
    let changes = cells.filter_map(|(x, y)| {
        let was = contribution(
            first.additive(),
            effects[0],
            &[(before[0], x), (before[1], y)],
        )?;
        let is = contribution(
            second.additive(),
            effects[1],
            &[(after[0], x), (after[1], y)],
        )?;
        Some((is - was).abs())
    });
    Change::largest_of(changes)
}

fn points<'m>(model: &'m ChurnModel, pair: &'m Pair, side: usize) -> Vec<Value<'m>> {
    axis_values(
        &pair.axes[side],
        &model.schema().features()[pair.features[side]],
    )
}
