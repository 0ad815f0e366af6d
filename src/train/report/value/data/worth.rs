//! Lifetime values of the base.

use crate::train::report::{Figure, HistogramBin, Point};

/// Lifetime values of all customers at the end of the observation.
#[derive(Debug, Clone, PartialEq)]
pub struct Worth {
    /// Customers with a value.
    pub customers: u64,
    /// The sum of their values, with its interval where one was computed.
    pub total: Figure,
    /// The mean, with its interval.
    pub mean: Figure,
    /// Half of the customers are worth less.
    pub median: f64,
    /// How values lie; the last bin may hold the long tail.
    pub histogram: Vec<HistogramBin>,
    /// Who holds the value.
    pub concentration: Option<Concentration>,
    /// The sum of what each period of the horizon brings, discounted.
    pub by_period: Vec<f64>,
}

/// How unequally value is spread over customers.
#[derive(Debug, Clone, PartialEq)]
pub struct Concentration {
    /// Lorenz curve: share of customers, the least valuable first → share of
    /// the value, from (0, 0) to (1, 1).
    pub lorenz: Vec<Point>,
    /// Share of the value that the top 20 % of customers hold.
    pub top_fifth_share: f64,
    /// Gini coefficient: 0 when all are worth the same, 1 when one holds all.
    pub gini: f64,
}
