//! A published value model on the days after it was fitted.

use std::fmt;

use serde_json::Value;

use crate::{
    artifact::Identity,
    customer::Day,
    model::HoldOut,
    train::{
        Progress,
        assess::{PublishedModel, json::identity},
        transactions::{LogOptions, read_log},
        value::{CutOff, ValueDataError, ValueError, machine, measured, text},
    },
};

/// What is asked for.
#[derive(Debug, Clone)]
pub struct ValueEvaluationRequest {
    /// The model.
    pub model: PublishedModel,
    /// The log: what came before the cut-off as well as after it.
    pub log: LogOptions,
    /// The last day that is known; the last day that the model knows if none is
    /// named.
    pub as_of: Option<Day>,
}

/// How a published value model did.
#[derive(Debug, Clone)]
pub struct ValueEvaluated {
    /// The model.
    pub identity: Identity,
    /// Its purchase model.
    pub kind: &'static str,
    /// Whether some of these days were fitted on.
    pub fitted_on_these_days: bool,
    /// What was expected, and what came.
    pub hold_out: HoldOut,
}

/// Measures a published value model on the days of a log after a cut-off.
///
/// # Errors
///
/// When the model cannot be loaded or is of another kind, the log cannot be
/// read, or no day is left after the cut-off.
pub fn evaluate_value(
    request: &ValueEvaluationRequest,
    progress: &dyn Progress,
) -> Result<ValueEvaluated, ValueError> {
    progress.stage("loading the model");
    let artifact = request.model.load()?.into_value()?;
    let content = &artifact.content;
    let parts = content.model.parts();
    let log = read_log(&request.log, progress)?;
    let known = content.training.observed_until;
    let as_of = request.as_of.unwrap_or(known);
    let (first, last) = (log.first_day(), log.last_day());
    if as_of < first || as_of >= last {
        return Err(ValueDataError::NothingAfter { as_of, first, last }.into());
    }
    if log.refunds() != parts.refunds || log.occasion() != parts.occasion {
        return Err(ValueDataError::OtherPurchases.into());
    }
    let currency = parts.terms.currency;
    if log.currency().is_some_and(|code| code != currency.as_str()) {
        return Err(ValueDataError::OtherCurrency(currency).into());
    }
    progress.stage("measuring");
    let cut_off = CutOff {
        as_of,
        until: last,
        unit: parts.unit,
        refunds: parts.refunds,
        counting: parts.purchase.kind().counts(),
    };
    let hold_out = measured(&log, cut_off, &content.model)?;
    progress.finish();
    Ok(ValueEvaluated {
        kind: parts.purchase.kind().as_str(),
        fitted_on_these_days: as_of < known,
        hold_out,
        identity: artifact.identity,
    })
}

impl ValueEvaluated {
    /// With stable names.
    #[must_use]
    pub fn json(&self) -> Value {
        let mut told = machine::hold_out(&self.hold_out);
        told["published"] = identity(&self.identity);
        told["kind"] = self.kind.into();
        told["fitted_on_these_days"] = self.fitted_on_these_days.into();
        told
    }
}

impl fmt::Display for ValueEvaluated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, version) = (&self.identity.name, &self.identity.version);
        writeln!(f, "{name} version {version}")?;
        if self.fitted_on_these_days {
            writeln!(
                f,
                "WARNING: the model was fitted on some of these days, so the figures flatter."
            )?;
        }
        text::write_hold_out(f, &self.hold_out, self.kind, &[])
    }
}
