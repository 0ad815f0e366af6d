//! Quintile scores: where a value stands among those of training.

/// A score of 1, the lowest fifth, to 5, the highest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quintile(u8);

impl Quintile {
    /// How many scores there are.
    pub const COUNT: usize = 5;

    /// All scores, rising.
    pub const ALL: [Self; Self::COUNT] = [Self(1), Self(2), Self(3), Self(4), Self(5)];

    /// A score; `None` unless it is 1 to 5.
    #[must_use]
    pub fn new(score: u8) -> Option<Self> {
        (1..=5).contains(&score).then_some(Self(score))
    }

    /// 1 to 5.
    #[must_use]
    pub fn get(self) -> u8 {
        self.0
    }

    /// 0 to 4.
    #[must_use]
    pub fn index(self) -> usize {
        usize::from(self.0 - 1)
    }
}

/// The lowest value that gets a score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct QuintileStep {
    /// Values from here on have the score, up to the next step.
    pub from: f64,
    /// The score.
    pub score: Quintile,
}

/// The edges between the scores of one measure, as training found them.
///
/// Steps rise strictly in value and in score. A value below the first step has
/// the first step's score, so that each number has exactly one score.
#[derive(Debug, Clone, PartialEq)]
pub struct QuintileScale {
    steps: Vec<QuintileStep>,
}

/// Why steps are no scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ScaleError {
    /// There is nothing to score by.
    #[error("a scale of scores needs at least one step")]
    Empty,
    /// A step is not a number, or the steps do not rise.
    #[error("the steps of a scale must be finite and rise in value and score")]
    NotRising,
}

impl QuintileScale {
    /// Checks stored steps.
    ///
    /// # Errors
    ///
    /// When there are none, or they do not rise.
    pub fn new(steps: Vec<QuintileStep>) -> Result<Self, ScaleError> {
        if steps.is_empty() {
            return Err(ScaleError::Empty);
        }
        let rising = steps
            .windows(2)
            .all(|pair| pair[0].from < pair[1].from && pair[0].score < pair[1].score);
        if !rising || steps.iter().any(|step| !step.from.is_finite()) {
            return Err(ScaleError::NotRising);
        }
        Ok(Self { steps })
    }

    /// Fits the edges to the values of training. Values that are not finite
    /// are passed over.
    ///
    /// Equal values share the score of the middle of their ranks, so that a
    /// score never depends on the order of the rows: of n values, those of
    /// ranks i to j (from 0) get ⌈5 · (i + j + 1) / 2n⌉. Without ties this is
    /// the usual fifths. Where many values are equal, some scores stay empty;
    /// when all are, each is 3.
    ///
    /// # Errors
    ///
    /// When there are no values.
    pub fn fit(values: impl IntoIterator<Item = f64>) -> Result<Self, ScaleError> {
        let mut values: Vec<f64> = values.into_iter().filter(|v| v.is_finite()).collect();
        // As numbers, not as bits: -0 and 0 are the same value.
        values.sort_unstable_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
        let mut steps: Vec<QuintileStep> = Vec::new();
        let mut below = 0;
        for equal in values.chunk_by(|a, b| a == b) {
            let score = middle_score(below, equal.len(), values.len());
            below += equal.len();
            if steps.last().is_none_or(|last| last.score < score) {
                let from = equal[0];
                steps.push(QuintileStep { from, score });
            }
        }
        Self::new(steps)
    }

    /// The steps, rising.
    #[must_use]
    pub fn steps(&self) -> &[QuintileStep] {
        &self.steps
    }

    /// The score of a value: never lower for a larger one.
    #[must_use]
    pub fn score(&self, value: f64) -> Quintile {
        let above = self.steps.partition_point(|step| step.from <= value);
        self.steps[above.saturating_sub(1)].score
    }
}

/// The score at the middle of `count` equal values above `below` others.
fn middle_score(below: usize, count: usize, all: usize) -> Quintile {
    // Whole numbers: no rounding decides at an edge.
    let twice_middle = 2 * below + count;
    let score = (5 * twice_middle).div_ceil(2 * all).clamp(1, 5);
    Quintile::ALL[score - 1]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn scores(values: &[f64]) -> Vec<u8> {
        let scale = QuintileScale::fit(values.iter().copied()).unwrap();
        values.iter().map(|v| scale.score(*v).get()).collect()
    }

    #[test]
    fn without_ties_scores_are_fifths() {
        let values: Vec<f64> = (0..10).map(f64::from).collect();
        assert_eq!(scores(&values), [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
        assert_eq!(scores(&[3.0, 1.0, 2.0, 5.0, 4.0]), [3, 1, 2, 5, 4]);
    }

    #[test]
    fn equal_values_have_equal_scores_and_leave_some_empty() {
        assert_eq!(scores(&[7.0; 4]), [3; 4]);
        assert_eq!(scores(&[7.0]), [3]);
        assert_eq!(scores(&[1.0, 1.0, 1.0, 2.0, 9.0]), [2, 2, 2, 4, 5]);
        assert_eq!(scores(&[0.0, -0.0, 1.0, 1.0]), [2, 2, 4, 4]);
        assert_eq!(QuintileScale::fit([]), Err(ScaleError::Empty));
        assert_eq!(QuintileScale::fit([f64::NAN]), Err(ScaleError::Empty));
    }

    #[test]
    fn numbers_that_training_never_saw_have_the_score_of_their_neighbour_below() {
        let scale = QuintileScale::fit([1.0, 1.0, 1.0, 2.0, 9.0]).unwrap();
        assert_eq!(scale.score(-5.0).get(), 2);
        assert_eq!(scale.score(8.9).get(), 4);
        assert_eq!(scale.score(f64::INFINITY).get(), 5);
    }

    #[test]
    fn steps_that_do_not_rise_are_refused() {
        let step = |from, score| QuintileStep {
            from,
            score: Quintile::new(score).unwrap(),
        };
        assert!(QuintileScale::new(vec![step(1.0, 2), step(2.0, 5)]).is_ok());
        for steps in [
            vec![step(1.0, 2), step(1.0, 5)],
            vec![step(1.0, 5), step(2.0, 2)],
            vec![step(f64::NAN, 1)],
        ] {
            assert_eq!(QuintileScale::new(steps), Err(ScaleError::NotRising));
        }
    }

    proptest! {
        #[test]
        fn scores_rise_with_the_value_and_each_fifth_is_filled_at_most(
            values in prop::collection::vec(-1e12..1e12f64, 1..200),
            other in -1e13..1e13f64,
        ) {
            let scale = QuintileScale::fit(values.iter().copied()).unwrap();
            let score = |value| scale.score(value);
            for value in &values {
                prop_assert!((*value <= other) <= (score(*value) <= score(other)));
                prop_assert!((*value >= other) <= (score(*value) >= score(other)));
            }
            let mut distinct = values.clone();
            distinct.sort_by(f64::total_cmp);
            distinct.dedup();
            if distinct.len() == values.len() {
                for quintile in Quintile::ALL {
                    let count = values.iter().filter(|v| score(**v) == quintile).count();
                    prop_assert!(count <= values.len().div_ceil(5));
                }
            }
            let again = QuintileScale::new(scale.steps().to_vec()).unwrap();
            prop_assert_eq!(again, scale);
        }
    }
}
