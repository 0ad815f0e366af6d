//! Customers in groups: cohorts, segments, tiers, and all of them.

/// Customers whose first purchase fell in one month.
#[derive(Debug, Clone, PartialEq)]
pub struct Cohort {
    /// The month, such as `1997-01`.
    pub month: String,
    /// How many they are.
    pub customers: u64,
    /// Share who bought in the n-th month after, from month 0, which is 1; as
    /// far as whole months were observed.
    pub active: Vec<f64>,
}

/// One segmentation.
#[derive(Debug, Clone, PartialEq)]
pub struct SegmentTable {
    /// What it is, such as `RFM segments`.
    pub title: String,
    /// How it was drawn, in a sentence.
    pub rule: String,
    /// Its segments, in the order to show them.
    pub rows: Vec<SegmentRow>,
}

/// One segment.
#[derive(Debug, Clone, PartialEq)]
pub struct SegmentRow {
    /// Its name.
    pub name: String,
    /// Customers in it.
    pub customers: u64,
    /// Their share of all customers.
    pub customer_share: f64,
    /// Mean of what they have brought in over the stated past window.
    pub mean_current_value: Option<f64>,
    /// Mean lifetime value.
    pub mean_potential_value: Option<f64>,
    /// Their share of all lifetime value.
    pub value_share: Option<f64>,
    /// Share who left, as the sentence beside the table says.
    pub churn: Option<f64>,
}

/// Current against potential value.
#[derive(Debug, Clone, PartialEq)]
pub struct ValueMatrix {
    /// Days of the past that the current value counts.
    pub current_days: u32,
    /// The rows, by current value, the lowest first.
    pub current: Vec<Level>,
    /// The columns, by potential value, the lowest first.
    pub potential: Vec<Level>,
    /// By row of current and column of potential value.
    pub cells: Vec<Vec<MatrixCell>>,
    /// The tiers that are drawn on it.
    pub tiering: Option<Tiering>,
}

/// A level of value.
#[derive(Debug, Clone, PartialEq)]
pub struct Level {
    /// Its name.
    pub name: String,
    /// The least value in it; `None` for the lowest, and where nobody is in it.
    pub from_value: Option<f64>,
}

/// Customers with one level of current and one of potential value.
#[derive(Debug, Clone, PartialEq)]
pub struct MatrixCell {
    /// How many they are.
    pub customers: u64,
    /// Their share of all customers.
    pub customer_share: f64,
    /// Their share of all lifetime value.
    pub value_share: f64,
    /// The tier of the cell, where a cell has only one.
    pub tier: Option<String>,
}

/// Value tiers.
#[derive(Debug, Clone, PartialEq)]
pub struct Tiering {
    /// How they are cut, in a sentence.
    pub rule: String,
    /// The highest first.
    pub tiers: Vec<TierRow>,
}

/// One value tier.
#[derive(Debug, Clone, PartialEq)]
pub struct TierRow {
    /// Its name.
    pub name: String,
    /// Customers in it.
    pub customers: u64,
    /// Their share of all customers.
    pub customer_share: f64,
    /// Their share of all lifetime value.
    pub value_share: f64,
    /// Share who left, as the sentence beside the table says.
    pub churn: Option<f64>,
}

/// Indicators of the company; what is not known stays out.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Indicators {
    /// Length in days of the last window that churn and retention are measured in.
    pub window_days: u32,
    /// Of the customers who bought in the window before the last one, the share
    /// who did not buy in the last one.
    pub churn_rate: Option<f64>,
    /// 1 less that.
    pub retention_rate: Option<f64>,
    /// Share of all customers who have bought more than once.
    pub repurchase_rate: Option<f64>,
    /// Share of contracts that were renewed when they came due.
    pub renewal_rate: Option<f64>,
    /// Mean lifetime value.
    pub average_lifetime_value: Option<f64>,
    /// What it costs to win a customer, where it was given.
    pub acquisition_cost: Option<f64>,
    /// Mean lifetime value over that cost.
    pub value_to_cost: Option<f64>,
    /// Satisfaction (CSAT): share of satisfied answers, where it was given.
    pub satisfaction: Option<f64>,
    /// Loyalty (NPS), from -100 to 100, where it was given.
    pub net_promoter_score: Option<f64>,
}
