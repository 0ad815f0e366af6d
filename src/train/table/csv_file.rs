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
    files::unreadable,
    place::Lines,
    separator_hint,
    stream::{Batch, ColumnsTold, HeaderLine, RowSink},
    watch::Watched,
};

/// Records that change hands at a time.
const BATCH: usize = 512;

/// What happens to the lines of records that have been passed on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum PastLines {
    Kept,
    Forgotten,
}

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
        .from_reader(Watched::new(bytes, b','));
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
        let splitter = scope.spawn(move || split(reader, PastLines::Kept, &full, &empty, hint));
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

/// Passes all rows of a file on in batches, in their order: first `begin` hears
/// of the header, then `take` of each batch. Only a few batches are held.
pub(super) fn stream<S: RowSink>(
    bytes: impl Read + Send,
    header: HeaderLine,
    delimiter: u8,
    sink: &mut S,
) -> Result<(), S::Stop> {
    let has_header = header == HeaderLine::Present;
    let mut reader = csv::ReaderBuilder::new()
        .buffer_capacity(1 << 18)
        .delimiter(delimiter)
        .has_headers(has_header)
        .from_reader(Watched::new(bytes, delimiter));
    let first = reader.byte_headers().cloned();
    let first = check(first, reader.get_ref(), 0, "")?;
    if first.is_empty() {
        return Err(TableFault::Empty.into());
    }
    let names = if has_header {
        let header = self::header(&first, reader.get_ref().line(0))?;
        Some(header.into_names())
    } else {
        None
    };
    sink.begin(&ColumnsTold {
        names,
        columns: first.len(),
        dated: Vec::new(),
        unit: "line",
    })?;
    let (full, filled) = mpsc::sync_channel(4);
    let (used, empty) = mpsc::channel();
    thread::scope(|scope| {
        let reader = &mut reader;
        let splitter = scope.spawn(move || split(reader, PastLines::Forgotten, &full, &empty, ""));
        let taken = take_all(filled, &used, sink);
        let split = splitter.join();
        taken?;
        Ok(split.unwrap_or_else(|panic| resume_unwind(panic))?)
    })
}

/// Hands on batches until there are no more, or the sink has enough.
pub(super) fn take_all<S: RowSink>(
    filled: Receiver<Batch>,
    used: &Sender<Batch>,
    sink: &mut S,
) -> Result<(), S::Stop> {
    for batch in filled {
        sink.take(&batch)?;
        // Nobody needs it any more once the file has ended.
        let _ = used.send(batch);
    }
    Ok(())
}

/// Splits the file into records until it ends, a fault, or nobody listens.
fn split(
    reader: &mut csv::Reader<Watched<impl Read>>,
    past: PastLines,
    full: &SyncSender<Batch>,
    empty: &Receiver<Batch>,
    hint: &'static str,
) -> Result<(), TableFault> {
    // Where there is no header, records count from 0.
    let mut number = if reader.has_headers() { 0 } else { usize::MAX };
    let mut ended = Ok(true);
    while matches!(ended, Ok(true)) {
        let mut batch = empty.try_recv().unwrap_or_default();
        batch.records.resize_with(BATCH, csv::ByteRecord::new);
        batch.numbers.clear();
        let mut length = 0;
        for record in &mut batch.records {
            number = number.wrapping_add(1);
            let read = reader.read_byte_record(record);
            ended = check(read, reader.get_ref(), number, hint);
            if !matches!(ended, Ok(true)) {
                break;
            }
            length += 1;
            if past == PastLines::Forgotten {
                batch.numbers.push(reader.get_ref().line(number));
            }
        }
        if past == PastLines::Forgotten {
            reader.get_mut().forget_before(number);
        }
        batch.records.truncate(length);
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
        for record in &batch.records {
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
            csv::ErrorKind::Io(error) => unreadable(error),
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
