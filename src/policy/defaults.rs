//! The segments that a policy has unless it names others.
//!
//! Drawn on recency by frequency, as direct marketing usually does; money
//! decides only who among the frequent is a champion, and who of them must not
//! be lost.

use super::{ScoreBox, ScoreRange, SegmentDefinition, SegmentRules};

/// Recency, frequency, monetary: the lowest and the highest score of each.
type Ranges = [[u8; 2]; 3];

const ANY: [u8; 2] = [1, 5];

const SEGMENTS: [(&str, &[Ranges]); 11] = [
    (
        "champions",
        &[[[5, 5], [4, 5], [3, 5]], [[4, 4], [4, 5], [4, 5]]],
    ),
    (
        "loyal",
        &[
            [[5, 5], [4, 5], [1, 2]],
            [[4, 4], [4, 5], [1, 3]],
            [[3, 3], [4, 5], ANY],
        ],
    ),
    ("potential loyalists", &[[[4, 5], [2, 3], ANY]]),
    ("new", &[[[5, 5], [1, 1], ANY]]),
    ("promising", &[[[4, 4], [1, 1], ANY]]),
    ("need attention", &[[[3, 3], [3, 3], ANY]]),
    ("about to sleep", &[[[3, 3], [1, 2], ANY]]),
    (
        "at risk",
        &[
            [[2, 2], [3, 5], ANY],
            [[1, 1], [4, 5], [1, 3]],
            [[1, 1], [3, 3], ANY],
        ],
    ),
    ("can't lose them", &[[[1, 1], [4, 5], [4, 5]]]),
    (
        "hibernating",
        &[[[2, 2], [1, 2], ANY], [[1, 1], [2, 2], ANY]],
    ),
    ("lost", &[[[1, 1], [1, 1], ANY]]),
];

impl Default for SegmentRules {
    fn default() -> Self {
        let range = |[lowest, highest]: [u8; 2]| ScoreRange::new(lowest, highest);
        let of_ranges = |[recency, frequency, monetary]: Ranges| {
            Some(ScoreBox {
                recency: range(recency)?,
                frequency: range(frequency)?,
                monetary: range(monetary)?,
            })
        };
        let definitions = SEGMENTS.into_iter().map(|(name, boxes)| SegmentDefinition {
            name: name.to_owned(),
            boxes: boxes.iter().copied().filter_map(of_ranges).collect(),
        });
        // A test holds that they are sound; one segment for all never is not.
        Self::new(definitions.collect()).unwrap_or_else(|_| Self::single("customers"))
    }
}
