//! What a back-test is asked for.

use crate::{
    artifact::ModelName,
    customer::Day,
    features::purchases::MAX_WINDOW_DAYS,
    policy::{GroupRules, WarningRules},
    train::{Shapes, transactions::LogOptions},
};

/// What is asked for: a back-test of early warning on a purchase log.
#[derive(Debug, Clone)]
pub struct WarningsRequest {
    /// What the report is headed by.
    pub name: ModelName,
    /// The log, and how it reads.
    pub log: LogOptions,
    /// To when it tells every purchase; its last day where not stated.
    pub complete_through: Option<Day>,
    /// Who buys nothing for so many days after a scoring has left.
    pub horizon_days: u32,
    /// Customers are scored whose last purchase is less than so long ago.
    pub active_days: u32,
    /// The windows of the model's features, in days.
    pub windows_days: Vec<u32>,
    /// Nothing is learnt from so many days at the beginning of the log, which
    /// tell too little of anybody.
    pub warm_up_days: u32,
    /// No scoring before this day.
    pub first_as_of: Option<Day>,
    /// So many weeks from one training to the next; from 1.
    pub retrain_weeks: u32,
    /// Which effects the model may have.
    pub shapes: Shapes,
    /// The rules that the grid varies, and what it keeps of them.
    pub rules: WarningRules,
    /// By which customers have tiers and stages.
    pub groups: GroupRules,
    /// Advice has this precision at least.
    pub least_precision: Option<f64>,
    /// Of advised alarms, at most this share repeats.
    pub most_repeats: f64,
    /// Seed of folds and of chance.
    pub seed: u64,
}

impl WarningsRequest {
    /// The longest time that can be asked for, in days.
    pub const MOST_DAYS: u32 = MAX_WINDOW_DAYS;
    /// Usual days without a purchase after which a customer has left.
    pub const HORIZON_DAYS: u32 = 90;
    /// Usual windows of the features. Longer ones than the log is at first would
    /// mean something else each week.
    pub const WINDOWS_DAYS: [u32; 2] = [30, 90];
    /// Usual weeks from one training to the next.
    pub const RETRAIN_WEEKS: u32 = 4;
    /// Usual share of alarms that may repeat.
    pub const MOST_REPEATS: f64 = 0.05;
}
