//! Centroids of customers: k-means by linfa from several seeded starts, brought
//! to where every centroid is the exact mean of its customers.
//!
//! linfa draws the first centroids by k-means++ (Arthur and Vassilvitskii 2007)
//! and counts each old centroid as one more customer of its cluster, so its
//! result is near the optimum but not at it; the last steps here are Lloyd's.

use linfa::{DatasetBase, traits::Fit};
use linfa_clustering::{KMeans, KMeansInit};
use ndarray::Array2;
use rand::{SeedableRng, seq::index};
use rand_chacha::ChaCha8Rng;

use super::{ClusterCount, SegmentsError, silhouette::mean_silhouettes};
use crate::model::segments::{ClusterFeature, FeatureTransform, nearest};

/// Most clusters that are tried.
const MOST_TRIED: usize = 10;
/// Most customers that centroids are fitted to; of more, so many are drawn.
const MOST_FITTED: usize = 50_000;
/// Most customers that silhouettes are taken of.
const MOST_JUDGED: usize = 2_000;
/// Starts of each fit.
const STARTS: usize = 10;
/// Iterations of linfa, and Lloyd's behind them.
const ITERATIONS: u64 = 300;
const LLOYD: usize = 300;

/// Centroids, and how they were chosen.
#[derive(Debug)]
pub(super) struct Fitted {
    pub(super) centroids: Vec<Vec<f64>>,
    pub(super) customers: usize,
    pub(super) silhouettes: Vec<(u32, f64)>,
}

/// The scale of a feature: its mean and standard deviation, after ln(1 + x)
/// where no value is negative and the skewness is above 1.
pub(super) fn scale(name: &str, values: &[f64]) -> ClusterFeature {
    let plain = Moments::of(&values.iter().copied());
    let skewed = plain.skewness > 1.0 && values.iter().all(|value| *value >= 0.0);
    let (transform, moments) = if skewed {
        let log = |value: &f64| FeatureTransform::Log1p.apply(*value);
        (
            FeatureTransform::Log1p,
            Moments::of(&values.iter().map(log)),
        )
    } else {
        (FeatureTransform::Plain, plain)
    };
    ClusterFeature {
        name: name.to_owned(),
        transform,
        mean: moments.mean,
        standard_deviation: moments.standard_deviation,
    }
}

struct Moments {
    mean: f64,
    standard_deviation: f64,
    skewness: f64,
}

impl Moments {
    /// All 0 of nothing; a spread of nothing but rounding counts as none.
    fn of(values: &(impl Iterator<Item = f64> + Clone)) -> Self {
        let n = values.clone().count().max(1) as f64;
        let mean = values.clone().sum::<f64>() / n;
        let central = |power: i32| {
            let powers = values.clone().map(|value| (value - mean).powi(power));
            powers.sum::<f64>() / n
        };
        let deviation = central(2).sqrt();
        if deviation <= 1e-12 * mean.abs() {
            return Self {
                mean,
                standard_deviation: 0.0,
                skewness: 0.0,
            };
        }
        Self {
            mean,
            standard_deviation: deviation,
            skewness: central(3) / (deviation * deviation * deviation),
        }
    }
}

/// Fits centroids to customers on the standardised scale, at least one.
pub(super) fn fit(
    points: &[Vec<f64>],
    wanted: ClusterCount,
    seed: u64,
) -> Result<Fitted, SegmentsError> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let fitted = drawn(points, MOST_FITTED, &mut rng);
    let distinct = distinct(&fitted);
    let single = |silhouettes| Fitted {
        centroids: vec![mean(&fitted)],
        customers: fitted.len(),
        silhouettes,
    };
    let tried: Vec<usize> = match wanted {
        ClusterCount::Exactly(wanted) if wanted > distinct => {
            return Err(SegmentsError::TooManyClusters { wanted, distinct });
        }
        ClusterCount::Exactly(..=1) => return Ok(single(Vec::new())),
        ClusterCount::Exactly(wanted) => vec![wanted],
        ClusterCount::Auto => (2..=MOST_TRIED.min(distinct)).collect(),
    };
    let mut candidates = Vec::new();
    for k in tried {
        candidates.push(k_means(&fitted, k, &rng)?);
    }
    let judged = drawn(&fitted, MOST_JUDGED, &mut rng);
    let silhouettes = mean_silhouettes(&judged, &candidates);
    // Of equals the fewest: only more that is better counts, and what is not
    // closer to its own than to others is no cluster.
    let mut best: Option<(f64, Vec<Vec<f64>>)> = None;
    let mut told = Vec::new();
    let floor = match wanted {
        ClusterCount::Auto => 0.0,
        ClusterCount::Exactly(_) => f64::NEG_INFINITY,
    };
    for (centroids, silhouette) in candidates.into_iter().zip(silhouettes) {
        told.push((
            u32::try_from(centroids.len()).unwrap_or(u32::MAX),
            silhouette,
        ));
        let least = best.as_ref().map_or(floor, |(least, _)| *least);
        if silhouette > least {
            best = Some((silhouette, centroids));
        }
    }
    match best {
        None => Ok(single(told)),
        Some((_, centroids)) => Ok(Fitted {
            centroids,
            customers: fitted.len(),
            silhouettes: told,
        }),
    }
}

/// The points, or as many of them as may be, in their order.
fn drawn(points: &[Vec<f64>], most: usize, rng: &mut ChaCha8Rng) -> Vec<Vec<f64>> {
    if points.len() <= most {
        return points.to_vec();
    }
    let mut rows = index::sample(rng, points.len(), most).into_vec();
    rows.sort_unstable();
    rows.into_iter().map(|row| points[row].clone()).collect()
}

fn distinct(points: &[Vec<f64>]) -> usize {
    let mut points: Vec<&[f64]> = points.iter().map(Vec::as_slice).collect();
    points.sort_unstable_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
    points.dedup();
    points.len()
}

fn mean(points: &[Vec<f64>]) -> Vec<f64> {
    let length = points.first().map_or(0, Vec::len);
    let n = points.len().max(1) as f64;
    (0..length)
        .map(|at| points.iter().map(|point| point[at]).sum::<f64>() / n)
        .collect()
}

fn k_means(
    points: &[Vec<f64>],
    k: usize,
    rng: &ChaCha8Rng,
) -> Result<Vec<Vec<f64>>, SegmentsError> {
    let columns = points.first().map_or(0, Vec::len);
    let records = Array2::from_shape_fn((points.len(), columns), |(row, at)| points[row][at]);
    let fitted = KMeans::params_with_rng(k, rng.clone())
        .n_runs(STARTS)
        .max_n_iterations(ITERATIONS)
        .tolerance(1e-4)
        .init_method(KMeansInit::KMeansPlusPlus)
        .fit(&DatasetBase::from(records))?;
    let near = fitted.centroids().outer_iter();
    Ok(lloyd(points, near.map(|row| row.to_vec()).collect()))
}

/// Moves centroids to the means of their points until nothing changes. One
/// that has no point moves to the point that is farthest from its own.
fn lloyd(points: &[Vec<f64>], mut centroids: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    let mut assigned = Vec::new();
    for _ in 0..LLOYD {
        let now: Vec<(usize, f64)> = points.iter().map(|p| nearest(&centroids, p)).collect();
        if now == assigned {
            break;
        }
        assigned = now;
        let mut taken = Vec::new();
        for (cluster, centroid) in centroids.iter_mut().enumerate() {
            let own = points.iter().zip(&assigned);
            let own = own.filter(|(_, (nearest, _))| *nearest == cluster);
            let own: Vec<Vec<f64>> = own.map(|(point, _)| point.clone()).collect();
            if own.is_empty() {
                let rows = (0..points.len()).filter(|row| !taken.contains(row));
                let farthest = rows.max_by(|&a, &b| assigned[a].1.total_cmp(&assigned[b].1));
                if let Some(row) = farthest {
                    taken.push(row);
                    centroid.clone_from(&points[row]);
                }
            } else {
                *centroid = mean(&own);
            }
        }
    }
    centroids
}
