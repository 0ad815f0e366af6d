//! Named segments: each combination of RFM scores has exactly one name.

use crate::{
    customer::Violations,
    model::segments::{Quintile, RfmScores},
};

/// The most segments of a policy.
pub const MAX_SEGMENTS: usize = 64;
/// The longest name of a segment, in bytes.
pub const MAX_SEGMENT_NAME_BYTES: usize = 64;
/// How many combinations there are.
const COMBINATIONS: usize = Quintile::COUNT * Quintile::COUNT * Quintile::COUNT;
/// How many combinations a message names.
const MAX_NAMED: usize = 5;

/// A range of scores, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScoreRange {
    lowest: Quintile,
    highest: Quintile,
}

impl ScoreRange {
    /// All scores.
    pub const ANY: Self = Self {
        lowest: Quintile::ALL[0],
        highest: Quintile::ALL[Quintile::COUNT - 1],
    };

    /// A range; `None` unless 1 ≤ lowest ≤ highest ≤ 5.
    #[must_use]
    pub fn new(lowest: u8, highest: u8) -> Option<Self> {
        let (lowest, highest) = (Quintile::new(lowest)?, Quintile::new(highest)?);
        (lowest <= highest).then_some(Self { lowest, highest })
    }

    /// Its lowest and its highest score.
    #[must_use]
    pub fn ends(self) -> [u8; 2] {
        [self.lowest.get(), self.highest.get()]
    }

    fn holds(self, score: Quintile) -> bool {
        (self.lowest..=self.highest).contains(&score)
    }
}

/// A range of each score.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScoreBox {
    /// Of the recency score.
    pub recency: ScoreRange,
    /// Of the frequency score.
    pub frequency: ScoreRange,
    /// Of the monetary score.
    pub monetary: ScoreRange,
}

impl ScoreBox {
    fn holds(self, scores: RfmScores) -> bool {
        self.recency.holds(scores.recency)
            && self.frequency.holds(scores.frequency)
            && self.monetary.holds(scores.monetary)
    }
}

/// A segment and the scores that make it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentDefinition {
    /// Its name, such as `at risk`.
    pub name: String,
    /// Customers in any of these boxes belong to it.
    pub boxes: Vec<ScoreBox>,
}

/// Named segments that hold each combination of scores exactly once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentRules {
    definitions: Vec<SegmentDefinition>,
    /// For each combination, the position of its segment.
    segments: [usize; COMBINATIONS],
}

impl SegmentRules {
    /// Checks definitions.
    ///
    /// # Errors
    ///
    /// Every fault: names that are empty, too long or given twice; segments
    /// without a box; combinations that no segment holds, or more than one.
    pub fn new(definitions: Vec<SegmentDefinition>) -> Result<Self, Violations> {
        let mut violations = Violations::default();
        check_names(&definitions, &mut violations);
        let mut segments = [0; COMBINATIONS];
        let mut holes = Vec::new();
        let mut overlaps: Vec<([usize; 2], Vec<RfmScores>)> = Vec::new();
        for scores in combinations() {
            let mut holding = definitions
                .iter()
                .enumerate()
                .filter(|(_, segment)| segment.boxes.iter().any(|b| b.holds(scores)))
                .map(|(position, _)| position);
            match (holding.next(), holding.next()) {
                (None, _) => holes.push(scores),
                (Some(segment), None) => segments[combination(scores)] = segment,
                (Some(first), Some(second)) => {
                    let pair = [first, second];
                    match overlaps.iter_mut().find(|(there, _)| *there == pair) {
                        Some((_, combinations)) => combinations.push(scores),
                        None => overlaps.push((pair, vec![scores])),
                    }
                }
            }
        }
        if !holes.is_empty() {
            let named = named(&holes);
            violations.push("segments", format!("no segment holds {named}"));
        }
        for ([first, second], combinations) in overlaps {
            let [first, second] = [first, second].map(|at| definitions[at].name.as_str());
            violations.push(
                "segments",
                format!(
                    "both `{first}` and `{second}` hold {}",
                    named(&combinations)
                ),
            );
        }
        if violations.total() == 0 {
            Ok(Self {
                definitions,
                segments,
            })
        } else {
            Err(violations)
        }
    }

    /// One segment for all.
    pub(super) fn single(name: &str) -> Self {
        let everything = ScoreBox {
            recency: ScoreRange::ANY,
            frequency: ScoreRange::ANY,
            monetary: ScoreRange::ANY,
        };
        let definition = SegmentDefinition {
            name: name.to_owned(),
            boxes: vec![everything],
        };
        Self {
            definitions: vec![definition],
            segments: [0; COMBINATIONS],
        }
    }

    /// The segments, in the order that they are shown in.
    #[must_use]
    pub fn definitions(&self) -> &[SegmentDefinition] {
        &self.definitions
    }

    /// The position of the segment that holds the scores.
    #[must_use]
    pub fn position(&self, scores: RfmScores) -> usize {
        self.segments[combination(scores)]
    }

    /// The name of the segment that holds the scores.
    #[must_use]
    pub fn name(&self, scores: RfmScores) -> &str {
        &self.definitions[self.position(scores)].name
    }
}

fn check_names(definitions: &[SegmentDefinition], violations: &mut Violations) {
    if definitions.is_empty() || definitions.len() > MAX_SEGMENTS {
        violations.push("segments", format!("must be 1 to {MAX_SEGMENTS}"));
    }
    for (position, SegmentDefinition { name, boxes }) in definitions.iter().enumerate() {
        let field = format!("segments[{position}]");
        let length = 1..=MAX_SEGMENT_NAME_BYTES;
        if !length.contains(&name.len()) || name.trim() != name || name.contains(char::is_control) {
            violations.push(
                &format!("{field}.name"),
                format!(
                    "must be 1 to {MAX_SEGMENT_NAME_BYTES} bytes on one line, without blanks around it"
                ),
            );
        } else if definitions[..position]
            .iter()
            .any(|other| other.name == *name)
        {
            violations.push(&format!("{field}.name"), format!("`{name}` is there twice"));
        }
        if boxes.is_empty() {
            violations.push(&format!("{field}.scores"), "must have an entry");
        }
    }
}

/// All combinations of scores, the lowest first.
pub(super) fn combinations() -> impl Iterator<Item = RfmScores> {
    Quintile::ALL.into_iter().flat_map(|recency| {
        Quintile::ALL.into_iter().flat_map(move |frequency| {
            Quintile::ALL.into_iter().map(move |monetary| RfmScores {
                recency,
                frequency,
                monetary,
            })
        })
    })
}

fn combination(scores: RfmScores) -> usize {
    let RfmScores {
        recency,
        frequency,
        monetary,
    } = scores;
    (recency.index() * Quintile::COUNT + frequency.index()) * Quintile::COUNT + monetary.index()
}

/// Combinations in words, the first few by name.
fn named(combinations: &[RfmScores]) -> String {
    let named: Vec<String> = combinations
        .iter()
        .take(MAX_NAMED)
        .map(|scores| {
            format!(
                "R{} F{} M{}",
                scores.recency.get(),
                scores.frequency.get(),
                scores.monetary.get()
            )
        })
        .collect();
    let named = named.join(", ");
    match combinations.len().saturating_sub(MAX_NAMED) {
        0 => named,
        more => format!("{named} and {more} more combinations of scores"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::customer::Violation;

    fn segment(name: &str, recency: [u8; 2]) -> SegmentDefinition {
        SegmentDefinition {
            name: name.to_owned(),
            boxes: vec![ScoreBox {
                recency: ScoreRange::new(recency[0], recency[1]).unwrap(),
                frequency: ScoreRange::ANY,
                monetary: ScoreRange::ANY,
            }],
        }
    }

    fn scores(scores: [u8; 3]) -> RfmScores {
        let [recency, frequency, monetary] = scores.map(|score| Quintile::new(score).unwrap());
        RfmScores {
            recency,
            frequency,
            monetary,
        }
    }

    #[test]
    fn each_combination_has_one_name_by_default() {
        let rules = SegmentRules::default();
        for (of, name) in [
            ([5, 5, 5], "champions"),
            ([4, 4, 2], "loyal"),
            ([3, 5, 5], "loyal"),
            ([5, 2, 1], "potential loyalists"),
            ([5, 1, 5], "new"),
            ([4, 1, 1], "promising"),
            ([3, 3, 3], "need attention"),
            ([3, 1, 1], "about to sleep"),
            ([2, 4, 4], "at risk"),
            ([1, 5, 5], "can't lose them"),
            ([1, 5, 1], "at risk"),
            ([2, 1, 5], "hibernating"),
            ([1, 1, 1], "lost"),
        ] {
            assert_eq!(rules.name(scores(of)), name, "{of:?}");
        }
        assert_eq!(combinations().count(), COMBINATIONS);
        let positions: std::collections::BTreeSet<usize> = combinations()
            .map(|scores| rules.position(scores))
            .collect();
        assert_eq!(positions.len(), rules.definitions().len());
    }

    #[test]
    fn holes_and_overlaps_are_told_at_once_with_their_combination() {
        let definitions = vec![
            segment("a", [1, 2]),
            segment("b", [2, 4]),
            segment("a", [4, 4]),
        ];
        let violations = SegmentRules::new(definitions).unwrap_err();
        let told: Vec<&str> = violations
            .listed()
            .iter()
            .map(Violation::description)
            .collect();
        let told = told.join("\n");
        for part in [
            "`a` is there twice",
            "no segment holds R5 F1 M1",
            "20 more",
            "both `a` and `b` hold R2 F1 M1",
            "both `b` and `a` hold R4 F1 M1",
        ] {
            assert!(told.contains(part), "{part} in {told}");
        }
        assert!(SegmentRules::new(Vec::new()).is_err());
        assert!(SegmentRules::new(vec![segment("all", [1, 5])]).is_ok());
        assert!(SegmentRules::new(vec![segment(" all", [1, 5])]).is_err());
        assert_eq!(ScoreRange::new(3, 2), None);
        assert_eq!(ScoreRange::new(0, 2), None);
    }
}
