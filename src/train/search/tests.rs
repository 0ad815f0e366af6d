//! What the search finds in data whose truth is known.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::*;
use crate::{features::FlagLabels, model::logistic, train::fit::newton::Problem};

const ROWS: usize = 3000;

/// Two numbers, `a` and `b`, even between 0 and 1, and a flag, by row.
struct Truth {
    values: Vec<(f64, f64, bool)>,
    churned: Vec<bool>,
}

impl Truth {
    /// Draws outcomes from these log-odds.
    fn draw(log_odds: impl Fn(f64, f64, bool) -> f64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(7);
        let mut truth = Self {
            values: Vec::new(),
            churned: Vec::new(),
        };
        for _ in 0..ROWS {
            // Coarse, so that knots and values meet.
            let a = f64::from(random.gen_range(0..200)) / 199.0;
            let b = f64::from(random.gen_range(0..200)) / 199.0;
            let flag = random.r#gen();
            truth.values.push((a, b, flag));
            truth
                .churned
                .push(random.gen_range(0.0..1.0) < logistic(log_odds(a, b, flag)));
        }
        truth
    }

    fn search(&self, monotone: Option<Direction>) -> Found {
        let schema = schema();
        let rows: Vec<Row> = self
            .values
            .iter()
            .map(|&(a, b, flag)| {
                let values = vec![
                    crate::customer::Value::Number(a),
                    crate::customer::Value::Number(b),
                    crate::customer::Value::Flag(flag),
                ];
                schema.row_in_order(&values).unwrap()
            })
            .collect();
        let fold_of_row: Vec<u32> = (0..5).cycle().take(ROWS).collect();
        Search {
            schema: &schema,
            rows: &rows,
            churned: &self.churned,
            weights: &vec![1.0; ROWS],
            fold_of_row: &fold_of_row,
            monotone: &[monotone, None, None],
            shapes: Shapes::Pairs,
            max_pairs: 4,
        }
        .run()
        .unwrap()
    }
}

fn schema() -> Schema {
    let number = |name: &str| Feature {
        name: name.to_owned(),
        required: true,
        kind: FeatureKind::Number(NumberEncoding {
            minimum: 0.0,
            maximum: 1.0,
            mean: 0.5,
            standard_deviation: 0.29,
            shape: Shape::Curve((0..=10).map(|knot| f64::from(knot) / 10.0).collect()),
        }),
    };
    let flag = Feature {
        name: "flag".to_owned(),
        required: true,
        kind: FeatureKind::Flag(FlagLabels {
            true_label: "yes".to_owned(),
            false_label: "no".to_owned(),
        }),
    };
    Schema::new(vec![number("a"), number("b"), flag]).unwrap()
}

fn curves(found: &Found) -> Vec<&str> {
    let features = found.candidate.schema.features().iter();
    let bent = features.filter(|feature| feature.bends());
    bent.map(|feature| feature.name.as_str()).collect()
}

/// The heights of the first feature's curve.
fn heights(found: &Found) -> Vec<f64> {
    let columns = &found.candidate.schema.columns()[0];
    let coefficients = found.candidate.coefficients();
    coefficients[columns.start + 1..=columns.end].to_vec()
}

#[test]
fn straight_effects_stay_lines() {
    let found =
        Truth::draw(|a, b, flag| 2.0 * a - b + f64::from(u8::from(flag)) - 1.0).search(None);
    assert_eq!(found.ladder[found.chosen].step, Step::Lines);
    assert_eq!(curves(&found), [""; 0]);
    assert_eq!(found.candidate.schema.pairs(), []);
}

#[test]
fn what_bends_is_a_curve_and_what_does_not_is_none() {
    let found = Truth::draw(|a, b, _| 6.0 * (a - 0.5).abs() + b - 2.5).search(None);
    assert_eq!(curves(&found), ["a"]);
    let heights = heights(&found);
    assert!(heights[0] > heights[5] + 1.5 && heights[10] > heights[5] + 1.5);
}

#[test]
fn a_joint_effect_is_found_by_name() {
    let found =
        Truth::draw(|a, _, flag| if flag { 3.0 * a - 2.0 } else { 1.0 - 3.0 * a }).search(None);
    let schema = &found.candidate.schema;
    let first = schema.effect_names(schema.features().len());
    assert_eq!(first.as_slice(), ["a", "flag"]);
    let gain = found.ladder[1].log_loss - found.ladder[found.chosen].log_loss;
    assert!(gain > 0.03, "{gain}");
}

/// The truth rises, falls and rises again.
#[test]
fn a_monotone_effect_never_turns() {
    let truth = Truth::draw(|a, b, _| 2.0 * (9.0 * a).sin() + 2.0 * a + b - 1.0);
    let free = heights(&truth.search(None));
    assert!(
        free.windows(2).any(|pair| pair[1] < pair[0] - 0.1),
        "{free:?}"
    );
    let rising = heights(&truth.search(Some(Direction::Rising)));
    assert!(
        rising.windows(2).all(|pair| pair[1] >= pair[0] - 1e-12),
        "{rising:?}"
    );
    assert!(rising[10] > rising[0] + 0.5, "{rising:?}");
    let falling = truth.search(Some(Direction::Falling));
    let slope = |heights: &[f64]| heights[heights.len() - 1] - heights[0];
    assert!(curves(&falling).is_empty() || slope(&heights(&falling)) <= 0.0);
    // A joint effect could turn it.
    let schema = &truth
        .search(Some(Direction::Rising))
        .candidate
        .schema
        .clone();
    assert!(
        schema
            .pairs()
            .iter()
            .all(|pair| !pair.features.contains(&0))
    );
}

#[test]
fn results_do_not_depend_on_the_number_of_threads() {
    let truth =
        Truth::draw(|a, b, flag| 4.0 * (a - 0.5).abs() + if flag { 2.0 * b } else { -b } - 1.0);
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        let found = pool.install(|| truth.search(None));
        let bits = |numbers: Vec<f64>| numbers.into_iter().map(f64::to_bits).collect::<Vec<_>>();
        (
            bits(found.candidate.coefficients()),
            bits(found.out_of_fold),
            found.chosen,
        )
    };
    assert_eq!(with(1), with(3));
}

/// A weight of two is the row twice; a weight of zero is no row.
#[test]
fn weights_count_rows() {
    let truth = Truth::draw(|a, b, _| 3.0 * a * a - b);
    let schema = schema();
    let fit = |times: &[usize], weights: &[f64]| {
        let mut encoded = crate::train::fit::Encoded::with_capacity(ROWS, &schema);
        let mut churned = Vec::new();
        for (row, &times) in times.iter().enumerate() {
            let (a, b, flag) = truth.values[row];
            let values = vec![
                crate::customer::Value::Number(a),
                crate::customer::Value::Number(b),
                crate::customer::Value::Flag(flag),
            ];
            let values = schema.row_in_order(&values).unwrap();
            for _ in 0..times {
                encoded.push_row(&schema, &values);
                churned.push(truth.churned[row]);
            }
        }
        let basis = crate::train::fit::Basis::plain(encoded.width());
        let problem = Problem {
            encoded: &encoded,
            loss: crate::train::fit::Logistic(&churned),
            weights,
            basis: &basis,
        };
        let penalties = basis.spread(&[1.0]);
        problem
            .minimise(&penalties, problem.constant())
            .unwrap()
            .parameters
    };
    let times: Vec<usize> = (0..ROWS).map(|row| row % 3).collect();
    let weights: Vec<f64> = times.iter().map(|&times| times as f64).collect();
    let repeated = fit(&times, &vec![1.0; times.iter().sum()]);
    for (a, b) in fit(&vec![1; ROWS], &weights).iter().zip(repeated) {
        assert!((a - b).abs() < 1e-9, "{a} {b}");
    }
}
