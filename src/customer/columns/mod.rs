//! Many customers by column.
//!
//! A [`CustomerColumns`] has sound shapes: names, lengths, dictionaries. Its
//! values and ids need not be sound; what is wrong with them is the fault of
//! their row alone, and told by the row's [`Snapshot`].

mod ids;
mod values;

pub use ids::FirstUses;
pub use values::{
    ColumnValues, Doubles, FlagColumn, Indices, MAX_DICTIONARY, NumberColumn, SentFlags,
    SentNumbers, SentTexts, TextColumn,
};

use super::{
    Currency, InvalidSnapshot, KnownPurchases, MAX_FEATURE_NAME_BYTES, MAX_FEATURES, MAX_ID_BYTES,
    SentSummary, Snapshot, SummarisedPurchases, Violations,
};

/// The most texts of all dictionaries together.
pub const MAX_DICTIONARIES: usize = 1_000_000;

/// Customers as they are sent.
#[derive(Debug, Clone, Default)]
pub struct SentColumns<'a> {
    /// One for each row.
    pub ids: Vec<&'a str>,
    /// The features.
    pub features: Vec<SentColumn<'a>>,
    /// What is known of purchases.
    pub summary: Option<SentSummaries<'a>>,
}

/// A feature as it is sent.
#[derive(Debug, Clone)]
pub struct SentColumn<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its values; `None` where they were left out.
    pub values: Option<SentValues<'a>>,
}

/// Values as they are sent.
#[derive(Debug, Clone)]
pub enum SentValues<'a> {
    /// Of a number.
    Numbers(SentNumbers<'a>),
    /// Of a text.
    Texts(SentTexts<'a>),
    /// Of a flag.
    Flags(SentFlags<'a>),
}

/// Summaries of purchases as they are sent.
#[derive(Debug, Clone, Copy, Default)]
pub struct SentSummaries<'a> {
    /// Repeat purchases.
    pub frequency: Option<SentNumbers<'a>>,
    /// Days from the first purchase to the last.
    pub recency_days: Option<SentNumbers<'a>>,
    /// Days from the first purchase to the end of the observation.
    pub observation_days: Option<SentNumbers<'a>>,
    /// Mean money of the repeat purchases.
    pub mean_repeat_spend: Option<SentNumbers<'a>>,
    /// Its currency.
    pub currency: &'a str,
}

/// Customers by column; at least one, of sound shape.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomerColumns<'a> {
    ids: Vec<&'a str>,
    features: Vec<FeatureColumn<'a>>,
    summaries: Option<Summaries<'a>>,
}

/// One feature of every customer.
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureColumn<'a> {
    /// Its name; no other column has it.
    pub name: &'a str,
    /// Its values.
    pub values: ColumnValues<'a>,
}

/// What is known of every customer's purchases.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Summaries<'a> {
    frequency: NumberColumn<'a>,
    recency_days: NumberColumn<'a>,
    observation_days: NumberColumn<'a>,
    mean_repeat_spend: Option<(NumberColumn<'a>, Currency)>,
}

impl<'a> CustomerColumns<'a> {
    /// Checks the shape of columns.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it, by paths such as
    /// `features[3].texts.indices[17]`.
    pub fn new(sent: SentColumns<'a>) -> Result<Self, Violations> {
        let SentColumns {
            ids,
            features: sent,
            summary,
        } = sent;
        let mut violations = Violations::default();
        if ids.is_empty() {
            violations.push("ids", "must not be empty");
        }
        if sent.len() > MAX_FEATURES {
            let text = format!("must have at most {MAX_FEATURES} entries");
            violations.push("features", text);
            return Err(violations);
        }
        let mut features = Vec::with_capacity(sent.len());
        let mut names = FirstUses::with_capacity(sent.len());
        for (at, column) in sent.into_iter().enumerate() {
            let earlier = names.earlier(column.name, at);
            match FeatureColumn::new(column, earlier, ids.len()) {
                Ok(column) => features.push(column),
                Err(found) => violations.extend(found.within(&format!("features[{at}]"))),
            }
        }
        let texts = features.iter().map(|column| match &column.values {
            ColumnValues::Texts(texts) => texts.dictionary().len(),
            ColumnValues::Numbers(_) | ColumnValues::Flags(_) => 0,
        });
        if texts.sum::<usize>() > MAX_DICTIONARIES {
            let text = format!("must have at most {MAX_DICTIONARIES} texts in all dictionaries");
            violations.push("features", text);
        }
        let summaries = summary.map(|sent| Summaries::new(sent, ids.len()));
        match summaries.transpose() {
            Ok(summaries) => violations.into_result(Self {
                ids,
                features,
                summaries,
            }),
            Err(found) => {
                violations.extend(found.within("summary"));
                Err(violations)
            }
        }
    }

    /// How many customers there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.ids.len()
    }

    /// The callers' row ids; neither checked nor distinct.
    #[must_use]
    pub fn ids(&self) -> &[&'a str] {
        &self.ids
    }

    /// The features, in the order sent.
    #[must_use]
    pub fn features(&self) -> &[FeatureColumn<'a>] {
        &self.features
    }

    /// What is known of purchases.
    #[must_use]
    pub fn summaries(&self) -> Option<&Summaries<'a>> {
        self.summaries.as_ref()
    }

    /// Whether the id of a row is one.
    #[must_use]
    pub fn has_sound_id(&self, row: usize) -> bool {
        let id = self.ids.get(row);
        id.is_some_and(|id| (1..=MAX_ID_BYTES).contains(&id.len()))
    }

    /// One row, as if it had been sent by itself.
    ///
    /// # Errors
    ///
    /// Every violation, as [`Snapshot::with_purchases`] tells it.
    pub fn snapshot(&self, row: usize) -> Result<Snapshot<'a>, InvalidSnapshot<'a>> {
        let id = self.ids.get(row).copied().unwrap_or_default();
        let features = self.features.iter();
        let features = features.map(|column| (column.name, Some(column.values.value(row))));
        let summaries = self.summaries.as_ref();
        let purchases = summaries.map_or(Ok(None), |summaries| summaries.of_row(row));
        let purchases = purchases.map(|known| known.map(KnownPurchases::Summarised));
        Snapshot::with_purchases(id, features, purchases)
    }
}

impl<'a> FeatureColumn<'a> {
    fn new(sent: SentColumn<'a>, earlier: Option<usize>, rows: usize) -> Result<Self, Violations> {
        let SentColumn { name, values } = sent;
        let mut violations = Violations::default();
        if name.is_empty() || name.len() > MAX_FEATURE_NAME_BYTES {
            let text = format!("must be 1 to {MAX_FEATURE_NAME_BYTES} bytes");
            violations.push("name", text);
        } else if let Some(earlier) = earlier {
            violations.push("name", format!("repeats the name of features[{earlier}]"));
        }
        let values = match values {
            Some(SentValues::Numbers(sent)) => NumberColumn::new(sent, rows)
                .map(ColumnValues::Numbers)
                .map_err(|found| found.within("numbers")),
            Some(SentValues::Texts(sent)) => TextColumn::new(sent, rows)
                .map(ColumnValues::Texts)
                .map_err(|found| found.within("texts")),
            Some(SentValues::Flags(sent)) => FlagColumn::new(sent, rows)
                .map(ColumnValues::Flags)
                .map_err(|found| found.within("flags")),
            None => Err(Violations::of(
                "values",
                "must set one of numbers, texts or flags",
            )),
        };
        match values {
            Ok(values) => violations.into_result(Self { name, values }),
            Err(found) => {
                violations.extend(found);
                Err(violations)
            }
        }
    }
}

impl<'a> Summaries<'a> {
    fn new(sent: SentSummaries<'a>, rows: usize) -> Result<Self, Violations> {
        let SentSummaries {
            frequency,
            recency_days,
            observation_days,
            mean_repeat_spend,
            currency,
        } = sent;
        let mut violations = Violations::default();
        let mut numbers = |sent: Option<SentNumbers<'a>>, field: &str| {
            let checked = sent.map(|sent| NumberColumn::new(sent, rows));
            checked.transpose().unwrap_or_else(|found| {
                violations.extend(found.within(field));
                None
            })
        };
        let required = [
            (numbers(frequency, "frequency"), frequency, "frequency"),
            (
                numbers(recency_days, "recency_days"),
                recency_days,
                "recency_days",
            ),
            (
                numbers(observation_days, "observation_days"),
                observation_days,
                "observation_days",
            ),
        ];
        let mean = numbers(mean_repeat_spend, "mean_repeat_spend");
        for (_, sent, field) in &required {
            if sent.is_none() {
                violations.push(field, "is required");
            }
        }
        let currency = mean_repeat_spend.and_then(|_| {
            let parsed = currency.parse::<Currency>();
            parsed
                .map_err(|error| violations.push("currency", error.to_string()))
                .ok()
        });
        match required {
            [
                (Some(frequency), ..),
                (Some(recency_days), ..),
                (Some(observation_days), ..),
            ] if violations.total() == 0 => Ok(Self {
                frequency,
                recency_days,
                observation_days,
                mean_repeat_spend: mean.zip(currency),
            }),
            _ => Err(violations),
        }
    }

    /// The currency of the spend, where it is known of any customer.
    #[must_use]
    pub fn currency(&self) -> Option<Currency> {
        self.mean_repeat_spend.map(|(_, currency)| currency)
    }

    /// The summary of a row; `None` where none of its numbers is there.
    ///
    /// # Errors
    ///
    /// Every violation, by paths such as `summary.frequency`.
    pub fn of_row(&self, row: usize) -> Result<Option<SummarisedPurchases>, Violations> {
        let numbers = [
            (self.frequency.get(row), "summary.frequency"),
            (self.recency_days.get(row), "summary.recency_days"),
            (self.observation_days.get(row), "summary.observation_days"),
        ];
        let [
            (Some(frequency), _),
            (Some(recency_days), _),
            (Some(observation_days), _),
        ] = numbers
        else {
            let missing = numbers.iter().filter(|(number, _)| number.is_none());
            if missing.clone().count() == numbers.len() {
                return Ok(None);
            }
            let mut violations = Violations::default();
            for (_, field) in missing {
                violations.push(field, "is required where the others are known");
            }
            return Err(violations);
        };
        let spend = self.mean_repeat_spend.as_ref();
        SummarisedPurchases::new(SentSummary {
            frequency,
            recency_days,
            observation_days,
            mean_repeat_spend: spend.and_then(|(mean, _)| mean.get(row)),
            currency: spend.map_or("", |(_, currency)| currency.as_str()),
        })
        .map(Some)
    }
}

#[cfg(test)]
mod tests;
