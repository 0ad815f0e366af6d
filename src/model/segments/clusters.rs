//! Clusters of customers by centroids: each customer belongs to the nearest
//! (k-means; Lloyd 1982).

/// The most features that clusters are told apart by.
pub const MAX_CLUSTER_FEATURES: usize = 64;
/// The most clusters.
pub const MAX_CLUSTERS: usize = 64;

/// What is done to a feature before it is standardised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeatureTransform {
    /// Nothing.
    Plain,
    /// ln(1 + x), for features of 0 or more with a long tail; what is below 0
    /// counts as 0.
    Log1p,
}

impl FeatureTransform {
    /// The value that is standardised.
    #[must_use]
    pub fn apply(self, value: f64) -> f64 {
        match self {
            Self::Plain => value,
            Self::Log1p => value.max(0.0).ln_1p(),
        }
    }

    /// Its name in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Log1p => "log1p",
        }
    }
}

/// A feature that clusters are told apart by, and its fitted scale.
#[derive(Debug, Clone, PartialEq)]
pub struct ClusterFeature {
    /// Its name.
    pub name: String,
    /// What is done to it first.
    pub transform: FeatureTransform,
    /// Mean of the transformed values in training.
    pub mean: f64,
    /// Their standard deviation; 0 for a constant feature, which then tells
    /// nobody apart.
    pub standard_deviation: f64,
}

impl ClusterFeature {
    /// A value on the standardised scale; the mean, 0, when it is missing or
    /// not finite.
    #[must_use]
    pub fn standardise(&self, value: Option<f64>) -> f64 {
        let Some(value) = value.filter(|value| value.is_finite()) else {
            return 0.0;
        };
        if self.standard_deviation == 0.0 {
            return 0.0;
        }
        let z = (self.transform.apply(value) - self.mean) / self.standard_deviation;
        // Squared distances of what training never saw stay finite.
        z.clamp(-1e6, 1e6)
    }
}

/// Fitted clusters. The index of a centroid is the number of its cluster.
#[derive(Debug, Clone, PartialEq)]
pub struct Clusters {
    features: Vec<ClusterFeature>,
    /// On the standardised scale, one value a feature.
    centroids: Vec<Vec<f64>>,
}

/// Why numbers are no clusters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClusterError {
    /// Too few or too many features.
    #[error("clusters need 1 to {MAX_CLUSTER_FEATURES} features")]
    Features,
    /// Too few or too many clusters.
    #[error("there must be 1 to {MAX_CLUSTERS} clusters")]
    Clusters,
    /// A centroid or a scale that is none.
    #[error("centroids and scales must be finite, with one value for each feature")]
    Numbers,
}

impl Clusters {
    /// Checks clusters.
    ///
    /// # Errors
    ///
    /// When there are none or too many, or a number is not finite.
    pub fn new(
        features: Vec<ClusterFeature>,
        centroids: Vec<Vec<f64>>,
    ) -> Result<Self, ClusterError> {
        if features.is_empty() || features.len() > MAX_CLUSTER_FEATURES {
            return Err(ClusterError::Features);
        }
        if centroids.is_empty() || centroids.len() > MAX_CLUSTERS {
            return Err(ClusterError::Clusters);
        }
        let scaled = features.iter().all(|feature| {
            feature.mean.is_finite()
                && feature.standard_deviation.is_finite()
                && feature.standard_deviation >= 0.0
        });
        let placed = centroids.iter().all(|centroid| {
            centroid.len() == features.len() && centroid.iter().all(|value| value.is_finite())
        });
        if scaled && placed {
            Ok(Self {
                features,
                centroids,
            })
        } else {
            Err(ClusterError::Numbers)
        }
    }

    /// What they are told apart by.
    #[must_use]
    pub fn features(&self) -> &[ClusterFeature] {
        &self.features
    }

    /// On the standardised scale, one value a feature.
    #[must_use]
    pub fn centroids(&self) -> &[Vec<f64>] {
        &self.centroids
    }

    /// A customer on the standardised scale; one value a feature, in order.
    #[must_use]
    pub fn standardise(&self, values: &[Option<f64>]) -> Vec<f64> {
        let values = values.iter().copied().chain(std::iter::repeat(None));
        self.features
            .iter()
            .zip(values)
            .map(|(feature, value)| feature.standardise(value))
            .collect()
    }

    /// The cluster of a customer whose features are `values`, in order: the
    /// one with the nearest centroid, of equally near ones the first. Missing
    /// values count as the mean.
    #[must_use]
    pub fn assign(&self, values: &[Option<f64>]) -> usize {
        nearest(&self.centroids, &self.standardise(values)).0
    }
}

/// The nearest centroid, of equally near ones the first, and the squared
/// distance to it.
#[must_use]
pub(crate) fn nearest(centroids: &[Vec<f64>], point: &[f64]) -> (usize, f64) {
    let mut best = (0, f64::INFINITY);
    for (cluster, centroid) in centroids.iter().enumerate() {
        let distance = squared_distance(centroid, point);
        if distance < best.1 {
            best = (cluster, distance);
        }
    }
    best
}

/// The squared Euclidean distance.
#[must_use]
pub(crate) fn squared_distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn feature(mean: f64, standard_deviation: f64) -> ClusterFeature {
        ClusterFeature {
            name: "x".to_owned(),
            transform: FeatureTransform::Plain,
            mean,
            standard_deviation,
        }
    }

    #[test]
    fn features_are_standardised_and_missing_ones_are_the_mean() {
        let plain = feature(10.0, 2.0);
        assert_eq!(plain.standardise(Some(14.0)), 2.0);
        assert_eq!(plain.standardise(None), 0.0);
        assert_eq!(plain.standardise(Some(f64::NAN)), 0.0);
        assert_eq!(plain.standardise(Some(1e300)), 1e6);
        assert_eq!(feature(10.0, 0.0).standardise(Some(14.0)), 0.0);
        let log = ClusterFeature {
            transform: FeatureTransform::Log1p,
            ..feature(0.0, 1.0)
        };
        assert_eq!(log.standardise(Some(-5.0)), 0.0);
        assert_eq!(log.standardise(Some(1.0)), 2.0_f64.ln());
    }

    #[test]
    fn numbers_that_are_no_clusters_are_refused() {
        let of = |features, centroids| Clusters::new(features, centroids).unwrap_err();
        assert_eq!(of(vec![], vec![vec![]]), ClusterError::Features);
        assert_eq!(of(vec![feature(0.0, 1.0)], vec![]), ClusterError::Clusters);
        for (feature, centroid) in [
            (feature(0.0, -1.0), vec![0.0]),
            (feature(0.0, 1.0), vec![f64::NAN]),
            (feature(0.0, 1.0), vec![0.0, 1.0]),
        ] {
            assert_eq!(of(vec![feature], vec![centroid]), ClusterError::Numbers);
        }
    }

    proptest! {
        #[test]
        fn a_customer_belongs_to_the_nearest_centroid(
            centroids in prop::collection::vec([-5.0..5.0f64, -5.0..5.0f64], 1..8),
            point in [-9.0..9.0f64, -9.0..9.0f64],
        ) {
            let centroids: Vec<Vec<f64>> = centroids.iter().map(|c| c.to_vec()).collect();
            let features = vec![feature(0.0, 1.0), feature(0.0, 1.0)];
            let clusters = Clusters::new(features, centroids.clone()).unwrap();
            let cluster = clusters.assign(&[Some(point[0]), Some(point[1])]);
            let distance = |centroid: &[f64]| squared_distance(centroid, &point);
            for (other, centroid) in centroids.iter().enumerate() {
                prop_assert!(distance(&centroids[cluster]) <= distance(centroid));
                prop_assert!(distance(&centroids[cluster]) < distance(centroid) || cluster <= other);
            }
        }
    }
}
