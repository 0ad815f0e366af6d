//! Which fields of a score are wanted.

use crate::{customer::Violations, grpc::wire::Fields};

/// `CustomerScore.customer_id`, which is always wanted.
const CUSTOMER_ID: Fields = Fields::of(1);
/// `RecommendedAction.expected_profit`.
pub(super) const EXPECTED_PROFIT: u32 = 9;
/// The most paths of a mask.
const MAX_PATHS: usize = 100;
/// The longest path that an error repeats.
const MAX_TOLD_BYTES: usize = 64;

/// The fields of a message, with their numbers.
struct Names(&'static [(&'static str, u32)]);

/// Fields of `CustomerScore`, but `customer_id`.
const SCORE: Names = Names(&[
    ("churn", 2),
    ("value", 3),
    ("risk_band", 4),
    ("risk_source", 5),
    ("value_at_risk", 6),
    ("tier", 7),
    ("lifecycle_stage", 8),
    ("rfm", 9),
    ("cluster", 10),
    ("segmentation_model", 11),
    ("causes", 12),
    ("action", 13),
    ("policy", 14),
    ("splits", 16),
    ("contract_value", 17),
]);
/// Fields of `ChurnScore`.
const CHURN: Names = Names(&[
    ("probability", 1),
    ("calibrated", 2),
    ("log_odds", 3),
    ("base_log_odds", 4),
    ("reasons", 5),
    ("remaining_contribution", 6),
    ("model", 7),
    ("notes", 8),
]);
/// Fields of `ValueScore`.
const VALUE: Names = Names(&[
    ("p_alive", 1),
    ("expected_purchases", 2),
    ("p_no_purchase", 3),
    ("horizon_days", 4),
    ("expected_spend", 5),
    ("potential", 6),
    ("current", 7),
    ("seen", 8),
    ("notes", 9),
    ("model", 10),
]);
/// Fields of `RecommendedAction`.
const ACTION: Names = Names(&[
    ("rule", 1),
    ("rule_index", 2),
    ("code", 3),
    ("text", 4),
    ("language", 5),
    ("channel", 6),
    ("cost", 7),
    ("success", 8),
    ("expected_profit", 9),
]);

impl Names {
    fn number(&self, name: &str) -> Option<u32> {
        let mut found = self.0.iter().filter(|(other, _)| *other == name);
        found.next().map(|(_, number)| *number)
    }
}

/// Which fields of a score are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::grpc) struct Mask {
    pub(super) score: Fields,
    pub(super) churn: Fields,
    pub(super) value: Fields,
    pub(super) action: Fields,
    /// Whether it names fields, and does not want all for want of names.
    is_stated: bool,
}

impl Default for Mask {
    /// All of them.
    fn default() -> Self {
        Self {
            score: Fields::ALL,
            churn: Fields::ALL,
            value: Fields::ALL,
            action: Fields::ALL,
            is_stated: false,
        }
    }
}

impl Mask {
    /// Reads a mask; without paths, everything is wanted. Paths that are none are
    /// told as `score_mask.paths[3]`.
    pub(super) fn read(mask: Option<&prost_types::FieldMask>) -> Result<Self, Violations> {
        let paths = mask.map_or(&[][..], |mask| &mask.paths);
        if paths.is_empty() {
            return Ok(Self::default());
        }
        if paths.len() > MAX_PATHS {
            let text = format!("must be at most {MAX_PATHS}");
            return Err(Violations::of("score_mask.paths", text));
        }
        let mut violations = Violations::default();
        let mut mask = Self {
            score: CUSTOMER_ID,
            churn: Fields::NONE,
            value: Fields::NONE,
            action: Fields::NONE,
            is_stated: true,
        };
        for (at, path) in paths.iter().enumerate() {
            if path != "customer_id" && mask.add(path).is_none() {
                let field = format!("score_mask.paths[{at}]");
                violations.push(&field, format!("{}is no field of a score", told(path)));
            }
        }
        violations.into_result(mask)
    }

    fn add(&mut self, path: &str) -> Option<()> {
        let Some((field, within)) = path.split_once('.') else {
            self.score.add(SCORE.number(path)?);
            match path {
                "churn" => self.churn = Fields::ALL,
                "value" => self.value = Fields::ALL,
                "action" => self.action = Fields::ALL,
                _ => {}
            }
            return Some(());
        };
        let (fields, names) = match field {
            "churn" => (&mut self.churn, CHURN),
            "value" => (&mut self.value, VALUE),
            "action" => (&mut self.action, ACTION),
            _ => return None,
        };
        fields.add(names.number(within)?);
        self.score.add(SCORE.number(field)?);
        Some(())
    }

    /// The wanted fields of `CustomerScore`.
    pub(in crate::grpc) fn score(&self) -> Fields {
        self.score
    }

    /// Whether a field of `CustomerScore` is wanted.
    pub(super) fn wants(&self, field: &str) -> bool {
        has(self.score, &SCORE, field)
    }

    /// Whether a field of `ChurnScore` is wanted.
    pub(super) fn wants_of_churn(&self, field: &str) -> bool {
        has(self.churn, &CHURN, field)
    }

    /// Whether a field of `ValueScore` is wanted.
    pub(super) fn wants_of_value(&self, field: &str) -> bool {
        has(self.value, &VALUE, field)
    }

    /// Whether reasons, or the rest that they leave, are wanted.
    pub(in crate::grpc) fn has_reasons(&self) -> bool {
        let parts = ["reasons", "remaining_contribution"];
        parts.into_iter().any(|part| has(self.churn, &CHURN, part))
    }

    /// Whether the potential value is wanted.
    pub(in crate::grpc) fn has_potential(&self) -> bool {
        has(self.value, &VALUE, "potential")
    }

    /// Whether decisions on columns are wanted: by name only, for they take time.
    pub(in crate::grpc) fn has_column_decision(&self) -> bool {
        self.is_stated && self.has_decision()
    }

    /// Whether anything is wanted that the policy decides on, beside the themes of
    /// reasons.
    pub(in crate::grpc) fn has_decision(&self) -> bool {
        let decided = SCORE.0.iter().map(|(name, _)| name);
        let mut decided = decided.filter(|name| !["churn", "value", "splits"].contains(name));
        decided.any(|name| has(self.score, &SCORE, name))
    }
}

fn has(fields: Fields, names: &Names, name: &str) -> bool {
    names.number(name).is_some_and(|number| fields.has(number))
}

/// A path as an error repeats it; nothing of one that is no name.
fn told(path: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_.".contains(c);
    if path.len() <= MAX_TOLD_BYTES && !path.is_empty() && path.chars().all(plain) {
        format!("`{path}` ")
    } else {
        String::new()
    }
}

#[cfg(test)]
mod tests {
    use prost::Message as _;

    use super::*;
    use crate::grpc::proto;

    fn mask(paths: &[&str]) -> Result<Mask, Violations> {
        let paths = paths.iter().map(|&path| path.to_owned()).collect();
        Mask::read(Some(&prost_types::FieldMask { paths }))
    }

    #[test]
    fn the_fields_are_those_of_the_contract() {
        let set = prost_types::FileDescriptorSet::decode(proto::FILE_DESCRIPTOR_SET).unwrap();
        let messages = set.file.iter().flat_map(|file| &file.message_type);
        let check = |name: &str, Names(stated): Names| {
            let message = messages.clone().find(|message| message.name() == name);
            let fields = message.unwrap().field.iter();
            let fields = fields.filter(|field| field.name() != "customer_id");
            let found: Vec<_> = fields
                .map(|field| (field.name(), field.number().unsigned_abs()))
                .collect();
            assert_eq!(found, stated, "{name}");
        };
        check("CustomerScore", SCORE);
        check("ChurnScore", CHURN);
        check("ValueScore", VALUE);
        check("RecommendedAction", ACTION);
    }

    #[test]
    fn unknown_paths_are_told_by_name() {
        let faults = mask(&["churn", "churns", "value.amount", "tier.overall", "a b", ""]);
        let faults = faults.unwrap_err();
        let told: Vec<String> = faults
            .listed()
            .iter()
            .map(|fault| format!("{}: {}", fault.field(), fault.description()))
            .collect();
        assert_eq!(
            told,
            [
                "score_mask.paths[1]: `churns` is no field of a score",
                "score_mask.paths[2]: `value.amount` is no field of a score",
                "score_mask.paths[3]: `tier.overall` is no field of a score",
                "score_mask.paths[4]: is no field of a score",
                "score_mask.paths[5]: is no field of a score",
            ]
        );
        assert!(mask(&["churn"; 101]).is_err());
    }

    #[test]
    fn what_is_not_wanted_need_not_be_computed() {
        assert_eq!(mask(&[]).unwrap(), Mask::default());
        assert_eq!(Mask::read(None).unwrap(), Mask::default());
        let probability = mask(&["churn.probability", "customer_id"]).unwrap();
        assert!(!probability.has_reasons() && !probability.has_decision());
        assert!(!probability.has_potential());
        let whole = mask(&["churn.probability", "churn"]).unwrap();
        assert!(whole.has_reasons() && !whole.has_decision());
        let action = mask(&["action.code"]).unwrap();
        assert!(action.has_decision() && !action.has_reasons());
    }
}
