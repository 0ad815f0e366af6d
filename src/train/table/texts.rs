//! Texts of a column, each distinct one kept once.

use std::{collections::hash_map::DefaultHasher, hash::Hasher};

use hashbrown::HashTable;

/// The code of a row without a text.
const MISSING: u32 = u32::MAX;

/// Texts by row: a code for each row, and the distinct texts in the order of
/// their first rows. So two columns that tell the rows apart alike have the same
/// codes.
#[derive(Debug, Clone, Default)]
pub struct Texts {
    codes: Vec<u32>,
    /// All distinct texts, one after the other.
    text: String,
    /// Where each of them ends in `text`.
    ends: Vec<u32>,
}

/// More distinct text than 32 bits can address.
#[derive(Debug)]
pub(super) struct TooMuchText;

impl Texts {
    /// The text of a row; `None` where there is none.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<&str> {
        self.code(row).map(|code| self.text(code))
    }

    /// The code of a row's text, below [`Texts::distinct`].
    #[must_use]
    pub fn code(&self, row: usize) -> Option<usize> {
        let code = self.codes[row];
        (code != MISSING).then_some(code as usize)
    }

    /// The text of a code.
    #[must_use]
    pub fn text(&self, code: usize) -> &str {
        let start = if code == 0 { 0 } else { self.ends[code - 1] };
        &self.text[start as usize..self.ends[code] as usize]
    }

    /// How many distinct texts there are.
    #[must_use]
    pub fn distinct(&self) -> usize {
        self.ends.len()
    }

    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.codes.len()
    }

    /// The code of every row, as stored.
    pub(in crate::train) fn codes(&self) -> &[u32] {
        &self.codes
    }

    /// How many of `rows` have each text, by code.
    pub(in crate::train) fn counts(&self, rows: &[usize]) -> Vec<usize> {
        let mut counts = vec![0; self.distinct()];
        for code in rows.iter().filter_map(|&row| self.code(row)) {
            counts[code] += 1;
        }
        counts
    }
}

/// Collects texts row by row.
#[derive(Debug, Default)]
pub(super) struct Interner {
    texts: Texts,
    codes: HashTable<u32>,
    /// The code of the row before: long runs of one text are common.
    last: Option<u32>,
}

impl Interner {
    pub(super) fn push(&mut self, text: &str) -> Result<(), TooMuchText> {
        let code = self.code_of(text)?;
        self.last = Some(code);
        self.texts.codes.push(code);
        Ok(())
    }

    pub(super) fn push_missing(&mut self) {
        self.texts.codes.push(MISSING);
    }

    pub(super) fn finish(self) -> Texts {
        let mut texts = self.texts;
        texts.codes.shrink_to_fit();
        texts.text.shrink_to_fit();
        texts.ends.shrink_to_fit();
        texts
    }

    fn code_of(&mut self, text: &str) -> Result<u32, TooMuchText> {
        let texts = &mut self.texts;
        if let Some(last) = self.last.filter(|&last| texts.text(last as usize) == text) {
            return Ok(last);
        }
        let hash = hash(text);
        let known = self
            .codes
            .find(hash, |&code| texts.text(code as usize) == text);
        if let Some(&code) = known {
            return Ok(code);
        }
        let code = u32::try_from(texts.ends.len()).map_err(|_| TooMuchText)?;
        let end = u32::try_from(texts.text.len() + text.len()).map_err(|_| TooMuchText)?;
        texts.text.push_str(text);
        texts.ends.push(end);
        self.codes
            .insert_unique(hash, code, |&code| hash_of(texts, code));
        Ok(code)
    }
}

fn hash_of(texts: &Texts, code: u32) -> u64 {
    hash(texts.text(code as usize))
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(text.as_bytes());
    hasher.finish()
}
