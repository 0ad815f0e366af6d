//! `card.md` of a spend model.

use super::text::{figures, fit, warnings, within};
use crate::{
    artifact::{ModelName, SpendContent},
    train::report::frame::{Card, code, escaped},
};

/// The model card, in Markdown.
pub(super) fn card(name: &ModelName, content: &SpendContent) -> String {
    let definition = &content.definition;
    let training = &content.training;
    let mut card = Card::default();
    card.line(&format!("# Model card: {}", escaped(name.as_str())));
    card.heading("Model details");
    card.item(
        "Kind",
        "generalised linear model of spend: Tweedie distribution, log link",
    );
    card.item(
        "Predicts",
        &format!(
            "{}, in {}{}",
            escaped(&definition.description),
            definition.currency,
            within(definition)
        ),
    );
    card.item("Target", &code(&definition.target));
    card.item(
        "Made by",
        &format!("holdfast-train {}", escaped(&training.trainer_version)),
    );
    for (what, told) in fit(content) {
        card.item(what, &escaped(&told));
    }
    card.heading("Intended use");
    card.paragraph("Ranking customers by what they are expected to spend, and planning what to spend on keeping them, where there is no purchase log to fit a value model to. Not for decisions about a person's rights, credit, work, insurance or prices.");
    card.heading("Factors");
    let features = content.model.schema().features().iter();
    let features: Vec<String> = features.map(|feature| code(&feature.name)).collect();
    card.item("Features", &features.join(", "));
    card.heading("Metrics, on rows held out");
    for (what, told) in figures(&content.evaluation.held_out) {
        card.item(what, &escaped(&told));
    }
    card.heading("Training data");
    card.item("Data", &escaped(&training.data_file));
    card.item("SHA-256", &code(&training.data_sha256));
    card.heading("Caveats");
    for warning in warnings(content) {
        card.item("Warning", &escaped(&warning));
    }
    card.paragraph("Numbers outside the trained range count as its nearest end. Spend of another period, season or currency than that of the training data is not predicted.");
    card.into_text()
}
