//! A log of purchases, customer by customer.

use super::CleaningReport;
use crate::{
    artifact::Digest,
    customer::{Day, Occasion, PurchaseHistory, Purchases, Refunds},
    train::DataSource,
};

/// Purchase histories by customer, in the order of their ids, and where they
/// come from.
#[derive(Debug)]
pub struct PurchaseLog {
    pub(super) customers: Vec<(String, Purchases)>,
    pub(super) sources: Vec<DataSource>,
    pub(super) currency: Option<String>,
    pub(super) refunds: Refunds,
    pub(super) occasion: Occasion,
    pub(super) has_products: bool,
    pub(super) first_day: Day,
    pub(super) last_day: Day,
    pub(super) cleaning: CleaningReport,
}

impl PurchaseLog {
    /// Every customer's id and history. Ids of digits come first, by their
    /// number; others by their bytes. No history is empty, though it may hold
    /// nothing but returns.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, PurchaseHistory<'_>)> {
        self.customers
            .iter()
            .map(|(id, purchases)| (id.as_str(), purchases.history()))
    }

    /// How many customers there are.
    #[must_use]
    pub fn customers(&self) -> usize {
        self.customers.len()
    }

    /// The first day of all.
    #[must_use]
    pub fn first_day(&self) -> Day {
        self.first_day
    }

    /// The last day of all.
    #[must_use]
    pub fn last_day(&self) -> Day {
        self.last_day
    }

    /// The currency of all amounts, three capital letters, where it is known.
    #[must_use]
    pub fn currency(&self) -> Option<&str> {
        self.currency.as_deref()
    }

    /// What became of refunds.
    #[must_use]
    pub fn refunds(&self) -> Refunds {
        self.refunds
    }

    /// What counts as one purchase.
    #[must_use]
    pub fn occasion(&self) -> Occasion {
        self.occasion
    }

    /// Whether the log tells products, so that distinct ones are counted.
    #[must_use]
    pub fn has_products(&self) -> bool {
        self.has_products
    }

    /// What each rule of cleaning did.
    #[must_use]
    pub fn cleaning(&self) -> &CleaningReport {
        &self.cleaning
    }

    /// The files, in the order that they were read.
    #[must_use]
    pub fn sources(&self) -> &[DataSource] {
        &self.sources
    }

    /// SHA-256 of the file; of the files' digests and names, a line each, when
    /// there are several.
    #[must_use]
    pub fn sha256(&self) -> Digest {
        DataSource::sha256_of(&self.sources)
    }

    /// The file's name; that of the first, and how many more, when there are
    /// several.
    #[must_use]
    pub fn name(&self) -> String {
        DataSource::name_of(&self.sources)
    }
}
