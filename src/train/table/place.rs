//! Where in the files a row stands.

use std::fmt;

use crate::{artifact::Digest, model::DataFile, train::report::named};

/// A file that rows come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataSource {
    /// Its name, without the directory.
    pub name: String,
    /// SHA-256 of its bytes, as they are on the disk.
    pub sha256: Digest,
    /// How many rows it has.
    pub rows: usize,
}

impl From<&DataSource> for DataFile {
    fn from(source: &DataSource) -> Self {
        Self {
            name: source.name.clone(),
            sha256: source.sha256.to_string(),
            rows: source.rows as u64,
        }
    }
}

impl DataSource {
    /// SHA-256 of the file; of the files' digests and names, a line each, when
    /// there are several.
    pub(in crate::train) fn sha256_of(sources: &[Self]) -> Digest {
        match sources {
            [only] => only.sha256.clone(),
            several => {
                let lines = several
                    .iter()
                    .map(|Self { name, sha256, .. }| format!("{sha256}  {name}\n"));
                Digest::of(lines.collect::<String>().as_bytes())
            }
        }
    }

    /// The file's name; that of the first, and how many more, when there are
    /// several.
    pub(in crate::train) fn name_of(sources: &[Self]) -> String {
        match sources {
            [] => String::new(),
            [only] => only.name.clone(),
            [first, others @ ..] => format!("{} and {} more", first.name, others.len()),
        }
    }
}

/// What the rows of a file are counted by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum RowNumbers {
    /// The line of a text that each begins on.
    Lines(Lines),
    /// The row itself, from 1.
    Rows,
}

/// Lines of rows: ascending, and mostly one after the other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Lines {
    /// The rows that do not stand right below the one before, with their lines.
    jumps: Vec<(usize, u64)>,
    length: usize,
    next: u64,
}

impl Lines {
    pub(super) fn push(&mut self, line: u64) {
        if self.length == 0 || line != self.next {
            self.jumps.push((self.length, line));
        }
        self.length += 1;
        self.next = line + 1;
    }

    pub(super) fn len(&self) -> usize {
        self.length
    }

    /// Forgets the first one, and tells how many are left.
    pub(super) fn skip_first(&mut self) -> usize {
        let second = self.get(1);
        self.length = self.length.saturating_sub(1);
        self.jumps.retain(|&(row, _)| row > 1);
        for (row, _) in &mut self.jumps {
            *row -= 1;
        }
        if let Some(line) = second {
            self.jumps.insert(0, (0, line));
        }
        self.length
    }

    /// Forgets the rows before `row`, so that they take no room.
    pub(super) fn forget_before(&mut self, row: usize) {
        let after = self.jumps.partition_point(|&(start, _)| start <= row);
        self.jumps.drain(..after.saturating_sub(1));
    }

    pub(super) fn get(&self, row: usize) -> Option<u64> {
        if row >= self.length {
            return None;
        }
        let after = self.jumps.partition_point(|&(start, _)| start <= row);
        let (start, line) = *self.jumps.get(after.checked_sub(1)?)?;
        Some(line + (row - start) as u64)
    }
}

/// Where a row stands: `line 7`, and in which file when there are several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file's name, when there are several.
    pub file: Option<String>,
    /// `line` of a text, `row` of a Parquet file.
    pub unit: &'static str,
    /// Which one, from 1.
    pub number: u64,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, unit, number } = self;
        if let Some(file) = file {
            write!(f, "{}, ", named(file))?;
        }
        write!(f, "{unit} {number}")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn lines_are_kept(steps in prop::collection::vec(1..3u64, 0..100)) {
            let mut lines = Lines::default();
            let mut line = 0;
            let mut all = Vec::new();
            for step in steps {
                line += step;
                lines.push(line);
                all.push(line);
            }
            let kept: Vec<u64> = (0..lines.len()).filter_map(|row| lines.get(row)).collect();
            prop_assert_eq!(&kept, &all);
            prop_assert_eq!(lines.get(lines.len()), None);
            lines.skip_first();
            let kept: Vec<u64> = (0..lines.len()).filter_map(|row| lines.get(row)).collect();
            prop_assert_eq!(kept, all.get(1..).unwrap_or_default());
        }
    }
}
