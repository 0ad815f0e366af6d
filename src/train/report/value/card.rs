//! `card.md` of a value model, with the nine sections of a model card in the
//! order of the paper (Mitchell et al. 2019).

use std::fmt::Write as _;

use super::{
    data::{Parameter, PurchaseFit, ValueReportData},
    verdict::verdict,
    words::{chosen, days, lifetime, models, money, occasion, period, published, refunds, unit},
};
use crate::{
    model::HoldOut,
    train::report::{
        card::markdown::{Card, code, escaped, noted, stated},
        text::{NONE, compact, count, percent, rounded, whole},
    },
};

/// More files are counted instead of named.
const MOST_FILES: usize = 60;

/// The model card, in Markdown.
#[must_use]
pub fn card(data: &ValueReportData) -> String {
    let mut card = Card::default();
    card.line(&format!("# Model card: {}", escaped(&data.asked.model)));
    details(&mut card, data);
    uses(&mut card, data);
    factors(&mut card, data);
    metrics(&mut card, data);
    evaluation_data(&mut card, data);
    training_data(&mut card, data);
    analyses(&mut card, data);
    ethics(&mut card, data);
    caveats(&mut card, data);
    card.into_text()
}

fn details(card: &mut Card, data: &ValueReportData) {
    let asked = &data.asked;
    card.heading("Model details");
    card.item("Name", &escaped(&asked.model));
    if let Some(version) = &asked.version {
        card.item("Version", &escaped(version));
    }
    card.item("Kind", &escaped(&models(data)));
    if let Some(fit) = published(data) {
        card.item("Purchases", &parameters(&fit.name, &fit.parameters));
    }
    if let Some(spend) = &data.spend {
        card.item("Spend", &parameters(&spend.name, &spend.parameters));
    }
    if let Some(retention) = &data.retention {
        card.item("Contracts", &parameters("sBG", &retention.parameters));
    }
    card.item("Time is counted in", unit(data.terms.unit));
    card.item(
        "Made by",
        &format!("holdfast-train {}", escaped(&asked.trainer_version)),
    );
    card.item("Contact", &stated(data.notes.contact.as_ref()));
}

/// The name and the parameters with their standard errors.
fn parameters(name: &str, parameters: &[Parameter]) -> String {
    let listed: Vec<String> = parameters
        .iter()
        .map(|parameter| {
            let error = parameter
                .standard_error
                .map_or_else(String::new, |error| format!(" (±{})", compact(error)));
            let value = rounded(parameter.value, 4);
            format!("{} = {value}{error}", escaped(&parameter.name))
        })
        .collect();
    format!("{}: {}", escaped(name), listed.join(", "))
}

fn uses(card: &mut Card, data: &ValueReportData) {
    let (terms, notes) = (&data.terms, &data.notes);
    card.heading("Intended use");
    let intended = notes.intended_use.as_deref().map_or_else(
        || "Ranking customers by what they are expected to bring, planning how much to spend on winning and keeping them, and seeing who has gone silent. For people who run customer relations and for the systems they use.".to_owned(),
        noted,
    );
    card.item("Intended", &intended);
    let mut predicts = format!(
        "purchases, and the probability of none, within {}",
        days(terms.horizon_days)
    );
    if data.worth.is_some() {
        // Writing to a text cannot fail.
        let _ = write!(
            predicts,
            "; lifetime value over {}, discounted by {} a {}, at a margin of {} of spend",
            lifetime(terms),
            percent(terms.discount_rate, 2),
            period(terms),
            percent(terms.margin, 1)
        );
    }
    card.item("Predicts", &predicts);
    if let Some(currency) = &terms.currency {
        card.item("Currency", &escaped(currency));
    }
    let out_of_scope = notes.out_of_scope.as_deref().map_or_else(
        || "Decisions about a person's rights, credit, work, insurance or prices; customers of another kind, market or time than those it was fitted on; seasons and campaigns, which the model does not know.".to_owned(),
        noted,
    );
    card.item("Out of scope", &out_of_scope);
}

fn factors(card: &mut Card, data: &ValueReportData) {
    card.heading("Factors");
    card.item(
        "Known of a customer",
        "frequency (purchases after the first), recency (time from the first purchase to the last), time since the first purchase, and mean spend of repeat purchases where spend is modelled; no attributes of the person",
    );
    let groups: Vec<String> = data
        .segments
        .iter()
        .take(20)
        .map(|segments| escaped(&segments.title))
        .collect();
    let evaluated = if groups.is_empty() {
        "frequency in the calibration".to_owned()
    } else {
        format!("frequency in the calibration; {}", groups.join(", "))
    };
    card.item("Evaluated by", &evaluated);
}

fn metrics(card: &mut Card, data: &ValueReportData) {
    card.heading("Metrics");
    card.paragraph("Expected against actual purchases of customers after the calibration: all together, per customer (mean absolute error), and beside naive rates by which everyone goes on as before; the AUC of the probability of no purchase.");
    card.item(
        "Uncertainty",
        &format!(
            "{} intervals from the covariance of the parameters; they hold what is uncertain of the model, not what is random in a customer",
            percent(data.terms.confidence, 0)
        ),
    );
}

fn evaluation_data(card: &mut Card, data: &ValueReportData) {
    card.heading("Evaluation data");
    let Some(hold_out) = &data.hold_out else {
        card.paragraph("There was no hold-out.");
        return;
    };
    card.item(
        "Days",
        &format!(
            "after {}, until {}",
            hold_out.calibration_end, hold_out.until
        ),
    );
    card.item("Customers", &count(hold_out.customers));
    card.item("Purchases", &count(hold_out.purchases));
    card.item("Without a purchase", &count(hold_out.silent_customers));
}

fn training_data(card: &mut Card, data: &ValueReportData) {
    let (asked, log) = (&data.asked, &data.log);
    card.heading("Training data");
    for file in asked.files.iter().take(MOST_FILES) {
        let facts = format!("{} lines, SHA-256 {}", count(file.rows), code(&file.sha256));
        card.item(&code(&file.name), &facts);
    }
    if asked.files.len() > MOST_FILES {
        card.item("Files", &format!("{} in all", asked.files.len()));
    }
    card.item(
        "Lines",
        &format!("{} read, {} used", count(log.lines), count(log.lines_used)),
    );
    card.item(
        "Purchases",
        &format!(
            "{} of {} customers, {} to {}; {}",
            count(log.purchases),
            count(log.customers),
            log.first_day,
            log.last_day,
            occasion(log.occasion)
        ),
    );
    card.item("Refunds", refunds(log.refunds));
    card.item("Known until", &asked.observed_until.to_string());
    card.item("Source", &stated(data.notes.data_source.as_ref()));
    card.item("Licence", &stated(data.notes.data_licence.as_ref()));
}

fn analyses(card: &mut Card, data: &ValueReportData) {
    card.heading("Quantitative analyses");
    if !data.purchase_fits.is_empty() {
        let rows: Vec<Vec<String>> = data.purchase_fits.iter().map(tried).collect();
        let head = [
            "model",
            "log-likelihood",
            "mean absolute error",
            "expected purchases",
            "",
        ];
        card.table(&head, &rows);
    }
    if let Some(hold_out) = &data.hold_out {
        held_out(card, hold_out);
    }
    if let Some(worth) = &data.worth {
        let terms = &data.terms;
        card.item(
            "Mean lifetime value",
            &escaped(&money(terms, worth.mean.value)),
        );
        card.item(
            "Of all customers",
            &escaped(&money(terms, worth.total.value)),
        );
        if let Some(held) = &worth.concentration {
            let share = percent(held.top_fifth_share, 1);
            card.item("Held by the top 20 %", &share);
        }
    }
}

fn tried(fit: &PurchaseFit) -> Vec<String> {
    let held_out = fit.hold_out.as_ref();
    let figure = |figure: Option<f64>, decimals| {
        figure.map_or_else(|| NONE.to_owned(), |figure| rounded(figure, decimals))
    };
    vec![
        code(&fit.name),
        figure(fit.log_likelihood, 2),
        figure(held_out.map(|of| of.mean_absolute_error), 4),
        held_out.map_or_else(|| NONE.to_owned(), |of| whole(of.expected_purchases)),
        if fit.chosen { "chosen" } else { "" }.to_owned(),
    ]
}

fn held_out(card: &mut Card, hold_out: &HoldOut) {
    let lines = [
        ("the model", &hold_out.model),
        ("everyone at their own rate", &hold_out.own_rate),
        ("everyone at the common rate", &hold_out.common_rate),
    ];
    let rows = lines.map(|(what, of)| {
        vec![
            what.to_owned(),
            whole(of.expected_purchases),
            rounded(of.mean_absolute_error, 4),
            rounded(of.root_mean_squared_error, 4),
        ]
    });
    let head = [
        "hold-out, per customer",
        "expected purchases",
        "mean absolute error",
        "root mean squared error",
    ];
    card.table(&head, &rows);
    let rows: Vec<Vec<String>> = hold_out
        .by_frequency
        .iter()
        .map(|bin| {
            let more = if bin.or_more { "+" } else { "" };
            vec![
                format!("{}{more}", count(bin.frequency.into())),
                count(bin.customers),
                rounded(bin.actual, 3),
                rounded(bin.expected, 3),
            ]
        })
        .collect();
    if !rows.is_empty() {
        let head = ["repeat purchases before", "customers", "came", "expected"];
        card.table(&head, &rows);
    }
}

fn ethics(card: &mut Card, data: &ValueReportData) {
    card.heading("Ethical considerations");
    let ethics = data.notes.ethics.as_deref().map_or_else(
        || "The model profiles people by what they buy. Tell them where the law asks for it, keep to the purpose the data was collected for, and do not serve people worse for being worth less where that matters to them.".to_owned(),
        noted,
    );
    card.paragraph(&ethics);
    card.paragraph("The model and this card hold no customer's purchases and no identifier.");
}

fn caveats(card: &mut Card, data: &ValueReportData) {
    card.heading("Caveats and recommendations");
    let verdict = verdict(data);
    card.item("Verdict", verdict.headline);
    for statement in &verdict.statements {
        card.item(statement.topic, &escaped(&statement.text));
    }
    for remark in data.remarks.iter().take(20) {
        card.item("Remark", &escaped(remark));
    }
    if chosen(data).is_some_and(|fit| fit.name == "BG/NBD") {
        card.item(
            "P(alive)",
            "it is 1 for every customer with one purchase; rank by expected purchases or by the probability of no purchase",
        );
    }
    card.paragraph("Expected values hold for groups of customers; a single one buys at random around them. The model takes it that people buy as they did: fit again when prices, seasons or the way customers are won change.");
}
