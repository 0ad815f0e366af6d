//! How a number becomes columns: a line or a curve.

use super::Unusual;

/// How a number is encoded; in the number's own unit.
#[derive(Debug, Clone, PartialEq)]
pub struct NumberEncoding {
    /// The smallest value in training.
    pub minimum: f64,
    /// The largest value in training.
    pub maximum: f64,
    /// The training mean.
    pub mean: f64,
    /// The training standard deviation; 1 where the values do not vary.
    pub standard_deviation: f64,
    /// What effect the number can have.
    pub shape: Shape,
}

/// The form of a number's effect on the log-odds.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// A straight line: one standardised column.
    Line,
    /// Straight pieces between these knots, which rise from the smallest to the
    /// largest value: one column for each knot, the linear B-spline basis. Its
    /// coefficients are the heights of the effect at the knots.
    Curve(Vec<f64>),
}

/// The most knots of one curve.
pub const MAX_KNOTS: usize = 256;

impl NumberEncoding {
    pub(super) fn problem(&self) -> Option<&'static str> {
        let Self {
            minimum,
            maximum,
            mean,
            standard_deviation,
            shape,
        } = self;
        if ![minimum, maximum, mean, standard_deviation]
            .iter()
            .all(|number| number.is_finite())
        {
            return Some("its range, mean and deviation must be finite");
        }
        if minimum > maximum || *standard_deviation <= 0.0 {
            return Some("its range must not be empty, its deviation above zero");
        }
        match shape {
            Shape::Line => None,
            Shape::Curve(knots)
                if knots.first() != Some(minimum) || knots.last() != Some(maximum) =>
            {
                Some("its knots must reach from the smallest to the largest value")
            }
            Shape::Curve(knots) => knots_problem(knots),
        }
    }

    /// Calls `column` with the index, from 0, and value of every column that is
    /// not zero, for the nearest number within the range.
    #[inline]
    pub(crate) fn encode(
        &self,
        number: f64,
        mut column: impl FnMut(usize, f64),
    ) -> Option<Unusual> {
        let scored_as = number.clamp(self.minimum, self.maximum);
        match &self.shape {
            Shape::Line => column(0, (scored_as - self.mean) / self.standard_deviation),
            Shape::Curve(knots) => Place::of(scored_as, knots).each(column),
        }
        // A comparison, not a flag from the clamp: -0.0 is in a range that starts at 0.
        (scored_as != number).then_some(Unusual::OutOfTrainedRange { scored_as })
    }
}

pub(super) fn knots_problem(knots: &[f64]) -> Option<&'static str> {
    let rising = knots.windows(2).all(|pair| pair[0] < pair[1]);
    if knots.len() < 2 || knots.len() > MAX_KNOTS || !rising || !knots.iter().all(|k| k.is_finite())
    {
        return Some("its knots must be 2 to 256 finite numbers, each larger than the one before");
    }
    None
}

/// Where a number lies between two neighbouring knots.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Place {
    /// The knot at or below it.
    knot: usize,
    /// How far it is towards the next one, in [0, 1].
    share: f64,
}

/// So many are compared all at once, which takes no branch.
const FEW_KNOTS: usize = 32;

/// How many of these knots, which rise, are not above a number.
#[inline]
fn knots_up_to(number: f64, knots: &[f64]) -> usize {
    if knots.len() > FEW_KNOTS {
        return knots.partition_point(|&knot| knot <= number);
    }
    knots.iter().map(|&knot| usize::from(knot <= number)).sum()
}

impl Place {
    /// `knots` are at least two, rising and finite; numbers beyond them stand at
    /// the nearest.
    #[inline]
    pub(super) fn of(number: f64, knots: &[f64]) -> Self {
        let last = knots.len() - 1;
        let knot = knots_up_to(number, &knots[1..last]);
        let (low, high) = (knots[knot], knots[knot + 1]);
        // Halved, so that the difference of huge knots is finite.
        let share = (number / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0);
        Self {
            knot,
            share: share.clamp(0.0, 1.0),
        }
    }

    /// Exactly at a point.
    pub(super) fn at(point: usize) -> Self {
        Self {
            knot: point,
            share: 0.0,
        }
    }

    /// Calls `column` with the knots that have a weight, and their weights,
    /// which add up to 1.
    #[inline]
    pub(super) fn each(self, mut column: impl FnMut(usize, f64)) {
        let Self { knot, share } = self;
        if share < 1.0 {
            column(knot, 1.0 - share);
        }
        if share > 0.0 {
            column(knot + 1, share);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn interpolation_weights_give_the_number_back(
            steps in prop::collection::vec(1e-3..1e3f64, 1..40),
            share in 0.0..1.0f64,
        ) {
            let knots: Vec<f64> = std::iter::once(0.0)
                .chain(steps.iter().scan(0.0, |sum, step| { *sum += step; Some(*sum) }))
                .collect();
            let number = share * knots[knots.len() - 1];
            let (mut sum, mut back) = (0.0, 0.0);
            Place::of(number, &knots).each(|knot, weight| {
                sum += weight;
                back += weight * knots[knot];
            });
            prop_assert!((sum - 1.0).abs() < 1e-15);
            prop_assert!((back - number).abs() <= 1e-12 * knots[knots.len() - 1]);
        }
    }

    #[test]
    fn a_number_at_a_knot_has_one_column() {
        for (number, knot) in [(0.0, 0), (1.0, 1), (3.0, 2), (-5.0, 0), (9.0, 2)] {
            let mut found = Vec::new();
            Place::of(number, &[0.0, 1.0, 3.0]).each(|knot, weight| found.push((knot, weight)));
            assert_eq!(found, [(knot, 1.0)], "{number}");
        }
    }

    #[test]
    fn many_knots_are_searched_as_few_are() {
        let knots: Vec<f64> = (0..2 * FEW_KNOTS).map(|knot| knot as f64).collect();
        for number in [-1.0, 0.0, 0.5, 7.0, 31.5, 32.0, 63.0, 99.0, f64::NAN] {
            let some = |knots: &[f64]| {
                knots
                    .chunks(9)
                    .map(|knots| knots_up_to(number, knots))
                    .sum()
            };
            let few: usize = some(&knots);
            assert_eq!(knots_up_to(number, &knots), few, "{number}");
        }
    }

    #[test]
    fn huge_knots_do_not_overflow() {
        let mut sum = 0.0;
        Place::of(0.0, &[f64::MIN, f64::MAX]).each(|_, weight| sum += weight);
        assert_eq!(sum, 1.0);
    }
}
