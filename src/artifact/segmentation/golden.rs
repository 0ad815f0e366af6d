//! Golden rows of a segmentation: made-up purchase histories at the edges of
//! every score, tier and stage, and where each of them must be placed.

use serde::{Deserialize, Serialize};

use crate::{
    artifact::{GoldenError, golden::wrong_score},
    model::segments::{MAX_MONEY, Quintile, QuintileScale, Rfm, TierEdges},
    policy::{Placement, Rhythm, Segmentation, ToPlace},
};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GoldenV1 {
    rows: Vec<RowV1>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RowV1 {
    customer: CustomerV1,
    placed: PlacedV1,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CustomerV1 {
    days_since_last_purchase: u32,
    purchases: u32,
    mean_spend: f64,
    span_days: u32,
    last_gap_days: u32,
    current_value: f64,
    potential_value: Option<f64>,
    p_no_purchase: Option<f64>,
    features: Vec<Option<f64>>,
}

#[derive(PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PlacedV1 {
    scores: Option<[u8; 3]>,
    segment: Option<String>,
    cluster: Option<usize>,
    current_tier: String,
    potential_tier: Option<String>,
    tier: String,
    stage: String,
}

impl GoldenV1 {
    /// Makes up rows for a segmentation and places them.
    pub(super) fn of(segmentation: &Segmentation) -> Self {
        let customers = made_up(segmentation);
        let rows = customers
            .into_iter()
            .enumerate()
            .filter_map(|(row, customer)| {
                let placed = customer.place(segmentation, row).ok()?;
                Some(RowV1 { customer, placed })
            });
        Self {
            rows: rows.collect(),
        }
    }

    /// Places every row again and compares.
    pub(super) fn verify(&self, segmentation: &Segmentation) -> Result<(), GoldenError> {
        if self.rows.is_empty() {
            return Err(GoldenError::Empty);
        }
        for (row, RowV1 { customer, placed }) in self.rows.iter().enumerate() {
            if customer.place(segmentation, row)? != *placed {
                wrong_score(row)?;
            }
        }
        Ok(())
    }
}

/// Customers on and around every edge. Each row takes one value of each list;
/// lists of other lengths go round.
fn made_up(segmentation: &Segmentation) -> Vec<CustomerV1> {
    let Segmentation {
        scales,
        clusters,
        current_edges,
        potential,
        typical_gap_days,
        ..
    } = segmentation;
    let days: Vec<u32> = around(&scales.recency).map(|v| whole(-v)).collect();
    let purchases: Vec<u32> = around(&scales.frequency).map(|v| whole(v).max(1)).collect();
    let spends: Vec<f64> = around(&scales.monetary).collect();
    let currents = around_tiers(current_edges);
    let potentials = match potential {
        None => vec![None],
        Some((edges, _)) => around_tiers(edges).into_iter().map(Some).collect(),
    };
    let gap = whole(*typical_gap_days);
    let spans = [0, gap, gap.saturating_mul(12)];
    let chances = [None, Some(0.0), Some(0.3), Some(0.7), Some(1.0)];
    let features: Vec<Vec<Option<f64>>> = clusters
        .centroids()
        .iter()
        .map(|centroid| centroid.iter().map(|value| Some(*value)).collect())
        .chain([vec![None; clusters.features().len()]])
        .collect();
    let rows = [
        days.len(),
        purchases.len(),
        spends.len(),
        currents.len(),
        features.len(),
    ];
    let rows = rows.into_iter().max().unwrap_or(0).max(potentials.len());
    let prospect = CustomerV1 {
        days_since_last_purchase: 0,
        purchases: 0,
        mean_spend: 0.0,
        span_days: 0,
        last_gap_days: 0,
        current_value: 0.0,
        potential_value: None,
        p_no_purchase: None,
        features: vec![None; clusters.features().len()],
    };
    let customer = |row: usize| {
        let purchases = purchases[(row + row / days.len()) % purchases.len()];
        let span = spans[row % spans.len()];
        // One purchase has no gap, and the gap of two is their span.
        let (span_days, last_gap_days) = match purchases {
            1 => (0, 0),
            2 => (span, span),
            _ => (span, if row.is_multiple_of(2) { 0 } else { span }),
        };
        CustomerV1 {
            days_since_last_purchase: days[row % days.len()],
            purchases,
            mean_spend: spends[(row + 1) % spends.len()],
            span_days,
            last_gap_days,
            current_value: currents[row % currents.len()],
            potential_value: potentials[(row + row / 3) % potentials.len()],
            p_no_purchase: chances[row % chances.len()],
            features: features[row % features.len()].clone(),
        }
    };
    let customers = (0..4 * rows).map(customer);
    customers.chain([prospect]).collect()
}

/// Each edge, and a little below and above all.
fn around(scale: &QuintileScale) -> impl Iterator<Item = f64> {
    let steps = scale.steps();
    let (first, last) = (steps[0].from, steps[steps.len() - 1].from);
    steps
        .iter()
        .flat_map(|step| [step.from, step.from - 1.0])
        .chain([first - 2.0, last + 7.0])
        .map(|value| value.clamp(-MAX_MONEY, MAX_MONEY))
}

fn around_tiers(edges: &TierEdges) -> Vec<f64> {
    let edges = [edges.medium(), edges.high()].into_iter().flatten();
    edges
        .flat_map(|edge| [edge, edge - 1.0])
        .chain([0.0])
        .collect()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cast saturates, and any whole number will do"
)]
fn whole(value: f64) -> u32 {
    (value.max(0.0) as u32).min(3_000_000)
}

impl CustomerV1 {
    fn place(&self, segmentation: &Segmentation, row: usize) -> Result<PlacedV1, GoldenError> {
        let refused = || GoldenError::Refused { row };
        let rfm = match self.purchases {
            0 => None,
            purchases => {
                let rfm = Rfm::new(self.days_since_last_purchase, purchases, self.mean_spend);
                Some(rfm.map_err(|_| refused())?)
            }
        };
        let rhythm = Rhythm::new(
            self.purchases,
            self.span_days,
            self.last_gap_days,
            self.days_since_last_purchase,
        );
        if self.features.len() != segmentation.clusters.features().len() {
            return Err(refused());
        }
        let placement = segmentation.place(&ToPlace {
            rfm,
            rhythm: rhythm.ok_or_else(refused)?,
            features: &self.features,
            current_value: self.current_value,
            potential_value: self.potential_value,
            p_no_purchase: self.p_no_purchase,
        });
        Ok(PlacedV1::of(&placement, segmentation))
    }
}

impl PlacedV1 {
    fn of(placement: &Placement, segmentation: &Segmentation) -> Self {
        let Placement {
            scores,
            segment,
            cluster,
            current_tier,
            potential_tier,
            tier,
            stage,
        } = placement;
        let definitions = segmentation.policy.segments.definitions();
        Self {
            scores: scores.map(|s| [s.recency, s.frequency, s.monetary].map(Quintile::get)),
            segment: segment.map(|position| definitions[position].name.clone()),
            cluster: *cluster,
            current_tier: current_tier.to_string(),
            potential_tier: potential_tier.map(|tier| tier.to_string()),
            tier: tier.to_string(),
            stage: stage.as_str().to_owned(),
        }
    }
}
