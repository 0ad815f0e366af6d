//! What clusters are like, in numbers and in words.

use super::customers::Measured;
use crate::{
    model::segments::Clusters,
    policy::{ClusterProfile, Placement},
    train::report::compact,
};

/// A centroid this far from the mean, in standard deviations, is told.
const TOLD: f64 = 0.5;
/// This far, it is told with weight.
const FAR: f64 = 1.25;
/// The most features that are told.
const MOST_TOLD: usize = 3;

/// The profile of each cluster, and the means of all customers.
pub(super) fn profiles(
    clusters: &Clusters,
    customers: &[(Measured<'_>, Placement)],
) -> (Vec<ClusterProfile>, Vec<Option<f64>>) {
    let features = clusters.features().len();
    let means = |of: Option<usize>| -> Vec<Option<f64>> {
        let members: Vec<&Measured<'_>> = customers
            .iter()
            .filter(|(_, placed)| {
                placed.cluster.is_some() && (of.is_none() || placed.cluster == of)
            })
            .map(|(customer, _)| customer)
            .collect();
        (0..features).map(|at| mean(&members, at)).collect()
    };
    let overall = means(None);
    let profiles = clusters.centroids().iter().enumerate();
    let profiles = profiles.map(|(cluster, centroid)| {
        let means = means(Some(cluster));
        let words = words(clusters, centroid, &means, &overall);
        ClusterProfile { means, words }
    });
    (profiles.collect(), overall)
}

fn mean(members: &[&Measured<'_>], feature: usize) -> Option<f64> {
    let values = members.iter().filter_map(|member| member.features[feature]);
    let (sum, n) = values.fold((0.0, 0_u32), |(sum, n), value| (sum + value, n + 1));
    (n > 0).then(|| sum / f64::from(n))
}

fn words(
    clusters: &Clusters,
    centroid: &[f64],
    means: &[Option<f64>],
    overall: &[Option<f64>],
) -> String {
    let mut told: Vec<usize> = (0..centroid.len())
        .filter(|&at| centroid[at].abs() >= TOLD)
        .collect();
    told.sort_by(|&a, &b| centroid[b].abs().total_cmp(&centroid[a].abs()));
    let phrase = |&at: &usize| {
        let name = clusters.features()[at].name.replace('_', " ");
        let how = match (centroid[at] > 0.0, centroid[at].abs() >= FAR) {
            (true, true) => "very high",
            (true, false) => "high",
            (false, true) => "very low",
            (false, false) => "low",
        };
        match (means[at], overall[at]) {
            (Some(mean), Some(overall)) => {
                format!(
                    "{name} {how} ({} against {})",
                    compact(mean),
                    compact(overall)
                )
            }
            _ => format!("{name} {how}"),
        }
    };
    let phrases: Vec<String> = told.iter().take(MOST_TOLD).map(phrase).collect();
    if phrases.is_empty() {
        "near the average in everything".to_owned()
    } else {
        phrases.join("; ")
    }
}
