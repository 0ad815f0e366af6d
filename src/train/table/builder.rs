//! A table while its files are read.

use std::collections::HashMap;

use super::{
    MissingSpellings, Table,
    column::ColumnBuilder,
    fault::TableFault,
    place::{DataSource, RowNumbers},
};
use crate::artifact::Digest;

/// Collects files into one table. A file is told by its header, then its cells,
/// then its end.
pub(super) struct TableBuilder<'m> {
    pub(super) missing: &'m MissingSpellings,
    columns: Vec<ColumnBuilder>,
    sources: Vec<DataSource>,
    numbers: Vec<(usize, RowNumbers)>,
    rows: usize,
}

/// The names of a file's columns with nothing wrong with them but that other
/// files may have others.
pub(super) struct Header(Vec<String>);

impl Header {
    /// # Errors
    ///
    /// A column without a name, or two of one name. `line` is the header's.
    pub(super) fn new(names: Vec<String>, line: u64) -> Result<Self, TableFault> {
        let mut positions = HashMap::new();
        for (index, name) in names.iter().enumerate() {
            let column = index + 1;
            if name.is_empty() {
                return Err(TableFault::NamelessColumn { line, column });
            }
            if let Some(first) = positions.insert(name, column) {
                return Err(TableFault::DuplicateColumn {
                    line,
                    name: name.clone(),
                    first,
                    second: column,
                });
            }
        }
        Ok(Self(names))
    }

    pub(super) fn into_names(self) -> Vec<String> {
        self.0
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

/// The columns of the table in a file's order.
pub(super) struct FileColumns<'b> {
    missing: &'b MissingSpellings,
    columns: &'b mut [ColumnBuilder],
    /// By position in the file: the position in the table.
    order: Vec<usize>,
}

impl FileColumns<'_> {
    /// A cell of a column, by its position in the file.
    pub(super) fn push(&mut self, position: usize, cell: &[u8]) -> Result<(), CellFault> {
        let column = &mut self.columns[self.order[position]];
        let cell = cell.trim_ascii();
        if self.missing.has(cell) {
            column.push_missing();
            return Ok(());
        }
        if column.push_fixed(cell) {
            return Ok(());
        }
        let cell = std::str::from_utf8(cell).map_err(|_| CellFault::NotUtf8)?;
        column.push(cell).map_err(CellFault::Other)
    }

    /// The column's name, by its position in the file.
    pub(super) fn name(&self, position: usize) -> &str {
        &self.columns[self.order[position]].name
    }

    /// The column itself, by its position in the file.
    pub(super) fn column(&mut self, position: usize) -> &mut ColumnBuilder {
        &mut self.columns[self.order[position]]
    }
}

/// What can be wrong with one cell.
pub(super) enum CellFault {
    NotUtf8,
    Other(TableFault),
}

impl<'m> TableBuilder<'m> {
    pub(super) fn new(missing: &'m MissingSpellings) -> Self {
        Self {
            missing,
            columns: Vec::new(),
            sources: Vec::new(),
            numbers: Vec::new(),
            rows: 0,
        }
    }

    /// Begins a file, which must have the columns of the first one.
    pub(super) fn begin(&mut self, header: &Header) -> Result<FileColumns<'_>, TableFault> {
        let names = &header.0;
        let Some(first) = self.sources.first().map(|source| source.name.clone()) else {
            self.columns = names.iter().cloned().map(ColumnBuilder::new).collect();
            return Ok(FileColumns {
                missing: self.missing,
                columns: &mut self.columns,
                order: (0..names.len()).collect(),
            });
        };
        let known: HashMap<&str, usize> = self
            .columns
            .iter()
            .enumerate()
            .map(|(position, column)| (column.name.as_str(), position))
            .collect();
        let mut order = Vec::with_capacity(names.len());
        for (index, name) in names.iter().enumerate() {
            let Some(&position) = known.get(name.as_str()) else {
                return Err(TableFault::ColumnAdded {
                    column: index + 1,
                    name: name.clone(),
                    first,
                });
            };
            order.push(position);
        }
        // Names differ within a file, so that fewer of them leave one out.
        let lacking = self.columns.iter().find(|c| !names.contains(&c.name));
        if let Some(column) = lacking {
            return Err(TableFault::ColumnMissing {
                name: column.name.clone(),
                first,
            });
        }
        Ok(FileColumns {
            missing: self.missing,
            columns: &mut self.columns,
            order,
        })
    }

    /// Ends a file.
    pub(super) fn end(
        &mut self,
        name: String,
        sha256: Digest,
        rows: usize,
        numbers: RowNumbers,
    ) -> Result<(), TableFault> {
        self.numbers.push((self.rows, numbers));
        self.rows += rows;
        self.sources.push(DataSource { name, sha256, rows });
        if rows == 0 {
            return Err(TableFault::NoRows);
        }
        // The largest number stands for a missing text.
        match u32::try_from(self.rows) {
            Ok(rows) if rows < u32::MAX => Ok(()),
            _ => Err(TableFault::TooManyRows),
        }
    }

    pub(super) fn finish(self) -> Table {
        Table {
            columns: self
                .columns
                .into_iter()
                .map(ColumnBuilder::finish)
                .collect(),
            sources: self.sources,
            numbers: self.numbers,
            rows: self.rows,
        }
    }
}
