use proptest::prelude::*;

use super::*;
use crate::{customer::Value, features::Feature};

/// A line that may be missing, a curve, a category.
fn schema() -> Schema {
    let number = |shape| NumberEncoding {
        minimum: -3.0,
        maximum: 3.0,
        mean: 0.5,
        standard_deviation: 2.0,
        shape,
    };
    let feature = |name: &str, required, kind| Feature {
        name: name.to_owned(),
        required,
        kind,
    };
    Schema::new(vec![
        feature("a", true, FeatureKind::Number(number(Shape::Line))),
        feature(
            "b",
            true,
            FeatureKind::Text(vec!["x".to_owned(), "y".to_owned()]),
        ),
        feature("c", false, FeatureKind::Number(number(Shape::Line))),
        feature(
            "d",
            true,
            FeatureKind::Number(number(Shape::Curve(vec![-3.0, 0.0, 3.0]))),
        ),
    ])
    .unwrap()
}

/// The numbers of `a`, `c` (perhaps missing) and `d`, and which text `b` is.
type Values = (f64, Option<f64>, f64, usize);

fn encode(rows: &[Values]) -> Encoded {
    let schema = schema();
    let mut encoded = Encoded::with_capacity(rows.len(), &schema);
    for &(a, c, d, b) in rows {
        let values = vec![
            Value::Number(a),
            Value::Text(["x", "y", "z"][b]),
            c.map_or(Value::Missing, Value::Number),
            Value::Number(d),
        ];
        encoded.push_row(&schema, &schema.row_in_order(&values).unwrap());
    }
    encoded
}

fn rows() -> impl Strategy<Value = Vec<Values>> {
    let number = -3.0..3.0f64;
    let missing = prop::option::of(number.clone());
    prop::collection::vec((number.clone(), missing, number, 0..3usize), 1..600)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Lines are summed by a matrix product, other columns one by one; together
    /// they are the plain sums over rows.
    #[test]
    fn moments_are_sums_over_rows(rows in rows(), seed in 0..9usize) {
        let encoded = encode(&rows);
        let width = encoded.width();
        let weights: Vec<f64> = (0..rows.len()).map(|row| ((row + seed) % 4) as f64).collect();
        let each = |row: usize| (0.1 + (row % 7) as f64, (row % 5) as f64 - 2.0);
        let moments = encoded.moments(&weights, each);
        let mut hessian = Array2::<f64>::zeros((width, width));
        let mut gradient = vec![0.0; width];
        for row in (0..rows.len()).filter(|&row| weights[row] != 0.0) {
            let mut x = vec![0.0; width];
            x[0] = 1.0;
            encoded.row(row).for_each(|(column, value)| x[column] += value);
            let (curvature, residual) = each(row);
            for i in 0..width {
                gradient[i] += residual * x[i];
                for j in 0..width {
                    hessian[(i, j)] += curvature * x[i] * x[j];
                }
            }
        }
        for i in 0..width {
            prop_assert!((moments.gradient[i] - gradient[i]).abs() < 1e-9);
            for j in 0..width {
                prop_assert!((moments.hessian[(i, j)] - hessian[(i, j)]).abs() < 1e-9);
                prop_assert_eq!(moments.hessian[(i, j)], moments.hessian[(j, i)]);
            }
        }
    }

    /// Parts put together are the whole, bit for bit.
    #[test]
    fn parts_make_the_whole(rows in rows(), share in 0.0..1.0f64) {
        let whole = encode(&rows);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below the length")]
        let (front, back) = rows.split_at((rows.len() as f64 * share) as usize);
        let mut parts = encode(front);
        parts.append(&encode(back));
        prop_assert_eq!(parts.rows(), rows.len());
        for row in 0..rows.len() {
            prop_assert!(parts.row(row).eq(whole.row(row)));
        }
    }
}
