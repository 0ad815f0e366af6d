//! What a rule of the playbook recommends.

use std::collections::BTreeMap;

use crate::customer::Violations;

/// The language that every text is there in.
pub const FALLBACK_LANGUAGE: &str = "en";
/// The longest text, in bytes.
const MAX_TEXT_BYTES: usize = 1000;
/// The longest code or channel, in bytes.
const MAX_CODE_BYTES: usize = 64;
/// The highest cost of an action.
const MAX_COST: f64 = 1e9;

/// An action, valid by construction.
#[derive(Debug, Clone, PartialEq)]
pub struct Action {
    code: String,
    channel: String,
    cost: f64,
    success: f64,
    texts: BTreeMap<String, String>,
}

impl Action {
    /// Checks an action; texts by language. Paths are relative to the rule:
    /// `text.en`.
    ///
    /// # Errors
    ///
    /// Every part that is out of bounds.
    pub fn new(
        code: &str,
        channel: &str,
        cost: f64,
        success: f64,
        texts: BTreeMap<String, String>,
    ) -> Result<Self, Violations> {
        let mut violations = Violations::default();
        for (field, name) in [("code", code), ("channel", channel)] {
            let plain = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
            if !(1..=MAX_CODE_BYTES).contains(&name.len()) || !name.chars().all(plain) {
                violations.push(
                    field,
                    format!("must be 1 to {MAX_CODE_BYTES} letters, digits, `_` and `-`"),
                );
            }
        }
        if !(0.0..=MAX_COST).contains(&cost) {
            violations.push(
                "cost",
                format!("must be an amount of money from 0 to {MAX_COST:e}"),
            );
        }
        if !(0.0..=1.0).contains(&success) {
            violations.push("success", "must be a chance, from 0 to 1");
        }
        if !texts.contains_key(FALLBACK_LANGUAGE) {
            violations.push("text", "must be there in English, as `text.en`");
        }
        for (language, text) in &texts {
            let field = format!("text.{language}");
            if !is_language(language) {
                violations.push(&field, "must be a language such as `en`, `zh` or `pt-BR`");
            }
            if text.trim().is_empty() || text.len() > MAX_TEXT_BYTES {
                violations.push(&field, format!("must be 1 to {MAX_TEXT_BYTES} bytes"));
            }
        }
        violations.into_result(Self {
            code: code.to_owned(),
            channel: channel.to_owned(),
            cost,
            success,
            texts,
        })
    }

    /// Its stable code, for machines.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// How the customer is reached.
    #[must_use]
    pub fn channel(&self) -> &str {
        &self.channel
    }

    /// What it costs for one customer; 0 or more.
    #[must_use]
    pub fn cost(&self) -> f64 {
        self.cost
    }

    /// The chance that it keeps a customer who would leave without it, in [0, 1].
    #[must_use]
    pub fn success(&self) -> f64 {
        self.success
    }

    /// What to do, in words, and the language they are in: the one asked for,
    /// else that without its region, else English.
    #[must_use]
    pub fn text(&self, language: &str) -> (&str, &str) {
        let primary = language.split('-').next().unwrap_or_default();
        let asked = [language, primary, FALLBACK_LANGUAGE];
        let mut found = asked.into_iter().filter_map(|tag| {
            let mut texts = self.texts.iter();
            texts.find(|(language, _)| language.eq_ignore_ascii_case(tag))
        });
        let found = found.next();
        found.map_or(("", ""), |(language, text)| (language, text))
    }

    /// What it is expected to bring in: the money that it keeps from leaving,
    /// less its cost. By this customers are ranked, not by their risk (Ascarza
    /// 2018).
    #[must_use]
    pub fn expected_profit(&self, value_at_risk: f64) -> f64 {
        value_at_risk * self.success - self.cost
    }
}

/// Whether a text looks like a language tag of BCP 47; at most 35 bytes.
#[must_use]
pub fn is_language(text: &str) -> bool {
    let mut parts = text.split('-');
    let primary = parts.next().unwrap_or_default();
    let letters = |text: &str| text.bytes().all(|b| b.is_ascii_alphabetic());
    let subtag = |text: &str| {
        (1..=8).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric())
    };
    text.len() <= 35 && (2..=3).contains(&primary.len()) && letters(primary) && parts.all(subtag)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(languages: &[&str]) -> BTreeMap<String, String> {
        let texts = languages.iter().map(|&l| (l.to_owned(), format!("in {l}")));
        texts.collect()
    }

    #[test]
    fn a_text_is_in_the_nearest_language_there_is() {
        let action = Action::new("A", "email", 0.0, 0.0, texts(&["en", "zh", "pt-BR"])).unwrap();
        for (asked, language) in [
            ("zh", "zh"),
            ("zh-Hans-CN", "zh"),
            ("PT-br", "pt-BR"),
            ("pt", "en"),
            ("de", "en"),
            ("", "en"),
        ] {
            assert_eq!(action.text(asked).0, language, "{asked}");
        }
    }

    #[test]
    fn every_part_out_of_bounds_is_told() {
        let faults = Action::new("a b", "", f64::NAN, 1.1, texts(&["zh", "german"])).unwrap_err();
        assert_eq!(faults.total(), 6, "{faults:?}");
        for (language, is) in [
            ("en", true),
            ("zh-Hans", true),
            ("e", false),
            ("en_US", false),
        ] {
            assert_eq!(is_language(language), is, "{language}");
        }
    }

    #[test]
    fn the_dearer_customer_ranks_first_whatever_the_risk() {
        let action = Action::new("A", "phone", 20.0, 0.25, texts(&["en"])).unwrap();
        let profit = |p: f64, value: f64| action.expected_profit(p * value);
        assert!(profit(0.3, 1000.0) > profit(0.9, 100.0));
        assert_eq!(profit(0.5, 400.0), 30.0);
    }
}
