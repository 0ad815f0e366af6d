//! Tables and figures on a terminal, at most [`WIDTH`] columns wide.

use std::fmt::{self, Write as _};

use crate::{
    model::Interval,
    train::report::{clean, short},
};

/// The widest line, in characters.
pub(in crate::train) const WIDTH: usize = 100;
/// The longest name from the data in a table, in characters.
const MAX_NAME: usize = 28;

/// A table whose first columns are words and whose others are figures.
#[derive(Debug)]
pub(in crate::train) struct TextTable {
    /// How many columns, from the left, are aligned to the left.
    words: usize,
    rows: Vec<Vec<String>>,
}

impl TextTable {
    pub(in crate::train) fn new(words: usize, header: &[&str]) -> Self {
        Self {
            words,
            rows: vec![header.iter().map(|&name| name.to_owned()).collect()],
        }
    }

    pub(in crate::train) fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(cells.into());
    }

    pub(in crate::train) fn row_of(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }
}

impl fmt::Display for TextTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        for row in &self.rows {
            let mut line = String::new();
            for (column, (cell, &width)) in row.iter().zip(&widths).enumerate() {
                // Writing to a string never fails.
                let _ = if column < self.words {
                    write!(line, "  {cell:<width$}")
                } else {
                    write!(line, "  {cell:>width$}")
                };
            }
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

/// Four decimals.
pub(in crate::train) fn figure(value: f64) -> String {
    format!("{value:.4}")
}

/// Four decimals and a sign.
pub(in crate::train) fn signed(value: f64) -> String {
    format!("{value:+.4}")
}

/// One decimal.
pub(in crate::train) fn percent(share: f64) -> String {
    format!("{:.1}%", share * 100.0)
}

pub(in crate::train) fn interval(interval: Option<Interval>) -> String {
    interval.map_or_else(String::new, |Interval { low, high }| {
        format!("{low:.4} to {high:.4}")
    })
}

/// Said where [`was_fitted_on`](super::data::was_fitted_on); one line.
pub(in crate::train) fn fitted_here(whom: &str) -> String {
    format!("WARNING: {whom} fitted on these very files, so the figures below flatter.")
}

/// A name from the data: cleaned, and cut to a readable length.
pub(in crate::train) fn name(text: &str) -> String {
    short(text, MAX_NAME)
}

/// Words, cleaned and folded into lines of at most [`WIDTH`] characters, indented by two.
pub(in crate::train) fn folded(text: &str) -> String {
    wrapped(text, "  ", "  ")
}

/// Words, cleaned and folded into lines of at most [`WIDTH`] characters (more only
/// for a longer word); the first begins with `first`, the others with `next`.
pub(in crate::train) fn wrapped(text: &str, first: &str, next: &str) -> String {
    let mut lines = Vec::new();
    let mut line = first.to_owned();
    let mut is_empty = true;
    for word in clean(text).split_whitespace() {
        if !is_empty && line.chars().count() + 1 + word.chars().count() > WIDTH {
            lines.push(std::mem::replace(&mut line, next.to_owned()));
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(word);
        is_empty = false;
    }
    lines.push(line);
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_align_and_names_stay_short() {
        let mut table = TextTable::new(1, &["", "AUC"]);
        table.row(["a".to_owned(), "0.5".to_owned()]);
        table.row(["longer".to_owned(), "0.25".to_owned()]);
        assert_eq!(
            table.to_string(),
            "           AUC\n  a        0.5\n  longer  0.25\n"
        );
        assert_eq!(name("a\nb\u{1b}"), "a b\u{FFFD}");
        assert_eq!(folded("a\u{202E}b\u{1b}"), "  a\u{FFFD}b\u{FFFD}");
        assert_eq!(name(&"x".repeat(40)).chars().count(), MAX_NAME);
        let folded = folded(&"word ".repeat(60));
        assert!(folded.lines().all(|line| line.chars().count() <= WIDTH));
    }
}
