//! Where decoded cells go.

use super::{
    builder::{CellFault, FileColumns},
    fault::TableFault,
};

/// Where the cells of one column go.
pub(super) trait CellSink {
    fn name(&self) -> &str;
    fn missing(&mut self);
    fn number(&mut self, value: f64) -> Result<(), TableFault>;
    fn text(&mut self, cell: &[u8]) -> Result<(), CellFault>;
}

/// A column of a table.
pub(super) struct TableCells<'c, 'b> {
    pub(super) columns: &'c mut FileColumns<'b>,
    pub(super) position: usize,
}

impl CellSink for TableCells<'_, '_> {
    fn name(&self) -> &str {
        self.columns.name(self.position)
    }

    fn missing(&mut self) {
        self.columns.column(self.position).push_missing();
    }

    fn number(&mut self, value: f64) -> Result<(), TableFault> {
        self.columns.column(self.position).push_number(value)
    }

    fn text(&mut self, cell: &[u8]) -> Result<(), CellFault> {
        self.columns.push(self.position, cell)
    }
}
