//! What is inside a published value model.

use std::fmt;

use serde_json::{Value, json};

use crate::{
    artifact::{Artifact, ValueContent},
    customer::PurchaseSummary,
    model::value::PurchaseModel,
    train::{
        assess::{
            AssessError, PublishedModel,
            json::identity,
            terminal::{TextTable, figure, percent},
        },
        value::{content_json, write_content},
    },
};

/// A published value model, laid open.
#[derive(Debug, Clone)]
pub struct ValueInspected {
    /// The model.
    pub artifact: Artifact<ValueContent>,
    /// Days after the first purchase, and the repeat purchases that are expected
    /// of a new customer by then.
    pub of_new: Vec<(f64, f64)>,
    /// What it says of made-up customers after a year of observation; of those
    /// without a repeat purchase, since they came.
    pub examples: Vec<Example>,
}

/// A made-up customer, and what the model says of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Example {
    /// Repeat purchases.
    pub frequency: u32,
    /// Days since the last purchase.
    pub silent_days: f64,
    /// Probability that it has not left.
    pub p_alive: f64,
    /// Expected purchases within the model's horizon.
    pub expected_purchases: f64,
    /// Probability of none.
    pub p_no_purchase: f64,
}

/// Days of observation of the made-up customers.
const OBSERVED_DAYS: f64 = 364.0;

/// Loads a published value model and asks it of new customers and of some that
/// are made up.
///
/// # Errors
///
/// When the model cannot be loaded, or is of another kind.
pub fn inspect_value(model: &PublishedModel) -> Result<ValueInspected, AssessError> {
    let artifact = model.load()?.into_value()?;
    let content = &artifact.content;
    let parts = content.model.parts();
    let days_of_unit = parts.unit.days();
    let of_new = [30.0, 91.0, 182.0, 365.0, 730.0].map(|days: f64| {
        let time = days / days_of_unit;
        (days, parts.purchase.expected_purchases_of_new(time))
    });
    let mut examples = Vec::new();
    for frequency in [0, 1, 3, 10] {
        for silent_days in [14.0, 91.0, 273.0] {
            examples.extend(example(&parts.purchase, frequency, silent_days, content));
        }
    }
    Ok(ValueInspected {
        of_new: of_new.to_vec(),
        examples,
        artifact,
    })
}

fn example(
    model: &PurchaseModel,
    frequency: u32,
    silent_days: f64,
    content: &ValueContent,
) -> Option<Example> {
    let unit = content.model.parts().unit.days();
    // Without a repeat purchase, the last one was the first.
    let (recency, observed) = match frequency {
        0 => (0.0, silent_days),
        _ => (OBSERVED_DAYS - silent_days, OBSERVED_DAYS),
    };
    let summary =
        PurchaseSummary::new(f64::from(frequency), recency / unit, observed / unit).ok()?;
    let horizon = content.horizon_days / unit;
    Some(Example {
        frequency,
        silent_days,
        p_alive: model.p_alive(&summary),
        expected_purchases: model.expected_purchases(&summary, horizon),
        p_no_purchase: model.p_no_purchase(&summary, horizon),
    })
}

impl ValueInspected {
    /// With stable names.
    #[must_use]
    pub fn json(&self) -> Value {
        let of_new = self.of_new.iter();
        let of_new = of_new.map(|(days, expected)| json!({ "days": days, "expected": expected }));
        let examples = self.examples.iter().map(|example| {
            json!({
                "frequency": example.frequency,
                "silent_days": example.silent_days,
                "p_alive": example.p_alive,
                "expected_purchases": example.expected_purchases,
                "p_no_purchase": example.p_no_purchase,
            })
        });
        let mut told = content_json(&self.artifact.content);
        told["model"] = identity(&self.artifact.identity);
        told["expected_of_new"] = of_new.collect();
        told["examples"] = examples.collect();
        told
    }
}

impl fmt::Display for ValueInspected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Artifact { identity, content } = &self.artifact;
        writeln!(f, "{} version {}", identity.name, identity.version)?;
        writeln!(f, "  sha256 {}\n", identity.digest)?;
        write_content(f, content)?;
        let mut table = TextTable::new(0, &["days since the first purchase", "expected repeats"]);
        for (days, expected) in &self.of_new {
            table.row([days.to_string(), figure(*expected)]);
        }
        writeln!(f, "\nA new customer\n{table}")?;
        let mut table = TextTable::new(
            0,
            &["repeats", "silent days", "P(alive)", "expected", "P(none)"],
        );
        for example in &self.examples {
            table.row([
                example.frequency.to_string(),
                example.silent_days.to_string(),
                percent(example.p_alive),
                figure(example.expected_purchases),
                percent(example.p_no_purchase),
            ]);
        }
        let days = content.horizon_days;
        write!(
            f,
            "Made-up customers, observed for a year (without repeats: since they came);\npurchases within {days} days\n{}",
            table.to_string().trim_end()
        )
    }
}
