use super::*;
use crate::customer::{Snapshot, Value};

fn number(minimum: f64, maximum: f64) -> FeatureKind {
    FeatureKind::Number(NumberEncoding {
        minimum,
        maximum,
        mean: 10.0,
        standard_deviation: 2.0,
        shape: Shape::Line,
    })
}

fn feature(name: &str, required: bool, kind: FeatureKind) -> Feature {
    Feature {
        name: name.to_owned(),
        required,
        kind,
    }
}

fn schema() -> Schema {
    let categories = vec!["DSL".to_owned(), "Fiber".to_owned()];
    let labels = FlagLabels {
        true_label: "Yes".to_owned(),
        false_label: "No".to_owned(),
    };
    Schema::new(vec![
        feature("tenure", true, number(0.0, 72.0)),
        feature("charges", false, number(-5.0, 5.0)),
        feature("internet", false, FeatureKind::Text(categories)),
        feature("partner", true, FeatureKind::Flag(labels)),
    ])
    .unwrap()
}

/// All columns of a row and all notes, by the one encoder.
fn encode(values: &[Value<'_>]) -> (Vec<f64>, Vec<Unusual>) {
    let schema = schema();
    let row = schema.row_in_order(values).unwrap();
    let mut columns = vec![0.0; schema.width()];
    let notes = (0..schema.features().len())
        .filter_map(|feature| schema.encode(feature, &row, |index, value| columns[index] = value))
        .map(|note| note.unusual)
        .collect();
    (columns, notes)
}

#[test]
fn every_kind_encodes_to_its_columns() {
    assert_eq!(
        encode(&[
            Value::Number(14.0),
            Value::Number(-5.0),
            Value::Text("Fiber"),
            Value::Flag(true)
        ]),
        (vec![2.0, -7.5, 0.0, 0.0, 1.0, 0.0, 0.0, 1.0], vec![])
    );
}

#[test]
fn what_is_unusual_is_encoded_by_rule_and_noted() {
    assert_eq!(
        encode(&[
            Value::Number(1e300),
            Value::Missing,
            Value::Text("fiber"),
            Value::Flag(false)
        ]),
        (
            vec![31.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0],
            vec![
                Unusual::OutOfTrainedRange { scored_as: 72.0 },
                Unusual::Missing,
                Unusual::UnknownCategory,
            ]
        )
    );
}

#[test]
fn negative_zero_is_within_a_range_that_starts_at_zero() {
    let (_, notes) = encode(&[
        Value::Number(-0.0),
        Value::Number(0.0),
        Value::Text("DSL"),
        Value::Flag(false),
    ]);
    assert_eq!(notes, []);
}

#[test]
fn a_row_names_every_feature_at_fault() {
    let snapshot = Snapshot::new(
        "1",
        [
            ("unheard_of", Some(Value::Flag(true))),
            ("tenure", Some(Value::Text("long"))),
            ("charges", Some(Value::Flag(true))),
            ("internet", Some(Value::Number(1.0))),
        ]
        .into_iter(),
    )
    .unwrap();
    let violations = schema().row(&snapshot).unwrap_err();
    let told: Vec<_> = violations
        .listed()
        .iter()
        .map(|violation| (violation.field(), violation.description()))
        .collect();
    assert_eq!(
        told,
        [
            ("features.unheard_of", "is not in the model's schema"),
            ("features.tenure", "must be a number"),
            ("features.charges", "must be a number"),
            ("features.internet", "must be a text"),
            ("features.partner", "is required"),
        ]
    );
}

#[test]
fn features_that_cannot_be_encoded_are_no_schema() {
    let check = |features: Vec<Feature>| Schema::new(features).unwrap_err().to_string();
    assert_eq!(check(vec![]), "the schema has no features");
    assert_eq!(
        check(vec![
            feature("a", true, number(0.0, 1.0)),
            feature("a", true, number(0.0, 1.0))
        ]),
        "feature `a` stands twice in the schema"
    );
    assert_eq!(
        check(vec![feature("a", true, number(1.0, 0.0))]),
        "feature `a`: its range must not be empty, its deviation above zero"
    );
    assert_eq!(
        check(vec![feature("a", true, number(0.0, f64::INFINITY))]),
        "feature `a`: its range, mean and deviation must be finite"
    );
    let unsorted = FeatureKind::Text(vec!["b".to_owned(), "a".to_owned()]);
    assert_eq!(
        check(vec![feature("a", true, unsorted)]),
        "feature `a`: its categories must be sorted and unique"
    );
}
