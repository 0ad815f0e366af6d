//! One CSV file.

use std::{
    io::{self, Read},
    panic::resume_unwind,
    sync::mpsc::{self, Receiver, Sender, SyncSender},
    thread,
};

use super::{
    builder::{CellFault, FileColumns, Header, TableBuilder},
    fault::TableFault,
    place::Lines,
    separator_hint,
    watch::Watched,
};

/// Records that change hands at a time.
const BATCH: usize = 512;

type Batch = Vec<csv::ByteRecord>;

/// Reads all rows of a file into a table; tells on which line each begins.
///
/// One thread takes the bytes apart while this one keeps the cells; the order is
/// that of the file.
pub(super) fn read(
    bytes: impl Read + Send,
    builder: &mut TableBuilder<'_>,
) -> Result<Lines, TableFault> {
    let mut reader = csv::ReaderBuilder::new()
        .buffer_capacity(1 << 18)
        .from_reader(Watched::new(bytes));
    let names = reader.byte_headers().cloned();
    let names = check(names, reader.get_ref(), 0, "")?;
    let header = header(&names, reader.get_ref().line(0))?;
    let hint = separator_hint(header.names());
    let mut columns = builder.begin(&header)?;
    let (full, filled) = mpsc::sync_channel(2);
    let (used, empty) = mpsc::channel();
    let (split, kept) = thread::scope(|scope| {
        let reader = &mut reader;
        // The channel closes when the splitter ends.
        let splitter = scope.spawn(move || split(reader, &full, &empty, hint));
        let kept = keep(filled, &used, &mut columns);
        let split = splitter.join();
        (split.unwrap_or_else(|panic| resume_unwind(panic)), kept)
    });
    // What was kept stands before what was split last.
    kept.map_err(|(record, position, fault)| match fault {
        CellFault::NotUtf8 => TableFault::NotUtf8 {
            line: reader.get_ref().line(record),
            column: position + 1,
        },
        CellFault::Other(fault) => fault,
    })?;
    split?;
    Ok(reader.into_inner().finish())
}

/// Splits the file into records until it ends, a fault, or nobody listens.
fn split(
    reader: &mut csv::Reader<Watched<impl Read>>,
    full: &SyncSender<Batch>,
    empty: &Receiver<Batch>,
    hint: &'static str,
) -> Result<(), TableFault> {
    let mut number = 0;
    let mut ended = Ok(true);
    while matches!(ended, Ok(true)) {
        let mut batch = empty.try_recv().unwrap_or_default();
        batch.resize_with(BATCH, csv::ByteRecord::new);
        let mut length = 0;
        for record in &mut batch {
            number += 1;
            let read = reader.read_byte_record(record);
            ended = check(read, reader.get_ref(), number, hint);
            if !matches!(ended, Ok(true)) {
                break;
            }
            length += 1;
        }
        batch.truncate(length);
        if full.send(batch).is_err() {
            break;
        }
    }
    ended.map(|_| ())
}

/// Keeps the cells of all records; or tells the record, from 1, and the position
/// of the first cell that cannot be kept.
fn keep(
    filled: Receiver<Batch>,
    used: &Sender<Batch>,
    columns: &mut FileColumns<'_>,
) -> Result<(), (usize, usize, CellFault)> {
    let mut number = 0;
    for batch in filled {
        for record in &batch {
            number += 1;
            for (position, cell) in record.iter().enumerate() {
                let kept = columns.push(position, cell);
                kept.map_err(|fault| (number, position, fault))?;
            }
        }
        // Nobody needs it any more once the file has ended.
        let _ = used.send(batch);
    }
    Ok(())
}

/// What the reader says of a record, unless its quotes explain it.
fn check<T>(
    read: csv::Result<T>,
    source: &Watched<impl Read>,
    record: usize,
    hint: &'static str,
) -> Result<T, TableFault> {
    if let Some(fault) = source.fault(record) {
        return Err(fault);
    }
    read.map_err(|error| {
        let text = error.to_string();
        match error.into_kind() {
            csv::ErrorKind::UnequalLengths {
                expected_len, len, ..
            } => TableFault::RaggedRow {
                line: source.line(record),
                expected: expected_len,
                found: len,
                hint,
            },
            csv::ErrorKind::Io(error) => error.into(),
            // Byte records are neither decoded nor deserialised, nor sought.
            csv::ErrorKind::Utf8 { .. }
            | csv::ErrorKind::Seek
            | csv::ErrorKind::Serialize(_)
            | csv::ErrorKind::Deserialize { .. }
            | _ => io::Error::other(text).into(),
        }
    })
}

fn header(names: &csv::ByteRecord, line: u64) -> Result<Header, TableFault> {
    if names.is_empty() {
        return Err(TableFault::Empty);
    }
    let names = names.iter().enumerate().map(|(index, name)| {
        let column = index + 1;
        std::str::from_utf8(name.trim_ascii())
            .map(str::to_owned)
            .map_err(|_| TableFault::NotUtf8 { line, column })
    });
    Header::new(names.collect::<Result<_, _>>()?, line)
}
