//! Splits of the server's configuration: models that send a share of customers
//! to a challenger.
//!
//! ```toml
//! [split.telco-churn]
//! challenger = "challenger"  # an alias of the model
//! share = 0.1                # of the customers, in [0, 1]
//! salt = "spring"            # the model's name unless stated; another draws anew
//!
//! [shadow.telco-churn]       # compared only; the same, but for the usual salt
//! share = 0.02
//! ```

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{
    artifact::{Alias, ModelName},
    scoring::{Sample, Split, Splits},
};

/// The alias of the challenger unless the file names another.
const CHALLENGER: &str = "challenger";
/// The longest salt, in bytes.
const MAX_SALT_BYTES: usize = 256;

/// A split, as a file states it.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct SplitToml {
    challenger: Option<String>,
    share: Option<f64>,
    salt: Option<String>,
}

/// What a table of the file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Table {
    /// `[split.MODEL]`: the challenger answers.
    Split,
    /// `[shadow.MODEL]`: it is compared.
    Shadow,
}

impl Table {
    fn name(self) -> &'static str {
        match self {
            Self::Split => "split",
            Self::Shadow => "shadow",
        }
    }

    /// The two draw apart from each other: those whom the challenger answers are
    /// no better to compare with than others.
    fn usual_salt(self, model: &str) -> String {
        match self {
            Self::Split => model.to_owned(),
            Self::Shadow => format!("shadow of {model}"),
        }
    }
}

/// Checks splits; every fault is a problem of the configuration.
pub(super) fn splits(
    table: Table,
    stated: &BTreeMap<String, SplitToml>,
    problems: &mut Vec<String>,
) -> Splits {
    let read = stated.iter().filter_map(|(name, split)| {
        let field = format!("{}.{name}", table.name());
        let model = name.parse::<ModelName>();
        let model =
            model.map_err(|error| problems.push(format!("{field}: the model's name {error}")));
        let salt = table.usual_salt(name);
        let split = split.read(&field, &salt, problems);
        Some((model.ok()?, split?))
    });
    Splits(read.collect())
}

impl SplitToml {
    fn read(&self, field: &str, usual_salt: &str, problems: &mut Vec<String>) -> Option<Split> {
        let challenger = self.challenger.as_deref().unwrap_or(CHALLENGER);
        let challenger = challenger.parse::<Alias>().map_err(|error| {
            problems.push(format!("{field}.challenger: the alias {error}"));
        });
        let salt = self.salt.as_deref().unwrap_or(usual_salt);
        let salt_fits = salt.len() <= MAX_SALT_BYTES;
        if !salt_fits {
            problems.push(format!(
                "{field}.salt: must be at most {MAX_SALT_BYTES} bytes"
            ));
        }
        let Some(share) = self.share else {
            problems.push(format!("{field}.share: is required, a number from 0 to 1"));
            return None;
        };
        let sample = Sample::new(salt.to_owned(), share)
            .map_err(|error| problems.push(format!("{field}.share: {error}")));
        Some(Split {
            challenger: challenger.ok()?,
            sample: sample.ok().filter(|_| salt_fits)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Splits, Vec<String>) {
        let mut problems = Vec::new();
        let splits = splits(Table::Split, &toml::from_str(text).unwrap(), &mut problems);
        (splits, problems)
    }

    #[test]
    fn a_split_names_its_alias_and_its_salt_or_gets_the_usual_ones() {
        let (stated, problems) =
            read("[a]\nshare = 0.1\n[b]\nchallenger = 'next'\nshare = 1\nsalt = 'a'");
        assert_eq!(problems, Vec::<String>::new());
        let [a, b] = ["a", "b"].map(|name| stated.of(&name.parse().unwrap()).unwrap());
        assert_eq!(a.challenger.to_string(), "challenger");
        assert_eq!(b.challenger.to_string(), "next");
        assert_eq!(a.sample, Sample::new("a".to_owned(), 0.1).unwrap());
        assert_eq!(b.sample, Sample::new("a".to_owned(), 1.0).unwrap());
    }

    #[test]
    fn every_fault_is_told_with_its_place() {
        let (splits, problems) = read(
            "['A b']\nshare = 1.5\n[c]\nchallenger = 'No'\n[d]\nshare = nan\n[e]\nshare = -0.1",
        );
        assert_eq!(splits, Splits::default());
        let places = problems
            .iter()
            .map(|problem| problem.split(':').next().unwrap());
        let wanted = [
            "split.A b",
            "split.A b.share",
            "split.c.challenger",
            "split.c.share",
            "split.d.share",
            "split.e.share",
        ];
        assert!(places.eq(wanted), "{problems:?}");
        assert!(toml::from_str::<BTreeMap<String, SplitToml>>("[a]\nshares = 1").is_err());
    }
}
