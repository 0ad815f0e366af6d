//! How well clusters stand apart: the mean silhouette (Rousseeuw 1987).

use crate::model::segments::{nearest, squared_distance};

/// The mean silhouette of each set of centroids on the same points, in
/// [-1, 1]: for each point (b − a) / max(a, b), where a is the mean distance
/// to the others of its cluster and b that to the next cluster; 0 for a point
/// that is alone in its cluster, or where there is no other cluster.
pub(super) fn mean_silhouettes(points: &[Vec<f64>], candidates: &[Vec<Vec<f64>>]) -> Vec<f64> {
    let assigned: Vec<Vec<usize>> = candidates
        .iter()
        .map(|centroids| points.iter().map(|point| nearest(centroids, point).0))
        .map(Iterator::collect)
        .collect();
    let sizes: Vec<Vec<usize>> = candidates
        .iter()
        .zip(&assigned)
        .map(|(centroids, assigned)| {
            let of = |cluster| assigned.iter().filter(|at| **at == cluster).count();
            (0..centroids.len()).map(of).collect()
        })
        .collect();
    let mut sums = vec![0.0; candidates.len()];
    for (row, point) in points.iter().enumerate() {
        let mut distances: Vec<Vec<f64>> = sizes.iter().map(|of| vec![0.0; of.len()]).collect();
        for (other, there) in points.iter().enumerate() {
            // Each distance is taken once, whatever the number of candidates.
            let distance = squared_distance(point, there).sqrt();
            for (distances, assigned) in distances.iter_mut().zip(&assigned) {
                distances[assigned[other]] += distance;
            }
        }
        for (candidate, sum) in sums.iter_mut().enumerate() {
            let own = assigned[candidate][row];
            *sum += silhouette(own, &distances[candidate], &sizes[candidate]);
        }
    }
    let n = points.len().max(1) as f64;
    sums.into_iter().map(|sum| sum / n).collect()
}

fn silhouette(own: usize, distances: &[f64], sizes: &[usize]) -> f64 {
    if sizes[own] < 2 {
        return 0.0;
    }
    let within = distances[own] / (sizes[own] - 1) as f64;
    let others = distances.iter().zip(sizes).enumerate();
    let next = others
        .filter(|(cluster, (_, size))| *cluster != own && **size > 0)
        .map(|(_, (distance, size))| distance / *size as f64)
        .min_by(f64::total_cmp);
    match next {
        Some(next) if within.max(next) > 0.0 => (next - within) / within.max(next),
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silhouettes_are_those_of_the_definition() {
        let points: Vec<Vec<f64>> = [0.0, 1.0, 10.0].map(|x| vec![x]).to_vec();
        let two = vec![vec![0.5], vec![10.0]];
        let one = vec![vec![3.0]];
        let found = mean_silhouettes(&points, &[two, one]);
        // (10 - 1) / 10, (9 - 1) / 9, and 0 for the one that is alone.
        assert!((found[0] - (0.9 + 8.0 / 9.0) / 3.0).abs() < 1e-12);
        assert_eq!(found[1], 0.0);
        assert_eq!(mean_silhouettes(&[], &[vec![vec![0.0]]]), [0.0]);
        let same = vec![vec![1.0]; 4];
        assert_eq!(
            mean_silhouettes(&same, &[vec![vec![1.0], vec![1.0]]]),
            [0.0]
        );
    }
}
