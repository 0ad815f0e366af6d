//! A champion against a challenger, on the same rows.

mod json;
mod moved;
mod moves;
mod text;

use std::path::PathBuf;

use super::{
    AssessError, DataError, NewData, PublishedModel,
    data::{Outcomes, was_fitted_on},
    scored::Scored,
};
use crate::{
    artifact::Identity,
    model::{
        AreaComparison, Better, ChurnDefinition, Figure, Interval, ProfitParameters, compare_areas,
    },
    train::{
        DataSource, PlanError, Progress,
        bootstrap::{Bootstrap, FigureDifference, ScoredTwice},
    },
};
use moved::MovedFile;
pub use moves::Moves;

/// What is asked for: two published models on the same rows.
#[derive(Debug, Clone)]
pub struct ComparisonRequest {
    /// The model in place.
    pub champion: PublishedModel,
    /// The one that would replace it.
    pub challenger: PublishedModel,
    /// The rows; outcomes by the champion's definition unless it says otherwise.
    pub data: NewData,
    /// What a retention campaign costs and brings.
    pub profit: ProfitParameters,
    /// How the intervals are drawn.
    pub bootstrap: Bootstrap,
    /// Where to write the rows that move most, and how many. Needs an id.
    pub moved: Option<(PathBuf, usize)>,
}

/// How the two differ.
#[derive(Debug, Clone)]
pub struct Compared {
    /// The model in place.
    pub champion: Identity,
    /// The one that would replace it.
    pub challenger: Identity,
    /// The files.
    pub sources: Vec<DataSource>,
    /// Whether the champion, and the challenger, was fitted on one of them.
    pub trained_on_these_files: [bool; 2],
    /// What either means by churn, the champion's first; the rows' outcomes are
    /// by the champion's.
    pub churn: [ChurnDefinition; 2],
    /// Rows with an outcome.
    pub rows: u64,
    /// How many of them churned.
    pub churners: u64,
    /// `DeLong`'s test.
    pub areas: AreaComparison,
    /// AUC, log loss, Brier score and maximum profit, by a paired bootstrap.
    pub differences: Vec<FigureDifference>,
    /// Which customers move.
    pub moves: Moves,
    /// What follows.
    pub verdict: Verdict,
}

/// What a comparison says, by the rule of [`Verdict::RULE`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The challenger is better.
    Better,
    /// It is worse.
    Worse,
    /// It ranks better and its probabilities are worse, or the other way round.
    Mixed,
    /// These rows do not tell them apart.
    NotDistinguishable,
}

impl Verdict {
    /// How it is reached.
    pub const RULE: &'static str = "Rule: the challenger is better when the 95 % interval of its difference in AUC (DeLong) or in log loss (paired bootstrap) lies wholly on the better side and neither lies wholly on the worse side; worse the other way round; mixed when they contradict each other.";

    fn of(area: Interval, log_loss: Option<Interval>) -> Self {
        let sides = [
            side(Better::Higher, area),
            log_loss.map_or(0, |interval| side(Better::Lower, interval)),
        ];
        match (sides.contains(&1), sides.contains(&-1)) {
            (true, false) => Self::Better,
            (false, true) => Self::Worse,
            (true, true) => Self::Mixed,
            (false, false) => Self::NotDistinguishable,
        }
    }

    /// In JSON.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Better => "better",
            Self::Worse => "worse",
            Self::Mixed => "mixed",
            Self::NotDistinguishable => "not_distinguishable",
        }
    }
}

impl Compared {
    /// Whether the two predict different things: another outcome, or another
    /// horizon. Words do not count.
    #[must_use]
    pub fn definitions_differ(&self) -> bool {
        let [champion, challenger] = &self.churn;
        champion.target != challenger.target
            || champion.positive != challenger.positive
            || champion.horizon_days != challenger.horizon_days
    }
}

/// 1 where an interval lies wholly on the better side, -1 on the worse, else 0.
fn side(better: Better, interval: Interval) -> i8 {
    let rising = match interval {
        Interval { low, .. } if low > 0.0 => 1,
        Interval { high, .. } if high < 0.0 => -1,
        Interval { .. } => 0,
    };
    if better == Better::Lower {
        -rising
    } else {
        rising
    }
}

/// Compares two published models on the same rows.
///
/// # Errors
///
/// When a model cannot be loaded, the data cannot be read or do not fit one of
/// them, an outcome has fewer than two rows, or the file of moved rows cannot be
/// written.
pub fn compare(
    request: &ComparisonRequest,
    progress: &dyn Progress,
) -> Result<Compared, AssessError> {
    let profit = request.profit.check()?;
    progress.stage("loading the models");
    let champion = request.champion.load_churn()?;
    let challenger = request.challenger.load_churn()?;
    let file_of_moved = match &request.moved {
        Some((path, count)) => Some((MovedFile::create(path)?, *count)),
        None => None,
    };
    progress.stage("reading the data");
    let table = request.data.read()?;
    let outcomes = Outcomes::find(&table, &request.data, &champion.content.churn_definition)?;
    progress.stage("scoring");
    let by = |model| Scored::of(model, &table, &outcomes.rows);
    let first = by(&champion.content.model)?.calibrated;
    let second = by(&challenger.content.model)?.calibrated;
    progress.stage("comparing");
    let too_few = || DataError::from(PlanError::OneClassInPart);
    let areas = compare_areas(&first, &second, &outcomes.churned).ok_or_else(too_few)?;
    let scored = ScoredTwice {
        champion: &first,
        challenger: &second,
        churned: &outcomes.churned,
        groups: outcomes.groups.as_deref(),
    };
    let differences = request.bootstrap.differences(scored, &profit);
    let differences = differences.ok_or_else(too_few)?;
    let log_loss = differences.iter().find(|d| d.figure == Figure::LogLoss);
    let moves = Moves::of(&first, &second);
    if let (Some((file, count)), Some(id)) = (file_of_moved, outcomes.id) {
        let id = |position: usize| {
            let cell = table.columns[id].cell(outcomes.rows[position]);
            cell.unwrap_or_default().into_owned()
        };
        file.fill(|file| moves.write(file, count, id))?;
    }
    progress.finish();
    let trained_on_these_files =
        [&champion, &challenger].map(|model| was_fitted_on(&model.content.training, &table));
    Ok(Compared {
        trained_on_these_files,
        churn: [
            champion.content.churn_definition,
            challenger.content.churn_definition,
        ],
        champion: champion.identity,
        challenger: challenger.identity,
        rows: outcomes.rows.len() as u64,
        churners: outcomes.churners() as u64,
        verdict: Verdict::of(areas.interval, log_loss.map(|d| d.interval)),
        sources: table.sources,
        areas,
        differences,
        moves,
    })
}
