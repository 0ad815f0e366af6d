//! The verdict on a value model in words: sentences from figures, by stated
//! cut-offs.

use super::{
    data::{LogFacts, ValueReportData},
    words::{chosen, days, lifetime, models, money, period, published},
};
use crate::{
    model::HoldOut,
    train::{
        report::{
            text::{count, percent, rounded, short, signed, whole},
            verdict::{Statement, Tone, Verdict},
        },
        value::CORRELATION_TO_WARN_OF,
    },
};

/// Up to this deviation of all purchases together, expectations hold.
pub(super) const TRUSTED_DEVIATION: f64 = 0.10;
/// Up to this they are roughly right.
pub(super) const ROUGH_DEVIATION: f64 = 0.25;
/// Errors closer to the naive rate's than this are no better and no worse.
pub(super) const NOTABLE_GAIN: f64 = 0.02;
/// Stated and actual share of silent customers that differ more are named.
pub(super) const SILENCE_GAP: f64 = 0.05;
/// With fewer repeat customers every parameter is uncertain.
pub(super) const FEW_REPEATERS: u64 = 100;
/// A value that looks further ahead than this many hold-outs is an extrapolation.
pub(super) const FAR_AHEAD: f64 = 2.0;
/// Cleaning that leaves out a larger share of the lines is to be looked at.
pub(super) const MANY_LINES_LOST: f64 = 0.25;
/// A wider interval of the mean value, as a share of it, is named.
pub(super) const WIDE_INTERVAL: f64 = 0.5;

/// What to think of the model, from its figures alone.
pub(super) fn verdict(data: &ValueReportData) -> Verdict {
    let statements = [
        Some(what_it_is(data)),
        Some(purchases(data)),
        silence(data),
        spend(data),
        spend_assumption(data),
        Some(convergence(data)),
        worth(data),
        Some(doubts(data)),
    ];
    Verdict::of(statements.into_iter().flatten().collect())
}

fn statement(topic: &'static str, tone: Tone, text: String) -> Statement {
    Statement { topic, tone, text }
}

fn what_it_is(data: &ValueReportData) -> Statement {
    let LogFacts {
        customers,
        purchases,
        first_day,
        last_day,
        ..
    } = &data.log;
    let text = format!(
        "{}, fitted on {} purchases of {} customers from {first_day} to {last_day}.{}",
        models(data),
        count(*purchases),
        count(*customers),
        if data.worth.is_some() {
            format!(
                " A lifetime value covers the next {}, discounted by {} a {}.",
                lifetime(&data.terms),
                percent(data.terms.discount_rate, 2),
                period(&data.terms)
            )
        } else {
            String::new()
        }
    );
    let text = text.replacen("no model", "No model", 1);
    let known = chosen(data).is_some() || data.retention.is_some();
    let tone = if known { Tone::Good } else { Tone::Bad };
    statement("What it is", tone, text)
}

/// How far all purchases together were from what came, as a share of it.
fn deviation(expected: f64, actual: f64) -> Option<f64> {
    (actual > 0.0 && expected.is_finite()).then(|| expected / actual - 1.0)
}

fn deviation_tone(deviation: f64) -> Tone {
    match deviation.abs() {
        size if size <= TRUSTED_DEVIATION => Tone::Good,
        size if size <= ROUGH_DEVIATION => Tone::Caution,
        _ => Tone::Bad,
    }
}

fn purchases(data: &ValueReportData) -> Statement {
    const TOPIC: &str = "Purchases";
    let Some(hold_out) = &data.hold_out else {
        let text = "There was no hold-out, so that nothing says how well the model foretells. Hold out the last part of the log.";
        return statement(TOPIC, Tone::Caution, text.to_owned());
    };
    let actual = hold_out.purchases as f64;
    let span = days(hold_out.until.days_since(hold_out.calibration_end).into());
    let expected = whole(hold_out.model.expected_purchases);
    let Some(off) = deviation(hold_out.model.expected_purchases, actual) else {
        let text = format!(
            "Nobody bought in the {span} that were held out; {expected} purchases were expected."
        );
        return statement(TOPIC, Tone::Bad, text);
    };
    let (words, tone) = against_rates(hold_out);
    let text = format!(
        "In the {span} after the calibration, {expected} purchases were expected and {} came ({}). {words}",
        count(hold_out.purchases),
        said(off),
    );
    statement(TOPIC, tone.max(deviation_tone(off)), text)
}

/// `4.1 % too few`.
fn said(deviation: f64) -> String {
    let way = if deviation < 0.0 { "few" } else { "many" };
    format!("{} too {way}", percent(deviation.abs(), 1))
}

/// The error per customer beside that of the better naive rate.
fn against_rates(hold_out: &HoldOut) -> (String, Tone) {
    let own = hold_out.own_rate.mean_absolute_error;
    let model = hold_out.model.mean_absolute_error;
    let gain = 1.0 - model / own;
    let (words, tone) = if !gain.is_finite() {
        (
            "and the naive rate has no error to compare with",
            Tone::Caution,
        )
    } else if gain >= NOTABLE_GAIN {
        ("better than the naive rate", Tone::Good)
    } else if gain > -NOTABLE_GAIN {
        ("no better than the naive rate", Tone::Caution)
    } else {
        ("worse than the naive rate", Tone::Bad)
    };
    let text = format!(
        "Per customer it was off by {} on average, {words}, by which everyone goes on as before ({}).",
        rounded(model, 3),
        rounded(own, 3)
    );
    (text, tone)
}

fn silence(data: &ValueReportData) -> Option<Statement> {
    let hold_out = data.hold_out.as_ref()?;
    let stated = hold_out.model.silent_share?;
    let actual = hold_out.silent_customers as f64 / hold_out.customers.max(1) as f64;
    let gap = stated - actual;
    let ranking = hold_out
        .model
        .area_under_curve
        .map_or_else(String::new, |area| {
            format!(
                " A customer who stays silent has the higher probability in {} of 100 pairs.",
                rounded(area * 100.0, 0)
            )
        });
    let tone = if gap.abs() <= SILENCE_GAP {
        Tone::Good
    } else {
        Tone::Caution
    };
    let text = format!(
        "{} of the customers bought nothing; the model's probabilities said {}.{ranking}",
        percent(actual, 1),
        percent(stated, 1)
    );
    Some(statement("Churn (no purchase)", tone, text))
}

fn spend(data: &ValueReportData) -> Option<Statement> {
    let spend = data.hold_out.as_ref()?.spend.as_ref()?;
    let off = deviation(spend.expected, spend.actual)?;
    let text = format!(
        "{} were expected and {} came in ({}). Per customer it was off by {}; going on as before, by {}.",
        money(&data.terms, spend.expected),
        money(&data.terms, spend.actual),
        said(off),
        money(&data.terms, spend.mean_absolute_error),
        money(&data.terms, spend.naive_mean_absolute_error)
    );
    let worse = spend.mean_absolute_error > spend.naive_mean_absolute_error * (1.0 + NOTABLE_GAIN);
    let worse = if worse { Tone::Caution } else { Tone::Good };
    Some(statement("Money", deviation_tone(off).max(worse), text))
}

fn spend_assumption(data: &ValueReportData) -> Option<Statement> {
    let spend = data.spend.as_ref()?;
    let topic = "Spend and frequency";
    let Some(correlation) = spend.spend_by_frequency else {
        let text = "Whether spend depends on frequency cannot be told: one of them does not vary.";
        return Some(statement(topic, Tone::Caution, text.to_owned()));
    };
    let value = signed(correlation.value, 2);
    Some(if correlation.value.abs() > CORRELATION_TO_WARN_OF {
        let way = if correlation.value > 0.0 {
            "more"
        } else {
            "less"
        };
        let text = format!(
            "The model of spend takes it that spend does not depend on frequency, but their correlation is {value}: frequent customers spend {way} at a time. Expected spend, and with it every lifetime value, leans the other way."
        );
        statement(topic, Tone::Caution, text)
    } else {
        let text = format!(
            "Their correlation is {value}, which the model of spend can bear (up to ±{CORRELATION_TO_WARN_OF})."
        );
        statement(topic, Tone::Good, text)
    })
}

fn convergence(data: &ValueReportData) -> Statement {
    let purchase = published(data);
    let mut failed = Vec::new();
    if let Some(fit) = purchase
        && fit.convergence.is_none_or(|end| !end.converged)
    {
        failed.push("the purchase model");
    }
    if data
        .spend
        .as_ref()
        .is_some_and(|spend| !spend.convergence.converged)
    {
        failed.push("the model of spend");
    }
    let uncertain = purchase
        .map(|fit| fit.parameters.as_slice())
        .into_iter()
        .chain(data.spend.as_ref().map(|spend| spend.parameters.as_slice()))
        .flatten()
        .any(|parameter| {
            parameter
                .standard_error
                .is_none_or(|error| !error.is_finite())
        });
    let hardly_known: Vec<String> = purchase
        .map(|fit| fit.parameters.as_slice())
        .unwrap_or_default()
        .iter()
        .filter(|parameter| {
            parameter
                .standard_error
                .is_some_and(|error| error > parameter.value)
        })
        .map(|parameter| short(&parameter.name, 20))
        .collect();
    let (tone, text) = if !failed.is_empty() {
        let text = format!(
            "The likelihood of {} did not reach its maximum: its parameters mean nothing.",
            failed.join(" and of ")
        );
        (Tone::Bad, text)
    } else if purchase
        .and_then(|fit| fit.convergence)
        .is_some_and(|end| end.weak_prior)
    {
        let text = "The likelihood has no maximum by itself, because hardly anyone leaves or all by the same chance: a weak prior decides how customers leave.";
        (Tone::Caution, text.to_owned())
    } else if uncertain {
        let text = "The likelihood reached its maximum, but is flat there: some parameters have no standard error, and intervals are too narrow.";
        (Tone::Caution, text.to_owned())
    } else if !hardly_known.is_empty() {
        let text = format!(
            "The likelihood reached its maximum, but the log hardly tells {} of the purchase model: the standard error is larger than the estimate. What it says of customers who leave is uncertain.",
            hardly_known.join(", ")
        );
        (Tone::Caution, text)
    } else {
        let text = "The likelihood reached its maximum, and every parameter has a standard error.";
        (Tone::Good, text.to_owned())
    };
    statement("Convergence", tone, text)
}

fn worth(data: &ValueReportData) -> Option<Statement> {
    let worth = data.worth.as_ref()?;
    let mean = worth.mean.value;
    let interval = worth.mean.interval;
    let width = interval.map_or(0.0, |interval| (interval.high - interval.low) / mean.abs());
    let range = interval.map_or_else(String::new, |interval| {
        format!(
            " ({} to {})",
            money(&data.terms, interval.low),
            money(&data.terms, interval.high)
        )
    });
    let held = worth
        .concentration
        .as_ref()
        .map_or_else(String::new, |held| {
            format!(
                " The most valuable 20 % of customers hold {} of it.",
                percent(held.top_fifth_share, 0)
            )
        });
    let text = format!(
        "A customer is worth {}{range} on average over {}; all {} together {}.{held}",
        money(&data.terms, mean),
        lifetime(&data.terms),
        count(worth.customers),
        money(&data.terms, worth.total.value)
    );
    let tone = if width > WIDE_INTERVAL || !mean.is_finite() {
        Tone::Caution
    } else {
        Tone::Good
    };
    Some(statement("Worth", tone, text))
}

fn doubts(data: &ValueReportData) -> Statement {
    let mut doubts: Vec<String> = Vec::new();
    let log = &data.log;
    if data.retention.is_none() && log.repeat_customers < FEW_REPEATERS {
        doubts.push(format!(
            "Only {} customers bought more than once; fewer than {FEW_REPEATERS} say little about the rest.",
            count(log.repeat_customers)
        ));
    }
    if let Some(hold_out) = &data.hold_out
        && data.worth.is_some()
    {
        let ahead = f64::from(data.terms.periods) * data.terms.period_days;
        let tested = f64::from(hold_out.until.days_since(hold_out.calibration_end));
        if ahead > FAR_AHEAD * tested {
            doubts.push(format!(
                "A lifetime value looks {} ahead, but only {} were held out to test it.",
                days(ahead.round()),
                days(tested)
            ));
        }
    }
    let lost = 1.0 - log.lines_used as f64 / log.lines.max(1) as f64;
    if log.lines > 0 && lost > MANY_LINES_LOST {
        doubts.push(format!(
            "Cleaning left out {} of the lines: see which rule did.",
            percent(lost, 0)
        ));
    }
    for fit in data
        .purchase_fits
        .iter()
        .filter(|fit| fit.failure.is_some())
    {
        doubts.push(format!("{} could not be fitted.", short(&fit.name, 40)));
    }
    if doubts.is_empty() {
        return statement(
            "Doubts",
            Tone::Good,
            "None of those that are looked for.".to_owned(),
        );
    }
    statement("Doubts", Tone::Caution, doubts.join(" "))
}
