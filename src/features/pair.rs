//! How two features together become columns.

use super::{
    Cell, Feature, FeatureKind, MAX_CATEGORIES,
    number::{Place, knots_problem},
};

/// Two features that have an effect together, beside what each does alone.
///
/// The columns form a grid, the second axis running fastest. Their coefficients
/// are the heights of the effect at the points of the grid; between the points
/// of a number's axis it is interpolated linearly. Where either value is
/// missing, every column is 0.
#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    /// Positions in the schema, the lower one first.
    pub features: [usize; 2],
    /// The points of each.
    pub axes: [Axis; 2],
}

/// The points of one side of a pair.
#[derive(Debug, Clone, PartialEq)]
pub enum Axis {
    /// Of a number: knots, rising. Numbers beyond them stand at the nearest.
    Knots(Vec<f64>),
    /// Of a text: its categories and *other*.
    Categories(usize),
    /// Of a flag: false and true.
    Flag,
}

/// The most columns of one pair.
const MAX_WIDTH: usize = 4096;

impl Pair {
    /// How many columns the pair has.
    #[must_use]
    pub fn width(&self) -> usize {
        self.axes[0].points() * self.axes[1].points()
    }

    pub(super) fn problem(&self, features: &[Feature]) -> Option<&'static str> {
        let [first, second] = self.features;
        if first >= second || second >= features.len() {
            return Some("it must name two features of the schema, in its order");
        }
        for (feature, axis) in self.features.iter().zip(&self.axes) {
            match (axis, &features[*feature].kind) {
                (Axis::Knots(knots), FeatureKind::Number(_)) => {
                    if let Some(problem) = knots_problem(knots) {
                        return Some(problem);
                    }
                }
                (Axis::Categories(count), FeatureKind::Text(categories))
                    if *count == categories.len() => {}
                (Axis::Flag, FeatureKind::Flag(_)) => {}
                _ => return Some("an axis is not of its feature's kind"),
            }
        }
        if self.width() > MAX_WIDTH {
            return Some("its grid has more than 4096 points");
        }
        None
    }

    /// Calls `column` with the index, from 0, and value of every column that is
    /// not zero.
    pub(super) fn encode(&self, cells: [Cell; 2], mut column: impl FnMut(usize, f64)) {
        let place = |side: usize| self.axes[side].place(cells[side]);
        if let (Some(first), Some(second)) = (place(0), place(1)) {
            let across = self.axes[1].points();
            first.each(|row, weight| {
                second.each(|point, other| column(row * across + point, weight * other));
            });
        }
    }
}

impl Axis {
    /// How many points the axis has.
    #[must_use]
    pub fn points(&self) -> usize {
        match self {
            Self::Knots(knots) => knots.len(),
            Self::Categories(count) => count.min(&MAX_CATEGORIES) + 1,
            Self::Flag => 2,
        }
    }

    /// The point that a cell of its feature is nearest to, unless it is missing.
    pub(crate) fn nearest(&self, cell: Cell) -> Option<usize> {
        let mut nearest = (0, 0.0);
        self.place(cell)?.each(|point, weight| {
            if weight > nearest.1 {
                nearest = (point, weight);
            }
        });
        Some(nearest.0)
    }

    /// Where a cell stands on the axis, unless it is missing.
    fn place(&self, cell: Cell) -> Option<Place> {
        match (self, cell) {
            (Self::Knots(knots), Cell::Number(number)) => Some(Place::of(number, knots)),
            (Self::Categories(_), Cell::Category(category)) => Some(Place::at(category)),
            (Self::Flag, Cell::Flag(flag)) => Some(Place::at(usize::from(flag))),
            // A schema holds no other axis of a feature, a row no other cell but a missing one.
            _ => None,
        }
    }
}
