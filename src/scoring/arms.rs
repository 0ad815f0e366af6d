//! Scorers by the arms of splits: each customer is scored by its own.

use super::{Models, Sample, Scorer};
use crate::artifact::Artifact;

/// A part of a score that has a model of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The churn score.
    Churn,
    /// The value score.
    Value,
    /// The customer's groups.
    Segmentation,
}

/// Who scores a part in place of the champion, and for which customers.
#[derive(Debug, Clone, Copy)]
pub struct Challenger<'m> {
    /// The part.
    pub part: Part,
    /// The challenging version.
    pub model: &'m Artifact,
    /// Its customers.
    pub sample: &'m Sample,
}

/// Which arms one customer is of: bit `i` is set for the challenger at place `i`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Arms(u8);

/// A scorer for each combination of arms; a single one where nothing is split.
#[derive(Debug, Clone)]
pub struct SplitScorer<'m> {
    /// By the bits of [`Arms`]: champions only come first.
    scorers: Vec<Scorer<'m>>,
    challengers: Vec<Challenger<'m>>,
}

impl Arms {
    /// Whether the challenger at a place scores.
    #[must_use]
    pub fn has(self, place: usize) -> bool {
        self.0 & (1 << place) != 0
    }

    /// The place of the combination among all.
    #[must_use]
    pub fn index(self) -> usize {
        self.0.into()
    }
}

impl<'m> From<Scorer<'m>> for SplitScorer<'m> {
    fn from(scorer: Scorer<'m>) -> Self {
        Self {
            scorers: vec![scorer],
            challengers: Vec::new(),
        }
    }
}

impl<'m> SplitScorer<'m> {
    /// Scorers by champions and at most one challenger for each part, every one
    /// made by `scorer`.
    ///
    /// # Errors
    ///
    /// Whatever `scorer` refuses.
    pub fn new<E>(
        champions: Models<'m>,
        challengers: Vec<Challenger<'m>>,
        scorer: impl Fn(Models<'m>) -> Result<Scorer<'m>, E>,
    ) -> Result<Self, E> {
        let combinations = 0..1u8 << challengers.len();
        let scorers = combinations.map(|bits| {
            let mut models = champions;
            for (place, challenger) in challengers.iter().enumerate() {
                if Arms(bits).has(place) {
                    let part = match challenger.part {
                        Part::Churn => &mut models.churn,
                        Part::Value => &mut models.value,
                        Part::Segmentation => &mut models.segmentation,
                    };
                    *part = Some(challenger.model);
                }
            }
            scorer(models)
        });
        Ok(Self {
            scorers: scorers.collect::<Result<_, E>>()?,
            challengers,
        })
    }

    /// Who challenges, by the places that [`Arms`] refer to.
    #[must_use]
    pub fn challengers(&self) -> &[Challenger<'m>] {
        &self.challengers
    }

    /// The arms of a customer, by its id.
    #[must_use]
    pub fn arms(&self, customer_id: &str) -> Arms {
        let challengers = self.challengers.iter().enumerate();
        Arms(challengers.fold(0, |bits, (place, challenger)| {
            bits | u8::from(challenger.sample.takes(customer_id)) << place
        }))
    }

    /// The scorer of the customers of these arms.
    #[must_use]
    pub fn of(&self, arms: Arms) -> &Scorer<'m> {
        // As many as there are combinations.
        self.scorers
            .get(arms.index())
            .unwrap_or_else(|| self.champions())
    }

    /// The scorers of all combinations, by [`Arms::index`].
    #[must_use]
    pub fn all(&self) -> &[Scorer<'m>] {
        &self.scorers
    }

    /// The scorer of the customers that no challenger has.
    #[must_use]
    pub fn champions(&self) -> &Scorer<'m> {
        &self.scorers[0]
    }

    /// A part's challenger: its place, and a scorer of which it is the part.
    pub(super) fn challenging(&self, part: Part) -> Option<(usize, &Scorer<'m>)> {
        let mut parts = self.challengers.iter().map(|challenger| challenger.part);
        let place = parts.position(|other| other == part)?;
        Some((place, self.of(Arms(1 << place))))
    }
}
