//! Contracts that are renewed or not: from cohorts and how many of each were
//! left to survival, residual lifetime and what a contract is worth.
//!
//! Nothing is published: two parameters and a table say all there is.

mod cohorts;
mod text;

use std::path::PathBuf;

use serde_json::{Value, json};

use super::{DataSource, PlanError, Progress, TableError, table::Place, value::machine};
use crate::{
    customer::Violations,
    model::value::{
        ClvInterval, Cohort, Contract, ContractError, FitError, Fitted, INTERVAL_LEVEL,
        MAX_RENEWALS, Reach, Renewals, SBg, fit_s_bg, interval_of_figure,
    },
};
use cohorts::NamedCohort;

/// What is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct RetentionRequest {
    /// Files with one row for each cohort and period.
    pub data: Vec<PathBuf>,
    /// The column of periods since the cohort began: 0, 1, …
    pub period: String,
    /// The column of customers who were left.
    pub customers: String,
    /// The column that tells cohorts apart, if there are several.
    pub cohort: Option<String>,
    /// How many of the last periods of each cohort are held out.
    pub hold_out: u32,
    /// How many periods are told of.
    pub periods: u32,
    /// What each renewal of a contract brings in.
    pub margin: Option<f64>,
    /// The discount rate per period.
    pub discount_rate: f64,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum RetentionError {
    /// A number that makes no sense.
    #[error("--{option} must be {requirement}")]
    Settings {
        /// The option.
        option: &'static str,
        /// What it must be.
        requirement: &'static str,
    },
    /// The data cannot be read.
    #[error(transparent)]
    Table(#[from] TableError),
    /// A column is not there.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// A cell that is no number of its kind.
    #[error("{place}, column `{column}`: must be {requirement}")]
    Cell {
        /// Where.
        place: Place,
        /// The column.
        column: String,
        /// What it must be.
        requirement: &'static str,
    },
    /// Periods that do not follow each other.
    #[error("cohort `{cohort}`: {fault}; give one row for each period from 0 on")]
    Periods {
        /// The cohort.
        cohort: String,
        /// What is wrong.
        fault: String,
    },
    /// Customers that make no cohort.
    #[error("cohort `{cohort}`: {violations}")]
    Cohort {
        /// The cohort.
        cohort: String,
        /// Every rule that is broken.
        violations: Violations,
    },
    /// There is no sound model.
    #[error("sBG cannot be fitted: {0}")]
    Fit(#[from] FitError),
    /// Contracts have no value on these terms.
    #[error(transparent)]
    Terms(#[from] ContractError),
}

/// What the model expects of one period.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RetentionPeriod {
    /// Periods since the start.
    pub period: u32,
    /// Share of the customers observed so long that was left.
    pub actual: Option<f64>,
    /// S(t): the share that the model expects to be left.
    pub survival: f64,
    /// Share of those left before the period that renews; `None` at the start.
    pub retention: Option<f64>,
    /// Discounted expected residual lifetime after so many renewals, in periods;
    /// `None` where it is not discounted and has no end.
    pub residual_lifetime: Option<f64>,
    /// Money that this renewal of a new contract is worth at its start,
    /// discounted.
    pub payment: Option<f64>,
    /// Money that the renewals of a new contract up to this one are worth at its
    /// start, discounted, as [`Contract`] has it: the payment at the start is
    /// not in it.
    pub value: Option<f64>,
    /// Where that may lie, for what the data tell of the parameters.
    pub value_interval: Option<ClvInterval>,
    /// Money that all renewals ahead of a contract are worth that has made so
    /// many and is a period away from the next, discounted; `None` where it is
    /// not discounted and has no end.
    pub value_ahead: Option<f64>,
}

/// How the model did on the periods that were held out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RetentionHoldOut {
    /// Periods of each cohort that were held out.
    pub periods: u32,
    /// Mean absolute error of the share that was left.
    pub mean_absolute_error: f64,
    /// The same if the last retention that was seen went on for ever.
    pub naive_mean_absolute_error: f64,
}

/// A fitted model of retention, and what it says.
#[derive(Debug, Clone)]
pub struct Retention {
    /// The files.
    pub sources: Vec<DataSource>,
    /// How many cohorts.
    pub cohorts: usize,
    /// The customers they began with.
    pub customers: f64,
    /// Fitted to every period.
    pub fitted: Fitted<SBg, 2>,
    /// Fitted to all but the last periods.
    pub hold_out: Option<RetentionHoldOut>,
    /// From period 0.
    pub periods: Vec<RetentionPeriod>,
    /// The discount rate per period.
    pub discount_rate: f64,
    /// What each renewal of a contract brings in.
    pub margin: Option<f64>,
}

/// Fits sBG to cohorts.
///
/// # Errors
///
/// When the data cannot be read, are no cohorts, or have no fit.
pub fn retention(
    request: &RetentionRequest,
    progress: &dyn Progress,
) -> Result<Retention, RetentionError> {
    request.check()?;
    progress.stage("reading the cohorts");
    let (sources, named) = cohorts::read(request)?;
    progress.stage("fitting");
    let all = cohorts::checked(&named, 0)?;
    let fitted = fit_s_bg(&all)?;
    let hold_out = match request.hold_out {
        0 => None,
        periods => Some(held_out(&named, periods)?),
    };
    progress.finish();
    Ok(Retention {
        sources,
        cohorts: all.len(),
        customers: all.iter().map(|cohort| cohort.customers()[0]).sum(),
        periods: request.periods_of(&fitted, &all)?,
        fitted,
        hold_out,
        discount_rate: request.discount_rate,
        margin: request.margin,
    })
}

impl RetentionRequest {
    fn check(&self) -> Result<(), RetentionError> {
        let wrong = |option, requirement| {
            Err(RetentionError::Settings {
                option,
                requirement,
            })
        };
        if !(1..=MAX_RENEWALS).contains(&self.periods) {
            return wrong("periods", "from 1 to 1200");
        }
        if !(0.0..=10.0).contains(&self.discount_rate) {
            return wrong("discount-rate", "0 or more, at most 10");
        }
        if self
            .margin
            .is_some_and(|margin| !(margin > 0.0 && margin <= 1e12))
        {
            return wrong("margin", "money above 0, at most 1e12");
        }
        Ok(())
    }

    fn periods_of(
        &self,
        fitted: &Fitted<SBg, 2>,
        cohorts: &[Cohort],
    ) -> Result<Vec<RetentionPeriod>, RetentionError> {
        let model = &fitted.model;
        let payments = match self.margin {
            None => None,
            Some(margin) => Some(
                self.contract(margin, *model, 0, self.periods)
                    .per_period()?,
            ),
        };
        let one = |period: u32| {
            let so_far = payments.as_ref().map(|each| &each[..period as usize]);
            RetentionPeriod {
                period,
                actual: actual(cohorts, period as usize),
                survival: model.survival(period),
                retention: (period > 0).then(|| model.retention(period)),
                residual_lifetime: model.derl(period, self.discount_rate),
                payment: so_far.and_then(|each| each.last().copied()),
                value: so_far.map(|each| each.iter().sum()),
                value_interval: self.interval(fitted, period),
                value_ahead: self.value_ahead(*model, period),
            }
        };
        Ok((0..=self.periods).map(one).collect())
    }

    /// A contract that has made so many renewals, over the next ones.
    fn contract(&self, margin: f64, model: SBg, made: u32, periods: u32) -> Contract {
        Contract {
            margin_per_period: margin,
            discount_rate: self.discount_rate,
            renewals: Renewals::ShiftedBetaGeometric { model, made },
            reach: Reach::Periods(periods),
        }
    }

    /// Of the value of the first renewals of a new contract.
    fn interval(&self, fitted: &Fitted<SBg, 2>, periods: u32) -> Option<ClvInterval> {
        let margin = self.margin.filter(|_| periods > 0)?;
        let value = |parameters| {
            let model = SBg::new(parameters).ok()?;
            self.contract(margin, model, 0, periods).value().ok()
        };
        interval_of_figure(fitted.model.parameters(), &fitted.covariance, value)
    }

    fn value_ahead(&self, model: SBg, made: u32) -> Option<f64> {
        let contract = Contract {
            reach: Reach::Endless,
            ..self.contract(self.margin?, model, made, 1)
        };
        contract.value().ok()
    }
}

/// The share that was left, of all cohorts that were followed so long.
fn actual(cohorts: &[Cohort], period: usize) -> Option<f64> {
    let (mut start, mut left) = (0.0, 0.0);
    for customers in cohorts.iter().map(Cohort::customers) {
        if let Some(then) = customers.get(period) {
            start += customers[0];
            left += then;
        }
    }
    (start > 0.0).then(|| left / start)
}

/// Fits to all but the last periods of every cohort, and foretells these.
fn held_out(named: &[NamedCohort], periods: u32) -> Result<RetentionHoldOut, RetentionError> {
    let model = fit_s_bg(&cohorts::checked(named, periods as usize)?)?.model;
    let (mut errors, mut naive_errors, mut count) = (0.0, 0.0, 0.0);
    for NamedCohort { left, .. } in named {
        let known = left.len() - periods as usize;
        let last = left[known - 1];
        let kept = match left[known - 2] {
            0.0 => 0.0,
            before => last / before,
        };
        let mut naive = last;
        for (period, later) in (0u32..).zip(left).skip(known) {
            naive *= kept;
            errors += (model.survival(period) - later / left[0]).abs();
            naive_errors += (naive - later).abs() / left[0];
            count += 1.0;
        }
    }
    Ok(RetentionHoldOut {
        periods,
        mean_absolute_error: errors / count,
        naive_mean_absolute_error: naive_errors / count,
    })
}

impl Retention {
    /// With stable names.
    #[must_use]
    pub fn json(&self) -> Value {
        let periods = self.periods.iter().map(|period| {
            json!({
                "period": period.period,
                "actual": period.actual,
                "survival": period.survival,
                "retention": period.retention,
                "residual_lifetime": period.residual_lifetime,
                "payment": period.payment,
                "value": period.value,
                "value_low": period.value_interval.map(|interval| interval.low),
                "value_high": period.value_interval.map(|interval| interval.high),
                "value_ahead": period.value_ahead,
            })
        });
        let model = &self.fitted.model;
        json!({
            "model": "s-bg",
            "cohorts": self.cohorts,
            "customers": self.customers,
            "parameters": machine::parameters(
                &SBg::NAMES,
                &model.parameters(),
                &self.fitted.standard_errors,
            ),
            "log_likelihood": self.fitted.log_likelihood,
            "hold_out": self.hold_out.map(|hold_out| json!({
                "periods": hold_out.periods,
                "mean_absolute_error": hold_out.mean_absolute_error,
                "naive_mean_absolute_error": hold_out.naive_mean_absolute_error,
            })),
            "margin": self.margin,
            "discount_rate": self.discount_rate,
            "confidence": INTERVAL_LEVEL,
            "periods": periods.collect::<Value>(),
        })
    }
}
