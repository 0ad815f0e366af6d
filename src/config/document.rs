//! A TOML document that is read section by section, so that one fault does not
//! hide the next, and that knows on which line each of its fields stands.

use std::fmt;

use serde::de::DeserializeOwned;
use toml::{
    Spanned,
    de::{DeTable, DeValue, Error, ValueDeserializer},
};

use crate::customer::Violations;

/// How many faults are listed; the rest are only counted.
const MAX_LISTED: usize = 20;

/// One fault of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileFault {
    /// The line, from 1.
    pub line: usize,
    /// The field, such as `bands[1].from`; empty where TOML ends.
    pub field: String,
    /// What is wrong with it.
    pub problem: String,
}

impl fmt::Display for FileFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            line,
            field,
            problem,
        } = self;
        write!(f, "line {line}: ")?;
        if !field.is_empty() {
            write!(f, "{field}: ")?;
        }
        f.write_str(problem)
    }
}

/// Every fault of a file, by line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileFaults {
    listed: Vec<FileFault>,
    unlisted: usize,
}

impl FileFaults {
    /// The first ones, at most 20 of each section.
    #[must_use]
    pub fn listed(&self) -> &[FileFault] {
        &self.listed
    }

    pub(super) fn is_empty(&self) -> bool {
        self.listed.is_empty()
    }

    /// Adds those of another file.
    pub(super) fn extend(&mut self, others: Self) {
        self.listed.extend(others.listed);
        self.unlisted += others.unlisted;
    }

    fn push(&mut self, line: usize, field: &str, problem: &str) {
        self.listed.push(FileFault {
            line,
            field: field.to_owned(),
            problem: problem.trim().replace('\n', "; "),
        });
    }
}

impl fmt::Display for FileFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, fault) in self.listed.iter().take(MAX_LISTED).enumerate() {
            let separator = if at == 0 { "" } else { "; " };
            write!(f, "{separator}{fault}")?;
        }
        match self.listed.len().saturating_sub(MAX_LISTED) + self.unlisted {
            0 => Ok(()),
            more => write!(f, "; and {more} more"),
        }
    }
}

/// A document, and what was found wrong with it so far.
pub(super) struct Document<'t> {
    text: &'t str,
    root: DeTable<'t>,
    taken: Vec<&'static str>,
    faults: FileFaults,
}

impl<'t> Document<'t> {
    /// Parses TOML; what it is not is told with every other fault.
    pub(super) fn parse(text: &'t str) -> Self {
        let (root, errors) = DeTable::parse_recoverable(text);
        let mut document = Self {
            text,
            root: root.into_inner(),
            taken: Vec::new(),
            faults: FileFaults::default(),
        };
        for error in errors {
            document.refuse("", &error, 0);
        }
        document
    }

    /// Blames sections that are not there.
    pub(super) fn require(&mut self, names: &[&str]) {
        for name in names {
            if self.root.get(*name).is_none() {
                self.faults.push(1, name, "is required");
            }
        }
    }

    /// One section, read as a whole; `None` where it is not there, or at fault.
    pub(super) fn section<T: DeserializeOwned>(&mut self, name: &'static str) -> Option<T> {
        self.taken.push(name);
        let value = self.root.get(name)?.clone();
        self.read(name, value)
    }

    /// A list of sections, each read for itself; `None` where there is none.
    /// One at fault is left out of the list, which is then not to be judged as a
    /// whole.
    pub(super) fn entries<T: DeserializeOwned>(
        &mut self,
        name: &'static str,
    ) -> Option<Result<Vec<T>, Vec<T>>> {
        self.taken.push(name);
        let value = self.root.get(name)?.clone();
        let start = value.span().start;
        let DeValue::Array(entries) = value.into_inner() else {
            let line = self.line_at(start);
            self.faults.push(line, name, "must be a list: `[[…]]`");
            return Some(Err(Vec::new()));
        };
        let stated = entries.len();
        let mut read = Vec::with_capacity(stated);
        for (at, entry) in entries.into_iter().enumerate() {
            read.extend(self.read(&format!("{name}[{at}]"), entry));
        }
        Some(if read.len() == stated {
            Ok(read)
        } else {
            Err(read)
        })
    }

    /// Adds what the rules say, by the paths of fields.
    pub(super) fn blame(&mut self, violations: &Violations) {
        for violation in violations.listed() {
            let line = self.line_of(violation.field());
            self.faults
                .push(line, violation.field(), violation.description());
        }
        self.faults.unlisted += violations.total() - violations.listed().len();
    }

    /// Adds sections that nobody asked for, and gives all faults by their lines.
    pub(super) fn finish(mut self) -> FileFaults {
        let unknown: Vec<(String, usize)> = self
            .root
            .iter()
            .filter(|(key, _)| !self.taken.contains(&key.get_ref().as_ref()))
            .map(|(key, _)| (key.get_ref().to_string(), key.span().start))
            .collect();
        for (key, start) in unknown {
            let line = self.line_at(start);
            let known = self.taken.join("`, `");
            self.faults
                .push(line, &key, &format!("is not known; there are `{known}`"));
        }
        self.faults.listed.sort_by_key(|fault| fault.line);
        self.faults
    }

    fn read<T: DeserializeOwned>(&mut self, field: &str, value: Spanned<DeValue<'t>>) -> Option<T> {
        let start = value.span().start;
        match T::deserialize(ValueDeserializer::from(value)) {
            Ok(read) => Some(read),
            Err(error) => {
                self.refuse(field, &error, start);
                None
            }
        }
    }

    fn refuse(&mut self, field: &str, error: &Error, start: usize) {
        let start = error.span().map_or(start, |span| span.start);
        let line = self.line_at(start);
        self.faults.push(line, field, error.message());
    }

    /// The line of a field such as `bands[1].from`; where it is not there, of
    /// what it would stand in.
    fn line_of(&self, field: &str) -> usize {
        let mut start = 0;
        let mut table = Some(&self.root);
        for step in field.split('.') {
            let (key, index) = match step.split_once('[') {
                Some((key, index)) => (key, index.trim_end_matches(']').parse::<usize>().ok()),
                None => (step, None),
            };
            let Some((spelled, mut value)) = table.and_then(|table| table.get_key_value(key))
            else {
                break;
            };
            start = spelled.span().start;
            if let (DeValue::Array(entries), Some(index)) = (value.get_ref(), index) {
                let Some(entry) = entries.get(index) else {
                    break;
                };
                start = entry.span().start;
                value = entry;
            }
            table = value.get_ref().as_table();
        }
        self.line_at(start)
    }

    fn line_at(&self, start: usize) -> usize {
        let before = self.text.as_bytes().iter().take(start);
        before.filter(|byte| **byte == b'\n').count() + 1
    }
}
