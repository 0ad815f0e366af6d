//! Which rows to fit on and which to measure on.
//!
//! *Stratified*: rows are dealt by a seed, each part with the same share of
//! churners. *Grouped*: as balanced as can be with every group whole. *Time
//! ordered*: what is measured on comes later than what is fitted on; with an
//! embargo, so much later that the outcomes of what is fitted on were known.
//! Rows count among those that have an outcome.

mod grouped;
mod stratified;
mod time_ordered;

use super::{PlanError, plan::Plan};

/// Two parts of the rows: to fit on, and to measure on; both in the order of
/// the rows.
pub(super) type Parts = (Vec<usize>, Vec<usize>);

/// How the rows of a plan are split, as their roles demand.
#[derive(Debug, Clone, Copy)]
pub(super) struct Split<'p> {
    churned: &'p [bool],
    kind: Kind<'p>,
    /// How long after its time a row's outcome was open, in the unit of the
    /// times: it is not fitted on where earlier rows than that are measured on.
    embargo: f64,
}

/// What a split respects beside the outcomes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind<'p> {
    /// Nothing.
    Stratified,
    /// The group of each row: never on both sides.
    Grouped(&'p [u32]),
    /// The time of each row: never measured on before it was fitted on.
    TimeOrdered(&'p [f64]),
}

/// Some rows, dealt to folds; each fold is measured on once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Folds {
    rows: Vec<usize>,
    /// The fold, or the block of time, of each of `rows`.
    dealt: Vec<u32>,
    /// The first block that may be measured on with each of `rows` fitted on,
    /// for blocks of time.
    known_by: Vec<u32>,
    order: Order,
    count: u32,
}

/// What a fold is fitted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    /// All other folds.
    Any,
    /// Earlier blocks; fold `k` is measured on block `k + 1`.
    Forward,
}

impl<'p> Split<'p> {
    /// Time goes before groups, groups before nothing.
    pub(super) fn of(plan: &'p Plan<'_>) -> Self {
        let kind = match (&plan.times, &plan.groups) {
            (Some(times), _) => Kind::TimeOrdered(times),
            (None, Some(groups)) => Kind::Grouped(&groups.of_row),
            (None, None) => Kind::Stratified,
        };
        Self {
            churned: &plan.churned,
            kind,
            embargo: plan.embargo,
        }
    }

    /// For choosing among models within a part of the rows. Time plays no part:
    /// what is chosen is judged on later rows anyway.
    pub(super) fn for_choosing(plan: &'p Plan<'_>) -> Self {
        Self::of_rows(
            &plan.churned,
            plan.groups.as_ref().map(|groups| &groups.of_row[..]),
        )
    }

    /// Rows without a plan: whole groups, where there are any.
    pub(super) fn of_rows(churned: &'p [bool], groups: Option<&'p [u32]>) -> Self {
        Self {
            churned,
            kind: groups.map_or(Kind::Stratified, Kind::Grouped),
            embargo: 0.0,
        }
    }

    /// What the split respects.
    pub(super) fn kind(&self) -> Kind<'p> {
        self.kind
    }

    /// Holds out a share of the rows: of each outcome's, or the latest ones.
    ///
    /// # Errors
    ///
    /// When a part would lack an outcome.
    pub(super) fn held_out(&self, share: f64, seed: u64) -> Result<Parts, PlanError> {
        let is_held_out = match self.kind {
            Kind::Stratified => stratified::held_out(self.churned, share, seed)?,
            Kind::Grouped(groups) => grouped::held_out(self.churned, groups, share, seed),
            Kind::TimeOrdered(times) => time_ordered::held_out(times, share),
        };
        let mut parts = parts(0..self.churned.len(), |row| is_held_out[row]);
        if let Kind::TimeOrdered(times) = self.kind {
            time_ordered::embargo(&mut parts, times, self.embargo);
        }
        self.check(&parts, "--held-out-share", || {
            format!("the rows held out by --held-out-share {share}, or the others,")
        })?;
        Ok(parts)
    }

    /// Deals all rows to folds; with an embargo, to as many as it leaves.
    ///
    /// # Errors
    ///
    /// When a part would lack an outcome.
    pub(super) fn folds(&self, folds: u32, seed: u64) -> Result<Folds, PlanError> {
        let rows: Vec<usize> = (0..self.churned.len()).collect();
        if self.embargo > 0.0 {
            let mut fewer = (1..folds).rev();
            let all = self.folds_of(&rows, folds, seed).ok();
            let left = all.or_else(|| fewer.find_map(|n| self.folds_of(&rows, n, seed).ok()));
            return left.map_or_else(|| self.folds_of(&rows, 0, seed), Ok);
        }
        self.folds_of(&rows, folds, seed)
    }

    /// Deals some rows to folds: those of a part, to select within it.
    ///
    /// # Errors
    ///
    /// When a part would lack an outcome.
    pub(super) fn folds_of(
        &self,
        rows: &[usize],
        folds: u32,
        seed: u64,
    ) -> Result<Folds, PlanError> {
        let churned: Vec<bool> = rows.iter().map(|&row| self.churned[row]).collect();
        let mut known_by = Vec::new();
        let (dealt, order) = match self.kind {
            _ if folds == 0 => (vec![0; rows.len()], Order::Any),
            Kind::Stratified => (stratified::folds(&churned, folds, seed)?, Order::Any),
            Kind::Grouped(groups) => {
                let groups: Vec<u32> = rows.iter().map(|&row| groups[row]).collect();
                (grouped::folds(&churned, &groups, folds, seed), Order::Any)
            }
            Kind::TimeOrdered(times) => {
                let times: Vec<f64> = rows.iter().map(|&row| times[row]).collect();
                let blocks = time_ordered::blocks(&times, folds);
                known_by = time_ordered::known_by(&blocks, &times, self.embargo);
                (blocks, Order::Forward)
            }
        };
        let folds = Folds {
            rows: rows.to_vec(),
            dealt,
            known_by,
            order,
            count: folds,
        };
        for (index, parts) in folds.iter().enumerate() {
            self.check(&parts, "--folds", || {
                format!("fold {} of {}", index + 1, folds.len())
            })?;
        }
        Ok(folds)
    }

    /// The fold of each of some rows, to choose among models by leaving out one
    /// fold after the other: at most `folds`, fewer where groups are few.
    ///
    /// # Errors
    ///
    /// When not even two folds have both outcomes.
    pub(super) fn fold_of_rows(
        &self,
        rows: &[usize],
        folds: u32,
        seed: u64,
    ) -> Result<Vec<u32>, PlanError> {
        for folds in (3..=folds).rev() {
            if let Ok(folds) = self.folds_of(rows, folds, seed) {
                return Ok(folds.dealt);
            }
        }
        Ok(self.folds_of(rows, 2, seed)?.dealt)
    }

    /// Folds of all rows, dealt anew for each of `repeats` seeds; once only where
    /// no seed plays a part.
    ///
    /// # Errors
    ///
    /// When a part would lack an outcome.
    pub(super) fn repeated(
        &self,
        folds: u32,
        repeats: u32,
        seed: u64,
    ) -> Result<Vec<Folds>, PlanError> {
        let repeats = match self.kind {
            Kind::Stratified | Kind::Grouped(_) => repeats,
            Kind::TimeOrdered(_) => repeats.min(1),
        };
        (0..u64::from(repeats))
            .map(|repeat| self.folds(folds, seed.wrapping_add(repeat)))
            .collect()
    }

    fn check(
        &self,
        (fitted, measured): &Parts,
        option: &'static str,
        part: impl Fn() -> String,
    ) -> Result<(), PlanError> {
        for rows in [fitted, measured] {
            let churners = rows.iter().filter(|&&row| self.churned[row]).count();
            let outcome = match (churners, rows.len() - churners) {
                (0, _) => "churned",
                (_, 0) => "did not churn",
                _ => continue,
            };
            return Err(PlanError::PartLacksOutcome {
                part: part(),
                outcome,
                advice: match (option, self.kind) {
                    ("--folds", _) => "use fewer --folds, or more rows",
                    (_, Kind::TimeOrdered(_)) if self.embargo > 0.0 => {
                        "choose another --held-out-share, or add rows that are at least --embargo-days earlier than those held out"
                    }
                    (_, Kind::TimeOrdered(_)) => {
                        "choose another --held-out-share, so that the latest rows have both outcomes"
                    }
                    _ => "choose another --held-out-share, or smaller groups",
                },
            });
        }
        Ok(())
    }
}

impl Folds {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.count as usize
    }

    /// One fold: the rows to fit on, and to measure on.
    pub(super) fn parts(&self, fold: usize) -> Parts {
        let (mut fitted, mut measured) = (Vec::new(), Vec::new());
        for (at, (&row, &dealt)) in self.rows.iter().zip(&self.dealt).enumerate() {
            let dealt = dealt as usize;
            match self.order {
                Order::Any if dealt == fold => measured.push(row),
                Order::Forward if dealt == fold + 1 => measured.push(row),
                Order::Forward if self.known_by[at] as usize > fold + 1 => {}
                Order::Any | Order::Forward => fitted.push(row),
            }
        }
        (fitted, measured)
    }

    /// All folds, one in memory at a time.
    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = Parts> {
        (0..self.len()).map(|fold| self.parts(fold))
    }
}

fn parts(rows: impl Iterator<Item = usize>, is_measured: impl Fn(usize) -> bool) -> Parts {
    let (measured, fitted) = rows.partition(|&row| is_measured(row));
    (fitted, measured)
}

#[cfg(test)]
mod tests;
