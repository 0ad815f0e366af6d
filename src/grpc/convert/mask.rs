//! Which fields of a score are wanted.

use super::proto;
use crate::customer::Violations;

/// The most paths of a mask.
const MAX_PATHS: usize = 100;
/// The longest path that an error repeats.
const MAX_TOLD_BYTES: usize = 64;

/// Fields of `CustomerScore`, but `customer_id`, which is always wanted.
const SCORE: [&str; 15] = [
    "churn",
    "value",
    "risk_band",
    "risk_source",
    "value_at_risk",
    "tier",
    "lifecycle_stage",
    "rfm",
    "cluster",
    "segmentation_model",
    "causes",
    "action",
    "policy",
    "splits",
    "contract_value",
];
/// Fields of `ChurnScore`.
const CHURN: [&str; 8] = [
    "probability",
    "calibrated",
    "log_odds",
    "base_log_odds",
    "reasons",
    "remaining_contribution",
    "model",
    "notes",
];
/// Fields of `ValueScore`.
const VALUE: [&str; 10] = [
    "p_alive",
    "expected_purchases",
    "p_no_purchase",
    "horizon_days",
    "expected_spend",
    "potential",
    "current",
    "seen",
    "notes",
    "model",
];
/// Fields of `RecommendedAction`.
const ACTION: [&str; 9] = [
    "rule",
    "rule_index",
    "code",
    "text",
    "language",
    "channel",
    "cost",
    "success",
    "expected_profit",
];

/// Wanted fields of one message, by their positions above.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Fields(u16);

impl Fields {
    const NONE: Self = Self(0);
    const ALL: Self = Self(u16::MAX);

    fn add(&mut self, names: &[&str], name: &str) -> Option<usize> {
        let position = names.iter().position(|other| *other == name)?;
        self.0 |= 1 << position;
        Some(position)
    }

    fn has(self, names: &[&str], name: &str) -> bool {
        let position = names.iter().position(|other| *other == name);
        position.is_some_and(|position| self.0 & (1 << position) != 0)
    }
}

/// Which fields of a score are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::grpc) struct Mask {
    score: Fields,
    churn: Fields,
    value: Fields,
    action: Fields,
}

impl Default for Mask {
    /// All of them.
    fn default() -> Self {
        Self {
            score: Fields::ALL,
            churn: Fields::ALL,
            value: Fields::ALL,
            action: Fields::ALL,
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
            score: Fields::NONE,
            churn: Fields::NONE,
            value: Fields::NONE,
            action: Fields::NONE,
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
            self.score.add(&SCORE, path)?;
            match path {
                "churn" => self.churn = Fields::ALL,
                "value" => self.value = Fields::ALL,
                "action" => self.action = Fields::ALL,
                _ => {}
            }
            return Some(());
        };
        let (fields, names) = match field {
            "churn" => (&mut self.churn, &CHURN[..]),
            "value" => (&mut self.value, &VALUE[..]),
            "action" => (&mut self.action, &ACTION[..]),
            _ => return None,
        };
        fields.add(names, within)?;
        self.score.add(&SCORE, field)?;
        Some(())
    }

    /// Whether reasons, or the rest that they leave, are wanted.
    pub(in crate::grpc) fn has_reasons(&self) -> bool {
        let parts = ["reasons", "remaining_contribution"];
        parts.iter().any(|part| self.churn.has(&CHURN, part))
    }

    /// Whether the potential value is wanted.
    pub(in crate::grpc) fn has_potential(&self) -> bool {
        self.value.has(&VALUE, "potential")
    }

    /// Whether anything is wanted that the policy decides on.
    pub(in crate::grpc) fn has_decision(&self) -> bool {
        let decided = SCORE
            .iter()
            .filter(|name| !["churn", "value", "splits"].contains(name));
        self.has_reasons() || decided.into_iter().any(|name| self.score.has(&SCORE, name))
    }

    /// The score without what is not wanted.
    pub(in crate::grpc) fn apply(&self, mut score: proto::CustomerScore) -> proto::CustomerScore {
        if *self == Self::default() {
            return score;
        }
        let proto::CustomerScore {
            customer_id: _,
            churn,
            value,
            risk_band,
            risk_source,
            value_at_risk,
            tier,
            lifecycle_stage,
            rfm,
            cluster,
            segmentation_model,
            causes,
            action,
            policy,
            splits,
            contract_value,
        } = &mut score;
        let wanted = |name| self.score.has(&SCORE, name);
        keep(wanted("churn"), churn);
        keep(wanted("value"), value);
        keep(wanted("risk_band"), risk_band);
        keep(wanted("risk_source"), risk_source);
        keep(wanted("value_at_risk"), value_at_risk);
        keep(wanted("tier"), tier);
        keep(wanted("lifecycle_stage"), lifecycle_stage);
        keep(wanted("rfm"), rfm);
        keep(wanted("cluster"), cluster);
        keep(wanted("segmentation_model"), segmentation_model);
        keep(wanted("causes"), causes);
        keep(wanted("action"), action);
        keep(wanted("policy"), policy);
        keep(wanted("splits"), splits);
        keep(wanted("contract_value"), contract_value);
        if let Some(churn) = churn {
            self.apply_to_churn(churn);
        }
        if let Some(value) = value {
            self.apply_to_value(value);
        }
        if let Some(action) = action {
            self.apply_to_action(action);
        }
        score
    }

    fn apply_to_churn(&self, churn: &mut proto::ChurnScore) {
        let proto::ChurnScore {
            probability,
            calibrated,
            log_odds,
            base_log_odds,
            reasons,
            remaining_contribution,
            model,
            notes,
        } = churn;
        let wanted = |name| self.churn.has(&CHURN, name);
        keep(wanted("probability"), probability);
        keep(wanted("calibrated"), calibrated);
        keep(wanted("log_odds"), log_odds);
        keep(wanted("base_log_odds"), base_log_odds);
        keep(wanted("reasons"), reasons);
        keep(wanted("remaining_contribution"), remaining_contribution);
        keep(wanted("model"), model);
        keep(wanted("notes"), notes);
    }

    fn apply_to_value(&self, value: &mut proto::ValueScore) {
        let proto::ValueScore {
            p_alive,
            expected_purchases,
            p_no_purchase,
            horizon_days,
            expected_spend,
            potential,
            current,
            seen,
            notes,
            model,
        } = value;
        let wanted = |name| self.value.has(&VALUE, name);
        keep(wanted("p_alive"), p_alive);
        keep(wanted("expected_purchases"), expected_purchases);
        keep(wanted("p_no_purchase"), p_no_purchase);
        keep(wanted("horizon_days"), horizon_days);
        keep(wanted("expected_spend"), expected_spend);
        keep(wanted("potential"), potential);
        keep(wanted("current"), current);
        keep(wanted("seen"), seen);
        keep(wanted("notes"), notes);
        keep(wanted("model"), model);
    }

    fn apply_to_action(&self, action: &mut proto::RecommendedAction) {
        let proto::RecommendedAction {
            rule,
            rule_index,
            code,
            text,
            language,
            channel,
            cost,
            success,
            expected_profit,
        } = action;
        let wanted = |name| self.action.has(&ACTION, name);
        keep(wanted("rule"), rule);
        keep(wanted("rule_index"), rule_index);
        keep(wanted("code"), code);
        keep(wanted("text"), text);
        keep(wanted("language"), language);
        keep(wanted("channel"), channel);
        keep(wanted("cost"), cost);
        keep(wanted("success"), success);
        keep(wanted("expected_profit"), expected_profit);
    }
}

fn keep<T: Default>(wanted: bool, field: &mut T) {
    if !wanted {
        *field = T::default();
    }
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

    fn mask(paths: &[&str]) -> Result<Mask, Violations> {
        let paths = paths.iter().map(|&path| path.to_owned()).collect();
        Mask::read(Some(&prost_types::FieldMask { paths }))
    }

    #[test]
    fn the_fields_are_those_of_the_contract() {
        let set = prost_types::FileDescriptorSet::decode(proto::FILE_DESCRIPTOR_SET).unwrap();
        let messages = set.file.iter().flat_map(|file| &file.message_type);
        let check = |name: &str, fields: &[&str]| {
            let message = messages.clone().find(|message| message.name() == name);
            let found = message
                .unwrap()
                .field
                .iter()
                .map(|field| field.name().to_owned());
            let found: Vec<String> = found.filter(|field| field != "customer_id").collect();
            assert_eq!(found, fields, "{name}");
        };
        check("CustomerScore", &SCORE);
        check("ChurnScore", &CHURN);
        check("ValueScore", &VALUE);
        check("RecommendedAction", &ACTION);
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
        assert!(whole.has_reasons());
        let action = mask(&["action.code"]).unwrap();
        assert!(action.has_decision() && !action.has_reasons());
    }
}
