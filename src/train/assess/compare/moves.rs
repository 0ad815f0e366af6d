//! Which customers stand elsewhere by another model.

use std::io::{self, Write};

use crate::model::logistic;

/// How customers move between tenths of the base, 1 having the highest scores.
#[derive(Debug, Clone, PartialEq)]
pub struct Moves {
    /// Rows by champion's decile, then challenger's.
    pub deciles: [[u64; 10]; 10],
    /// Rank correlation of the two (Spearman, ties at their mean rank), in
    /// [-1, 1]; `None` where a model scores all rows alike.
    pub rank_correlation: Option<f64>,
    /// Rows whose decile differs.
    pub changed_decile: u64,
    /// Share of the champion's top decile that is in the challenger's, in [0, 1].
    pub top_decile_kept: f64,
    /// By row.
    rows: Vec<[Standing; 2]>,
}

/// Where a row stands by one model.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Standing {
    /// Share of the rows with higher scores, ties counting half; in [0, 1].
    rank: f64,
    decile: usize,
    probability: f64,
}

impl Moves {
    pub(super) fn of(champion: &[f64], challenger: &[f64]) -> Self {
        let (first, second) = (standings(champion), standings(challenger));
        let mut deciles = [[0; 10]; 10];
        for (a, b) in first.iter().zip(&second) {
            deciles[a.decile][b.decile] += 1;
        }
        let kept: u64 = deciles.iter().enumerate().map(|(at, row)| row[at]).sum();
        let top: u64 = deciles[0].iter().sum();
        Self {
            rank_correlation: correlation(&first, &second),
            changed_decile: first.len() as u64 - kept,
            top_decile_kept: deciles[0][0] as f64 / top.max(1) as f64,
            deciles,
            rows: first.into_iter().zip(second).map(|(a, b)| [a, b]).collect(),
        }
    }

    /// Writes the rows that move most, by rank, as CSV.
    pub(super) fn write(
        &self,
        file: impl Write,
        count: usize,
        id: impl Fn(usize) -> String,
    ) -> io::Result<()> {
        let mut order: Vec<usize> = (0..self.rows.len()).collect();
        let distance = |row: usize| {
            let [a, b] = self.rows[row];
            (a.rank - b.rank).abs()
        };
        order.retain(|&row| distance(row) > 0.0);
        // Stable: equal ones stay in the order of the rows.
        order.sort_by(|&a, &b| distance(b).total_cmp(&distance(a)));
        order.truncate(count);
        let mut csv = csv::Writer::from_writer(file);
        csv.write_record([
            "id",
            "champion_probability",
            "challenger_probability",
            "champion_decile",
            "challenger_decile",
        ])?;
        for row in order {
            let [a, b] = self.rows[row];
            csv.write_record([
                id(row),
                a.probability.to_string(),
                b.probability.to_string(),
                (a.decile + 1).to_string(),
                (b.decile + 1).to_string(),
            ])?;
        }
        csv.flush()
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between 0 and 10"
)]
fn standings(scores: &[f64]) -> Vec<Standing> {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_unstable_by(|&a, &b| scores[b].total_cmp(&scores[a]).then(a.cmp(&b)));
    let rows = scores.len() as f64;
    let mut standings = vec![
        Standing {
            rank: 0.0,
            decile: 0,
            probability: 0.0,
        };
        scores.len()
    ];
    let mut above = 0;
    for ties in order.chunk_by(|&a, &b| scores[a] == scores[b]) {
        let rank = (above as f64 + ties.len() as f64 / 2.0) / rows;
        for &row in ties {
            standings[row] = Standing {
                rank,
                decile: ((rank * 10.0) as usize).min(9),
                probability: logistic(scores[row]),
            };
        }
        above += ties.len();
    }
    standings
}

/// Pearson's correlation of the ranks.
fn correlation(first: &[Standing], second: &[Standing]) -> Option<f64> {
    // The mean of all ranks is 1/2, ties or not.
    let (mut both, mut of_first, mut of_second) = (0.0, 0.0, 0.0);
    for (a, b) in first.iter().zip(second) {
        let (a, b) = (a.rank - 0.5, b.rank - 0.5);
        both += a * b;
        of_first += a * a;
        of_second += b * b;
    }
    let scale = (of_first * of_second).sqrt();
    (scale > 0.0).then(|| both / scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moves_are_counted() {
        let up: Vec<f64> = (0..100).map(f64::from).collect();
        let down: Vec<f64> = up.iter().map(|x| -x).collect();
        let same = Moves::of(&up, &up);
        assert_eq!((same.changed_decile, same.top_decile_kept), (0, 1.0));
        assert!((same.rank_correlation.unwrap() - 1.0).abs() < 1e-12);
        assert!(same.deciles.iter().all(|row| row.iter().sum::<u64>() == 10));
        let turned = Moves::of(&up, &down);
        assert_eq!((turned.changed_decile, turned.top_decile_kept), (100, 0.0));
        assert!((turned.rank_correlation.unwrap() + 1.0).abs() < 1e-12);
        assert_eq!(Moves::of(&up, &[0.0; 100]).rank_correlation, None);
    }
}
