//! One Parquet file with flat columns.

use std::{
    fs::File,
    panic::{AssertUnwindSafe, catch_unwind},
};

use parquet::{
    basic::Compression,
    column::reader::{ColumnReader, ColumnReaderImpl},
    data_type::DataType,
    errors::ParquetError,
    file::reader::{FileReader, RowGroupReader, SerializedFileReader},
    schema::types::SchemaDescriptor,
};

use super::{
    builder::{FileColumns, Header, TableBuilder},
    cell_sink::{CellSink, TableCells},
    fault::TableFault,
    parquet_pages,
    parquet_values::{Kind, Sink},
};

/// Rows that are decoded at a time.
pub(super) const BATCH: usize = 8192;

/// Whether a file that begins like this is one.
pub(super) fn begins(magic: &[u8]) -> bool {
    magic.starts_with(b"PAR1") || magic.starts_with(b"PARE")
}

/// Reads all rows of a file into a table; tells how many there are.
///
/// The decoder indexes by what the file says, and panics on some damaged files;
/// that is one more way to say that the file is damaged. The half-read table is
/// dropped then.
pub(super) fn read(file: File, builder: &mut TableBuilder<'_>) -> Result<usize, TableFault> {
    let read = catch_unwind(AssertUnwindSafe(|| decode(file, builder)));
    read.unwrap_or_else(|_| Err(damaged("its structure contradicts itself")))
}

pub(super) fn damaged(reason: &str) -> TableFault {
    TableFault::Parquet {
        row: None,
        column: None,
        reason: reason.to_owned(),
    }
}

pub(super) fn undecoded(error: &ParquetError) -> TableFault {
    damaged(&error.to_string())
}

fn decode(file: File, builder: &mut TableBuilder<'_>) -> Result<usize, TableFault> {
    let (reader, kinds, header) = prepare(file)?;
    let mut columns = builder.begin(&header)?;
    let mut rows = 0;
    for index in 0..reader.num_row_groups() {
        let group = reader.get_row_group(index).map_err(|e| undecoded(&e))?;
        rows += read_group(&*group, rows, &kinds, &mut columns)?;
    }
    Ok(rows)
}

fn kinds(schema: &SchemaDescriptor) -> Result<Vec<Kind>, TableFault> {
    let columns = schema.columns().iter();
    columns
        .map(|column| {
            Kind::of(column).map_err(|kind| TableFault::ParquetType {
                column: column.path().string(),
                kind,
            })
        })
        .collect()
}

fn check_codec(column: String, compression: Compression) -> Result<(), TableFault> {
    let codec = match compression {
        Compression::UNCOMPRESSED | Compression::SNAPPY | Compression::GZIP(_) => return Ok(()),
        Compression::LZO => "LZO",
        Compression::BROTLI(_) => "Brotli",
        Compression::LZ4 | Compression::LZ4_RAW => "LZ4",
        Compression::ZSTD(_) => "Zstandard",
    };
    Err(TableFault::ParquetCodec {
        column,
        codec: codec.to_owned(),
    })
}

/// Opens a file whose columns can all be read: their kinds and names.
pub(super) fn prepare(
    file: File,
) -> Result<(SerializedFileReader<File>, Vec<Kind>, Header), TableFault> {
    let reader = SerializedFileReader::new(file).map_err(|error| undecoded(&error))?;
    let schema = reader.metadata().file_metadata().schema_descr();
    let kinds = kinds(schema)?;
    for group in reader.metadata().row_groups() {
        for column in group.columns() {
            check_codec(column.column_path().string(), column.compression())?;
        }
    }
    let names = schema.columns().iter();
    let names = names.map(|column| column.name().trim_ascii().to_owned());
    let header = Header::new(names.collect(), 1)?;
    if kinds.is_empty() {
        return Err(TableFault::Empty);
    }
    Ok((reader, kinds, header))
}

/// Adds a row group's cells, column by column; `before` rows were read.
fn read_group(
    group: &dyn RowGroupReader,
    before: usize,
    kinds: &[Kind],
    columns: &mut FileColumns<'_>,
) -> Result<usize, TableFault> {
    let rows = usize::try_from(group.metadata().num_rows())
        .map_err(|_| damaged("a row group has a negative number of rows"))?;
    for (position, &kind) in kinds.iter().enumerate() {
        let name = columns.column(position).name.clone();
        let at_fault = |row: usize, reason: &str| TableFault::Parquet {
            row: Some(row as u64 + 1),
            column: Some(name.clone()),
            reason: reason.to_owned(),
        };
        let reader = parquet_pages::values(group, position)
            .map_err(|error| at_fault(before, &error.to_string()))?;
        let optional = group
            .metadata()
            .column(position)
            .column_descr()
            .max_def_level()
            > 0;
        let cells = TableCells { columns, position };
        let mut sink = Sink::new(kind, cells, before);
        let mut reader = ColumnValues { reader, optional };
        let read = reader.take(&mut sink, usize::MAX);
        match read {
            Ok(found) if found == rows => {}
            Ok(found) => {
                let reason = format!("it has {found} values where the row group has {rows} rows");
                return Err(at_fault(before, &reason));
            }
            Err(Stop::Decoder(row, error)) => {
                return Err(at_fault(before + row, &error.to_string()));
            }
            Err(Stop::Value(fault)) => return Err(fault),
        }
    }
    Ok(rows)
}

/// Why no more values were taken.
pub(super) enum Stop {
    /// The row that the batch began at, and what the decoder said.
    Decoder(usize, ParquetError),
    Value(TableFault),
}

/// The values of a column that are still to be read.
pub(super) struct ColumnValues {
    pub(super) reader: ColumnReader,
    pub(super) optional: bool,
}

impl ColumnValues {
    /// Hands the next values to `sink`, at most `most`, and tells how many rows
    /// there were.
    pub(super) fn take<C: CellSink>(
        &mut self,
        sink: &mut Sink<C>,
        most: usize,
    ) -> Result<usize, Stop> {
        let optional = self.optional;
        match &mut self.reader {
            ColumnReader::BoolColumnReader(r) => {
                each(r, optional, most, sink, |sink, &value| sink.boolean(value))
            }
            ColumnReader::Int32ColumnReader(r) => each(r, optional, most, sink, |sink, &value| {
                sink.integer(
                    value.into(),
                    i64::from(value.cast_unsigned()).cast_unsigned(),
                )
            }),
            ColumnReader::Int64ColumnReader(r) => each(r, optional, most, sink, |sink, &value| {
                sink.integer(value, value.cast_unsigned())
            }),
            ColumnReader::Int96ColumnReader(r) => each(r, optional, most, sink, |sink, value| {
                sink.int96(value.data())
            }),
            ColumnReader::FloatColumnReader(r) => each(r, optional, most, sink, |sink, &value| {
                sink.float(value.into())
            }),
            ColumnReader::DoubleColumnReader(r) => {
                each(r, optional, most, sink, |sink, &value| sink.float(value))
            }
            ColumnReader::ByteArrayColumnReader(r) => {
                each(r, optional, most, sink, |sink, value| {
                    sink.bytes(value.data())
                })
            }
            ColumnReader::FixedLenByteArrayColumnReader(r) => {
                each(r, optional, most, sink, |sink, value| {
                    sink.bytes(value.data())
                })
            }
        }
    }
}

/// Hands up to `most` values of a column to `put`, and tells how many rows there
/// were.
fn each<T: DataType, C: CellSink>(
    reader: &mut ColumnReaderImpl<T>,
    optional: bool,
    most: usize,
    sink: &mut Sink<C>,
    put: impl Fn(&mut Sink<C>, &T::T) -> Result<(), TableFault>,
) -> Result<usize, Stop> {
    let mut values = Vec::new();
    let mut levels = Vec::new();
    let mut rows = 0;
    while rows < most {
        values.clear();
        levels.clear();
        let asked_levels = optional.then_some(&mut levels);
        let (read, ..) = reader
            .read_records(BATCH.min(most - rows), asked_levels, None, &mut values)
            .map_err(|error| Stop::Decoder(rows, error))?;
        if read == 0 {
            break;
        }
        let mut values = values.iter();
        for row in 0..read {
            let present = !optional || levels.get(row).is_some_and(|&level| level > 0);
            match present.then(|| values.next()).flatten() {
                Some(value) => put(sink, value).map_err(Stop::Value)?,
                None => sink.missing(),
            }
        }
        rows += read;
    }
    Ok(rows)
}
