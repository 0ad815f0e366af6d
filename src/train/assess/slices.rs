//! Rows in slices, by the values of any column.

use crate::train::table::{Cells, Column};

/// The most slices of one column, rows without a value not counted.
const MAX_SLICES: usize = 12;
/// The fewest rows of a value that is told by itself: what few customers share
/// may tell who they are.
const MIN_ROWS: usize = 50;
/// Slices of a number with more values than that.
const QUANTILES: usize = 4;

/// One slice.
#[derive(Debug, PartialEq)]
pub(super) struct Slice {
    /// Its value, or what stands for several.
    pub(super) value: String,
    /// Positions among the rows that were sliced, ascending.
    pub(super) positions: Vec<usize>,
}

/// Slices some rows of a table: by value, the most frequent first and rare ones,
/// those of fewer than [`MIN_ROWS`] rows among them, pooled unnamed; numbers of
/// many values by quarters of the rows.
pub(super) fn slices(column: &Column, rows: &[usize]) -> Vec<Slice> {
    let texts = column.texts();
    let counts = texts.counts(rows);
    let distinct = counts.iter().filter(|&&count| count > 0).count();
    let mut slices = match column.cells() {
        Cells::Numbers(numbers) if distinct > MAX_SLICES => quarters(numbers.values(), rows),
        Cells::Numbers(_) | Cells::Texts(_) => {
            let mut codes: Vec<usize> =
                (0..counts.len()).filter(|&code| counts[code] > 0).collect();
            codes.sort_by_key(|&code| std::cmp::Reverse(counts[code]));
            let kept = if distinct > MAX_SLICES {
                MAX_SLICES - 1
            } else {
                distinct
            };
            let frequent = codes.iter().take_while(|&&code| counts[code] >= MIN_ROWS);
            let kept = kept.min(frequent.count());
            let mut slices: Vec<Slice> = codes
                .iter()
                .take(kept)
                .map(|&code| {
                    slice(texts.text(code).to_owned(), rows, |row| {
                        texts.code(row) == Some(code)
                    })
                })
                .collect();
            let others = &codes[kept..];
            if !others.is_empty() {
                let mut is_other = vec![false; counts.len()];
                for &code in others {
                    is_other[code] = true;
                }
                let value = match others.len() {
                    1 => "(1 other value)".to_owned(),
                    several => format!("({several} other values)"),
                };
                slices.push(slice(value, rows, |row| {
                    texts.code(row).is_some_and(|code| is_other[code])
                }));
            }
            slices
        }
    };
    let missing = slice("(no value)".to_owned(), rows, |row| column.is_missing(row));
    slices.push(missing);
    slices.retain(|slice| !slice.positions.is_empty());
    slices
}

fn slice(value: String, rows: &[usize], is_in: impl Fn(usize) -> bool) -> Slice {
    let positions = rows.iter().enumerate().filter(|&(_, &row)| is_in(row));
    Slice {
        value,
        positions: positions.map(|(position, _)| position).collect(),
    }
}

/// Quarters of the rows that have a number; equal numbers stay together.
fn quarters(values: &[f64], rows: &[usize]) -> Vec<Slice> {
    let numbers = rows.iter().map(|&row| values[row]);
    let mut sorted: Vec<f64> = numbers.filter(|number| !number.is_nan()).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let Some(&largest) = sorted.last() else {
        return Vec::new();
    };
    let mut ends: Vec<f64> = (1..QUANTILES)
        .map(|quarter| sorted[quarter * sorted.len() / QUANTILES])
        .chain([largest])
        .collect();
    ends.dedup();
    let mut slices = Vec::with_capacity(ends.len());
    let mut below = f64::NEG_INFINITY;
    for end in ends {
        let is_in = |number: f64| number > below && number <= end;
        let first = sorted.iter().find(|&&number| is_in(number));
        let value = format!("{} to {end}", first.unwrap_or(&end));
        slices.push(slice(value, rows, |row| is_in(values[row])));
        below = end;
    }
    slices
}
