//! A run from a purchase log to a published value model.

use super::{
    candidates::{self, Candidate, PREFERENCE, PurchaseFitted},
    customers::{Customers, CutOff},
    error::{ValueDataError, ValueError, ValueSettingsError},
    findings::Findings,
    hold_out::Validation,
    incumbent,
    periods::Periods,
    settings::{Candidates, SpendRule, TermsAsked, ValueTraining},
    spend::Spend,
    trained::ValueTrained,
    worth::Worths,
};
use crate::{
    artifact::{self, Content, Document, Documents},
    customer::{Counting, Currency},
    model::{
        HoldOut, ValueEvaluation,
        value::{ClvTerms, MOST_OPPORTUNITIES, PurchaseModelKind, ValueModel, ValueParts},
    },
    train::{
        Progress,
        report::{
            Interval,
            value::{Valued, card, gather, html},
        },
        transactions::{PurchaseLog, read_log},
    },
};

/// Fits a value model and publishes it.
///
/// The same log, settings and release give the same bytes on the same kind of
/// machine, whatever the number of threads.
///
/// # Errors
///
/// When the log cannot be read or used, no model can be fitted, or it cannot be
/// published. Nothing is published then, unless only the last step failed:
/// making the published version durable.
pub fn value(
    training: &ValueTraining,
    progress: &dyn Progress,
) -> Result<ValueTrained, ValueError> {
    training.check()?;
    let log = read_log(&training.log, progress)?;
    let currency = currency(&log)?;
    let periods = Periods::of(&log, training.hold_out)?;
    let customers = known(&log, periods.whole(training, &log))?;
    progress.stage("fitting purchase models");
    let trial = Trial::of(training, &log, periods, &customers)?;
    if let Some(criterion) = training.publish_if_better {
        let hold_out = trial.evaluation.hold_out.as_ref();
        incumbent::beaten(training, &log, hold_out, criterion)?;
    }
    let purchases = trial.published(periods, &customers)?;
    let spend = match training.spend {
        SpendRule::GammaGamma => Some(Spend::of(&customers)?),
        SpendRule::Nothing => None,
    };
    let findings = Findings {
        training,
        log: &log,
        periods,
        candidates: &trial.candidates,
        chosen: trial.chosen,
        purchases: &purchases,
        spend: spend.as_ref(),
        customers: &customers,
        evaluation: &trial.evaluation,
        model: &model(training, &log, currency, &purchases, spend.as_ref())?,
    };
    let content = findings.content();
    progress.stage("writing the report");
    let documents = documents(&findings)?;
    progress.stage("publishing");
    let stored = Content::from(content.clone());
    let key = training.sign_key.as_deref();
    let (models, name) = (&training.models, &training.name);
    let identity = artifact::publish_signed(models, name, &stored, &documents, key)?;
    progress.finish();
    Ok(ValueTrained {
        identity,
        content,
        models: training.models.clone(),
        cleaning: log.cleaning().clone(),
    })
}

/// What people read of the model, and the configuration of the run.
fn documents(findings: &Findings<'_>) -> Result<Documents, ValueError> {
    let worths = Worths::of(findings.customers, findings.model);
    let valued = worths.as_ref().map(|worths| Valued {
        amounts: &worths.amounts,
        by_period: &worths.by_period,
        total_interval: Some(Interval {
            low: worths.total.low,
            high: worths.total.high,
        }),
    });
    let report = gather(findings, valued.as_ref());
    let configuration = findings.training.configuration.clone();
    Ok(Documents::from([
        (Document::Configuration, configuration.into_bytes()),
        (Document::Report, html(&report)?.into_bytes()),
        (Document::Card, card(&report).into_bytes()),
    ]))
}

/// What lifetime values are stated in.
fn currency(log: &PurchaseLog) -> Result<Currency, ValueSettingsError> {
    let code = log.currency().ok_or(ValueSettingsError::NoCurrency)?;
    code.parse()
        .map_err(|_| ValueSettingsError::Currency(code.to_owned()))
}

/// The models of purchases and of spend together.
fn model(
    training: &ValueTraining,
    log: &PurchaseLog,
    currency: Currency,
    purchases: &PurchaseFitted,
    spend: Option<&Spend>,
) -> Result<ValueModel, ValueError> {
    let TermsAsked {
        horizon_days: _,
        periods,
        period_days,
        discount_rate,
        margin,
    } = training.terms;
    Ok(ValueModel::new(ValueParts {
        purchase: purchases.model,
        purchase_covariance: purchases.covariance,
        spend: spend.map(|spend| (spend.fitted.model, spend.fitted.covariance)),
        unit: training.unit,
        refunds: log.refunds(),
        occasion: log.occasion(),
        terms: ClvTerms {
            currency,
            periods,
            period_days,
            discount_rate,
            margin,
        },
    })?)
}

fn known(log: &PurchaseLog, cut_off: CutOff) -> Result<Customers, ValueError> {
    let customers = Customers::at(cut_off, log.iter().map(|(_, history)| history));
    if customers.all().is_empty() {
        return Err(ValueDataError::NoCustomers(cut_off.as_of).into());
    }
    let times = customers.all().iter();
    let longest = times
        .map(|known| known.summary.observation())
        .fold(cut_off.horizon(), f64::max);
    if cut_off.counting == Counting::Opportunities && longest > MOST_OPPORTUNITIES {
        return Err(ValueDataError::TooManyOpportunities(cut_off.as_of).into());
    }
    Ok(customers)
}

/// What a published model expects of the days after a cut-off, and what came.
pub(in crate::train) fn measured(
    log: &PurchaseLog,
    cut_off: CutOff,
    model: &ValueModel,
) -> Result<HoldOut, ValueError> {
    let customers = known(log, cut_off)?;
    let validation = Validation::of(&customers, cut_off.horizon());
    let parts = model.parts();
    let validated = validation.of_model(&parts.purchase);
    let spend = parts.spend.as_ref().map(|(spend, _)| spend);
    Ok(validation.facts(cut_off, &validated, &parts.purchase, spend))
}

/// The models that were tried, and which was taken.
struct Trial {
    candidates: Vec<Candidate>,
    chosen: usize,
    evaluation: ValueEvaluation,
}

impl Trial {
    fn of(
        training: &ValueTraining,
        log: &PurchaseLog,
        periods: Periods,
        everyone: &Customers,
    ) -> Result<Self, ValueError> {
        let kinds = match training.candidates {
            Candidates::Auto => PREFERENCE.to_vec(),
            Candidates::Only(kind) => vec![kind],
        };
        let Some(cut_off) = periods.calibration(training, log) else {
            let candidates = candidates::try_all(&kinds, everyone, None);
            return Ok(Self {
                chosen: chosen(&candidates, "the log")?,
                candidates,
                evaluation: ValueEvaluation { hold_out: None },
            });
        };
        let customers = known(log, cut_off)?;
        let horizon = cut_off.horizon();
        let validation = Validation::of(&customers, horizon);
        let candidates = candidates::try_all(&kinds, &customers, Some(&validation));
        let chosen = chosen(&candidates, "the days up to --as-of")?;
        let taken = &candidates[chosen];
        let spend = match training.spend {
            // Without a fit there is nothing to measure; the whole log decides.
            SpendRule::GammaGamma => Spend::of(&customers).ok(),
            SpendRule::Nothing => None,
        };
        let spend = spend.as_ref().map(|spend| &spend.fitted.model);
        let fitted = taken.fitted.as_ref().ok().zip(taken.validated.as_ref());
        let hold_out = fitted
            .map(|(fitted, validated)| validation.facts(cut_off, validated, &fitted.model, spend));
        Ok(Self {
            candidates,
            chosen,
            evaluation: ValueEvaluation { hold_out },
        })
    }

    /// The chosen kind, fitted to the whole log.
    fn published(
        &self,
        periods: Periods,
        everyone: &Customers,
    ) -> Result<PurchaseFitted, ValueError> {
        let taken = &self.candidates[self.chosen];
        let fitted = match (&taken.fitted, periods.calibration_end) {
            (Ok(fitted), None) => Ok(fitted.clone()),
            (Ok(_) | Err(_), _) => candidates::fit(taken.kind, &everyone.counted()),
        };
        fitted.map_err(|source| ValueError::Purchases {
            kind: taken.kind,
            days: "the whole log",
            source,
        })
    }
}

/// The position of the model that is taken.
fn chosen(candidates: &[Candidate], days: &'static str) -> Result<usize, ValueError> {
    candidates::choose(candidates).ok_or_else(|| {
        let failure =
            |candidate: &Candidate| Some((candidate.kind, *candidate.fitted.as_ref().err()?));
        let failures: Vec<(PurchaseModelKind, _)> = candidates.iter().filter_map(failure).collect();
        match failures[..] {
            [(kind, source)] => ValueError::Purchases { kind, days, source },
            _ => ValueError::NoCandidate { days, failures },
        }
    })
}
