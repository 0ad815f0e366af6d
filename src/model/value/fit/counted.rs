//! Equal customers, counted.

use crate::customer::PurchaseSummary;

/// How many customers are equal to one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Counted<T> {
    /// The customer.
    pub item: T,
    /// How many there are; more than 0.
    pub customers: f64,
}

/// Counts equal summaries: in order of frequency, observation and recency,
/// whatever the order they came in.
#[must_use]
pub fn count_equal(
    customers: impl IntoIterator<Item = PurchaseSummary>,
) -> Vec<Counted<PurchaseSummary>> {
    let mut sorted: Vec<PurchaseSummary> = customers.into_iter().collect();
    // Times are not negative, so that their bits are in their order.
    sorted.sort_unstable_by_key(|customer| {
        (
            customer.frequency(),
            customer.observation().to_bits(),
            customer.recency().to_bits(),
        )
    });
    let mut counted: Vec<Counted<PurchaseSummary>> = Vec::new();
    for item in sorted {
        match counted.last_mut() {
            Some(last) if last.item == item => last.customers += 1.0,
            _ => counted.push(Counted {
                item,
                customers: 1.0,
            }),
        }
    }
    counted
}
