//! What a row tells of a customer at a cut-off.

use super::{
    CHURNED, DISTINCT_PRODUCTS, Histories, Outcome, PurchaseFeatures, SnapshotError,
    SnapshotRequest, TableKind, cut_off::CutOff, file::Cell,
};
use crate::customer::{Day, PurchaseHistory, Refunds, TimeUnit, Value};

/// How rows of one table are made.
#[derive(Debug)]
pub(super) struct Rows {
    kind: Kind,
    refunds: Refunds,
    horizon_days: Option<u32>,
}

#[derive(Debug)]
enum Kind {
    Features {
        features: PurchaseFeatures,
        /// Which of them, by position.
        told: Vec<usize>,
        active_days: Option<u32>,
        outcome: Outcome,
    },
    Summary(TimeUnit),
}

impl Rows {
    pub(super) fn new(
        request: &SnapshotRequest,
        histories: &Histories<'_>,
    ) -> Result<Self, SnapshotError> {
        let refunds = histories.refunds;
        let kind = match &request.table {
            TableKind::Summary { unit } => Kind::Summary(*unit),
            TableKind::Features {
                windows_days,
                active_days,
                outcome,
            } => {
                let features = PurchaseFeatures::new(windows_days, refunds)?;
                let names = features.names().iter().enumerate();
                let told = names
                    .filter(|(_, name)| histories.has_products || *name != DISTINCT_PRODUCTS)
                    .map(|(position, _)| position)
                    .collect();
                Kind::Features {
                    features,
                    told,
                    active_days: *active_days,
                    outcome: *outcome,
                }
            }
        };
        Ok(Self {
            kind,
            refunds,
            horizon_days: request.horizon_days,
        })
    }

    /// The columns after the id and the day.
    pub(super) fn columns(&self) -> Vec<String> {
        match (&self.kind, self.horizon_days) {
            (
                Kind::Features {
                    features,
                    told,
                    outcome,
                    ..
                },
                horizon,
            ) => {
                let names = told.iter().map(|&at| features.names()[at].clone());
                let outcomes = match (horizon, outcome) {
                    (None, _) => Vec::new(),
                    (Some(_), Outcome::Churned) => vec![CHURNED.to_owned()],
                    (Some(days), Outcome::Purchases) => vec![
                        format!("purchases_next_{days}_days"),
                        format!("spend_next_{days}_days"),
                    ],
                };
                names.chain(outcomes).collect()
            }
            (Kind::Summary(unit), horizon) => {
                let unit = match unit {
                    TimeUnit::Day => "days",
                    TimeUnit::Week => "weeks",
                };
                let mut names = vec![
                    "frequency".to_owned(),
                    format!("recency_{unit}"),
                    format!("observation_{unit}"),
                    "mean_repeat_spend".to_owned(),
                ];
                if horizon.is_some() {
                    names.extend([
                        format!("holdout_{unit}"),
                        "holdout_purchases".to_owned(),
                        "holdout_spend".to_owned(),
                    ]);
                }
                names
            }
        }
    }

    /// `None` for who had not bought by then.
    pub(super) fn days_since_last(&self, history: PurchaseHistory<'_>, as_of: Day) -> Option<i32> {
        let last = history.through(as_of).purchases(self.refunds).next_back()?;
        Some(as_of.days_since(last.day))
    }

    /// Whether a customer has a row whose last purchase was this long ago.
    pub(super) fn include(&self, days_since_last: i32) -> bool {
        match &self.kind {
            Kind::Features {
                active_days: Some(active),
                ..
            } => i64::from(days_since_last) < i64::from(*active),
            Kind::Features { .. } | Kind::Summary(_) => true,
        }
    }

    /// Whether nothing is bought within the horizon.
    pub(super) fn churned(&self, history: PurchaseHistory<'_>, cut_off: CutOff) -> bool {
        self.ahead(history, cut_off)
            .is_some_and(|ahead| ahead.purchases == 0.0)
    }

    /// Adds the cells of a customer who had bought by then.
    pub(super) fn tell(
        &self,
        history: PurchaseHistory<'_>,
        cut_off: CutOff,
        cells: &mut Vec<Cell>,
    ) {
        let ahead = self.ahead(history, cut_off);
        match &self.kind {
            Kind::Features {
                features,
                told,
                outcome,
                ..
            } => {
                let values = features.values(history, cut_off.as_of).unwrap_or_default();
                cells.extend(told.iter().map(|&at| match values.get(at) {
                    Some(Value::Number(number)) => Cell::Number(*number),
                    Some(Value::Text(_) | Value::Flag(_) | Value::Missing) | None => Cell::Missing,
                }));
                match (ahead, outcome) {
                    (None, _) => {}
                    (Some(ahead), Outcome::Churned) => {
                        cells.push(Cell::Word(if ahead.purchases == 0.0 {
                            "yes"
                        } else {
                            "no"
                        }));
                    }
                    (Some(ahead), Outcome::Purchases) => {
                        cells.extend([Cell::Number(ahead.purchases), Cell::number(ahead.money)]);
                    }
                }
            }
            Kind::Summary(unit) => {
                let Some(summary) = history.summary(cut_off.as_of, *unit, self.refunds) else {
                    return;
                };
                let mean = history.mean_repeat_spend(cut_off.as_of, self.refunds);
                cells.extend([
                    Cell::Number(f64::from(summary.frequency())),
                    Cell::Number(summary.recency()),
                    Cell::Number(summary.observation()),
                    mean.map_or(Cell::Missing, Cell::number),
                ]);
                if let Some(ahead) = ahead {
                    cells.extend([
                        Cell::Number(ahead.days / unit.days()),
                        Cell::Number(ahead.purchases),
                        Cell::number(ahead.money),
                    ]);
                }
            }
        }
    }

    fn ahead(&self, history: PurchaseHistory<'_>, cut_off: CutOff) -> Option<Ahead> {
        let until = cut_off.until?;
        let mut ahead = Ahead {
            days: f64::from(until.days_since(cut_off.as_of)),
            purchases: 0.0,
            money: 0.0,
        };
        for day in history.between(cut_off.as_of, until) {
            ahead.purchases += f64::from(day.purchases(self.refunds));
            ahead.money += day.money(self.refunds);
        }
        Some(ahead)
    }
}

/// What came within the horizon.
#[derive(Debug, Clone, Copy)]
struct Ahead {
    days: f64,
    purchases: f64,
    money: f64,
}
