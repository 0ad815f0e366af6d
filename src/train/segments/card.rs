//! `card.md` of a segmentation, with the nine sections of a model card in the
//! order of the paper (Mitchell et al. 2019).

use crate::{
    artifact::{ModelName, SegmentationContent},
    customer::{Occasion, Refunds},
    model::segments::TierBy,
    policy::Group,
    train::report::{
        CardNotes,
        frame::{Card, code, compact, count, escaped, noted, percent, stated},
    },
};

/// The model card, in Markdown.
pub(super) fn card(name: &ModelName, content: &SegmentationContent, notes: &CardNotes) -> String {
    let mut card = Card::default();
    card.line(&format!("# Model card: {}", escaped(name.as_str())));
    details(&mut card, content, notes);
    uses(&mut card, notes);
    factors(&mut card, content);
    measures(&mut card, content);
    data(&mut card, content, notes);
    analyses(&mut card, content);
    ethics(&mut card, notes);
    caveats(&mut card);
    card.into_text()
}

fn details(card: &mut Card, content: &SegmentationContent, notes: &CardNotes) {
    let (segmentation, facts) = (&content.segmentation, &content.facts);
    card.heading("Model details");
    card.item(
        "Kind",
        "segmentation of customers by their purchases: scores of recency, frequency and monetary value by quintiles (RFM) with named segments, k-means clusters, value tiers and lifecycle stages",
    );
    let model = segmentation.potential.as_ref();
    card.item(
        "Potential value by",
        &model.map_or_else(
            || "no value model".to_owned(),
            |(_, used)| escaped(&used.model),
        ),
    );
    card.item(
        "Made by",
        &format!("holdfast-train {}", escaped(&facts.trainer_version)),
    );
    card.item("Seed", &facts.seed.to_string());
    card.item("Contact", &stated(notes.contact.as_ref()));
}

fn uses(card: &mut Card, notes: &CardNotes) {
    card.heading("Intended use");
    let intended = notes.intended_use.as_deref().map_or_else(
        || "Telling groups of customers apart, planning what to do for each, and watching how customers move between them. For people who run customer relations and for the systems they use.".to_owned(),
        noted,
    );
    card.item("Intended", &intended);
    let out_of_scope = notes.out_of_scope.as_deref().map_or_else(
        || "Decisions about a person's rights, credit, work, insurance or prices; customers of another kind, market or currency than those it was fitted to.".to_owned(),
        noted,
    );
    card.item("Out of scope", &out_of_scope);
}

fn factors(card: &mut Card, content: &SegmentationContent) {
    let segmentation = &content.segmentation;
    card.heading("Factors");
    card.item(
        "Known of a customer",
        "days since the last purchase, number of all purchases, mean spend of a purchase, money of the last days, gaps between purchases; no attributes of the person",
    );
    let features = segmentation.clusters.features().iter();
    let features: Vec<String> = features.map(|feature| code(&feature.name)).collect();
    card.item("Clusters are told apart by", &features.join(", "));
    let occasion = match segmentation.occasion {
        Occasion::Day => "a day with purchases is one",
        Occasion::Invoice => "each invoice is one",
    };
    card.item("Purchases", occasion);
    let refunds = match segmentation.refunds {
        Refunds::Net => "netted",
        Refunds::Drop => "dropped",
        Refunds::Keep => "kept apart",
    };
    card.item("Refunds", refunds);
}

fn measures(card: &mut Card, content: &SegmentationContent) {
    card.heading("Metrics");
    card.paragraph("Size and value of each group, and the share of it that did not come back; the mean silhouette of the clusters, from -1 to 1: how much nearer customers are to their own cluster than to the next.");
    let chosen = content.segmentation.clusters.centroids().len();
    let silhouettes = content.facts.silhouettes.iter();
    let told: Vec<String> = silhouettes
        .map(|(clusters, silhouette)| format!("{silhouette:.3} for {clusters}"))
        .collect();
    let tried = if told.is_empty() {
        String::new()
    } else {
        format!("; mean silhouette {}", told.join(", "))
    };
    card.item("Clusters", &format!("{chosen}{tried}"));
}

fn data(card: &mut Card, content: &SegmentationContent, notes: &CardNotes) {
    let facts = &content.facts;
    card.heading("Evaluation data");
    let watched = content.summary.follow_up.as_ref().map_or_else(
        || "none: the log is too short to tell who left".to_owned(),
        |watched| {
            format!(
                "the customers of {}, watched up to {}",
                watched.from, watched.to
            )
        },
    );
    card.item("Who left", &watched);
    card.heading("Training data");
    for source in &facts.sources {
        let told = format!(
            "{} rows, SHA-256 {}",
            count(source.rows),
            code(&source.sha256)
        );
        card.item(&code(&source.name), &told);
    }
    card.item(
        "Customers",
        &format!(
            "{} with a purchase by {}, {} without; the log goes from {} to {}",
            count(facts.customers),
            facts.as_of,
            count(facts.prospects),
            facts.first_day,
            facts.last_day
        ),
    );
    let currency = facts.currency.as_deref();
    card.item(
        "Currency",
        &currency.map_or_else(|| "not stated".to_owned(), escaped),
    );
    card.item("Source", &stated(notes.data_source.as_ref()));
    card.item("Licence", &stated(notes.data_licence.as_ref()));
}

fn analyses(card: &mut Card, content: &SegmentationContent) {
    let (segmentation, summary) = (&content.segmentation, &content.summary);
    card.heading("Quantitative analyses");
    card.paragraph("Segments:");
    groups(card, &summary.segments);
    let by = match segmentation.policy.tiers.shares.by() {
        TierBy::Customers => "of the customers",
        TierBy::Value => "of their value",
    };
    let [high, medium, low] = segmentation.policy.tiers.shares.shares();
    card.paragraph(&format!(
        "Value tiers, cut at {}, {} and {} {by}:",
        percent(high, 0),
        percent(medium, 0),
        percent(low, 0)
    ));
    groups(card, &summary.tiers);
    card.paragraph("Lifecycle stages:");
    groups(card, &summary.stages);
    card.paragraph("Clusters:");
    groups(card, &summary.clusters);
}

fn groups(card: &mut Card, groups: &[Group]) {
    let all: u64 = groups.iter().map(|group| group.customers).sum();
    let rows: Vec<Vec<String>> = groups
        .iter()
        .map(|group| {
            let none = || "–".to_owned();
            vec![
                escaped(&group.name),
                count(group.customers),
                percent(group.customers as f64 / all.max(1) as f64, 1),
                compact(group.current_value),
                group.potential_value.map_or_else(none, compact),
                group
                    .churned
                    .and_then(|churned| churned.share())
                    .map_or_else(none, |share| percent(share, 1)),
            ]
        })
        .collect();
    let head = [
        "group",
        "customers",
        "share",
        "current value",
        "potential value",
        "left",
    ];
    card.table(&head, &rows);
}

fn ethics(card: &mut Card, notes: &CardNotes) {
    card.heading("Ethical considerations");
    let ethics = notes.ethics.as_deref().map_or_else(
        || "The groups profile people. Tell them where the law asks for it, keep to the purpose the data was collected for, and do not let a group decide alone where that matters to a person.".to_owned(),
        noted,
    );
    card.paragraph(&ethics);
    card.paragraph("The segmentation and this card hold no customer's row and no identifier.");
}

fn caveats(card: &mut Card) {
    card.heading("Caveats and recommendations");
    card.paragraph("Edges are those of the customers it was fitted to; as the base changes, groups grow and shrink. Fit it again when they move, and compare the movement with the one in the report. Groups describe: what a campaign changes, only a control group tells.");
}
