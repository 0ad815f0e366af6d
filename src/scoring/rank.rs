//! The largest contributions of a score, and what the others add up to.

/// So many are kept in order while they are found.
const FEW_REASONS: usize = 16;

/// Puts the largest contributions into `largest`, each with its effect: by
/// absolute size, ties in the schema's order, none that is zero. The sum of the
/// others is exact because contributions are.
pub(super) fn rank(
    contributions: &[f64],
    max_reasons: usize,
    largest: &mut Vec<(usize, f64)>,
) -> f64 {
    largest.clear();
    if max_reasons == 0 {
        return contributions
            .iter()
            .fold(0.0, |sum, contribution| sum + contribution);
    }
    let all = contributions.iter().copied().enumerate();
    let effects = all.filter(|(_, contribution)| *contribution != 0.0);
    if max_reasons <= FEW_REASONS {
        return effects.fold(0.0, |others, found| {
            others + keep_largest(found, max_reasons, largest)
        });
    }
    let order = |a: &(usize, f64), b: &(usize, f64)| {
        let by_size = b.1.abs().total_cmp(&a.1.abs());
        by_size.then(a.0.cmp(&b.0))
    };
    largest.extend(effects);
    if max_reasons < largest.len() {
        largest.select_nth_unstable_by(max_reasons, order);
    }
    let others = largest.iter().skip(max_reasons);
    let remaining = others.fold(0.0, |sum, (_, contribution)| sum + contribution);
    largest.truncate(max_reasons);
    largest.sort_unstable_by(order);
    remaining
}

/// Puts an effect in its place among the largest so far, and returns what the one
/// adds that is none of them then.
fn keep_largest(found: (usize, f64), most: usize, largest: &mut Vec<(usize, f64)>) -> f64 {
    let size = found.1.abs();
    let mut other = 0.0;
    if largest.len() >= most {
        if largest.last().is_none_or(|last| last.1.abs() >= size) {
            return found.1;
        }
        other = largest.pop().map_or(0.0, |(_, contribution)| contribution);
    }
    let larger = largest.iter().rposition(|kept| kept.1.abs() >= size);
    largest.insert(larger.map_or(0, |at| at + 1), found);
    other
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Few and many are ranked alike, as a sort of all ranks them.
        #[test]
        fn the_largest_come_first(
            // Whole numbers, so that some are zero and some of a size.
            contributions in prop::collection::vec((-9_i8..10).prop_map(f64::from), 0..40),
            most in 0_usize..40,
        ) {
            let mut sorted: Vec<(usize, f64)> = contributions.iter().copied().enumerate().collect();
            sorted.retain(|(_, contribution)| *contribution != 0.0);
            sorted.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
            let others = sorted.split_off(most.min(sorted.len()));
            let others: f64 = others.iter().map(|(_, contribution)| contribution).sum();
            let mut largest = vec![(7, 7.0)];
            let remaining = rank(&contributions, most, &mut largest);
            prop_assert_eq!(largest, sorted);
            prop_assert_eq!(remaining, others + 0.0);
        }
    }
}
