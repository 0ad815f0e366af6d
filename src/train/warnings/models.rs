//! Churn models of the past: at stated weeks, one is trained on the rows whose
//! horizon had ended by then, and it scores until the next one.

use std::{ops::Range, path::PathBuf};

use super::{
    WarningsError, WarningsRequest,
    calendar::Calendar,
    panel::{Panel, Row, Week},
};
use crate::{
    customer::{Currency, Day, Value},
    features::purchases::PurchaseFeatureRules,
    model::ChurnModel,
    train::{
        ChurnTraining, ColumnOverride, Progress, Settings, Shapes, TrainError,
        design::Design,
        estimate::Estimate,
        plan::{MIN_CLASS_ROWS, Plan},
        snapshots::{CHURNED, CUSTOMER},
        table::{Column, Table, TableFault},
        transactions::PurchaseLog,
    },
};

/// The ridge penalty of straight lines: ordinary logistic regression.
const RIDGE_PENALTY: f64 = 1.0;

/// A training, and what it knew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retrained {
    /// The day of the first scoring by it.
    pub as_of: Day,
    /// The latest day that it knows the outcome of.
    pub latest: Day,
    /// The rows that it was fitted on: a customer at the end of a week.
    pub rows: usize,
    /// How many of them left.
    pub churned: usize,
}

/// Whether the first `weeks` of a panel hold enough rows of either outcome.
pub(super) fn enough(panel: &Panel, weeks: usize) -> bool {
    let [stayed, churned] = outcomes(&panel.weeks[..weeks]);
    stayed.min(churned) >= MIN_CLASS_ROWS
}

/// Rows of customers who stayed, and of those who left.
pub(super) fn outcomes(weeks: &[Week]) -> [usize; 2] {
    let rows = || weeks.iter().flat_map(|week| &week.rows);
    let churned = rows().filter(|row| row.churned).count();
    [rows().count() - churned, churned]
}

/// Trains and scores.
pub(super) struct Past<'p> {
    pub(super) request: &'p WarningsRequest,
    pub(super) log: &'p PurchaseLog,
    pub(super) calendar: &'p Calendar,
    pub(super) panel: &'p Panel,
}

impl Past<'_> {
    /// The log-odds of churn of the rows of each of `weeks`, and the trainings.
    pub(super) fn log_odds(
        &self,
        weeks: Range<usize>,
        progress: &dyn Progress,
    ) -> Result<(Vec<Vec<f64>>, Vec<Retrained>), WarningsError> {
        let every = self.request.retrain_weeks.max(1) as usize;
        let steps = weeks.len().div_ceil(every);
        let (mut log_odds, mut trainings) = (Vec::with_capacity(weeks.len()), Vec::new());
        for (step, first) in weeks.clone().step_by(every).enumerate() {
            progress.step("training on the past", step + 1, steps);
            let (model, training) = self.train(self.panel.weeks[first].as_of)?;
            trainings.push(training);
            let scored = &self.panel.weeks[first..weeks.end.min(first + every)];
            log_odds.extend(scored.iter().map(|week| self.score(&model, &week.rows)));
        }
        Ok((log_odds, trainings))
    }

    /// A model of what was known at the end of a day.
    fn train(&self, as_of: Day) -> Result<(ChurnModel, Retrained), WarningsError> {
        let known = &self.panel.weeks[..self.calendar.known_by(as_of)];
        let [stayed, churned] = outcomes(known);
        let training = Retrained {
            as_of,
            latest: known.last().map_or(as_of, |week| week.as_of),
            rows: stayed + churned,
            churned,
        };
        let table = self.table(known);
        let table = table.map_err(|fault| WarningsError::Table { as_of, fault })?;
        let model = self.fit(&table).map_err(|source| WarningsError::Training {
            as_of,
            source: Box::new(source),
        })?;
        Ok((model, training))
    }

    fn table(&self, weeks: &[Week]) -> Result<Table, TableFault> {
        let ids: Vec<&str> = self.log.iter().map(|(id, _)| id).collect();
        let rows: Vec<&Row> = weeks.iter().flat_map(|week| &week.rows).collect();
        let outcome = |row: &&Row| if row.churned { "yes" } else { "no" };
        let mut columns = vec![
            Column::of_texts(CUSTOMER, rows.iter().map(|row| ids[row.customer]))?,
            Column::of_texts(CHURNED, rows.iter().map(outcome))?,
        ];
        for (at, name) in self.panel.names.iter().enumerate() {
            let values = rows.iter().map(|row| row.values[at]);
            columns.push(Column::of_numbers(name, values)?);
        }
        Ok(Table::of_columns(columns, rows.len()))
    }

    fn fit(&self, table: &Table) -> Result<ChurnModel, TrainError> {
        let WarningsRequest { shapes, name, .. } = self.request;
        let shapes = *shapes;
        let lines = shapes == Shapes::Lines;
        let training = ChurnTraining {
            id: Some(CUSTOMER.to_owned()),
            purchases: Some(PurchaseFeatureRules {
                features: self.panel.features.clone(),
                occasion: self.log.occasion(),
                currency: Currency::NONE,
            }),
            settings: Settings {
                seed: self.request.seed,
                folds: 0,
                shapes,
                ridge_penalty: lines.then_some(RIDGE_PENALTY),
                bootstrap: 0,
                ..Settings::default()
            },
            columns: self
                .panel
                .names
                .iter()
                .map(|name| may_be_missing(name))
                .collect(),
            ..ChurnTraining::new(Vec::new(), CHURNED, "yes", name.clone(), PathBuf::new())
        };
        let plan = Plan::make(table, &training)?;
        let rows: Vec<usize> = (0..plan.rows.len()).collect();
        let design = Design { plan: &plan };
        Ok(Estimate::of(&design, &rows, &training.settings)?.model)
    }

    fn score(&self, model: &ChurnModel, rows: &[Row]) -> Vec<f64> {
        let features = model.schema().features().iter();
        let places: Vec<Option<usize>> = features
            .map(|feature| {
                self.panel
                    .names
                    .iter()
                    .position(|name| *name == feature.name)
            })
            .collect();
        let log_odds = |row: &Row| {
            let value = |place: &Option<usize>| match place.and_then(|at| row.values.get(at)) {
                Some(number) if !number.is_nan() => Value::Number(*number),
                _ => Value::Missing,
            };
            let values: Vec<Value<'_>> = places.iter().map(value).collect();
            match model.schema().row_in_order(&values) {
                Ok(row) => model.explain(&row).calibrated_log_odds,
                // Numbers that may be missing are sound.
                Err(_) => model.base_log_odds(),
            }
        };
        rows.iter().map(log_odds).collect()
    }
}

/// What was never missing so far may be later: a trend has no value for who bought
/// nothing lately, and at the beginning of a log everybody did.
fn may_be_missing(name: &str) -> (String, ColumnOverride) {
    let told = ColumnOverride {
        required: Some(false),
        ..ColumnOverride::default()
    };
    (name.to_owned(), told)
}
