//! A sum of one contribution per feature and per pair of features, for models
//! that turn such a sum into a prediction.
//!
//! With encoded columns `x`, coefficients `w` and training means `m`,
//!
//! ```text
//! total = base + Σ contribution(e)
//! base  = intercept + Σ w·m
//! contribution(e) = Σ over the columns of effect e of w·(x − m)
//! ```
//!
//! Base and contributions are rounded to one binary grid, fine enough (below
//! 2^-50 of the largest possible sum) to be invisible, so that they add up to
//! the total bit for bit in any order.

use super::exact::Grid;
use crate::{
    customer::{Sent, Value},
    features::{Cell, FeatureKind, Note, NumberEncoding, Row, Schema, Shape, Unusual},
};

/// Above this, a sum says nothing: as log-odds, probabilities are 0 or 1 from
/// about ±745, and no money has so many digits.
const MAX_SUM: f64 = 1e6;

/// What one encoded column does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coefficient {
    /// Change of the sum for one unit of the encoded column.
    pub weight: f64,
    /// Mean of the encoded column over the rows that were fitted.
    pub training_mean: f64,
}

/// A schema with an intercept and a coefficient for each of its columns.
#[derive(Debug, Clone)]
pub struct AdditiveModel {
    schema: Schema,
    intercept: f64,
    coefficients: Vec<Coefficient>,
    base: f64,
    /// Σ w·m over the columns of each effect.
    mean_contributions: Vec<f64>,
    grid: Grid,
    /// What each feature adds by those of its values that can be listed, worked
    /// out once; see [`place`].
    listed: Vec<Vec<Addition>>,
}

/// What a value adds, and what is unusual about it.
type Addition = (f64, Option<Unusual>);

/// The sum of one row.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sum {
    /// That of a customer at the training mean.
    pub(super) base: f64,
    /// One for each effect of the schema: its features, then its pairs.
    pub(super) contributions: Vec<f64>,
    /// The exact sum of the two above.
    pub(super) total: f64,
    /// What was unusual about the row, in the schema's order.
    pub(super) notes: Vec<Note>,
}

/// What a feature adds by its numbers.
pub(super) struct NumberEffect<'m> {
    encoding: &'m NumberEncoding,
    coefficients: &'m [Coefficient],
    begin: f64,
    grid: Grid,
}

impl Sum {
    #[inline]
    fn add(&mut self, feature: usize, (contribution, unusual): Addition) {
        if let Some(unusual) = unusual {
            self.notes.push(Note { feature, unusual });
        }
        self.add_pair(contribution);
    }

    #[inline]
    fn add_pair(&mut self, contribution: f64) {
        self.contributions.push(contribution);
        self.total += contribution;
    }
}

impl NumberEffect<'_> {
    #[inline]
    pub(super) fn addition(&self, number: f64) -> Addition {
        let mut sum = self.begin;
        let unusual = self.encoding.encode(number, |column, x| {
            sum += self.coefficients[column].weight * x;
        });
        (self.grid.round(sum), unusual)
    }
}

impl AdditiveModel {
    /// Puts a model together.
    ///
    /// # Errors
    ///
    /// When the coefficients are not one for each column of the schema, not
    /// finite, or so large that sums beyond a million are possible.
    pub(super) fn new(
        schema: Schema,
        intercept: f64,
        coefficients: Vec<Coefficient>,
    ) -> Result<Self, ModelError> {
        if coefficients.len() != schema.width() {
            return Err(ModelError::WrongWidth {
                expected: schema.width(),
                found: coefficients.len(),
            });
        }
        let finite = |c: &Coefficient| c.weight.is_finite() && c.training_mean.is_finite();
        if !intercept.is_finite() || !coefficients.iter().all(finite) {
            return Err(ModelError::NotFinite);
        }
        let mean_contributions: Vec<f64> = schema
            .columns()
            .iter()
            .map(|columns| {
                coefficients[columns.clone()]
                    .iter()
                    .map(|c| c.weight * c.training_mean)
                    .sum()
            })
            .collect();
        let exact_base = intercept + mean_contributions.iter().sum::<f64>();
        let bound =
            exact_base.abs() + largest_contributions(&schema, &coefficients, &mean_contributions);
        // Written so that a NaN, from an infinity less another, is refused too.
        if bound.is_nan() || bound > MAX_SUM {
            return Err(ModelError::SumTooLarge);
        }
        let grid = Grid::for_sums_up_to(bound);
        let mut model = Self {
            base: grid.round(exact_base),
            schema,
            intercept,
            coefficients,
            mean_contributions,
            grid,
            listed: Vec::new(),
        };
        let features = model.schema.features().iter().enumerate();
        model.listed = features
            .map(|(at, feature)| {
                let cells = listed_cells(&feature.kind);
                cells
                    .map(|cell| model.computed_addition(at, cell))
                    .collect()
            })
            .collect();
        Ok(model)
    }

    /// Sums up one row.
    pub(super) fn sum(&self, row: &Row) -> Sum {
        let mut sum = self.empty_sum();
        for (feature, cell) in row.cells().iter().enumerate() {
            sum.add(feature, self.feature_contribution(feature, *cell));
        }
        for (pair, of) in self.schema.pairs().iter().enumerate() {
            let cells = of.features.map(|at| row.cells()[at]);
            sum.add_pair(self.pair_contribution(pair, cells));
        }
        sum
    }

    /// Sums up what was sent, one for each feature in the schema's order; `None`
    /// where any of it is wrong. Cells in between would take as long as the sum.
    pub(super) fn sum_of_sent(&self, sent: &[Option<Sent<'_>>]) -> Option<Sum> {
        let mut sum = self.empty_sum();
        for (at, (feature, listed)) in self.schema.features().iter().zip(&self.listed).enumerate() {
            let place = match (&feature.kind, sent.get(at)?) {
                (FeatureKind::Number(_), Some(Sent::Value(Value::Number(number)))) => {
                    let number = Some(*number).filter(|number| number.is_finite())?;
                    sum.add(at, self.number_effect(at)?.addition(number));
                    continue;
                }
                // Names know a feature's categories, in their order.
                (FeatureKind::Text(_), Some(Sent::Known(category))) => 1 + category,
                (FeatureKind::Flag(_), Some(Sent::Value(Value::Flag(flag)))) => {
                    1 + usize::from(*flag)
                }
                (FeatureKind::Text(_), Some(Sent::Value(Value::Text(text)))) => {
                    place(feature.kind.cell(Value::Text(text)))?
                }
                (_, None | Some(Sent::Value(Value::Missing))) if !feature.required => 0,
                _ => return None,
            };
            sum.add(at, *listed.get(place)?);
        }
        for (pair, of) in self.schema.pairs().iter().enumerate() {
            let [first, second] = of.features;
            let cell = |at: usize| self.schema.cell_of_sent(at, *sent.get(at)?);
            sum.add_pair(self.pair_contribution(pair, [cell(first)?, cell(second)?]));
        }
        Some(sum)
    }

    fn empty_sum(&self) -> Sum {
        Sum {
            base: self.base,
            contributions: Vec::with_capacity(self.schema.effects()),
            total: self.base,
            notes: Vec::new(),
        }
    }

    /// What one feature adds, and what is unusual about it.
    pub(super) fn feature_contribution(&self, feature: usize, cell: Cell) -> Addition {
        let listed = place(cell).and_then(|at| self.listed[feature].get(at));
        match listed {
            Some(addition) => *addition,
            None => self.computed_addition(feature, cell),
        }
    }

    /// Where the feature is a number.
    pub(super) fn number_effect(&self, feature: usize) -> Option<NumberEffect<'_>> {
        let FeatureKind::Number(encoding) = &self.schema.features()[feature].kind else {
            return None;
        };
        Some(NumberEffect {
            encoding,
            coefficients: &self.coefficients[self.schema.columns()[feature].clone()],
            begin: self.begin(feature),
            grid: self.grid,
        })
    }

    fn computed_addition(&self, feature: usize, cell: Cell) -> Addition {
        if let (Cell::Number(number), Some(effect)) = (cell, self.number_effect(feature)) {
            return effect.addition(number);
        }
        let mut sum = self.begin(feature);
        let add = |column: usize, x| sum += self.coefficients[column].weight * x;
        let unusual = self.schema.encode_feature(feature, cell, add);
        (self.grid.round(sum), unusual)
    }

    /// What one pair of features adds, by the cells of the two.
    pub(super) fn pair_contribution(&self, pair: usize, cells: [Cell; 2]) -> f64 {
        let effect = self.schema.features().len() + pair;
        let mut sum = self.begin(effect);
        let add = |column: usize, x| sum += self.coefficients[column].weight * x;
        self.schema.encode_pair(pair, cells, add);
        self.grid.round(sum)
    }

    /// What an effect adds before any of its columns: all of them are zero.
    fn begin(&self, effect: usize) -> f64 {
        -self.mean_contributions[effect]
    }

    /// What each effect adds to the sum of a row, in the schema's order.
    #[must_use]
    pub fn contributions(&self, row: &Row) -> Vec<f64> {
        self.sum(row).contributions
    }

    /// The features it wants, and their encoding.
    #[must_use]
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The sum where every encoded column is zero.
    #[must_use]
    pub fn intercept(&self) -> f64 {
        self.intercept
    }

    /// One for each column of the schema.
    #[must_use]
    pub fn coefficients(&self) -> &[Coefficient] {
        &self.coefficients
    }

    /// The sum of a customer at the training mean.
    #[must_use]
    pub fn base(&self) -> f64 {
        self.base
    }
}

/// The values of a feature that can be listed, in the order of their places.
fn listed_cells(kind: &FeatureKind) -> impl Iterator<Item = Cell> {
    let (categories, flags) = match kind {
        FeatureKind::Number(_) => (0, &[][..]),
        FeatureKind::Text(categories) => (categories.len() + 1, &[][..]),
        FeatureKind::Flag(_) => (0, &[false, true][..]),
    };
    let flags = flags.iter().copied().map(Cell::Flag);
    [Cell::Missing]
        .into_iter()
        .chain((0..categories).map(Cell::Category))
        .chain(flags)
}

/// Where a value stands among those of its feature that can be listed.
fn place(cell: Cell) -> Option<usize> {
    match cell {
        Cell::Number(_) => None,
        Cell::Missing => Some(0),
        Cell::Category(category) => Some(1 + category),
        Cell::Flag(flag) => Some(1 + usize::from(flag)),
    }
}

/// The sum over effects of the largest contribution that any row can have.
fn largest_contributions(
    schema: &Schema,
    coefficients: &[Coefficient],
    mean_contributions: &[f64],
) -> f64 {
    let mut total = 0.0;
    for (effect, (columns, mean)) in schema.columns().iter().zip(mean_contributions).enumerate() {
        let largest_column = match schema.features().get(effect).map(|feature| &feature.kind) {
            Some(FeatureKind::Number(NumberEncoding {
                minimum,
                maximum,
                mean,
                standard_deviation,
                shape: Shape::Line,
            })) => {
                let reach = (minimum - mean).abs().max((maximum - mean).abs());
                (reach / standard_deviation).max(1.0)
            }
            // At most one column is 1, or several add up to 1.
            _ => 1.0,
        };
        let largest_weight = coefficients[columns.clone()]
            .iter()
            .map(|c| c.weight.abs())
            .fold(0.0, f64::max);
        total += largest_weight * largest_column + mean.abs();
    }
    total
}

/// Why numbers are no model.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// Coefficients and columns do not match.
    #[error("the schema has {expected} columns, but there are {found} coefficients")]
    WrongWidth {
        /// Columns of the schema.
        expected: usize,
        /// Coefficients given.
        found: usize,
    },
    /// A NaN or an infinity.
    #[error("the intercept, coefficients and training means must be finite")]
    NotFinite,
    /// Coefficients that no sound fit has.
    #[error("the coefficients allow sums (log-odds, or the logarithm of a spend) beyond a million")]
    SumTooLarge,
}
