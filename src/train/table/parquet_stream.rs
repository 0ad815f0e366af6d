//! The rows of a Parquet file, passed on in batches.

use std::{
    fs::File,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::mpsc::{self, Receiver, SyncSender},
    thread,
};

use parquet::file::reader::{FileReader, RowGroupReader, SerializedFileReader};

use super::{
    builder::CellFault,
    cell_sink::CellSink,
    csv_file::take_all,
    fault::TableFault,
    parquet_file::{BATCH, ColumnValues, Stop, damaged, prepare, undecoded},
    parquet_pages,
    parquet_values::{Kind, Sink},
    stream::{Batch, ColumnsTold, RowSink},
};

/// Passes on all rows of a file. One thread decodes while this one hands on.
pub(super) fn rows<S: RowSink>(file: File, sink: &mut S) -> Result<(), S::Stop> {
    let (reader, kinds, header) = guarded(|| prepare(file))?;
    let names = header.into_names();
    sink.begin(&ColumnsTold {
        columns: names.len(),
        names: Some(names.clone()),
        dated: kinds.iter().map(|kind| kind.is_dated()).collect(),
        unit: "row",
    })?;
    let (full, filled) = mpsc::sync_channel(2);
    let (used, empty) = mpsc::channel();
    thread::scope(|scope| {
        let decoding = scope.spawn(move || {
            let columns: Vec<_> = names.into_iter().zip(kinds).collect();
            guarded(|| decode(&reader, &columns, &full, &empty))
        });
        let taken = take_all(filled, &used, sink);
        let decoded = decoding.join();
        taken?;
        Ok(decoded.unwrap_or_else(|_| Err(contradictory()))?)
    })
}

/// The decoder panics on some damaged files, which is one more way to say so.
fn guarded<T>(read: impl FnOnce() -> Result<T, TableFault>) -> Result<T, TableFault> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| Err(contradictory()))
}

fn contradictory() -> TableFault {
    damaged("its structure contradicts itself")
}

/// Decodes row group by row group, until it ends or nobody listens.
fn decode(
    reader: &SerializedFileReader<File>,
    columns: &[(String, Kind)],
    full: &SyncSender<Batch>,
    empty: &Receiver<Batch>,
) -> Result<(), TableFault> {
    let mut before = 0;
    for index in 0..reader.num_row_groups() {
        let group = reader.get_row_group(index).map_err(|e| undecoded(&e))?;
        let rows = usize::try_from(group.metadata().num_rows())
            .map_err(|_| damaged("a row group has a negative number of rows"))?;
        let mut values = Vec::new();
        for (position, (name, kind)) in columns.iter().enumerate() {
            values.push(column(&*group, position, name, *kind, before)?);
        }
        let mut left = rows;
        while left > 0 {
            let most = left.min(BATCH);
            for (values, sink) in &mut values {
                sink.cells().clear();
                take(values, sink, before, most)?;
            }
            let mut batch = empty.try_recv().unwrap_or_default();
            batch.records.resize_with(most, csv::ByteRecord::new);
            batch.numbers.clear();
            for (row, record) in batch.records.iter_mut().enumerate() {
                record.clear();
                for (_, sink) in &mut values {
                    record.push_field(sink.cells().get(row));
                }
                batch.numbers.push((before + row) as u64 + 1);
            }
            if full.send(batch).is_err() {
                return Ok(());
            }
            before += most;
            left -= most;
        }
    }
    Ok(())
}

/// The values of one column of a row group.
fn column(
    group: &dyn RowGroupReader,
    position: usize,
    name: &str,
    kind: Kind,
    before: usize,
) -> Result<(ColumnValues, Sink<Cells>), TableFault> {
    let reader = parquet_pages::values(group, position)
        .map_err(|error| at_fault(name, before, &error.to_string()))?;
    let descriptor = group.metadata().column(position).column_descr();
    let values = ColumnValues {
        reader,
        optional: descriptor.max_def_level() > 0,
    };
    let cells = Cells {
        name: name.to_owned(),
        bytes: Vec::new(),
        ends: Vec::new(),
    };
    Ok((values, Sink::new(kind, cells, before)))
}

/// Takes the next `most` values, no fewer.
fn take(
    values: &mut ColumnValues,
    sink: &mut Sink<Cells>,
    before: usize,
    most: usize,
) -> Result<(), TableFault> {
    match values.take(sink, most) {
        Ok(found) if found == most => Ok(()),
        Ok(_) => {
            let reason = "it has fewer values than the row group has rows";
            Err(at_fault(&sink.cells().name, before, reason))
        }
        Err(Stop::Decoder(row, error)) => {
            let name = &sink.cells().name;
            Err(at_fault(name, before + row, &error.to_string()))
        }
        Err(Stop::Value(fault)) => Err(fault),
    }
}

fn at_fault(name: &str, row: usize, reason: &str) -> TableFault {
    TableFault::Parquet {
        row: Some(row as u64 + 1),
        column: Some(name.to_owned()),
        reason: reason.to_owned(),
    }
}

/// Cells of one column, one after the other; a missing one is blank.
pub(super) struct Cells {
    name: String,
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Cells {
    fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
    }

    fn end(&mut self) {
        self.ends.push(self.bytes.len());
    }

    fn get(&self, row: usize) -> &[u8] {
        let start = row.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.bytes[start..self.ends[row]]
    }
}

impl CellSink for Cells {
    fn name(&self) -> &str {
        &self.name
    }

    fn missing(&mut self) {
        self.end();
    }

    fn number(&mut self, value: f64) -> Result<(), TableFault> {
        use std::io::Write as _;

        // The shortest digits that read back as the same number.
        write!(self.bytes, "{value}")?;
        self.end();
        Ok(())
    }

    fn text(&mut self, cell: &[u8]) -> Result<(), CellFault> {
        self.bytes.extend_from_slice(cell);
        self.end();
        Ok(())
    }
}
