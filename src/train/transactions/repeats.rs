//! Invoices and lines that come again, told by hashes of 64 bits: of 10⁸
//! invoices, two are mistaken for one with a chance of 3 in 10,000.

use std::hash::{BuildHasher, Hasher};

use csv::ByteRecord;
use hashbrown::{DefaultHashBuilder, HashSet};

/// The most lines of a run that others are compared to.
const MAX_RUN: usize = 1 << 16;
/// Room for lines that is kept from one run to the next.
const SMALL_RUN: usize = 1 << 8;

/// The distinct invoices of a log; their lines mostly follow each other.
#[derive(Default)]
pub(super) struct Invoices {
    hasher: DefaultHashBuilder,
    seen: HashSet<u64>,
    last: Option<u64>,
}

impl Invoices {
    pub(super) fn see(&mut self, invoice: &[u8]) {
        let hash = self.hasher.hash_one(invoice);
        if self.last != Some(hash) {
            self.seen.insert(hash);
            self.last = Some(hash);
        }
    }

    pub(super) fn distinct(&self) -> u64 {
        self.seen.len() as u64
    }
}

/// The lines of one invoice, or of one customer and time, that follow each other.
/// Lines are compared within a run only, and to its first 65,536 lines, so that
/// the room for it does not grow with the log.
#[derive(Default)]
pub(super) struct Run {
    hasher: DefaultHashBuilder,
    key: Option<u64>,
    lines: HashSet<u64>,
}

impl Run {
    /// Whether a line equals another of its run in every cell.
    pub(super) fn repeats(&mut self, key: (&[u8], &[u8]), record: &ByteRecord) -> bool {
        let key = self.hasher.hash_one(key);
        if self.key != Some(key) {
            self.key = Some(key);
            if self.lines.capacity() > SMALL_RUN {
                self.lines = HashSet::default(); // clearing takes as long as it is large
            } else {
                self.lines.clear();
            }
        }
        let mut hasher = self.hasher.build_hasher();
        for cell in record {
            hasher.write_usize(cell.len());
            hasher.write(cell);
        }
        let line = hasher.finish();
        if self.lines.len() < MAX_RUN {
            !self.lines.insert(line)
        } else {
            self.lines.contains(&line)
        }
    }
}
