//! What snapshots are taken of.

use super::SnapshotError;
use crate::{
    customer::{Day, PurchaseHistory, Refunds},
    train::transactions::PurchaseLog,
};

/// Purchase histories by customer.
#[derive(Debug)]
pub struct Histories<'l> {
    /// Every customer's id and history, in the order of the rows.
    pub customers: Vec<(&'l str, PurchaseHistory<'l>)>,
    /// What became of refunds.
    pub refunds: Refunds,
    /// Whether products are told.
    pub has_products: bool,
}

impl<'l> Histories<'l> {
    /// Those of a log.
    #[must_use]
    pub fn of(log: &'l PurchaseLog) -> Self {
        Self {
            customers: log.iter().collect(),
            refunds: log.refunds(),
            has_products: log.has_products(),
        }
    }

    /// Every customer's id and history.
    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = (&'l str, PurchaseHistory<'l>)> {
        self.customers.iter().copied()
    }

    /// The first day of all, and the one to which everything is told.
    pub(super) fn log_days(&self, stated: Option<Day>) -> Result<(Day, Day), SnapshotError> {
        let histories = || self.customers.iter().map(|(_, history)| history.days());
        let first_day = histories()
            .filter_map(|days| days.first())
            .map(|day| day.day);
        let last_day = histories()
            .filter_map(|days| days.last())
            .map(|day| day.day);
        let (Some(first_day), Some(last_day)) = (first_day.min(), last_day.max()) else {
            return Err(SnapshotError::Empty);
        };
        match stated {
            Some(stated) if stated < last_day => {
                Err(SnapshotError::NotComplete { stated, last_day })
            }
            Some(stated) => Ok((first_day, stated)),
            None => Ok((first_day, last_day)),
        }
    }
}
