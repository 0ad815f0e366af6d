//! How many alarms there may be, and which ones are the best.

use crate::{model::segments::Tier, policy::Capacity};

/// An alarm that is due, among others.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate<K> {
    /// Whose it is; ties go to the lesser one.
    pub customer: K,
    /// The customer's value tier.
    pub tier: Option<Tier>,
    /// Expected profit of acting, or what stands for it; the largest goes first.
    pub priority: f64,
}

/// What is left of the alarms of a week.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room(Capacity);

impl Room {
    /// That of a week without an alarm so far.
    #[must_use]
    pub fn of(capacity: &Capacity) -> Self {
        Self(*capacity)
    }

    /// The customers whose alarms are raised, those of the largest priority, and
    /// takes their places. The others stay due, and compete again.
    pub fn keep_best<K: Ord + Copy>(&mut self, mut due: Vec<Candidate<K>>) -> Vec<K> {
        due.sort_by(|a, b| {
            let by_priority = b.priority.total_cmp(&a.priority);
            by_priority.then_with(|| a.customer.cmp(&b.customer))
        });
        let kept = due
            .into_iter()
            .filter(|candidate| self.take(candidate.tier));
        kept.map(|candidate| candidate.customer).collect()
    }

    /// Takes a place, if there is one.
    fn take(&mut self, tier: Option<Tier>) -> bool {
        let Capacity { all, by_tier } = &mut self.0;
        let of_tier = match tier {
            Some(Tier::High) => &mut by_tier.high,
            Some(Tier::Medium) => &mut by_tier.medium,
            Some(Tier::Low) | None => &mut by_tier.low,
        };
        if *all == Some(0) || *of_tier == Some(0) {
            return false;
        }
        for left in [all, of_tier].into_iter().flatten() {
            *left -= 1;
        }
        true
    }
}
