use std::borrow::Cow;

use super::*;

fn fields(violations: &Violations) -> Vec<&str> {
    let listed = violations.listed().iter();
    listed.map(crate::customer::Violation::field).collect()
}

fn numbers<'a>(values: &'a [f64], validity: &'a [u8]) -> SentNumbers<'a> {
    SentNumbers {
        values: Doubles::Numbers(values),
        validity,
        ..SentNumbers::default()
    }
}

#[test]
fn both_encodings_are_the_same_numbers() {
    let doubles = [1.5, f64::NAN, -0.0, f64::MAX, 5e-324];
    let bytes: Vec<u8> = doubles.iter().flat_map(|x| x.to_le_bytes()).collect();
    for validity in [&[][..], &[0b1110_1101]] {
        let as_doubles = NumberColumn::new(numbers(&doubles, validity), 5).unwrap();
        let sent = SentNumbers {
            little_endian: &bytes,
            validity,
            ..SentNumbers::default()
        };
        let as_bytes = NumberColumn::new(sent, 5).unwrap();
        let bits = |column: &NumberColumn<'_>, row| column.get(row).map(f64::to_bits);
        for row in 0..6 {
            assert_eq!(bits(&as_doubles, row), bits(&as_bytes, row));
        }
        for column in [as_doubles, as_bytes] {
            let mut seen = Vec::new();
            column.of_rows(1..4, |at, number| seen.push((at, number.map(f64::to_bits))));
            let expected = (1..4).map(|row| (row - 1, bits(&column, row)));
            assert_eq!(seen, expected.collect::<Vec<_>>());
        }
    }
}

#[test]
fn bits_are_counted_from_the_lowest() {
    let sent = SentFlags {
        values: &[0b0000_0010, 0b1111_1111],
        validity: &[0b1111_1110, 0b0000_0001],
    };
    let flags = FlagColumn::new(sent, 9).unwrap();
    let read: Vec<_> = (0..10).map(|row| flags.get(row)).collect();
    assert_eq!(read[..3], [None, Some(true), Some(false)]);
    assert_eq!(read[8..], [Some(true), None]);
}

#[test]
fn every_fault_of_the_shape_is_named() {
    let ids = vec!["a", "b", "c"];
    let long = "x".repeat(1025);
    let values = [
        ("", Some(SentValues::Numbers(numbers(&[1.0], &[])))),
        ("a", None),
        (
            "a",
            Some(SentValues::Numbers(SentNumbers {
                values: Doubles::Numbers(&[1.0; 3]),
                little_endian: &[0; 23],
                validity: &[0, 0],
            })),
        ),
        (
            "t",
            Some(SentValues::Texts(SentTexts {
                dictionary: vec!["x", "y"],
                indices: Indices::Numbers(Cow::Borrowed(&[2, 9, 0])),
                validity: &[0b101],
            })),
        ),
        (
            "u",
            Some(SentValues::Texts(SentTexts {
                dictionary: vec![&long],
                indices: Indices::default(),
                validity: &[],
            })),
        ),
        ("f", Some(SentValues::Flags(SentFlags::default()))),
    ];
    let sent = SentColumns {
        ids,
        features: values
            .into_iter()
            .map(|(name, values)| SentColumn { name, values })
            .collect(),
        summary: Some(SentSummaries {
            frequency: Some(numbers(&[1.0], &[])),
            recency_days: None,
            observation_days: None,
            mean_repeat_spend: Some(numbers(&[1.0; 3], &[])),
            currency: "usd",
        }),
    };
    let refused = CustomerColumns::new(sent).unwrap_err();
    assert_eq!(
        fields(&refused),
        [
            "features[0].name",
            "features[0].numbers.values",
            "features[1].values",
            "features[2].name",
            "features[2].numbers.values",
            "features[2].numbers.little_endian",
            "features[2].numbers.validity",
            // The second row has no text.
            "features[3].texts.indices[0]",
            "features[4].texts.dictionary[0]",
            "features[4].texts.indices",
            "features[5].flags.values",
            "summary.frequency.values",
            "summary.recency_days",
            "summary.observation_days",
            "summary.currency",
        ]
    );
}

#[test]
fn a_summary_is_all_or_nothing() {
    let ids = vec!["a", "b", "c"];
    let sent = SentColumns {
        ids,
        features: Vec::new(),
        summary: Some(SentSummaries {
            frequency: Some(numbers(&[1.0; 3], &[0b101])),
            recency_days: Some(numbers(&[1.0; 3], &[0b001])),
            observation_days: Some(numbers(&[2.0; 3], &[0b101])),
            mean_repeat_spend: Some(numbers(&[9.0; 3], &[0b110])),
            currency: "USD",
        }),
    };
    let columns = CustomerColumns::new(sent).unwrap();
    let summaries = columns.summaries().unwrap();
    let first = summaries.of_row(0).unwrap().unwrap();
    assert_eq!(first.mean_repeat_spend(), None);
    assert_eq!(summaries.of_row(1), Ok(None));
    let refused = summaries.of_row(2).unwrap_err();
    assert_eq!(fields(&refused), ["summary.recency_days"]);
}
