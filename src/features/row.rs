//! From named values to a typed row, and from a row to columns.

use super::{Feature, FeatureKind, Schema};
use crate::customer::{Sent, Snapshot, Value, Violations};

/// So many are compared one by one: lengths mostly tell them apart.
const FEW_CATEGORIES: usize = 8;

/// One customer, as the encoding of a schema sees it: every feature, in the schema's
/// order, of its type, with a value wherever one is required.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    cells: Vec<Cell>,
}

impl Row {
    /// Each feature, in the schema's order.
    pub(crate) fn cells(&self) -> &[Cell] {
        &self.cells
    }
}

/// A value as the encoding of its feature sees it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Cell {
    /// Finite.
    Number(f64),
    /// The position of a category; their number stands for every other text.
    Category(usize),
    /// A yes/no fact.
    Flag(bool),
    /// No value.
    Missing,
}

/// Something unusual about one value of a row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Note {
    /// The feature's position in the schema.
    pub feature: usize,
    /// What is unusual.
    pub unusual: Unusual,
}

/// What can be unusual about a value that is scored all the same.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Unusual {
    /// Missing, and scored by the `missing` column.
    Missing,
    /// A text that is no category, scored as `other`.
    UnknownCategory,
    /// A number outside the trained range.
    OutOfTrainedRange {
        /// The nearest end of the range.
        scored_as: f64,
    },
}

impl Schema {
    /// Puts a customer's values into the schema's order.
    ///
    /// # Errors
    ///
    /// Every feature that is unknown, of the wrong type, or required and
    /// missing.
    pub fn row(&self, snapshot: &Snapshot<'_>) -> Result<Row, Violations> {
        self.row_of(&snapshot.features())
    }

    /// As [`Schema::row`], of values by name; of one name, the last counts.
    pub(crate) fn row_of(&self, named: &[(&str, Value<'_>)]) -> Result<Row, Violations> {
        Ok(self.row_of_sound(&self.arranged(named)?))
    }

    /// Values by name in the schema's order; refuses what [`Schema::row`] does.
    pub(crate) fn arranged<'a>(
        &self,
        named: &[(&str, Value<'a>)],
    ) -> Result<Vec<Value<'a>>, Violations> {
        let mut violations = Violations::default();
        let values = self.arrange(named, &mut violations);
        self.check(&values, |_| true, &mut violations);
        violations.into_result(values)
    }

    /// Everything that this schema finds wrong with values by name; with those
    /// features that it `concerns`, of which the others' values are not known.
    pub(crate) fn violations(
        &self,
        named: &[(&str, Value<'_>)],
        concerns: impl Fn(&str) -> bool,
    ) -> Violations {
        let mut violations = Violations::default();
        let values = self.arrange(named, &mut violations);
        self.check(&values, concerns, &mut violations);
        violations
    }

    /// A row of values that already stand in the schema's order.
    ///
    /// # Errors
    ///
    /// When they are not one for each feature; else every feature of the wrong
    /// type, not finite, or required and missing.
    pub(crate) fn row_in_order(&self, values: &[Value<'_>]) -> Result<Row, Violations> {
        let mut violations = Violations::default();
        if values.len() != self.features.len() {
            return Err(Violations::of(
                "features",
                "must be as many as the schema's",
            ));
        }
        self.check(values, |_| true, &mut violations);
        violations.into_result(())?;
        Ok(self.row_of_sound(values))
    }

    /// What was sent of a feature, as its encoding sees it; `None` where that is wrong,
    /// which [`Schema::row`] tells.
    pub(crate) fn cell_of_sent(&self, feature: usize, sent: Option<Sent<'_>>) -> Option<Cell> {
        let feature = self.features.get(feature)?;
        let value = match sent {
            // Names know a feature's categories, in their order.
            Some(Sent::Known(category)) => return Some(Cell::Category(category)),
            Some(Sent::Value(value)) => value,
            None => Value::Missing,
        };
        let is_sound = feature.fault(&value).is_none();
        is_sound.then(|| feature.kind.cell(value))
    }

    fn row_of_sound(&self, values: &[Value<'_>]) -> Row {
        let values = self.features.iter().zip(values);
        let cells = values.map(|(feature, value)| feature.kind.cell(*value));
        Row {
            cells: cells.collect(),
        }
    }

    fn arrange<'a>(
        &self,
        named: &[(&str, Value<'a>)],
        violations: &mut Violations,
    ) -> Vec<Value<'a>> {
        let mut values = vec![Value::Missing; self.features.len()];
        for &(name, value) in named {
            match self.position(name) {
                None => violations.push_feature(name, "is not in the model's schema"),
                Some(position) => values[position] = value,
            }
        }
        values
    }

    fn check(
        &self,
        values: &[Value<'_>],
        concerns: impl Fn(&str) -> bool,
        violations: &mut Violations,
    ) {
        for (feature, value) in self.features.iter().zip(values) {
            match feature.fault(value) {
                Some(description) if concerns(&feature.name) => {
                    violations.push_feature(&feature.name, description);
                }
                _ => {}
            }
        }
    }

    /// Encodes one effect of a row: calls `column` with the index (in the whole
    /// encoding) and value of every column that is not zero. Notes are of
    /// features; pairs have none of their own.
    pub(crate) fn encode(
        &self,
        effect: usize,
        row: &Row,
        column: impl FnMut(usize, f64),
    ) -> Option<Note> {
        if let Some(pair) = effect.checked_sub(self.features.len()) {
            let cells = self.pairs[pair].features.map(|at| row.cells[at]);
            self.encode_pair(pair, cells, column);
            return None;
        }
        let unusual = self.encode_feature(effect, row.cells[effect], column);
        unusual.map(|unusual| Note {
            feature: effect,
            unusual,
        })
    }

    /// Encodes one feature, as [`encode`](Self::encode) does.
    pub(crate) fn encode_feature(
        &self,
        feature: usize,
        cell: Cell,
        mut column: impl FnMut(usize, f64),
    ) -> Option<Unusual> {
        let columns = &self.columns[feature];
        match (&self.features[feature].kind, cell) {
            (FeatureKind::Number(encoding), Cell::Number(number)) => {
                encoding.encode(number, |index, x| column(columns.start + index, x))
            }
            (FeatureKind::Text(categories), Cell::Category(category)) => {
                column(columns.start + category, 1.0);
                (category == categories.len()).then_some(Unusual::UnknownCategory)
            }
            (FeatureKind::Flag(_), Cell::Flag(flag)) => {
                if flag {
                    column(columns.start, 1.0);
                }
                None
            }
            // A row holds no other cell than a missing one of a feature that may be missing.
            (FeatureKind::Number(_) | FeatureKind::Text(_) | FeatureKind::Flag(_), _) => {
                column(columns.end - 1, 1.0);
                Some(Unusual::Missing)
            }
        }
    }

    /// Encodes one pair of features, as [`encode`](Self::encode) does; `cells`
    /// are those of its two features.
    pub(crate) fn encode_pair(
        &self,
        pair: usize,
        cells: [Cell; 2],
        mut column: impl FnMut(usize, f64),
    ) {
        let start = self.columns[self.features.len() + pair].start;
        self.pairs[pair].encode(cells, |index, x| column(start + index, x));
    }
}

impl FeatureKind {
    /// A value as this kind's encoding sees it; of another kind, it is missing.
    pub(crate) fn cell(&self, value: Value<'_>) -> Cell {
        match (self, value) {
            (Self::Number(_), Value::Number(number)) => Cell::Number(number),
            (Self::Text(categories), Value::Text(text)) => {
                Cell::Category(category_of(categories, text).unwrap_or(categories.len()))
            }
            (Self::Flag(_), Value::Flag(flag)) => Cell::Flag(flag),
            _ => Cell::Missing,
        }
    }
}

fn category_of(categories: &[String], text: &str) -> Option<usize> {
    if categories.len() <= FEW_CATEGORIES {
        return categories.iter().position(|category| category == text);
    }
    let known = categories.binary_search_by(|category| category.as_str().cmp(text));
    known.ok()
}

impl Feature {
    pub(super) fn fault(&self, value: &Value<'_>) -> Option<&'static str> {
        match (&self.kind, value) {
            (FeatureKind::Number(_), Value::Number(number)) if !number.is_finite() => {
                Some("must be finite")
            }
            (FeatureKind::Number(_), Value::Number(_))
            | (FeatureKind::Text(_), Value::Text(_))
            | (FeatureKind::Flag(_), Value::Flag(_)) => None,
            (_, Value::Missing) => self.required.then_some("is required"),
            (FeatureKind::Number(_), _) => Some("must be a number"),
            (FeatureKind::Text(_), _) => Some("must be a text"),
            (FeatureKind::Flag(_), _) => Some("must be a flag"),
        }
    }
}
