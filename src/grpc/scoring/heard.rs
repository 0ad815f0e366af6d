//! What callers send, told to the registry: it lets no version serve by itself
//! that would refuse it.

use crate::{
    customer::{CustomerColumns, Snapshot},
    grpc::wire::SentCustomer,
    registry::{Catalogue, Listener},
    scoring::Models,
};

/// How many rows of a message of columns are told.
const ROWS: usize = 4;

/// Who hears of the customers of a request: each model that scores them.
#[derive(Debug)]
pub(super) struct Heard<'p>([Option<Listener<'p>>; 3]);

impl<'p> Heard<'p> {
    pub(super) fn by(models: &Models<'p>, catalogue: &'p Catalogue) -> Self {
        let Models {
            churn,
            value,
            segmentation,
        } = *models;
        Self([churn, value, segmentation].map(|model| catalogue.listener(model?)))
    }

    /// Tells a customer who was scored, where it is time to.
    pub(super) fn tell(&self, customer: &SentCustomer<'_>) {
        if self.is_due() {
            customer.with_snapshot(|snapshot| self.tell_snapshot(snapshot));
        }
    }

    /// Tells a few customers of columns, but for the rows that were `refused`.
    pub(super) fn tell_columns(
        &self,
        columns: &CustomerColumns<'_>,
        is_refused: impl Fn(usize) -> bool,
    ) {
        let apart = columns.rows().div_ceil(ROWS).max(1);
        let rows = (0..columns.rows()).step_by(apart);
        for row in rows.filter(|row| self.is_due() && !is_refused(*row)) {
            if let Ok(snapshot) = columns.snapshot(row) {
                self.tell_snapshot(&snapshot);
            }
        }
    }

    fn is_due(&self) -> bool {
        self.0.iter().flatten().any(Listener::is_due)
    }

    fn tell_snapshot(&self, snapshot: &Snapshot<'_>) {
        for listener in self.0.iter().flatten() {
            listener.hear(snapshot);
        }
    }
}
