//! Tables that were never a file.

use super::{Column, Table, TableFault, column::ColumnBuilder};

impl Column {
    /// A column of numbers; NaN is missing.
    ///
    /// # Errors
    ///
    /// When a number is infinite.
    pub(in crate::train) fn of_numbers(
        name: &str,
        numbers: impl Iterator<Item = f64>,
    ) -> Result<Self, TableFault> {
        let mut column = ColumnBuilder::new(name.to_owned());
        for number in numbers {
            column.push_number(number)?;
        }
        Ok(column.finish())
    }

    /// A column of texts.
    ///
    /// # Errors
    ///
    /// When they are too many, or too long.
    pub(in crate::train) fn of_texts<'t>(
        name: &str,
        texts: impl Iterator<Item = &'t str>,
    ) -> Result<Self, TableFault> {
        let mut column = ColumnBuilder::new(name.to_owned());
        for text in texts {
            column.push(text)?;
        }
        Ok(column.finish())
    }
}

impl Table {
    /// A table of columns of `rows` rows each.
    pub(in crate::train) fn of_columns(columns: Vec<Column>, rows: usize) -> Self {
        Self {
            columns,
            sources: Vec::new(),
            numbers: Vec::new(),
            rows,
        }
    }
}
