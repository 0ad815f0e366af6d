//! How large, valuable and lasting the groups are.

use super::{
    customers::{Measured, Measures},
    error::SegmentsError,
    profiles::profiles,
};
use crate::{
    customer::{Day, Refunds},
    model::segments::Tier,
    policy::{Churned, FollowUp, Group, Placement, Segmentation, SegmentationSummary, Stage},
    train::snapshots::Histories,
};

/// Customers and where they stand.
type Placed<'l> = Vec<(Measured<'l>, Placement)>;

/// The days that customers are watched.
#[derive(Debug, Clone, Copy)]
pub(super) struct Watched {
    pub(super) from: Day,
    pub(super) to: Day,
}

impl Watched {
    /// The horizon after the cut-off where the log reaches so far; else the one
    /// before it; `None` where it is too short for either.
    pub(super) fn of(as_of: Day, horizon_days: u32, [first, last]: [Day; 2]) -> Option<Self> {
        let horizon = i64::from(horizon_days);
        if let Some(to) = as_of.plus_days(horizon).filter(|to| *to <= last) {
            return Some(Self { from: as_of, to });
        }
        let from = as_of.plus_days(-horizon).filter(|from| *from >= first)?;
        Some(Self { from, to: as_of })
    }
}

/// Places customers.
pub(super) fn placed<'l>(customers: Vec<Measured<'l>>, by: &Segmentation) -> Placed<'l> {
    let place = |customer: Measured<'l>| {
        let placement = by.place(&customer.to_place());
        (customer, placement)
    };
    customers.into_iter().map(place).collect()
}

/// Sums up the groups of customers who are `now` placed.
pub(super) fn summary(
    segmentation: &Segmentation,
    now: &Placed<'_>,
    watched: Option<Watched>,
    measures: &Measures,
    histories: &Histories<'_>,
) -> Result<SegmentationSummary, SegmentsError> {
    let refunds = segmentation.refunds;
    let watched = match watched {
        None => None,
        Some(watched) => {
            let before = placed(measures.at(watched.from, histories)?, segmentation);
            let after = placed(measures.at(watched.to, histories)?, segmentation);
            Some((watched, before, after))
        }
    };
    let groups = |names: Vec<String>, at: &dyn Fn(&Placement) -> Option<usize>| {
        let mut groups: Vec<Group> = names.into_iter().map(empty).collect();
        if segmentation.potential.is_some() {
            for group in &mut groups {
                group.potential_value = Some(0.0);
            }
        }
        for (customer, placement) in now {
            if let Some(group) = at(placement).and_then(|at| groups.get_mut(at)) {
                group.customers += 1;
                group.current_value += customer.current_value;
                if let Some(sum) = &mut group.potential_value {
                    *sum += customer.potential_value.unwrap_or(0.0);
                }
            }
        }
        if let Some((watched, before, _)) = &watched {
            for group in &mut groups {
                group.churned = Some(Churned::default());
            }
            for (customer, placement) in before {
                let group = at(placement).and_then(|at| groups.get_mut(at));
                if let Some(churned) = group.and_then(|group| group.churned.as_mut()) {
                    churned.customers += 1;
                    churned.churned += u64::from(left(customer, *watched, refunds));
                }
            }
        }
        groups
    };
    let definitions = segmentation.policy.segments.definitions();
    let names = definitions.iter().map(|segment| segment.name.clone());
    let clusters = (1..=segmentation.clusters.centroids().len()).map(|k| k.to_string());
    let tiers = [Tier::High, Tier::Medium, Tier::Low];
    let (cluster_profiles, feature_means) = profiles(&segmentation.clusters, now);
    let tier_of = |placement: &Placement| {
        let position = tiers.iter().position(|tier| *tier == placement.tier);
        // A prospect has brought in nothing, and is in no tier.
        position.filter(|_| placement.scores.is_some())
    };
    let stage_of = |placement: &Placement| {
        Stage::ALL
            .iter()
            .position(|stage| *stage == placement.stage)
    };
    Ok(SegmentationSummary {
        segments: groups(names.collect(), &|placement| placement.segment),
        clusters: groups(clusters.collect(), &|placement| placement.cluster),
        profiles: cluster_profiles,
        feature_means,
        tiers: groups(tiers.map(|tier| tier.to_string()).to_vec(), &tier_of),
        stages: groups(
            Stage::ALL.map(|stage| stage.as_str().to_owned()).to_vec(),
            &stage_of,
        ),
        tier_matrix: segmentation.potential.as_ref().map(|_| tier_matrix(now)),
        recency_frequency: recency_frequency(now),
        follow_up: watched.map(|(watched, before, after)| FollowUp {
            from: watched.from,
            to: watched.to,
            segment_moves: moves(&before, &after, definitions.len()),
        }),
    })
}

fn empty(name: String) -> Group {
    Group {
        name,
        customers: 0,
        current_value: 0.0,
        potential_value: None,
        churned: None,
    }
}

/// Whether the customer makes no purchase in the days watched.
fn left(customer: &Measured<'_>, watched: Watched, refunds: Refunds) -> bool {
    let mut days = customer.history.between(watched.from, watched.to);
    !days.any(|day| day.purchases(refunds) > 0)
}

fn recency_frequency(now: &Placed<'_>) -> [[u64; 5]; 5] {
    let mut counts = [[0; 5]; 5];
    for scores in now.iter().filter_map(|(_, placement)| placement.scores) {
        counts[scores.recency.index()][scores.frequency.index()] += 1;
    }
    counts
}

fn tier_matrix(now: &Placed<'_>) -> [[u64; 3]; 3] {
    let mut counts = [[0; 3]; 3];
    for (_, placement) in now {
        if let Some(potential) = placement.potential_tier {
            counts[placement.current_tier.index()][potential.index()] += 1;
        }
    }
    counts
}

/// Both lists are in the order of the log.
fn moves(before: &Placed<'_>, after: &Placed<'_>, segments: usize) -> Vec<Vec<u64>> {
    let mut moves = vec![vec![0; segments]; segments];
    let mut after = after.iter();
    for (customer, placement) in before {
        let there = after.find(|(there, _)| there.id == customer.id);
        let to = there.and_then(|(_, placement)| placement.segment);
        if let (Some(from), Some(to)) = (placement.segment, to) {
            moves[from][to] += 1;
        }
    }
    moves
}
