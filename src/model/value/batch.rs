//! Answers for many customers at once. Customers share histories, or the part
//! of it that an answer depends on, and that part is computed once: the bits
//! are those of the answers one by one.

use super::{PurchaseModel, ValueInput, ValueModel};
use crate::customer::PurchaseSummary;

/// The most answers that are kept; a power of two.
const MOST_KEPT: usize = 8192;

impl ValueModel {
    /// [`clv_amount`](Self::clv_amount) of each customer, in order; `None` where
    /// the model knows no spend.
    #[must_use]
    pub fn clv_amount_of_all(&self, customers: &[ValueInput]) -> Option<Vec<f64>> {
        let purchase = &self.parts().purchase;
        let mut p_alive = purchase.shared_p_alive(customers.len());
        let mut known: Known<Vec<f64>> = Known::of(customers.len());
        let amount = |customer: &ValueInput| {
            let summary = &customer.summary;
            let each = p_alive(summary) * self.money_of_purchase(customer)?;
            let counts = known.get(purchase.key_if_alive(summary), || {
                self.purchases_if_alive(purchase, summary)
            });
            Some(counts.iter().map(|count| count * each).sum())
        };
        customers.iter().map(amount).collect()
    }
}

impl PurchaseModel {
    /// [`p_alive`](Self::p_alive) of each customer, in order.
    #[must_use]
    pub fn p_alive_of_all(&self, customers: &[PurchaseSummary]) -> Vec<f64> {
        let mut p_alive = self.shared_p_alive(customers.len());
        customers.iter().map(&mut p_alive).collect()
    }

    /// [`expected_purchases`](Self::expected_purchases) of each customer, in
    /// order, within the same horizon.
    #[must_use]
    pub fn expected_purchases_of_all(
        &self,
        customers: &[PurchaseSummary],
        horizon: f64,
    ) -> Vec<f64> {
        let mut p_alive = self.shared_p_alive(customers.len());
        let mut known = Known::of(customers.len());
        let expected = |customer: &PurchaseSummary| {
            let if_alive = || self.expected_if_alive(customer, horizon);
            p_alive(customer) * known.get(self.key_if_alive(customer), if_alive)
        };
        customers.iter().map(expected).collect()
    }

    fn shared_p_alive(&self, customers: usize) -> impl FnMut(&PurchaseSummary) -> f64 {
        // A logarithm and a power cost less than to look for them.
        let is_cheap = matches!(self, Self::BgNbd(_) | Self::MbgNbd(_));
        let mut known = Known::of(if is_cheap { 1 } else { customers });
        move |customer| {
            if is_cheap {
                return self.p_alive(customer);
            }
            *known.get(key(customer), || self.p_alive(customer))
        }
    }

    /// What the future of a customer that has not left depends on.
    fn key_if_alive(&self, customer: &PurchaseSummary) -> Key {
        match self {
            // It counts at most as many purchases as opportunities up to it.
            Self::BgBb(_) => key(customer),
            Self::BgNbd(_) | Self::MbgNbd(_) | Self::ParetoNbd(_) => {
                let [frequency, observation, _] = key(customer);
                [frequency, observation, 0]
            }
        }
    }
}

/// What an answer depends on.
type Key = [u64; 3];

fn key(customer: &PurchaseSummary) -> Key {
    [
        u64::from(customer.frequency()),
        customer.observation().to_bits(),
        customer.recency().to_bits(),
    ]
}

/// The last answers, each at a place that its key tells.
struct Known<T> {
    answers: Vec<Option<(Key, T)>>,
}

impl<T> Known<T> {
    fn of(customers: usize) -> Self {
        let kept = customers.next_power_of_two().min(MOST_KEPT);
        let mut answers = Vec::new();
        answers.resize_with(kept, || None);
        Self { answers }
    }

    fn get(&mut self, key: Key, compute: impl FnOnce() -> T) -> &T {
        let mixed = key.iter().fold(0_u64, |mixed, part| {
            (mixed.rotate_left(29) ^ part).wrapping_mul(0x9e37_79b9_7f4a_7c15)
        });
        let place = (mixed >> 40) as usize & (self.answers.len() - 1);
        let answer = &mut self.answers[place];
        if answer.as_ref().is_some_and(|(known, _)| *known != key) {
            *answer = None;
        }
        &answer.get_or_insert_with(|| (key, compute())).1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::value::PurchaseModelKind;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn answers_of_all_are_those_one_by_one(
            parameters in prop::array::uniform4(0.1..20.0_f64),
            histories in prop::collection::vec((0..4u32, 0..4u32, 0..4u32), 1..80),
            horizon in 0.0..200.0_f64,
        ) {
            let customers: Vec<PurchaseSummary> = histories
                .into_iter()
                .map(|(frequency, recency, silence)| {
                    let recency = if frequency == 0 { 0 } else { recency + frequency };
                    let observation = f64::from(recency + silence);
                    PurchaseSummary::new(f64::from(frequency), f64::from(recency), observation)
                        .unwrap()
                })
                .collect();
            for kind in PurchaseModelKind::ALL {
                let model = PurchaseModel::new(kind, parameters).unwrap();
                let alive: Vec<f64> = customers.iter().map(|c| model.p_alive(c)).collect();
                prop_assert_eq!(model.p_alive_of_all(&customers), alive);
                let expected: Vec<f64> = customers
                    .iter()
                    .map(|c| model.expected_purchases(c, horizon))
                    .collect();
                prop_assert_eq!(model.expected_purchases_of_all(&customers, horizon), expected);
            }
        }
    }
}
