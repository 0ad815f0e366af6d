//! Profit of a retention campaign, as a measure of churn scores.
//!
//! Verbraken, Verbeke and Baesens (2013), "A novel profit maximizing metric for
//! measuring classification performance of customer churn prediction models".
//! The customers with the highest scores are contacted, each at `contact_cost`.
//! A would-be churner accepts the offer with probability γ, stays, and brings in
//! the customer value less the offer; a stayer takes the offer and would have
//! stayed anyway. Per customer of the base, with C churners and S stayers of n
//! contacted,
//!
//! ```text
//! profit(γ) = (C · (γ · (customer_value − offer_cost) − contact_cost)
//!              − S · (offer_cost + contact_cost)) / n
//! ```

use super::{Point, Ranking, Sample, curves::from_origin, ranking::Counts};
use crate::model::special::incomplete_beta;

/// Beyond this the beta distribution is a point for every purpose here.
const MAX_SHAPE: f64 = 1e4;

/// What a retention campaign costs and brings; see the module's formula. The
/// default is that of the paper.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ProfitParameters {
    /// First parameter of the beta distribution of the acceptance rate γ.
    pub alpha: f64,
    /// Its second parameter. The mean rate is α / (α + β).
    pub beta: f64,
    /// What a customer who stays is worth, in money.
    pub customer_value: f64,
    /// Cost of the offer to who takes it, in the same money.
    pub offer_cost: f64,
    /// Cost of contacting one customer, in the same money.
    pub contact_cost: f64,
}

impl Default for ProfitParameters {
    fn default() -> Self {
        Self {
            alpha: 6.0,
            beta: 14.0,
            customer_value: 200.0,
            offer_cost: 10.0,
            contact_cost: 1.0,
        }
    }
}

/// Which parameter makes no sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{parameter} of the profit measure must be {requirement}")]
pub struct ProfitError {
    /// Its name.
    pub parameter: &'static str,
    /// What it must be.
    pub requirement: &'static str,
}

/// Profit parameters that make sense.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ProfitMeasure {
    parameters: ProfitParameters,
}

/// The best that a campaign can earn at the mean acceptance rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MaximumProfit {
    /// Per customer of the base, contacted or not; at least 0.
    pub per_customer: f64,
    /// The share of customers to contact, in [0, 1].
    pub share_contacted: f64,
    /// Contact who scores this probability or more: the advised operating
    /// threshold. `None` when it is best to contact nobody.
    pub threshold: Option<f64>,
}

/// The same, expected over the distribution of acceptance rates, with the best
/// share for each of them (EMPC).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ExpectedProfit {
    /// Per customer of the base, contacted or not; at least 0.
    pub per_customer: f64,
    /// The expected share of customers to contact, in [0, 1].
    pub share_contacted: f64,
}

impl ProfitParameters {
    /// Checks them.
    ///
    /// # Errors
    ///
    /// Names the first one that makes no sense.
    pub fn check(self) -> Result<ProfitMeasure, ProfitError> {
        let Self {
            alpha,
            beta,
            customer_value,
            offer_cost,
            contact_cost,
        } = self;
        let is_shape = |x: f64| x > 0.0 && x <= MAX_SHAPE;
        let is_cost = |x: f64| x >= 0.0 && x.is_finite();
        let shape = "above 0 and at most 10000";
        let rules = [
            ("alpha", is_shape(alpha), shape),
            ("beta", is_shape(beta), shape),
            (
                "customer_value",
                customer_value > 0.0 && customer_value.is_finite(),
                "a finite number above 0",
            ),
            (
                "offer_cost",
                is_cost(offer_cost) && offer_cost < customer_value,
                "at least 0 and below the customer value",
            ),
            (
                "contact_cost",
                is_cost(contact_cost),
                "a finite number, at least 0",
            ),
        ];
        match rules.into_iter().find(|(_, holds, _)| !holds) {
            Some((parameter, _, requirement)) => Err(ProfitError {
                parameter,
                requirement,
            }),
            None => Ok(ProfitMeasure { parameters: self }),
        }
    }
}

impl ProfitMeasure {
    /// What it was made of.
    #[must_use]
    pub fn parameters(&self) -> &ProfitParameters {
        &self.parameters
    }

    /// The churn probability from which contacting a customer pays, at the mean
    /// acceptance rate, when probabilities are calibrated. Above 1 when it
    /// never pays.
    #[must_use]
    pub fn break_even_probability(&self) -> f64 {
        let per_stayer = self.per_stayer();
        per_stayer / (self.per_churner(self.mean_acceptance()) + per_stayer)
    }

    fn mean_acceptance(&self) -> f64 {
        self.parameters.alpha / (self.parameters.alpha + self.parameters.beta)
    }

    /// What a contacted churner brings, at an acceptance rate.
    fn per_churner(&self, acceptance: f64) -> f64 {
        acceptance * self.saved() - self.parameters.contact_cost
    }

    /// What a contacted stayer costs.
    fn per_stayer(&self) -> f64 {
        self.parameters.offer_cost + self.parameters.contact_cost
    }

    /// What a churner who accepts brings in.
    fn saved(&self) -> f64 {
        self.parameters.customer_value - self.parameters.offer_cost
    }

    fn of(&self, contacted: Counts, acceptance: f64) -> f64 {
        contacted.churners * self.per_churner(acceptance) - contacted.stayers * self.per_stayer()
    }

    /// The acceptance rate from which contacting these too pays.
    fn pays_from(&self, added: Counts) -> f64 {
        if added.churners > 0.0 {
            let stayers = self.per_stayer() * added.stayers / added.churners;
            (stayers + self.parameters.contact_cost) / self.saved()
        } else {
            f64::INFINITY
        }
    }
}

impl Ranking {
    /// Share of customers contacted → profit per customer of the base, at the
    /// mean acceptance rate, from (0, 0), a point for each distinct score.
    #[must_use]
    pub fn profit_curve(&self, measure: &ProfitMeasure) -> Vec<Point> {
        let sample = self.observed();
        let rows = sample.total.rows();
        let points = sample.cumulative().map(|(_, above)| Point {
            x: above.rows() / rows,
            y: measure.of(above, measure.mean_acceptance()) / rows,
        });
        from_origin(points)
    }
}

impl Sample<'_> {
    /// The first of the best shares, should there be several.
    pub(crate) fn maximum_profit(&self, measure: &ProfitMeasure) -> MaximumProfit {
        let acceptance = measure.mean_acceptance();
        let (mut best, mut contacted, mut threshold) = (0.0, 0.0, None);
        for (score, above) in self.cumulative() {
            let profit = measure.of(above, acceptance);
            if profit > best {
                (best, contacted, threshold) = (profit, above.rows(), Some(score.probability));
            }
        }
        MaximumProfit {
            per_customer: best / self.total.rows(),
            share_contacted: contacted / self.total.rows(),
            threshold,
        }
    }

    /// Each acceptance rate has its best point on the convex hull of the ROC
    /// curve; between two rates where the best point changes, profit is linear
    /// in the rate, and its mean is a difference of incomplete beta functions.
    pub(crate) fn expected_maximum_profit(&self, measure: &ProfitMeasure) -> ExpectedProfit {
        let ProfitParameters { alpha, beta, .. } = measure.parameters;
        let hull = self.convex_hull();
        let ends = hull
            .windows(2)
            .map(|pair| measure.pays_from(pair[1].less(pair[0])))
            .chain([f64::INFINITY]);
        let (mut profit, mut contacted) = (0.0, 0.0);
        let (mut share_before, mut mean_before) = (0.0, 0.0);
        for (point, end) in hull.iter().zip(ends) {
            // The distribution's share below the end, and its mean's part.
            let share = incomplete_beta(end, alpha, beta);
            let mean = measure.mean_acceptance() * incomplete_beta(end, alpha + 1.0, beta);
            let (share_here, mean_here) = (share - share_before, mean - mean_before);
            (share_before, mean_before) = (share, mean);
            let per_churner =
                mean_here * measure.saved() - share_here * measure.parameters.contact_cost;
            profit +=
                point.churners * per_churner - point.stayers * share_here * measure.per_stayer();
            contacted += point.rows() * share_here;
        }
        ExpectedProfit {
            per_customer: profit / self.total.rows(),
            share_contacted: contacted / self.total.rows(),
        }
    }

    /// Corners of the upper convex hull of the ROC curve, in rows, from nobody
    /// to everybody. Products of counts are exact, so that no corner is lost
    /// or invented.
    fn convex_hull(&self) -> Vec<Counts> {
        let mut hull = vec![Counts::default()];
        for (_, above) in self.cumulative() {
            while let [.., before, last] = hull[..] {
                let (first, whole) = (last.less(before), above.less(before));
                if first.churners * whole.stayers > whole.churners * first.stayers {
                    break;
                }
                hull.pop();
            }
            hull.push(above);
        }
        hull
    }
}

#[cfg(test)]
mod tests;
