//! What follows from signals: when they are an alarm, how many alarms there may
//! be, and until when somebody must act.

use super::{Faults, MAX_WARNING_DAYS};
use crate::{
    model::segments::Tier,
    policy::{NotAShare, Sample},
};

/// The most alarms a week that can be asked for.
const MAX_A_WEEK: u32 = 100_000_000;
/// The longest text that control groups are drawn by.
const MAX_SALT_BYTES: usize = 100;

/// What follows from signals.
#[derive(Debug, Clone, PartialEq)]
pub struct AlarmRules {
    /// So many different signals at once are an alarm, however short they last;
    /// `None` where only the level raises one.
    pub signals_together: Option<u32>,
    /// A baseline needs so many scorings; with fewer, the signals that compare
    /// with it are silent.
    pub fewest_scorings: u32,
    /// A customer with fewer purchases is watched, and not alarmed about; nor
    /// are the gaps and windows of the customer's purchases a signal.
    pub fewest_purchases: u32,
    /// The same of a customer whose first purchase is not yet so long ago.
    pub new_customer_days: u32,
    /// No alarm so soon after the last one ended.
    pub cooldown_days: u32,
    /// An open alarm ends by itself after so long.
    pub expiry_days: u32,
    /// Within how many days somebody must take up an alarm. A signal with a
    /// shorter lead time goes before it.
    pub deadline_days: ByTier<u32>,
    /// How many alarms there may be a week.
    pub capacity: Capacity,
    /// Whose alarms are recorded and not acted on, to measure what acting does.
    pub control: ControlGroup,
}

impl Default for AlarmRules {
    fn default() -> Self {
        Self {
            signals_together: Some(3),
            fewest_scorings: 3,
            fewest_purchases: 2,
            new_customer_days: 0,
            cooldown_days: 28,
            expiry_days: 90,
            deadline_days: ByTier {
                high: 3,
                medium: 7,
                low: 14,
            },
            capacity: Capacity::default(),
            control: ControlGroup::default(),
        }
    }
}

/// Something for each value tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ByTier<T> {
    /// Of the most valuable.
    pub high: T,
    /// Of those between.
    pub medium: T,
    /// Of the least valuable, and of those whose tier is not known.
    pub low: T,
}

impl<T: Copy> ByTier<T> {
    /// That of a tier.
    #[must_use]
    pub fn of(&self, tier: Option<Tier>) -> T {
        match tier {
            Some(Tier::High) => self.high,
            Some(Tier::Medium) => self.medium,
            Some(Tier::Low) | None => self.low,
        }
    }
}

/// How many alarms there may be a week; `None` for as many as there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Capacity {
    /// Of all tiers together.
    pub all: Option<u32>,
    /// Of each tier.
    pub by_tier: ByTier<Option<u32>>,
}

/// A share of the customers, drawn by a hash of their ids: the same ones
/// whenever and wherever it is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct ControlGroup {
    share: f64,
    salt: String,
    sample: Sample,
}

impl Default for ControlGroup {
    fn default() -> Self {
        Self {
            share: 0.0,
            salt: String::new(),
            sample: Sample::default(),
        }
    }
}

impl ControlGroup {
    /// A share of all customers, in [0, 1]; another salt draws others.
    ///
    /// # Errors
    ///
    /// When the share is none.
    pub fn new(share: f64, salt: String) -> Result<Self, NotAShare> {
        Ok(Self {
            share,
            sample: Sample::new(salt.clone(), share)?,
            salt,
        })
    }

    /// Whether a customer belongs to it.
    #[must_use]
    pub fn holds(&self, customer_id: &str) -> bool {
        self.sample.takes(customer_id)
    }

    /// How large it is meant to be, as a share.
    #[must_use]
    pub fn share(&self) -> f64 {
        self.share
    }

    /// What it is drawn by, beside the id.
    #[must_use]
    pub fn salt(&self) -> &str {
        &self.salt
    }
}

impl AlarmRules {
    pub(super) fn check(&self, faults: &mut Faults) {
        let Self {
            signals_together,
            fewest_scorings,
            fewest_purchases,
            new_customer_days,
            cooldown_days,
            expiry_days,
            deadline_days,
            capacity,
            control,
        } = self;
        let several = signals_together.is_none_or(|count| (2..=100).contains(&count));
        let what = "must be 2 to 100, or 0 for none";
        faults.must(several, "signals_together", what);
        let counts = [
            (*fewest_scorings, "fewest_scorings"),
            (*fewest_purchases, "fewest_purchases"),
        ];
        for (count, field) in counts {
            let sound = (1..=1000).contains(&count);
            faults.must(sound, field, "must be 1 to 1000");
        }
        faults.wait(*new_customer_days, "new_customer_days");
        faults.wait(*cooldown_days, "cooldown_days");
        faults.days(*expiry_days, "expiry_days");
        for (days, tier) in by_name(*deadline_days) {
            let sound = (1..=MAX_WARNING_DAYS).contains(&days);
            let what = format!("must be 1 to {MAX_WARNING_DAYS} days");
            faults.must(sound, &format!("deadline_days.{tier}"), what);
        }
        let by_tier = by_name(capacity.by_tier);
        for (alarms, of) in by_tier.into_iter().chain([(capacity.all, "all")]) {
            let sound = alarms.is_none_or(|alarms| alarms <= MAX_A_WEEK);
            let what = format!("must be at most {MAX_A_WEEK}");
            faults.must(sound, &format!("capacity.{of}"), what);
        }
        let short = control.salt.len() <= MAX_SALT_BYTES;
        let what = format!("must be at most {MAX_SALT_BYTES} bytes");
        faults.must(short, "control.salt", what);
    }
}

fn by_name<T>(ByTier { high, medium, low }: ByTier<T>) -> [(T, &'static str); 3] {
    [(high, "high"), (medium, "medium"), (low, "low")]
}
