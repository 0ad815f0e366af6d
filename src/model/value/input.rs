//! From what is known of a customer to what a value model sees of it.

use super::{MOST_OPPORTUNITIES, ValueInput, ValueModel};
use crate::customer::{Day, PurchaseHistory, SummarisedPurchases, TimeUnit, Violations};

impl ValueModel {
    /// A customer's purchases at the end of `as_of`; `None` before the first.
    #[must_use]
    pub fn input_of_history(&self, history: PurchaseHistory<'_>, as_of: Day) -> Option<ValueInput> {
        let parts = self.parts();
        let counting = parts.purchase.kind().counts();
        let (summary, mean_repeat_spend) =
            history.counted(counting, as_of, parts.unit, parts.refunds)?;
        Some(ValueInput {
            summary,
            mean_repeat_spend,
        })
    }

    /// What a summary tells of a customer; see [`SummarisedPurchases::counted`].
    ///
    /// # Errors
    ///
    /// None: what is counted is at most what is there.
    pub fn input_of_summary(&self, known: &SummarisedPurchases) -> Result<ValueInput, Violations> {
        let parts = self.parts();
        let (summary, mean_repeat_spend) =
            known.counted(parts.purchase.kind().counts(), parts.unit)?;
        Ok(ValueInput {
            summary,
            mean_repeat_spend,
        })
    }

    /// Whether the purchase model can count so long a history.
    ///
    /// # Errors
    ///
    /// At `field`, when it has more than [`MOST_OPPORTUNITIES`].
    pub fn check(&self, customer: &ValueInput, field: &str) -> Result<(), Violations> {
        let checked = self.parts().purchase.check(&customer.summary);
        checked.map_err(|_| {
            let unit = match self.parts().unit {
                TimeUnit::Day => "days",
                TimeUnit::Week => "weeks",
            };
            Violations::of(
                field,
                format!(
                    "must be at most {MOST_OPPORTUNITIES} {unit} from the first purchase for this model"
                ),
            )
        })
    }
}
