//! Rows that equal an earlier one, and whether they are copies of it.

use super::roles::{GroupedBy, Groups};
use crate::train::table::{Cells, Column, Table};

/// Repeated rows are copies unless more than this share of the groups that are
/// equal but for the target have both outcomes: few columns of few values make
/// rows look alike, and then the outcomes differ.
const MAX_DIFFERING: f64 = 0.01;

/// What repeats in a table.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::train) struct Repeats {
    /// Rows that equal an earlier one in every column.
    pub(in crate::train) rows: usize,
}

/// Finds the repeats among `rows`, and groups them when they are copies.
pub(super) fn find(table: &Table, target: usize, rows: &[usize]) -> (Repeats, Option<Groups>) {
    let others = table.columns.iter().enumerate();
    let others: Vec<&Column> = others
        .filter(|(position, _)| *position != target)
        .map(|(_, column)| column)
        .collect();
    let but_target = hashes(&others, rows);
    let mut whole = but_target.clone();
    add(&mut whole, &table.columns[target], rows);
    let whole_groups = Repeated::of(&whole);
    let groups_but_target = Repeated::of(&but_target);
    let repeats = Repeats {
        rows: whole_groups.rows,
    };
    // The outcome has two values: it parts a group in two, or not.
    let mixed = groups_but_target.rows - whole_groups.rows;
    let copies =
        repeats.rows > 0 && mixed as f64 <= MAX_DIFFERING * groups_but_target.groups as f64;
    let groups = copies.then(|| Groups {
        by: GroupedBy::Copies,
        of_row: numbered(&whole),
    });
    (repeats, groups)
}

/// How many of `rows` repeat an earlier one in a column.
pub(in crate::train) fn repeated_values(column: &Column, rows: &[usize]) -> usize {
    Repeated::of(&hashes(&[column], rows)).rows
}

/// A 64-bit hash of each row: two rows of a million collide by chance once in
/// tens of millions of files.
fn hashes(columns: &[&Column], rows: &[usize]) -> Vec<u64> {
    let mut hashes = vec![0; rows.len()];
    for column in columns {
        add(&mut hashes, column, rows);
    }
    hashes
}

fn add(hashes: &mut [u64], column: &Column, rows: &[usize]) {
    match column.cells() {
        Cells::Numbers(numbers) => {
            let values = numbers.values();
            for (hash, &row) in hashes.iter_mut().zip(rows) {
                // One bit pattern for all that is missing.
                let value = if values[row].is_nan() {
                    f64::NAN
                } else {
                    values[row]
                };
                *hash = mix(*hash ^ value.to_bits());
            }
            // Odd cells that are no numbers still differ, by their text.
            for (row, cell) in numbers.odd() {
                if let (true, Ok(at)) = (values[row].is_nan(), rows.binary_search(&row)) {
                    for &byte in cell.as_bytes() {
                        hashes[at] = mix(hashes[at] ^ u64::from(byte));
                    }
                }
            }
        }
        Cells::Texts(texts) => {
            for (hash, &row) in hashes.iter_mut().zip(rows) {
                *hash = mix(*hash ^ u64::from(texts.codes()[row]));
            }
        }
    }
}

/// A bijection in which every input bit moves half of the output bits: a step of
/// the `SplitMix64` generator (Steele, Lea and Flood, 2014).
fn mix(state: u64) -> u64 {
    let mut z = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// How much of some hashes repeats.
struct Repeated {
    /// Those that equal an earlier one.
    rows: usize,
    /// Those that others equal, counted once.
    groups: usize,
}

impl Repeated {
    fn of(hashes: &[u64]) -> Self {
        let mut sorted = hashes.to_vec();
        sorted.sort_unstable();
        let runs = sorted.chunk_by(|a, b| a == b);
        let lengths = runs.map(<[u64]>::len).filter(|&length| length > 1);
        let (rows, groups) = lengths.fold((0, 0), |(rows, groups), length| {
            (rows + length - 1, groups + 1)
        });
        Self { rows, groups }
    }
}

/// The number of each row's hash, in the order of their first rows.
fn numbered(hashes: &[u64]) -> Vec<u32> {
    let mut numbers = std::collections::HashMap::with_capacity(hashes.len());
    let numbered = hashes.iter().map(|hash| {
        let next = numbers.len();
        *numbers.entry(*hash).or_insert(next)
    });
    // The table has fewer rows than 32 bits can number.
    numbered
        .map(|number| u32::try_from(number).unwrap_or(u32::MAX))
        .collect()
}
