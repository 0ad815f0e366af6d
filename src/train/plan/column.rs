//! What one column is, by its values and what the user says of it.

mod published;

use std::borrow::Cow;

pub(in crate::train) use published::ReadColumn;

use super::{
    ColumnKind, ColumnOverride, ColumnRole, Decision, Exclusion, PlannedFeature, Values,
    dates::is_date,
    spelling::{Convention, Spelling},
    tally::{Label, MAX_LABELS, Tally, View},
};
use crate::{
    features::FlagLabels,
    train::{
        PlanError,
        table::{Column, number},
    },
};

/// A text column with more distinct values than this, which are also more than
/// a fifth of its rows, is taken for an identifier.
const MAX_DISTINCT_TEXTS: usize = 50;
/// From this many rows on, a column of whole numbers that are all distinct is
/// taken for an identifier.
const MIN_IDENTIFIER_ROWS: usize = 100;
/// Spellings of flags, true first.
const FLAG_WORDS: [(&str, &str); 6] = [
    ("yes", "no"),
    ("true", "false"),
    ("1", "0"),
    ("y", "n"),
    ("t", "f"),
    ("on", "off"),
];

pub(super) fn decide<'t>(
    column: &'t Column,
    rows: &[usize],
    told: Option<&ColumnOverride>,
) -> Result<Decision<'t>, PlanError> {
    let told = told.cloned().unwrap_or_default();
    let contradicted = |claim, fact: String| PlanError::Contradicted {
        column: column.name.clone(),
        claim,
        fact,
    };
    let view = View::of(column);
    let tally = view.tally(column, rows);
    let kind = match told.role {
        Some(ColumnRole::Ignore) => Err(Exclusion::Ignored),
        Some(ColumnRole::Feature(kind)) => {
            let usable = kind != ColumnKind::Number || tally.has_number();
            if tally.present == 0 || !usable {
                let fact = "no row with an outcome has such a value".to_owned();
                return Err(contradicted(claim(kind), fact));
            }
            if tally.is_constant() {
                Err(Exclusion::Constant)
            } else {
                Ok(kind)
            }
        }
        None => infer(&view, &tally, rows),
    };
    if told.true_label.is_some() && kind != Ok(ColumnKind::Flag) {
        let fact = match kind {
            Ok(_) => "it is no flag; set its kind to flag, or remove true_label".to_owned(),
            Err(reason) => format!("it is left out: {reason}"),
        };
        return Err(contradicted("has a true_label", fact));
    }
    if told.monotone.is_some() && kind != Ok(ColumnKind::Number) {
        let fact = match kind {
            Ok(_) => "it is no number; set its kind to number, or remove monotone".to_owned(),
            Err(reason) => format!("it is left out: {reason}"),
        };
        return Err(contradicted("is monotone", fact));
    }
    let kind = match kind {
        Ok(kind) => kind,
        Err(reason) => return Ok(Decision::Excluded(reason)),
    };
    let labels = match kind {
        ColumnKind::Flag => Some(flag_labels_of(column, &tally, told.true_label)?),
        ColumnKind::Number | ColumnKind::Text => None,
    };
    let missing = tally.missing;
    let convention = tally.convention();
    drop(tally);
    let (values, unparsable) = match (labels, kind) {
        (Some(labels), _) => flags(column, labels),
        (None, ColumnKind::Number) => numbers(view, convention),
        (None, _) => (Values::Texts(column.texts()), Vec::new()),
    };
    let repair = convention.filter(|_| kind == ColumnKind::Number);
    let with_outcome = |row: &&usize| rows.binary_search(row).is_ok();
    let lacking = missing + unparsable.iter().filter(with_outcome).count();
    if told.required == Some(true) && lacking > 0 {
        return Err(contradicted(
            "is required",
            format!("{lacking} rows lack it"),
        ));
    }
    Ok(Decision::Feature(PlannedFeature {
        name: column.name.clone(),
        required: told.required.unwrap_or(lacking == 0),
        monotone: told.monotone,
        values,
        unparsable,
        repair,
        kept_by: told.role,
        lone: None,
    }))
}

/// The kind of a column by its values, or why it is no feature.
fn infer(view: &View<'_>, tally: &Tally<'_>, rows: &[usize]) -> Result<ColumnKind, Exclusion> {
    let present = tally.present;
    if present == 0 {
        return Err(Exclusion::Empty);
    }
    if tally.is_constant() {
        return Err(Exclusion::Constant);
    }
    let labels = tally.labels.as_deref();
    if labels.is_some_and(|labels| flag_labels(labels).is_some()) {
        return Ok(ColumnKind::Flag);
    }
    if let View::Numbers(numbers) = view {
        return if present >= MIN_IDENTIFIER_ROWS && identify(numbers.values(), rows) {
            Err(Exclusion::IdentifyingNumbers { distinct: present })
        } else {
            Ok(ColumnKind::Number)
        };
    }
    let labels = labels.unwrap_or_default();
    let distinct = labels.len();
    if tally.mostly(|label| number(label).is_some()) {
        let whole = labels
            .iter()
            .all(|(label, _)| number(label).is_some_and(|number| number.fract() == 0.0));
        if whole && distinct == present && present >= MIN_IDENTIFIER_ROWS {
            return Err(Exclusion::IdentifyingNumbers { distinct });
        }
        return Ok(ColumnKind::Number);
    }
    match tally.spelling() {
        Spelling::Numbers(_) => return Ok(ColumnKind::Number),
        Spelling::Ambiguous if distinct > MAX_DISTINCT_TEXTS => {
            return Err(Exclusion::AmbiguousNumbers { distinct });
        }
        Spelling::Ambiguous | Spelling::Words => {}
    }
    if tally.mostly(is_date) {
        return Err(Exclusion::Dates { distinct });
    }
    if distinct > MAX_DISTINCT_TEXTS && distinct * 5 > present {
        return Err(Exclusion::IdentifyingTexts { distinct, present });
    }
    Ok(ColumnKind::Text)
}

/// Whether the numbers are whole and all differ.
fn identify(values: &[f64], rows: &[usize]) -> bool {
    let values = rows.iter().map(|&row| values[row]);
    let present = values.filter(|value| !value.is_nan());
    if present.clone().any(|value| value.fract() != 0.0) {
        return false;
    }
    let mut sorted: Vec<f64> = present.collect();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted.windows(2).all(|pair| pair[0] != pair[1])
}

fn claim(kind: ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Number => "is a number",
        ColumnKind::Text => "is a text",
        ColumnKind::Flag => "is a flag",
    }
}

/// The numbers of all rows, and the rows whose cell is none.
fn numbers(view: View<'_>, convention: Option<Convention>) -> (Values<'_>, Vec<usize>) {
    let texts = match view {
        View::Numbers(numbers) => {
            return (Values::Numbers(Cow::Borrowed(numbers.values())), Vec::new());
        }
        View::Texts(texts) => texts,
    };
    let read = |text: &str| match convention {
        Some(convention) => convention.read(text),
        None => number(text),
    };
    let of_code: Vec<Option<f64>> = (0..texts.distinct())
        .map(|code| read(texts.text(code)))
        .collect();
    let mut unparsable = Vec::new();
    let numbers = (0..texts.rows())
        .map(|row| {
            let number = of_code[texts.code(row)?];
            if number.is_none() {
                unparsable.push(row);
            }
            number
        })
        .map(|number| number.unwrap_or(f64::NAN))
        .collect();
    (Values::Numbers(Cow::Owned(numbers)), unparsable)
}

fn flag_labels_of(
    column: &Column,
    tally: &Tally<'_>,
    true_label: Option<String>,
) -> Result<FlagLabels, PlanError> {
    let contradicted = |fact: String| PlanError::Contradicted {
        column: column.name.clone(),
        claim: "is a flag",
        fact,
    };
    let values = || match &tally.labels {
        Some(labels) => labels.len().to_string(),
        None => format!("more than {MAX_LABELS}"),
    };
    let labels = tally.labels.as_deref();
    let Some(true_label) = true_label else {
        return labels.and_then(flag_labels).ok_or_else(|| {
            contradicted(format!(
                "it has {} values that are no known pair; set true_label",
                values()
            ))
        });
    };
    match labels {
        Some([(a, _), (b, _)]) if *a == true_label || *b == true_label => {
            let other = if *a == true_label { b } else { a };
            Ok(FlagLabels {
                false_label: other.to_string(),
                true_label,
            })
        }
        _ => Err(contradicted(format!(
            "its {} values are not `{true_label}` and one other",
            values()
        ))),
    }
}

/// The flags of all rows, and the rows whose cell is neither label.
fn flags(column: &Column, labels: FlagLabels) -> (Values<'_>, Vec<usize>) {
    let texts = column.texts();
    let of_code: Vec<Option<bool>> = (0..texts.distinct())
        .map(|code| match texts.text(code) {
            text if text == labels.true_label => Some(true),
            text if text == labels.false_label => Some(false),
            _ => None,
        })
        .collect();
    let mut unparsable = Vec::new();
    let flags = (0..texts.rows())
        .map(|row| {
            let flag = of_code[texts.code(row)?];
            if flag.is_none() {
                unparsable.push(row);
            }
            flag
        })
        .collect();
    (Values::Flags(labels, flags), unparsable)
}

fn flag_labels(labels: &[Label<'_>]) -> Option<FlagLabels> {
    let [(a, _), (b, _)] = labels else {
        return None;
    };
    FLAG_WORDS.iter().find_map(|(true_word, false_word)| {
        let find = |word: &str| {
            [a, b]
                .into_iter()
                .find(|label| label.eq_ignore_ascii_case(word))
        };
        Some(FlagLabels {
            true_label: find(true_word)?.to_string(),
            false_label: find(false_word)?.to_string(),
        })
    })
}
