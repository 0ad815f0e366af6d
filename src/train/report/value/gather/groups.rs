//! RFM segments, and current against potential value: the usual rules, their
//! edges fitted to the customers at the end of the log.

use crate::{
    customer::{Day, PurchaseHistory, Refunds},
    model::{
        segments::{Rfm, RfmScales, Tier, TierBy, TierEdges},
        value::ValueInput,
    },
    policy::GroupRules,
    train::{
        report::{
            text::{count, listed, percent},
            value::{
                Level, MatrixCell, SegmentRow, SegmentTable, TierRow, Tiering, ValueMatrix,
                words::days,
            },
        },
        value::Findings,
    },
};

/// Customers in groups.
pub(super) struct Groups {
    pub(super) segments: Vec<SegmentTable>,
    pub(super) matrix: Option<ValueMatrix>,
}

/// A customer as of a day.
struct Customer<'h> {
    history: PurchaseHistory<'h>,
    input: ValueInput,
    rfm: Rfm,
    /// Money within the days of current value.
    current: f64,
    /// Lifetime value, where the model knows money.
    potential: Option<f64>,
}

/// What customers are placed by.
struct Edges {
    policy: GroupRules,
    scales: RfmScales,
    current: TierEdges,
    /// Where the model knows money.
    potential: Option<TierEdges>,
}

/// How customers who leave are counted.
struct Churn<'h> {
    /// Those it is counted of,
    of: Vec<Customer<'h>>,
    /// each with its probability of having left.
    left: Vec<f64>,
    /// By what they are placed.
    edges: Edges,
    /// What is counted, in words.
    meaning: String,
}

impl Groups {
    pub(super) fn of(findings: &Findings<'_>) -> Self {
        let value_days = findings.content().current_value_days();
        let now = customers(findings, findings.periods.last, value_days);
        let churn = Churn::of(findings, value_days);
        let Some((edges, churn)) = Edges::fit(&now).zip(churn) else {
            return Self {
                segments: Vec::new(),
                matrix: None,
            };
        };
        Self {
            segments: vec![segments(&now, &edges, &churn, value_days)],
            matrix: matrix(&now, &edges, &churn, value_days),
        }
    }
}

/// Everyone who had bought by the end of `as_of`.
fn customers<'f>(findings: &'f Findings<'_>, as_of: Day, value_days: u32) -> Vec<Customer<'f>> {
    let refunds = findings.log.refunds();
    let known = |(_, history): (&str, PurchaseHistory<'f>)| {
        Some(Customer {
            history,
            input: findings.model.input_of_history(history, as_of)?,
            // Only money beyond all bounds has no scores.
            rfm: Rfm::of(history, as_of, refunds).ok().flatten()?,
            current: history.money_within(as_of, value_days, refunds),
            potential: None,
        })
    };
    let mut customers: Vec<Customer<'f>> = findings.log.iter().filter_map(known).collect();
    let inputs: Vec<ValueInput> = customers.iter().map(|customer| customer.input).collect();
    if let Some(values) = findings.model.clv_amount_of_all(&inputs) {
        for (customer, value) in customers.iter_mut().zip(values) {
            customer.potential = Some(value);
        }
    }
    customers
}

impl Edges {
    fn fit(customers: &[Customer<'_>]) -> Option<Self> {
        let policy = GroupRules::default();
        let rfm: Vec<Rfm> = customers.iter().map(|customer| customer.rfm).collect();
        let current: Vec<f64> = customers.iter().map(|customer| customer.current).collect();
        let potential: Option<Vec<f64>> = customers.iter().map(|c| c.potential).collect();
        let shares = &policy.tiers.shares;
        Some(Self {
            scales: RfmScales::fit(&rfm)?,
            current: TierEdges::fit(&current, shares),
            potential: potential.map(|values| TierEdges::fit(&values, shares)),
            policy,
        })
    }

    fn segment(&self, customer: &Customer<'_>) -> usize {
        let scores = self.scales.score(&customer.rfm);
        self.policy.segments.position(scores)
    }

    /// Tiers of current and of potential value.
    fn levels(&self, customer: &Customer<'_>) -> Option<[Tier; 2]> {
        let potential = self.potential?.tier(customer.potential?);
        Some([self.current.tier(customer.current), potential])
    }

    /// The two together.
    fn tier(&self, customer: &Customer<'_>) -> Option<Tier> {
        let [current, potential] = self.levels(customer)?;
        Some(self.policy.tiers.matrix.tier(current, Some(potential)))
    }
}

impl<'h> Churn<'h> {
    /// Those who bought nothing in the hold-out, by the groups of the day before
    /// it; without one, what the model expects.
    fn of(findings: &'h Findings<'_>, value_days: u32) -> Option<Self> {
        let last = findings.periods.last;
        let from = findings.periods.calibration_end;
        let of = customers(findings, from.unwrap_or(last), value_days);
        let horizon = findings.training.terms.horizon_days;
        let refunds = findings.log.refunds();
        let left = of.iter().map(|customer| match from {
            Some(from) => f64::from(u8::from(silent(customer.history, from, last, refunds))),
            None => findings
                .model
                .p_no_purchase(&customer.input.summary, horizon),
        });
        let meaning = match from {
            Some(from) => format!(
                "Churn: of those in the group on {from}, by the edges of that day, the share who \
                 bought nothing in the {} to {last}.",
                days(last.days_since(from).into())
            ),
            None => format!(
                "Churn: the mean probability of no purchase within {}, as nothing was held out.",
                days(horizon)
            ),
        };
        Some(Self {
            left: left.collect(),
            edges: Edges::fit(&of)?,
            of,
            meaning,
        })
    }

    /// The mean over those who are in a group.
    fn mean(&self, within: impl Fn(&Edges, &Customer<'h>) -> bool) -> Option<f64> {
        let (mut customers, mut sum) = (0_u64, 0.0);
        for (customer, left) in self.of.iter().zip(&self.left) {
            if within(&self.edges, customer) {
                customers += 1;
                sum += left;
            }
        }
        (customers > 0).then(|| sum / customers as f64)
    }
}

/// Whether there is no purchase after `from`, up to `to`.
fn silent(history: PurchaseHistory<'_>, from: Day, to: Day, refunds: Refunds) -> bool {
    !history
        .between(from, to)
        .any(|day| day.purchases(refunds) > 0)
}

fn segments(
    now: &[Customer<'_>],
    edges: &Edges,
    churn: &Churn<'_>,
    value_days: u32,
) -> SegmentTable {
    let definitions = edges.policy.segments.definitions().iter().enumerate();
    let rows: Vec<SegmentRow> = definitions
        .map(|(at, definition)| {
            let sums = Sums::of(now, |customer| edges.segment(customer) == at);
            SegmentRow {
                name: definition.name.clone(),
                customers: sums.customers,
                customer_share: sums.customer_share,
                mean_current_value: sums.mean_current,
                mean_potential_value: sums.mean_potential,
                value_share: sums.value_share,
                churn: churn.mean(|edges, customer| edges.segment(customer) == at),
            }
        })
        .collect();
    let (rows, empty): (Vec<_>, Vec<_>) = rows
        .into_iter()
        .partition(|row| row.customers > 0 || row.churn.is_some());
    SegmentTable {
        title: "RFM segments".to_owned(),
        rule: format!(
            "By quintiles of recency, number of purchases and mean spend of a purchase. Current \
             value: money of the last {} days. {}{}",
            count(value_days.into()),
            churn.meaning,
            nobody(&empty)
        ),
        rows,
    }
}

fn nobody(empty: &[SegmentRow]) -> String {
    let names: Vec<String> = empty.iter().map(|row| row.name.clone()).collect();
    if names.is_empty() {
        String::new()
    } else {
        format!(" Nobody is in {}.", listed(&names))
    }
}

fn matrix(
    now: &[Customer<'_>],
    edges: &Edges,
    churn: &Churn<'_>,
    value_days: u32,
) -> Option<ValueMatrix> {
    let potential = edges.potential?;
    let cell = |current: Tier, potential: Tier| {
        let sums = Sums::of(now, |c| edges.levels(c) == Some([current, potential]));
        MatrixCell {
            customers: sums.customers,
            customer_share: sums.customer_share,
            value_share: sums.value_share.unwrap_or(0.0),
            tier: Some(tier_of(edges, current, potential).to_string()),
        }
    };
    let row = |current: Tier| Tier::ALL.map(|potential| cell(current, potential)).to_vec();
    let tiers = [Tier::High, Tier::Medium, Tier::Low].map(|tier| {
        let sums = Sums::of(now, |customer| edges.tier(customer) == Some(tier));
        TierRow {
            name: tier.to_string(),
            customers: sums.customers,
            customer_share: sums.customer_share,
            value_share: sums.value_share.unwrap_or(0.0),
            churn: churn.mean(|edges, customer| edges.tier(customer) == Some(tier)),
        }
    });
    Some(ValueMatrix {
        current_days: value_days,
        current: levels(&edges.current),
        potential: levels(&potential),
        cells: Tier::ALL.map(row).to_vec(),
        tiering: Some(Tiering {
            rule: format!(
                "{} The tier is of both together, as the cells say. {}",
                shares(&edges.policy),
                churn.meaning
            ),
            tiers: tiers.to_vec(),
        }),
    })
}

fn tier_of(edges: &Edges, current: Tier, potential: Tier) -> Tier {
    edges.policy.tiers.matrix.tier(current, Some(potential))
}

/// The names of the tiers and where they begin, the lowest first.
fn levels(edges: &TierEdges) -> Vec<Level> {
    let from = |tier: Tier| match tier {
        Tier::Low => None,
        Tier::Medium => edges.medium(),
        Tier::High => edges.high(),
    };
    Tier::ALL
        .map(|tier| Level {
            name: tier.to_string(),
            from_value: from(tier),
        })
        .to_vec()
}

/// How values are cut, in words.
fn shares(policy: &GroupRules) -> String {
    let [high, medium, _] = policy.tiers.shares.shares();
    let (high, medium) = (percent(high, 0), percent(medium, 0));
    match policy.tiers.shares.by() {
        TierBy::Customers => format!(
            "Of current and of potential value alike, the top {high} of the customers are high, \
             the next {medium} medium."
        ),
        TierBy::Value => format!(
            "Of current and of potential value alike, those who bring in the first {high} are \
             high, the next {medium} medium."
        ),
    }
}

/// What a group comes to.
struct Sums {
    customers: u64,
    customer_share: f64,
    mean_current: Option<f64>,
    mean_potential: Option<f64>,
    value_share: Option<f64>,
}

impl Sums {
    fn of<'h>(now: &[Customer<'h>], within: impl Fn(&Customer<'h>) -> bool) -> Self {
        let (mut customers, mut current) = (0_u64, 0.0);
        let (mut potential, mut whole) = (None, 0.0);
        for customer in now {
            whole += customer.potential.unwrap_or(0.0);
            if within(customer) {
                customers += 1;
                current += customer.current;
                potential = customer.potential.map(|v| v + potential.unwrap_or(0.0));
            }
        }
        let mean = |sum: f64| (customers > 0).then(|| sum / customers as f64);
        let known = now.iter().all(|customer| customer.potential.is_some());
        Self {
            customers,
            customer_share: customers as f64 / now.len() as f64,
            mean_current: mean(current),
            mean_potential: potential.and_then(mean),
            value_share: (known && whole > 0.0).then(|| potential.unwrap_or(0.0) / whole),
        }
    }
}
