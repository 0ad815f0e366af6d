//! How well one feature ranks the outcome by itself.

use super::{Plan, PlannedFeature, Values};

/// Values that fewer rows share say nothing on their own.
const MIN_GROUP_ROWS: usize = 10;

/// Rows that a feature does not tell apart, by outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::train) struct Count {
    pub(in crate::train) churners: usize,
    pub(in crate::train) stayers: usize,
}

impl Count {
    pub(in crate::train) fn add(&mut self, churned: bool) {
        self.churners += usize::from(churned);
        self.stayers += usize::from(!churned);
    }

    pub(in crate::train) fn rows(self) -> usize {
        self.churners + self.stayers
    }

    fn share(self) -> f64 {
        self.churners as f64 / self.rows() as f64
    }
}

/// What a feature tells alone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::train) struct Lone {
    /// The area under the curve, either way.
    pub(in crate::train) area_under_curve: f64,
    /// The rows that it is of.
    pub(in crate::train) count: Count,
}

/// A number ranks by its size, either way; other values, and missing ones, by
/// the share of churners among the rows that have them. Whether there is a value
/// at all may tell it alone.
pub(super) fn rank(feature: &PlannedFeature<'_>, plan: &Plan<'_>) -> Option<Lone> {
    let mut presence = [Count::default(); 2];
    for (&row, &churned) in plan.rows.iter().zip(&plan.churned) {
        presence[usize::from(feature.is_missing(row))].add(churned);
    }
    let by_value = match &feature.values {
        Values::Numbers(numbers) => by_size(numbers, plan),
        Values::Texts(_) | Values::Flags(..) => by_group(groups(feature, plan)),
    };
    let by_presence = of_groups(&presence);
    by_value.into_iter().chain(by_presence).reduce(|a, b| {
        if b.area_under_curve > a.area_under_curve {
            b
        } else {
            a
        }
    })
}

/// The rows of each value of a text or a flag, by code; those without a value
/// are the last group.
pub(in crate::train) fn groups(feature: &PlannedFeature<'_>, plan: &Plan<'_>) -> Vec<Count> {
    let values = match &feature.values {
        Values::Numbers(_) => 0,
        Values::Texts(texts) => texts.distinct(),
        Values::Flags(..) => 2,
    };
    let mut groups = vec![Count::default(); values + 1];
    for (&row, &churned) in plan.rows.iter().zip(&plan.churned) {
        let group = match &feature.values {
            Values::Numbers(_) => None,
            Values::Texts(texts) => texts.code(row),
            Values::Flags(_, flags) => flags[row].map(usize::from),
        };
        groups[group.unwrap_or(values)].add(churned);
    }
    groups
}

fn by_group(mut groups: Vec<Count>) -> Option<Lone> {
    groups.retain(|group| group.rows() >= MIN_GROUP_ROWS);
    groups.sort_by(|a, b| a.share().total_cmp(&b.share()));
    of_groups(&groups)
}

fn of_groups(groups: &[Count]) -> Option<Lone> {
    let mut count = Count::default();
    let mut concordant = 0.0;
    for group in groups {
        let below = count.stayers as f64 + group.stayers as f64 / 2.0;
        concordant += group.churners as f64 * below;
        count.churners += group.churners;
        count.stayers += group.stayers;
    }
    Lone::of(concordant, count)
}

/// Mann and Whitney's statistic, both outcomes sorted apart.
fn by_size(numbers: &[f64], plan: &Plan<'_>) -> Option<Lone> {
    let (mut churners, mut stayers) = (Vec::new(), Vec::new());
    for (&row, &churned) in plan.rows.iter().zip(&plan.churned) {
        // Zero has one sign here.
        let number = numbers[row] + 0.0;
        if !number.is_nan() {
            if churned { &mut churners } else { &mut stayers }.push(number);
        }
    }
    churners.sort_unstable_by(f64::total_cmp);
    stayers.sort_unstable_by(f64::total_cmp);
    let (mut below, mut not_above) = (0, 0);
    let mut concordant = 0.0;
    for &churner in &churners {
        while stayers.get(below).is_some_and(|&stayer| stayer < churner) {
            below += 1;
        }
        not_above = not_above.max(below);
        while stayers
            .get(not_above)
            .is_some_and(|&stayer| stayer <= churner)
        {
            not_above += 1;
        }
        concordant += (below + not_above) as f64 / 2.0;
    }
    let count = Count {
        churners: churners.len(),
        stayers: stayers.len(),
    };
    Lone::of(concordant, count)
}

impl Lone {
    /// `None` without rows of both outcomes.
    fn of(concordant: f64, count: Count) -> Option<Self> {
        let pairs = count.churners as f64 * count.stayers as f64;
        (pairs > 0.0).then(|| Self {
            area_under_curve: (concordant / pairs).max(1.0 - concordant / pairs),
            count,
        })
    }
}
