//! The bytes of a file on their way to the CSV reader, watched for what that
//! reader does not tell: the line that a row begins on, and quotes that swallow
//! what follows.

use std::io::{self, Read};

use super::{MAX_CELL_BYTES, fault::TableFault, place::Lines};

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Reads a file for the CSV reader, which runs behind: it still holds rows in
/// its buffer. So everything is told by record, the header being record 0.
pub(super) struct Watched<R> {
    bytes: R,
    watch: Watch,
}

impl<R: Read> Watched<R> {
    /// `delimiter` separates the cells.
    pub(super) fn new(bytes: R, delimiter: u8) -> Self {
        Self {
            bytes,
            watch: Watch::new(delimiter),
        }
    }

    /// The line that a record begins on, from 1.
    pub(super) fn line(&self, record: usize) -> u64 {
        self.watch.starts.get(record).unwrap_or(1)
    }

    /// What is wrong with the quotes of a record.
    pub(super) fn fault(&self, record: usize) -> Option<TableFault> {
        let line = self.line(record);
        let &Fault {
            record: faulty,
            column,
            kind,
        } = self.watch.fault.as_ref()?;
        (faulty == record).then_some(match kind {
            FaultKind::Unclosed => TableFault::UnclosedQuote { line, column },
            FaultKind::TextAfterQuote => TableFault::TextAfterQuote { line, column },
            FaultKind::TooLarge => TableFault::CellTooLarge { line, column },
        })
    }

    /// Forgets the lines of the records before `record`.
    pub(super) fn forget_before(&mut self, record: usize) {
        self.watch.starts.forget_before(record);
    }

    /// The line of every record.
    pub(super) fn finish(self) -> Lines {
        self.watch.starts
    }
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.watch.fault.is_some() {
            // The record at fault never gets larger than what was read of it.
            return Err(io::Error::other("stopped at a fault"));
        }
        let length = self.bytes.read(buffer)?;
        let read = &buffer[..length];
        self.watch.follow(read);
        if length == 0 {
            self.watch.end();
        }
        Ok(length)
    }
}

#[derive(Clone, Copy)]
struct Fault {
    record: usize,
    column: usize,
    kind: FaultKind,
}

#[derive(Clone, Copy)]
enum FaultKind {
    Unclosed,
    TextAfterQuote,
    TooLarge,
}

/// Where in the file a byte stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Between records, where blank lines are skipped.
    Between,
    /// At the beginning of a cell, the only place where a quote opens.
    CellStart,
    /// Within a cell without quotes.
    Plain,
    /// Within quotes.
    Quoted,
    /// Right behind a quote within quotes: it closes them, or is the first of a
    /// doubled one.
    AfterQuote,
    /// Behind closed quotes and white space.
    Closed,
}

/// Follows the csv crate's dialect byte by byte.
struct Watch {
    delimiter: u8,
    place: Place,
    /// The line of the next byte, from 1.
    line: u64,
    after_return: bool,
    /// How much of a byte-order mark has been seen; all of it when it is over.
    mark: usize,
    column: usize,
    cell_bytes: usize,
    starts: Lines,
    fault: Option<Fault>,
}

impl Watch {
    fn new(delimiter: u8) -> Self {
        Self {
            delimiter,
            place: Place::Between,
            line: 1,
            after_return: false,
            mark: 0,
            column: 1,
            cell_bytes: 0,
            starts: Lines::default(),
            fault: None,
        }
    }

    fn follow(&mut self, bytes: &[u8]) {
        let mut at = 0;
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            let run = self.skip(rest);
            at += run;
            if let Some(&byte) = bytes.get(at) {
                self.step(byte);
                at += 1;
            }
        }
    }

    /// Passes over bytes within a cell that change nothing but its length; most
    /// bytes of a file are such.
    fn skip(&mut self, rest: &[u8]) -> usize {
        let run = match self.place {
            Place::Plain => rest
                .iter()
                .position(|&byte| byte == self.delimiter || byte == b'\n' || byte == b'\r'),
            Place::Quoted => rest
                .iter()
                .position(|byte| matches!(byte, b'"' | b'\n' | b'\r')),
            Place::Between | Place::CellStart | Place::AfterQuote | Place::Closed => Some(0),
        };
        let run = run.unwrap_or(rest.len());
        if run > 0 {
            self.after_return = false;
            self.cell_bytes += run;
            if self.cell_bytes > MAX_CELL_BYTES {
                self.fail(FaultKind::TooLarge);
            }
        }
        run
    }

    fn step(&mut self, byte: u8) {
        if let Some(&expected) = BYTE_ORDER_MARK.get(self.mark) {
            if byte == expected {
                self.mark += 1;
                return;
            }
            self.mark = BYTE_ORDER_MARK.len();
        }
        let ends_line = byte == b'\r' || byte == b'\n';
        if self.place == Place::Between && !ends_line {
            self.starts.push(self.line);
            self.column = 1;
            self.begin_cell();
        }
        self.place = self.next(byte, ends_line);
        // CR, LF and CRLF are one line break each.
        if ends_line && !(byte == b'\n' && self.after_return) {
            self.line += 1;
        }
        self.after_return = byte == b'\r';
    }

    fn next(&mut self, byte: u8, ends_line: bool) -> Place {
        match (self.place, byte) {
            (Place::Quoted, b'"') => Place::AfterQuote,
            (Place::CellStart, b'"') => Place::Quoted,
            (Place::AfterQuote, b'"') | (Place::Quoted, _) => self.grow(Place::Quoted),
            _ if ends_line => Place::Between,
            (_, byte) if byte == self.delimiter => {
                self.column += 1;
                self.begin_cell();
                self.place
            }
            (Place::AfterQuote | Place::Closed, _) => {
                if !byte.is_ascii_whitespace() {
                    self.fail(FaultKind::TextAfterQuote);
                }
                Place::Closed
            }
            (Place::Between | Place::CellStart | Place::Plain, _) => self.grow(Place::Plain),
        }
    }

    fn begin_cell(&mut self) {
        self.place = Place::CellStart;
        self.cell_bytes = 0;
    }

    fn grow(&mut self, place: Place) -> Place {
        self.cell_bytes += 1;
        if self.cell_bytes > MAX_CELL_BYTES {
            self.fail(FaultKind::TooLarge);
        }
        place
    }

    fn end(&mut self) {
        if self.place == Place::Quoted {
            self.fail(FaultKind::Unclosed);
        }
    }

    /// Keeps the first fault.
    fn fail(&mut self, kind: FaultKind) {
        self.fault.get_or_insert(Fault {
            record: self.starts.len().saturating_sub(1),
            column: self.column,
            kind,
        });
    }
}
