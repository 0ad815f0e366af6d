//! The rules of groups, as a file states them.

use std::fmt::Write as _; // writing to a string never fails

use crate::{
    model::segments::Tier,
    policy::{GroupRules, LifecycleRules, ScoreBox, ScoreRange, SegmentDefinition},
};

/// The part of a policy file that says these rules, all of them.
#[must_use]
pub fn write(rules: &GroupRules) -> String {
    let GroupRules {
        segments,
        tiers,
        lifecycle,
    } = rules;
    let mut text = String::from(
        "# Segments by RFM scores from 1 to 5, 5 the best. Each combination of scores must be\n\
         # in exactly one; a score that is not named may be any.\n",
    );
    for SegmentDefinition { name, boxes } in segments.definitions() {
        let name = toml::Value::from(name.as_str());
        let scores: Vec<String> = boxes.iter().copied().map(score_box).collect();
        let scores = scores.join(",\n          ");
        let _ = writeln!(text, "[[segments]]\nname = {name}\nscores = [{scores}]\n");
    }
    let row = |row: [Tier; 3]| row.map(|tier| format!("\"{tier}\"")).join(", ");
    let [low, medium, high] = tiers.matrix.0.map(row);
    let _ = writeln!(
        text,
        "# Shares of the value tiers high, medium and low: of customers, or of value.\n\
         [tiers]\nshares = {:?}\nby = \"{}\"\n\n\
         # The tier of a customer by current tier, then by potential tier from low to high.\n\
         [tiers.matrix]\nlow = [{low}]\nmedium = [{medium}]\nhigh = [{high}]\n",
        tiers.shares.shares(),
        tiers.shares.by().as_str(),
    );
    let LifecycleRules {
        measure,
        at_risk_gaps,
        churned_gaps,
        at_risk_probability,
        churned_probability,
        gap_days_without_repeats,
    } = lifecycle;
    let _ = write!(
        text,
        "# Stages by how overdue the next purchase is: in expected gaps (measure = \"gaps\"), or\n\
         # by the value model\'s probability of no purchase (measure = \"probability\").\n\
         [lifecycle]\nmeasure = \"{}\"\nat_risk_gaps = {at_risk_gaps:?}\n\
         churned_gaps = {churned_gaps:?}\nat_risk_probability = {at_risk_probability:?}\n\
         churned_probability = {churned_probability:?}\n\
         gap_days_without_repeats = {gap_days_without_repeats:?}\n",
        measure.as_str(),
    );
    text
}

fn score_box(held: ScoreBox) -> String {
    let scores = [
        ("recency", held.recency),
        ("frequency", held.frequency),
        ("monetary", held.monetary),
    ];
    let named = scores
        .into_iter()
        .filter(|(_, range)| *range != ScoreRange::ANY);
    let told = named.map(|(score, range)| format!("{score} = {:?}", range.ends()));
    let told: Vec<String> = told.collect();
    if told.is_empty() {
        "{}".to_owned()
    } else {
        format!("{{ {} }}", told.join(", "))
    }
}
