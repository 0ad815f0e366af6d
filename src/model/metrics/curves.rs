//! Curves as lists of points, and the decile table.

use super::{Ranking, Sample};

/// A point of a curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// To the right.
    pub x: f64,
    /// Upwards.
    pub y: f64,
}

/// A tenth of the rows, by score. Equal scores that a cut falls among count in
/// proportion, so that churners need not be whole.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Decile {
    /// 1 has the highest scores, 10 the lowest.
    pub decile: u32,
    /// Its rows: a tenth of all, whole or not.
    pub rows: f64,
    /// How many of them churned.
    pub churners: f64,
    /// Mean predicted probability, in [0, 1].
    pub mean_probability: f64,
    /// The share of its rows that churned, in [0, 1].
    pub churn_rate: f64,
    /// That share divided by the prevalence.
    pub lift: f64,
    /// The share of all churners that are in this decile or a higher one.
    pub cumulative_gain: f64,
}

impl Ranking {
    /// The receiver operating characteristic: false positive rate → true
    /// positive rate, from (0, 0) to (1, 1), a point for each distinct score.
    #[must_use]
    pub fn roc(&self) -> Vec<Point> {
        let sample = self.observed();
        let points = sample.cumulative().map(|(_, above)| Point {
            x: above.stayers / sample.total.stayers,
            y: above.churners / sample.total.churners,
        });
        from_origin(points)
    }

    /// Recall → precision, from the highest score down to recall 1, a point
    /// for each distinct score. No point is made up at recall 0.
    #[must_use]
    pub fn precision_recall(&self) -> Vec<Point> {
        let sample = self.observed();
        let point = |(_, above): (_, super::ranking::Counts)| Point {
            x: above.churners / sample.total.churners,
            y: above.churners / above.rows(),
        };
        sample.cumulative().map(point).collect()
    }

    /// Share of rows, highest scores first → share of all churners among them,
    /// from (0, 0) to (1, 1).
    #[must_use]
    pub fn gains(&self) -> Vec<Point> {
        let sample = self.observed();
        let points = sample.cumulative().map(|(_, above)| Point {
            x: above.rows() / sample.total.rows(),
            y: above.churners / sample.total.churners,
        });
        from_origin(points)
    }

    /// The table behind the gains chart. The first lift is
    /// [`Metrics::top_decile_lift`](super::Metrics).
    #[must_use]
    pub fn deciles(&self) -> Vec<Decile> {
        let sample = self.observed();
        let rows = sample.total.rows() / 10.0;
        let mut cumulative_before = Highest::default();
        (1..=10)
            .map(|decile| {
                let cumulative = sample.highest(f64::from(decile) * rows);
                let churners = cumulative.churners - cumulative_before.churners;
                let probability = cumulative.probability - cumulative_before.probability;
                cumulative_before = cumulative;
                Decile {
                    decile,
                    rows,
                    churners,
                    mean_probability: probability / rows,
                    churn_rate: churners / rows,
                    lift: churners / rows / sample.prevalence(),
                    cumulative_gain: cumulative.churners / sample.total.churners,
                }
            })
            .collect()
    }
}

/// Sums over the rows with the highest scores.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Highest {
    pub(super) churners: f64,
    pub(super) probability: f64,
}

impl Sample<'_> {
    /// Sums over the `wanted` rows with the highest scores, in proportion where
    /// the cut falls among equal scores.
    pub(super) fn highest(&self, wanted: f64) -> Highest {
        let (mut taken, mut sums) = (0.0, Highest::default());
        for (score, counts) in self.ties() {
            if taken >= wanted {
                break;
            }
            let part = ((wanted - taken) / counts.rows()).min(1.0);
            taken += part * counts.rows();
            sums.churners += part * counts.churners;
            sums.probability += part * counts.rows() * score.probability;
        }
        sums
    }
}

pub(super) fn from_origin(points: impl Iterator<Item = Point>) -> Vec<Point> {
    std::iter::once(Point { x: 0.0, y: 0.0 })
        .chain(points)
        .collect()
}

/// At most `limit` of the points, for a drawing: both ends, and between them
/// points at even distances along the curve (the sum of its steps to the side
/// and upwards, each as a share of its range), so that steep parts keep as much
/// shape as flat ones. At least the two ends are kept.
#[must_use]
pub fn thinned(points: &[Point], limit: usize) -> Vec<Point> {
    if points.len() <= limit.max(2) {
        return points.to_vec();
    }
    let width = range(points.iter().map(|point| point.x));
    let height = range(points.iter().map(|point| point.y));
    let step = |a: Point, b: Point| (b.x - a.x).abs() / width + (b.y - a.y).abs() / height;
    let length: f64 = points.windows(2).map(|pair| step(pair[0], pair[1])).sum();
    let spacing = length / (limit.max(2) - 1) as f64;

    let mut kept = vec![points[0]];
    let (mut walked, mut next) = (0.0, spacing);
    for pair in points[..points.len() - 1].windows(2) {
        walked += step(pair[0], pair[1]);
        if walked >= next && kept.len() + 1 < limit {
            kept.push(pair[1]);
            next = walked + spacing;
        }
    }
    kept.extend(points.last());
    kept
}

/// Largest less smallest; 1 for a flat line, where any scale serves.
fn range(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let range = values.clone().fold(f64::MIN, f64::max) - values.fold(f64::MAX, f64::min);
    if range > 0.0 { range } else { 1.0 }
}
