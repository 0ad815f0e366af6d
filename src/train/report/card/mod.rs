//! `card.md`: a model card (Mitchell et al. 2019, *Model Cards for Model
//! Reporting*, FAT* '19), with its nine sections in the paper's order.

mod analyses;
pub(super) mod markdown;

use super::{
    Asked, CardNotes, ReportData,
    text::{count, percent, rounded, signed},
    verdict::verdict,
};
use markdown::{Card, code, escaped, noted, stated};

/// More columns are counted instead of named.
const MOST_NAMES: usize = 60;

/// The model card, in Markdown.
#[must_use]
pub fn card(data: &ReportData) -> String {
    let mut card = Card::default();
    card.line(&format!("# Model card: {}", escaped(&data.asked.model)));
    details(&mut card, data);
    uses(&mut card, &data.notes, &data.asked);
    factors(&mut card, data);
    metrics(&mut card, data);
    evaluation_data(&mut card, data);
    training_data(&mut card, data);
    analyses::section(&mut card, data);
    ethics(&mut card, data);
    caveats(&mut card, data);
    card.into_text()
}

fn details(card: &mut Card, data: &ReportData) {
    let (asked, notes) = (&data.asked, &data.notes);
    card.heading("Model details");
    card.item("Name", &escaped(&asked.model));
    if let Some(version) = &asked.version {
        card.item("Version", &escaped(version));
    }
    card.item(
        "Kind",
        &format!(
            "penalised logistic regression; the log-odds are a sum of {} effects of single features and {} of pairs, so that every score can be explained exactly",
            data.effects.len(),
            data.pairs.len()
        ),
    );
    if let Some(chosen) = data.candidates.iter().find(|candidate| candidate.chosen) {
        let (name, parameters) = (escaped(&chosen.name), escaped(&chosen.parameters));
        card.item("Settings", &format!("{name}; {parameters}"));
    }
    if let Some(chosen) = data.calibrations.iter().find(|candidate| candidate.chosen) {
        card.item("Calibration", &escaped(&chosen.name));
    }
    card.item(
        "Made by",
        &format!("holdfast-train {}", escaped(&asked.trainer_version)),
    );
    card.item("Contact", &stated(notes.contact.as_ref()));
}

fn uses(card: &mut Card, notes: &CardNotes, asked: &Asked) {
    card.heading("Intended use");
    let intended = notes.intended_use.as_deref().map_or_else(
        || "Ranking present customers by their risk to leave, explaining that risk, and choosing whom to contact. For people who run customer relations and for the systems they use.".to_owned(),
        noted,
    );
    card.item("Intended", &intended);
    card.item(
        "Predicts",
        &format!("{}{}", escaped(&asked.definition), horizon(asked)),
    );
    let out_of_scope = notes.out_of_scope.as_deref().map_or_else(
        || "Decisions about a person's rights, credit, work, insurance or prices; customers of another kind, market or time than those it was fitted on; the effect of a campaign, which only an experiment tells.".to_owned(),
        noted,
    );
    card.item("Out of scope", &out_of_scope);
}

fn horizon(asked: &Asked) -> String {
    match asked.horizon_days {
        Some(days) => format!(", within {} days", count(days.into())),
        None => "; the horizon is not stated".to_owned(),
    }
}

fn factors(card: &mut Card, data: &ReportData) {
    card.heading("Factors");
    let names = |names: &mut dyn Iterator<Item = &str>, all: usize| {
        let mut listed: Vec<String> = names.take(MOST_NAMES).map(code).collect();
        if all > listed.len() {
            listed.push(format!("and {} more", all - listed.len()));
        }
        listed.join(", ")
    };
    let effects = &data.effects;
    let features = names(
        &mut effects.iter().map(|e| e.feature.as_str()),
        effects.len(),
    );
    card.item("Features", &features);
    if let Some(rules) = &data.asked.purchase_features {
        card.item("Built from a customer's purchases", &escaped(rules));
    }
    let left_out = &data.quality.left_out;
    if !left_out.is_empty() {
        let columns = names(
            &mut left_out.iter().map(|c| c.column.as_str()),
            left_out.len(),
        );
        card.item("Left out", &columns);
    }
    let mut sliced: Vec<&str> = data.slices.iter().map(|s| s.column.as_str()).collect();
    sliced.sort_unstable();
    sliced.dedup();
    let evaluated = if sliced.is_empty() {
        "no slices; pass columns to slice by, such as age or region, to see whom the model serves less well".to_owned()
    } else {
        names(&mut sliced.iter().copied(), sliced.len())
    };
    card.item("Evaluated by", &evaluated);
}

fn metrics(card: &mut Card, data: &ReportData) {
    card.heading("Metrics");
    card.paragraph("AUC, PR-AUC, KS and lift say how well customers are ranked; log loss, Brier score and calibration error whether probabilities hold; maximum profit and EMPC what acting on them would earn.");
    let performance = &data.performance;
    let uncertainty = match performance.bootstrap_samples {
        0 => "no intervals were computed".to_owned(),
        samples => format!(
            "{} intervals from {} bootstrap samples of the held-out rows",
            percent(performance.confidence, 0),
            count(samples.into())
        ),
    };
    card.item("Uncertainty", &uncertainty);
    let threshold = data.profit.as_ref().map_or_else(
        || "none is advised, for costs and benefits were not given".to_owned(),
        |profit| {
            format!(
                "{} is advised, {} of the customers; it is not part of the model",
                percent(profit.advised.threshold, 1),
                percent(profit.advised.share_contacted, 1)
            )
        },
    );
    card.item("Threshold", &threshold);
}

fn evaluation_data(card: &mut Card, data: &ReportData) {
    let held_out = &data.performance.held_out;
    card.heading("Evaluation data");
    card.item(
        "Rows",
        &format!("{}, held out before fitting", count(held_out.rows)),
    );
    card.item("Churn among them", &percent(held_out.prevalence, 1));
    let split = escaped(&data.asked.split);
    card.item("Split", &format!("{split}; seed {}", data.asked.seed));
    if let Some(folds) = &data.performance.cross_validated {
        let figures = (
            rounded(folds.area_under_curve.value, 4),
            rounded(folds.log_loss.value, 4),
        );
        card.item(
            "Cross-validated",
            &format!("AUC {}, log loss {}", figures.0, figures.1),
        );
    }
}

fn training_data(card: &mut Card, data: &ReportData) {
    let (asked, quality) = (&data.asked, &data.quality);
    card.heading("Training data");
    for file in asked.files.iter().take(MOST_NAMES) {
        let facts = format!("{} rows, SHA-256 {}", count(file.rows), code(&file.sha256));
        card.item(&code(&file.name), &facts);
    }
    if asked.files.len() > MOST_NAMES {
        card.item("Files", &format!("{} in all", asked.files.len()));
    }
    card.item(
        "Rows",
        &format!(
            "{} read, {} without an outcome set aside, {} fitted on",
            count(quality.rows),
            count(quality.rows_without_outcome),
            count(asked.fitted_rows)
        ),
    );
    card.item(
        "Outcome",
        &format!("{} is {}", code(&asked.target), code(&asked.positive)),
    );
    card.item("Churn in training", &percent(data.watch.prevalence, 1));
    card.item("Source", &stated(data.notes.data_source.as_ref()));
    card.item("Licence", &stated(data.notes.data_licence.as_ref()));
}

fn ethics(card: &mut Card, data: &ReportData) {
    card.heading("Ethical considerations");
    let ethics = data.notes.ethics.as_deref().map_or_else(
        || "The model profiles people. Tell them where the law asks for it, keep to the purpose the data was collected for, and do not let it decide alone where that matters to a person. Features such as age, sex or place can treat groups differently: read the slices before acting on scores.".to_owned(),
        noted,
    );
    card.paragraph(&ethics);
    card.paragraph("The model and this card hold no customer's row and no identifier.");
}

fn caveats(card: &mut Card, data: &ReportData) {
    card.heading("Caveats and recommendations");
    let verdict = verdict(data);
    card.item("Verdict", verdict.headline);
    for statement in &verdict.statements {
        card.item(statement.topic, &escaped(&statement.text));
    }
    for pair in data.quality.collinear.iter().take(10) {
        let pairs = format!(
            "{} and {} (correlation {}): read their effects together",
            code(&pair.first),
            code(&pair.second),
            signed(pair.correlation, 2)
        );
        card.item("Nearly the same", &pairs);
    }
    card.paragraph("Effects are associations, not causes: changing a feature need not change the outcome. Churn drifts; compare prevalence and features with training, and recalibrate or fit again when they move. Measure campaigns against a control group.");
}
