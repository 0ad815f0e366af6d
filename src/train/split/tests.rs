//! What each kind of split promises.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

fn split<'p>(churned: &'p [bool], kind: Kind<'p>) -> Split<'p> {
    Split {
        churned,
        kind,
        embargo: 0.0,
    }
}

fn churners(churned: &[bool], rows: &[usize]) -> usize {
    rows.iter().filter(|&&row| churned[row]).count()
}

proptest! {
    #[test]
    fn every_row_is_measured_on_exactly_once(
        churned in prop::collection::vec(any::<bool>(), 100..300),
        count in 2..8u32,
        seed: u64,
    ) {
        let split = split(&churned, Kind::Stratified);
        let folds: Vec<Parts> = split.folds(count, seed).unwrap().iter().collect();
        let mut measured: Vec<usize> =
            folds.iter().flat_map(|(_, measured)| measured.clone()).collect();
        measured.sort_unstable();
        prop_assert_eq!(measured, (0..churned.len()).collect::<Vec<_>>());
        let counts: Vec<usize> = folds.iter().map(|(_, rows)| churners(&churned, rows)).collect();
        prop_assert!(counts.iter().max().unwrap() - counts.iter().min().unwrap() <= 1);
        for (fitted, measured) in &folds {
            prop_assert_eq!(fitted.len() + measured.len(), churned.len());
        }
    }

    #[test]
    fn the_seed_decides_the_split(
        churned in prop::collection::vec(any::<bool>(), 100..300),
        seed: u64,
    ) {
        let split = split(&churned, Kind::Stratified);
        let parts = split.held_out(0.25, seed).unwrap();
        prop_assert_eq!(&parts, &split.held_out(0.25, seed).unwrap());
        prop_assert_ne!(&parts, &split.held_out(0.25, seed ^ 1).unwrap());
        let quarter = churned.len() / 4;
        prop_assert!(parts.1.len().abs_diff(quarter) <= 1);
    }

    #[test]
    fn a_part_is_split_as_the_whole(
        churned in prop::collection::vec(any::<bool>(), 200..300),
        groups in prop::collection::vec(0..80u32, 300),
        times in prop::collection::vec(0..60i32, 300),
        seed: u64,
    ) {
        let times: Vec<f64> = times.into_iter().map(f64::from).collect();
        let rows: Vec<usize> = (0..churned.len()).filter(|row| row % 3 != 1).collect();
        for kind in [Kind::Stratified, Kind::Grouped(&groups), Kind::TimeOrdered(&times)] {
            let folds = split(&churned, kind).folds_of(&rows, 3, seed).unwrap();
            for (fitted, measured) in folds.iter() {
                prop_assert!(fitted.iter().chain(&measured).all(|row| rows.contains(row)));
                prop_assert!(fitted.iter().all(|row| !measured.contains(row)));
            }
        }
    }

    #[test]
    fn groups_stay_whole_and_parts_even(
        rows in prop::collection::vec((any::<bool>(), 0..60u32), 200..400),
        seed: u64,
    ) {
        let (churned, groups): (Vec<bool>, Vec<u32>) = rows.into_iter().unzip();
        let split = split(&churned, Kind::Grouped(&groups));
        let in_part = |rows: &[usize]| -> BTreeSet<u32> {
            rows.iter().map(|&row| groups[row]).collect()
        };
        let held_out = split.held_out(0.2, seed).unwrap();
        prop_assert!(in_part(&held_out.0).is_disjoint(&in_part(&held_out.1)));
        let share = held_out.1.len() as f64 / churned.len() as f64;
        prop_assert!((share - 0.2).abs() < 0.06, "{}", share);
        let prevalence = churners(&churned, &held_out.1) as f64 / held_out.1.len() as f64;
        let overall = churned.iter().filter(|c| **c).count() as f64 / churned.len() as f64;
        prop_assert!((prevalence - overall).abs() < 0.2, "{} {}", prevalence, overall);
        for (fitted, measured) in split.folds(4, seed).unwrap().iter() {
            prop_assert!(in_part(&fitted).is_disjoint(&in_part(&measured)));
            prop_assert_eq!(fitted.len() + measured.len(), churned.len());
            let quarter = churned.len() as f64 / 4.0;
            prop_assert!((measured.len() as f64 - quarter).abs() < quarter / 3.0);
        }
    }

    #[test]
    fn the_future_is_measured_on(
        rows in prop::collection::vec((any::<bool>(), 0..50i32), 300..400),
    ) {
        let (churned, times): (Vec<bool>, Vec<i32>) = rows.into_iter().unzip();
        let times: Vec<f64> = times.into_iter().map(f64::from).collect();
        let split = split(&churned, Kind::TimeOrdered(&times));
        let latest = |rows: &[usize]| rows.iter().map(|&row| times[row]).fold(-1.0, f64::max);
        let earliest = |rows: &[usize]| rows.iter().map(|&row| times[row]).fold(99.0, f64::min);
        let (fitted, held_out) = split.held_out(0.2, 0).unwrap();
        prop_assert!(latest(&fitted) < earliest(&held_out));
        let share = held_out.len() as f64 / churned.len() as f64;
        prop_assert!((share - 0.2).abs() < 0.05, "{}", share);
        let folds = split.folds(4, 0).unwrap();
        let mut before = 0;
        for (fitted, measured) in folds.iter() {
            prop_assert!(latest(&fitted) < earliest(&measured));
            prop_assert!(fitted.len() > before);
            before = fitted.len();
        }
        prop_assert_eq!(split.repeated(4, 5, 1).unwrap().len(), 1);
    }
}

#[test]
fn an_embargo_leaves_out_what_was_not_known_yet() {
    let churned: Vec<bool> = (0..80).map(|row| row % 3 == 0).collect();
    let times: Vec<f64> = (0..80).map(|row| f64::from(row / 10)).collect();
    let latest = |rows: &[usize]| rows.iter().map(|&row| times[row]).fold(-1.0, f64::max);
    let embargoed = |embargo| Split {
        embargo,
        ..split(&churned, Kind::TimeOrdered(&times))
    };
    for (embargo, fitted_to) in [(0.0, 5.0), (1.0, 5.0), (3.0, 3.0), (6.0, 0.0)] {
        let (fitted, held_out) = embargoed(embargo).held_out(0.25, 0).unwrap();
        assert_eq!(held_out, (60..80).collect::<Vec<_>>());
        assert_eq!(latest(&fitted), fitted_to);
    }
    let refused = embargoed(7.0).held_out(0.25, 0).unwrap_err().to_string();
    assert!(refused.contains("--embargo-days"), "{refused}");
    let folds = embargoed(3.0).folds(7, 0).unwrap();
    assert!(folds.len() > 0 && folds.len() < 7);
    for (fitted, measured) in folds.iter() {
        assert!(latest(&fitted) + 3.0 <= times[measured[0]]);
    }
    assert_eq!(embargoed(9.0).folds(7, 0).unwrap().len(), 0);
}

/// The same seed gives the rows that it gave before there were other splits.
#[test]
fn the_streams_of_stratified_splits_stay() {
    let churned: Vec<bool> = (0..20).map(|row| row % 3 == 0).collect();
    let split = split(&churned, Kind::Stratified);
    assert!(matches!(split.kind(), Kind::Stratified));
    assert_eq!(split.held_out(0.25, 42).unwrap().1, [2, 4, 9, 10, 18]);
}

#[test]
fn parts_without_an_outcome_are_refused() {
    let churned: Vec<bool> = (0..100).map(|row| row < 50).collect();
    let one_group = vec![0; 100];
    let times: Vec<f64> = (0..100).map(f64::from).collect();
    for kind in [Kind::Grouped(&one_group), Kind::TimeOrdered(&times)] {
        let split = split(&churned, kind);
        for told in [
            split.held_out(0.2, 1).unwrap_err().to_string(),
            split.folds(3, 1).unwrap_err().to_string(),
        ] {
            assert!(told.contains("has no row that"), "{told}");
        }
    }
}
