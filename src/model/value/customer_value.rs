//! The purchase model and the model of spend together: what a customer is
//! worth. How sure that is stands in `interval`.

use super::{
    Clv, ClvTerms, GammaGamma, LnSlopes, MOST_OPPORTUNITIES, PurchaseModel, RepeatSpend,
    clv::Periods,
};
use crate::customer::{Counting, Occasion, PurchaseSummary, Refunds, TimeUnit};

/// The most periods of a lifetime value: 20 years of months. Each costs time
/// whenever a customer is scored.
pub const MAX_PERIODS: u32 = 240;
/// The longest time that all periods together may take, in days.
pub const MAX_REACH_DAYS: f64 = 1e6;
/// What stands for a mean spend that is 0 or less.
const LEAST_SPEND: f64 = 1e-9;
/// What stands for a mean spend beyond it.
const MOST_SPEND: f64 = 1e15;

/// What a value model is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct ValueParts {
    /// How purchases come.
    pub purchase: PurchaseModel,
    /// Covariance of the logarithms of its parameters.
    pub purchase_covariance: [[f64; 4]; 4],
    /// What a purchase brings in, where money is known, with the covariance of
    /// the logarithms of its parameters.
    pub spend: Option<(GammaGamma, [[f64; 3]; 3])>,
    /// The unit of time of the purchase model.
    pub unit: TimeUnit,
    /// What becomes of negative amounts.
    pub refunds: Refunds,
    /// What counts as one purchase.
    pub occasion: Occasion,
    /// What lifetime values are stated in.
    pub terms: ClvTerms,
}

/// A value model, its parts checked.
#[derive(Debug, Clone, PartialEq)]
pub struct ValueModel {
    parts: ValueParts,
}

/// Parts that are no value model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ValueModelError {
    /// A covariance that none can be.
    #[error("a covariance must be symmetric, finite and not negative on its diagonal")]
    Covariance,
    /// Terms out of bounds.
    #[error(
        "the terms must have 1 to {MAX_PERIODS} periods, each longer than 0 days and all together at most {MAX_REACH_DAYS} days, a discount rate of 0 to 10, and a margin above 0 and at most 1"
    )]
    Terms,
    /// More opportunities than BG/BB counts.
    #[error("all periods together must be at most {MOST_OPPORTUNITIES} units of time with bg-bb")]
    Opportunities,
}

/// A customer, as a value model sees it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ValueInput {
    /// Its purchases, in the model's unit of time, as the model counts them.
    pub summary: PurchaseSummary,
    /// Mean money of what the summary's frequency counts, where it has some.
    ///
    /// Refunds may make it 0 or less: it then counts as next to nothing, so
    /// that a customer who returns all is worth less than one who is not
    /// known. What is no number counts as not known.
    pub mean_repeat_spend: Option<f64>,
}

/// What a customer is worth, and whether it will buy again.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomerValue {
    /// Probability that it has not left, in [0, 1].
    pub p_alive: f64,
    /// Expected purchases within the horizon.
    pub expected_purchases: f64,
    /// Probability of no purchase within the horizon, in [0, 1].
    pub p_no_purchase: f64,
    /// Expected money of one purchase, where the model knows spend.
    pub expected_spend: Option<f64>,
    /// Its lifetime value, where the model knows spend.
    pub clv: Option<Clv>,
}

impl ValueModel {
    /// Checks the parts.
    ///
    /// # Errors
    ///
    /// When a covariance or the terms cannot be.
    pub fn new(parts: ValueParts) -> Result<Self, ValueModelError> {
        let spend = parts.spend.as_ref();
        if !is_covariance(&parts.purchase_covariance)
            || spend.is_some_and(|(_, covariance)| !is_covariance(covariance))
        {
            return Err(ValueModelError::Covariance);
        }
        let ClvTerms {
            currency: _,
            periods,
            period_days,
            discount_rate,
            margin,
        } = parts.terms;
        let sound = (1..=MAX_PERIODS).contains(&periods)
            && period_days > 0.0
            && f64::from(periods) * period_days <= MAX_REACH_DAYS
            && (0.0..=10.0).contains(&discount_rate)
            && margin > 0.0
            && margin <= 1.0;
        if !sound {
            return Err(ValueModelError::Terms);
        }
        let opportunities = f64::from(periods) * period_days / parts.unit.days();
        let discrete = parts.purchase.kind().counts() == Counting::Opportunities;
        if discrete && opportunities > MOST_OPPORTUNITIES {
            return Err(ValueModelError::Opportunities);
        }
        Ok(Self { parts })
    }

    /// What it is made of.
    #[must_use]
    pub fn parts(&self) -> &ValueParts {
        &self.parts
    }

    /// What a customer is worth; purchases within a horizon of so many days.
    ///
    /// All that it says is finite, whatever the customer and the horizon. BG/BB
    /// counts the whole units of time of the horizon, at most 10,000.
    #[must_use]
    pub fn value(&self, customer: &ValueInput, horizon_days: f64) -> CustomerValue {
        let value = self.without_lifetime_value(customer, horizon_days);
        let clv = value.expected_spend.map(|spend| self.clv(customer, spend));
        CustomerValue { clv, ..value }
    }

    /// The same without the lifetime value, which takes most of the time.
    #[must_use]
    pub fn without_lifetime_value(
        &self,
        customer: &ValueInput,
        horizon_days: f64,
    ) -> CustomerValue {
        let purchase = &self.parts.purchase;
        let horizon = horizon_days / self.parts.unit.days();
        let summary = &customer.summary;
        CustomerValue {
            p_alive: purchase.p_alive(summary),
            expected_purchases: purchase.expected_purchases(summary, horizon),
            p_no_purchase: purchase.p_no_purchase(summary, horizon),
            expected_spend: self.expected_spend(customer),
            clv: None,
        }
    }

    /// Probability of no purchase within a horizon of so many days, as
    /// [`value`](Self::value) has it.
    #[must_use]
    pub fn p_no_purchase(&self, summary: &PurchaseSummary, horizon_days: f64) -> f64 {
        let horizon = horizon_days / self.parts.unit.days();
        self.parts.purchase.p_no_purchase(summary, horizon)
    }

    /// The amount of the lifetime value alone, as [`value`](Self::value) has
    /// it: without the interval, which takes most of the time.
    #[must_use]
    pub fn clv_amount(&self, customer: &ValueInput) -> Option<f64> {
        let money = self.money_of_purchase(customer)?;
        let alive = self.parts.purchase.p_alive(&customer.summary);
        let counts = self.purchases_if_alive(&self.parts.purchase, &customer.summary);
        Some(counts.iter().map(|count| count * (alive * money)).sum())
    }

    /// What an expected purchase adds to the lifetime value.
    pub(super) fn money_of_purchase(&self, customer: &ValueInput) -> Option<f64> {
        Some(self.expected_spend(customer)? * self.parts.terms.margin)
    }

    /// Expected purchases of each period of the terms, discounted to today from
    /// its end: times the margin and [`expected_spend`](Self::expected_spend),
    /// they are what each period adds to the lifetime value. With BG/BB, a
    /// period has the opportunities that end in it.
    #[must_use]
    pub fn discounted_purchases(&self, summary: &PurchaseSummary) -> Vec<f64> {
        let alive = self.parts.purchase.p_alive(summary);
        let mut counts = self.purchases_if_alive(&self.parts.purchase, summary);
        for count in &mut counts {
            *count *= alive;
        }
        counts
    }

    /// Expected money of one purchase, where the model knows spend.
    #[must_use]
    pub fn expected_spend(&self, customer: &ValueInput) -> Option<f64> {
        let (spend, _) = self.parts.spend.as_ref()?;
        Some(expected_spend(spend, customer))
    }

    fn clv(&self, customer: &ValueInput, spend: f64) -> Clv {
        let money = spend * self.parts.terms.margin;
        let alive = self.parts.purchase.p_alive(&customer.summary);
        let (mut per_period, purchases) = self.purchases_with_slopes(&customer.summary);
        for count in &mut per_period {
            *count *= alive * money;
        }
        let amount = per_period.iter().sum();
        let slopes = LnSlopes {
            purchases,
            spend: self.slopes_of_ln_spend(customer),
        };
        Clv {
            amount,
            interval: self.interval(amount, &slopes),
            per_period,
            terms: self.parts.terms,
        }
    }

    /// Expected purchases of each period by a customer that has not left,
    /// discounted to today from its end.
    pub(super) fn purchases_if_alive(
        &self,
        purchase: &PurchaseModel,
        summary: &PurchaseSummary,
    ) -> Vec<f64> {
        let periods = Periods::of(&self.parts.terms, self.parts.unit);
        periods.discounted(purchase.expected_within(summary, &periods.ends))
    }

    /// The same by the model's own parameters, and the
    /// [`slopes_of_ln_purchases`](Self::slopes_of_ln_purchases).
    fn purchases_with_slopes(&self, summary: &PurchaseSummary) -> (Vec<f64>, [f64; 4]) {
        let purchase = &self.parts.purchase;
        match self.known_slopes(summary) {
            Some((expected, slopes)) => (
                Periods::of(&self.parts.terms, self.parts.unit).discounted(expected),
                slopes,
            ),
            None => (
                self.purchases_if_alive(purchase, summary),
                self.differences_of_ln_purchases(summary),
            ),
        }
    }

    /// Expected purchases up to the end of each period, and the slopes, where the
    /// model tells them itself.
    pub(super) fn known_slopes(&self, summary: &PurchaseSummary) -> Option<(Vec<f64>, [f64; 4])> {
        let periods = Periods::of(&self.parts.terms, self.parts.unit);
        let weights = periods.weights();
        let purchase = &self.parts.purchase;
        purchase.expected_with_slopes(summary, &periods.ends, &weights)
    }
}

impl ValueInput {
    /// What is known of the customer's spend, within the bounds of what can be.
    pub(super) fn repeat_spend(&self) -> Option<RepeatSpend> {
        let frequency = f64::from(self.summary.frequency());
        let mean = self.mean_repeat_spend.filter(|mean| mean.is_finite())?;
        RepeatSpend::new(frequency, mean.clamp(LEAST_SPEND, MOST_SPEND)).ok()
    }
}

/// Expected money of a purchase; that of the average customer where nothing is
/// known of this one.
fn expected_spend(model: &GammaGamma, customer: &ValueInput) -> f64 {
    match customer.repeat_spend() {
        Some(spend) => model.expected_spend(&spend),
        None => model.expected_spend_of_new(),
    }
}

fn is_covariance<const N: usize>(matrix: &[[f64; N]; N]) -> bool {
    (0..N).all(|i| {
        matrix[i][i] >= 0.0
            && (0..N).all(|j| matrix[i][j].is_finite() && matrix[i][j] == matrix[j][i])
    })
}

#[cfg(test)]
mod tests;
