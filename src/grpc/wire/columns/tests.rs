use std::num::NonZeroU8;

use prop::{collection::vec, option};
use proptest::prelude::*;
use proto::feature_column::Values;

use super::alike::{check, told};
use super::*;

const ROWS: usize = 11;

fn bitmap() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![Just(Vec::new()), vec(any::<u8>(), 1..4)]
}

fn numbers_of_rows() -> impl Strategy<Value = proto::Numbers> {
    let values = vec(any::<f64>(), ROWS - 1..=ROWS);
    (values, any::<bool>(), bitmap()).prop_map(|(values, as_bytes, validity)| {
        let bytes: Vec<u8> = values.iter().flat_map(|x| x.to_le_bytes()).collect();
        let (values, little_endian) = if as_bytes {
            (Vec::new(), bytes.into())
        } else {
            (values, Vec::new().into())
        };
        proto::Numbers {
            values,
            little_endian,
            validity,
        }
    })
}

fn texts_of_rows() -> impl Strategy<Value = proto::Texts> {
    // Indices of one byte, of two, and of five.
    let index = prop_oneof![9 => 0..3_u32, 1 => 100..300_u32, 1 => any::<u32>()];
    let dictionary = prop_oneof![
        vec(".{0,9}", 0..4),
        (250_usize..300).prop_map(|texts| vec!["x".to_owned(); texts]),
    ];
    let parts = (dictionary, vec(index, ROWS - 1..=ROWS), bitmap());
    parts.prop_map(|(dictionary, indices, validity)| proto::Texts {
        dictionary,
        indices,
        validity,
    })
}

fn values() -> impl Strategy<Value = Option<Values>> {
    prop_oneof![
        4 => numbers_of_rows().prop_map(|numbers| Some(Values::Numbers(numbers))),
        4 => texts_of_rows().prop_map(|texts| Some(Values::Texts(texts))),
        2 => (vec(any::<u8>(), 1..3), bitmap()).prop_map(|(values, validity)| {
            Some(Values::Flags(proto::Flags { values, validity }))
        }),
        1 => Just(None),
    ]
}

fn summaries() -> impl Strategy<Value = proto::PurchaseSummaryColumns> {
    let column = || option::weighted(0.9, numbers_of_rows());
    (column(), column(), column(), column(), ".{0,4}").prop_map(
        |(frequency, recency_days, observation_days, mean_repeat_spend, currency)| {
            proto::PurchaseSummaryColumns {
                frequency,
                recency_days,
                observation_days,
                mean_repeat_spend,
                currency,
            }
        },
    )
}

fn customer_columns() -> impl Strategy<Value = proto::CustomerColumns> {
    let features = vec((".{0,9}", values()), 0..4);
    let parts = (vec(".{0,9}", ROWS), features, option::of(summaries()));
    parts.prop_map(|(ids, features, summary)| proto::CustomerColumns {
        ids,
        features: features
            .into_iter()
            .map(|(name, values)| proto::FeatureColumn { name, values })
            .collect(),
        summary,
    })
}

proptest! {
    #[test]
    fn what_clients_write_is_of_the_usual_kind(sent in customer_columns()) {
        let bytes = sent.encode_to_vec();
        // Indices of five bytes are not.
        let is_usual = sent.features.iter().all(|column| match &column.values {
            Some(Values::Texts(texts)) => texts.indices.iter().all(|index| *index < 1 << 28),
            _ => true,
        });
        prop_assert_eq!(columns(&bytes).is_some(), is_usual);
        check(&bytes);
    }

    /// Damaged bytes, parts of messages, fields twice: read as the general decoder
    /// reads them, or refused as it refuses them.
    #[test]
    fn other_bytes_are_read_alike_too(
        sent in vec(customer_columns(), 1..3),
        damage in vec((any::<prop::sample::Index>(), any::<NonZeroU8>()), 0..3),
        kept in option::weighted(0.3, any::<prop::sample::Index>()),
    ) {
        let mut bytes: Vec<u8> = sent.iter().flat_map(prost::Message::encode_to_vec).collect();
        for (at, with) in damage {
            let at = at.index(bytes.len());
            bytes[at] ^= with.get();
        }
        if let Some(kept) = kept {
            bytes.truncate(kept.index(bytes.len()));
        }
        check(&bytes);
    }
}

/// `repeated` numbers may come one by one, or in several packs.
#[test]
fn numbers_that_are_not_packed_are_numbers() {
    let texts = |indices: &[u8]| {
        let mut texts = vec![DICTIONARY, 1, b'x', DICTIONARY, 1, b'y'];
        texts.extend(indices);
        let mut feature = vec![NAME, 1, b'f', TEXTS, u8::try_from(texts.len()).unwrap()];
        feature.extend(texts);
        let mut columns = vec![IDS, 1, b'a', IDS, 1, b'b', FEATURES];
        columns.push(u8::try_from(feature.len()).unwrap());
        columns.extend(feature);
        let mut room = proto::CustomerColumns::default();
        told(read_columns(&columns, &mut room).unwrap())
    };
    let packed = texts(&[INDICES, 2, 0, 1]);
    assert!(packed.contains("\"y\""), "{packed}");
    let one_by_one = tag(2, super::super::wire_type::VARINT);
    assert_eq!(texts(&[one_by_one, 0, one_by_one, 1]), packed);
    assert_eq!(texts(&[INDICES, 1, 0, INDICES, 1, 1]), packed);
}
