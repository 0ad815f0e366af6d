//! Customers turned into columns, and scores by column into scores.

use std::collections::BTreeMap;

use holdfast::grpc::proto::{
    AmountInterval, ChurnColumns, ChurnScore, Customer, CustomerColumns, CustomerOutcome,
    CustomerScore, FeatureColumn, FeatureNote, FeatureValue, Flags, NumberEncoding, Numbers,
    PotentialValue, PurchaseSummary, PurchaseSummaryColumns, Reason, RowError, ScoredColumns,
    Texts, ValueColumns, ValueNote, ValueScore, customer::Purchases, customer_outcome::Outcome,
    feature_column::Values, feature_value::Kind,
};

use super::{decided, status_of, violated_fields};

/// The numbers of a column; `None` where it is missing. A column in which none
/// is has no bitmap.
pub(crate) fn numbers(numbers: &[Option<f64>], encoding: NumberEncoding) -> Numbers {
    // What stands in a place without a value must not matter.
    let filled = numbers.iter().map(|number| number.unwrap_or(f64::NAN));
    let validity = validity(numbers);
    match encoding {
        NumberEncoding::LittleEndian => Numbers {
            values: Vec::new(),
            little_endian: filled.flat_map(f64::to_le_bytes).collect::<Vec<_>>().into(),
            validity,
        },
        NumberEncoding::Unspecified | NumberEncoding::Doubles => Numbers {
            values: filled.collect(),
            validity,
            ..Numbers::default()
        },
    }
}

/// A bitmap; its spare bits are set, for they must not matter.
fn bitmap(bits: impl IntoIterator<Item = bool>) -> Vec<u8> {
    let bits: Vec<bool> = bits.into_iter().collect();
    let byte = |bits: &[bool]| {
        let set = (0..8).filter(|&at| bits.get(at).copied().unwrap_or(true));
        set.map(|at| 1 << at).sum()
    };
    bits.chunks(8).map(byte).collect()
}

fn validity<T>(values: &[Option<T>]) -> Vec<u8> {
    if values.iter().all(Option::is_some) {
        return Vec::new();
    }
    bitmap(values.iter().map(Option::is_some))
}

/// Customers by column. Features that have one type throughout, and summaries,
/// are sent; the customers must have no others.
pub(crate) fn columns_of(customers: &[Customer], encoding: NumberEncoding) -> CustomerColumns {
    let mut names: Vec<&String> = customers.iter().flat_map(|c| c.features.keys()).collect();
    names.sort();
    names.dedup();
    let features = names.into_iter().map(|name| {
        let kinds: Vec<Option<&Kind>> = customers
            .iter()
            .map(|customer| customer.features.get(name))
            .map(|value: Option<&FeatureValue>| value.and_then(|value| value.kind.as_ref()))
            .map(|kind| kind.filter(|kind| !matches!(kind, Kind::Null(_))))
            .collect();
        FeatureColumn {
            name: name.clone(),
            values: Some(values(&kinds, encoding)),
        }
    });
    CustomerColumns {
        ids: customers.iter().map(|c| c.id.clone()).collect(),
        features: features.collect(),
        summary: summaries(customers, encoding),
    }
}

fn values(kinds: &[Option<&Kind>], encoding: NumberEncoding) -> Values {
    match kinds.iter().flatten().next() {
        None | Some(Kind::Number(_) | Kind::Null(_)) => {
            let values = kinds.iter().map(|kind| match kind {
                Some(Kind::Number(number)) => Some(*number),
                None => None,
                Some(other) => panic!("no number: {other:?}"),
            });
            let values: Vec<_> = values.collect();
            Values::Numbers(numbers(&values, encoding))
        }
        Some(Kind::Text(_)) => Values::Texts(texts(kinds)),
        Some(Kind::Flag(_)) => {
            let values = kinds.iter().map(|kind| match kind {
                Some(Kind::Flag(flag)) => Some(*flag),
                None => None,
                Some(other) => panic!("no flag: {other:?}"),
            });
            let values: Vec<_> = values.collect();
            Values::Flags(Flags {
                values: bitmap(values.iter().map(|flag| flag.unwrap_or(true))),
                validity: validity(&values),
            })
        }
    }
}

fn texts(kinds: &[Option<&Kind>]) -> Texts {
    let mut dictionary = Vec::new();
    let mut places = BTreeMap::new();
    let indices: Vec<Option<u32>> = kinds
        .iter()
        .map(|kind| match kind {
            Some(Kind::Text(text)) => Some(*places.entry(text).or_insert_with(|| {
                dictionary.push(text.clone());
                u32::try_from(dictionary.len() - 1).unwrap()
            })),
            None => None,
            Some(other) => panic!("no text: {other:?}"),
        })
        .collect();
    Texts {
        dictionary,
        validity: validity(&indices),
        indices: indices.into_iter().map(|i| i.unwrap_or(u32::MAX)).collect(),
    }
}

fn summaries(customers: &[Customer], encoding: NumberEncoding) -> Option<PurchaseSummaryColumns> {
    let summaries: Vec<Option<&PurchaseSummary>> = customers
        .iter()
        .map(|customer| match &customer.purchases {
            Some(Purchases::Summary(summary)) => Some(summary),
            None => None,
            Some(Purchases::History(_)) => panic!("a history has no columns"),
        })
        .collect();
    let known = summaries.iter().flatten().next()?;
    let column = |read: fn(&PurchaseSummary) -> Option<f64>| {
        let values: Vec<_> = summaries.iter().map(|summary| read((*summary)?)).collect();
        Some(numbers(&values, encoding))
    };
    let currencies = summaries.iter().flatten().map(|summary| &summary.currency);
    let currency = currencies.max().unwrap_or(&known.currency);
    Some(PurchaseSummaryColumns {
        frequency: column(|summary| Some(summary.frequency)),
        recency_days: column(|summary| Some(summary.recency_days)),
        observation_days: column(|summary| Some(summary.observation_days)),
        mean_repeat_spend: column(|summary| summary.mean_repeat_spend)
            .filter(|_| !currency.is_empty()),
        currency: currency.clone(),
    })
}

/// What a number is, in whatever encoding.
fn doubles(numbers: Option<&Numbers>) -> Vec<f64> {
    let Some(numbers) = numbers else {
        return Vec::new();
    };
    assert!(numbers.validity.is_empty());
    doubles_of(numbers)
}

/// The same of numbers that not every row has.
pub(super) fn doubles_of(numbers: &Numbers) -> Vec<f64> {
    assert!(numbers.values.is_empty() || numbers.little_endian.is_empty());
    let eights = numbers.little_endian.chunks_exact(8);
    let bytes = eights.map(|eight| f64::from_le_bytes(eight.try_into().unwrap()));
    numbers.values.iter().copied().chain(bytes).collect()
}

/// Compares everything that columns hold with the outcomes of the same rows,
/// faults and all.
pub(crate) fn assert_columns_alike(in_rows: &[CustomerOutcome], in_columns: &ScoredColumns) {
    let decided = in_columns.decision.is_some();
    let in_columns = outcomes_of(in_columns);
    assert_eq!(in_columns.len(), in_rows.len());
    for (row, (in_row, in_column)) in in_rows.iter().zip(in_columns).enumerate() {
        match (in_row.outcome.as_ref().unwrap(), in_column) {
            (Outcome::Score(score), Ok(in_column)) => {
                assert_eq!(in_column, as_columns_hold_it(score, decided), "row {row}");
            }
            (Outcome::Error(status), Err(error)) => {
                let told = |status: &tonic_types::Status| {
                    let fields = violated_fields(&status_of(status)).into_iter();
                    let paths = fields.map(|field| field.replace("customers[", "rows["));
                    let message = status.message.replace("customers[", "rows[");
                    (paths.collect::<Vec<_>>(), message)
                };
                let error = error.error.unwrap();
                assert_eq!(told(&error), told(status), "row {row}");
            }
            (in_row, in_column) => panic!("{row}: {in_row:?} {in_column:?}"),
        }
    }
}

/// Of a row with a summary at most, which tells no groups.
fn as_columns_hold_it(score: &CustomerScore, decided: bool) -> CustomerScore {
    let mut score = score.clone();
    assert_eq!((score.lifecycle_stage, &score.rfm), (0, &None));
    score.customer_id = String::new();
    // Told by the arms of the parts.
    score.splits = Vec::new();
    if !decided {
        score = CustomerScore {
            churn: score.churn,
            value: score.value,
            ..CustomerScore::default()
        };
    }
    let contract = score.contract_value.as_mut();
    if let Some(potential) = contract.and_then(|contract| contract.potential.as_mut()) {
        potential.per_period = Vec::new();
    }
    if let Some(value) = &mut score.value {
        value.seen = None;
        if let Some(potential) = &mut value.potential {
            potential.per_period = Vec::new();
        }
    }
    score
}

/// What became of each row: its score, or why it has none. Of a value score, what
/// columns do not hold is left out.
fn outcomes_of(scored: &ScoredColumns) -> Vec<Result<CustomerScore, RowError>> {
    let rows = scored.rows as usize;
    let mut errors = scored.errors.iter().peekable();
    let churn = scored.churn.as_ref().map(|churn| churn_of(churn, rows));
    let value = scored.value.as_ref().map(|value| value_of(value, rows));
    let outcomes = (0..rows).map(|row| {
        let valid = scored.validity.get(row / 8);
        let valid = valid.is_none_or(|byte| byte >> (row % 8) & 1 == 1);
        let mut score = CustomerScore {
            churn: churn.as_ref().map(|scores| scores[row].clone()),
            value: value.as_ref().map(|scores| scores[row].clone()),
            ..CustomerScore::default()
        };
        if valid {
            if let Some(decision) = &scored.decision {
                decided::add(decision, row, &mut score);
            }
            return Ok(score);
        }
        if let Some(churn) = score.churn {
            assert_eq!((churn.probability, churn.log_odds), (0.0, 0.0));
            assert_eq!(churn.remaining_contribution, 0.0);
            assert!(churn.reasons.is_empty() && churn.notes.is_empty());
        }
        if let Some(value) = score.value {
            assert_eq!((value.p_alive, value.expected_purchases), (0.0, 0.0));
            assert!(value.notes.is_empty());
        }
        let error = errors.next().unwrap();
        assert_eq!(error.row as usize, row);
        Err(error.clone())
    });
    let outcomes = outcomes.collect();
    assert!(errors.next().is_none());
    outcomes
}

fn is_set(bitmap: &[u8], row: usize) -> bool {
    bitmap[row / 8] >> (row % 8) & 1 == 1
}

fn churn_of(churn: &ChurnColumns, rows: usize) -> Vec<ChurnScore> {
    let probability = doubles(churn.probability.as_ref());
    let log_odds = doubles(churn.log_odds.as_ref());
    assert_eq!((probability.len(), log_odds.len()), (rows, rows));
    let mut scores: Vec<ChurnScore> = (0..rows)
        .map(|row| ChurnScore {
            probability: probability[row],
            calibrated: churn.calibrated,
            log_odds: log_odds[row],
            base_log_odds: churn.base_log_odds,
            model: churn.model.clone(),
            ..ChurnScore::default()
        })
        .collect();
    if let Some(challenger) = &churn.challenger {
        let own = challenger.rows.as_ref().unwrap();
        for (_, score) in scores
            .iter_mut()
            .enumerate()
            .filter(|(row, _)| is_set(&own.rows, *row))
        {
            score.calibrated = challenger.calibrated;
            score.base_log_odds = challenger.base_log_odds;
            score.model.clone_from(&own.model);
        }
    }
    if let Some(reasons) = &churn.reasons {
        let per_row = reasons.per_row as usize;
        let contribution = doubles(reasons.contribution.as_ref());
        let remaining = doubles(reasons.remaining_contribution.as_ref());
        assert_eq!(contribution.len(), rows * per_row);
        assert_eq!(reasons.effect.len(), rows * per_row);
        for (row, score) in scores.iter_mut().enumerate() {
            score.remaining_contribution = remaining[row];
            let places = row * per_row..(row + 1) * per_row;
            let present = places.filter(|&at| contribution[at] != 0.0);
            score.reasons = present
                .map(|at| Reason {
                    features: reasons.effects[reasons.effect[at] as usize]
                        .features
                        .clone(),
                    contribution: contribution[at],
                    cause_groups: reasons.effects[reasons.effect[at] as usize]
                        .cause_groups
                        .clone(),
                })
                .collect();
        }
    }
    if let Some(notes) = &churn.notes {
        let scored_as = doubles(notes.scored_as.as_ref());
        for at in 0..notes.row.len() {
            let note = FeatureNote {
                feature: notes.names[notes.feature[at] as usize].clone(),
                kind: notes.kind[at],
                scored_as: (notes.kind[at] == 3).then_some(scored_as[at]),
            };
            scores[notes.row[at] as usize].notes.push(note);
        }
    }
    scores
}

fn value_of(value: &ValueColumns, rows: usize) -> Vec<ValueScore> {
    let p_alive = doubles(value.p_alive.as_ref());
    let expected_purchases = doubles(value.expected_purchases.as_ref());
    let p_no_purchase = doubles(value.p_no_purchase.as_ref());
    let expected_spend = doubles(value.expected_spend.as_ref());
    assert_eq!(p_alive.len(), rows);
    let mut scores: Vec<ValueScore> = (0..rows)
        .map(|row| ValueScore {
            p_alive: p_alive[row],
            expected_purchases: expected_purchases[row],
            p_no_purchase: p_no_purchase[row],
            horizon_days: value.horizon_days,
            expected_spend: expected_spend.get(row).copied(),
            model: value.model.clone(),
            ..ValueScore::default()
        })
        .collect();
    if let Some(challenger) = &value.challenger {
        let rows = scores.iter_mut().enumerate();
        for (_, score) in rows.filter(|(row, _)| is_set(&challenger.rows, *row)) {
            score.model.clone_from(&challenger.model);
        }
    }
    if let Some(potential) = &value.potential {
        let amount = doubles(potential.amount.as_ref());
        let low = doubles(potential.low.as_ref());
        let high = doubles(potential.high.as_ref());
        for (row, score) in scores.iter_mut().enumerate() {
            score.potential = Some(PotentialValue {
                amount: amount[row],
                currency: potential.currency.clone(),
                horizon_days: potential.horizon_days,
                discount_rate: potential.discount_rate,
                period_days: potential.period_days,
                per_period: Vec::new(),
                interval: Some(AmountInterval {
                    low: low[row],
                    high: high[row],
                    level: potential.level,
                }),
            });
        }
    }
    if let Some(notes) = &value.notes {
        for (row, kind) in notes.row.iter().zip(&notes.kind) {
            scores[*row as usize].notes.push(ValueNote { kind: *kind });
        }
    }
    scores
}
