//! From columns by name to the cells of a schema: the columns are matched once,
//! their texts looked up once for each entry of a dictionary.

use super::{Cell, Feature, FeatureKind, Schema};
use crate::customer::{
    ColumnValues, CustomerColumns, FlagColumn, NumberColumn, TextColumn, Value, Violations,
};

/// One feature of a schema in many rows.
#[derive(Debug, Clone)]
pub(crate) enum CellColumn<'c> {
    /// Missing everywhere.
    Missing,
    /// Of a number.
    Numbers(NumberColumn<'c>),
    /// Of a text, with the cell of each entry of the dictionary.
    Texts(&'c TextColumn<'c>, Vec<Cell>),
    /// Of a flag.
    Flags(FlagColumn<'c>),
}

impl CellColumn<'_> {
    /// The cell of a row. A number need not be finite.
    pub(crate) fn cell(&self, row: usize) -> Cell {
        let cell = match self {
            Self::Missing => None,
            Self::Numbers(numbers) => numbers.get(row).map(Cell::Number),
            Self::Texts(texts, cells) => texts.index(row).and_then(|at| cells.get(at).copied()),
            Self::Flags(flags) => flags.get(row).map(Cell::Flag),
        };
        cell.unwrap_or(Cell::Missing)
    }
}

impl Schema {
    /// Puts columns into the schema's order. Values are not looked at: a row may
    /// lack what is required, or have a number that is not finite.
    ///
    /// # Errors
    ///
    /// Every column that is unknown or of the wrong type, by its place, and
    /// every required feature without a column, by its name.
    pub(crate) fn arrange_columns<'c>(
        &self,
        columns: &'c CustomerColumns<'c>,
    ) -> Result<Vec<CellColumn<'c>>, Violations> {
        let mut violations = Violations::default();
        let mut arranged = vec![None; self.features().len()];
        for (at, column) in columns.features().iter().enumerate() {
            let Some(position) = self.position(column.name) else {
                let field = format!("features[{at}].name");
                violations.push(&field, "is not in the model's schema");
                continue;
            };
            let cells = self.features()[position].cells(&column.values);
            if let Err(description) = cells {
                violations.push(&format!("features[{at}]"), description);
            }
            arranged[position] = Some(cells.unwrap_or(CellColumn::Missing));
        }
        for (feature, cells) in self.features().iter().zip(&arranged) {
            let fault = feature.fault(&Value::Missing).filter(|_| cells.is_none());
            if let Some(description) = fault {
                violations.push_feature(&feature.name, description);
            }
        }
        let cells = arranged.into_iter();
        violations.into_result(cells.map(|c| c.unwrap_or(CellColumn::Missing)).collect())
    }
}

impl Feature {
    fn cells<'c>(&self, values: &'c ColumnValues<'c>) -> Result<CellColumn<'c>, &'static str> {
        match (&self.kind, values) {
            (FeatureKind::Number(_), ColumnValues::Numbers(numbers)) => {
                Ok(CellColumn::Numbers(*numbers))
            }
            (FeatureKind::Text(_), ColumnValues::Texts(texts)) => {
                let dictionary = texts.dictionary().iter();
                let cells = dictionary.map(|text| self.kind.cell(Value::Text(text)));
                Ok(CellColumn::Texts(texts, cells.collect()))
            }
            (FeatureKind::Flag(_), ColumnValues::Flags(flags)) => Ok(CellColumn::Flags(*flags)),
            (FeatureKind::Number(_), _) => Err("must be numbers"),
            (FeatureKind::Text(_), _) => Err("must be texts"),
            (FeatureKind::Flag(_), _) => Err("must be flags"),
        }
    }
}
